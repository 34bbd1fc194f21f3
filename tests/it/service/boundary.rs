//! What every answer bears, and which requests are refused before any work is done for them.

use crate::support::{Answer, Client, raw, world, world_with};

fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    client.send_with("GET", path, None, "", headers)
}

#[test]
fn every_answer_bears_the_security_headers_and_no_cookie() {
    let world = world();
    for (path, status) in [("/status", 200), ("/acme/shop", 401), ("/no/such/thing/at/all", 404), ("/", 307)] {
        let answer = world.guest().get(path);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        for absent in ["set-cookie", "server", "x-powered-by", "access-control-allow-credentials"] {
            assert!(!answer.headers.contains_key(absent), "{path}: {absent}");
        }
    }
}

#[test]
fn a_request_id_is_echoed_or_made() {
    let world = world();
    let given = get(&world.guest(), "/status", &[("X-Request-Id", "order-66.a_b")]);
    assert_eq!(given.header("x-request-id"), "order-66.a_b");
    let [first, second] = [(); 2].map(|()| world.guest().get("/nothing").header("x-request-id").to_owned());
    assert_eq!((first.len(), second.len()), (36, 36), "UUIDs");
    assert_ne!(first, second);
    let odd = get(&world.guest(), "/status", &[("X-Request-Id", "a b\"c")]);
    assert_eq!(odd.header("x-request-id").len(), 36);
    let refused = raw(
        world.server.address,
        b"POST /status HTTP/1.1\r\nHost: x\r\nX-Request-Id: r1\r\n\
                      Content-Length: 9999999\r\n\r\n",
    );
    assert!(refused.starts_with("HTTP/1.1 413") && refused.contains("x-request-id: r1\r\n"), "{refused}");
}

#[test]
fn any_page_may_call_and_its_origin_is_echoed() {
    let world = world();
    for (headers, allowed) in [
        (&[("Origin", "https://portal.test")][..], "https://portal.test"),
        (&[("Referer", "http://portal.test:9000/index.html?x")], "http://portal.test:9000"),
        (&[("Origin", "null")], "null"),
        (&[], "*"),
    ] {
        // Also where the call is refused: the page must be able to read why.
        for path in ["/status", "/acme/shop/users/me", "/nothing"] {
            let answer = get(&world.guest(), path, headers);
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path}");
            assert!(answer.headers.get_all("vary").iter().any(|value| value == "Origin"), "{path}");
            assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        }
    }
}

#[test]
fn a_page_of_another_origin_may_read_challenges_waits_and_request_ids() {
    let world = world();
    let named = |headers| {
        get(&world.guest(), "/acme/shop/users/me", headers).header("access-control-expose-headers").to_owned()
    };
    assert_eq!(named(&[("Origin", "https://portal.test")]), "Retry-After, WWW-Authenticate, X-Request-Id");
    assert_eq!(named(&[]), "", "no page asked");
}

#[test]
fn a_preflight_is_answered_on_every_path_without_credentials() {
    let world = world();
    for path in ["/acme/shop/token", "/management/orgs/acme/credentials", "/no/such/route", "/nobody/nothing/users/me"]
    {
        let headers = [
            ("Origin", "https://portal.test"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "authorization, content-type"),
        ];
        let answer = world.guest().send_with("OPTIONS", path, None, "", &headers);
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://portal.test");
        assert_eq!(answer.header("access-control-allow-methods"), "PUT");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization, content-type");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}

#[test]
fn a_list_of_origins_lets_no_other_page_read() {
    let world = world_with(|settings| settings.server.cors_origins = vec!["https://portal.test".to_owned()]);
    let known = get(&world.guest(), "/status", &[("Origin", "https://portal.test")]);
    assert_eq!(known.header("access-control-allow-origin"), "https://portal.test");
    for headers in [
        &[("Origin", "https://evil.test")][..],
        &[("Origin", "https://portal.test.evil.test")],
        &[("Referer", "https://portal.test/")],
        &[],
    ] {
        let answer = get(&world.guest(), "/status", headers);
        assert_eq!(answer.status, 200);
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{headers:?}");
    }
    let preflight = [("Origin", "https://evil.test"), ("Access-Control-Request-Method", "PUT")];
    let refused = world.guest().send_with("OPTIONS", "/status", None, "", &preflight);
    assert!(!refused.headers.contains_key("access-control-allow-methods"));
}

#[test]
fn what_is_too_large_is_refused_in_json() {
    let world = world();
    let large = "x".repeat(300_000);
    let long = format!("/status?{}", "x".repeat(8_200));
    let guest = world.guest();
    for (answer, refusal) in [
        (guest.form("/acme/shop/token", &large), (413, "body_too_large")),
        (guest.get(&long), (414, "uri_too_long")),
        (get(&guest, "/status", &[("X-Large", &large[..17_000])]), (431, "headers_too_large")),
    ] {
        assert_eq!(answer.error(), refusal);
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.text_of("error_description").ends_with('.'), "{}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "a page can read it too");
    }
    let chunked = format!(
        "POST /acme/shop/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    let answer = raw(world.server.address, chunked.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "not announced: {answer}");
}

#[test]
fn what_is_not_there_and_what_is_not_served_are_told_apart() {
    let world = world();
    for path in ["/nothing", "/no/such/thing/at/all", "/management/nothing", "/management/orgs/acme/nothing"] {
        assert_eq!(world.guest().get(path).error(), (404, "not_found"), "{path}");
    }
    for (method, path, allowed) in [
        ("DELETE", "/status", "GET, HEAD, OPTIONS"),
        ("PUT", "/acme/shop/token", "GET, HEAD, POST, OPTIONS"),
        ("GET", "/acme/shop/users/ann/revoketokens", "PUT, POST, OPTIONS"),
        ("PATCH", "/management/me", "GET, HEAD, POST, OPTIONS"),
    ] {
        let answer = world.guest().send(method, path, None, "");
        assert_eq!(answer.error(), (405, "not_allowed"), "{method} {path}");
        assert_eq!(answer.header("allow"), allowed);
        assert_eq!(answer.header("content-type"), "application/json");
    }
}
