//! What the central server answered a moment ago, by the digest of the token: bounded in number and in time. Refusals
//! have their own places, so that no flood of wrong tokens drives out the right ones.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::access::external::Vouched;
use crate::domain::clock::Moment;
use crate::domain::secret::Digest;

const PLACES: usize = 10_000;

/// Recent answers.
#[derive(Default)]
pub(super) struct Memory {
    held: Mutex<HashMap<[u8; 32], (Vouched, Moment)>>,
    refused: Mutex<HashMap<[u8; 32], ((), Moment)>>,
}

/// What is remembered of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Remembered {
    Held(Vouched),
    Refused,
}

impl Memory {
    pub(super) fn find(&self, token: Digest, now: Moment) -> Option<Remembered> {
        let held = find(&self.held, token, now).map(Remembered::Held);
        held.or_else(|| find(&self.refused, token, now).map(|()| Remembered::Refused))
    }

    pub(super) fn hold(&self, token: Digest, vouched: Vouched, (now, until): (Moment, Moment)) {
        keep(&self.held, token, vouched, (now, until));
    }

    pub(super) fn refuse(&self, token: Digest, (now, until): (Moment, Moment)) {
        keep(&self.refused, token, (), (now, until));
    }
}

type Places<T> = Mutex<HashMap<[u8; 32], (T, Moment)>>;

fn find<T: Clone>(places: &Places<T>, token: Digest, now: Moment) -> Option<T> {
    let places = places.lock().unwrap_or_else(PoisonError::into_inner);
    places.get(&token.0).filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
}

fn keep<T>(places: &Places<T>, token: Digest, value: T, (now, until): (Moment, Moment)) {
    let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
    if places.len() >= PLACES {
        places.retain(|_, (_, until)| now < *until);
    }
    // All of them are live: forgetting costs a question each, keeping them all would cost the memory.
    if places.len() >= PLACES {
        places.clear();
    }
    places.insert(token.0, (value, until));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AdminId;

    #[test]
    fn a_flood_of_refusals_stays_bounded_and_drives_out_no_admin() {
        let memory = Memory::default();
        let (now, until) = (Moment::from_millis(0), Moment::from_millis(1_000));
        let good = Vouched { admin: AdminId::SUPERUSER, known_as: None, issued: now, expires: until };
        memory.hold(Digest([7; 32]), good.clone(), (now, until));
        for number in 0..u32::try_from(PLACES).expect("small") + 5 {
            let mut digest = [0; 32];
            digest[..4].copy_from_slice(&number.to_be_bytes());
            memory.refuse(Digest(digest), (now, until));
        }
        assert!(memory.refused.lock().expect("no panic").len() <= PLACES);
        assert_eq!(memory.find(Digest([7; 32]), now), Some(Remembered::Held(good)));
        assert_eq!(memory.find(Digest([7; 32]), until), None);
    }
}
