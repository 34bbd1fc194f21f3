//! What happens to every request, whatever its route: one boundary, so that the order of the steps is read in one
//! place and costs one wrapper. It asks nothing of any tenant.

pub mod access_log;
pub mod canonical;
pub mod cors;
pub mod limits;
pub mod request_id;
mod security_headers;

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{ACCEPT_ENCODING, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Version};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpMessage, HttpResponse};
use uuid::Uuid;

use access_log::{AccessFields, Completed, UNMATCHED};
use cors::CorsPolicy;
use limits::Limits;
use request_id::{RequestId, X_REQUEST_ID};

use crate::domain::clock::{Clock, Moment};
use crate::domain::refusal::Refused;
use crate::domain::tenant::Switch;
use crate::http::extract::proof::NextNonce;

/// RFC 9449 §8.
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What the boundary needs to know; one for all workers.
pub struct Boundary {
    pub limits: Limits,
    pub cors: CorsPolicy,
    /// On where the server is reached by `https`.
    pub strict_transport: Switch,
    pub clock: Arc<dyn Clock>,
    /// Makes what a request is traced by.
    pub new_trace: Arc<dyn Fn() -> Uuid + Send + Sync>,
    /// Told of every answer, for the metrics.
    pub on_completed: Arc<dyn Fn(&Completed<'_>) + Send + Sync>,
    /// Told of every refusal that is sent.
    pub on_refused: Arc<dyn Fn(Refused) + Send + Sync>,
}

/// The boundary as a middleware; the outermost one, to be wrapped last.
pub fn boundary<S, B>(
    boundary: Arc<Boundary>,
) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<EitherBody<B>>, Error = Error, InitError = ()>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    from_fn(move |request, next| {
        let boundary = Arc::clone(&boundary);
        async move { boundary.pass(request, next).await }
    })
}

impl Boundary {
    async fn pass<B: MessageBody + 'static>(
        &self,
        mut request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        let mut visit = Visit {
            method: request.method().clone(),
            id: RequestId::accept(request.headers(), (self.new_trace)()),
            started: self.clock.now(),
            route: None,
        };
        request.extensions_mut().insert(visit.id.clone());
        if let Some(answer) = self.early_answer(&request, &visit) {
            return Ok(self.finish(&visit, request.into_response(answer).map_into_right_body()));
        }
        if request.version() < Version::HTTP_11 {
            // A compressed answer has no length beforehand, and HTTP/1.0 knows no chunks (RFC 9112 §6.1).
            request.headers_mut().remove(ACCEPT_ENCODING);
        }
        canonical::canonicalize(&mut request);
        match next.call(request).await {
            Ok(response) => {
                visit.route = response.request().match_pattern();
                Ok(self.finish(&visit, response.map_into_left_body()))
            }
            // Only a broken middleware comes here: handlers and extractors have their errors worded as answers.
            Err(error) => {
                self.report(&visit, error.as_response_error().status_code(), &AccessFields::default());
                Err(error)
            }
        }
    }

    /// What needs no routing: a refusal for size, or a preflight.
    fn early_answer(&self, request: &ServiceRequest, visit: &Visit) -> Option<HttpResponse> {
        if let Err(exceeded) = self.limits.check(request) {
            return Some(exceeded.respond(visit.started, visit.id.trace()));
        }
        (request.method() == Method::OPTIONS).then(|| self.cors.preflight(request.headers()))
    }

    /// Adds what every answer bears, and reports it.
    fn finish<B>(&self, visit: &Visit, mut response: ServiceResponse<B>) -> ServiceResponse<B> {
        let request = response.request().clone();
        if let Some(refused) = response.response_mut().extensions_mut().remove::<Refused>() {
            (self.on_refused)(refused);
        }
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, visit.id.header_value());
        self.cors.apply(request.headers(), headers);
        security_headers::apply(headers, self.strict_transport);
        if let Some(NextNonce(nonce)) = request.extensions().get::<NextNonce>() {
            headers.insert(DPOP_NONCE, nonce.clone());
            if headers.contains_key(ACCESS_CONTROL_EXPOSE_HEADERS) {
                headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("DPoP-Nonce"));
            }
        }
        match request.extensions().get::<AccessFields>() {
            Some(fields) => self.report(visit, response.status(), fields),
            None => self.report(visit, response.status(), &AccessFields::default()),
        }
        response
    }

    fn report(&self, visit: &Visit, status: StatusCode, fields: &AccessFields) {
        let completed = Completed {
            method: &visit.method,
            route: visit.route.as_deref().unwrap_or(UNMATCHED),
            status,
            duration: self.clock.now().since(visit.started),
            request_id: &visit.id,
            fields,
        };
        completed.log();
        (self.on_completed)(&completed);
    }
}

/// What is kept of a request while it is on its way.
struct Visit {
    method: Method,
    id: RequestId,
    started: Moment,
    /// Known once it is routed.
    route: Option<String>,
}

#[cfg(test)]
mod tests;
