//! `[sessions]`: how long a browser stays signed in, and how often its clients are told that it is not any more.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::{Fault, within};
use super::units::seconds;

/// The `[sessions]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSettings {
    /// Without a use for so long a session is over.
    #[serde(rename = "idle_seconds", with = "seconds")]
    pub idle: Duration,
    /// After so long it is over, whatever its use.
    #[serde(rename = "absolute_seconds", with = "seconds")]
    pub absolute: Duration,
    /// How often to look for notices without being called.
    #[serde(rename = "notice_poll_seconds", with = "seconds")]
    pub notice_poll: Duration,
    #[serde(rename = "notice_retry_first_seconds", with = "seconds")]
    pub notice_retry_first: Duration,
    #[serde(rename = "notice_retry_longest_seconds", with = "seconds")]
    pub notice_retry_longest: Duration,
    #[serde(rename = "notice_give_up_seconds", with = "seconds")]
    pub notice_give_up: Duration,
}

impl SessionSettings {
    /// Checks the section by itself.
    ///
    /// *Errors*: the first fault, by key.
    pub fn validate(&self) -> Result<(), Fault> {
        within("sessions.idle_seconds", self.idle.as_secs(), 60..=31_536_000)?;
        within("sessions.absolute_seconds", self.absolute.as_secs(), 60..=31_536_000)?;
        if self.idle > self.absolute {
            return Err(Fault::new("sessions.idle_seconds", "must not be above sessions.absolute_seconds"));
        }
        within("sessions.notice_poll_seconds", self.notice_poll.as_secs(), 1..=3_600)?;
        within("sessions.notice_retry_first_seconds", self.notice_retry_first.as_secs(), 1..=86_400)?;
        within("sessions.notice_retry_longest_seconds", self.notice_retry_longest.as_secs(), 1..=86_400)?;
        if self.notice_retry_first > self.notice_retry_longest {
            let problem = "must not be above sessions.notice_retry_longest_seconds";
            return Err(Fault::new("sessions.notice_retry_first_seconds", problem));
        }
        within("sessions.notice_give_up_seconds", self.notice_give_up.as_secs(), 60..=2_592_000)
    }
}
