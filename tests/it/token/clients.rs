//! `client_credentials`: which client may knock where, and what the others hear.

use serde_json::json;
use std::time::Duration;
use tokengrid::domain::client::ClientId;
use tokengrid::manage::Actor;

use super::{WRONG_CLIENT, WRONG_LOGIN, assert_challenged, assert_oauth, form};
use crate::support::{Answer, World, world};

/// The pair as a form, as JSON, as a query and as Basic.
struct Asked {
    form: Answer,
    json: Answer,
    query: Answer,
    basic_form: Answer,
    basic_json: Answer,
    basic_query: Answer,
}

fn ask(world: &World, place: &str, (id, secret): (&str, &str)) -> Asked {
    let (guest, path) = (world.guest(), format!("{place}/token"));
    let basic = guest.basic(id, secret);
    let grant = "grant_type=client_credentials";
    let pair = form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]);
    Asked {
        form: guest.form(&path, &pair),
        json: guest
            .json(&path, &json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret })),
        query: guest.get(&format!("{path}?{pair}")),
        basic_form: basic.form(&path, grant),
        basic_json: basic.json(&path, &json!({ "grant_type": "client_credentials" })),
        basic_query: basic.get(&format!("{path}?{grant}")),
    }
}

impl Asked {
    fn all(&self) -> [&Answer; 6] {
        [&self.form, &self.json, &self.query, &self.basic_form, &self.basic_json, &self.basic_query]
    }

    /// Each voice's words for a client that is not to be believed.
    #[track_caller]
    fn assert_refused(&self) {
        assert_oauth(&self.form, 401, "invalid_client", WRONG_CLIENT);
        assert_oauth(&self.json, 400, "invalid_grant", WRONG_LOGIN);
        assert_oauth(&self.query, 401, "invalid_client", WRONG_CLIENT);
        for challenged in [&self.basic_form, &self.basic_json, &self.basic_query] {
            assert_challenged(challenged);
        }
    }

    #[track_caller]
    fn assert_issued(&self) {
        for answer in self.all() {
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json["expires_in"], 3_600);
            // T-9: a client needs no refresh token, it has its secret.
            assert_eq!(answer.json.get("refresh_token"), None);
        }
    }
}

fn pair((id, secret): &(String, String)) -> (&str, &str) {
    (id, secret)
}

#[test]
fn a_client_gets_a_token_at_its_own_doors_in_every_way() {
    let world = world();
    ask(&world, "/acme/shop", pair(&world.acme.app_client)).assert_issued();
    ask(&world, "/acme/shop", pair(&world.acme.org_client)).assert_issued();
    // The organization's client serves all of its applications.
    ask(&world, "/acme/sandbox", pair(&world.acme.org_client)).assert_issued();
    ask(&world, "/management", pair(&world.acme.app_client)).assert_issued();
    ask(&world, "/management", pair(&world.acme.org_client)).assert_issued();
}

#[test]
fn a_client_of_another_application_or_organization_is_refused_like_a_wrong_secret() {
    let world = world();
    // ISO-1: right secrets, wrong doors.
    ask(&world, "/acme/sandbox", pair(&world.acme.app_client)).assert_refused();
    ask(&world, "/acme/shop", pair(&world.rival.app_client)).assert_refused();
    ask(&world, "/acme/shop", pair(&world.rival.org_client)).assert_refused();
    ask(&world, "/rival/shop", pair(&world.acme.org_client)).assert_refused();
}

#[test]
fn a_secret_opens_nothing_under_another_clients_id() {
    let world = world();
    let (acme, rival) = (&world.acme, &world.rival);
    for (id, secret) in [
        (&acme.app_client.0, &rival.app_client.1),
        (&acme.app_client.0, &acme.org_client.1),
        (&acme.org_client.0, &acme.app_client.1),
        (&acme.org_client.0, &rival.org_client.1),
    ] {
        ask(&world, "/acme/shop", (id, secret)).assert_refused();
        ask(&world, "/management", (id, secret)).assert_refused();
    }
}

#[test]
fn an_unknown_client_is_refused_like_a_wrong_secret() {
    let world = world();
    let secret = world.acme.app_client.1.clone();
    let own = world.acme.app_client.0.clone();
    let never_issued = ClientId::App(tokengrid::domain::id::AppId::new(uuid::Uuid::from_u128(7))).to_string();
    for id in [never_issued.as_str(), "shop", "YXA6", &own.to_lowercase(), &format!("{own}A"), &own[..25]] {
        ask(&world, "/acme/shop", (id, &secret)).assert_refused();
    }
    for wrong in ["wrong", &secret[..46], &format!("{secret}A"), &secret.to_lowercase(), &format!(" {secret}")] {
        ask(&world, "/acme/shop", (&own, wrong)).assert_refused();
    }
}

#[test]
fn an_empty_secret_is_no_secret() {
    let world = world();
    ask(&world, "/acme/shop", (&world.acme.app_client.0, "")).assert_refused();
    ask(&world, "/management", (&world.acme.org_client.0, "")).assert_refused();
    ask(&world, "/acme/shop", ("", &world.acme.app_client.1)).assert_refused();
    let alone = form(&[("grant_type", "client_credentials"), ("client_id", &world.acme.app_client.0)]);
    assert_oauth(&world.guest().form("/acme/shop/token", &alone), 401, "invalid_client", WRONG_CLIENT);
}

#[test]
fn no_client_at_all_is_said_in_each_voice() {
    let world = world();
    for path in ["/acme/shop/token", "/management/token"] {
        let form = world.guest().form(path, "grant_type=client_credentials");
        assert_oauth(&form, 401, "invalid_client", "Client credentials are missing.");
        let json = world.guest().json(path, &json!({ "grant_type": "client_credentials" }));
        assert_oauth(&json, 400, "invalid_grant", WRONG_LOGIN);
        let query = world.guest().get(&format!("{path}?grant_type=client_credentials"));
        assert_oauth(&query, 400, "invalid_grant", WRONG_LOGIN);
    }
}

#[test]
fn a_wrong_client_beside_a_persons_grant_is_refused_even_with_the_right_password() {
    let world = world();
    let (id, secret) = (&world.acme.app_client.0, &world.acme.app_client.1);
    let person = [("grant_type", "password"), ("username", "ann"), ("password", "correct horse")];
    let with = |client: &[(&'static str, &str)]| form(&[&person[..], client].concat());
    let path = "/acme/shop/token";
    let wrong = with(&[("client_id", id), ("client_secret", "wrong")]);
    assert_oauth(&world.guest().form(path, &wrong), 401, "invalid_client", WRONG_CLIENT);
    let foreign = with(&[("client_id", &world.rival.app_client.0), ("client_secret", &world.rival.app_client.1)]);
    assert_oauth(&world.guest().form(path, &foreign), 401, "invalid_client", WRONG_CLIENT);
    let foreign_public = with(&[("client_id", &world.rival.app_client.0)]);
    assert_oauth(&world.guest().form(path, &foreign_public), 401, "invalid_client", WRONG_CLIENT);
    assert_challenged(&world.guest().basic(id, "wrong").form(path, &form(&person)));

    for right in [with(&[("client_id", id)]), with(&[("client_id", id), ("client_secret", secret)])] {
        assert_eq!(world.guest().form(path, &right).status, 200);
    }
}

#[test]
fn basic_parts_are_form_decoded_before_they_are_compared() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    // T-3, RFC 6749 §2.3.1: `%59` is `Y`.
    let escaped = id.replacen('Y', "%59", 1);
    let answer = world.guest().basic(&escaped, secret).form("/acme/shop/token", "grant_type=client_credentials");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let raw = form(&[("grant_type", "client_credentials"), ("client_id", &escaped), ("client_secret", secret)]);
    assert_oauth(&world.guest().form("/acme/shop/token", &raw), 401, "invalid_client", WRONG_CLIENT);
}

#[test]
fn a_replaced_secret_works_as_long_as_was_said() {
    let world = world();
    let registry = world.registry();
    let client = world.acme.app_client_id();
    let rotated = registry.rotate_credentials(client, Duration::from_secs(60), Actor::Operator);
    let new = world.server.wait(rotated).unwrap().client_secret.unwrap();
    let (id, old) = pair(&world.acme.app_client);
    ask(&world, "/acme/shop", (id, old)).assert_issued();
    ask(&world, "/acme/shop", (id, new.expose())).assert_issued();
    world.server.advance(Duration::from_secs(60));
    ask(&world, "/acme/shop", (id, old)).assert_refused();
    ask(&world, "/acme/shop", (id, new.expose())).assert_issued();
}

#[test]
fn a_deleted_application_is_no_place_and_has_no_client() {
    let world = world();
    let (id, secret) = world.acme.app_client.clone();
    let delete = "UPDATE application SET deleted_at = created WHERE name_key = 'shop' \
                  AND org_id = (SELECT id FROM organization WHERE name_key = 'acme')";
    world.server.sql_for(world.acme.app.id, delete);
    // Memory did not hear of it.
    let world = world.restart();
    let gone = world.guest().client_token("/acme/shop", &id, &secret);
    assert_eq!(gone.error(), (404, "organization_application_not_found"));
    let gone = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    assert_eq!(gone.error(), (404, "organization_application_not_found"));
    ask(&world, "/management", (&id, &secret)).assert_refused();
    ask(&world, "/acme/sandbox", (&id, &secret)).assert_refused();
    ask(&world, "/rival/shop", pair(&world.rival.app_client)).assert_issued();
}
