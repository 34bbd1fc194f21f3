//! The boundary around a small application.

use std::sync::Mutex;
use std::time::Duration;

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Compress;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpRequest, web};
use serde_json::Value;

use super::*;
use crate::domain::authority::Authority;
use crate::domain::name::TenantName;

/// Each look at it takes seven milliseconds.
#[derive(Default)]
struct StepClock(Mutex<Duration>);

impl Clock for StepClock {
    fn now(&self) -> Moment {
        let mut elapsed = self.0.lock().expect("no test panics while it holds the clock");
        *elapsed += Duration::from_millis(7);
        Moment::EPOCH.plus(*elapsed)
    }
}

/// What every request is traced by.
const MADE: Uuid = Uuid::from_u128(7);
const MADE_TEXT: &str = "00000000-0000-0000-0000-000000000007";

type Seen = Arc<Mutex<Vec<String>>>;

fn make_boundary(seen: &Seen) -> Arc<Boundary> {
    let seen = Arc::clone(seen);
    Arc::new(Boundary {
        limits: Limits { url: 100, headers: 1_000, body: 10 },
        cors: CorsPolicy::Any,
        strict_transport: Switch::Off,
        clock: Arc::new(StepClock::default()),
        new_trace: Arc::new(|| MADE),
        on_refused: Arc::new(|_| {}),
        on_completed: Arc::new(move |done| {
            let Completed { method, route, status, duration, request_id, fields } = done;
            let line = format!(
                "{method} {route} {} {}ms {} {:?} {:?}",
                status.as_u16(),
                duration.as_millis(),
                request_id.as_str(),
                fields.org.as_ref().map(TenantName::as_str),
                fields.outcome
            );
            seen.lock().expect("no test panics while it holds the list").push(line);
        }),
    })
}

/// Answers with the names and the query that it was given.
async fn token(request: HttpRequest, names: web::Path<(String, String)>) -> String {
    AccessFields::note(&request, |fields| fields.org = TenantName::parse(&names.0).ok());
    AccessFields::note(&request, |fields| {
        fields.outcome = Some("ok");
        fields.authority = Some(Authority::AppUser);
    });
    let id = request.extensions().get::<RequestId>().cloned().expect("an id on every request");
    format!("{} {} {} {}", names.0, names.1, request.query_string(), id.as_str())
}

macro_rules! answer {
    ($seen:expr, $request:expr) => {{
        let app = App::new()
            .route("/{org}/{app}/token", web::route().to(token))
            .wrap(Compress::default())
            .wrap(boundary(make_boundary($seen)));
        let app = init_service(app).await;
        call_service(&app, $request.to_request()).await
    }};
}

fn header<B>(response: &ServiceResponse<B>, name: HeaderName) -> Option<&str> {
    response.headers().get(name).map(|value: &HeaderValue| value.to_str().expect("ASCII"))
}

fn lines(seen: &Seen) -> Vec<String> {
    seen.lock().expect("no test panics while it holds the list").clone()
}

#[actix_web::test]
async fn a_request_is_routed_by_its_canonical_path_and_keeps_its_query() {
    let seen = Seen::default();
    let response = answer!(&seen, TestRequest::post().uri("//orgs/acme/apps/shop/token/?a=//b/&c"));
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, X_REQUEST_ID), Some(MADE_TEXT));
    assert_eq!(header(&response, X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
    assert_eq!(read_body(response).await, format!("acme shop a=//b/&c {MADE_TEXT}"));
    let line = format!("POST /{{org}}/{{app}}/token 200 7ms {MADE_TEXT} Some(\"acme\") Some(\"ok\")");
    assert_eq!(lines(&seen), [line]);
}

#[actix_web::test]
async fn an_escaped_slash_never_separates() {
    let seen = Seen::default();
    let response = answer!(&seen, TestRequest::get().uri("/acme%2Fapps/shop/token"));
    let body = read_body(response).await;
    assert_eq!(body, format!("acme/apps shop  {MADE_TEXT}"), "one name, though not one that a tenant can bear");
    for lost in ["/acme/../shop/token", "/~/shop/token", "/%7e/shop/token", "/acme/%2e/token"] {
        assert_eq!(answer!(&seen, TestRequest::get().uri(lost)).status(), 404, "{lost}");
    }
}

#[actix_web::test]
async fn an_unknown_path_is_dressed_and_counted_too() {
    let seen = Seen::default();
    let request = TestRequest::get().uri("/nowhere?access_token=s3cret").insert_header((X_REQUEST_ID, "mine"));
    let response = answer!(&seen, request);
    assert_eq!(response.status(), 404);
    assert_eq!(header(&response, X_REQUEST_ID), Some("mine"));
    assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_ORIGIN), Some("*"));
    assert_eq!(lines(&seen), ["GET unmatched 404 7ms mine None None"]);
}

#[actix_web::test]
async fn options_is_answered_on_any_path_before_routing() {
    let seen = Seen::default();
    let request = TestRequest::with_uri("/any/where")
        .method(Method::OPTIONS)
        .insert_header((ORIGIN, "https://a.example"))
        .insert_header((ACCESS_CONTROL_REQUEST_METHOD, "PUT"));
    let response = answer!(&seen, request);
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_ORIGIN), Some("https://a.example"));
    assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_METHODS), Some("PUT"));
    assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
    assert!(response.headers().get_all(VARY).any(|value| value == "Origin"));
    assert_eq!(read_body(response).await, "");
}

#[actix_web::test]
async fn a_request_over_a_limit_is_refused_in_json() {
    let seen = Seen::default();
    let long_url = TestRequest::get().uri(&format!("/a?{}", "b".repeat(100)));
    let large_headers = TestRequest::get().uri("/a").insert_header(("x-a", "b".repeat(1_000)));
    let large_body = TestRequest::post().uri("/acme/shop/token").insert_header(("content-length", "11"));
    for (request, status, error) in [
        (long_url, 414, "uri_too_long"),
        (large_headers, 431, "headers_too_large"),
        (large_body, 413, "body_too_large"),
    ] {
        let response = answer!(&seen, request);
        assert_eq!(response.status(), status);
        assert_eq!(header(&response, CONTENT_TYPE), Some("application/json"));
        assert_eq!(header(&response, X_REQUEST_ID), Some(MADE_TEXT));
        let body: Value = serde_json::from_slice(&read_body(response).await).expect("a JSON body");
        assert_eq!((&body["error"], &body["trace_id"]), (&Value::from(error), &Value::from(MADE_TEXT)));
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panics while it holds the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn one_line_is_logged_without_path_or_query() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let request = TestRequest::get().uri("/acme/shop/token?password=hunter2&username=alice");
    assert_eq!(answer!(&Seen::default(), request).status(), 200);
    drop(guard);

    let text = String::from_utf8(log.0.lock().expect("no test panics while it holds the log").clone()).expect("UTF-8");
    let access: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .filter(|line: &Value| line["target"] == "tokengrid::access")
        .collect();
    assert_eq!(access.len(), 1, "{text}");
    let fields = &access[0]["fields"];
    assert_eq!(fields["route"], "/{org}/{app}/token");
    assert_eq!(fields["status"], 200);
    assert_eq!(fields["duration_ms"], 7.0);
    assert_eq!(fields["org"], "acme");
    assert_eq!(fields["authority"], "app_user");
    assert!(!text.contains("hunter2") && !text.contains("alice"), "{text}");
}
