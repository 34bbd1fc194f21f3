//! Nobody is taken for another because of what they call themselves.

use serde_json::json;

use super::stage::{Stage, delete, get, post, put};
use crate::support::Client;

/// `vic`, and a stranger whose username is the email of `vic`; users may do what `granted` says.
fn stranger(granted: &[&str]) -> (Stage, Client) {
    let stage = Stage::new();
    stage.remove_default();
    stage.role("default");
    for permission in granted {
        stage.grant("/roles/default", permission);
    }
    stage.user("vic");
    stage.user("eve");
    let eve = stage.caller("eve");
    stage.shadow("eve", "vic@example.test");
    (stage, eve)
}

#[test]
fn a_username_that_is_anothers_email_opens_none_of_their_paths() {
    for granted in [["get,put,delete:/users/${user}/**", "get,post:/users/${user}"], ["/users/me/**", "/users/me"]] {
        let (stage, eve) = stranger(&granted);
        for path in ["/users/vic@example.test", "/users/VIC%40example.test", "/users/vic@example.test?force=email"] {
            assert_eq!(put(&eve, path, &json!({ "name": "owned" })).status, 401, "{granted:?} {path}");
            assert_eq!(delete(&eve, path).status, 401, "{granted:?} {path}");
            assert_eq!(get(&eve, path).status, 401, "{granted:?} {path}");
        }
        assert_eq!(get(&eve, "/users/vic@example.test/permissions").status, 401);
        assert_eq!(get(&stage.owner, "/users/vic").json["entities"][0]["name"], "The vic");
        // What is theirs stays theirs, by every name that means them.
        for path in ["/users/me", "/users/eve@example.test", "/users/vic@example.test?force=name"] {
            assert_eq!(put(&eve, path, &json!({ "age": 3 })).status, 200, "{granted:?} {path}");
        }
        let vic = stage.caller("vic");
        assert_eq!(put(&vic, "/users/vic@example.test", &json!({ "age": 4 })).status, 200);
    }
}

#[test]
fn the_forced_reading_of_a_name_is_the_one_that_is_checked() {
    let (stage, eve) = stranger(&["get,put,delete:/users/me/**", "post:/users/me/following/users/*"]);
    let vic = stage.caller("vic");
    // Without the word it means vic, with it eve; each may change whom they are.
    let by_name = "/users/vic@example.test?force=name";
    assert_eq!(put(&vic, by_name, &json!({ "name": "owned" })).status, 401);
    assert_eq!(delete(&vic, by_name).status, 401);
    assert_eq!(get(&vic, by_name).status, 401);
    assert_eq!(put(&eve, by_name, &json!({ "name": "mine" })).status, 200);
    assert_eq!(put(&eve, "/users/vic@example.test?force=email", &json!({})).status, 401);
    // The handlers of links read names in the same way.
    let by_name = "/users/vic@example.test/following/users/ann?force=name";
    assert_eq!(post(&vic, by_name, &json!({})).status, 401);
    assert_eq!(post(&eve, by_name, &json!({})).status, 200);
    assert_eq!(get(&stage.owner, "/users/vic/following").json["entities"], json!([]));
    let by_email = "/users/vic@example.test/following/users/ann@example.test?force=email";
    assert_eq!(post(&eve, by_email, &json!({})).status, 401);
    assert_eq!(post(&vic, by_email, &json!({})).status, 200);
}

#[test]
fn a_name_that_nobody_bears_is_nobodys_own() {
    let (stage, _) = stranger(&["get,put:/users/me/**", "get,put:/users/${user}/**"]);
    let ann = stage.caller("ann");
    // Read as an email nobody bears it, and a user of that name would be made.
    assert_eq!(put(&ann, "/users/ann?force=email", &json!({ "name": "x" })).status, 401);
    assert_eq!(put(&ann, "/users/ann", &json!({ "name": "x" })).status, 200);
}

#[test]
fn the_tokens_of_an_email_with_a_plus_can_be_revoked() {
    let stage = Stage::new();
    let plus = json!({ "username": "plus+user", "email": "plus+user@example.test", "password": "correct horse" });
    assert_eq!(post(&stage.owner, "/users", &plus).status, 200);
    for spelt in ["plus%2Buser", "plus%2Buser%40example.test", "plus+user"] {
        let plus = stage.caller("plus+user");
        assert_eq!(get(&plus, "/users/me").status, 200, "{spelt}");
        assert_eq!(put(&stage.owner, &format!("/users/{spelt}/revoketokens"), &json!({})).status, 200, "{spelt}");
        assert_eq!(get(&plus, "/users/me").status, 401, "{spelt}");
    }
    let plus = stage.caller("plus+user");
    assert_eq!(put(&plus, "/users/plus%2Buser/revoketokens", &json!({})).status, 200);
    assert_eq!(get(&plus, "/users/me").status, 401);
}

#[test]
fn an_application_that_is_gone_is_named_as_it_was_asked_for() {
    let stage = Stage::new();
    let gone = uuid::Uuid::from_u128(7);
    for (path, asked) in [
        (format!("/{gone}/users"), format!("{gone} from URI: {gone}/users")),
        (format!("/apps/{gone}/users/me"), format!("{gone} from URI: apps/{gone}/users/me")),
        (format!("/{gone}/users/x/password"), format!("{gone} from URI: {gone}/users/x/password")),
        ("/orgs/acme/apps/nowhere/users".to_owned(), "acme/nowhere from URI: orgs/acme/apps/nowhere/users".to_owned()),
    ] {
        let answer = stage.owner.get(&path);
        let answer = if answer.status == 405 { stage.owner.json(&path, &json!({})) } else { answer };
        assert_eq!(answer.error(), (404, "organization_application_not_found"), "{path}");
        assert_eq!(answer.text_of("error_description"), format!("Could not find application for {asked}"));
    }
}

#[test]
fn nobody_signs_up_under_anothers_email_or_takes_anothers_name_as_an_email() {
    let stage = Stage::new();
    stage.user("vic");
    let post = |body| post(&stage.guest, "/users", &body).error().1.to_owned();
    let taken = "duplicate_unique_property_exists";
    stage.grant("/roles/guest", "post:/users");
    let own = json!({ "username": "own@example.test", "email": "own@example.test", "password": "correct horse" });
    assert_eq!(super::stage::post(&stage.owner, "/users", &own).status, 200, "one's own may be both");
    assert_eq!(post(json!({ "username": "VIC@example.test" })), taken);
    let other = json!({ "username": "other@example.test", "email": "else@example.test", "password": "correct horse" });
    assert_eq!(super::stage::post(&stage.owner, "/users", &other).status, 200);
    assert_eq!(post(json!({ "username": "eve", "email": "Other@example.test" })), taken);
    // Nor by a change, of which the rest is not written either.
    let ann = stage.caller("ann");
    for change in [json!({ "username": "vic@example.test", "age": 3 }), json!({ "email": "other@example.test" })] {
        assert_eq!(put(&ann, "/users/me", &change).error(), (400, taken), "{change}");
    }
    assert_eq!(get(&ann, "/users/me").json["entities"][0]["age"], json!(null));
    assert_eq!(stage.guest.sign_in("/acme/shop", "other@example.test", "correct horse").status, 200);
    // Who bears such a name from before may change the rest.
    stage.shadow("ann", "vic@example.test");
    assert_eq!(put(&ann, "/users/me", &json!({ "age": 3 })).status, 200);
}
