//! What clients send about users, each in its own way. *Ports*: `BrowserCompatibilityTest`, `ContentTypeResourceIT`, and
//! the calls of the SDKs.

use serde_json::{Value, json};

use super::stage::{Stage, get, post};
use super::users::entity;

#[test]
fn the_sdks_ask_for_users_in_their_own_ways() {
    let stage = Stage::new();
    // npm 0.10: a body on GET, a `?` with nothing behind it, a probe before the sign-up.
    assert_ne!(get(&stage.guest, "/users/zed?").json["error"], Value::Null);
    let made = post(&stage.guest, "/users?", &json!({ "username": "zed", "password": "secret", "name": "Z" }));
    assert_eq!(entity(&made)["name"], "Z");
    // Node 2: whether a name is to be had.
    let ql = "/users?ql=select%20*%20where%20username%20=%20'x'%20or%20email%20=%20'y'";
    assert_eq!(get(&stage.owner, ql).json["entities"], json!([]));
    let found = get(&stage.owner, "/users?limit=1");
    assert!(found.json["entities"][0]["metadata"]["path"].as_str().unwrap().starts_with("/users"));
    assert_eq!(found.json["params"], json!({ "limit": ["1"] }));
    assert!(found.json["cursor"].is_string());
    // Python: no content type, and a parameter that nobody knows.
    let raw = stage.owner.send("POST", "/acme/shop/users", None, r#"{"username":"py"}"#);
    assert_eq!(entity(&raw)["username"], "py");
    assert_eq!(entity(&get(&stage.owner, "/users/py?connections=none"))["username"], "py");
}

#[test]
fn browser_compatibility_test_json_whatever_is_accepted() {
    let stage = Stage::new();
    let accepts = [
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5",
    ];
    for accept in accepts {
        for path in ["/acme/shop/users", "/acme/shop/users/ann"] {
            let answer = stage.owner.send_with("GET", path, None, "", &[("accept", accept)]);
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}");
        }
    }
}

#[test]
fn content_type_resource_it_the_first_byte_of_the_body_decides() {
    let stage = Stage::new();
    let types =
        [Some("application/json"), Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("*/*"), None];
    for (index, content_type) in types.into_iter().enumerate() {
        let body = json!({ "username": format!("typed{index}") }).to_string();
        let answer = stage.owner.send("POST", "/acme/shop/users", content_type, &body);
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{content_type:?}");
    }
    let form = stage.owner.form("/acme/shop/users", "username=formed&activated=false&client_secret=keep-me-not");
    assert_eq!((&entity(&form)["username"], &entity(&form)["activated"]), (&json!("formed"), &json!(false)));
    assert!(!get(&stage.owner, "/users/formed").text.contains("keep-me-not"));
}
