//! The `metadata` of entities, by which clients navigate. *Spec*: Usergrid: where an entity is listed below another,
//! its paths begin there.

use serde_json::{Map, Value, json};

use crate::domain::group::Group;
use crate::domain::role::Role;
use crate::domain::user::AppUser;

/// What an entity has below it.
struct Below {
    /// Lists of texts, each with where it is read.
    sets: &'static [(&'static str, &'static str)],
    collections: &'static [&'static str],
}

const USER: Below = Below {
    sets: &[("rolenames", "roles"), ("permissions", "permissions")],
    collections: &["activities", "devices", "feed", "groups", "roles", "following", "followers"],
};

const GROUP: Below = Below {
    sets: &[("rolenames", "roles"), ("permissions", "permissions")],
    collections: &["activities", "feed", "roles", "users"],
};

const ROLE: Below = Below { sets: &[("permissions", "permissions")], collections: &["groups", "users"] };

/// A user, listed at `above`: empty, or as `/groups/<uuid>`.
pub fn user(user: &AppUser, above: &str) -> Value {
    described(user.entity(), &USER, above, &format!("/users/{}", user.id))
}

/// A group, listed at `above`.
pub fn group(group: &Group, above: &str) -> Value {
    described(group.entity(), &GROUP, above, &format!("/groups/{}", group.id))
}

/// A role, listed at `above`.
pub fn role(role: &Role, above: &str) -> Value {
    described(role.entity(), &ROLE, above, &format!("/roles/{}", role.id))
}

/// `own` is where the entity itself is read; what it has below it is found there, wherever it is listed.
fn described(mut entity: Map<String, Value>, below: &Below, above: &str, own: &str) -> Value {
    let path = format!("{above}{own}");
    let at = |name: &str| json!(format!("{own}/{name}"));
    let sets: Map<_, _> = below.sets.iter().map(|(name, place)| ((*name).to_owned(), at(place))).collect();
    let collections: Map<_, _> = below.collections.iter().map(|name| ((*name).to_owned(), at(name))).collect();
    entity.insert("metadata".to_owned(), json!({ "path": path, "sets": sets, "collections": collections }));
    Value::Object(entity)
}
