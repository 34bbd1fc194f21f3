//! Every route by every kind of caller of two organizations that bear identical names inside (PRIV-3, ISO-1).
//! A route joins by being listed in the router; without a line in the table here the walk fails.

mod walk;

use tokengrid::domain::authority::Authority::{self, Admin, AppClient, AppUser, OrgClient};
use tokengrid::http::routes;

use self::walk::{Credential, Walk, Way, Whose, credentials};
use crate::support::Answer;

mod management;

/// Who gets an answer from acme's instance of a route.
#[derive(Clone, Copy)]
enum Rule {
    /// Everyone: credentials are not even looked at.
    Open,
    /// These levels of acme itself; anyone else is 401.
    Only(&'static [Authority]),
    /// Every admin, of whichever organization.
    AnyAdmin,
    /// Administration, and users and guests of acme whom a permission lets in: as born, users are and guests are not.
    Permitted,
    /// As `Permitted`, and guests as born: they may sign up.
    SignUp,
    /// These levels; a user of acme is 403, as Usergrid has it here alone.
    Lent(&'static [Authority]),
    /// Everyone, but credentials that do not hold are refused: what counts is in the body.
    Anyone,
    /// `POST` is `Anyone`; any other method is nobody's of these levels.
    Registration,
    /// There only where the configuration says so: 404.
    Absent,
    /// Nobody without a grant, which no credential stands for: 400.
    Grant,
    /// Tokens with a scope that those of the walk lack: 403 for these levels of this place, in the standard's words.
    Scope(&'static [Authority]),
    /// Everyone, by a page that says so where too little was said: credentials of programs are not looked at.
    Page,
    /// Registered clients alone, who are none of the walk's callers: each hears so in the standard's words.
    Client,
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
    ("/.well-known/openid-configuration/management", Rule::Open),
    ("/.well-known/openid-configuration/{org}/{app}", Rule::Open),
    ("/.well-known/oauth-authorization-server/management", Rule::Open),
    ("/.well-known/oauth-authorization-server/{org}/{app}", Rule::Open),
    ("/.well-known/oauth-protected-resource/management", Rule::Open),
    ("/.well-known/oauth-protected-resource/{org}/{app}", Rule::Open),
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
    ("/status/heap", Rule::Only(&[])),
    ("/system/superuser/setup", Rule::Only(&[])),
    ("/system/database/setup", Rule::Only(&[])),
    ("/system/database/bootstrap", Rule::Only(&[])),
    ("/testproperties", Rule::Absent),
    ("/{org}/{app}/authorize", Rule::Page),
    ("/{org}/{app}/signin", Rule::Page),
    ("/{org}/{app}/signin/device", Rule::Page),
    ("/{org}/{app}/device_authorization", Rule::Client),
    ("/{org}/{app}/consent", Rule::Page),
    ("/{org}/{app}/logout", Rule::Page),
    ("/{org}/{app}/users/{user}/sessions", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/sessions/{session}", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/consents", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/consents/{client}", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/token", Rule::Grant),
    // The walk asks for nothing: who may push a request is in `conformance`.
    ("/{org}/{app}/par", Rule::Grant),
    ("/{org}/{app}/.well-known/jwks.json", Rule::Open),
    ("/{org}/{app}/.well-known/openid-configuration", Rule::Open),
    ("/{org}/{app}/.well-known/oauth-authorization-server", Rule::Open),
    ("/{org}/{app}/.well-known/oauth-protected-resource", Rule::Open),
    ("/{org}/{app}/revocations", Rule::Open),
    // The walk names no token: who may ask about one is in `conformance`.
    ("/{org}/{app}/introspect", Rule::Grant),
    ("/{org}/{app}/userinfo", Rule::Scope(&[AppUser, AppClient])),
    ("/{org}/{app}/revoke", Rule::Grant),
    ("/{org}/{app}/register", Rule::Absent),
    ("/{org}/{app}/register/{client}", Rule::Absent),
    ("/{org}/{app}", Rule::Permitted),
    ("/{org}/{app}/auth/facebook", Rule::Permitted),
    ("/{org}/{app}/auth/foursquare", Rule::Permitted),
    ("/{org}/{app}/auth/pingident", Rule::Permitted),
    ("/{org}/{app}/users/me", Rule::Only(&[AppUser])),
    ("/{org}/{app}/users", Rule::Permitted),
    ("/{org}/{app}/users/{user}", Rule::Permitted),
    ("/{org}/{app}/users/{user}/password", Rule::Anyone),
    ("/{org}/{app}/users/{user}/deactivate", Rule::Only(&[AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/setpin", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/credentials", Rule::Only(&[])),
    ("/{org}/{app}/users/{user}/token", Rule::Lent(&[AppClient, OrgClient, Admin])),
    ("/{org}/{app}/credentials", Rule::Only(&[AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/revoketokens", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/users/{user}/revoketoken", Rule::Only(&[AppUser, AppClient, OrgClient, Admin])),
    ("/{org}/{app}/{collection}/indexes", Rule::Permitted),
    ("/{org}/{app}/roles", Rule::Permitted),
    ("/{org}/{app}/roles/{role}/permissions", Rule::Permitted),
    ("/{org}/{app}/roles/{role}/users", Rule::Permitted),
    ("/{org}/{app}/roles/{role}/users/{user}", Rule::Permitted),
    ("/{org}/{app}/roles/{role}/groups", Rule::Permitted),
    ("/{org}/{app}/roles/{role}/groups/{group}", Rule::Permitted),
    ("/{org}/{app}/roles/{role}", Rule::Permitted),
    ("/{org}/{app}/users/{user}/permissions", Rule::Permitted),
    ("/{org}/{app}/users/{user}/rolenames", Rule::Permitted),
    ("/{org}/{app}/users/{user}/roles", Rule::Permitted),
    ("/{org}/{app}/users/{user}/roles/{role}", Rule::Permitted),
    ("/{org}/{app}/users/{user}/groups", Rule::Permitted),
    ("/{org}/{app}/users/{user}/groups/{group}", Rule::Permitted),
    ("/{org}/{app}/users/{user}/following", Rule::Permitted),
    ("/{org}/{app}/users/{user}/followers", Rule::Permitted),
    ("/{org}/{app}/users/{user}/following/users/{followed}", Rule::Permitted),
    ("/{org}/{app}/users/{user}/activities", Rule::Permitted),
    ("/{org}/{app}/users/{user}/feed", Rule::Permitted),
    ("/{org}/{app}/users/{user}/devices", Rule::Permitted),
    ("/{org}/{app}/groups", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/permissions", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/rolenames", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/activities", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/feed", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/users", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/users/{user}", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/roles", Rule::Permitted),
    ("/{org}/{app}/groups/{group}/roles/{role}", Rule::Permitted),
    ("/{org}/{app}/groups/{group}", Rule::Permitted),
    ("/{org}/{app}/activities", Rule::Permitted),
    ("/{org}/{app}/assets", Rule::Permitted),
    ("/{org}/{app}/assets/{name}", Rule::Permitted),
    ("/{org}/{app}/devices", Rule::Permitted),
    ("/{org}/{app}/events", Rule::Permitted),
    ("/{org}/{app}/notifications", Rule::Permitted),
    ("/{org}/{app}/notifiers", Rule::Permitted),
    ("/{org}/{app}/queues", Rule::Permitted),
];

fn table() -> impl Iterator<Item = &'static (&'static str, Rule)> {
    TABLE.iter().chain(management::TABLE)
}

/// Methods that differ from the others of their route.
const METHODS: &[(&str, &str, Rule)] = &[
    ("PUT", "/{org}/{app}", Rule::Only(&[AppClient, OrgClient, Admin])),
    ("PUT", "/{org}/{app}/users/me", Rule::Only(&[AppUser])),
    ("POST", "/{org}/{app}/users", Rule::SignUp),
];

/// What users and guests have in the application that is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    /// Users may do everything and guests may sign up.
    Born,
    /// Nobody has the right that users were born with, and guests may do everything.
    Swapped,
    /// There is no role for guests, nor one for users.
    None,
}

/// What acme's instance of a route answers: a status, and for a refusal its code where it is the same everywhere.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Served,
    GrantMissing,
    Forbidden,
    Unscoped,
    Refused(&'static str),
}

fn expected(rule: Rule, rights: Rights, credential: Credential, method: &str) -> Verdict {
    // A body on GET and DELETE is not read, so what it holds is not presented.
    let credential = match credential {
        Credential::Pair(_, _, Way::Form) if ["GET", "DELETE"].contains(&method) => Credential::Guest,
        other => other,
    };
    match (rule, credential) {
        (Rule::Open | Rule::Absent | Rule::Page | Rule::Client, _) => Verdict::Served,
        (Rule::Grant, _) | (Rule::GrantOrAdmin, Credential::Guest | Credential::Pair(..)) => Verdict::GrantMissing,
        (Rule::Scope(levels), credential) => match credential {
            // Organizations' clients and admins have the management plane in common.
            Credential::Token(whose, level)
                if levels.contains(&level) && (whose == Whose::Acme || [OrgClient, Admin].contains(&level)) =>
            {
                Verdict::Unscoped
            }
            Credential::Token(..) | Credential::Garbage | Credential::Expired(_) => Verdict::Refused("invalid_token"),
            Credential::Guest | Credential::Pair(..) => Verdict::Refused("unauthorized"),
        },
        (_, Credential::Garbage) => Verdict::Refused("auth_unverified_oath"),
        (_, Credential::Expired(_)) => Verdict::Refused("expired_token"),
        (Rule::Registration, _) if method == "POST" => Verdict::Served,
        (Rule::GrantOrAdmin, Credential::Token(_, Admin)) => Verdict::Served,
        (Rule::GrantOrAdmin, Credential::Token(..)) => Verdict::Refused("unauthorized"),
        (Rule::Anyone, _) => Verdict::Served,
        (Rule::Lent(_), Credential::Token(Whose::Acme, AppUser)) => Verdict::Forbidden,
        (
            Rule::Only(levels) | Rule::Lent(levels),
            Credential::Token(Whose::Acme, level) | Credential::Pair(Whose::Acme, level, _),
        ) if levels.contains(&level) => Verdict::Served,
        (Rule::SignUp, Credential::Guest) if rights == Rights::Born => Verdict::Served,
        (Rule::Permitted | Rule::SignUp, Credential::Guest) if rights == Rights::Swapped => Verdict::Served,
        (Rule::Permitted | Rule::SignUp, Credential::Token(Whose::Acme, AppUser)) if rights == Rights::Born => {
            Verdict::Served
        }
        (Rule::AnyAdmin, Credential::Token(_, Admin)) => Verdict::Served,
        (Rule::Permitted | Rule::SignUp, Credential::Token(Whose::Acme, AppClient | OrgClient | Admin))
        | (Rule::Permitted | Rule::SignUp, Credential::Pair(Whose::Acme, ..)) => Verdict::Served,
        (Rule::Only(_) | Rule::AnyAdmin | Rule::Lent(_) | Rule::Permitted | Rule::SignUp | Rule::Registration, _) => {
            Verdict::Refused("unauthorized")
        }
    }
}

/// Behind the door anything but 401 is an answer: the walk's instances ask for what is not there, or say too little.
fn verdict(rule: Rule, answer: &Answer) -> Option<Verdict> {
    let error = ["auth_unverified_oath", "expired_token", "unauthorized", "invalid_token"];
    match answer.status {
        // A page, whatever it says.
        200 | 303 | 400 if matches!(rule, Rule::Page) => Some(Verdict::Served),
        200 | 307 => Some(Verdict::Served),
        // The walk's instances ask for nothing that could be had: who hears so was let in.
        400 | 404 | 501 if !matches!(rule, Rule::Open | Rule::Absent | Rule::Grant | Rule::GrantOrAdmin) => {
            Some(Verdict::Served)
        }
        404 if matches!(rule, Rule::Absent) => Some(Verdict::Served),
        403 if answer.text == "{}" => Some(Verdict::Forbidden),
        403 if answer.text_of("error") == "insufficient_scope" => Some(Verdict::Unscoped),
        400 if ["invalid_grant", "invalid_request", "illegal_argument"].contains(&answer.text_of("error")) => {
            Some(Verdict::GrantMissing)
        }
        401 => error.into_iter().find(|code| *code == answer.text_of("error")).map(Verdict::Refused),
        _ => None,
    }
}

/// Acme's instance of a route.
fn instance(route: &str) -> String {
    let takes_away = ["/users/{user}", "/users/{user}/deactivate"].iter().any(|end| route.ends_with(end));
    let user = match route {
        _ if route.starts_with("/management/") => "acme-admin",
        _ if takes_away => "nobody",
        _ => "ann",
    };
    let path = route.replace("{org}", "acme").replace("{app}", "shop").replace("{user}", user);
    let path = path.replace("{collection}", "books").replace("{name}", "password_reset");
    let path = ["{role}", "{group}", "{followed}", "{mail}", "{session}", "{client}", "{secret}", "{token}"]
        .iter()
        .fold(path, |path, name| path.replace(name, "nobody"));
    let path = if path.ends_with("/sia-provider") { format!("{path}?provider_key=facebook") } else { path };
    // A token that nobody has: who may name one at all is what is asked here.
    if path.ends_with("/revoketoken") { format!("{path}?token=unknown") } else { path }
}

#[test]
fn every_route_serves_exactly_the_levels_of_the_table() {
    walk_all(Rights::Born);
}

#[test]
fn only_a_permission_lets_users_and_guests_in() {
    walk_all(Rights::Swapped);
    walk_all(Rights::None);
}

/// Every route by every caller; where rights are not as born, the routes that ask for a permission alone.
fn walk_all(rights: Rights) {
    let walk = Walk::begin();
    walk.give(rights);
    let mut wrong = Vec::new();
    let mut walked = 0;
    for (shown, route) in routes::all() {
        let rule = table().find(|(named, _)| *named == shown);
        let (_, rule) = rule.unwrap_or_else(|| panic!("{shown} has no line in the table of who may use it"));
        let path = instance(&shown);
        for method in route.operations.iter().map(|operation| operation.verb.as_str()) {
            let own = METHODS.iter().find(|(of, named, _)| *of == method && *named == shown);
            let rule = own.map_or(rule, |(_, _, rule)| rule);
            if rights != Rights::Born && !matches!(rule, Rule::Permitted | Rule::SignUp) {
                continue;
            }
            for credential in credentials() {
                let answer = walk.send(method, &path, credential);
                if matches!(rule, Rule::Client) {
                    let codes = ["invalid_request", "invalid_client", "unauthorized_client"];
                    assert!(codes.contains(&answer.text_of("error")), "{method} {path}: {}", answer.text);
                    continue;
                }
                let expected = expected(*rule, rights, credential, method);
                if verdict(*rule, &answer) != Some(expected) {
                    wrong.push(format!("{method} {path} {credential:?}: {} {}", answer.status, answer.text));
                }
                let challenge = answer.header("www-authenticate");
                // Usergrid: what is the superuser's alone is asked for by Basic, which no portal's page goes to.
                let scheme = if answer.text.contains("No system access") { "Basic realm=" } else { "Bearer realm=" };
                let is_challenged = answer.status == 401 || answer.text_of("error") == "insufficient_scope";
                assert_eq!(is_challenged, challenge.starts_with(scheme), "{method} {path}: {challenge}");
                walked += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {walked} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_table_names_no_route_that_is_gone() {
    for (route, _) in table() {
        assert!(routes::all().any(|(listed, _)| listed == *route), "{route}");
    }
}
