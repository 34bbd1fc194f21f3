//! The log: one event for each request, with what is needed to find it and nothing that is secret.

use serde_json::Value;

use crate::support::Program;

const PASSWORD: &str = "hunter2-hunter2";

/// A server at this level after requests of every kind, and all that must not be in its log.
fn logged(level: &str) -> (Vec<String>, Vec<String>) {
    let program = Program::fresh().set("TOKENGRID_LOGGING__LEVEL", level);
    let create = ["org", "create", "acme", "--admin-username", "ada", "--admin-email", "a@b.test", "--json"];
    let made = program.run_with(&[&create[..], &["--admin-password-stdin"]].concat(), PASSWORD);
    let made: Value = serde_json::from_str(&made.out).unwrap();
    let user = ["user", "create", "acme/sandbox", "--username", "ann", "--email", "ann@b.test", "--password-stdin"];
    assert_eq!(program.run_with(&user, PASSWORD).code, Some(0));
    let [id, secret] = ["client_id", "client_secret"].map(|name| made["credentials"][name].as_str().unwrap());

    let serving = program.serve(&[]);
    let client = serving.client();
    let headers = [("X-Request-Id", "r-1")];
    let form = format!("grant_type=password&username=ann&password={PASSWORD}");
    let type_ = Some("application/x-www-form-urlencoded");
    let session = client.send_with("POST", "/acme/sandbox/token", type_, &form, &headers);
    let token = session.token();
    let query = client.get(&format!("/management/token?grant_type=password&username=ada&password={PASSWORD}"));
    let org = client.basic(id, secret).form("/management/token", "grant_type=client_credentials");
    let refresh = session.text_of("refresh_token").to_owned();
    let renewed = client.form("/acme/sandbox/token", &format!("grant_type=refresh_token&refresh_token={refresh}"));
    client.get(&format!("/acme/sandbox/users/me?access_token={token}"));
    client.bearer(&token).send("PUT", &format!("/acme/sandbox/users/ann/revoketoken?token={token}"), None, "");
    let rotated = client.bearer(&org.token()).send("POST", "/acme/sandbox/credentials", None, "");
    // And what is refused, or cannot be read.
    client.sign_in("/acme/sandbox", "ann", &format!("{PASSWORD}!"));
    client.json("/acme/sandbox/token", &serde_json::json!({ "grant_type": "password", "password": [PASSWORD] }));
    client.send("POST", "/acme/sandbox/token", Some("application/json"), &format!("{{\"password\":\"{PASSWORD}\" x"));
    client.basic(id, &format!("{secret}x")).get("/acme/sandbox");
    client.get(&format!("/{PASSWORD}/{secret}/{token}"));

    let kept = [secret.to_owned(), token, query.token(), org.token(), refresh, renewed.token()];
    let mut secrets = vec![PASSWORD.to_owned(), renewed.text_of("refresh_token").to_owned()];
    secrets.push(rotated.json["credentials"]["client_secret"].as_str().unwrap().to_owned());
    secrets.extend(kept);
    assert!(secrets.iter().all(|secret| secret.len() > 10), "{secrets:?}");
    (serving.stop(), secrets)
}

#[test]
fn a_token_request_is_one_event_with_its_tenant_grant_and_outcome() {
    let (lines, _) = logged("info");
    let events: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ours: Vec<&Value> = events.iter().filter(|event| event["request_id"] == "r-1").collect();
    let [event] = ours[..] else { panic!("one event: {ours:?}") };
    for (field, value) in [
        ("level", "INFO"),
        ("message", "request"),
        ("target", "tokengrid::access"),
        ("method", "POST"),
        ("route", "/{org}/{app}/token"),
        ("org", "acme"),
        ("app", "sandbox"),
        ("grant_type", "password"),
        ("authority", "app_user"),
        ("outcome", "ok"),
    ] {
        assert_eq!(event[field], value, "{field}: {event}");
    }
    assert_eq!(event["status"], 200);
    assert!(event["duration_ms"].as_f64().unwrap() > 0.0, "{event}");
    assert!(event["timestamp"].is_string());
    let refused = events.iter().find(|event| event["outcome"] == "invalid_grant" && event["message"] == "request");
    assert_eq!(refused.expect("the wrong password")["status"], 400);
}

#[test]
fn no_secret_is_in_the_log_at_any_level() {
    for level in ["info", "trace"] {
        let (lines, secrets) = logged(level);
        assert!(lines.len() > 10);
        for secret in &secrets {
            let found: Vec<&String> = lines.iter().filter(|line| line.contains(secret)).collect();
            assert!(found.is_empty(), "{level}: {secret} is in {found:#?}");
        }
    }
}
