//! What a JSON object of an export is. The three export tools of Usergrid wrap their records differently; here they
//! become one kind of record each. Members that nobody asks for are passed over.

use serde_json::{Map, Value};
use uuid::Uuid;

/// One record of an export.
#[derive(Debug)]
pub(super) enum Record {
    Organization(Map<String, Value>),
    Application(Map<String, Value>),
    Entity(Box<Entity>),
    /// What stands beside an entity and is kept apart from it.
    Beside {
        of: Uuid,
        hint: Hint,
        beside: Box<Beside>,
    },
    Token(Map<String, Value>),
    /// An object without use here.
    Unknown,
}

/// An entity with what stands beside it.
#[derive(Debug)]
pub(super) struct Entity {
    pub kind: String,
    pub hint: Hint,
    pub members: Map<String, Value>,
    pub beside: Beside,
}

/// Which application a record says that it belongs to: `org/app`, as it was named there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hint(pub Option<String>);

/// What Usergrid keeps beside an entity: its dictionaries, the entities it collects, and its connections.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub dictionaries: Map<String, Value>,
    pub collections: Map<String, Value>,
    pub connections: Map<String, Value>,
    pub organizations: Vec<Value>,
}

impl Beside {
    pub(super) fn is_empty(&self) -> bool {
        self.dictionaries.is_empty()
            && self.collections.is_empty()
            && self.connections.is_empty()
            && self.organizations.is_empty()
    }

    /// Takes out what may stand beside an entity; every further array is a collection.
    fn take(members: &mut Map<String, Value>) -> Self {
        let mut beside = Self {
            dictionaries: object(members.remove("dictionaries")),
            connections: object(members.remove("connections")),
            ..Self::default()
        };
        if let Some(Value::Array(organizations)) = members.remove("organizations") {
            beside.organizations = organizations;
        }
        match members.remove("collections") {
            Some(Value::Object(collections)) => beside.collections = collections,
            _ => beside.collections = members.iter().filter(|(_, value)| value.is_array()).map(owned).collect(),
        }
        beside
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn object(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Says what an object is; `key` is the UUID that it stood under, `file` the name of its file.
pub(super) fn read(mut members: Map<String, Value>, key: Option<Uuid>, file: &str) -> Record {
    if let Some(of) = key {
        return Record::Beside { of, hint: Hint::default(), beside: Box::new(Beside::take(&mut members)) };
    }
    let hint = hint(&members);
    for wrapper in ["entity", "Metadata"] {
        if let Some(Value::Object(entity)) = members.remove(wrapper) {
            return entity_of(entity, hint, Beside::take(&mut members));
        }
    }
    if let Some(connection) = connection(&members, &hint) {
        return connection;
    }
    if let Some(of) = members.remove("Related Entity").as_ref().and_then(uuid) {
        let beside = Box::new(Beside { dictionaries: members, ..Beside::default() });
        return Record::Beside { of, hint, beside };
    }
    if members.get("principal").is_some_and(Value::is_object) {
        return Record::Token(members);
    }
    match text(&members, "type") {
        Some("application") => Record::Application(members),
        Some("organization") => Record::Organization(members),
        Some(_) => {
            let beside = Beside { dictionaries: object(members.remove("dictionaries")), ..Beside::default() };
            entity_of(members, hint, beside)
        }
        None if members.contains_key("admins") || file.starts_with("organization.") => Record::Organization(members),
        None if file.starts_with("application.") && members.contains_key("uuid") => Record::Application(members),
        None => Record::Unknown,
    }
}

fn entity_of(mut members: Map<String, Value>, hint: Hint, beside: Beside) -> Record {
    let Some(kind) = text(&members, "type").map(str::to_ascii_lowercase) else { return Record::Unknown };
    // One of the tools writes an entity's own members apart from those that it declares.
    members.extend(object(members.get("dynamic_properties").cloned()));
    members.remove("dynamic_properties");
    members.remove("dynamic_sets");
    if kind == "application" {
        return Record::Application(members);
    }
    Record::Entity(Box::new(Entity { kind, hint, members, beside }))
}

/// Both tools that write connections by the line.
fn connection(members: &Map<String, Value>, hint: &Hint) -> Option<Record> {
    let of_either = |names: [&str; 2]| names.into_iter().find_map(|name| members.get(name));
    let from = of_either(["sourceUuid", "sourceNodeUUID"]).and_then(uuid)?;
    let to = of_either(["targetUuid", "targetNodeUUID"]).and_then(uuid)?;
    let kind = of_either(["connectionType", "relationship"])?.as_str()?.to_ascii_lowercase();
    let connections = Map::from_iter([(kind, Value::Array(vec![Value::String(to.to_string())]))]);
    let beside = Beside { connections, ..Beside::default() };
    Some(Record::Beside { of: from, hint: hint.clone(), beside: Box::new(beside) })
}

/// One of the tools confuses the two members: whichever names two parts is the application.
fn hint(members: &Map<String, Value>) -> Hint {
    let (org, app) = (text(members, "organization"), text(members, "application"));
    let whole = [app, org].into_iter().flatten().find(|name| name.contains('/'));
    Hint(match (whole, org, app) {
        (Some(whole), ..) => Some(whole.to_ascii_lowercase()),
        (None, Some(org), Some(app)) => Some(format!("{org}/{app}").to_ascii_lowercase()),
        _ => None,
    })
}

pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

pub(super) fn uuid(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|text| Uuid::try_parse(text).ok())
}
