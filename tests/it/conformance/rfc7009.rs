//! RFC 7009, token revocation; security rules V-1, V-2, RT-6, RT-11.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use super::{introspect, minted, registered, shop};
use crate::access::mint::Mint;
use crate::support::{Answer, Client, World, world};

fn revoke(caller: &Client, place: &str, token: &str) -> Answer {
    caller.form(&format!("{place}/revoke"), &format!("token={token}"))
}

#[track_caller]
fn assert_done(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("cache-control"), "no-store");
}

fn ann(world: &World) -> (String, String) {
    let answer = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    (answer.token(), answer.text_of("refresh_token").to_owned())
}

fn lives(world: &World, token: &str) -> bool {
    world.guest().bearer(token).get("/acme/shop/users/me").status == 200
}

fn refresh(world: &World, token: &str) -> Answer {
    world.guest().form("/acme/shop/token", &format!("grant_type=refresh_token&refresh_token={token}"))
}

#[test]
fn s2_1_a_refresh_token_ends_with_its_access_tokens() {
    let world = world();
    let (first, token) = ann(&world);
    let next = refresh(&world, &token);
    let (second, head) = (next.token(), next.text_of("refresh_token").to_owned());
    let (other, _) = ann(&world);
    assert_done(&revoke(&shop(&world), "/acme/shop", &head));
    assert!(!lives(&world, &first) && !lives(&world, &second));
    assert_eq!(refresh(&world, &head).error(), (400, "invalid_grant"));
    assert!(lives(&world, &other), "another session goes on");
}

#[test]
fn s2_1_an_access_token_ends_with_its_session() {
    let world = world();
    let (token, refresh_token) = ann(&world);
    assert_done(&revoke(&shop(&world), "/acme/shop", &token));
    assert!(!lives(&world, &token));
    assert_eq!(refresh(&world, &refresh_token).error(), (400, "invalid_grant"));
}

#[test]
fn s2_1_an_access_token_without_a_session_ends_alone() {
    let world = world();
    let guest = world.guest();
    let (id, secret) = &world.acme.app_client;
    let [one, two] = [(); 2].map(|()| guest.client_token("/acme/shop", id, secret).token());
    assert_done(&revoke(&shop(&world), "/acme/shop", &one));
    assert_eq!(guest.bearer(&one).get("/acme/shop/credentials").status, 401);
    assert_eq!(guest.bearer(&two).get("/acme/shop/credentials").status, 200);
}

#[test]
fn s2_1_a_public_client_needs_its_id_alone() {
    let world = world();
    let (token, _) = ann(&world);
    let id = &world.acme.app_client.0;
    assert_done(&world.guest().form("/acme/shop/revoke", &format!("token={token}&client_id={id}")));
    assert!(!lives(&world, &token));
    let admin = world.acme.token(&world.guest(), Admin);
    assert_done(&world.guest().form("/management/revoke", &format!("token={admin}&client_id=management")));
    assert_eq!(world.guest().bearer(&admin).get("/management/users/me").status, 401);
}

#[test]
fn s2_1_a_client_must_prove_itself() {
    let world = world();
    let (token, _) = ann(&world);
    let guest = world.guest();
    let id = &world.acme.app_client.0;
    assert_eq!(revoke(&guest, "/acme/shop", &token).error(), (401, "invalid_client"));
    let wrong = revoke(&guest.basic(id, "wrong"), "/acme/shop", &token);
    assert_eq!(wrong.error(), (401, "invalid_client"));
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    let foreign = guest.basic(&world.rival.app_client.0, &world.rival.app_client.1);
    assert_eq!(revoke(&foreign, "/acme/shop", &token).error(), (401, "invalid_client"));
    let unknown = guest.form("/acme/shop/revoke", &format!("token={token}&client_id=nobody"));
    assert_eq!(unknown.error(), (401, "invalid_client"));
    assert_eq!(revoke(&guest.bearer(&token), "/acme/shop", &token).error(), (401, "invalid_client"));
    assert!(lives(&world, &token));
}

#[test]
fn s2_1_a_token_of_another_client_is_refused_and_lives_on() {
    let world = world();
    let (token, refresh_token) = ann(&world);
    // The organization's client may knock here, and the tokens are not its own.
    let other = world.guest().basic(&world.acme.org_client.0, &world.acme.org_client.1);
    for token in [&token, &refresh_token] {
        assert_eq!(revoke(&other, "/acme/shop", token).error(), (400, "invalid_grant"));
    }
    assert!(lives(&world, &token));
    assert_eq!(refresh(&world, &refresh_token).status, 200);
    // Nor does a client of another tenant reach it at its own door.
    let (token, refresh_token) = ann(&world);
    let rival = world.guest().basic(&world.rival.app_client.0, &world.rival.app_client.1);
    assert_eq!(revoke(&rival, "/rival/shop", &token).error(), (400, "invalid_grant"));
    assert_done(&revoke(&rival, "/rival/shop", &refresh_token));
    assert!(lives(&world, &token));
    assert_eq!(refresh(&world, &refresh_token).status, 200);
}

#[test]
fn s2_1_a_client_ends_its_own_token_where_it_got_it() {
    let world = world();
    let (id, secret) = &world.acme.org_client;
    // The application's token endpoint gives it, the management plane signs it.
    let token = world.guest().client_token("/acme/shop", id, secret).token();
    assert_done(&revoke(&world.guest().basic(id, secret), "/acme/shop", &token));
    assert_eq!(world.guest().bearer(&token).get("/acme/shop/users").status, 401);
}

#[test]
fn s2_2_what_is_unknown_expired_or_ended_already_is_done() {
    let world = world();
    let (token, refresh_token) = ann(&world);
    let caller = shop(&world);
    let expired = minted(&world, &json!({ "exp": 1_767_225_600 }));
    for nothing in ["unknown", "cmUtAAAA", "a.b.c", expired.as_str()] {
        assert_done(&revoke(&caller, "/acme/shop", nothing));
    }
    for _ in 0..2 {
        assert_done(&revoke(&caller, "/acme/shop", &refresh_token));
        assert_done(&revoke(&caller, "/acme/shop", &token));
    }
    assert!(!lives(&world, &token));
}

#[test]
fn s2_1_a_wrong_hint_hides_nothing() {
    let world = world();
    for hint in ["access_token", "refresh_token", "something"] {
        let (token, refresh_token) = ann(&world);
        for named in [&refresh_token, &token] {
            let form = format!("token={named}&token_type_hint={hint}");
            assert_done(&shop(&world).form("/acme/shop/revoke", &form));
        }
        assert!(!lives(&world, &token));
    }
}

#[test]
fn s2_2_1_what_cannot_be_revoked_is_called_so() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let header = json!({ "typ": "JWT", "alg": "ES256", "kid": mint.kid });
    let id_token = mint.sign(&header, &json!({ "iss": "x", "sub": "y" }));
    assert_eq!(revoke(&shop(&world), "/acme/shop", &id_token).error(), (400, "unsupported_token_type"));
}

#[test]
fn s2_1_the_token_comes_in_a_form_and_once() {
    let world = world();
    let (token, _) = ann(&world);
    let caller = shop(&world);
    let path = "/acme/shop/revoke";
    let refused = [
        caller.form(path, ""),
        caller.form(path, &format!("token={token}&token={token}")),
        caller.form(&format!("{path}?token={token}"), ""),
        caller.json(path, &json!({ "token": token })),
    ];
    for answer in refused {
        assert_eq!(answer.error(), (400, "invalid_request"), "{}", answer.text);
    }
    assert_eq!(caller.get(path).status, 405);
    assert!(lives(&world, &token));
}

#[test]
fn s2_1_a_revocation_outlives_the_process_and_reaches_other_nodes() {
    let world = world();
    let beside = world.server.beside(|_| {});
    let (token, refresh_token) = ann(&world);
    assert_eq!(beside.guest().bearer(&token).get("/acme/shop/users/me").status, 200);
    assert_done(&revoke(&shop(&world), "/acme/shop", &refresh_token));
    beside.core.directory.follow().unwrap();
    assert_eq!(beside.guest().bearer(&token).get("/acme/shop/users/me").status, 401);
    drop(beside);
    let world = world.restart();
    assert!(!lives(&world, &token));
    let (id, secret) = &world.acme.app_client;
    let answer = introspect(&world.guest().basic(id, secret), "/acme/shop", &token);
    assert_eq!(answer.json, json!({ "active": false }));
}

#[test]
fn s2_2_nothing_is_promised_that_could_not_be_written() {
    let world = world();
    let (token, _) = ann(&world);
    let rename = "ALTER TABLE revocation RENAME TO revocation_away";
    assert_eq!(introspect(&shop(&world), "/acme/shop", &token).json["active"], true);
    world.server.sql(rename, rename);
    let answer = revoke(&shop(&world), "/acme/shop", &token);
    assert!(answer.status >= 500, "{} {}", answer.status, answer.text);
    let back = "ALTER TABLE revocation_away RENAME TO revocation";
    world.server.sql(back, back);
    assert!(lives(&world, &token), "what was not written did not happen");
    assert_done(&revoke(&shop(&world), "/acme/shop", &token));
    assert!(!lives(&world, &token));
}

#[test]
fn every_level_that_could_revoke_elsewhere_still_can() {
    let world = world();
    for level in [AppUser, AppClient, OrgClient, Admin] {
        let (token, _) = ann(&world);
        let caller = if level == AppUser { world.guest().bearer(&token) } else { world.caller(&world.acme, level) };
        assert_eq!(caller.put("/acme/shop/users/ann/revoketokens", &json!({})).status, 200, "{level}");
        assert!(!lives(&world, &token), "{level}");
    }
}

#[test]
fn s2_1_a_registered_public_client_ends_its_own_and_no_other() {
    let world = world();
    let metadata = json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
        "redirect_uris": ["https://app.example/cb"] });
    let [(one, _), (two, _)] = [(); 2].map(|()| registered(&world, &metadata));
    let token = minted(&world, &json!({ "client_id": one, "sid": null }));
    let by = |id: &str| world.guest().form("/acme/shop/revoke", &format!("token={token}&client_id={id}"));
    assert_eq!(by(&two).error(), (400, "invalid_grant"));
    assert!(lives(&world, &token));
    assert_done(&by(&one));
    assert!(!lives(&world, &token));
}

#[test]
fn s2_1_a_registered_confidential_client_must_prove_itself() {
    let world = world();
    let (id, secret) = registered(&world, &json!({}));
    let token = minted(&world, &json!({ "client_id": id, "sid": null }));
    let bare = world.guest().form("/acme/shop/revoke", &format!("token={token}&client_id={id}"));
    assert_eq!(bare.error(), (401, "invalid_client"));
    assert!(lives(&world, &token));
    assert_done(&revoke(&world.guest().basic(&id, &secret), "/acme/shop", &token));
    assert!(!lives(&world, &token));
}
