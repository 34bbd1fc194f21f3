//! What waits to be written, and how much of it there may be: the memory of one minute for each tenant. No I/O.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::place::PlaceName;
use crate::domain::refusal::{Refused, Whereabouts};

/// The most refusals of all tenants that wait for the next batch.
const WAITING_MAX: usize = 4_096;
/// The most refusals that wait for their place to be looked up; it may not exist.
const UNPLACED_MAX: usize = 256;
/// How long one count lasts.
const MINUTE: Duration = Duration::from_secs(60);

/// What waits, and the counts.
#[derive(Debug)]
pub struct Desk {
    per_minute: u32,
    waiting: Vec<(TenantId, Refused)>,
    unplaced: Vec<(PlaceName, Refused)>,
    minutes: HashMap<TenantId, Minute>,
    ended: Vec<Ended>,
}

/// A minute that is over, and what was only counted in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    pub tenant: TenantId,
    pub until: Moment,
    /// By rule.
    pub counted: BTreeMap<&'static str, u32>,
}

#[derive(Debug)]
struct Minute {
    since: Moment,
    kept: u32,
    kept_by_rule: HashMap<&'static str, u32>,
    counted: BTreeMap<&'static str, u32>,
}

impl Minute {
    fn begin(since: Moment) -> Self {
        Self { since, kept: 0, kept_by_rule: HashMap::new(), counted: BTreeMap::new() }
    }

    fn is_over(&self, now: Moment) -> bool {
        now.since(self.since) >= MINUTE
    }

    /// One cause takes half of the room at most, so that a flood of it does not hide the others.
    fn has_room(&self, rule: &str, per_minute: u32) -> bool {
        let of_rule = self.kept_by_rule.get(rule).copied().unwrap_or(0);
        self.kept < per_minute && of_rule < per_minute.div_ceil(2)
    }

    fn keep(&mut self, rule: &'static str) {
        self.kept = self.kept.saturating_add(1);
        let of_rule = self.kept_by_rule.entry(rule).or_default();
        *of_rule = of_rule.saturating_add(1);
    }

    fn count(&mut self, rule: &'static str) {
        let counted = self.counted.entry(rule).or_default();
        *counted = counted.saturating_add(1);
    }

    fn end(self, tenant: TenantId) -> Option<Ended> {
        let until = self.since.plus(MINUTE);
        (!self.counted.is_empty()).then_some(Ended { tenant, until, counted: self.counted })
    }
}

impl Desk {
    /// An empty desk that takes so many refusals of one tenant within a minute.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, waiting: Vec::new(), unplaced: Vec::new(), minutes: HashMap::new(), ended: Vec::new() }
    }

    /// Whether a refusal would be kept.
    pub fn has_room(&self, whereabouts: &Whereabouts, rule: &str, now: Moment) -> bool {
        match whereabouts {
            Whereabouts::Nowhere => false,
            Whereabouts::Named(_) => self.unplaced.len() < UNPLACED_MAX,
            Whereabouts::Tenant(tenant) => {
                let minute = self.minutes.get(tenant).filter(|minute| !minute.is_over(now));
                self.waiting.len() < WAITING_MAX && minute.is_none_or(|minute| minute.has_room(rule, self.per_minute))
            }
        }
    }

    /// Takes a refusal, or counts it.
    pub fn put(&mut self, refused: Refused) {
        match refused.whereabouts.clone() {
            Whereabouts::Nowhere => {}
            Whereabouts::Named(name) => {
                if self.unplaced.len() < UNPLACED_MAX {
                    self.unplaced.push((name, refused));
                }
            }
            Whereabouts::Tenant(tenant) => self.put_for(tenant, refused),
        }
    }

    fn put_for(&mut self, tenant: TenantId, refused: Refused) {
        let (now, rule) = (refused.at, refused.explanation.rule);
        let minute = self.minutes.entry(tenant).or_insert_with(|| Minute::begin(now));
        if minute.is_over(now) {
            let over = std::mem::replace(minute, Minute::begin(now));
            self.ended.extend(over.end(tenant));
        }
        let is_kept =
            refused.inputs.is_some() && self.waiting.len() < WAITING_MAX && minute.has_room(rule, self.per_minute);
        if is_kept {
            minute.keep(rule);
            self.waiting.push((tenant, refused));
        } else {
            minute.count(rule);
        }
    }

    /// What waits for its place to be looked up.
    pub fn take_unplaced(&mut self) -> Vec<(PlaceName, Refused)> {
        std::mem::take(&mut self.unplaced)
    }

    /// What is to be written, and the minutes that are over; they are forgotten here.
    pub fn take(&mut self, now: Moment) -> (Vec<(TenantId, Refused)>, Vec<Ended>) {
        let over: Vec<TenantId> =
            self.minutes.iter().filter(|(_, minute)| minute.is_over(now)).map(|(tenant, _)| *tenant).collect();
        for tenant in over {
            self.ended.extend(self.minutes.remove(&tenant).and_then(|minute| minute.end(tenant)));
        }
        (std::mem::take(&mut self.waiting), std::mem::take(&mut self.ended))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::domain::refusal::Explanation;

    const START: Moment = Moment::from_millis(1_790_000_000_000);

    fn tenant(number: u128) -> TenantId {
        TenantId::new(Uuid::from_u128(number))
    }

    fn refused(whereabouts: Whereabouts, rule: &'static str, at: Moment) -> Refused {
        let explanation = Explanation::new(rule, "", "", "");
        Refused { trace: Uuid::nil(), at, whereabouts, explanation, inputs: Some(json!({})) }
    }

    fn put(desk: &mut Desk, number: u128, rule: &'static str, at: Moment) {
        desk.put(refused(Whereabouts::Tenant(tenant(number)), rule, at));
    }

    fn rules(desk: &mut Desk, now: Moment) -> Vec<&'static str> {
        desk.take(now).0.iter().map(|(_, refused)| refused.explanation.rule).collect()
    }

    #[test]
    fn one_cause_takes_half_of_a_minute_and_one_tenant_no_room_of_another() {
        let mut desk = Desk::new(4);
        for rule in ["a", "a", "a", "b", "b", "c"] {
            put(&mut desk, 1, rule, START);
        }
        put(&mut desk, 2, "a", START);
        assert!(!desk.has_room(&Whereabouts::Tenant(tenant(1)), "c", START));
        assert!(desk.has_room(&Whereabouts::Tenant(tenant(2)), "a", START));
        assert_eq!(rules(&mut desk, START), ["a", "a", "b", "b", "a"]);
        // What was taken still counts until the minute is over.
        put(&mut desk, 1, "d", START);
        assert_eq!(rules(&mut desk, START), Vec::<&str>::new());
    }

    #[test]
    fn what_was_counted_is_told_when_its_minute_is_over() {
        let mut desk = Desk::new(1);
        for _ in 0..3 {
            put(&mut desk, 1, "a", START);
        }
        assert_eq!(desk.take(START.plus(Duration::from_secs(59))).1, []);
        let until = START.plus(MINUTE);
        let counted = BTreeMap::from([("a", 2)]);
        assert_eq!(desk.take(until).1, [Ended { tenant: tenant(1), until, counted: counted.clone() }]);
        assert!(desk.minutes.is_empty() && desk.take(until).1.is_empty());
        for at in [START, START, START, until] {
            put(&mut desk, 1, "a", at);
        }
        assert_eq!(desk.take(until).1, [Ended { tenant: tenant(1), until, counted }]);
    }

    #[test]
    fn the_desk_is_bounded_whoever_fills_it() {
        let mut desk = Desk::new(u32::MAX);
        for number in 0..5_000 {
            put(&mut desk, number, "a", START);
        }
        for _ in 0..300 {
            desk.put(refused(Whereabouts::Named(PlaceName::Management), "a", START));
            desk.put(refused(Whereabouts::Nowhere, "a", START));
        }
        assert!(!desk.has_room(&Whereabouts::Tenant(tenant(9)), "b", START));
        assert_eq!((desk.take_unplaced().len(), desk.take(START).0.len()), (256, 4_096));
        assert_eq!(desk.take(START.plus(MINUTE)).1.len(), 5_000 - 4_096, "the rest was counted");
    }
}
