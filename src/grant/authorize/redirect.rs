//! Where a browser is sent with the answer to an authorization request.
//! *Spec*: RFC 6749 §4.1.2; RFC 9207 §2; OAuth 2.0 Form Post Response Mode.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::error::AuthorizeError;

/// How the answer travels (OAuth 2.0 Multiple Response Types §2.1). A fragment is none of them: no token ever goes there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    #[default]
    Query,
    /// By a form that the browser posts, so that no URL and no log has the code.
    FormPost,
}

impl ResponseMode {
    /// Every mode, for metadata.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// Reads the registered name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// An answer to the client by way of the browser. Its URI is one that the client registered.
#[derive(Debug)]
pub struct Redirect {
    pub uri: String,
    pub mode: ResponseMode,
    /// What is said there: `code` or `error`, then `state` where one came, and always `iss`.
    pub parameters: Vec<(&'static str, String)>,
    /// Why the request was refused, for the log and for `error_description`; `None` where a code was given.
    pub cause: Option<AuthorizeError>,
}

impl Redirect {
    /// The URL to send a browser to, with the parameters in its query beside what the client has there.
    pub fn location(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        let joint = match self.uri.split_once('?') {
            None => "?",
            Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{}", self.uri, query.finish())
    }

    /// The same answer with a sentence for the client's developers beside its error.
    pub fn described(mut self, sentence: &str) -> Self {
        let behind = self.parameters.len().min(1);
        self.parameters.insert(behind, ("error_description", sentence.to_owned()));
        self
    }

    /// One of its parameters.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(uri: &str) -> String {
        let parameters = vec![("code", "a b".to_owned()), ("state", "x&y=é".to_owned())];
        Redirect { uri: uri.to_owned(), mode: ResponseMode::Query, parameters, cause: None }.location()
    }

    #[test]
    fn s4_1_2_the_answer_joins_the_query_that_the_client_has() {
        let said = "code=a+b&state=x%26y%3D%C3%A9";
        assert_eq!(location("https://app.example/cb"), format!("https://app.example/cb?{said}"));
        assert_eq!(location("https://app.example/cb?a=1"), format!("https://app.example/cb?a=1&{said}"));
        assert_eq!(location("https://app.example/cb?"), format!("https://app.example/cb?{said}"));
        assert_eq!(location("com.example.app:/cb"), format!("com.example.app:/cb?{said}"));
    }
}
