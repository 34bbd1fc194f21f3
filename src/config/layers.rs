//! Where values come from. Each layer can name the file, variable or flag that gave a key its value.

use std::env;
use std::fs;
use std::path::Path;

use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::error::ConfigError;
use crate::domain::secret::Secret;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "TOKENGRID_";

/// What the command line may override, unparsed: flags are checked like every other layer.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--listen`, over `server.listen`.
    pub listen: Option<String>,
    /// `--base-url`, over `server.base_url`.
    pub base_url: Option<String>,
    /// `--data-dir`, over `server.data_dir`.
    pub data_dir: Option<String>,
    /// `--database-url`, over `database.url`.
    pub database_url: Option<Secret>,
}

/// The environment of this process, for [`super::load`]. Names that are not Unicode are passed over.
pub fn process_environment() -> Vec<(String, String)> {
    let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    };
    env::vars_os().filter_map(readable).collect()
}

/// All layers, the later over the earlier.
pub(super) fn stack(
    file: Option<&Path>,
    env: impl IntoIterator<Item = (String, String)>,
    overrides: &Overrides,
) -> Result<Figment, ConfigError> {
    let defaults = parsed("built-in default", DEFAULTS)?;
    let environment = environment(env, &defaults)?;
    let mut layers = Figment::from(Layer { origin: Origin::Named("built-in default".to_owned()), values: defaults });
    if let Some(path) = file {
        let text =
            fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let name = format!("file {}", path.display());
        let values = parsed(&name, &text)?;
        layers = layers.merge(Layer { origin: Origin::Named(name), values });
    }
    Ok(layers
        .merge(Layer { origin: Origin::Environment, values: environment })
        .merge(Layer { origin: Origin::Flags, values: flags(overrides) }))
}

/// The kind of place that values come from.
#[derive(Clone)]
enum Origin {
    Named(String),
    Environment,
    Flags,
}

impl Origin {
    fn name(&self, keys: &[&str]) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Environment => format!("environment {PREFIX}{}", keys.join("__").to_ascii_uppercase()),
            Self::Flags => format!("flag --{}", keys.last().copied().map_or("", flag_of)),
        }
    }
}

/// The one flag that is not named after its key alone is `--database-url`.
fn flag_of(key: &str) -> &str {
    match key {
        "base_url" => "base-url",
        "data_dir" => "data-dir",
        "url" => "database-url",
        other => other,
    }
}

struct Layer {
    origin: Origin,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        let origin = self.origin.clone();
        Metadata::named("configuration layer").interpolater(move |_, keys| origin.name(keys))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn parsed(origin: &str, text: &str) -> Result<Dict, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::Syntax {
        origin: origin.to_owned(),
        line: error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| 1 + before.matches('\n').count()),
        // The message alone: the library's full text quotes the line, which may hold a password.
        problem: error.message().replace('\n', ", "),
    })
}

/// Reads `TOKENGRID_SECTION__KEY`. A variable without the double underscore is not ours (orchestrators set
/// `TOKENGRID_PORT` and the like for a service of this name), unless it is an option with one underscore missing.
fn environment(env: impl IntoIterator<Item = (String, String)>, defaults: &Dict) -> Result<Dict, ConfigError> {
    let mut values = Dict::new();
    for (variable, text) in env {
        let Some(name) = variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { continue };
        let refuse =
            |key, problem| Err(ConfigError::Invalid { key, origin: format!("environment {variable}"), problem });
        let Some((section, key)) = name.split_once("__") else {
            match option_written(&name, defaults) {
                None => continue,
                Some((section, key)) => {
                    let right = format!("{section}__{key}").to_ascii_uppercase();
                    return refuse(format!("{section}.{key}"), format!("must be written {PREFIX}{right}"));
                }
            }
        };
        match defaults.get(section).and_then(Value::as_dict).and_then(|keys| keys.get(key)) {
            Some(default) => put(&mut values, section, key, typed(text, default)),
            None => return refuse(format!("{section}.{key}"), "there is no such option".to_owned()),
        }
    }
    Ok(values)
}

/// The option whose section and key are joined by one underscore in `name`.
fn option_written<'a>(name: &str, defaults: &'a Dict) -> Option<(&'a str, &'a str)> {
    let mut options = defaults.iter().flat_map(|(section, keys)| {
        keys.as_dict().into_iter().flat_map(Dict::keys).map(move |key| (section.as_str(), key.as_str()))
    });
    options.find(|(section, key)| name == format!("{section}_{key}"))
}

/// Gives a variable's text the type that its option has; text that does not fit stays text and is refused later.
fn typed(text: String, default: &Value) -> Value {
    match default {
        Value::Num(..) => text.trim().parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Value::Array(..) => {
            Value::from(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>())
        }
        _ => Value::from(text),
    }
}

fn flags(overrides: &Overrides) -> Dict {
    let database_url = overrides.database_url.as_ref().map(|url| url.expose().to_owned());
    let given = [
        ("server", "listen", overrides.listen.clone()),
        ("server", "base_url", overrides.base_url.clone()),
        ("server", "data_dir", overrides.data_dir.clone()),
        ("database", "url", database_url),
    ];
    let mut values = Dict::new();
    for (section, key, value) in given {
        if let Some(text) = value {
            put(&mut values, section, key, Value::from(text));
        }
    }
    values
}

fn put(values: &mut Dict, section: &str, key: &str, value: Value) {
    let section = values.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, keys) = section {
        keys.insert(key.to_owned(), value);
    }
}
