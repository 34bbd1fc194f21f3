//! The words and shapes that operations share in the OpenAPI document.

use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, OneOfBuilder};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, ComponentsBuilder, ObjectBuilder, Ref, Schema, Type};

pub(super) const ABOUT: &str = "Organizations own applications, applications own users. Success is always HTTP 200. \
    Paths may end in a slash; `orgs` may be written `organizations`, `apps` `applications`, `users` `user`, and a \
    name may always be a UUID.";

pub(super) const SERVICE: &str = "Service";
const TOKENS: &str = "Tokens";
const MANAGEMENT: &str = "Management";
const APPLICATION: &str = "Application";

pub(super) const TAGS: [(&str, &str); 4] = [
    (TOKENS, "The token endpoints and what belongs to them."),
    (APPLICATION, "What is inside an application: users, groups, roles, permissions."),
    (MANAGEMENT, "Organizations, their admins and their applications."),
    (SERVICE, "The server itself."),
];

pub(super) const LISTING: [(&str, &str, Type); 4] = [
    ("ql", "A query, as `select * where name = 'a*' order by created desc`.", Type::String),
    ("limit", "Entities of one page, 10 where it is not given, at most 1000.", Type::Integer),
    ("cursor", "Where the page begins: the `cursor` of the page before.", Type::String),
    ("reversed", "The opposite order.", Type::Boolean),
];

pub(super) fn tag_of(path: &str) -> &'static str {
    let is_token = |end: &str| path.ends_with(end);
    if !path.starts_with("/management") && !path.starts_with("/{org}") {
        SERVICE
    } else if ["/token", "/me", "/revoketoken", "/revoketokens", "/jwks.json"].into_iter().any(is_token) {
        TOKENS
    } else if path.starts_with("/management") {
        MANAGEMENT
    } else {
        APPLICATION
    }
}

pub(super) fn about_segment(name: &str) -> &'static str {
    match name {
        "org" => "An organization by name or UUID.",
        "app" => "An application by name or UUID.",
        "user" | "followed" => "A user or admin by username, email or UUID.",
        "group" => "A group by path, which may hold slashes, or UUID.",
        "role" => "A role by name or UUID.",
        "collection" => "A collection by name.",
        _ => "A name.",
    }
}

pub(super) fn components() -> Components {
    ComponentsBuilder::new()
        .schema("Object", any_object().description(Some("Any JSON object.")).build())
        .schema(
            "Objects",
            Schema::OneOf(OneOfBuilder::new().item(entity()).item(ArrayBuilder::new().items(entity())).build()),
        )
        .schema("TokenRequest", token_request().build())
        .schema("Token", token().build())
        .schema("OAuthError", error(&[]).description(Some("RFC 6749 §5.2.")).build())
        .schema("Error", error(&[("timestamp", Type::Integer), ("duration", Type::Integer)]).build())
        .schema("Envelope", envelope().build())
        .security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .security_scheme("client", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)))
        .build()
}

fn entity() -> Ref {
    Ref::from_schema_name("Object")
}

fn any_object() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

fn members(object: ObjectBuilder, list: &[(&str, Type)]) -> ObjectBuilder {
    list.iter().fold(object, |object, (name, kind)| {
        object.property(*name, ObjectBuilder::new().schema_type(kind.clone()).build())
    })
}

fn token_request() -> ObjectBuilder {
    let texts = ["username", "password", "pin", "client_id", "client_secret", "refresh_token", "scope"];
    let grant = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([
        "password",
        "client_credentials",
        "refresh_token",
        "pin",
    ]));
    let object = any_object().property("grant_type", grant.build()).required("grant_type");
    members(object, &texts.map(|name| (name, Type::String))).property(
        "ttl",
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("Milliseconds; 0 stands for the default."))
            .build(),
    )
}

fn token() -> ObjectBuilder {
    let list = [
        ("access_token", Type::String),
        ("token_type", Type::String),
        ("expires_in", Type::Integer),
        ("refresh_token", Type::String),
        ("scope", Type::String),
        ("application", Type::String),
    ];
    members(any_object(), &list)
        .property("user", entity())
        .property("organization", entity())
        .required("access_token")
        .required("token_type")
        .required("expires_in")
}

fn error(more: &[(&str, Type)]) -> ObjectBuilder {
    let texts = ["error", "error_description", "trace_id", "error_id"].map(|name| (name, Type::String));
    members(members(any_object(), &texts), more)
        .required("error")
        .required("error_description")
        .description(Some(
            "A stable code and a sentence; `trace_id` names the refusal, and `error_id` in its place a failure of the server.",
        ))
}

fn envelope() -> ObjectBuilder {
    let list = [
        ("action", Type::String),
        ("application", Type::String),
        ("path", Type::String),
        ("uri", Type::String),
        ("status", Type::String),
        ("timestamp", Type::Integer),
        ("duration", Type::Integer),
        ("cursor", Type::String),
        ("count", Type::Integer),
        ("applicationName", Type::String),
    ];
    members(any_object(), &list)
        .property("entities", ArrayBuilder::new().items(entity()).build())
        .property("params", entity())
        .required("timestamp")
        .required("duration")
        .description(Some("Times in milliseconds; members that do not apply are absent."))
}
