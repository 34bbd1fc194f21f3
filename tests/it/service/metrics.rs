//! Metrics: on a listener of their own, and moved by what happens.

use crate::support::{Client, Program};

/// The value of a series on the page; 0 where it has not begun.
fn value(metrics: &Client, series: &str) -> f64 {
    let page = metrics.get("/metrics").text;
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0.0, |text| text.parse().unwrap())
}

#[test]
fn counters_move_on_a_listener_apart_from_the_public_one() {
    let program = Program::fresh().set("TOKENGRID_METRICS__LISTEN", "127.0.0.1:0");
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let user = ["user", "create", "acme/sandbox", "--username", "ann", "--email", "a@b.test", "--password-stdin"];
    assert_eq!(program.run_with(&user, "correct horse").code, Some(0));
    let serving = program.serve(&[]);
    assert_ne!(serving.metrics, serving.address);
    let metrics = Client::new(&format!("http://{}", serving.metrics));

    let page = metrics.get("/metrics");
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(page.text.ends_with("# EOF\n"));
    assert_eq!(value(&metrics, "tokengrid_password_wait_seconds_count"), 0.0);

    assert_eq!(serving.client().sign_in("/acme/sandbox", "ann", "correct horse").status, 200);
    assert_eq!(serving.client().sign_in("/acme/sandbox", "ann", "wrong horse").status, 400);
    assert_eq!(serving.client().get("/nothing").status, 404);
    let token = |outcome: &str, authority: &str| {
        format!(
            r#"tokengrid_token_requests_total{{grant_type="password",authority="{authority}",outcome="{outcome}"}}"#
        )
    };
    for (series, expected) in [
        (token("issued", "app_user").as_str(), 1.0),
        (token("invalid_grant", "none").as_str(), 1.0),
        (r#"tokengrid_http_requests_total{method="POST",status="2xx"}"#, 1.0),
        (r#"tokengrid_http_requests_total{method="POST",status="4xx"}"#, 1.0),
        (r#"tokengrid_http_requests_total{method="GET",status="4xx"}"#, 1.0),
        ("tokengrid_http_request_duration_seconds_count", 3.0),
        ("tokengrid_password_wait_seconds_count", 2.0),
        ("tokengrid_password_busy_total", 0.0),
    ] {
        assert_eq!(value(&metrics, series), expected, "{series}\n{}", metrics.get("/metrics").text);
    }
    assert!(value(&metrics, "tokengrid_directory_misses_total") >= 1.0);
    assert!(value(&metrics, "tokengrid_directory_hits_total") >= 1.0);
    assert_eq!(serving.client().get("/metrics").error(), (404, "not_found"), "nothing of it on the public port");
    assert_eq!(metrics.get("/status").status, 404, "and nothing of the public port here");
}

#[test]
fn metrics_can_be_off() {
    let program = Program::fresh().set("TOKENGRID_METRICS__LISTEN", "off");
    assert_eq!(program.serve(&[]).metrics, "");
}
