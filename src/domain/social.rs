//! Sign-in with an account of another service: which services there are, and which of their accounts someone has.

use super::secret::Secret;
use super::tenant::Switch;

/// A service whose accounts may sign in. *Spec*: Usergrid's `/auth/{provider}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocialProvider {
    Facebook,
    Foursquare,
    Pingident,
}

impl SocialProvider {
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Facebook, Self::Foursquare, Self::Pingident];

    /// The word used in paths, rows and properties.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facebook => "facebook",
            Self::Foursquare => "foursquare",
            Self::Pingident => "pingident",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }
}

/// An account of a service: what its owner proves by signing in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocialIdentity {
    pub provider: SocialProvider,
    /// The service's own, never reassigned name of the account.
    pub subject: String,
}

/// How one application reaches a service; what is not set is the service's usual.
#[derive(Clone, Debug, Default)]
pub struct ProviderSettings {
    /// Where a token is turned into a profile.
    pub api_url: Option<String>,
    /// Where the picture of an account is found; `{id}` stands for the account.
    pub pic_url: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    /// Whether the service's word on an email address opens the account that has it.
    pub link_by_email: LinkByEmail,
}

/// `Off` unless the application's administrator says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkByEmail(pub Switch);

impl Default for LinkByEmail {
    fn default() -> Self {
        Self(Switch::Off)
    }
}
