//! How an application's administrator names the services.

use serde_json::json;
use tokengrid::domain::authority::Authority::{Admin, OrgClient};
use tokengrid::domain::social::SocialProvider;

use super::{Grid, settings_path};

#[test]
fn settings_are_shown_without_their_secret_and_lie_under_a_seal() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    let set = grid.set(acme, "pingident", json!({ "client_id": "shop", "client_secret": "Kr0kodil" }));
    assert_eq!(set.json["action"], "post signin provider configuration");
    let read = grid.world.caller(acme, OrgClient).get(&settings_path(acme, "pingident"));
    let expected = json!({
        "api_url": grid.host.url("/me"), "client_id": "shop", "has_client_secret": true, "link_by_email": "off",
    });
    assert_eq!(read.json["data"], expected);
    for text in [&set.text, &read.text] {
        assert!(!text.contains("Kr0kodil"), "{text}");
    }
    let core = &grid.world.server.core;
    let sealed = core.store.find_signin_provider(acme.app.id, SocialProvider::Pingident).unwrap().unwrap();
    assert!(!sealed.bytes.windows(8).any(|bytes| bytes == b"Kr0kodil"));
    let audit = core.store.list_audit(acme.app.id.into(), 10).unwrap();
    let entry = audit.iter().find(|entry| entry.action == "set signin provider").expect("it is written down");
    assert!(!entry.detail.to_string().contains("Kr0kodil"), "{}", entry.detail);
}

#[test]
fn settings_of_one_application_are_not_the_others() {
    let grid = Grid::begin();
    grid.set(&grid.world.acme, "facebook", json!({ "client_id": "shop" }));
    let read = grid.world.caller(&grid.world.rival, Admin).get(&settings_path(&grid.world.rival, "facebook"));
    assert_eq!(read.json["data"], json!({ "has_client_secret": false, "link_by_email": "off" }));
    let foreign = grid.world.caller(&grid.world.rival, Admin).get(&settings_path(&grid.world.acme, "facebook"));
    assert_eq!(foreign.error(), (401, "unauthorized"));
}

#[test]
fn an_unknown_provider_or_setting_is_refused() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    for (provider, more) in [
        ("googleplus", json!({})),
        ("", json!({})),
        ("facebook", json!({ "api_uri": "https://x.test" })),
        ("facebook", json!({ "client_secret": 7 })),
        ("facebook", json!({ "link_by_email": true })),
        ("facebook", json!({ "pic_url": "javascript:alert(1)" })),
        ("facebook", json!({ "client_id": "x".repeat(3_000) })),
    ] {
        let answer = grid.set(acme, provider, more);
        assert_eq!(answer.error(), (400, "illegal_argument"), "{provider}: {}", answer.text);
        assert!(!answer.text_of("error_description").is_empty());
    }
    let without = grid.world.caller(acme, Admin).json("/management/orgs/acme/apps/shop/sia-provider", &json!({}));
    assert_eq!(without.error(), (400, "illegal_argument"));
}

#[test]
fn settings_move_to_another_master_key_with_everything_else() {
    let grid = Grid::begin();
    let acme = &grid.world.acme;
    grid.set(acme, "facebook", json!({ "client_secret": "Kr0kodil" }));
    let listed = grid.world.server.core.store.list_sealed(acme.app.id.into(), "another", 100).unwrap();
    let place = tokengrid::store::SealedPlace::SigninProvider("facebook".to_owned());
    assert_eq!(listed.iter().filter(|row| row.place == place).count(), 1);
}
