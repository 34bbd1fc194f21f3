//! Two organizations that bear identical names inside: whatever one may do must stop at the other's door.

use std::sync::Arc;

use tokengrid::config::Settings;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::client::ClientId;
use tokengrid::domain::secret::Secret;
use tokengrid::domain::tenant::{Application, Organization, Switch};
use tokengrid::domain::user::{Admin, AppUser};
use tokengrid::manage::{Credentials, NewOrg, NewPerson};

use super::{Client, Options, TestServer};

/// The password of everyone.
pub const PASSWORD: &str = "correct horse";

/// One organization with the application `shop`, its user `ann`, and an admin named after it; and the empty
/// application `sandbox` that every organization is born with.
pub struct Tenant {
    pub org: Organization,
    pub app: Application,
    pub sandbox: Application,
    pub admin: Admin,
    pub user: AppUser,
    pub org_client: (String, String),
    pub app_client: (String, String),
}

/// A server with two such organizations, `acme` and `rival`.
pub struct World {
    pub server: TestServer,
    pub acme: Tenant,
    pub rival: Tenant,
}

pub fn world() -> World {
    world_with(|_| {})
}

pub fn world_with(change: Options) -> World {
    let server = TestServer::start(change);
    let acme = Tenant::create(&server, "acme");
    let rival = Tenant::create(&server, "rival");
    World { server, acme, rival }
}

/// The superuser's name and password where a test has one.
pub const SUPERUSER: (&str, &str) = ("superuser", "superpassword");

/// Turns the superuser on.
pub fn superuser_on(settings: &mut Settings) {
    settings.superuser.enabled = Switch::On;
    settings.superuser.username = SUPERUSER.0.to_owned();
    settings.superuser.password = Secret::new(SUPERUSER.1);
}

impl Tenant {
    fn create(server: &TestServer, name: &str) -> Self {
        let registry = server.core.registry.clone();
        server.wait(async {
            let actor = tokengrid::manage::Actor::Operator;
            let owner = person(&format!("{name}-admin"), &format!("admin@{name}.test"));
            let created = registry.create_org(NewOrg { name: name.to_owned(), owner }, actor).await.unwrap();
            let (app, credentials) = registry.create_app(&created.org, "shop", actor).await.unwrap();
            let user = registry.create_user(app.id, person("ann", "ann@example.test"), actor).await.unwrap();
            Self {
                org: created.org,
                app,
                sandbox: created.sandbox,
                admin: created.owner,
                user,
                org_client: pair(&created.credentials),
                app_client: pair(&credentials),
            }
        })
    }

    /// `/{org}/shop`
    pub fn place(&self) -> String {
        format!("/{}/shop", self.org.name)
    }

    pub fn admin_name(&self) -> String {
        format!("{}-admin", self.org.name)
    }

    /// A token of one level of this organization.
    pub fn token(&self, guest: &Client, authority: Authority) -> String {
        let (app_id, app_secret) = &self.app_client;
        let (org_id, org_secret) = &self.org_client;
        match authority {
            Authority::AppUser => guest.sign_in(&self.place(), "ann", PASSWORD),
            Authority::AppClient => guest.client_token(&self.place(), app_id, app_secret),
            Authority::OrgClient => guest.client_token("/management", org_id, org_secret),
            Authority::Admin => guest.sign_in("/management", &self.admin_name(), PASSWORD),
        }
        .token()
    }

    /// The application as the directory holds it.
    pub fn app_client_id(&self) -> ClientId {
        ClientId::App(self.app.id)
    }
}

impl World {
    /// The same world behind a new server.
    pub fn restart(self) -> Self {
        Self { server: self.server.restart(), ..self }
    }

    /// A caller with a token of one level.
    pub fn caller(&self, tenant: &Tenant, authority: Authority) -> Client {
        let guest = self.server.guest();
        let token = tenant.token(&guest, authority);
        guest.bearer(&token)
    }

    pub fn guest(&self) -> Client {
        self.server.guest()
    }

    /// The superuser with a token, in a world where it is on.
    pub fn superuser(&self) -> Client {
        let guest = self.guest();
        let token = guest.sign_in("/management", SUPERUSER.0, SUPERUSER.1).token();
        guest.bearer(&token)
    }

    /// An admin with a token.
    pub fn admin(&self, username: &str, password: &str) -> Client {
        let guest = self.guest();
        let token = guest.sign_in("/management", username, password).token();
        guest.bearer(&token)
    }

    /// The present id and secret of a client.
    pub fn pair(&self, client: ClientId) -> (String, String) {
        pair(&self.server.wait(self.server.core.registry.credentials(client)).unwrap())
    }

    /// The registry, for changes that no route makes yet.
    pub fn registry(&self) -> Arc<tokengrid::manage::Registry> {
        Arc::new(self.server.core.registry.clone())
    }
}

pub fn person(username: &str, email: &str) -> NewPerson {
    NewPerson {
        username: username.to_owned(),
        email: Some(email.to_owned()),
        name: Some(format!("The {username}")),
        password: Some(Secret::new(PASSWORD)),
        properties: serde_json::Map::new(),
    }
}

fn pair(credentials: &Credentials) -> (String, String) {
    let secret = credentials.client_secret.as_ref().map(|secret| secret.expose().to_owned());
    (credentials.client_id.to_string(), secret.expect("a new secret is shown"))
}
