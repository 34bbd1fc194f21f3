//! Client authentication and the client credentials grant of RFC 6749, for registered clients.

use serde_json::json;

use crate::clients::{ask, by_basic, form, refresh, registered, service, sign_in, text};
use crate::support::world;

const OWN: (&str, &str) = ("grant_type", "client_credentials");

#[test]
fn s2_3_a_client_uses_one_method_and_no_other() {
    let world = world();
    let basic = service(&world);
    let (id, secret) = (text(&basic, "client_id"), text(&basic, "client_secret"));
    let in_body = [OWN, ("client_id", id), ("client_secret", secret)];
    assert_eq!(ask(&world.guest().basic(id, secret), &in_body).error(), (400, "invalid_request"), "two at once");
    assert_eq!(ask(&world.guest().basic(id, secret), &[OWN, ("client_id", "other")]).error(), (400, "invalid_request"));
    assert_eq!(ask(&world.guest().basic(id, secret), &[OWN, ("client_id", id)]).status, 200);
    assert_eq!(ask(&world.guest(), &in_body).error(), (401, "invalid_client"), "it registered for Basic");
    assert_eq!(ask(&world.guest(), &[OWN, ("client_id", id)]).error(), (401, "invalid_client"));
    let post = registered(
        &world,
        json!({
            "client_name": "Post", "grant_types": ["client_credentials"], "scope": "api",
            "token_endpoint_auth_method": "client_secret_post",
        }),
    );
    let (id, secret) = (text(&post, "client_id"), text(&post, "client_secret"));
    assert_eq!(ask(&world.guest(), &[OWN, ("client_id", id), ("client_secret", secret)]).status, 200);
    assert_eq!(ask(&by_basic(&world, &post), &[OWN]).error(), (401, "invalid_client"));
}

#[test]
fn s2_3_1_both_parts_of_basic_are_form_decoded() {
    let world = world();
    let client = service(&world);
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let caller = world.guest().basic(&escape(text(&client, "client_id")), &escape(text(&client, "client_secret")));
    assert_eq!(ask(&caller, &[OWN]).status, 200);
}

#[test]
fn s2_3_1_secrets_are_not_taken_from_the_url_where_that_is_switched_off() {
    let world = world();
    let client = service(&world);
    let query =
        form(&[OWN, ("client_id", text(&client, "client_id")), ("client_secret", text(&client, "client_secret"))]);
    assert_ne!(world.guest().get(&format!("/acme/shop/token?{query}")).status, 200, "nor anywhere: it is for Basic");
}

#[test]
fn s3_2_1_and_5_2_a_failed_client_is_401_and_basic_is_challenged() {
    let world = world();
    let client = service(&world);
    let failed = ask(&world.guest().basic(text(&client, "client_id"), "wrong"), &[OWN]);
    assert_eq!(failed.error(), (401, "invalid_client"));
    assert!(failed.header("www-authenticate").starts_with("Basic realm="));
    assert_eq!((failed.header("cache-control"), failed.header("pragma")), ("no-store", "no-cache"));
    let unknown = ask(&world.guest().basic("Y2w6AAAAAAAAAAAAAAAAAAAABw", "wrong"), &[OWN]);
    assert_eq!((unknown.status, unknown.less_trace()), (failed.status, failed.less_trace()));
    let by_body = [OWN, ("client_id", text(&client, "client_id")), ("client_secret", "wrong")];
    let failed = ask(&world.guest(), &by_body);
    assert_eq!((failed.status, failed.header("www-authenticate")), (401, ""));
}

#[test]
fn s4_4_only_a_confidential_client_asks_for_itself_and_gets_no_refresh_token() {
    let world = world();
    let answer = ask(&by_basic(&world, &service(&world)), &[OWN]);
    assert_eq!((answer.status, answer.json.get("refresh_token")), (200, None));
    assert_eq!(answer.text_of("token_type"), "Bearer");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    // Nothing is shown beside the token that RFC 6749 does not know.
    let mut members: Vec<_> = answer.json.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["access_token", "expires_in", "scope", "token_type"]);
}

#[test]
fn s6_a_refresh_token_is_its_clients_and_proof_is_owed_every_time() {
    let world = world();
    let client = service(&world);
    let begun = sign_in(&by_basic(&world, &client), None);
    let token = begun.text_of("refresh_token");
    let id = text(&client, "client_id");
    for caller in [world.guest().basic(id, ""), world.guest().basic(id, "wrong")] {
        assert_eq!(refresh(&caller, token, &[]).error(), (401, "invalid_client"));
    }
    assert_eq!(refresh(&world.guest(), token, &[("client_id", id)]).error(), (401, "invalid_client"));
    let (app, secret) = &world.acme.app_client;
    assert_eq!(refresh(&world.guest().basic(app, secret), token, &[]).error(), (400, "invalid_grant"));
    assert_eq!(refresh(&by_basic(&world, &client), token, &[]).status, 200, "nothing of that burnt it");
}
