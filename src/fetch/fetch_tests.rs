//! Fetching from real sockets: what is sent, what is echoed, what every answer means.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use url::Url;

use crate::fetch::{Answer, Fetched, Limits, get};
use crate::http::stub::{Step, Stub, client, header, loopback, nobody, ok, redirect, reply};
use crate::http::{Client, Manners};
use crate::model::fault::Place;
use crate::model::source::{Expect, Source, SourceKind, SourceState, Validator, Validators};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 1, 9, 0, 0).unwrap()
}

fn source(url: Url) -> Source {
    Source {
        id: "msit-press".to_owned(),
        title: "MSIT".to_owned(),
        kind: SourceKind::Feed,
        url,
        every: Duration::from_mins(15),
        own_host: true,
        timezone: chrono_tz::Asia::Seoul,
        language: Some("ko".to_owned()),
        implies: Vec::new(),
        expect: Expect { items_min: 1, silence_max: None },
        backfill: None,
        cache_max: None,
        headers: Vec::new(),
        encoding: None,
        identity: None,
        egress: loopback(),
        enabled: true,
        place: Place::file("bongsu.toml"),
    }
}

/// A source fetched in full an hour ago, with these validators.
fn known(etag: &[u8], last_modified: &[u8]) -> SourceState {
    let some = |value: &[u8]| (!value.is_empty()).then(|| Validator::new(value));
    SourceState {
        validators: Validators { etag: some(etag), last_modified: some(last_modified) },
        full_at: Some(now() - TimeDelta::hours(1)),
        ..SourceState::default()
    }
}

async fn fetch(stub: &Stub, state: &SourceState) -> Fetched {
    get(&client(&[]), &source(stub.url("/rss")), state, &Limits::default(), now()).await
}

/// Fetches this answer for the first time, or says why not.
async fn first(steps: Vec<Step>) -> Fetched {
    let stub = Stub::start("127.0.0.1", move |_, _| steps.clone()).await;
    fetch(&stub, &SourceState::default()).await
}

fn reason(fetched: &Fetched) -> &str {
    match &fetched.answer {
        Answer::Trouble { reason } => reason,
        other => panic!("no trouble: {other:?}"),
    }
}

#[tokio::test]
async fn a_first_fetch_asks_for_everything_and_brings_the_validators() {
    let headers = ["content-type: text/xml;charset=EUC-KR", "etag: \"a\"", "last-modified: then"];
    let steps = reply(200, &headers, b"<rss/>");
    let stub = Stub::start("127.0.0.1", move |_, _| steps.clone()).await;
    let mut korean = source(stub.url("/rss"));
    korean.headers = vec![
        ("Accept-Encoding".to_owned(), "identity".to_owned()),
        ("ACCEPT".to_owned(), "text/xml".to_owned()),
    ];
    let contact = Some("mailto:news@example.org".to_owned());
    let client = Client::new(Manners { contact, ..Manners::default() }).unwrap();
    let state = SourceState::default();
    let fetched = get(&client, &korean, &state, &Limits::default(), now()).await;
    let validators = Validators {
        etag: Some(Validator::new("\"a\"")),
        last_modified: Some(Validator::new("then")),
    };
    let answer = Answer::Body {
        bytes: "<rss/>".into(),
        content_type: Some("text/xml;charset=EUC-KR".to_owned()),
        url: stub.url("/rss"),
        validators,
        truncated: false,
    };
    assert_eq!((fetched.answer, fetched.status, fetched.bytes), (answer, Some(200), 6));
    let request = stub.requests().remove(0);
    let agent = concat!("bongsu/", env!("CARGO_PKG_VERSION"), " (+mailto:news@example.org)");
    assert_eq!(header(&request, "user-agent"), Some(agent));
    assert_eq!(header(&request, "accept"), Some("text/xml"));
    assert_eq!(header(&request, "accept-encoding"), Some("identity"));
    assert_eq!(header(&request, "accept-language"), Some("ko, en;q=0.8, *;q=0.5"));
    for name in ["if-none-match", "if-modified-since", "referer", "cookie"] {
        assert_eq!(header(&request, name), None, "{name}");
    }
}

#[tokio::test]
async fn validators_come_back_byte_for_byte() {
    let long = format!("\"{}\"", "e".repeat(8000));
    for (etag, modified) in [
        ("W/\"weak\"", "Thu, 01 Oct 2026 00:00:00 GMT"),
        ("no quotes", ""),
        ("\"a\", \"b\"", "yesterday"),
        ("\"\u{e9}\u{ff}\"", ""), // Bytes above ASCII, as the stub shows them.
        ("", "Wed, 30 Sep 2026 23:59:59 GMT"),
        (&long, "0"),
    ] {
        let bytes = |text: &str| -> Vec<u8> { text.chars().map(|c| c as u8).collect() };
        let stub = Stub::start("127.0.0.1", |_, _| {
            vec![Step::Send(b"HTTP/1.1 304 X\r\ncache-control: max-age=60\r\n\r\n".to_vec())]
        })
        .await;
        let fetched = fetch(&stub, &known(&bytes(etag), &bytes(modified))).await;
        assert_eq!(fetched.answer, Answer::NotModified);
        assert_eq!(fetched.fresh_for, Some(Duration::from_mins(1)));
        let request = stub.requests().remove(0);
        assert_eq!(header(&request, "if-none-match").unwrap_or_default(), etag);
        assert_eq!(header(&request, "if-modified-since").unwrap_or_default(), modified);
    }
}

#[tokio::test]
async fn a_validator_that_is_too_long_is_neither_kept_nor_sent() {
    let long = "x".repeat(8193);
    let line = format!("etag: {long}");
    let fetched = first(reply(200, &[&line], b"<rss/>")).await;
    let Answer::Body { validators, .. } = fetched.answer else { panic!("no body") };
    assert_eq!(validators, Validators::default());
    let stub = Stub::start("127.0.0.1", |_, _| ok("<rss/>")).await;
    fetch(&stub, &known(long.as_bytes(), b"then")).await;
    let request = stub.requests().remove(0);
    assert_eq!(header(&request, "if-none-match"), None);
    assert_eq!(header(&request, "if-modified-since"), Some("then"));
}

#[tokio::test]
async fn once_a_day_the_whole_body_is_asked_for() {
    let hours = |hours: i64| Some(now() - TimeDelta::hours(hours));
    for (full_at, conditional) in
        [(hours(0), true), (hours(23), true), (hours(24), false), (hours(-1), false), (None, false)]
    {
        let stub = Stub::start("127.0.0.1", |_, _| ok("<rss/>")).await;
        let state = SourceState { full_at, ..known(b"\"a\"", b"") };
        fetch(&stub, &state).await;
        let sent = header(&stub.requests()[0], "if-none-match").is_some();
        assert_eq!(sent, conditional, "{full_at:?}");
    }
}

#[tokio::test]
async fn a_last_modified_in_the_future_is_kept_and_never_sent() {
    let stub = Stub::start("127.0.0.1", |_, _| {
        reply(200, &["last-modified: Fri, 01 Jan 2100 00:00:00 GMT"], b"<rss/>")
    })
    .await;
    let Answer::Body { validators, .. } = fetch(&stub, &SourceState::default()).await.answer else {
        panic!("no body")
    };
    let later = SourceState { validators, full_at: Some(now()), ..SourceState::default() };
    fetch(&stub, &later).await;
    assert_eq!(header(&stub.requests()[1], "if-modified-since"), None);
    // A store of an earlier version may hold one beside an ETag.
    fetch(&stub, &known(b"\"a\"", b"Fri, 01 Jan 2100 00:00:00 GMT")).await;
    assert_eq!(header(&stub.requests()[2], "if-modified-since"), None);
    assert_eq!(header(&stub.requests()[2], "if-none-match"), Some("\"a\""));
}

#[tokio::test]
async fn what_comes_with_a_refusal_is_handed_on_for_whoever_can_read_it() {
    let fetched = first(reply(404, &["content-type: text/xml"], b"<rss/>")).await;
    let beside = fetched.beside.expect("it was sent");
    assert_eq!((&beside.bytes[..], beside.truncated), (&b"<rss/>"[..], false));
    assert_eq!(beside.content_type.as_deref(), Some("text/xml"));
    assert!(first(reply(404, &[], b" \n")).await.beside.is_none());
    assert!(first(ok("<rss/>")).await.beside.is_none());
}

#[tokio::test]
async fn not_modified_is_believed_only_where_it_was_asked_for() {
    let steps = vec![Step::Send(b"HTTP/1.1 304 X\r\n\r\n".to_vec())];
    let fetched = first(steps).await;
    assert!(reason(&fetched).contains("304"), "{fetched:?}");
    assert_eq!(fetched.status, Some(304));
}

#[tokio::test]
async fn a_cut_body_brings_no_validators() {
    let cut = b"HTTP/1.1 200 X\r\netag: \"a\"\r\ncontent-length: 99\r\n\r\n<rss>".to_vec();
    let fetched = first(vec![Step::Send(cut)]).await;
    let Answer::Body { validators, truncated, .. } = fetched.answer else { panic!("no body") };
    assert_eq!((validators, truncated), (Validators::default(), true));
}

#[tokio::test]
async fn nothing_is_no_answer() {
    for status in [200, 202, 204] {
        let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n");
        let fetched = first(vec![Step::Send(head.into())]).await;
        assert!(reason(&fetched).starts_with("empty answer"), "{fetched:?}");
        assert_eq!(fetched.status, Some(status));
    }
    assert!(reason(&first(ok(" \r\n")).await).starts_with("empty answer"));
    let fetched = first(reply(202, &[], b"<rss/>")).await;
    assert!(matches!(fetched.answer, Answer::Body { .. }));
}

#[tokio::test]
async fn every_refusal_is_told_in_words_with_the_wait_it_names() {
    for (status, words) in [
        (206, "only a part"),
        (300, "redirects without saying where to"),
        (401, "user and a password"),
        (403, "blocked"),
        (404, "moved"),
        (406, "no form"),
        (410, "gone for good"),
        (418, "refuses the request"),
        (429, "too frequent"),
        (451, "legal"),
        (500, "fault of its own"),
        (502, "back end"),
        (503, "maintenance"),
        (999, "means nothing"),
    ] {
        let headers = ["retry-after: 120", "cache-control: max-age=600", "etag: \"a\""];
        let fetched = first(reply(status, &headers, b"<html>no</html>")).await;
        let said = reason(&fetched);
        assert!(said.contains(words) && said.contains(&status.to_string()), "{said}");
        assert!(!said.contains('\n') && !said.contains("html"), "{said}");
        assert_eq!(fetched.retry_after, Some(Duration::from_mins(2)), "{status}");
        assert_eq!((fetched.status, fetched.fresh_for), (Some(status), None));
    }
}

#[tokio::test]
async fn a_move_is_reported_with_the_body_from_its_new_place() {
    let stub = Stub::start("127.0.0.1", |number, _| match number {
        0 => redirect(308, "/new"),
        _ => ok("<rss/>"),
    })
    .await;
    let fetched = fetch(&stub, &known(b"\"a\"", b"")).await;
    assert_eq!(fetched.moved, Some(stub.url("/new")));
    let Answer::Body { url, .. } = fetched.answer else { panic!("no body") };
    assert_eq!(url, stub.url("/new"));
    assert_eq!(header(&stub.requests()[1], "if-none-match"), Some("\"a\""));

    let lost = Stub::start("127.0.0.1", |number, _| match number {
        0 => redirect(301, "/"),
        _ => reply(404, &[], b"<html>"),
    })
    .await;
    let fetched = fetch(&lost, &SourceState::default()).await;
    assert_eq!((fetched.status, fetched.moved), (Some(404), None));
}

#[tokio::test]
async fn what_never_answers_is_a_trouble_with_a_reason() {
    let mut closed = source(Url::parse(&format!("http://{}/rss", nobody("127.0.0.1"))).unwrap());
    let client = client(&[]);
    let state = SourceState::default();
    let fetched = get(&client, &closed, &state, &Limits::default(), now()).await;
    assert_eq!(reason(&fetched), "127.0.0.1 cannot be reached: connection refused");
    assert_eq!((fetched.status, fetched.bytes), (None, 0));
    closed.egress.allow_private.clear();
    let fetched = get(&client, &closed, &state, &Limits::default(), now()).await;
    assert_eq!(
        reason(&fetched),
        "127.0.0.1 is refused: its address is loopback (127.0.0.0/8), not the public internet; \
         if that is meant, add allow_private = [\"127.0.0.0/8\"]"
    );
}
