//! What surrounds the grants: health, metrics, logs, headers, limits and the password lane, over the real server.

mod bodies;
mod boundary;
mod health;
mod lane;
mod logs;
mod metrics;
mod openapi;
