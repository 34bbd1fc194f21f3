//! The only file that writes to the terminal. Results go to standard output, faults to standard error.

use std::fmt::Display;
use std::io::{Write, stderr, stdout};

/// One result.
pub(super) fn line(text: &str) {
    // A reader that went away is no fault of ours.
    let _ = writeln!(stdout(), "{text}");
}

/// A text that ends its own lines.
pub(super) fn text(text: &str) {
    let _ = write!(stdout(), "{text}");
}

/// Joins the lines that have something to say.
pub(super) fn lines(lines: &[String]) -> String {
    lines.iter().filter(|line| !line.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// A fault, in one line.
pub(super) fn fault(cause: &dyn Display) {
    let _ = writeln!(stderr(), "tokengrid: {}", cause.to_string().replace('\n', " "));
}
