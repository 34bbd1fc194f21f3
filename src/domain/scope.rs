//! What a token may be used for (RFC 6749 §3.3): words without an order, each at most once.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// All that the holder's authority reaches on this server's own planes. Tokens of Usergrid's grants have it; a
/// registered client gets it only where its registration says so.
pub const API: &str = "api";
/// The request is one of OpenID Connect (Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// A session may go on without its person (Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Longer lists are nobody's wish.
const WORDS_MAX: usize = 64;
const WORD_LENGTH_MAX: usize = 128;

/// A set of scopes.
///
/// *Shape*: words of printable ASCII but `"` and `\`, with single spaces between them; in JSON one such string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeSet<String>);

/// A text that is no list of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a list of scopes")]
pub struct BadScope;

impl Scopes {
    /// Whether the set has this word.
    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Whether every word is in `other`, too.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The words that both have.
    pub fn common(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The words that either has.
    pub fn joined(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Scopes {
    type Err = BadScope;
    fn from_str(text: &str) -> Result<Self, BadScope> {
        let is_word = |word: &&str| {
            let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
            !word.is_empty() && word.len() <= WORD_LENGTH_MAX && word.bytes().all(is_allowed)
        };
        let words: Vec<&str> = if text.is_empty() { Vec::new() } else { text.split(' ').collect() };
        match words.len() <= WORDS_MAX && words.iter().all(is_word) {
            true => Ok(Self(words.into_iter().map(str::to_owned).collect())),
            false => Err(BadScope),
        }
    }
}

impl<'a> FromIterator<&'a str> for Scopes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        Self(words.into_iter().map(str::to_owned).collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words_of_the_allowed_characters() {
        let read = |text: &str| text.parse::<Scopes>().map(|scopes| scopes.to_string());
        assert_eq!(read("profile openid profile"), Ok("openid profile".to_owned()));
        assert_eq!(read(""), Ok(String::new()));
        for bad in [" ", "a  b", "a ", " a", "a\"", "a\\b", "ä", "a\tb"] {
            assert_eq!(read(bad), Err(BadScope), "{bad:?}");
        }
        let many: Vec<String> = (0..65).map(|number| number.to_string()).collect();
        assert_eq!(read(&many.join(" ")), Err(BadScope));
    }

    #[test]
    fn sets_of_scopes_compare_as_sets() {
        let all: Scopes = "a b c".parse().unwrap();
        let some: Scopes = "c a".parse().unwrap();
        assert!(some.is_within(&all) && !all.is_within(&some));
        assert_eq!(all.common(&"c d".parse().unwrap()).to_string(), "c");
        assert_eq!(some.joined(&"d".parse().unwrap()).to_string(), "a c d");
    }
}
