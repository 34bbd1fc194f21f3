//! Roles, groups, and what stands beside entities: permissions, memberships, followers.

use std::time::Duration;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::people::{holds_nul, moment, number};
use super::record::{Beside, text, uuid};
use crate::domain::clock::Moment;
use crate::domain::group::{Group, GroupPath};
use crate::domain::id::{AppId, GroupId, RoleId, UserId};
use crate::domain::link::Link;
use crate::domain::permission::{Holder, Permission};
use crate::domain::role::{Role, RoleName};

const NO_PROPERTIES: [&str; 10] =
    ["uuid", "type", "created", "modified", "name", "roleName", "title", "inactivity", "path", "metadata"];

/// Reads a role. *Errors*: words for the report.
pub(super) fn role(app: AppId, mut members: Map<String, Value>) -> Result<Role, String> {
    let id = id_of(&members)?;
    let name = ["name", "roleName"].into_iter().find_map(|name| text(&members, name)).ok_or("it has no name")?;
    let name = RoleName::parse(name).map_err(|cause| cause.to_string())?;
    let inactivity = members.get("inactivity").and_then(number).and_then(Role::parse_inactivity);
    let title = text(&members, "title").map(str::to_owned);
    let (created, modified) = times(&members);
    refuse_nul(&members)?;
    Ok(Role {
        id: RoleId::new(id),
        app,
        name,
        title,
        inactivity: inactivity.unwrap_or(Duration::ZERO),
        properties: rest(&mut members),
        created,
        modified,
    })
}

/// Reads a group. *Errors*: words for the report.
pub(super) fn group(app: AppId, mut members: Map<String, Value>) -> Result<Group, String> {
    let id = id_of(&members)?;
    let path = ["path", "name"].into_iter().find_map(|name| text(&members, name)).ok_or("it has no path")?;
    let path = GroupPath::parse(path.trim_matches('/')).map_err(|cause| cause.to_string())?;
    let of = |name: &str| text(&members, name).map(str::to_owned);
    let (name, title) = (of("name"), of("title"));
    let (created, modified) = times(&members);
    refuse_nul(&members)?;
    Ok(Group { id: GroupId::new(id), app, path, name, title, properties: rest(&mut members), created, modified })
}

fn id_of(members: &Map<String, Value>) -> Result<Uuid, String> {
    members.get("uuid").and_then(uuid).ok_or_else(|| "its uuid is missing or none".to_owned())
}

fn times(members: &Map<String, Value>) -> (Moment, Moment) {
    let created = moment(members, "created").unwrap_or(Moment::EPOCH);
    (created, moment(members, "modified").unwrap_or(created))
}

fn refuse_nul(members: &Map<String, Value>) -> Result<(), String> {
    match members.values().any(holds_nul) {
        true => Err("a text in it holds a NUL character, which databases do not keep".to_owned()),
        false => Ok(()),
    }
}

fn rest(members: &mut Map<String, Value>) -> Map<String, Value> {
    members.retain(|name, value| !NO_PROPERTIES.contains(&name.as_str()) && !value.is_null());
    std::mem::take(members)
}

/// What a holder's dictionary grants, and the texts that grant nothing here.
pub(super) fn permissions(holder: Holder, beside: &Beside) -> (Vec<(Holder, Permission)>, Vec<String>) {
    let texts: Vec<&str> = match beside.dictionaries.get("permissions") {
        Some(Value::Object(map)) => map.keys().map(String::as_str).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let (mut granted, mut refused) = (Vec::new(), Vec::new());
    for text in texts {
        match Permission::parse(text) {
            Ok(permission) => granted.push((holder, permission)),
            Err(cause) => refused.push(format!("the permission {text:?} is not taken over: {cause}")),
        }
    }
    (granted, refused)
}

/// The names of roles that a user's or group's dictionary holds.
pub(super) fn role_names(beside: &Beside) -> Vec<String> {
    match beside.dictionaries.get("rolenames") {
        Some(Value::Object(map)) => map.keys().cloned().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The links that a holder's collections and connections are.
pub(super) fn links(holder: Holder, beside: &Beside) -> Vec<Link> {
    let listed = |within: &Map<String, Value>, name: &str| -> Vec<Uuid> {
        let values = within.get(name).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(uuid).collect()
    };
    let collected = |name: &str| listed(&beside.collections, name);
    let mut links = Vec::new();
    match holder {
        Holder::User(user) => {
            links.extend(collected("groups").into_iter().map(|id| Link::group_user(GroupId::new(id), user)));
            links.extend(collected("roles").into_iter().map(|id| Link::role_user(RoleId::new(id), user)));
            let followed = listed(&beside.connections, "following");
            links.extend(followed.into_iter().map(|id| Link::following(user, UserId::new(id))));
        }
        Holder::Group(group) => {
            links.extend(collected("users").into_iter().map(|id| Link::group_user(group, UserId::new(id))));
            links.extend(collected("roles").into_iter().map(|id| Link::role_group(RoleId::new(id), group)));
        }
        Holder::Role(role) => {
            links.extend(collected("users").into_iter().map(|id| Link::role_user(role, UserId::new(id))));
            links.extend(collected("groups").into_iter().map(|id| Link::role_group(role, GroupId::new(id))));
        }
    }
    links
}
