//! What a stolen application key is worth: its own users and its own client, and nothing beyond (ISO-12, JWT-1, JWT-6).

use serde_json::{Value, json};
use tokengrid::crypto::entropy::{SystemEntropy, uuid_v7};
use tokengrid::domain::authority::Authority;
use tokengrid::domain::client::ClientId;
use tokengrid::domain::clock::Moment;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::token::Algorithm;

use super::mint::{Mint, claims, switch_algorithm, with};
use crate::support::{World, world};

/// Every place that any forged token here claims to reach.
fn doors(world: &World) -> Vec<String> {
    let mut doors = vec!["/management/me".to_owned(), "/management/users/me".to_owned()];
    for tenant in [&world.acme, &world.rival] {
        let org = &tenant.org.name;
        doors.push(format!("/management/orgs/{org}"));
        doors.push(format!("/management/orgs/{org}/credentials"));
        doors.push(format!("/management/orgs/{org}/apps/shop/credentials"));
        for app in ["shop", "sandbox"] {
            doors.push(format!("/{org}/{app}"));
            doors.push(format!("/{org}/{app}/users/me"));
            doors.push(format!("/{org}/{app}/credentials"));
        }
    }
    doors
}

#[track_caller]
fn refused_everywhere(world: &World, what: &Value, token: &str) {
    for door in doors(world) {
        let answer = world.guest().bearer(token).get(&door);
        assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{door} {what}: {}", answer.text);
    }
}

/// What the key of acme/shop may not say, as changes to a good app-user token of it.
fn beyond_its_issuer(world: &World) -> Vec<Value> {
    let (acme, rival, base) = (&world.acme, &world.rival, &world.server.base);
    let management = format!("{base}/management");
    let client = |id: ClientId| id.to_string();
    vec![
        // Another authority than an application vouches for, in this issuer's name and in the right one's.
        json!({ "authority": "admin", "sub": acme.admin.id }),
        json!({ "authority": "admin", "sub": acme.admin.id, "org": null, "app": null }),
        json!({ "authority": "admin", "sub": acme.admin.id, "org": null, "app": null, "iss": management, "aud": management }),
        json!({ "authority": "org_client", "sub": client(ClientId::Org(acme.org.id)) }),
        json!({ "authority": "org_client", "sub": client(ClientId::Org(acme.org.id)), "app": null }),
        json!({ "authority": "org_client", "sub": client(ClientId::Org(acme.org.id)), "app": null,
                "iss": management, "aud": management }),
        json!({ "authority": "superuser" }),
        json!({ "authority": null }),
        // Another tenant, with its own issuer's name and with this one's.
        json!({ "org": rival.org.id }),
        json!({ "org": null }),
        json!({ "app": null }),
        json!({ "app": rival.app.id }),
        json!({ "org": rival.org.id, "app": rival.app.id }),
        json!({ "org": rival.org.id, "app": rival.app.id, "sub": rival.user.id,
                "iss": format!("{base}/rival/shop"), "aud": format!("{base}/rival/shop") }),
        json!({ "app": acme.sandbox.id }),
        json!({ "app": acme.sandbox.id, "iss": format!("{base}/acme/sandbox"), "aud": format!("{base}/acme/sandbox") }),
        // A client that is not this application's.
        json!({ "authority": "app_client", "sub": acme.user.id }),
        json!({ "authority": "app_client", "sub": client(ClientId::App(rival.app.id)) }),
        json!({ "authority": "app_client", "sub": client(ClientId::App(acme.sandbox.id)) }),
        json!({ "authority": "app_client", "sub": client(ClientId::Org(acme.org.id)) }),
        json!({ "sub": client(ClientId::App(acme.app.id)) }),
    ]
}

/// A token's name that was drawn in this second.
fn issued_at(seconds: i64) -> uuid::Uuid {
    uuid_v7(Moment::from_millis(seconds * 1_000), &SystemEntropy)
}

fn badly_written(world: &World) -> Vec<Value> {
    let (base, now) = (&world.server.base, 1_767_225_600_i64);
    let mut written = vec![
        json!({ "iat": now + 61, "jti": issued_at(now + 61) }),
        // The moment of issue is said twice, and a watermark must not depend on which one is read.
        json!({ "iat": now + 1 }),
        json!({ "jti": issued_at(now + 1) }),
        json!({ "jti": issued_at(now - 86_400) }),
        json!({ "nbf": now + 61 }),
        json!({ "nbf": "0" }),
        json!({ "sub": world.acme.user.id.to_string().to_uppercase() }),
        json!({ "sub": world.acme.user.id.uuid().simple().to_string() }),
        json!({ "sub": "me" }),
        // Version 4: it has no moment of issue, so no watermark could ever cover it.
        json!({ "jti": "0f8fad5b-d9cb-469f-a165-70867728950e" }),
        json!({ "jti": "1" }),
    ];
    for time in [json!("1767229200"), json!(1_767_229_200.5), json!([1_767_229_200]), json!({}), json!(1e300)] {
        written.extend([json!({ "exp": time }), json!({ "iat": time })]);
    }
    for other in ["/rival/shop", "/acme/sandbox", "/management", "/acme/shop/", "/ACME/shop", "/acme/shop#", "/acme"] {
        written.extend([json!({ "iss": format!("{base}{other}") }), json!({ "aud": format!("{base}{other}") })]);
    }
    let own = format!("{base}/acme/shop");
    written.extend([
        json!({ "aud": [] }),
        json!({ "aud": [[own]] }),
        json!({ "aud": "" }),
        json!({ "iss": "/acme/shop" }),
    ]);
    let all = ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "authority", "org", "app"];
    written.extend(all.map(|name| json!({ name: null })));
    written
}

/// The same of an application with each kind of key, since each is signed and verified by other code.
fn with_every_algorithm(check: impl Fn(&World, &Mint, &Value)) {
    let world = world();
    for algorithm in Algorithm::ALL {
        switch_algorithm(&world, world.acme.app.id, algorithm);
        let mint = Mint::of(&world, world.acme.app.id);
        assert_eq!(mint.algorithm, algorithm);
        let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
        // The press works: what the server would have said itself is believed.
        let copy = mint.sign(&mint.header(), &genuine);
        assert_eq!(world.guest().bearer(&copy).get("/acme/shop/users/me").status, 200);
        check(&world, &mint, &genuine);
    }
}

#[test]
fn an_applications_key_vouches_for_its_own_users_and_client_alone() {
    with_every_algorithm(|world, mint, genuine| {
        for change in beyond_its_issuer(world) {
            let token = mint.sign(&mint.header(), &with(genuine, &change));
            refused_everywhere(world, &change, &token);
        }
    });
}

#[test]
fn a_claim_that_is_missing_or_of_another_kind_is_never_taken_for_a_good_one() {
    with_every_algorithm(|world, mint, genuine| {
        for change in badly_written(world) {
            let token = mint.sign(&mint.header(), &with(genuine, &change));
            let answer = world.guest().bearer(&token).get("/acme/shop/users/me");
            assert_eq!(answer.error(), (401, "auth_unverified_oath"), "{change}: {}", answer.text);
        }
    });
}

#[test]
fn a_claim_within_the_allowed_skew_and_a_list_of_audiences_are_good() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    let ahead = 1_767_225_660;
    let dated = json!({ "iat": ahead, "jti": issued_at(ahead) });
    // RFC 7519 §4.1.3: an audience may be a list that names this place among others.
    let listed = json!({ "aud": ["https://api.example", genuine["aud"]] });
    for change in [dated, json!({ "nbf": ahead }), json!({ "extra": [1] }), listed] {
        let token = mint.sign(&mint.header(), &with(&genuine, &change));
        assert_eq!(world.guest().bearer(&token).get("/acme/shop/users/me").status, 200, "{change}");
    }
}

#[test]
fn the_management_key_makes_no_token_of_an_application() {
    let world = world();
    let mint = Mint::of(&world, TenantId::MANAGEMENT);
    let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    let management = format!("{}/management", world.server.base);
    for change in [json!({}), json!({ "iss": management, "aud": management })] {
        refused_everywhere(&world, &change, &mint.sign(&mint.header(), &with(&genuine, &change)));
    }
}

#[test]
fn an_admin_or_organization_client_is_not_tied_to_a_tenant_it_does_not_name() {
    let world = world();
    let mint = Mint::of(&world, TenantId::MANAGEMENT);
    let admin = claims(&world.acme.token(&world.guest(), Authority::Admin));
    let client = claims(&world.acme.token(&world.guest(), Authority::OrgClient));
    let changed = [
        with(&admin, &json!({ "org": world.acme.org.id })),
        with(&admin, &json!({ "app": world.acme.app.id })),
        with(&client, &json!({ "app": world.acme.app.id })),
        with(&client, &json!({ "org": world.rival.org.id })),
        with(&client, &json!({ "org": null })),
        with(&client, &json!({ "sub": world.acme.org.id })),
    ];
    for claims in changed {
        refused_everywhere(&world, &claims, &mint.sign(&mint.header(), &claims));
    }
}

#[test]
fn a_key_that_leaked_into_another_tenant_still_speaks_for_its_own_issuer_alone() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let core = &world.server.core;
    // The same key under the same name in rival's ring: equal `kid`s must not make tenants equal.
    let key = super::mint::active_key(&world, world.acme.app.id.into());
    let private = core.vault.open(&tokengrid::crypto::keys::binding(key.tenant, &key.kid), &key.private).unwrap();
    let there = TenantId::from(world.rival.app.id);
    let sealed = core.vault.seal(&tokengrid::crypto::keys::binding(there, &key.kid), &private, &*core.entropy).unwrap();
    let copy = tokengrid::domain::key::SigningKey {
        tenant: there,
        state: tokengrid::domain::key::KeyState::Published,
        private: sealed,
        ..key
    };
    let provision = tokengrid::store::Provision { keys: vec![copy], ..Default::default() };
    core.store.provision(&provision).unwrap();
    let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    let rival = json!({ "org": world.rival.org.id, "app": world.rival.app.id, "sub": world.rival.user.id });
    refused_everywhere(&world, &rival, &mint.sign(&mint.header(), &with(&genuine, &rival)));
    let own = mint.sign(&mint.header(), &genuine);
    assert_eq!(world.guest().bearer(&own).get("/rival/shop/users/me").error(), (401, "unauthorized"));
    assert_eq!(world.guest().bearer(&own).get("/acme/shop/users/me").status, 200);
}
