//! JSONP: a JSON answer as a script that calls the page back. *Spec*: Usergrid `JSONPUtils`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::X_CONTENT_TYPE_OPTIONS;

const CALLBACK_MAX: usize = 64;

/// The name of a function in the calling page: a JavaScript identifier, or several joined by dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback(String);

impl Callback {
    /// Reads ASCII identifiers, `[A-Za-z_$][A-Za-z0-9_$]*`, joined by single dots, at most 64 characters together;
    /// `None` for anything that could be more than a name, or that no script could call.
    pub fn parse(name: &str) -> Option<Self> {
        (name.len() <= CALLBACK_MAX && name.split('.').all(is_identifier)).then(|| Self(name.to_owned()))
    }

    /// The script: `/**/cb({...});`.
    ///
    /// The comment keeps the caller from choosing the first bytes of the answer, which could make it pass for
    /// another kind of file. U+2028 and U+2029 are escaped: older browsers end a line of script there.
    pub fn wrap(&self, json: &str) -> String {
        let json = json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        format!("/**/{}({json});", self.0)
    }

    /// The script as an answer.
    pub fn respond(&self, status: StatusCode, json: &str) -> HttpResponse {
        HttpResponse::build(status)
            .content_type("application/javascript")
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.wrap(json))
    }
}

fn is_identifier(part: &str) -> bool {
    let starts_well = part.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$'));
    starts_well && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn only_names_are_callbacks() {
        for good in ["cb", "$", "_", "a.b.c", "jQuery_1$2", &"x".repeat(64)] {
            assert!(Callback::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "1a",
            ".",
            ".a",
            "a.",
            "a..b",
            "a.1",
            "a(b",
            "a;b",
            "a b",
            "ü",
            "aü",
            "a\n",
            "alert(1)//",
            &"x".repeat(65),
        ] {
            assert_eq!(Callback::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_answer_is_a_script_that_cannot_be_sniffed() {
        let callback = Callback::parse("a.b").expect("a name");
        assert_eq!(callback.wrap("{\"x\":\"\u{2028}\"}"), "/**/a.b({\"x\":\"\\u2028\"});");
        let response = callback.respond(StatusCode::BAD_REQUEST, "{}");
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers().get(CONTENT_TYPE).expect("a type"), "application/javascript");
        assert_eq!(response.headers().get(X_CONTENT_TYPE_OPTIONS).expect("nosniff"), "nosniff");
    }
}
