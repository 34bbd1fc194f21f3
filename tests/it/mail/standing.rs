//! What a word of authority and a new password outlast: links and pins that were given out before them.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::TenantId;

use crate::support::{Account, PASSWORD, World, superuser_on, world, world_with};

const PLANE: TenantId = TenantId::MANAGEMENT;

fn pin_grant(world: &World) -> u16 {
    world.guest().form("/acme/shop/token", "grant_type=pin&username=ann&pin=4711").status
}

#[test]
fn an_admin_whom_the_superuser_shut_out_lets_themselves_in_by_no_link() {
    let world = world_with(superuser_on);
    Account { confirmed: false, activated: false, email: Some("dan@example.test"), ..Account::named("dan") }
        .admin(&world.server, &world.acme);
    world.guest().get("/management/users/dan/reactivate");
    let before = world.server.letters_to(PLANE, "dan@example.test").remove(0);
    let shut = world.superuser().put("/management/users/dan", &json!({ "activated": false }));
    assert_eq!(shut.status, 200, "{}", shut.text);
    assert!(world.guest().get(&before.path()).text.contains("invalid token"), "a link of before is void");
    world.server.advance(Duration::from_secs(1));
    assert_eq!(world.guest().get("/management/users/dan/reactivate").status, 200);
    let after = world.server.last_letter(PLANE, "dan@example.test");
    assert!(world.guest().get(&after.path()).text.contains("administrator still has to let you in"));
    assert_eq!(world.guest().sign_in("/management", "dan", PASSWORD).status, 400);
    let back = world.superuser().put("/management/users/dan", &json!({ "activated": true }));
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(world.guest().sign_in("/management", "dan", PASSWORD).status, 200);
}

#[test]
fn a_user_shut_out_before_they_confirmed_stays_out() {
    let world = world();
    Account { confirmed: false, activated: false, email: Some("bob@example.test"), ..Account::named("bob") }
        .user(&world.server, &world.acme);
    let client = world.caller(&world.acme, Authority::AppClient);
    let shut = client.put("/acme/shop/users/bob", &json!({ "activated": false }));
    assert!(shut.json["entities"][0]["deactivated"].is_i64(), "{}", shut.text);
    world.guest().get("/acme/shop/users/bob/reactivate");
    let letter = world.server.last_letter(world.acme.app.id, "bob@example.test");
    assert!(world.guest().get(&letter.path()).text.contains("administrator still has to let you in"));
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 400);
    let back = client.put("/acme/shop/users/bob", &json!({ "activated": true }));
    assert!(back.json["entities"][0]["deactivated"].is_null(), "{}", back.text);
    assert_eq!(world.guest().sign_in("/acme/shop", "bob", PASSWORD).status, 200);
}

#[test]
fn a_pin_ends_with_the_password_whoever_sets_a_new_one() {
    let world = world_with(superuser_on);
    let client = world.caller(&world.acme, Authority::AppClient);
    let give_pin = || {
        assert_eq!(client.json("/acme/shop/users/ann/setpin", &json!({ "pin": "4711" })).status, 200);
        assert_eq!(pin_grant(&world), 200);
    };
    give_pin();
    let own = json!({ "oldpassword": PASSWORD, "newpassword": "better horse" });
    assert_eq!(world.guest().json("/acme/shop/users/ann/password", &own).status, 200);
    assert_eq!(pin_grant(&world), 400, "after a change by the user");
    give_pin();
    assert_eq!(client.json("/acme/shop/users/ann/password", &json!({ "newpassword": PASSWORD })).status, 200);
    assert_eq!(pin_grant(&world), 400, "after a change by the administration");
    give_pin();
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    let token = world.server.last_letter(world.acme.app.id, "ann@example.test").token();
    let form = format!("token={token}&password1=third+horse&password2=third+horse");
    assert!(world.guest().form("/acme/shop/users/ann/resetpw", &form).text.contains("password set"));
    assert_eq!(pin_grant(&world), 400, "after a change by a link");
    give_pin();
    let path = "/acme/shop/users/ann/credentials";
    let kept = world.superuser().get(path).json["credentials"].clone();
    assert_eq!(world.superuser().put(path, &kept).status, 200);
    assert_eq!(pin_grant(&world), 400, "after credentials were put in its place");
}

#[test]
fn links_of_an_application_end_with_it_and_do_not_come_back() {
    let world = world();
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    let letter = world.server.last_letter(world.acme.app.id, "ann@example.test");
    let admin = world.caller(&world.acme, Authority::Admin);
    let id = world.acme.app.id;
    let path = format!("/management/orgs/acme/apps/{id}");
    let gone = admin.send("DELETE", &format!("{path}?confirm_application_identifier={id}"), None, "");
    assert_eq!(gone.status, 200, "{}", gone.text);
    let back = admin.put(&path, &json!({}));
    assert_eq!((back.status, back.text_of("action")), (200, "restore"), "{}", back.text);
    assert!(world.guest().get(&letter.path()).text.contains("invalid token"));
}

#[test]
fn a_user_who_takes_another_address_proves_it_before_they_go_on() {
    let world = world();
    let client = world.caller(&world.acme, Authority::AppClient);
    let asks = json!({ "registration_requires_email_confirmation": true });
    assert_eq!(client.put("/acme/shop", &asks).status, 200);
    let own = world.guest().bearer(&world.guest().sign_in("/acme/shop", "ann", PASSWORD).token());
    let same = own.put("/acme/shop/users/me", &json!({ "email": "ANN@example.test" }));
    assert_eq!(same.json["entities"][0]["activated"], true, "the same address: {}", same.text);
    let moved = own.put("/acme/shop/users/me", &json!({ "email": "victim@example.test" }));
    let entity = &moved.json["entities"][0];
    assert_eq!((&entity["activated"], &entity["confirmed"]), (&json!(false), &json!(false)), "{}", moved.text);
    let refused = world.guest().sign_in("/acme/shop", "ann", PASSWORD);
    assert_eq!(refused.text_of("error_description"), "user not activated", "{}", refused.text);
    assert_eq!(own.get("/acme/shop/users/me").error(), (401, "authentication"));
    let letter = world.server.last_letter(world.acme.app.id, "victim@example.test");
    assert_eq!(letter.subject, "User Account Confirmation: victim@example.test");
    assert!(world.guest().get(&letter.path()).text.contains("You can sign in now"));
    assert_eq!(world.guest().sign_in("/acme/shop", "ann", PASSWORD).status, 200);
    let said = client.put("/acme/shop/users/ann", &json!({ "email": "ann@example.test" }));
    assert_eq!(said.json["entities"][0]["activated"], true, "the administration's word is enough: {}", said.text);
}

#[test]
fn an_admin_who_is_shut_out_while_they_choose_a_password_stays_out() {
    let world = world();
    Account { confirmed: false, activated: false, email: Some("dan@example.test"), ..Account::named("dan") }
        .admin(&world.server, &world.acme);
    world.guest().form("/management/users/dan/resetpw", "");
    let letter = world.server.last_letter(PLANE, "dan@example.test");
    // The superuser's decision comes between the new password and what it proves.
    world.server.sql(
        "CREATE TRIGGER shut AFTER UPDATE OF hash ON admin BEGIN
            UPDATE admin SET activated = 0, deactivated = 1, modified = modified + 1 WHERE id = NEW.id; END",
        "CREATE FUNCTION shut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.activated := false; NEW.deactivated := now(); NEW.modified := NEW.modified + interval '1 microsecond';
            RETURN NEW; END $$;
         CREATE TRIGGER shut BEFORE UPDATE OF hash ON admin FOR EACH ROW EXECUTE FUNCTION shut()",
    );
    let choose = format!("token={}&password1=another%20one&password2=another%20one", letter.token());
    let chosen = world.guest().form("/management/users/dan/resetpw", &choose);
    assert_eq!(chosen.status, 200, "{}", chosen.text);
    let refused = world.guest().sign_in("/management", "dan", "another one");
    assert_eq!((refused.status, refused.text_of("error_description")), (400, "user not activated"));
}
