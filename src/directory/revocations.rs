//! The live revocations of one issuing tenant, ready for a look-up.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::revocation::{Revocation, RevocationReason, RevocationTarget};

/// What is revoked among the tokens of one tenant.
#[derive(Debug, Default)]
pub struct Revocations {
    by_target: HashMap<RevocationTarget, (Moment, RevocationReason)>,
}

impl Revocations {
    /// Takes the rows of one tenant.
    pub fn new(rows: Vec<Revocation>) -> Self {
        Self { by_target: rows.into_iter().map(|row| (row.target, (row.watermark, row.reason))).collect() }
    }

    /// Why a token issued at `issued` is dead; `None` while it lives. `ids` are its own and its session's.
    pub fn find(&self, holder: Uuid, ids: &[Uuid], issued: Moment) -> Option<RevocationReason> {
        if self.by_target.is_empty() {
            return None;
        }
        let named = ids.iter().find_map(|id| self.by_target.get(&RevocationTarget::Token(*id)));
        let holders = || {
            let of_holder = self.by_target.get(&RevocationTarget::Principal(holder));
            of_holder.filter(|(watermark, _)| issued <= *watermark && !self.is_spared(ids, *watermark))
        };
        let tenants = || {
            let of_tenant = self.by_target.get(&RevocationTarget::Tenant);
            of_tenant.filter(|(watermark, _)| issued <= *watermark)
        };
        named.or_else(holders).or_else(tenants).map(|(_, reason)| *reason)
    }

    /// Whether a session outlives its holder's watermark.
    fn is_spared(&self, ids: &[Uuid], watermark: Moment) -> bool {
        let until = |id: &Uuid| self.by_target.get(&RevocationTarget::Spared(*id)).map(|(until, _)| *until);
        ids.iter().filter_map(until).any(|until| watermark <= until)
    }

    /// The watermark that covers every token of `holder` issued up to `now`. One issued in this very moment may be dated
    /// after an earlier watermark, and is covered too.
    pub fn watermark(&self, holder: Uuid, now: Moment) -> Moment {
        now.max(self.earliest_issue(holder))
    }

    /// The earliest moment at which a token for `holder` may be dated so that it is born alive.
    pub fn earliest_issue(&self, holder: Uuid) -> Moment {
        [RevocationTarget::Principal(holder), RevocationTarget::Tenant]
            .iter()
            .filter_map(|target| self.by_target.get(target))
            .map(|(watermark, _)| Moment::from_millis(watermark.millis().saturating_add(1)))
            .max()
            .unwrap_or(Moment::EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TenantId;

    #[test]
    fn a_spared_session_outlives_one_watermark_and_no_later_one() {
        let (holder, session) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let known = |of_holder: i64| {
            let rows = [(RevocationTarget::Principal(holder), of_holder), (RevocationTarget::Spared(session), 1_000)];
            let row = |(target, millis)| {
                let (tenant, at) = (TenantId::MANAGEMENT, Moment::from_millis(millis));
                Revocation { tenant, target, reason: RevocationReason::Revoked, watermark: at, expires: at }
            };
            Revocations::new(rows.map(row).to_vec())
        };
        let (own, other) = ([Uuid::from_u128(1), session], [Uuid::from_u128(2), Uuid::from_u128(9)]);
        let before = Moment::from_millis(500);
        assert_eq!(known(1_000).find(holder, &own, before), None);
        assert_eq!(known(1_000).find(holder, &other, before), Some(RevocationReason::Revoked));
        assert_eq!(known(1_001).find(holder, &own, before), Some(RevocationReason::Revoked));
    }

    #[test]
    fn a_watermark_covers_what_came_before_it_and_nothing_after() {
        let holder = Uuid::from_u128(7);
        let row = Revocation {
            tenant: TenantId::MANAGEMENT,
            target: RevocationTarget::Principal(holder),
            reason: RevocationReason::Revoked,
            watermark: Moment::from_millis(1_000),
            expires: Moment::from_millis(9_000),
        };
        let known = Revocations::new(vec![row]);
        let at = |millis| known.find(holder, &[Uuid::from_u128(1)], Moment::from_millis(millis));
        assert_eq!(at(999), Some(RevocationReason::Revoked));
        assert_eq!(at(1_000), Some(RevocationReason::Revoked));
        assert_eq!(at(1_001), None);
        assert_eq!(known.earliest_issue(holder), Moment::from_millis(1_001));
        assert_eq!(known.find(Uuid::from_u128(8), &[], Moment::EPOCH), None);
    }
}
