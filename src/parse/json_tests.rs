//! What the room promises of JSON Feeds, one sentence each.

use crate::parse::feed_tests::{context, read, warns};
use crate::parse::{Format, feed};

fn refused(document: &str) -> String {
    feed(document.as_bytes(), &context()).expect_err("no feed").to_string()
}

fn document(items: &str) -> String {
    format!(
        r#"{{"version":"https://jsonfeed.org/version/1.1","title":"T","authors":[{{"name":"Desk"}}],"items":[{items}]}}"#
    )
}

#[test]
fn a_json_feed_is_read_whole() {
    let feed = read(document(
        r#"{"id":7,"url":"https://example.kr/7","title":"제목","content_html":"<p>a &amp; b</p>","summary":"s",
            "date_published":"2026-11-19T00:30:00Z","tags":"one","author":"Kim"},{"id":"8","content_text":"<x>"}"#,
    ));
    assert_eq!(feed.format, Format::Json);
    let draft = &feed.drafts[0];
    assert_eq!(draft.guid.as_deref(), Some("7"));
    assert_eq!(
        (draft.title.as_str(), draft.body.as_str(), draft.summary.as_str()),
        ("제목", "a & b", "s")
    );
    assert_eq!(draft.categories, ["one"]);
    assert_eq!(draft.authors, ["Kim"]);
    assert_eq!(feed.drafts[1].body, "<x>");
    assert_eq!(feed.drafts[1].authors, ["Desk"]);
}

#[test]
fn other_json_is_refused_by_what_it_lacks() {
    for document in
        ["{}", "[]", r#"{"error":{"code":401}}"#, r#"{"version":"1","items":[{"x":1}]}"#]
    {
        assert!(refused(document).starts_with("not a feed ("));
    }
    assert!(
        refused(r#"{"version":"https://jsonfeed.org/version/1","items":7}"#)
            .contains("without a list of items")
    );
    assert!(refused("{\"verion\": \"1.0\"").contains("broken"));
}

#[test]
fn broken_json_is_mended_and_told() {
    let lone = document(r#"{"id":"1","title":"a\ud800b","content_text":"x"},"#);
    let raw = document("{\"id\":\"1\",\"title\":\"ab\",\"content_text\":\"x\ny\"}");
    for document in
        [lone, raw, document(r#"{"id":"1","title":"ab","content_text":"x"},{"id":"2","ti"#)]
    {
        let feed = read(&document);
        assert_eq!(feed.drafts.len(), 1, "{document}");
        assert_eq!(feed.drafts[0].title, "ab", "{document}");
        assert!(warns(&feed, "it was mended"), "{document}");
    }
}

#[test]
fn names_in_any_case_and_empty_items_are_forgiven() {
    let feed = read(
        r#"{"Version":"https://jsonfeed.org/version/1","Title":"T","Items":[{},{"ID":"1","Title":"t"}]}"#,
    );
    assert_eq!(feed.drafts.len(), 1);
    assert_eq!(feed.drafts[0].title, "t");
}

#[test]
fn a_list_without_end_is_cut_and_not_kept() {
    let feed = read(document(&format!(r#"{{"id":"1","tags":[{}0]}}"#, "0,".repeat(400_000))));
    assert_eq!(feed.drafts.len(), 1);
    assert!(feed.drafts[0].categories.len() <= 64);
}

#[test]
fn a_list_of_items_that_is_null_is_an_empty_one() {
    let version = r#""version":"https://jsonfeed.org/version/1.1","title":"T""#;
    for document in [format!("{{{version}}}"), format!("{{{version},\"items\":null}}")] {
        let feed = read(&document);
        assert_eq!((feed.title.as_str(), feed.drafts.len()), ("T", 0), "{document}");
    }
    assert!(refused(&format!("{{{version},\"items\":\"none\"}}")).contains("items"));
}
