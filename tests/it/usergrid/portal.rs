//! Every request that Usergrid's portal makes, in its order and with its odd bodies, slashes and spaces.
//! Success is HTTP 200 with a JSON body; nothing else counts for it (wire 8.1).

use serde_json::{Value, json};

use crate::support::{Answer, Client, world};

const PASSWORD: &str = "portal secret";

/// The portal: a page of another origin that keeps its token and sends it in the URL.
struct Portal {
    guest: Client,
    token: String,
}

impl Portal {
    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = match self.token.as_str() {
            "" => path.to_owned(),
            token => format!("{path}{join}access_token={token}"),
        };
        let wanted = [("origin", "http://portal.test"), ("access-control-request-method", method)];
        let preflight = self.guest.send_with("OPTIONS", &path, None, "", &wanted);
        assert_eq!(preflight.status, 200, "OPTIONS {path}");
        // Without a body of its own, the portal sends `{}` with POST and DELETE.
        let body = match (body, method) {
            (Some(body), _) => body.to_string(),
            (None, "POST" | "DELETE") => "{}".to_owned(),
            (None, _) => String::new(),
        };
        let headers = [("origin", "http://portal.test"), ("accept", "application/json")];
        self.guest.send_with(method, &path, Some("application/json"), &body, &headers)
    }

    #[track_caller]
    fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let answer = self.send(method, path, body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
        assert!(answer.json.is_object(), "{method} {path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json", "{method} {path}");
        assert_ne!(answer.header("access-control-allow-origin"), "", "{method} {path}");
        answer.json
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.ok("GET", path, None)
    }

    /// The portal probes for a name that must be free; only this code lets it go on.
    #[track_caller]
    fn is_free(&self, path: &str) {
        let answer = self.send("GET", path, None);
        assert_eq!(answer.error(), (404, "service_resource_not_found"), "{path}: {}", answer.text);
    }

    /// What every change of page does: the token that comes back is kept.
    #[track_caller]
    fn turn_page(&mut self) {
        let me = self.get("/management/me");
        self.token = me["access_token"].as_str().unwrap().to_owned();
    }

    /// Reads the admin again and keeps `data.token`; without it the portal would lose its session.
    #[track_caller]
    fn reauthenticate(&mut self, email: &str) -> Value {
        let admin = self.get(&format!("/management/users/{email}"));
        self.token = admin["data"]["token"].as_str().expect("the presented token comes back").to_owned();
        for member in ["email", "username", "name", "uuid", "organizations"] {
            assert!(!admin["data"][member].is_null(), "{member}: {admin}");
        }
        admin
    }
}

/// Registers, signs in and boots, as the portal does.
fn signed_in(guest: Client) -> Portal {
    let mut portal = Portal { guest, token: String::new() };
    let me = portal.send("GET", "/management/me", None);
    assert_ne!(me.status, 200, "a stranger sees the login page");
    let register = json!({ "organization": "Portal-Org", "username": "pat", "name": "Pat", "email": "pat@portal.test",
        "password": PASSWORD });
    let made = portal.ok("POST", "/management/organizations", Some(&register));
    assert_eq!(made["data"]["owner"]["username"], "pat");
    let sign_in = json!({ "username": "pat", "password": PASSWORD, "grant_type": "password" });
    let session = portal.ok("POST", "/management/token", Some(&sign_in));
    for member in ["uuid", "username", "name", "email"] {
        assert!(session["user"][member].is_string(), "{member}: {session}");
    }
    let org = &session["user"]["organizations"]["portal-org"];
    assert_eq!(org["name"], "portal-org");
    assert!(org["applications"]["portal-org/sandbox"].is_string(), "{session}");
    portal.token = session["access_token"].as_str().unwrap().to_owned();
    portal
}

#[test]
fn the_portal_boots_and_shows_an_organization() {
    let world = world();
    let mut portal = signed_in(world.guest());
    let admin = portal.get("/management/users/pat@portal.test");
    for member in ["uuid", "username", "name", "email"] {
        assert!(admin["data"][member].is_string(), "{member}: {admin}");
    }
    let applications = &admin["data"]["organizations"]["portal-org"]["applications"];
    assert!(applications["portal-org/sandbox"].is_string(), "{admin}");
    let apps = portal.get("/management/organizations/portal-org/applications");
    assert!(apps["data"]["portal-org/sandbox"].is_string(), "{apps}");

    let roles = portal.get("/portal-org/sandbox/roles?ql=%20order%20by%20name");
    let names: Vec<&str> = roles["entities"].as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["admin", "default", "guest"]);
    let guest = roles["entities"][2]["uuid"].as_str().unwrap();
    let permissions = portal.get(&format!("/portal-org/sandbox/roles/{guest}/permissions"));
    let permissions: Vec<&str> =
        permissions["data"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert!(permissions.contains(&"get,post,put,delete:/**"), "{permissions:?}");
    portal.turn_page();

    let users = portal.get("/management/organizations/portal-org/users");
    assert_eq!(users["data"][0]["email"], "pat@portal.test");
    assert_eq!(users["data"][0]["username"], "pat");
    let feed = portal.get("/management/organizations/portal-org/feed");
    let entry = &feed["entities"][0];
    assert!(entry["created"].is_i64() && entry["actor"]["displayName"].is_string(), "{feed}");
    assert!(feed.to_string().contains("mailto:pat@portal.test"), "{feed}");
    let credentials = portal.get("/management/organizations/portal-org/credentials");
    assert!(credentials["credentials"]["client_secret"].is_string(), "{credentials}");
    let renewed = portal.ok("POST", "/management/organizations/portal-org/credentials", None);
    assert_ne!(renewed["credentials"]["client_secret"], credentials["credentials"]["client_secret"]);
    portal.turn_page();
}

#[test]
fn the_portal_makes_applications_and_admins() {
    let world = world();
    let mut portal = signed_in(world.guest());
    let made =
        portal.ok("POST", "/management/organizations/portal-org/applications", Some(&json!({ "name": "New-App" })));
    assert!(made["data"]["portal-org/new-app"].is_string(), "{made}");
    let apps = portal.get("/management/organizations/portal-org/applications");
    assert_eq!(apps["data"]["portal-org/new-app"], made["data"]["portal-org/new-app"]);
    assert_eq!(portal.get("/portal-org/new-app/roles")["entities"].as_array().unwrap().len(), 3);

    let admin = json!({ "email": "second@portal.test", "password": "" });
    let invited = portal.ok("POST", "/management/organizations/portal-org/users", Some(&admin));
    assert_eq!(invited["data"]["user"]["email"], "second@portal.test");
    let users = portal.get("/management/organizations/portal-org/users");
    assert_eq!(users["data"].as_array().unwrap().len(), 2);
    portal.turn_page();

    let overview = portal.get("/portal-org/new-app/");
    for collection in ["users", "groups", "roles"] {
        let shown = &overview["entities"][0]["metadata"]["collections"][collection];
        assert_eq!(shown["name"], collection, "{overview}");
        assert!(shown["title"].is_string() && shown["count"].is_i64() && shown["type"].is_string(), "{shown}");
    }
    let keys = portal.get("/portal-org/new-app/credentials");
    let renewed = portal.ok("POST", "/portal-org/new-app/credentials", None);
    assert_ne!(keys["credentials"]["client_secret"], renewed["credentials"]["client_secret"]);
}

#[test]
fn the_portal_keeps_users() {
    let world = world();
    let portal = signed_in(world.guest());
    let app = "/portal-org/sandbox";
    portal.is_free(&format!("{app}/users/bob"));
    let bob = json!({ "type": "user", "username": "bob", "name": "Bob", "email": "bob@x.test", "password": "bobs" });
    let made = portal.ok("POST", &format!("{app}/users"), Some(&bob));
    let mut entity = made["entities"][0].clone();
    let uuid = entity["uuid"].as_str().unwrap().to_owned();
    for n in 0..12 {
        portal.ok("POST", &format!("{app}/users"), Some(&json!({ "username": format!("u{n:02}") })));
    }
    let page = portal.get(&format!("{app}/users?ql=%20order%20by%20username"));
    let names: Vec<&str> =
        page["entities"].as_array().unwrap().iter().map(|u| u["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["bob", "u00", "u01", "u02", "u03", "u04", "u05", "u06", "u07", "u08"]);
    let cursor = page["cursor"].as_str().expect("there are more");
    let rest = portal.get(&format!("{app}/users?ql=%20order%20by%20username&limit=10&cursor={cursor}"));
    assert_eq!(rest["entities"][0]["username"], "u09");
    assert_eq!(rest["entities"].as_array().unwrap().len(), 3);
    assert!(rest["cursor"].is_null(), "{rest}");
    assert_eq!(
        portal.get(&format!("{app}/users?ql=select%20*%20where%20username='bob'"))["entities"][0]["uuid"],
        *uuid
    );

    assert_eq!(portal.get(&format!("{app}/users/{uuid}"))["entities"][0]["email"], "bob@x.test");
    entity["title"] = json!("Builder");
    let saved = portal.ok("PUT", &format!("{app}/users/{uuid}"), Some(&entity));
    assert_eq!(saved["entities"][0]["title"], "Builder");
    for list in ["groups", "roles", "activities", "feed", "following", "followers"] {
        assert!(portal.get(&format!("{app}/users/{uuid}/{list}"))["entities"].is_array(), "{list}");
    }
    assert!(portal.get(&format!("{app}/users/{uuid}/permissions"))["data"].is_array());
    portal.ok("POST", &format!("{app}/users/bob/following/users/u01"), None);
    portal.ok("DELETE", &format!("{app}/users/{uuid}"), None);
    portal.is_free(&format!("{app}/users/bob"));
    for list in ["users?limit=100&ql=%20order%20by%20username", "groups?limit=100&ql=%20order%20by%20path"] {
        assert!(portal.get(&format!("{app}/{list}"))["entities"].is_array(), "{list}");
    }
}

#[test]
fn the_portal_keeps_groups_roles_and_permissions() {
    let world = world();
    let portal = signed_in(world.guest());
    let app = "/portal-org/sandbox";
    portal.ok("POST", &format!("{app}/users"), Some(&json!({ "username": "bob" })));
    let group = portal.ok("POST", &format!("{app}/groups"), Some(&json!({ "path": "staff", "title": "Staff" })));
    let group = group["entities"][0]["uuid"].as_str().unwrap().to_owned();
    let groups = portal.get(&format!("{app}/groups?ql=%20order%20by%20title"));
    assert_eq!(groups["entities"][0]["path"], "staff");
    assert_eq!(groups["entities"][0]["title"], "Staff");
    let changed = json!({ "path": "staff", "title": "All staff" });
    assert_eq!(portal.ok("PUT", &format!("{app}/groups/{group}"), Some(&changed))["entities"][0]["title"], "All staff");
    portal.ok("POST", &format!("{app}/users/bob/groups/staff"), None);
    assert_eq!(portal.get(&format!("{app}/groups/staff/users"))["entities"][0]["username"], "bob");

    portal.is_free(&format!("{app}/roles/reviewer"));
    let role = json!({ "name": "reviewer", "title": "Reviewer" });
    let made = portal.ok("POST", &format!("{app}/roles"), Some(&role));
    let role = made["entities"][0]["uuid"].as_str().unwrap().to_owned();
    let idle = portal.ok("PUT", &format!("{app}/roles/{role}"), Some(&json!({ "inactivity": 60_000 })));
    assert_eq!(idle["entities"][0]["inactivity"], 60_000);
    assert_eq!(idle["entities"][0]["roleName"], "reviewer");
    portal.ok("POST", &format!("{app}/roles/reviewer/users/bob"), None);
    portal.ok("POST", &format!("{app}/roles/reviewer/groups/staff"), None);
    assert_eq!(portal.get(&format!("{app}/roles/reviewer/users"))["entities"][0]["username"], "bob");
    assert_eq!(portal.get(&format!("{app}/roles/reviewer/groups"))["entities"][0]["path"], "staff");
    assert_eq!(portal.get(&format!("{app}/groups/staff/roles"))["entities"][0]["name"], "reviewer");

    for holder in ["users/bob", "groups/staff", "roles/reviewer"] {
        let granted = json!({ "permission": "get,post:/x/**" });
        let list = portal.ok("POST", &format!("{app}/{holder}/permissions"), Some(&granted));
        assert_eq!(list["data"], json!(["get,post:/x/**"]), "{holder}");
        let gone = format!("{app}/{holder}/permissions?permission=get%2Cpost%3A%2Fx%2F**");
        assert_eq!(portal.ok("DELETE", &gone, None)["data"], json!([]), "{holder}");
    }
    portal.ok("DELETE", &format!("{app}/roles/reviewer/users/bob"), None);
    portal.ok("DELETE", &format!("{app}/roles/reviewer/groups/staff"), None);
    portal.ok("DELETE", &format!("{app}/roles/{role}"), None);
    portal.ok("DELETE", &format!("{app}/groups/{group}"), None);
}

#[test]
fn the_portal_keeps_the_profile_and_survives_a_new_organization() {
    let world = world();
    let mut portal = signed_in(world.guest());
    let uuid = portal.reauthenticate("pat@portal.test")["data"]["uuid"].as_str().unwrap().to_owned();
    let profile = json!({ "username": "pat", "name": "Patricia", "email": "pat@portal.test" });
    portal.ok("PUT", &format!("/management/users/{uuid}/"), Some(&profile));
    assert_eq!(portal.reauthenticate("pat@portal.test")["data"]["name"], "Patricia");
    let change = json!({ "oldpassword": PASSWORD, "newpassword": "another secret", "username": "pat" });
    portal.ok("PUT", &format!("/management/users/{uuid}/"), Some(&change));
    portal.turn_page();

    let organization = json!({ "organization": "second-org" });
    portal.ok("POST", &format!("/management/users/{uuid}/organizations"), Some(&organization));
    let admin = portal.reauthenticate("pat@portal.test");
    let second = admin["data"]["organizations"]["second-org"]["uuid"].as_str().unwrap().to_owned();
    // An organization whose last member would go stays; with a second one the first may leave.
    let invited = json!({ "email": "heir@portal.test", "password": "heirs secret" });
    portal.ok("POST", "/management/organizations/second-org/users", Some(&invited));
    portal.ok("DELETE", &format!("/management/users/{uuid}/organizations/{second}"), None);
    let admin = portal.reauthenticate("pat@portal.test");
    assert!(admin["data"]["organizations"]["second-org"].is_null(), "{admin}");
    assert_eq!(portal.get("/management/organizations/portal-org/users")["data"][0]["username"], "pat");
}

#[test]
fn the_portals_other_pages_find_empty_lists() {
    let world = world();
    let portal = signed_in(world.guest());
    let app = "/portal-org/sandbox";
    for path in ["activities?limit=200", "users?ql=%20order%20by%20created%20desc", "notifiers", "notifications"] {
        assert!(portal.get(&format!("{app}/{path}"))["entities"].is_array(), "{path}");
    }
    let indexes = portal.get(&format!("{app}/users/indexes"));
    assert!(indexes["entities"].is_array() || indexes["data"].is_array(), "{indexes}");
    portal.ok("GET", "/management/users/pat@portal.test/reactivate", None);
    let page = world.guest().get("/management/users/resetpw");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
}
