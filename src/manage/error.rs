//! Why a use case was refused, by cause.

use std::time::Duration;

use super::clients::ClientFault;
use super::taken::Unique;
use crate::crypto::keys::KeyError;
use crate::crypto::password::LaneError;
use crate::crypto::vault::VaultError;
use crate::directory::DirectoryError;
use crate::domain::group::GroupPathError;
use crate::domain::name::NameError;
use crate::domain::password::PolicyBreach;
use crate::domain::permission::PermissionError;
use crate::mail::{MailError, TemplateError};
use crate::store::{Conflict, StoreError};
use crate::upstream::UpstreamError;

/// A refused or failed use case. `Display` is a sentence that may be shown: it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    #[error("Could not find organization for name: {0}")]
    UnknownOrganization(String),
    #[error("Could not find a client of id: {0}")]
    UnknownClient(String),
    #[error(transparent)]
    Client(ClientFault),
    #[error("A client may have at most {0} live secrets; delete one first.")]
    TooManySecrets(usize),
    /// Clients do not register themselves here.
    #[error("no registration of clients here")]
    NoClientRegistration,
    /// The initial access token or the registration access token is missing or does not hold.
    #[error("no token that permits this registration")]
    RegistrationToken,
    #[error("Too many wrong codes. Try again in an hour.")]
    TooManyGuesses { retry_after: Duration },
    #[error("a source registers too many clients")]
    TooManyRegistrations { retry_after: Duration },
    #[error("too many clients registered themselves")]
    TooManyClients,
    #[error("Could not find application for {0}")]
    UnknownApplication(String),
    #[error("Could not find user for username: {0}")]
    UnknownUser(String),
    #[error("{}", misnamed(field, source))]
    Name { field: &'static str, source: NameError },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    PasswordPolicy(Vec<PolicyBreach>),
    /// Also the answer for an account that does not exist.
    #[error("Unable to authenticate due to username or password being incorrect.")]
    WrongOldPassword,
    #[error("This password was used recently; choose another.")]
    RecentlyUsedPassword,
    /// The superuser's password stands in the configuration.
    #[error("This password is set by the server's configuration alone.")]
    ConfiguredPassword,
    /// Others kept changing the same account.
    #[error("Another change came first; look again and repeat.")]
    Overtaken,
    #[error("{0} is a member of the account itself and cannot be a property.")]
    OwnMember(&'static str),
    #[error("provider_key must be facebook, foursquare or pingident")]
    UnknownProvider,
    #[error("{0} is no setting of a sign-in provider")]
    UnknownProviderSetting(String),
    #[error("The provider's setting {0} {1}.")]
    ProviderSetting(&'static str, &'static str),
    #[error("The application has no complete settings for this provider.")]
    ProviderNotSet,
    /// The provider does not know the token, or shows no account for it.
    #[error("the provider refused")]
    ProviderRefused,
    #[error("outside server: {0}")]
    Upstream(#[from] UpstreamError),
    /// Named by a name, which clients probe with before they create.
    #[error("Service resource not found")]
    UnknownName(String),
    #[error("Cannot find entity with name: {0}")]
    UnknownEntity(String),
    #[error("You must provide a '{property}' property when creating a {entity}")]
    MissingMember { entity: &'static str, property: &'static str },
    /// A known member that is not what it must be.
    #[error("{name} must be {form}")]
    WrongMember { name: &'static str, form: &'static str },
    #[error("Entity \"{entity}\" requires a property named \"{property}\"")]
    RequiredProperty { entity: &'static str, property: &'static str },
    #[error("{what} must have at most {max} {unit}.")]
    TooLong { what: &'static str, max: usize, unit: &'static str },
    #[error("A pin must have at least {0} characters.")]
    ShortPin(usize),
    /// Guests may not create users here.
    #[error("registration is closed")]
    RegistrationClosed,
    #[error(transparent)]
    Permission(#[from] PermissionError),
    #[error(transparent)]
    GroupPath(#[from] GroupPathError),
    /// With the value, where the use case knows it.
    #[error("This {what} is taken.")]
    Taken { what: Unique, value: Option<String> },
    /// Usergrid's sentence.
    #[error("Application {app} does not exist for organization {org}")]
    NoSuchApplication { app: String, org: String },
    #[error("This application name is taken.")]
    ApplicationExists,
    #[error("Another application of this name, deleted or in its place, stands in the way.")]
    ApplicationInTheWay,
    #[error("Could not find an admin for: {0}")]
    NoSuchMember(String),
    /// Usergrid's sentence.
    #[error("Organizations must have at least one member.")]
    LastMember,
    #[error("The superuser is set by the server's configuration alone.")]
    Superuser,
    #[error("{0}")]
    Illegal(&'static str),
    /// Another rotation of the same keys or secrets came first.
    #[error("Another rotation came first; look again and repeat.")]
    KeysChanged,
    /// A link that was used, has expired, or was never for this.
    #[error("The link is not valid: invalid token.")]
    MailToken,
    /// The link is for another account than the one in the path.
    #[error("Could not find user for this link: {0}")]
    OtherHolder(String),
    /// The caller's network has made this server write as much mail as it may within an hour.
    #[error("Too many mails were asked for from your network. Try again later.")]
    TooMuchMail { retry_after: Duration },
    #[error("This account has no email address to write to.")]
    NoAddress,
    #[error("There is no trusted issuer {0}.")]
    UnknownTrustedIssuer(String),
    #[error("There is no mail {0}.")]
    UnknownMail(String),
    #[error("There is no session {0}.")]
    UnknownSession(String),
    #[error("Nothing is allowed to the client {0}.")]
    UnknownConsent(String),
    /// What a page was given to bring back was made up, is too old, or is another browser's.
    #[error("This page is not valid any more.")]
    StalePage,
    #[error("There is no mail template {0:?}.")]
    UnknownTemplate(String),
    #[error("{0}")]
    Template(TemplateError),
    #[error("mail: {0}")]
    Mail(#[source] MailError),
    /// The cursor was made up, or comes from another list.
    #[error("The cursor does not belong to this list; leave it out to begin anew.")]
    BadCursor,
    /// As many lists of the application are being read as may be at once.
    #[error("Too many lists of this application are being read at once. Try again a little later.")]
    TooManyListings,
    /// The database gave up.
    #[error("This query takes too long. Narrow it by another comparison, or try again a little later.")]
    SlowQuery,
    /// A cursor of ours that this version cannot write or read.
    #[error("cursor: {0}")]
    Cursor(#[source] serde_json::Error),
    #[error("These credentials cannot be taken over: {0}.")]
    Credentials(#[from] crate::crypto::password::LegacyError),
    #[error("password: {0}")]
    Lane(#[from] LaneError),
    #[error("directory: {0}")]
    Directory(#[from] DirectoryError),
    #[error("store: {0}")]
    Store(#[source] StoreError),
    #[error("key: {0}")]
    Key(#[from] KeyError),
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
}

/// Usergrid: the one reserved username has a sentence of its own.
fn misnamed(field: &str, source: &NameError) -> String {
    match (field, source) {
        ("username", NameError::Reserved) => "Username 'me' is reserved".to_owned(),
        _ => format!("{field}: {source}"),
    }
}

impl From<MailError> for ManageError {
    fn from(cause: MailError) -> Self {
        match cause {
            MailError::Store(cause) => Self::from(cause),
            MailError::Vault(cause) => Self::Vault(cause),
            MailError::Template(cause) => Self::Template(cause),
            other @ MailError::Unreadable(_) => Self::Mail(other),
        }
    }
}

impl From<StoreError> for ManageError {
    fn from(cause: StoreError) -> Self {
        match cause {
            StoreError::Conflict(Conflict::OrganizationName) => Unique::OrganizationName.into(),
            StoreError::Conflict(Conflict::ApplicationName) => Unique::ApplicationName.into(),
            StoreError::Conflict(Conflict::Username) => Unique::Username.into(),
            StoreError::Conflict(Conflict::Email) => Unique::Email.into(),
            StoreError::Conflict(Conflict::RoleName) => Unique::RoleName.into(),
            StoreError::Conflict(Conflict::GroupPath) => Unique::GroupPath.into(),
            StoreError::Conflict(Conflict::SigningKey | Conflict::ClientSecret) => Self::KeysChanged,
            StoreError::Conflict(Conflict::MailToken) => Self::MailToken,
            StoreError::Conflict(Conflict::InitialToken) => Self::RegistrationToken,
            StoreError::TooSlow => Self::SlowQuery,
            other => Self::Store(other),
        }
    }
}
