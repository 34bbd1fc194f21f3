//! The `Authorization` header, read once. It checks form only; whether a credential is good is asked elsewhere.
//! *Spec*: RFC 9110 §11.6.2, RFC 7617, RFC 6750 §2.1.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::urlencoded::decode;
use crate::domain::secret::Secret;

/// Standard base64; some clients leave the padding away.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What the `Authorization` header carries.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// No header, or none of a scheme that is served here.
    None,
    /// A client's id and secret, both form-decoded (RFC 6749 §2.3.1). Either may be empty.
    Basic {
        client_id: String,
        client_secret: Secret,
        /// The second part undecoded, as RFC 7617 has it.
        plain: Secret,
    },
    /// A token, not yet looked at.
    Bearer(Secret),
    /// A token that is bound to a key (RFC 9449 §7.1), not yet looked at.
    Dpop(Secret),
    /// `Bearer` or `DPoP` with nothing behind it; Usergrid words it differently from no header.
    EmptyBearer,
    /// Two headers, two credentials, or a `Basic` value that cannot be decoded.
    Malformed,
}

impl Authorization {
    /// Reads the header of a request.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION);
        match (values.next(), values.next()) {
            (None, _) => Self::None,
            (Some(value), None) => str::from_utf8(value.as_bytes()).map_or(Self::Malformed, Self::parse),
            (Some(_), Some(_)) => Self::Malformed,
        }
    }

    /// Reads a header's value: a scheme with its credential, or a comma-separated list of such.
    ///
    /// Usergrid: lists are taken, and what is not understood is passed over. Two credentials are refused, since
    /// nothing says which of them the caller means (RFC 6749 §2.3).
    pub fn parse(value: &str) -> Self {
        let mut found = value.split(',').map(parse_one).filter(|item| !matches!(item, Self::None));
        match (found.next(), found.next()) {
            (None, _) => Self::None,
            (Some(only), None) => only,
            (Some(_), Some(_)) => Self::Malformed,
        }
    }
}

fn parse_one(item: &str) -> Authorization {
    let item = item.trim();
    let (scheme, credential) = item.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((item, ""));
    let credential = credential.trim_start();
    if scheme.eq_ignore_ascii_case("bearer") {
        parse_token(credential, Authorization::Bearer)
    } else if scheme.eq_ignore_ascii_case("dpop") {
        parse_token(credential, Authorization::Dpop)
    } else if scheme.eq_ignore_ascii_case("basic") && !credential.is_empty() {
        parse_basic(credential).unwrap_or(Authorization::Malformed)
    } else {
        Authorization::None
    }
}

fn parse_token(token: &str, scheme: fn(Secret) -> Authorization) -> Authorization {
    if token.is_empty() {
        Authorization::EmptyBearer
    } else if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        scheme(Secret::new(token))
    } else {
        Authorization::Malformed
    }
}

fn parse_basic(credential: &str) -> Option<Authorization> {
    let bytes = BASE64.decode(credential).ok()?;
    let colon = bytes.iter().position(|&byte| byte == b':')?;
    let (user, password) = (bytes.get(..colon)?, bytes.get(colon.checked_add(1)?..)?);
    let (client_id, client_secret) = (decode(user).ok()?, decode(password).ok()?);
    if client_id.contains('\0') || client_secret.contains('\0') {
        return None;
    }
    Some(Authorization::Basic {
        client_id: client_id.into_owned(),
        client_secret: Secret::new(client_secret),
        plain: Secret::new(str::from_utf8(password).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    use super::*;

    fn basic(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[track_caller]
    fn assert_pair(header: &str, id: &str, secret: &str) {
        match Authorization::parse(header) {
            Authorization::Basic { client_id, client_secret, .. } => {
                assert_eq!((client_id.as_str(), client_secret.expose()), (id, secret), "{header}");
            }
            other => panic!("{header}: {other:?}"),
        }
    }

    #[test]
    fn basic_is_split_at_the_first_colon_and_form_decoded() {
        assert_pair(&basic("id:secret"), "id", "secret");
        assert_pair(&basic("id:a:b"), "id", "a:b");
        assert_pair(&basic("i%3Ad:a+b%25"), "i:d", "a b%");
        assert_pair(&basic(":"), "", "");
        assert_pair(&format!("bAsIc   {}", STANDARD_NO_PAD.encode("id:s")), "id", "s");
    }

    #[test]
    fn basic_that_cannot_be_decoded_is_malformed() {
        let no_utf8 = format!("Basic {}", STANDARD.encode(b"id:\xff"));
        for bad in ["Basic !!", "Basic a b", &basic("no-colon"), &basic("id:%zz"), &basic("id:a\0"), &no_utf8] {
            assert!(matches!(Authorization::parse(bad), Authorization::Malformed), "{bad}");
        }
    }

    #[test]
    fn bearer_is_read_in_any_case_and_empty_is_told_apart() {
        for good in ["Bearer abc", "bearer abc", "BEARER   abc ", "Digest x, Bearer abc"] {
            assert!(matches!(Authorization::parse(good), Authorization::Bearer(t) if t.expose() == "abc"), "{good}");
        }
        for empty in ["Bearer", "bearer ", "Bearer ,"] {
            assert!(matches!(Authorization::parse(empty), Authorization::EmptyBearer), "{empty}");
        }
        assert!(matches!(Authorization::parse("Bearer a b"), Authorization::Malformed));
        assert!(matches!(Authorization::parse("Bearer ü"), Authorization::Malformed));
    }

    #[test]
    fn a_bound_token_is_told_from_a_plain_one() {
        for good in ["DPoP abc", "dpop abc", "DPOP   abc "] {
            assert!(matches!(Authorization::parse(good), Authorization::Dpop(t) if t.expose() == "abc"), "{good}");
        }
        for two in ["DPoP abc, Bearer abc", "DPoP a, DPoP b", "DPoP a b"] {
            assert!(matches!(Authorization::parse(two), Authorization::Malformed), "{two}");
        }
        assert!(matches!(Authorization::parse("DPoP"), Authorization::EmptyBearer));
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        for other in ["", "Basic", "token", "Digest username=\"x\", realm=\"y\"", ",,"] {
            assert!(matches!(Authorization::parse(other), Authorization::None), "{other}");
        }
    }

    #[test]
    fn two_credentials_or_two_headers_are_malformed() {
        assert!(matches!(Authorization::parse("Bearer a, Bearer b"), Authorization::Malformed));
        assert!(matches!(Authorization::parse(&format!("Bearer a, {}", basic("i:s"))), Authorization::Malformed));
        let mut headers = HeaderMap::new();
        assert!(matches!(Authorization::from_headers(&headers), Authorization::None));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert!(matches!(Authorization::from_headers(&headers), Authorization::Bearer(_)));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert!(matches!(Authorization::from_headers(&headers), Authorization::Malformed));
    }

    #[test]
    fn credentials_do_not_print() {
        let text =
            format!("{:?} {:?}", Authorization::parse(&basic("id:hunter2")), Authorization::parse("Bearer tok3n"));
        assert!(!text.contains("hunter2") && !text.contains("tok3n"), "{text}");
    }
}
