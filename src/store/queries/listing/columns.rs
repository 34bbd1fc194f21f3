//! Which fields of a collection have columns of their own; every other field is found among the terms.

use crate::domain::query::{Collection, Field};

/// The table of a collection, as `e`, and its own columns.
pub struct Columns {
    /// `table AS e`
    pub table: &'static str,
    own: &'static [Own],
}

/// A field with a column of its own.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    field: &'static str,
    pub code: &'static str,
    pub holds: Holds,
}

/// What an own column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Unique.
    Id,
    /// The key of a name; unique within the tenant, so that it sorts alone.
    Name,
    /// As `Name`, and it may be null.
    MaybeName,
    /// Compared as milliseconds.
    Moment,
    Flag,
    Whole,
    /// The same text for the whole collection; it has no column.
    Constant(&'static str),
}

const ID: Own = Own { field: "uuid", code: "e.id", holds: Holds::Id };
const CREATED: Own = Own { field: "created", code: "e.created", holds: Holds::Moment };
const MODIFIED: Own = Own { field: "modified", code: "e.modified", holds: Holds::Moment };

/// What entities show as their `type`.
const fn kind(text: &'static str) -> Own {
    Own { field: "type", code: "", holds: Holds::Constant(text) }
}

const USERS: [Own; 9] = [
    kind("user"),
    ID,
    CREATED,
    MODIFIED,
    Own { field: "username", code: "e.username_key", holds: Holds::Name },
    Own { field: "email", code: "e.email_key", holds: Holds::MaybeName },
    Own { field: "activated", code: "e.activated", holds: Holds::Flag },
    Own { field: "confirmed", code: "e.confirmed", holds: Holds::Flag },
    Own { field: "disabled", code: "e.disabled", holds: Holds::Flag },
];

const GROUPS: [Own; 5] =
    [kind("group"), ID, CREATED, MODIFIED, Own { field: "path", code: "e.path_key", holds: Holds::Name }];

const ROLES: [Own; 7] = [
    kind("role"),
    ID,
    CREATED,
    MODIFIED,
    Own { field: "name", code: "e.name_key", holds: Holds::Name },
    Own { field: "rolename", code: "e.name_key", holds: Holds::Name },
    Own { field: "inactivity", code: "e.inactivity", holds: Holds::Whole },
];

impl Columns {
    /// The columns of a collection.
    pub fn of(collection: Collection) -> Self {
        match collection {
            Collection::Users => Self { table: "app_user AS e", own: &USERS },
            Collection::Groups => Self { table: "app_group AS e", own: &GROUPS },
            Collection::Roles => Self { table: "app_role AS e", own: &ROLES },
        }
    }

    /// The own column of a field.
    pub fn find(&self, field: &Field) -> Option<Own> {
        let key = field.key();
        self.own.iter().find(|own| own.field == key).copied()
    }

    /// The column of the moment of creation, by which entities are sorted where nothing else is said.
    pub fn created() -> Own {
        CREATED
    }

    /// The column of the id, which tells apart what sorts alike.
    pub fn id() -> Own {
        ID
    }
}
