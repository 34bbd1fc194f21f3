//! How settings with a unit in their name become values that know their unit.

use std::net::SocketAddr;
use std::num::NonZero;
use std::thread;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// How many threads to start; 0 in the file means one for each core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ThreadCount(pub(super) u16);

impl ThreadCount {
    /// A fixed count; 0 for one a core.
    pub const fn new(count: u16) -> Self {
        Self(count)
    }

    /// The count, with 0 resolved to the cores of this machine.
    pub fn resolve(self) -> usize {
        match self.0 {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            count => usize::from(count),
        }
    }
}

/// An address with a port, refused by an example of one.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    parse_address(&String::deserialize(deserializer)?)
}

/// The words to say when `text` is no address.
pub(super) fn parse_address<E: Error>(text: &str) -> Result<SocketAddr, E> {
    let Ok(address) = text.parse() else {
        return Err(E::custom(format!("{text:?} is not an address like 127.0.0.1:8080")));
    };
    Ok(address)
}

/// `*_seconds` in the file, a `Duration` in the struct.
pub(super) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(span.as_secs())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

/// `*_ms` in the file, a `Duration` in the struct.
pub(super) mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u128(span.as_millis())
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}
