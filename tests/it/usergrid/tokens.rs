//! `AccessTokenIT` and the tokens of `ManagementResourceIT`.

use std::time::Duration;

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, AppClient, AppUser, OrgClient};

use crate::support::{PASSWORD, SUPERUSER, superuser_on, world, world_with};

#[test]
fn access_token_it_token_ttl() {
    let world = world();
    let query = "/management/token?grant_type=password&username=acme-admin&password=correct%20horse&ttl=2000";
    let issued = world.guest().get(query);
    assert_eq!(issued.json["expires_in"], 2);
    let caller = world.guest().bearer(&issued.token());
    assert_eq!(caller.get("/management/users/acme-admin").status, 200);
    world.server.advance(Duration::from_secs(3));
    assert_eq!(caller.get("/management/users/acme-admin").error(), (401, "expired_token"));
}

#[test]
fn access_token_it_me_token_by_query_json_and_form() {
    let world = world();
    let guest = world.guest();
    let query = "/management/me?grant_type=password&username=admin%40acme.test&password=correct%20horse";
    let body = json!({ "grant_type": "password", "username": "acme-admin", "password": PASSWORD });
    let form = "grant_type=password&username=acme-admin&password=correct%20horse";
    for issued in [guest.get(query), guest.json("/management/me", &body), guest.form("/management/me", form)] {
        for shown in [issued.clone(), guest.get(&format!("/management/me?access_token={}", issued.token()))] {
            for member in ["access_token", "passwordChanged", "expires_in"] {
                assert!(!shown.json[member].is_null(), "{member}: {}", shown.text);
            }
            for member in ["uuid", "username", "name", "email", "properties"] {
                assert!(!shown.json["user"][member].is_null(), "{member}: {}", shown.text);
            }
            let org = &shown.json["user"]["organizations"]["acme"];
            assert!(org["name"].is_string() && org["properties"].is_object(), "{}", shown.text);
        }
    }
}

#[test]
fn access_token_it_ttl_nan_and_over_max() {
    let world = world();
    for ttl in [json!("derp"), json!(i64::MAX), json!(-1)] {
        let body = json!({ "grant_type": "password", "username": "acme-admin", "password": PASSWORD, "ttl": ttl });
        assert_eq!(world.guest().json("/management/token", &body).error(), (400, "illegal_argument"), "{ttl}");
    }
}

#[test]
fn access_token_it_revoke_tokens() {
    let world = world_with(superuser_on);
    let tokens = [(); 2].map(|()| world.acme.token(&world.guest(), Admin));
    let path = "/management/users/acme-admin/revoketokens";
    for caller in [world.guest(), world.caller(&world.rival, Admin), world.caller(&world.acme, OrgClient)] {
        assert_eq!(caller.send("POST", path, None, "").error(), (401, "unauthorized"), "defect 1");
    }
    let ended = world.superuser().send("POST", path, None, "");
    assert_eq!((ended.status, ended.text_of("action")), (200, "revoked user tokens"));
    for token in tokens {
        assert_eq!(world.guest().bearer(&token).get("/management/me").error(), (401, "auth_invalid"));
    }
    let basic = world.guest().basic(SUPERUSER.0, SUPERUSER.1);
    assert_eq!(basic.send("PUT", path, None, "").status, 200);
}

#[test]
fn access_token_it_revoke_single_token() {
    let world = world_with(superuser_on);
    let [first, second] = [(); 2].map(|()| world.acme.token(&world.guest(), Admin));
    let path = format!("/management/users/acme-admin/revoketoken?token={first}");
    assert_eq!(world.superuser().send("POST", &path, None, "").status, 200);
    assert_eq!(world.guest().bearer(&first).get("/management/me").error(), (401, "auth_invalid"));
    assert_eq!(world.guest().bearer(&second).get("/management/me").status, 200);
    let missing = world.superuser().send("POST", "/management/users/acme-admin/revoketoken", None, "");
    assert_eq!(missing.text_of("error_description"), "token is required");
}

#[test]
fn management_resource_it_revoke_token() {
    let world = world();
    let [first, second, third] = [(); 3].map(|()| world.acme.token(&world.guest(), Admin));
    let one = format!("/management/users/me/revoketoken?token={first}");
    assert_eq!(world.guest().bearer(&second).send("PUT", &one, None, "").status, 200);
    assert_eq!(world.guest().bearer(&first).get("/management/me").status, 401);
    let all = world.guest().bearer(&second).send("PUT", "/management/users/acme-admin/revoketokens", None, "");
    assert_eq!(all.status, 200);
    for token in [second, third] {
        assert_eq!(world.guest().bearer(&token).get("/management/me").status, 401);
    }
}

#[test]
fn defect_11_a_secret_that_is_replaced_at_once_ends_its_tokens() {
    let world = world();
    let guest = world.guest();
    let [org, app] = [OrgClient, AppClient].map(|level| world.acme.token(&guest, level));
    let bystanders = [
        world.acme.token(&guest, Admin),
        world.acme.token(&guest, AppUser),
        world.rival.token(&guest, OrgClient),
        world.rival.token(&guest, AppClient),
    ];
    let admin = world.caller(&world.acme, Admin);
    assert_eq!(guest.bearer(&org).get("/acme/shop").status, 200);
    assert_eq!(admin.json("/management/orgs/acme/credentials", &json!({})).status, 200);
    assert_eq!(guest.bearer(&org).get("/acme/shop").error(), (401, "auth_invalid"));
    assert_eq!(guest.bearer(&app).get("/acme/shop").status, 200, "another client's token");
    assert_eq!(admin.json("/acme/shop/credentials", &json!({})).status, 200);
    assert_eq!(guest.bearer(&app).get("/acme/shop").error(), (401, "auth_invalid"));
    let [acme_admin, ann, rival_org, rival_app] = bystanders;
    for (token, place) in
        [(acme_admin, "/acme/shop"), (ann, "/acme/shop"), (rival_org, "/rival/shop"), (rival_app, "/rival/shop")]
    {
        assert_eq!(guest.bearer(&token).get(place).status, 200, "{place}");
    }
    let (id, secret) = world.pair(world.acme.app_client_id());
    let fresh = guest.client_token("/acme/shop", &id, &secret).token();
    assert_eq!(guest.bearer(&fresh).get("/acme/shop").status, 200);
}

#[test]
fn defect_12_an_admin_is_an_admin_when_read_again() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    for path in ["/management/me", "/management/users/me"] {
        let read = admin.get(path);
        let shown = read.json.get("user").or(read.json.get("data")).unwrap();
        assert_eq!(shown["adminUser"], true, "{path}: {}", read.text);
    }
}

#[test]
fn defect_14_no_header_of_the_request_makes_a_superuser() {
    let world = world_with(superuser_on);
    for headers in [
        [("host", "localhost")],
        [("x-forwarded-for", "127.0.0.1")],
        [("x-forwarded-host", "localhost")],
        [("forwarded", "for=127.0.0.1;host=localhost")],
    ] {
        let refused = world.guest().send_with("PUT", "/system/database/setup", None, "", &headers);
        assert_eq!(refused.error(), (401, "unauthorized"), "{headers:?}");
    }
}

#[test]
fn defect_1_nobody_ends_an_admins_tokens_who_is_not_them_or_the_superuser() {
    let world = world();
    let token = world.acme.token(&world.guest(), Admin);
    for caller in [world.guest(), world.caller(&world.rival, Admin), world.caller(&world.acme, OrgClient)] {
        for method in ["PUT", "POST"] {
            for tail in ["revoketokens", "revoketoken?token=x"] {
                let path = format!("/management/users/acme-admin/{tail}");
                assert_eq!(caller.send(method, &path, None, "").error(), (401, "unauthorized"), "{method} {path}");
            }
        }
    }
    assert_eq!(world.guest().bearer(&token).get("/management/me").status, 200);
}

#[test]
fn defect_6_a_client_pair_opens_its_own_application_alone_and_is_not_echoed() {
    let world = world();
    let (id, secret) = world.acme.app_client.clone();
    for place in ["/acme/sandbox", "/rival/shop"] {
        assert_eq!(world.guest().client_token(place, &id, &secret).error(), (401, "invalid_client"), "{place}");
        let read = world.guest().get(&format!("{place}?client_id={id}&client_secret={secret}"));
        assert_eq!(read.error(), (401, "unauthorized"), "{place}");
        assert!(!read.text.contains(&secret) && !read.text.contains(&id), "{}", read.text);
    }
    let own = world.guest().get(&format!("/acme/shop?client_id={id}&client_secret={secret}&other=1"));
    assert_eq!(own.json["params"], json!({ "other": ["1"] }), "{}", own.text);
}

#[test]
fn defect_8_cors_never_has_credentials_and_callbacks_are_names() {
    let world = world();
    for path in ["/management/me", "/management/orgs", "/system/database/setup", "/acme/shop", "/nowhere"] {
        let headers = [
            ("origin", "https://evil.test"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "content-type"),
        ];
        let preflight = world.guest().send_with("OPTIONS", path, None, "", &headers);
        assert_eq!(preflight.status, 200, "{path}");
        assert_eq!(preflight.header("access-control-allow-origin"), "https://evil.test", "{path}");
        assert_eq!(preflight.header("access-control-allow-methods"), "PUT", "{path}");
        assert_eq!(preflight.header("access-control-allow-credentials"), "", "{path}");
    }
    let script = world.guest().get("/management/me?grant_type=password&username=x&password=y&callback=alert(1)//");
    assert_eq!((script.status, script.header("content-type")), (400, "application/json"), "{}", script.text);
    let named = world.guest().get("/management/token?grant_type=password&username=x&password=y&callback=cb");
    assert!(named.text.starts_with("/**/cb({") && named.header("content-type") == "application/javascript");
}

/// An application answers under every form of address that Usergrid's clients write.
#[test]
fn application_resource_it_every_form_of_address_leads_to_the_same_application() {
    let world = world();
    let admin = world.caller(&world.acme, Admin);
    let (org, app) = (world.acme.org.id, world.acme.app.id);
    for path in [
        "/acme/shop".to_owned(),
        "/ACME/Shop/".to_owned(),
        "//acme//shop".to_owned(),
        format!("/acme/{app}"),
        format!("/{org}/{app}"),
        "/acme/applications/shop".to_owned(),
        format!("/acme/apps/{app}"),
        "/acme/a/shop".to_owned(),
        "/organizations/acme/shop".to_owned(),
        "/orgs/acme/apps/shop".to_owned(),
        format!("/o/{org}/{app}"),
        format!("/{app}"),
        format!("/applications/{app}"),
        format!("/apps/{app}"),
    ] {
        let read = admin.get(&path);
        assert_eq!(read.json["entities"][0]["uuid"], app.to_string().as_str(), "{path}: {}", read.text);
        assert_eq!(read.json["uri"], format!("{}/acme/shop", world.server.base), "{path}");
    }
    let root = world.guest().get("/");
    assert_eq!((root.status, root.header("location")), (307, "/status"));
    for path in [format!("/rival/{app}"), format!("/{}", uuid::Uuid::nil())] {
        assert_eq!(admin.get(&path).error(), (404, "organization_application_not_found"), "{path}");
    }
}
