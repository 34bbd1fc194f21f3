//! Defects of Usergrid's that no other file here refuses (wire 10): the `authorize` form and wrong ways to say `ttl`.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppUser};

use crate::support::{PASSWORD, world};

#[test]
fn defect_2_the_authorize_route_gives_no_tokens_away() {
    let world = world();
    let wish = "response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fevil.test%2F&state=s";
    let login = format!("{wish}&username=ann&password=correct%20horse");
    for path in ["/management/authorize", "/acme/shop/authorize"] {
        for caller in [world.guest(), world.caller(&world.acme, AppUser), world.caller(&world.acme, Admin)] {
            for answer in [
                caller.get(path),
                caller.get(&format!("{path}?{wish}")),
                caller.send("POST", path, None, ""),
                caller.form(path, &login),
                caller.json(path, &json!({ "response_type": "token", "username": "ann", "password": PASSWORD })),
            ] {
                // Until codes came with OAuth 2.1 there was nothing here at all. Now there is a page, and whoever names
                // no registered client gets no further; a form goes round by GET, without what it must not repeat.
                let location = answer.header("location");
                let is_round = answer.status == 303 && location.starts_with("authorize?");
                assert!(
                    is_round || (answer.status == 400 && location.is_empty()),
                    "{path}: {location}: {}",
                    answer.text
                );
                assert!(!location.contains("password") && !location.contains("correct"), "{path}: {location}");
                let page = if is_round { caller.get(&path.replace("authorize", location)) } else { answer };
                assert_eq!((page.status, page.header("location")), (400, ""), "{path}: {}", page.text);
                assert!(!page.text.contains("access_token") && !page.text.contains("code="), "{path}: {}", page.text);
            }
        }
    }
}

#[test]
fn defect_10_a_negative_ttl_and_a_form_ttl_nan_are_refused() {
    let world = world();
    for (path, name) in [("/acme/shop/token", "ann"), ("/management/token", "acme-admin")] {
        for ttl in ["-1", "-604800000", "NaN"] {
            let grant = format!("grant_type=password&username={name}&password=correct%20horse&ttl={ttl}");
            let form = world.guest().form(path, &grant);
            assert_eq!(form.error(), (400, "invalid_request"), "{path} {ttl}: {}", form.text);
            let query = world.guest().get(&format!("{path}?{grant}"));
            assert_eq!(query.error(), (400, "illegal_argument"), "{path} {ttl}: {}", query.text);
        }
    }
}

#[test]
fn defect_10_an_app_users_token_at_the_management_door_is_401() {
    let world = world();
    let ann = world.caller(&world.acme, AppUser);
    for path in ["/management/token", "/management/token?ttl=5000"] {
        for method in ["GET", "POST"] {
            let answer = ann.send(method, path, None, "");
            assert_eq!(answer.error(), (401, "unauthorized"), "{method} {path}: {}", answer.text);
            assert_eq!(answer.text_of("error_description"), "No admin user access authorized");
        }
    }
}
