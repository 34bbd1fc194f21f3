//! Causes that share one answer are told apart by the administration alone.

use serde_json::Value;

use super::told;
use crate::support::{Account, Answer, PASSWORD, World, world};

/// All that the refused one sees, less what is new in every answer.
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
fn alike_outside_and_apart_inside(world: &World, answers: &[Answer], rules: &[&str]) {
    for answer in answers {
        assert_eq!(seen(answer), seen(&answers[0]));
    }
    let told: Vec<Value> = answers.iter().map(|answer| told(world, answer)["rule"].clone()).collect();
    assert_eq!(told, rules);
    for (answer, rule) in answers.iter().zip(rules) {
        assert!(!answer.text.contains(rule), "{}", answer.text);
    }
}

#[test]
fn logins() {
    let world = world();
    for account in [
        Account { disabled: true, ..Account::named("disabled") },
        Account { has_password: false, ..Account::named("sso") },
    ] {
        account.user(&world.server, &world.acme);
    }
    let causes = [("ann", "wrong"), ("nobody", PASSWORD), ("disabled", "wrong"), ("sso", PASSWORD)];
    let rules = ["wrong_password", "unknown_user", "wrong_password", "wrong_password"];
    let guest = world.guest();
    let json = causes.map(|(name, password)| guest.sign_in("/acme/shop", name, password));
    alike_outside_and_apart_inside(&world, &json, &rules);
    let form = causes.map(|(name, password)| {
        let password = password.replace(' ', "+");
        guest.form("/acme/shop/token", &format!("grant_type=password&username={name}&password={password}"))
    });
    alike_outside_and_apart_inside(&world, &form, &rules);
}

#[test]
fn clients() {
    let world = world();
    let (id, secret) = &world.acme.app_client;
    let (rival, rival_secret) = &world.rival.app_client;
    let causes = [(id.as_str(), "wrong"), ("nobody", secret), (rival, rival_secret)];
    let rules = ["wrong_client_secret", "unknown_client", "foreign_client"];
    let form = causes.map(|(id, secret)| world.guest().client_token("/acme/shop", id, secret));
    alike_outside_and_apart_inside(&world, &form, &rules);
    let basic = causes
        .map(|(id, secret)| world.guest().basic(id, secret).form("/acme/shop/token", "grant_type=client_credentials"));
    alike_outside_and_apart_inside(&world, &basic, &rules);
}

#[test]
fn refresh_tokens() {
    let world = world();
    let guest = world.guest();
    let sign_in = || guest.sign_in("/acme/shop", "ann", PASSWORD).text_of("refresh_token").to_owned();
    let refresh =
        |token: &str| guest.form("/acme/shop/token", &format!("grant_type=refresh_token&refresh_token={token}"));
    let first = sign_in();
    let second = refresh(&first).text_of("refresh_token").to_owned();
    assert_eq!(refresh(&second).status, 200);
    let ended = sign_in();
    let ann = guest.bearer(&guest.sign_in("/acme/shop", "ann", PASSWORD).token());
    let answers = [refresh("cmUtAAAA"), refresh(&first)];
    alike_outside_and_apart_inside(&world, &answers, &["unknown_refresh_token", "reused_refresh_token"]);
    assert_eq!(ann.form("/acme/shop/users/ann/revoketokens", "").status, 200);
    let answers = [refresh("cmUtAAAA"), refresh(&ended)];
    alike_outside_and_apart_inside(&world, &answers, &["unknown_refresh_token", "ended_refresh_token"]);
}

#[test]
fn the_rules_that_the_documents_name_are_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let tables = std::fs::read_dir(folder.join("src/http/explain")).unwrap();
    let mut tables: String = tables.map(|table| std::fs::read_to_string(table.unwrap().path()).unwrap()).collect();
    tables.push_str(&std::fs::read_to_string(folder.join("src/access/explain.rs")).unwrap());
    let page = std::fs::read_to_string(folder.join("docs/api/refusals.md")).unwrap();
    let (_, rest) = page.split_once("## Rules that are often met").unwrap();
    let (table, _) = rest.split_once("\n## ").unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| `")).map(|line| line.split('|').next().unwrap());
    let named: Vec<&str> = cells.flat_map(|cell| cell.split('`')).filter(|word| word.contains('_')).collect();
    assert!(named.len() > 20, "{named:?}");
    for rule in named {
        assert!(tables.contains(&format!("\"{rule}\"")), "{rule}");
    }
}
