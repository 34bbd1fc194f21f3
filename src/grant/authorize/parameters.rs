//! What an authorization request said, before any of it is believed. It checks form only.
//! *Spec*: RFC 6749 §3.1, §4.1.1; RFC 7636 §4.3; RFC 8707 §2.1; RFC 9449 §10; OpenID Connect Core §3.1.2.1.

/// The parameters that may come once. `resource` alone may come several times (RFC 8707 §2).
const KNOWN: [&str; 21] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "display",
    "ui_locales",
    "login_hint",
    "id_token_hint",
    "acr_values",
    "claims",
    "request",
    "request_uri",
    "dpop_jkt",
    "registration",
];

/// The parameters of an authorization request, from its URL, a form, or a pushed request.
#[derive(Clone, Debug, Default)]
pub struct AuthorizeParameters {
    said: Vec<(&'static str, String)>,
    resources: Vec<String>,
    repeated: Option<&'static str>,
}

impl AuthorizeParameters {
    /// Takes decoded pairs in the order in which they came. What is not known is ignored, and what is empty was not said
    /// (RFC 6749 §3.1).
    pub fn read(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut read = Self::default();
        for (name, value) in pairs {
            if name == "resource" {
                read.resources.push(value);
                continue;
            }
            let Some(known) = KNOWN.into_iter().find(|known| *known == name) else { continue };
            if read.said.iter().any(|(said, _)| *said == known) {
                read.repeated.get_or_insert(known);
            }
            read.said.push((known, value));
        }
        read
    }

    /// All that was said and is known, as it came. What is not known goes no further: it may be a password.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let said = self.said.iter().map(|(name, value)| (*name, value.as_str()));
        said.chain(self.resources.iter().map(|resource| ("resource", resource.as_str())))
    }

    /// What was said under a name. Nothing where it was said twice: neither is believed.
    pub(in crate::grant) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.said.iter().filter(|(said, _)| *said == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value).filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    /// The resources, as they were named.
    pub(super) fn resources(&self) -> &[String] {
        &self.resources
    }

    /// A parameter that came more than once.
    pub(super) fn repeated(&self) -> Option<&'static str> {
        self.repeated
    }

    /// A parameter that no row could keep.
    pub(super) fn unkeepable(&self) -> Option<&'static str> {
        let said = self.said.iter().map(|(name, value)| (*name, value));
        let mut all = said.chain(self.resources.iter().map(|value| ("resource", value)));
        all.find(|(_, value)| value.contains('\0')).map(|(name, _)| name)
    }

    /// How much was said. *Units*: bytes.
    pub(super) fn size(&self) -> usize {
        let said = self.said.iter().map(|(name, value)| name.len().saturating_add(value.len()));
        said.chain(self.resources.iter().map(String::len)).fold(0, usize::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> AuthorizeParameters {
        AuthorizeParameters::read(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn s3_1_what_is_said_twice_is_not_believed_and_the_unknown_and_empty_are_ignored() {
        let once = read(&[("client_id", "a"), ("state", ""), ("color", "red"), ("color", "blue")]);
        assert_eq!((once.get("client_id"), once.get("state"), once.repeated()), (Some("a"), None, None));
        let twice = read(&[("client_id", "a"), ("client_id", "a")]);
        assert_eq!((twice.get("client_id"), twice.repeated()), (None, Some("client_id")));
        let emptied = read(&[("scope", ""), ("scope", "api")]);
        assert_eq!((emptied.get("scope"), emptied.repeated()), (None, Some("scope")));
    }

    #[test]
    fn resource_may_come_several_times() {
        let two = read(&[("resource", "https://a.example"), ("resource", "https://b.example")]);
        assert_eq!((two.resources().len(), two.repeated()), (2, None));
    }
}
