//! `/management/me`: who the presented token belongs to.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::domain::place::Place;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::oauth::token;
use crate::http::usergrid::jsonp::Callback;
use crate::http::usergrid::view;

/// `GET|POST /management/me`: with an admin's token, who they are; without one, the token endpoint under another name.
///
/// *Shape*: as a sign-in answers, with the presented token. `expires_in` is what remains, in seconds; stock says the
/// original life in milliseconds here, against its own member's name. `data.access_token` repeats the token, and
/// `external_sso_user_id` is what the server that issued it calls the admin, where that is another one.
pub async fn me(call: Call) -> Result<HttpResponse, Refusal> {
    let wants_grant = call.parameters()?.grant_type.is_some();
    if wants_grant || !call.has_token() || call.request.method() != Method::GET {
        return token::exchange(call).await;
    }
    let callback = match call.parameters()?.callback.as_deref() {
        None => None,
        Some(name) => {
            call.management_speaks_jsonp()?;
            Some(Callback::parse(name).ok_or_else(|| call.refuse(&RequestError::BadCallback))?)
        }
    };
    match own_token(&call).await {
        Ok(body) => Ok(token::no_store_json(&Value::Object(body), callback.as_ref())),
        Err(refusal) => Err(refusal.called_back(callback)),
    }
}

/// What a sign-in would answer, about the token that came.
async fn own_token(call: &Call) -> Result<Map<String, Value>, Refusal> {
    let session = call.session(&Place::Management).await?;
    let admin = call.state.guard.admin_self(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    let overview = call.state.registry.get_admin_overview(admin).await.map_err(|cause| call.refuse_holder(&cause))?;
    let mut body = Map::new();
    if let Some(presented) = session.as_ref().and_then(|session| session.token.as_ref()) {
        let remaining = presented.expires.since(call.started).as_secs();
        body.insert("access_token".to_owned(), json!(presented.text.expose()));
        body.insert("token_type".to_owned(), json!("Bearer"));
        body.insert("expires_in".to_owned(), json!(remaining));
        // Usergrid: the JavaScript SDK 0.11 looks for the token here, and throws where there is no such member.
        body.insert("data".to_owned(), json!({ "access_token": presented.text.expose() }));
        if let Some(known_as) = &presented.known_as {
            body.insert("external_sso_user_id".to_owned(), json!(known_as.to_string()));
        }
    }
    body.extend(view::password_changed(&overview.admin));
    body.insert("user".to_owned(), view::admin_with_organizations(&overview));
    Ok(body)
}
