//! What the configuration decides at the start and a conformance run may turn while the server runs.
//! It remembers and answers; who may turn it is decided by `http`. *Spec*: Usergrid `/testproperties`.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value, json};

use super::tenant::Switch;

/// More properties than any suite sets; what comes beyond is passed over.
const PROPERTIES_MAX: usize = 1_000;

/// A switch of this server, known by the name of Usergrid's property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// Whether a guest may create organizations and admins.
    PublicRegistration,
    /// Whether an admin must have confirmed the email address before signing in.
    AdminsMustConfirm,
    /// Whether the owner of a new organization is mailed a link to prove the address. Nothing waits for it.
    OrganizationsMustConfirm,
    /// Whether the superuser activates each new admin.
    ApproveAdmins,
}

impl Toggle {
    /// Usergrid's name of it.
    pub const fn property(self) -> &'static str {
        match self {
            Self::PublicRegistration => "usergrid.management.allow-public-registration",
            Self::AdminsMustConfirm => "usergrid.management.admin_users_require_confirmation",
            Self::OrganizationsMustConfirm => "usergrid.management.organizations_require_confirmation",
            Self::ApproveAdmins => "usergrid.sysadmin.approve.users",
        }
    }
}

/// The properties as they stand. A clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Switchboard {
    properties: Arc<RwLock<BTreeMap<String, Value>>>,
}

impl Switchboard {
    /// The properties that the configuration gives.
    pub fn new(start: impl IntoIterator<Item = (Toggle, Switch)>) -> Self {
        let board = Self::default();
        start.into_iter().for_each(|(toggle, switch)| board.set(toggle, switch));
        board
    }

    /// How a switch stands; one that nobody set is off.
    pub fn get(&self, toggle: Toggle) -> Switch {
        match self.property(toggle.property()) {
            Some(Value::Bool(true)) => Switch::On,
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Switch::On,
            _ => Switch::Off,
        }
    }

    /// Turns a switch.
    pub fn set(&self, toggle: Toggle, switch: Switch) {
        self.set_property(toggle.property(), json!((switch == Switch::On).to_string()));
    }

    /// One property by its name.
    pub fn property(&self, name: &str) -> Option<Value> {
        self.properties.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Sets one property.
    pub fn set_property(&self, name: &str, value: Value) {
        let mut properties = self.properties.write().unwrap_or_else(PoisonError::into_inner);
        if properties.len() < PROPERTIES_MAX || properties.contains_key(name) {
            properties.insert(name.to_owned(), value);
        }
    }

    /// Every property.
    pub fn all(&self) -> Map<String, Value> {
        self.properties.read().unwrap_or_else(PoisonError::into_inner).clone().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_on_by_the_word_true_alone_and_clones_see_it_turn() {
        let board = Switchboard::new([(Toggle::PublicRegistration, Switch::On)]);
        let other = board.clone();
        assert_eq!(other.get(Toggle::PublicRegistration), Switch::On);
        assert_eq!(other.get(Toggle::ApproveAdmins), Switch::Off);
        for (value, switch) in [
            (json!(true), Switch::On),
            (json!("TRUE"), Switch::On),
            (json!(false), Switch::Off),
            (json!("yes"), Switch::Off),
            (json!(1), Switch::Off),
        ] {
            board.set_property(Toggle::PublicRegistration.property(), value.clone());
            assert_eq!(other.get(Toggle::PublicRegistration), switch, "{value}");
        }
    }
}
