//! What a request costs above the network: reading it, deciding it, and verifying a token, over a warm directory.

#![allow(clippy::expect_used, reason = "a benchmark stops at the first thing that is wrong")]

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use tokengrid::access::{Presented, Verifier};
use tokengrid::config::{self, Overrides};
use tokengrid::domain::place::{Place, PlaceName};
use tokengrid::domain::secret::Secret;
use tokengrid::grant::{
    ClientMethod, ClientProof, Dispatcher, ExchangeParameters, GrantRequest, Origin, PresentedClient, ScopeRule,
    Transport,
};
use tokengrid::http::extract::parameters::Parameters;
use tokengrid::http::extract::path::canonical_path;
use tokengrid::manage::Credentials;
use tokengrid::server::{Services, Tools};

fn main() {
    divan::main();
}

/// A demonstration tenant over SQLite, known to the directory.
struct House {
    runtime: tokio::runtime::Runtime,
    dispatcher: Dispatcher,
    verifier: Verifier,
    app: Credentials,
    _folder: tempfile::TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let overrides = Overrides { data_dir: Some(folder.path().display().to_string()), ..Overrides::default() };
    let mut settings = config::load(None, [], &overrides).expect("the defaults");
    settings.passwords.bcrypt_cost = 4;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let address = "127.0.0.1:8080".parse().expect("an address");
    let services = runtime.block_on(Services::build(settings, Tools::default(), address)).expect("services");
    let app = runtime.block_on(services.core.registry.ensure_demo()).expect("a demonstration").app;
    let dispatcher = services.dispatcher.clone();
    let verifier = services.verifier();
    House { runtime, dispatcher, verifier, app, _folder: folder }
});

fn place(house: &House) -> Place {
    let name = PlaceName::App { org: "my-org".to_owned(), app: "my-app".to_owned() };
    let found = house.runtime.block_on(house.verifier.directory.place(&name)).expect("a directory");
    found.expect("the demonstration")
}

fn request(app: &Credentials) -> GrantRequest {
    GrantRequest {
        transport: Transport::Body,
        scope_rule: ScopeRule::Strict,
        grant_type: Some("client_credentials".to_owned()),
        username: None,
        pin: None,
        password: None,
        client: Some(PresentedClient {
            id: app.client_id.to_string(),
            proof: app.client_secret.clone().map_or(ClientProof::None, ClientProof::Secret),
            method: ClientMethod::Parameters,
        }),
        refresh_token: None,
        code: None,
        code_verifier: None,
        redirect_uri: None,
        assertion: None,
        device_code: None,
        exchange: ExchangeParameters::default(),
        resources: Vec::new(),
        jkt: None,
        origin: Origin::default(),
        scope: None,
        ttl: None,
    }
}

#[divan::bench]
fn exchange_client_credentials(bencher: Bencher<'_, '_>) {
    let house = &*HOUSE;
    let (place, request) = (place(house), request(&house.app));
    bencher.bench_local(|| house.runtime.block_on(house.dispatcher.exchange(&place, &request)).expect("a token"));
}

#[divan::bench]
fn refuse_a_wrong_client_secret(bencher: Bencher<'_, '_>) {
    let house = &*HOUSE;
    let mut request = request(&house.app);
    if let Some(client) = &mut request.client {
        client.proof = ClientProof::Secret(Secret::new("YXA6wrong"));
    }
    let place = place(house);
    bencher.bench_local(|| house.runtime.block_on(house.dispatcher.exchange(&place, &request)).expect_err("refused"));
}

#[divan::bench]
fn verify_a_bearer_token(bencher: Bencher<'_, '_>) {
    let house = &*HOUSE;
    let issued =
        house.runtime.block_on(house.dispatcher.exchange(&place(house), &request(&house.app))).expect("a token");
    let presented = Presented::Bearer(issued.access_token);
    bencher.bench_local(|| house.runtime.block_on(house.verifier.verify(&presented)).expect("a session"));
}

#[divan::bench]
fn read_a_form() -> Parameters {
    let body = b"grant_type=client_credentials&client_id=YXA6AaIAPln4cxmycYW-6oxgXw&client_secret=YXA6WM1grF_v8t6YKMcaopP2xO8AtsTYCdxU9sUYJV7itQQ";
    Parameters::read("POST", "", black_box(body), Some("application/x-www-form-urlencoded")).expect("a form")
}

#[divan::bench]
fn read_json() -> Parameters {
    let body = br#"{"grant_type":"password","username":"john.doe","password":"testpw","ttl":3600000}"#;
    Parameters::read("POST", "", black_box(body), Some("application/json")).expect("an object")
}

#[divan::bench(args = ["/my-org/my-app/token", "/orgs/my-org//apps/my-app/token/"])]
fn canonical(path: &str) -> usize {
    canonical_path(black_box(path)).len()
}
