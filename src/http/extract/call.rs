//! One request as the handlers see it: where it knocked, what it said, and how to refuse it.

mod inputs;
mod refuse;
mod said;

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use uuid::Uuid;

use super::body::read_body_in_time;
use super::credentials::Authorization;
use super::intent;

use super::parameters::{ParameterError, Parameters};
use super::urlencoded::{DecodeError, decode_path};
use crate::access::{AccessError, Need, Presented, Session};
use crate::domain::authority::Principal;
use crate::domain::clock::Moment;
use crate::domain::place::{Place, PlaceName};
use crate::domain::refusal::Whereabouts;
use crate::domain::secret::Secret;
use crate::domain::tenant::{Application, Organization, Switch};
use crate::domain::user::Identifier;
use crate::grant::GrantError;
use crate::http::error::{Refusal, RequestError, Voice, Worded};
use crate::http::middleware::access_log::AccessFields;
use crate::http::middleware::canonical::CameAs;
use crate::http::state::State;
use crate::manage::Actor;

/// The first segment under which the path rules put an application named by its UUID alone.
const BY_ID: &str = "~";

/// Which credentials a place lets into the URL.
#[derive(Clone, Copy, Debug)]
struct InUrl {
    tokens: Switch,
    client_secrets: Switch,
}

/// What is known of a request once it has passed the door of an application.
#[derive(Clone)]
pub struct Entered {
    pub place: Place,
    pub org: Arc<Organization>,
    pub app: Arc<Application>,
    pub session: Option<Session>,
}

impl Entered {
    /// Who calls; `None` for a guest.
    pub fn caller(&self) -> Option<Principal> {
        self.session.as_ref().map(|session| session.principal)
    }

    /// Who calls, for the audit log.
    pub fn actor(&self) -> Actor {
        self.caller().into()
    }
}

/// A request with its body read.
pub struct Call {
    pub state: Data<State>,
    pub request: HttpRequest,
    pub started: Moment,
    pub authorization: Authorization,
    body: Bytes,
    /// All that was said, for the routes whose body is a form of known fields, whatever its encoding.
    parameters: OnceCell<Result<Parameters, ParameterError>>,
    /// The same without a JSON body, for the routes whose body is an entity: its members are no credentials.
    outer: OnceCell<Result<Parameters, ParameterError>>,
    /// Where it is, once that was asked.
    whereabouts: RefCell<Option<Whereabouts>>,
}

impl FromRequest for Call {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = actix_web::dev::Decompress::from_headers(payload.take(), request.headers());
        Box::pin(async move {
            let state = request.app_data::<Data<State>>().cloned().ok_or_else(no_state)?;
            let started = state.clock.now();
            let authorization = Authorization::from_headers(request.headers());
            let (body, parameters, outer) = (Bytes::new(), OnceCell::new(), OnceCell::new());
            let whereabouts = RefCell::new(None);
            let mut call = Self { state, request, started, authorization, body, parameters, outer, whereabouts };
            if !is_known_encoding(call.request.headers()) {
                return Err(call.refuse(&RequestError::UnknownEncoding));
            }
            // Usergrid's clients send a body with every method; where it says nothing it is not waited for.
            let body = match call.request.method() {
                &Method::POST | &Method::PUT => read_body_in_time(payload, call.state.body_limit).await,
                _ => Ok(Bytes::new()),
            };
            call.body = body.map_err(|cause| call.refuse(&cause))?;
            Ok(call)
        })
    }
}

/// Whether the body is packed in a way that is unpacked here; any other would be read as something it is not.
fn is_known_encoding(headers: &HeaderMap) -> bool {
    let known = |name: &str| ["gzip", "deflate", "identity", ""].contains(&name);
    headers
        .get(CONTENT_ENCODING)
        .is_none_or(|value| value.to_str().is_ok_and(|name| known(name.trim().to_ascii_lowercase().as_str())))
}

/// Only a server that was put together wrongly answers so.
fn no_state() -> Refusal {
    Refusal::new(RequestError::UnknownRoute.answer(Voice::Usergrid), Moment::EPOCH, Moment::EPOCH, None)
}

impl Call {
    /// The place as the path names it; a path without organization is the management plane's.
    pub fn place_name(&self) -> PlaceName {
        match (self.segment("org"), self.segment("app")) {
            (BY_ID, app) => PlaceName::AppById(Uuid::try_parse(app).unwrap_or_default()),
            ("", _) | (_, "") => PlaceName::Management,
            (org, app) => PlaceName::App { org: org.to_owned(), app: app.to_owned() },
        }
    }

    /// A segment of the matched route; empty when it has none of that name.
    pub fn segment(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    /// What a segment of the matched route names, decoded.
    ///
    /// *Errors*: 404 for one that cannot be decoded: nothing bears such a name.
    pub fn named(&self, name: &str) -> Result<String, Refusal> {
        decode_path(self.segment(name)).map_err(|cause| self.undecodable(&cause))
    }

    /// Whom a name of the path means. The door and the handlers ask here, so that nobody is let in to one user and
    /// acts on another.
    pub fn identify(&self, text: &str) -> Identifier {
        Identifier::read(text, intent::reading(self.query("force").as_deref()))
    }

    fn undecodable(&self, cause: &DecodeError) -> Refusal {
        tracing::debug!(%cause, "a path cannot be decoded");
        self.refuse(&RequestError::UnknownRoute)
    }

    /// The place, which must exist.
    ///
    /// *Errors*: 404 `organization_application_not_found`.
    pub async fn place(&self) -> Result<Place, Refusal> {
        let name = self.place_name();
        let place = self.state.registry.place(&name).await.map_err(|cause| self.refuse(&cause))?;
        self.remember_place(place.as_ref());
        let place = place.ok_or_else(|| self.unknown_place())?;
        if let Place::App { org, app } = &place {
            AccessFields::note(&self.request, |fields| {
                fields.org = Some(org.name.clone());
                fields.app = Some(app.name.clone());
            });
        }
        Ok(place)
    }

    /// The path before it was spelled in the one way by which it is routed.
    pub fn path_as_sent(&self) -> String {
        let came_as = self.request.extensions().get::<CameAs>().map(|came_as| came_as.0.clone());
        came_as.unwrap_or_else(|| self.request.path().to_owned())
    }

    /// The refusal of a place that does not exist, in the words in which it was asked for.
    pub fn unknown_place(&self) -> Refusal {
        let named = match (self.segment("org"), self.segment("app")) {
            (BY_ID, app) => app.to_owned(),
            (org, app) => format!("{org}/{app}"),
        };
        let asked = format!("{named} from URI: {}", self.path_as_sent().trim_start_matches('/'));
        self.refuse(&RequestError::UnknownApplication(asked))
    }

    /// Who calls; `None` for a caller without credentials.
    ///
    /// *Errors*: credentials that do not hold end the request, whatever the route (Usergrid).
    pub async fn session(&self, place: &Place) -> Result<Option<Session>, Refusal> {
        self.session_by(place, self.outer()?).await
    }

    /// As [`Call::session`], where the whole body is a form of known fields and may bear credentials in JSON too.
    pub async fn session_by(&self, place: &Place, said: &Parameters) -> Result<Option<Session>, Refusal> {
        let in_url = match place {
            Place::Management => InUrl {
                tokens: self.state.management_url_tokens,
                client_secrets: self.state.dispatcher.policy().management_url_grants,
            },
            Place::App { app, .. } => {
                InUrl { tokens: app.settings.url_tokens, client_secrets: app.settings.url_grants }
            }
        };
        let Some(presented) = self.presented(place, in_url, said)? else { return Ok(None) };
        let session = self.state.verifier.verify(&presented).await.map_err(|cause| self.refuse(&cause))?;
        session.reaches_planes().map_err(|cause| self.refuse(&cause))?;
        AccessFields::note(&self.request, |fields| fields.authority = Some(session.principal.authority()));
        Ok(Some(session))
    }

    /// *Spec*: Usergrid: the `access_token` parameter wins over the header, then a client pair as parameters, then
    /// Basic.
    fn presented(&self, place: &Place, in_url: InUrl, parameters: &Parameters) -> Result<Option<Presented>, Refusal> {
        if in_url.client_secrets == Switch::Off && parameters.is_in_query("client_secret") {
            return Err(self.refuse(&AccessError::UrlSecretsOff));
        }
        if let Some(token) = &parameters.access_token {
            if in_url.tokens == Switch::Off && parameters.is_in_query("access_token") {
                return Err(self.refuse(&AccessError::UrlTokensOff));
            }
            return Ok(Some(Presented::Bearer(token.clone())));
        }
        match (&self.authorization, &parameters.client_id, &parameters.client_secret) {
            (Authorization::Bearer(token), _, _) => Ok(Some(Presented::Bearer(token.clone()))),
            (Authorization::Dpop(token), _, _) => {
                self.with_proof(place, token).map(Some).map_err(|cause| self.refuse(&cause))
            }
            (Authorization::EmptyBearer, _, _) => Err(self.refuse(&AccessError::EmptyBearer)),
            (Authorization::Malformed, _, _) => Err(self.refuse(&AccessError::Ambiguous)),
            (_, Some(id), Some(secret)) => {
                Ok(Some(Presented::ClientParameters { id: id.clone(), secret: secret.clone() }))
            }
            (Authorization::Basic { client_id, client_secret, plain }, _, _) => Ok(Some(Presented::ClientBasic {
                id: client_id.clone(),
                secret: client_secret.clone(),
                plain: plain.clone(),
            })),
            (Authorization::None, _, _) => Ok(None),
        }
    }

    /// The door of an application's entities: the place exists, the caller is who they say, and they may do to this
    /// path what they are about to do.
    ///
    /// *Errors*: 404 for an unknown place; 401 for credentials that do not hold and for a missing permission.
    pub async fn enter(&self) -> Result<Entered, Refusal> {
        let place = self.place().await?;
        let session = self.session(&place).await?;
        let Place::App { org, app } = &place else { return Err(self.unknown_place()) };
        let (org, app) = (Arc::clone(org), Arc::clone(app));
        let reading = intent::reading(self.query("force").as_deref());
        let intent = intent::read(&self.request, reading).map_err(|cause| self.undecodable(&cause))?;
        let intent = intent.ok_or_else(|| self.refuse(&RequestError::MethodNotAllowed))?;
        let may = self.state.guard.enter(session.as_ref(), &place, intent).await;
        may.map_err(|cause| self.refuse(&cause))?;
        Ok(Entered { place, org, app, session })
    }

    /// The organization that the path names, and the caller, who has access to it.
    ///
    /// *Errors*: 401 for a caller without credentials before the name is looked up, and for one without access.
    pub async fn organization(&self, session: Option<&Session>) -> Result<(Arc<Organization>, Principal), Refusal> {
        if session.is_none() {
            return Err(self.refuse(&AccessError::Forbidden(Need::Organization)));
        }
        let org = self.state.registry.get_org(self.segment("org")).await.map_err(|cause| self.refuse(&cause))?;
        let caller = self.state.guard.organization(session, org.id).await;
        Ok((org, caller.map_err(|cause| self.refuse(&cause))?))
    }

    /// Refuses what concerns the passwords, links and activation of admins while another server speaks for them
    /// (Usergrid).
    ///
    /// *Errors*: 400 with the address where they sign in.
    pub fn keeps_admins(&self) -> Result<(), Refusal> {
        match &self.state.dispatcher.policy().admins_sign_in_at {
            None => Ok(()),
            Some(url) => Err(self.refuse(&RequestError::KeptElsewhere(url.clone()))),
        }
    }

    /// As [`Call::keeps_admins`], for a route that serves the accounts of applications too: those are kept here.
    pub fn keeps_accounts_of(&self, place: &Place) -> Result<(), Refusal> {
        match place {
            Place::Management => self.keeps_admins(),
            Place::App { .. } => Ok(()),
        }
    }

    /// Refuses a script as the answer where the management plane's URL forms are switched off.
    pub fn management_speaks_jsonp(&self) -> Result<(), Refusal> {
        match self.state.dispatcher.policy().management_url_grants {
            Switch::On => Ok(()),
            Switch::Off => Err(self.refuse(&GrantError::UrlGrantsOff)),
        }
    }

    /// Whether any token came, held or not.
    pub fn has_token(&self) -> bool {
        let in_parameters = self.parameters().is_ok_and(|parameters| parameters.access_token.is_some());
        let is_in_header = matches!(
            self.authorization,
            Authorization::Bearer(_) | Authorization::Dpop(_) | Authorization::EmptyBearer
        );
        in_parameters || is_in_header
    }

    /// Whether the superuser comes by Basic, who gets a token without a grant (Usergrid).
    pub fn is_superuser_by_basic(&self) -> bool {
        matches!(&self.authorization, Authorization::Basic { client_id, .. }
            if self.state.verifier.is_superuser_named(client_id))
    }

    /// The token to be ended by `revoketoken`. Usergrid: one SDK appends its own token behind a second `?`.
    pub fn named_token(&self) -> Result<Secret, Refusal> {
        let token = self.parameters()?.token.as_ref().ok_or_else(|| self.refuse(&RequestError::Missing("token")))?;
        let text = token.expose().split('?').next().unwrap_or_default();
        Ok(Secret::new(text))
    }
}
