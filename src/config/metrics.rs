//! `[metrics]`: where Prometheus may ask.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::Fault;
use super::units;

const OFF: &str = "off";

/// The `[metrics]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// `None` when switched off.
    #[serde(deserialize_with = "address_or_off", serialize_with = "print")]
    pub listen: Option<SocketAddr>,
}

impl MetricsSettings {
    /// Checks the section beside the address that the server itself takes.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self, served: SocketAddr) -> Result<(), Fault> {
        if self.listen == Some(served) && served.port() != 0 {
            return Err(Fault::new("metrics.listen", "must differ from server.listen"));
        }
        Ok(())
    }
}

fn address_or_off<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == OFF { Ok(None) } else { units::parse_address(&text).map(Some) }
}

fn print<S: Serializer>(listen: &Option<SocketAddr>, serializer: S) -> Result<S::Ok, S::Error> {
    match listen {
        Some(address) => serializer.collect_str(address),
        None => serializer.serialize_str(OFF),
    }
}
