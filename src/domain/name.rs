//! Names as people write them and keys as they are compared.
//! Keys are normalized and lower-cased here, never by a database's collation.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use uuid::fmt::Hyphenated;

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

/// Usergrid's collections, which follow an application in a path. In `/<uuid>/users` the second segment must not be the
/// name of an application of the organization with that id.
const COLLECTIONS: [&str; 13] = [
    "activities",
    "assets",
    "auth",
    "collections",
    "credentials",
    "devices",
    "events",
    "groups",
    "notifiers",
    "permissions",
    "roles",
    "user",
    "users",
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
    #[error("A username must not be '.' or '..' and must not contain '/', '\\', control or invisible characters.")]
    NotAUsername,
    #[error("A name must not be '.' or '..' and must not contain '/', '\\', control or invisible characters.")]
    NotASegment,
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
        if is_reserved(&name) || COLLECTIONS.contains(&name.as_str()) {
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
    /// Refused is what could not stand as one segment of a path, what an id is found by, and what two people could not
    /// tell apart by eye. It is the key that is judged, so that wide and composed forms are no way around.
    ///
    /// *Errors*: `Empty`, `TooLong`, `NotAUsername`, `LooksLikeUuid`, and `Reserved` for `me` (Usergrid: `/users/me`).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = visible_segment(text, USERNAME_MAX).map_err(|cause| match cause {
            NameError::NotASegment => NameError::NotAUsername,
            other => other,
        })?;
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
    /// *Errors*: not `local@domain`, spaces, control or invisible characters, over 254 bytes (RFC 5321 §4.5.3.1).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = checked_text(text, EMAIL_MAX)?;
        let shaped = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.starts_with('.'));
        if !shaped || text.chars().any(|c| c.is_whitespace() || is_unseen(c)) || text.contains(['<', '>', '"']) {
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
    let text: String = if text.is_ascii() { text.trim().to_owned() } else { text.trim().nfc().collect() };
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > max {
        return Err(NameError::TooLong(max));
    }
    Ok(text)
}

/// A name that can stand as one segment of a path beside UUIDs, and that shows all it is made of.
///
/// *Errors*: `Empty`, `TooLong`, `NotASegment`, `LooksLikeUuid`.
pub(super) fn visible_segment(text: &str, max: usize) -> Result<String, NameError> {
    let text = checked_text(text, max)?;
    let key = lookup_key(&text);
    if text.chars().any(is_unseen) || key.contains(['/', '\\']) || matches!(key.as_str(), "." | "..") {
        return Err(NameError::NotASegment);
    }
    if key.len() == Hyphenated::LENGTH && uuid::Uuid::try_parse(&key).is_ok() {
        return Err(NameError::LooksLikeUuid);
    }
    Ok(text)
}

/// Whether a character shows nothing, breaks the line, or changes how its neighbours are shown: controls (Cc), formats
/// (Cf, those of Unicode 16) and the two separators of lines and paragraphs.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
            | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}' | '\u{E0020}'..='\u{E007F}')
}

/// The key that a name or address is stored and found by: NFKC, lower case.
pub fn lookup_key(text: &str) -> String {
    // ASCII is its own normal form, and most of what there is.
    if text.is_ascii() {
        return text.trim().to_ascii_lowercase();
    }
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
    fn a_collection_is_no_tenant() {
        for name in ["users", "User", "groups", "roles", "credentials", "permissions", "devices", "activities"] {
            assert_eq!(TenantName::parse(name), Err(NameError::Reserved), "{name}");
        }
        for name in ["notifiers", "assets", "events", "collections", "auth"] {
            assert_eq!(TenantName::parse(name), Err(NameError::Reserved), "{name}");
        }
        assert_eq!(TenantName::parse("users-1").map(|n| n.0), Ok("users-1".to_owned()));
    }

    #[test]
    fn usernames_keep_their_spelling_and_compare_without_case() {
        let name = Username::parse(" O'Neil+Test ").expect("a legal name");
        assert_eq!((name.as_str(), name.key().as_str()), ("O'Neil+Test", "o'neil+test"));
        assert_eq!(Username::parse("ME"), Err(NameError::Reserved));
        assert_eq!(lookup_key("ﬁSH"), "fish");
    }

    #[test]
    fn a_username_is_one_segment_and_can_be_seen() {
        for bad in [".", "..", "‥", "．", "a/b", "a\\b", "a／b", "a＼b", "a\0b", "a\nb", "a\u{2028}b"] {
            assert_eq!(Username::parse(bad), Err(NameError::NotAUsername), "{bad:?}");
        }
        let unseen =
            "\u{ad}\u{61c}\u{200b}\u{200d}\u{200f}\u{202a}\u{202e}\u{2060}\u{2064}\u{2066}\u{2069}\u{feff}\u{e0041}";
        for c in unseen.chars() {
            assert_eq!(Username::parse(&format!("an{c}n")), Err(NameError::NotAUsername), "{c:?}");
            assert_eq!(Username::parse(&format!("{c}ann")), Err(NameError::NotAUsername), "{c:?}");
            assert_eq!(Email::parse(&format!("an{c}n@x.example")), Err(NameError::NotAnEmail), "{c:?}");
        }
        let said =
            "A username must not be '.' or '..' and must not contain '/', '\\', control or invisible characters.";
        assert_eq!(NameError::NotAUsername.to_string(), said);
        for good in ["a.b", "...", "ann smith", "Зоя", "李", "नमस्ते", "o'neil+test", "ann@x.example", "👩"]
        {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_username_is_no_hyphenated_uuid() {
        for id in ["8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc", "8AE8A6EA-84A5-11E3-884D-F18E8F6FB3BC"] {
            assert_eq!(Username::parse(id), Err(NameError::LooksLikeUuid), "{id}");
        }
        assert!(Username::parse("8ae8a6ea84a511e3884df18e8f6fb3bc").is_ok(), "digits alone are found as a username");
    }

    #[test]
    fn emails_have_two_sides() {
        assert_eq!(Email::parse("A+b@Example.com").map(|e| e.key()), Ok("a+b@example.com".to_owned()));
        for bad in ["@x", "x@", "x", "a b@c", "a@.b", "<a@b>"] {
            assert_eq!(Email::parse(bad), Err(NameError::NotAnEmail), "{bad}");
        }
    }
}
