//! Servers that answer too much, too little, too slowly, or in something else than HTTP.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use tokio::sync::Barrier;

use crate::http::stub::{Step, Stub, client, get, loopback, ok, reply};
use crate::http::trouble::Trouble;
use crate::http::{Method, Response};

/// What the encodings are tried on: long enough for several blocks of each, below the cap.
fn text() -> Vec<u8> {
    (0..40_000).flat_map(|n| format!("<item>{n}</item>").into_bytes()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bare(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Fetches what the stub answers, with a cap of 1 MiB and this much time.
async fn fetch(steps: Vec<Step>, timeout: Duration) -> Result<Response, Trouble> {
    let stub = Stub::start("127.0.0.1", move |_, _| steps.clone()).await;
    let (url, egress) = (stub.url("/"), loopback());
    let mut request = get(&url, &egress);
    request.timeout = timeout;
    client(&[]).send(request).await
}

async fn fetch_encoded(encoding: &str, body: &[u8]) -> Result<Response, Trouble> {
    let steps = reply(200, &[&format!("content-encoding: {encoding}")], body);
    fetch(steps, Duration::from_secs(20)).await
}

#[tokio::test]
async fn every_encoding_that_is_asked_for_is_undone() {
    let text = text();
    for (name, body) in [
        ("gzip", gzip(&text)),
        ("X-GZIP", gzip(&text)),
        ("deflate", zlib(&text)),
        ("deflate", bare(&text)),
        ("zstd", zstd(&text)),
        ("gzip, gzip", gzip(&gzip(&text))),
        ("zstd, gzip", gzip(&zstd(&text))),
        ("identity", text.clone()),
        ("UTF-8", text.clone()),
        ("gzip", [gzip(&text[..100]), gzip(&text[100..])].concat()),
        ("zstd", [zstd(&text[..100]), zstd(&text[100..])].concat()),
    ] {
        let response = fetch_encoded(name, &body).await.unwrap();
        assert_eq!((&response.body[..], response.truncated), (&text[..], false), "{name}");
    }
    // "hello" in brotli: a window of 22 bits, one block stored as it is, the end mark.
    let response = fetch_encoded("br", b"\x0b\x02\x80hello\x03").await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&b"hello"[..], false));
}

#[tokio::test]
async fn the_bytes_are_believed_over_the_header() {
    let text = text();
    for name in ["gzip", "zstd", "deflate", "br"] {
        let response = fetch_encoded(name, &text).await.unwrap();
        assert_eq!((&response.body[..], response.truncated), (&text[..], false), "{name}");
    }
    let response = fetch_encoded("identity", &gzip(&text)).await.unwrap();
    assert_eq!(&response.body[..], &text[..]);
    for name in ["gzip", "br", "zstd", "deflate"] {
        assert!(fetch_encoded(name, b"").await.unwrap().body.is_empty(), "{name}");
    }
    let trouble = fetch_encoded("compress", b"\x1f\x9d\x90\x00\x01").await.unwrap_err();
    assert!(trouble.to_string().contains("unknown encoding `compress`"), "{trouble}");
    let thrice = gzip(&gzip(&gzip(&text)));
    for name in ["gzip,gzip,gzip", "identity"] {
        assert_eq!(fetch_encoded(name, &thrice).await.unwrap_err().kind(), "encoding", "{name}");
    }
}

#[tokio::test]
async fn a_nonsense_encoding_changes_nothing_about_what_the_bytes_are() {
    let text = text()[..4_000].to_vec();
    let json =
        [&br#"{"version": "https://jsonfeed.org/version/1.1", "items": ["#[..], &text].concat();
    let utf16: Vec<u8> = "<rss>\u{ac00}</rss>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    // "<rss>" with EUC-KR in it, and a text that begins with Korean.
    let korean = [b"<rss>", &[0xba, 0xb8][..], &text].concat();
    let words = "\u{ac00}\u{b098}\u{b2e4} and so on, for a while".as_bytes().to_vec();
    let long: String = "x".repeat(9_000);
    for name in [
        "ISO-8859-1",
        "8bit",
        "text/xml",
        "chunked",
        "x-deflate",
        "\"gzip\"",
        "'gzip'",
        "none",
        "UTF-8",
        "identity, gzip",
        "gzip, identity",
        "gzip;q=1.0",
        "x-gzip",
        "GZip",
        "gzip, br",
        "br",
        "deflate",
        "zstd",
        "gzip,gzip,gzip",
        "compress",
        "binary",
        "aws-chunked",
        "*",
        ",,",
        "",
        "euc-kr",
        "application/rss+xml; charset=utf-8",
        &long,
    ] {
        for body in [&text, &json, &utf16, &korean, &words, &b"<".to_vec(), &b" \n<rss/>".to_vec()]
        {
            let response = fetch_encoded(name, body).await.unwrap();
            assert_eq!((&response.body[..], response.truncated), (&body[..], false), "{name}");
        }
        for packed in [gzip(&text), zstd(&text), gzip(&zstd(&text))] {
            let response = fetch_encoded(name, &packed).await.unwrap();
            assert_eq!((&response.body[..], response.truncated), (&text[..], false), "{name}");
        }
    }
    for (name, packed) in [
        ("x-deflate", zlib(&text)),
        ("x-deflate", bare(&text)),
        ("ISO-8859-1", zlib(&text)),
        ("br, gzip", gzip(&text)),
        ("deflate, gzip", bare(&text)),
        ("gzip, deflate", gzip(&text)),
    ] {
        let response = fetch_encoded(name, &packed).await.unwrap();
        assert_eq!((&response.body[..], response.truncated), (&text[..], false), "{name}");
    }
    let response = fetch(reply(200, &[], &gzip(&text)), Duration::from_secs(20)).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&text[..], false));
}

#[tokio::test]
async fn what_lies_behind_a_complete_stream_is_thrown_away_and_the_rest_is_whole() {
    let text = text()[..50_000].to_vec();
    let longer = vec![b'x'; 100_000];
    let padding = vec![0; 512];
    for behind in
        [&b"\n"[..], b"\r\n", b"<!-- cached -->", &padding, b"\x1f", b"\x1f\x8b\x09", &longer]
    {
        for (name, packed) in [
            ("gzip", gzip(&text)),
            ("zstd", zstd(&text)),
            ("deflate", zlib(&text)),
            ("deflate", bare(&text)),
        ] {
            if name == "gzip" && behind == b"\x1f" {
                continue; // Perhaps the beginning of a member that was cut: not whole.
            }
            let response = fetch_encoded(name, &[&packed[..], behind].concat()).await.unwrap();
            assert_eq!((&response.body[..], response.truncated), (&text[..], false), "{name}");
        }
    }
    let response =
        fetch_encoded("br", b"\x0b\x02\x80hello\x03 and something behind it").await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&b"hello"[..], false));
    // A second member belongs to it, and where that is cut the whole is.
    let two = [gzip(&text[..100]), gzip(&text[100..]), b"\n".to_vec()].concat();
    let response = fetch_encoded("gzip", &two).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&text[..], false));
    for short in [gzip(&text).len() + 2, two.len() - 20] {
        let response = fetch_encoded("gzip", &two[..short.min(two.len() - 20)]).await.unwrap();
        assert!(response.truncated, "{short}");
    }
    // What never ends behind the end is not waited for.
    let head = b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\n\r\n".to_vec();
    let steps = vec![Step::Send([head, gzip(&text)].concat()), Step::Endless(vec![b'x'; 1000])];
    let response = fetch(steps, Duration::from_secs(20)).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&text[..], false));
}

#[tokio::test]
async fn a_bomb_stops_at_the_cap() {
    let zeros = vec![0; 16 * 1024 * 1024];
    let members = gzip(&zeros[..256 * 1024]).repeat(100);
    for (name, body) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("zstd", zstd(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("gzip", members),
        ("8bit", gzip(&zeros)),
        ("identity", gzip(&gzip(&zeros))),
    ] {
        let response = fetch_encoded(name, &body).await.unwrap();
        assert_eq!((response.body.len(), response.truncated), (1024 * 1024, true), "{name}");
        assert!(response.body.capacity_is_modest(), "{name}");
    }
}

/// What the cap is for: the memory behind the bytes, not only their number.
trait Modest {
    fn capacity_is_modest(self) -> bool;
}

impl Modest for bytes::Bytes {
    fn capacity_is_modest(self) -> bool {
        Vec::from(self).capacity() <= 4 * 1024 * 1024
    }
}

#[tokio::test]
async fn what_came_before_a_cut_is_handed_on_and_marked() {
    let text = text();
    for (name, body) in [("gzip", gzip(&text)), ("deflate", zlib(&text)), ("zstd", zstd(&text))] {
        let mut half = body;
        half.truncate(half.len() * 3 / 4);
        let response = fetch_encoded(name, &half).await.unwrap();
        assert!(response.truncated, "{name}");
        assert!(response.body.len() > 1000, "{name}: {}", response.body.len());
        assert!(text.starts_with(&response.body), "{name}");
    }
    let mut wrong_sum = gzip(&text);
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    let response = fetch_encoded("gzip", &wrong_sum).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&text[..], true));
    let nothing = fetch_encoded("gzip", &gzip(&text)[..12]).await.unwrap_err();
    assert_eq!(nothing.kind(), "encoding");

    let short = b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n<rss>".to_vec();
    let response = fetch(vec![Step::Send(short)], Duration::from_secs(20)).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&b"<rss>"[..], true));
    let chunk = b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<rss>\r\n".to_vec();
    let response = fetch(vec![Step::Send(chunk)], Duration::from_secs(20)).await.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&b"<rss>"[..], true));
}

#[tokio::test]
async fn an_endless_body_stops_at_the_cap() {
    for head in [
        "HTTP/1.1 200 X\r\n\r\n",
        "HTTP/1.1 200 X\r\ncontent-length: 10737418240\r\n\r\n",
        "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFF\r\n",
    ] {
        let steps = vec![Step::Send(head.into()), Step::Endless(vec![b'x'; 10_000])];
        let response = fetch(steps, Duration::from_secs(20)).await.unwrap();
        assert_eq!((response.body.len(), response.truncated), (1024 * 1024, true), "{head}");
    }
}

#[tokio::test]
async fn a_trickle_ends_at_the_deadline_and_a_silence_before_it() {
    let tiny = Duration::from_millis(200);
    let head = Step::Send(b"HTTP/1.1 200 X\r\n\r\n".to_vec());
    let one = Step::Endless(b"x".to_vec());
    for (steps, message) in [
        (vec![Step::Hang], "no answer within 0.2 s"),
        (vec![Step::Endless(b"X-A: b\r\n".to_vec())], "not proper HTTP"),
        (vec![head.clone(), Step::Hang], "the answer broke off: silence for 0.1 s"),
        (vec![head, one], "the answer was not complete within 0.2 s"),
    ] {
        let stub = Stub::start("127.0.0.1", move |_, _| steps.clone()).await;
        let (url, egress) = (stub.url("/"), loopback());
        let mut request = get(&url, &egress);
        (request.timeout, request.body_bytes_max) = (tiny, usize::MAX);
        let trouble = client(&[]).send(request).await.unwrap_err().to_string();
        assert!(trouble.contains(message), "{trouble}, not {message}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_said_to_be_none() {
    for (answer, kinds) in [
        (
            "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx",
            &["cut"][..],
        ),
        ("HTTP/1.1 200 X\r\ncontent-length: -1\r\n\r\nx", &["protocol"]),
        ("HTTP/1.1 200 X\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx", &["protocol"]),
        ("<html>HTTP/0.9</html>\r\n\r\n", &["protocol"]),
        ("HTTP/1.1 2000 X\r\n\r\n", &["protocol"]),
        ("", &["cut"]),
        ("HTTP/1.1 200 X\r\ncontent-le", &["cut"]),
    ] {
        let steps = vec![Step::Send(answer.into())];
        let trouble = fetch(steps, Duration::from_secs(20)).await.unwrap_err();
        assert!(kinds.contains(&trouble.kind()), "{answer:?}: {} {trouble}", trouble.kind());
    }
    let headers = "x-a: b\r\n".repeat(10_000);
    let many = format!("HTTP/1.1 200 X\r\n{headers}\r\n");
    let trouble = fetch(vec![Step::Send(many.into())], Duration::from_secs(20)).await.unwrap_err();
    assert_eq!(trouble.kind(), "protocol");
    let large = format!("HTTP/1.1 200 X\r\nx-a: {}\r\n\r\n", "b".repeat(10_000_000));
    let trouble = fetch(vec![Step::Send(large.into())], Duration::from_secs(20)).await.unwrap_err();
    assert_eq!(trouble.kind(), "protocol");
    let response = fetch(reply(999, &[], b"x"), Duration::from_secs(20)).await.unwrap();
    assert_eq!(response.status, 999);
    let lenient =
        "HTTP/1.1 200 X\r\nbad header\r\nx-folded: a\r\n b\r\ncontent-length: 2\r\n\r\nok";
    let response = fetch(vec![Step::Send(lenient.into())], Duration::from_secs(20)).await.unwrap();
    assert_eq!(&response.body[..], b"ok");
}

#[tokio::test]
async fn a_kept_connection_that_died_is_replaced_without_a_word() {
    for method in [Method::Get, Method::Post(b"{}".to_vec())] {
        // The first connection is kept and then dies at the second request.
        let stub = Stub::start("127.0.0.1", |number, _| match number {
            0 => {
                let head = b"HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n".to_vec();
                vec![Step::Send(head), Step::Keep]
            }
            1 => vec![Step::Reset],
            _ => ok("again"),
        })
        .await;
        let (url, egress) = (stub.url("/"), loopback());
        let client = client(&[]);
        client.send(get(&url, &egress)).await.unwrap();
        let mut request = get(&url, &egress);
        request.method = method.clone();
        let outcome = client.send(request).await;
        match method {
            Method::Get => assert_eq!(&outcome.unwrap().body[..], b"again"),
            // It may have been delivered: whoever keeps the outbox decides.
            Method::Post(_) => assert_eq!(outcome.unwrap_err().kind(), "cut"),
        }
        assert_eq!(stub.connections(), if matches!(method, Method::Get) { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_host_is_asked_by_two_at_once_and_never_by_three() {
    let pair = Arc::new(Barrier::new(2));
    let stub = Stub::start("127.0.0.1", move |_, _| {
        [vec![Step::Meet(Arc::clone(&pair))], ok("")].concat()
    })
    .await;
    let (url, egress) = (stub.url("/"), loopback());
    let client = client(&[]);
    let all = (0..8).map(|_| client.send(get(&url, &egress)));
    for outcome in futures_util::future::join_all(all).await {
        outcome.unwrap();
    }
    assert_eq!(stub.busy_max(), 2);
}
