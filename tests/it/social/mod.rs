//! Sign-in by accounts of other services, against hosts on loopback.

mod accounts;
mod bounds;
mod providers;
mod settings;

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient};
use tokengrid::domain::tenant::Switch;

use crate::support::{Answer, Host, Says, Tenant, World, world_with};

/// A world whose applications reach a host of the test.
struct Grid {
    world: World,
    host: Host,
}

impl Grid {
    fn begin() -> Self {
        let world = world_with(|settings| {
            settings.upstream.allow_private = Switch::On;
            settings.upstream.timeout = Duration::from_millis(500);
            settings.upstream.response_bytes = 4_096;
        });
        Self { world, host: Host::start(Says::json(json!({}))) }
    }

    /// Sets how an application reaches a provider: at this host, and as `more` says.
    fn set(&self, tenant: &Tenant, provider: &str, more: Value) -> Answer {
        let mut settings = json!({ "api_url": self.host.url("/me") });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = settings_path(tenant, provider);
        self.world.caller(tenant, Admin).json(&path, &settings)
    }

    /// Signs in at an application, by a caller who may.
    fn sign_in(&self, tenant: &Tenant, provider: &str, query: &str) -> Answer {
        let path = format!("{}/auth/{provider}?{query}", tenant.place());
        self.world.caller(tenant, AppClient).get(&path)
    }

    /// The user of a successful sign-in with Facebook, as the host says it.
    fn facebook(&self, tenant: &Tenant, account: Value) -> Value {
        self.host.says(Says::json(account));
        let answer = self.sign_in(tenant, "facebook", "fb_access_token=outside");
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["user"].clone()
    }
}

fn settings_path(tenant: &Tenant, provider: &str) -> String {
    format!("/management/orgs/{}/apps/shop/sia-provider?provider_key={provider}", tenant.org.name)
}

/// A grid in which Facebook is reached at the host, in both organizations.
fn with_facebook() -> Grid {
    let grid = Grid::begin();
    for tenant in [&grid.world.acme, &grid.world.rival] {
        assert_eq!(grid.set(tenant, "facebook", json!({})).status, 200);
    }
    grid
}
