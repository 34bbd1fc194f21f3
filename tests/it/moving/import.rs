//! What of an export is here afterwards, that a second move changes nothing, and what the report says.

use serde_json::{Value, json};
use tokengrid::domain::id::{AppId, OrgId, UserId};
use tokengrid::domain::permission::Holder;
use tokengrid::domain::user::Identifier;
use tokengrid::manage::moving::Tally;
use uuid::Uuid;

use super::export::{
    APP, Export, ORG, ORG_SECRET, SECRET, account, app, id, line, move_in, moved, org, plan, remarks, user,
};
use crate::support::{PASSWORD, TestServer, world};

fn uuid(text: &str) -> Uuid {
    Uuid::try_parse(text).unwrap()
}

fn app_id() -> AppId {
    AppId::new(uuid(APP))
}

#[test]
fn tenants_keep_their_uuids_names_members_and_client_secrets() {
    let server = TestServer::start(|_| {});
    let report = moved(&server, &[]);
    for kind in ["organizations", "applications"] {
        assert_eq!(report.tally(kind), Tally { new: 1, ..Tally::default() }, "{kind}");
    }
    assert_eq!(report.tally("client_secrets").new, 2);
    let store = &server.core.store;
    let org = store.find_org(OrgId::new(uuid(ORG))).unwrap().expect("the organization");
    assert_eq!((org.name.as_str(), &org.properties["motto"]), ("legacy", &json!("as ever")));
    let app = store.find_app(app_id()).unwrap().expect("the application");
    assert_eq!((app.name.as_str(), app.org), ("shop", org.id));
    assert_eq!(app.properties, json!({ "theme": { "color": "red" } }).as_object().unwrap().clone());
    assert_eq!((app.settings.accesstokenttl, app.created.millis()), (Some(86_400_000), 1_390_000_000_000));

    let guest = server.guest();
    assert_eq!(guest.client_token("/legacy/shop", "YXA6Sz-OEISlEeOITfGOj2-zvA", SECRET).status, 200);
    assert_eq!(guest.client_token("/management", "b3U6Oi-OEISlEeOITfGOj2-zvA", ORG_SECRET).status, 200);
    assert_eq!(guest.client_token("/legacy/shop", "YXA6Sz-OEISlEeOITfGOj2-zvA", "wrong").status, 401);
    let keys = guest.get("/legacy/shop/.well-known/jwks.json");
    assert_eq!(keys.json["keys"].as_array().map(Vec::len), Some(1));
    let roles = ["admin", "default", "guest"].map(|name| store.find_role_by_name(app_id(), name).unwrap().is_some());
    assert_eq!(roles, [true; 3], "an application without roles is born with the usual ones");
}

#[test]
fn a_user_keeps_uuid_times_state_and_any_json_and_is_found_by_it() {
    let server = TestServer::start(|_| {});
    moved(&server, &[user(1, "Ann")]);
    let token = server.guest().sign_in("/legacy/shop", "ann", PASSWORD).token();
    let me = server.guest().bearer(&token).get("/legacy/shop/users/me");
    let entity = &me.json["entities"][0];
    for (member, value) in [
        ("uuid", json!(id(1))),
        ("username", json!("Ann")),
        ("email", json!("Ann@old.example")),
        ("name", json!("The Ann")),
        ("created", json!(1_390_000_000_000_i64)),
        ("modified", json!(1_391_000_000_000_i64)),
        ("picture", json!("http://pictures.example/a.png")),
        ("city", json!("Berlin")),
    ] {
        assert_eq!(entity[member], value, "{member}: {}", me.text);
    }
    let found = server.guest().bearer(&token).get("/legacy/shop/users?ql=select%20*%20where%20city%3D'berlin'");
    assert_eq!(found.json["entities"][0]["uuid"], json!(id(1)), "{}", found.text);
}

fn everything() -> Vec<Value> {
    vec![
        line(
            json!({ "type": "role", "uuid": id(50), "name": "Clerk", "title": "The clerks", "inactivity": 60_000 }),
            json!({ "permissions": { "get:/orders/**": "", "post:/orders": "" } }),
        ),
        line(
            json!({ "type": "group", "uuid": id(60), "path": "Staff/Night", "title": "Night shift" }),
            json!({ "permissions": ["get:/nights"], "rolenames": { "clerk": "Clerk" } }),
        ),
        line(
            account(1, "ann"),
            json!({ "rolenames": { "clerk": "Clerk" }, "permissions": { "get:/secrets": "" },
                    "credentials": super::export::credentials(&["bcrypt"], super::export::BCRYPT) }),
        ),
        user(2, "bob"),
        json!({ "Metadata": { "type": "group", "uuid": id(61), "path": "day" }, "users": [id(1), id(2), id(99)],
                "organization": "legacy", "application": "legacy/shop" }),
        json!({ "organization": "legacy/shop", "application": "legacy", "connectionType": "following",
                "sourceUuid": id(1), "targetUuid": id(2) }),
        line(json!({ "type": "activity", "uuid": id(70), "verb": "post" }), json!({})),
    ]
}

#[test]
fn roles_groups_permissions_and_memberships_come_along_both_ways() {
    let server = TestServer::start(|_| {});
    let report = moved(&server, &everything());
    assert_eq!(report.tally("roles"), Tally { new: 1, ..Tally::default() });
    assert_eq!(report.tally("groups"), Tally { new: 2, ..Tally::default() });
    assert_eq!(report.tally("permissions"), Tally { new: 4, ..Tally::default() });
    assert_eq!(report.tally("memberships"), Tally { new: 5, left_out: 1, ..Tally::default() });
    assert_eq!(report.not_carried.get("activity"), Some(&1));
    let lost = format!("group_user from {} to {}: one of the two is not here", id(61), id(99));
    assert_eq!(remarks(&report), [lost]);

    let store = &server.core.store;
    assert!(store.find_role_by_name(app_id(), "guest").unwrap().is_none(), "the export has roles of its own");
    let role = store.find_role_by_name(app_id(), "clerk").unwrap().expect("the role");
    assert_eq!((role.id.uuid(), role.inactivity.as_secs()), (uuid(&id(50)), 60));
    assert_eq!(server.guest().get("/legacy/shop/users").status, 401);
    let client = server.guest().basic("YXA6Sz-OEISlEeOITfGOj2-zvA", SECRET);
    let names = |path: &str, member: &str| -> Vec<String> {
        let answer = client.get(path);
        let entities = answer.json["entities"].as_array().unwrap_or_else(|| panic!("{path}: {}", answer.text)).clone();
        let mut names: Vec<String> =
            entities.iter().map(|entity| entity[member].as_str().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names("/legacy/shop/users/ann/roles", "name"), ["Clerk"]);
    assert_eq!(names("/legacy/shop/roles/clerk/users", "username"), ["ann"]);
    assert_eq!(names("/legacy/shop/groups/day/users", "username"), ["ann", "bob"]);
    assert_eq!(names("/legacy/shop/users/bob/groups", "path"), ["day"]);
    assert_eq!(names("/legacy/shop/users/ann/following", "username"), ["bob"]);
    let granted = server.wait(async { store.kinds_of(app_id(), &[uuid(&id(1))]) }).unwrap();
    assert!(granted.users.contains(&Holder::User(UserId::new(uuid(&id(1)))).uuid()));
}

#[test]
fn a_second_move_changes_nothing() {
    let server = TestServer::start(|_| {});
    moved(&server, &everything());
    let rows = rows(&server);
    let sign_in = server.guest().sign_in("/legacy/shop", "bob", PASSWORD);
    assert_eq!(sign_in.status, 200);
    let rehashed = server.core.store.find_user_with_password(app_id(), &Identifier::parse("bob")).unwrap().unwrap();
    let again = moved(&server, &everything());
    assert!(!again.is_change(), "{again:?}");
    let here = |count| Tally { here: count, ..Tally::default() };
    for (kind, count) in [("organizations", 1), ("applications", 1), ("users", 2), ("roles", 1), ("groups", 2)] {
        assert_eq!(again.tally(kind), here(count), "{kind}");
    }
    assert_eq!(again.tally("permissions"), here(4));
    assert_eq!(again.tally("memberships"), Tally { here: 5, left_out: 1, ..Tally::default() });
    assert_eq!(self::rows(&server), rows);
    let after = server.core.store.find_user_with_password(app_id(), &Identifier::parse("bob")).unwrap().unwrap();
    assert_eq!(after.hash.map(|hash| hash.expose().to_owned()), rehashed.hash.map(|hash| hash.expose().to_owned()));
}

/// What a move writes, in a form to compare.
fn rows(server: &TestServer) -> String {
    let store = &server.core.store;
    let users = store.find_user(app_id(), &Identifier::parse("ann")).unwrap();
    let role = store.find_role_by_name(app_id(), "clerk").unwrap();
    let group = store.find_group_by_path(app_id(), "staff/night").unwrap();
    let secrets = store.list_client_secrets(app_id().into()).unwrap().len();
    let keys = store.list_signing_keys(app_id().into()).unwrap().iter().map(|key| key.kid.clone()).collect::<Vec<_>>();
    let audit =
        store.list_audit(app_id().into(), 100).unwrap().iter().map(|line| line.action.clone()).collect::<Vec<_>>();
    let imports = audit.iter().filter(|action| action.starts_with("import")).count();
    format!("{users:?} {role:?} {group:?} {secrets} {keys:?} {imports}")
}

#[test]
fn what_is_here_is_never_overwritten_and_the_report_says_so() {
    let server = TestServer::start(|_| {});
    moved(&server, &[user(1, "ann")]);
    let mut changed = account(1, "ann");
    changed["city"] = json!("Paris");
    let mut stranger = account(3, "carl");
    stranger["email"] = json!("ANN@old.example");
    let report =
        moved(&server, &[line(changed, json!({})), line(account(2, "ANN"), json!({})), line(stranger, json!({}))]);
    assert_eq!(report.tally("users"), Tally { differs: 1, left_out: 2, ..Tally::default() });
    let taken = "its name or email address is taken here by another";
    assert_eq!(
        remarks(&report),
        [
            "user ann: it is here and not the same; what is here stays".to_owned(),
            format!("user ANN: {taken}"),
            format!("user carl: {taken}"),
        ]
    );
    let ann = server.core.store.find_user(app_id(), &Identifier::parse("ann")).unwrap().unwrap();
    assert_eq!((ann.id.uuid(), &ann.person.properties["city"]), (uuid(&id(1)), &json!("Berlin")));
}

#[test]
fn names_that_cannot_stand_here_are_left_out_until_they_are_renamed() {
    let world = world();
    let export = Export::new();
    let (mut reserved, mut taken) = (org(), org());
    reserved["name"] = json!("Docs");
    taken["name"] = json!("acme");
    taken["uuid"] = json!(id(7));
    let mut shop = app();
    shop["name"] = json!("docs/users");
    export.lines("export.json", &[reserved, taken, shop]);
    let report = move_in(&world.server, &export);
    assert_eq!(report.tally("organizations").left_out, 2);
    assert_eq!(
        remarks(&report),
        [
            "organization Docs: This name is reserved. (--rename Docs=NEW gives another)",
            "organization acme: another organization is called acme here (--rename acme=NEW)",
            "application docs/users: its organization docs is neither in the export nor here",
        ]
    );
    let mut plan = plan(&export.path());
    plan.rename = [("docs", "old-docs"), ("acme", "old-acme"), ("docs/users", "people")]
        .map(|(old, new)| (old.to_owned(), new.to_owned()))
        .into();
    let report = world.server.core.registry.move_in(&plan).unwrap();
    assert_eq!((report.tally("organizations").new, report.tally("applications").new), (2, 1), "{:?}", report.remarks);
    assert_eq!(world.guest().client_token("/old-docs/people", "YXA6Sz-OEISlEeOITfGOj2-zvA", SECRET).status, 200);
}

#[test]
fn a_dry_run_reports_and_writes_nothing() {
    let server = TestServer::start(|_| {});
    let export = Export::new();
    let all: Vec<Value> = [org(), app()].into_iter().chain(everything()).collect();
    export.lines("export.json", &all);
    let mut dry = plan(&export.path());
    dry.dry_run = true;
    let report = server.core.registry.move_in(&dry).unwrap();
    assert!(report.dry_run);
    assert_eq!((report.tally("organizations").new, report.tally("users").new), (1, 2));
    assert!(server.core.store.find_org(OrgId::new(uuid(ORG))).unwrap().is_none());
    assert_eq!(move_in(&server, &export).tally("users").new, 2);
}

#[test]
fn a_move_leaves_one_line_in_the_audit_log_of_a_tenant() {
    let server = TestServer::start(|_| {});
    moved(&server, &[user(1, "ann"), user(2, "bob")]);
    let lines = server.core.store.list_audit(app_id().into(), 10).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.actor.as_str(), line.action.as_str())).collect();
    assert_eq!(
        told,
        [("operator", "import from Usergrid"), ("operator", "import application from Usergrid")],
        "a line for the birth, one for all that moved in"
    );
    assert_eq!(lines[0].detail, json!({ "rows": 2 }));
}
