//! What the standards demand of a server of this kind, rule by rule: each test is named by the section that it proves.

mod back_channel_logout;
mod oidc_core_signin;
mod rp_initiated_logout;
