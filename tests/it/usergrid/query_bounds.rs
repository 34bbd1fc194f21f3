//! What a query may cost: its words are counted, one tenant's slow lists leave room for others, and a change of a name
//! changes what its words find.

use serde_json::json;
use tokengrid::domain::authority::Authority::AppClient;
use tokengrid::manage::LISTINGS_PER_TENANT;

use crate::support::{Answer, Client, world};

fn ask(caller: &Client, collection: &str, ql: &str) -> Answer {
    let encoded: String = ql.bytes().map(|byte| format!("%{byte:02X}")).collect();
    caller.get(&format!("/acme/shop/{collection}?ql={encoded}"))
}

/// How many entities a good query finds.
fn count(caller: &Client, collection: &str, ql: &str) -> u64 {
    let answer = ask(caller, collection, ql);
    assert_eq!(answer.status, 200, "{ql}: {}", answer.text);
    answer.json["count"].as_u64().unwrap()
}

fn put(caller: &Client, path: &str, body: &serde_json::Value) {
    let answer = caller.send("PUT", path, Some("application/json"), &body.to_string());
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
}

#[test]
fn a_query_with_too_many_words_is_refused_with_a_sentence() {
    let world = world();
    let caller = world.caller(&world.acme, AppClient);
    let words: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
    let many = vec!["not username contains 'a* a* a* a*'"; 64].join(" or ");
    for (query, sentence) in [
        (format!("foo contains '{}'", words.join(" ")), "A comparison with 'contains' may ask for at most 8 words."),
        (
            format!("foo contains '{}'", words[..9].join(" ")),
            "A comparison with 'contains' may ask for at most 8 words.",
        ),
        (many, "A query may ask for at most 16 words with 'contains'."),
    ] {
        let answer = ask(&caller, "users", &query);
        assert_eq!(answer.error(), (400, "query_parse"), "{query}: {}", answer.text);
        assert_eq!(answer.text_of("error_description"), sentence, "{query}");
    }
    let most = ["username contains 'a* a* a* a*'"; 4].join(" or ");
    assert_eq!(count(&caller, "users", &most), 1);
}

#[test]
fn one_tenants_lists_wait_for_each_other_and_no_other_tenant_waits() {
    let world = world();
    let (acme, rival) = (world.caller(&world.acme, AppClient), world.caller(&world.rival, AppClient));
    let gate = &world.server.core.registry.listings;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let place = || runtime.block_on(gate.enter(world.acme.app.id)).ok().unwrap();
    let mut held: Vec<_> = (0..LISTINGS_PER_TENANT).map(|_| place()).collect();

    let refused = ask(&acme, "users", "");
    assert_eq!(refused.error(), (503, "temporarily_unavailable"), "{}", refused.text);
    assert_eq!(
        refused.text_of("error_description"),
        "Too many lists of this application are being read at once. Try again a little later."
    );
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(rival.get("/rival/shop/users").status, 200);

    held.pop();
    assert_eq!(ask(&acme, "users", "").status, 200, "a place that is free again is taken");
    assert_eq!(ask(&acme, "roles", "").status, 200, "and given back");
}

#[test]
fn the_words_of_a_name_are_those_that_it_has_now() {
    let world = world();
    let caller = world.caller(&world.acme, AppClient);
    let user = json!({ "username": "mary.jones", "email": "m.jones@old.test", "Email": "fake@trap.test" });
    assert_eq!(caller.json("/acme/shop/users", &user).status, 200);
    assert_eq!(count(&caller, "users", "username contains 'jones mar*'"), 1);
    assert_eq!(count(&caller, "users", "email contains 'old'"), 1);
    assert_eq!(count(&caller, "users", "email contains 'trap'"), 0, "a property in other letters is no address");
    put(&caller, "/acme/shop/users/mary.jones", &json!({ "email": "m.jones@new.test" }));
    assert_eq!(
        (count(&caller, "users", "email contains 'old'"), count(&caller, "users", "email contains 'new'")),
        (0, 1)
    );

    assert_eq!(caller.json("/acme/shop/groups", &json!({ "path": "staff/night-shift" })).status, 200);
    assert_eq!(count(&caller, "groups", "path contains 'shift'"), 1);
    assert_eq!(caller.json("/acme/shop/roles", &json!({ "name": "team-lead" })).status, 200);
    assert_eq!(count(&caller, "roles", "roleName contains 'lead'"), 1);
    assert_eq!(count(&caller, "roles", "name contains 'team' and not name contains 'guest'"), 1);
    assert_eq!(count(&caller, "roles", "name contains 'guest'"), 1, "what an application is born with too");
}

#[test]
fn a_type_compares_as_entities_show_it() {
    let world = world();
    let caller = world.caller(&world.acme, AppClient);
    assert_eq!(caller.json("/acme/shop/groups", &json!({ "path": "staff" })).status, 200);
    for (collection, kind, all) in [("users", "user", 1), ("groups", "group", 1), ("roles", "role", 3)] {
        let shown = ask(&caller, collection, "");
        assert_eq!(shown.json["entities"][0]["type"], kind);
        for query in ["type = 'KIND'", "type = 'KIN*'", "type contains 'KIND'", "not type = 'x'", "type >= 'KIND'"] {
            let query = query.replace("KIND", kind).replace("KIN", &kind[..2]);
            assert_eq!(count(&caller, collection, &query), all, "{query}");
        }
        for query in ["not type = 'KIND'", "type = 'x'", "type < 'KIND'", "type = 1", "type contains 'x'"] {
            assert_eq!(count(&caller, collection, &query.replace("KIND", kind)), 0, "{query}");
        }
        assert_eq!(count(&caller, collection, "order by type desc"), all);
    }
}
