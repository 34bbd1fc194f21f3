//! What the reader of parameters takes and refuses.

use proptest::prelude::*;

use super::*;

const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=UTF-8");
const JSON: Option<&str> = Some("application/json");

fn post(body: &str) -> Result<Parameters, ParameterError> {
    Parameters::read("POST", "", body.as_bytes(), FORM)
}

#[track_caller]
fn assert_signs_in(parameters: &Parameters, encoding: Encoding) {
    assert_eq!(parameters.encoding, encoding);
    assert_eq!(parameters.grant_type.as_deref(), Some("password"));
    assert_eq!(parameters.username.as_deref(), Some("john doe"));
    assert_eq!(parameters.password.as_ref().map(Secret::expose), Some("p&w=ü"));
    assert_eq!(parameters.ttl.as_deref(), Some("1000"));
}

#[test]
fn query_form_and_json_say_the_same() {
    let form = "grant_type=password&username=john+doe&password=p%26w%3D%C3%BC&ttl=1000";
    let json = r#" {"grant_type":"password","username":"john doe","password":"p&w=\u00fc","ttl":1000,"x":{"y":[1]}}"#;
    let got = Parameters::read("GET", form, b"", None).expect("a query");
    assert_signs_in(&got, Encoding::Query);
    assert!(got.is_in_query("password"));
    let got = post(form).expect("a form");
    assert_signs_in(&got, Encoding::Form);
    assert!(!got.is_in_query("password"));
    for content_type in [FORM, JSON, Some("text/plain"), None] {
        let got = Parameters::read("POST", "", json.as_bytes(), content_type).expect("JSON by its first character");
        assert_signs_in(&got, Encoding::Json);
    }
}

#[test]
fn a_body_on_get_or_delete_is_ignored() {
    for method in ["GET", "DELETE"] {
        let got = Parameters::read(method, "ttl=5", b"{\"ttl\":6", JSON).expect("the query alone");
        assert_eq!((got.encoding, got.ttl.as_deref()), (Encoding::Query, Some("5")));
    }
}

#[test]
fn an_empty_body_takes_its_encoding_from_elsewhere() {
    let encoding = |query, content_type| {
        Parameters::read("PUT", query, b" \n", content_type).map(|got| got.encoding).expect("an empty body is no error")
    };
    assert_eq!(encoding("ttl=5", JSON), Encoding::Query);
    assert_eq!(encoding("", JSON), Encoding::Json);
    assert_eq!(encoding("", None), Encoding::Json);
    assert_eq!(encoding("", FORM), Encoding::Form);
}

#[test]
fn silence_is_refused_where_something_is_required() {
    let silent = Parameters::read("POST", "", b"", JSON).expect("read as such");
    assert!(matches!(silent.require_any(), Err(ParameterError::NoBody)));
    assert!(post("").and_then(|parameters| parameters.require_any()).is_ok(), "an empty form is a form");
    for body in ["{\"ttl\":1}", "{}", "{\"foo\":1}", "\u{feff}{}"] {
        assert!(post(body).and_then(|parameters| parameters.require_any()).is_ok(), "{body:?} says something");
    }
    for (query, body) in [("", " \r\n"), ("foo=1", ""), ("", "\u{feff}")] {
        let silent = Parameters::read("POST", query, body.as_bytes(), JSON).expect("read as such");
        assert!(matches!(silent.require_any(), Err(ParameterError::NoBody)), "{query:?} {body:?}");
    }
    let spoken = Parameters::read("POST", "ttl=1", b"", JSON).expect("a query");
    assert!(spoken.require_any().is_ok(), "the query speaks");
}

#[test]
fn a_byte_order_mark_before_json_is_passed_over() {
    let got = post("\u{feff} {\"username\":\"\u{feff}ann\"}").expect("JSON");
    assert_eq!((got.encoding, got.username.as_deref()), (Encoding::Json, Some("\u{feff}ann")));
    assert!(matches!(post("\u{feff}[]"), Err(ParameterError::NotAnObject)));
    assert!(matches!(post("\u{feff}\u{feff}{}").map(|got| got.encoding), Ok(Encoding::Form)), "one mark, not two");
}

#[test]
fn what_no_grant_reads_is_unknown_and_ignored() {
    for name in ["nonce", "display", "state"] {
        assert!(post(&format!("{name}=1&{name}=2")).is_ok(), "{name}");
        assert!(post(&format!("{{\"{name}\":[1]}}")).is_ok(), "{name}");
        let asked = Parameters::read("GET", &format!("{name}=1"), b"", None).expect("a query");
        assert!(!asked.is_in_query(name), "{name}");
    }
}

#[test]
fn a_parameter_given_twice_is_refused_by_name() {
    for (query, body) in [
        ("ttl=1&ttl=1", ""),
        ("", "ttl=1&ttl=1"),
        ("ttl=1", "ttl=2"),
        ("ttl=1", r#"{"ttl":2}"#),
        ("", r#"{"ttl":1,"ttl":1}"#),
        ("", r#"{"ttl":1,"\u0074tl":1}"#),
        ("", "t%74l=1&ttl=1"),
        ("", "ttl=&ttl=1"),
    ] {
        let got = Parameters::read("POST", query, body.as_bytes(), None);
        assert!(matches!(got, Err(ParameterError::Repeated("ttl"))), "{query} {body}: {got:?}");
    }
    assert!(post("resource=a&resource=b").is_ok(), "what is not understood is not judged");
}

#[test]
fn an_empty_value_is_not_sent() {
    let got = post("username=&password&ttl=").expect("empty values");
    assert!(got.username.is_none() && got.password.is_none() && got.ttl.is_none());
    assert!(post(r#"{"password":""}"#).is_ok_and(|got| got.password.is_none()));
    let got = post(r#"{"password":null,"ttl":null,"scope":null}"#).expect("what a serializer makes of the unset");
    assert!(got.password.is_none() && got.ttl.is_none() && got.scope.is_none());
}

#[test]
fn json_of_the_wrong_type_is_refused_by_name() {
    for value in ["true", "[\"a\"]", "{\"a\":1}", "5", "1.5"] {
        let got = post(&format!("{{\"username\":{value}}}"));
        assert!(matches!(got, Err(ParameterError::WrongType("username"))), "{value}: {got:?}");
    }
    for (value, text) in [("5", "5"), ("-5", "-5"), ("1.5", "1.5"), ("\"7\"", "7"), ("1e3", "1000")] {
        let got = post(&format!("{{\"ttl\":{value}}}")).expect("a number or a string");
        assert_eq!(got.ttl.as_deref(), Some(text));
    }
    assert!(matches!(post("{\"ttl\":true}"), Err(ParameterError::WrongType("ttl"))));
}

#[test]
fn a_nul_character_is_refused_by_name() {
    for body in ["password=a%00b", r#"{"password":"a\u0000b"}"#] {
        assert!(matches!(post(body), Err(ParameterError::IllegalCharacter("password"))), "{body}");
    }
}

#[test]
fn bad_encodings_are_refused() {
    for body in [&b"username=%zz"[..], b"username=%", b"username=%ff", b"username=\xff", b"%zz=1"] {
        let got = Parameters::read("POST", "", body, FORM);
        assert!(matches!(got, Err(ParameterError::MalformedForm(_))), "{body:?}");
    }
    for body in [&b"{"[..], b"{\"ttl\":}", b"{}x", b"{\"ttl\":\"\xff\"}", b"{'ttl':1}"] {
        let got = Parameters::read("POST", "", body, FORM);
        assert!(matches!(got, Err(ParameterError::MalformedJson(_))), "{body:?}");
    }
    assert!(matches!(post(" [{}]"), Err(ParameterError::NotAnObject)));
    let deep = format!("{{\"ttl\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(post(&deep).is_err(), "depth is no way to break in");
}

#[test]
fn values_do_not_print() {
    let got = post("username=alice&password=hunter2&refresh_token=c0de").expect("a form");
    let text = format!("{got:?}");
    assert!(text.contains("password"), "{text}");
    for value in ["alice", "hunter2", "c0de"] {
        assert!(!text.contains(value), "{text}");
    }
}

proptest! {
    #[test]
    fn no_input_breaks_the_reader(query in "\\PC*", body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Parameters::read("POST", &query, &body, None);
    }

    #[test]
    fn any_value_survives_form_and_json_alike(value in "[^\0]{1,40}") {
        let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form = post(&format!("username={escaped}")).expect("a form");
        let json = post(&serde_json::json!({ "username": value }).to_string()).expect("JSON");
        prop_assert_eq!(form.username.as_deref(), Some(value.as_str()));
        prop_assert_eq!(json.username.as_deref(), Some(value.as_str()));
    }
}
