//! A corpus of hostile redirect URIs: none is taken for the one that was registered.

use super::*;

const REGISTERED: &str = "https://app.example/cb";

/// Ways in which servers have been talked into another address.
const HOSTILE: [&str; 62] = [
    "",
    "https://app.example",
    "https://app.example/",
    "https://app.example/cb/",
    "https://app.example/cb?",
    "https://app.example/cb#",
    "https://app.example/cb#code",
    "https://app.example/cb?next=https://evil.example",
    "https://app.example/cb/../evil",
    "https://app.example/./cb",
    "https://app.example//cb",
    "https://app.example/CB",
    "https://app.example/cb%20",
    "https://app.example/cb%00",
    "https://app.example/%63b",
    "https://app.example/cb;evil",
    "https://app.example/cbevil",
    "https://app.example:443/cb",
    "https://app.example:8443/cb",
    "https://app.example:/cb",
    "https://app.example./cb",
    "https://APP.EXAMPLE/cb",
    "HTTPS://app.example/cb",
    "http://app.example/cb",
    "ftp://app.example/cb",
    "//app.example/cb",
    "/cb",
    "cb",
    "https:/app.example/cb",
    "https:app.example/cb",
    "https:///app.example/cb",
    "https:\\\\app.example/cb",
    "https://app.example\\cb",
    "https://app.example\\@evil.example/cb",
    "https://evil.example/https://app.example/cb",
    "https://evil.example/?https://app.example/cb",
    "https://evil.example#https://app.example/cb",
    "https://evil.example\\.app.example/cb",
    "https://app.example@evil.example/cb",
    "https://app.example:x@evil.example/cb",
    "https://evil.example@app.example/cb",
    "https://a@b@app.example/cb",
    "https://user:password@app.example/cb",
    "https://app.example.evil.example/cb",
    "https://evilapp.example/cb",
    "https://sub.app.example/cb",
    "https://*.example/cb",
    "https://app.example%2eevil.example/cb",
    "https://app.example%252f@evil.example/cb",
    "https://app.example&evil.example/cb",
    "https://app.example,evil.example/cb",
    "https://app。example/cb",
    "https://аpp.example/cb",
    " https://app.example/cb",
    "https://app.example/cb ",
    "https://app.example/cb\n",
    "https://app.example/cb\r\nLocation: https://evil.example",
    "https://app.example/cb\t",
    "\u{feff}https://app.example/cb",
    "javascript:alert(1)//https://app.example/cb",
    "data:text/html,https://app.example/cb",
    "urn:ietf:wg:oauth:2.0:oob",
];

#[test]
fn the_registered_uri_is_taken_and_no_likeness_of_it() {
    assert!(is_same(REGISTERED, REGISTERED));
    for hostile in HOSTILE {
        assert!(!is_same(REGISTERED, hostile), "{hostile:?}");
    }
}

#[test]
fn the_port_of_a_loopback_address_may_be_any() {
    for (registered, presented) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb"),
        ("http://[::1]/cb?x=1", "http://[::1]:8080/cb?x=1"),
        ("http://127.0.0.1", "http://127.0.0.1:8080"),
    ] {
        assert!(is_same(registered, presented), "{presented}");
    }
}

#[test]
fn nothing_but_the_port_of_a_loopback_address_may_vary() {
    for (registered, presented) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:080/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80a/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:+80/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/other"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb/"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80/cb?x"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb"),
        ("http://127.0.0.1/cb", "http://127.0.0.12/cb"),
        ("http://127.0.0.1/cb", "http://127.1/cb"),
        ("http://127.0.0.1/cb", "http://2130706433/cb"),
        ("http://127.0.0.1/cb", "http://0.0.0.0/cb"),
        ("http://127.0.0.1/cb", "http://localhost/cb"),
        ("http://localhost/cb", "http://localhost:8080/cb"),
        ("http://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
        ("https://127.0.0.1/cb", "https://127.0.0.1:8080/cb"),
        ("http://127.0.0.1/cb", "http://[::1]/cb"),
        ("http://[::1]/cb", "http://[::2]/cb"),
        ("http://127.0.0.1.evil.example/cb", "http://127.0.0.1.evil.example:1/cb"),
        ("https://app.example:1/cb", "https://app.example:2/cb"),
    ] {
        assert!(!is_same(registered, presented), "{registered} {presented}");
    }
}
