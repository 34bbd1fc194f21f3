//! The routes of registered clients and trusted issuers, below `/management`.

use super::{Operation, Route, route};
use crate::http::clients;

/// The clients of applications and of the management plane itself, twice the same.
pub(super) const ROUTES: &[Route] = &[
    route!(
        "/orgs/{org}/apps/{app}/clients",
        [Operation::get("The registered clients of an application."), Operation::post("Registers a client.")],
        clients::clients
    ),
    route!(
        "/orgs/{org}/apps/{app}/clients/{client}",
        [
            Operation::get("A registered client."),
            Operation::put("Changes a registered client."),
            Operation::delete("Removes a registered client and ends its tokens."),
        ],
        clients::client
    ),
    route!(
        "/orgs/{org}/apps/{app}/clients/{client}/secrets",
        [Operation::get("The secrets of a client, without their texts."), Operation::post("Makes a secret.")],
        clients::secrets
    ),
    route!(
        "/orgs/{org}/apps/{app}/clients/{client}/secrets/{secret}",
        [Operation::delete("Ends a secret of a client.")],
        clients::secret
    ),
    route!(
        "/orgs/{org}/apps/{app}/initial-access-tokens",
        [
            Operation::get("The tokens that let programs register themselves."),
            Operation::post("Makes a token that lets programs register themselves."),
        ],
        clients::initial_tokens
    ),
    route!(
        "/orgs/{org}/apps/{app}/initial-access-tokens/{token}",
        [Operation::delete("Ends such a token.")],
        clients::initial_token
    ),
    route!(
        "/orgs/{org}/apps/{app}/trusted-issuers",
        [
            Operation::get("The issuers whose word for a user an application takes."),
            Operation::post("Takes an issuer's word for users from now on."),
        ],
        clients::trusted_issuers
    ),
    route!(
        "/orgs/{org}/apps/{app}/trusted-issuers/{issuer}",
        [
            Operation::get("An issuer whose word is taken."),
            Operation::put("Changes how far an issuer's word goes."),
            Operation::delete("Takes an issuer's word no more."),
        ],
        clients::trusted_issuer
    ),
    route!(
        "/clients",
        [
            Operation::get("The registered clients of the management issuer."),
            Operation::post("Registers a client with the management issuer."),
        ],
        clients::clients
    ),
    route!(
        "/clients/{client}",
        [
            Operation::get("A registered client."),
            Operation::put("Changes a registered client."),
            Operation::delete("Removes a registered client and ends its tokens."),
        ],
        clients::client
    ),
    route!(
        "/clients/{client}/secrets",
        [Operation::get("The secrets of a client, without their texts."), Operation::post("Makes a secret.")],
        clients::secrets
    ),
    route!("/clients/{client}/secrets/{secret}", [Operation::delete("Ends a secret of a client.")], clients::secret),
    route!(
        "/initial-access-tokens",
        [
            Operation::get("The tokens that let programs register themselves."),
            Operation::post("Makes a token that lets programs register themselves."),
        ],
        clients::initial_tokens
    ),
    route!("/initial-access-tokens/{token}", [Operation::delete("Ends such a token.")], clients::initial_token),
];
