//! Attacks through the form: other spellings, cuts, changed bits, doubled members, more or fewer parts.

use proptest::prelude::*;

use super::*;

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

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-zA-Z0-9._=-]{0,200}|\\PC*") {
        prop_assert!(peek(&text).is_err());
        prop_assert!(es256().verify(&text).is_err());
    }
}
