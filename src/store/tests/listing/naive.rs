//! The language once more, as slowly and plainly as can be: one entity, one query, no index and no terms. It looks into
//! the JSON itself, measures along the sphere, and matches patterns letter by letter.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::domain::name::lookup_key;
use crate::domain::query::{Circle, Comparison, Direction, Filter, Query, Turn, Value};
use crate::domain::user::AppUser;

/// The entity's JSON as queries see it, and its exact moments.
pub struct Entity {
    pub user: AppUser,
    json: Json,
}

impl Entity {
    pub fn new(user: AppUser) -> Self {
        let person = &user.person;
        let mut json = person.properties.clone();
        json.insert("uuid".to_owned(), user.id.to_string().into());
        json.insert("type".to_owned(), "user".into());
        json.insert("created".to_owned(), person.created.millis().into());
        json.insert("modified".to_owned(), person.modified.millis().into());
        json.insert("username".to_owned(), person.username.as_str().into());
        json.insert("email".to_owned(), person.email.as_ref().map(|email| email.as_str()).into());
        json.insert("name".to_owned(), person.name.as_deref().into());
        json.insert("activated".to_owned(), person.activated.into());
        json.insert("confirmed".to_owned(), person.confirmed.into());
        json.insert("disabled".to_owned(), person.disabled.into());
        Self { user, json: Json::Object(json) }
    }

    /// Every scalar that a dotted name leads to.
    fn scalars(&self, field: &str) -> Vec<Json> {
        let mut found = Vec::new();
        for value in self.nodes(field) {
            flatten(&value, &mut found);
        }
        found.retain(|value| !value.is_object() && !value.is_null());
        found
    }

    fn nodes(&self, field: &str) -> Vec<Json> {
        let mut nodes = vec![self.json.clone()];
        for name in field.split('.') {
            let mut flat = Vec::new();
            nodes.iter().for_each(|node| flatten(node, &mut flat));
            let objects = flat.iter().filter_map(Json::as_object);
            let below =
                objects.flat_map(|members| members.iter().filter(|(key, _)| lookup_key(key) == lookup_key(name)));
            nodes = below.map(|(_, value)| value.clone()).collect();
        }
        nodes
    }
}

fn flatten(value: &Json, into: &mut Vec<Json>) {
    match value {
        Json::Array(values) => values.iter().for_each(|value| flatten(value, into)),
        other => into.push(other.clone()),
    }
}

/// Whether the entity meets the filter.
pub fn meets(entity: &Entity, filter: &Filter) -> bool {
    match filter {
        Filter::And(left, right) => meets(entity, left) && meets(entity, right),
        Filter::Or(left, right) => meets(entity, left) || meets(entity, right),
        Filter::Not(filter) => !meets(entity, filter),
        // An id compares with ids alone, bare or in a string.
        Filter::Compare { field, comparison, value } if field.as_str() == "uuid" => {
            let id = match value {
                Value::Id(id) => Some(*id),
                Value::Text(text) => uuid::Uuid::parse_str(text).ok(),
                _ => None,
            };
            holds(*comparison, id.map(|id| entity.user.id.uuid().cmp(&id)))
        }
        Filter::Contains { field, .. } if field.as_str() == "uuid" => false,
        Filter::Compare { field, comparison, value } => {
            entity.scalars(field.as_str()).iter().any(|own| compares(own, *comparison, value))
        }
        Filter::Contains { field, text } => {
            entity.scalars(field.as_str()).iter().filter_map(Json::as_str).any(|own| contains(own, text))
        }
        Filter::Within { field, circle } => {
            let mut places = Vec::new();
            entity.nodes(field.as_str()).iter().for_each(|node| flatten(node, &mut places));
            places.iter().any(|place| lies_within(place, *circle))
        }
    }
}

fn holds(comparison: Comparison, ordering: Option<Ordering>) -> bool {
    ordering.is_some_and(|ordering| match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    })
}

fn compares(own: &Json, comparison: Comparison, value: &Value) -> bool {
    match (own, value) {
        (Json::Number(own), Value::Number(value)) => {
            holds(comparison, own.as_f64().and_then(|own| own.partial_cmp(value)))
        }
        (Json::Bool(own), Value::Flag(value)) => holds(comparison, Some(own.cmp(value))),
        (Json::String(own), Value::Id(id)) => holds(comparison, Some(lookup_key(own).cmp(&id.to_string()))),
        (Json::String(own), Value::Text(text)) if comparison == Comparison::Equal && text.contains('*') => {
            let letters = |text: &str| lookup_key(text).chars().collect::<Vec<char>>();
            matches(&letters(own), &letters(text))
        }
        (Json::String(own), Value::Text(text)) => holds(comparison, Some(lookup_key(own).cmp(&lookup_key(text)))),
        _ => false,
    }
}

/// Letter by letter, `*` for any number of them.
fn matches(own: &[char], pattern: &[char]) -> bool {
    match (own, pattern) {
        (_, ['*', pattern @ ..]) => {
            matches(own, pattern)
                || own
                    .split_first()
                    .is_some_and(|(_, own)| matches(own, &['*'].iter().chain(pattern).copied().collect::<Vec<_>>()))
        }
        ([own, others @ ..], [letter, pattern @ ..]) => own == letter && matches(others, pattern),
        ([], []) => true,
        _ => false,
    }
}

fn contains(own: &str, operand: &str) -> bool {
    let split = |text: &str| -> Vec<String> {
        let words = lookup_key(text);
        words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let own = split(own);
    // The tests ask for words of letters and stars at their ends alone.
    let wanted: Vec<&str> = operand.split_whitespace().collect();
    !split(operand).is_empty()
        && wanted.iter().all(|word| match word.strip_suffix('*') {
            Some(start) => split(start).iter().all(|start| own.iter().any(|word| word.starts_with(start))),
            None => split(word).iter().all(|word| own.contains(word)),
        })
}

fn lies_within(place: &Json, circle: Circle) -> bool {
    let (Some(latitude), Some(longitude)) = (place["latitude"].as_f64(), place["longitude"].as_f64()) else {
        return false;
    };
    let half_lat = (latitude - circle.latitude).to_radians() / 2.0;
    let half_lon = (longitude - circle.longitude).to_radians() / 2.0;
    let h = half_lat.sin().powi(2)
        + circle.latitude.to_radians().cos() * latitude.to_radians().cos() * half_lon.sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().asin() <= circle.metres
}

/// A value as it sorts: kinds apart, flags before numbers before texts.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Sorted {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// What an entity is sorted by.
pub struct Key(Vec<Option<Sorted>>, uuid::Uuid);

impl Key {
    pub fn new(query: &Query, entity: &Entity) -> Self {
        let fields: Vec<&str> = query.order.iter().map(|order| order.field.as_str()).collect();
        let fields = if fields.is_empty() { vec!["created"] } else { fields };
        Self(fields.into_iter().map(|field| sorted(entity, field)).collect(), entity.user.id.uuid())
    }
}

fn sorted(entity: &Entity, field: &str) -> Option<Sorted> {
    let person = &entity.user.person;
    let micros = |moment: crate::domain::clock::Moment| {
        // Far below the numbers that a float cannot hold.
        Some(Sorted::Number(Json::from(moment.micros()).as_f64().expect("a number")))
    };
    match field {
        "created" => micros(person.created),
        "modified" => micros(person.modified),
        name => entity.scalars(name).first().map(|value| match value {
            Json::Bool(flag) => Sorted::Flag(*flag),
            Json::Number(number) => Sorted::Number(number.as_f64().expect("a number")),
            other => Sorted::Text(lookup_key(other.as_str().expect("a scalar"))),
        }),
    }
}

/// Which of two entities comes first.
pub fn order(query: &Query, turn: Turn, one: &Key, other: &Key) -> Ordering {
    let directions: Vec<Direction> = query.order.iter().map(|order| order.direction).collect();
    let directions = if directions.is_empty() { vec![Direction::Descending] } else { directions };
    let turned = |direction: Direction, ordering: Ordering| {
        let is_down = (direction == Direction::Descending) != (turn == Turn::Reversed);
        if is_down { ordering.reverse() } else { ordering }
    };
    for (direction, values) in directions.iter().zip(one.0.iter().zip(&other.0)) {
        let ordering = match values {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (Some(one), Some(other)) => one.partial_cmp(other).expect("numbers of JSON compare"),
        };
        if ordering.is_ne() {
            return turned(*direction, ordering);
        }
    }
    turned(directions[directions.len() - 1], one.1.cmp(&other.1))
}
