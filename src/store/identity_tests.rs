//! Who is who: the rules of identity against a real store, one sentence each.

use crate::model::item::{Draft, Key, KeyKind};
use crate::store::recognise::Recognition::{Duplicate, Edited, Known, New, Republished};
use crate::store::testing::{at, bench, draft, orderly};

#[tokio::test]
async fn what_was_seen_is_known() {
    let bench = bench().await;
    let drafts = [orderly(1), orderly(2)];
    assert_eq!(bench.poll(&drafts, &[], at(0)).await.0, [New, New]);
    assert_eq!(bench.poll(&drafts, &[], at(1)).await.0, [Known { item: 1 }, Known { item: 2 }]);
}

#[tokio::test]
async fn a_source_that_makes_up_an_id_at_each_poll_repeats_nothing() {
    let bench = bench().await;
    let drawn = |n: i64| [draft(&format!("random-{n}"), "https://a.example/1", "News", "d1")];
    assert_eq!(bench.poll(&drawn(0), &["slack"], at(0)).await.1.alerts.len(), 1);
    for n in 1..100 {
        let (found, receipt) = bench.poll(&drawn(n), &["slack"], at(n)).await;
        assert_eq!((found, receipt.alerts.len()), (vec![Known { item: 1 }], 0), "poll {n}");
    }
    let keys: i64 = sqlx::query_scalar("SELECT count(*) FROM item_key")
        .fetch_one(&bench.store.readers)
        .await
        .unwrap();
    assert!(keys <= 16, "{keys} keys for one item");
    // Such ids contradict nothing: a new title at the old link is an edit.
    let edited = [draft("random-x", "https://a.example/1", "News, corrected", "d1")];
    assert!(matches!(bench.poll(&edited, &[], at(100)).await.0[..], [Edited { item: 1, .. }]));
}

#[tokio::test]
async fn id_and_link_made_up_at_each_poll_repeat_nothing() {
    let bench = bench().await;
    for n in 0..20 {
        let drawn = [draft(&format!("r{n}"), &format!("https://a.example/?s={n}"), "News", "d1")];
        let found = bench.poll(&drawn, &[], at(n)).await.0;
        assert_eq!(found, [if n == 0 { New } else { Known { item: 1 } }], "poll {n}");
    }
}

#[tokio::test]
async fn another_host_name_with_and_without_dates_is_the_same_item() {
    for day in ["d1", ""] {
        let bench = bench().await;
        let on = |host: &str| {
            [draft(&format!("{host}/n/1"), &format!("https://{host}/n/1"), "News", day)]
        };
        bench.poll(&on("www.a.example"), &[], at(0)).await;
        assert_eq!(bench.poll(&on("a.example"), &[], at(1)).await.0, [Known { item: 1 }], "{day}");
    }
}

#[tokio::test]
async fn one_id_for_all_items_tells_nothing_apart() {
    let bench = bench().await;
    let item = |n: i64| draft("same", &format!("https://a.example/{n}"), &format!("T{n}"), "d1");
    assert_eq!(bench.poll(&[item(1), item(2)], &[], at(0)).await.0, [New, New]);
    assert_eq!(
        bench.poll(&[item(3), item(2), item(1)], &[], at(1)).await.0,
        [New, Known { item: 2 }, Known { item: 1 }]
    );
}

#[tokio::test]
async fn one_id_and_one_link_for_all_items_tell_nothing_apart() {
    for day in ["d1", ""] {
        let bench = bench().await;
        let item = |n: i64| draft("same", "https://a.example/", &format!("T{n}"), day);
        assert_eq!(bench.poll(&[item(1), item(2), item(3)], &[], at(0)).await.0, [New, New, New]);
        let found = bench.poll(&[item(4), item(1), item(2)], &[], at(1)).await.0;
        assert_eq!(found, [New, Known { item: 1 }, Known { item: 2 }], "day {day:?}");
    }
}

#[tokio::test]
async fn an_id_given_to_another_story_makes_a_new_item() {
    let bench = bench().await;
    bench.poll(&[draft("g", "https://a.example/1", "First", "d1")], &[], at(0)).await;
    let reused = [draft("g", "https://a.example/2", "Second", "d2")];
    assert_eq!(bench.poll(&reused, &[], at(1)).await.0, [New]);
    assert_eq!(bench.poll(&reused, &[], at(2)).await.0, [Known { item: 2 }]);
}

#[tokio::test]
async fn one_link_for_all_items_with_ids_of_their_own_keeps_them_apart() {
    let bench = bench().await;
    let item = |n: i64| draft(&format!("g{n}"), "https://a.example/board", &format!("T{n}"), "d1");
    assert_eq!(bench.poll(&[item(1)], &[], at(0)).await.0, [New]);
    assert_eq!(bench.poll(&[item(2), item(1)], &[], at(1)).await.0, [New, Known { item: 1 }]);
}

#[tokio::test]
async fn two_pages_of_one_day_with_one_headline_are_two_items() {
    let bench = bench().await;
    let item = |n: i64| Draft {
        summary: format!("Text {n}"),
        ..draft(&format!("g{n}"), &format!("https://a.example/{n}"), "Appointments", "d1")
    };
    assert_eq!(bench.poll(&[item(1), item(2)], &[], at(0)).await.0, [New, New]);
    let found = bench.poll(&[item(3), item(2), item(1)], &[], at(1)).await.0;
    assert!(matches!(found[0], Republished { same_text: false, .. }), "{found:?}");
    assert_eq!(found[1..], [Known { item: 2 }, Known { item: 1 }]);
}

#[tokio::test]
async fn the_sources_own_rule_outweighs_everything() {
    let bench = bench().await;
    let item = |own: &str, title: &str| {
        let mut draft = draft("g", "https://a.example/1", title, "d1");
        draft.keys.insert(0, Key { kind: KeyKind::Own, value: own.to_owned() });
        draft
    };
    bench.poll(&[item("17", "One")], &[], at(0)).await;
    let found = bench.poll(&[item("18", "One"), item("17", "One!")], &[], at(1)).await.0;
    assert!(matches!(found[0], Republished { item: 1, .. }), "{found:?}");
    assert!(matches!(found[1], Edited { item: 1, version: 2, .. }), "{found:?}");
}

#[tokio::test]
async fn two_drafts_of_one_batch_under_one_key_are_one() {
    let bench = bench().await;
    let twins = [
        draft("a", "https://a.example/1", "News", "d1"),
        draft("b", "https://a.example/1", "News", "d1"),
    ];
    let (found, receipt) = bench.poll(&twins, &["slack"], at(0)).await;
    assert_eq!(found, [New, Duplicate { of: 0 }]);
    assert_eq!((receipt.items_new, receipt.alerts.len()), (1, 1));
    // The second one's keys are kept too.
    let alone = [draft("b", "https://elsewhere.example/9", "News", "d1")];
    assert_eq!(bench.poll(&alone, &[], at(1)).await.0, [Known { item: 1 }]);
}

#[tokio::test]
async fn an_edit_is_a_version_and_a_change_of_dates_or_spacing_is_none() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    let bumped = Draft { updated: Some(at(1)), title: "  Title   1 ".to_owned(), ..orderly(1) };
    assert_eq!(bench.poll(&[bumped], &[], at(1)).await.0, [Known { item: 1 }]);
    let edited = Draft { title: "Title 1, corrected".to_owned(), ..orderly(1) };
    let found = bench.poll(&[edited], &[], at(2)).await.0;
    assert_eq!(found, [Edited { item: 1, version: 2, was_alerted: true }]);
    let item = bench.store.item(1).await.unwrap();
    assert_eq!((item.version, item.draft.title.as_str()), (2, "Title 1, corrected"));
}

#[tokio::test]
async fn a_source_that_flaps_between_two_texts_makes_one_version() {
    let bench = bench().await;
    let other = Draft { summary: "Another backend's words".to_owned(), ..orderly(1) };
    bench.poll(&[orderly(1)], &[], at(0)).await;
    for n in 1..20 {
        let shown = if n % 2 == 0 { orderly(1) } else { other.clone() };
        bench.poll(&[shown], &[], at(n)).await;
    }
    assert_eq!(bench.store.item(1).await.unwrap().version, 2);
}

#[tokio::test]
async fn old_content_under_new_ids_is_recognised_as_republished() {
    let bench = bench().await;
    let old: Vec<Draft> = (0..50).map(orderly).collect();
    bench.poll(&old, &["slack"], at(0)).await;
    let moved = |n: usize| {
        draft(&format!("new-{n}"), &format!("https://b.example/x{n}"), &format!("Title {n}"), "d9")
    };
    let again: Vec<Draft> = (0..50).map(moved).collect();
    let found = bench.store.recognise("news", &again).await.unwrap();
    let all =
        found.iter().all(|r| matches!(r, Republished { same_text: true, was_alerted: true, .. }));
    assert!(all, "{found:?}");
}

#[tokio::test]
async fn sources_do_not_share_identities() {
    let bench = bench().await;
    bench.store.sync_sources(&[("other", at(0))]).await.unwrap();
    bench.poll(&[orderly(1)], &[], at(0)).await;
    assert_eq!(bench.store.recognise("other", &[orderly(1)]).await.unwrap(), [New]);
}
