//! What is wrong with what a client wants registered, by the member that says so.

/// A registration that cannot be (RFC 7591 §3.2.2). `Display` is a sentence that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    #[error("{0} {1}.")]
    RedirectUri(&'static str, &'static str),
    #[error("{0} {1}.")]
    Metadata(&'static str, &'static str),
    #[error("{0:?} is no member of a client's metadata.")]
    UnknownMember(String),
    #[error("The body must be a JSON object.")]
    NoObject,
}

/// The outcome of a check.
pub(super) type Checked = Result<(), ClientFault>;

/// Refuses what `member` says, unless it is fine.
pub(super) fn demand(is_fine: bool, member: &'static str, problem: &'static str) -> Checked {
    if is_fine { Ok(()) } else { Err(ClientFault::Metadata(member, problem)) }
}
