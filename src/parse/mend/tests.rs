//! That what is mended is well-formed, one sentence each.

use crate::parse::feed_tests::{read, rss, warns};
use crate::parse::mend::token::{Token, Tokens};
use crate::parse::mend::write::write;

#[test]
fn what_is_mended_satisfies_the_strict_parser() {
    let damaged = [
        rss("<item><title>R&D &nbsp; a < b</title><link href=x y z>u</item>"),
        rss("<item><title>one<item><title>two</b></item>"),
        rss("<item a='1' a='2' 3='x' b=\"un>closed</item><item><title>t</title></item>"),
        rss("<item><x:y:z/><title>t</title><!-- never closed </item>"),
        "<RSS><CHANNEL><ITEM><TITLE>t</TITLE><PUBDATE>x</PUBDATE></ITEM></CHANNEL></RSS>".to_owned(),
        "<channel><title>c</title><item><title>t</title></item></channel>".to_owned(),
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='image/png'>x</title></entry>"
            .to_owned(),
        rss("<item><title>t</title><?xml version='1.0' encoding='utf-16'?></item>"),
    ];
    for document in damaged {
        let feed = read(&document);
        assert!(!feed.drafts.is_empty(), "{document}");
        assert!(!warns(&feed, "tolerant reading"), "{document}\n{:?}", write(&document));
    }
}

#[test]
fn a_root_of_a_vocabulary_that_is_left_out_is_written_all_the_same() {
    assert_eq!(write("<media:x:RDF a=\"1\">x").as_deref(), Some("<rdf:RDF a=\"1\">x</rdf:RDF>"));
}

#[test]
fn references_without_end_are_not_written_without_end() {
    let item = format!("<item><title>x{}y</title></item>", "&".repeat(600_000));
    let document = rss(&item.repeat(2));
    let mended = write(&document).unwrap_or_default();
    assert_eq!(mended.matches("&amp;").count(), 1_000_000);
    assert!(mended.contains("y</title>"), "what needs no reference is written");
}

#[test]
fn what_nobody_reads_is_not_written_and_all_is_closed() {
    let long = write(&rss(&format!("<item><title>{}</title></item>", "x".repeat(2_000_000))));
    let many = write(&rss(&format!("<item>{}</item>", "<a>x</a>".repeat(200_000))));
    for mended in [long, many].map(Option::unwrap_or_default) {
        assert!((400_000..1_200_000).contains(&mended.len()), "{} bytes", mended.len());
        assert!(
            mended.ends_with("</item></channel></rss>"),
            "{:?}",
            mended.get(mended.len() - 60..)
        );
    }
}

#[test]
fn a_well_formed_feed_is_not_mended() {
    let document =
        rss("<item><title>R&amp;D</title><description><![CDATA[<p>x</p>]]></description></item>");
    assert_eq!(read(&document).warnings, []);
}

#[test]
fn tokens_lose_no_text() {
    let document = "a<b c=\"1 > 2\" d='>'/>e<![CDATA[<f>]]><!-- g --><?h i?></b >j";
    let tokens: Vec<_> = Tokens::new(document).collect();
    assert_eq!(
        tokens,
        [
            Token::Text("a"),
            Token::Open { name: "b", attributes: " c=\"1 > 2\" d='>'", empty: true },
            Token::Text("e"),
            Token::CData("<f>"),
            Token::Comment,
            Token::Instruction("h i"),
            Token::Close("b"),
            Token::Text("j"),
        ]
    );
}

#[test]
fn tags_that_another_cuts_off_are_found_at_once() {
    let tags = format!("{}>", "<a b ".repeat(100_000));
    let opened = |token: &Token<'_>| matches!(token, Token::Open { name: "a", attributes, .. } if attributes.trim() == "b");
    assert_eq!(Tokens::new(&tags).filter(opened).count(), 100_000);
    let mixed: Vec<_> = Tokens::new("<a b <c d=\"<\">x<e f='>' g").collect();
    assert_eq!(mixed.len(), 4, "{mixed:?}");
}

#[test]
fn another_vocabularys_item_ends_nothing() {
    for name in ["x:item", "content:item", "media:item", "x:entry", "podcast:item", "related"] {
        let inner = if name == "related" { "<item><title>R</title></item>" } else { "q" };
        for end in ["</item>", "</item></oops>"] {
            let feed = read(rss(&format!(
                "<item><title>T</title><{name}>{inner}</{name}><link>http://e.org/1</link>\
                 <description>S</description>{end}<item><title>U</title></item>"
            )));
            assert_eq!(feed.drafts.len(), 2, "{name}");
            let draft = &feed.drafts[0];
            assert_eq!(draft.link.as_ref().map(url::Url::as_str), Some("http://e.org/1"), "{name}");
            assert_eq!((draft.title.as_str(), draft.summary.as_str()), ("T", "S"), "{name}");
        }
    }
}

#[test]
fn a_feed_inside_an_entry_leaves_the_entry_and_all_after_it_whole() {
    let inline = "<feed><title>IN</title><entry><title>INE</title><id>9</id></entry></feed>";
    for around in ["x:inline", "gd:comments"] {
        let feed = read(format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><id>1</id>\
             <link href='http://e.org/1'><{around}>{inline}</{around}></link>\
             <updated>2024-01-05T00:00:00Z</updated></entry><entry><id>2</id></entry></feed>"
        ));
        let ids: Vec<_> = feed.drafts.iter().filter_map(|draft| draft.guid.as_deref()).collect();
        assert_eq!(ids, ["1", "2"], "{around}");
        assert!(feed.drafts[0].updated.is_some(), "{around}");
        assert_eq!(feed.warnings, [], "{around}");
    }
}

#[test]
fn an_item_whose_end_is_missing_ends_where_the_next_begins_whatever_is_nested_elsewhere() {
    let feed = read(rss("<item><title>A</title><x:item>q</x:item><guid>1</guid></item>\
         <item><title>B</title><x:item>q</x:item><guid>2</guid>\
         <item><title>C</title><guid>3</guid></item>"));
    let ids: Vec<_> = feed.drafts.iter().filter_map(|draft| draft.guid.as_deref()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert!(warns(&feed, "missing end tags"));
}

#[test]
fn a_stray_tag_without_an_end_hides_no_item() {
    let item = "<item><title>T</title><description>S <p>x</p></description></item>";
    for stray in ["<p>", "<div><b>", "<meta charset='x'><p>", "<image><url>u</url>"] {
        for document in [
            rss(&format!("{stray}{item}{item}")),
            rss(&format!("{item}{stray}{item}")),
            format!("<rss version='2.0'>{stray}<channel>{item}{item}</channel></rss>"),
            format!("<rss version='2.0'><channel>{stray}{item}{item}"),
        ] {
            let feed = read(&document);
            assert_eq!(feed.drafts.len(), 2, "{document}");
            assert_eq!(feed.drafts[1].summary, "S\nx", "{document}");
            assert!(warns(&feed, "missing end tags"), "{document}");
        }
    }
    let closed = read(rss(&format!("<x:list>{item}</x:list>{item}")));
    assert_eq!((closed.drafts.len(), closed.warnings.len()), (1, 0), "honest nesting stays");
}

#[test]
fn items_without_any_end_are_told_apart_however_many_they_are() {
    let item = |n: usize| format!("<item><title>T{n}</title><link>http://e.org/{n}</link>");
    let items: String = (0..300).map(item).collect();
    for end in ["", "</item>", "<description>S"] {
        let feed = read(rss(&format!("{items}{end}")));
        assert_eq!(feed.drafts.len(), 300, "{end}");
        assert_eq!(feed.drafts[299].title, "T299");
        assert!(warns(&feed, "missing end tags"));
    }
}

#[test]
fn a_character_written_as_its_two_halves_is_one() {
    let feed = read(rss("<item><title>&#55357;&#56832;x&#xD83D;&#xde00;&#55357;y</title></item>"));
    assert_eq!(feed.drafts[0].title, "😀x😀y");
}

#[test]
fn a_description_whose_end_is_missing_leaves_its_neighbours_alone() {
    let link = "<link>http://e.org/1</link>";
    let date = "<pubDate>Fri, 05 Jan 2024 00:00:00 GMT</pubDate>";
    for (rest, is_linked) in [
        (format!("{link}{date}"), true),
        (format!("{date}{link}"), true),
        (format!(" <p>more<br>{date}{link}"), true),
        (format!("</description>{date}"), false),
    ] {
        let feed =
            read(rss(&format!("<item><description>S{rest}</item><item><guid>2</guid></item>")));
        assert_eq!(feed.drafts.len(), 2, "{rest}");
        let draft = &feed.drafts[0];
        assert!(!draft.summary.contains("2024") && draft.summary.starts_with('S'), "{rest}");
        assert_eq!((draft.link.is_some(), draft.published.is_some()), (is_linked, true), "{rest}");
    }
    let html =
        "<item><description>S<link rel='x' href='http://e.org/x'><i>T</i></description></item>";
    let draft = &read(rss(html)).drafts[0];
    assert_eq!((draft.summary.as_str(), draft.link.is_some()), ("ST", false));
}
