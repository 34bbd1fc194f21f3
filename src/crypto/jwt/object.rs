//! JSON as a signature may cover it: an object, no member of which stands twice. Two readers of one text could each
//! believe another member (RFC 8725 §2.4).

use std::collections::HashSet;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::JwtError;

/// Reads a JSON object. Arrays are refused here: serde would take one for the members in their order.
pub(in crate::crypto) fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, JwtError> {
    let object = Some(json).filter(|json| json.first() == Some(&b'{')).ok_or(JwtError::Malformed)?;
    serde_json::from_slice(object).ok().ok_or(JwtError::Malformed)
}

/// Reads a member that may be absent but not null.
pub(in crate::crypto) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// An object in which no member stands twice.
pub(in crate::crypto) struct Unrepeated(pub(in crate::crypto) Map<String, Value>);

impl<'de> Deserialize<'de> for Unrepeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Unrepeated;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unrepeated, A::Error> {
                let (mut seen, mut all) = (HashSet::new(), Map::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                    all.insert(name, value);
                }
                Ok(Unrepeated(all))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
