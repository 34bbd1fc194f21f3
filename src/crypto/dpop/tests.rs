//! Every rule of RFC 9449 §4.3, each broken by whoever holds the key, unless the attack is about the key.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::crypto::entropy::SystemEntropy;
use crate::crypto::pair::{self, KeyPair};

const NOW: i64 = 1_790_000_000;
const URL: &str = "https://tokens.example/acme/shop/token";

fn expected(url: &str) -> ProofExpected<'_> {
    ProofExpected { method: "POST", url, now: Moment::from_millis(NOW * 1_000 + 999), access_token: None }
}

/// A client with its key.
struct Client(Algorithm, KeyPair);

static CLIENTS: LazyLock<[Client; 3]> = LazyLock::new(|| {
    ALGORITHMS.map(|algorithm| Client(algorithm, pair::generate(algorithm, &SystemEntropy).unwrap().1))
});

fn es256() -> &'static Client {
    &CLIENTS[0]
}

impl Client {
    fn header(&self) -> Value {
        json!({"typ": "dpop+jwt", "alg": self.0, "jwk": self.1.public().unwrap()})
    }

    /// Any two texts under a good signature.
    fn prove(&self, header: impl ToString, claims: impl ToString) -> String {
        let message = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let signature = self.1.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn claims() -> Value {
    json!({"jti": "one", "htm": "POST", "htu": URL, "iat": NOW})
}

/// The good object with one member set to a piece of JSON text, or removed.
fn with(mut object: Value, name: &str, value: Option<&str>) -> String {
    object.as_object_mut().unwrap().remove(name);
    match value {
        Some(value) => object.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1),
        None => object.to_string(),
    }
}

fn with_header(name: &str, value: Option<&str>) -> Result<Proof, DpopError> {
    read_proof(&es256().prove(with(es256().header(), name, value), claims()), &expected(URL))
}

fn with_claim(name: &str, value: Option<&str>) -> Result<Proof, DpopError> {
    read_proof(&es256().prove(es256().header(), with(claims(), name, value)), &expected(URL))
}

const HEADER_OF_THE_RFC: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMz\
                                 R0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFq\
                                 SG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19";
const THUMBPRINT_OF_THE_RFC: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

#[test]
fn the_proofs_of_rfc_9449_hold() {
    // RFC 9449 §4.1 and §7.1; the thumbprint is that of §6.1.
    let at_token = format!(
        "{HEADER_OF_THE_RFC}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1w\
         bGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NV\
         Y-FNyJK70nfbV37xRZT3Lg"
    );
    let at_resource = format!(
        "{HEADER_OF_THE_RFC}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFt\
         cGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk\
         1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLj\
         A"
    );
    let now = Moment::from_millis(1_562_262_618_000);
    let token = Secret::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    let url = "https://server.example.com/token";
    let proof = read_proof(&at_token, &ProofExpected { method: "POST", url, now, access_token: None }).unwrap();
    let issued = Moment::from_millis(1_562_262_616_000);
    let forget_at = Moment::from_millis(1_562_262_677_000);
    let (jkt, jti) = (THUMBPRINT_OF_THE_RFC.to_owned(), "-BwC3ESc6acc2lTc".to_owned());
    assert_eq!(proof, Proof { jkt, jti, issued, forget_at, nonce: None });
    let url = "https://resource.example.org/protectedresource";
    let at = ProofExpected { method: "GET", url, now, access_token: Some(&token) };
    assert_eq!(read_proof(&at_resource, &at).unwrap().jkt, THUMBPRINT_OF_THE_RFC);
    let other = Secret::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxV");
    assert_eq!(
        read_proof(&at_resource, &ProofExpected { access_token: Some(&other), ..at }),
        Err(DpopError::WrongToken)
    );
}

#[test]
fn a_proof_of_each_algorithm_holds() {
    for client in CLIENTS.iter() {
        let proof = read_proof(&client.prove(client.header(), claims()), &expected(URL)).unwrap();
        assert_eq!((proof.jti.as_str(), proof.jkt.len(), proof.nonce), ("one", 43, None), "{:?}", client.0);
    }
    let with_nonce = with_claim("nonce", Some("\"n\"")).unwrap();
    assert_eq!(with_nonce.nonce.as_deref(), Some("n"));
}

/// RFC 9864 deprecates the name EdDSA, and libraries sign by the new one. It was refused here once.
#[test]
fn a_proof_may_call_eddsa_ed25519() {
    let client = CLIENTS.iter().find(|client| client.0 == Algorithm::EdDsa).unwrap();
    let header = with(client.header(), "alg", Some("\"Ed25519\""));
    let proof = read_proof(&client.prove(header, claims()), &expected(URL)).unwrap();
    assert_eq!(proof.jti, "one");
}

#[test]
fn the_thumbprint_is_of_the_key_alone() {
    let mut header = es256().header();
    header["jwk"]["kid"] = json!("some name");
    header["jwk"]["key_ops"] = json!(["verify"]);
    header["jwk"]["ext"] = json!(true);
    let [plain, named] = [es256().header(), header]
        .map(|header| read_proof(&es256().prove(header, claims()), &expected(URL)).unwrap().jkt);
    assert_eq!(plain, named);
}

#[test]
fn another_type_or_demand_is_refused() {
    for typ in [None, Some("\"JWT\""), Some("\"at+jwt\""), Some("\"DPOP+JWT\""), Some("\"dpop+jwt \""), Some("\"\"")] {
        assert_eq!(with_header("typ", typ), Err(DpopError::WrongType), "{typ:?}");
    }
    for crit in ["[]", "[\"exp\"]", "null"] {
        assert_eq!(with_header("crit", Some(crit)), Err(DpopError::Critical), "{crit}");
    }
}

#[test]
fn only_the_closed_list_of_algorithms_is_accepted() {
    for alg in ["none", "HS256", "ES384", "RS512", "PS256", "es256", "ed25519", "Ed448", ""] {
        assert_eq!(with_header("alg", Some(&json!(alg).to_string())), Err(DpopError::WrongAlgorithm), "{alg}");
    }
    for alg in ["RS256", "EdDSA", "Ed25519"] {
        assert_eq!(with_header("alg", Some(&json!(alg).to_string())), Err(DpopError::UnfitKey), "{alg}");
    }
    for alg in [None, Some("null"), Some("[\"ES256\"]")] {
        assert_eq!(with_header("alg", alg), Err(DpopError::Malformed), "{alg:?}");
    }
    // The public key as the key of an HMAC.
    let known = es256().1.public().unwrap().to_string();
    let header = with(es256().header(), "alg", Some("\"HS256\""));
    let message = [header, claims().to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let tag = aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, known.as_bytes()),
        message.as_bytes(),
    );
    let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag));
    assert_eq!(read_proof(&forged, &expected(URL)), Err(DpopError::WrongAlgorithm));
}

#[test]
fn a_key_that_shows_a_secret_is_refused() {
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut jwk = es256().1.public().unwrap();
        jwk[member] = json!("AA");
        assert_eq!(with_header("jwk", Some(&jwk.to_string())), Err(DpopError::PrivateKey), "{member}");
    }
    assert_eq!(with_header("jwk", Some("{\"kty\":\"oct\"}")), Err(DpopError::PrivateKey));
}

#[test]
fn a_key_has_one_spelling() {
    let public = es256().1.public().unwrap();
    let x = public["x"].as_str().unwrap();
    // The last of 43 characters has two bits that mean nothing.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.find(x.chars().last().unwrap()).unwrap();
    let loose = format!("{}{}", &x[..42], &alphabet[last + 1..=last + 1]);
    let wrong = [
        ("x", format!("{x}=")),
        ("x", loose),
        ("x", String::new()),
        ("x", URL_SAFE_NO_PAD.encode([0; 31])),
        ("y", x[..42].to_owned()),
        ("crv", "P-384".into()),
        ("crv", "secp256k1".into()),
        ("kty", "OKP".into()),
        ("kty", "ec".into()),
        ("use", "enc".into()),
        ("alg", "ES384".into()),
    ];
    for (member, text) in wrong {
        let mut jwk = public.clone();
        jwk[member] = json!(text);
        assert_eq!(with_header("jwk", Some(&jwk.to_string())), Err(DpopError::UnfitKey), "{member} {text}");
    }
    for member in ["kty", "crv", "x", "y"] {
        let jwk = with(public.clone(), member, None);
        assert_eq!(with_header("jwk", Some(&jwk)), Err(DpopError::UnfitKey), "{member}");
    }
    for jwk in [None, Some("null"), Some("[]"), Some("\"x\""), Some("[\"EC\",\"P-256\"]")] {
        assert_eq!(with_header("jwk", jwk), Err(DpopError::Malformed), "{jwk:?}");
    }
}

#[test]
fn only_the_key_in_the_proof_may_have_signed() {
    let thief = Client(Algorithm::ES256, pair::generate(Algorithm::ES256, &SystemEntropy).unwrap().1);
    let forged = thief.prove(es256().header(), claims());
    assert_eq!(read_proof(&forged, &expected(URL)), Err(DpopError::BadSignature));
    let proof = es256().prove(es256().header(), claims());
    let (message, _) = proof.rsplit_once('.').unwrap();
    assert_eq!(read_proof(&format!("{message}."), &expected(URL)), Err(DpopError::BadSignature));
    // A point that is on no curve.
    let mut jwk = es256().1.public().unwrap();
    jwk["x"] = json!(URL_SAFE_NO_PAD.encode([0xff; 32]));
    assert_eq!(with_header("jwk", Some(&jwk.to_string())), Err(DpopError::BadSignature));
}

#[test]
fn a_proof_is_for_one_method() {
    for method in ["GET", "post", "Post", "POST ", ""] {
        assert_eq!(with_claim("htm", Some(&json!(method).to_string())), Err(DpopError::WrongMethod), "{method}");
    }
}

#[test]
fn a_proof_is_for_one_url_however_it_is_spelled() {
    let same = [
        URL,
        "HTTPS://tokens.example/acme/shop/token",
        "https://TOKENS.Example/acme/shop/token",
        "https://tokens.example:443/acme/shop/token",
        "https://tokens.example/acme/shop/token?a=b",
        "https://tokens.example/acme/shop/token?a=b#c",
        "https://tokens.example/acme/shop/token#",
        "https://tokens.example/acme/./other/../shop/token",
    ];
    for htu in same {
        assert!(with_claim("htu", Some(&json!(htu).to_string())).is_ok(), "{htu}");
    }
    let asked = read_proof(&es256().prove(es256().header(), claims()), &expected(&format!("{URL}?query=1")));
    assert!(asked.is_ok());
    let other = [
        "",
        "/acme/shop/token",
        "//tokens.example/acme/shop/token",
        "http://tokens.example/acme/shop/token",
        "https://tokens.example:8443/acme/shop/token",
        "https://tokens.example/acme/shop/token/",
        "https://tokens.example/acme/shop/Token",
        "https://tokens.example/rival/shop/token",
        "https://tokens.example/acme/shop/token%2F",
        "https://tokens.example.evil.example/acme/shop/token",
        "https://user@tokens.example/acme/shop/token",
        "https://:pass@tokens.example/acme/shop/token",
        " https://tokens.example/acme/shop/token",
        "https://tokens.example/acme/shop/token\n",
        "https://tokens.example/acme/sh\top/token",
        "https:\\\\tokens.example\\acme\\shop\\token",
        "https://tokens.example\\acme/shop/token",
        "ftp://tokens.example/acme/shop/token",
        "data:text/plain,x",
    ];
    for htu in other {
        assert_eq!(with_claim("htu", Some(&json!(htu).to_string())), Err(DpopError::WrongUrl), "{htu}");
    }
    let plain = expected("http://[::1]:80/acme/shop/token");
    let here = with(claims(), "htu", Some("\"http://[::1]/acme/shop/token\""));
    assert!(read_proof(&es256().prove(es256().header(), here), &plain).is_ok());
}

#[test]
fn a_proof_is_fresh() {
    let at = |iat: i64| with_claim("iat", Some(&iat.to_string())).map(drop);
    assert_eq!((at(NOW - 60), at(NOW - 61)), (Ok(()), Err(DpopError::TooOld)));
    assert_eq!((at(NOW + 15), at(NOW + 16)), (Ok(()), Err(DpopError::TooNew)));
    // JWT-10.
    assert_eq!((at(i64::MIN), at(i64::MAX)), (Err(DpopError::TooOld), Err(DpopError::TooNew)));
    for iat in
        [None, Some("null"), Some("\"1790000000\""), Some("1790000000.5"), Some("9223372036854775808"), Some("[]")]
    {
        assert_eq!(with_claim("iat", iat), Err(DpopError::Malformed), "{iat:?}");
    }
}

#[test]
fn a_name_may_be_forgotten_when_its_proof_is_too_old() {
    let made = es256().prove(es256().header(), claims());
    let proof = read_proof(&made, &expected(URL)).unwrap();
    let later = |now| read_proof(&made, &ProofExpected { now, ..expected(URL) }).map(drop);
    assert_eq!(later(proof.forget_at), Err(DpopError::TooOld));
    assert_eq!(later(Moment::from_millis(proof.forget_at.millis() - 1)), Ok(()));
}

#[test]
fn a_proof_beside_a_token_names_it() {
    let token = Secret::new("token");
    // Computed by another implementation.
    let ath = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A";
    let beside = |value: Option<&str>| {
        let value = value.map(|text| json!(text).to_string());
        let made = es256().prove(es256().header(), with(claims(), "ath", value.as_deref()));
        read_proof(&made, &ProofExpected { access_token: Some(&token), ..expected(URL) }).map(drop)
    };
    assert_eq!((beside(Some(ath)), beside(None)), (Ok(()), Err(DpopError::NoToken)));
    for other in ["", "token", &ath[..42], &format!("{ath}="), &ath.to_lowercase()] {
        assert_eq!(beside(Some(other)), Err(DpopError::WrongToken), "{other}");
    }
    assert_eq!(with_claim("ath", Some("null")), Err(DpopError::Malformed));
    assert!(with_claim("ath", Some("\"of no matter without a token\"")).is_ok());
}

#[test]
fn names_and_nonces_are_texts_of_a_bounded_length() {
    let text = |length: usize| json!("n".repeat(length)).to_string();
    for name in ["jti", "nonce"] {
        assert!(with_claim(name, Some(&text(256))).is_ok());
        for bad in [text(0), text(257), "null".into(), "1".into(), "[]".into()] {
            assert_eq!(with_claim(name, Some(&bad)), Err(DpopError::Malformed), "{name} {bad}");
        }
    }
    for name in ["jti", "htm", "htu"] {
        assert_eq!(with_claim(name, None), Err(DpopError::Malformed), "{name}");
    }
}

#[test]
fn a_member_given_twice_is_refused() {
    let twice = |object: Value, name: &str| {
        let value = object[name].clone();
        object.to_string().replacen('{', &format!("{{\"{name}\":{value},"), 1)
    };
    for name in ["typ", "alg", "jwk"] {
        let made = es256().prove(twice(es256().header(), name), claims());
        assert_eq!(read_proof(&made, &expected(URL)), Err(DpopError::Malformed), "{name}");
    }
    for name in ["jti", "htm", "htu", "iat"] {
        let made = es256().prove(es256().header(), twice(claims(), name));
        assert_eq!(read_proof(&made, &expected(URL)), Err(DpopError::Malformed), "{name}");
    }
    for name in ["kty", "crv", "x", "y"] {
        let jwk = twice(es256().1.public().unwrap(), name);
        assert_eq!(with_header("jwk", Some(&jwk)), Err(DpopError::Malformed), "{name}");
    }
}

#[test]
fn a_long_proof_is_not_read() {
    let long = json!("p".repeat(4_096)).to_string();
    assert_eq!(with_claim("padding", Some(&long)), Err(DpopError::TooLong));
    let made = es256().prove(es256().header(), claims());
    for bad in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        format!("{made}."),
        format!("{made}.x"),
        format!("{made}="),
    ] {
        assert!(read_proof(&bad, &expected(URL)).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_cut_and_any_other_character_is_refused(at: prop::sample::Index, other in "[A-Za-z0-9_.=-]") {
        let made = es256().prove(es256().header(), claims());
        let at = at.index(made.len());
        prop_assert!(read_proof(&made[..at], &expected(URL)).is_err());
        prop_assume!(made[at..=at] != other);
        let mut changed = made.clone();
        changed.replace_range(at..=at, &other);
        prop_assert!(read_proof(&changed, &expected(URL)).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_panic(proof: String, url: String) {
        prop_assert!(read_proof(&proof, &expected(&url)).is_err());
        let htu = with(claims(), "htu", Some(&json!(url).to_string()));
        prop_assert!(read_proof(&es256().prove(es256().header(), htu), &expected(URL)).is_err());
    }
}
