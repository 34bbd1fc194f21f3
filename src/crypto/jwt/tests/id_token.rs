//! What an issuer signs besides access tokens, and ID tokens that come back as hints.

use super::*;
use crate::domain::secret::Secret;

const KINDS: [(SignedKind, &str); 5] = [
    (SignedKind::IdToken, "JWT"),
    (SignedKind::LogoutToken, "logout+jwt"),
    (SignedKind::Introspection, "token-introspection+jwt"),
    (SignedKind::UserInfo, "JWT"),
    (SignedKind::Revocations, "revocations+jwt"),
];

/// Claims that an access token and an ID token could both have.
fn both() -> Value {
    let mut both = json!(claims());
    both["sid"] = json!("00000000-0000-0000-0000-000000000009");
    both
}

fn as_kind(issuer: &Issuer, kind: SignedKind, claims: &Value) -> String {
    issuer.ring.signer().unwrap().sign_as(kind, claims).unwrap().expose().to_owned()
}

fn id_header(issuer: &Issuer) -> Value {
    json!({"typ": "JWT", "alg": issuer.algorithm, "kid": issuer.kid})
}

fn hint(issuer: &Issuer, token: &str) -> Result<IdHint, JwtError> {
    issuer.ring.verify_id_token(token, ISSUER)
}

#[test]
fn every_kind_is_signed_under_its_own_type() {
    for issuer in ISSUERS.iter() {
        for (kind, typ) in KINDS {
            let token = as_kind(issuer, kind, &json!({"any": [1]}));
            let parts = Parts::split(&token).unwrap();
            let header: Value = serde_json::from_slice(&decode(parts.header).unwrap()).unwrap();
            assert_eq!(header, json!({"typ": typ, "alg": issuer.algorithm, "kid": issuer.kid}));
            assert_eq!(decode(parts.claims).unwrap(), b"{\"any\":[1]}");
            assert_eq!(token.split('.').count(), 3, "{kind:?}");
        }
    }
}

#[test]
fn nothing_else_that_is_signed_passes_as_an_access_token() {
    // JWT-9: the very claims of a good access token.
    for issuer in ISSUERS.iter() {
        for (kind, _) in KINDS {
            let token = as_kind(issuer, kind, &both());
            assert_eq!(issuer.verify(&token), Err(JwtError::WrongType), "{kind:?}");
            assert_eq!(peek(&token), Err(JwtError::WrongType), "{kind:?}");
        }
    }
}

#[test]
fn only_an_id_token_passes_as_a_hint() {
    for issuer in ISSUERS.iter() {
        assert_eq!(hint(issuer, &issuer.token()), Err(JwtError::WrongType));
        for kind in [SignedKind::LogoutToken, SignedKind::Introspection, SignedKind::Revocations] {
            assert_eq!(hint(issuer, &as_kind(issuer, kind, &both())), Err(JwtError::WrongType), "{kind:?}");
        }
        // Signed claims of a user have the type of an ID token, but no end.
        let user_info = json!({"iss": ISSUER, "aud": "client", "sub": "sub"});
        assert_eq!(hint(issuer, &as_kind(issuer, SignedKind::UserInfo, &user_info)), Err(JwtError::Malformed));
    }
}

#[test]
fn a_hint_says_whom_it_is_about_long_after_it_expired() {
    let mut said = json!({"iss": ISSUER, "sub": "s", "aud": "client", "exp": 20, "iat": 10, "nonce": "n"});
    let expected = IdHint {
        sub: "s".to_owned(),
        aud: Audience::One("client".to_owned()),
        azp: None,
        sid: None,
        issued: Moment::from_millis(10_000),
        expires: Moment::from_millis(20_000),
    };
    for issuer in ISSUERS.iter() {
        assert_eq!(hint(issuer, &as_kind(issuer, SignedKind::IdToken, &said)), Ok(expected.clone()));
    }
    said["aud"] = json!(["one", "two"]);
    said["azp"] = json!("one");
    said["sid"] = json!("session");
    let full = hint(es256(), &as_kind(es256(), SignedKind::IdToken, &said)).unwrap();
    assert_eq!((full.aud.iter().count(), full.azp.as_deref(), full.sid.as_deref()), (2, Some("one"), Some("session")));
}

#[test]
fn a_hint_of_another_issuer_key_or_algorithm_is_refused() {
    let good = json!({"iss": ISSUER, "sub": "s", "aud": "client", "exp": 20, "iat": 10});
    for iss in
        ["", "https://tokens.example/acme", "https://tokens.example/acme/shop/", "HTTPS://tokens.example/acme/shop"]
    {
        let token = es256().forge(id_header(es256()), with(&good, "iss", Some(&json!(iss).to_string())));
        assert_eq!(hint(es256(), &token), Err(JwtError::WrongIssuer), "{iss}");
    }
    let thief = Issuer::new(Algorithm::ES256);
    assert_eq!(hint(es256(), &thief.forge(id_header(&thief), &good)), Err(JwtError::UnknownKey));
    assert_eq!(hint(es256(), &thief.forge(id_header(es256()), &good)), Err(JwtError::BadSignature));
    for alg in ["none", "HS256", "RS256", "EdDSA"] {
        let header = with(id_header(es256()), "alg", Some(&json!(alg).to_string()));
        assert_eq!(hint(es256(), &es256().forge(header, &good)), Err(JwtError::WrongAlgorithm), "{alg}");
    }
    let header = with(id_header(es256()), "crit", Some("[\"exp\"]"));
    assert_eq!(hint(es256(), &es256().forge(header, &good)), Err(JwtError::Critical));
    for typ in [None, Some("\"at+jwt\""), Some("\"jwt\""), Some("\"dpop+jwt\"")] {
        let header = with(id_header(es256()), "typ", typ);
        assert_eq!(hint(es256(), &es256().forge(header, &good)), Err(JwtError::WrongType), "{typ:?}");
    }
}

#[test]
fn a_hint_with_a_wrong_claim_is_refused() {
    let good = json!({"iss": ISSUER, "sub": "s", "aud": "client", "exp": 20, "iat": 10});
    let wrong = [
        ("sub", &[None, Some("\"\""), Some("null"), Some("1")][..]),
        ("aud", &[None, Some("[]"), Some("null"), Some("[1]"), Some("{}")]),
        ("exp", &[None, Some("\"20\""), Some("20.5"), Some("1e400")]),
        ("iat", &[None, Some("null"), Some("[]")]),
        ("sid", &[Some("null"), Some("1")]),
        ("azp", &[Some("null"), Some("[]")]),
    ];
    for (name, values) in wrong {
        for value in values {
            let token = es256().forge(id_header(es256()), with(&good, name, *value));
            assert_eq!(hint(es256(), &token), Err(JwtError::Malformed), "{name} {value:?}");
        }
    }
    let twice = good.to_string().replacen('{', "{\"sub\":\"other\",", 1);
    assert_eq!(hint(es256(), &es256().forge(id_header(es256()), twice)), Err(JwtError::Malformed));
    let token = es256().forge(id_header(es256()), &good);
    assert!((0..token.len()).all(|end| hint(es256(), &token[..end]).is_err()));
}

#[test]
fn a_key_for_id_tokens_signs_no_access_token() {
    // JWT-3, JWT-9: right in every other way.
    for algorithm in [Algorithm::ES256, Algorithm::EdDsa, Algorithm::RS256] {
        let issuer = Issuer::for_purpose(algorithm, KeyPurpose::IdToken);
        assert!(issuer.ring.signer().is_none() && issuer.ring.algorithm().is_none());
        let signer = issuer.ring.signer_for(algorithm).unwrap();
        let token = signer.sign(&claims()).unwrap();
        assert_eq!(issuer.verify(token.expose()), Err(JwtError::UnknownKey), "{algorithm:?}");
        assert_eq!(issuer.verify(&issuer.forge(issuer.header(), json!(claims()))), Err(JwtError::UnknownKey));
        let id_token = signer.sign_as(SignedKind::IdToken, &both()).unwrap();
        assert!(hint(&issuer, id_token.expose()).is_ok());
    }
}

#[test]
fn half_hashes_are_those_of_the_examples() {
    // OpenID Connect Core, appendix A.3 and A.4.
    let (token, code) = (
        Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
        Secret::new("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
    );
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::HS256] {
        assert_eq!(half_hash(algorithm, &token), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(half_hash(algorithm, &code), "LDktKdoQak3Pk0cnXxCltA");
    }
    // Computed by another implementation: 32 of the 64 bytes of SHA-512.
    assert_eq!(half_hash(Algorithm::EdDsa, &token), "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM");
}
