//! Faulty and hostile bytes through the running daemon: the item is told all the same, what is no
//! feed is refused in one clear line with nothing forgotten, and all heals by itself.

use std::net::TcpListener;

use bongsu::parse::{Context, feed};

use crate::feeds::{Story, rss};
use crate::monsters;
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };
const TITLE: &str = "EU and Republic of Korea sign a digital trade agreement";
const HANGUL: &str = "한-EU 디지털 통상협정 서명";

/// An item that is news, with a link of its own and something more in it.
fn news(slug: &str, title: &str, more: &str) -> String {
    format!(
        "<item><title>{title}</title><link>https://news.example/{slug}</link>{more}\
         <description>Signed in Brussels.</description></item>"
    )
}

fn channel(items: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>News</title>{items}</channel></rss>"
    )
}

fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// The same headline in EUC-KR, beside a prolog of this label.
fn euc_kr(slug: &str, label: &str) -> Vec<u8> {
    let text =
        format!("<?xml version=\"1.0\" encoding=\"{label}\"?>{}", channel(&news(slug, HANGUL, "")));
    let mut bytes = Vec::new();
    for piece in text.split_inclusive(|c: char| !c.is_ascii()) {
        let ascii = piece.trim_end_matches(|c: char| !c.is_ascii());
        bytes.extend_from_slice(ascii.as_bytes());
        let Some(c) = piece.chars().next_back().filter(|c| !c.is_ascii()) else { continue };
        bytes.extend_from_slice(match c {
            '한' => b"\xc7\xd1",
            '디' => b"\xb5\xf0",
            '지' => b"\xc1\xf6",
            '털' => b"\xc5\xd0",
            '통' => b"\xc5\xeb",
            '상' => b"\xbb\xf3",
            '협' => b"\xc7\xf9",
            '정' => b"\xc1\xa4",
            '서' => b"\xbc\xad",
            '명' => b"\xb8\xed",
            other => panic!("{other} is not in the table"),
        });
    }
    bytes
}

/// Faults that an item survives, each as (source, bytes).
fn survived() -> Vec<(&'static str, Vec<u8>)> {
    let with = |slug, more: &str| channel(&news(slug, TITLE, more)).into_bytes();
    let titled = |slug, title: &str| channel(&news(slug, title, "")).into_bytes();
    let utf16 = |slug| channel(&news(slug, HANGUL, ""));
    vec![
        ("duration", with("duration", "<itunes:duration>99999999999999999999999</itunes:duration>")),
        ("author", with("author", "<author>\u{f7}name@news.example</author>")),
        ("utf16be", wide(&utf16("utf16be"), u16::to_be_bytes)),
        ("utf16le", [vec![0xff, 0xfe], wide(&utf16("utf16le"), u16::to_le_bytes)].concat()),
        ("utf32", utf16("utf32").chars().flat_map(|c| (c as u32).to_be_bytes()).collect()),
        ("ampersand", titled("ampersand", "R&D &nbsp; &copy EU and Korea sign a digital trade agreement")),
        ("query", titled("query?a=1&b=2", TITLE)),
        ("controls", titled("controls", &format!("&#0;\u{8}{TITLE}\u{fffe}\u{1b}[31m"))),
        ("euckr", euc_kr("euckr", "euc-kr")),
        ("euckr-lie", euc_kr("euckr-lie", "utf-8")),
        ("utf8-lie", format!("<?xml version=\"1.0\" encoding=\"euc-kr\"?>{}", channel(&news("utf8-lie", HANGUL, ""))).into()),
        ("junk", [b"\xef\xbb\xbf\n<br /><b>Warning</b>: in <b>x.php</b>\n<?xml version=\"1.0\"?>".to_vec(), titled("junk", TITLE), b"<!-- x --><p>".to_vec()].concat()),
        ("cut", channel(&(news("cut", TITLE, "") + "<item><title>and a st")).replace("</channel></rss>", "").into()),
        ("laughs", [b"<!DOCTYPE rss [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;&a;\">]>".to_vec(), titled("laughs", &format!("{TITLE} &a;"))].concat()),
        ("atom", format!("<x:feed xmlns:x=\"http://www.w3.org/2005/Atom\"><x:entry><x:title>{TITLE}</x:title><x:link href=\"https://news.example/atom\"/></x:entry></x:feed>").into()),
        ("json", format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"\\ud800\",\"items\":[{{\"id\":\"j\",\"url\":\"https://news.example/json\",\"title\":\"{TITLE}\"}}]}}").into()),
        ("undated", with("undated", "<pubDate>32 Jan 9999 25:61 +99:99</pubDate>")),
        ("markup", titled("markup", "&lt;b&gt;EU&amp;amp;nbsp;and&lt;/b&gt; Korea sign a digital trade agreement")),
        ("nfd", titled("nfd", "\u{1112}\u{1161}\u{11ab}-EU 디\u{200b}지털 통상\u{202e}협정 서명")),
        ("deep", with("deep", &"<x>".repeat(20_000))),
        ("wide", with("wide", &format!("<x {}/>", "a=\"\" ".repeat(50_000)))),
        ("divs", with("divs", &format!("<category>{}</category>", "&lt;div&gt;".repeat(20_000)))),
        ("marks", with("marks", &format!("<category>e{}</category>", "\u{301}".repeat(100_000)))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_in_faulty_bytes_is_told_once_by_a_daemon_that_stays_well() {
    let mut world = World::new().await;
    let cases = survived();
    let sources: Vec<_> = cases.iter().map(|(id, _)| (*id, "timezone = \"Asia/Seoul\"")).collect();
    let config = world.configure(&sources, "");
    for (id, _) in &cases {
        world.publish(id, Page::feed(&rss(&[CALM])));
    }
    world.start(&config);
    for (id, _) in &cases {
        world.until_read(id).await;
    }
    for (id, body) in &cases {
        // What the server says of the type says nothing.
        world.publish(id, Page { body: body.clone(), content_type: "image/png", ..Page::feed("") });
    }
    for (id, _) in &cases {
        world.until(&format!("news from {id}"), |world| told(world, id) == 1).await;
    }
    for (id, _) in &cases {
        world.until_read(id).await;
        assert_eq!(told(&world, id), 1, "{id} is told once");
    }
    let query = world.got("hook").iter().any(|got| got.body.to_string().contains("query?a=1&b=2"));
    assert!(query, "a link is not cut at its bare ampersand");
    assert!(!world.log().contains("panicked at src"), "{}", world.log());
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

/// How many messages about the item of a source the hook got.
fn told(world: &World, slug: &str) -> usize {
    let link = format!("news.example/{slug}");
    let ends = |text: &str| {
        text.match_indices(&link).any(|(at, _)| {
            text.get(at + link.len()..).is_some_and(|rest| rest.starts_with(['"', '?', '\\']))
        })
    };
    world.got("hook").iter().filter(|got| ends(&got.body.to_string())).count()
}

/// Answers that are no feed, and what the operator is told.
fn refused() -> Vec<(&'static str, &'static [u8], &'static str)> {
    vec![
        ("empty", b"", "empty"),
        ("blank", b" \n\t ", "empty"),
        ("mark", b"\xef\xbb\xbf", "empty"),
        ("zeros", &[0; 1_000], "empty"),
        ("denied", b"<!DOCTYPE html><html><head><title>Access Denied</title>", "Access Denied"),
        ("login", b"<html><body><h1>Please sign in</h1><form>", "Please sign in"),
        ("object", b"{}", "JSON"),
        ("list", b"[]", "JSON"),
        ("nothing", b"{\"version\":\"https://jsonfeed.org/version/9\",\"items\":null}", "JSON"),
        ("drawing", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "svg"),
        ("paper", b"%PDF-1.7", "PDF"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_feed_is_refused_in_one_line_and_forgets_nothing() {
    let mut world = World::new().await;
    let cases = refused();
    let sources: Vec<_> = cases.iter().map(|(id, ..)| (*id, "")).collect();
    let config = world.configure(&sources, "");
    let calm = Page::feed(&rss(&[CALM]));
    for (id, ..) in &cases {
        world.publish(id, calm.clone());
    }
    world.start(&config);
    for (id, ..) in &cases {
        world.until_read(id).await;
    }
    for (id, body, _) in &cases {
        world.publish(id, Page { body: body.to_vec(), ..calm.clone() });
    }
    for (id, _, said) in &cases {
        let line = |line: &str| line.contains(id) && line.contains(said);
        world.until(&format!("a word about {id}"), |world| world.log().lines().any(line)).await;
    }
    // The validators of the last good answer are still sent: it needs no second reading.
    for (id, ..) in &cases {
        world.publish(id, calm.clone());
        world.until_read(id).await;
    }
    assert!(world.got("hook").is_empty(), "trouble is no news");
    for (id, ..) in &cases {
        world.publish(id, Page::feed(&channel(&news(id, TITLE, ""))));
    }
    for (id, ..) in &cases {
        world.until(&format!("news from {id}"), |world| told(world, id) == 1).await;
    }
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_a_document_is_read() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let elsewhere = TcpListener::bind("127.0.0.3:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let address = elsewhere.local_addr().unwrap();
    std::fs::write(world.path("sentinel"), "SENTINEL").unwrap();
    let file = format!("file://{}", world.path("sentinel").display());
    let doctype = format!(
        "<?xml version=\"1.0\"?><?xml-stylesheet href=\"http://{address}/s\"?>\
         <!DOCTYPE rss SYSTEM \"http://{address}/d\" [<!ENTITY f SYSTEM \"{file}\">\
         <!ENTITY h SYSTEM \"http://{address}/h\"><!ENTITY % p SYSTEM \"http://{address}/p\"> %p;]>"
    );
    let more = format!("<x:include xmlns:x=\"http://www.w3.org/2001/XInclude\" href=\"{file}\"/>");
    let poll = |page| {
        world.publish("desk", page);
        let output = world.command(&config, &["poll"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    poll(Page::feed(&rss(&[CALM])));
    poll(Page::feed(&(doctype + &channel(&news("outside", &format!("{TITLE} &f;&h;"), &more)))));
    assert_eq!(told(&world, "outside"), 1);
    assert!(!world.got("hook").iter().any(|got| got.body.to_string().contains("SENTINEL")));
    let asked = elsewhere.accept().map(|(_, from)| from);
    assert!(asked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_never_ends_is_cut_and_its_newest_items_are_told() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let poll = |body: Vec<u8>| {
        world.publish("desk", Page { body, ..Page::feed("") });
        let output = world.command(&config, &["poll"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    poll(rss(&[CALM]).into());
    let first = channel(&news("first", TITLE, "")).replace("</channel></rss>", "");
    let flood = "<item><title>a</title></item>".repeat(100 * 1024 * 1024 / 29);
    let said = poll((first + &flood).into());
    assert_eq!(told(&world, "first"), 1, "{said}");
}

#[test]
fn a_feed_cut_anywhere_gives_its_whole_items_and_says_so() {
    let context = Context {
        url: None,
        content_type: None,
        encoding: None,
        timezone: chrono_tz::Tz::UTC,
        now: chrono::DateTime::from_timestamp(1_795_392_000, 0).unwrap(),
        identity: None,
        truncated: false,
    };
    let items = ["one", "two", "three", "four"].map(|slug| news(slug, HANGUL, "<guid>가</guid>"));
    let whole = channel(&items.concat());
    let full = feed(whole.as_bytes(), &context).unwrap();
    assert_eq!((full.drafts.len(), full.warnings.len()), (4, 0));
    let start = whole.find("<item>").unwrap();
    let end = whole.find("</channel>").unwrap();
    for cut in (start..end).step_by((end - start) / 200) {
        let bytes = whole.as_bytes().get(..cut).unwrap();
        let complete = String::from_utf8_lossy(bytes).matches("</item").count();
        let read = feed(bytes, &context).unwrap_or_else(|refusal| panic!("at {cut}: {refusal}"));
        assert_eq!(read.drafts, full.drafts[..complete], "cut at {cut}");
        assert!(!read.warnings.is_empty(), "cut at {cut}");
    }
}

#[test]
fn monsters_are_named_once() {
    let all = monsters::all(2_000);
    let names: std::collections::BTreeSet<_> = all.iter().map(|monster| monster.name).collect();
    assert_eq!(names.len(), all.len(), "a measurement finds each by its name");
}
