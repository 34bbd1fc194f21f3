//! Attacks through the header: algorithm, type, key name, keys brought along, extensions.

use super::*;

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
