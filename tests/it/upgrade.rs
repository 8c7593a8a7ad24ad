//! A store written by the program before: each shipped source was polled and its news told. After the
//! upgrade the same documents bring nothing new, and nothing is told twice.
//!
//! `store-v2.sql` is such a store, dumped; the documents beside it are our own, in the shapes that the
//! shipped sources have. `PORT` stands for where the sources were read from.

use sqlx::{ConnectOptions, Connection};

use crate::world::{Page, World};

/// The shipped sources: as long as one is added, it needs its document here.
fn sources() -> Vec<(String, String)> {
    let shipped = concat!(
        include_str!("../../config/sources/eu.toml"),
        include_str!("../../config/sources/kr.toml")
    );
    let shipped: toml::Table = toml::from_str(shipped).unwrap();
    let sources = shipped["source"].as_array().unwrap().iter();
    let keys = |source: &toml::Value| {
        let mut keys = toml::Table::new();
        for key in ["timezone", "language", "implies", "identity"] {
            if let Some(value) = source.get(key) {
                keys.insert(key.to_owned(), value.clone());
            }
        }
        (source["id"].as_str().unwrap().to_owned(), inline(&keys))
    };
    sources.map(keys).collect()
}

/// Keys and values of one table, a line each.
fn inline(keys: &toml::Table) -> String {
    keys.iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_upgrade_nothing_that_was_seen_is_new_and_nothing_is_told_twice() {
    let mut world = World::new().await;
    let sources = sources();
    let document = |id: &str| format!("tests/fixtures/upgrade/{id}.xml");
    for (id, _) in &sources {
        world.publish(id, Page::feed(&std::fs::read_to_string(document(id)).unwrap()));
    }
    let dump = include_str!("../fixtures/upgrade/store-v2.sql");
    let dump = dump.replace("PORT", &world.address.port().to_string());
    let path = world.path("bongsu.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .foreign_keys(false);
    let mut old = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(dump)).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let named: Vec<(&str, &str)> =
        sources.iter().map(|(id, keys)| (id.as_str(), keys.as_str())).collect();
    let config = world.configure(&named, "");
    world.start(&config);
    let before = 2 * sources.len() as i64;
    let ids = || sources.iter().map(|(id, _)| id.as_str());
    let (alerts, _) = world.settled(ids(), before).await;
    let raised: u64 = alerts.values().sum();
    assert_eq!(raised, 0, "{alerts:?}");
    let store = bongsu::store::Store::open(&path, chrono::Utc::now()).await.unwrap();
    let rows = store.polls_since(before, 1_000).await.unwrap();
    let read: Vec<_> = rows.iter().filter(|row| row.outcome == "read").collect();
    assert!(read.len() >= sources.len(), "each was read in full at least once");
    for row in read {
        assert_eq!((row.items_new, row.items_edited), (0, 0), "{row:?}");
    }
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    assert!(world.got("hook").is_empty() && world.got("slack").is_empty());
    assert!(world.path("bongsu.db.v2").exists(), "a copy of the store as it was");
}
