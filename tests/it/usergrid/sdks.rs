//! Every call of Usergrid's SDKs as each of them sends it: transport, headers, odd tails and all (wire 8.2 to 8.5).

use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, World, world};

const APP: &str = "/acme/shop";

/// JSON in an envelope with exactly this status, which is all that these clients take for success.
#[track_caller]
fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json.is_object(), "{}", answer.text);
    answer.json
}

/// npm `usergrid` 0.10.11: a body with every method, a `?` behind every path, credentials in the URL.
struct Npm010<'a> {
    world: &'a World,
    credentials: String,
}

impl Npm010<'_> {
    fn send(&self, method: &str, path: &str, query: &str, body: &Value) -> Answer {
        let query: Vec<&str> = [query, &self.credentials].into_iter().filter(|part| !part.is_empty()).collect();
        let path = format!("{APP}/{path}?{}", query.join("&"));
        let accept = [("accept", "application/json")];
        self.world.guest().send_with(method, &path, Some("application/json"), &body.to_string(), &accept)
    }
}

#[test]
fn npm_0_10_signs_in_signs_up_and_saves() {
    let world = world();
    let stranger = Npm010 { world: &world, credentials: String::new() };
    let login = json!({ "username": "ann", "password": PASSWORD, "grant_type": "password" });
    let session = ok(stranger.send("POST", "token", "", &login));
    assert_eq!(session["user"]["username"], "ann");
    let token = session["access_token"].as_str().unwrap();
    let sdk = Npm010 { world: &world, credentials: format!("access_token={token}") };
    let nothing = json!({});
    assert_eq!(ok(sdk.send("GET", "users/me", "", &nothing))["entities"][0]["username"], "ann");

    let probe = sdk.send("GET", "users/newcomer", "", &nothing);
    assert!(probe.json["error"].is_string(), "any error means that the name is free: {}", probe.text);
    let new = json!({ "type": "users", "username": "newcomer", "password": "secret", "email": "new@x.test" });
    let made = ok(sdk.send("POST", "users", "", &new));
    assert_eq!(made["path"], "/users");
    let uuid = made["entities"][0]["uuid"].as_str().unwrap();
    let saved = ok(sdk.send("PUT", &format!("users/{uuid}"), "", &json!({ "city": "Ulm" })));
    assert_eq!(saved["entities"][0]["city"], "Ulm");
    let change = json!({ "oldpassword": "secret", "newpassword": "secret2" });
    ok(sdk.send("PUT", &format!("users/{uuid}/password"), "", &change));
    let page = ok(sdk.send("GET", "users", "ql=select%20*%20where%20city%20%3D%20'ulm'&limit=5", &nothing));
    assert_eq!((page["count"].as_i64(), page["entities"][0]["username"].as_str()), (Some(1), Some("newcomer")));
    assert_eq!(page["path"], "/users");

    ok(sdk.send("POST", "groups", "", &json!({ "path": "team" })));
    assert_eq!(ok(sdk.send("GET", "groups/team", "", &nothing))["entities"][0]["path"], "team");
    assert_eq!(ok(sdk.send("GET", "groups/team/users", "", &nothing))["entities"], json!([]));
    ok(sdk.send("DELETE", &format!("users/{uuid}"), "", &nothing));
}

#[test]
fn npm_0_10_in_client_id_mode_sends_the_pair_with_every_request() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let sdk = Npm010 { world: &world, credentials: format!("client_id={id}&client_secret={secret}") };
    let page = ok(sdk.send("GET", "users", "", &json!({})));
    assert_eq!(page["entities"][0]["username"], "ann");
    assert_eq!(page["params"], json!({}), "the pair is not echoed");
    let wrong = Npm010 { world: &world, credentials: format!("client_id={id}&client_secret=YXA6wrong") };
    assert_eq!(wrong.send("GET", "users", "", &json!({})).error(), (401, "invalid_client"));
}

/// npm `usergrid` 2.0.0-rc.2: a bearer header, the old one beside a sign-in too, and no body where it has none.
fn npm2(caller: &Client, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let headers = [("user-agent", "usergrid-nodejs/v2.0.0-rc.2")];
    let (kind, body) = body.map_or((None, String::new()), |body| (Some("application/json"), body.to_string()));
    caller.send_with(method, &format!("{APP}/{path}"), kind, &body, &headers)
}

#[test]
fn npm_2_authenticates_applications_and_users() {
    let world = world();
    let guest = world.guest();
    let (id, secret) = &world.acme.app_client;
    let app = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret, "ttl": 604_800 });
    let session = ok(npm2(&guest, "POST", "token", Some(&app)));
    assert!(session["access_token"].is_string() && session["expires_in"].is_i64(), "{session}");
    let user = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD });
    let stale = guest.bearer("YWMtstale");
    let session = ok(npm2(&stale, "POST", "token", Some(&user)));
    assert_eq!(session["user"]["type"], "user");
    let by_email = json!({ "grant_type": "password", "email": "ann@example.test", "password": PASSWORD });
    assert_eq!(ok(npm2(&guest, "POST", "token", Some(&by_email)))["user"]["username"], "ann");
}

#[test]
fn npm_2_keeps_users_and_logs_out() {
    let world = world();
    let ann = world.guest().bearer(&world.guest().sign_in(APP, "ann", PASSWORD).token());
    let new = json!({ "type": "user", "username": "zoe", "email": "zoe@x.test", "password": "secret" });
    let made = ok(npm2(&ann, "POST", "user", Some(&new)));
    let uuid = made["entities"][0]["uuid"].as_str().unwrap().to_owned();
    for path in [format!("users/{uuid}"), "users/zoe".to_owned(), "users?ql=&limit=5".to_owned()] {
        let found = ok(npm2(&ann, "GET", &path, None));
        let at = found["entities"][0]["metadata"]["path"].as_str().unwrap();
        assert!(at.starts_with("/users"), "{at}");
        assert!(found["params"].as_object().unwrap().values().all(Value::is_array), "{found}");
    }
    let check = "users?ql=select%20*%20where%20username%20%3D%20'nobody'%20or%20email%20%3D%20'nobody@x.test'";
    assert_eq!(ok(npm2(&ann, "GET", check, None))["entities"], json!([]));
    let reset = json!({ "oldpassword": "secret", "newpassword": "secret2" });
    ok(npm2(&ann, "PUT", "users/zoe%40x.test/password", Some(&reset)));

    let zoe = world.guest().sign_in(APP, "zoe", "secret2").token();
    let caller = world.guest().bearer(&zoe);
    ok(npm2(&caller, "PUT", &format!("users/{uuid}/revoketoken?token={zoe}"), None));
    assert_eq!(npm2(&caller, "GET", "users/me", None).error(), (401, "auth_invalid"));
    let again = world.guest().bearer(&world.guest().sign_in(APP, "zoe", "secret2").token());
    ok(npm2(&again, "PUT", "users/zoe/revoketokens", None));
    assert_eq!(npm2(&again, "GET", "users/me", None).error(), (401, "auth_invalid"));
    ok(npm2(&ann, "DELETE", &format!("users/{uuid}"), None));
}

/// PyPI `usergrid` 0.2.10: JSON without a content type, `Accept: */*`, `ttl` as a number.
fn python(caller: &Client, method: &str, path: &str, body: &str) -> Answer {
    caller.send_with(method, path, None, body, &[("accept", "*/*")])
}

#[test]
fn python_authenticates_at_three_levels_and_keeps_users() {
    let world = world();
    let guest = world.guest();
    let machine = |(id, secret): &(String, String)| json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret, "ttl": 86_400_000 });
    let app = ok(python(&guest, "POST", "/acme/shop/token", &machine(&world.acme.app_client).to_string()));
    assert_eq!(app["expires_in"], 86_400);
    let org = ok(python(&guest, "POST", "/management/token", &machine(&world.acme.org_client).to_string()));
    assert_eq!(org["organization"]["name"], "acme");
    let user = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD, "ttl": 86_400_000 });
    ok(python(&guest, "POST", "/acme/shop/token", &user.to_string()));

    let sdk = guest.bearer(app["access_token"].as_str().unwrap());
    let made = ok(python(&sdk, "POST", "/acme/shop/users", r#"{"username":"py","email":"py@x.test"}"#));
    assert_eq!(made["entities"][0]["username"], "py");
    let read = ok(python(&sdk, "GET", "/acme/shop/users/py?connections=none", ""));
    assert_eq!(read["entities"][0]["email"], "py@x.test");
    let saved = ok(python(&sdk, "PUT", "/acme/shop/users/py", r#"{"name":"Py"}"#));
    assert_eq!(saved["entities"][0]["name"], "Py");
    ok(python(&sdk, "DELETE", "/acme/shop/users/py", ""));
}

#[test]
fn javascript_0_11_signs_in_and_destroys_a_token_with_two_question_marks() {
    let world = world();
    let guest = world.guest();
    let login = json!({ "username": "acme-admin", "password": PASSWORD, "grant_type": "password" });
    let admin = ok(guest.send("POST", "/management/token?", Some("application/json"), &login.to_string()));
    let token = admin["access_token"].as_str().unwrap();
    // `reAuthenticateLite` reads `data.access_token` without looking whether `data` is there; the portal reads beside it.
    let me = ok(guest.get(&format!("/management/me?access_token={token}")));
    assert_eq!((&me["data"]["access_token"], &me["access_token"]), (&json!(token), &json!(token)));
    let ann = guest.sign_in(APP, "ann", PASSWORD).token();
    let destroy = format!("/acme/shop/users/ann/revoketoken?token={ann}?access_token={ann}");
    ok(guest.send("PUT", &destroy, Some("application/json"), ""));
    assert_eq!(guest.bearer(&ann).get("/acme/shop/users/me").error(), (401, "auth_invalid"));
}

#[test]
fn java_and_android_post_passwords_and_send_an_empty_object_to_revoke() {
    let world = world();
    let guest = world.guest();
    let login = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD });
    let session = ok(guest.bearer("YWMtstale").json("/acme/shop/token", &login));
    assert_eq!(session["user"]["type"], "user");
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "changed once" });
    ok(guest.json("/acme/shop/users/ann@example.test/password", &change));
    let ann = guest.bearer(&guest.sign_in(APP, "ann", "changed once").token());
    ok(ann.send("PUT", "/acme/shop/users/ann/revoketokens", Some("application/json"), "{}"));
    let admin = json!({ "grant_type": "password", "username": "acme-admin", "password": PASSWORD });
    ok(guest.json("/management/token", &admin));
}

#[test]
fn swift_reads_the_class_from_type_and_only_json() {
    let world = world();
    let guest = world.guest();
    let session = ok(guest.sign_in(APP, "ann", PASSWORD));
    assert_eq!(session["user"]["type"], "user");
    let caller = guest.bearer(session["access_token"].as_str().unwrap());
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "changed once" }).to_string();
    ok(caller.send("PUT", "/acme/shop/users/ann/password", Some("application/json"), &change));
    let token = session["access_token"].as_str().unwrap();
    // The session that changed the password goes on, and can end itself.
    ok(caller.send("PUT", &format!("/acme/shop/users/ann/revoketoken?token={token}"), None, ""));
    let dead = caller.get("/acme/shop/users/me");
    assert!(dead.json["error"].is_string(), "errors are JSON too: {}", dead.text);
}

#[test]
fn dot_net_signs_an_organization_in_at_an_application() {
    let world = world();
    let guest = world.guest();
    for (id, secret) in [&world.acme.org_client, &world.acme.app_client] {
        let body = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
        ok(guest.json("/acme/shop/token", &body));
    }
    let wrong = guest.sign_in(APP, "ann", "wrong");
    assert!(wrong.json["error"].is_string() && wrong.json["error_description"].is_string(), "{}", wrong.text);
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "changed once" });
    ok(guest.json("/acme/shop/users/ann/password", &change));
}

#[test]
fn ios_and_ruby_speak_forms_and_rails_speaks_the_query() {
    let world = world();
    let guest = world.guest();
    let form = "grant_type=password&username=ann&password=correct+horse";
    let session = ok(guest.form("/acme/shop/token", form));
    assert_eq!(session["user"]["username"], "ann");
    let query = ok(guest.get("/acme/shop/token?grant_type=password&username=ann&password=correct%20horse"));
    let caller = guest.bearer(query["access_token"].as_str().unwrap());
    assert_eq!(ok(caller.get("/acme/shop/users/me"))["entities"][0]["username"], "ann");
}
