//! What a client may, asked of its person: the client by its name, and what it asks for in plain words.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::authorize::{advance, client_of, decline};
use super::theme_of;
use super::visit::{Fields, Purpose, Stage, Visit, targets};
use crate::domain::registered::ClientMetadata;
use crate::grant::{AuthorizationRequest, AuthorizeError, Prompt};
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::manage::Theme;

/// A client's wishes.
#[derive(Template)]
#[template(path = "consent.html")]
struct Consent<'a> {
    title: &'a str,
    place: &'a Theme,
    client: &'a str,
    person: &'a str,
    scopes: &'a [String],
    /// What the client says of itself elsewhere: text and address.
    links: &'a [(&'static str, &'a str)],
    request: &'a str,
}

/// Asks.
pub(super) async fn ask(visit: &Visit<'_>, request: AuthorizationRequest) -> Result<HttpResponse, Refusal> {
    let Some((client, metadata)) = client_of(visit, &request).await? else { return Ok(visit.stale()) };
    let scopes: Vec<String> = request.scopes.iter().map(in_words).collect();
    let targets = targets(Some(&request.redirect_uri));
    let sealed = visit.keep(Stage::Consent, Purpose::Authorize(Box::new(request)))?;
    let theme = theme_of(visit.call, visit.place);
    let content = Consent {
        title: &format!("Allow {client}?"),
        place: &theme,
        client: &client,
        person: visit.signed.as_ref().map_or("", |signed| &signed.name),
        scopes: &scopes,
        links: &links(&metadata),
        request: &sealed,
    };
    Ok(visit.show(StatusCode::OK, &content, &targets))
}

/// `POST {issuer}/consent`
pub async fn answer(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Fields::read(&call)?;
    let visit = Visit::begin(&call, &place).await?;
    let kept = match visit.brought(&said, &[Stage::Consent]) {
        Ok(kept) => kept,
        Err(answer) => return Ok(*answer),
    };
    let Purpose::Authorize(request) = kept.purpose else { return Ok(visit.stale()) };
    let Some(signed) = visit.signed.as_ref().filter(|signed| Some(signed.session.id) == kept.session) else {
        // Someone else is signed in by now, or nobody: they were not asked.
        return advance(&visit, *request).await;
    };
    match said.get("action") {
        Some("allow") => {
            let given = (request.client, &request.scopes);
            let kept = call.state.registry.allow(&place, signed.principal, given).await;
            kept.map_err(|cause| call.refuse(&cause))?;
            advance(&visit, request.answered(Prompt::Consent)).await
        }
        Some("deny") => Ok(decline(&visit, &request, AuthorizeError::Declined)),
        _ => Ok(visit.stale()),
    }
}

/// A scope as a person understands it.
pub(super) fn in_words(scope: &str) -> String {
    match scope {
        "openid" => "know who you are here".to_owned(),
        "profile" => "see your name and your profile".to_owned(),
        "email" => "see your email address".to_owned(),
        "groups" => "see which groups you belong to".to_owned(),
        "roles" => "see which roles you have".to_owned(),
        "offline_access" => "keep this access while you are away".to_owned(),
        "api" => "act for you here: see and change all that you can".to_owned(),
        other => format!("use the permission “{other}”"),
    }
}

/// Links that lead to the web and nowhere else; a script is an address, too.
fn links(metadata: &ClientMetadata) -> Vec<(&'static str, &str)> {
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    [
        ("About the application", &metadata.client_uri),
        ("Privacy", &metadata.policy_uri),
        ("Terms of use", &metadata.tos_uri),
    ]
    .into_iter()
    .filter_map(|(text, url)| Some((text, url.as_deref().filter(is_web)?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_web_or_is_not_shown() {
        let metadata = ClientMetadata {
            client_uri: Some("https://app.example/".to_owned()),
            policy_uri: Some("javascript:alert(1)".to_owned()),
            tos_uri: Some("data:text/html,x".to_owned()),
            ..ClientMetadata::default()
        };
        assert_eq!(links(&metadata), [("About the application", "https://app.example/")]);
    }
}
