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

/// What a bench without trouble has.
const ON: &str = "2 receivers are on: hook (webhook), second (webhook)\n1 source is on: desk\n";

/// Asks a page of the bench's health.
async fn ask(desk: &Desk, path: &str) -> (u16, String) {
    ask_of(desk, Health::of(&desk.bench), path).await
}

/// The same of one that was asked before.
async fn ask_of(desk: &Desk, health: Health, path: &str) -> (u16, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{path}", listener.local_addr().unwrap()).parse().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(web::serve(listener, health, stop.clone()));
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
    assert_eq!(ask(&desk, "/healthz").await, (200, "ok\n".to_owned()));
    let ready = format!("ok\n{ON}");
    assert_eq!(ask(&desk, "/readyz").await, (200, ready));
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
    assert_eq!((status, lines.len(), lines[0]), (200, 5, "ok"), "{body}");
    assert!(lines[1].starts_with("receiver hook takes nothing since 2026-11-23T10:"), "{body}");
    assert!(lines[2].starts_with("source desk is unhealthy since 2026-11-23T10:"), "{body}");
    assert!(lines[2].ends_with(": 1 failed poll"), "{body}");
    assert!(!body.contains("others"), "{body}");
}

#[tokio::test]
async fn a_source_that_is_read_but_looks_wrong_is_named_with_what_is_wrong() {
    let desk = Desk::new("expect = { items_min = 2 }", "").await;
    desk.read(&feed(&[CALM])).await;
    let (status, body) = ask(&desk, "/readyz").await;
    assert_eq!(status, 200);
    assert_eq!(body, format!("ok\nsource desk: 1 item where at least 2 were expected\n{ON}"));
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
    assert_eq!(
        (status, body.lines().next()),
        (503, Some("the oldest due delivery has waited 15 min"))
    );
    assert_eq!(ask(&desk, "/healthz").await.0, 200, "the process itself is alive");
}

#[tokio::test]
async fn however_many_ask_the_store_is_written_once_in_a_while_and_its_trouble_is_seen() {
    use sqlx::Connection as _;
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    let file = desk.world.path("bongsu.db");
    let mut beside =
        sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let health = Health::of(&desk.bench);
    let ask = || ask_of(&desk, health.clone(), "/readyz");
    let mut written = Vec::new();
    for _ in 0..6 {
        assert_eq!(ask().await.0, 200);
        let at: i64 =
            sqlx::query_scalar("SELECT at FROM heartbeat").fetch_one(&mut beside).await.unwrap();
        written.push(at);
        desk.wait(Duration::from_secs(4));
    }
    written.dedup();
    assert_eq!(written.len(), 2, "at 0 s and at 12 s: {written:?}");
    sqlx::query("ALTER TABLE heartbeat RENAME TO gone").execute(&mut beside).await.unwrap();
    desk.wait(Duration::from_secs(10));
    let (status, body) = ask().await;
    assert_eq!(status, 503, "{body}");
    assert!(body.starts_with("the store cannot be written: "), "{body}");
    sqlx::query("ALTER TABLE gone RENAME TO heartbeat").execute(&mut beside).await.unwrap();
    assert_eq!(ask().await.0, 503, "nobody asks the store in the meantime");
    desk.wait(Duration::from_secs(10));
    assert_eq!(ask().await, (200, format!("ok\n{ON}")));
}
