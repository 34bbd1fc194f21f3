//! The authorization request and its answer: what a client asks for, where it may be answered, and the code that a person
//! lets it have. No page is known here: the pages ask [`Dispatcher::next`](super::Dispatcher::next) what comes next.
//! *Spec*: RFC 6749 §4.1 as OAuth 2.1 narrows it, RFC 7636, RFC 9126, RFC 9207, RFC 8707, OpenID Connect Core §3.1.2.

mod address;
mod approve;
mod check;
mod error;
mod open;
mod parameters;
mod push;
mod redirect;
mod request;

pub use error::{AuthorizeError, AuthorizeRefusal};
pub use open::Opened;
pub use parameters::AuthorizeParameters;
pub use push::{PushError, Pushed};
pub use redirect::{Redirect, ResponseMode};
pub use request::{AuthorizationRequest, Prompt, SignedIn, Step};
