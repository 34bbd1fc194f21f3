//! The routes of the management plane, below `/management`.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::clients::registration;
use crate::http::oauth::{device as oauth_device, jwks, par, token};
use crate::http::pages::{admission, authorize, consent, device, logout, organization, recovery, signin};
use crate::http::usergrid::management::{admins, apps, feeds, me, org_config, org_users, orgs};
use crate::http::usergrid::{credentials, mail, refusals, revoke, sessions, signin_provider, sso};

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
        me::me
    ),
    route!("/tokendetails", [Operation::get("What an identity provider's token says.")], sso::token_details),
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
        [Operation::get("The public keys of the management issuer.").gives(Gives::Json)],
        jwks::keys
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
        "/users/resetpw",
        [
            Operation::get("The page for a forgotten password.").gives(Gives::Page),
            Operation::post("Mails a link for a new password, if there is such an admin.").gives(Gives::Page),
        ],
        recovery::ask
    ),
    route!("/users", [Operation::post("Creates an admin.")], admins::create),
    route!(
        "/users/{user}",
        [Operation::get("An admin reads themselves."), Operation::put("An admin changes their account.")],
        admins::item
    ),
    route!(
        "/users/{user}/sessions",
        [
            Operation::get("The sessions of an admin."),
            Operation::delete("Ends the sessions of an admin: all, or all but the caller's own."),
        ],
        sessions::all_of_admin
    ),
    route!(
        "/users/{user}/sessions/{session}",
        [Operation::delete("Ends a session of an admin.")],
        sessions::one_of_admin
    ),
    route!("/users/{user}/consents", [Operation::get("What an admin allowed clients.")], sessions::consents_of_admin),
    route!(
        "/users/{user}/consents/{client}",
        [Operation::delete("Takes back what an admin allowed a client.")],
        sessions::consent_of_admin
    ),
    route!(
        "/users/{user}/password",
        [Operation::put("Sets an admin's password."), Operation::post("Sets an admin's password.")],
        admins::password
    ),
    route!("/users/{user}/feed", [Operation::get("What an admin did.")], feeds::of_admin),
    route!(
        "/users/{user}/organizations",
        [Operation::get("An admin's organizations."), Operation::post("Creates an organization of an admin.")],
        admins::organizations
    ),
    route!(
        "/users/{user}/organizations/{org}",
        [
            Operation::put("Adds an admin to an organization."),
            Operation::delete("Takes an admin out of an organization."),
        ],
        org_users::member
    ),
    route!(
        "/users/{user}/resetpw",
        [
            Operation::get("The page for a new password, for whoever has the link.").gives(Gives::Page),
            Operation::post("Sets a new password by a link; without a token, mails one.").gives(Gives::Page),
        ],
        recovery::reset
    ),
    route!(
        "/users/{user}/confirm",
        [
            Operation::get("Confirms an address by a link.").gives(Gives::Page),
            Operation::post("Confirms an address by a link.").gives(Gives::Page),
        ],
        admission::confirm
    ),
    route!(
        "/users/{user}/activate",
        [
            Operation::get("Activates an admin by a link.").gives(Gives::Page),
            Operation::post("Activates an admin by a link.").gives(Gives::Page),
        ],
        admission::activate
    ),
    route!(
        "/users/{user}/reactivate",
        [Operation::get("Mails what an admin needs to come in.")],
        admission::reactivate
    ),
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
        "/orgs",
        [
            Operation::get("The organizations of this server."),
            Operation::post("Creates an organization with its first admin."),
        ],
        orgs::collection
    ),
    route!(
        "/orgs/{org}",
        [
            Operation::get("An organization with its applications and admins."),
            Operation::put("Changes an organization's properties."),
            Operation::delete("Is not implemented: organizations stay."),
        ],
        orgs::item
    ),
    route!(
        "/orgs/{org}/config",
        [Operation::get("An organization's settings."), Operation::put("Changes an organization's settings.")],
        org_config::settings
    ),
    route!("/orgs/{org}/feed", [Operation::get("What happened in an organization.")], feeds::of_organization),
    route!(
        "/orgs/{org}/users",
        [Operation::get("The admins of an organization."), Operation::post("Invites an admin.")],
        org_users::collection
    ),
    route!(
        "/orgs/{org}/users/{user}",
        [
            Operation::put("Adds an admin to an organization."),
            Operation::delete("Takes an admin out of an organization."),
        ],
        org_users::member
    ),
    route!(
        "/orgs/{org}/apps",
        [Operation::get("The applications of an organization."), Operation::post("Creates an application.")],
        apps::collection
    ),
    route!(
        "/orgs/{org}/apps/{app}",
        [
            Operation::get("An application as an entity."),
            Operation::put("Restores a deleted application.").takes(Takes::Nothing),
            Operation::delete("Deletes an application."),
        ],
        apps::item
    ),
    route!("/orgs/{org}/apps/{app}/_size", [Operation::get("How many entities an application has.")], apps::size),
    route!(
        "/orgs/{org}/apps/{app}/{collection}/_size",
        [Operation::get("How many entities a collection has.")],
        apps::size
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
        "/orgs/{org}/apps/{app}/sia-provider",
        [
            Operation::get("How an application reaches a provider of sign-in, without its secret."),
            Operation::post("Sets how an application reaches a provider of sign-in."),
        ],
        signin_provider::of_application
    ),
    route!(
        "/orgs/{org}/confirm",
        [
            Operation::get("Confirms an organization by a link.").gives(Gives::Page),
            Operation::post("Confirms an organization by a link.").gives(Gives::Page),
        ],
        organization::confirm
    ),
    route!(
        "/orgs/{org}/activate",
        [
            Operation::get("Activates an organization by a link.").gives(Gives::Page),
            Operation::post("Activates an organization by a link.").gives(Gives::Page),
        ],
        organization::activate
    ),
    route!(
        "/orgs/{org}/reactivate",
        [Operation::get("Mails the link of an organization again.")],
        organization::reactivate
    ),
    route!(
        "/orgs/{org}/apps/{app}/mail",
        [Operation::get("The outbox of an application, newest first.")],
        mail::of_application
    ),
    route!(
        "/orgs/{org}/apps/{app}/mail/templates/{name}",
        [
            Operation::get("An application's own words for a mail, and the server's."),
            Operation::put("Sets an application's own words for a mail."),
            Operation::delete("Goes back to the server's words for a mail."),
        ],
        mail::template
    ),
    route!(
        "/orgs/{org}/apps/{app}/mail/{mail}",
        [Operation::get("One mail of the outbox; with its words while it is held.")],
        mail::read_of_application
    ),
    route!(
        "/orgs/{org}/apps/{app}/refusals",
        [Operation::get("What an application refused, newest first.")],
        refusals::of_application
    ),
    route!(
        "/orgs/{org}/apps/{app}/refusals/{trace}",
        [Operation::get("Why an application refused a request.")],
        refusals::one_of_application
    ),
    route!("/refusals", [Operation::get("What the management plane refused, newest first.")], refusals::of_management),
    route!(
        "/refusals/{trace}",
        [Operation::get("Why the management plane refused a request.")],
        refusals::one_of_management
    ),
    route!(
        "/orgs/{org}/apps/{app}/credentials",
        [
            Operation::get("An application's client credentials."),
            Operation::post("Makes a new client secret; the former stops working."),
        ],
        credentials::of_application_in_organization
    ),
    route!(
        "/register",
        [Operation::post("Registers a client with the management issuer.").gives(Gives::Json)],
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
];
