//! The routes of the service itself: no credentials, no tenant.

use super::{Operation, Route, route};
use crate::http::service;

pub(super) const ROUTES: &[Route] = &[
    route!("/", [Operation::get("Leads to the status.")], service::root),
    route!("/status", [Operation::get("Product, version and uptime.")], service::status),
    route!("/lb-status", [Operation::get("The same, for load balancers.")], service::status),
    route!("/health/live", [Operation::get("Whether the process answers.")], service::live),
    route!("/health/ready", [Operation::get("Whether the server can serve.")], service::ready),
];
