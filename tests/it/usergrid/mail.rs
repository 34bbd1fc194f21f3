//! Usergrid's tests of account flows: `AdminUsersIT`, `RegistrationIT` and `EmailFlowIT`.

use std::time::Duration;

use serde_json::{Value, json};
use tokengrid::config::Settings;
use tokengrid::domain::authority::Authority;
use tokengrid::domain::id::TenantId;
use tokengrid::domain::tenant::Switch;

use crate::support::{Answer, Letter, PASSWORD, SUPERUSER, World, superuser_on, world, world_with};

const PLANE: TenantId = TenantId::MANAGEMENT;

fn confirming(settings: &mut Settings) {
    superuser_on(settings);
    settings.management.admins_must_confirm = Switch::On;
}

fn confirming_and_approving(settings: &mut Settings) {
    confirming(settings);
    settings.registration.approve_admins = Switch::On;
}

/// Registers an organization with an owner of the same name.
fn register(world: &World, name: &str) -> Answer {
    let body = json!({
        "organization": name, "username": name, "name": name,
        "email": format!("{name}@example.test"), "password": PASSWORD,
    });
    world.guest().json("/management/orgs", &body)
}

fn letters(world: &World, to: &str) -> Vec<Letter> {
    world.server.letters_to(PLANE, to)
}

fn subjects(world: &World, to: &str) -> Vec<String> {
    letters(world, to).into_iter().map(|letter| letter.subject).collect()
}

/// Lets time pass, so that the mails of two events have an order.
fn step(world: &World) {
    world.server.advance(Duration::from_millis(2));
}

#[test]
fn admin_users_it_reactivate_test() {
    let world = world();
    let answer = world.guest().get("/management/users/acme-admin/reactivate");
    assert_eq!((answer.status, answer.text_of("action")), (200, "reactivate user"), "{}", answer.text);
    assert!(!letters(&world, "admin@acme.test").is_empty());
}

#[test]
fn admin_users_it_check_form_password_reset() {
    let world = world();
    let path = "/management/users/acme-admin/resetpw";
    assert_eq!(world.guest().form(path, "").status, 200);
    let letter = letters(&world, "admin@acme.test").pop().unwrap();
    assert_eq!(letter.subject, "Password Reset");
    let form = format!("token={}&password1=sesame&password2=sesame", letter.token());
    let first = world.guest().form(path, &form);
    assert!(first.status == 200 && first.text.contains("password set"), "{}", first.text);
    let second = world.guest().form(path, &form);
    assert!(second.status == 200 && second.text.contains("invalid token"), "{}", second.text);
    assert_eq!(world.guest().sign_in("/management", "acme-admin", "sesame").status, 200);
    assert_eq!(world.guest().sign_in("/management", "acme-admin", PASSWORD).status, 400);
}

#[test]
fn admin_users_it_password_reset_incorrect_user_name() {
    let world = world();
    world.guest().form("/management/users/acme-admin/resetpw", "");
    let token = letters(&world, "admin@acme.test").pop().unwrap().token();
    let form = format!("token={token}&password1=sesa2me&password2=sesa2me");
    let wrong = world.guest().form("/management/users/noodleacme-admin/resetpw", &form);
    assert!(wrong.status == 400 && wrong.text.contains("Could not find"), "{} {}", wrong.status, wrong.text);
    let right = world.guest().form("/management/users/acme-admin/resetpw", &form);
    assert!(right.text.contains("password set"), "{}", right.text);
}

#[test]
fn admin_users_it_test_unconfirmed_admin_login() {
    let world = world_with(confirming);
    let created = register(&world, "unconfirmed");
    let owner = &created.json["data"]["owner"];
    assert_eq!((&owner["activated"], &owner["confirmed"]), (&json!(false), &json!(false)), "{}", created.text);
    let refused = world.guest().sign_in("/management", "unconfirmed", PASSWORD);
    assert_eq!(refused.status, 403, "{}", refused.text);
    let letter = letters(&world, "unconfirmed@example.test").remove(0);
    assert_eq!(letter.subject, "User Account Confirmation: unconfirmed@example.test");
    let confirmed = world.guest().get(&format!("/management/users/unconfirmed/confirm?token={}", letter.token()));
    assert_eq!(confirmed.status, 200);
    assert_eq!(world.guest().sign_in("/management", "unconfirmed", PASSWORD).status, 200);
}

#[test]
fn admin_users_it_test_system_admin_needs_no_confirmation() {
    let world = world_with(confirming);
    assert_eq!(world.guest().sign_in("/management", SUPERUSER.0, SUPERUSER.1).status, 200);
}

#[test]
fn registration_it_add_new_admin_user_with_no_pwd_to_organization() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    let added = admin.json("/management/orgs/acme/users", &json!({ "email": "new@example.test", "password": "" }));
    assert_eq!(added.status, 200, "{}", added.text);
    assert_eq!(subjects(&world, "new@example.test"), ["Password Reset", "User Invited To Organization"]);
    let uuid = added.json["data"]["user"]["uuid"].as_str().unwrap();
    let reset = letters(&world, "new@example.test").remove(0);
    let url = format!("{}/management/users/{uuid}/resetpw?token=", world.server.base);
    assert!(reset.link().starts_with(&url) && reset.html.contains(&url), "{}", reset.link());
    let form = format!("token={}&password1=sesame&password2=sesame", reset.token());
    assert!(world.guest().form(&format!("/management/users/{uuid}/resetpw"), &form).text.contains("password set"));
    let token = world.guest().sign_in("/management", "new@example.test", "sesame").token();
    assert_eq!(world.guest().bearer(&token).get("/management/orgs/acme/users").status, 200);
}

#[test]
fn registration_it_add_existing_admin_user_to_organization() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    let body = json!({ "email": "admin@rival.test", "password": "ignored horse" });
    let added = admin.json("/management/orgs/acme/users", &body);
    assert_eq!(added.json["data"]["user"]["uuid"], json!(world.rival.admin.id), "{}", added.text);
    assert_eq!(subjects(&world, "admin@rival.test"), ["User Invited To Organization"]);
    admin.json("/management/orgs/acme/users", &body);
    assert_eq!(subjects(&world, "admin@rival.test").len(), 1, "who is a member already is not invited again");
}

#[test]
fn email_flow_it_test_create_organization_and_admin_with_confirmation_only() {
    let world = world_with(confirming);
    assert_eq!(register(&world, "onlyconfirm").status, 200);
    let to = "onlyconfirm@example.test";
    let first = letters(&world, to).remove(0);
    assert_eq!(first.subject, format!("User Account Confirmation: {to}"));
    step(&world);
    assert_eq!(world.guest().get(&first.path()).status, 200);
    assert_eq!(subjects(&world, to)[1], "User Account Activated");
}

#[test]
fn email_flow_it_test_create_organization_and_admin_with_confirmation_and_activation() {
    let world = world_with(confirming_and_approving);
    assert_eq!(register(&world, "bothways").status, 200);
    let to = "bothways@example.test";
    let first = letters(&world, to).remove(0);
    step(&world);
    world.guest().get(&first.path());
    step(&world);
    assert_eq!(subjects(&world, to), [&format!("User Account Confirmation: {to}"), "User Account Confirmed"]);
    let refused = world.guest().sign_in("/management", "bothways", PASSWORD);
    assert_eq!(refused.json["error_description"], "user not activated", "{}", refused.text);
    let request = letters(&world, "superuser@localhost").remove(0);
    assert_eq!(request.subject, format!("Request For Admin User Account Activation {to}"));
    assert!(world.guest().get(&request.path()).text.contains("active"));
    assert_eq!(subjects(&world, to)[2], "User Account Activated");
    assert_eq!(world.guest().sign_in("/management", "bothways", PASSWORD).status, 200);
    assert!(letters(&world, to).iter().all(|letter| !letter.text.contains("{{")));
}

#[test]
fn email_flow_it_skip_all_email_configuration() {
    let world = world();
    let created = register(&world, "free");
    let owner = &created.json["data"]["owner"];
    assert_eq!(
        (&owner["activated"], &owner["disabled"], &owner["confirmed"]),
        (&json!(true), &json!(false), &json!(true)),
        "{}",
        created.text
    );
    assert!(letters(&world, "free@example.test").is_empty());
}

/// Sets properties of acme's application.
fn set_app(world: &World, properties: Value) {
    let client = world.caller(&world.acme, Authority::AppClient);
    let set = client.send("PUT", "/acme/shop", Some("application/json"), &properties.to_string());
    assert_eq!(set.status, 200, "{}", set.text);
}

fn sign_up(world: &World, name: &str) -> Answer {
    let body = json!({ "username": name, "email": format!("{name}@example.test"), "password": PASSWORD });
    world.guest().json("/acme/shop/users", &body)
}

#[test]
fn email_flow_it_test_app_user_activation_resetpwd_mail() {
    let world = world();
    set_app(&world, json!({ "registration_requires_admin_approval": true, "notify_admin_of_new_users": true }));
    let user = sign_up(&world, "waiting");
    let uuid = user.json["entities"][0]["uuid"].as_str().unwrap().to_owned();
    assert_eq!(world.guest().sign_in("/acme/shop", "waiting", PASSWORD).status, 400);
    let app = world.acme.app.id;
    let to_admin = world.server.letters_to(app, "admin@acme.test");
    let heard: Vec<&str> = to_admin.iter().map(|letter| letter.subject.as_str()).collect();
    let expected =
        ["Request For User Account Activation waiting@example.test", "New User Account waiting@example.test"];
    assert_eq!(heard, expected);
    let url = format!("{}/acme/shop/users/{uuid}/activate?token=", world.server.base);
    assert!(to_admin[0].link().starts_with(&url) && to_admin[0].html.contains(&url));
    assert_eq!(world.guest().get(&to_admin[0].path()).status, 200);
    step(&world);
    assert_eq!(world.guest().sign_in("/acme/shop", "waiting", PASSWORD).status, 200);
    world.guest().form(&format!("/acme/shop/users/{uuid}/resetpw"), "");
    let inbox = world.server.letters_to(app, "waiting@example.test");
    assert_eq!((inbox[0].subject.as_str(), inbox[1].subject.as_str()), ("User Account Activated", "Password Reset"));
    let url = format!("{}/acme/shop/users/{uuid}/resetpw?token=", world.server.base);
    assert!(inbox[1].link().starts_with(&url), "{}", inbox[1].link());
}

#[test]
fn email_flow_it_test_app_user_confirmation_mail() {
    let world = world();
    set_app(
        &world,
        json!({ "registration_requires_email_confirmation": true, "registration_requires_admin_approval": true }),
    );
    let user = sign_up(&world, "careful");
    let entity = &user.json["entities"][0];
    assert_eq!((&entity["activated"], &entity["confirmed"]), (&json!(false), &json!(false)), "{}", user.text);
    let app = world.acme.app.id;
    let letter = world.server.last_letter(app, "careful@example.test");
    assert_eq!(letter.subject, "User Account Confirmation: careful@example.test");
    let url = format!("{}/acme/shop/users/{}/confirm?token=", world.server.base, entity["uuid"].as_str().unwrap());
    assert!(letter.link().starts_with(&url), "{}", letter.link());
    assert!(world.guest().get(&letter.path()).text.contains("administrator still has to let you in"));
    let refused = world.guest().sign_in("/acme/shop", "careful", PASSWORD);
    assert_eq!(refused.json["error_description"], "user not activated");
    let request = world.server.last_letter(app, "admin@acme.test");
    assert!(world.guest().get(&request.path()).text.contains("active"));
    assert_eq!(world.guest().sign_in("/acme/shop", "careful", PASSWORD).status, 200);
}

#[test]
fn a_user_of_an_application_that_asks_for_confirmation_signs_in_when_it_is_given() {
    let world = world();
    set_app(&world, json!({ "registration_requires_email_confirmation": true }));
    sign_up(&world, "simple");
    assert_eq!(world.guest().sign_in("/acme/shop", "simple", PASSWORD).status, 400);
    let letter = world.server.last_letter(world.acme.app.id, "simple@example.test");
    assert_eq!(world.guest().get(&letter.path()).status, 200);
    assert_eq!(world.guest().sign_in("/acme/shop", "simple", PASSWORD).status, 200);
    assert!(world.guest().get(&letter.path()).text.contains("invalid token"));
}

#[test]
fn an_organization_confirms_itself_by_its_mail() {
    let world = world_with(|settings| settings.registration.organizations_must_confirm = Switch::On);
    assert_eq!(register(&world, "founders").status, 200);
    let to = "founders@example.test";
    let letter = letters(&world, to).remove(0);
    assert_eq!(letter.subject, "Organization Account Confirmation");
    assert!(letter.link().contains("/management/organizations/"), "{}", letter.link());
    let other = letter.path().replace(letter.path().split('/').nth(3).unwrap(), "acme");
    assert_eq!(world.guest().get(&other).status, 400, "the link is another organization's");
    step(&world);
    assert!(world.guest().get(&letter.path()).text.contains("active"));
    assert!(world.guest().get(&letter.path()).text.contains("invalid token"));
    assert_eq!(subjects(&world, to)[1], "Organization Account Activated: founders");
    assert_eq!(world.guest().get("/management/orgs/founders/reactivate").text_of("action"), "reactivate organization");
    assert_eq!(letters(&world, to).len(), 3);
}
