//! Many uses of one refresh token at once: one successor, never two.

use std::collections::HashSet;
use std::sync::Barrier;
use std::time::Duration;

use super::refresh::family;
use super::{WRONG_REFRESH, assert_oauth, refresh, successor};
use crate::support::{Answer, PASSWORD, World, world};

const USES: usize = 64;

/// Uses each of the tokens at once, every use with a connection of its own.
fn all_at_once(world: &World, place: &str, tokens: &[&str]) -> Vec<Answer> {
    let start = Barrier::new(tokens.len());
    std::thread::scope(|scope| {
        let uses: Vec<_> = tokens
            .iter()
            .map(|token| {
                let (guest, start) = (world.guest(), &start);
                scope.spawn(move || {
                    start.wait();
                    refresh(&guest, place, token)
                })
            })
            .collect();
        uses.into_iter().map(|used| used.join().unwrap()).collect()
    })
}

/// The one successor in all these answers, each of which is a success.
#[track_caller]
fn one_successor(answers: &[Answer]) -> String {
    let successors: HashSet<String> = answers.iter().map(successor).collect();
    assert_eq!(successors.len(), 1, "{successors:?}");
    successors.into_iter().next().unwrap()
}

#[test]
fn parallel_uses_of_one_token_get_one_successor() {
    let world = world();
    for (place, name) in [("/acme/shop", "ann"), ("/management", "acme-admin")] {
        let token = successor(&world.guest().sign_in(place, name, PASSWORD));
        // RT-1.
        let next = one_successor(&all_at_once(&world, place, &[&*token; USES]));
        assert_eq!(family(&next), family(&token));
        assert_ne!(next, token);
        successor(&refresh(&world.guest(), place, &next));
    }
}

#[test]
fn parallel_retries_after_the_window_get_one_replacement() {
    let world = world();
    let (place, name) = ("/acme/shop", "ann");
    let token = successor(&world.guest().sign_in(place, name, PASSWORD));
    let lost = successor(&refresh(&world.guest(), place, &token));
    world.server.advance(Duration::from_secs(11));
    let replacement = one_successor(&all_at_once(&world, place, &[&*token; USES]));
    assert_ne!(replacement, lost);
    successor(&refresh(&world.guest(), place, &replacement));
}

#[test]
fn a_thief_and_a_holder_at_once_are_both_out() {
    let world = world();
    let (place, name) = ("/acme/shop", "ann");
    let first = successor(&world.guest().sign_in(place, name, PASSWORD));
    let second = successor(&refresh(&world.guest(), place, &first));
    let third = successor(&refresh(&world.guest(), place, &second));
    let tokens: Vec<&str> = [&*first, &*third].into_iter().cycle().take(16).collect();
    let answers = all_at_once(&world, place, &tokens);
    let given: HashSet<String> = answers.iter().filter(|answer| answer.status == 200).map(successor).collect();
    assert!(given.len() <= 1, "{given:?}");
    for stolen in answers.iter().step_by(2) {
        assert_oauth(stolen, 400, "invalid_grant", WRONG_REFRESH);
    }
    for token in given.iter().map(String::as_str).chain([&*first, &*second, &*third]) {
        assert_oauth(&refresh(&world.guest(), place, token), 400, "invalid_grant", WRONG_REFRESH);
    }
}
