//! Every route of the server. Paths come here in one form: aliases, UUID forms, doubled and trailing slashes were
//! rewritten before (`extract::path`); `/~/{uuid}` is an application by its UUID.

use actix_web::http::Method;
use actix_web::{Resource, web};

use super::oauth::{jwks, token};
use super::service;
use super::usergrid::{application, credentials, management, revoke};

/// One line of the route list, for tests and documents that walk all routes.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/status"),
    ("GET", "/lb-status"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET, POST", "/management/token"),
    ("GET, POST", "/management/me"),
    ("GET", "/management/.well-known/jwks.json"),
    ("GET", "/management/users/{user}"),
    ("PUT, POST", "/management/users/{user}/revoketokens"),
    ("PUT, POST", "/management/users/{user}/revoketoken"),
    ("GET", "/management/orgs/{org}"),
    ("GET, POST", "/management/orgs/{org}/credentials"),
    ("GET, POST", "/management/orgs/{org}/apps/{app}/credentials"),
    ("GET, POST", "/{org}/{app}/token"),
    ("GET", "/{org}/{app}/.well-known/jwks.json"),
    ("GET", "/{org}/{app}"),
    ("GET", "/{org}/{app}/users/me"),
    ("GET, POST", "/{org}/{app}/credentials"),
    ("PUT, POST", "/{org}/{app}/users/{user}/revoketokens"),
    ("PUT, POST", "/{org}/{app}/users/{user}/revoketoken"),
];

/// What a route serves, beside `OPTIONS`, which every path answers.
struct Methods {
    served: &'static [Method],
    /// The `Allow` header of a 405.
    allowed: &'static str,
}

const GET: Methods = Methods { served: &[Method::GET, Method::HEAD], allowed: "GET, HEAD, OPTIONS" };
const GET_POST: Methods =
    Methods { served: &[Method::GET, Method::HEAD, Method::POST], allowed: "GET, HEAD, POST, OPTIONS" };
const PUT_POST: Methods = Methods { served: &[Method::PUT, Method::POST], allowed: "PUT, POST, OPTIONS" };

/// Adds every route. The management plane comes before `{org}`: its word is a reserved name. Within a plane the paths
/// that are asked for most come first, since the router tries them in order.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(on("/", GET, service::root))
        .service(on("/status", GET, service::status))
        .service(on("/lb-status", GET, service::status))
        .service(on("/health/live", GET, service::live))
        .service(on("/health/ready", GET, service::ready))
        .service(
            web::scope("/management")
                .service(on("/token", GET_POST, token::exchange))
                .service(on("/me", GET_POST, management::me))
                .service(on("/.well-known/jwks.json", GET, jwks::keys))
                .service(on("/users/{user}", GET, management::read_admin))
                .service(on("/users/{user}/revoketokens", PUT_POST, revoke::all_of_admin))
                .service(on("/users/{user}/revoketoken", PUT_POST, revoke::one_of_admin))
                .service(on("/orgs/{org}", GET, management::read_organization))
                .service(on("/orgs/{org}/credentials", GET_POST, credentials::of_organization))
                .service(on(
                    "/orgs/{org}/apps/{app}/credentials",
                    GET_POST,
                    credentials::of_application_in_organization,
                ))
                .default_service(web::to(service::unknown_route)),
        )
        .service(
            web::scope("/{org}/{app}")
                .service(on("/token", GET_POST, token::exchange))
                .service(on("", GET, application::read))
                .service(on("/.well-known/jwks.json", GET, jwks::keys))
                .service(on("/credentials", GET_POST, credentials::of_application))
                .service(on("/{users:users?}/me", GET, application::read_me))
                .service(on("/{users:users?}/{user}/revoketokens", PUT_POST, revoke::all_of_user))
                .service(on("/{users:users?}/{user}/revoketoken", PUT_POST, revoke::one_of_user))
                .default_service(web::to(service::unknown_route)),
        )
        .default_service(web::to(service::unknown_route));
}

/// One path with its methods, HEAD beside GET (RFC 9110 §9.3.2); any other method is 405.
fn on<F, Args>(path: &str, methods: Methods, handler: F) -> Resource
where
    F: actix_web::Handler<Args> + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    let Methods { served, allowed } = methods;
    served
        .iter()
        .fold(web::resource(path), |resource, method| resource.route(web::method(method.clone()).to(handler.clone())))
        .default_service(web::to(move |call| service::method_not_allowed(call, allowed)))
}
