//! The two tenant levels and the settings that each carries.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::branding::Branding;
use super::clock::Moment;
use super::id::{AppId, OrgId};
use super::name::TenantName;
use super::token::{Algorithm, LONGEST_TOKEN};
use super::user::Admin;

/// An organization: the owner of applications.
#[derive(Clone, Debug, PartialEq)]
pub struct Organization {
    pub id: OrgId,
    pub name: TenantName,
    /// Free JSON that the owner keeps here, returned unchanged.
    pub properties: Map<String, Value>,
    pub settings: OrgSettings,
    pub created: Moment,
    pub modified: Moment,
}

/// An application: the owner of users, and an issuer of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    pub id: AppId,
    pub org: OrgId,
    pub name: TenantName,
    /// Free JSON that the owner keeps here, returned unchanged.
    pub properties: Map<String, Value>,
    pub settings: AppSettings,
    pub created: Moment,
    pub modified: Moment,
}

impl AppSettings {
    /// The longest life that a token of this application may have: how long its end must be remembered and its key
    /// be kept. `server_max` bounds every token but those of users where `accesstokenttl` says more.
    pub fn longest_token(&self, server_max: Duration) -> Duration {
        let spans = [self.accesstokenttl, self.highest_accesstokenttl].into_iter().flatten().map(span_of);
        spans.max().map_or(server_max, |longest| longest.max(server_max))
    }

    /// Remembers the longest `accesstokenttl` of these settings and of those they replace.
    pub fn remember_highest(&mut self, replaced: &Self) {
        let known = [self.accesstokenttl, replaced.accesstokenttl, replaced.highest_accesstokenttl];
        self.highest_accesstokenttl = known.into_iter().flatten().max_by_key(|millis| span_of(*millis));
    }
}

/// The life that an `accesstokenttl` stands for; `0` is the longest.
fn span_of(millis: u64) -> Duration {
    if millis == 0 { LONGEST_TOKEN } else { Duration::from_millis(millis).min(LONGEST_TOKEN) }
}

/// An organization with all that belongs to it, as Usergrid's bodies show it.
#[derive(Clone, Debug)]
pub struct OrgOverview {
    pub org: Organization,
    pub apps: Vec<Application>,
    pub admins: Vec<Admin>,
}

/// An admin with the organizations they belong to and the applications of each.
#[derive(Clone, Debug)]
pub struct AdminOverview {
    pub admin: Admin,
    pub orgs: Vec<(Organization, Vec<Application>)>,
}

/// How many entities an application has of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CollectionCounts {
    pub users: u64,
    pub groups: u64,
    pub roles: u64,
}

/// A two-way switch; a bare `bool` argument would not say what it turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    #[default]
    On,
    Off,
}

/// What an organization decides for itself.
///
/// *Shape*: `{"retrievable_secrets":"on","password_history":0}`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrgSettings {
    /// Whether client secrets can be read back by their owner (Usergrid: the portal shows them).
    pub retrievable_secrets: Switch,
    /// How many former passwords of a person are remembered and refused; zero asks for nothing.
    /// *Spec*: Usergrid `passwordHistorySize`.
    #[serde(skip_serializing_if = "is_zero")]
    pub password_history: u32,
    /// Whether applications may sign their users in by password or pin at the token endpoint.
    #[serde(skip_serializing_if = "is_on")]
    pub password_grant: Switch,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_on(switch: &Switch) -> bool {
    *switch == Switch::On
}

/// How people come into an application; what is not set stands at its default.
///
/// *Shape*: `{"requires_email_confirmation":"on","open":"off"}` *Spec*: Usergrid's application properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_email_confirmation: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_admin_approval: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_admins: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Switch>,
}

impl Registration {
    /// Whether new users must confirm their email address before they may sign in; off by default.
    pub fn requires_email_confirmation(&self) -> bool {
        self.requires_email_confirmation == Some(Switch::On)
    }

    /// Whether the administration must let new users in; off by default.
    pub fn requires_admin_approval(&self) -> bool {
        self.requires_admin_approval == Some(Switch::On)
    }

    /// Whether the administration hears of new users; off by default.
    pub fn notifies_admins(&self) -> bool {
        self.notify_admins == Some(Switch::On)
    }

    /// Whether guests may create users, where the guest role lets them; on by default.
    pub fn is_open(&self) -> bool {
        self.open != Some(Switch::Off)
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What an application decides for itself.
///
/// *Shape*: `{"accesstokenttl":604800000,"algorithm":"ES256","url_grants":"on","url_tokens":"on"}`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppSettings {
    /// Default and maximum life of a new app-user token. *Units*: milliseconds; `0` means the longest there is.
    /// *Spec*: Usergrid `accesstokenttl`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accesstokenttl: Option<u64>,
    /// The longest `accesstokenttl` there ever was: tokens of that time may still be out when it is lowered. Kept by
    /// the server, never set from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_accesstokenttl: Option<u64>,
    /// What new signing keys of this issuer are made for.
    pub algorithm: Algorithm,
    /// Whether a grant may arrive by GET or in the query, and answer as JSONP (Usergrid's forms).
    pub url_grants: Switch,
    /// Whether a token may arrive as `?access_token=`.
    pub url_tokens: Switch,
    #[serde(skip_serializing_if = "Registration::is_default")]
    pub registration: Registration,
    /// How its pages look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branding: Option<Branding>,
    /// Whether every client has to push its authorization requests (RFC 9126 §6).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub require_pushed_requests: bool,
    /// Whether the application may sign its users in by password or pin at the token endpoint.
    #[serde(skip_serializing_if = "is_on")]
    pub password_grant: Switch,
    /// Who may register OAuth clients by themselves (RFC 7591).
    #[serde(skip_serializing_if = "ClientRegistration::is_off")]
    pub registration_of_clients: ClientRegistration,
}

/// Who may register clients by themselves (RFC 7591 §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientRegistration {
    /// Nobody.
    #[default]
    Off,
    /// Whoever has a token for it.
    Token,
    /// Everyone.
    Open,
}

impl ClientRegistration {
    fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(ttl: Option<u64>) -> AppSettings {
        AppSettings { accesstokenttl: ttl, ..AppSettings::default() }
    }

    #[test]
    fn a_lowered_life_is_remembered_for_the_tokens_that_are_out() {
        let day = Duration::from_secs(86_400);
        assert_eq!(with(None).longest_token(day), day);
        assert_eq!(with(Some(1_000)).longest_token(day), day);
        let month = with(Some(30 * 86_400_000));
        assert_eq!(month.longest_token(day), 30 * day);
        let mut lowered = with(Some(1_000));
        lowered.remember_highest(&month);
        assert_eq!(lowered.longest_token(day), 30 * day);
        let mut unset = with(None);
        unset.remember_highest(&lowered);
        assert_eq!(unset.longest_token(day), 30 * day);
        let mut endless = with(Some(0));
        endless.remember_highest(&unset);
        assert_eq!(endless.longest_token(day), LONGEST_TOKEN);
    }
}
