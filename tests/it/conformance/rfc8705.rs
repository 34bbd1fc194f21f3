//! RFC 8705 §2.1: a client proves itself by a certificate that a trusted proxy has verified.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::{Value, json};
use tokengrid::config::Settings;

use crate::clients::{registered, text};
use crate::support::{Answer, World, world_with};

const HEADER: &str = "x-ssl-client-s-dn";
const SUBJECT: &str = "CN=machine,O=Acme";

fn proxied(settings: &mut Settings) {
    settings.tls_client.subject_header = HEADER.to_owned();
    settings.tls_client.trusted_proxies = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
}

fn certified(world: &World) -> Value {
    registered(
        world,
        json!({
            "client_name": "Machine", "grant_types": ["client_credentials"], "scope": "api",
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": SUBJECT,
        }),
    )
}

fn ask(world: &World, client: &Value, headers: &[(&str, &str)]) -> Answer {
    let body = format!("grant_type=client_credentials&client_id={}", text(client, "client_id"));
    let kind = Some("application/x-www-form-urlencoded");
    world.guest().send_with("POST", "/acme/shop/token", kind, &body, headers)
}

#[test]
fn s2_1_2_the_subject_must_be_the_registered_one() {
    let world = world_with(proxied);
    let client = certified(&world);
    assert_eq!(ask(&world, &client, &[(HEADER, SUBJECT)]).status, 200);
    for headers in [
        &[][..],
        &[(HEADER, "")][..],
        &[(HEADER, "CN=other,O=Acme")],
        &[(HEADER, "O=Acme,CN=machine")],
        &[(HEADER, SUBJECT), (HEADER, SUBJECT)],
    ] {
        assert_eq!(ask(&world, &client, headers).error(), (401, "invalid_client"), "{headers:?}");
    }
}

#[test]
fn a_header_counts_from_a_trusted_proxy_alone() {
    let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    let world = world_with(|settings| {
        proxied(settings);
        settings.tls_client.trusted_proxies = vec![elsewhere];
    });
    let client = certified(&world);
    assert_eq!(ask(&world, &client, &[(HEADER, SUBJECT)]).error(), (401, "invalid_client"));
}

#[test]
fn a_certificate_beside_a_public_client_is_no_claim() {
    let world = world_with(proxied);
    let public = registered(
        &world,
        json!({
            "client_name": "p", "token_endpoint_auth_method": "none", "redirect_uris": ["https://app.example/cb"],
        }),
    );
    assert_eq!(ask(&world, &public, &[(HEADER, SUBJECT)]).error(), (400, "unauthorized_client"), "it was admitted");
}
