//! The files of Usergrid's export tools, read as they are: by line, as arrays, as objects keyed by UUIDs; and bad ones.

use serde_json::{Value, json};
use tokengrid::domain::id::AppId;
use tokengrid::domain::user::Identifier;
use tokengrid::manage::moving::{MoveError, Tally};
use uuid::Uuid;

use super::export::{APP, BCRYPT, Export, ORG, account, app, credentials, id, move_in, org, plan, remarks, user};
use crate::support::{PASSWORD, Program, TestServer, world};

fn app_id() -> AppId {
    AppId::new(Uuid::try_parse(APP).unwrap())
}

#[test]
fn the_oldest_tools_arrays_and_objects_keyed_by_uuids_are_read() {
    let server = TestServer::start(|_| {});
    let mut org = org();
    org["admins"] = json!(["boss", "nobody"]);
    let mut shop = app();
    shop["name"] = json!("shop");
    shop["metadata"]["organization"] = json!({ "value": "legacy" });
    let role = json!({ "type": "role", "uuid": id(50), "name": "clerk" });
    let entities = json!([shop, account(1, "ann"), role, account(2, "bob")]);
    let beside = json!({
        id(1): { "roles": [id(50)], "dictionaries": { "credentials": credentials(&["bcrypt"], BCRYPT),
                 "permissions": { "get:/a": "" } }, "connections": { "following": [id(2)] } },
        id(50): { "dictionaries": { "permissions": { "get:/b": "" } } },
    });
    let metadata = json!({
        id(9): { "connections": {}, "organizations": [{ "uuid": ORG, "name": "Legacy" }],
                 "dictionaries": { "credentials": credentials(&["bcrypt"], BCRYPT) } },
    });
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let export = Export::new();
    export
        .write("organization.Legacy.1400000000000.json", &pretty(&org))
        .write("application.legacyUSERGRID-PATH-BACKSLASHshop.1400000000000.json", &pretty(&entities))
        .write("collections.legacyUSERGRID-PATH-BACKSLASHshop.1400000000000.json", &pretty(&beside))
        .write("admin-users.management.1400000000000.json", &pretty(&json!([account(9, "boss")])))
        .write("admin-user-metadata.management.1400000000000.json", &pretty(&metadata))
        .write("notes.txt", "not an export");
    let report = move_in(&server, &export);
    assert_eq!(report.files_not_read, ["notes.txt"]);
    assert_eq!((report.tally("admins").new, report.tally("users").new, report.tally("roles").new), (1, 2, 1));
    assert_eq!(report.tally("permissions").new, 2);
    assert_eq!(remarks(&report), ["admin nobody: there is no such admin in the export, nor here"]);
    let guest = server.guest();
    assert_eq!(guest.sign_in("/legacy/shop", "ann", PASSWORD).status, 200);
    assert_eq!(guest.sign_in("/legacy/shop", "bob", PASSWORD).status, 400);
    let boss = guest.sign_in("/management", "boss", PASSWORD).token();
    assert_eq!(guest.bearer(&boss).get("/management/orgs/legacy").status, 200, "an admin of the organization");
    assert!(!move_in(&server, &export).is_change());
}

#[test]
fn the_newest_tools_folders_are_read() {
    let server = TestServer::start(|_| {});
    let mut shop = app();
    shop["name"] = json!("shop");
    let mut gson = account(1, "ann");
    gson["dynamic_properties"] = json!({ "shoe": 43 });
    let export = Export::new();
    export
        .lines("legacy/organization.Legacy.1.json", &[org()])
        .write("legacy/shop/application.shop.1.json", &json!([shop]).to_string())
        .lines("legacy/shop/users/users_data_1.json", &[gson, account(2, "bob")])
        .write("legacy/shop/users/users_1", "Edge{source, target}\nEdge{source, target}\n")
        .write(
            "legacy/shop/users/users_dictionaries_1",
            &format!("[{}][]", json!({ "Related Entity": id(1), "credentials": credentials(&["bcrypt"], BCRYPT) })),
        )
        .lines(
            "legacy/shop/users/users_connections_1",
            &[json!({ "sourceNodeUUID": id(2), "relationship": "Following", "targetNodeUUID": id(1) })],
        );
    let report = move_in(&server, &export);
    assert_eq!((report.unreadable, report.tally("users").new, report.tally("memberships").new), (0, 2, 1));
    assert_eq!(report.files_not_read, ["legacy/shop/users/users_1"]);
    assert_eq!(server.guest().sign_in("/legacy/shop", "ann", PASSWORD).status, 200);
    let ann = server.core.store.find_user(app_id(), &Identifier::parse("ann")).unwrap().unwrap();
    assert_eq!(ann.person.properties["shoe"], json!(43));
}

#[test]
fn an_application_that_is_here_by_name_takes_users_whose_export_does_not_describe_it() {
    let world = world();
    let export = Export::new();
    let mut line = user(1, "newcomer");
    line["organization"] = json!("Acme");
    line["application"] = json!("Acme/Shop");
    export.lines("shop-1.entities", &[line]).lines("bare.json", &[account(2, "bare")]);
    let report = move_in(&world.server, &export);
    assert_eq!(report.tally("users"), Tally { new: 1, left_out: 1, ..Tally::default() });
    assert_eq!(world.guest().sign_in("/acme/shop", "newcomer", PASSWORD).status, 200);
    assert_eq!(world.guest().sign_in("/rival/shop", "newcomer", PASSWORD).status, 400, "another tenant's");
    let mut into = plan(&export.path());
    into.into = Some("rival/shop".to_owned());
    let report = world.server.core.registry.move_in(&into).unwrap();
    assert_eq!(report.tally("users"), Tally { new: 1, here: 1, ..Tally::default() });
    let bare = Identifier::parse("bare");
    assert!(world.server.core.store.find_user(world.rival.app.id, &bare).unwrap().is_some());
    assert!(world.server.core.store.find_user(world.acme.app.id, &bare).unwrap().is_none());
}

#[test]
fn bad_lines_are_in_the_report_with_file_and_line_and_cost_themselves_alone() {
    let server = TestServer::start(|_| {});
    let export = Export::new();
    let nul = json!({ "type": "user", "uuid": id(5), "username": "nul", "city": "a\0b" });
    let text = [
        org().to_string(),
        app().to_string(),
        "{\"organization\":\"legacy\",\"application\":\"leg".to_owned(),
        user(1, "ann").to_string(),
        "[1, 2".to_owned(),
        "{\"a\":}".to_owned(),
        super::export::line(json!({ "type": "user", "uuid": "no uuid", "username": "bob" }), json!({})).to_string(),
        super::export::line(json!({ "type": "user", "uuid": id(3), "username": "me" }), json!({})).to_string(),
        super::export::line(nul, json!({})).to_string(),
        user(2, "carl").to_string(),
    ];
    export.write("export.json", &text.join("\n"));
    let report = move_in(&server, &export);
    assert_eq!(report.unreadable, 3);
    assert_eq!(report.tally("users"), Tally { new: 2, left_out: 3, ..Tally::default() });
    let told: Vec<(u64, &str)> = report.remarks.iter().map(|remark| (remark.line, remark.what.as_str())).collect();
    assert_eq!(
        told,
        [(3, "unreadable"), (5, "unreadable"), (6, "unreadable"), (7, "user bob"), (8, "user me"), (9, "user nul")]
    );
    assert!(report.remarks.iter().all(|remark| remark.file == "export.json"));
}

#[test]
fn nothing_to_read_is_an_error() {
    let server = TestServer::start(|_| {});
    let export = Export::new();
    let none = server.core.registry.move_in(&plan(&export.path()));
    assert!(matches!(none, Err(MoveError::Nothing(_))));
    let missing = server.core.registry.move_in(&plan(&export.path().join("missing")));
    assert!(matches!(missing, Err(MoveError::Source(_))));
}

#[test]
fn the_command_moves_in_and_prints_a_report_for_people_and_programs() {
    let program = Program::fresh();
    let export = Export::new();
    export.lines("export.json", &[org(), app(), user(1, "ann")]);
    let path = export.path().display().to_string();
    let dry = program.json(&["import", "usergrid", &path, "--dry-run"]);
    assert_eq!((&dry["dry_run"], &dry["kinds"]["users"]["new"]), (&json!(true), &json!(1)));
    let report = program.json(&["import", "usergrid", &path]);
    assert_eq!(report["kinds"]["users"], json!({ "new": 1, "here": 0, "differs": 0, "left_out": 0 }));
    assert_eq!(report["records"], json!(3));
    let words = program.run(&["import", "usergrid", &path]);
    assert!(words.out.contains("users                   0 new         1 here"), "{}", words.out);
    for shown in [report.to_string(), words.out] {
        assert!(!shown.contains(BCRYPT) && !shown.contains(super::export::SECRET), "no secret is printed");
    }
}
