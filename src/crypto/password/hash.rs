//! One bcrypt at a time: what it accepts, and how much it costs whatever it is given.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bcrypt::HashParts;

use super::{LaneError, Verdict};
use crate::crypto::entropy::{Entropy, random};
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;

/// The costs that are computed. A stored hash above them would let whoever imports it stop the lane for minutes.
const COSTS: RangeInclusive<u32> = 4..=15;
/// How much of a password bcrypt reads.
const PASSWORD_MAX: usize = 72;
/// All three name the same computation for passwords without NUL. `$2x$` is the form of a sign-extension bug.
const PREFIXES: [&str; 3] = ["$2a$", "$2b$", "$2y$"];

/// Hashes a password here and now, for the command line; the server uses the lane.
///
/// *Shape*: `$2b$`, cost, salt and hash, 60 characters. *Errors*: `TooLong`, `NulByte`, `Cost`.
pub fn hash_blocking(cost: u32, password: &Secret, entropy: &dyn Entropy) -> Result<Secret, LaneError> {
    check(password)?;
    if !COSTS.contains(&cost) {
        return Err(LaneError::Cost(cost));
    }
    // The crate's `non_truncating_*` functions also refuse exactly 72 bytes, which bcrypt reads whole.
    let parts = bcrypt::hash_with_salt(password.expose(), cost, random(entropy)).map_err(LaneError::Hash)?;
    Ok(Secret::new(parts.to_string()))
}

/// What bcrypt cannot take: it would not see the rest, and other implementations stop at a NUL.
fn check(password: &Secret) -> Result<(), LaneError> {
    match password.expose().as_bytes() {
        bytes if bytes.len() > PASSWORD_MAX => Err(LaneError::TooLong),
        bytes if bytes.contains(&0) => Err(LaneError::NulByte),
        _ => Ok(()),
    }
}

/// Makes and checks hashes at one cost.
pub(super) struct Hasher {
    cost: u32,
    /// Stands in for the hash of whoever has none.
    dummy: Secret,
    /// How long one hash took, so that the first estimate is no guess.
    pace: Duration,
    entropy: Arc<dyn Entropy>,
}

impl Hasher {
    pub(super) fn new(cost: u32, entropy: Arc<dyn Entropy>) -> Result<Self, LaneError> {
        let unknown = Secret::new(URL_SAFE_NO_PAD.encode(random::<32>(&*entropy)));
        let start = Instant::now();
        let dummy = hash_blocking(cost, &unknown, &*entropy)?;
        Ok(Self { cost, dummy, pace: start.elapsed(), entropy })
    }

    pub(super) fn pace(&self) -> Duration {
        self.pace
    }

    pub(super) fn hash(&self, password: &Secret) -> Result<Secret, LaneError> {
        hash_blocking(self.cost, password, &*self.entropy)
    }

    /// Computes exactly one hash, whatever it is given.
    pub(super) fn verify(&self, tenant: TenantId, password: &Secret, stored: Option<&Secret>) -> Verdict {
        let known = stored.and_then(|hash| readable(tenant, hash));
        let (hash, cost) = known.unwrap_or((&self.dummy, self.cost));
        let legal = check(password).is_ok();
        let candidate = if legal { password.expose() } else { "" };
        // Constant-time inside; only a hash that does not parse is an error, and these were parsed.
        let matches = bcrypt::verify(candidate, hash.expose()).unwrap_or(false);
        if matches && legal && known.is_some() {
            Verdict::Match { rehash: cost < self.cost }
        } else {
            Verdict::Mismatch
        }
    }
}

/// The hash with its cost, if it is one that may be computed.
fn readable(tenant: TenantId, hash: &Secret) -> Option<(&Secret, u32)> {
    let prefix = hash.expose().get(..4).filter(|prefix| PREFIXES.contains(prefix));
    let cost = prefix.and_then(|_| hash.expose().parse::<HashParts>().ok()).map(|parts| parts.get_cost());
    let readable = cost.filter(|cost| COSTS.contains(cost)).map(|cost| (hash, cost));
    if readable.is_none() {
        tracing::error!(%tenant, "a stored password hash is not bcrypt of cost 4 to 15; its owner cannot sign in");
    }
    readable
}
