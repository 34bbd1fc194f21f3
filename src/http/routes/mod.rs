//! Every route of the server, one line each, in three lists: the service itself, the management plane, and the plane
//! of an application. The router, the tests that walk all routes, and the OpenAPI document read the same lists.
//!
//! Paths come here in one form: aliases, UUID forms, doubled and trailing slashes were rewritten before
//! (`extract::path`); `/~/{uuid}` is an application by its UUID.

mod application;
mod clients;
mod issuer;
mod management;
mod members;
mod operation;
mod service;

use actix_web::{Resource, web};

use crate::domain::permission::Verb;
use crate::domain::place::Place;
use crate::http::service::{method_not_allowed, unknown_route};
use crate::http::usergrid::empty;
pub use operation::{Gives, Operation, Takes};

/// One path with what it serves.
pub struct Route {
    /// Below its plane, in the router's notation: `/{users:users?}/{user}` also matches Usergrid's singular.
    pub path: &'static str,
    pub operations: &'static [Operation],
    resource: fn(&Self) -> Resource,
}

/// A path, its operations in the order of the `Allow` header, and the one handler that serves them.
macro_rules! route {
    ($path:literal, [$($operation:expr),+ $(,)?], $handler:path) => {
        $crate::http::routes::Route {
            path: $path,
            operations: &[$($operation),+],
            resource: |route| $crate::http::routes::on(route, $handler),
        }
    };
}
use route;

impl Route {
    /// The path as documents show it: names alone between braces, the plural where both are served.
    pub fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.path.len());
        let mut rest = self.path;
        while let Some((before, tail)) = rest.split_once('{') {
            let (inside, after) = tail.split_once('}').unwrap_or((tail, ""));
            shown.push_str(before);
            match inside.split_once(':') {
                Some((_, pattern)) if pattern.ends_with("s?") => shown.push_str(pattern.trim_end_matches('?')),
                Some((name, _)) => shown.push_str(&format!("{{{name}}}")),
                None => shown.push_str(&format!("{{{inside}}}")),
            }
            rest = after;
        }
        shown.push_str(rest);
        shown
    }

    /// The `Allow` header of a 405: HEAD stands beside GET (RFC 9110 §9.3.2), and every path answers OPTIONS.
    fn allowed(&self) -> String {
        let verbs = self.operations.iter().map(|operation| match operation.verb {
            Verb::Get => "GET, HEAD",
            other => other.as_str(),
        });
        verbs.chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a place serves this path below it.
pub fn serves(place: &Place, path: &str) -> bool {
    let lists: &[&[Route]] = match place {
        Place::Management => &[management::ROUTES, clients::ROUTES, issuer::ROUTES],
        Place::App { .. } => &[application::ROUTES, members::ROUTES, issuer::ROUTES],
    };
    lists.iter().flat_map(|list| list.iter()).any(|route| route.path == path)
}

/// Every route with its full path as documents show it.
pub fn all() -> impl Iterator<Item = (String, &'static Route)> {
    let planes = [
        ("", service::ROUTES),
        ("/management", management::ROUTES),
        ("/management", issuer::ROUTES),
        ("/management", clients::ROUTES),
        ("/{org}/{app}", application::ROUTES),
        ("/{org}/{app}", members::ROUTES),
        ("/{org}/{app}", issuer::ROUTES),
    ];
    planes
        .into_iter()
        .flat_map(|(plane, routes)| routes.iter().map(move |route| (plane.to_owned() + &route.shown(), route)))
}

/// Adds every route. The management plane comes before `{org}`: its word is a reserved name. Within a plane the router
/// tries paths in the order of the list.
pub fn configure(config: &mut web::ServiceConfig) {
    let plane = |path: &str, routes: &[&'static [Route]]| {
        let routes = routes.iter().flat_map(|list| list.iter());
        routes.fold(web::scope(path), |scope, route| scope.service((route.resource)(route)))
    };
    for route in service::ROUTES {
        config.service((route.resource)(route));
    }
    config
        .service(
            plane("/management", &[management::ROUTES, clients::ROUTES, issuer::ROUTES])
                .default_service(web::to(unknown_route)),
        )
        .service(
            plane("/{org}/{app}", &[application::ROUTES, members::ROUTES, issuer::ROUTES])
                .default_service(web::to(empty::unknown)),
        )
        .default_service(web::to(unknown_route));
}

/// One path with its methods, HEAD beside GET (RFC 9110 §9.3.2); any other method is 405.
fn on<F, Args>(route: &Route, handler: F) -> Resource
where
    F: actix_web::Handler<Args> + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    let allowed = route.allowed();
    route
        .operations
        .iter()
        .flat_map(|operation| operation::methods(operation.verb))
        .fold(web::resource(route.path), |resource, method| {
            resource.route(web::method(method.clone()).to(handler.clone()))
        })
        .default_service(web::to(move |call| method_not_allowed(call, allowed.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: Route = route!("/{users:users?}/{user}/x/{path:.+}", [Operation::get("Reads.")], unknown_route);

    #[test]
    fn documents_show_the_plural_and_bare_names() {
        assert_eq!(ROUTE.shown(), "/users/{user}/x/{path}");
        assert_eq!(ROUTE.allowed(), "GET, HEAD, OPTIONS");
    }
}
