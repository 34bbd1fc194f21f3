//! Tracing, metrics and redaction.
