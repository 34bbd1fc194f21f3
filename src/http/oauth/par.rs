//! The endpoint for pushed authorization requests. *Spec*: RFC 9126 §2.

use actix_web::HttpResponse;
use serde_json::json;

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
    let said = AuthorizeParameters::read(call.said_pairs()?);
    let pushed = call.state.dispatcher.push(&place, client.as_ref(), &said).await;
    let pushed = pushed.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))?;
    let body = json!({ "request_uri": pushed.request_uri.expose(), "expires_in": pushed.expires_in.as_secs() });
    let mut response = HttpResponse::Created().content_type("application/json").body(body.to_string());
    forbid_keeping(response.headers_mut());
    Ok(response)
}
