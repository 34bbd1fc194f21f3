//! The query language over HTTP, and the cursors of its pages.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::AppClient;

use crate::support::{Answer, Client, World, world};

const USERS: &str = "/acme/shop/users";

/// A caller who may read and write the users of acme's application, which `ann` has left.
fn caller(world: &World) -> Client {
    let caller = world.caller(&world.acme, AppClient);
    assert_eq!(caller.send("DELETE", &format!("{USERS}/ann"), None, "").status, 200);
    caller
}

/// Creates users one moment after the other; the id of each.
fn create(world: &World, caller: &Client, users: &[Value]) -> Vec<String> {
    let created = users.iter().map(|user| {
        world.server.clock.advance(Duration::from_millis(5));
        let answer = caller.json(USERS, user);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["entities"][0]["uuid"].as_str().unwrap().to_owned()
    });
    created.collect()
}

fn users(count: usize) -> Vec<Value> {
    let user = |number| {
        json!({
            "username": format!("user{number}"), "email": format!("user{number}@example.test"),
            "name": format!("John Smith{number}"), "number": number,
        })
    };
    (1..=count).map(user).collect()
}

/// Asks with a query, encoded as a browser would.
fn ask(caller: &Client, ql: &str) -> Answer {
    let encoded: String = ql.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = caller.get(&format!("{USERS}?ql={encoded}"));
    assert_eq!(answer.status, 200, "{ql}: {}", answer.text);
    answer
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.json["entities"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap_or("-")).collect()
}

#[test]
fn user_resource_it_username_query() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    create(&world, &caller, &[json!({ "username": "other" })]);
    let answer = ask(&caller, "username = 'user*'");
    assert_eq!(names(&answer), ["user3", "user2", "user1"], "the newest come first");
    assert_eq!(answer.json["count"], 3);
    assert_eq!(answer.json["params"]["ql"], json!(["username = 'user*'"]));
}

#[test]
fn user_resource_it_name_query() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    assert_eq!(names(&ask(&caller, "name = 'John*'")), ["user3", "user2", "user1"]);
    assert_eq!(names(&ask(&caller, "name = 'john smith2'")), ["user2"], "texts compare without letter case");
    assert_eq!(names(&ask(&caller, "NAME eq 'JOHN SMITH2'")), ["user2"], "and so do names of fields");
}

#[test]
fn user_resource_it_name_query_by_uuids() {
    let world = world();
    let caller = caller(&world);
    let ids = create(&world, &caller, &users(3));
    let answer = ask(&caller, "select uuid where name = 'John*'");
    let found: Vec<&str> =
        answer.json["entities"].as_array().unwrap().iter().map(|user| user["uuid"].as_str().unwrap()).collect();
    assert_eq!(found, [&ids[2], &ids[1], &ids[0]]);
    assert_eq!(names(&ask(&caller, &format!("uuid = {}", ids[1]))), ["user2"]);
    assert_eq!(names(&ask(&caller, &format!("uuid = '{}' or number = 1", ids[1]))), ["user2", "user1"]);
}

#[test]
fn user_resource_it_name_full_text_query() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    create(&world, &caller, &[json!({ "username": "johnson", "name": "Johnson" })]);
    assert_eq!(names(&ask(&caller, "name contains 'John' order by username")), ["user1", "user2", "user3"]);
    assert_eq!(names(&ask(&caller, "name contains 'Smith3'")), ["user3"]);
    assert_eq!(names(&ask(&caller, "name contains 'john*' and not username contains 'user*'")), ["johnson"]);
}

#[test]
fn user_resource_it_client_name_query() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(1));
    let found = ask(&caller, "username = 'user1'");
    assert_eq!(found.json["entities"], caller.get(&format!("{USERS}/user1")).json["entities"]);
}

#[test]
fn user_resource_it_result_size_same() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(5));
    for query in ["name = 'John*'", "select uuid where name = 'John*'", "", "select *"] {
        let (first, second) = (ask(&caller, query), ask(&caller, query));
        assert_eq!((&first.json["count"], &second.json["count"]), (&json!(5), &json!(5)), "{query}");
        assert_eq!(first.json["entities"], second.json["entities"], "{query}");
    }
}

#[test]
fn user_resource_it_query_for_uuids() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    let answer = ask(&caller, "select uuid");
    for entity in answer.json["entities"].as_array().unwrap() {
        let mut members: Vec<&str> = entity.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["metadata", "type", "uuid"]);
    }
    assert_eq!(answer.json["entities"].as_array().unwrap().len(), 3);
    let renamed = ask(&caller, "select { who: username, mail: email } where number = 2");
    assert_eq!(renamed.json["entities"][0]["who"], "user2");
    assert_eq!(renamed.json["entities"][0]["mail"], "user2@example.test");
    assert_eq!(renamed.json["entities"][0]["username"], Value::Null);
}

#[test]
fn user_resource_it_query_for_user_uuids() {
    let world = world();
    let caller = caller(&world);
    let ids = create(&world, &caller, &users(3));
    let answer = ask(&caller, "select uuid where username = 'user2'");
    let entities = answer.json["entities"].as_array().unwrap();
    assert_eq!((entities.len(), &entities[0]["uuid"], &entities[0]["type"]), (1, &json!(ids[1]), &json!("user")));
}

#[test]
fn user_resource_it_connection_query_by_email() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    for user in ["user1", "user2"] {
        assert_eq!(caller.json(&format!("/acme/shop/roles/default/users/{user}"), &json!({})).status, 200);
    }
    let list = |ql: &str| {
        let answer = caller.get(&format!("/acme/shop/roles/default/users?ql={ql}"));
        names(&answer).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list("email%20%3D%20'user1@example.test'"), ["user1"]);
    assert_eq!(list("email%20%3D%20'user3@example.test'"), [""; 0], "who is not linked is not found");
    assert_eq!(list("email%20%3D%20'*@example.test'%20order%20by%20email"), ["user1", "user2"]);
}

#[test]
fn retrieve_users_test_query_for_username() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(2));
    assert_eq!(names(&ask(&caller, "select *")), ["user2", "user1"]);
    assert_eq!(names(&ask(&caller, "select * where username = 'USER1'")), ["user1"]);
    assert_eq!(names(&ask(&caller, " order by username")), ["user1", "user2"], "the portal begins with a space");
    for alias in ["q", "query"] {
        assert_eq!(names(&caller.get(&format!("{USERS}?{alias}=number%20gt%201"))), ["user2"], "{alias}");
    }
}

#[test]
fn pages_follow_each_other_and_the_last_one_has_no_cursor() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(25));
    let first = caller.get(USERS);
    assert_eq!((first.json["count"].as_u64(), names(&first)[0]), (Some(10), "user25"), "ten where nobody says");

    for (ordered, expected) in [("", "user25"), ("ql=order%20by%20number&", "user1"), ("reversed=true&", "user1")] {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = caller.get(&format!("{USERS}?{ordered}limit=7&cursor={cursor}"));
            all.extend(names(&page).into_iter().map(str::to_owned));
            if page.json["cursor"].is_null() {
                break;
            }
            cursor = page.text_of("cursor").to_owned();
            assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{cursor}");
        }
        assert_eq!((all.len(), all[0].as_str()), (25, expected), "{ordered}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 25, "{ordered}");
    }
    assert_eq!(caller.get(&format!("{USERS}?limit=5000")).json["count"], 25);
}

#[test]
fn a_cursor_opens_the_list_that_it_was_made_for_and_no_other() {
    let world = world();
    let caller = caller(&world);
    create(&world, &caller, &users(3));
    let cursor = caller.get(&format!("{USERS}?limit=1&ql=order%20by%20username")).text_of("cursor").to_owned();
    let good = caller.get(&format!("{USERS}?limit=2&ql=ORDER%20BY%20username%20asc&cursor={cursor}"));
    assert_eq!(names(&good), ["user2", "user3"], "the size of a page and the spelling of a query may change");

    let rival = world.caller(&world.rival, AppClient);
    let last = if cursor.ends_with('A') { 'B' } else { 'A' };
    let changed = format!("{}{last}", &cursor[..cursor.len() - 2]);
    for (who, path) in [
        (&caller, format!("{USERS}?cursor={cursor}")),
        (&caller, format!("{USERS}?ql=order%20by%20username%20desc&cursor={cursor}")),
        (&caller, format!("{USERS}?ql=order%20by%20username&reversed=true&cursor={cursor}")),
        (&caller, format!("{USERS}?ql=number%20gt%200%20order%20by%20username&cursor={cursor}")),
        (&caller, format!("/acme/shop/groups?ql=order%20by%20username&cursor={cursor}")),
        (&caller, format!("{USERS}/user1/following?ql=order%20by%20username&cursor={cursor}")),
        (&rival, format!("/rival/shop/users?ql=order%20by%20username&cursor={cursor}")),
        (&caller, format!("{USERS}?ql=order%20by%20username&cursor={changed}")),
        (&caller, format!("{USERS}?ql=order%20by%20username&cursor={}", &cursor[..20])),
        (&caller, format!("{USERS}?cursor=AAAA")),
        (&caller, format!("{USERS}?cursor=%00")),
        (&caller, format!("{USERS}?cursor=0")),
    ] {
        let answer = who.get(&path);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{path}: {}", answer.text);
        assert_eq!(
            answer.text_of("error_description"),
            "The cursor does not belong to this list; leave it out to begin anew."
        );
    }
}

#[test]
fn what_is_no_query_and_no_limit_is_refused_before_anything_is_listed() {
    let world = world();
    let caller = caller(&world);
    for (query, code) in [
        ("ql=username%20%3D", "query_parse"),
        ("ql=username%20like%20'a'", "query_parse"),
        ("ql=select%20*%20where%20username%20%3D%20'a'%20limit%205", "query_parse"),
        ("ql=username%20%3D%20'a", "query_token"),
        ("ql=username%20%3D%20'a';", "query_token"),
        ("ql=username%20%3D%20%22a%22", "query_token"),
        ("ql=location%20within%20-5%20of%201,2", "query_parse"),
        ("limit=0", "illegal_argument"),
        ("limit=-1", "illegal_argument"),
        ("limit=ten", "illegal_argument"),
        // A query that fell out of sight would list everything.
        ("ql=%zz", "invalid_request"),
        ("ql=%FF", "invalid_request"),
    ] {
        let answer = caller.get(&format!("{USERS}?{query}"));
        assert_eq!(answer.error(), (400, code), "{query}: {}", answer.text);
        assert!(answer.text_of("error_description").len() > 20, "{query}: {}", answer.text);
        assert_eq!(answer.json["entities"], Value::Null, "{query}");
    }
}

#[test]
fn a_query_sees_what_the_user_is_now() {
    let world = world();
    let caller = caller(&world);
    let ids = create(&world, &caller, &users(2));
    let body = json!({ "city": "Oslo", "number": null }).to_string();
    assert_eq!(caller.send("PUT", &format!("{USERS}/{}", ids[0]), Some("application/json"), &body).status, 200);
    assert_eq!(names(&ask(&caller, "city = 'oslo'")), ["user1"]);
    assert_eq!(names(&ask(&caller, "number > 0")), ["user2"]);
    assert_eq!(caller.send("DELETE", &format!("{USERS}/user1"), None, "").status, 200);
    let gone = ask(&caller, "city = 'oslo'");
    assert_eq!((&gone.json["entities"], &gone.json["count"]), (&json!([]), &json!(0)));
}

#[test]
fn a_query_never_sees_another_tenant() {
    let world = world();
    let (acme, rival) = (caller(&world), world.caller(&world.rival, AppClient));
    create(&world, &acme, &users(2));
    let answer = rival.json("/rival/shop/users", &json!({ "username": "user1", "name": "John Smith1", "number": 1 }));
    let id = answer.json["entities"][0]["uuid"].as_str().unwrap().to_owned();
    assert_eq!(names(&ask(&acme, "name = 'John*' or number > 0 or not number = 5")), ["user2", "user1"]);
    assert!(names(&ask(&acme, &format!("uuid = {id}"))).is_empty());
    let all = rival.get("/rival/shop/users?ql=not%20name%20%3D%20'nobody'%20order%20by%20username");
    assert_eq!(names(&all), ["ann", "user1"]);
}
