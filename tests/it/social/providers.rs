//! What each service is asked, and what its answer makes of a user.

use serde_json::json;

use super::{Grid, with_facebook};
use crate::support::Says;

#[test]
fn a_facebook_account_becomes_a_user_with_a_token_of_ours() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    grid.host.says(Says::json(json!({ "id": "42", "name": "Bob Jones", "email": "bob@example.test", "age": 7 })));
    let answer = grid.sign_in(acme, "facebook", "fb_access_token=outside&ttl=60000");
    let user = &answer.json["user"];
    assert_eq!(user["username"], "fb_42");
    assert_eq!(user["name"], "Bob Jones");
    assert_eq!(user["email"], "bob@example.test");
    assert_eq!(user["picture"], "http://graph.facebook.com/42/picture");
    assert_eq!(user["facebook"]["age"], 7);
    assert_eq!(user["activated"], true);
    assert_eq!(answer.json["expires_in"], 60);
    let own = grid.world.guest().bearer(&answer.token()).get("/acme/shop/users/me");
    assert_eq!(own.json["entities"][0]["uuid"], user["uuid"]);
    assert!(grid.host.heard()[0].starts_with("GET /me?access_token=outside HTTP/1.1"), "{:?}", grid.host.heard());
}

#[test]
fn a_form_and_a_callback_work_as_they_do_at_the_token_endpoint() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    grid.host.says(Says::json(json!({ "id": "42", "name": "Bob" })));
    let caller = grid.world.caller(acme, tokengrid::domain::authority::Authority::AppClient);
    let form = caller.form("/acme/shop/auth/facebook", "fb_access_token=outside");
    assert_eq!(form.json["user"]["username"], "fb_42");
    let script = caller.get("/acme/shop/auth/facebook?fb_access_token=outside&callback=cb");
    assert!(script.text.starts_with("/**/cb({\"access_token\":"), "{}", script.text);
    let refused = caller.get("/acme/shop/auth/facebook?callback=cb");
    assert!(refused.text.contains("missing access token"), "{}", refused.text);
    assert!(refused.text.starts_with("/**/cb("), "{}", refused.text);
    assert_eq!(caller.get("/acme/shop/auth/facebook?fb_access_token=x&callback=1").status, 400);
}

#[test]
fn the_secret_of_the_application_is_proved_and_not_sent() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    grid.set(acme, "facebook", json!({ "client_secret": "Jefe", "pic_url": "https://pics.test/{id}.png" }));
    grid.host.says(Says::json(json!({ "id": "42", "name": "Bob" })));
    let answer = grid.sign_in(acme, "facebook", "fb_access_token=what%20do%20ya%20want%20for%20nothing%3F");
    assert_eq!(answer.json["user"]["picture"], "https://pics.test/42.png");
    let heard = grid.host.heard().concat();
    assert!(heard.contains("appsecret_proof=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    assert!(!heard.contains("Jefe"), "{heard}");
}

#[test]
fn a_foursquare_account_becomes_a_user() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    grid.set(acme, "foursquare", json!({}));
    grid.host.says(Says::json(json!({ "response": { "user": {
        "id": "4711", "firstName": "Eve", "lastName": "Stone", "photo": "https://pics.test/e.jpg",
        "homeCity": "Bern", "contact": { "email": "eve@example.test" },
    }}})));
    let answer = grid.sign_in(acme, "foursquare", "fq_access_token=outside");
    let user = &answer.json["user"];
    assert_eq!(user["username"], "4711");
    assert_eq!(user["name"], "Eve Stone");
    assert_eq!(user["picture"], "https://pics.test/e.jpg");
    assert_eq!(user["location"], "Bern");
    assert_eq!(user["foursquare"]["id"], "4711");
    assert!(grid.host.heard()[0].starts_with("GET /me?oauth_token=outside&v="), "{:?}", grid.host.heard());
}

#[test]
fn a_ping_account_becomes_a_user_for_as_long_as_ping_says() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    assert_eq!(grid.sign_in(acme, "pingident", "ping_access_token=x").error(), (400, "invalid_request"));
    grid.set(acme, "pingident", json!({ "client_id": "shop", "client_secret": "word" }));
    let said = json!({ "access_token": { "username": "Eve@Corp.test" }, "expires_in": 1800 });
    grid.host.says(Says::json(said));
    let answer = grid.sign_in(acme, "pingident", "ping_access_token=outside");
    let user = &answer.json["user"];
    assert_eq!(user["username"], "Eve@Corp.test");
    assert_eq!(user["email"], "Eve@Corp.test");
    assert_eq!(user["expiration"], 1800);
    assert_eq!(answer.json["expires_in"], 1800);
    assert_eq!(answer.json.get("refresh_token"), None, "{}", answer.text);
    let heard = &grid.host.heard()[0];
    assert!(heard.starts_with("POST /me HTTP/1.1"), "{heard}");
    for field in ["validate_bearer", "client_id=shop", "client_secret=word", "token=outside"] {
        assert!(heard.contains(field), "{field}: {heard}");
    }
    grid.host.says(Says::json(json!({ "username": "eve@corp.test" })));
    let silent = grid.sign_in(acme, "pingident", "ping_access_token=outside");
    assert_eq!(silent.json["user"]["uuid"], user["uuid"]);
    assert_eq!(silent.json["expires_in"], 7200);
}

#[test]
fn a_token_that_the_service_does_not_know_is_an_invalid_user() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    for says in [
        Says::status(401),
        Says::status(400),
        Says::Answer(200, Vec::new(), "no JSON".to_owned()),
        Says::json(json!({ "name": "Nobody" })),
        Says::json(json!({ "id": "", "name": "Nobody" })),
        Says::json(json!({ "id": 0, "name": "Nobody" })),
        Says::json(json!({ "id": " ", "name": "Nobody" })),
        Says::json(json!({ "id": null, "name": "Nobody" })),
        Says::json(json!({ "id": "7" })),
        Says::json(json!([])),
    ] {
        grid.host.says(says);
        let answer = grid.sign_in(acme, "facebook", "fb_access_token=outside");
        assert_eq!(answer.error(), (400, "invalid_grant"), "{}", answer.text);
        assert_eq!(answer.text_of("error_description"), "invalid user");
    }
}

#[test]
fn a_missing_token_asks_nobody() {
    let grid = with_facebook();
    for provider in ["facebook", "foursquare", "pingident"] {
        let answer = grid.sign_in(&grid.world.acme, provider, "fb_access_token=&ttl=1");
        assert_eq!(answer.error(), (400, "invalid_request"), "{provider}");
        assert_eq!(answer.text_of("error_description"), "missing access token");
    }
    assert_eq!(grid.host.count(), 0);
}
