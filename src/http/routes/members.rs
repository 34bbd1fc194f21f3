//! The routes of roles, groups, permissions and links, below `/{org}/{app}`, and of the collections that stay empty.
//! Among groups the specific comes before the general: a group's path may have slashes and would swallow the rest.

use super::{Operation, Route, Takes, route};
use crate::http::usergrid::{empty, groups, links, permissions, roles};

/// What can be asked of one link.
macro_rules! link {
    ($path:literal, $handler:path) => {
        route!(
            $path,
            [
                Operation::get("The entity named last, if it is linked."),
                Operation::post("Links the two.").takes(Takes::Nothing),
                Operation::delete("Unlinks the two; both stay."),
            ],
            $handler
        )
    };
}

/// What can be asked of a holder's permissions.
macro_rules! permissions {
    ($path:literal, $handler:path) => {
        route!(
            $path,
            [
                Operation::get("What the holder was granted."),
                Operation::post("Grants a `permission`."),
                Operation::put("Grants a `permission`."),
                Operation::delete("Withdraws each `permission` of the query."),
            ],
            $handler
        )
    };
}

/// A collection that is never filled.
macro_rules! empty {
    ($path:literal, $handler:path) => {
        route!($path, [Operation::get("Always empty; for Usergrid's clients.")], $handler)
    };
}

pub(super) const ROUTES: &[Route] = &[
    route!(
        "/{roles:roles?}",
        [Operation::list("The roles."), Operation::post("Creates roles.").takes(Takes::Objects)],
        roles::collection
    ),
    permissions!("/{roles:roles?}/{role}/permissions", permissions::of_role),
    route!(
        "/{roles:roles?}/{role}/{users:users?}",
        [Operation::list("The users who have a role.")],
        links::users_of_role
    ),
    link!("/{roles:roles?}/{role}/{users:users?}/{user}", links::user_of_role),
    route!(
        "/{roles:roles?}/{role}/{groups:groups?}",
        [Operation::list("The groups that have a role.")],
        links::groups_of_role
    ),
    link!("/{roles:roles?}/{role}/{groups:groups?}/{group:.+}", links::group_of_role),
    route!(
        "/{roles:roles?}/{role}",
        [
            Operation::get("A role."),
            Operation::put("Changes a role's title, inactivity and further members."),
            Operation::delete("Removes a role from whoever has it."),
        ],
        roles::single
    ),
    permissions!("/{users:users?}/{user}/permissions", permissions::of_user),
    route!(
        "/{users:users?}/{user}/rolenames",
        [Operation::get("The names of a user's roles.")],
        links::role_names_of_user
    ),
    route!("/{users:users?}/{user}/{roles:roles?}", [Operation::list("The roles of a user.")], links::roles_of_user),
    link!("/{users:users?}/{user}/{roles:roles?}/{role}", links::role_of_user),
    route!(
        "/{users:users?}/{user}/{groups:groups?}",
        [Operation::list("The groups that a user belongs to.")],
        links::groups_of_user
    ),
    link!("/{users:users?}/{user}/{groups:groups?}/{group:.+}", links::group_of_user),
    route!("/{users:users?}/{user}/following", [Operation::list("Whom a user follows.")], links::followed_by_user),
    route!("/{users:users?}/{user}/followers", [Operation::list("Who follows a user.")], links::followers_of_user),
    link!("/{users:users?}/{user}/following/{others:users?}/{followed}", links::followed),
    empty!("/{users:users?}/{user}/activities", empty::below_user),
    empty!("/{users:users?}/{user}/feed", empty::below_user),
    empty!("/{users:users?}/{user}/devices", empty::below_user),
    route!(
        "/{groups:groups?}",
        [Operation::list("The groups."), Operation::post("Creates groups.").takes(Takes::Objects)],
        groups::collection
    ),
    permissions!("/{groups:groups?}/{group:.+}/permissions", permissions::of_group),
    route!(
        "/{groups:groups?}/{group:.+}/rolenames",
        [Operation::get("The names of a group's roles.")],
        links::role_names_of_group
    ),
    empty!("/{groups:groups?}/{group:.+}/activities", empty::below_group),
    empty!("/{groups:groups?}/{group:.+}/feed", empty::below_group),
    route!(
        "/{groups:groups?}/{group:.+}/{users:users?}",
        [Operation::list("The users of a group.")],
        links::users_of_group
    ),
    link!("/{groups:groups?}/{group:.+}/{users:users?}/{user}", links::user_of_group),
    route!(
        "/{groups:groups?}/{group:.+}/{roles:roles?}",
        [Operation::list("The roles of a group.")],
        links::roles_of_group
    ),
    link!("/{groups:groups?}/{group:.+}/{roles:roles?}/{role}", links::role_of_group),
    route!(
        "/{groups:groups?}/{group:.+}",
        [
            Operation::get("A group."),
            Operation::put("Changes a group; its path may change, too."),
            Operation::delete("Removes a group; its users stay."),
        ],
        groups::single
    ),
    empty!("/activities", empty::collection),
    empty!("/assets", empty::collection),
    route!("/assets/{name:.+}", [Operation::get("No asset is kept here; for Usergrid's clients.")], empty::no_asset),
    empty!("/devices", empty::collection),
    empty!("/events", empty::collection),
    empty!("/notifications", empty::collection),
    empty!("/notifiers", empty::collection),
    empty!("/queues", empty::collection),
];
