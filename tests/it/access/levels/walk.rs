//! The callers of the walk, and how each of them sends a request.

use std::time::Duration;

use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::client::ClientId;

use super::Rights;
use crate::support::{Answer, Client, Tenant, World, world};

/// Which of the two organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Acme,
    Rival,
}

/// How a client pair is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Basic,
    Query,
    Form,
}

/// What a caller brings.
#[derive(Clone, Copy, Debug)]
pub enum Credential {
    Guest,
    Token(Whose, Authority),
    Pair(Whose, Authority, Way),
    Garbage,
    Expired(Authority),
}

/// Every caller.
pub fn credentials() -> Vec<Credential> {
    let mut all = vec![Credential::Guest, Credential::Garbage];
    for whose in [Whose::Acme, Whose::Rival] {
        all.extend(Authority::ALL.map(|level| Credential::Token(whose, level)));
        for level in [AppClient, OrgClient] {
            all.extend([Way::Basic, Way::Query, Way::Form].map(|way| Credential::Pair(whose, level, way)));
        }
    }
    all.extend(Authority::ALL.map(Credential::Expired));
    all
}

/// A world with its callers.
pub struct Walk {
    world: World,
    guest: Client,
    expired: Vec<(Authority, String)>,
}

impl Walk {
    pub fn begin() -> Self {
        let world = world();
        let guest = world.guest();
        let expired = Authority::ALL.map(|level| (level, short_lived(&world, level))).to_vec();
        world.server.advance(Duration::from_secs(1));
        Self { world, guest, expired }
    }

    /// Changes what users and guests of acme's application may do.
    pub fn give(&self, rights: Rights) {
        let owner = self.guest.basic(&self.world.acme.app_client.0, &self.world.acme.app_client.1);
        let removed: &[&str] = match rights {
            Rights::Born => &[],
            Rights::Swapped => &["default"],
            Rights::None => &["default", "guest"],
        };
        for role in removed {
            assert_eq!(owner.send("DELETE", &format!("/acme/shop/roles/{role}"), None, "").status, 200);
        }
        if rights == Rights::Swapped {
            let everything = serde_json::json!({ "permission": "/**" });
            assert_eq!(owner.json("/acme/shop/roles/guest/permissions", &everything).status, 200);
        }
    }

    fn tenant(&self, whose: Whose) -> &Tenant {
        match whose {
            Whose::Acme => &self.world.acme,
            Whose::Rival => &self.world.rival,
        }
    }

    /// The present pair: one from the beginning may have been rotated.
    fn pair(&self, whose: Whose, level: Authority) -> (String, String) {
        let tenant = self.tenant(whose);
        self.world.pair(match level {
            AppClient => ClientId::App(tenant.app.id),
            _ => ClientId::Org(tenant.org.id),
        })
    }

    /// Sends a request with credentials that are fresh, since an earlier one may have revoked what was before.
    pub fn send(&self, method: &str, path: &str, credential: Credential) -> Answer {
        let join = if path.contains('?') { '&' } else { '?' };
        match credential {
            Credential::Guest => self.guest.send(method, path, None, ""),
            Credential::Garbage => self.guest.bearer("not.a.token").send(method, path, None, ""),
            Credential::Token(whose, level @ (AppUser | Admin)) => {
                let token = self.tenant(whose).token(&self.guest, level);
                self.guest.bearer(&token).send(method, path, None, "")
            }
            Credential::Token(whose, level) => {
                let (id, secret) = self.pair(whose, level);
                let token = self.guest.client_token("/management", &id, &secret).token();
                self.guest.bearer(&token).send(method, path, None, "")
            }
            Credential::Expired(level) => {
                let (_, token) = self.expired.iter().find(|(of, _)| *of == level).unwrap();
                self.guest.bearer(token).send(method, path, None, "")
            }
            Credential::Pair(whose, level, way) => {
                let (id, secret) = self.pair(whose, level);
                let pair = format!("client_id={id}&client_secret={secret}");
                match way {
                    Way::Basic => self.guest.basic(&id, &secret).send(method, path, None, ""),
                    Way::Query => self.guest.send(method, &format!("{path}{join}{pair}"), None, ""),
                    Way::Form if method == "DELETE" => self.guest.send(method, path, None, ""),
                    Way::Form if method == "GET" => self.guest.get_with_body(path, &pair),
                    Way::Form => self.guest.send(method, path, Some("application/x-www-form-urlencoded"), &pair),
                }
            }
        }
    }
}

/// A token of acme that lives for one second.
fn short_lived(world: &World, level: Authority) -> String {
    let tenant = &world.acme;
    let person = |place: &str, name: &str| {
        let form = format!("grant_type=password&username={name}&password=correct%20horse&ttl=1000");
        world.guest().form(&format!("{place}/token"), &form).token()
    };
    let machine = |place: &str, (id, secret): &(String, String)| {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&ttl=1000");
        world.guest().form(&format!("{place}/token"), &form).token()
    };
    match level {
        AppUser => person("/acme/shop", "ann"),
        AppClient => machine("/acme/shop", &tenant.app_client),
        OrgClient => machine("/management", &tenant.org_client),
        Admin => person("/management", "acme-admin"),
    }
}
