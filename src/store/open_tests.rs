//! Opening, refusing and leading, against real files.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqlitePool;

use crate::store::error::Error;
use crate::store::testing::{at, bench, draft, orderly};
use crate::store::{Store, sqlite};

async fn refusal(path: &Path) -> Error {
    Store::open(path, at(0)).await.expect_err("must be refused")
}

/// A closed store that holds one source.
async fn closed() -> (tempfile::TempDir, std::path::PathBuf) {
    let bench = bench().await;
    bench.store.close().await.unwrap();
    let path = bench.dir.path().join("bongsu.db");
    (bench.dir, path)
}

#[tokio::test]
async fn a_store_is_made_with_its_directory_and_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/bongsu.db");
    let store = Store::open(&path, at(0)).await.unwrap();
    store.sync_sources(&[("news", at(0))]).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(&path, at(1)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().sources, 1);
    store.quick_check().await.unwrap();
}

#[tokio::test]
async fn a_commit_survives_without_a_close() {
    let bench = bench().await;
    bench.poll(&[draft("a", "", "A", "")], &["slack"], at(0)).await;
    let copy = bench.dir.path().join("copy.db");
    fs::copy(bench.store.path(), &copy).unwrap();
    fs::copy(bench.dir.path().join("bongsu.db-wal"), bench.dir.path().join("copy.db-wal")).unwrap();
    let store = Store::open(&copy, at(1)).await.unwrap();
    assert_eq!(store.counts().await.unwrap().deliveries_due, 1);
}

#[tokio::test]
async fn a_directory_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let text = refusal(dir.path()).await.to_string();
    assert!(text.contains("is a directory; name a file in it"), "{text}");
}

#[tokio::test]
async fn a_file_of_something_else_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.txt");
    fs::write(&path, "my notes, long enough to look like something").unwrap();
    assert!(matches!(refusal(&path).await, Error::NotADatabase { .. }));
    assert!(fs::read_to_string(&path).unwrap().starts_with("my notes"));
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let (_dir, path) = closed().await;
    edit(&path, "DROP TABLE _sqlx_migrations").await;
    assert!(matches!(refusal(&path).await, Error::Foreign { .. }));
}

#[tokio::test]
async fn a_store_of_the_first_version_is_brought_up_with_what_it_knows() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &[], at(0)).await;
    bench.poll(&[orderly(1)], &[], at(1)).await;
    let path = bench.store.path().to_owned();
    for undo in [
        "ALTER TABLE source DROP COLUMN news_at",
        "ALTER TABLE source DROP COLUMN key_rule",
        "ALTER TABLE source DROP COLUMN etag_lied",
        "ALTER TABLE source DROP COLUMN last_modified_lied",
        "ALTER TABLE item DROP COLUMN text_mark",
        "DROP INDEX item_held",
        "ALTER TABLE item DROP COLUMN held",
        "DROP TABLE alert_also",
        "DROP INDEX alert_by_address",
        "ALTER TABLE alert DROP COLUMN address",
        "DELETE FROM _sqlx_migrations WHERE version > 1",
    ] {
        sqlx::query(undo)
            .execute(bench.store.writer().await.connection().await.unwrap())
            .await
            .unwrap();
    }
    bench.store.close().await.unwrap();
    let store = Store::open(&path, at(2)).await.unwrap();
    let states = store.source_states().await.unwrap();
    assert_eq!(states[0].1.news_at, Some(at(0)), "the ledger's last poll with news");
    assert_eq!(store.counts().await.unwrap().items, 1);
    let copy = sqlite::beside(&path, ".v1");
    let version: i64 = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&SqlitePool::connect(&copy.display().to_string()).await.unwrap())
        .await
        .unwrap();
    assert_eq!(version, 1, "as it was, it stays beside");
}

#[tokio::test]
async fn a_store_of_which_no_copy_can_be_made_is_left_as_it_is() {
    let (_dir, path) = closed().await;
    edit(&path, "DELETE FROM _sqlx_migrations WHERE version > 2").await;
    fs::create_dir(sqlite::beside(&path, ".v2-part")).unwrap();
    let error = refusal(&path).await;
    assert!(matches!(error, Error::NoCopy { .. }), "{error}");
    assert!(error.to_string().contains("left as it is"), "{error}");
}

#[tokio::test]
async fn a_store_that_a_daemon_of_the_version_before_leads_is_left_as_it_is() {
    let (_dir, path) = closed().await;
    let store = Store::open(&path, at(0)).await.unwrap();
    let leader = store.lead(at(0)).await.unwrap();
    store.close().await.unwrap();
    edit(&path, "DELETE FROM _sqlx_migrations WHERE version > 2").await;
    assert!(matches!(refusal(&path).await, Error::Held { .. }));
    assert!(!sqlite::beside(&path, ".v2").exists());
    drop(leader);
    assert!(matches!(refusal(&path).await, Error::Migrate(_)), "its tables are of today");
    assert!(sqlite::beside(&path, ".v2").exists());
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let (_dir, path) = closed().await;
    edit(&path, "UPDATE _sqlx_migrations SET version = 999 WHERE version > 2").await;
    let error = refusal(&path).await;
    assert!(matches!(error, Error::Newer { found: 999, .. }), "{error}");
    assert!(error.to_string().contains("999"), "{error}");
}

#[tokio::test]
async fn a_cut_store_is_refused_with_the_restore_command() {
    let (_dir, path) = closed().await;
    let length = fs::metadata(&path).unwrap().len();
    for keep in [length - 1, length / 2, 4_096, 100, 99, 20] {
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(keep).unwrap();
        let error = refusal(&path).await;
        assert!(matches!(error, Error::Damaged { .. }), "{keep}: {error}");
        assert!(error.to_string().contains("restore a backup: `"), "{error}");
        assert_eq!(fs::metadata(&path).unwrap().len(), keep, "left as it was");
    }
}

#[tokio::test]
async fn a_scrambled_schema_is_refused_and_a_scrambled_page_is_found_by_the_check() {
    let (_dir, path) = closed().await;
    let whole = fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    bytes.iter_mut().skip(100).take(3_000).for_each(|b| *b ^= 0x5a);
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(refusal(&path).await, Error::Damaged { .. }));

    let mut bytes = whole;
    bytes.iter_mut().skip(3 * 4_096).take(8).for_each(|b| *b = 0xff);
    fs::write(&path, &bytes).unwrap();
    let found = match Store::open(&path, at(0)).await {
        Ok(store) => store.quick_check().await.expect_err("damage must be found"),
        Err(error) => error,
    };
    assert!(matches!(found, Error::Corrupt(_) | Error::Damaged { .. }), "{found}");
}

#[tokio::test]
async fn flipped_bytes_never_make_a_silently_empty_store() {
    let bench = bench().await;
    let drafts: Vec<_> = (0..40).map(orderly).collect();
    bench.poll(&drafts, &["slack"], at(0)).await;
    let whole = bench.store.path().to_owned();
    bench.store.close().await.unwrap();
    let whole = fs::read(whole).unwrap();
    let path = bench.dir.path().join("flipped.db");
    let mut dice = fastrand::Rng::with_seed(7);
    let mut refused = 0;
    for round in 0..150 {
        let mut bytes = whole.clone();
        // Half of the rounds aim at the header and the schema.
        let reach = if round % 2 == 0 { 4_096 } else { bytes.len() };
        for _ in 0..dice.usize(1..40) {
            let place = dice.usize(0..reach);
            bytes[place] ^= dice.u8(1..);
        }
        fs::write(&path, &bytes).unwrap();
        for suffix in ["-wal", "-shm"] {
            drop(fs::remove_file(bench.dir.path().join(format!("flipped.db{suffix}"))));
        }
        let Ok(store) = Store::open(&path, at(1)).await else {
            refused += 1;
            assert!(fs::metadata(&path).unwrap().len() > 0, "round {round}");
            continue;
        };
        let unharmed = store.counts().await.is_ok_and(|c| (c.items, c.deliveries_due) == (40, 40));
        assert!(unharmed || store.quick_check().await.is_err(), "round {round}: silent loss");
        drop(store);
    }
    assert!(refused > 20, "only {refused} rounds hit");
}

#[tokio::test]
async fn where_a_store_was_no_empty_one_is_begun() {
    let (_dir, path) = closed().await;
    let mut lock = path.clone().into_os_string();
    lock.push(".lock");
    fs::write(&lock, "1\n").unwrap();
    fs::write(&path, "").unwrap();
    assert!(matches!(refusal(&path).await, Error::Vanished { what: "empty", .. }));
    fs::remove_file(&path).unwrap();
    assert!(matches!(refusal(&path).await, Error::Vanished { what: "missing", .. }));
    fs::remove_file(&lock).unwrap();
    fs::write(path.with_extension("db-wal"), "x").unwrap();
    assert!(matches!(refusal(&path).await, Error::Vanished { what: "missing", .. }));
    assert!(!path.exists());
}

#[tokio::test]
async fn an_empty_file_that_never_was_a_store_becomes_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bongsu.db");
    fs::write(&path, "").unwrap();
    Store::open(&path, at(0)).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_place_that_cannot_be_written_is_refused_with_path_and_user() {
    // Not even root may make files there.
    let text = refusal(Path::new("/sys/bongsu.db")).await.to_string();
    assert!(text.contains("store /sys/bongsu.db cannot be written by uid "), "{text}");
}

#[tokio::test]
async fn a_second_lead_is_refused_by_pid_until_the_first_ends() {
    let bench = bench().await;
    let second = Store::open(bench.store.path(), at(0)).await.unwrap();
    let leader = bench.store.lead(at(0)).await.unwrap();
    let text = second.lead(at(0)).await.expect_err("held").to_string();
    assert!(text.contains(&format!("held by pid {}", std::process::id())), "{text}");
    drop(leader);
    second.lead(at(0)).await.unwrap();
}

/// Changes a closed store behind its back.
async fn edit(path: &Path, statement: &'static str) {
    let store = Store::open(path, at(0)).await.unwrap();
    sqlx::query(statement).execute(store.writer().await.connection().await.unwrap()).await.unwrap();
    store.close().await.unwrap();
}
