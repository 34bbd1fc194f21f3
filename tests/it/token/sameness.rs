//! Refusals that must not tell their causes apart: equal byte for byte, headers included.

use serde_json::json;

use super::form;
use crate::support::{Account, Answer, Client, PASSWORD, world};

/// All that the caller sees, less what is new in every answer: its date, its id, and the trace in the body.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status, headers, answer.less_trace())
}

#[track_caller]
fn assert_all_alike(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(seen(answer), seen(&answers[0]));
        assert!(answer.status >= 400, "{}", answer.text);
    }
}

#[test]
fn a_login_is_refused_in_the_same_bytes_whatever_was_wrong() {
    let world = world();
    for place in ["/acme/shop", "/management"] {
        for account in [
            Account { disabled: true, ..Account::named("disabled") },
            Account { activated: false, ..Account::named("inactive") },
            Account { confirmed: false, ..Account::named("unconfirmed") },
            Account { has_password: false, ..Account::named("sso") },
        ] {
            match place {
                "/management" => drop(account.admin(&world.server, &world.acme)),
                _ => drop(account.user(&world.server, &world.acme)),
            }
        }
        let long = "x".repeat(73);
        let causes = [
            ("ann", "wrong"),
            ("acme-admin", "wrong"),
            ("nobody", PASSWORD),
            ("00000000-0000-7000-8000-000000000007", PASSWORD),
            ("nobody@example.test", PASSWORD),
            ("disabled", "wrong"),
            ("inactive", "wrong"),
            ("unconfirmed", "wrong"),
            ("sso", PASSWORD),
            ("ann", &long),
            ("nobody", &long),
        ];
        let path = format!("{place}/token");
        let parameters = |(username, password): &(&str, &str)| {
            form(&[("grant_type", "password"), ("username", username), ("password", password)])
        };
        let guest = world.guest();
        let forms: Vec<Answer> = causes.iter().map(|cause| guest.form(&path, &parameters(cause))).collect();
        let queries: Vec<Answer> =
            causes.iter().map(|cause| guest.get(&format!("{path}?{}", parameters(cause)))).collect();
        let jsons: Vec<Answer> = causes.iter().map(|(name, password)| guest.sign_in(place, name, password)).collect();
        for answers in [forms, queries, jsons] {
            assert_all_alike(&answers);
        }
    }
}

#[test]
fn a_client_is_refused_in_the_same_bytes_whatever_was_wrong() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let (rival, rival_secret) = &world.rival.app_client;
    let (org, _) = &world.acme.org_client;
    let causes: [(&str, &str); 6] =
        [(id, "wrong"), ("nobody", secret), (rival, rival_secret), (rival, "wrong"), (org, secret), (id, rival_secret)];
    let pair = |(id, secret): &(&str, &str)| {
        form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)])
    };
    let json = |(id, secret): &(&str, &str)| json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    let (path, guest) = ("/acme/shop/token", world.guest());
    let ask = |send: &dyn Fn(&Client, &(&str, &str)) -> Answer| -> Vec<Answer> {
        causes.iter().map(|cause| send(&guest, cause)).collect()
    };
    assert_all_alike(&ask(&|guest, cause| guest.form(path, &pair(cause))));
    assert_all_alike(&ask(&|guest, cause| guest.json(path, &json(cause))));
    assert_all_alike(&ask(&|guest, cause| guest.get(&format!("{path}?{}", pair(cause)))));
    assert_all_alike(&ask(&|guest, (id, secret)| guest.basic(id, secret).form(path, "grant_type=client_credentials")));
}

#[test]
fn a_refresh_token_is_refused_in_the_same_bytes_whatever_was_wrong() {
    let world = world();
    let guest = world.guest();
    let sign_in = || super::successor(&guest.sign_in("/acme/shop", "ann", PASSWORD));
    let first = sign_in();
    let second = super::successor(&super::refresh(&guest, "/acme/shop", &first));
    super::successor(&super::refresh(&guest, "/acme/shop", &second));
    let foreign = super::successor(&guest.sign_in("/rival/shop", "ann", PASSWORD));
    let admin = super::successor(&guest.sign_in("/management", "acme-admin", PASSWORD));
    let forged = super::refresh::forge(&sign_in());
    let answers: Vec<Answer> = [first.as_str(), &second, &foreign, &admin, &forged, "cmUtAAAA", "x"]
        .iter()
        .map(|token| super::refresh(&guest, "/acme/shop", token))
        .collect();
    assert_all_alike(&answers);
}
