//! Users as entities. *Ports*: `UserResourceIT`, `RetrieveUsersTest`, `ExceptionResourceIT`.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use super::stage::{Stage, delete, each, get, post, put};
use crate::support::{Answer, PASSWORD};

/// The one entity of an answer.
#[track_caller]
pub fn entity(answer: &Answer) -> &Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let entities = answer.json["entities"].as_array().unwrap();
    assert_eq!(entities.len(), 1, "{}", answer.text);
    &entities[0]
}

fn bob() -> Value {
    json!({ "username": "Bob", "email": "Bob@Example.test", "name": "Bob Jones", "password": "secret", "age": 42,
        "nested": { "a": [1, null] } })
}

#[test]
fn a_created_user_is_shown_whole_in_the_envelope_and_without_secrets() {
    let stage = Stage::new();
    let answer = post(&stage.guest, "/users", &bob());
    let user = entity(&answer).clone();
    let path = format!("/users/{}", user["uuid"].as_str().unwrap());
    for (member, value) in [
        ("type", json!("user")),
        ("username", json!("Bob")),
        ("email", json!("Bob@Example.test")),
        ("name", json!("Bob Jones")),
        ("activated", json!(true)),
        ("age", json!(42)),
        ("nested", json!({ "a": [1, null] })),
        // md5 of bob@example.test
        ("picture", json!("http://www.gravatar.com/avatar/94dbbb40db96c96463c3e6402e50a40c")),
    ] {
        assert_eq!(user[member], value, "{member}: {}", answer.text);
    }
    assert_eq!(user["metadata"]["path"], json!(path));
    assert_eq!(user["metadata"]["sets"]["rolenames"], json!(format!("{path}/roles")));
    let base = &stage.world.server.base;
    for (member, value) in [
        ("action", json!("post")),
        ("application", json!(stage.world.acme.app.id)),
        ("path", json!("/users")),
        ("uri", json!(format!("{base}/acme/shop/users"))),
        ("organization", json!("acme")),
        ("applicationName", json!("shop")),
        ("params", json!({})),
    ] {
        assert_eq!(answer.json[member], value, "{member}: {}", answer.text);
    }
    assert!(!answer.text.contains("secret") && !answer.text.contains("password"), "{}", answer.text);
    let session = stage.guest.sign_in("/acme/shop", "bob@example.test", "secret");
    assert_eq!(session.json["user"]["age"], 42, "{}", session.text);
    assert_eq!(session.json["user"]["picture"], user["picture"]);
}

#[test]
fn user_resource_it_test_get_user_ok_by_every_name() {
    let stage = Stage::new();
    let id = entity(&post(&stage.owner, "/users", &bob()))["uuid"].as_str().unwrap().to_owned();
    for name in ["bob", "BOB", "bob@example.test", "BOB%40EXAMPLE.TEST", id.as_str()] {
        let answer = get(&stage.owner, &format!("/users/{name}"));
        assert_eq!(entity(&answer)["uuid"], id.as_str(), "{name}");
        assert_eq!((answer.text_of("action"), answer.text_of("path")), ("get", "/users"));
    }
}

#[test]
fn a_missing_user_is_told_by_name_and_by_uuid() {
    let stage = Stage::new();
    let by_name = get(&stage.owner, "/users/nobody");
    assert_eq!(by_name.error(), (404, "service_resource_not_found"));
    assert_eq!(by_name.text_of("error_description"), "Service resource not found");
    let nobody = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";
    for method in ["GET", "DELETE"] {
        let path = format!("/acme/shop/users/{nobody}");
        assert_eq!(stage.owner.send(method, &path, None, "").error(), (404, "entity_not_found"), "{method}");
    }
    assert_eq!(put(&stage.owner, &format!("/users/{nobody}"), &json!({ "a": 1 })).error(), (404, "entity_not_found"));
}

#[test]
fn user_resource_it_get_user_with_email_username_and_single_quote_and_plus() {
    let stage = Stage::new();
    for (name, email) in
        [("mail@named.test", "other@named.test"), ("o'neil", "o'neil@example.test"), ("plus", "a+b@example.test")]
    {
        let id = entity(&post(&stage.owner, "/users", &json!({ "username": name, "email": email })))["uuid"].clone();
        for text in [name, email] {
            let encoded = text.replace('@', "%40").replace('+', "%2B").replace('\'', "%27");
            for spelt in [text, encoded.as_str()] {
                assert_eq!(entity(&get(&stage.owner, &format!("/users/{spelt}")))["uuid"], id, "{spelt}");
            }
        }
    }
}

#[test]
fn force_says_whether_a_name_is_an_email() {
    let stage = Stage::new();
    let one = json!({ "username": "one", "email": "one@example.test" });
    let two = json!({ "username": "two", "email": "x@example.test" });
    let one = entity(&post(&stage.owner, "/users", &one))["uuid"].clone();
    let two = entity(&post(&stage.owner, "/users", &two))["uuid"].clone();
    // No request makes one user's username another's email; who came before that rule may still bear it.
    stage.shadow("one", "x@example.test");
    assert_eq!(entity(&get(&stage.owner, "/users/x@example.test"))["uuid"], two);
    assert_eq!(entity(&get(&stage.owner, "/users/x@example.test?force=email"))["uuid"], two);
    assert_eq!(entity(&get(&stage.owner, "/users/x@example.test?force=name"))["uuid"], one);
    assert_eq!(get(&stage.owner, "/users/two?force=email").status, 404);
}

#[test]
fn user_resource_it_name_update() {
    let stage = Stage::new();
    post(&stage.owner, "/users", &bob());
    let before = entity(&get(&stage.owner, "/users/bob")).clone();
    let change = json!({ "name": "Robert", "email": "robert@example.test", "password": "hijack", "pin": "1234",
        "uuid": "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc", "type": "group", "created": 1, "modified": 2,
        "metadata": { "path": "/x" }, "age": null, "new": [true] });
    let answer = put(&stage.owner, "/users/bob", &change);
    let after = entity(&answer);
    assert_eq!((answer.text_of("action"), &after["name"]), ("put", &json!("Robert")));
    assert_eq!(
        (&after["email"], &after["age"], &after["new"]),
        (&json!("robert@example.test"), &Value::Null, &json!([true]))
    );
    for kept in ["uuid", "type", "created", "metadata", "picture", "nested", "username"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    let session = stage.guest.sign_in("/acme/shop", "robert@example.test", "secret");
    assert_eq!(session.json["user"]["name"], "Robert", "{}", session.text);
    assert!(!session.text.contains("hijack") && session.json["user"]["pin"].is_null());
    assert_eq!(stage.guest.sign_in("/acme/shop", "bob", "hijack").status, 400);
    assert_eq!(stage.guest.sign_in("/acme/shop", "bob@example.test", "secret").status, 400, "the former email");
}

#[test]
fn the_portal_saves_the_whole_entity_as_it_read_it() {
    let stage = Stage::new();
    let mut whole = entity(&get(&stage.owner, "/users/ann")).clone();
    whole["title"] = json!("Captain");
    let saved = put(&stage.owner, &format!("/users/{}", stage.world.acme.user.id), &whole);
    assert_eq!((entity(&saved)["title"].as_str(), &entity(&saved)["metadata"]), (Some("Captain"), &whole["metadata"]));
}

#[test]
fn a_user_says_nothing_of_how_their_account_stands_and_administration_does() {
    let stage = Stage::new();
    let ann = stage.caller("ann");
    let own = put(&ann, "/users/me", &json!({ "activated": false, "disabled": true, "confirmed": false, "x": 1 }));
    assert_eq!((entity(&own)["activated"].clone(), entity(&own)["x"].clone()), (json!(true), json!(1)));
    assert!(entity(&own)["disabled"].is_null() && entity(&own)["confirmed"].is_null(), "{}", own.text);
    let guest = post(&stage.guest, "/users", &json!({ "username": "eve", "disabled": true, "activated": false }));
    assert_eq!(entity(&guest)["activated"], true);
    for level in [AppClient, OrgClient, Admin] {
        let above = stage.world.caller(&stage.world.acme, level);
        let answer = put(&above, "/users/eve", &json!({ "disabled": true }));
        assert_eq!(entity(&answer)["disabled"], true, "{level}");
        assert!(entity(&put(&above, "/users/eve", &json!({ "disabled": false })))["disabled"].is_null());
    }
}

#[test]
fn disabling_a_user_ends_their_tokens_with_its_own_reason() {
    let stage = Stage::new();
    let ann = stage.caller("ann");
    put(&stage.owner, "/users/ann", &json!({ "disabled": true }));
    let refused = get(&ann, "/users/me");
    assert_eq!(refused.error(), (401, "authentication"), "{}", refused.text);
    assert_eq!(refused.text_of("error_description"), "Disabled identity");
    let again = stage.guest.sign_in("/acme/shop", "ann", PASSWORD);
    assert_eq!(again.text_of("error_description"), "user disabled");
}

#[test]
fn permissions_resource_it_test_app_user_named_me_not_allowed() {
    let stage = Stage::new();
    for name in ["me", "ME", "Me"] {
        assert_eq!(post(&stage.owner, "/users", &json!({ "username": name })).status, 400, "{name}");
        assert_eq!(put(&stage.owner, "/users/ann", &json!({ "username": name })).status, 400, "{name}");
    }
    assert_eq!(get(&stage.owner, "/users/ann").status, 200);
}

#[test]
fn what_is_required_and_what_must_be_unique() {
    let stage = Stage::new();
    for nameless in [json!({}), json!({ "email": "a@b.test" }), json!({ "username": "" }), json!({ "username": null })]
    {
        assert_eq!(post(&stage.owner, "/users", &nameless).error(), (400, "required_property_not_found"));
    }
    assert_eq!(
        put(&stage.owner, "/users/ann", &json!({ "username": null })).error(),
        (400, "required_property_not_found")
    );
    post(&stage.owner, "/users", &bob());
    for (body, property, value) in [
        (json!({ "username": "ANN" }), "username", "ANN"),
        (json!({ "username": "new", "email": "ANN@example.test" }), "email", "ANN@example.test"),
    ] {
        let says =
            format!("Entity \"user\" requires that property named \"{property}\" be unique, value of {value} exists");
        for answer in [post(&stage.owner, "/users", &body), put(&stage.owner, "/users/bob", &body)] {
            assert_eq!(answer.error(), (400, "duplicate_unique_property_exists"), "{}", answer.text);
            assert_eq!(answer.text_of("error_description"), says);
        }
    }
    // One may keep one's own names, in another spelling too.
    assert_eq!(put(&stage.owner, "/users/ann", &json!({ "username": "Ann", "email": "ANN@example.test" })).status, 200);
}

#[test]
fn known_members_of_another_type_and_oversized_ones_are_refused() {
    let stage = Stage::new();
    let large = "x".repeat(200_000);
    for (member, value) in [
        ("username", json!(7)),
        ("email", json!({})),
        ("email", json!("no address")),
        ("name", json!([])),
        ("name", json!("n".repeat(1_001))),
        ("password", json!(true)),
        ("pin", json!({})),
        ("activated", json!("perhaps")),
        ("username", json!("u".repeat(256))),
        ("email", json!(format!("{}@example.test", "e".repeat(250)))),
    ] {
        let mut body = json!({ "username": "new" });
        body[member] = value;
        let answer = post(&stage.owner, "/users", &body);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{member}: {}", answer.text);
        assert!(!answer.text_of("error_description").is_empty());
    }
    assert_eq!(post(&stage.owner, "/users", &json!({ "username": "new", "x": "a\0b" })).status, 400);
    assert_eq!(get(&stage.owner, "/users/a%00b").status, 404);
    // What one body may not bring, many together may not either.
    for half in ["a", "b"] {
        let body = json!({ half: large });
        let answer = put(&stage.owner, "/users/ann", &body);
        assert_eq!(answer.status == 200, half == "a", "{}", answer.text_of("error_description"));
    }
    assert_eq!(get(&stage.owner, "/users/new").status, 404);
}

#[test]
fn user_resource_it_delegate_put_on_not_found_creates() {
    let stage = Stage::new();
    let answer = put(&stage.owner, "/users/fresh", &json!({ "age": 1, "password": "secret" }));
    assert_eq!((entity(&answer)["username"].clone(), entity(&answer)["age"].clone()), (json!("fresh"), json!(1)));
    assert_eq!(stage.guest.sign_in("/acme/shop", "fresh", "secret").status, 200);
    assert_eq!(
        put(&stage.owner, "/users/nobody@x.test", &json!({ "username": "other" })).json["entities"][0]["username"],
        "other"
    );
}

#[test]
fn user_resource_it_delete_user() {
    let stage = Stage::new();
    post(&stage.owner, "/users", &bob());
    let first = get(&stage.owner, "/users/bob").json["entities"][0]["uuid"].clone();
    stage.role("manager");
    stage.group("staff");
    for link in ["/roles/manager/users/bob", "/groups/staff/users/bob", "/users/ann/following/users/bob"] {
        stage.link(link);
    }
    stage.grant("/users/bob", "/all/**");
    let session = stage.guest.sign_in("/acme/shop", "bob", "secret");
    let bobs = stage.guest.bearer(&session.token());
    let answer = delete(&stage.owner, "/users/bob");
    assert_eq!((answer.text_of("action"), &entity(&answer)["uuid"]), ("delete", &first));
    assert_eq!(get(&stage.owner, "/users/bob").error(), (404, "service_resource_not_found"));
    assert_eq!(get(&bobs, "/users/me").error(), (401, "auth_bad_access_token"));
    let refresh = format!("grant_type=refresh_token&refresh_token={}", session.text_of("refresh_token"));
    assert_eq!(stage.guest.form("/acme/shop/token", &refresh).error(), (400, "invalid_grant"));
    for list in ["/roles/manager/users", "/groups/staff/users", "/users/ann/following"] {
        assert_eq!(get(&stage.owner, list).json["entities"], json!([]), "{list}");
    }
    // The name is free at once, and nothing of the former clings to it.
    let again = post(&stage.owner, "/users", &bob());
    assert_ne!(entity(&again)["uuid"], first);
    assert_eq!(get(&stage.owner, "/users/bob/permissions").json["data"], json!([]));
    assert_eq!(get(&stage.owner, "/users/bob/roles").json["entities"], json!([]));
    assert_eq!(delete(&stage.owner, "/users/bob").status, 200);
}

#[test]
fn user_resource_it_test_post_batch() {
    let stage = Stage::new();
    let batch = json!([{ "username": "b1", "password": "secret" }, { "username": "ann" }, 7,
        { "username": "b2", "password": "abc" }, { "username": "b3" }]);
    let answer = post(&stage.guest, "/users", &batch);
    assert_eq!(each(&answer, "username"), ["b1", "b3"]);
    let rejected = answer.json["rejected"].as_array().unwrap();
    let of = |member: &str| rejected.iter().map(|one| one[member].clone()).collect::<Vec<_>>();
    assert_eq!(of("index"), [json!(1), json!(2), json!(3)]);
    assert_eq!(
        of("error"),
        [
            json!("duplicate_unique_property_exists"),
            json!("illegal_argument"),
            json!("error_password_policy_violation")
        ]
    );
    assert_eq!(rejected[2]["error_description"], "error_length_policy: must be at least 4 characters");
    assert_eq!(get(&stage.owner, "/users/b2").status, 404);
    assert_eq!(stage.guest.sign_in("/acme/shop", "b1", "secret").status, 200);
    let one_too_many: Vec<Value> = (0..1_001).map(|_| json!({})).collect();
    assert_eq!(post(&stage.owner, "/users", &json!(one_too_many)).error(), (400, "illegal_argument"));
}

#[test]
fn user_resource_it_singular_collection_name() {
    let stage = Stage::new();
    let body = json!({ "type": "user", "username": "single" });
    assert_eq!(entity(&post(&stage.owner, "/user", &body))["username"], "single");
    for path in ["/user/single", "/users/single"] {
        assert_eq!(entity(&get(&stage.owner, path))["username"], "single");
    }
    assert_eq!(each(&get(&stage.owner, "/user?ql=order%20by%20username"), "username"), ["ann", "single"]);
    assert_eq!(entity(&delete(&stage.owner, "/user/single"))["username"], "single");
}

#[test]
fn retrieve_users_test_query_for_username_and_user_entity_dictionary_has_roles() {
    let stage = Stage::new();
    for name in ["user1", "user2", "user3"] {
        stage.user(name);
        stage.world.server.advance(std::time::Duration::from_secs(1));
    }
    let found = get(&stage.owner, "/users?ql=select%20*%20where%20username%20=%20'user*'");
    assert_eq!(each(&found, "username"), ["user3", "user2", "user1"]);
    assert_eq!((found.json["count"].clone(), found.text_of("action")), (json!(3), "get"));
    let id = found.json["entities"][0]["uuid"].as_str().unwrap();
    assert_eq!(found.json["entities"][0]["metadata"]["sets"]["rolenames"], json!(format!("/users/{id}/roles")));
    // A user who changed is found by what they are now, and one who went is not found.
    put(&stage.owner, "/users/user1", &json!({ "username": "renamed", "colour": "green" }));
    delete(&stage.owner, "/users/user2");
    assert_eq!(each(&get(&stage.owner, "/users?ql=colour%20=%20'green'"), "username"), ["renamed"]);
    assert_eq!(each(&get(&stage.owner, "/users?ql=username%20=%20'user*'"), "username"), ["user3"]);
}

#[test]
fn exception_resource_it_a_collection_is_not_removed_as_a_whole() {
    let stage = Stage::new();
    for path in ["/users", "/user"] {
        assert_eq!(delete(&stage.owner, path).error(), (405, "unsupported_service_operation"));
    }
    assert_eq!(delete(&stage.owner, "").status, 405);
    assert_eq!(get(&stage.owner, "/users/ann").status, 200);
}

#[test]
fn defect_13_a_user_who_is_refused_for_their_password_is_not_created() {
    let stage = Stage::new();
    for password in ["abc", &"x".repeat(73)] {
        let body = json!({ "username": "orphan", "email": "orphan@example.test", "password": password });
        let answer = post(&stage.guest, "/users", &body);
        assert_eq!(answer.error(), (400, "error_password_policy_violation"), "{}", answer.text);
        assert!(answer.json["exception"].is_null());
        assert_eq!(get(&stage.owner, "/users/orphan").status, 404);
        assert_eq!(get(&stage.owner, "/users/orphan@example.test").status, 404);
    }
}

#[test]
fn a_user_without_a_password_cannot_sign_in_until_administration_sets_one() {
    let stage = Stage::new();
    for body in [json!({ "username": "quiet" }), json!({ "username": "quiet2", "password": "" })] {
        assert_eq!(post(&stage.guest, "/users", &body).status, 200);
    }
    for password in ["", "quiet", "null"] {
        assert_eq!(stage.guest.sign_in("/acme/shop", "quiet", password).error(), (400, "invalid_grant"));
        let change = json!({ "oldpassword": password, "newpassword": "secret" });
        assert_eq!(put(&stage.guest, "/users/quiet/password", &change).status, 400);
    }
    assert_eq!(put(&stage.owner, "/users/quiet/password", &json!({ "newpassword": "secret" })).status, 200);
    assert_eq!(stage.guest.sign_in("/acme/shop", "quiet", "secret").status, 200);
    assert_eq!(stage.world.caller(&stage.world.acme, AppUser).get("/acme/shop/users/quiet").status, 200);
}
