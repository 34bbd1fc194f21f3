//! One outside account is one user of one application, and nobody else's.

use serde_json::json;
use tokengrid::domain::authority::Authority::AppUser;
use tokengrid::manage::Actor;

use super::with_facebook;
use crate::support::{Says, person};

#[test]
fn a_second_sign_in_is_the_same_user_with_a_fresh_profile() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let first = grid.facebook(acme, json!({ "id": "42", "name": "Bob", "town": "Bern" }));
    grid.world.server.advance(std::time::Duration::from_secs(5));
    let second = grid.facebook(acme, json!({ "id": 42, "name": "Robert", "town": "Ulm" }));
    assert_eq!(first["uuid"], second["uuid"]);
    assert_eq!(second["facebook"]["town"], "Ulm");
    assert_eq!(second["name"], "Bob");
    assert!(second["modified"].as_i64() > first["modified"].as_i64());
}

#[test]
fn one_account_is_another_user_in_each_organization() {
    let grid = with_facebook();
    let account = json!({ "id": "42", "name": "Bob", "email": "bob@example.test" });
    let here = grid.facebook(&grid.world.acme, account.clone());
    let there = grid.facebook(&grid.world.rival, account);
    assert_ne!(here["uuid"], there["uuid"]);
    assert_eq!(there["username"], "fb_42");
}

#[test]
fn an_email_address_alone_opens_nobodys_account() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let ann = json!(acme.user.id);
    for (id, email) in [("1", "ann@example.test"), ("2", "ANN@Example.test"), ("3", "ann")] {
        let user = grid.facebook(acme, json!({ "id": id, "name": "Mallory", "email": email }));
        assert_ne!(user["uuid"], ann, "{email}");
        assert_eq!(user.get("email"), None, "{email}");
    }
}

#[test]
fn an_email_address_opens_the_account_where_the_application_trusts_the_service_with_it() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    assert_eq!(grid.set(acme, "facebook", json!({ "link_by_email": "on" })).status, 200);
    let user = grid.facebook(acme, json!({ "id": "1", "name": "Ann", "email": "Ann@example.test" }));
    assert_eq!(user["uuid"], json!(acme.user.id));
    assert_eq!(user["username"], "ann");
    assert_eq!(user["facebook"]["id"], "1");
    // From then on the account is known by its id.
    let later = grid.facebook(acme, json!({ "id": "1", "name": "Ann", "email": "new@example.test" }));
    assert_eq!(later["uuid"], json!(acme.user.id));
    // A username of that look is no address.
    let mut lookalike = person("eve@example.test", "other@example.test");
    lookalike.email = None;
    grid.world.server.wait(grid.world.registry().create_user(acme.app.id, lookalike, Actor::Operator)).unwrap();
    let other = grid.facebook(acme, json!({ "id": "2", "name": "Eve", "email": "eve@example.test" }));
    assert_eq!(other["username"], "fb_2");
}

#[test]
fn an_address_that_its_user_never_proved_joins_no_account() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    assert_eq!(grid.set(acme, "facebook", json!({ "link_by_email": "on" })).status, 200);
    grid.world.server.sql_for(acme.app.id, "UPDATE app_user SET confirmed = false WHERE username_key = 'ann'");
    let user = grid.facebook(acme, json!({ "id": "1", "name": "Ann", "email": "ann@example.test" }));
    assert_ne!(user["uuid"], json!(acme.user.id));
    assert_eq!(user.get("email"), None);
}

#[test]
fn what_a_user_writes_of_themselves_catches_nobodys_account() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let mut mallory = person("mallory", "mallory@example.test");
    mallory.properties = json!({ "facebook": { "id": "42" } }).as_object().unwrap().clone();
    let mallory = grid.world.server.wait(grid.world.registry().create_user(acme.app.id, mallory, Actor::Operator));
    let user = grid.facebook(acme, json!({ "id": "42", "name": "Bob" }));
    assert_ne!(user["uuid"], json!(mallory.unwrap().id));
    assert_eq!(user["username"], "fb_42");
}

#[test]
fn a_taken_username_gets_an_end() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let squatter = person("fb_42", "squatter@example.test");
    let squatter = grid.world.server.wait(grid.world.registry().create_user(acme.app.id, squatter, Actor::Operator));
    let user = grid.facebook(acme, json!({ "id": "42", "name": "Bob" }));
    assert_ne!(user["uuid"], json!(squatter.unwrap().id));
    let username = user["username"].as_str().unwrap();
    assert!(username.starts_with("fb_42_") && username.len() == "fb_42_".len() + 12, "{username}");
}

#[test]
fn an_account_that_may_not_sign_in_may_not_by_facebook_either() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let sign_in = || grid.sign_in(acme, "facebook", "fb_access_token=outside");
    grid.facebook(acme, json!({ "id": "42", "name": "Bob", "town": "Bern" }));
    let rows = grid.world.acme.app.id;
    for (column, sentence) in [("disabled = true", "user disabled"), ("activated = false", "user not activated")] {
        grid.world.server.sql_for(rows, &format!("UPDATE app_user SET {column} WHERE username_key = 'fb_42'"));
        grid.host.says(Says::json(json!({ "id": "42", "name": "Bob", "town": "Ulm" })));
        let answer = sign_in();
        assert_eq!(answer.error(), (400, "invalid_grant"), "{}", answer.text);
        assert_eq!(answer.text_of("error_description"), sentence);
    }
    grid.world.server.sql_for(rows, "UPDATE app_user SET disabled = false, activated = true");
    assert_eq!(sign_in().status, 200);
}

#[test]
fn an_account_whose_user_is_gone_becomes_a_new_user() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    let first = grid.facebook(acme, json!({ "id": "42", "name": "Bob" }));
    grid.world.server.sql_for(acme.app.id, "DELETE FROM app_user WHERE username_key = 'fb_42'");
    let second = grid.facebook(acme, json!({ "id": "42", "name": "Bob" }));
    assert_ne!(first["uuid"], second["uuid"]);
    let third = grid.facebook(acme, json!({ "id": "42", "name": "Bob" }));
    assert_eq!(second["uuid"], third["uuid"]);
}

#[test]
fn many_first_sign_ins_at_once_make_one_user() {
    let grid = with_facebook();
    let acme = &grid.world.acme;
    grid.host.says(Says::json(json!({ "id": "42", "name": "Bob" })));
    let caller = grid.world.caller(acme, AppUser);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..6).map(|_| scope.spawn(|| caller.get("/acme/shop/auth/facebook?fb_access_token=outside"))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let users: std::collections::HashSet<String> =
        answers.iter().map(|answer| answer.json["user"]["uuid"].as_str().expect("a user").to_owned()).collect();
    assert_eq!(users.len(), 1, "{users:?}");
}

#[test]
fn a_profile_that_cannot_be_kept_hinders_nobody() {
    let grid = with_facebook();
    let user = grid.facebook(&grid.world.acme, json!({ "id": "42", "name": "Bob", "about": "a\u{0}b" }));
    assert_eq!(user["facebook"], json!({ "id": "42", "name": "Bob" }));
}
