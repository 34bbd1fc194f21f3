//! `[superuser]`: the one account of the server itself. Off by default, and without a password there is none.

use serde::{Deserialize, Serialize, Serializer};

use super::error::{Fault, within};
use crate::domain::name::{Email, NameError, Username};
use crate::domain::secret::Secret;
use crate::domain::superuser::Superuser;
use crate::domain::tenant::Switch;

/// The `[superuser]` section.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuperuserSettings {
    pub enabled: Switch,
    pub username: String,
    pub email: String,
    #[serde(serialize_with = "print_presence")]
    pub password: Secret,
}

impl SuperuserSettings {
    /// Checks the section by itself; nothing of it matters while it is off.
    ///
    /// *Errors*: a name, an address or a password that could not sign in, or that anyone could guess.
    pub fn validate(&self) -> Result<(), Fault> {
        self.account().map(|_checked| ())
    }

    /// The account to keep; `None` while it is off.
    ///
    /// *Errors*: as [`Self::validate`].
    pub fn account(&self) -> Result<Option<Superuser>, Fault> {
        if self.enabled == Switch::Off {
            return Ok(None);
        }
        let named = |key| move |cause: NameError| Fault::new(key, cause.to_string());
        let username = Username::parse(&self.username).map_err(named("superuser.username"))?;
        // Basic ends the name at the first colon (RFC 7617 §2).
        if self.username.contains(':') {
            return Err(Fault::new("superuser.username", "must not contain a colon"));
        }
        let email = Email::parse(&self.email).map_err(named("superuser.email"))?;
        let password = self.password.expose();
        if password.is_empty() {
            return Err(Fault::new("superuser.password", "must be set where superuser.enabled is on"));
        }
        // Basic checks it without a slow hash, so that it must not be worth guessing; bcrypt takes 72 bytes.
        within("superuser.password", password.len(), 12..=72)
            .map_err(|_length| Fault::new("superuser.password", "must have 12 to 72 bytes"))?;
        Ok(Some(Superuser { username, email, password: self.password.clone() }))
    }
}

/// Whether there is a password, never which.
fn print_presence<S: Serializer>(password: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if password.expose().is_empty() { "" } else { "[secret]" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: fn(&mut SuperuserSettings)) -> String {
        let mut settings = SuperuserSettings {
            enabled: Switch::On,
            username: "superuser".to_owned(),
            email: "super@grid.test".to_owned(),
            password: Secret::new("correct horse"),
        };
        change(&mut settings);
        settings.validate().err().map(|fault| fault.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_superuser_that_is_on_has_a_name_an_address_and_a_password_of_its_own() {
        assert_eq!(problem(|_| {}), "");
        assert_eq!(problem(|s| (s.enabled, s.password) = (Switch::Off, Secret::new(""))), "");
        assert_eq!(
            problem(|s| s.password = Secret::new("")),
            "superuser.password: must be set where superuser.enabled is on"
        );
        for bad in ["short", &"x".repeat(73)] {
            let mut settings = SuperuserSettings {
                enabled: Switch::On,
                username: "root".to_owned(),
                email: "root@grid.test".to_owned(),
                password: Secret::new(bad),
            };
            let fault = settings.validate().expect_err("a fault").to_string();
            assert_eq!(fault, "superuser.password: must have 12 to 72 bytes");
            settings.enabled = Switch::Off;
            assert_eq!(settings.validate(), Ok(()));
        }
        assert!(problem(|s| s.username = "a:b".to_owned()).starts_with("superuser.username: "));
        assert!(problem(|s| s.username = "me".to_owned()).starts_with("superuser.username: "));
        assert!(problem(|s| s.email = "nobody".to_owned()).starts_with("superuser.email: "));
    }

    #[test]
    fn its_password_is_not_printed() {
        let settings = SuperuserSettings {
            enabled: Switch::On,
            username: "superuser".to_owned(),
            email: "super@grid.test".to_owned(),
            password: Secret::new("correct horse"),
        };
        let printed = toml::to_string(&settings).expect("TOML") + &format!("{settings:?}");
        assert!(printed.contains("[secret]") && !printed.contains("horse"), "{printed}");
    }
}
