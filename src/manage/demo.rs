//! The demonstration tenant: known names and known passwords, created once, served on loopback alone.

use serde_json::Map;

use super::{Actor, ManageError, NewOrg, NewPerson, Registry};
use crate::domain::client::ClientId;
use crate::domain::id::TenantId;
use crate::domain::place::{Place, PlaceName};
use crate::domain::secret::Secret;

/// The names and passwords of the demonstration.
#[derive(Clone, Copy, Debug)]
pub struct DemoNames {
    pub org: &'static str,
    pub app: &'static str,
    pub admin: (&'static str, &'static str),
    pub user: (&'static str, &'static str),
    pub user_email: &'static str,
    pub superuser: (&'static str, &'static str),
    pub superuser_email: &'static str,
}

/// What `serve --demo` creates.
pub const DEMO: DemoNames = DemoNames {
    org: "my-org",
    app: "my-app",
    admin: ("testadmin", "testadminpw"),
    user: ("john.doe", "testpw"),
    user_email: "john.doe@example.com",
    superuser: ("superuser", "superpassword"),
    superuser_email: "superuser@example.com",
};

/// The demonstration's credentials, to be printed.
#[derive(Clone, Debug)]
pub struct Demo {
    pub app: super::Credentials,
    pub org: super::Credentials,
}

impl Registry {
    /// Whether this database may hold the demonstration: it is empty, or the demonstration began it.
    pub async fn may_hold_demo(&self) -> Result<bool, ManageError> {
        let Some(org) = self.directory.org_named(DEMO.org).await? else {
            let tenants = self.store.blocking(|store| store.list_tenants(None, 2)).await?;
            return Ok(tenants.iter().all(|tenant| *tenant == TenantId::MANAGEMENT));
        };
        let admin = self.find_admin(DEMO.admin.0).await?;
        match admin {
            Some(admin) => Ok(self.directory.is_member(org.id, admin.id).await?),
            None => Ok(false),
        }
    }

    /// Creates what is missing of the demonstration, and reads its credentials back.
    pub async fn ensure_demo(&self) -> Result<Demo, ManageError> {
        let place = PlaceName::App { org: DEMO.org.to_owned(), app: DEMO.app.to_owned() };
        if self.directory.org_named(DEMO.org).await?.is_none() {
            let owner = NewPerson {
                username: DEMO.admin.0.to_owned(),
                email: Some("testadmin@example.com".to_owned()),
                name: Some("Test Admin".to_owned()),
                password: Some(Secret::new(DEMO.admin.1)),
                properties: Map::new(),
            };
            self.create_org(NewOrg { name: DEMO.org.to_owned(), owner }, Actor::Operator).await?;
        }
        let org = self.get_org(DEMO.org).await?;
        if self.place(&place).await?.is_none() {
            self.create_app(&org, DEMO.app, Actor::Operator).await?;
        }
        let Some(Place::App { app, .. }) = self.place(&place).await? else {
            return Err(ManageError::UnknownApplication(format!("{}/{}", DEMO.org, DEMO.app)));
        };
        if self.find_user(app.id, DEMO.user.0).await?.is_none() {
            let user = NewPerson {
                username: DEMO.user.0.to_owned(),
                email: Some(DEMO.user_email.to_owned()),
                name: Some("John Doe".to_owned()),
                password: Some(Secret::new(DEMO.user.1)),
                properties: Map::new(),
            };
            self.create_user(app.id, user, Actor::Operator).await?;
        }
        let app = self.credentials(ClientId::App(app.id)).await?;
        let org = self.credentials(ClientId::Org(org.id)).await?;
        Ok(Demo { app, org })
    }
}
