//! What an issuer says of itself, made from the tables that the server obeys, so that nothing is told that is not served.
//! *Spec*: RFC 8414, OpenID Connect Discovery §3, RFC 9728; security rules M-1 to M-3.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};

use super::document::Document;
use super::signed;
use crate::access::PROOF_ALGORITHMS;
use crate::domain::place::Place;
use crate::domain::registered::{AuthMethod, GrantType};
use crate::domain::scope::API;
use crate::domain::tenant::Switch;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;
use crate::http::routes;

/// Members that name a route below the issuer: told where the route is there.
const ENDPOINTS: [(&str, &str); 12] = [
    ("authorization_endpoint", AUTHORIZE),
    ("token_endpoint", "/token"),
    ("introspection_endpoint", "/introspect"),
    ("revocation_endpoint", "/revoke"),
    ("userinfo_endpoint", USERINFO),
    ("pushed_authorization_request_endpoint", "/par"),
    ("device_authorization_endpoint", "/device_authorization"),
    ("registration_endpoint", REGISTER),
    ("end_session_endpoint", LOGOUT),
    ("jwks_uri", "/.well-known/jwks.json"),
    // Our own: what ended before its time, for those who verify tokens by themselves.
    ("revocation_feed_uri", "/revocations"),
    ("protected_resource_metadata_uri", "/.well-known/oauth-protected-resource"),
];

const AUTHORIZE: &str = "/authorize";
const USERINFO: &str = "/userinfo";
const REGISTER: &str = "/register";
const LOGOUT: &str = "/logout";

/// `GET {issuer}/.well-known/openid-configuration` and `{issuer}/.well-known/oauth-authorization-server`, and both with
/// the issuer's path behind the word (RFC 8414 §3.1).
///
/// Every spelling of a place gets the one document with the one issuer (M-3): a client that came by another spelling
/// sees that it is not the issuer's, which RFC 8414 §3.3 tells it to refuse.
pub async fn server(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let said = Value::Object(metadata(&call, &place));
    Ok(Document::new("application/json", said.to_string(), call.state.jwks_max_age).respond(&call))
}

fn metadata(call: &Call, place: &Place) -> Map<String, Value> {
    let state = &call.state;
    let issuer = state.base.issuer(place);
    let grants = state.dispatcher.grants(place);
    let mut said = Map::new();
    said.insert("issuer".to_owned(), json!(issuer));
    for (member, path) in ENDPOINTS {
        let is_open = path != REGISTER || state.registry.lets_clients_register(place);
        if routes::serves(place, path) && is_open {
            said.insert(member.to_owned(), json!(format!("{issuer}{path}")));
        }
    }
    said.insert("protected_resources".to_owned(), json!([issuer]));
    said.insert("grant_types_supported".to_owned(), json!(grants));
    let certificates = if state.certificates.is_some() { Switch::On } else { Switch::Off };
    said.insert("dpop_signing_alg_values_supported".to_owned(), json!(PROOF_ALGORITHMS));
    said.extend(of_clients(&state.dispatcher.auth_methods(certificates)));
    said.extend(of_authorization(place, &grants));
    said.insert("scopes_supported".to_owned(), json!(scopes(place)));
    said.insert("service_documentation".to_owned(), json!(format!("{}/openapi.json", state.base.as_str())));
    said
}

/// How clients prove themselves, at each endpoint that asks them to.
fn of_clients(methods: &[AuthMethod]) -> Map<String, Value> {
    let confidential: Vec<_> = methods.iter().filter(|method| **method != AuthMethod::None).collect();
    let mut said = Map::new();
    said.insert("token_endpoint_auth_methods_supported".to_owned(), json!(methods));
    said.insert("revocation_endpoint_auth_methods_supported".to_owned(), json!(methods));
    // A token of the administration is an access token (RFC 8414 §2).
    let at_introspection = confidential.iter().map(|method| method.as_str()).chain(["Bearer"]);
    said.insert("introspection_endpoint_auth_methods_supported".to_owned(), at_introspection.collect());
    if methods.contains(&AuthMethod::PrivateKeyJwt) {
        for endpoint in ["token", "revocation", "introspection"] {
            let member = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            said.insert(member, json!(signed::algorithms()));
        }
    }
    said
}

/// What there is of authorization by a person in a browser.
fn of_authorization(place: &Place, grants: &[GrantType]) -> Map<String, Value> {
    let is_served = routes::serves(place, AUTHORIZE) && grants.contains(&GrantType::AuthorizationCode);
    let responses: &[&str] = if is_served { &["code"] } else { &[] };
    let mut said = Map::new();
    // Demanded by RFC 8414 §2, even of a server that answers none.
    said.insert("response_types_supported".to_owned(), json!(responses));
    said.insert("subject_types_supported".to_owned(), json!(["public", "pairwise"]));
    for signed in ["id_token", "userinfo", "introspection"] {
        said.insert(format!("{signed}_signing_alg_values_supported"), json!(signed::algorithms()));
    }
    for unserved in ["claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported"] {
        said.insert(unserved.to_owned(), json!(false));
    }
    if is_served {
        said.insert("response_modes_supported".to_owned(), json!(["query", "form_post"]));
        said.insert("code_challenge_methods_supported".to_owned(), json!(["S256"]));
        said.insert("authorization_response_iss_parameter_supported".to_owned(), json!(true));
    }
    said
}

fn scopes(place: &Place) -> Vec<&'static str> {
    let of_people = ["openid", "profile", "email", "groups", "roles", "offline_access"];
    let of_people: &[&str] = if routes::serves(place, AUTHORIZE) { &of_people } else { &[] };
    [API].iter().chain(of_people).copied().collect()
}

/// `GET {issuer}/.well-known/oauth-protected-resource`, also with the issuer's path behind the word (RFC 9728 §3.1): the
/// plane as a resource, and who issues tokens for it.
///
/// *Shape*: `{"resource":"..","authorization_servers":[".."],"bearer_methods_supported":["header","body"],..}`
pub async fn resource(call: Call) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let state = &call.state;
    let own = state.base.issuer(&place);
    let url_tokens = place.app_settings().map_or(state.management_url_tokens, |settings| settings.url_tokens);
    let methods: &[&str] = if url_tokens == Switch::On { &["header", "body", "query"] } else { &["header", "body"] };
    // Whoever stands above an application comes with a token of the management plane.
    let mut servers = vec![own.clone(), state.base.issuer(&Place::Management)];
    servers.dedup();
    let name = match &place {
        Place::Management => "management".to_owned(),
        Place::App { org, app } => format!("{}/{}", org.name, app.name),
    };
    let said = json!({
        "resource": own,
        "authorization_servers": servers,
        "bearer_methods_supported": methods,
        "dpop_signing_alg_values_supported": PROOF_ALGORITHMS,
        "scopes_supported": [API],
        "resource_name": name,
    });
    Ok(Document::new("application/json", said.to_string(), state.jwks_max_age).respond(&call))
}
