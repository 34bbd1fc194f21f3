//! Names as people write them and keys as they are compared.
//! Keys are normalized and lower-cased here, never by a database's collation.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

const TENANT_NAME_MAX: usize = 63;
const USERNAME_MAX: usize = 255;
const EMAIL_MAX: usize = 254;

/// First path segments that the server keeps for itself, and second ones that name a form of address.
const RESERVED: [&str; 19] = [
    "a",
    "applications",
    "apps",
    "docs",
    "health",
    "lb-status",
    "management",
    "me",
    "metrics",
    "o",
    "openapi.json",
    "orgs",
    "organizations",
    "portal",
    "robots.txt",
    "status",
    "system",
    "testproperties",
    "token",
];

/// Whether the server keeps this path segment for itself, so that it can never name a tenant.
pub fn is_reserved(segment: &str) -> bool {
    RESERVED.iter().any(|word| segment.eq_ignore_ascii_case(word))
}

/// Why a name was refused. The text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("A name must not be empty.")]
    Empty,
    #[error("A name must have at most {0} characters.")]
    TooLong(usize),
    #[error("A name may contain letters, digits, '-', '_' and '.', and must begin with a letter or a digit.")]
    IllegalCharacter,
    #[error("This name is reserved.")]
    Reserved,
    #[error("A name must not look like a UUID.")]
    LooksLikeUuid,
    #[error("This is not an email address.")]
    NotAnEmail,
}

/// The name of an organization or application: ASCII, case-insensitive, kept in lower case.
///
/// ASCII alone, so that no two names look alike; never a UUID, so that a path segment is one or the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TenantName(String);

impl TenantName {
    /// Reads a name from outside.
    ///
    /// *Errors*: every rule of the type, as a sentence to show.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.to_ascii_lowercase();
        match name.as_bytes() {
            [] => return Err(NameError::Empty),
            bytes if bytes.len() > TENANT_NAME_MAX => return Err(NameError::TooLong(TENANT_NAME_MAX)),
            [first, ..] if !first.is_ascii_alphanumeric() => return Err(NameError::IllegalCharacter),
            bytes if !bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)) => {
                return Err(NameError::IllegalCharacter);
            }
            _ => {}
        }
        if uuid::Uuid::parse_str(&name).is_ok() {
            return Err(NameError::LooksLikeUuid);
        }
        if is_reserved(&name) {
            return Err(NameError::Reserved);
        }
        Ok(Self(name))
    }

    /// The lower-case text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name a person signs in with, as they wrote it, beside the key it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    text: String,
}

impl Username {
    /// Reads a username from outside. Spaces inside, `+`, `'` and the look of an email are allowed.
    ///
    /// *Errors*: empty, too long, control characters, or the reserved `me` (Usergrid: `/users/me`).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = checked_text(text, USERNAME_MAX)?;
        if lookup_key(&text) == "me" {
            return Err(NameError::Reserved);
        }
        Ok(Self { text })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As compared: NFKC, lower case.
    pub fn key(&self) -> String {
        lookup_key(&self.text)
    }
}

/// An email address, as written, beside the key it is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    text: String,
}

impl Email {
    /// Reads an address from outside; checks its shape only, delivery is the mail server's matter.
    ///
    /// *Errors*: not `local@domain`, spaces, control characters, over 254 bytes (RFC 5321 §4.5.3.1).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = checked_text(text, EMAIL_MAX)?;
        let shaped = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.starts_with('.'));
        if !shaped || text.chars().any(char::is_whitespace) || text.contains(['<', '>', '"']) {
            return Err(NameError::NotAnEmail);
        }
        Ok(Self { text })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As compared: NFKC, lower case.
    pub fn key(&self) -> String {
        lookup_key(&self.text)
    }
}

fn checked_text(text: &str, max: usize) -> Result<String, NameError> {
    let text: String = text.trim().nfc().collect();
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > max {
        return Err(NameError::TooLong(max));
    }
    if text.chars().any(char::is_control) {
        return Err(NameError::IllegalCharacter);
    }
    Ok(text)
}

/// The key that a name or address is stored and found by: NFKC, lower case.
pub fn lookup_key(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_names_are_lower_case_ascii() {
        assert_eq!(TenantName::parse("My-Org").map(|n| n.0), Ok("my-org".to_owned()));
        assert_eq!(TenantName::parse(""), Err(NameError::Empty));
        assert_eq!(TenantName::parse("müller"), Err(NameError::IllegalCharacter));
        assert_eq!(TenantName::parse("a/b"), Err(NameError::IllegalCharacter));
        assert_eq!(TenantName::parse(".."), Err(NameError::IllegalCharacter));
        assert_eq!(TenantName::parse("Management"), Err(NameError::Reserved));
        assert_eq!(TenantName::parse("8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc"), Err(NameError::LooksLikeUuid));
        assert_eq!(TenantName::parse(&"x".repeat(64)), Err(NameError::TooLong(63)));
    }

    #[test]
    fn usernames_keep_their_spelling_and_compare_without_case() {
        let name = Username::parse(" O'Neil+Test ").expect("a legal name");
        assert_eq!((name.as_str(), name.key().as_str()), ("O'Neil+Test", "o'neil+test"));
        assert_eq!(Username::parse("ME"), Err(NameError::Reserved));
        assert_eq!(Username::parse("a\0b"), Err(NameError::IllegalCharacter));
        assert_eq!(lookup_key("ﬁSH"), "fish");
    }

    #[test]
    fn emails_have_two_sides() {
        assert_eq!(Email::parse("A+b@Example.com").map(|e| e.key()), Ok("a+b@example.com".to_owned()));
        for bad in ["@x", "x@", "x", "a b@c", "a@.b", "<a@b>"] {
            assert_eq!(Email::parse(bad), Err(NameError::NotAnEmail), "{bad}");
        }
    }
}
