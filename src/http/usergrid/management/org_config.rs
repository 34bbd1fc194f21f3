//! What the superuser sets for one organization. *Spec*: Usergrid `/management/orgs/{org}/config`.

use actix_web::HttpResponse;
use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::{actor, take_count};
use crate::domain::place::Place;
use crate::domain::tenant::{OrgSettings, Switch};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::ParameterError;
use crate::http::usergrid::envelope::Envelope;

const HISTORY: &str = "passwordHistorySize";
const RETRIEVABLE: &str = "retrievableSecrets";

/// `GET|PUT /management/orgs/{org}/config?items=&separate_defaults=&only_changed=`
///
/// *Shape*: `configuration:{"passwordHistorySize":0,"retrievableSecrets":true}`; `items` names the ones to show, with
/// commas between; `separate_defaults=true` shows `{"defaults":{..},"organization":{..}}`; `only_changed=true` leaves
/// away what stands at its default.
pub async fn settings(call: Call) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    call.state.guard.superuser(session.as_ref()).map_err(|cause| call.refuse(&cause))?;
    let registry = &call.state.registry;
    let org = registry.get_org(call.segment("org")).await.map_err(|cause| call.refuse(&cause))?;
    let mut settings = org.settings.clone();
    let is_put = call.request.method() == Method::PUT;
    if is_put {
        change(&call, &mut settings)?;
        let set = registry.set_org(&org, settings.clone(), actor(session.as_ref())).await;
        set.map_err(|cause| call.refuse(&cause))?;
    }
    let action = if is_put { "update organization configuration" } else { "get organization configuration" };
    let envelope = Envelope::new(call.started).action(action).member("configuration", shown(&call, &settings));
    Ok(envelope.into_response(call.state.clock.now()))
}

fn change(call: &Call, settings: &mut OrgSettings) -> Result<(), Refusal> {
    let mut body = call.object()?;
    settings.password_history = take_count(call, &mut body, HISTORY)?.unwrap_or(settings.password_history);
    match body.remove(RETRIEVABLE) {
        None => {}
        Some(Value::Bool(true)) => settings.retrievable_secrets = Switch::On,
        Some(Value::Bool(false)) => settings.retrievable_secrets = Switch::Off,
        Some(_) => return Err(call.refuse(&ParameterError::WrongType(RETRIEVABLE))),
    }
    if body.is_empty() { Ok(()) } else { Err(call.refuse(&RequestError::UnknownSetting)) }
}

fn map_of(settings: &OrgSettings) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert(HISTORY.to_owned(), json!(settings.password_history));
    map.insert(RETRIEVABLE.to_owned(), json!(settings.retrievable_secrets == Switch::On));
    map
}

fn shown(call: &Call, settings: &OrgSettings) -> Value {
    let asked = call.query("items").filter(|items| !items.is_empty());
    let is_asked = |name: &str| asked.as_ref().is_none_or(|items| items.split(',').any(|item| item.trim() == name));
    let is_true = |name: &str| call.query(name).is_some_and(|value| value == "true");
    let defaults = map_of(&OrgSettings::default());
    let mut own = map_of(settings);
    own.retain(|name, value| is_asked(name) && !(is_true("only_changed") && defaults.get(name) == Some(value)));
    if !is_true("separate_defaults") {
        return Value::Object(own);
    }
    let defaults: Map<String, Value> = defaults.into_iter().filter(|(name, _)| is_asked(name)).collect();
    json!({ "defaults": defaults, "organization": own })
}
