//! Tokens end at the word of their client. *Spec*: RFC 7009; security rules V-1 and V-2.

use actix_web::HttpResponse;

use crate::http::error::{Refusal, Voice, forbid_keeping};
use crate::http::extract::call::Call;

/// `POST /{org}/{app}/revoke` and `/management/revoke`.
///
/// *Shape*: an empty body, whether there was anything to end or not.
pub async fn revoke(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let token = call.asked_token()?;
    let client = call.owner(&place).await?;
    let ended = call.state.revoker.surrender(&place, &client, &token).await;
    ended.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))?;
    let mut response = HttpResponse::Ok().finish();
    forbid_keeping(response.headers_mut());
    Ok(response)
}
