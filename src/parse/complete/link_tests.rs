//! Which texts are an item's address, and whose names are read in whose namespace, one sentence each.

use url::Url;

use crate::parse::complete::tests::link;
use crate::parse::feed_tests::{context, read, rss, warns};
use crate::parse::{Context, feed};

/// The link of an item with this inside, in a feed of `https://example.kr`.
fn linked(inside: &str) -> Option<String> {
    let url = Url::parse("https://example.kr/rss/all.xml").expect("a URL");
    let context = Context { url: Some(&url), ..context() };
    let items = format!("<item><title>t</title>{inside}</item>");
    link(&feed(rss(&items).as_bytes(), &context).expect("a feed")).map(str::to_owned)
}

#[test]
fn an_id_that_does_not_say_that_it_is_an_address_is_one_only_when_it_is_absolute() {
    for id in ["550e8400-e29b-41d4", "12345", "/7", "http-7", "www.example.kr/7", "tag:e.kr,2026:7"]
    {
        assert_eq!(linked(&format!("<guid>{id}</guid>")), None, "{id}");
        assert_eq!(linked(&format!("<guid isPermaLink=''>{id}</guid>")), None, "{id}");
    }
    let own = Some("https://example.kr/7");
    assert_eq!(linked("<guid isPermaLink='true'>/7</guid>").as_deref(), own);
    assert_eq!(linked("<guid> HTTPS://example.kr/7 </guid>").as_deref(), own);
}

#[test]
fn a_word_or_a_sign_in_the_place_of_a_link_is_none_and_the_next_best_counts() {
    for none in [
        "N/A",
        "-",
        "none",
        "null",
        "undefined",
        "없음",
        "해당 없음",
        "#",
        "about:blank",
        "http://N/A",
    ] {
        assert_eq!(linked(&format!("<link>{none}</link>")), None, "{none}");
        assert_eq!(linked(&format!("<guid isPermaLink='true'>{none}</guid>")), None, "{none}");
        let behind = format!("<link>{none}</link><guid>https://example.kr/7</guid>");
        assert_eq!(linked(&behind).as_deref(), Some("https://example.kr/7"), "{none}");
    }
    let feed = read(rss("<link>N/A</link><item><title>t</title><link>-</link></item>"));
    assert_eq!((feed.link.as_ref(), link(&feed)), (None, None));
    assert!(warns(&feed, "links that are no web address (1)"), "{:?}", feed.warnings);
    for some in ["none.do", "/none", "n/a/7", "-/7", "nullable"] {
        assert!(linked(&format!("<link>{some}</link>")).is_some(), "{some}");
    }
}

#[test]
fn a_slip_in_the_scheme_of_a_link_is_mended() {
    for slip in [
        "http://https://news.example/7",
        "https:/news.example/7",
        "https//news.example/7",
        "https:https://news.example/7",
    ] {
        let own = Some("https://news.example/7");
        assert_eq!(linked(&format!("<link>{slip}</link>")).as_deref(), own, "{slip}");
        let json = format!(
            "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{{\"id\":\"1\",\"url\":\"{slip}\"}}]}}"
        );
        assert_eq!(link(&read(json)), own, "{slip}");
    }
    let own = Some("https://news.example/7");
    let page =
        "<link>http://https://news.example/</link><item><title>t</title><link>/7</link></item>";
    assert_eq!(link(&read(rss(page))), own, "the feed's page is the base where nothing else is");
    let within = "https://example.kr/go?to=http://https://news.example/7";
    assert_eq!(linked(&format!("<link>{within}</link>")).as_deref(), Some(within));
    let own = Some("https://example.kr/view.do?seq=7");
    assert_eq!(linked("<link>https:/view.do?seq=7</link>").as_deref(), own);
}

/// The link of an entry with these alternates (language and path), for a source in `language`.
fn alternate(language: Option<&str>, head: &str, entry: &str, links: &[(&str, &str)]) -> String {
    let links: String = links
        .iter()
        .map(|(tag, path)| match *tag {
            "" => format!("<link rel='alternate' href='https://e.org/{path}'/>"),
            tag => format!("<link rel='alternate' hreflang='{tag}' href='https://e.org/{path}'/>"),
        })
        .collect();
    let document = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' {head}><entry {entry}><title>t</title>{links}</entry></feed>"
    );
    let context = Context { language, ..context() };
    let feed = feed(document.as_bytes(), &context).expect("a feed");
    link(&feed).unwrap_or_default().trim_start_matches("https://e.org/").to_owned()
}

#[test]
fn of_several_alternates_the_one_in_the_items_or_sources_language_is_the_link() {
    let all = [("de", "de"), ("en", "en"), ("ko-KR", "ko"), ("", "any")];
    assert_eq!(alternate(Some("ko"), "", "", &all), "ko");
    assert_eq!(alternate(Some("en-GB"), "", "", &all), "en");
    assert_eq!(
        alternate(Some("en"), "", "xml:lang='ko'", &all),
        "ko",
        "the item's own comes first"
    );
    assert_eq!(alternate(Some("en"), "xml:lang='ko'", "", &all), "en", "then the source's");
    assert_eq!(alternate(None, "xml:lang='ko'", "", &all), "ko", "then the feed's");
    assert_eq!(alternate(Some("fr"), "", "xml:lang='fr'", &all), "any", "then none");
    assert_eq!(alternate(Some("fr"), "", "", &all[..3]), "de", "then the first");
    assert_eq!(alternate(None, "", "", &all[..3]), "de");
    assert_eq!(alternate(Some("ko"), "", "xml:lang='mul'", &all), "ko");
    assert_eq!(alternate(Some("ko"), "", "", &[("en", "1"), ("x-default", "2")]), "2");
    assert_eq!(alternate(Some("ko"), "", "", &[("", "1"), ("", "2")]), "1", "as ever");
}

#[test]
fn a_page_in_another_language_is_a_better_link_than_a_file_in_the_right_one() {
    let document = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>t</title>\
        <link type='application/pdf' hreflang='ko' href='https://e.org/ko.pdf'/>\
        <link type='text/html' hreflang='en' href='https://e.org/en'/></entry></feed>";
    let context = Context { language: Some("ko"), ..context() };
    let feed = feed(document.as_bytes(), &context).expect("a feed");
    assert_eq!(link(&feed), Some("https://e.org/en"));
}

#[test]
fn atom_links_in_rss_are_chosen_by_language_too_and_rss_has_the_first_word() {
    let links = "<atom:link rel='alternate' hreflang='en' href='https://e.org/en'/>\
        <atom:link rel='alternate' hreflang='ko' href='https://e.org/ko'/>";
    let read = |inside: &str| {
        let context = Context { language: Some("ko"), ..context() };
        let items = format!("<item><title>t</title>{inside}</item>");
        let feed = feed(rss(&items).as_bytes(), &context).expect("a feed");
        link(&feed).map(str::to_owned)
    };
    assert_eq!(read(links).as_deref(), Some("https://e.org/ko"));
    let own = format!("{links}<link>https://e.org/7</link>");
    assert_eq!(read(&own).as_deref(), Some("https://e.org/7"));
    let none = format!("<link>N/A</link>{links}");
    assert_eq!(read(&none).as_deref(), Some("https://e.org/ko"));
}

#[test]
fn languages_without_end_cost_nothing_and_are_nobodys() {
    let many: Vec<String> = (0..300).map(|n| format!("x-{n}")).collect();
    let mut links: Vec<_> = many.iter().map(|tag| (tag.as_str(), "other")).collect();
    links.truncate(200);
    links.push(("ko", "late"));
    links.push(("", "any"));
    assert_eq!(alternate(Some("ko"), "", "", &links), "any", "one language too many");
    let long = "k".repeat(4_000);
    assert_eq!(alternate(Some("ko"), "", "", &[(&long, "long"), ("ko", "ko")]), "ko");
}

#[test]
fn markup_in_a_link_is_no_part_of_the_address() {
    let read = |text: &str| linked(&format!("<link>{text}</link>"));
    let own = Some("https://example.kr/2");
    assert_eq!(read("<a href='https://example.kr/3'>https://example.kr/2</a>").as_deref(), own);
    assert_eq!(read("<![CDATA[<a href='/3'>https://example.kr/2</a>]]>").as_deref(), own);
    for none in ["<a href='/3'></a>", "&lt;a href='/3'&gt;Read more&lt;/a&gt;", "/x&lt;y&gt;"] {
        assert_eq!(read(none), None, "{none}");
    }
}

#[test]
fn a_sign_that_nobody_escaped_is_part_of_the_address() {
    for sign in ["&lt;a", "a&lt;b", "&lt;", "a&gt;b", "1&lt;2&gt;3"] {
        let link = linked(&format!("<link>https://example.kr/n?q={sign}</link>"));
        let read = sign.replace("&lt;", "%3C").replace("&gt;", "%3E");
        assert_eq!(link, Some(format!("https://example.kr/n?q={read}")), "{sign}");
    }
}

#[test]
fn what_stands_behind_an_empty_link_is_its_address() {
    let own = Some("https://example.kr/1");
    for behind in
        ["https://example.kr/1", "\n https://example.kr/1\n", "<![CDATA[https://example.kr/1]]>"]
    {
        let feed = read(rss(&format!(
            "<item><title>t</title><link/>{behind}<description>d</description></item>"
        )));
        assert_eq!(link(&feed), own, "{behind}");
    }
    for none in ["<link/>word", "<link/><b/>https://example.kr/1", "<link/>https://a b"] {
        assert_eq!(
            link(&read(rss(&format!("<item><title>t</title>{none}</item>")))),
            None,
            "{none}"
        );
    }
}

#[test]
fn a_foreign_default_namespace_hides_neither_feed_nor_item() {
    let spaces = [
        "urn:x",
        "http://www.w3.org/1999/xhtml",
        "http://search.yahoo.com/mrss/",
        "http://purl.org/dc/elements/1.1/",
        "http://www.w3.org/2005/Atom",
    ];
    let item = "<title>T</title><link>https://example.kr/1</link><description>S</description>";
    for space in spaces {
        for document in [
            format!(
                "<rss version='2.0' xmlns='{space}'><channel><title>F</title><item>{item}</item></channel></rss>"
            ),
            format!(
                "<rss version='2.0'><channel xmlns='{space}'><title>F</title><item>{item}</item></channel></rss>"
            ),
            rss(&format!("<item xmlns='{space}'>{item}</item>")),
        ] {
            let feed = read(&document);
            assert_eq!(link(&feed), Some("https://example.kr/1"), "{document}");
            let draft = &feed.drafts[0];
            assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("T", "S"), "{document}");
        }
    }
    let quoted = read(rss(&format!(
        "<item>{item}<x xmlns='urn:x'><item><title>Q</title></item></x><guid>1</guid></item>"
    )));
    assert_eq!((quoted.drafts.len(), quoted.drafts[0].title.as_str()), (1, "T"));
    let prefixed = read(
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:s='http://purl.org/rss/1.0/' \
         xmlns='http://purl.org/dc/elements/1.1/'><s:item><s:title>T</s:title><date>2026-11-19</date>\
         <creator>C</creator></s:item></r:RDF>",
    );
    assert_eq!(
        prefixed.drafts[0].authors,
        ["C"],
        "behind a prefix, the default is somebody else's"
    );
}
