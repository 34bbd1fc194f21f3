//! The feed of what an issuer revoked, for those who verify its tokens by themselves. Anyone may read it: ids are told by
//! digests alone. *Shape*: `docs/api/revocations.md`.

use actix_web::HttpResponse;
use serde_json::json;

use super::document::Document;
use crate::access::{Cursor, FRESH, Statement};
use crate::http::error::{Refusal, RequestError, Voice};
use crate::http::extract::call::Call;

const SIGNED: &str = "application/revocations+jwt";

/// `GET /{org}/{app}/revocations?since=` and `/management/revocations?since=`.
pub async fn feed(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let bad_cursor = || call.refuse_in(Voice::OAuth, &RequestError::BadCursor);
    let since = match call.query("since") {
        None => None,
        Some(text) => Some(Cursor::parse(&text).ok_or_else(bad_cursor)?),
    };
    let state = &call.state;
    let (issuer, now) = (state.base.issuer(&place), state.clock.now());
    let document = state.feed.document(place.tenant(), issuer, since, now).await;
    let document = document.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))?;
    let plain = Document::new("application/json", json!(document).to_string(), FRESH);
    let refuse = |cause| call.refuse_in(Voice::OAuth, &cause);
    // Tokens that nobody else can verify need no feed that everyone can.
    let own = state.statements.algorithm(&place).await.map_err(refuse)?;
    let Some(algorithm) = own.filter(|_| call.accepts(SIGNED)) else { return Ok(plain.respond(&call)) };
    let signed = state.statements.sign(&place, Statement::Revocations, algorithm, &document).await.map_err(refuse)?;
    Ok(match signed {
        Some(signed) => plain.sealed(SIGNED, signed.expose().to_owned()).respond(&call),
        None => plain.respond(&call),
    })
}
