//! Attacks through the claims: types, absence, issuer, audience and time.

use super::*;

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
    let token = es256().forge(es256().header(), with(claims(), "iss", Some(&list)));
    assert_eq!(es256().verify(&token), Err(JwtError::Malformed));
}

#[test]
fn a_list_of_audiences_must_name_this_one() {
    let verified = |list: &Value| {
        es256().verify(&es256().forge(es256().header(), with(claims(), "aud", Some(&list.to_string())))).err()
    };
    assert_eq!(verified(&json!(["https://api.example", ISSUER])), None);
    assert_eq!(verified(&json!(["https://api.example"])), Some(JwtError::WrongAudience));
    for bad in [json!([]), json!([1]), json!([ISSUER, null]), json!([[ISSUER]])] {
        assert_eq!(verified(&bad), Some(JwtError::Malformed), "{bad}");
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
