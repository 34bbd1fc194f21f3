//! What the standards demand, one file a document, each test named after the section that it proves.

mod back_channel_logout;
pub mod flow;
mod oidc_core;
mod oidc_core_signin;
mod races;
mod rfc6749;
mod rfc6749_clients;
mod rfc7523;
mod rfc7523_grants;
mod rfc7591;
mod rfc7592;
mod rfc7636;
mod rfc8252;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9126;
mod rfc9207;
mod rfc9700;
mod rp_initiated_logout;
