//! The OpenAPI 3.1 document, made from the one list of routes, so that no route can be missing from it.
//! `docs/openapi.json` is this document as a file; a test compares the two.

mod schemas;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItemBuilder};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Info, License, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder, ResponsesBuilder, Schema, ServerBuilder, Type,
};

use crate::domain::permission::Verb;
use crate::http::routes::{self, Gives, Operation, Takes};

/// `GET /openapi.json`
pub async fn serve() -> HttpResponse {
    static TEXT: LazyLock<String> = LazyLock::new(text);
    HttpResponse::Ok().content_type("application/json").body(TEXT.as_str())
}

/// The document as text, with a newline at its end.
pub fn text() -> String {
    document().to_pretty_json().map_or_else(|_| String::new(), |json| json + "\n")
}

/// The document.
pub fn document() -> OpenApi {
    let mut info = Info::new("Tokengrid", env!("CARGO_PKG_VERSION"));
    info.description = Some(schemas::ABOUT.to_owned());
    info.license = Some(License::new(env!("CARGO_PKG_LICENSE")));
    let paths = routes::all().fold(PathsBuilder::new(), |paths, (path, route)| {
        let item = route.operations.iter().fold(PathItemBuilder::new(), |item, operation| {
            item.operation(method(operation.verb), described(&path, operation))
        });
        paths.path(path.clone(), item.build())
    });
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .paths(paths.build())
        .components(Some(schemas::components()))
        .tags(Some(schemas::TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .build()
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Put => HttpMethod::Put,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn described(path: &str, operation: &Operation) -> utoipa::openapi::path::Operation {
    let tag = schemas::tag_of(path);
    let builder = OperationBuilder::new()
        .tag(tag)
        .summary(Some(operation.summary))
        .operation_id(Some(operation_id(path, operation.verb)))
        .parameters(Some(parameters(path, operation.takes)))
        .request_body(body(operation.takes))
        .responses(responses(operation.gives));
    // Without any of them the caller is a guest, which many routes serve.
    let ways = ["bearer", "client"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    match tag {
        schemas::SERVICE => builder.build(),
        _ => builder.securities(Some(ways.into_iter().chain([SecurityRequirement::default()]))).build(),
    }
}

/// `get_org_app_users_user` for `GET /{org}/{app}/users/{user}`: one of a kind, because paths are.
fn operation_id(path: &str, verb: Verb) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(verb.as_str().to_ascii_lowercase(), |id, word| id + "_" + word)
}

fn parameters(path: &str, takes: Takes) -> Vec<Parameter> {
    let names = path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
    let in_path = names.map(|name| parameter(name, ParameterIn::Path, schemas::about_segment(name), Type::String));
    let listing: &[(&str, &str, Type)] = if takes == Takes::Listing { &schemas::LISTING } else { &[] };
    let in_query = listing.iter().map(|(name, about, kind)| parameter(name, ParameterIn::Query, about, kind.clone()));
    in_path.chain(in_query).collect()
}

fn parameter(name: &str, place: ParameterIn, about: &str, kind: Type) -> Parameter {
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(kind).build()))
        .build()
}

fn body(takes: Takes) -> Option<RequestBody> {
    let (schema, form, required) = match takes {
        Takes::Nothing | Takes::Listing => return None,
        Takes::Grant => ("TokenRequest", true, Required::True),
        Takes::Form | Takes::Object => ("Object", true, Required::False),
        Takes::Objects => ("Objects", false, Required::True),
    };
    let content = || ContentBuilder::new().schema(Some(reference(schema))).build();
    let builder = RequestBodyBuilder::new().required(Some(required)).content("application/json", content());
    let builder = if form { builder.content("application/x-www-form-urlencoded", content()) } else { builder };
    Some(builder.build())
}

fn responses(gives: Gives) -> utoipa::openapi::Responses {
    let (about, schema, error) = match gives {
        Gives::Envelope => ("Done; also what was created or removed.", "Envelope", "Error"),
        Gives::Token => ("A token.", "Token", "OAuthError"),
        Gives::Page => ("A page, or JSON for `Accept: application/json`.", "Envelope", "Error"),
        Gives::Json => ("JSON of its own shape.", "Object", "Error"),
    };
    let success = respond(about, schema);
    let success = match gives {
        Gives::Page => success.content("text/html", ContentBuilder::new().build()),
        Gives::Envelope | Gives::Token | Gives::Json => success,
    };
    ResponsesBuilder::new()
        .response("200", success.build())
        .response("default", Response::from(respond("Refused; the code says why.", error)))
        .build()
}

fn respond(about: &str, schema: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(reference(schema))).build();
    ResponseBuilder::new().description(about).content("application/json", content)
}

fn reference(schema: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(schema))
}
