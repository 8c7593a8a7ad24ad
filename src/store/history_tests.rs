//! The past read back: pages, links, alerts and their deliveries; and what is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chrono::TimeDelta;

use crate::model::item::Draft;
use crate::model::receiver::Verdict;
use crate::store::error::Error;
use crate::store::history::History;
use crate::store::sqlite::beside;
use crate::store::testing::{Bench, at, attempt, bench, draft, orderly};

async fn history(bench: &Bench) -> History {
    History::open(bench.store.path()).await.unwrap()
}

fn files(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|found| found.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_store_that_is_not_there_is_said_to_be_missing_and_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/bongsu.db");
    let refused = History::open(&path).await.unwrap_err();
    assert!(matches!(refused, Error::Missing { .. }), "{refused}");
    assert!(refused.to_string().contains("`bongsu poll`"), "{refused}");
    assert!(files(dir.path()).is_empty());
    fs::write(dir.path().join("bongsu.db"), "").unwrap();
    let refused = History::open(&dir.path().join("bongsu.db")).await.unwrap_err();
    assert!(matches!(refused, Error::Missing { .. }), "{refused}");
    assert_eq!(files(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_store_of_another_version_is_refused_and_left_as_it_is() {
    let bench = bench().await;
    let path = bench.store.path().to_owned();
    for (statement, newer) in [
        ("UPDATE _sqlx_migrations SET version = 9999 WHERE version > 2", true),
        ("DELETE FROM _sqlx_migrations WHERE version > 1", false),
    ] {
        sqlx::query(statement)
            .execute(bench.store.writer().await.connection().await.unwrap())
            .await
            .unwrap();
        match History::open(&path).await.unwrap_err() {
            Error::Newer { found: 9999, .. } => assert!(newer),
            Error::Older { found: 1, .. } => assert!(!newer),
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn reading_writes_nothing_and_sees_what_a_writer_beside_it_commits() {
    let bench = bench().await;
    let history = history(&bench).await;
    assert_eq!(history.extent().await.unwrap(), None);
    assert!(history.page(0, at(0)).await.unwrap().is_empty());
    let log = fs::metadata(beside(bench.store.path(), "-wal")).unwrap().len();
    bench.poll(&[orderly(1), orderly(2)], &[], at(1)).await;
    assert!(fs::metadata(beside(bench.store.path(), "-wal")).unwrap().len() > log);
    let extent = history.extent().await.unwrap().unwrap();
    assert_eq!((extent.items, extent.first, extent.last, extent.since), (2, 1, 2, at(1)));
    let failed = sqlx::query("DELETE FROM item").execute(history.reader()).await;
    assert!(failed.is_err(), "it can only read");
}

#[tokio::test]
async fn pages_bring_every_item_once_in_order() {
    let bench = bench().await;
    let drafts: Vec<Draft> = (0..300).map(orderly).collect();
    bench.poll(&drafts, &[], at(1)).await;
    let history = history(&bench).await;
    let (mut seen, mut pages) = (Vec::new(), 0);
    loop {
        let page = history.page(seen.last().copied().unwrap_or(0), at(0)).await.unwrap();
        if page.is_empty() {
            break;
        }
        pages += 1;
        seen.extend(page.iter().map(|remembered| remembered.item.id));
    }
    assert_eq!(seen, (1..=300).collect::<Vec<i64>>());
    assert!(pages > 2, "in pages, not all at once");
}

#[tokio::test]
async fn what_happened_before_is_left_out_by_its_own_date_or_else_by_when_it_was_seen() {
    let bench = bench().await;
    let dated = |n: usize, minutes: i64| Draft { published: Some(at(minutes)), ..orderly(n) };
    bench.poll(&[dated(1, 10), dated(2, 30), orderly(3), dated(4, 900)], &[], at(60)).await;
    let page = history(&bench).await.page(0, at(20)).await.unwrap();
    let told: Vec<_> = page.iter().map(|r| (r.item.id, r.at())).collect();
    assert_eq!(told, [(2, at(30)), (3, at(60)), (4, at(60))], "nothing happens in the future");
}

#[tokio::test]
async fn an_item_is_found_by_every_address_that_it_ever_had() {
    let bench = bench().await;
    bench.poll(&[draft("g", "https://a.example/old", "A", "")], &[], at(1)).await;
    bench.poll(&[draft("g", "https://a.example/new", "A", "")], &[], at(2)).await;
    let history = history(&bench).await;
    for link in ["https://a.example/old", "https://a.example/new"] {
        assert_eq!(history.by_link(&link.parse().unwrap()).await.unwrap(), [1], "{link}");
    }
    let other = "https://a.example/other".parse().unwrap();
    assert!(history.by_link(&other).await.unwrap().is_empty());
    assert_eq!(history.links_of("a.example").await.unwrap().len(), 1);
    assert!(history.links_of("b.example").await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_decided_and_what_became_of_it_are_told() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["hook", "slack"], at(1)).await;
    let delivery = bench.delivery(&["slack"], at(2)).await.unwrap();
    let refused = attempt(Verdict::Refused { reason: "no such room".to_owned() }, None);
    bench.store.finish_attempt(delivery.id, &refused, at(2)).await.unwrap();
    let history = history(&bench).await;
    assert_eq!(history.of_alert(1).await.unwrap(), Some(1));
    assert_eq!(history.of_alert(2).await.unwrap(), None);
    assert_eq!(history.of_delivery(delivery.id).await.unwrap(), Some(1));
    let item = history.item(1).await.unwrap().unwrap();
    assert_eq!((item.rule_set.as_str(), item.decision.is_some()), ("abc", true));
    assert!(history.item(2).await.unwrap().is_none());
    let told = history.told(1).await.unwrap();
    assert_eq!((told.len(), told[0].revision, told[0].raised_at), (1, 1, at(1)));
    let became: Vec<_> = told[0]
        .deliveries
        .iter()
        .map(|d| (d.receiver.as_str(), d.state.as_str(), d.attempts, d.reason.as_deref()))
        .collect();
    assert_eq!(became, [("hook", "due", 0, None), ("slack", "dead", 1, Some("no such room"))]);
    assert_eq!(told[0].deliveries[1].at - at(2), TimeDelta::zero());
}
