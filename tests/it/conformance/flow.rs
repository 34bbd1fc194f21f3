//! A registered client of acme's shop and a browser at which ann is signed in: what every test of codes begins with.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokengrid::crypto::digest::sha256;
use tokengrid::domain::authority::Principal;
use tokengrid::domain::browser::BrowserSession;
use tokengrid::domain::id::RegisteredId;
use tokengrid::domain::place::Place;
use tokengrid::domain::registered::{
    AuthMethod, ClientMetadata, GrantType, KeptBy, RegisteredClient, RegisteredSecret,
};
use tokengrid::domain::scope::Scopes;
use tokengrid::domain::token::SignInEvent;
use tokengrid::manage::Browser;
use tokengrid::store::{Journal, NewRegistered};
use uuid::Uuid;

use crate::access::mint::claims;
use crate::support::{Answer, Client, Tenant, World};

/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const REDIRECT: &str = "https://app.example/cb";
pub const SECRET: &str = "Y3Mt-a-secret-that-is-known-to-the-tests";

/// A client at one place.
pub struct App {
    pub path: String,
    pub place: Place,
    pub id: RegisteredId,
    pub is_public: bool,
}

/// The place of an organization's shop.
pub fn place_of(tenant: &Tenant) -> Place {
    Place::App { org: Arc::new(tenant.org.clone()), app: Arc::new(tenant.app.clone()) }
}

/// A confidential client of acme's shop that is the application's own.
pub fn app(world: &World, change: impl FnOnce(&mut ClientMetadata)) -> App {
    App::register(world, (world.acme.place(), place_of(&world.acme)), change)
}

impl App {
    pub fn register(world: &World, (path, place): (String, Place), change: impl FnOnce(&mut ClientMetadata)) -> Self {
        let mut metadata = ClientMetadata {
            redirect_uris: vec![REDIRECT.to_owned()],
            grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            scope: "openid profile email api offline_access".parse().unwrap(),
            first_party: true,
            ..ClientMetadata::default()
        };
        change(&mut metadata);
        let core = &world.server.core;
        let (now, id) = (core.clock.now(), RegisteredId::new(Uuid::from_u128(unique())));
        let is_public = metadata.token_endpoint_auth_method == AuthMethod::None;
        let client = RegisteredClient {
            tenant: place.tenant(),
            id,
            name: "the client".to_owned(),
            metadata,
            kept_by: KeptBy::Management,
            disabled: false,
            registration_digest: None,
            created: now,
            modified: now,
        };
        let digest = sha256(SECRET);
        let secret = RegisteredSecret { id: id.uuid(), name: None, digest, created: now, expires: None };
        let new = NewRegistered { client, secret: Some(secret), permitted_by: None };
        core.store.insert_registered(&new, &Journal::default()).unwrap();
        Self { path, place, id, is_public }
    }

    pub fn client_id(&self) -> String {
        self.id.client_id()
    }

    /// The authorization endpoint with a good request, in which these parameters stand instead; an empty one is left out.
    pub fn request(&self, changed: &[(&str, &str)]) -> String {
        let client_id = self.client_id();
        let good = [
            ("response_type", "code"),
            ("client_id", &client_id),
            ("redirect_uri", REDIRECT),
            ("scope", "openid"),
            ("state", "st&te"),
            ("nonce", "n-0S6"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let kept = good.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let said = kept.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty());
        form(&said.collect::<Vec<_>>())
    }

    /// What a browser gets that brings such a request.
    pub fn ask(&self, browser: &Browsing, changed: &[(&str, &str)]) -> Answer {
        browser.get(&format!("{}/authorize?{}", self.path, self.request(changed)))
    }

    /// The code for such a request.
    #[track_caller]
    pub fn code(&self, browser: &Browsing, changed: &[(&str, &str)]) -> String {
        let answer = self.ask(browser, changed);
        sent(&answer, "code")
            .unwrap_or_else(|| panic!("{} {} {}", answer.status, answer.header("location"), answer.text))
    }

    /// A caller that proves itself as this client, as far as one of its kind can.
    pub fn caller(&self, world: &World) -> Client {
        if self.is_public { world.guest() } else { world.guest().basic(&self.client_id(), SECRET) }
    }

    /// Asks the token endpoint as this client.
    pub fn token(&self, world: &World, said: &[(&str, &str)]) -> Answer {
        let client_id = self.client_id();
        let own: &[(&str, &str)] = if self.is_public { &[("client_id", &client_id)] } else { &[] };
        self.caller(world).form(&format!("{}/token", self.path), &form(&[own, said].concat()))
    }

    /// Uses a code as it should be.
    pub fn redeem(&self, world: &World, code: &str) -> Answer {
        self.token(world, &grant(code))
    }

    pub fn refresh(&self, world: &World, token: &str) -> Answer {
        self.token(world, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// Remembers that ann of acme allowed this.
    pub fn allow(&self, world: &World, scopes: &str) {
        let scopes: Scopes = scopes.parse().unwrap();
        let registry = &world.server.core.registry;
        world.server.wait(registry.allow(&self.place, ann(&world.acme), (self.id, &scopes))).unwrap();
    }
}

/// What a good use of a code says.
pub fn grant(code: &str) -> [(&str, &str); 4] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]
}

/// A name that no other client of the run has.
fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(1);
    u128::from(COUNT.fetch_add(1, Ordering::Relaxed))
}

pub fn ann(tenant: &Tenant) -> Principal {
    Principal::AppUser { org: tenant.org.id, app: tenant.app.id, user: tenant.user.id }
}

/// A browser at which somebody is signed in, or nobody.
pub struct Browsing {
    client: Client,
    cookie: Option<String>,
    session: Option<BrowserSession>,
}

/// A browser at which ann of acme is signed in.
pub fn browser(world: &World) -> Browsing {
    browser_of(world, &place_of(&world.acme), ann(&world.acme))
}

pub fn browser_of(world: &World, place: &Place, principal: Principal) -> Browsing {
    let registry = &world.server.core.registry;
    let now = world.server.core.clock.now();
    let event = SignInEvent { auth_time: now.seconds(), acr: None, amr: vec!["pwd".to_owned()] };
    let begun = registry.begin_browser_session(place, (principal, &event), None, Browser::default());
    let begun = world.server.wait(begun).unwrap();
    let cookie = format!("session-{}={}", place.tenant().uuid().simple(), begun.cookie.expose());
    Browsing { client: world.guest(), cookie: Some(cookie), session: Some(begun.session) }
}

/// A browser at which nobody is signed in.
pub fn stranger(world: &World) -> Browsing {
    Browsing { client: world.guest(), cookie: None, session: None }
}

impl Browsing {
    pub fn session(&self) -> &BrowserSession {
        self.session.as_ref().unwrap()
    }

    pub fn get(&self, path: &str) -> Answer {
        let headers: Vec<(&str, &str)> = self.cookie.iter().map(|cookie| ("cookie", cookie.as_str())).collect();
        self.client.send_with("GET", path, None, "", &headers)
    }
}

/// A parameter of the address to which a browser is sent, if it is sent to the client at all.
pub fn sent(answer: &Answer, name: &str) -> Option<String> {
    let url = url::Url::parse(answer.header("location")).ok()?;
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Which error the client is told by the browser.
pub fn told(answer: &Answer) -> Option<String> {
    assert!(sent(answer, "code").is_none(), "{}", answer.header("location"));
    sent(answer, "error")
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What the ID token of an answer says.
#[track_caller]
pub fn id_claims(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    claims(answer.text_of("id_token"))
}

/// The left half of a SHA-256.
pub fn half(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..16])
}

/// The public keys of an issuer.
pub fn keys(world: &World, path: &str) -> Value {
    world.guest().get(&format!("{path}/.well-known/jwks.json")).json["keys"].clone()
}

/// Whether a token is alive, as a plane sees it.
pub fn is_alive(world: &World, token: &str) -> bool {
    world.guest().bearer(token).get("/acme/shop/users/me").status == 200
}

/// What every refusal of a code says.
#[track_caller]
pub fn assert_refused(answer: &Answer) {
    assert_eq!(answer.error(), (400, "invalid_grant"), "{}", answer.text);
    assert_eq!(
        answer.text_of("error_description"),
        "The authorization code is invalid, expired, used or of another request."
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.json,
        json!({
            "error": answer.text_of("error"),
            "error_description": answer.text_of("error_description"),
            "trace_id": answer.text_of("trace_id"),
        })
    );
}
