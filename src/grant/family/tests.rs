//! The refresh state machine under any sequence of uses, by honest holders and others.

use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::id::AdminId;
use crate::domain::secret::Sealed;

const WINDOW: Duration = Duration::from_secs(10);
const LIFE: Duration = Duration::from_secs(30 * 86_400);
const BEGIN: Moment = Moment::from_millis(1_767_225_600_000);

fn family() -> RefreshFamily {
    RefreshFamily {
        tenant: TenantId::MANAGEMENT,
        id: Uuid::from_u128(1),
        principal: Principal::Admin { admin: AdminId::new(Uuid::from_u128(2)) },
        client_id: None,
        scope: "api".to_owned(),
        key: Sealed { by: "test".to_owned(), bytes: Vec::new() },
        head: 1,
        previous: None,
        rotated: BEGIN,
        created: BEGIN,
        expires: BEGIN.plus(LIFE),
        ended: None,
        session: None,
        details: FamilyDetails::default(),
    }
}

/// Uses a generation and does to the row what the store would do. Answers the decision, and the generation given out.
fn play(family: &mut RefreshFamily, used: u32, now: Moment) -> (Use, Option<u32>) {
    let decision = decide(family, used, now, WINDOW);
    let given = match decision {
        Use::Rotate(step) | Use::Replace(step) => {
            assert_eq!(step.expected_head, family.head, "the update would find its row");
            (family.head, family.previous, family.rotated) = (step.head, Some(step.previous), now);
            Some(step.head)
        }
        Use::Repeat { head } => Some(head),
        Use::Theft => {
            family.ended = Some(now);
            None
        }
        Use::Ended | Use::Expired => None,
    };
    (decision, given)
}

/// Steps of time on both sides of the window's end, and long ones.
fn waits() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        Just(WINDOW / 2),
        Just(WINDOW),
        Just(WINDOW + Duration::from_micros(1)),
        Just(Duration::from_secs(3_600)),
        Just(LIFE / 3),
    ]
}

/// The generations that would rotate the family now: the live heads.
fn live(family: &RefreshFamily, given: u32, now: Moment) -> Vec<u32> {
    (0..=given.saturating_add(2)).filter(|used| matches!(decide(family, *used, now, WINDOW), Use::Rotate(_))).collect()
}

#[test]
fn the_window_ends_after_its_last_moment() {
    let mut family = family();
    assert_eq!(play(&mut family, 1, BEGIN).1, Some(2));
    let at = |wait| decide(&family, 1, BEGIN.plus(wait), WINDOW);
    assert_eq!(at(Duration::ZERO), Use::Repeat { head: 2 });
    assert_eq!(at(WINDOW), Use::Repeat { head: 2 });
    let step = Step { expected_head: 2, head: 3, previous: 1 };
    assert_eq!(at(WINDOW + Duration::from_micros(1)), Use::Replace(step));
}

#[test]
fn a_family_expires_at_its_moment_and_what_ended_stays_ended() {
    let mut family = family();
    let last = family.expires.minus(Duration::from_micros(1));
    assert!(matches!(decide(&family, 1, last, WINDOW), Use::Rotate(_)));
    assert_eq!(decide(&family, 1, family.expires, WINDOW), Use::Expired);
    family.ended = Some(BEGIN);
    assert_eq!(decide(&family, 1, BEGIN, WINDOW), Use::Ended);
    assert_eq!(decide(&family, 1, family.expires, WINDOW), Use::Ended);
}

proptest! {
    /// Any generation, used in any order, at any time, by anyone.
    #[test]
    fn whatever_is_used_there_is_one_live_head_at_most(uses in vec((0_u32..8, waits()), 1..60)) {
        let mut family = family();
        let (mut now, mut given) = (BEGIN, 1);
        for (back, wait) in uses {
            now = now.plus(wait);
            // Counted back from one that was never given.
            let used = (given + 1_u32).saturating_sub(back);
            let before = family.clone();
            let (decision, answer) = play(&mut family, used, now);
            let is_over = before.ended.is_some() || now >= before.expires;

            match answer {
                _ if is_over => prop_assert_eq!(answer, None, "nothing wakes a family that is over"),
                Some(token) => {
                    prop_assert_eq!(token, family.head, "only the head is ever given out");
                    let is_new = token > given;
                    prop_assert_eq!(is_new, !matches!(decision, Use::Repeat { .. }), "a step makes a new generation");
                    given = given.max(token);
                    // The answer may be lost: for a whole window the same use gives the same token.
                    let last = family.rotated.plus(WINDOW);
                    if last < family.expires {
                        prop_assert_eq!(decide(&family, used, last, WINDOW), Use::Repeat { head: token });
                    }
                }
                None => {
                    prop_assert!(used != before.head && Some(used) != before.previous);
                    prop_assert_eq!(decision, Use::Theft);
                    prop_assert_eq!(family.ended, Some(now));
                }
            }
            let heads = live(&family, given, now);
            let expected = if family.ended.is_some() || now >= family.expires { vec![] } else { vec![family.head] };
            prop_assert_eq!(heads, expected, "the head's holder can go on, and nobody else can");
        }
    }

    /// A holder whose answers get lost now and then, and who then tries again with what they have.
    #[test]
    fn an_honest_holder_is_never_taken_for_a_thief(uses in vec((waits(), any::<bool>()), 1..60)) {
        let mut family = family();
        let (mut now, mut held) = (BEGIN, 1);
        for (wait, is_lost) in uses {
            now = now.plus(wait);
            let (decision, given) = play(&mut family, held, now);
            match given {
                Some(_) if is_lost => {}
                Some(token) => held = token,
                None => {
                    prop_assert_eq!(decision, Use::Expired);
                    prop_assert!(now >= BEGIN.plus(LIFE));
                }
            }
        }
    }

    /// Someone copied a token. Each of the two goes on with what they have, and one of them comes too late.
    #[test]
    fn a_copied_token_never_lives_beside_its_successors(steps in 1_u32..6, later in 1_u32..6) {
        let mut family = family();
        let wait = WINDOW + Duration::from_micros(1);
        let mut now = BEGIN;
        let mut held = 1;
        for _ in 1..steps {
            now = now.plus(wait);
            held = play(&mut family, held, now).1.expect("an honest use");
        }
        let copy = held;
        for _ in 0..=later {
            now = now.plus(wait);
            held = play(&mut family, held, now).1.expect("an honest use");
        }
        prop_assert_eq!(play(&mut family, copy, now).0, Use::Theft);
        prop_assert_eq!(play(&mut family, held, now).0, Use::Ended);
    }
}
