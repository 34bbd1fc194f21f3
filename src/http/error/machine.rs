//! The words for grants between machines: exchanges, assertions, devices. *Spec*: RFC 8693 §2.2.2, RFC 7523 §3.1,
//! RFC 8628 §3.5.

use super::Answer;
use crate::grant::{DeviceFault, ExchangeFault, Party};

/// RFC 8693 has one code for whatever is wrong with a token.
pub(super) fn exchange(fault: ExchangeFault) -> Answer {
    let sentence = match fault {
        ExchangeFault::TokenType(name) => {
            return Answer::oauth("invalid_request", format!("The {name} is not one that is taken here."));
        }
        ExchangeFault::Token(Party::Subject, _) | ExchangeFault::Expired => {
            "The subject_token is not valid here, or not acceptable."
        }
        ExchangeFault::Token(Party::Actor, _) | ExchangeFault::ForeignActor | ExchangeFault::DelegatedActor => {
            "The actor_token is not valid here, or not acceptable."
        }
        ExchangeFault::MayNotAct => "The subject_token does not let this actor act.",
        ExchangeFault::TooManyActors => "The chain of actors is too long.",
    };
    Answer::oauth("invalid_request", sentence)
}

/// Whatever is wrong with an assertion, its user or its issuer is one answer.
pub(super) fn assertion() -> Answer {
    Answer::oauth("invalid_grant", "The assertion is not accepted.")
}

pub(super) fn device(fault: DeviceFault) -> Answer {
    match fault {
        DeviceFault::Pending => Answer::oauth("authorization_pending", "Nobody has answered yet."),
        DeviceFault::TooSoon => Answer::oauth("slow_down", "Wait five seconds longer from now on."),
        DeviceFault::Expired => Answer::oauth("expired_token", "The device code has expired. Begin anew."),
        DeviceFault::Denied => Answer::oauth("access_denied", "The person did not allow it."),
        DeviceFault::Unknown | DeviceFault::Withdrawn => {
            Answer::oauth("invalid_grant", "The device code is unknown, used or of another client.")
        }
        DeviceFault::TooMany => Answer::oauth("invalid_request", "Too many devices wait already. Try again later."),
    }
}
