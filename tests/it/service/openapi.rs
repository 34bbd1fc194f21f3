//! The OpenAPI document: made from the routes, the same in the repository as on the wire, and sound.

use std::collections::BTreeSet;

use serde_json::Value;
use tokengrid::http::{openapi, routes};

use crate::support::world;

/// How to write the file anew: `TOKENGRID_WRITE_OPENAPI=1 cargo test --test it openapi`.
const WRITE: &str = "TOKENGRID_WRITE_OPENAPI";

#[test]
fn the_file_in_the_repository_is_what_the_server_serves() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let text = openapi::text();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap();
    assert!(kept == text, "docs/openapi.json is not current: run with {WRITE}=1");
    let served = world().guest().get("/openapi.json");
    assert_eq!((served.status, served.text), (200, text));
}

#[test]
fn every_operation_of_every_route_is_in_the_document() {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let listed: BTreeSet<String> = routes::all()
        .flat_map(|(path, route)| {
            let verbs = route.operations.iter().map(|operation| operation.verb.as_str().to_ascii_lowercase());
            verbs.map(move |verb| format!("{verb} {path}")).collect::<Vec<_>>()
        })
        .collect();
    let mut documented = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            documented.insert(format!("{verb} {path}"));
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} names two operations");
            let named: Vec<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            assert_eq!(named.len(), path.matches('{').count(), "{verb} {path}");
        }
    }
    assert_eq!(documented, listed);
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').expect("a local reference");
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                open.extend(members.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
}
