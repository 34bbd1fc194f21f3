//! Answers as scripts, for pages that load them as such.

use super::form;
use crate::support::{Answer, PASSWORD, world};

#[track_caller]
fn assert_script(answer: &Answer, status: u16, start: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.starts_with(start), "{}", answer.text);
    assert!(answer.text.ends_with(");"), "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/javascript");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
}

fn query(password: &str, callback: &str) -> String {
    form(&[("grant_type", "password"), ("username", "ann"), ("password", password), ("callback", callback)])
}

#[test]
fn a_grant_answers_as_a_script() {
    let world = world();
    let answer = world.guest().get(&format!("/acme/shop/token?{}", query(PASSWORD, "app.on$login")));
    assert_script(&answer, 200, "/**/app.on$login({\"access_token\":\"");
    let posted = world.guest().form("/acme/shop/token", &query(PASSWORD, "cb"));
    assert_script(&posted, 200, "/**/cb({\"access_token\":\"");
}

#[test]
fn a_refusal_answers_as_a_script_with_its_status() {
    let world = world();
    let wrong = world.guest().get(&format!("/acme/shop/token?{}", query("wrong", "cb")));
    let body = r#"{"error_description":"invalid username or password","error":"invalid_grant","trace_id":"#;
    assert_script(&wrong, 400, &format!("/**/cb({body}\"{}\"}});", wrong.header("x-request-id")));

    let client =
        form(&[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", "y"), ("callback", "cb")]);
    let refused = world.guest().get(&format!("/acme/shop/token?{client}"));
    assert_script(&refused, 401, "/**/cb({\"error_description\":\"Client authentication failed.\"");
}

#[test]
fn a_callback_that_is_more_than_a_name_is_refused_and_never_repeated() {
    let world = world();
    for callback in ["alert(1)//", "a b", "1a", ".a", "<script>", "a;b", "ü", "a\n", &"x".repeat(65)] {
        let answer = world.guest().get(&format!("/acme/shop/token?{}", query(PASSWORD, callback)));
        super::assert_oauth(&answer, 400, "invalid_request", "The parameter callback is not a function name.");
        assert!(!answer.text.contains(callback), "{}", answer.text);
    }
}

#[test]
fn me_answers_as_a_script() {
    let world = world();
    let token = world.guest().sign_in("/management", "acme-admin", PASSWORD).token();
    let answer = world.guest().get(&format!("/management/me?access_token={token}&callback=cb"));
    assert_script(&answer, 200, "/**/cb({\"access_token\":\"");
    // It was 401 once; a browser runs no script of that status, so the page never heard of it.
    let refused = world.guest().get("/management/me?access_token=nonsense&callback=cb");
    assert_script(&refused, 200, "/**/cb({\"error\":\"auth_unverified_oath\"");
    let bad = world.guest().get(&format!("/management/me?access_token={token}&callback=a(b"));
    super::assert_oauth(&bad, 400, "invalid_request", "The parameter callback is not a function name.");
}
