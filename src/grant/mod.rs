//! The token exchange: one dispatcher for every grant at every place. It loads, decides, issues and commits.
//! It knows nothing of HTTP and of SQL; what a refusal sounds like is the dialect's matter.

mod authorization_code;
pub mod authorize;
mod client;
mod client_credentials;
mod device;
pub mod dispatch;
pub mod error;
pub mod external;
mod family;
mod id_token;
mod jwt_bearer;
mod lifetime;
pub mod outcome;
mod oxide;
mod password;
mod person;
mod pin;
mod refresh_token;
mod reissue;
pub mod request;
mod resource;
mod scope;
mod session;
mod subject;
mod token_exchange;
mod workbench;

pub use authorize::{
    AuthorizationRequest, AuthorizeError, AuthorizeParameters, AuthorizeRefusal, Opened, Prompt, PushError, Pushed,
    Redirect, ResponseMode, SignedIn, Step,
};
pub use client::Admitted;
pub use device::{DeviceBeginning, DeviceRequest};
pub use dispatch::Dispatcher;
pub use error::{AssertionFault, DeviceFault, ExchangeFault, GrantError, Party, TokenFault};
pub use outcome::{Holder, Issued};
pub use request::{
    ClientMethod, ClientProof, ExchangeParameters, GrantRequest, Origin, PresentedClient, ScopeRule, Transport,
};
pub use session::Lender;
pub use workbench::{GrantPolicy, Workbench};
