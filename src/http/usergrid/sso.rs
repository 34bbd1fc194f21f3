//! Single sign-on of admins, as far as routes know of it. *Spec*: Usergrid `GET /management/tokendetails`.

use actix_web::HttpResponse;

use super::envelope::Envelope;
use crate::access::AccessError;
use crate::access::external::ExternalError;
use crate::domain::place::Place;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;

/// `GET /management/tokendetails?token=&keyurl=`: the claims of an identity provider's token, verified. The keys are
/// those of the configuration: another `keyurl` is refused and never fetched.
pub async fn token_details(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    call.state.guard.admin_self(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    let sign_on = call.state.sign_on.as_ref().filter(|sign_on| sign_on.key_url().is_some());
    let sign_on = sign_on.ok_or_else(|| call.refuse(&RequestError::NoTokenProvider))?;
    if call.query("keyurl").is_some_and(|asked| sign_on.key_url() != Some(asked.as_str())) {
        return Err(call.refuse(&RequestError::ForeignKeyUrl));
    }
    let token = call.parameters()?.token.as_ref().ok_or_else(|| call.refuse(&RequestError::Missing("token")))?;
    let claims = sign_on.token_details(token).await.map_err(|cause| {
        call.refuse(&match cause {
            ExternalError::Refused(cause) => AccessError::Unverified(cause),
            ExternalError::Expired => AccessError::Expired,
            other => AccessError::External(other),
        })
    })?;
    Ok(Envelope::new(call.started).action("get token details").data(claims).into_response(call.state.clock.now()))
}
