//! Signing out: by a client that sends its person here, or by the person alone. Whoever cannot be told apart from a
//! stranger is asked first. *Spec*: OpenID Connect RP-Initiated Logout 1.0.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use askama::Template;
use url::{Url, form_urlencoded};

use super::cookie::Cookie;
use super::theme_of;
use super::visit::{Fields, Purpose, Stage, Visit, targets};
use crate::domain::browser::BrowserSession;
use crate::domain::id::RegisteredId;
use crate::domain::secret::Secret;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::{LogoutHint, Theme};

/// The person is asked.
#[derive(Template)]
#[template(path = "logout.html")]
struct Ask<'a> {
    title: &'a str,
    place: &'a Theme,
    person: &'a str,
    request: &'a str,
}

/// `GET|POST {issuer}/logout`
pub async fn logout(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Fields::read(&call)?;
    let mut visit = Visit::begin(&call, &place).await?;
    let is_post = call.request.method() == Method::POST;
    if is_post && said.get("request").is_some() {
        return answered(&mut visit, &said).await;
    }
    let hint = match said.get("id_token_hint") {
        Some(token) => call.state.registry.read_logout_hint(&place, &Secret::new(token)).await,
        None => Ok(None),
    };
    let hint = hint.map_err(|cause| call.refuse(&cause))?;
    let to = match target(&visit, &said, hint.as_ref()).await? {
        Ok(to) => to,
        Err(text) => return Ok(visit.notice(StatusCode::BAD_REQUEST, ("You cannot be signed out", text))),
    };
    // No cookie comes with the form of another site: the session is the one that the ID token names.
    if let Some(session) = meant(&visit, hint.as_ref()).await? {
        end(&mut visit, &session).await?;
        return Ok(signed_out(&visit, to.as_deref()));
    }
    if is_post && visit.signed.is_none() {
        let kept = said.into_pairs().into_iter().filter(|(name, _)| name != "id_token_hint");
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        return Ok(visit.go(&format!("logout?{query}")));
    }
    match &visit.signed {
        Some(_) => confirm(&visit, to),
        None => Ok(signed_out(&visit, to.as_deref())),
    }
}

/// Where the browser goes afterwards: an address that the client registered, letter for letter.
///
/// *Errors*: what the person is told where the request contradicts itself; they are sent nowhere.
async fn target(
    visit: &Visit<'_>,
    said: &Fields,
    hint: Option<&LogoutHint>,
) -> Result<Result<Option<String>, &'static str>, Refusal> {
    let named = said.get("client_id").map(RegisteredId::parse_client_id);
    let client = match (named, hint) {
        (Some(None), _) => return Ok(Err("The application that sent you here is not known here (client_id).")),
        (Some(Some(named)), Some(hint)) if named != hint.client => {
            return Ok(Err("The application that sent you here is not the one that you are signed in to (client_id)."));
        }
        (Some(named), _) => named,
        (None, hint) => hint.map(|hint| hint.client),
    };
    let Some(uri) = said.get("post_logout_redirect_uri") else { return Ok(Ok(None)) };
    const UNKNOWN: &str = "The application wants you to be sent to an address that it has not registered \
                           (post_logout_redirect_uri).";
    let Some(client) = client else { return Ok(Err(UNKNOWN)) };
    let found = visit.call.state.registry.client_metadata(visit.place.tenant(), client).await;
    let metadata = found.map_err(|cause| visit.call.refuse(&cause))?.map(|(_, metadata)| metadata);
    let is_own = metadata.is_some_and(|metadata| metadata.post_logout_redirect_uris.iter().any(|own| own == uri));
    let Some(mut url) = Url::parse(uri).ok().filter(|_| is_own) else { return Ok(Err(UNKNOWN)) };
    if let Some(state) = said.get("state") {
        url.query_pairs_mut().append_pair("state", state);
        return Ok(Ok(Some(url.into())));
    }
    Ok(Ok(Some(uri.to_owned())))
}

/// The session that an ID token was made for, if that is the one of this browser, or the browser sent none.
async fn meant(visit: &Visit<'_>, hint: Option<&LogoutHint>) -> Result<Option<BrowserSession>, Refusal> {
    let Some(hint) = hint else { return Ok(None) };
    match (&visit.signed, hint.session) {
        (Some(signed), _) => Ok(hint.is_of(&signed.session).then(|| signed.session.clone())),
        (None, Some(named)) => {
            let found = visit.call.state.registry.live_session(visit.place, named).await;
            let found = found.map_err(|cause| visit.call.refuse(&cause))?;
            Ok(found.filter(|session| hint.is_of(session)))
        }
        (None, None) => Ok(None),
    }
}

fn confirm(visit: &Visit<'_>, to: Option<String>) -> Result<HttpResponse, Refusal> {
    let targets = targets(to.as_deref());
    let sealed = visit.keep(Stage::Logout, Purpose::SignOut { to })?;
    let theme = theme_of(visit.call, visit.place);
    let person = visit.signed.as_ref().map_or("", |signed| signed.name.as_str());
    let content = Ask { title: "Sign out?", place: &theme, person, request: &sealed };
    Ok(visit.show(StatusCode::OK, &content, &targets))
}

async fn answered(visit: &mut Visit<'_>, said: &Fields) -> Result<HttpResponse, Refusal> {
    let kept = match visit.brought(said, &[Stage::Logout]) {
        Ok(kept) => kept,
        Err(answer) => return Ok(*answer),
    };
    let Purpose::SignOut { to } = kept.purpose else { return Ok(visit.stale()) };
    match (said.get("action"), visit.signed.as_ref().map(|signed| signed.session.clone())) {
        (Some("signout"), session) => {
            if let Some(session) = session.filter(|session| Some(session.id) == kept.session) {
                end(visit, &session).await?;
            }
            Ok(signed_out(visit, to.as_deref()))
        }
        (Some("stay"), _) => Ok(visit.notice(StatusCode::OK, ("You are still signed in", "Nothing has changed."))),
        _ => Ok(visit.stale()),
    }
}

async fn end(visit: &mut Visit<'_>, session: &BrowserSession) -> Result<(), Refusal> {
    let ended = visit.call.state.registry.sign_out(visit.place, session).await;
    ended.map_err(|cause| visit.call.refuse(&cause))?;
    let cleared = Cookie::Session.clear(visit.call, visit.place);
    visit.set(cleared);
    Ok(())
}

fn signed_out(visit: &Visit<'_>, to: Option<&str>) -> HttpResponse {
    match to {
        Some(to) => visit.go(to),
        None => visit.notice(StatusCode::OK, ("You are signed out", "You can close this window.")),
    }
}
