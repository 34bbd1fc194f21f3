//! The routes that every issuer has, below `/{org}/{app}` and below `/management`: what it says of itself, and what others
//! are told of its tokens.

use super::{Gives, Operation, Route, Takes, route};
use crate::http::oauth::{discovery, introspect, revocations, revoke, userinfo};

pub(super) const ROUTES: &[Route] = &[
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
];
