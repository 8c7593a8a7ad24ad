//! Cookies by the rules: whose they are, where they go, and where they never go.

use url::Url;

use crate::http::cookies::Cookies;
use crate::http::stub::{Stub, client, get, header, loopback, ok, reply};
use crate::model::receiver::Secret;
use crate::model::source::Egress;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// What goes to `to` when `from` has set these.
fn sent(from: &str, set: &[&str], to: &str) -> Option<String> {
    let mut cookies = Cookies::default();
    for header in set {
        cookies.keep(&url(from), header.as_bytes());
    }
    cookies.header(&url(to)).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn a_cookie_goes_where_its_domain_path_and_scheme_allow_and_nowhere_else() {
    let from = "https://www.pub.example/sso/in";
    for (set, to, goes) in [
        // Without a domain: to its own host alone.
        ("a=1; Path=/", "https://www.pub.example/rss", true),
        ("a=1; Path=/", "https://pub.example/rss", false),
        ("a=1; Path=/", "https://en.www.pub.example/rss", false),
        // With one: to that host and all below it.
        ("a=1; Path=/; Domain=.pub.example", "https://pub.example/rss", true),
        ("a=1; Path=/; domain=PUB.example", "https://sister.pub.example/rss", true),
        ("a=1; Path=/; Domain=pub.example", "https://evilpub.example/", false),
        ("a=1; Path=/; Domain=pub.example", "https://pub.example.evil.example/", false),
        // Somebody else's domain.
        ("a=1; Path=/; Domain=sister.pub.example", "https://sister.pub.example/", false),
        ("a=1; Path=/; Domain=other.example", "https://other.example/", false),
        // Everybody's.
        ("a=1; Path=/; Domain=example", "https://www.pub.example/", false),
        ("a=1; Path=/; Domain=.example", "https://other.example/", false),
        // Path and scheme.
        ("a=1; Path=/sso", "https://www.pub.example/sso/out", true),
        ("a=1; Path=/sso", "https://www.pub.example/ssobad", false),
        ("a=1", "https://www.pub.example/sso/out", true),
        ("a=1", "https://www.pub.example/rss", false),
        ("a=1; Path=/; Secure", "http://www.pub.example/", false),
        ("a=1; Path=/; HttpOnly", "http://www.pub.example/", true),
        // Taken back before it was given.
        ("a=1; Path=/; Max-Age=0", "https://www.pub.example/", false),
        ("a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://www.pub.example/", false),
        ("", "https://www.pub.example/", false),
        ("=1", "https://www.pub.example/", false),
    ] {
        let wanted = goes.then_some("a=1");
        assert_eq!(sent(from, &[set], to).as_deref(), wanted, "{set} to {to}");
    }
}

#[test]
fn a_public_suffix_is_nobodys_to_set_for() {
    for (from, domain, to) in [
        ("https://www.msit.go.kr/", "go.kr", "https://www.mofa.go.kr/"),
        ("https://news.co.kr/", ".co.kr", "https://bank.co.kr/"),
        ("https://a.github.io/", "github.io", "https://b.github.io/"),
        ("https://a.example/", "kr", "https://b.kr/"),
    ] {
        let set = format!("a=1; Path=/; Domain={domain}");
        assert_eq!(sent(from, &[&set], to), None, "{from} for {domain}");
        assert_eq!(sent(from, &[&set], from), None, "{from} for {domain}");
    }
    // Below one it is a matter of the house.
    let set = "a=1; Path=/; Domain=msit.go.kr";
    assert!(sent("https://www.msit.go.kr/", &[set], "https://eng.msit.go.kr/").is_some());
    // The host that is a suffix itself may set for itself alone.
    let set = "a=1; Path=/; Domain=go.kr";
    assert!(sent("https://go.kr/", &[set], "https://go.kr/x").is_some());
    assert!(sent("https://go.kr/", &[set], "https://www.go.kr/x").is_none());
}

#[test]
fn an_address_is_no_domain() {
    let from = "http://127.0.0.1/";
    assert!(sent(from, &["a=1; Domain=127.0.0.1"], from).is_some());
    assert!(sent(from, &["a=1; Domain=0.0.1"], "http://128.0.0.1/").is_none());
    assert!(sent(from, &["a=1"], "http://127.0.0.2/").is_none());
    assert!(sent("http://[::1]/", &["a=1"], "http://[::1]/x").is_some());
}

#[test]
fn the_last_word_counts_and_bytes_stay_what_they_are() {
    let at = "https://pub.example/a/b";
    let set = ["s=1; Path=/", "s=2; Path=/", "d=1; Path=/a", "d=; Path=/a; Max-Age=-1"];
    assert_eq!(sent(at, &set, at).as_deref(), Some("s=2"));
    let set = ["z=1; Path=/", "b=2; Path=/a", "a=3; Path=/", "q=\"x y\"; Path=/"];
    assert_eq!(sent(at, &set, at).as_deref(), Some("b=2; a=3; q=\"x y\"; z=1"));
    let mut cookies = Cookies::default();
    let korean = [&b"k="[..], &[0xba, 0xb8], b"; Path=/"].concat();
    cookies.keep(&url(at), &korean);
    assert_eq!(cookies.header(&url(at)).unwrap(), [b"k=", &[0xba, 0xb8][..]].concat());
}

/// A world of hosts with names, behind a proxy that plays them all.
fn by(proxy: &Stub) -> Egress {
    let proxy = format!("http://{}", proxy.address);
    Egress { proxy: Some(Secret::new(proxy)), ..loopback() }
}

#[tokio::test]
async fn a_sister_host_that_sets_a_cookie_for_both_and_sends_back_is_no_loop() {
    let world = Stub::start("127.0.0.1", |_, request| {
        let target = request.split(' ').nth(1).unwrap_or_default();
        match (target, header(request, "cookie")) {
            ("http://news.pub.example/rss", Some("seen=1")) => ok("<rss/>"),
            ("http://news.pub.example/rss", None) => {
                reply(302, &["location: http://sso.pub.example/in"], b"")
            }
            ("http://sso.pub.example/in", None) => {
                let back = "location: http://news.pub.example/rss";
                reply(302, &["set-cookie: seen=1; Domain=.pub.example; Path=/", back], b"")
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
    let (url, egress) = (url("http://news.pub.example/rss"), by(&world));
    let client = client(&[]);
    for round in 1..=2 {
        let response = client.send(get(&url, &egress)).await.unwrap();
        assert_eq!((&response.body[..], &response.url), (&b"<rss/>"[..], &url));
        assert_eq!(world.requests().len(), 3 * round, "cookies outlive the chain");
    }
}

#[tokio::test]
async fn a_cookie_never_reaches_a_stranger_and_sisters_without_end_are_a_loop() {
    let world = Stub::start("127.0.0.1", |_, request| {
        match request.split(' ').nth(1).unwrap_or_default() {
            "http://news.pub.example/rss" => reply(
                302,
                &[
                    "set-cookie: seen=1; Domain=pub.example; Path=/",
                    "set-cookie: all=1; Domain=example; Path=/",
                    "location: http://other.example/rss",
                ],
                b"",
            ),
            _ => ok("elsewhere"),
        }
    })
    .await;
    let start = url("http://news.pub.example/rss");
    client(&[]).send(get(&start, &by(&world))).await.unwrap();
    assert_eq!(header(&world.requests()[1], "cookie"), None);

    // The same two hosts for ever, with a new cookie each time: bounded by the hops.
    let turning = Stub::start("127.0.0.1", |number, request| {
        let sister = if request.contains("http://a.pub.example/") { "b" } else { "a" };
        let set = format!("set-cookie: n={number}; Domain=pub.example; Path=/");
        reply(302, &[&set, &format!("location: http://{sister}.pub.example/")], b"")
    })
    .await;
    let start = url("http://a.pub.example/");
    let trouble = client(&[]).send(get(&start, &by(&turning))).await.unwrap_err();
    assert_eq!(trouble.to_string(), "redirect loop after 10 redirects");
    // The same two with the same cookie: told as soon as a step repeats.
    let same = Stub::start("127.0.0.1", |_, request| {
        let sister = if request.contains("http://a.pub.example/") { "b" } else { "a" };
        let to = format!("location: http://{sister}.pub.example/");
        reply(302, &["set-cookie: n=1; Domain=pub.example; Path=/", &to], b"")
    })
    .await;
    let trouble = client(&[]).send(get(&start, &by(&same))).await.unwrap_err();
    assert_eq!(trouble.to_string(), "redirect loop after 3 redirects");
}
