//! What the envelopes look like on the wire.

use actix_web::body::to_bytes;
use actix_web::http::header::CONTENT_TYPE;
use serde_json::json;
use uuid::Uuid;

use super::*;

const STARTED: Moment = Moment::from_millis(1_000);
const NOW: Moment = Moment::from_millis(1_007);

async fn text(response: HttpResponse) -> String {
    assert_eq!(response.headers().get(CONTENT_TYPE).expect("a type"), "application/json");
    let bytes = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("a body in memory"));
    String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8")
}

#[actix_web::test]
async fn members_come_in_their_order_and_absent_ones_do_not_come() {
    let app = AppId::new(Uuid::from_u128(1));
    let response = Envelope::new(STARTED)
        .member("cursor", "abc")
        .credentials(ClientId::App(app), Some(Secret::new("YXA6secret")))
        .application_name(TenantName::parse("shop").expect("a name"))
        .organization("acme")
        .count(1)
        .data(json!({"a": 1}))
        .entities(vec![json!({"uuid": "x"})])
        .ok()
        .uri("http://localhost/acme/shop/users")
        .path("/users")
        .params("limit=1&access_token=t")
        .application(app)
        .action("get")
        .into_response(NOW);
    assert_eq!(response.status(), StatusCode::OK);
    let expected = r#"{
  "action": "get",
  "application": "00000000-0000-0000-0000-000000000001",
  "params": {
    "limit": [
      "1"
    ]
  },
  "path": "/users",
  "uri": "http://localhost/acme/shop/users",
  "status": "ok",
  "entities": [
    {
      "uuid": "x"
    }
  ],
  "data": {
    "a": 1
  },
  "timestamp": 1000,
  "duration": 7,
  "count": 1,
  "organization": "acme",
  "applicationName": "shop",
  "credentials": {
    "client_id": "YXA6AAAAAAAAAAAAAAAAAAAAAQ",
    "client_secret": "YXA6secret"
  },
  "cursor": "abc"
}"#;
    assert_eq!(text(response).await, expected);
}

#[actix_web::test]
async fn an_empty_envelope_has_its_times_alone() {
    let expected = "{\n  \"timestamp\": 1000,\n  \"duration\": 7\n}";
    assert_eq!(text(Envelope::new(STARTED).into_response(NOW)).await, expected);
}

#[test]
fn params_leave_credentials_out_and_keep_every_value() {
    let query = "ql=select+*&x=1&x=2&client_id=a&client_secret=b&password=c&username=d&access_token=e&token=f\
                 &client_credentials=g&fb_access_token=h&fq_access_token=i&ping_access_token=j&pin=k\
                 &refresh_token=l&p%61ssword=m&code=n&Access_Token=o&PASSWORD=p&Client_Secret=q&state=r&bad=%zz";
    let params = Envelope::new(STARTED).params(query).params.expect("params");
    assert_eq!(json!(params), json!({"ql": ["select *"], "state": ["r"], "x": ["1", "2"]}));
}

#[actix_web::test]
async fn an_error_has_its_own_order() {
    let error = ErrorEnvelope::new("unauthorized", "Unable to authenticate", STARTED);
    let response = error.clone().into_response(StatusCode::UNAUTHORIZED, NOW);
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let expected = r#"{
  "error": "unauthorized",
  "timestamp": 1000,
  "duration": 7,
  "error_description": "Unable to authenticate"
}"#;
    assert_eq!(text(response).await, expected);
    let id = Uuid::from_u128(7);
    let traced = text(error.clone().trace_id(id).into_response(StatusCode::UNAUTHORIZED, NOW)).await;
    assert!(traced.ends_with(",\n  \"trace_id\": \"00000000-0000-0000-0000-000000000007\"\n}"), "{traced}");
    let full = text(error.error_id(id).exception("x.Y").into_response(StatusCode::UNAUTHORIZED, NOW)).await;
    let end = "\"error_id\": \"00000000-0000-0000-0000-000000000007\",\n  \"exception\": \"x.Y\"\n}";
    assert!(full.ends_with(end), "{full}");
}
