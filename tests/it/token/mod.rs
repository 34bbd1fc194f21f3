//! The token endpoint: what it gives, what it refuses, and in which words.

mod clients;
mod encodings;
mod four_levels;
mod hostile;
mod jsonp;
mod logs;
mod passwords;
mod places;
mod refresh;
mod refresh_clients;
mod refresh_races;
mod refresh_theft;
mod reissue;
mod renewal;
mod sameness;
mod scope;
mod ttl;
mod url_switch;

use crate::support::{Answer, Client};

/// What any refused login hears in Usergrid's words.
const WRONG_LOGIN: &str = "invalid username or password";
const WRONG_CLIENT: &str = "Client authentication failed.";
const WRONG_REFRESH: &str = "The refresh token is invalid, expired or revoked.";
const NO_CLIENT: &str = "Client credentials are missing.";

/// A form body of these parameters, each value escaped as a form asks.
fn form(parameters: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// A refusal in the token endpoint's own body, without a challenge.
#[track_caller]
fn assert_oauth(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_refused(answer, status, error, description);
    assert_eq!(answer.header("www-authenticate"), "", "{}", answer.text);
    assert_eq!(members(answer), ["error", "error_description", "trace_id"], "{}", answer.text);
}

/// A refusal in Usergrid's envelope, without a challenge.
#[track_caller]
fn assert_envelope(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_refused(answer, status, error, description);
    assert_eq!(answer.header("www-authenticate"), "", "{}", answer.text);
    assert_eq!(members(answer), ["duration", "error", "error_description", "timestamp", "trace_id"], "{}", answer.text);
}

/// A refused client that tried Basic: 401 with the challenge, in every voice (RFC 6749 §5.2).
#[track_caller]
fn assert_challenged(answer: &Answer) {
    assert_refused(answer, 401, "invalid_client", WRONG_CLIENT);
    assert_eq!(answer.header("www-authenticate"), r#"Basic realm="Tokengrid", charset="UTF-8""#);
    assert_eq!(members(answer), ["error", "error_description", "trace_id"], "{}", answer.text);
}

/// What holds of every refusal: it grants nothing, and nobody on the way may keep it.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_eq!(
        (answer.status, answer.text_of("error"), answer.text_of("error_description")),
        (status, error, description),
        "{}",
        answer.text
    );
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
}

fn members(answer: &Answer) -> Vec<&str> {
    let mut names: Vec<&str> = answer.json.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Uses a refresh token, as a form and without client credentials.
fn refresh(caller: &Client, place: &str, token: &str) -> Answer {
    caller.form(&format!("{place}/token"), &form(&[("grant_type", "refresh_token"), ("refresh_token", token)]))
}

/// The refresh token of a successful answer.
#[track_caller]
fn successor(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!answer.text_of("refresh_token").is_empty(), "{}", answer.text);
    answer.text_of("refresh_token").to_owned()
}
