//! Which texts are an item's address, and whose names are read in whose namespace, one sentence each.

use url::Url;

use crate::parse::complete::tests::link;
use crate::parse::feed_tests::{context, read, rss};
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
