//! The other side of a token: who calls (`verify`), what they may reach (`guard`), and how their tokens end (`revoke`).
//! It reads memory first and decides; it issues nothing.

pub mod error;
pub mod gate;
pub mod guard;
pub mod revoke;
pub mod verify;

pub use error::{AccessError, Need};
pub use gate::{Intent, Step};
pub use guard::Guard;
pub use revoke::Revoker;
pub use verify::{Presented, Session, Verifier};
