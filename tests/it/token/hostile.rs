//! Requests that no honest client sends: each has its answer, and none a token.

use serde_json::json;

use super::{assert_envelope, assert_oauth, form};
use crate::support::{PASSWORD, World, raw, world};

const PATH: &str = "/acme/shop/token";

fn grant() -> String {
    form(&[("grant_type", "password"), ("username", "ann"), ("password", PASSWORD)])
}

#[test]
fn a_parameter_given_twice_is_refused_in_every_encoding() {
    let world = world();
    let guest = world.guest();
    let grant = grant();
    let sentence = |name: &str| format!("The parameter {name} was given more than once.");
    for (again, name) in [
        ("grant_type=password", "grant_type"),
        ("username=ann", "username"),
        ("password=", "password"),
        ("password=other", "password"),
        ("p%61ssword=other", "password"),
    ] {
        let twice = format!("{grant}&{again}");
        assert_oauth(&guest.form(PATH, &twice), 400, "invalid_request", &sentence(name));
        assert_oauth(&guest.get(&format!("{PATH}?{twice}")), 400, "invalid_request", &sentence(name));
        // Once in the URL and once in the body is twice.
        assert_oauth(&guest.form(&format!("{PATH}?{again}"), &grant), 400, "invalid_request", &sentence(name));
    }
    let twice = r#"{"grant_type":"password","username":"ann","password":"x","password":"correct horse"}"#;
    let answer = guest.send("POST", PATH, None, twice);
    assert_oauth(&answer, 400, "invalid_request", &sentence("password"));
    let both = guest.json(&format!("{PATH}?username=ann"), &json!({ "grant_type": "password", "username": "ann" }));
    assert_oauth(&both, 400, "invalid_request", &sentence("username"));
    // What nobody reads may repeat (RFC 6749 §3.2: unknown parameters are ignored).
    assert_eq!(guest.form(PATH, &format!("{grant}&x=1&x=2")).status, 200);
}

#[test]
fn two_ways_of_client_authentication_are_refused_even_when_they_agree() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let (other, other_secret) = &world.acme.org_client;
    let basic = world.guest().basic(id, secret);
    let body = |pairs: &[(&'static str, &str)]| form(&[&[("grant_type", "client_credentials")], pairs].concat());
    let sentence = "Client credentials came in two ways; use exactly one.";
    for twice in [
        body(&[("client_id", id), ("client_secret", secret)]),
        body(&[("client_secret", secret)]),
        body(&[("client_id", other), ("client_secret", other_secret)]),
        body(&[("client_id", other)]),
    ] {
        assert_oauth(&basic.form(PATH, &twice), 400, "invalid_request", sentence);
        assert_oauth(&basic.get(&format!("{PATH}?{twice}")), 400, "invalid_request", sentence);
    }
    let json = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    assert_oauth(&basic.json(PATH, &json), 400, "invalid_request", sentence);
    // Naming oneself once more is no second way.
    assert_eq!(basic.form(PATH, &body(&[("client_id", id)])).status, 200);
}

#[test]
fn an_authorization_header_that_cannot_be_read_is_refused() {
    let world = world();
    let grant = grant();
    let (id, secret) = &world.acme.app_client;
    let with = |headers: &[(&str, &str)]| world.guest().send_with("POST", PATH, None, &grant, headers);
    // "no-colon", and "id:secret" with a NUL, in base64.
    for bad in ["Basic !!!", "Basic bm8tY29sb24=", "Basic aWQ6c2VjAHJldA==", "Bearer a b", "Bearer x, Basic aWQ6eA=="] {
        let answer = with(&[("authorization", bad)]);
        assert_oauth(&answer, 400, "invalid_request", "The Authorization header cannot be read.");
    }
    let twice = world.guest().basic(id, secret).send_with("POST", PATH, None, &grant, &[("authorization", "Bearer x")]);
    assert_oauth(&twice, 400, "invalid_request", "The Authorization header cannot be read.");
    // A scheme that is not served here says nothing.
    assert_eq!(with(&[("authorization", "Digest username=\"x\"")]).status, 200);
}

#[test]
fn a_nul_byte_is_refused_wherever_it_stands() {
    let world = world();
    let guest = world.guest();
    for name in ["grant_type", "username", "password", "client_id", "client_secret", "refresh_token", "scope", "ttl"] {
        let sentence = format!("The parameter {name} has an illegal character.");
        let only = format!("{name}=a%00b");
        assert_oauth(&guest.form(PATH, &only), 400, "invalid_request", &sentence);
        assert_oauth(&guest.get(&format!("{PATH}?{only}")), 400, "invalid_request", &sentence);
        assert_oauth(&guest.json(PATH, &json!({ name: "a\u{0}b" })), 400, "invalid_request", &sentence);
    }
    let tail = form(&[("grant_type", "password"), ("username", "ann\0"), ("password", PASSWORD)]);
    assert_oauth(&guest.form(PATH, &tail), 400, "invalid_request", "The parameter username has an illegal character.");
    // A bare NUL, not escaped.
    let answer = guest.form(PATH, &format!("{}\0", grant()));
    assert_oauth(&answer, 400, "invalid_request", "The parameter password has an illegal character.");
}

#[test]
fn what_is_no_text_is_refused() {
    let world = world();
    for bad in ["username=%ff", "username=%zz", "username=%f", "%c3=x"] {
        let body = format!("grant_type=password&password=x&{bad}");
        let answer = world.guest().form(PATH, &body);
        assert_oauth(&answer, 400, "invalid_request", "The form cannot be decoded.");
    }
    let deep = format!(r#"{{"grant_type":"password","x":{}"#, "[".repeat(100_000));
    let answer = world.guest().send("POST", PATH, None, &deep);
    assert_envelope(&answer, 400, "json_parse", "The body is not valid JSON.");
}

#[test]
fn a_body_of_a_megabyte_is_413_however_it_is_sent() {
    let world = world();
    let padding = "x".repeat(1_048_576);
    let body = format!("{}&padding={padding}", grant());
    let announced = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    // Refused by its announcement, before it is sent.
    let answer = raw(world.server.address, announced.as_bytes());
    assert_too_large(&answer);
    assert_too_large(&raw(world.server.address, format!("{announced}{body}").as_bytes()));
    let chunked = format!(
        "POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    assert_too_large(&raw(world.server.address, chunked.as_bytes()));
    assert_alive(&world);
}

#[track_caller]
fn assert_too_large(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""error": "body_too_large""#), "{answer}");
}

#[test]
fn a_body_cut_short_grants_nothing_although_it_reads_as_a_grant() {
    let world = world();
    let grant = grant();
    let json = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD }).to_string();
    for body in [&grant, &json] {
        let head = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\n");
        let longer = body.len() + 10;
        let cases = [
            format!("{head}Content-Length: {longer}\r\n\r\n{body}"),
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{longer:x}\r\n{body}"),
        ];
        for case in cases {
            let answer = raw(world.server.address, case.as_bytes());
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
            assert!(!answer.contains("access_token"), "{answer}");
        }
        // The same bytes, whole, are a grant.
        let whole = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert!(raw(world.server.address, whole.as_bytes()).starts_with("HTTP/1.1 200 "));
    }
}

#[track_caller]
fn assert_alive(world: &World) {
    assert_eq!(world.guest().form(PATH, &grant()).status, 200);
}
