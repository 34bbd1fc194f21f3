//! The http room.

pub mod extract;
pub mod middleware;
pub mod usergrid;
