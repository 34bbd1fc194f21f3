//! The outside: reads requests, asks `grant`, `access` and `manage`, and words what they answer. The only room with
//! actix-web besides `server`; it sees neither store nor crypto, so no handler can invent a query.

pub mod clients;
pub mod error;
pub mod explain;
pub mod extract;
pub mod middleware;
pub mod oauth;
pub mod openapi;
pub mod pages;
pub mod routes;
pub mod service;
pub mod state;
pub mod usergrid;
