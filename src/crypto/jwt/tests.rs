//! Attacks on access tokens; each token is forged with the very key that the verifier trusts, unless the attack is
//! about the key.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::crypto::entropy::SystemEntropy;
use crate::crypto::keys::{self, KeyRing, NewKey};
use crate::crypto::pair::KeyPair;
use crate::crypto::vault::{MasterKey, Vault};
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::key::KeyState;
use crate::domain::token::{AccessClaims, Algorithm};

const NOW: i64 = 1_790_000_000;
const ISSUER: &str = "https://tokens.example/acme/shop";
const EXPECTED: Expected<'static> =
    Expected { issuer: ISSUER, audience: ISSUER, now: Moment::from_millis(NOW * 1_000 + 999) };

/// One issuer with one key, and the key pair in the hands of whoever forges.
struct Issuer {
    algorithm: Algorithm,
    ring: KeyRing,
    pair: KeyPair,
    kid: String,
}

impl Issuer {
    fn new(algorithm: Algorithm) -> Self {
        let vault = Vault::new(vec![MasterKey::generate("a", &SystemEntropy).unwrap()]).unwrap();
        let new =
            NewKey { tenant: TenantId::MANAGEMENT, algorithm, state: KeyState::Active, now: Moment::from_millis(0) };
        let key = keys::generate(&new, &vault, &SystemEntropy).unwrap();
        let private = vault.open(&keys::binding(key.tenant, &key.kid), &key.private).unwrap();
        let pair = KeyPair::parse(algorithm, &private).unwrap();
        Self { algorithm, ring: KeyRing::open(std::slice::from_ref(&key), &vault).unwrap(), pair, kid: key.kid }
    }

    fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": self.algorithm, "kid": self.kid})
    }

    fn token(&self) -> String {
        self.ring.signer().unwrap().sign(&claims()).unwrap().expose().to_owned()
    }

    /// Any two texts under a good signature.
    fn forge(&self, header: impl ToString, claims: impl ToString) -> String {
        let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.pair.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature))
    }

    fn verify(&self, token: &str) -> Result<AccessClaims, JwtError> {
        self.ring.verifier(&self.kid).unwrap().verify(token, &EXPECTED)
    }
}

static ISSUERS: LazyLock<[Issuer; 4]> = LazyLock::new(|| Algorithm::ALL.map(Issuer::new));

fn es256() -> &'static Issuer {
    &ISSUERS[0]
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn claims() -> AccessClaims {
    AccessClaims {
        iss: ISSUER.to_owned(),
        sub: "sub".to_owned(),
        aud: ISSUER.to_owned(),
        exp: NOW + 1,
        iat: NOW,
        jti: Uuid::from_u128(1),
        client_id: "client".to_owned(),
        scope: "api".to_owned(),
        authority: Authority::AppUser,
        org: Some(OrgId::new(Uuid::from_u128(2))),
        app: Some(AppId::new(Uuid::from_u128(3))),
    }
}

/// The good object with one member set to a piece of JSON text, or removed.
fn with(object: impl serde::Serialize, name: &str, value: Option<&str>) -> String {
    let mut object = serde_json::to_value(object).unwrap();
    object.as_object_mut().unwrap().remove(name);
    let text = object.to_string();
    match value {
        Some(value) => text.replacen('{', &format!("{{\"{name}\":{value},"), 1),
        None => text,
    }
}

#[test]
fn a_token_of_each_algorithm_verifies_and_says_what_was_signed() {
    for issuer in ISSUERS.iter() {
        let token = issuer.token();
        assert_eq!(issuer.verify(&token), Ok(claims()), "{:?}", issuer.algorithm);
        let header: Value = serde_json::from_slice(&decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!(header, issuer.header());
        assert_eq!(issuer.verify(&issuer.forge(issuer.header(), json!(claims()))), Ok(claims()));
    }
}

#[test]
fn another_implementation_verifies_with_the_published_keys() {
    for issuer in ISSUERS.iter().filter(|issuer| issuer.algorithm != Algorithm::HS256) {
        let jwk = serde_json::from_value(issuer.ring.jwks()["keys"][0].clone()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        let mut validation = jsonwebtoken::Validation::new(issuer.algorithm.as_str().parse().unwrap());
        validation.set_audience(&[ISSUER]);
        validation.set_issuer(&[ISSUER]);
        validation.validate_exp = false;
        let read = jsonwebtoken::decode::<AccessClaims>(issuer.token(), &key, &validation).unwrap();
        assert_eq!(read.claims, claims());
        assert_eq!(read.header.kid.as_deref(), Some(issuer.kid.as_str()));
    }
}

#[test]
fn peek_reads_hints_whatever_the_signature_is() {
    let hints = Peek { kid: es256().kid.clone(), authority: Authority::AppUser, org: claims().org, app: claims().app };
    let token = es256().token();
    assert_eq!(peek(&token), Ok(hints.clone()));
    let (message, _) = token.rsplit_once('.').unwrap();
    assert_eq!(peek(&format!("{message}.AAAA")), Ok(hints));
    let admin = AccessClaims { authority: Authority::Admin, org: None, app: None, ..claims() };
    let admin = peek(&es256().forge(es256().header(), json!(admin))).unwrap();
    assert_eq!((admin.authority, admin.org, admin.app), (Authority::Admin, None, None));
}

#[test]
fn no_algorithm_but_the_keys_own_is_accepted() {
    let names = ["none", "None", "NONE", "", "HS256", "ES256", "ES384", "RS256", "RS512", "PS256", "EdDSA", "es256"];
    for issuer in ISSUERS.iter() {
        for name in names.into_iter().filter(|name| *name != issuer.algorithm.as_str()) {
            let header = with(issuer.header(), "alg", Some(&json!(name).to_string()));
            let token = issuer.forge(&header, json!(claims()));
            assert_eq!(issuer.verify(&token), Err(JwtError::WrongAlgorithm), "{name}");
            let (message, _) = token.rsplit_once('.').unwrap();
            assert_eq!(issuer.verify(&format!("{message}.")), Err(JwtError::WrongAlgorithm), "{name} unsigned");
        }
        for wrong in [None, Some("null"), Some("[\"ES256\"]"), Some("1")] {
            let token = issuer.forge(with(issuer.header(), "alg", wrong), json!(claims()));
            assert_eq!(issuer.verify(&token), Err(JwtError::Malformed), "{wrong:?}");
        }
    }
}

#[test]
fn a_public_key_is_no_hmac_key() {
    for issuer in ISSUERS.iter().filter(|issuer| issuer.algorithm != Algorithm::HS256) {
        let public = issuer.pair.public().unwrap();
        let mut known = vec![public.to_string().into_bytes(), issuer.ring.jwks().to_string().into_bytes()];
        for member in ["x", "n"].into_iter().filter_map(|name| public[name].as_str()) {
            known.extend([member.as_bytes().to_vec(), decode(member).unwrap()]);
        }
        for known in known {
            for (alg, refusal) in
                [("HS256", JwtError::WrongAlgorithm), (issuer.algorithm.as_str(), JwtError::BadSignature)]
            {
                let header = with(issuer.header(), "alg", Some(&json!(alg).to_string()));
                let message = format!("{}.{}", encode(header), encode(json!(claims()).to_string()));
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &known);
                let tag = aws_lc_rs::hmac::sign(&key, message.as_bytes());
                assert_eq!(issuer.verify(&format!("{message}.{}", encode(tag))), Err(refusal));
            }
        }
    }
}

#[test]
fn only_the_type_of_an_access_token_is_accepted() {
    let others = ["JWT", "jwt", "at+JWT", "application/at+jwt", "dpop+jwt", "logout+jwt", "at+jwt ", ""];
    for other in others.map(|other| Some(json!(other).to_string())).into_iter().chain([None, Some("null".into())]) {
        let token = es256().forge(with(es256().header(), "typ", other.as_deref()), json!(claims()));
        assert_eq!(es256().verify(&token), Err(JwtError::WrongType), "{other:?}");
        assert_eq!(peek(&token), Err(JwtError::WrongType), "{other:?}");
    }
    let token = es256().forge(with(es256().header(), "typ", Some("[\"at+jwt\"]")), json!(claims()));
    assert_eq!(es256().verify(&token), Err(JwtError::Malformed));
}

#[test]
fn a_key_is_found_by_its_exact_name_alone() {
    let long = "A".repeat(4_096);
    for kid in ["", "../../etc/passwd", "' OR 1=1 --", "\0", "https://evil.example/jwks", &long] {
        let token = es256().forge(with(es256().header(), "kid", Some(&json!(kid).to_string())), json!(claims()));
        assert_eq!(es256().verify(&token), Err(JwtError::UnknownKey));
        assert!(es256().ring.verifier(&peek(&token).unwrap().kid).is_none());
    }
    for kid in [None, Some("null"), Some("0"), Some("{}")] {
        let token = es256().forge(with(es256().header(), "kid", kid), json!(claims()));
        assert_eq!(es256().verify(&token), Err(JwtError::Malformed), "{kid:?}");
        assert_eq!(peek(&token), Err(JwtError::Malformed), "{kid:?}");
    }
}

#[test]
fn keys_that_a_token_brings_along_are_ignored() {
    let thief = Issuer::new(Algorithm::ES256);
    let jwk = thief.ring.jwks()["keys"][0].to_string();
    for (name, value) in [("jwk", jwk.as_str()), ("jku", "\"https://evil.example\""), ("x5u", "1"), ("x5c", "[\"\"]")] {
        let header = with(es256().header(), name, Some(value));
        assert_eq!(es256().verify(&thief.forge(&header, json!(claims()))), Err(JwtError::BadSignature), "{name}");
        assert_eq!(es256().verify(&es256().forge(&header, json!(claims()))), Ok(claims()), "{name}");
    }
}

#[test]
fn a_demand_that_is_not_understood_is_refused() {
    for crit in ["[\"exp\"]", "[\"b64\"]", "[]", "null", "1"] {
        let token = es256().forge(with(es256().header(), "crit", Some(crit)), json!(claims()));
        assert_eq!(es256().verify(&token), Err(JwtError::Critical), "{crit}");
        assert_eq!(peek(&token), Err(JwtError::Critical), "{crit}");
    }
}

#[test]
fn a_time_of_the_wrong_type_is_never_read_as_absent() {
    let future = (NOW + 100).to_string();
    let bad = [
        format!("\"{future}\""),
        format!("{future}.0"),
        format!("{future}e0"),
        format!("[{future}]"),
        format!("{{\"v\":{future}}}"),
        "null".into(),
        "true".into(),
        "\"\"".into(),
        "9223372036854775808".into(),
        "-9223372036854775809".into(),
        "1e400".into(),
        "NaN".into(),
        "0x7fffffff".into(),
    ];
    for bad in &bad {
        for name in ["exp", "iat", "nbf"] {
            let token = es256().forge(es256().header(), with(claims(), name, Some(bad)));
            assert_eq!(es256().verify(&token), Err(JwtError::Malformed), "{name}: {bad}");
        }
    }
}

#[test]
fn every_claim_is_required_and_of_its_type() {
    for name in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "authority"] {
        for bad in [None, Some("null"), Some("[]"), Some("{}"), Some("1.5")] {
            let token = es256().forge(es256().header(), with(claims(), name, bad));
            assert_eq!(es256().verify(&token), Err(JwtError::Malformed), "{name}: {bad:?}");
        }
    }
    for (name, bad) in [("authority", "\"root\""), ("jti", "\"x\""), ("org", "\"x\""), ("app", "1")] {
        let token = es256().forge(es256().header(), with(claims(), name, Some(bad)));
        assert_eq!(es256().verify(&token), Err(JwtError::Malformed), "{name}: {bad}");
    }
}

#[test]
fn a_member_given_twice_is_refused() {
    let header = es256().header();
    for (name, value) in header.as_object().unwrap() {
        let twice = header.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1);
        assert_eq!(es256().verify(&es256().forge(twice, json!(claims()))), Err(JwtError::Malformed), "{name}");
    }
    let good = json!(claims());
    for (name, value) in good.as_object().unwrap() {
        let twice = good.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1);
        assert_eq!(es256().verify(&es256().forge(&header, twice)), Err(JwtError::Malformed), "{name}");
    }
    let twice = with(claims(), "nbf", Some(&format!("{NOW},\"nbf\":{NOW}")));
    assert_eq!(es256().verify(&es256().forge(&header, twice)), Err(JwtError::Malformed), "nbf");
}

#[test]
fn only_two_objects_and_a_signature_are_a_token() {
    let (header, good) = (es256().header().to_string(), json!(claims()).to_string());
    let array = format!("[\"{}\",\"{}\",\"at+jwt\"]", es256().algorithm.as_str(), es256().kid);
    for odd in [array.as_str(), "", "{}", "null", "\"\"", " {}", &format!("{header}{header}"), &format!(" {header}")] {
        assert!(es256().verify(&es256().forge(odd, &good)).is_err(), "header {odd}");
    }
    for odd in ["", "{}", "null", "[]", "\"\"", &format!("{good}{good}"), &format!("{good}x"), &format!(" {good}")] {
        assert_eq!(es256().verify(&es256().forge(&header, odd)), Err(JwtError::Malformed), "claims {odd}");
    }
    let token = es256().token();
    for odd in ["", ".", "..", "...", "a.b.c", "ü.😀.\0", &token.replace('.', " "), &format!("{token}.{token}")] {
        assert!(es256().verify(odd).is_err() && peek(odd).is_err(), "{odd}");
    }
    assert_eq!(es256().verify(&format!("{token}.e30.e30")), Err(JwtError::Malformed), "five parts, as a JWE has");
    let nested = es256().forge(&header, format!("\"{token}\""));
    assert_eq!(es256().verify(&nested), Err(JwtError::Malformed), "a token in a token");
}

#[test]
fn a_token_cut_anywhere_or_changed_in_any_bit_is_refused() {
    for issuer in ISSUERS.iter() {
        let token = issuer.token();
        for end in 0..token.len() {
            assert!(issuer.verify(&token[..end]).is_err(), "{:?} cut at {end}", issuer.algorithm);
            assert!(issuer.verify(&token[end + 1..]).is_err(), "{:?} begun at {end}", issuer.algorithm);
            for bit in 0..7 {
                let mut flipped = token.clone().into_bytes();
                flipped[end] ^= 1 << bit;
                let flipped = String::from_utf8(flipped).unwrap();
                assert!(issuer.verify(&flipped).is_err(), "{:?} bit {bit} of {end}", issuer.algorithm);
            }
        }
    }
}

#[test]
fn a_token_has_one_spelling() {
    for issuer in ISSUERS.iter() {
        let token = issuer.token();
        for more in ["=", "==", "A", "AAAA", ".", " ", "\n", "\0", "%3D"] {
            assert!(issuer.verify(&format!("{token}{more}")).is_err(), "{more:?} behind");
            assert!(issuer.verify(&format!("{more}{token}")).is_err(), "{more:?} before");
            assert!(issuer.verify(&token.replace('.', &format!("{more}."))).is_err(), "{more:?} behind each part");
        }
        let standard = token.replace('-', "+").replace('_', "/");
        assert!(standard == token || issuer.verify(&standard).is_err());
    }
    let (header, good) = (es256().header(), json!(claims()).to_string());
    let huge = es256().forge(header, with(claims(), "more", Some(&json!("x".repeat(8_192)).to_string())));
    assert_eq!((es256().verify(&huge), peek(&huge)), (Err(JwtError::Malformed), Err(JwtError::Malformed)));
    assert!(good.len() < 8_192);
}

#[test]
fn issuer_and_audience_are_compared_letter_by_letter() {
    let slash = format!("{ISSUER}/");
    let others = [
        "",
        "https://tokens.example/acme",
        "https://tokens.example/acme/shop2",
        "HTTPS://TOKENS.EXAMPLE/acme/shop",
        &slash,
    ];
    for other in others {
        let value = json!(other).to_string();
        for (name, refusal) in [("iss", JwtError::WrongIssuer), ("aud", JwtError::WrongAudience)] {
            let token = es256().forge(es256().header(), with(claims(), name, Some(&value)));
            assert_eq!(es256().verify(&token), Err(refusal), "{name}: {other}");
        }
    }
    let list = json!([ISSUER]).to_string();
    for name in ["iss", "aud"] {
        let token = es256().forge(es256().header(), with(claims(), name, Some(&list)));
        assert_eq!(es256().verify(&token), Err(JwtError::Malformed), "{name}");
    }
}

#[test]
fn time_is_checked_to_the_second() {
    let refused = |name: &str, value: i64| {
        es256().verify(&es256().forge(es256().header(), with(claims(), name, Some(&value.to_string())))).err()
    };
    for expired in [i64::MIN, -1, 0, NOW - 1, NOW] {
        assert_eq!(refused("exp", expired), Some(JwtError::Expired), "exp {expired}");
    }
    for good in [NOW + 1, i64::MAX] {
        assert_eq!(refused("exp", good), None, "exp {good}");
    }
    for name in ["iat", "nbf"] {
        for early in [NOW + 61, i64::MAX] {
            assert_eq!(refused(name, early), Some(JwtError::NotYetValid), "{name} {early}");
        }
        for good in [i64::MIN, -1, 0, NOW, NOW + 60] {
            assert_eq!(refused(name, good), None, "{name} {good}");
        }
    }
}

#[test]
fn no_moment_makes_the_verifier_wrap() {
    let token = es256().token();
    let verifier = es256().ring.verifier(&es256().kid).unwrap();
    let at = |micros| verifier.verify(&token, &Expected { now: Moment::from_micros(micros), ..EXPECTED }).err();
    assert_eq!(at(i64::MAX), Some(JwtError::Expired));
    assert_eq!(at(i64::MIN), Some(JwtError::NotYetValid));
}

#[test]
fn the_signature_is_checked_before_what_it_covers() {
    let thief = Issuer::new(Algorithm::ES256);
    let expired = with(claims(), "exp", Some("0"));
    let foreign = with(claims(), "iss", Some("\"x\""));
    for claims in [expired.as_str(), &foreign, "{}", "no JSON"] {
        let token = thief.forge(es256().header(), claims);
        assert_eq!(es256().verify(&token), Err(JwtError::BadSignature), "{claims}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-zA-Z0-9._=-]{0,200}|\\PC*") {
        prop_assert!(peek(&text).is_err());
        prop_assert!(es256().verify(&text).is_err());
    }
}
