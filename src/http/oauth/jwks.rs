//! The public keys of an issuer. *Spec*: RFC 7517 §5; security rule M-6.

use actix_web::HttpResponse;

use super::document::Document;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;

/// `GET /{org}/{app}/.well-known/jwks.json` and `/management/.well-known/jwks.json`.
///
/// *Shape*: `{"keys":[{"kty":"EC","kid":"..","alg":"ES256","use":"sig",..}]}`; an HS256 issuer has none to show.
pub async fn keys(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let keys = call.state.verifier.jwks(&place).await.map_err(|cause| call.refuse(&cause))?;
    Ok(Document::new("application/jwk-set+json", keys, call.state.jwks_max_age).respond(&call))
}
