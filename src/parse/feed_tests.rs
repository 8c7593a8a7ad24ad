//! What the room promises of broken, lying and odd feeds, one sentence each.

use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use encoding_rs::EUC_KR;
use proptest::prelude::*;

use crate::parse::{Context, Feed, Format, Refusal, feed};

pub(super) fn context() -> Context<'static> {
    Context {
        url: None,
        content_type: None,
        encoding: None,
        language: None,
        timezone: Tz::Asia__Seoul,
        now: now(),
        bytes_max: usize::MAX,
        truncated: false,
    }
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).single().expect("a valid date")
}

pub(super) fn read(document: impl AsRef<[u8]>) -> Feed {
    feed(document.as_ref(), &context()).expect("a feed")
}

fn refused(document: &str) -> String {
    feed(document.as_bytes(), &context()).expect_err("no feed").to_string()
}

pub(super) fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>부처 소식</title>{items}</channel></rss>")
}

pub(super) fn warns(feed: &Feed, part: &str) -> bool {
    feed.warnings.iter().any(|warning| warning.to_string().contains(part))
}

#[test]
fn a_duration_of_23_digits_costs_nothing_but_itself() {
    let feed = read(rss(
        "<item><title>Episode</title><itunes:duration>99999999999999999999999</itunes:duration></item>",
    ));
    assert_eq!(feed.drafts.len(), 1);
    assert_eq!(feed.drafts[0].title, "Episode");
}

#[test]
fn an_author_with_a_wide_bracket_beside_an_address_is_named() {
    for author in [
        "홍길동（hong@example.kr）",
        "÷hong@example.kr",
        "hong@example.kr (홍길동)",
        "\u{A0}hong@example.kr\u{A0}",
    ] {
        let feed = read(rss(&format!("<item><title>t</title><author>{author}</author></item>")));
        assert_eq!(feed.drafts.len(), 1, "{author}");
        assert_eq!(feed.drafts[0].authors.len(), 1, "{author}");
    }
    let feed = read(rss("<item><title>t</title><author>hong@example.kr (홍길동)</author></item>"));
    assert_eq!(feed.drafts[0].authors, ["홍길동"]);
}

#[test]
fn a_bare_ampersand_is_text_and_told() {
    let feed = read(rss(
        "<item><title>R&D & trade</title><link>https://example.kr/v?a=1&b=2</link></item>",
    ));
    assert_eq!(feed.drafts[0].title, "R&D & trade");
    assert_eq!(
        feed.drafts[0].link.as_ref().map(url::Url::as_str),
        Some("https://example.kr/v?a=1&b=2")
    );
    assert!(warns(&feed, "bare \"&\""), "{:?}", feed.warnings);
}

#[test]
fn a_title_encoded_twice_is_decoded_to_its_end() {
    let feed = read(rss("<item><title>한&amp;middot;EU 디지털</title></item>"));
    assert_eq!(feed.drafts[0].title, "한·EU 디지털");
}

#[test]
fn html_entities_are_read_without_a_declaration() {
    let feed = read(rss("<item><title>Škoda &Scaron;koda &alpha; &nbsp;&copy; x</title></item>"));
    assert_eq!(feed.drafts[0].title, "Škoda Škoda α © x");
}

#[test]
fn a_cut_tail_keeps_whole_items_once_and_drops_the_stump() {
    let items = (1..=3)
        .map(|n| format!("<item><title>News {n}</title><guid>g{n}</guid><link>https://example.kr/{n}</link></item>"))
        .collect::<Vec<_>>()
        .concat();
    let whole = rss(&items);
    let second_ends =
        whole.match_indices("</item>").nth(1).map(|(at, end)| at + end.len()).expect("two items");
    let third_ends = whole.match_indices("</item>").nth(2).map(|(at, _)| at).expect("three items");
    for cut in second_ends..third_ends {
        let feed = read(whole.get(..cut).expect("ASCII here, or a character's edge").as_bytes());
        let titles: Vec<_> = feed.drafts.iter().map(|draft| draft.title.as_str()).collect();
        assert_eq!(titles, ["News 1", "News 2"], "cut at {cut}");
        assert!(warns(&feed, "truncated"), "cut at {cut}: {:?}", feed.warnings);
    }
}

#[test]
fn an_answer_cut_at_any_byte_is_never_more_than_the_whole() {
    let whole = rss(
        "<item><title>하나</title><description>&lt;p&gt;본문&lt;/p&gt;</description></item><item><title><![CDATA[둘]]></title></item>",
    );
    for cut in 0..whole.len() {
        if let Ok(feed) = feed(&whole.as_bytes()[..cut], &context()) {
            assert!(feed.drafts.len() <= 2);
            assert!(
                feed.drafts.iter().all(|draft| draft.title == "하나" || draft.title == "둘"),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn junk_around_the_feed_is_skipped_and_told() {
    let feed_text = rss("<item><title>t</title></item>");
    let php = "<br />\n<b>Warning</b>: Undefined index in /srv/rss.php on line 3<br />\n";
    let feed = read(format!(
        "{php}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{feed_text}\n<!-- 9 ms --><script>count()</script>"
    ));
    assert_eq!(feed.drafts.len(), 1);
    assert!(warns(&feed, "junk before"));
    assert!(warns(&feed, "junk after"));
}

#[test]
fn mismatched_and_missing_end_tags_do_not_swallow_the_next_item() {
    let feed = read(rss(
        "<item><title>one<link>https://example.kr/1</link><description><b>x</i></description>\
         <item><title>two</title></item><item><title>three</titel></item>",
    ));
    let titles: Vec<_> = feed.drafts.iter().map(|draft| draft.title.as_str()).collect();
    assert_eq!(titles, ["one", "two", "three"]);
    assert_eq!(feed.drafts[0].link.as_ref().map(url::Url::as_str), Some("https://example.kr/1"));
    assert!(warns(&feed, "end tags"));
}

#[test]
fn a_title_in_angle_brackets_is_text() {
    let feed = read(rss(
        "<item><title><![CDATA[<보도자료> 서명식]]></title></item><item><title>a < b</title></item>",
    ));
    assert_eq!(feed.drafts[0].title, "<보도자료> 서명식");
    assert_eq!(feed.drafts[1].title, "a < b");
}

#[test]
fn control_characters_and_forbidden_references_are_dropped() {
    let feed = read(rss("<item><title>A\u{0}B\u{8}C&#0;D&#xD800;E&#x1F600;</title></item>"));
    assert_eq!(feed.drafts[0].title, "ABCDE\u{1F600}");
    assert!(warns(&feed, "control characters"));
}

#[test]
fn hangul_is_right_whatever_the_labels_say() {
    let document = |label: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"{label}\"?>{}",
            rss("<item><title>뷁 한국과 유럽연합의 디지털 협력</title></item>")
        )
    };
    let headers = [
        None,
        Some("text/xml"),
        Some("text/xml; charset=euc-kr"),
        Some("text/xml; charset=\"UTF-8\""),
    ];
    for label in [
        "euc-kr",
        "cp949",
        "MS949",
        "x-windows-949",
        "uhc",
        "ks_c_5601-1987",
        "utf-8",
        "UTF-16",
        "no-such",
    ] {
        for content_type in headers {
            let context = Context { content_type, ..context() };
            let korean = EUC_KR.encode(&document(label)).0.into_owned();
            for bytes in [korean, document(label).into_bytes()] {
                let feed = feed(&bytes, &context).expect("a feed");
                assert_eq!(
                    feed.drafts[0].title, "뷁 한국과 유럽연합의 디지털 협력",
                    "{label} {content_type:?}"
                );
            }
        }
    }
}

#[test]
fn utf_16_and_utf_32_are_read_with_and_without_a_mark() {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>{}",
        rss("<item><title>양자기술</title></item>")
    );
    for mark in ["", "\u{FEFF}"] {
        let text = format!("{mark}{text}");
        let wide: Vec<u16> = text.encode_utf16().collect();
        let documents = [
            wide.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>(),
            wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        ];
        for document in documents {
            let feed = read(document);
            assert_eq!(feed.drafts[0].title, "양자기술", "{}", feed.encoding);
            assert!(feed.encoding.starts_with("utf-"));
        }
    }
}

#[test]
fn a_lying_declaration_is_told() {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"euc-kr\"?>{}",
        rss("<item><title>양자</title></item>")
    );
    let feed = read(text);
    assert_eq!(feed.encoding, "utf-8");
    assert!(warns(&feed, "xml declaration says \"euc-kr\""), "{:?}", feed.warnings);
}

#[test]
fn the_users_encoding_beats_everything() {
    let bytes = EUC_KR.encode(&rss("<item><title>반도체</title></item>")).0.into_owned();
    let context = Context {
        encoding: Some("cp949"),
        content_type: Some("text/xml; charset=utf-8"),
        ..context()
    };
    assert_eq!(feed(&bytes, &context).expect("a feed").drafts[0].title, "반도체");
}

#[test]
fn an_item_without_guid_and_link_is_kept() {
    let feed = read(rss("<item><title>Only a title</title></item>"));
    assert_eq!((feed.drafts.len(), &feed.drafts[0].guid), (1, &None));
}

#[test]
fn a_web_page_is_refused_by_its_title() {
    let page =
        "<!DOCTYPE html><html><head><title>Access Denied</title></head><body>no</body></html>";
    assert_eq!(refused(page), "not a feed (HTML: 'Access Denied')");
    assert_eq!(
        refused("<html><body>The request has been blocked.</body></html>"),
        "not a feed (HTML: 'The request has been blocked.')"
    );
}

#[test]
fn nothing_is_refused_as_empty() {
    for document in ["", "  \n ", "\u{FEFF}", "\0\0\0\0"] {
        assert_eq!(feed(document.as_bytes(), &context()), Err(Refusal::Empty), "{document:?}");
    }
    assert_eq!(feed(&[0; 1000], &context()), Err(Refusal::Empty));
}

#[test]
fn other_documents_are_refused_by_what_they_are() {
    assert_eq!(
        refused("<?xml version='1.0'?><urlset><url/></urlset>"),
        "not a feed (XML: <urlset>)"
    );
    assert_eq!(refused("garbage"), "not a feed (text: 'garbage')");
    assert!(refused("%PDF-1.7").contains("PDF"));
}

#[test]
fn every_format_is_told_by_its_root() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>t</title></entry></feed>";
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/><item><title>t</title></item></rdf:RDF>";
    let bare = "<channel><item><title>t</title></item></channel>";
    let upper = "<RSS><CHANNEL><ITEM><TITLE>t</TITLE></ITEM></CHANNEL></RSS>";
    for (document, format) in
        [(atom, Format::Atom), (rdf, Format::Rdf), (bare, Format::Rss), (upper, Format::Rss)]
    {
        let feed = read(document);
        assert_eq!(feed.format, format, "{document}");
        assert_eq!(feed.drafts.len(), 1, "{document}");
        assert_eq!(feed.drafts[0].title, "t", "{document}");
    }
}

/// A feed with something of everything, to be damaged.
const RICH: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE rss [<!ENTITY a \"b\">]>\
    <rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xml:base=\"https://example.kr/\">\
    <channel><title>소식 &a;</title><link>/</link><ttl>5</ttl><skipHours><hour>3</hour></skipHours>\
    <item><title><![CDATA[<b>양자</b> &amp; 기술]]></title><guid isPermaLink=\"true\">x</guid>\
    <pubDate>Fri, 20 Nov 2026 09:30:00 KST</pubDate><author>a@b.kr (김)</author>\
    <description>&lt;p&gt;글&lt;/p&gt;<i>x</i></description><itunes:duration>1:02</itunes:duration></item>\
    <entry><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">y</div></content></entry>\
    </channel></rss>";

proptest! {
    #[test]
    fn no_bytes_make_the_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_ne!(feed(&bytes, &context()), Err(Refusal::Panicked));
    }

    #[test]
    fn no_damage_makes_the_reading_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, any::<u8>()), 1..8),
    ) {
        let mut bytes = RICH.as_bytes().to_vec();
        for (place, length, byte) in cuts {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, [byte]);
        }
        prop_assert_ne!(feed(&bytes, &context()), Err(Refusal::Panicked));
    }
}

#[test]
fn a_second_declaration_inside_is_skipped() {
    let inner = "<?xml version=\"1.0\" encoding=\"utf-16\"?><item><title>t</title></item>";
    let feed = read(rss(inner));
    assert_eq!(feed.drafts[0].title, "t");
    assert!(warns(&feed, "XML declaration inside"), "{:?}", feed.warnings);
}

#[test]
fn a_refusal_is_one_line_that_a_terminal_does_not_obey() {
    let refusals = ["down\nfor \u{1b}[31mrepair\u{9b}", "<a\u{9b}\nb/>", "<html><title>No\nentry"];
    for document in refusals {
        let refusal = feed(document.as_bytes(), &context()).expect_err("no feed").to_string();
        assert!(!refusal.contains(char::is_control), "{refusal:?}");
    }
}

#[test]
fn a_document_beyond_the_limit_that_is_passed_in_is_cut_there_and_read() {
    let items = (1..=4).map(|n| format!("<item><title>News {n}</title></item>"));
    let whole = rss(&items.collect::<Vec<_>>().concat());
    let third = whole.find("<title>News 3").expect("four items");
    let read = |bytes_max| {
        let feed = feed(whole.as_bytes(), &Context { bytes_max, ..context() }).expect("a feed");
        (feed.drafts.len(), feed.is_cut(), warns(&feed, "cut in transit or at the size limit"))
    };
    assert_eq!(read(third + 9), (2, true, true));
    assert_eq!(read(whole.len()), (4, false, false));
    assert_eq!(read(usize::MAX), (4, false, false));
}

#[test]
fn repairs_are_no_losses() {
    let feed = read(format!(
        "junk {}",
        rss("<item><title>R&D</title><link>N/A</link><pubDate>x</pubDate></item>")
    ));
    assert!(feed.warnings.len() >= 3, "{:?}", feed.warnings);
    assert_eq!((feed.is_cut(), feed.lost()), (false, None));
    let long = format!(
        "<item><title>t</title><description>{}</description></item>",
        "가 ".repeat(300_000)
    );
    assert_eq!(read(rss(&long)).lost().as_deref(), Some("overlong texts were cut (1)"));
}
