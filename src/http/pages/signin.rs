//! Signing in at a page, by the same password and the same rules as at the token endpoint, and choosing an account.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use askama::Template;
use url::form_urlencoded;

use super::authorize::{advance, client_of, decline};
use super::cookie::Cookie;
use super::theme_of;
use super::visit::{Fields, Kept, Next, Purpose, Stage, Visit, targets};
use crate::domain::secret::Secret;
use crate::grant::{AuthorizationRequest, AuthorizeError, GrantError, Prompt};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::Theme;

/// Name and password are asked for.
#[derive(Template)]
#[template(path = "signin.html")]
struct SignIn<'a> {
    title: &'a str,
    place: &'a Theme,
    wrong: Option<&'a str>,
    /// The client to continue to.
    client: Option<&'a str>,
    request: &'a str,
    username: &'a str,
    /// Whether a forgotten password can be replaced here.
    resets: bool,
}

/// An account is chosen.
#[derive(Template)]
#[template(path = "select.html")]
struct Select<'a> {
    title: &'a str,
    place: &'a Theme,
    client: Option<&'a str>,
    request: &'a str,
    person: &'a str,
}

/// `GET|POST {issuer}/signin`
pub async fn sign_in(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Fields::read(&call)?;
    let mut visit = Visit::begin(&call, &place).await?;
    if call.request.method() != Method::POST {
        let next = match said.get("next") {
            Some("device") => Next::Device(said.get("user_code").map(str::to_owned)),
            _ => Next::Nothing,
        };
        return match &visit.signed {
            Some(_) => Ok(arrive(&visit, &next)),
            None => form(&visit, Purpose::Here(next), (None, "")).await,
        };
    }
    let kept = match visit.brought(&said, &[Stage::SignIn, Stage::Select]) {
        Ok(kept) => kept,
        Err(answer) => return Ok(*answer),
    };
    match (said.get("action"), kept.purpose) {
        (Some("cancel"), Purpose::Authorize(request)) => Ok(decline(&visit, &request, AuthorizeError::Declined)),
        (Some("another"), Purpose::Authorize(request)) => form(&visit, Purpose::Authorize(request), (None, "")).await,
        (Some("continue"), Purpose::Authorize(request))
            if kept.stage == Stage::Select && kept.session == visit.session() =>
        {
            advance(&visit, request.answered(Prompt::SelectAccount)).await
        }
        (_, purpose) => prove(&mut visit, &said, Kept { purpose, ..kept }).await,
    }
}

/// Checks name and password, and gives the browser a new cookie.
async fn prove(visit: &mut Visit<'_>, said: &Fields, kept: Kept) -> Result<HttpResponse, Refusal> {
    let (state, place) = (&visit.call.state, visit.place);
    let username = said.get("username").unwrap_or_default().trim();
    let (Some(password), false) = (said.get("password").map(Secret::new), username.is_empty()) else {
        return form(visit, kept.purpose, (Some("Please fill in your name and your password."), username)).await;
    };
    let (principal, event) = match state.dispatcher.prove_person(place, username, &password).await {
        Ok(proved) => proved,
        Err(cause) => return refuse(visit, kept.purpose, (&cause, username)).await,
    };
    let former = visit.signed.as_ref().map(|signed| &signed.session);
    let begun = state.registry.begin_browser_session(place, (principal, &event), former, visit.described()).await;
    let begun = begun.map_err(|cause| visit.call.refuse(&cause))?;
    visit.set(Cookie::Session.set(visit.call, place, &begun.cookie));
    match kept.purpose {
        Purpose::Authorize(request) => {
            let request = Box::new(request.begun_by(begun.session.id));
            let sealed = visit.keep(Stage::Resume, Purpose::Authorize(request))?;
            Ok(visit.go(&format!("authorize?resume={sealed}")))
        }
        Purpose::Here(next) => Ok(go_on(visit, &next)),
        Purpose::SignOut { .. } => Ok(visit.stale()),
    }
}

/// What a person is told who may not come in. The unknown and the wrong sound alike, and so does what was never checked.
async fn refuse(
    visit: &Visit<'_>,
    purpose: Purpose,
    (cause, username): (&GrantError, &str),
) -> Result<HttpResponse, Refusal> {
    let elsewhere;
    let text = match cause {
        GrantError::UnknownUser | GrantError::WrongPassword => "The name or the password is wrong.",
        GrantError::NotActivated => "This account is not active yet.",
        GrantError::Disabled => "This account is disabled.",
        GrantError::NotConfirmed => "Confirm your email address first: open the link in the mail that we sent you.",
        GrantError::SignInElsewhere(url) => {
            elsewhere = format!("Administrators sign in at {url}");
            &elsewhere
        }
        other => return Ok(visit.failed(other)),
    };
    tracing::info!(%cause, "a sign-in was refused");
    form(visit, purpose, (Some(text), username)).await
}

/// Asks a client's person to sign in.
pub(super) async fn ask(visit: &Visit<'_>, request: AuthorizationRequest) -> Result<HttpResponse, Refusal> {
    let hint = request.login_hint.clone().unwrap_or_default();
    form(visit, Purpose::Authorize(Box::new(request)), (None, &hint)).await
}

/// Asks which account it is to be.
pub(super) async fn select(visit: &Visit<'_>, request: AuthorizationRequest) -> Result<HttpResponse, Refusal> {
    let client = client_of(visit, &request).await?;
    let targets = targets(Some(&request.redirect_uri));
    let sealed = visit.keep(Stage::Select, Purpose::Authorize(Box::new(request)))?;
    let theme = theme_of(visit.call, visit.place);
    let content = Select {
        title: "Choose an account",
        place: &theme,
        client: client.as_ref().map(|(name, _)| name.as_str()),
        request: &sealed,
        person: visit.signed.as_ref().map_or("", |signed| &signed.name),
    };
    Ok(visit.show(StatusCode::OK, &content, &targets))
}

/// The page with name and password.
async fn form(
    visit: &Visit<'_>,
    purpose: Purpose,
    (wrong, username): (Option<&str>, &str),
) -> Result<HttpResponse, Refusal> {
    let (client, targets) = match &purpose {
        Purpose::Authorize(request) => (client_of(visit, request).await?, targets(Some(&request.redirect_uri))),
        Purpose::Here(_) | Purpose::SignOut { .. } => (None, Vec::new()),
    };
    let sealed = visit.keep(Stage::SignIn, purpose)?;
    let theme = theme_of(visit.call, visit.place);
    let content = SignIn {
        title: "Sign in",
        place: &theme,
        wrong,
        client: client.as_ref().map(|(name, _)| name.as_str()),
        request: &sealed,
        username,
        resets: visit.call.keeps_accounts_of(visit.place).is_ok(),
    };
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(visit.show(status, &content, &targets))
}

/// Someone is signed in who came for nothing else.
fn arrive(visit: &Visit<'_>, next: &Next) -> HttpResponse {
    match next {
        Next::Device(_) => go_on(visit, next),
        Next::Nothing => {
            let name = visit.signed.as_ref().map_or("", |signed| signed.name.as_str());
            visit.notice(StatusCode::OK, ("You are signed in", &format!("You are signed in as {name}.")))
        }
    }
}

fn go_on(visit: &Visit<'_>, next: &Next) -> HttpResponse {
    match next {
        Next::Nothing => visit.go("signin"),
        Next::Device(code) => {
            let pairs = code.iter().map(|code| ("user_code", code));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            visit.go(&format!("signin/device?{query}"))
        }
    }
}
