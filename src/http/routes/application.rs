//! The routes of an application, below `/{org}/{app}`. Those that are asked for most come first.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::clients::registration;
use crate::http::oauth::{device as oauth_device, jwks, par, token};
use crate::http::pages::{admission, authorize, consent, device, logout, recovery, signin};
use crate::http::usergrid::{
    account, application, credentials, empty, revoke, sessions, social, user_credentials, users,
};

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
        "/device_authorization",
        [Operation::post("Lets a device wait for a person (RFC 8628).").takes(Takes::Form).gives(Gives::Json)],
        oauth_device::begin
    ),
    route!(
        "/.well-known/jwks.json",
        [Operation::get("The public keys of the application.").gives(Gives::Json)],
        jwks::keys
    ),
    route!(
        "/register",
        [Operation::post("Registers a client, where the application lets them.").gives(Gives::Json)],
        registration::register
    ),
    route!(
        "/register/{client}",
        [
            Operation::get("A client reads its registration.").gives(Gives::Json),
            Operation::put("A client says its registration anew.").gives(Gives::Json),
            Operation::delete("A client removes itself.").gives(Gives::Json),
        ],
        registration::registered
    ),
    route!(
        "/authorize",
        [
            Operation::get("Takes a person in for a client, and sends them back with a code.").gives(Gives::Page),
            Operation::post("The same, from a form.").gives(Gives::Page),
        ],
        authorize::authorize
    ),
    route!(
        "/signin",
        [
            Operation::get("The page to sign in at.").gives(Gives::Page),
            Operation::post("Signs a browser in.").gives(Gives::Page),
        ],
        signin::sign_in
    ),
    route!(
        "/signin/device",
        [
            Operation::get("The page for the code of a device.").gives(Gives::Page),
            Operation::post("Lets a device in, or turns it away.").gives(Gives::Page),
        ],
        device::device
    ),
    route!("/consent", [Operation::post("What a person allows a client.").gives(Gives::Page)], consent::answer),
    route!(
        "/logout",
        [
            Operation::get("Signs a browser out, for its person or a client.").gives(Gives::Page),
            Operation::post("The same, from a form.").gives(Gives::Page),
        ],
        logout::logout
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
        "/{users:users?}/{user}/sessions",
        [
            Operation::get("The sessions of a user."),
            Operation::delete("Ends the sessions of a user: all, or all but the caller's own."),
        ],
        sessions::all_of_user
    ),
    route!(
        "/{users:users?}/{user}/sessions/{session}",
        [Operation::delete("Ends a session of a user.")],
        sessions::one_of_user
    ),
    route!(
        "/{users:users?}/{user}/consents",
        [Operation::get("What a user allowed clients.")],
        sessions::consents_of_user
    ),
    route!(
        "/{users:users?}/{user}/consents/{client}",
        [Operation::delete("Takes back what a user allowed a client.")],
        sessions::consent_of_user
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
        revoke::all_of_user
    ),
    route!(
        "/{users:users?}/{user}/revoketoken",
        [Operation::put("Ends one token of a user."), Operation::post("Ends one token of a user.")],
        revoke::one_of_user
    ),
];
