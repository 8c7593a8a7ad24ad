//! What is read of documents that hold more than is read, one sentence each.

use crate::parse::feed_tests::{read, rss};

/// Items numbered so, each dated so many minutes after a fixed instant.
fn numbered(numbers: impl Iterator<Item = i64>) -> String {
    let start = chrono::DateTime::from_timestamp(1_780_000_000, 0).expect("a fixed instant");
    let item = |n: i64| {
        let at = (start + chrono::TimeDelta::minutes(n)).to_rfc2822();
        format!("<item><title>{n}</title><pubDate>{at}</pubDate></item>")
    };
    numbers.map(item).collect::<Vec<_>>().concat()
}

/// The first and the last title, and how many there are.
fn ends(feed: &crate::parse::Feed) -> (&str, &str, usize) {
    let title = |at: usize| feed.drafts[at].title.as_str();
    (title(0), title(feed.drafts.len() - 1), feed.drafts.len())
}

#[test]
fn of_too_many_items_the_newest_are_read_and_the_cut_is_a_loss() {
    let undated = read(rss(&"<item><title>t</title></item>".repeat(5_001)));
    let lost = Some("more than the 5000 items that are read; the 1 oldest were left out");
    assert_eq!((undated.drafts.len(), undated.lost().as_deref()), (5_000, lost));
    assert!(!undated.is_cut(), "the document is whole");
    let archive = read(rss(&numbered(1..=5_003)));
    assert_eq!(ends(&archive), ("4", "5003", 5_000), "one that is appended to");
    assert!(
        archive.lost().is_some_and(|lost| lost.contains("the 3 oldest")),
        "{:?}",
        archive.lost()
    );
    assert_eq!(ends(&read(rss(&numbered((1..=5_003).rev())))), ("5003", "4", 5_000));
    let whole = read(rss(&numbered(1..=5_000)));
    assert_eq!((ends(&whole), whole.lost()), (("1", "5000", 5_000), None));
    let shared = "<title>T</title><author><name>A</name></author>";
    let entries = (1..=5_002).map(|n| {
        let at = chrono::DateTime::from_timestamp(1_780_000_000 + n, 0).expect("an instant");
        format!("<entry><id>{n}</id><updated>{}</updated></entry>", at.to_rfc3339())
    });
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'>{shared}{}</feed>",
        entries.collect::<Vec<_>>().concat()
    );
    let atom = read(atom);
    assert_eq!(atom.drafts[0].guid.as_deref(), Some("3"));
    assert_eq!((atom.title.as_str(), atom.drafts[0].authors.len()), ("T", 1));
}

#[test]
fn dates_in_an_odd_form_tell_the_newest_of_too_many_items_too() {
    let start = chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a fixed instant");
    let item = |n: i64| {
        let at = start + chrono::TimeDelta::minutes(n);
        let at = at.format("%a, %d %b %Y %H:%M:%S KST").to_string().to_uppercase();
        format!("<item><title>{n}</title><pubDate>{at}</pubDate></item>")
    };
    let feed = read(rss(&(1..=21_000).map(item).collect::<Vec<_>>().concat()));
    let (first, last, count) = ends(&feed);
    assert_eq!((last, count), ("21000", 5_000));
    // Of the first items each date is read, of the last every fifth.
    let first: i64 = first.parse().expect("a number");
    assert!((15_990..=16_001).contains(&first), "{first}");
    assert!(feed.drafts[4_999].published.is_some(), "what is kept has its dates");
}

#[test]
fn of_too_many_items_in_json_the_newest_are_read_too() {
    let item = |n: i64| {
        let at = chrono::DateTime::from_timestamp(1_780_000_000 + 60 * n, 0).expect("an instant");
        let members = ",\"tags\":[\"t\"]".repeat(12);
        format!(
            "{{\"id\":{n},\"title\":\"{n}\",\"date_published\":\"{}\"{members}}}",
            at.to_rfc3339()
        )
    };
    let json = |numbers: Vec<i64>| {
        let items: Vec<_> = numbers.into_iter().map(item).collect();
        let head = "\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"F\"";
        read(format!(
            "{{{head},\"items\":[{}],\"home_page_url\":\"https://e.org/\"}}",
            items.join(",")
        ))
    };
    // With 27 values each these are twice as many as are held at once.
    let rising = json((1..=20_003).collect());
    assert_eq!(ends(&rising), ("15004", "20003", 5_000));
    assert_eq!(
        rising.lost().as_deref(),
        Some("more than the 5000 items that are read; the 15003 oldest were left out")
    );
    assert!(rising.link.is_some(), "what stands behind the items is read");
    let falling = json((1..=20_003).rev().collect());
    assert_eq!(ends(&falling), ("20003", "15004", 5_000));
    assert_eq!(json((1..=5_000).collect()).lost(), None);
}

#[test]
fn values_of_json_beyond_the_limit_are_a_loss() {
    let numbers = vec!["0"; 400_000].join(",");
    let feed = read(format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{{\"id\":\"1\",\"tags\":[{numbers}]}},{{\"id\":\"2\"}}]}}"
    ));
    assert_eq!(feed.drafts.len(), 1);
    assert!(feed.lost().is_some_and(|lost| lost.contains("more values")), "{:?}", feed.lost());
}
