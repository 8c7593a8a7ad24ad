//! Polls, step by step: which items are news, and which are not.
//!
//! The watch looks for "beacon"; everything else is noise.

use std::time::Duration;

use bongsu::work::poll::Outcome;

use crate::bench::{Desk, Read, feed};
use crate::world::Page;

const OLD: (&str, &str, &str) = ("old-1", "An old beacon", "It burned before anybody looked.");
const LIT: (&str, &str, &str) = ("lit-2", "A beacon is lit", "On the southern hill.");
const RAIN: (&str, &str, &str) = ("rain-4", "A rainy day", "Wet.");
const CALM: (&str, &str, &str) = ("calm-3", "A calm day", "Nothing happened.");

fn read(new: u64, edited: u64, alerts: u64) -> Read {
    Read { new, edited, alerts, short: None }
}

#[tokio::test]
async fn the_first_poll_is_a_baseline_and_raises_nothing() {
    let desk = Desk::new("", "").await;
    assert_eq!(desk.read(&feed(&[OLD, CALM])).await, read(2, 0, 0));
    assert_eq!(desk.read(&feed(&[LIT, OLD, CALM])).await, read(1, 0, 1));
    desk.deliver().await;
    for receiver in ["hook", "second"] {
        assert_eq!(desk.told(receiver), ["A beacon is lit"], "{receiver}");
    }
}

#[tokio::test]
async fn a_baseline_with_backfill_alerts_what_is_young_enough_and_dated() {
    let desk = Desk::new("backfill = \"2h\"", "").await;
    let dated = |guid: &str, title: &str, date: &str| {
        format!("<item><guid>{guid}</guid><title>{title}</title>{date}</item>")
    };
    let date = |time: &str| format!("<pubDate>Mon, 23 Nov 2026 {time} GMT</pubDate>");
    let items = dated("a", "Young beacon", &date("08:30:00"))
        + &dated("b", "Stale beacon", &date("07:30:00"))
        + &dated("c", "Undated beacon", "");
    let document = feed(&[]).replace("</channel>", &format!("{items}</channel>"));
    assert_eq!(desk.read(&document).await.alerts, 1);
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["Young beacon"]);
}

#[tokio::test]
async fn a_first_poll_that_fails_is_no_baseline() {
    let desk = Desk::new("", "").await;
    for page in [Page::status(503), Page::html("Maintenance"), Page::feed("")] {
        desk.world.publish("desk", page);
        assert!(matches!(desk.poll().await, Outcome::Failed { .. }));
    }
    assert_eq!(desk.state("desk").await.baseline_at, None);
    assert_eq!(desk.read(&feed(&[OLD])).await, read(1, 0, 0));
}

#[tokio::test]
async fn an_edit_that_makes_an_item_match_alerts_once() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM, RAIN])).await;
    let edited = (CALM.0, CALM.1, "Nothing happened until a beacon was lit.");
    assert_eq!(desk.read(&feed(&[edited, RAIN])).await, read(0, 1, 1));
    let again = (CALM.0, CALM.1, "Nothing happened until a second beacon was lit.");
    assert_eq!(desk.read(&feed(&[again, RAIN])).await, read(0, 1, 0), "it matched already");
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A calm day"]);
}

#[tokio::test]
async fn an_edit_of_an_alerted_item_is_not_told_again() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    let edited = (LIT.0, "A beacon is lit again", LIT.2);
    assert_eq!(desk.read(&feed(&[edited, CALM])).await, read(0, 1, 0));
}

#[tokio::test]
async fn an_edit_of_an_item_that_matched_before_anybody_watched_is_no_news() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[OLD, RAIN])).await;
    let edited = (OLD.0, OLD.1, "It burned long before anybody looked.");
    assert_eq!(desk.read(&feed(&[edited, RAIN])).await, read(0, 1, 0));
}

#[tokio::test]
async fn an_edit_is_told_to_the_watch_that_asks_for_updates_and_to_no_other() {
    let watches = "[[watch]]\nid = \"all\"\ntitle = \"All\"\nany = [\"beacon\"]\nnotify = [\"hook\"]\n\
                   [[watch]]\nid = \"close\"\ntitle = \"Close\"\nany = [\"beacon\"]\nupdates = true\nnotify = [\"second\"]\n";
    let desk = Desk::with(&[("desk", "")], watches, "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    let edited = (LIT.0, "A beacon is lit again", LIT.2);
    assert_eq!(desk.read(&feed(&[edited, CALM])).await, read(0, 1, 1));
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A beacon is lit"]);
    assert_eq!(desk.told("second"), ["A beacon is lit", "A beacon is lit again"]);
}

#[tokio::test]
async fn an_edit_that_a_second_watch_matches_for_the_first_time_is_told_to_its_receivers() {
    let watches = "[[watch]]\nid = \"beacon\"\ntitle = \"Beacons\"\nany = [\"beacon\"]\nnotify = [\"hook\"]\n\
                   [[watch]]\nid = \"smoke\"\ntitle = \"Smoke\"\nany = [\"smoke\"]\nnotify = [\"second\"]\n";
    let desk = Desk::with(&[("desk", "")], watches, "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    let edited = (LIT.0, LIT.1, "On the southern hill, with much smoke.");
    assert_eq!(desk.read(&feed(&[edited, CALM])).await, read(0, 1, 1));
    desk.deliver().await;
    assert_eq!((desk.told("hook").len(), desk.told("second").len()), (1, 1));
}

#[tokio::test]
async fn many_known_items_under_new_ids_are_held_with_one_notice() {
    let desk = Desk::new("", "").await;
    let titles: Vec<_> = (0..12).map(|n| format!("Beacon number {n} is lit")).collect();
    let issue = |prefix: &str, more: &[(&str, &str, &str)]| {
        let guids: Vec<_> = (0..12).map(|n| format!("{prefix}{n}")).collect();
        let items =
            guids.iter().zip(&titles).map(|(guid, title)| (guid.as_str(), title.as_str(), prefix));
        feed(&items.chain(more.iter().copied()).collect::<Vec<_>>())
    };
    desk.read(&issue("a", &[])).await;
    assert_eq!(desk.read(&issue("b", &[LIT])).await, read(13, 0, 1), "true news is still told");
    let trouble = desk.state("desk").await.trouble.expect("the source shows it");
    assert!(trouble.starts_with("12 items came under new ids"), "{trouble}");
    let held = desk.bench.store.held_counts().await.unwrap();
    assert_eq!(held.get("desk"), Some(&12));
    assert_eq!(desk.poll().await, Outcome::Unchanged);
    let still = desk.state("desk").await.trouble;
    assert_eq!(
        still.as_deref(),
        Some(trouble.as_str()),
        "it stands while the document is the same"
    );
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A beacon is lit"]);
}

#[tokio::test]
async fn items_that_all_share_one_guid_are_told_each_once() {
    let desk = Desk::new("", "").await;
    let item = |n: u32| {
        format!(
            "<item><guid>same</guid><title>Beacon {n}</title><link>https://news.example/{n}</link></item>"
        )
    };
    let document = |numbers: &[u32]| {
        let items: String = numbers.iter().map(|n| item(*n)).collect();
        feed(&[]).replace("</channel>", &format!("{items}</channel>"))
    };
    desk.read(&document(&[1, 2, 3])).await;
    assert_eq!(desk.read(&document(&[1, 2, 3, 4, 5])).await.alerts, 2);
    assert_eq!(desk.read(&document(&[2, 3, 4, 5])).await, read(0, 0, 0));
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["Beacon 4", "Beacon 5"]);
}

#[tokio::test]
async fn a_source_that_flaps_between_two_back_ends_tells_each_item_once() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    let (a, b) = (feed(&[LIT, CALM]), feed(&[OLD, ("rain", "A rainy day", "Wet.")]));
    let mut alerts = 0;
    for _ in 0..50 {
        alerts += desk.read(&a).await.alerts + desk.read(&b).await.alerts;
    }
    assert_eq!(alerts, 2);
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A beacon is lit", "An old beacon"]);
}

#[tokio::test]
async fn an_item_that_flaps_between_two_texts_is_one_edit() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    let (lit, put_out) = (feed(&[LIT, CALM]), feed(&[(LIT.0, "A hill in the dark", ""), CALM]));
    let (mut alerts, mut edits) = (0, 0);
    for _ in 0..10 {
        for document in [&lit, &put_out] {
            let read = desk.read(document).await;
            (alerts, edits) = (alerts + read.alerts, edits + read.edited);
        }
    }
    assert_eq!((alerts, edits), (1, 1));
}

#[tokio::test]
async fn an_item_that_returns_after_a_year_is_still_known() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    assert_eq!(desk.read(&feed(&[LIT, CALM])).await.alerts, 1);
    for days in [1, 30, 369] {
        desk.read(&feed(&[CALM])).await;
        desk.wait(Duration::from_hours(24 * days));
        bongsu::work::prune::step(&desk.bench).await;
        assert_eq!(desk.read(&feed(&[LIT, CALM])).await, read(0, 0, 0), "after {days} days");
    }
}

#[tokio::test]
async fn a_document_with_nothing_known_in_it_may_have_left_a_gap_and_says_so() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM, OLD])).await;
    // One of them stands in it twice, which is no overlap with what was before.
    desk.read(&feed(&[LIT, LIT, ("rain", "A rainy day", "Wet.")])).await;
    desk.read(&feed(&[LIT, ("wind", "A windy day", "")])).await;
    let rows = desk.bench.store.polls_since(0, 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.gap).collect::<Vec<_>>(), [false, true, false]);
}

#[tokio::test]
async fn news_goes_to_the_receivers_that_its_watch_names() {
    let watches = "[[watch]]\nid = \"one\"\ntitle = \"One\"\nany = [\"beacon\"]\nnotify = [\"second\"]\n\
                   [[watch]]\nid = \"any\"\ntitle = \"Any\"\nany = [\"flood\"]\n";
    let desk = Desk::with(&[("desk", "")], watches, "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, ("flood", "A flood", "Much water."), CALM])).await;
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A flood"]);
    assert_eq!(desk.told("second").len(), 2);
}

#[tokio::test]
async fn a_source_that_may_be_empty_has_its_baseline_before_its_first_item() {
    let desk = Desk::new("expect = { items_min = 0 }", "").await;
    assert_eq!(desk.read(&feed(&[])).await, read(0, 0, 0));
    assert_eq!(desk.read(&feed(&[LIT])).await, read(1, 0, 1));
}

#[tokio::test]
async fn a_first_answer_with_less_than_expected_makes_no_news_of_the_rest() {
    let desk = Desk::new("expect = { items_min = 2 }", "").await;
    assert_eq!(desk.read(&feed(&[CALM])).await.new, 1);
    assert_eq!(desk.state("desk").await.baseline_at, None);
    assert_eq!(desk.read(&feed(&[OLD, CALM])).await, read(1, 0, 0));
    assert_eq!(desk.read(&feed(&[LIT, OLD, CALM])).await, read(1, 0, 1));
}

#[tokio::test]
async fn another_story_under_the_address_of_the_last_one_is_told() {
    let desk = Desk::new("", "").await;
    let today = |title, lead| feed(&[("today", title, lead)]);
    desk.read(&today("A calm day", "Nothing happened at all.")).await;
    assert_eq!(desk.read(&today("Northern beacon burns", "Smoke over Ganghwa.")).await.alerts, 1);
    assert_eq!(
        desk.read(&today("Northern beacon burns on", "Smoke over Ganghwa.")).await.alerts,
        0
    );
    let next = today("Fleet sighted, every beacon answers", "Ships near Busan by night.");
    assert_eq!(desk.read(&next).await.alerts, 1);
}
