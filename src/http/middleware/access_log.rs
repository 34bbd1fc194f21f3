//! One event for each request, at the boundary: the matched route and never the path or query as they came.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest};

use super::request_id::RequestId;
use crate::domain::authority::Authority;
use crate::domain::name::TenantName;

/// The route of a request that matched none, or was answered before routing.
pub const UNMATCHED: &str = "unmatched";

/// What a handler adds to the log line of its request.
#[derive(Clone, Debug, Default)]
pub struct AccessFields {
    pub org: Option<TenantName>,
    pub app: Option<TenantName>,
    pub grant_type: Option<&'static str>,
    pub authority: Option<Authority>,
    /// The error code that was answered, or `ok`.
    pub outcome: Option<&'static str>,
}

impl AccessFields {
    /// Adds to what is known of a request; may be called any number of times.
    pub fn note(request: &HttpRequest, add: impl FnOnce(&mut Self)) {
        let mut extensions = request.extensions_mut();
        if let Some(fields) = extensions.get_mut::<Self>() {
            add(fields);
        } else {
            let mut fields = Self::default();
            add(&mut fields);
            extensions.insert(fields);
        }
    }
}

/// A request that has been answered, for the log and the metrics.
#[derive(Debug)]
pub struct Completed<'a> {
    pub method: &'a Method,
    /// The route's pattern, as `/{org}/{app}/token`, or [`UNMATCHED`].
    pub route: &'a str,
    pub status: StatusCode,
    /// Until the answer's head was ready.
    pub duration: Duration,
    pub request_id: &'a RequestId,
    pub fields: &'a AccessFields,
}

impl Completed<'_> {
    /// Writes the event.
    pub fn log(&self) {
        tracing::info!(
            target: "tokengrid::access",
            method = self.method.as_str(),
            route = self.route,
            status = self.status.as_u16(),
            duration_ms = self.duration.as_secs_f64() * 1_000.0,
            request_id = self.request_id.as_str(),
            org = self.fields.org.as_ref().map(TenantName::as_str),
            app = self.fields.app.as_ref().map(TenantName::as_str),
            grant_type = self.fields.grant_type,
            authority = self.fields.authority.map(Authority::as_str),
            outcome = self.fields.outcome,
            "request"
        );
    }
}
