//! What a token says of itself, read **without verifying it**, for the one who asks why it was refused: names of keys,
//! issuers and times, and nothing by which it could be used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::domain::clock::Moment;
use crate::domain::secret::Secret;

/// What is longer is not read at all.
const LENGTH_MAX: usize = 8_192;
/// A stranger's texts are cut here. *Units*: characters.
const TEXT_MAX: usize = 200;
/// More audiences are not shown.
const LIST_MAX: usize = 8;

/// A token as the server saw it, with the distance of its times from the server's clock.
///
/// *Shape*: `{"form":"jwt","alg":"ES256","typ":"at+jwt","kid":"..","iss":"..","aud":"..","iat":1,"exp":2,
/// "seconds_since_iat":3,"seconds_since_exp":2}`; anything but a JWT has `form` alone. *Units*: seconds; a negative
/// distance lies ahead.
pub fn token_as_seen(token: &Secret, now: Moment) -> Value {
    let text = token.expose();
    let mut parts = text.split('.');
    let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return json!({ "form": "opaque" });
    };
    let (Some(header), Some(claims)) = (object(header, text.len()), object(claims, text.len())) else {
        return json!({ "form": "malformed" });
    };
    let mut seen = Map::new();
    seen.insert("form".to_owned(), json!("jwt"));
    for name in ["alg", "typ", "kid"] {
        seen.extend(header.get(name).and_then(shown).map(|value| (name.to_owned(), value)));
    }
    for name in ["iss", "aud"] {
        seen.extend(claims.get(name).and_then(shown).map(|value| (name.to_owned(), value)));
    }
    for name in ["iat", "nbf", "exp"] {
        let Some(at) = claims.get(name).and_then(Value::as_i64) else { continue };
        seen.insert(name.to_owned(), json!(at));
        seen.insert(format!("seconds_since_{name}"), json!(now.seconds().saturating_sub(at)));
    }
    Value::Object(seen)
}

fn object(part: &str, whole: usize) -> Option<Map<String, Value>> {
    if whole > LENGTH_MAX {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// A text, or the first few of a list of texts; nothing else.
fn shown(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(json!(cut(text))),
        Value::Array(all) => {
            let texts: Vec<String> = all.iter().filter_map(Value::as_str).take(LIST_MAX).map(cut).collect();
            Some(json!(texts))
        }
        _ => None,
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_000_000);

    fn seen(header: &str, claims: &str) -> Value {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        token_as_seen(&Secret::new(format!("{header}.{claims}.c2VjcmV0")), NOW)
    }

    #[test]
    fn a_token_is_shown_with_its_skew_and_without_its_signature() {
        let found = seen(
            r#"{"alg":"ES256","typ":"at+jwt","kid":"k1","x":"hidden"}"#,
            r#"{"iss":"https://a","aud":["b",7,"c"],"iat":1030,"exp":900,"sub":"hidden","jti":"hidden"}"#,
        );
        assert_eq!(
            found,
            json!({
                "form": "jwt", "alg": "ES256", "typ": "at+jwt", "kid": "k1", "iss": "https://a", "aud": ["b", "c"],
                "iat": 1030, "seconds_since_iat": -30, "exp": 900, "seconds_since_exp": 100,
            })
        );
    }

    #[test]
    fn what_is_no_token_is_named_and_not_shown() {
        let of = |text: &str| token_as_seen(&Secret::new(text), NOW);
        assert_eq!(of("my password"), json!({ "form": "opaque" }));
        assert_eq!(of("a.b.c.d"), json!({ "form": "opaque" }));
        assert_eq!(of("my.pass.word"), json!({ "form": "malformed" }));
        let long = "a".repeat(LENGTH_MAX);
        assert_eq!(seen("{}", &format!(r#"{{"iss":"{long}"}}"#)), json!({ "form": "malformed" }));
        assert_eq!(seen("{}", r#"{"iss":{"a":1},"exp":"soon"}"#), json!({ "form": "jwt" }));
        let cut = seen("{}", &format!(r#"{{"iss":"\n{}"}}"#, "é".repeat(300)));
        assert_eq!(cut["iss"], "é".repeat(200));
    }
}
