//! A refresh token that comes back after its successor was used: one of two holders is a thief, and both are out.

use std::time::Duration;

use tokengrid::domain::id::TenantId;

use super::{WRONG_REFRESH, assert_oauth, refresh, successor};
use crate::support::{Answer, PASSWORD, Tenant, World, world};

/// A user's and an admin's place, name, and the URL that tells whether an access token lives.
const PEOPLE: [(&str, &str, &str); 2] =
    [("/acme/shop", "ann", "/acme/shop/users/me"), ("/management", "acme-admin", "/management/me")];

/// One session with three tokens of each kind: two succeeded, one live.
struct Session {
    refresh: [String; 3],
    access: [String; 3],
}

fn session(world: &World, (place, name, _): (&str, &str, &str)) -> Session {
    let first = world.guest().sign_in(place, name, PASSWORD);
    let second = refresh(&world.guest(), place, &successor(&first));
    let third = refresh(&world.guest(), place, &successor(&second));
    Session { refresh: [&first, &second, &third].map(successor), access: [&first, &second, &third].map(Answer::token) }
}

#[track_caller]
fn assert_dead(world: &World, (place, _, url): (&str, &str, &str), session: &Session) {
    for token in &session.refresh {
        assert_oauth(&refresh(&world.guest(), place, token), 400, "invalid_grant", WRONG_REFRESH);
    }
    for token in &session.access {
        assert_eq!(world.guest().bearer(token).get(url).error(), (401, "auth_invalid"));
    }
}

#[track_caller]
fn assert_access(world: &World, url: &str, session: &Session) {
    for token in &session.access {
        assert_eq!(world.guest().bearer(token).get(url).status, 200);
    }
}

#[test]
fn a_token_used_after_its_successor_ends_the_family_and_its_access_tokens() {
    let world = world();
    for person @ (place, _, url) in PEOPLE {
        let (stolen, other) = (session(&world, person), session(&world, person));
        assert_access(&world, url, &stolen);
        let reuse = refresh(&world.guest(), place, &stolen.refresh[0]);
        assert_oauth(&reuse, 400, "invalid_grant", WRONG_REFRESH);
        assert_dead(&world, person, &stolen);
        // Another session of the same person is none of it.
        assert_access(&world, url, &other);
        successor(&refresh(&world.guest(), place, &other.refresh[2]));
    }
}

#[test]
fn theft_ends_what_was_made_of_an_access_token_too() {
    let world = world();
    let person = PEOPLE[1];
    let stolen = session(&world, person);
    let renewed = world.guest().bearer(&stolen.access[2]).get("/management/token").token();
    assert_eq!(world.guest().bearer(&renewed).get("/management/me").status, 200);
    refresh(&world.guest(), person.0, &stolen.refresh[0]);
    assert_eq!(world.guest().bearer(&renewed).get("/management/me").error(), (401, "auth_invalid"));
    assert_eq!(world.guest().bearer(&renewed).get("/management/token").error(), (401, "auth_invalid"));
}

#[test]
fn a_replaced_successor_that_comes_back_ends_the_family() {
    let world = world();
    for (place, name, _) in PEOPLE {
        let first = successor(&world.guest().sign_in(place, name, PASSWORD));
        let lost = successor(&refresh(&world.guest(), place, &first));
        world.server.advance(Duration::from_secs(11));
        let replacement = successor(&refresh(&world.guest(), place, &first));
        for token in [&lost, &replacement, &first] {
            assert_oauth(&refresh(&world.guest(), place, token), 400, "invalid_grant", WRONG_REFRESH);
        }
    }
}

#[test]
fn a_stolen_session_stays_dead_over_a_restart_and_after_its_revocation_was_forgotten() {
    let world = world();
    let stolen = PEOPLE.map(|person| session(&world, person));
    let living = PEOPLE.map(|person| session(&world, person));
    for ((place, ..), session) in PEOPLE.iter().zip(&stolen) {
        refresh(&world.guest(), place, &session.refresh[0]);
    }
    // RT-2.
    let world = world.restart();
    for ((person, stolen), living) in PEOPLE.into_iter().zip(&stolen).zip(&living) {
        assert_dead(&world, person, stolen);
        assert_access(&world, person.2, living);
    }
    // The longest access token is dead by now, and the revocation may be purged; the family is not to wake up.
    world.server.advance(Duration::from_secs(8 * 86_400));
    world.server.wait(world.registry().maintain()).unwrap();
    let world = world.restart();
    for (((place, ..), stolen), living) in PEOPLE.iter().zip(&stolen).zip(&living) {
        for token in &stolen.refresh {
            assert_oauth(&refresh(&world.guest(), place, token), 400, "invalid_grant", WRONG_REFRESH);
        }
        successor(&refresh(&world.guest(), place, &living.refresh[2]));
    }
}

#[test]
fn theft_in_the_moment_after_a_revocation_ends_the_family_too() {
    let world = world();
    for (person @ (place, name, _), users) in
        PEOPLE.into_iter().zip(["/acme/shop/users/ann", "/management/users/acme-admin"])
    {
        let access = world.guest().sign_in(place, name, PASSWORD).token();
        let revoked = world.guest().bearer(&access).send("PUT", &format!("{users}/revoketokens"), None, "");
        assert_eq!(revoked.status, 200, "{}", revoked.text);
        // The clock stands still: what is issued now is dated after the watermark.
        let stolen = session(&world, person);
        refresh(&world.guest(), place, &stolen.refresh[0]);
        assert_dead(&world, person, &stolen);
    }
}

#[test]
fn theft_leaves_a_line_in_the_audit_log() {
    let world = world();
    let audited = |tenant: TenantId| {
        let entries = world.server.core.store.list_audit(tenant, 10).unwrap();
        let about = "end a session whose refresh token was used twice";
        entries.into_iter().filter(|entry| entry.action == about).map(|entry| entry.actor).collect::<Vec<_>>()
    };
    let Tenant { app, user, admin, .. } = &world.acme;
    let (app, user, admin) = (app.id.into(), format!("app_user:{}", user.id), format!("admin:{}", admin.id));
    for (person, (tenant, actor)) in PEOPLE.into_iter().zip([(app, user), (TenantId::MANAGEMENT, admin)]) {
        let stolen = session(&world, person);
        assert_eq!(audited(tenant), Vec::<String>::new());
        for _ in 0..2 {
            refresh(&world.guest(), person.0, &stolen.refresh[0]);
        }
        assert_eq!(audited(tenant), [actor], "once, however often the token comes back");
    }
}
