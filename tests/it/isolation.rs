//! Two tenants with identical names inside, and two applications of one organization: nothing crosses between them
//! (ISO-1, ISO-5, ISO-7, ISO-8, ISO-10).

mod members;
mod rows;
mod users;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::client::ClientId;
use tokengrid::manage::Actor;

use crate::support::{Answer, Client, World, person, world};

/// Every route that needs credentials, below an application and below the management plane.
const BELOW_APP: &[(&str, &str)] = &[
    ("GET", ""),
    ("PUT", ""),
    ("GET", "/users"),
    ("POST", "/users"),
    ("GET", "/users/ann"),
    ("PUT", "/users/ann"),
    ("DELETE", "/users/ann"),
    ("POST", "/users/ann/deactivate"),
    ("POST", "/users/ann/setpin?pin=4711"),
    ("GET", "/users/ann/token"),
    ("PUT", "/users/me"),
    ("GET", "/users/me"),
    ("GET", "/credentials"),
    ("POST", "/credentials"),
    ("PUT", "/users/ann/revoketokens"),
    ("POST", "/users/ann/revoketokens"),
    ("PUT", "/users/ann/revoketoken?token=unknown"),
    ("POST", "/users/ann/revoketoken?token=unknown"),
    ("GET", "/roles"),
    ("POST", "/roles"),
    ("DELETE", "/roles/guest"),
    ("GET", "/roles/guest/permissions"),
    ("DELETE", "/roles/guest/permissions?permission=post:/users"),
    ("POST", "/roles/guest/users/ann"),
    ("GET", "/users/ann/roles"),
    ("GET", "/users/me/following"),
    ("GET", "/groups"),
    ("POST", "/groups"),
    ("GET", "/devices"),
];

#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.error(), (401, "unauthorized"), "{what}: {}", answer.text);
}

/// A world in which acme's sandbox has an ann, too.
fn with_sibling() -> World {
    let world = world();
    let ann = person("ann", "ann@example.test");
    world.server.wait(world.registry().create_user(world.acme.sandbox.id, ann, Actor::Operator)).unwrap();
    world
}

#[test]
fn an_applications_user_and_client_stop_at_its_sibling() {
    let world = with_sibling();
    let sandbox = world.pair(ClientId::App(world.acme.sandbox.id));
    let guest = world.guest();
    let sandbox_user = guest.sign_in("/acme/sandbox", "ann", "correct horse").token();
    let sandbox_token = guest.client_token("/acme/sandbox", &sandbox.0, &sandbox.1).token();
    let (id, secret) = &world.acme.app_client;
    let callers = [
        ("shop's user", "sandbox", world.caller(&world.acme, AppUser)),
        ("shop's client", "sandbox", world.caller(&world.acme, AppClient)),
        ("shop's pair", "sandbox", guest.basic(id, secret)),
        ("sandbox's user", "shop", guest.bearer(&sandbox_user)),
        ("sandbox's client", "shop", guest.bearer(&sandbox_token)),
        ("sandbox's pair", "shop", guest.basic(&sandbox.0, &sandbox.1)),
    ];
    let ids = [("shop", world.acme.app.id), ("sandbox", world.acme.sandbox.id)];
    for (who, door, caller) in callers {
        let id = ids.iter().find(|(name, _)| *name == door).unwrap().1;
        for place in [format!("/acme/{door}"), format!("/{id}"), format!("/{}/{id}", world.acme.org.id)] {
            for &(method, path) in BELOW_APP {
                is_refused(
                    &caller.send(method, &format!("{place}{path}"), None, ""),
                    &format!("{who} {method} {place}{path}"),
                );
            }
        }
    }
    // Whoever is above both reaches both.
    for level in [OrgClient, Admin] {
        for app in ["shop", "sandbox"] {
            assert_eq!(world.caller(&world.acme, level).get(&format!("/acme/{app}")).status, 200, "{level} {app}");
        }
    }
}

#[test]
fn credentials_of_one_tenant_are_wrong_at_the_other() {
    let world = with_sibling();
    let (id, secret) = &world.acme.app_client;
    for place in ["/rival/shop", "/acme/sandbox"] {
        assert_ne!(world.guest().client_token(place, id, secret).status, 200, "{place}");
    }
    let (id, secret) = &world.acme.org_client;
    assert_ne!(world.guest().client_token("/rival/shop", id, secret).status, 200);
    // The same id with the namesake's secret.
    for (acme, rival) in
        [(&world.acme.app_client, &world.rival.app_client), (&world.acme.org_client, &world.rival.org_client)]
    {
        assert_eq!(world.guest().client_token("/management", &acme.0, &rival.1).error(), (401, "invalid_client"));
        assert_eq!(world.guest().basic(&acme.0, &rival.1).get("/acme/shop").status, 401);
    }
    let session = world.guest().sign_in("/acme/shop", "ann", "correct horse");
    let form = format!("grant_type=refresh_token&refresh_token={}", session.text_of("refresh_token"));
    for place in ["/rival/shop", "/acme/sandbox", "/management"] {
        assert_eq!(world.guest().form(&format!("{place}/token"), &form).error(), (400, "invalid_grant"), "{place}");
    }
    assert_eq!(world.guest().form("/acme/shop/token", &form).status, 200, "and it was not spent by that");
}

#[test]
fn an_organization_and_an_application_that_do_not_belong_together_are_no_place() {
    let world = world();
    let (acme, rival) = (&world.acme, &world.rival);
    let mixed = [
        format!("/{}/{}", rival.org.id, acme.app.id),
        format!("/{}/{}", acme.org.id, rival.app.id),
        format!("/rival/{}", acme.app.id),
        format!("/acme/{}", rival.app.id),
        format!("/{}/apps/{}", rival.org.id, acme.app.id),
        format!("/orgs/rival/applications/{}", acme.app.id),
        // An id of another kind.
        format!("/acme/{}", acme.org.id),
        format!("/{}/shop", acme.app.id),
        format!("/acme/{}", acme.user.id),
        format!("/{}", acme.org.id),
        format!("/{}", acme.admin.id),
    ];
    let mut callers: Vec<(String, Client)> = vec![("guest".to_owned(), world.guest())];
    for tenant in [acme, rival] {
        callers
            .extend(Authority::ALL.map(|level| (format!("{} {level}", tenant.org.name), world.caller(tenant, level))));
    }
    for (who, caller) in &callers {
        for place in &mixed {
            for &(method, path) in BELOW_APP {
                let answer = caller.send(method, &format!("{place}{path}"), None, "");
                assert_eq!(answer.status, 404, "{who} {method} {place}{path}: {}", answer.text);
            }
            let token = caller.sign_in(place, "ann", "correct horse");
            assert_eq!(token.status, 404, "{who} {place}: {}", token.text);
            assert_eq!(caller.get(&format!("{place}/.well-known/jwks.json")).status, 404, "{who} {place}");
        }
    }
    let own = world.caller(acme, Admin);
    for app in [rival.app.id, rival.sandbox.id] {
        let path = format!("/management/orgs/acme/apps/{app}/credentials");
        assert_eq!(own.get(&path).status, 404);
        assert_eq!(own.send("POST", &path, None, "").status, 404);
        is_refused(&own.get(&format!("/management/orgs/rival/apps/{app}/credentials")), "rival's own path");
    }
}

#[test]
fn an_id_of_the_other_tenants_user_names_nobody_here() {
    let world = world();
    let rival_ann = world.rival.token(&world.guest(), AppUser);
    let rival_admin = world.rival.token(&world.guest(), Admin);
    let (user, admin) = (world.rival.user.id, world.rival.admin.id);
    for level in [AppClient, OrgClient, Admin] {
        let caller = world.caller(&world.acme, level);
        for path in [
            format!("/acme/shop/users/{user}/revoketokens"),
            format!("/acme/shop/users/{user}/revoketoken?token={rival_admin}"),
            format!("/acme/shop/users/{admin}/revoketokens"),
            "/acme/shop/users/nobody/revoketokens".to_owned(),
            format!("/management/users/{admin}/revoketokens"),
            format!("/management/users/{user}/revoketokens"),
        ] {
            is_refused(&caller.send("PUT", &path, None, ""), &format!("{level} {path}"));
        }
        // The namesake's end is not the other's.
        let answer = caller.send("PUT", "/acme/shop/users/ann/revoketokens", None, "");
        assert_eq!(answer.status, 200, "{level}: {}", answer.text);
    }
    assert_eq!(world.guest().bearer(&rival_ann).get("/rival/shop/users/me").status, 200);
    assert_eq!(world.guest().bearer(&rival_admin).get("/management/users/me").status, 200);
}

/// What headers may say of tenants beside the path, each with the other tenant's names and ids.
fn contradicting_headers(world: &World) -> Vec<(&'static str, String)> {
    let (org, app) = (world.rival.org.id.to_string(), world.rival.app.id.to_string());
    let mut headers = vec![("X-User-Id", world.rival.user.id.to_string())];
    for name in ["X-Org", "X-Organization", "X-Tenant", "X-Tenant-Id", "X-Org-Id", "X-Forwarded-Org", "X-Usergrid-Org"]
    {
        headers.extend([(name, "rival".to_owned()), (name, org.clone())]);
    }
    for name in ["X-App", "X-Application", "X-App-Id", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"] {
        headers.extend([(name, app.clone()), (name, "/rival/shop/users/me".to_owned())]);
    }
    headers
}

/// The same as parameters.
fn contradicting_parameters(world: &World) -> Vec<(&'static str, String)> {
    let (org, app) = (world.rival.org.id.to_string(), world.rival.app.id.to_string());
    vec![
        ("org", org.clone()),
        ("organization", org),
        ("org_name", "rival".to_owned()),
        ("app", app.clone()),
        ("application", app.clone()),
        ("tenant", app.clone()),
        ("tenant_id", app),
        ("user", world.rival.user.id.to_string()),
        ("authority", "admin".to_owned()),
    ]
}

#[test]
fn only_the_path_says_which_tenant_is_meant() {
    let world = world();
    let (headers, parameters) = (contradicting_headers(&world), contradicting_parameters(&world));
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = query.join("&");
    let body: Value = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let named = |answer: &Answer, path: &str| {
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let acme = [world.acme.app.id.to_string(), world.acme.org.id.to_string(), world.acme.app_client.0.clone()];
        assert!(acme.iter().any(|id| answer.text.contains(id)), "{path}: {}", answer.text);
        let without_echo =
            serde_json::to_string(&json!({ "a": answer.json["entities"], "b": answer.json["credentials"],
            "c": answer.json["application"], "d": answer.json["organization"] }))
            .unwrap();
        assert!(!without_echo.contains("rival"), "{path}: {}", answer.text);
        assert!(!without_echo.contains(&world.rival.app.id.to_string()), "{path}: {}", answer.text);
    };
    for (path, level) in [
        ("/acme/shop", AppUser),
        ("/acme/shop/users/me", AppUser),
        ("/acme/shop/credentials", AppClient),
        ("/management/orgs/acme", OrgClient),
        ("/management/orgs/acme/apps/shop/credentials", OrgClient),
    ] {
        let own = world.caller(&world.acme, level);
        let foreign = world.caller(&world.rival, level);
        for (name, value) in &headers {
            let headers = [(*name, value.as_str())];
            named(&own.send_with("GET", path, None, "", &headers), &format!("{path} {name}: {value}"));
            is_refused(&foreign.send_with("GET", path, None, "", &headers), &format!("rival {path} {name}: {value}"));
        }
        named(&own.get(&format!("{path}?{query}")), path);
        is_refused(&foreign.get(&format!("{path}?{query}")), path);
    }
    let own = world.caller(&world.acme, OrgClient);
    named(&own.json("/acme/shop/credentials", &body), "a body that names the other tenant");
    assert_eq!(world.pair(ClientId::App(world.rival.app.id)), world.rival.app_client);
    is_refused(&world.caller(&world.rival, OrgClient).json("/acme/shop/credentials", &body), "rival's body");
}

#[test]
fn a_sign_in_is_made_where_the_path_says_whatever_else_is_said() {
    let world = world();
    let (headers, parameters) = (contradicting_headers(&world), contradicting_parameters(&world));
    let mut body = json!({ "grant_type": "password", "username": "ann", "password": "correct horse" });
    for (name, value) in &parameters {
        body[*name] = json!(value);
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = body.to_string();
    let answer = world.guest().send_with("POST", "/acme/shop/token", Some("application/json"), &text, &headers);
    assert_eq!(answer.json["user"]["uuid"], world.acme.user.id.to_string(), "{}", answer.text);
    let caller = world.guest().bearer(&answer.token());
    assert_eq!(caller.get("/acme/shop/users/me").status, 200);
    is_refused(&caller.get("/rival/shop/users/me"), "the other tenant");
}

#[test]
fn what_one_tenant_changes_leaves_the_namesake_as_it_was() {
    let world = world();
    let before = rows::of(&world, &world.rival);
    let own = world.caller(&world.acme, Admin);
    for path in ["/acme/shop/credentials", "/management/orgs/acme/credentials"] {
        assert_eq!(own.send("POST", path, None, "").status, 200);
    }
    assert_eq!(own.send("PUT", "/acme/shop/users/ann/revoketokens", None, "").status, 200);
    assert_eq!(own.send("PUT", "/management/users/me/revoketokens", None, "").status, 200);
    world.server.wait(async {
        let registry = world.registry();
        let keys = registry.rotate_keys(world.acme.app.id.into(), tokengrid::manage::Promotion::Now, Actor::Operator);
        keys.await.unwrap();
        registry.maintain().await.unwrap();
    });
    rows::same(&before, &rows::of(&world, &world.rival));
    for level in Authority::ALL {
        assert!(!world.rival.token(&world.guest(), level).is_empty(), "{level} of rival signs in as before");
    }
}
