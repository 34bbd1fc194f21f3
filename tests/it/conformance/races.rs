//! A hundred uses at once of what may be used once. *Spec*: security rules CODE-4, RT-12, M-5.

use std::sync::Barrier;

use super::flow::{app, browser, form, grant, is_alive, sent};
use crate::support::{Answer, world};

const USES: usize = 100;

/// Does the same at once, each time by a caller of its own.
fn all_at_once(ask: impl Fn() -> Answer + Sync) -> Vec<Answer> {
    let start = Barrier::new(USES);
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..USES)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    ask()
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    })
}

#[test]
fn of_a_hundred_uses_of_a_code_one_succeeds_and_is_ended_by_the_others() {
    let world = world();
    let client = app(&world, |_| {});
    let code = client.code(&browser(&world), &[("scope", "openid api")]);
    let (caller, body) = (client.caller(&world), form(&grant(&code)));
    let answers = all_at_once(|| caller.form("/acme/shop/token", &body));
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, USES - 1));
    assert!(lost.iter().all(|answer| answer.error() == (400, "invalid_grant")), "{:?}", lost[0]);
    assert!(!is_alive(&world, won[0].text_of("access_token")));
    assert_eq!(client.refresh(&world, won[0].text_of("refresh_token")).error(), (400, "invalid_grant"));
}

#[test]
fn of_a_hundred_uses_of_a_pushed_request_one_succeeds() {
    let world = world();
    let client = app(&world, |_| {});
    let pushed = client.caller(&world).form("/acme/shop/par", &client.request(&[]));
    let uri = pushed.text_of("request_uri").to_owned();
    let browser = browser(&world);
    let query = form(&[("client_id", &client.client_id()), ("request_uri", &uri)]);
    let answers = all_at_once(|| browser.get(&format!("/acme/shop/authorize?{query}")));
    let codes = answers.iter().filter(|answer| sent(answer, "code").is_some()).count();
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!((codes, refused), (1, USES - 1));
}
