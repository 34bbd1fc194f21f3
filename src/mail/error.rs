//! Why a mail could not be written, by cause.

use crate::crypto::vault::VaultError;
use crate::store::StoreError;

/// A template that cannot be used. The text is safe to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("{{{{{0}}}}} is no placeholder of mails.")]
    Unknown(String),
    #[error("A placeholder begins with {{{{ and must end with }}}}.")]
    Unclosed,
    #[error("The {0} of a mail must not be empty.")]
    Empty(&'static str),
    #[error("The {part} of a mail must have at most {max} characters.")]
    TooLong { part: &'static str, max: usize },
    #[error("The subject of a mail is one line.")]
    ManyLines,
    #[error("This mail is about a link or a PIN: its text must have {0}.")]
    Pointless(&'static str),
}

/// A mail that could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("template: {0}")]
    Template(#[from] TemplateError),
    #[error("store: {0}")]
    Store(#[from] StoreError),
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
    #[error("a mail cannot be read back: {0}")]
    Unreadable(#[from] serde_json::Error),
}
