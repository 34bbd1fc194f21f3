//! Usergrid's dialect.

pub mod envelope;
pub mod jsonp;
