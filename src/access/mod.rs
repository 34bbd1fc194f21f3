//! The other side of a token: who calls (`verify`), what they may reach (`guard`), and how their tokens end (`revoke`).
//! It reads memory first and decides; it issues nothing.

pub mod error;
pub mod explain;
pub mod external;
pub mod gate;
pub mod guard;
pub mod legacy;
pub mod revoke;
pub mod verify;

pub use error::{AccessError, Need};
pub use explain::{ExplainPolicy, Explainer, token_as_seen};
pub use gate::{Intent, Step};
pub use guard::Guard;
pub use legacy::LegacyTokens;
pub use revoke::Revoker;
pub use verify::{Presented, Session, Verifier};
