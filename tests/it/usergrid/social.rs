//! `SecurityIT` as far as it concerns sign-in by other services, and the external SSO rows of `ManagementResourceIT`.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient};
use tokengrid::domain::tenant::Switch;

use crate::support::{Host, Says, World, world_with};

/// A world whose shop reaches every service at the host.
fn shop(host: &Host) -> World {
    let world = world_with(|settings| settings.upstream.allow_private = Switch::On);
    for provider in ["facebook", "foursquare", "pingident"] {
        let settings = json!({ "api_url": host.url("/me"), "client_id": "shop", "client_secret": "word" });
        let path = format!("/management/orgs/acme/apps/shop/sia-provider?provider_key={provider}");
        assert_eq!(world.caller(&world.acme, Admin).json(&path, &settings).status, 200);
    }
    world
}

/// A guest is refused before anyone outside is asked, and let in by the permission on this path alone.
fn guest_needs_a_permission(provider: &str, parameter: &str, account: serde_json::Value) {
    let host = Host::start(Says::json(account));
    let world = shop(&host);
    let path = format!("/acme/shop/auth/{provider}?{parameter}=outside");
    assert_eq!(world.guest().get(&path).error(), (401, "unauthorized"));
    assert_eq!(world.guest().get(&format!("/acme/shop/auth/{provider}")).error(), (401, "unauthorized"));
    assert_eq!(host.count(), 0, "nobody was asked");
    let grant = json!({ "permission": format!("get:/auth/{provider}") });
    let granted = world.caller(&world.acme, AppClient).json("/acme/shop/roles/guest/permissions", &grant);
    assert_eq!(granted.status, 200, "{}", granted.text);
    let answer = world.guest().get(&path);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["user"]["activated"], true);
    let own = world.guest().bearer(&answer.token()).get("/acme/shop/users/me");
    assert_eq!(own.json["entities"][0]["uuid"], answer.json["user"]["uuid"]);
    assert_eq!(world.guest().form(&format!("/acme/shop/auth/{provider}"), "x=y").error(), (401, "unauthorized"));
}

#[test]
fn security_it_test_facebook_auth_no_credentials() {
    guest_needs_a_permission("facebook", "fb_access_token", json!({ "id": "42", "name": "Bob" }));
}

#[test]
fn security_it_test_foursquare_auth_no_credentials() {
    let account = json!({ "response": { "user": { "id": "42", "firstName": "Bob" } } });
    guest_needs_a_permission("foursquare", "fq_access_token", account);
}

#[test]
fn security_it_test_ping_identity_auth_no_credentials() {
    let account = json!({ "access_token": { "username": "bob@corp.test" }, "expires_in": 60 });
    guest_needs_a_permission("pingident", "ping_access_token", account);
}

/// With another server that speaks for admins an ordinary password is refused by its address.
#[test]
fn management_resource_it_test_validate_external_token() {
    let world = world_with(|settings| {
        settings.sso.mode = tokengrid::config::SsoKind::Central;
        settings.sso.url = "https://central.example.test".to_owned();
    });
    let answer = world.guest().sign_in("/management", "acme-admin", crate::support::PASSWORD);
    assert_eq!(answer.error(), (400, "invalid_grant"));
    let said = answer.text_of("error_description");
    assert_eq!(said, "admin users must login via https://central.example.test");
}
