//! What administrators see and say of mail, and what they do not.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority;

use crate::support::{Account, SUPERUSER, SmtpServer, eventually, superuser_on, world, world_with};

const OUTBOX: &str = "/management/orgs/acme/apps/shop/mail";

#[test]
fn a_held_mail_is_shown_to_the_organization_and_every_look_is_written_down() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    let list = admin.get(OUTBOX);
    let mail = &list.json["data"][0];
    assert_eq!((mail["state"].as_str(), mail["template"].as_str()), (Some("held"), Some("password_reset")));
    assert_eq!(mail["recipient"], "ann@example.test");
    assert!(!list.text.contains("token="), "a list shows no link");
    let one = admin.get(&format!("{OUTBOX}/{}", mail["uuid"].as_str().unwrap()));
    assert!(one.json["data"]["text"].as_str().unwrap().contains("token=ZW0t"), "{}", one.text);
    let audit = world.server.core.store.list_audit(world.acme.app.id.into(), 10).unwrap();
    let look = audit.iter().find(|entry| entry.action == "read held mail").unwrap();
    assert_eq!(look.actor, format!("admin:{}", world.acme.admin.id));
    assert!(!look.detail.to_string().contains("ZW0t"));
}

#[test]
fn an_outbox_is_its_own_organizations() {
    let world = world();
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    let id = world.server.last_letter(world.acme.app.id, "ann@example.test").mail.id;
    let foreign = world.caller(&world.rival, Authority::Admin);
    for path in [OUTBOX.to_owned(), format!("{OUTBOX}/{id}"), format!("{OUTBOX}/templates/password_reset")] {
        assert_eq!(foreign.get(&path).error(), (401, "unauthorized"), "{path}");
    }
    let own = foreign.get(&format!("/management/orgs/rival/apps/shop/mail/{id}"));
    assert_eq!(own.error(), (404, "entity_not_found"), "{}", own.text);
    assert_eq!(foreign.get("/management/orgs/rival/apps/shop/mail").json["data"], json!([]));
    let user = world.caller(&world.acme, Authority::AppUser);
    assert_eq!(user.get(OUTBOX).status, 401);
}

#[test]
fn a_mail_that_can_be_sent_shows_nobody_its_words() {
    let smtp = SmtpServer::start();
    smtp.expect(&[crate::support::Mood::Refuse("451 later")]);
    let world = world_with(SmtpServer::configure);
    let admin = world.caller(&world.acme, Authority::Admin);
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    eventually("it was tried", || admin.get(OUTBOX).json["data"][0]["error"].is_string());
    let mail = admin.get(OUTBOX).json["data"][0].clone();
    assert_eq!(mail["state"], "queued");
    let one = admin.get(&format!("{OUTBOX}/{}", mail["uuid"].as_str().unwrap()));
    assert_eq!((one.status, one.json["data"]["text"].clone()), (200, Value::Null));
}

#[test]
fn the_management_planes_mail_is_the_superusers() {
    let world = world_with(superuser_on);
    assert_eq!(world.guest().form("/management/users/acme-admin/resetpw", "").status, 200);
    assert_eq!(world.caller(&world.acme, Authority::Admin).get("/system/mail").status, 401);
    let superuser = world.guest().basic(SUPERUSER.0, SUPERUSER.1);
    let list = superuser.get("/system/mail");
    assert_eq!(list.json["data"][0]["recipient"], "admin@acme.test", "{}", list.text);
    let one = superuser.get(&format!("/system/mail/{}", list.json["data"][0]["uuid"].as_str().unwrap()));
    assert!(one.json["data"]["text"].as_str().unwrap().contains("/management/users/"), "{}", one.text);
}

#[test]
fn nobody_resets_the_superusers_password_by_mail() {
    let world = world_with(superuser_on);
    world.guest().form(&format!("/management/users/{}/resetpw", SUPERUSER.0), "");
    assert!(world.server.letters(tokengrid::domain::id::TenantId::MANAGEMENT).is_empty());
}

#[test]
fn an_application_has_its_own_words_until_it_takes_them_back() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    let path = format!("{OUTBOX}/templates/password_reset");
    let fresh = admin.get(&path);
    assert_eq!(fresh.json["data"]["own"], Value::Null);
    assert_eq!(fresh.json["data"]["default"]["subject"], "Password Reset");
    let own = json!({ "subject": "Ahoy {{username}}", "text": "Come aboard: {{link}}", "html": "<b>{{username}}</b> {{link}}" });
    let set = admin.send("PUT", &path, Some("application/json"), &own.to_string());
    assert_eq!(
        (set.status, set.json["data"]["own"]["subject"].as_str()),
        (200, Some("Ahoy {{username}}")),
        "{}",
        set.text
    );
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    world.guest().form("/rival/shop/users/ann/resetpw", "");
    let letter = world.server.last_letter(world.acme.app.id, "ann@example.test");
    assert_eq!((letter.subject.as_str(), letter.html.starts_with("<b>ann</b> http")), ("Ahoy ann", true));
    let other = world.server.last_letter(world.rival.app.id, "ann@example.test");
    assert_eq!(other.subject, "Password Reset", "another application keeps the server's words");
    assert_eq!(admin.send("DELETE", &path, None, "").json["data"]["own"], Value::Null);
    world.guest().form("/acme/shop/users/ann/resetpw", "");
    let mut subjects: Vec<String> = world.server.letters(world.acme.app.id).into_iter().map(|l| l.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["Ahoy ann", "Password Reset"]);
}

#[test]
fn a_template_that_cannot_work_is_refused_when_it_is_saved() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    let path = format!("{OUTBOX}/templates/password_reset");
    let put = |body: Value| admin.send("PUT", &path, Some("application/json"), &body.to_string());
    for (body, why) in [
        (json!({ "subject": "a", "text": "{{link}} {{password}}" }), "{{password}} is no placeholder of mails."),
        (
            json!({ "subject": "a", "text": "no link" }),
            "This mail is about a link or a PIN: its text must have {{link}}.",
        ),
        (json!({ "subject": "a\nBcc: x@y.test", "text": "{{link}}" }), "The subject of a mail is one line."),
        (json!({ "text": "{{link}}" }), "subject is required"),
    ] {
        let refused = put(body);
        assert_eq!((refused.status, refused.text_of("error_description")), (400, why), "{}", refused.text);
    }
    assert_eq!(admin.get(&path).json["data"]["own"], Value::Null);
    assert_eq!(admin.get(&format!("{OUTBOX}/templates/nothing")).error(), (404, "entity_not_found"));
}

#[test]
fn a_name_writes_no_header_and_no_tag_of_a_mail() {
    let world = world();
    let admin = world.caller(&world.acme, Authority::Admin);
    let own = json!({ "subject": "{{username}}", "text": "{{username}} {{link}}" });
    let path = format!("{OUTBOX}/templates/password_reset");
    assert_eq!(admin.send("PUT", &path, Some("application/json"), &own.to_string()).status, 200);
    Account { email: Some("eve@example.test"), ..Account::named("<img src=x> Bcc: a@b.test") }
        .user(&world.server, &world.acme);
    world.guest().form("/acme/shop/users/resetpw", "email=eve%40example.test");
    let letter = world.server.last_letter(world.acme.app.id, "eve@example.test");
    assert_eq!(letter.subject, "<img src=x> Bcc: a@b.test");
    assert!(letter.html.contains("&lt;img src=x&gt;") && !letter.html.contains("<img"), "{}", letter.html);
}
