//! The way out: retried, never twice, never lost, and kept where there is no mail server.

use std::time::Duration;

use tokengrid::config::Settings;
use tokengrid::domain::mail::{Mail, MailState};
use tokengrid::domain::secret::Secret;

use crate::support::{Mood, PASSWORD, SmtpServer, World, eventually, world, world_with};

/// Asks for a new password for acme's user.
fn ask(world: &World) {
    let asked = world.guest().form("/acme/shop/users/resetpw", "email=ann%40example.test");
    assert_eq!(asked.status, 200, "{}", asked.text);
}

fn outbox(world: &World) -> Vec<Mail> {
    world.server.core.store.list_mails(world.acme.app.id.into(), None, 100).unwrap()
}

fn until(world: &World, state: MailState) -> Mail {
    eventually(&format!("a mail is {state:?}"), || outbox(world).iter().any(|mail| mail.state == state));
    outbox(world).into_iter().find(|mail| mail.state == state).unwrap()
}

/// Waits until an attempt is over and its mail is due again after so many seconds more.
fn until_later(world: &World, attempts: u32, seconds: u64) -> Mail {
    let due = world.server.core.clock.now().plus(Duration::from_secs(seconds));
    let is_it = |mail: &Mail| mail.attempts == attempts && mail.next_attempt == due && mail.last_error.is_some();
    eventually("an attempt failed", || outbox(world).iter().any(is_it));
    outbox(world).into_iter().find(is_it).unwrap()
}

#[test]
fn a_mail_is_sent_once_in_text_and_html_and_forgets_its_body() {
    let smtp = SmtpServer::start();
    let world = world_with(SmtpServer::configure);
    ask(&world);
    let taken = smtp.wait_for(1);
    let sent = until(&world, MailState::Sent);
    assert_eq!(taken[0].to, "ann@example.test");
    assert_eq!(taken[0].header("Subject"), "Password Reset");
    assert_eq!(taken[0].header("Auto-Submitted"), "auto-generated");
    assert!(taken[0].header("Message-ID").starts_with(&format!("<{}@", sent.id)), "{}", taken[0].raw);
    let link = format!("{}/acme/shop/users/{}/resetpw?token=ZW0t", world.server.base, world.acme.user.id);
    assert_eq!(taken[0].readable().matches(&link).count(), 3, "{}", taken[0].readable());
    assert!(sent.sealed.bytes.is_empty(), "a sent mail keeps no link");
    world.server.advance(Duration::from_secs(86_400));
    ask(&world);
    assert_eq!(smtp.wait_for(2).len(), 2, "the first mail is not sent again with the second");
}

#[test]
fn a_refusal_for_now_is_tried_again_later_and_later() {
    let smtp = SmtpServer::start();
    smtp.expect(&[Mood::Refuse("451 later"), Mood::Refuse("450 later"), Mood::DropInData]);
    let world = world_with(SmtpServer::configure);
    ask(&world);
    assert!(until_later(&world, 1, 30).last_error.unwrap().contains("451"));
    world.server.advance(Duration::from_secs(30));
    until_later(&world, 2, 60);
    world.server.advance(Duration::from_secs(60));
    until_later(&world, 3, 120);
    assert!(smtp.is_calm() && smtp.taken().is_empty());
    world.server.advance(Duration::from_secs(120));
    assert_eq!(smtp.wait_for(1).len(), 1);
    assert_eq!(until(&world, MailState::Sent).attempts, 4);
}

#[test]
fn a_refused_recipient_fails_at_once_and_too_long_a_wait_at_last() {
    let smtp = SmtpServer::start();
    smtp.expect(&[Mood::Refuse("550 nobody here")]);
    let world = world_with(SmtpServer::configure);
    ask(&world);
    let failed = until(&world, MailState::Failed);
    assert!(failed.last_error.unwrap().contains("550") && failed.attempts == 1);
    assert!(!failed.sealed.bytes.is_empty(), "what failed is kept");
    smtp.expect(&[Mood::Refuse("451 later"), Mood::Refuse("451 later")]);
    ask(&world);
    until_later(&world, 1, 30);
    world.server.advance(Duration::from_secs(259_200));
    eventually("the second is given up", || {
        outbox(&world).iter().filter(|mail| mail.state == MailState::Failed).count() == 2
    });
    assert!(smtp.taken().is_empty());
}

#[test]
fn wrong_credentials_of_ours_fail_no_mail() {
    let smtp = SmtpServer::start();
    smtp.expect(&[Mood::Refuse("535 5.7.8 wrong credentials")]);
    let world = world_with(SmtpServer::configure);
    ask(&world);
    until_later(&world, 1, 30);
    world.server.advance(Duration::from_secs(30));
    assert_eq!(smtp.wait_for(1).len(), 1);
}

#[test]
fn a_lost_reply_repeats_the_same_message_id() {
    let smtp = SmtpServer::start();
    smtp.expect(&[Mood::DropAfterTaking]);
    let world = world_with(SmtpServer::configure);
    ask(&world);
    until_later(&world, 1, 30);
    world.server.advance(Duration::from_secs(30));
    let taken = smtp.wait_for(2);
    assert_eq!(taken[0].header("Message-ID"), taken[1].header("Message-ID"));
    assert_eq!(taken[0].header("Date"), taken[1].header("Date"));
}

#[test]
fn a_restart_between_event_and_mail_loses_nothing() {
    let world = world();
    ask(&world);
    assert_eq!(outbox(&world)[0].state, MailState::Held);
    let smtp = SmtpServer::start();
    let server = world.server.restart_with(SmtpServer::configure);
    let world = World { server, ..world };
    let taken = smtp.wait_for(1);
    assert_eq!(taken[0].header("Subject"), "Password Reset");
    until(&world, MailState::Sent);
}

#[test]
fn a_mail_that_waited_too_long_for_a_mail_server_stays_held() {
    let world = world();
    ask(&world);
    world.server.advance(Duration::from_secs(259_201));
    ask(&world);
    let smtp = SmtpServer::start();
    let world = World { server: world.server.restart_with(SmtpServer::configure), ..world };
    until(&world, MailState::Sent);
    let states: Vec<MailState> = outbox(&world).iter().map(|mail| mail.state).collect();
    assert_eq!(states, [MailState::Sent, MailState::Held]);
    assert_eq!(smtp.taken().len(), 1);
}

#[test]
fn a_sender_that_died_with_a_mail_in_hand_leaves_it_to_the_next_when_its_claim_ends() {
    let world = world();
    ask(&world);
    let store = &world.server.core.store;
    store
        .release_held_mails(world.server.core.clock.now().minus(Duration::from_secs(1)), world.server.core.clock.now())
        .unwrap();
    let due = store.list_due_mails(world.server.core.clock.now(), 10).unwrap();
    let until_then = world.server.core.clock.now().plus(Duration::from_secs(300));
    assert!(store.claim_mail(&due[0], until_then).unwrap().is_some());
    assert!(store.claim_mail(&due[0], until_then).unwrap().is_none(), "a mail has one sender at a time");
    let smtp = SmtpServer::start();
    let world = World { server: world.server.restart_with(SmtpServer::configure), ..world };
    assert!(world.server.core.store.list_due_mails(world.server.core.clock.now(), 10).unwrap().is_empty());
    world.server.advance(Duration::from_secs(300));
    assert_eq!(smtp.wait_for(1).len(), 1);
    assert_eq!(until(&world, MailState::Sent).attempts, 2);
}

#[test]
fn two_servers_on_one_outbox_send_each_mail_once() {
    let smtp = SmtpServer::start();
    let world = world_with(SmtpServer::configure);
    let beside = world.server.beside(SmtpServer::configure);
    for user in ["a", "b", "c", "d", "e", "f"] {
        let body = format!("username={user}&email={user}%40example.test&password=correct+horse");
        assert_eq!(world.guest().form("/acme/shop/users", &body).status, 200);
        let asked = beside.guest().form("/acme/shop/users/resetpw", &format!("email={user}%40example.test"));
        assert_eq!(asked.status, 200);
    }
    eventually("all are sent", || outbox(&world).iter().filter(|mail| mail.state == MailState::Sent).count() == 6);
    let mut ids: Vec<String> = smtp.taken().iter().map(|mail| mail.header("Message-ID")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), smtp.taken().len()), (6, 6));
}

#[test]
fn one_event_is_one_mail() {
    let world = world();
    ask(&world);
    let store = &world.server.core.store;
    let mut again = outbox(&world)[0].clone();
    again.id = uuid::Uuid::from_u128(7);
    let post = tokengrid::domain::mail::Post { mails: vec![again], ..Default::default() };
    let journal = tokengrid::store::Journal { post, ..Default::default() };
    store.post(world.acme.app.id.into(), &journal).unwrap();
    assert_eq!(outbox(&world).len(), 1);
}

#[test]
fn without_a_mail_server_mail_is_held_and_sealed() {
    let world = world();
    ask(&world);
    let mail = &outbox(&world)[0];
    assert_eq!(mail.state, MailState::Held);
    let letter = world.server.last_letter(world.acme.app.id, "ann@example.test");
    let token = letter.token();
    assert!(!mail.sealed.bytes.windows(token.len()).any(|bytes| bytes == token.as_bytes()), "a link lies open");
    assert!(world.server.letters(world.rival.app.id).is_empty());
}

#[test]
fn bodies_follow_a_new_master_key_and_mails_end_with_their_time() {
    fn another_key(settings: &mut Settings) {
        let newer = Secret::new("newer:HxAeHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE");
        settings.security.master_keys.insert(0, newer);
    }
    let world = world();
    ask(&world);
    let world = World { server: world.server.restart_with(another_key), ..world };
    world.server.wait(world.server.core.registry.rewrap()).unwrap();
    assert_eq!(outbox(&world)[0].sealed.by, "newer");
    assert_eq!(world.server.letters(world.acme.app.id).len(), 1);
    world.server.advance(Duration::from_secs(2_592_001));
    world.server.wait(world.server.core.registry.maintain()).unwrap();
    assert!(outbox(&world).is_empty());
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).status, 200);
}
