//! Every route by every kind of caller of two organizations that bear identical names inside (PRIV-3, ISO-1).
//! A route joins by being listed in the router; without a line in the table here the walk fails.

use std::time::Duration;

use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};
use tokengrid::domain::client::ClientId;
use tokengrid::http::routes;

use crate::support::{Answer, Client, Tenant, World, world};

/// Who gets an answer from acme's instance of a route.
#[derive(Clone, Copy)]
enum Rule {
    /// Everyone: credentials are not even looked at.
    Open,
    /// These levels of acme itself; anyone else is 401.
    Only(&'static [Authority]),
    /// Nobody without a grant, which no credential stands for: 400.
    Grant,
    /// As `Grant`, but a token is looked at: an admin's of any organization is renewed, another is 401.
    GrantOrAdmin,
}

const TABLE: &[(&str, Rule)] = &[
    ("/", Rule::Open),
    ("/status", Rule::Open),
    ("/lb-status", Rule::Open),
    ("/health/live", Rule::Open),
    ("/health/ready", Rule::Open),
    ("/openapi.json", Rule::Open),
    ("/management/token", Rule::GrantOrAdmin),
    ("/management/me", Rule::GrantOrAdmin),
    ("/management/.well-known/jwks.json", Rule::Open),
    ("/management/users/resetpw", Rule::Open),
    ("/management/users/{user}/resetpw", Rule::Open),
    ("/management/users/{user}/confirm", Rule::Open),
    ("/management/users/{user}/activate", Rule::Open),
    ("/management/users/{user}/reactivate", Rule::Open),
    ("/management/orgs/{org}/confirm", Rule::Open),
    ("/management/orgs/{org}/activate", Rule::Open),
    ("/management/orgs/{org}/reactivate", Rule::Open),
    ("/management/orgs/{org}/apps/{app}/mail", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/mail/{mail}", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/mail/templates/{name}", Rule::Only(&[OrgClient, Admin])),
    ("/system/mail", Rule::Only(&[])),
    ("/system/mail/{mail}", Rule::Only(&[])),
    ("/{org}/{app}/users/resetpw", Rule::Open),
    ("/{org}/{app}/users/{user}/resetpw", Rule::Open),
    ("/{org}/{app}/users/{user}/confirm", Rule::Open),
    ("/{org}/{app}/users/{user}/activate", Rule::Open),
    ("/{org}/{app}/users/{user}/reactivate", Rule::Open),
    ("/{org}/{app}/users/{user}/sendpin", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/management/users/{user}", Rule::Only(&[Admin])),
    ("/management/users/{user}/revoketokens", Rule::Only(&[Admin])),
    ("/management/users/{user}/revoketoken", Rule::Only(&[Admin])),
    ("/management/orgs/{org}", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/credentials", Rule::Only(&[OrgClient, Admin])),
    ("/management/orgs/{org}/apps/{app}/credentials", Rule::Only(&[OrgClient, Admin])),
    ("/{org}/{app}/token", Rule::Grant),
    ("/{org}/{app}/.well-known/jwks.json", Rule::Open),
    ("/{org}/{app}", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/me", Rule::Only(&[AppUser])),
    ("/{org}/{app}/credentials", Rule::Only(&[AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/revoketokens", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/revoketoken", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Acme,
    Rival,
}

/// How a client pair is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Basic,
    Query,
    Form,
}

#[derive(Clone, Copy, Debug)]
enum Credential {
    Guest,
    Token(Whose, Authority),
    Pair(Whose, Authority, Way),
    Garbage,
    Expired(Authority),
}

fn credentials() -> Vec<Credential> {
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

/// What acme's instance of a route answers: a status, and for a refusal its code where it is the same everywhere.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Served,
    GrantMissing,
    Refused(&'static str),
}

fn expected(rule: Rule, credential: Credential, method: &str) -> Verdict {
    // A body on GET is not read, so what it holds is not presented.
    let credential = match credential {
        Credential::Pair(_, _, Way::Form) if method == "GET" => Credential::Guest,
        other => other,
    };
    match (rule, credential) {
        (Rule::Open, _) => Verdict::Served,
        (Rule::Grant, _) | (Rule::GrantOrAdmin, Credential::Guest | Credential::Pair(..)) => Verdict::GrantMissing,
        (_, Credential::Garbage) => Verdict::Refused("auth_unverified_oath"),
        (_, Credential::Expired(_)) => Verdict::Refused("expired_token"),
        (Rule::GrantOrAdmin, Credential::Token(_, Admin)) => Verdict::Served,
        (Rule::GrantOrAdmin, Credential::Token(..)) => Verdict::Refused("unauthorized"),
        (Rule::Only(levels), Credential::Token(Whose::Acme, level) | Credential::Pair(Whose::Acme, level, _))
            if levels.contains(&level) =>
        {
            Verdict::Served
        }
        (Rule::Only(_), _) => Verdict::Refused("unauthorized"),
    }
}

fn verdict(answer: &Answer) -> Option<Verdict> {
    let error = ["auth_unverified_oath", "expired_token", "unauthorized"];
    match answer.status {
        200 | 307 => Some(Verdict::Served),
        400 if ["invalid_grant", "invalid_request", "illegal_argument"].contains(&answer.text_of("error")) => {
            Some(Verdict::GrantMissing)
        }
        401 => error.into_iter().find(|code| *code == answer.text_of("error")).map(Verdict::Refused),
        _ => None,
    }
}

struct Walk {
    world: World,
    guest: Client,
    expired: Vec<(Authority, String)>,
}

impl Walk {
    fn begin() -> Self {
        let world = world();
        let guest = world.guest();
        let expired = Authority::ALL.map(|level| (level, short_lived(&world, level))).to_vec();
        world.server.advance(Duration::from_secs(1));
        Self { world, guest, expired }
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
    fn send(&self, method: &str, path: &str, credential: Credential) -> Answer {
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

/// Acme's instance of a route.
fn instance(route: &str) -> String {
    let user = if route.starts_with("/management/") { "acme-admin" } else { "ann" };
    let path = route.replace("{org}", "acme").replace("{app}", "shop").replace("{user}", user);
    // A token that nobody has: who may name one at all is what is asked here.
    if path.ends_with("/revoketoken") { format!("{path}?token=unknown") } else { path }
}

#[test]
fn every_route_serves_exactly_the_levels_of_the_table() {
    let walk = Walk::begin();
    let mut wrong = Vec::new();
    let mut walked = 0;
    for (shown, route) in routes::all() {
        let rule = TABLE.iter().find(|(named, _)| *named == shown);
        let (_, rule) = rule.unwrap_or_else(|| panic!("{shown} has no line in the table of who may use it"));
        let path = instance(&shown);
        for method in route.operations.iter().map(|operation| operation.verb.as_str()) {
            for credential in credentials() {
                let answer = walk.send(method, &path, credential);
                let expected = expected(*rule, credential, method);
                if verdict(&answer) != Some(expected) {
                    wrong.push(format!("{method} {path} {credential:?}: {} {}", answer.status, answer.text));
                }
                let challenge = answer.header("www-authenticate");
                assert_eq!(
                    answer.status == 401,
                    challenge.starts_with("Bearer realm="),
                    "{method} {path}: {challenge}"
                );
                walked += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {walked} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_table_names_no_route_that_is_gone() {
    for (route, _) in TABLE {
        assert!(routes::all().any(|(listed, _)| listed == *route), "{route}");
    }
}
