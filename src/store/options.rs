//! How a store is opened: where the database is and how it is used.

use std::path::PathBuf;
use std::time::Duration;

use super::error::StoreError;
use crate::domain::database::Durability;
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: DatabaseUrl,
    /// How many connections are kept; on SQLite, how many readers stand beside the one writer.
    pub pool_size: u32,
    /// How long a caller waits for a free connection, and on SQLite for another process's lock.
    pub checkout_timeout: Duration,
    /// SQLite alone: PostgreSQL's durability is its server's setting.
    pub durability: Durability,
    /// Off behind a transaction pooler that does not carry prepared statements from one connection to the next.
    pub prepared_statements: Switch,
}

/// Which database, and where.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// Kept as a secret, because it holds the password.
    Postgres(Secret),
}

impl DatabaseUrl {
    /// Reads a URL from outside.
    ///
    /// *Shape*: `sqlite:PATH`, `sqlite://PATH`, `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require` or
    /// `postgresql://...`.
    /// *Errors*: `Url` for another scheme, and for SQLite's in-memory databases, which connections cannot share.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Secret::new(text)));
        }
        let Some(rest) = text.strip_prefix("sqlite:") else {
            return Err(StoreError::Url { reason: "must begin with sqlite:, postgres:// or postgresql://" });
        };
        match rest.strip_prefix("//").unwrap_or(rest) {
            "" => Err(StoreError::Url { reason: "names no file" }),
            path if path.starts_with(":memory:") || path.starts_with("file:") || path.contains('?') => {
                Err(StoreError::Url {
                    reason: "must name a plain file: in-memory databases and parameters do not work",
                })
            }
            path => Ok(Self::Sqlite(PathBuf::from(path))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_file_or_a_server_and_nothing_else() {
        for (text, path) in
            [("sqlite:a/b.db", "a/b.db"), ("sqlite://a.db", "a.db"), ("sqlite:///var/a.db", "/var/a.db")]
        {
            assert!(matches!(DatabaseUrl::parse(text), Ok(DatabaseUrl::Sqlite(p)) if p.as_os_str() == path), "{text}");
        }
        for text in ["postgres://u@h/d", "postgresql://h/d"] {
            assert!(matches!(DatabaseUrl::parse(text), Ok(DatabaseUrl::Postgres(_))), "{text}");
        }
        for text in
            ["", "mysql://h/d", "sqlite:", "sqlite://", "sqlite::memory:", "sqlite:a?mode=memory", "sqlite:file:a"]
        {
            assert!(matches!(DatabaseUrl::parse(text), Err(StoreError::Url { .. })), "{text}");
        }
    }

    #[test]
    fn a_password_in_a_url_does_not_print() {
        let url = DatabaseUrl::parse("postgres://user:hunter2@host/db").expect("a good URL");
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
