//! `[passwords]`: what hashing costs and how long it may queue.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units::{self, ThreadCount};
use crate::domain::password::PasswordPolicy;

/// The `[passwords]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSettings {
    /// The binary logarithm of bcrypt's rounds.
    pub bcrypt_cost: u32,
    pub threads: ThreadCount,
    /// The longest wait for a thread.
    #[serde(rename = "max_wait_ms", with = "units::millis")]
    pub max_wait: Duration,
    /// Jobs of one tenant that may wait at once.
    pub queue_per_tenant: usize,
    /// *Units*: characters.
    pub min_length: usize,
    pub min_uppercase: usize,
    pub min_digits: usize,
    pub min_special: usize,
    /// The characters that count as special.
    pub special_chars: String,
}

impl PasswordSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("passwords.bcrypt_cost", self.bcrypt_cost, 4..=15)?;
        within("passwords.threads", self.threads.0, 0..=1024)?;
        within("passwords.max_wait_ms", self.max_wait.as_millis(), 1..=60_000)?;
        within("passwords.queue_per_tenant", self.queue_per_tenant, 1..=100_000)?;
        within("passwords.min_length", self.min_length, 1..=72)?;
        within("passwords.min_uppercase", self.min_uppercase, 0..=72)?;
        within("passwords.min_digits", self.min_digits, 0..=72)?;
        within("passwords.min_special", self.min_special, 0..=72)?;
        if self.min_special > 0 && self.special_chars.is_empty() {
            return Err(Fault::new(
                "passwords.special_chars",
                "must name some where passwords.min_special asks for any",
            ));
        }
        Ok(())
    }

    /// What new passwords must be made of.
    pub fn policy(&self) -> PasswordPolicy {
        PasswordPolicy {
            min_length: self.min_length,
            min_uppercase: self.min_uppercase,
            min_digits: self.min_digits,
            min_special: self.min_special,
            special_chars: self.special_chars.clone(),
        }
    }
}
