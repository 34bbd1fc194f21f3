//! A resource server that never asks Tokengrid about a token: `resource-server ISSUER AUDIENCE [ADDRESS]`.
//!
//! It fetches the issuer's keys and follows its feed of revocations; `GET /` answers who calls.

mod verifier;

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::web::{Data, get};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::Value;
use verifier::{Refused, Verifier};

/// A document is fresh for 15 seconds and holds for 60: three fetches may fail before anyone is refused.
const PAUSE: Duration = Duration::from_secs(15);

type Shared = Arc<RwLock<Verifier>>;

/// Where the issuer keeps what is followed.
struct Sources {
    keys: String,
    feed: String,
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(issuer), Some(audience)) = (arguments.next(), arguments.next()) else {
        return Err("resource-server ISSUER AUDIENCE [ADDRESS]".into());
    };
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:9090".to_owned());
    let sources = discover(&issuer)?;
    let shared: Shared = Arc::new(RwLock::new(Verifier::new(&issuer, &audience)));
    let followed = Arc::clone(&shared);
    std::thread::spawn(move || {
        loop {
            if let Err(cause) = follow(&sources, &followed) {
                report(&*cause);
            }
            std::thread::sleep(PAUSE);
        }
    });
    let app = move || App::new().app_data(Data::new(Arc::clone(&shared))).route("/", get().to(who));
    Ok(HttpServer::new(app).workers(1).bind(address)?.run().await?)
}

/// Reads the issuer's metadata (RFC 8414), which must be its own.
fn discover(issuer: &str) -> Result<Sources, Box<dyn Error>> {
    let text = fetch(&format!("{issuer}/.well-known/oauth-authorization-server"), "application/json")?;
    let said: Value = serde_json::from_str(&text)?;
    let member = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if member("issuer") != issuer {
        return Err("the metadata is another issuer's".into());
    }
    Ok(Sources { keys: member("jwks_uri"), feed: member("revocation_feed_uri") })
}

fn follow(sources: &Sources, shared: &Shared) -> Result<(), Box<dyn Error>> {
    let keys = fetch(&sources.keys, "application/json")?;
    let cursor = shared.read().unwrap_or_else(PoisonError::into_inner).cursor().map(str::to_owned);
    let url = cursor.map_or_else(|| sources.feed.clone(), |cursor| format!("{}?since={cursor}", sources.feed));
    let document = fetch(&url, "application/revocations+jwt")?;
    let mut verifier = shared.write().unwrap_or_else(PoisonError::into_inner);
    let taken = verifier.take_keys(&keys).and_then(|()| verifier.take_feed(&document, now()));
    taken.map_err(|cause| format!("{cause:?}").into())
}

fn fetch(url: &str, accept: &str) -> Result<String, Box<dyn Error>> {
    Ok(ureq::get(url).header("accept", accept).call()?.body_mut().read_to_string()?)
}

/// `GET /`: the claims of whoever calls, or 401.
async fn who(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(token) = header.strip_prefix("Bearer ") else {
        return HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, "Bearer")).finish();
    };
    let verified = shared.read().unwrap_or_else(PoisonError::into_inner).verify(token, now());
    match verified {
        Ok(claims) => HttpResponse::Ok().json(claims),
        Err(Refused::Stale) => HttpResponse::ServiceUnavailable().finish(),
        Err(_) => {
            HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)).finish()
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "an example is its own world, and has no other clock")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[expect(clippy::print_stderr, reason = "an example has no log")]
fn report(cause: &dyn Error) {
    eprintln!("the issuer could not be followed: {cause}");
}
