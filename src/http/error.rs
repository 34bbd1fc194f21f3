//! One table for each error type: cause -> status, code and public sentence, in the voice of the caller.
//! Every match is exhaustive, so that a new cause does not compile until it is worded. No cause reaches a body.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;
use uuid::Uuid;

use super::explain::Explained;
use super::usergrid::envelope::ErrorEnvelope;
use super::usergrid::jsonp::Callback;
use crate::access::PROOF_ALGORITHMS;
use crate::domain::clock::Moment;
use crate::domain::failure::Failure;
use crate::domain::refusal::Refused;
use crate::domain::token::Algorithm;

mod access;
mod authorize;
mod grant;
mod machine;
mod manage;
mod proof;
mod request;

pub use request::RequestError;

const TRACE_ID: &str = "trace_id";
const ERROR_ID: &str = "error_id";

/// How an answer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// RFC 6749 §5.2: for requests in the standard's own encoding, a form.
    OAuth,
    /// Usergrid's token endpoint: JSON and query requests.
    Usergrid,
}

/// Which of the two bodies a refusal has (Usergrid knows both).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `{"error":"..","error_description":".."}`
    OAuth,
    /// The envelope, with timestamp and duration.
    Envelope,
}

/// The `WWW-Authenticate` header of a 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// RFC 6749 §5.2: where Basic was tried, and for what the superuser alone may do; a browser opens a dialog.
    Basic,
    /// RFC 6750 §3: no token came.
    Bearer,
    /// RFC 6750 §3.1: a token came and does not hold.
    InvalidToken,
    /// RFC 6750 §3.1: a token came, and was not given for this.
    InsufficientScope(&'static str),
    /// RFC 9449 §7.1: a token that is bound to a key came without its proof, or with one that does not hold. With the
    /// error's code.
    Dpop(&'static str),
}

impl Challenge {
    fn header(self) -> Cow<'static, str> {
        let plain = match self {
            Self::Basic => r#"Basic realm="Tokengrid", charset="UTF-8""#,
            Self::Bearer => r#"Bearer realm="Tokengrid""#,
            Self::InvalidToken => r#"Bearer realm="Tokengrid", error="invalid_token""#,
            Self::InsufficientScope(scope) => {
                let header = format!(r#"Bearer realm="Tokengrid", error="insufficient_scope", scope="{scope}""#);
                return Cow::Owned(header);
            }
            Self::Dpop(code) => {
                let algs = PROOF_ALGORITHMS.map(Algorithm::as_str).join(" ");
                return Cow::Owned(format!(r#"DPoP realm="Tokengrid", error="{code}", algs="{algs}""#));
            }
        };
        Cow::Borrowed(plain)
    }
}

/// Nobody on the way may keep this answer (RFC 6749 §5.1).
pub fn forbid_keeping(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
}

/// A cause put into words.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub code: &'static str,
    pub description: Cow<'static, str>,
    pub body: Body,
    pub challenge: Option<Challenge>,
    pub retry_after: Option<Duration>,
}

impl Answer {
    fn new(status: StatusCode, code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, description: description.into(), body: Body::Envelope, challenge: None, retry_after: None }
    }

    fn oauth(code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { body: Body::OAuth, ..Self::new(StatusCode::BAD_REQUEST, code, description) }
    }

    fn unauthorized(code: &'static str, description: &'static str, challenge: Challenge) -> Self {
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, code, description) }
    }

    /// The database or a lane is not to be had: worth another try.
    fn unavailable(retry_after: Duration) -> Self {
        let sentence = "The server cannot answer right now. Try again a little later.";
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", sentence)
        }
    }

    /// Our fault; the log knows more.
    fn failed() -> Self {
        let sentence = "The server failed to answer. The error_id names this failure in its log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", sentence)
    }

    /// A failure of a room below, by its outward sense. Only a password that cannot be taken is `Refused` there.
    fn failure(failure: Failure, cause: &impl fmt::Display) -> Self {
        match failure {
            Failure::Passing { retry_after } => Self::unavailable(retry_after),
            Failure::Refused => {
                Self::new(StatusCode::BAD_REQUEST, "error_password_policy_violation", cause.to_string())
            }
            Failure::Internal => Self::failed(),
        }
    }

    fn in_oauth_body(self) -> Self {
        Self { body: Body::OAuth, ..self }
    }
}

/// An error that has words for the outside, and a rule for the inside.
pub trait Worded: fmt::Display + Explained {
    /// The public answer to this cause.
    fn answer(&self, voice: Voice) -> Answer;
}

/// A refusal, ready to be sent.
#[derive(Debug)]
pub struct Refusal {
    answer: Box<Answer>,
    started: Moment,
    now: Moment,
    /// What names this refusal: `trace_id` in the body, `error_id` where the server failed.
    trace: Option<Uuid>,
    callback: Option<Callback>,
    /// What the administration of the tenant may know of it.
    refused: Option<Box<Refused>>,
}

impl Refusal {
    /// Puts an answer into its time and place.
    pub fn new(answer: Answer, started: Moment, now: Moment, trace: Option<Uuid>) -> Self {
        Self { answer: Box::new(answer), started, now, trace, callback: None, refused: None }
    }

    /// Adds what the boundary keeps, should this be sent.
    pub fn explained(mut self, refused: Refused) -> Self {
        self.refused = Some(Box::new(refused));
        self
    }

    /// Answers as a script where one was asked for.
    pub fn called_back(mut self, callback: Option<Callback>) -> Self {
        self.callback = callback;
        self
    }

    /// The public sentence.
    pub fn description(&self) -> &str {
        &self.answer.description
    }

    /// Whether the caller could not be believed.
    pub fn is_unauthorized(&self) -> bool {
        self.answer.status == StatusCode::UNAUTHORIZED
    }

    /// The public code.
    pub fn code(&self) -> &'static str {
        self.answer.code
    }

    /// One refusal has one name: a failure's has been `error_id` ever since.
    fn name_of_trace(&self) -> &'static str {
        if self.answer.status.is_server_error() { ERROR_ID } else { TRACE_ID }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.answer.code)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.answer.status
    }

    fn error_response(&self) -> HttpResponse {
        let named = self.trace.map(|trace| (self.name_of_trace(), trace));
        let mut response = match (self.answer.body, &self.callback) {
            (Body::Envelope, callback) => {
                let envelope = ErrorEnvelope::new(self.answer.code, self.answer.description.clone(), self.started);
                let envelope = match named {
                    Some((ERROR_ID, id)) => envelope.error_id(id),
                    Some((_, id)) => envelope.trace_id(id),
                    None => envelope,
                };
                match callback {
                    // Usergrid: its envelopes are 200 as scripts; browsers run no script of another status.
                    Some(callback) => callback.respond(StatusCode::OK, &envelope.into_json(self.now)),
                    None => envelope.into_response(self.answer.status, self.now),
                }
            }
            (Body::OAuth, callback) => {
                let mut body = json!({ "error_description": self.answer.description, "error": self.answer.code });
                if let (Some((name, id)), Some(members)) = (named, body.as_object_mut()) {
                    members.insert(name.to_owned(), json!(id));
                }
                match callback {
                    Some(callback) => callback.respond(self.answer.status, &body.to_string()),
                    None => {
                        HttpResponse::build(self.answer.status).content_type("application/json").body(body.to_string())
                    }
                }
            }
        };
        let headers = response.headers_mut();
        forbid_keeping(headers);
        if let Some(challenge) = self.answer.challenge {
            // Challenges are printable ASCII.
            if let Ok(challenge) = HeaderValue::try_from(challenge.header().into_owned()) {
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
        }
        if let Some(wait) = self.answer.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        if let Some(refused) = &self.refused {
            response.extensions_mut().insert((**refused).clone());
        }
        response
    }
}
