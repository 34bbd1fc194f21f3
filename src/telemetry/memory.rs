//! How much memory the process holds, as the operating system counts it.

use std::fs;

/// The pages of Linux on every machine that is served.
const PAGE_BYTES: u64 = 4_096;

/// The resident set in bytes, from `/proc/self/statm`; `None` where there is no such file.
pub fn resident_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(PAGE_BYTES))
}
