//! The look of an application's pages.

use serde_json::{Value, json};
use sha2::Digest as _;
use tokengrid::domain::authority::Authority::{Admin, AppUser};

use super::house;

#[test]
fn an_application_gives_its_pages_a_name_a_logo_and_colours() {
    let house = house();
    let admin = house.world.caller(&house.world.acme, Admin);
    let logo = "data:image/png;base64,iVBORw0KGgo=";
    let branding = json!({ "name": "The <Shop>", "logo": logo, "colours": { "accent": "#0a5c36" } });
    let set = admin.put("/acme/shop", &json!({ "branding": branding }));
    assert_eq!((set.status, &set.json["entities"][0]["branding"]), (200, &branding), "{}", set.text);
    let page = house.browser().get(&house.request(""));
    assert!(page.html().contains("<p class=\"place\">The &#60;Shop&#62;</p>"), "{}", page.html());
    assert!(page.html().contains(&format!("<img class=\"logo\" src=\"{logo}\" alt=\"\">")), "{}", page.html());
    let style = page.html().split("<style>").nth(2).unwrap().split("</style>").next().unwrap();
    assert!(style.contains("--accent:#0a5c36"), "{style}");
    let policy = page.answer.header("content-security-policy");
    use base64::Engine;
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(policy.contains(&format!(" 'sha256-{hash}'")) && policy.contains("img-src data:"), "{policy}");
    // The pages of others look as before, and so does this one again.
    let rivals = super::register(&house.world, house.world.rival.app.id.into(), |_| {});
    let page = house.browser().get(&super::request("/rival/shop", &rivals, ""));
    assert!(page.html().contains("<p class=\"place\">rival/shop</p>") && !page.html().contains("logo\" src"));
    assert!(!page.answer.header("content-security-policy").contains("img-src"));
    assert_eq!(admin.put("/acme/shop", &json!({ "branding": Value::Null })).status, 200);
    let page = house.browser().get(&house.request(""));
    assert!(page.html().contains("<p class=\"place\">acme/shop</p>"));
}

#[test]
fn a_look_that_could_harm_is_refused_and_nobody_else_sets_one() {
    let house = house();
    let admin = house.world.caller(&house.world.acme, Admin);
    for bad in [
        json!({ "colours": { "accent": "red;}*{display:none" } }),
        json!({ "logo": "https://evil.example/pixel.png" }),
        json!({ "name": 7 }),
    ] {
        assert_eq!(admin.put("/acme/shop", &json!({ "branding": bad })).error(), (400, "illegal_argument"), "{bad}");
    }
    let user = house.world.caller(&house.world.acme, AppUser);
    assert_eq!(user.put("/acme/shop", &json!({ "branding": { "name": "Mine" } })).status, 401);
}
