//! The endpoint at which a device begins. *Spec*: RFC 8628 §3.1, §3.2.

use actix_web::HttpResponse;
use serde_json::json;

use super::token::no_store_json;
use crate::grant::DeviceRequest;
use crate::http::error::{Refusal, RequestError, Voice};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::Encoding;

/// `POST /{org}/{app}/device_authorization` and `/management/device_authorization`
///
/// *Shape*: `{"device_code":"..","user_code":"WDJB-MJHT","verification_uri":"..","verification_uri_complete":"..",
/// "expires_in":600,"interval":5}` *Units*: seconds.
pub async fn begin(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let parameters = call.parameters()?;
    if parameters.encoding != Encoding::Form {
        return Err(call.refuse_in(Voice::OAuth, &RequestError::FormOnly));
    }
    let request = DeviceRequest {
        client: call.client()?,
        scope: parameters.scope.clone(),
        resources: parameters.resources.clone(),
        jkt: None,
        origin: call.origin(),
    };
    let begun = call.state.dispatcher.begin_device(&place, request).await;
    let begun = begun.map_err(|cause| call.refuse_in(Voice::OAuth, &cause))?;
    let body = json!({
        "device_code": begun.device_code.expose(),
        "user_code": begun.user_code,
        "verification_uri": begun.verification_uri,
        "verification_uri_complete": begun.verification_uri_complete,
        "expires_in": begun.expires_in.as_secs(),
        "interval": begun.interval.as_secs(),
    });
    Ok(no_store_json(&body, None))
}
