//! Tokens and assertions of others, forged with the very keys that are trusted, unless the attack is about the key.

use std::time::Duration;

use super::*;

const CLIENT: &str = "https://client.example";
const OTHER: &str = "https://tokens.example/acme/shop/token";
const ASYMMETRIC: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256];

fn expected(profile: &Profile) -> ForeignExpected<'_> {
    ForeignExpected {
        profile,
        algorithms: &ASYMMETRIC,
        issuer: CLIENT,
        subject: None,
        audiences: &[ISSUER, OTHER],
        now: Moment::from_millis(NOW * 1_000 + 999),
    }
}

fn keys_of(issuer: &Issuer) -> ForeignKeys {
    ForeignKeys::parse_registered(issuer.ring.jwks()).unwrap()
}

fn asymmetric() -> impl Iterator<Item = &'static Issuer> {
    ISSUERS.iter().filter(|issuer| issuer.algorithm != Algorithm::HS256)
}

fn head(issuer: &Issuer) -> Value {
    json!({"alg": issuer.algorithm, "kid": issuer.kid})
}

fn assertion() -> Value {
    json!({"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "one"})
}

/// The answer to an assertion of a client with some text in place of a claim.
fn said(name: &str, value: Option<&str>) -> Result<ForeignClaims, JwtError> {
    let token = es256().forge(head(es256()), with(assertion(), name, value));
    keys_of(es256()).verify(&token, &expected(&Profile::CLIENT_ASSERTION))
}

#[test]
fn an_assertion_of_each_algorithm_verifies_and_says_what_was_signed() {
    for issuer in asymmetric() {
        let token = issuer.forge(head(issuer), assertion());
        for profile in [Profile::CLIENT_ASSERTION, Profile::GRANT_ASSERTION, Profile::SIGN_ON] {
            let claims = keys_of(issuer).verify(&token, &expected(&profile)).unwrap();
            assert_eq!((claims.subject.as_deref(), claims.id.as_deref()), (Some(CLIENT), Some("one")));
            assert_eq!(claims.issued, Some(Moment::from_millis(NOW * 1_000)));
            assert_eq!(claims.expires, Moment::from_millis((NOW + 60) * 1_000));
            assert_eq!(Value::Object(claims.all), assertion());
        }
        let peek = ForeignPeek { issuer: CLIENT.to_owned(), subject: Some(CLIENT.to_owned()) };
        assert_eq!(peek_foreign(&token), Ok(peek));
    }
}

#[test]
fn an_algorithm_that_was_not_asked_for_is_refused_even_with_its_key() {
    for issuer in asymmetric() {
        let token = issuer.forge(head(issuer), assertion());
        let others: Vec<Algorithm> = Algorithm::ALL.into_iter().filter(|other| *other != issuer.algorithm).collect();
        let narrow = ForeignExpected { algorithms: &others, ..expected(&Profile::CLIENT_ASSERTION) };
        assert_eq!(keys_of(issuer).verify(&token, &narrow).unwrap_err(), JwtError::WrongAlgorithm);
        for alg in ["none", "HS256", "ES384", "PS256", "Ed448", "ed25519", "es256", ""] {
            let token = issuer.forge(with(head(issuer), "alg", Some(&json!(alg).to_string())), assertion());
            let refused = keys_of(issuer).verify(&token, &expected(&Profile::CLIENT_ASSERTION)).unwrap_err();
            assert_eq!(refused, JwtError::WrongAlgorithm, "{alg}");
        }
    }
}

/// RFC 9864 deprecates the name EdDSA, and libraries sign by the new one. It was refused here once.
#[test]
fn ed25519_is_the_other_name_of_eddsa_and_of_nothing_else() {
    for issuer in asymmetric() {
        let is_ed = issuer.algorithm == Algorithm::EdDsa;
        let token = issuer.forge(with(head(issuer), "alg", Some("\"Ed25519\"")), assertion());
        let read = keys_of(issuer).verify(&token, &expected(&Profile::CLIENT_ASSERTION));
        assert_eq!(read.err(), (!is_ed).then_some(JwtError::WrongAlgorithm));
        let mut key = issuer.ring.jwks()["keys"][0].clone();
        key["alg"] = json!("Ed25519");
        assert_eq!(ForeignKeys::parse_registered(&json!({ "keys": [key] })).is_ok(), is_ed);
    }
}

#[test]
fn a_symmetric_key_is_never_accepted() {
    // JWT-3: not in a set of its own, not beside others, not even where HS256 were asked for.
    let oct = json!({"kty": "oct", "kid": "k", "k": encode([7; 32]), "alg": "HS256"});
    let alone = json!({"keys": [oct]});
    assert_eq!(ForeignKeys::parse_registered(&alone).unwrap_err(), JwksError::Secret);
    assert!(ForeignKeys::parse(alone.to_string().as_bytes()).is_none());
    let beside = json!({"keys": [oct, es256().ring.jwks()["keys"][0]]});
    assert_eq!(ForeignKeys::parse_registered(&beside).unwrap_err(), JwksError::Secret);
    let fetched = ForeignKeys::parse(beside.to_string().as_bytes()).unwrap();
    let message =
        format!("{}.{}", encode(json!({"alg": "HS256", "kid": "k"}).to_string()), encode(assertion().to_string()));
    let tag =
        aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &[7; 32]), message.as_bytes());
    let wide = ForeignExpected { algorithms: &Algorithm::ALL, ..expected(&Profile::CLIENT_ASSERTION) };
    assert_eq!(fetched.verify(&format!("{message}.{}", encode(tag)), &wide).unwrap_err(), JwtError::UnknownKey);
}

#[test]
fn a_key_that_shows_its_private_half_is_not_accepted() {
    for issuer in asymmetric() {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            let mut shown = issuer.ring.jwks().clone();
            shown["keys"][0][member] = json!("AA");
            assert_eq!(ForeignKeys::parse_registered(&shown).unwrap_err(), JwksError::Secret, "{member}");
            assert!(ForeignKeys::parse(shown.to_string().as_bytes()).is_none(), "{member}");
        }
    }
}

#[test]
fn a_registered_set_is_read_strictly() {
    let refusal = |jwks: Value| ForeignKeys::parse_registered(&jwks).unwrap_err();
    let key = es256().ring.jwks()["keys"][0].clone();
    for bad in [json!({}), json!([]), json!({"keys": {}}), json!({"keys": [1]}), json!({"keys": ["x"]}), json!("x")] {
        assert_eq!(refusal(bad), JwksError::Malformed);
    }
    assert_eq!(refusal(json!({"keys": []})), JwksError::Count);
    assert_eq!(refusal(json!({"keys": vec![&key; 65]})), JwksError::Count);
    assert_eq!(refusal(json!({"keys": [key, key]})), JwksError::Repeated);
    let unfit = [("use", "enc"), ("alg", "RS256"), ("alg", "ES384"), ("crv", "P-384"), ("kty", "RSA"), ("kty", "DSA")];
    for (member, word) in unfit {
        let mut other = key.clone();
        other[member] = json!(word);
        assert_eq!(refusal(json!({"keys": [other]})), JwksError::Unfit, "{member} {word}");
        other["kid"] = json!("other");
        assert_eq!(
            ForeignKeys::parse_registered(&json!({"keys": [other, key]})).unwrap().0.len(),
            1,
            "{member} {word}"
        );
    }
    for x in ["", "AA", &format!("{}=", key["x"].as_str().unwrap()), &encode([0; 33])] {
        let mut other = key.clone();
        other["x"] = json!(x);
        assert_eq!(refusal(json!({"keys": [other]})), JwksError::Unfit, "{x}");
    }
    let small = json!({"kty": "RSA", "n": encode([0xff; 128]), "e": "AQAB"});
    assert_eq!(refusal(json!({"keys": [small]})), JwksError::Unfit);
    let padded = json!({"kty": "RSA", "n": encode([[0; 1].as_slice(), &[0xff; 256]].concat()), "e": "AQAB"});
    assert_eq!(refusal(json!({"keys": [padded]})), JwksError::Unfit);
}

#[test]
fn a_key_of_another_client_is_refused() {
    let thief = Issuer::new(Algorithm::ES256);
    let verify = |token: &str| keys_of(es256()).verify(token, &expected(&Profile::CLIENT_ASSERTION)).unwrap_err();
    assert_eq!(verify(&thief.forge(head(&thief), assertion())), JwtError::UnknownKey);
    assert_eq!(verify(&thief.forge(head(es256()), assertion())), JwtError::BadSignature);
    assert_eq!(verify(&thief.forge(with(head(&thief), "kid", None), assertion())), JwtError::BadSignature);
    let mut with_key = head(es256());
    with_key["jwk"] = thief.ring.jwks()["keys"][0].clone();
    assert_eq!(verify(&thief.forge(with_key, assertion())), JwtError::BadSignature);
}

#[test]
fn a_token_of_another_type_is_no_assertion() {
    // JWT-9: our own tokens have types, and none of them is on the list.
    let verify = |typ: Option<&str>, profile| {
        let typ = typ.map(|typ| json!(typ).to_string());
        let token = es256().forge(with(head(es256()), "typ", typ.as_deref()), assertion());
        keys_of(es256()).verify(&token, &expected(profile)).map(drop)
    };
    let all = [Profile::CLIENT_ASSERTION, Profile::GRANT_ASSERTION, Profile::SIGN_ON];
    for profile in &all {
        for typ in ["dpop+jwt", "logout+jwt", "token-introspection+jwt", "revocations+jwt", "", "secevent+jwt", "JWT "]
        {
            assert_eq!(verify(Some(typ), profile), Err(JwtError::WrongType), "{typ}");
        }
        assert_eq!((verify(None, profile), verify(Some("jwt"), profile)), (Ok(()), Ok(())));
    }
    let [client, grant, sign_on] = &all;
    assert_eq!(verify(Some("at+jwt"), sign_on), Ok(()));
    assert_eq!(verify(Some("client-authentication+jwt"), client), Ok(()));
    assert_eq!(verify(Some("authorization-grant+jwt"), grant), Ok(()));
    for (typ, profile) in [
        ("at+jwt", client),
        ("at+jwt", grant),
        ("application/at+jwt", client),
        ("client-authentication+jwt", grant),
        ("authorization-grant+jwt", client),
        ("client-authentication+jwt", sign_on),
    ] {
        assert_eq!(verify(Some(typ), profile), Err(JwtError::WrongType), "{typ}");
    }
    let typed = Profile { untyped: Untyped::Refused, ..Profile::CLIENT_ASSERTION };
    assert_eq!(verify(None, &typed), Err(JwtError::WrongType));
    let token = es256().forge(with(head(es256()), "crit", Some("[]")), assertion());
    let refused = keys_of(es256()).verify(&token, &expected(client)).unwrap_err();
    assert_eq!(refused, JwtError::Critical);
}

#[test]
fn what_an_assertion_must_say_it_must_say_rightly() {
    // JWT-1, J-1.
    let malformed = [
        ("iss", &[None, Some("null"), Some("1")][..]),
        ("sub", &[None, Some("null"), Some("1"), Some("\"\""), Some("\" \\t\"")]),
        ("jti", &[None, Some("null"), Some("1"), Some("\"\""), Some("[]")]),
        ("exp", &[None, Some("null"), Some("\"1\""), Some("1.5"), Some("1e400"), Some("9223372036854775808")]),
        ("iat", &[Some("null"), Some("\"1\""), Some("1.5")]),
        ("nbf", &[Some("null"), Some("{}")]),
        ("aud", &[None, Some("null"), Some("1"), Some("[1]"), Some("[]"), Some("{}")]),
    ];
    for (name, values) in malformed {
        for value in values {
            assert_eq!(said(name, *value).unwrap_err(), JwtError::Malformed, "{name} {value:?}");
        }
    }
    let long = json!("j".repeat(257)).to_string();
    assert_eq!(said("jti", Some(&long)).unwrap_err(), JwtError::Malformed);
    assert!(said("jti", Some(&json!("j".repeat(256)).to_string())).is_ok());
    assert!(said("iat", None).is_ok_and(|claims| claims.issued.is_none()));
    let twice = assertion().to_string().replacen('{', "{\"role\":1,\"role\":2,", 1);
    let token = es256().forge(head(es256()), twice);
    let refused = keys_of(es256()).verify(&token, &expected(&Profile::CLIENT_ASSERTION)).unwrap_err();
    assert_eq!(refused, JwtError::Malformed);
}

#[test]
fn an_assertion_is_by_and_about_the_client() {
    for iss in ["", "https://client.example/", "https://Client.example", "https://other.example"] {
        assert_eq!(said("iss", Some(&json!(iss).to_string())).unwrap_err(), JwtError::WrongIssuer, "{iss}");
    }
    let about = |sub: &str, wanted| {
        let token = es256().forge(head(es256()), with(assertion(), "sub", Some(&json!(sub).to_string())));
        let expected = ForeignExpected { subject: wanted, ..expected(&Profile::CLIENT_ASSERTION) };
        keys_of(es256()).verify(&token, &expected).map(|claims| claims.subject)
    };
    assert_eq!(about("other", Some(CLIENT)), Err(JwtError::WrongSubject));
    assert_eq!(about(CLIENT, Some(CLIENT)), Ok(Some(CLIENT.to_owned())));
    assert_eq!(about("other", None), Ok(Some("other".to_owned())));
    let silent = Profile { subject: Claim::Optional, ..Profile::CLIENT_ASSERTION };
    let token = es256().forge(head(es256()), with(assertion(), "sub", None));
    let wanted = ForeignExpected { subject: Some(CLIENT), ..expected(&silent) };
    assert_eq!(keys_of(es256()).verify(&token, &wanted).unwrap_err(), JwtError::WrongSubject);
}

#[test]
fn an_assertion_is_for_this_server_alone() {
    // JWT-6, J-1.
    for ours in [json!(ISSUER), json!([ISSUER]), json!(OTHER)] {
        assert!(said("aud", Some(&ours.to_string())).is_ok(), "{ours}");
    }
    let prefix = &ISSUER[..ISSUER.len() - 1];
    let (slash, upper) = (format!("{ISSUER}/"), ISSUER.to_uppercase());
    for other in [json!(prefix), json!(slash), json!(upper), json!("https://elsewhere.example"), json!("")] {
        assert_eq!(said("aud", Some(&other.to_string())).unwrap_err(), JwtError::WrongAudience, "{other}");
    }
    let shared = json!([ISSUER, "https://elsewhere.example"]).to_string();
    assert_eq!(said("aud", Some(&shared)).unwrap_err(), JwtError::WrongAudience);
    let both_ours = json!([ISSUER, OTHER]).to_string();
    assert_eq!(said("aud", Some(&both_ours)).unwrap_err(), JwtError::WrongAudience, "one name is enough");
    let token = es256().forge(head(es256()), with(assertion(), "aud", Some(&shared)));
    assert!(keys_of(es256()).verify(&token, &expected(&Profile::GRANT_ASSERTION)).is_ok());
}

#[test]
fn an_assertion_lives_for_minutes() {
    let at = |name: &str, seconds: i64| said(name, Some(&seconds.to_string())).map(drop);
    assert_eq!((at("exp", NOW), at("exp", NOW + 1)), (Err(JwtError::Expired), Ok(())));
    // Five minutes, and the minute that clocks may differ.
    assert_eq!((at("exp", NOW + 360), at("exp", NOW + 361)), (Ok(()), Err(JwtError::TooLasting)));
    assert_eq!((at("iat", NOW - 360), at("iat", NOW - 361)), (Ok(()), Err(JwtError::TooOld)));
    assert_eq!((at("iat", NOW + 60), at("iat", NOW + 61)), (Ok(()), Err(JwtError::NotYetValid)));
    assert_eq!((at("nbf", NOW + 60), at("nbf", NOW + 61)), (Ok(()), Err(JwtError::NotYetValid)));
    // JWT-10.
    for extreme in [i64::MIN, i64::MAX] {
        assert!(["exp", "iat", "nbf"].iter().any(|name| at(name, extreme).is_err()), "{extreme}");
    }
    assert_eq!((at("exp", i64::MAX), at("iat", i64::MIN)), (Err(JwtError::TooLasting), Err(JwtError::TooOld)));
    let patient = Profile { life_max: Some(Duration::from_secs(u64::MAX)), age_max: None, ..Profile::CLIENT_ASSERTION };
    let token = es256().forge(head(es256()), with(assertion(), "exp", Some(&i64::MAX.to_string())));
    assert!(keys_of(es256()).verify(&token, &expected(&patient)).is_ok());
}
