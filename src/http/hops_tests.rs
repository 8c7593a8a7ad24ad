//! Requests from hop to hop against real sockets: the gate, redirects, credentials, cookies.

use std::time::Duration;

use url::Url;

use crate::http::Method;
use crate::http::stub::{
    Step, Stub, allowing, client, get, header, loopback, nobody, ok, redirect, reply,
};
use crate::model::source::Egress;

#[tokio::test]
async fn a_plain_get_says_who_asks_and_brings_the_body() {
    let stub = Stub::start("127.0.0.1", |_, _| reply(200, &["etag: W/\"a\""], b"hello")).await;
    let (url, egress) = (stub.url("/feed?x=1"), loopback());
    let response = client(&[]).send(get(&url, &egress)).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"hello"[..]));
    assert_eq!(response.headers.text("ETag"), Some("W/\"a\""));
    assert_eq!((response.url, response.moved, response.truncated), (url, None, false));
    let request = stub.requests().remove(0);
    assert!(request.starts_with("GET /feed?x=1 HTTP/1.1\r\n"), "{request}");
    let agent = concat!("bongsu/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&request, "user-agent"), Some(agent));
    assert_eq!(header(&request, "accept-encoding"), Some("gzip, br, zstd, deflate"));
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_never_dialled() {
    let stub = Stub::start("127.0.0.1", |_, _| ok("secret")).await;
    let client = client(&[&stub]);
    let port = stub.address.port();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        for egress in [Egress::default(), allowing(&["10.0.0.0/8"])] {
            let trouble = client.send(get(&url, &egress)).await.unwrap_err();
            assert_eq!(trouble.kind(), "refused", "{host}: {trouble}");
            assert!(trouble.to_string().contains("allow_private = [\""), "{trouble}");
        }
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn a_name_is_dialled_if_all_its_addresses_are_allowed() {
    let stub = Stub::start("127.0.0.1", |_, _| ok("mine")).await;
    let url = Url::parse(&format!("http://localhost:{}/", stub.address.port())).unwrap();
    let egress = allowing(&["127.0.0.0/8", "::1/128"]);
    let response = client(&[]).send(get(&url, &egress)).await.unwrap();
    assert_eq!(&response.body[..], b"mine");
}

#[tokio::test]
async fn what_one_source_may_reach_another_may_not() {
    let stub = Stub::start("127.0.0.1", |_, _| {
        let kept = b"HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n".to_vec();
        vec![Step::Send(kept), Step::Keep]
    })
    .await;
    let client = client(&[]);
    let url = stub.url("/");
    client.send(get(&url, &loopback())).await.unwrap();
    let trouble = client.send(get(&url, &Egress::default())).await.unwrap_err();
    assert_eq!(trouble.kind(), "refused");
    assert_eq!(stub.requests().len(), 1, "a kept connection was used past the gate");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused_at_every_hop() {
    let secret = Stub::start("127.0.0.2", |_, _| ok("secret")).await;
    let port = secret.address.port();
    for hops in 1..=5 {
        for host in ["127.0.0.2", "2130706434", "0x7f000002", "[::ffff:127.0.0.2]", "127.0.0.2."] {
            let target = format!("http://{host}:{port}/");
            let public = Stub::start("127.0.0.1", move |number, _| match number + 1 {
                n if n < hops => redirect(302, &format!("/{n}")),
                _ => redirect(302, &target),
            })
            .await;
            let (url, egress) = (public.url("/"), allowing(&["127.0.0.1/32"]));
            let trouble = client(&[&public, &secret]).send(get(&url, &egress)).await.unwrap_err();
            assert_eq!(trouble.kind(), "refused", "{host} at hop {hops}: {trouble}");
            assert!(
                trouble.to_string().contains("loopback (127.0.0.0/8)") || host.starts_with('[')
            );
        }
    }
    assert_eq!(secret.connections(), 0);
}

#[tokio::test]
async fn a_redirect_off_the_web_is_refused() {
    for (location, kind) in [
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1/", "scheme"),
        ("data:text/xml,x", "scheme"),
        ("http://127.0.0.1:22/", "port"),
        ("http://127.0.0.1:6379/", "port"),
        ("//127.9.9.9:25/", "port"),
        ("http://[", "location"),
        ("http://user:password@10.0.0.1/", "refused"),
        ("//169.254.169.254/latest", "refused"),
        ("http://localhost/", "refused"),
    ] {
        let stub = Stub::start("127.0.0.2", move |_, _| redirect(301, location)).await;
        let (url, egress) = (stub.url("/"), allowing(&["127.0.0.2/32"]));
        let trouble = client(&[]).send(get(&url, &egress)).await.unwrap_err();
        assert_eq!(trouble.kind(), kind, "{location}: {trouble}");
        assert_eq!(stub.connections(), 1, "{location}");
    }
}

#[tokio::test]
async fn redirects_are_followed_relative_and_absolute_in_any_script() {
    let stub = Stub::start("127.0.0.1", |number, _| match number {
        0 => redirect(302, "next?a=1"),
        1 => redirect(303, "/보도자료"),
        2 => {
            let mut head = b"HTTP/1.1 307 X\r\nlocation: /".to_vec();
            head.extend([0xba, 0xb8]); // EUC-KR
            head.extend(b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            vec![Step::Send(head)]
        }
        _ => ok("there"),
    })
    .await;
    let (url, egress) = (stub.url("/a/b"), loopback());
    let response = client(&[]).send(get(&url, &egress)).await.unwrap();
    assert_eq!(response.url.path(), "/%BA%B8");
    let paths: Vec<String> =
        stub.requests().iter().filter_map(|r| r.split(' ').nth(1).map(str::to_owned)).collect();
    let korean = "/%EB%B3%B4%EB%8F%84%EC%9E%90%EB%A3%8C";
    assert_eq!(paths, ["/a/b", "/a/next?a=1", korean, "/%BA%B8"]);
}

#[tokio::test]
async fn only_a_chain_of_permanent_redirects_is_a_move() {
    for (statuses, moves) in
        [(&[301][..], true), (&[301, 308], true), (&[301, 302], false), (&[307], false)]
    {
        let stub = Stub::start("127.0.0.1", move |number, _| match statuses.get(number) {
            Some(status) => redirect(*status, &format!("/{number}")),
            None => ok(""),
        })
        .await;
        let (url, egress) = (stub.url("/"), loopback());
        let response = client(&[]).send(get(&url, &egress)).await.unwrap();
        assert_eq!(response.moved, moves.then_some(response.url), "{statuses:?}");
    }
}

#[tokio::test]
async fn credentials_stay_with_their_origin_and_nobody_learns_where_we_came_from() {
    let other = Stub::start("127.0.0.2", |_, _| ok("other")).await;
    let to = other.url("/").to_string();
    let first = Stub::start("127.0.0.1", move |number, _| match number {
        0 => reply(302, &["location: /again", "set-cookie: session=1; Path=/"], b""),
        _ => redirect(302, &to),
    })
    .await;
    let url = Url::parse(&format!("http://me:pass@{}/SECRET", first.address)).unwrap();
    let egress = loopback();
    let mut request = get(&url, &egress);
    for (name, value) in [
        ("X-Api-Key", "k"),
        ("Authorization", "Bearer t"),
        ("Cookie", "own=1"),
        ("Accept", "text/xml"),
        ("If-None-Match", "\"e\""),
    ] {
        request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }
    let response = client(&[&first, &other]).send(request).await.unwrap();
    assert_eq!(response.url, other.url("/"));
    let [start, again] = first.requests().try_into().unwrap();
    assert_eq!(header(&start, "cookie"), Some("own=1"));
    for name in ["x-api-key", "authorization", "accept", "if-none-match"] {
        assert_eq!(header(&start, name), header(&again, name), "{name}");
        assert!(header(&start, name).is_some(), "{name}");
    }
    assert_eq!(header(&again, "cookie"), Some("own=1; session=1"));
    let elsewhere = other.requests().remove(0);
    assert_eq!(header(&elsewhere, "accept"), Some("text/xml"));
    for name in ["x-api-key", "authorization", "cookie", "referer"] {
        assert_eq!(header(&elsewhere, name), None, "{name}");
    }
    assert!(!elsewhere.contains("SECRET") && !again.to_lowercase().contains("referer"));
}

#[tokio::test]
async fn user_and_password_in_an_address_are_sent_and_not_handed_on() {
    let stub = Stub::start("127.0.0.1", |_, _| ok("")).await;
    let url = Url::parse(&format!("http://me:pass@{}/", stub.address)).unwrap();
    let egress = loopback();
    let response = client(&[]).send(get(&url, &egress)).await.unwrap();
    assert_eq!(header(&stub.requests()[0], "authorization"), Some("Basic bWU6cGFzcw=="));
    assert_eq!(response.url, stub.url("/"));
}

#[tokio::test]
async fn a_redirect_to_itself_until_a_cookie_comes_back_ends_well() {
    let stub = Stub::start("127.0.0.1", |_, request| match header(request, "cookie") {
        Some("TMCookie=yes") => ok("in"),
        _ => reply(307, &["location: /rss", "set-cookie: TMCookie=yes; HttpOnly"], b""),
    })
    .await;
    let (url, egress) = (stub.url("/rss"), loopback());
    let client = client(&[]);
    for round in 1..=2 {
        let response = client.send(get(&url, &egress)).await.unwrap();
        assert_eq!((&response.body[..], response.moved), (&b"in"[..], None));
        assert_eq!(stub.requests().len(), 2 * round, "cookies outlive the chain");
    }
}

#[tokio::test]
async fn a_flood_of_cookies_is_bounded() {
    let stub = Stub::start("127.0.0.1", |number, _| match number {
        0 => {
            let many: Vec<String> =
                (0..60).map(|n| format!("set-cookie: c{n}={}", "x".repeat(n * 100))).collect();
            let mut lines: Vec<&str> = many.iter().map(String::as_str).collect();
            lines.push("location: /in");
            reply(302, &lines, b"")
        }
        _ => ok("in"),
    })
    .await;
    let (url, egress) = (stub.url("/"), loopback());
    client(&[]).send(get(&url, &egress)).await.unwrap();
    let request = stub.requests().remove(1);
    assert_eq!(header(&request, "cookie").unwrap().split("; ").count(), 32);
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let itself = Stub::start("127.0.0.1", |_, _| redirect(301, "/")).await;
    let (url, egress) = (itself.url("/"), loopback());
    let trouble = client(&[]).send(get(&url, &egress)).await.unwrap_err();
    assert_eq!(trouble.to_string(), "redirect loop after 1 redirect");
    assert_eq!(itself.requests().len(), 1);

    let onward = Stub::start("127.0.0.1", |n, _| redirect(302, &format!("/{n}"))).await;
    let url = onward.url("/");
    let trouble = client(&[]).send(get(&url, &egress)).await.unwrap_err();
    assert_eq!(trouble.to_string(), "redirect loop after 10 redirects");
    assert_eq!(onward.requests().len(), 11);
}

#[tokio::test]
async fn a_receiver_is_not_followed() {
    let other = Stub::start("127.0.0.2", |_, _| ok("other")).await;
    for status in [301, 302, 303, 307, 308] {
        let to = other.url("/").to_string();
        let stub = Stub::start("127.0.0.1", move |_, _| redirect(status, &to)).await;
        let (url, egress) = (stub.url("/services/T0/B0/SECRET"), loopback());
        for redirects_max in [0, 10] {
            let mut request = get(&url, &egress);
            request.method = Method::Post(b"{\"a\":1}".to_vec());
            request.redirects_max = redirects_max;
            request.secret_url = true;
            let response = client(&[&other]).send(request).await.unwrap();
            assert_eq!((response.status, response.moved), (status, None));
        }
        let request = stub.requests().remove(0);
        assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
        assert_eq!(header(&request, "content-type"), Some("application/json"));
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn no_trouble_ever_tells_a_secret_address() {
    use Step::{Hang, Reset, Send};
    let cut = Stub::start("127.0.0.2", |_, _| vec![Reset]).await;
    let mute = Stub::start("127.0.0.2", |_, _| vec![Hang]).await;
    let odd = Stub::start("127.0.0.2", |_, _| vec![Send(b"SSH-2.0-x\r\n\r\n".to_vec())]).await;
    let plain = Stub::start("127.0.0.2", |_, _| vec![Hang]).await;
    let away = Stub::start("127.0.0.2", |_, _| redirect(302, "ftp://127.0.0.2/TOKEN")).await;
    let long = format!("http://{}.token-host.invalid/TOKEN", "a".repeat(70));
    let closed = Url::parse(&format!("http://{}/TOKEN", nobody("127.0.0.2"))).unwrap();
    let cases = [
        (cut.url("/TOKEN"), "cut"),
        (mute.url("/TOKEN"), "timeout"),
        (odd.url("/TOKEN"), "protocol"),
        (Url::parse(&format!("https://{}/TOKEN", plain.address)).unwrap(), "any"),
        (away.url("/TOKEN"), "scheme"),
        (closed, "connect"),
        (Url::parse(&long).unwrap(), "dns"),
        (Url::parse("http://10.1.2.3/TOKEN").unwrap(), "refused"),
        (Url::parse("http://localhost/TOKEN").unwrap(), "refused"),
        (Url::parse("ftp://127.0.0.2/TOKEN").unwrap(), "scheme"),
    ];
    let egress = allowing(&["127.0.0.2/32"]);
    for (url, kind) in cases {
        let mut request = get(&url, &egress);
        request.secret_url = true;
        request.timeout = Duration::from_millis(300);
        let trouble = client(&[]).send(request).await.unwrap_err();
        assert!(trouble.kind() == kind || kind == "any", "{kind}: {trouble}");
        let shown = format!("{trouble} {trouble:?}");
        for part in ["TOKEN", "token-host", "127.0.0.2/T", "localhost", "10.1.2.3", "http://"] {
            assert!(!shown.contains(part), "{kind}: {part} in {shown}");
        }
    }
}
