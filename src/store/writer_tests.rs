//! A writing connection whose COMMIT and ROLLBACK fail, as on a disk that is full or breaks.
//!
//! SQLite's own hook turns a COMMIT into a rollback that nobody asked for, which is what it does itself
//! when it cannot write: the ROLLBACK that follows is an error then.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::receiver::Verdict;
use crate::store::error::Error;
use crate::store::testing::{Bench, at, attempt, bench, draft, orderly};

/// Lets every COMMIT of the present connection fail as long as the switch is on.
async fn refuse_commits(bench: &Bench) -> Arc<AtomicBool> {
    let refused = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&refused);
    let mut writer = bench.store.writer().await;
    let mut handle = writer.connection().await.unwrap().lock_handle().await.unwrap();
    handle.set_commit_hook(move || !switch.load(Ordering::SeqCst));
    refused
}

#[tokio::test]
async fn after_a_commit_that_failed_the_next_one_is_kept() {
    let bench = bench().await;
    let claim = bench.claim(at(0)).await;
    let items = bench.evaluate(&[orderly(1)], &["slack"]).await;
    let refused = refuse_commits(&bench).await;
    bench.commit(&claim, &items, at(0)).await.expect_err("the commit must fail");
    refused.store(false, Ordering::SeqCst);
    let counts = bench.store.counts().await.unwrap();
    assert_eq!((counts.items, counts.deliveries_due), (0, 0), "nothing of it is kept");
    assert_eq!(bench.commit(&claim, &items, at(1)).await.unwrap().items_new, 1);
    assert_eq!(bench.store.counts().await.unwrap().deliveries_due, 1, "and readers see it");
}

#[tokio::test]
async fn every_kind_of_write_goes_on_after_a_commit_that_failed() {
    let bench = bench().await;
    bench.poll(&[orderly(1), orderly(2)], &["slack"], at(0)).await;
    refuse_commits(&bench).await;
    bench
        .store
        .claim_deliveries(&["slack"], at(1), crate::store::testing::LEASE, 1)
        .await
        .expect_err("fails");
    let delivery = bench.delivery(&["slack"], at(1)).await.expect("is claimed after all");
    refuse_commits(&bench).await;
    let result = attempt(Verdict::Delivered, None);
    bench.store.finish_attempt(delivery.id, &result, at(1)).await.expect_err("fails");
    bench.store.finish_attempt(delivery.id, &result, at(1)).await.unwrap();
    refuse_commits(&bench).await;
    bench.store.writable(at(2)).await.expect_err("fails");
    bench.store.writable(at(2)).await.unwrap();
    bench.store.quick_check().await.unwrap();
}

#[tokio::test]
async fn a_rollback_of_sqlite_itself_in_the_midst_of_a_transaction_is_got_over() {
    let bench = bench().await;
    let run = async |statement: &'static str| {
        let mut writer = bench.store.writer().await;
        sqlx::query(statement).execute(writer.connection().await.unwrap()).await.unwrap();
    };
    run("CREATE TRIGGER broken BEFORE INSERT ON poll BEGIN SELECT RAISE(ROLLBACK, 'broken'); END")
        .await;
    let claim = bench.claim(at(0)).await;
    let items = bench.evaluate(&[draft("a", "", "A", "")], &["slack"]).await;
    for _ in 0..3 {
        bench.commit(&claim, &items, at(0)).await.expect_err("the trigger");
        let counts = bench.store.counts().await.unwrap();
        assert_eq!((counts.items, counts.deliveries_due), (0, 0));
    }
    run("DROP TRIGGER broken").await;
    assert_eq!(bench.commit(&claim, &items, at(1)).await.unwrap().items_new, 1);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_needs_no_other_connection() {
    let bench = bench().await;
    {
        let mut writer = bench.store.writer().await;
        let connection = writer.connection().await.unwrap();
        sqlx::query("CREATE TEMP TABLE ours (id)").execute(connection).await.unwrap();
        drop(writer.begin().await.unwrap());
    }
    let mut writer = bench.store.writer().await;
    let connection = writer.connection().await.unwrap();
    // A temporary table lives as long as its connection.
    sqlx::query("SELECT * FROM temp.ours").execute(connection).await.unwrap();
}

#[tokio::test]
async fn a_writer_in_doubt_is_sound_as_the_first_one_was() {
    let bench = bench().await;
    refuse_commits(&bench).await;
    bench.store.writable(at(0)).await.expect_err("fails");
    let mut writer = bench.store.writer().await;
    let connection = writer.connection().await.unwrap();
    let mut settings = Vec::new();
    for pragma in [
        "PRAGMA synchronous",
        "PRAGMA foreign_keys",
        "PRAGMA busy_timeout",
        "PRAGMA journal_size_limit",
    ] {
        let value: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *connection).await.unwrap();
        settings.push(value);
    }
    assert_eq!(settings, [2, 1, 20_000, 8 * 1024 * 1024], "2 is FULL");
    let mode: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(connection).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn where_the_file_was_taken_away_none_is_made_until_it_is_back() {
    let bench = bench().await;
    let path = bench.store.path().to_owned();
    let aside = bench.dir.path().join("aside.db");
    for replaced in [false, true] {
        refuse_commits(&bench).await;
        bench.store.writable(at(0)).await.expect_err("fails");
        fs::rename(&path, &aside).unwrap();
        if replaced {
            fs::copy(&aside, &path).unwrap();
        }
        for _ in 0..2 {
            let error = bench.store.writable(at(0)).await.expect_err("gone");
            assert!(matches!(error, Error::Gone { .. }), "{error}");
            assert_eq!(path.exists(), replaced, "nothing is made in its place");
        }
        fs::rename(&aside, &path).unwrap();
        bench.store.writable(at(0)).await.unwrap();
    }
}

#[tokio::test]
async fn damage_found_by_a_new_writer_is_damage_and_not_a_passing_trouble() {
    let bench = bench().await;
    refuse_commits(&bench).await;
    bench.store.writable(at(0)).await.expect_err("fails");
    bench.store.readers.close().await;
    // The last connection folds the log into the file when it goes.
    drop(bench.store.writer().await.begin().await);
    let Bench { dir, store } = bench;
    let path = store.path().to_owned();
    store.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().skip(100).take(3_000).for_each(|byte| *byte ^= 0x5a);
    fs::write(&path, bytes).unwrap();
    let error = crate::store::sqlite::reconnect(&path).await.expect_err("damaged");
    assert!(matches!(error, Error::Corrupt(_)), "{error:?}");
    drop(dir);
}
