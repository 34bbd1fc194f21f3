//! Who a person is, for the client that bears their token. *Spec*: OpenID Connect Core §5.3; security rule O-5.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::token::no_store_json;
use crate::access::{AccessError, Presented, Session, Statement};
use crate::domain::place::Place;
use crate::domain::scope::OPENID;
use crate::domain::token::AccessClaims;
use crate::grant::GrantError;
use crate::http::error::{Refusal, Voice, forbid_keeping};
use crate::http::extract::call::Call;
use crate::http::extract::credentials::Authorization;

/// `GET|POST /{org}/{app}/userinfo` and `/management/userinfo`, with a token in the header or in a form.
///
/// *Shape*: `{"sub":"..","name":"..","email":".."}`, as far as the token's scopes reach; a signed JWT where the client
/// registered `userinfo_signed_response_alg`.
pub async fn user_info(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let refuse = |cause: AccessError| call.refuse_in(Voice::OAuth, &cause);
    let presented = call.at_userinfo(&place).map_err(refuse)?;
    let session = call.state.verifier.verify(&presented).await.map_err(refuse)?;
    let claims = opened(&place, &session).map_err(refuse)?;
    let told = call.state.dispatcher.user_info(&place, session.principal, claims).await;
    let told = told.map_err(|cause| refuse_holder(&call, cause))?;
    let Some(algorithm) = told.signed_by else { return Ok(no_store_json(&Value::Object(told.claims), None)) };
    // Who it is from and for; never until when, so that it passes as no ID token (§5.3.2).
    let mut said = Map::new();
    said.insert("iss".to_owned(), json!(call.state.base.issuer(&place)));
    said.insert("aud".to_owned(), json!(claims.client_id));
    said.extend(told.claims);
    let signed = call.signed(&place, Statement::UserInfo, Some(algorithm), &Value::Object(said)).await?;
    let mut response = HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/jwt")).body(signed);
    forbid_keeping(response.headers_mut());
    Ok(response)
}

/// The claims of a token that opens this endpoint of this place.
fn opened<'a>(place: &Place, session: &'a Session) -> Result<&'a AccessClaims, AccessError> {
    let token = session.token.as_ref().filter(|_| session.principal.issuing_tenant() == place.tenant());
    // A token of another server has no claims of ours, and none of another tenant is of use here.
    let claims = token.ok_or(AccessError::HolderGone)?.claims.as_deref();
    let claims = claims.ok_or(AccessError::InsufficientScope(OPENID))?;
    let has_scope = claims.scope.split(' ').any(|word| word == OPENID);
    if has_scope { Ok(claims) } else { Err(AccessError::InsufficientScope(OPENID)) }
}

/// A holder who is gone or shut out has no token any more.
fn refuse_holder(call: &Call, cause: GrantError) -> Refusal {
    match cause {
        GrantError::UnknownUser | GrantError::NotActivated | GrantError::Disabled | GrantError::NotConfirmed => {
            call.refuse_in(Voice::OAuth, &AccessError::HolderGone)
        }
        other => call.refuse_in(Voice::OAuth, &other),
    }
}

impl Call {
    /// The token by the header, or by a form (RFC 6750 §2.2); in a URL it is none.
    fn at_userinfo(&self, place: &Place) -> Result<Presented, AccessError> {
        let in_form = self.parameters().ok().filter(|said| !said.is_in_query("access_token"));
        let in_form = in_form.and_then(|said| said.access_token.clone());
        match (&self.authorization, in_form) {
            (Authorization::Bearer(_) | Authorization::Dpop(_), Some(_)) | (Authorization::Malformed, _) => {
                Err(AccessError::Ambiguous)
            }
            (Authorization::Bearer(token), None) => Ok(Presented::Bearer(token.clone())),
            (Authorization::Dpop(token), None) => self.with_proof(place, token),
            (_, Some(token)) if !self.speaks_json() => Ok(Presented::Bearer(token)),
            (Authorization::EmptyBearer, _) => Err(AccessError::EmptyBearer),
            _ => Err(AccessError::Forbidden(crate::access::Need::Permission)),
        }
    }
}
