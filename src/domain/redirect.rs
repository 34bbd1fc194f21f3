//! Which redirect URI of a request is one of its client's: letter for letter, never by likeness.
//! *Spec*: RFC 9700 §2.1, §4.1; RFC 8252 §7.3, §8.4.

/// The hosts of a program's own machine, by address: a name may be resolved to somewhere else (RFC 8252 §8.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Whether `presented` is `registered`: the same text, or the same loopback address with another port, which a native
/// program gets from its system only when it starts.
pub fn is_same(registered: &str, presented: &str) -> bool {
    if registered == presented {
        return true;
    }
    LOOPBACK.iter().any(|origin| match (registered.strip_prefix(origin), presented.strip_prefix(origin)) {
        (Some(registered), Some(presented)) => {
            matches!((without_port(registered), without_port(presented)), (Some(one), Some(other)) if one == other)
        }
        _ => false,
    })
}

/// What stands behind the port of a loopback address; `None` where the address goes on differently, so that nothing can
/// pass for a port, a user or a longer host name.
fn without_port(rest: &str) -> Option<&str> {
    let Some(port_and_path) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest);
    };
    let end = port_and_path.find(|c: char| !c.is_ascii_digit()).unwrap_or(port_and_path.len());
    let (port, path) = port_and_path.split_at_checked(end)?;
    let is_port = !port.starts_with('0') && port.parse::<u16>().is_ok();
    (is_port && (path.is_empty() || path.starts_with(['/', '?']))).then_some(path)
}

#[cfg(test)]
mod tests;
