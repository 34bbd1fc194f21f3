//! Browsers at the pages of an issuer: signing in, consent, sessions and signing out, by what their people see.

mod branding;
mod consents;
mod flow;
mod forms;
mod notices;
mod pages;
mod sessions;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokengrid::config::Settings;
use tokengrid::domain::clock::Moment;
use tokengrid::domain::id::{RegisteredId, TenantId};
use tokengrid::domain::registered::{AuthMethod, ClientMetadata, GrantType, KeptBy, RegisteredClient};
use tokengrid::store::{Journal, NewRegistered};
use uuid::Uuid;

use crate::support::{Answer, Browser, PASSWORD, Page, World, world_with};

/// What the client of every request proves when it redeems a code.
const VERIFIER: &str = "a-verifier-that-has-at-least-43-characters-in-it";
pub const CALLBACK: &str = "https://app.example/cb";

/// A world in which acme's shop has a client.
pub struct House {
    pub world: World,
    pub client: String,
}

pub fn house() -> House {
    house_with(|_| {}, |_| {})
}

pub fn house_with(settings: impl FnOnce(&mut Settings), metadata: impl FnOnce(&mut ClientMetadata)) -> House {
    let world = world_with(settings);
    let client = register(&world, world.acme.app.id.into(), metadata);
    House { world, client }
}

/// Registers a public client; tells its `client_id`.
pub fn register(world: &World, tenant: TenantId, change: impl FnOnce(&mut ClientMetadata)) -> String {
    let mut metadata = ClientMetadata {
        redirect_uris: vec![CALLBACK.to_owned()],
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        token_endpoint_auth_method: AuthMethod::None,
        scope: "openid profile email offline_access api".parse().unwrap(),
        post_logout_redirect_uris: vec!["https://app.example/bye".to_owned()],
        ..ClientMetadata::default()
    };
    change(&mut metadata);
    let id = RegisteredId::new(Uuid::from_u128(
        u128::from_str_radix(&format!("{:x}", Sha256::digest(format!("{tenant}{metadata:?}")))[..32], 16).unwrap(),
    ));
    let client = RegisteredClient {
        tenant,
        id,
        name: "Photo <Prints>".to_owned(),
        metadata,
        kept_by: KeptBy::Management,
        disabled: false,
        registration_digest: None,
        created: Moment::EPOCH,
        modified: Moment::EPOCH,
    };
    let new = NewRegistered { client, secret: None, permitted_by: None };
    world.server.core.store.insert_registered(&new, &Journal::default()).unwrap();
    id.client_id()
}

impl House {
    pub fn browser(&self) -> Browser {
        Browser::new(self.world.guest())
    }

    /// The client's request at acme's shop, with more.
    pub fn request(&self, more: &str) -> String {
        request("/acme/shop", &self.client, more)
    }

    /// Signs ann in and allows the client everything it asks; tells where the browser was sent.
    pub fn arrive(&self, browser: &Browser, more: &str) -> Page {
        let page = browser.get(&self.request(more));
        let page = if page.status() == 200 && page.title() == "Sign in" {
            browser.sign_in(&page, "ann", PASSWORD)
        } else {
            page
        };
        if page.status() == 200 { browser.press(&page, "allow", &[]) } else { page }
    }

    /// Signs in, allows, and redeems the code: what the client has then.
    pub fn tokens(&self, browser: &Browser, more: &str) -> Answer {
        let code = self.arrive(browser, more).sent("code").expect("a code");
        self.redeem(&code)
    }

    pub fn redeem(&self, code: &str) -> Answer {
        let form = format!(
            "grant_type=authorization_code&client_id={}&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
            self.client,
            encoded(CALLBACK)
        );
        self.world.guest().form("/acme/shop/token", &form)
    }

    pub fn refresh(&self, tokens: &Answer) -> Answer {
        let form = format!(
            "grant_type=refresh_token&client_id={}&refresh_token={}",
            self.client,
            tokens.text_of("refresh_token")
        );
        self.world.guest().form("/acme/shop/token", &form)
    }

    pub fn advance(&self, seconds: u64) {
        self.world.server.advance(Duration::from_secs(seconds));
    }
}

/// The request of a client at a place, with more. A later parameter of the same name takes the place of ours.
pub fn request(place: &str, client: &str, more: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut pairs = vec![
        ("response_type".to_owned(), "code".to_owned()),
        ("client_id".to_owned(), client.to_owned()),
        ("redirect_uri".to_owned(), CALLBACK.to_owned()),
        ("scope".to_owned(), "openid profile".to_owned()),
        ("state".to_owned(), "the state".to_owned()),
        ("nonce".to_owned(), "the nonce".to_owned()),
        ("code_challenge".to_owned(), challenge),
        ("code_challenge_method".to_owned(), "S256".to_owned()),
    ];
    for (name, value) in url::form_urlencoded::parse(more.as_bytes()) {
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name.into_owned(), value.into_owned()));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{place}/authorize?{query}")
}

pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
