//! The only room that knows `oxide_auth`: its state machines decide the order of the protocol, we answer their
//! questions from what was loaded, and word every outcome ourselves.

mod authorize;
mod code;
mod desk;
mod issuer;
mod machine;

pub(super) use authorize::authorization;
pub(super) use code::{CodeUse, code};
pub(super) use issuer::{Minted, RefreshPlan, TokenIssuer};
pub(super) use machine::{RefreshUse, client_credentials, password, refresh};
