//! What the server says about itself: log lines and metrics.
//!
//! The rule of both: no token, password, hash, secret or Authorization header, and never the query of a request, in
//! which Usergrid's clients may send credentials. A request is logged by its path, a metric is labelled from closed
//! lists, so that no caller can put text into either or make series without end.

mod logging;
mod memory;
mod metrics;

pub use logging::{TelemetryError, init};
pub use memory::resident_bytes;
pub use metrics::{DirectoryCounts, GrantLabel, METRICS_CONTENT_TYPE, Metrics, PasswordMetrics, TokenOutcome};
