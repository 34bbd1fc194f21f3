//! The token exchange: one dispatcher for every grant at every place. It loads, decides, issues and commits.
//! It knows nothing of HTTP and of SQL; what a refusal sounds like is the dialect's matter.

mod client;
mod client_credentials;
pub mod dispatch;
pub mod error;
mod family;
mod lifetime;
pub mod outcome;
mod oxide;
mod password;
mod person;
mod pin;
mod refresh_token;
mod reissue;
pub mod request;
mod scope;
mod session;
mod workbench;

pub use dispatch::Dispatcher;
pub use error::GrantError;
pub use outcome::{Holder, Issued};
pub use request::{ClientMethod, GrantRequest, PresentedClient, ScopeRule, Transport};
pub use session::Lender;
pub use workbench::{GrantPolicy, Workbench};
