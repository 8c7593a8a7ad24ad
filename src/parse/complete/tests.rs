//! What is read of feeds beyond what the strict parser reads, one sentence each.

use std::time::Duration;

use chrono::Weekday;
use url::Url;

use crate::parse::feed_tests::{context, read, rss, warns};
use crate::parse::{Context, feed};

pub(super) fn link(feed: &crate::parse::Feed) -> Option<&str> {
    feed.drafts.first()?.link.as_ref().map(Url::as_str)
}

#[test]
fn dublin_core_speaks_where_rss_is_silent() {
    let feed = read(rss(
        "<item><dc:title>D</dc:title><dc:creator>국제협력과</dc:creator><dc:subject>통상</dc:subject>\
         <dc:date>2026-11-19T00:30:00Z</dc:date><dc:description>lead</dc:description></item>",
    ));
    let draft = &feed.drafts[0];
    assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("D", "lead"));
    assert_eq!(draft.authors, ["국제협력과"]);
    assert_eq!(draft.categories, ["통상"]);
    assert_eq!(draft.published.map(|at| at.timestamp()), Some(1_795_048_200));
}

#[test]
fn a_permalink_is_the_link_where_there_is_none() {
    assert_eq!(
        link(&read(rss("<item><guid>https://example.kr/7</guid></item>"))),
        Some("https://example.kr/7")
    );
    let opaque = read(rss("<item><guid isPermaLink='false'>https://example.kr/7</guid></item>"));
    assert_eq!(link(&opaque), None);
    assert_eq!(opaque.drafts[0].guid.as_deref(), Some("https://example.kr/7"));
}

#[test]
fn relative_links_stand_on_the_nearest_base() {
    let url = Url::parse("https://example.kr/rss/all.xml").expect("a URL");
    let context = Context { url: Some(&url), ..context() };
    let read = |items: &str| {
        let feed = feed(rss(items).as_bytes(), &context).expect("a feed");
        link(&feed).map(str::to_owned)
    };
    assert_eq!(
        read("<item><link>../v?n=1</link></item>").as_deref(),
        Some("https://example.kr/v?n=1")
    );
    assert_eq!(
        read("<item xml:base='https://other.example/a/'><link>b</link></item>").as_deref(),
        Some("https://other.example/a/b")
    );
    assert_eq!(read("<item><link>javascript:alert(1)</link></item>"), None);
}

#[test]
fn an_updated_element_in_rss_is_read() {
    let feed = read(rss("<item><title>t</title><updated>2026-11-19T00:30:00Z</updated></item>"));
    assert_eq!(feed.drafts[0].updated.map(|at| at.timestamp()), Some(1_795_048_200));
}

#[test]
fn inline_markup_is_text_and_not_the_end_of_it() {
    let feed =
        read(rss("<item><title>t</title><description>pre <b>bold</b> post</description></item>"));
    assert_eq!(feed.drafts[0].summary, "pre bold post");
}

#[test]
fn atom_texts_are_read_by_their_type() {
    let entry = |kind: &str, text: &str| {
        let document = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='{kind}'>{text}</title></entry></feed>"
        );
        read(document).drafts[0].title.clone()
    };
    assert_eq!(entry("text", "a &lt;b&gt; c"), "a <b> c");
    assert_eq!(entry("html", "a &lt;b&gt;c&lt;/b&gt;"), "a c");
    assert_eq!(entry("xhtml", "<div xmlns='http://www.w3.org/1999/xhtml'>a <b>c</b></div>"), "a c");
    assert_eq!(entry("application/octet-stream", "7JWI64WV"), "안녕");
}

#[test]
fn an_atom_feed_hands_its_author_down() {
    let feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Ministry</name></author>\
         <entry><title>t</title></entry>\
         <entry><title>u</title><author><name>Own</name><email>a@b.kr</email></author></entry></feed>",
    );
    assert_eq!(feed.drafts[0].authors, ["Ministry"]);
    assert_eq!(feed.drafts[1].authors, ["Own"]);
}

#[test]
fn namespaces_count_by_their_name_and_not_by_their_prefix() {
    let feed = read(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>t</a:title>\
         <x:creator xmlns:x='http://purl.org/dc/elements/1.1/'>c</x:creator></a:entry></a:feed>",
    );
    assert_eq!(feed.drafts[0].title, "t");
    assert_eq!(feed.drafts[0].authors, ["c"]);
    let other =
        read(rss("<item xmlns:dc='urn:other'><title>t</title><dc:creator>c</dc:creator></item>"));
    assert!(other.drafts[0].authors.is_empty());
}

#[test]
fn entities_never_reach_outside_and_never_grow() {
    let title = |declared: &str| {
        let items = "<item><title>&a; &b; &f;</title></item>";
        let feed = read(format!("<!DOCTYPE rss [{declared}]>{}", rss(items)));
        feed.drafts[0].title.clone()
    };
    let file = "<!ENTITY a 'ha'><!ENTITY f SYSTEM 'file:///etc/hostname'>";
    assert_eq!(title(&format!("{file}<!ENTITY b '&a;-2'>")), "ha ha-2 &f;");
    // A plain value may have 256 bytes, and so may what it becomes.
    let many = format!("<!ENTITY b '{}'>", "&a;".repeat(80));
    assert_eq!(title(&format!("{file}{many}")), format!("ha {} &f;", "ha".repeat(80)));
    let long = format!("<!ENTITY a '{}'>{many}<!ENTITY f 'f'>", "ha".repeat(80));
    assert_eq!(title(&long), format!("{} &b; f", "ha".repeat(80)));
    assert_eq!(title("<!ENTITY a '&b;'><!ENTITY b '&a;'><!ENTITY f '&f;'>"), "&b; &b; &f;");
}

#[test]
fn deep_and_wide_markup_is_cut_and_the_item_kept() {
    let deep = format!(
        "<item><title>t</title><description>{}</description></item>",
        "<div>".repeat(10_000)
    );
    let wide = format!(
        "<item><title>u</title><x {}/></item>",
        (0..10_000).map(|n| format!("a{n}='' ")).collect::<Vec<_>>().concat()
    );
    let feed = read(rss(&format!("{deep}{wide}<item><title>v</title></item>")));
    let titles: Vec<_> = feed.drafts.iter().map(|draft| draft.title.as_str()).collect();
    assert_eq!(titles, ["t", "u", "v"]);
    assert!(warns(&feed, "too deep") && warns(&feed, "too many attributes"), "{:?}", feed.warnings);
}

#[test]
fn the_publishers_rhythm_is_read() {
    let feed = read(rss(
        "<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>\
         <skipHours><hour>24</hour><hour>3</hour><hour>99</hour></skipHours>\
         <skipDays><day>Sunday</day><day>Saturday</day></skipDays>",
    ));
    assert_eq!(feed.rhythm.ttl, Some(Duration::from_hours(2)));
    assert_eq!(feed.rhythm.skip_hours, [0, 3]);
    assert_eq!(feed.rhythm.skip_days, [Weekday::Sat, Weekday::Sun]);
}

#[test]
fn a_date_inside_markup_is_read_escaped_or_not() {
    let texts = [
        r#"<time datetime="2026-11-20T09:30:00+09:00" class="datetime">Fri, 11/20/2026 - 09:30</time>"#,
        r#"&lt;time datetime="2026-11-20T09:30:00+09:00" class="datetime" title="Friday, November 20, 2026 - 09:30"&gt;Fri, 11/20/2026 - 09:30&lt;/time&gt;"#,
        "<![CDATA[<span>Fri, 20 Nov 2026</span> <b>09:30 KST</b>]]>",
        r#"<time datetime="P1D">Fri, 20 Nov 2026 09:30:00 +0900</time>"#,
    ];
    for text in texts {
        let feed = read(rss(&format!("<item><title>t</title><pubDate>{text}</pubDate></item>")));
        let published = feed.drafts[0].published.map(|at| at.timestamp());
        assert_eq!(published, Some(1_795_134_600), "{text}");
    }
}

#[test]
fn a_date_that_is_not_understood_is_none_and_told() {
    let feed = read(rss("<item><title>t</title><pubDate>the other day</pubDate></item>"));
    assert_eq!(feed.drafts[0].published, None);
    assert!(warns(&feed, "dates that were not understood (1)"), "{:?}", feed.warnings);
}

#[test]
fn elements_of_an_item_beyond_the_limit_are_a_loss() {
    let dates =
        |count| (0..count).map(|n| format!("<pubDate>{n} of never</pubDate>")).collect::<Vec<_>>();
    let lost = |count| {
        read(rss(&format!("<item><title>t</title>{}</item>", dates(count).concat()))).lost()
    };
    assert_eq!(lost(300).as_deref(), Some("an item has too many elements; 45 were skipped"));
    assert_eq!(lost(255), None);
}

#[test]
fn what_a_feed_hands_down_to_its_items_is_short() {
    let person = |n| format!("<author><name>{n}{}</name></author>", "x".repeat(2_000));
    let people = (0..20).map(person).collect::<Vec<_>>().concat();
    let feed = read(format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://news.example/{}/'>{people}\
         <entry><title>t</title><link href='a'/></entry></feed>",
        "y".repeat(100_000)
    ));
    let draft = &feed.drafts[0];
    assert_eq!((draft.authors.len(), draft.authors[0].len()), (8, 512));
    assert!(draft.link.as_ref().is_none_or(|link| link.as_str().len() < 2_048), "{:?}", draft.link);
}

#[test]
fn a_link_is_read_from_the_attribute_or_from_the_text_in_every_format() {
    const ATOM: &str = "xmlns='http://www.w3.org/2005/Atom'";
    let item = "<title>T</title><link>http://e.org/1</link>";
    for document in [
        format!("<feed {ATOM}><title>F</title><entry>{item}</entry></feed>"),
        format!("<feed {ATOM}><title>F</title><item>{item}</item></feed>"),
        format!(
            "<feed {ATOM} xmlns:r='http://purl.org/rss/1.0/'><title>F</title><entry><r:link>http://e.org/1</r:link></entry></feed>"
        ),
        format!(
            "<rss version='2.0' {ATOM}><channel><link>http://e.org/</link><item>{item}</item></channel></rss>"
        ),
        rss("<item><link href='http://e.org/1'/></item>"),
    ] {
        assert_eq!(link(&read(&document)), Some("http://e.org/1"), "{document}");
    }
    let feed = read(format!(
        "<rss {ATOM}><channel><link>http://e.org/</link><item><link>/1</link></item></channel></rss>"
    ));
    assert_eq!(feed.link.as_ref().map(Url::as_str), Some("http://e.org/"));
}

#[test]
fn an_id_that_is_a_web_address_is_the_link_where_nothing_else_is_given_as_such() {
    let atom = |entry: &str| {
        read(format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>"))
    };
    let id = "<id>http://e.org/1</id>";
    assert_eq!(link(&atom(id)), Some("http://e.org/1"));
    assert_eq!(link(&atom("<id>urn:1</id>")), None);
    assert_eq!(link(&atom("<id>http://e.org/a b</id>")), None);
    let own = "<link rel='self' href='http://e.org/1.atom'/>";
    assert_eq!(link(&atom(&format!("{own}{id}"))), Some("http://e.org/1"));
    assert_eq!(link(&atom(&format!("{own}<id>1</id>"))), Some("http://e.org/1.atom"));
    assert_eq!(link(&atom(&format!("{id}<link href='/2'/>"))), Some("http://e.org/1"));
    assert_eq!(link(&atom(&format!("{id}<link href='http://e.org/2'/>"))), Some("http://e.org/2"));
    let json = read(
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"http://e.org/1\"}]}",
    );
    assert_eq!(link(&json), Some("http://e.org/1"));
    let comments = "<item><title>T</title><comments>http://e.org/1#c</comments></item>";
    assert_eq!(link(&read(rss(comments))), None);
}

#[test]
fn the_address_before_feedburners_is_the_link_in_every_format() {
    let original = "<feedburner:origLink>http://e.org/1</feedburner:origLink>";
    let rss = read(rss(&format!("<item><link>http://feeds.example/1</link>{original}</item>")));
    assert_eq!(link(&rss), Some("http://e.org/1"));
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>\
         <entry><link href='http://feeds.example/1'/>{original}</entry></feed>"
    );
    assert_eq!(link(&read(atom)), Some("http://e.org/1"));
}

#[test]
fn a_link_of_several_relations_has_the_best_of_them() {
    let atom = |links: &str| {
        read(format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{links}</entry></feed>"))
    };
    let own = "<link rel='self' href='http://e.org/s'/>";
    for relation in ["alternate canonical", "canonical  Alternate", "nofollow alternate"] {
        let feed = atom(&format!("{own}<link rel='{relation}' href='http://e.org/1'/>"));
        assert_eq!(link(&feed), Some("http://e.org/1"), "{relation}");
    }
    let foreign = atom("<link rel='http://x.example/alternate' href='http://e.org/1'/>");
    assert_eq!(link(&foreign), None);
}

#[test]
fn a_channel_definition_is_read_from_its_attributes() {
    let feed = read(
        "<CHANNEL HREF='http://e.org/' BASE='http://e.org/d/'><TITLE>F</TITLE><ABSTRACT>D</ABSTRACT>\
         <ITEM HREF='1.html' LASTMOD='2024-01-06T00:00Z'><TITLE>T</TITLE><ABSTRACT>S</ABSTRACT></ITEM></CHANNEL>",
    );
    assert_eq!(feed.link.as_ref().map(Url::as_str), Some("http://e.org/"));
    assert_eq!(link(&feed), Some("http://e.org/d/1.html"));
    let draft = &feed.drafts[0];
    assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("T", "S"));
    assert!(draft.updated.is_some());
}

#[test]
fn what_a_tag_shows_to_be_escaped_once_is_decoded_once() {
    let atom = |entry: &str| {
        let feed =
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>");
        let draft = read(feed).drafts.remove(0);
        (draft.title, draft.body)
    };
    let (_, body) = atom(
        "<content type='html'>&lt;pre&gt;&amp;lt;b&amp;gt; &amp;amp;amp; x&lt;/pre&gt;</content>",
    );
    assert_eq!(body, "<b> &amp; x");
    let (title, _) = atom("<title type='xhtml'><div>&lt;b&gt; &amp;amp; tag</div></title>");
    assert_eq!(title, "<b> &amp; tag");
    // Escaped twice by mistake: nothing shows the level, or nobody means it.
    let (title, body) = atom(
        "<title type='html'>R&amp;amp;amp;D</title>\
         <content type='html'>&lt;p&gt;한&amp;amp;middot;EU&lt;/p&gt;</content>",
    );
    assert_eq!((title.as_str(), body.as_str()), ("R&D", "한·EU"));
    let (title, _) = atom("<title type='html'>T&lt;script&gt;no(1)</title>");
    assert_eq!(title, "T");
    let rss =
        read(rss("<item><description>&lt;p&gt;R&amp;amp;amp;D&lt;/p&gt;</description></item>"));
    assert_eq!(rss.drafts[0].summary, "R&D");
}
