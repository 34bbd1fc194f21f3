//! One bcrypt at a time: what it accepts, and how much it costs whatever it is given.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bcrypt::HashParts;

use super::legacy::Chain;
use super::{LaneError, Verdict};
use crate::crypto::entropy::{Entropy, random};
use crate::domain::id::TenantId;
use crate::domain::secret::Secret;

/// The costs that are computed. A stored hash above them would let whoever imports it stop the lane for minutes.
pub(super) const COSTS: RangeInclusive<u32> = 4..=15;
/// How much of a password bcrypt reads.
const PASSWORD_MAX: usize = 72;
/// All three name the same computation for passwords without NUL. `$2x$` is the form of a sign-extension bug.
pub(super) const PREFIXES: [&str; 3] = ["$2a$", "$2b$", "$2y$"];

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
        if let Some(chain) = stored.and_then(Chain::parse) {
            return self.verify_legacy(tenant, password, &chain);
        }
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

impl Hasher {
    /// Checks a password against another server's chain, at the cost of a hash of ours.
    fn verify_legacy(&self, tenant: TenantId, password: &Secret, chain: &Chain<'_>) -> Verdict {
        let (matches, spent) = chain.matches(password.expose().as_bytes());
        self.spend_the_rest(spent);
        match matches {
            false => Verdict::Mismatch,
            true => {
                let keepable = check(password).is_ok();
                if !keepable {
                    tracing::info!(%tenant, "a password that bcrypt cannot keep matched a legacy hash, which stays");
                }
                Verdict::Match { rehash: keepable }
            }
        }
    }

    /// bcrypt of cost `c` and then of `c`, `c + 1`, .. `n - 1` takes exactly as long as one of cost `n`.
    fn spend_the_rest(&self, spent: Option<u32>) {
        let costs = spent.map_or(self.cost..self.cost.saturating_add(1), |spent| spent..self.cost);
        for cost in costs {
            let wasted = bcrypt::hash_with_salt("", cost, [0; 16]);
            std::hint::black_box(wasted.is_ok());
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
