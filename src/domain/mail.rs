//! Mail as a value: what it is about, how far it has come, and the tokens that its links bear.

use uuid::Uuid;

use super::clock::Moment;
use super::id::TenantId;
use super::secret::{Digest, Sealed};

/// What a mail is about. Each kind has one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// A link to set a new password.
    PasswordReset,
    /// A link by which someone proves that the address is theirs.
    UserConfirmation,
    /// A link that makes an account active again.
    UserActivation,
    /// The address is proved; someone still has to let the account in.
    UserConfirmed,
    /// The account can be used now.
    UserActivated,
    /// Someone was added to an organization.
    UserInvited,
    /// An administrator is asked to let a new user in.
    UserActivationRequest,
    /// The superuser is asked to let a new admin in.
    AdminActivationRequest,
    /// An administrator hears of a new user.
    NewUser,
    /// A PIN to sign in with.
    AppPin,
    /// A link by which an organization's owner proves that the address is theirs.
    OrganizationConfirmation,
    /// The organization can be used now.
    OrganizationActivated,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::PasswordReset,
        Self::UserConfirmation,
        Self::UserActivation,
        Self::UserConfirmed,
        Self::UserActivated,
        Self::UserInvited,
        Self::UserActivationRequest,
        Self::AdminActivationRequest,
        Self::NewUser,
        Self::AppPin,
        Self::OrganizationConfirmation,
        Self::OrganizationActivated,
    ];

    /// The word used in rows, and the name of the template.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::UserConfirmation => "user_confirmation",
            Self::UserActivation => "user_activation",
            Self::UserConfirmed => "user_confirmed",
            Self::UserActivated => "user_activated",
            Self::UserInvited => "user_invited",
            Self::UserActivationRequest => "user_activation_request",
            Self::AdminActivationRequest => "admin_activation_request",
            Self::NewUser => "new_user",
            Self::AppPin => "app_pin",
            Self::OrganizationConfirmation => "organization_confirmation",
            Self::OrganizationActivated => "organization_activated",
        }
    }

    /// Reads the word of a row or a path.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// How far a mail has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// No mail server was configured: it waits for one.
    Held,
    /// It will be sent, or tried again.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good, or for too long.
    Failed,
    /// Nobody is behind the address that was asked for. It exists so that asking costs the same, and is never sent.
    Void,
}

impl MailState {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Void => "void",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Held, Self::Queued, Self::Sent, Self::Failed, Self::Void].into_iter().find(|s| s.as_str() == word)
    }
}

/// One mail in the outbox.
#[derive(Clone, Debug)]
pub struct Mail {
    pub tenant: TenantId,
    pub id: Uuid,
    /// What it is sent for; unique within the tenant, so that one event is one mail.
    pub event: String,
    /// The address; empty for a void mail.
    pub recipient: String,
    /// What limits are counted by.
    pub recipient_key: String,
    pub kind: MailKind,
    /// Subject and bodies. Empty once it was sent: links are secrets.
    pub sealed: Sealed,
    pub state: MailState,
    pub attempts: u32,
    /// When it may be tried; while a sender has it, when that sender's claim ends.
    pub next_attempt: Moment,
    pub last_error: Option<String>,
    pub created: Moment,
    pub sent: Option<Moment>,
}

/// What a link's token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPurpose {
    /// To let an account in.
    Activate,
    /// To prove an address.
    Confirm,
    /// To set a new password.
    ResetPassword,
}

impl TokenPurpose {
    /// The word used in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Confirm => "confirm",
            Self::ResetPassword => "resetpw",
        }
    }

    /// Reads a row's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Activate, Self::Confirm, Self::ResetPassword].into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// A token that a mail's link bears, as it is kept: by its digest.
#[derive(Clone, Debug)]
pub struct MailToken {
    pub tenant: TenantId,
    pub digest: Digest,
    pub purpose: TokenPurpose,
    /// The user, admin or organization that it is for.
    pub holder: Uuid,
    /// Which password the holder had; another one makes the token worthless.
    pub password_changed: Option<Moment>,
    pub created: Moment,
    pub expires: Moment,
}

/// The use of a token: every part must agree with what was issued.
#[derive(Clone, Debug)]
pub struct SpentToken {
    pub tenant: TenantId,
    pub digest: Digest,
    pub purpose: TokenPurpose,
    pub holder: Uuid,
    /// The holder's present password.
    pub password_changed: Option<Moment>,
    pub now: Moment,
}

/// An application's own words for one kind of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTemplate {
    pub kind: MailKind,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub modified: Moment,
}

/// What a write does about mail, in its own transaction.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// The token that permits this write; without it nothing is written.
    pub spent: Option<SpentToken>,
    /// Whose outstanding tokens end with this write.
    pub voided: Vec<(TenantId, Uuid)>,
    /// New tokens.
    pub issued: Vec<MailToken>,
    /// New mails; one whose event was there before is left out.
    pub mails: Vec<Mail>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(kind));
        }
        for state in [MailState::Held, MailState::Queued, MailState::Sent, MailState::Failed, MailState::Void] {
            assert_eq!(MailState::parse(state.as_str()), Some(state));
        }
        for purpose in [TokenPurpose::Activate, TokenPurpose::Confirm, TokenPurpose::ResetPassword] {
            assert_eq!(TokenPurpose::parse(purpose.as_str()), Some(purpose));
        }
    }
}
