//! Copies of a store in use, and their way back, against real files.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use crate::store::error::Error;
use crate::store::testing::{Bench, at, bench, orderly};
use crate::store::{Store, copy};

/// A store with one item, in use, and the copy that was made of it.
async fn copied() -> (Bench, PathBuf) {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    let to = bench.dir.path().join("사본 copy.db");
    let copied = copy::backup(bench.store.path(), &to).await.unwrap();
    assert_eq!((copied.items, copied.state_at), (1, Some(at(0))));
    (bench, to)
}

async fn items(path: &Path) -> u64 {
    let store = Store::open(path, at(9)).await.unwrap();
    let items = store.counts().await.unwrap().items;
    store.close().await.unwrap();
    items
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_store_that_was_closed_is_one_file_with_all_of_it() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    bench.store.close().await.unwrap();
    assert_eq!(names(bench.dir.path()), ["bongsu.db"]);
    let moved = bench.dir.path().join("moved.db");
    fs::copy(bench.store.path(), &moved).unwrap();
    assert_eq!(items(&moved).await, 1);
}

#[tokio::test]
async fn a_copy_of_a_store_in_use_is_whole_and_replaces_the_former_one() {
    let (bench, to) = copied().await;
    bench.poll(&[orderly(1), orderly(2)], &["slack"], at(2)).await;
    assert_eq!(copy::backup(bench.store.path(), &to).await.unwrap().items, 2);
    assert_eq!(items(&to).await, 2);
    assert!(!names(bench.dir.path()).iter().any(|name| name.ends_with("-part")));
}

#[tokio::test]
async fn a_copy_is_never_made_over_something_else() {
    let (bench, to) = copied().await;
    let path = bench.store.path();
    let notes = bench.dir.path().join("notes.txt");
    fs::write(&notes, "my notes, which nobody may write over").unwrap();
    assert!(matches!(copy::backup(path, &notes).await, Err(Error::NotADatabase { .. })));
    assert!(fs::read_to_string(&notes).unwrap().starts_with("my notes"));
    assert!(matches!(copy::backup(path, path).await, Err(Error::Copy { .. })));
    assert!(matches!(copy::backup(path, bench.dir.path()).await, Err(Error::Directory { .. })));
    let nowhere = bench.dir.path().join("no/such/folder/copy.db");
    copy::backup(path, &nowhere).await.expect_err("no folder");
    let missing = bench.dir.path().join("missing.db");
    assert!(matches!(copy::backup(&missing, &to).await, Err(Error::Missing { .. })));
    assert_eq!(items(&to).await, 1, "the former copy is as it was");
}

#[tokio::test]
async fn a_copy_comes_back_and_what_it_replaces_is_kept_with_its_log() {
    let (bench, to) = copied().await;
    bench.poll(&[orderly(1), orderly(2)], &["slack"], at(2)).await;
    // As after a kill: half of the truth is in the log.
    let (path, now) = (bench.store.path().to_owned(), at(0) + TimeDelta::hours(23));
    assert!(fs::metadata(bench.dir.path().join("bongsu.db-wal")).unwrap().len() > 0);
    let restored = copy::restore(&path, &to, now).await.unwrap();
    assert_eq!((restored.copied.items, restored.copied.state_at), (1, Some(at(0))));
    let aside = restored.replaced.expect("there was one");
    drop(bench.store);
    assert_eq!(items(&path).await, 1);
    assert_eq!(items(&aside).await, 2, "nothing of it is lost");
    assert_eq!(copy::restored(&path), Some((Some(at(0)), now)), "to be told at the next start");
    copy::said_restored(&path);
    assert_eq!(copy::restored(&path), None, "once");
}

#[tokio::test]
async fn a_copy_comes_back_where_the_store_is_damaged_or_missing() {
    let (bench, to) = copied().await;
    let path = bench.store.path().to_owned();
    bench.store.close().await.unwrap();
    fs::write(&path, "SQLite format 3\0 and then nothing").unwrap();
    copy::restore(&path, &to, at(5)).await.unwrap();
    assert_eq!(items(&path).await, 1);
    fs::remove_file(&path).unwrap();
    assert_eq!(copy::restore(&path, &to, at(6)).await.unwrap().replaced, None);
    assert_eq!(items(&path).await, 1);
    let elsewhere = bench.dir.path().join("new/place/bongsu.db");
    copy::restore(&elsewhere, &to, at(7)).await.unwrap();
    assert_eq!(items(&elsewhere).await, 1);
}

#[tokio::test]
async fn a_bad_copy_or_a_daemon_leaves_the_store_as_it_is() {
    let (bench, to) = copied().await;
    let path = bench.store.path().to_owned();
    let leader = bench.store.lead(at(1)).await.unwrap();
    assert!(matches!(copy::restore(&path, &to, at(2)).await, Err(Error::Held { .. })));
    drop(leader);
    bench.store.close().await.unwrap();
    let whole = fs::read(&to).unwrap();
    let bad = bench.dir.path().join("bad.db");
    let before = names(bench.dir.path());
    let mut scrambled = whole.clone();
    scrambled.iter_mut().skip(3 * 4_096).take(4_096).for_each(|byte| *byte = 0xff);
    for bytes in [&b"notes"[..], &whole[..whole.len() / 2], &scrambled] {
        fs::write(&bad, bytes).unwrap();
        copy::restore(&path, &bad, at(3)).await.expect_err("must be refused");
        let fresh = bench.dir.path().join("fresh.db");
        copy::restore(&fresh, &bad, at(3)).await.expect_err("must be refused");
        fs::remove_file(&bad).unwrap();
        assert_eq!(names(bench.dir.path()), before);
    }
    assert_eq!(items(&path).await, 1);
}
