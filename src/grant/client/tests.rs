//! Which client is believed at which door, beside which grant.

use std::sync::Arc;

use uuid::Uuid;

use super::own::admit;
use super::*;
use crate::crypto::digest::sha256;
use crate::directory::KnownClient;
use crate::domain::client::ClientSecret;
use crate::domain::clock::Moment;
use crate::domain::id::{AppId, OrgId};
use crate::domain::name::TenantName;
use crate::domain::secret::Secret;
use crate::domain::tenant::{AppSettings, Application, OrgSettings, Organization};
use crate::grant::request::ClientMethod;

const NOW: Moment = Moment::from_millis(1_767_225_600_000);
const ACME: OrgId = OrgId::new(Uuid::from_u128(1));
const RIVAL: OrgId = OrgId::new(Uuid::from_u128(2));
const SHOP: AppId = AppId::new(Uuid::from_u128(11));
const SANDBOX: AppId = AppId::new(Uuid::from_u128(12));

/// The application `shop` of `acme`.
fn shop() -> Place {
    let name = |text| TenantName::parse(text).expect("a name");
    let org = Organization {
        id: ACME,
        name: name("acme"),
        properties: serde_json::Map::new(),
        settings: OrgSettings::default(),
        created: NOW,
        modified: NOW,
    };
    let settings = AppSettings::default();
    let app = Application {
        id: SHOP,
        org: ACME,
        name: name("shop"),
        properties: Default::default(),
        settings,
        created: NOW,
        modified: NOW,
    };
    Place::App { org: Arc::new(org), app: Arc::new(app) }
}

fn secret(text: &str, expires: Option<Moment>) -> ClientSecret {
    ClientSecret { id: Uuid::nil(), digest: sha256(text), sealed: None, created: NOW, expires }
}

/// A client of `org` whose secret is `right`, and whose former one, `old`, ended just now.
fn known(id: ClientId, org: OrgId) -> KnownClient {
    KnownClient::new(id, org, Arc::from([secret("right", None), secret("old", Some(NOW))]))
}

fn presented(id: ClientId, secret: Option<&str>) -> PresentedClient {
    let proof = secret.map_or(ClientProof::None, |secret| ClientProof::Secret(Secret::new(secret)));
    PresentedClient { id: id.to_string(), proof, method: ClientMethod::Parameters }
}

#[test]
fn a_door_opens_to_its_own_clients_alone() {
    let (management, app) = (Place::Management, shop());
    let clients = [
        (ClientId::App(SHOP), ACME, Ok(Principal::AppClient { org: ACME, app: SHOP })),
        (ClientId::Org(ACME), ACME, Ok(Principal::OrgClient { org: ACME })),
        (ClientId::App(SANDBOX), ACME, Err(Principal::AppClient { org: ACME, app: SANDBOX })),
        (ClientId::Org(RIVAL), RIVAL, Err(Principal::OrgClient { org: RIVAL })),
        (ClientId::App(SANDBOX), RIVAL, Err(Principal::AppClient { org: RIVAL, app: SANDBOX })),
    ];
    for (id, org, at_the_app) in clients {
        let (known, presented) = (known(id, org), presented(id, Some("right")));
        let (Ok(principal) | Err(principal)) = at_the_app;
        assert_eq!(admit(&management, Some(&known), &presented, NOW).ok(), Some(principal), "{id}");
        match admit(&app, Some(&known), &presented, NOW) {
            Ok(admitted) => assert_eq!(Ok(admitted), at_the_app, "{id}"),
            Err(cause) => assert!(at_the_app.is_err() && matches!(cause, GrantError::ForeignClient(_)), "{id}"),
        }
    }
}

#[test]
fn a_client_is_believed_for_a_live_secret_alone() {
    let id = ClientId::App(SHOP);
    let known = known(id, ACME);
    let ask = |secret, at| admit(&shop(), Some(&known), &presented(id, secret), at);
    assert!(ask(Some("right"), NOW).is_ok());
    assert!(ask(Some("old"), Moment::from_millis(NOW.millis() - 1)).is_ok());
    for wrong in [Some("old"), Some("wrong"), Some("RIGHT"), Some("right "), Some(""), None] {
        assert!(matches!(ask(wrong, NOW), Err(GrantError::WrongClientSecret(_))), "{wrong:?}");
    }
    let unknown = admit(&shop(), None, &presented(id, Some("right")), NOW);
    assert!(matches!(unknown, Err(GrantError::UnknownClient(_))));
    // A client without secrets is not open to everyone.
    let bare = KnownClient::new(id, ACME, Arc::from([]));
    for secret in [Some(""), Some("right"), None] {
        let refused = admit(&shop(), Some(&bare), &presented(id, secret), NOW);
        assert!(matches!(refused, Err(GrantError::WrongClientSecret(_))), "{secret:?}");
    }
}

#[test]
fn a_foreign_client_with_a_wrong_secret_is_told_of_the_secret() {
    let id = ClientId::Org(RIVAL);
    let refused = admit(&shop(), Some(&known(id, RIVAL)), &presented(id, Some("wrong")), NOW);
    assert!(matches!(refused, Err(GrantError::WrongClientSecret(_))), "no word on whom the secret would open");
}

#[test]
fn the_cause_keeps_the_way_in_which_the_client_came() {
    let id = ClientId::App(SHOP);
    let basic = PresentedClient { method: ClientMethod::Basic, ..presented(id, Some("wrong")) };
    let refused = admit(&shop(), Some(&known(id, ACME)), &basic, NOW);
    assert!(matches!(refused, Err(GrantError::WrongClientSecret(ClientMethod::Basic))));
    let refused = admit(&shop(), None, &basic, NOW);
    assert!(matches!(refused, Err(GrantError::UnknownClient(ClientMethod::Basic))));
    let id = ClientId::Org(RIVAL);
    let basic = PresentedClient { method: ClientMethod::Basic, ..presented(id, Some("right")) };
    let refused = admit(&shop(), Some(&known(id, RIVAL)), &basic, NOW);
    assert!(matches!(refused, Err(GrantError::ForeignClient(ClientMethod::Basic))));
}

#[test]
fn beside_a_person_only_the_places_own_client_may_come_without_a_proof() {
    let (app, id) = (shop(), ClientId::App(SHOP));
    assert!(is_own_unproved(&app, &presented(id, None)));
    assert!(!is_own_unproved(&app, &presented(id, Some("right"))), "what is shown is checked");
    assert!(!is_own_unproved(&app, &presented(ClientId::Org(ACME), None)), "only a place's own client is public");
    assert!(!is_own_unproved(&Place::Management, &presented(id, None)));
    let proxied = PresentedClient { proof: ClientProof::Certificate("CN=any".to_owned()), ..presented(id, None) };
    assert!(is_own_unproved(&app, &proxied), "the proxy states it for whoever connects");
}

#[test]
fn each_place_asks_under_its_own_name() {
    assert_eq!(own_id(&Place::Management), "management");
    assert_eq!(own_id(&shop()), ClientId::App(SHOP).to_string());
}
