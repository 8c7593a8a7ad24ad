//! Waiting for polls of a running daemon, and what its store says of them.

use std::collections::HashMap;

use chrono::Utc;

use crate::world::{PATIENCE, World};

impl World {
    /// Waits until each of these sources, as it is now, has been polled since the poll of the number
    /// `after`. Gives the alerts raised since, by source, and the number of the last poll.
    pub(crate) async fn settled(
        &self,
        sources: impl Iterator<Item = &str>,
        after: i64,
    ) -> (HashMap<String, u64>, i64) {
        let sources: Vec<&str> = sources.collect();
        let mut store = None;
        let (mut counts, mut alerts): (HashMap<String, usize>, HashMap<String, u64>) =
            (HashMap::new(), HashMap::new());
        let mut last = after;
        // The first poll after a page was changed may have begun before that; the second has not.
        let is_done = |counts: &HashMap<String, usize>| {
            sources.iter().all(|source| counts.get(*source).is_some_and(|polls| *polls >= 2))
        };
        let waiting = async {
            while !is_done(&counts) {
                self.stub.stirred.notified().await;
                if store.is_none() && self.path("bongsu.db").exists() {
                    store =
                        bongsu::store::Store::open(&self.path("bongsu.db"), Utc::now()).await.ok();
                }
                let Some(store) = &store else { continue };
                for row in store.polls_since(last, 1_000).await.unwrap() {
                    last = row.id;
                    *counts.entry(row.source.clone()).or_default() += 1;
                    *alerts.entry(row.source).or_default() += row.alerts;
                }
            }
        };
        let done = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(done.is_ok(), "waited in vain for polls; the log says:\n{}", self.log());
        (alerts, last)
    }

    /// Waits until a feed, as it is now, has been read and committed: only then are its validators
    /// sent back.
    pub(crate) async fn until_read(&self, feed: &str) {
        let before = self.asked(feed).len();
        let what = format!("{feed} to be read");
        self.until(&what, |world| {
            world.asked(feed).iter().skip(before).any(|asked| asked.conditional)
        })
        .await;
    }
}
