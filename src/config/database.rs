//! `[database]`: which database, and how it is used.

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::error::{Fault, within};
use super::units;
use crate::domain::database::{self, Durability};
use crate::domain::secret::Secret;
use crate::domain::tenant::Switch;

/// Query parameters of a PostgreSQL URL whose values may be printed; all others may hold a secret.
const PRINTABLE: [&str; 6] = ["application_name", "connect_timeout", "dbname", "host", "port", "sslmode"];

/// The `[database]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// May hold a password; empty for the embedded default: ask `Settings::database_url`.
    #[serde(serialize_with = "print_url")]
    pub url: Secret,
    pub pool_size: u32,
    #[serde(rename = "checkout_timeout_ms", with = "units::millis")]
    pub checkout_timeout: Duration,
    pub durability: Durability,
    pub prepared_statements: Switch,
}

impl DatabaseSettings {
    /// Whether the URL names a PostgreSQL server.
    pub fn is_postgres(&self) -> bool {
        self.url.expose().starts_with("postgres")
    }

    /// Whether the URL refuses a connection without TLS.
    pub fn demands_tls(&self) -> bool {
        database::demands_tls(self.url.expose())
    }

    /// Checks the section by itself; whether the database is there is the store's matter.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        let url = self.url.expose();
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !url.is_empty() && !known {
            return Err(Fault::new("database.url", "must begin with sqlite:, postgres:// or postgresql://"));
        }
        within("database.pool_size", self.pool_size, 1..=1_000)?;
        within("database.checkout_timeout_ms", self.checkout_timeout.as_millis(), 10..=60_000)
    }
}

fn print_url<S: Serializer>(url: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&redacted(url.expose()))
}

/// The URL without its password. Whatever is not plainly harmless goes.
fn redacted(url: &str) -> String {
    if url.is_empty() || url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else { return "[secret]".to_owned() };
    // The last '@': a password may hold one that should have been escaped.
    let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
    if user.contains(['/', '?']) {
        return format!("{scheme}://[secret]");
    }
    let user = match user.split_once(':') {
        Some((name, _)) => format!("{name}:[secret]@"),
        None if user.is_empty() => String::new(),
        None => format!("{user}@"),
    };
    let Some((place, query)) = place.split_once('?') else { return format!("{scheme}://{user}{place}") };
    let query: Vec<String> = query.split('&').map(redacted_parameter).collect();
    format!("{scheme}://{user}{place}?{}", query.join("&"))
}

fn redacted_parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if !PRINTABLE.contains(&name) => format!("{name}=[secret]"),
        Some(_) => pair.to_owned(),
        None => "[secret]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_url_has_no_password() {
        for (url, printed) in [
            ("", ""),
            ("sqlite:/var/lib/tokengrid.db", "sqlite:/var/lib/tokengrid.db"),
            ("postgres://db.example/grid", "postgres://db.example/grid"),
            ("postgres://grid@db.example/grid", "postgres://grid@db.example/grid"),
            ("postgres://grid:hunter2@db:5432/grid", "postgres://grid:[secret]@db:5432/grid"),
            ("postgres://grid:hun@ter2@db/grid", "postgres://grid:[secret]@db/grid"),
            ("postgres://grid:hun/ter2@db/grid", "postgres://[secret]"),
            (
                "postgresql:///grid?host=/run/postgresql&password=hunter2&sslmode=require",
                "postgresql:///grid?host=/run/postgresql&password=[secret]&sslmode=require",
            ),
            ("postgres://db/grid?password=hunter2&application_name=a@b", "postgres://[secret]"),
        ] {
            assert_eq!(redacted(url), printed);
        }
    }
}
