//! The other side of a token: who calls (`verify`), what they may reach (`guard`), how their tokens end (`revoke`,
//! `surrender`), and what others are told of tokens (`introspect`, `feed`).
//! It reads memory first and decides; it issues no token.

pub mod error;
pub mod explain;
pub mod external;
mod family;
mod feed;
pub mod gate;
pub mod guard;
mod introspect;
pub mod legacy;
pub mod proof;
pub mod revoke;
mod statement;
mod surrender;
mod throttle;
pub mod verify;

pub use error::{AccessError, Need};
pub use explain::{ExplainPolicy, Explainer, token_as_seen};
pub use family::Families;
pub use feed::{Cursor, FRESH, Feed, FeedDocument};
pub use gate::{Intent, Step};
pub use guard::Guard;
pub use introspect::{ActiveToken, Asker, Introspector};
pub use legacy::LegacyTokens;
pub use proof::{Demonstration, PROOF_ALGORITHMS, ProofError, Proofs};
pub use revoke::Revoker;
pub use statement::{Statement, Statements};
pub use throttle::Failures;
pub use verify::{Presented, Session, Verifier};
