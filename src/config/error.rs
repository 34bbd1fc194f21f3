//! What can be wrong with a configuration, in one line that names the key and its origin, never a value that may be
//! secret.

use std::fmt::Display;
use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use figment::Figment;
use figment::error::Kind;

/// Why the settings could not be loaded. The text is one line, fit to be shown to the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: the configuration file cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{origin}, line {line}: {problem}")]
    Syntax { origin: String, line: usize, problem: String },
    #[error("{key} ({origin}): {problem}")]
    Invalid { key: String, origin: String, problem: String },
}

/// A value that breaks a rule, by its key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct Fault {
    key: &'static str,
    problem: String,
}

impl Fault {
    /// Says what is wrong with `key`. The problem must not repeat a secret.
    pub fn new(key: &'static str, problem: impl Into<String>) -> Self {
        Self { key, problem: problem.into() }
    }

    /// Adds where the value came from.
    pub(super) fn at(self, layers: &Figment) -> ConfigError {
        ConfigError::Invalid { key: self.key.to_owned(), origin: origin_of(layers, self.key), problem: self.problem }
    }
}

/// Refuses a value outside `range`.
pub(super) fn within<T: PartialOrd + Display>(
    key: &'static str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Fault> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Fault::new(key, format!("{value} is not between {} and {}", range.start(), range.end())))
}

/// Turns a failed extraction into words of ours.
pub(super) fn reworded(layers: &Figment, error: figment::Error) -> ConfigError {
    let mut path = error.path;
    let problem = match error.kind {
        Kind::UnknownField(name, _) => {
            if path.last() != Some(&name) {
                path.push(name);
            }
            "there is no such option".to_owned()
        }
        Kind::MissingField(name) => {
            path.push(name.into_owned());
            "must be set".to_owned()
        }
        // The found value is left out of all these: it may be a secret in the wrong place.
        Kind::InvalidType(_, expected) => format!("must be {}", expectation(&expected)),
        Kind::InvalidValue(..) | Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => {
            "is out of range for a whole number of this option".to_owned()
        }
        Kind::UnknownVariant(_, words) => format!("must be one of: {}", words.join(", ")),
        Kind::Message(problem) => problem,
        _ => "cannot be read".to_owned(),
    };
    let key = path.join(".");
    let origin = origin_of(layers, &key);
    ConfigError::Invalid { key, origin, problem }
}

/// serde's name of a type, as the writer of a TOML file knows it.
fn expectation(expected: &str) -> &str {
    match expected.split_once(' ').map_or(expected, |(first, _)| first) {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "struct" => "a table",
        "enum" => "a string",
        _ if expected == "a sequence" => "a list of strings",
        _ => expected,
    }
}

/// Which layer gave `key` its value, down to the name of the variable or flag.
fn origin_of(layers: &Figment, key: &str) -> String {
    let keys: Vec<&str> = key.split('.').collect();
    layers
        .find_metadata(key)
        .map_or_else(|| "unknown origin".to_owned(), |layer| layer.interpolate(layers.profile(), &keys))
}
