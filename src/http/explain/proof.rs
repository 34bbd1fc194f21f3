//! The rules behind `ProofError`.

use super::{Explained, failed, rule};
use crate::access::ProofError;
use crate::domain::refusal::Explanation;

const PROOF: &str = "RFC 9449 §4.3";
const TOKEN: &str = "RFC 9449 §7.1";
const NEW_PROOF: &str = "Make a new proof for each request, with a new jti, for its method and URL.";

impl Explained for ProofError {
    #[rustfmt::skip]
    fn explain(&self) -> Explanation {
        match self {
            Self::Repeated => rule("repeated_proof", "The request has more than one DPoP header.", PROOF, "Send one."),
            Self::Missing => rule("missing_proof", "A token came by the scheme DPoP without a proof of its key.", TOKEN, NEW_PROOF),
            Self::Unreadable(cause) => rule("unfit_proof", "The proof does not hold for this request.", PROOF, "Compare its htm, htu, iat and ath with the request and the server's clock.").because(cause),
            Self::NonceWanted => rule("nonce_wanted", "The proof repeats no nonce of this server, which is asked for here.", "RFC 9449 §8", "Repeat the DPoP-Nonce of the answer."),
            Self::Used => rule("used_proof", "The proof was used before.", "RFC 9449 §11.1", NEW_PROOF),
            Self::OtherThanSaid => rule("other_key_than_said", "dpop_jkt names another key than the proof's.", "RFC 9449 §10.1", "Leave dpop_jkt out, or name the same key."),
            Self::WrongKey => rule("wrong_key", "The proof is of another key than the token is bound to.", TOKEN, "Prove the key that the token was asked for with."),
            Self::Bare => rule("bare_bound_token", "A token that is bound to a key came as a plain one.", "RFC 9449 §7.2", "Send it by the scheme DPoP, with a proof."),
            Self::Unbound => rule("unbound_token", "A token by the scheme DPoP is bound to no key.", TOKEN, "Send it as Bearer, or ask for one with a proof."),
            Self::Failed(cause) => failed(cause.failure()),
        }
    }
}
