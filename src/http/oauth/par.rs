//! The endpoint for pushed authorization requests. *Spec*: RFC 9126 §2.

use actix_web::HttpResponse;
use serde_json::json;

use crate::access::ProofError;
use crate::domain::place::Place;
use crate::grant::AuthorizeParameters;
use crate::http::error::{Refusal, RequestError, Voice, forbid_keeping};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::Encoding;

/// `POST /{org}/{app}/par` and `/management/par`
///
/// *Shape*: 201 `{"request_uri":"urn:ietf:params:oauth:request_uri:..","expires_in":60}`
pub async fn push(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let parameters = call.parameters()?;
    if parameters.encoding != Encoding::Form {
        return Err(call.refuse_in(Voice::OAuth, &RequestError::FormOnly));
    }
    let client = call.client()?;
    let said = AuthorizeParameters::read(with_key(&call, &place).await?);
    let pushed = call.state.dispatcher.push(&place, client.as_ref(), &said).await;
    let pushed = pushed.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))?;
    let body = json!({ "request_uri": pushed.request_uri.expose(), "expires_in": pushed.expires_in.as_secs() });
    let mut response = HttpResponse::Created().content_type("application/json").body(body.to_string());
    forbid_keeping(response.headers_mut());
    Ok(response)
}

/// What was said, with the key of a proof as the `dpop_jkt` that the code is bound to (RFC 9449 §10.1).
async fn with_key(call: &Call, place: &Place) -> Result<Vec<(String, String)>, Refusal> {
    let mut said = call.said_pairs()?;
    let Some(jkt) = call.proved_key(place).await? else { return Ok(said) };
    match said.iter().find(|(name, _)| name == "dpop_jkt") {
        None => said.push(("dpop_jkt".to_owned(), jkt)),
        Some((_, named)) if *named == jkt => {}
        Some(_) => return Err(call.refuse_in(Voice::OAuth, &ProofError::OtherThanSaid)),
    }
    Ok(said)
}
