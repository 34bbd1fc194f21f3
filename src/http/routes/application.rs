//! The routes of an application, below `/{org}/{app}`. Those that are asked for most come first.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::oauth::{discovery, introspect, jwks, par, revocations, revoke, token, userinfo};
use crate::http::pages::{admission, recovery};
use crate::http::usergrid::revoke as endings;
use crate::http::usergrid::{account, application, credentials, empty, social, user_credentials, users};

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
        "",
        [
            Operation::get("The application as an entity."),
            Operation::put("Changes the application's settings and properties."),
        ],
        application::entity
    ),
    route!(
        "/par",
        [Operation::post("Takes an authorization request ahead of the browser (RFC 9126).")
            .takes(Takes::Form)
            .gives(Gives::Json)],
        par::push
    ),
    route!(
        "/.well-known/jwks.json",
        [Operation::get("The public keys of the application.").gives(Gives::Json)],
        jwks::keys
    ),
    route!(
        "/.well-known/openid-configuration",
        [Operation::get("What the issuer says of itself (OpenID Connect).").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/oauth-authorization-server",
        [Operation::get("What the issuer says of itself (RFC 8414).").gives(Gives::Json)],
        discovery::server
    ),
    route!(
        "/.well-known/oauth-protected-resource",
        [Operation::get("What the plane says of itself as a resource (RFC 9728).").gives(Gives::Json)],
        discovery::resource
    ),
    route!(
        "/introspect",
        [Operation::post("What a token says and whether it holds (RFC 7662).").takes(Takes::Form).gives(Gives::Json)],
        introspect::introspect
    ),
    route!(
        "/revoke",
        [Operation::post("Ends a token of the asking client (RFC 7009).").takes(Takes::Form).gives(Gives::Nothing)],
        revoke::revoke
    ),
    route!(
        "/userinfo",
        [
            Operation::get("Who the bearer's token is of (OpenID Connect).").gives(Gives::Json),
            Operation::post("Who the bearer's token is of (OpenID Connect).").takes(Takes::Form).gives(Gives::Json),
        ],
        userinfo::user_info
    ),
    route!(
        "/revocations",
        [Operation::get("What the issuer has revoked, for those who verify its tokens.").gives(Gives::Json)],
        revocations::feed
    ),
    route!(
        "/credentials",
        [
            Operation::get("The application's client credentials."),
            Operation::post("Makes a new client secret; the former stops working."),
        ],
        credentials::of_application
    ),
    route!(
        "/auth/facebook",
        [
            Operation::get("Signs in by a Facebook account.").gives(Gives::Token),
            Operation::post("Signs in by a Facebook account.").gives(Gives::Token)
        ],
        social::facebook
    ),
    route!(
        "/auth/foursquare",
        [
            Operation::get("Signs in by a Foursquare account.").gives(Gives::Token),
            Operation::post("Signs in by a Foursquare account.").gives(Gives::Token)
        ],
        social::foursquare
    ),
    route!(
        "/auth/pingident",
        [
            Operation::get("Signs in by a PingFederate account.").gives(Gives::Token),
            Operation::post("Signs in by a PingFederate account.").gives(Gives::Token)
        ],
        social::pingident
    ),
    route!(
        "/{users:users?}/resetpw",
        [
            Operation::get("The page for a forgotten password.").gives(Gives::Page),
            Operation::post("Mails a link for a new password, if there is such a user.").gives(Gives::Page),
        ],
        recovery::ask
    ),
    // Before the user who might be called so.
    route!("/{collection}/indexes", [Operation::get("Always empty; for Usergrid's clients.")], empty::indexes),
    route!(
        "/{users:users?}/me",
        [Operation::get("The calling user."), Operation::put("Changes the calling user."),],
        users::me
    ),
    route!(
        "/{users:users?}",
        [
            Operation::list("The users, page by page."),
            Operation::post("Creates a user, or a batch of them.").takes(Takes::Objects),
        ],
        users::collection
    ),
    route!(
        "/{users:users?}/{user}",
        [
            Operation::get("A user."),
            Operation::put("Changes a user, or creates one of this name."),
            Operation::delete("Removes a user with everything that was theirs."),
        ],
        users::entity
    ),
    route!(
        "/{users:users?}/{user}/password",
        [Operation::put("Sets a user's password."), Operation::post("Sets a user's password.")],
        account::password
    ),
    route!(
        "/{users:users?}/{user}/deactivate",
        [Operation::post("Lays a user's account to rest.")],
        account::deactivate
    ),
    route!(
        "/{users:users?}/{user}/setpin",
        [Operation::get("Sets a user's pin from the query."), Operation::post("Sets a user's pin.")],
        account::set_pin
    ),
    route!(
        "/{users:users?}/{user}/credentials",
        [
            Operation::get("A user's stored credentials, for the superuser."),
            Operation::put("Puts a user's stored credentials back, by the superuser."),
        ],
        user_credentials::serve
    ),
    route!(
        "/{users:users?}/{user}/sendpin",
        [Operation::get("Mails a user a new pin."), Operation::post("Mails a user a new pin.").takes(Takes::Nothing)],
        account::send_pin
    ),
    route!(
        "/{users:users?}/{user}/token",
        [Operation::get("A token of a user, for the administration.").gives(Gives::Token)],
        account::lend_token
    ),
    route!(
        "/{users:users?}/{user}/resetpw",
        [
            Operation::get("The page for a new password, for whoever has the link.").gives(Gives::Page),
            Operation::post("Sets a new password by a link; without a token, mails one.").gives(Gives::Page),
        ],
        recovery::reset
    ),
    route!(
        "/{users:users?}/{user}/confirm",
        [
            Operation::get("Confirms an address by a link.").gives(Gives::Page),
            Operation::post("Confirms an address by a link.").gives(Gives::Page),
        ],
        admission::confirm
    ),
    route!(
        "/{users:users?}/{user}/activate",
        [
            Operation::get("Activates a user by a link.").gives(Gives::Page),
            Operation::post("Activates a user by a link.").gives(Gives::Page),
        ],
        admission::activate
    ),
    route!(
        "/{users:users?}/{user}/reactivate",
        [Operation::get("Mails what a user needs to come in.")],
        admission::reactivate
    ),
    route!(
        "/{users:users?}/{user}/revoketokens",
        [Operation::put("Ends every token of a user."), Operation::post("Ends every token of a user.")],
        endings::all_of_user
    ),
    route!(
        "/{users:users?}/{user}/revoketoken",
        [Operation::put("Ends one token of a user."), Operation::post("Ends one token of a user.")],
        endings::one_of_user
    ),
];
