//! The routes of the management plane, below `/management`.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::oauth::{jwks, token};
use crate::http::usergrid::{credentials, management, revoke};

pub(super) const ROUTES: &[Route] = &[
    route!(
        "/token",
        [
            Operation::get("Issues a token from the query.").gives(Gives::Token),
            Operation::post("Issues a token.").takes(Takes::Grant).gives(Gives::Token)
        ],
        token::exchange
    ),
    route!(
        "/me",
        [
            Operation::get("The calling admin, with their token.").gives(Gives::Token),
            Operation::post("Issues a token.").takes(Takes::Grant).gives(Gives::Token)
        ],
        management::me
    ),
    route!(
        "/.well-known/jwks.json",
        [Operation::get("The public keys of the management issuer.").gives(Gives::Json)],
        jwks::keys
    ),
    route!("/users/{user}", [Operation::get("An admin reads themselves.")], management::read_admin),
    route!(
        "/users/{user}/revoketokens",
        [Operation::put("Ends every token of an admin."), Operation::post("Ends every token of an admin.")],
        revoke::all_of_admin
    ),
    route!(
        "/users/{user}/revoketoken",
        [Operation::put("Ends one token of an admin."), Operation::post("Ends one token of an admin.")],
        revoke::one_of_admin
    ),
    route!(
        "/orgs/{org}",
        [Operation::get("An organization with its applications and admins.")],
        management::read_organization
    ),
    route!(
        "/orgs/{org}/credentials",
        [
            Operation::get("The organization's client credentials."),
            Operation::post("Makes a new client secret; the former stops working."),
        ],
        credentials::of_organization
    ),
    route!(
        "/orgs/{org}/apps/{app}/credentials",
        [
            Operation::get("An application's client credentials."),
            Operation::post("Makes a new client secret; the former stops working."),
        ],
        credentials::of_application_in_organization
    ),
];
