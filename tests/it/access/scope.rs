//! A token that was given for something else than the planes of this server opens none of them (RFC 6750 §3.1).

use serde_json::json;
use tokengrid::domain::authority::Authority;

use super::mint::{Mint, claims, with};
use crate::support::world;

#[test]
fn a_token_without_the_scope_of_the_planes_opens_none_of_them() {
    let world = world();
    let mint = Mint::of(&world, world.acme.app.id);
    let genuine = claims(&world.acme.token(&world.guest(), Authority::AppUser));
    let get = |scope: &str, path: &str| {
        let token = mint.sign(&mint.header(), &with(&genuine, &json!({ "scope": scope })));
        world.guest().bearer(&token).get(path)
    };
    for scope in ["openid", "profile openid", "apis", "API", ""] {
        for path in ["/acme/shop", "/acme/shop/users/me", "/acme/shop/users", "/management/me", "/rival/shop/users/me"]
        {
            let answer = get(scope, path);
            assert_eq!(answer.error(), (403, "insufficient_scope"), "{path} {scope:?}: {}", answer.text);
            let challenge = answer.header("www-authenticate");
            assert!(challenge.contains(r#"error="insufficient_scope", scope="api""#), "{challenge}");
        }
    }
    for scope in ["api", "openid api", "api openid"] {
        assert_eq!(get(scope, "/acme/shop/users/me").status, 200, "{scope}");
    }
}
