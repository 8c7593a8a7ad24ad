//! What `identity` is given of a store, and what is kept of its answers.

use chrono_tz::Tz;

use crate::identity::face::{Face, KeyKind, Scope};
use crate::identity::{Recognition, recognise};
use crate::model::item::Draft;
use crate::model::source::IdentityRule;
use crate::store::items::KEYS_MAX;
use crate::store::testing::{Bench, at, bench, draft, orderly, scope};

const KNOWN_1: Recognition = Recognition::Known { item: 1 };

/// The keys of an item, by kind.
async fn keys(bench: &Bench, item: i64) -> Vec<(i64, i64)> {
    sqlx::query_as("SELECT kind, mark FROM item_key WHERE item = $1 ORDER BY kind, mark")
        .bind(item)
        .fetch_all(&bench.store.readers)
        .await
        .unwrap()
}

/// What drafts are by the rules of another scope.
async fn recognised(bench: &Bench, drafts: &[Draft], scope: Scope<'_>) -> Vec<Recognition> {
    let faces: Vec<Face> = drafts.iter().map(|draft| Face::of(draft, scope)).collect();
    let candidates = bench.store.candidates(scope, &faces).await.unwrap();
    let mut found = recognise(&faces, &candidates.known, &candidates.headlines);
    bench.store.know_returns(&faces, &mut found.drafts).await.unwrap();
    found.drafts
}

/// Gives all drafts one guid.
fn constant(numbers: std::ops::Range<usize>) -> Vec<Draft> {
    let one = |n| Draft { guid: Some("release".to_owned()), ..orderly(n) };
    numbers.map(one).collect()
}

#[tokio::test]
async fn of_ten_thousand_holders_of_one_key_only_the_youngest_are_read() {
    let bench = bench().await;
    assert_eq!(bench.poll(&constant(0..10_000), &[], at(0)).await.1.items_new, 10_000);
    let read = async |numbers: std::ops::Range<usize>| {
        let faces: Vec<Face> =
            constant(numbers).iter().map(|draft| Face::of(draft, scope())).collect();
        bench.store.candidates(scope(), &faces).await.unwrap().known
    };
    // A document of ten: their own items by link, and as many of the youngest as it could name.
    let known = read(0..10).await;
    assert!((10..200).contains(&known.len()), "{} items for ten drafts", known.len());
    for id in 1..=10 {
        assert!(known.iter().any(|item| item.id == id), "the oldest are found by their links");
    }
    assert!(known.iter().any(|item| item.id == 10_000), "the guid is known not to tell");
    // Twice the document is twice the rows, not four times.
    let more = read(0..20).await.len();
    assert!(more <= known.len() + 40, "{more} items for twenty drafts");
    let (found, receipt) = bench.poll(&constant(9_990..10_010), &[], at(1)).await;
    assert_eq!((receipt.items_new, receipt.items_edited), (10, 0), "{found:?}");
}

#[tokio::test]
async fn an_address_that_another_story_took_over_tells_that_one_from_then_on() {
    let bench = bench().await;
    let neighbour = orderly(0);
    let council = |year: i32, day: &str, text: &str| Draft {
        summary: text.to_owned(),
        ..draft("council", "https://a.example/council-1", &format!("Council {year}: results"), day)
    };
    let before = council(2025, "d1", "Cables and chips were what the ministers talked of");
    let after = council(2026, "d300", "A fund for research in quantum physics is to be set up");
    bench.poll(&[before.clone(), neighbour.clone()], &[], at(0)).await;
    let (found, receipt) = bench.poll(&[after.clone(), neighbour.clone()], &["slack"], at(1)).await;
    assert_eq!(found[0], Recognition::New { instead_of: Some(1) });
    assert_eq!(receipt.items_new, 1);
    let left: Vec<i64> = keys(&bench, 1).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(left, [KeyKind::HeadlineDay.number()], "what it was is known by its headline alone");
    assert_eq!(keys(&bench, 3).await.len(), 4);
    assert_eq!(bench.store.item(1).await.unwrap().draft.title, before.title, "it stays as it was");
    let (found, _) = bench.poll(&[after, neighbour.clone()], &[], at(2)).await;
    assert_eq!(found[0], Recognition::Known { item: 3 });
    let archived = Draft { guid: Some("old".to_owned()), link: None, ..before };
    let (found, _) = bench.poll(&[archived, neighbour], &[], at(3)).await;
    assert_eq!(found[0], KNOWN_1, "and comes back from an archive as itself");
}

#[tokio::test]
async fn an_item_under_a_new_guid_at_each_poll_keeps_few_keys_and_stays_known() {
    let bench = bench().await;
    for poll in 0..3 * KEYS_MAX {
        let drafts = [Draft { guid: Some(format!("made-up-{poll}")), ..orderly(1) }, orderly(2)];
        let (found, _) = bench.poll(&drafts, &[], at(poll as i64)).await;
        assert!(poll == 0 || found[0] == KNOWN_1, "poll {poll}: {found:?}");
    }
    assert_eq!(keys(&bench, 1).await.len(), KEYS_MAX);
}

#[tokio::test]
async fn keys_are_made_anew_after_a_change_of_zone_or_rule_and_nothing_comes_back_as_new() {
    let bench = bench().await;
    let rule = IdentityRule::Query(vec!["seq".to_owned()]);
    let seoul: Tz = "Asia/Seoul".parse().unwrap();
    // Known by headline and day alone, late in the evening: the next day in Seoul.
    let late = |n: i64| Draft {
        published: Some(at(n * 24 * 60 + 23 * 60)),
        summary: String::new(),
        ..draft("", "", "Daily briefing", "")
    };
    let board = |n: usize| Draft {
        summary: format!("Release number {n}"),
        ..draft("", &format!("https://a.example/v?seq={n}"), "보도자료", "d1")
    };
    let drafts: Vec<Draft> = (1..4).map(late).chain((1..4).map(board)).collect();
    assert_eq!(bench.poll(&drafts, &[], at(0)).await.1.items_new, 6);
    let is_known =
        |found: &[Recognition]| found.iter().all(|what| matches!(what, Recognition::Known { .. }));
    for changed in [
        Scope { zone: seoul, ..scope() },
        Scope { rule: Some(&rule), ..scope() },
        Scope { zone: seoul, rule: Some(&rule), ..scope() },
        scope(),
    ] {
        assert_eq!(bench.store.rekey(&[changed]).await.unwrap(), 6, "{changed:?}");
        assert_eq!(bench.store.rekey(&[changed]).await.unwrap(), 0, "once");
        let found = recognised(&bench, &drafts, changed).await;
        assert!(is_known(&found), "{changed:?}: {found:?}");
        for id in 1..=6 {
            let kinds: Vec<i64> =
                keys(&bench, id).await.into_iter().map(|(kind, _)| kind).collect();
            let days = kinds.iter().filter(|kind| **kind == KeyKind::HeadlineDay.number()).count();
            let own = kinds.contains(&KeyKind::Own.number());
            assert_eq!((days, own), (1, id > 3 && changed.rule.is_some()), "{changed:?} {id}");
        }
    }
}

#[tokio::test]
async fn items_without_their_texts_are_still_known_after_their_keys_were_made_anew() {
    let bench = bench().await;
    let untitled = draft("", "", "", "");
    let untitled = Draft { summary: "Only a text, and nothing else".to_owned(), ..untitled };
    let long = "word ".repeat(30);
    let moving = Draft { summary: long, ..draft("g-1", "", "Ministers meet", "d1") };
    let drafts = [orderly(1), untitled, moving.clone()];
    bench.poll(&drafts, &[], at(0)).await;
    sqlx::query("UPDATE item SET summary = '', body = ''")
        .execute(bench.store.writer().await.connection().await.unwrap())
        .await
        .unwrap();
    let seoul = Scope { zone: chrono_tz::Asia::Seoul, ..scope() };
    assert_eq!(bench.store.rekey(&[seoul]).await.unwrap(), 3);
    let found = recognised(&bench, &drafts, seoul).await;
    let known = |item| Recognition::Known { item };
    assert_eq!(found, [known(1), known(2), known(3)]);
    // Its forgotten text is known by its mark: moved, re-dated.
    let moved = Draft { guid: Some("g-9".to_owned()), published: Some(at(99_999)), ..moving };
    assert_eq!(recognised(&bench, &[moved, orderly(1)], seoul).await, [known(3), known(1)]);
}
