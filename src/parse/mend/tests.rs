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
    let document = rss(&format!("<item><title>x{}y</title></item>", "&".repeat(1_200_000)));
    let mended = write(&document).unwrap_or_default();
    assert_eq!(mended.matches("&amp;").count(), 1_000_000);
    assert!(mended.contains("y</title>"), "what needs no reference is written");
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
