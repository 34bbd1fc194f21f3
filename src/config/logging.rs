//! `[logging]`: how much is said about what happens, and in which form.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::error::Fault;

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The `[logging]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggingSettings {
    pub format: LogFormat,
    /// A filter with at least one bare level: `info` or `info,tokengrid=debug`.
    pub level: String,
}

impl LoggingSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key. A filter without a bare level is refused, because a misspelled level is a
    /// legal target name and would silence the log.
    pub fn validate(&self) -> Result<(), Fault> {
        let levelled = self.level.split(',').any(|part| part.trim().parse::<LevelFilter>().is_ok());
        if !levelled || EnvFilter::builder().parse(&self.level).is_err() {
            return Err(Fault::new("logging.level", format!("{:?} is not a level like info", self.level)));
        }
        Ok(())
    }
}
