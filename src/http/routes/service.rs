//! The routes of the service itself: no credentials, no tenant.

use super::{Gives, Operation, Route, route};
use crate::http::usergrid::mail;
use crate::http::{openapi, service};

pub(super) const ROUTES: &[Route] = &[
    route!("/", [Operation::get("Leads to the status.").gives(Gives::Json)], service::root),
    route!("/status", [Operation::get("Product, version and uptime.").gives(Gives::Json)], service::status),
    route!("/lb-status", [Operation::get("The same, for load balancers.").gives(Gives::Json)], service::status),
    route!("/health/live", [Operation::get("Whether the process answers.").gives(Gives::Json)], service::live),
    route!("/health/ready", [Operation::get("Whether the server can serve.").gives(Gives::Json)], service::ready),
    route!("/system/mail", [Operation::get("The outbox of the management plane, newest first.")], mail::of_management),
    route!(
        "/system/mail/{mail}",
        [Operation::get("One mail of the outbox; with its words while it is held.")],
        mail::read_of_management
    ),
    route!("/openapi.json", [Operation::get("This document.").gives(Gives::Json)], openapi::serve),
];
