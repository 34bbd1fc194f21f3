//! The list of routes and the router say the same, so that whoever walks the list walks everything.

use std::collections::BTreeSet;

use tokengrid::http::routes::ROUTES;

use crate::support::world;

const ROUTER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/routes.rs"));

fn instance(route: &str) -> String {
    let user = if route.starts_with("/management/") { "acme-admin" } else { "ann" };
    route.replace("{org}", "acme").replace("{app}", "shop").replace("{user}", user)
}

#[test]
fn every_listed_route_serves_its_methods_and_no_other() {
    let world = world();
    for (methods, route) in ROUTES {
        let methods: Vec<&str> = methods.split(", ").collect();
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] {
            let answer = world.guest().send(method, &instance(route), None, "");
            if method == "HEAD" {
                // RFC 9110 §9.3.2: what GET serves, HEAD serves without a body.
                assert_eq!(answer.status == 405, !methods.contains(&"GET"), "{method} {route}");
                assert_eq!(answer.text, "", "{method} {route}");
            } else if methods.contains(&method) {
                assert!(![404, 405, 500, 501].contains(&answer.status), "{method} {route}: {}", answer.text);
            } else {
                assert_eq!(answer.error(), (405, "not_allowed"), "{method} {route}: {}", answer.text);
            }
        }
    }
}

/// The routes that `configure` adds: the text between its first line and its end, one `on(` each, below the path of
/// its scope.
fn configured() -> BTreeSet<(String, String)> {
    let (_, rest) = ROUTER.split_once("pub fn configure").expect("the router is configured in one function");
    let (body, _) = rest.split_once("\n}").expect("a function ends");
    let mut scopes = body.split("web::scope(");
    let outside = scopes.next().map(|text| ("", text));
    let inside = scopes.map(|text| text.split('"').nth(1).zip(Some(text)).expect("a scope has a path"));
    outside.into_iter().chain(inside).flat_map(|(scope, text)| added(scope, text)).collect()
}

fn added(scope: &str, text: &str) -> Vec<(String, String)> {
    let added = text.split("(on(").skip(1).filter_map(|call| {
        let mut quoted = call.split('"');
        let path = format!("{scope}{}", quoted.nth(1)?.replace("{users:users?}", "users"));
        let methods = quoted.next()?.split(',').nth(1)?.trim().replace('_', ", ");
        Some((methods, path))
    });
    added.collect()
}

#[test]
fn the_list_names_every_route_that_the_router_has() {
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(methods, path)| ((*methods).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed.len(), ROUTES.len(), "a route is listed twice");
    assert_eq!(configured(), listed);
    let services = ROUTER.matches(".service(").count();
    // The two services that are no routes are the scopes of the two planes.
    assert_eq!(services, ROUTES.len() + 2, "a route was added in a way that this test cannot read");
}

#[test]
fn what_is_not_listed_is_404_for_everyone() {
    let world = world();
    let token = world.acme.token(&world.guest(), tokengrid::domain::authority::Authority::Admin);
    for caller in [world.guest(), world.guest().bearer(&token)] {
        for path in ["/acme", "/acme/shop/nothing", "/acme/shop/users", "/management", "/management/orgs", "/system"] {
            assert_eq!(caller.get(path).error(), (404, "not_found"), "{path}");
        }
        for path in ["/acme/none", "/none/shop", "/acme/none/credentials", "/acme/none/token"] {
            assert_eq!(caller.get(path).error(), (404, "organization_application_not_found"), "{path}");
        }
    }
}
