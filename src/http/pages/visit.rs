//! One visit of a browser at the pages of a place: who is signed in there, what its forms bring back, and how each answer
//! leaves.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cookie::Cookie;
use super::guard::{is_foreign, target_of};
use super::{Frame, Framing, Notice, page, theme_of};
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::grant::{AuthorizationRequest, SignedIn};
use crate::http::error::{Refusal, Voice, Worded};
use crate::http::extract::call::Call;
use crate::manage::{Browser, ManageError, Signed};

/// Which page a form was on: the form of one is no answer to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    SignIn,
    Select,
    Consent,
    /// No form, but the way on after one.
    Resume,
    Logout,
    Device,
}

/// What the person came for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Purpose {
    /// A client sent them.
    Authorize(Box<AuthorizationRequest>),
    /// Nothing but to be signed in; a page of ours may come next.
    Here(Next),
    /// To sign out, and where to go then.
    SignOut { to: Option<String> },
}

/// A page of ours that asks for someone who is signed in. A closed list: no form says where a browser is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Next {
    Nothing,
    /// The page for devices, with the code that was typed or scanned.
    Device(Option<String>),
}

/// What a form brings back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) stage: Stage,
    /// Who was signed in when the page was made.
    pub(super) session: Option<Uuid>,
    pub(super) purpose: Purpose,
}

/// A browser at the pages of a place.
pub(super) struct Visit<'a> {
    pub(super) call: &'a Call,
    pub(super) place: &'a Place,
    pub(super) signed: Option<Signed>,
    browser: Secret,
    /// Cookies that the answer sets.
    cookies: Vec<HeaderValue>,
}

impl<'a> Visit<'a> {
    /// Looks who it is.
    pub(super) async fn begin(call: &'a Call, place: &'a Place) -> Result<Self, Refusal> {
        let signed = match Cookie::Session.read(call, place) {
            Some(cookie) => call.state.registry.browser_session(place, &cookie).await,
            None => Ok(None),
        };
        let signed = signed.map_err(|cause| call.refuse(&cause))?;
        let (browser, cookies) = match Cookie::Browser.read(call, place).filter(|known| !known.expose().is_empty()) {
            Some(known) => (known, Vec::new()),
            None => {
                let drawn = call.state.registry.draw_browser();
                let cookie = Cookie::Browser.set(call, place, &drawn);
                (drawn, cookie.into_iter().collect())
            }
        };
        Ok(Self { call, place, signed, browser, cookies })
    }

    /// Who is signed in, as a client is told.
    pub(super) fn seen(&self) -> Option<SignedIn> {
        self.signed.as_ref().map(|signed| SignedIn {
            principal: signed.principal,
            session: signed.session.id,
            event: signed.session.event(),
        })
    }

    /// The session's id.
    pub(super) fn session(&self) -> Option<Uuid> {
        self.signed.as_ref().map(|signed| signed.session.id)
    }

    /// The browser, as its session is to remember it.
    pub(super) fn described(&self) -> Browser {
        let device = self.call.request.headers().get("user-agent").and_then(|value| value.to_str().ok());
        Browser { device: device.map(str::to_owned), source: Some(self.call.source()) }
    }

    /// Sets a cookie with the answer.
    pub(super) fn set(&mut self, cookie: Option<HeaderValue>) {
        self.cookies.extend(cookie);
    }

    /// Seals what a page is to bring back.
    pub(super) fn keep(&self, stage: Stage, purpose: Purpose) -> Result<String, Refusal> {
        let kept = Kept { stage, session: self.session(), purpose };
        let sealed = self.call.state.registry.seal_page(self.place, &self.browser, &kept);
        sealed.map_err(|cause| self.call.refuse(&cause))
    }

    /// What a form of ours brought back.
    ///
    /// *Errors*: the page that says so, for a form of another site, another browser, another page, or too old a one.
    pub(super) fn brought(&self, said: &Fields, stages: &[Stage]) -> Result<Kept, Box<HttpResponse>> {
        if is_foreign(self.call.request.headers(), self.call.state.base.as_str()) {
            tracing::info!("a form of another site was refused");
            return Err(Box::new(self.stale()));
        }
        self.opened(said.get("request").unwrap_or_default(), stages)
    }

    /// What was sealed before, on a page or for the way on.
    pub(super) fn opened(&self, sealed: &str, stages: &[Stage]) -> Result<Kept, Box<HttpResponse>> {
        match self.call.state.registry.open_page::<Kept>(self.place, &self.browser, sealed) {
            Ok(kept) if stages.contains(&kept.stage) => Ok(kept),
            Ok(_) | Err(ManageError::StalePage) => Err(Box::new(self.stale())),
            Err(cause) => Err(Box::new(self.failed(&cause))),
        }
    }

    /// Nothing can be made of what was sent.
    pub(super) fn stale(&self) -> HttpResponse {
        let text = "This page is too old, or it was opened in another browser. Go back to the application and begin \
                    again.";
        self.notice(StatusCode::BAD_REQUEST, ("This page is not valid any more", text))
    }

    /// A refusal or failure in its own status, with a sentence for a person.
    pub(super) fn failed(&self, cause: &impl Worded) -> HttpResponse {
        let refusal = self.call.refuse_in(Voice::OAuth, cause);
        let status = refusal.status_code();
        let text = match status {
            StatusCode::SERVICE_UNAVAILABLE => "Too much is going on right now. Try again in a moment.",
            _ if status.is_server_error() => "Something went wrong on our side. Try again in a moment.",
            _ => refusal.description(),
        };
        self.notice(status, ("This did not work", text))
    }

    /// Says something.
    pub(super) fn notice(&self, status: StatusCode, (title, text): (&str, &str)) -> HttpResponse {
        let theme = theme_of(self.call, self.place);
        self.dressed(page(self.call, &theme, &Notice { title, place: &theme, text }, &Frame::from(status)))
    }

    /// Shows a page whose forms may lead to `targets`, beside our own pages.
    pub(super) fn show(&self, status: StatusCode, content: &impl Template, targets: &[String]) -> HttpResponse {
        let theme = theme_of(self.call, self.place);
        let frame = Frame { status, framing: Framing::Nobody, targets, scripted: false };
        self.dressed(page(self.call, &theme, content, &frame))
    }

    /// Sends the browser on, by GET whatever it came by: a password is never sent on (RFC 9700 §4.12).
    pub(super) fn go(&self, location: &str) -> HttpResponse {
        let mut answer = HttpResponse::SeeOther();
        if let Ok(location) = HeaderValue::try_from(location) {
            answer.insert_header((LOCATION, location));
        }
        self.dressed(answer.finish())
    }

    pub(super) fn dressed(&self, mut answer: HttpResponse) -> HttpResponse {
        for cookie in &self.cookies {
            answer.headers_mut().append(SET_COOKIE, cookie.clone());
        }
        answer
    }
}

/// What a form or a query said, each thing once.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        Ok(Self(call.said_pairs()?))
    }

    /// One value that is not empty; none where it was said twice: neither is believed.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(said, _)| said == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value).filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Where the forms of a page may lead.
pub(super) fn targets(uri: Option<&str>) -> Vec<String> {
    uri.and_then(target_of).into_iter().collect()
}
