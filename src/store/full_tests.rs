//! A full disk, as SQLite itself reports it: the database may not grow by another page.
//!
//! The limit is the engine's own (`max_page_count`), so that the whole path of the error is real; a COMMIT
//! that fails on top of it is in `writer_tests`.

use chrono::TimeDelta;

use crate::identity::Recognition;
use crate::store::error::Error;
use crate::store::testing::{Bench, LEASE, at, bench, orderly};

async fn pages_max(bench: &Bench, pages: i64) {
    let statement = format!("PRAGMA max_page_count = {pages}");
    let mut writer = bench.store.writer().await;
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(writer.connection().await.unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_keeps_nothing_of_a_poll_and_the_next_one_finds_it_all_new() {
    let bench = bench().await;
    bench.poll(&[orderly(0)], &[], at(0)).await;
    let drafts: Vec<_> = (0..500).map(orderly).collect();
    let claim = bench.claim(at(1)).await;
    let items = bench.evaluate(&drafts, &["slack"]).await;
    pages_max(&bench, 1).await;
    let refused = bench.commit(&claim, &items, at(1)).await;
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    let counts = bench.store.counts().await.unwrap();
    assert_eq!((counts.items, counts.alerts, counts.deliveries_due), (1, 0, 0), "nothing is seen");

    // Twice, so that the refusal itself leaves nothing that refuses.
    let refused = bench.commit(&claim, &items, at(1)).await;
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");

    pages_max(&bench, 1_000_000).await;
    let later = at(1) + TimeDelta::from_std(LEASE).unwrap();
    let (found, receipt) = bench.poll(&drafts, &["slack"], later).await;
    assert_eq!(found.iter().filter(|found| matches!(found, Recognition::New { .. })).count(), 499);
    assert_eq!(receipt.deliveries, 499, "and all of it is told, each once");
}
