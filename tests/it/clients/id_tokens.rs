//! ID tokens by the algorithm that a client registered, which need a key of it wherever the client came from.

use serde_json::{Value, json};
use tokengrid::domain::token::Algorithm;

use super::{CLIENTS, admin, by_basic, registered, sign_in, text};
use crate::access::mint::{kid, switch_algorithm};
use crate::conformance::flow::keys;
use crate::support::{World, world};

const OTHERS: [&str; 2] = ["EdDSA", "RS256"];

fn person_client(world: &World, algorithm: &str) -> Value {
    registered(
        world,
        json!({
            "client_name": "Desk",
            "grant_types": ["password"],
            "scope": "openid",
            "id_token_signed_response_alg": algorithm,
        }),
    )
}

/// The algorithm of the published key that signed the client's next ID token.
#[track_caller]
fn signed_by(world: &World, client: &Value) -> String {
    let issued = sign_in(&by_basic(world, client), Some("openid"));
    assert_eq!(issued.status, 200, "{}", issued.text);
    let (kid, keys) = (kid(issued.text_of("id_token")), keys(world, "/acme/shop"));
    let key = keys.as_array().unwrap().iter().find(|key| key["kid"] == kid).expect("published");
    text(key, "alg").to_owned()
}

/// The algorithms that a verifier finds keys of.
fn published(world: &World) -> Vec<String> {
    let keys = keys(world, "/acme/shop");
    keys.as_array().unwrap().iter().map(|key| text(key, "alg").to_owned()).collect()
}

#[test]
fn the_key_of_a_clients_algorithm_is_published_when_it_is_registered() {
    let world = world();
    for algorithm in OTHERS {
        let client = person_client(&world, algorithm);
        assert!(published(&world).contains(&algorithm.to_owned()), "{algorithm} before the first token");
        assert_eq!(signed_by(&world, &client), algorithm);
    }
}

#[test]
fn the_key_is_published_when_a_registration_changes() {
    let world = world();
    let client = person_client(&world, "ES256");
    for algorithm in OTHERS {
        let path = format!("{CLIENTS}/{}", text(&client, "client_id"));
        let changed = admin(&world).put(&path, &json!({ "id_token_signed_response_alg": algorithm }));
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert!(published(&world).contains(&algorithm.to_owned()), "{algorithm} before the first token");
        assert_eq!(signed_by(&world, &client), algorithm);
    }
}

#[test]
fn a_client_that_nobody_tells_of_people_needs_no_key() {
    let world = world();
    let silent = json!({ "client_name": "x", "grant_types": ["client_credentials"], "scope": "api",
        "id_token_signed_response_alg": "RS256" });
    registered(&world, silent);
    assert_eq!(published(&world), ["ES256"]);
}

#[test]
fn a_client_goes_on_when_the_access_tokens_of_its_application_take_another_algorithm() {
    let world = world();
    let client = person_client(&world, "ES256");
    assert_eq!(signed_by(&world, &client), "ES256");
    for other in [Algorithm::RS256, Algorithm::HS256] {
        switch_algorithm(&world, world.acme.app.id, other);
        assert_eq!(signed_by(&world, &client), "ES256", "{other:?}");
    }
}
