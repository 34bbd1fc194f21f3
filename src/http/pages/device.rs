//! The page for devices: a person types the code that their device shows, sees which client asks for what and from
//! where, and allows it or not. They are asked even when the code came with the address, since anyone can send an
//! address. *Spec*: RFC 8628 §3.3, §5.4.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use askama::Template;
use url::form_urlencoded;

use super::consent::in_words;
use super::theme_of;
use super::visit::{Fields, Next, Purpose, Stage, Visit};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::{DeviceVerdict, Signed, Theme, WaitingDevice};

/// The code is asked for.
#[derive(Template)]
#[template(path = "device.html")]
struct Ask<'a> {
    title: &'a str,
    place: &'a Theme,
    wrong: Option<&'a str>,
    person: &'a str,
}

/// The device is shown.
#[derive(Template)]
#[template(path = "device_confirm.html")]
struct Confirm<'a> {
    title: &'a str,
    place: &'a Theme,
    client: &'a str,
    person: &'a str,
    code: &'a str,
    /// The network from which the device asks.
    source: Option<&'a str>,
    scopes: &'a [String],
    request: &'a str,
}

/// `GET|POST {issuer}/signin/device`
pub async fn device(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Fields::read(&call)?;
    let visit = Visit::begin(&call, &place).await?;
    if call.request.method() == Method::POST {
        return answer(&visit, &said).await;
    }
    let typed = said.get("user_code");
    let Some(signed) = &visit.signed else { return Ok(sign_in_first(&visit, typed)) };
    let Some(typed) = typed else { return Ok(ask(&visit, signed, None)) };
    match find(&visit, signed, typed).await {
        Ok(Some(device)) => confirm(&visit, signed, &device),
        Ok(None) => {
            Ok(ask(&visit, signed, Some("There is no device that waits with this code. Look at it once more.")))
        }
        Err(answer) => Ok(*answer),
    }
}

/// What the person says to a device.
async fn answer(visit: &Visit<'_>, said: &Fields) -> Result<HttpResponse, Refusal> {
    let kept = match visit.brought(said, &[Stage::Device]) {
        Ok(kept) => kept,
        Err(answer) => return Ok(*answer),
    };
    let Purpose::Here(Next::Device(Some(code))) = kept.purpose else { return Ok(visit.stale()) };
    // Someone else is signed in by now, or nobody: they were not asked.
    let Some(signed) = visit.signed.as_ref().filter(|signed| Some(signed.session.id) == kept.session) else {
        return Ok(sign_in_first(visit, Some(&code)));
    };
    let verdict = match said.get("action") {
        Some("allow") => DeviceVerdict::Allow,
        Some("deny") => DeviceVerdict::Deny,
        _ => return Ok(visit.stale()),
    };
    let device = match find(visit, signed, &code).await {
        Ok(Some(device)) => device,
        Ok(None) => return Ok(over(visit)),
        Err(answer) => return Ok(*answer),
    };
    let registry = &visit.call.state.registry;
    match registry.answer_device(visit.place, &device, (signed, verdict)).await {
        Err(cause) => Ok(visit.failed(&cause)),
        Ok(false) => Ok(over(visit)),
        Ok(true) => Ok(visit.notice(StatusCode::OK, told(verdict))),
    }
}

/// Looks the device up; a page that says so where it cannot be.
async fn find(visit: &Visit<'_>, signed: &Signed, typed: &str) -> Result<Option<WaitingDevice>, Box<HttpResponse>> {
    let source = visit.call.source();
    let found = visit.call.state.registry.waiting_device(visit.place, (signed, &source), typed).await;
    found.map_err(|cause| Box::new(visit.failed(&cause)))
}

fn sign_in_first(visit: &Visit<'_>, typed: Option<&str>) -> HttpResponse {
    let pairs = typed.map(|code| ("user_code", code));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", "device").extend_pairs(pairs);
    visit.go(&format!("../signin?{}", query.finish()))
}

fn ask(visit: &Visit<'_>, signed: &Signed, wrong: Option<&str>) -> HttpResponse {
    let theme = theme_of(visit.call, visit.place);
    let content = Ask { title: "Let a device in", place: &theme, wrong, person: &signed.name };
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    visit.show(status, &content, &[])
}

fn confirm(visit: &Visit<'_>, signed: &Signed, device: &WaitingDevice) -> Result<HttpResponse, Refusal> {
    let sealed = visit.keep(Stage::Device, Purpose::Here(Next::Device(Some(device.code.clone()))))?;
    let theme = theme_of(visit.call, visit.place);
    let scopes: Vec<String> = device.grant.scopes.iter().map(in_words).collect();
    let content = Confirm {
        title: &format!("Let {} in?", device.client),
        place: &theme,
        client: &device.client,
        person: &signed.name,
        code: &device.code,
        source: device.grant.details.source.as_deref(),
        scopes: &scopes,
        request: &sealed,
    };
    Ok(visit.show(StatusCode::OK, &content, &[]))
}

fn over(visit: &Visit<'_>) -> HttpResponse {
    let text = "The device does not wait any more: it was answered, or its code has expired.";
    visit.notice(StatusCode::BAD_REQUEST, ("Too late", text))
}

fn told(verdict: DeviceVerdict) -> (&'static str, &'static str) {
    match verdict {
        DeviceVerdict::Allow => ("Your device is let in", "You can close this page and go on at your device."),
        DeviceVerdict::Deny => ("The device was turned away", "It got nothing. You can close this page."),
    }
}
