//! The words of `ProofError`: at the endpoints where tokens are asked for, and where they are used.
//! *Spec*: RFC 9449 §5, §7.1, §8, §9.

use actix_web::http::StatusCode;

use super::{Answer, Challenge, Voice, Worded};
use crate::access::ProofError;

const INVALID_PROOF: &str = "invalid_dpop_proof";
const INVALID_TOKEN: &str = "invalid_token";

impl Worded for ProofError {
    fn answer(&self, _voice: Voice) -> Answer {
        match self {
            Self::Failed(cause) => Answer::failure(cause.failure(), cause).in_oauth_body(),
            _ => Answer::oauth(code(self), sentence(self)),
        }
    }
}

/// The refusal of a request with a token (RFC 9449 §7.1).
pub(super) fn beside_token(cause: &ProofError) -> Answer {
    match cause {
        ProofError::Failed(cause) => Answer::failure(cause.failure(), cause),
        _ => Answer {
            challenge: Some(Challenge::Dpop(code(cause))),
            ..Answer::new(StatusCode::UNAUTHORIZED, code(cause), sentence(cause))
        },
    }
}

/// The refusal of a token without a proof where one is demanded.
pub(super) fn missing() -> Answer {
    Answer::oauth(INVALID_PROOF, sentence(&ProofError::Missing))
}

fn code(cause: &ProofError) -> &'static str {
    match cause {
        ProofError::NonceWanted => "use_dpop_nonce",
        ProofError::WrongKey | ProofError::Bare | ProofError::Unbound => INVALID_TOKEN,
        ProofError::Repeated
        | ProofError::Missing
        | ProofError::Unreadable(_)
        | ProofError::OtherThanSaid
        | ProofError::Used => INVALID_PROOF,
        ProofError::Failed(_) => "server_error",
    }
}

/// One sentence for every proof that does not hold: which rule it breaks is for the log.
fn sentence(cause: &ProofError) -> &'static str {
    match cause {
        ProofError::Repeated => "There must be one DPoP header.",
        ProofError::Missing => "A proof in the DPoP header is missing.",
        ProofError::NonceWanted => "The proof must repeat the nonce that the DPoP-Nonce header gives.",
        ProofError::OtherThanSaid => "The proof and dpop_jkt name different keys.",
        ProofError::Unreadable(_) | ProofError::Used => "The proof in the DPoP header does not hold for this request.",
        ProofError::WrongKey => "The access token is bound to another key than the proof's.",
        ProofError::Bare => "The access token is bound to a key; it is used by the scheme DPoP and with a proof.",
        ProofError::Unbound => "The access token is bound to no key; it is used by the scheme Bearer.",
        ProofError::Failed(_) => "The server failed to answer.",
    }
}
