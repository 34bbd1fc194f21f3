//! The list of routes and the router say the same, so that whoever walks the list walks everything.

use std::collections::BTreeSet;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::permission::Verb;
use tokengrid::domain::tenant::ClientRegistration;
use tokengrid::http::routes;

use crate::support::{world, world_with};

fn instance(route: &str) -> String {
    let user = if route.starts_with("/management/") { "acme-admin" } else { "ann" };
    route.replace("{org}", "acme").replace("{app}", "shop").replace("{user}", user)
}

#[test]
fn every_listed_route_serves_its_methods_and_no_other() {
    // Where clients do not register themselves there is no such route.
    let world = world_with(|settings| settings.management.registration_of_clients = ClientRegistration::Token);
    let registers =
        world.caller(&world.acme, Authority::Admin).put("/acme/shop", &json!({ "registration_of_clients": "token" }));
    assert_eq!(registers.status, 200, "{}", registers.text);
    for (path, route) in routes::all() {
        let serves = |verb: Verb| route.operations.iter().any(|operation| operation.verb == verb);
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] {
            let answer = world.guest().send(method, &instance(&path), None, "");
            if method == "HEAD" {
                // RFC 9110 §9.3.2: what GET serves, HEAD serves without a body.
                assert_eq!(answer.status == 405, !serves(Verb::Get), "{method} {path}");
                assert_eq!(answer.text, "", "{method} {path}");
            } else if Verb::of_method(method).is_some_and(serves) {
                assert!(![405, 500].contains(&answer.status), "{method} {path}: {}", answer.text);
                assert_ne!(answer.json["error"], "not_found", "{method} {path}: {}", answer.text);
            } else {
                let is_whole = method == "DELETE" && path == "/{org}/{app}/users";
                let code = if is_whole { "unsupported_service_operation" } else { "not_allowed" };
                assert_eq!(answer.error(), (405, code), "{method} {path}: {}", answer.text);
            }
        }
    }
}

#[test]
fn no_route_and_no_method_is_listed_twice() {
    let mut paths = BTreeSet::new();
    for (path, route) in routes::all() {
        assert!(paths.insert(path.clone()), "{path}");
        let verbs: BTreeSet<Verb> = route.operations.iter().map(|operation| operation.verb).collect();
        assert_eq!(verbs.len(), route.operations.len(), "{path}");
        for operation in route.operations {
            assert!(operation.summary.ends_with('.'), "{path}: {}", operation.summary);
        }
    }
}

#[test]
fn what_is_not_listed_is_404_for_everyone() {
    let world = world();
    let token = world.acme.token(&world.guest(), tokengrid::domain::authority::Authority::Admin);
    for caller in [world.guest(), world.guest().bearer(&token)] {
        for path in [
            "/acme",
            "/acme/shop/nothing",
            "/acme/shop/users/ann/nothing",
            "/management",
            "/management/nothing",
            "/system",
        ] {
            assert_eq!(caller.get(path).error(), (404, "not_found"), "{path}");
        }
        for path in ["/acme/none", "/none/shop", "/acme/none/credentials", "/acme/none/token"] {
            assert_eq!(caller.get(path).error(), (404, "organization_application_not_found"), "{path}");
        }
    }
}

#[test]
fn only_who_may_ask_hears_that_there_is_no_asset() {
    let world = world();
    let admin = world.caller(&world.acme, tokengrid::domain::authority::Authority::Admin);
    let path = "/acme/shop/assets/8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc/data";
    assert_eq!(admin.get(path).error(), (404, "not_found"));
    assert_eq!(world.guest().get(path).error(), (401, "unauthorized"));
}
