//! The pages: usable by everyone, framed by the portal alone, kept by nobody.

use crate::support::{world, world_with};

#[test]
fn a_page_runs_nothing_loads_nothing_and_is_kept_by_nobody() {
    let world = world();
    let page = world.guest().get("/management/users/acme-admin/resetpw?token=ZW0tx");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("name=\"viewport\""));
    assert!(!page.text.contains("<script") && !page.text.contains("http"), "{}", page.text);
}

#[test]
fn portals_may_frame_the_page_for_forgotten_passwords_and_no_other() {
    let world = world_with(|settings| settings.server.frame_origins = vec!["https://portal.example.test".to_owned()]);
    let guest = world.guest();
    let page = guest.get("/management/users/resetpw");
    assert!(page.header("content-security-policy").ends_with("frame-ancestors https://portal.example.test"));
    assert_eq!(page.header("x-frame-options"), "");
    assert!(page.text.contains("<label for=\"email\">") && page.text.contains("method=\"post\""), "{}", page.text);
    for path in ["/acme/shop/users/resetpw", "/management/users/acme-admin/resetpw", "/status"] {
        let other = guest.get(path);
        assert!(other.header("content-security-policy").ends_with("frame-ancestors 'none'"), "{path}");
        assert_eq!(other.header("x-frame-options"), "DENY", "{path}");
    }
}

#[test]
fn what_a_caller_said_is_shown_as_text() {
    let world = world();
    let letter = {
        world.guest().form("/acme/shop/users/ann/resetpw", "");
        world.server.last_letter(world.acme.app.id, "ann@example.test")
    };
    let nasty = world.guest().get(&format!("{}&x=%22%3E%3Cscript%3E", letter.path()));
    assert!(nasty.text.contains("password1") && !nasty.text.contains("<script"), "{}", nasty.text);
    let empty = world.guest().form("/acme/shop/users/resetpw", "email=");
    assert!(empty.text.contains("role=\"alert\""), "{}", empty.text);
}
