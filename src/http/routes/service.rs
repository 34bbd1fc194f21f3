//! The routes of the service itself: no credentials, no tenant.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::oauth::discovery;
use crate::http::usergrid::mail;
use crate::http::usergrid::management::system;
use crate::http::{openapi, service};

pub(super) const ROUTES: &[Route] = &[
    route!("/", [Operation::get("Leads to the status.").gives(Gives::Json)], service::root),
    route!("/status", [Operation::get("Product, version and uptime.").gives(Gives::Json)], service::status),
    route!("/lb-status", [Operation::get("The same, for load balancers.").gives(Gives::Json)], service::status),
    route!("/status/heap", [Operation::get("The memory of the process.")], system::heap),
    route!(
        "/system/superuser/setup",
        [Operation::put("Sets the superuser up.").takes(Takes::Nothing)],
        system::superuser_setup
    ),
    route!(
        "/system/database/setup",
        [Operation::put("Sets the database up.").takes(Takes::Nothing)],
        system::database_setup
    ),
    route!(
        "/system/database/bootstrap",
        [Operation::put("Prepares the database.").takes(Takes::Nothing)],
        system::database_bootstrap
    ),
    route!(
        "/testproperties",
        [
            Operation::get("The server's switches, in a conformance run.").gives(Gives::Json),
            Operation::post("Turns switches.").gives(Gives::Json),
        ],
        system::test_properties
    ),
    route!("/health/live", [Operation::get("Whether the process answers.").gives(Gives::Json)], service::live),
    route!("/health/ready", [Operation::get("Whether the server can serve.").gives(Gives::Json)], service::ready),
    route!("/system/mail", [Operation::get("The outbox of the management plane, newest first.")], mail::of_management),
    route!(
        "/system/mail/{mail}",
        [Operation::get("One mail of the outbox; with its words while it is held.")],
        mail::read_of_management
    ),
    route!(
        "/.well-known/openid-configuration/management",
        [Operation::get("What the issuer of this path says of itself.").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/openid-configuration/{org}/{app}",
        [Operation::get("What the issuer of this path says of itself.").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/oauth-authorization-server/management",
        [Operation::get("What the issuer of this path says of itself.").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/oauth-authorization-server/{org}/{app}",
        [Operation::get("What the issuer of this path says of itself.").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/oauth-protected-resource/management",
        [Operation::get("What the plane of this path says of itself.").gives(Gives::Json)],
        discovery::resource
    ),
    route!(
        "/.well-known/oauth-protected-resource/{org}/{app}",
        [Operation::get("What the plane of this path says of itself.").gives(Gives::Json)],
        discovery::resource
    ),
    route!("/openapi.json", [Operation::get("This document.").gives(Gives::Json)], openapi::serve),
];
