//! What the password lane promises, at bcrypt's lowest cost.

use std::future::Future;
use std::sync::mpsc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use uuid::Uuid;

use super::*;
use crate::crypto::entropy::{SeededEntropy, random};

const A: TenantId = TenantId::new(Uuid::from_u128(1));
const B: TenantId = TenantId::new(Uuid::from_u128(2));
/// Made by another implementation: `correctbatteryhorsestapler` at cost 4.
const FOREIGN: &str = "$2a$04$n4Uy0eSnMfvnESYL.bLwuuj0U/ETSsoTpRT9GVk5bektyVVa5xnIi";

const OPTIONS: LaneOptions =
    LaneOptions { threads: 1, cost: 4, max_wait: Duration::from_secs(3_600), queue_per_tenant: 8 };

fn lane(options: &LaneOptions) -> PasswordLane {
    PasswordLane::start(options, Arc::new(SeededEntropy::new(1)), unheard()).unwrap()
}

/// Nobody asks how long anyone waited.
fn unheard() -> OnWait {
    Arc::new(|_| ())
}

fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn verify(lane: &PasswordLane, password: &str, stored: Option<&str>) -> Verdict {
    wait(lane.verify(A, Secret::new(password), stored.map(Secret::new))).unwrap()
}

/// Occupies the only thread until the sender is dropped.
fn occupy(lane: &PasswordLane) -> mpsc::Sender<()> {
    let (gate, opened) = mpsc::channel::<()>();
    let (started, running) = mpsc::channel();
    let busy = lane.0.enqueue(A, move |_| {
        started.send(()).unwrap();
        Ok(opened.recv().is_err())
    });
    running.recv().unwrap();
    drop(busy);
    gate
}

#[test]
fn a_password_matches_its_own_hash_and_no_other() {
    let lane = lane(&OPTIONS);
    let hash = wait(lane.hash(A, Secret::new("testpw"))).unwrap();
    assert_eq!((&hash.expose()[..7], hash.expose().len()), ("$2b$04$", 60));
    assert_eq!(verify(&lane, "testpw", Some(hash.expose())), Verdict::Match { rehash: false });
    for wrong in ["", "testpW", "testpw ", "testp"] {
        assert_eq!(verify(&lane, wrong, Some(hash.expose())), Verdict::Mismatch, "{wrong}");
    }
}

#[test]
fn hashes_of_other_implementations_are_read() {
    let lane = lane(&OPTIONS);
    for prefix in ["$2a$", "$2b$", "$2y$"] {
        let hash = FOREIGN.replace("$2a$", prefix);
        assert_eq!(verify(&lane, "correctbatteryhorsestapler", Some(&hash)), Verdict::Match { rehash: false });
    }
}

#[test]
fn a_hash_that_cannot_be_read_is_a_mismatch() {
    let lane = lane(&OPTIONS);
    let bad = [
        String::new(),
        "correctbatteryhorsestapler".to_owned(),
        FOREIGN.replace("$2a$", "$2x$"),
        FOREIGN.replace("$2a$", "$1$$"),
        FOREIGN.replace("$04$", "$03$"),
        FOREIGN.replace("$04$", "$16$"),
        FOREIGN.replace("$04$", "$31$"),
        FOREIGN.replace("$04$", "$xx$"),
        FOREIGN[..59].to_owned(),
        format!("{FOREIGN}="),
        "ü".repeat(30),
    ];
    for hash in bad {
        assert_eq!(verify(&lane, "correctbatteryhorsestapler", Some(&hash)), Verdict::Mismatch, "{hash}");
    }
}

#[test]
fn an_unknown_user_is_a_mismatch_at_the_configured_cost() {
    let hasher = Hasher::new(4, Arc::new(SeededEntropy::new(1))).unwrap();
    let unknown = URL_SAFE_NO_PAD.encode(random::<32>(&SeededEntropy::new(1)));
    assert_eq!(hasher.verify(A, &Secret::new("x"), None), Verdict::Mismatch);
    assert_eq!(hasher.verify(A, &Secret::new(unknown), None), Verdict::Mismatch, "the stand-in's own password");
}

#[test]
fn a_hash_of_a_lower_cost_asks_for_a_new_one() {
    let lane = lane(&LaneOptions { cost: 5, ..OPTIONS });
    assert_eq!(verify(&lane, "correctbatteryhorsestapler", Some(FOREIGN)), Verdict::Match { rehash: true });
    assert_eq!(verify(&lane, "wrong", Some(FOREIGN)), Verdict::Mismatch);
}

#[test]
fn seventy_two_bytes_are_read_whole_and_more_is_refused_not_cut() {
    let lane = lane(&OPTIONS);
    let longest = "x".repeat(72);
    let hash = wait(lane.hash(A, Secret::new(longest.as_str()))).unwrap();
    assert_eq!(verify(&lane, &longest, Some(hash.expose())), Verdict::Match { rehash: false });
    assert_eq!(verify(&lane, &"x".repeat(71), Some(hash.expose())), Verdict::Mismatch);
    let longer = format!("{longest}y");
    assert_eq!(verify(&lane, &longer, Some(hash.expose())), Verdict::Mismatch);
    assert!(matches!(wait(lane.hash(A, Secret::new(longer))), Err(LaneError::TooLong)));
    assert!(matches!(wait(lane.hash(A, Secret::new("ü".repeat(37)))), Err(LaneError::TooLong)));
}

#[test]
fn a_nul_is_refused() {
    let lane = lane(&OPTIONS);
    let empty = wait(lane.hash(A, Secret::new(""))).unwrap();
    assert_eq!(verify(&lane, "\0", Some(empty.expose())), Verdict::Mismatch);
    assert!(matches!(wait(lane.hash(A, Secret::new("a\0b"))), Err(LaneError::NulByte)));
}

#[test]
fn a_cost_that_stops_the_lane_is_refused() {
    for cost in [0, 3, 16, 31] {
        let options = LaneOptions { cost, ..OPTIONS };
        let refused = PasswordLane::start(&options, Arc::new(SeededEntropy::new(1)), unheard());
        assert!(matches!(refused, Err(LaneError::Cost(refused)) if refused == cost));
    }
}

#[test]
fn salts_come_from_the_entropy_given() {
    let hash = |seed| hash_blocking(4, &Secret::new("testpw"), &SeededEntropy::new(seed)).unwrap();
    assert_eq!(hash(1).expose(), hash(1).expose());
    assert_ne!(hash(1).expose(), hash(2).expose());
}

#[test]
fn tenants_take_turns() {
    let lane = lane(&OPTIONS);
    let gate = occupy(&lane);
    let (done, order) = mpsc::channel();
    let answers: Vec<_> = [(A, "a1"), (A, "a2"), (A, "a3"), (B, "b1")]
        .map(|(tenant, name)| {
            let done = done.clone();
            lane.0.enqueue(tenant, move |_| Ok(done.send(name).is_ok()))
        })
        .into();
    drop(gate);
    answers.into_iter().for_each(|answer| assert!(wait(answer).unwrap()));
    drop(done);
    assert_eq!(order.iter().collect::<Vec<_>>(), ["a1", "b1", "a2", "a3"]);
}

#[test]
fn a_full_queue_refuses_its_own_tenant_only() {
    let lane = lane(&LaneOptions { queue_per_tenant: 1, ..OPTIONS });
    let gate = occupy(&lane);
    let first = lane.hash(A, Secret::new("testpw"));
    let second = wait(lane.hash(A, Secret::new("testpw")));
    let other = lane.hash(B, Secret::new("testpw"));
    drop(gate);
    assert!(matches!(second, Err(LaneError::Busy { retry_after }) if retry_after > Duration::ZERO));
    assert!(wait(first).is_ok() && wait(other).is_ok());
}

#[test]
fn who_would_wait_too_long_is_refused_at_once() {
    let max_wait = Duration::from_secs(10);
    let lane = lane(&LaneOptions { max_wait, queue_per_tenant: usize::MAX, ..OPTIONS });
    let _gate = occupy(&lane);
    let mut line = Vec::new();
    let refused = loop {
        let mut answer = Box::pin(lane.verify(A, Secret::new("testpw"), None));
        match (&mut answer).now_or_never() {
            Some(refused) => break refused,
            None => line.push(answer),
        }
    };
    assert!(!line.is_empty());
    assert!(matches!(refused, Err(LaneError::Busy { retry_after }) if retry_after > max_wait));
}

#[test]
fn the_end_of_every_wait_is_told() {
    let (told, waits) = mpsc::channel();
    let on_wait: OnWait = Arc::new(move |wait| told.send(wait).unwrap());
    let options = LaneOptions { queue_per_tenant: 1, ..OPTIONS };
    let lane = PasswordLane::start(&options, Arc::new(SeededEntropy::new(1)), on_wait).unwrap();
    let gate = occupy(&lane);
    assert!(matches!(waits.recv(), Ok(Wait::Served(_))));
    let first = lane.hash(A, Secret::new("testpw"));
    assert!(wait(lane.hash(A, Secret::new("testpw"))).is_err());
    assert_eq!(waits.try_recv(), Ok(Wait::TurnedAway));
    drop(gate);
    assert!(wait(first).is_ok());
    assert!(matches!(waits.recv(), Ok(Wait::Served(waited)) if waited > Duration::ZERO));
}

#[test]
fn who_waited_too_long_is_refused_without_work() {
    let lane = lane(&LaneOptions { max_wait: Duration::ZERO, ..OPTIONS });
    let (worked, work) = mpsc::channel();
    let refused = wait(lane.0.enqueue(A, move |_| Ok(worked.send(()).is_ok())));
    assert!(matches!(refused, Err(LaneError::Busy { .. })));
    assert!(work.recv().is_err(), "dropped unused");
}

#[test]
fn a_dropped_future_is_skipped_and_makes_room() {
    for queue_per_tenant in [1, 2] {
        let lane = lane(&LaneOptions { queue_per_tenant, ..OPTIONS });
        let gate = occupy(&lane);
        let (worked, work) = mpsc::channel();
        drop(lane.0.enqueue(A, move |_| Ok(worked.send(()).is_ok())));
        let next = lane.hash(A, Secret::new("testpw"));
        drop(gate);
        assert!(wait(next).is_ok());
        assert!(work.recv().is_err(), "dropped unused");
    }
}

#[test]
fn dropping_the_last_clone_answers_those_who_wait_and_ends_the_threads() {
    let entropy = Arc::new(SeededEntropy::new(1));
    let lane = PasswordLane::start(&OPTIONS, Arc::<SeededEntropy>::clone(&entropy), unheard()).unwrap();
    let gate = occupy(&lane);
    let clone = lane.clone();
    let waiting = lane.hash(A, Secret::new("testpw"));
    drop(lane);
    let also_waiting = clone.hash(B, Secret::new("testpw"));
    drop(clone);
    assert!(matches!(wait(waiting), Err(LaneError::Stopped)));
    assert!(matches!(wait(also_waiting), Err(LaneError::Stopped)));
    drop(gate);
    ended(&entropy);
}

#[test]
fn an_idle_lane_ends_its_threads() {
    let entropy = Arc::new(SeededEntropy::new(1));
    let lane =
        PasswordLane::start(&LaneOptions { threads: 4, ..OPTIONS }, Arc::<SeededEntropy>::clone(&entropy), unheard());
    assert!(wait(lane.as_ref().unwrap().hash(A, Secret::new("testpw"))).is_ok());
    drop(lane);
    ended(&entropy);
}

/// Waits for the threads: they hold the other shares of what they compute with.
fn ended(entropy: &Arc<SeededEntropy>) {
    while Arc::strong_count(entropy) > 1 {
        std::thread::yield_now();
    }
}

#[test]
fn many_threads_serve_many_tenants() {
    let lane = lane(&LaneOptions { threads: 0, ..OPTIONS });
    let answers: Vec<_> =
        (0..64).map(|tenant| lane.verify(TenantId::new(Uuid::from_u128(tenant)), Secret::new("x"), None)).collect();
    answers.into_iter().for_each(|answer| assert_eq!(wait(answer).unwrap(), Verdict::Mismatch));
}
