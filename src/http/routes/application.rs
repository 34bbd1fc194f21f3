//! The routes of an application, below `/{org}/{app}`. Those that are asked for most come first.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::oauth::{jwks, token};
use crate::http::usergrid::{application, credentials, revoke};

pub(super) const ROUTES: &[Route] = &[
    route!(
        "/token",
        [
            Operation::get("Issues a token from the query.").gives(Gives::Token),
            Operation::post("Issues a token.").takes(Takes::Grant).gives(Gives::Token)
        ],
        token::exchange
    ),
    route!("", [Operation::get("The application as an entity.")], application::read),
    route!(
        "/.well-known/jwks.json",
        [Operation::get("The public keys of the application.").gives(Gives::Json)],
        jwks::keys
    ),
    route!(
        "/credentials",
        [
            Operation::get("The application's client credentials."),
            Operation::post("Makes a new client secret; the former stops working."),
        ],
        credentials::of_application
    ),
    route!("/{users:users?}/me", [Operation::get("The calling user.")], application::read_me),
    route!(
        "/{users:users?}/{user}/revoketokens",
        [Operation::put("Ends every token of a user."), Operation::post("Ends every token of a user.")],
        revoke::all_of_user
    ),
    route!(
        "/{users:users?}/{user}/revoketoken",
        [Operation::put("Ends one token of a user."), Operation::post("Ends one token of a user.")],
        revoke::one_of_user
    ),
];
