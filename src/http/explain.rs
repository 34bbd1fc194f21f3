//! One table for each error type: cause -> the rule behind it, for the administration of the tenant alone. The tables
//! of words in `error` say what the refused one hears, on purpose often the same for different causes; here each
//! cause has a rule of its own. Every match is exhaustive, so that a new cause does not compile until it is explained.

use crate::domain::failure::Failure;
use crate::domain::refusal::Explanation;

mod access;
mod authorize;
mod grant;
mod manage;
mod proof;
mod request;

/// An error whose rule can be told.
pub trait Explained {
    /// The rule that was broken.
    fn explain(&self) -> Explanation;
}

/// A rule, one line a cause.
const fn rule(rule: &'static str, what: &'static str, spec: &'static str, fix: &'static str) -> Explanation {
    Explanation::new(rule, what, spec, fix)
}

const USERGRID_TOKEN: &str = "Usergrid: token endpoint";
const USERGRID_API: &str = "Usergrid: API responses";

/// What failed below the rules. What exactly is for the operator's log.
fn failed(failure: Failure) -> Explanation {
    match failure {
        Failure::Passing { .. } => rule(
            "not_available",
            "The database, or a thread to hash passwords, was not to be had in time.",
            "RFC 9110 §15.6.4",
            "Send the request again after the time of Retry-After; tell the operator if it lasts.",
        ),
        Failure::Refused => rule(
            "unfit_password",
            "A password has more bytes than can be hashed, or a character that it cannot have.",
            "[passwords]",
            "Choose a password of at most 72 bytes.",
        ),
        Failure::Internal => rule(
            "server_failure",
            "The server failed; nothing about the request is known to be wrong.",
            "RFC 9110 §15.6.1",
            "Give the trace to the operator, whose log has the cause.",
        ),
    }
}
