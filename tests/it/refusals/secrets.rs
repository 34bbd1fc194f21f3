//! No row of a refusal holds a secret, wherever in the request it came.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::clock::Clock;
use tokengrid::domain::id::TenantId;

use super::told;
use crate::support::world;

/// Every row of every tenant here, as text.
fn rows(world: &crate::support::World) -> String {
    let (store, now) = (&world.server.core.store, world.server.clock.now());
    let tenants = [world.acme.app.id.into(), world.rival.app.id.into(), TenantId::MANAGEMENT];
    tenants.map(|tenant| format!("{:?}", store.list_refusals(tenant, None, now, 500).unwrap())).concat()
}

#[test]
fn no_row_holds_a_secret() {
    let world = crate::support::world_with(|settings| settings.explain.per_minute = 600);
    let guest = world.guest();
    let signed_in = guest.sign_in("/acme/shop", "ann", "correct horse");
    let (token, refresh) = (signed_in.token(), signed_in.text_of("refresh_token").to_owned());
    let foreign = world.rival.token(&guest, Authority::AppUser);
    let (id, secret) = world.rival.app_client.clone();
    let (_, own_secret) = world.acme.app_client.clone();
    let secrets =
        ["hunter2-password", "hunter2-pin", "hunter2-other", &token, &refresh, &foreign, &secret, &own_secret];
    for place in ["/acme/shop", "/management"] {
        for secret in secrets {
            let path = format!("{place}/token");
            for name in
                ["password", "pin", "client_secret", "refresh_token", "access_token", "token", "fb_access_token"]
            {
                for grant in ["password", "pin", "client_credentials", "refresh_token", "nothing"] {
                    let mut body = json!({ "grant_type": grant, "username": "ann", "client_id": id });
                    body[name] = json!(secret);
                    guest.json(&path, &body);
                }
                guest.form(&path, &format!("grant_type=password&username=ann&client_id={id}&{name}={secret}"));
                guest.get(&format!("{path}?grant_type=password&username=ann&client_id={id}&{name}={secret}"));
            }
            // At places where it does not belong.
            for name in ["grant_type", "username", "email", "client_id", "scope", "ttl", "callback", secret] {
                guest.form(&path, &format!("password=x&client_secret=y&{name}={secret}"));
            }
            guest.basic(&id, secret).form(&path, "grant_type=client_credentials");
            guest.basic(secret, "x").form(&path, "grant_type=client_credentials");
            let me = format!("{place}{}", if place == "/management" { "/users/acme-admin" } else { "/users/me" });
            guest.basic(&id, secret).get(&me);
            guest.bearer(&format!("{secret}x")).get(&me);
            guest.get(&format!("{me}?access_token={secret}x"));
            guest.get(&format!("{place}/users/{secret}"));
            guest.bearer(&format!("{secret}, Basic {}", STANDARD.encode(secret))).get(&me);
            // A minute's room for each.
            world.server.advance(std::time::Duration::from_secs(61));
            guest.json(&path, &json!({ "grant_type": "password", "username": "nobody", "password": secret }));
            world.server.wait(async { told_all(&world).await });
        }
    }
    let rows = rows(&world);
    assert!(rows.len() > 100_000, "there is much to search: {}", rows.len());
    for secret in secrets {
        assert!(!rows.contains(secret), "{secret}");
        assert!(!rows.contains(&STANDARD.encode(secret)), "{secret} in base64");
        if let Some(signature) = secret.split('.').nth(2) {
            assert!(!rows.contains(signature), "the signature of {secret}");
        }
    }
}

/// Waits until what was refused is written.
async fn told_all(world: &crate::support::World) {
    let refused = world.guest().sign_in("/acme/shop", "nobody", "x");
    told(world, &refused);
}

#[test]
fn a_username_is_shown_by_its_first_letter_and_length() {
    let world = world();
    let refused = world.guest().sign_in("/acme/shop", "somebody@example.test", "wrong");
    let inputs = told(&world, &refused)["inputs"].clone();
    assert_eq!(inputs["username"], "s… (21 characters)");
    assert!(!inputs.to_string().contains("somebody"));
    let (id, _) = &world.acme.app_client;
    let refused = world.guest().client_token("/acme/shop", id, "wrong");
    assert_eq!(told(&world, &refused)["inputs"]["client_id"], id.as_str());
}
