//! What every page has to be: readable by everyone, kept by nobody, shown in no frame, and open to no script but ours.

use super::house;
use crate::support::{Browser, PASSWORD, Page};

fn check(page: &Page) {
    let html = page.html();
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
    assert_eq!(html.matches("<h1>").count(), 1, "{html}");
    assert!(html.contains("<title>") && html.contains("<main>") && html.contains("name=\"viewport\""));
    for field in html.split("<input ").skip(1).filter(|field| !field.starts_with("type=\"hidden\"")) {
        let id = field.split('"').nth(1).unwrap();
        assert!(html.contains(&format!("<label for=\"{id}\">")), "{id} in {html}");
    }
    for button in html.split("<button").skip(1) {
        let text = button.split_once('>').unwrap().1.split('<').next().unwrap();
        assert!(!text.trim().is_empty(), "{html}");
    }
    assert!(!html.contains("style=\"") && !html.contains(" on") || !html.contains("onclick"), "{html}");
    let header = |name: &str| page.answer.header(name);
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
}

#[test]
fn every_page_is_accessible_and_strict() {
    let house = house();
    let browser = house.browser();
    let sign_in = browser.get(&house.request(""));
    let wrong = browser.sign_in(&sign_in, "ann", "wrong");
    let consent = browser.sign_in(&sign_in, "ann", PASSWORD);
    let form = house.arrive(&browser, "response_mode=form_post");
    let select = browser.get(&house.request("prompt=select_account"));
    let logout = browser.get("/acme/shop/logout");
    let signed_out = browser.press(&logout, "signout", &[]);
    let broken = browser.get("/acme/shop/authorize");
    let stale = browser.post("/acme/shop/signin", "");
    let titles = [
        (&sign_in, "Sign in"),
        (&wrong, "Sign in"),
        (&consent, "Allow Photo &#60;Prints&#62;?"),
        (&form, "Back to the application"),
        (&select, "Choose an account"),
        (&logout, "Sign out?"),
        (&signed_out, "You are signed out"),
        (&broken, "You cannot be signed in"),
        (&stale, "This page is not valid any more"),
    ];
    for (page, title) in titles {
        assert_eq!(page.title(), title);
        check(page);
    }
    for page in [&sign_in, &wrong, &consent, &select] {
        let policy = page.answer.header("content-security-policy");
        assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
        assert!(!page.html().contains("<script"), "no script");
    }
}

#[test]
fn cookies_are_for_this_server_alone_and_no_script_reads_them() {
    let house = house();
    let page = house.browser().get(&house.request(""));
    let set = page.answer.header("set-cookie");
    let name = format!("browser-{}=", house.world.acme.app.id.uuid().simple());
    assert!(set.starts_with(&name) && set.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
}

#[test]
fn behind_tls_cookies_bear_the_prefix_that_binds_them_to_the_host() {
    use tokengrid::domain::place::BaseUrl;
    let house =
        super::house_with(|settings| settings.server.base_url = Some(BaseUrl::new("https://id.example")), |_| {});
    let browser: Browser = house.browser();
    let page = browser.get(&house.request(""));
    let page = browser.press(&page, "signin", &[("username", "ann"), ("password", PASSWORD)]);
    let set = page.answer.header("set-cookie");
    let name = format!("__Host-session-{}=c2Ut", house.world.acme.app.id.uuid().simple());
    assert!(set.starts_with(&name) && set.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{set}");
}
