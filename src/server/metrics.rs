//! The listener for Prometheus, apart from the public one.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{Data, get};
use actix_web::{App, HttpResponse, HttpServer};

use super::start::StartError;
use crate::telemetry::{METRICS_CONTENT_TYPE, Metrics};

/// Serves `GET /metrics` on `address`, and tells where that is: port 0 is any free one.
///
/// *Errors*: the address cannot be listened on.
pub(super) fn serve(address: SocketAddr, metrics: Arc<Metrics>) -> Result<(Server, SocketAddr), StartError> {
    let failed = |source| StartError::MetricsListen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let metrics = Data::from(metrics);
    let server = HttpServer::new(move || App::new().app_data(metrics.clone()).route("/metrics", get().to(render)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(failed)?
        .run();
    Ok((server, bound))
}

async fn render(metrics: Data<Metrics>) -> HttpResponse {
    match metrics.render() {
        Ok(text) => HttpResponse::Ok().content_type(METRICS_CONTENT_TYPE).body(text),
        Err(cause) => {
            tracing::error!(%cause, "the metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
