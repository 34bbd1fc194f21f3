//! What the standards demand, one file a document, each test named after the section that it proves.

mod rfc6749_clients;
mod rfc7523;
mod rfc7591;
mod rfc7592;
mod rfc8705;
