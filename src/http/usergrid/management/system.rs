//! What concerns the server itself: for the superuser, and for conformance runs. *Spec*: Usergrid `/system`,
//! `/testproperties`.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::Value;

use crate::domain::place::Place;
use crate::domain::tenant::Switch;
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::usergrid::envelope::Envelope;
use crate::telemetry::resident_bytes;

/// Properties that a conformance run may set and nobody may read back.
const SECRET_PROPERTIES: [&str; 2] = ["password", "secret"];

/// `PUT /system/superuser/setup`: the account follows the configuration at every start, so that nothing is left to do.
pub async fn superuser_setup(call: Call) -> Result<HttpResponse, Refusal> {
    done(call, "superuser setup").await
}

/// `PUT /system/database/setup`: the tables are there since the start.
pub async fn database_setup(call: Call) -> Result<HttpResponse, Refusal> {
    done(call, "database setup").await
}

/// `PUT /system/database/bootstrap`: as setup.
pub async fn database_bootstrap(call: Call) -> Result<HttpResponse, Refusal> {
    done(call, "database bootstrap").await
}

async fn done(call: Call, action: &'static str) -> Result<HttpResponse, Refusal> {
    superuser(&call).await?;
    Ok(Envelope::new(call.started).action(action).ok().into_response(call.state.clock.now()))
}

/// `GET /status/heap`: what the process holds. *Shape*: `heap:{"resident_bytes":1}`; none where the system does not say.
pub async fn heap(call: Call) -> Result<HttpResponse, Refusal> {
    superuser(&call).await?;
    let heap = resident_bytes().map(|bytes| serde_json::json!({ "resident_bytes": bytes }));
    let envelope = Envelope::new(call.started).action("get heap").ok();
    let envelope = match heap {
        Some(heap) => envelope.member("heap", heap),
        None => envelope,
    };
    Ok(envelope.into_response(call.state.clock.now()))
}

async fn superuser(call: &Call) -> Result<(), Refusal> {
    let session = call.session(&Place::Management).await?;
    call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    Ok(())
}

/// `GET|POST /testproperties`: every property as a member; POST merges. There only where the configuration says so.
pub async fn test_properties(call: Call) -> Result<HttpResponse, Refusal> {
    if call.state.test_properties == Switch::Off {
        return Err(call.refuse(&RequestError::NoTestProperties));
    }
    let switches = &call.state.registry.switches;
    if call.request.method() == Method::POST {
        for (name, value) in call.object()? {
            let is_secret = SECRET_PROPERTIES.iter().any(|word| name.ends_with(word));
            if !is_secret {
                switches.set_property(&name, value);
            }
        }
    }
    let body = Value::Object(switches.all()).to_string();
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}
