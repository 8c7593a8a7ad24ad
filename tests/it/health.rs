//! `/healthz` and `/readyz`: what makes them red, and what they only mention.
//!
//! The health page of a bench is served on loopback and asked over HTTP.

use std::time::Duration;

use bongsu::http::{Method, Request};
use bongsu::model::source::Egress;
use bongsu::web::{self, Health};
use tokio_util::sync::CancellationToken;

use crate::bench::{Desk, feed};
use crate::world::Page;

const CALM: (&str, &str, &str) = ("calm", "A calm day", "Nothing happened.");
const LIT: (&str, &str, &str) = ("lit", "A beacon is lit", "On the southern hill.");

/// Asks a page of the bench's health.
async fn ask(desk: &Desk, path: &str) -> (u16, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{path}", listener.local_addr().unwrap()).parse().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(web::serve(listener, Health::of(&desk.bench), stop.clone()));
    let egress =
        Egress { allow_private: vec!["127.0.0.0/8".parse().unwrap()], ..Egress::default() };
    let request = Request {
        method: Method::Get,
        url: &url,
        headers: Vec::new(),
        egress: &egress,
        body_bytes_max: 64 * 1024,
        redirects_max: 0,
        timeout: Duration::from_secs(30),
        secret_url: false,
        paced: false,
    };
    let answer = desk.bench.client.send(request).await.unwrap();
    stop.cancel();
    serving.await.unwrap().unwrap();
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_quiet_daemon_is_well() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(ask(&desk, path).await, (200, "ok\n".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn unhealthy_sources_and_paused_receivers_are_named_but_do_not_make_it_red() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    desk.world.answer("hook", 410);
    desk.deliver().await;
    desk.world.publish("desk", Page::html("Words of <b>others</b>"));
    desk.poll().await;
    let (status, body) = ask(&desk, "/readyz").await;
    let lines: Vec<_> = body.lines().collect();
    assert_eq!((status, lines.len(), lines[0]), (200, 3, "ok"), "{body}");
    assert!(lines[1].starts_with("receiver hook takes nothing since 2026-11-23T10:"), "{body}");
    assert!(lines[2].starts_with("source desk is unhealthy since 2026-11-23T10:"), "{body}");
    assert!(!body.contains("others"), "{body}");
}

#[tokio::test]
async fn a_source_that_is_read_but_looks_wrong_is_named_with_what_is_wrong() {
    let desk = Desk::new("expect = { items_min = 2 }", "").await;
    desk.read(&feed(&[CALM])).await;
    let (status, body) = ask(&desk, "/readyz").await;
    assert_eq!(status, 200);
    assert_eq!(body, "ok\nsource desk: 1 item where at least 2 were expected\n");
}

#[tokio::test]
async fn a_delivery_that_waits_though_its_time_has_come_makes_it_red() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    desk.wait(Duration::from_mins(14));
    assert_eq!(ask(&desk, "/readyz").await.0, 200);
    desk.wait(Duration::from_mins(1));
    let (status, body) = ask(&desk, "/readyz").await;
    assert_eq!((status, body.as_str()), (503, "the oldest due delivery has waited 15 min\n"));
    assert_eq!(ask(&desk, "/healthz").await.0, 200, "the process itself is alive");
}
