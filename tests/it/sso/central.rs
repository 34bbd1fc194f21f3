//! A central server that is asked whose token it is: another Tokengrid, and hosts that answer otherwise.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::config::{Settings, SsoKind};
use tokengrid::domain::tenant::Switch;

use super::{SUPERUSER_EMAIL, settle};
use crate::support::{Answer, Host, PASSWORD, SUPERUSER, Says, TestServer, World, world, world_with};

fn by_central(url: String) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settle(settings);
        settings.sso.mode = SsoKind::Central;
        settings.sso.url = url;
        settings.sso.provision = Switch::On;
    }
}

/// A central server, and an empty one that believes it.
fn pair() -> (World, TestServer) {
    let central = world();
    let ours = TestServer::start(by_central(central.server.base.clone()));
    (central, ours)
}

fn me(server: &TestServer, token: &str) -> Answer {
    server.guest().bearer(token).get("/management/me")
}

fn central_admin(central: &World) -> String {
    central.guest().sign_in("/management", "acme-admin", PASSWORD).token()
}

#[test]
fn an_admin_of_the_central_server_is_made_here_with_their_organizations() {
    let (central, ours) = pair();
    let token = central_admin(&central);
    let answer = me(&ours, &token);
    let user = &answer.json["user"];
    assert_eq!(user["username"], "acme-admin", "{}", answer.text);
    assert_eq!(user["uuid"], json!(central.acme.admin.id));
    assert_eq!(answer.json["external_sso_user_id"], json!(central.acme.admin.id));
    // From the memory of the answer, too; and never for a token of the server's own.
    assert_eq!(me(&ours, &token).json["external_sso_user_id"], json!(central.acme.admin.id));
    assert_eq!(me(&central.server, &token).json.get("external_sso_user_id"), None);
    assert_eq!(user["organizations"]["acme"]["uuid"], json!(central.acme.org.id));
    let caller = ours.guest().bearer(&token);
    assert_eq!(caller.get("/management/orgs/acme").status, 200);
    assert_eq!(caller.get("/acme/sandbox").status, 200);
    // The second one comes to their own organization alone.
    let rival = central.guest().sign_in("/management", "rival-admin", PASSWORD).token();
    assert_eq!(ours.guest().bearer(&rival).get("/management/orgs/rival").status, 200);
    assert_eq!(ours.guest().bearer(&rival).get("/management/orgs/acme").error(), (401, "unauthorized"));
}

#[test]
fn a_token_revoked_at_the_central_server_ends_here_when_the_answer_is_old() {
    let (central, ours) = pair();
    let token = central_admin(&central);
    assert_eq!(me(&ours, &token).status, 200);
    let revoked = central.guest().bearer(&token).send("PUT", "/management/users/me/revoketokens", None, "");
    assert_eq!(revoked.status, 200);
    assert_eq!(me(&ours, &token).status, 200, "the answer is remembered for a while");
    ours.advance(Duration::from_secs(60));
    assert_eq!(me(&ours, &token).error(), (401, "auth_unverified_oath"));
}

#[test]
fn tokens_that_the_central_server_does_not_know_or_that_are_no_admins_are_refused() {
    let (central, ours) = pair();
    let user = central.guest().sign_in("/acme/shop", "ann", PASSWORD).token();
    let (id, secret) = &central.acme.org_client;
    let client = central.guest().client_token("/management", id, secret).token();
    for token in [user.as_str(), client.as_str(), "YWMtxxxx", "a.b.c", "garbage"] {
        assert_eq!(me(&ours, token).status, 401, "{token}");
    }
}

#[test]
fn revoking_here_ends_a_central_token_here() {
    let (central, ours) = pair();
    let token = central_admin(&central);
    let all = ours.guest().bearer(&token).send("PUT", "/management/users/me/revoketokens", None, "");
    assert_eq!(all.status, 200, "{}", all.text);
    assert_eq!(me(&ours, &token).error(), (401, "auth_invalid"));
    ours.advance(Duration::from_secs(120));
    assert_eq!(me(&ours, &token).error(), (401, "auth_invalid"));
    assert_eq!(me(&central.server, &token).status, 200);
}

#[test]
fn passwords_do_not_count_here_except_the_superusers() {
    let (_central, ours) = pair();
    let answer = ours.guest().sign_in("/management", "acme-admin", PASSWORD);
    assert_eq!(answer.error(), (400, "invalid_grant"));
    assert!(answer.text_of("error_description").contains("admin users must login via"), "{}", answer.text);
    assert_eq!(ours.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).status, 200);
}

/// A world that believes a host, which says this of the bearer of any token.
fn believing(user: Value) -> (World, Host) {
    let host = Host::start(Says::json(json!({ "user": user })));
    let world = world_with(by_central(host.url("")));
    (world, host)
}

fn user(otherwise: Value) -> Value {
    let mut user = json!({
        "uuid": "aaaaaaaa-aaaa-11e3-884d-f18e8f6fb3bc", "username": "eve", "email": "eve@example.test",
        "activated": true, "confirmed": true, "disabled": false, "organizations": {},
    });
    user.as_object_mut().unwrap().extend(otherwise.as_object().unwrap().clone());
    user
}

#[test]
fn nobody_here_is_meant_by_a_username_an_unconfirmed_address_or_the_superusers_id() {
    let superuser = tokengrid::domain::id::AdminId::SUPERUSER;
    for (otherwise, error) in [
        (json!({ "username": "acme-admin" }), "externalssoprovider_unactivated_adminuser"),
        (json!({ "uuid": superuser }), "externalssoprovider_unactivated_adminuser"),
        (json!({ "email": SUPERUSER_EMAIL }), "externalssoprovider_unactivated_adminuser"),
        (json!({ "disabled": true }), "authentication"),
        (json!({ "activated": false }), "authentication"),
    ] {
        let (world, _host) = believing(user(otherwise.clone()));
        assert_eq!(me(&world.server, "YWMtoutside").error(), (401, error), "{otherwise}");
    }
    let (world, _host) = believing(user(json!({ "email": "admin@acme.test", "confirmed": false })));
    let stranger = me(&world.server, "YWMtoutside");
    assert_eq!(stranger.json["user"]["username"], "eve", "{}", stranger.text);
    assert_eq!(stranger.json["user"].get("email"), None);
}

#[test]
fn a_confirmed_address_means_the_admin_who_has_it_and_leaves_their_organizations_alone() {
    let (world, _host) = believing(user(json!({ "email": "Admin@acme.test" })));
    let answer = me(&world.server, "YWMtoutside");
    assert_eq!(answer.json["user"]["username"], "acme-admin");
    assert_eq!(answer.json["user"]["organizations"]["acme"]["uuid"], json!(world.acme.org.id));
}

#[test]
fn an_organization_of_the_same_name_is_somebody_elses() {
    let other = "bbbbbbbb-aaaa-11e3-884d-f18e8f6fb3bc";
    let (world, _host) = believing(user(json!({ "organizations": { "acme": { "name": "acme", "uuid": other } } })));
    let answer = me(&world.server, "YWMtoutside");
    assert_eq!(answer.json["user"]["organizations"], json!({}), "{}", answer.text);
    let caller = world.guest().bearer("YWMtoutside");
    assert_eq!(caller.get("/management/orgs/acme").error(), (401, "unauthorized"));
}

#[test]
fn who_leaves_an_organization_there_leaves_it_here() {
    let org = json!({ "lab": { "name": "lab", "uuid": "cccccccc-aaaa-11e3-884d-f18e8f6fb3bc" } });
    let (world, host) = believing(user(json!({ "organizations": org })));
    let caller = world.guest().bearer("YWMtoutside");
    assert_eq!(caller.get("/management/orgs/lab").status, 200);
    host.says(Says::json(json!({ "user": user(json!({})) })));
    world.server.advance(Duration::from_secs(60));
    assert_eq!(caller.get("/management/orgs/lab").error(), (401, "unauthorized"));
}

#[test]
fn a_server_that_reads_no_header_gets_the_token_in_the_query() {
    let (world, host) = believing(user(json!({})));
    host.says(Says::status(400));
    assert_eq!(me(&world.server, "YWMtoutside").error(), (401, "auth_unverified_oath"));
    let heard = host.heard();
    assert!(
        heard[0].starts_with("GET /management/me HTTP/1.1") && heard[0].contains("authorization: Bearer YWMtoutside")
    );
    assert!(heard[1].starts_with("GET /management/me?access_token=YWMtoutside HTTP/1.1"), "{heard:?}");
}

#[test]
fn wrong_tokens_are_not_sent_twice_and_a_failing_server_refuses_nobody_for_good() {
    let (world, host) = believing(user(json!({})));
    host.says(Says::status(401));
    for _ in 0..5 {
        assert_eq!(me(&world.server, "YWMtwrong").error(), (401, "auth_unverified_oath"));
    }
    assert_eq!(host.count(), 1);
    for says in [Says::status(500), Says::Closed, Says::Answer(200, Vec::new(), "no JSON".to_owned())] {
        host.says(says);
        assert_eq!(me(&world.server, "YWMtother").error(), (503, "temporarily_unavailable"));
    }
    host.says(Says::json(json!({ "user": user(json!({})) })));
    assert_eq!(me(&world.server, "YWMtother").status, 200);
}

#[test]
fn without_provision_only_those_who_are_here_come_in() {
    let host = Host::start(Says::json(json!({ "user": user(json!({})) })));
    let url = host.url("");
    let world = world_with(|settings| {
        by_central(url)(settings);
        settings.sso.provision = Switch::Off;
    });
    let answer = me(&world.server, "YWMtoutside");
    assert_eq!(answer.error(), (401, "externalssoprovider_unactivated_adminuser"));
    host.says(Says::json(json!({ "user": user(json!({ "email": "admin@acme.test" })) })));
    assert_eq!(me(&world.server, "YWMtanother").json["user"]["username"], "acme-admin");
}
