//! Gives the router the canonical path in place of the one that came; the query is not touched.

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

use crate::http::extract::path::canonical_path;

/// The path as it came, kept beside a request whose path was rewritten.
pub struct CameAs(pub String);

/// Rewrites a request's path before it is routed.
pub fn canonicalize(request: &mut ServiceRequest) {
    let Some(uri) = canonical_uri(request.uri()) else { return };
    let came_as = CameAs(request.path().to_owned());
    request.extensions_mut().insert(came_as);
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// The address with its path rewritten; `None` when it stays as it is.
fn canonical_uri(uri: &Uri) -> Option<Uri> {
    let path = canonical_path(uri.path());
    if path == uri.path() {
        return None;
    }
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path.as_ref()),
    };
    let mut parts = uri.clone().into_parts();
    // A canonical path has no character that the path which came did not have, so neither step can fail.
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}
