//! What `select` shows of an entity.

use serde_json::{Map, Value};

use super::{Asked, Select, Selected};

/// Members that every entity shows, whatever was selected (Usergrid).
const ALWAYS: [&str; 3] = ["uuid", "type", "metadata"];

impl Asked {
    /// The entity as the query wants to see it: whole, or the selected members beside `uuid`, `type` and `metadata`.
    ///
    /// A field that lies deeper is shown under its dotted name, or its alias. An absent one is left out.
    pub fn project(&self, entity: Value) -> Value {
        let Select::Fields(fields) = &self.query.select else { return entity };
        let Value::Object(mut members) = entity else { return entity };
        let mut shown = Map::new();
        for Selected { alias, field } in fields {
            if let Some((name, value)) = find(&members, field.as_str()) {
                shown.insert(alias.clone().unwrap_or(name), value.clone());
            }
        }
        for name in ALWAYS {
            if let Some(value) = members.remove(name) {
                shown.insert(name.to_owned(), value);
            }
        }
        Value::Object(shown)
    }
}

/// The member that a dotted name leads to, with its name as the entity spells it: names have no letter case (Usergrid).
fn find<'a>(members: &'a Map<String, Value>, path: &str) -> Option<(String, &'a Value)> {
    let (name, deeper) = path.split_once('.').map_or((path, None), |(name, deeper)| (name, Some(deeper)));
    let (name, value) = match members.get_key_value(name) {
        Some(exact) => exact,
        None => members.iter().find(|(member, _)| member.to_lowercase() == name.to_lowercase())?,
    };
    match (deeper, value) {
        (None, value) => Some((name.clone(), value)),
        (Some(deeper), Value::Object(inner)) => {
            find(inner, deeper).map(|(inner, value)| (format!("{name}.{inner}"), value))
        }
        (Some(_), _) => None,
    }
}
