//! A bench for single steps: real store, real HTTP stack, stub publishers and receivers on loopback,
//! and a clock that stands still until a test moves it.
//!
//! A test calls the very steps that the daemon's loops call, and looks at the store and at what the
//! stubs got.

use std::sync::Arc;
use std::time::Duration;

use bongsu::clock::Clock;
use bongsu::config;
use bongsu::http::{Client, Manners};
use bongsu::matching::Matcher;
use bongsu::model::source::SourceState;
use bongsu::store::Store;
use bongsu::work::poll::{self, Outcome, Polled};
use bongsu::work::{Bench, Plan, deliver};
use chrono::{DateTime, Utc};

use crate::world::{Page, World};

/// The bench with its world.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) bench: Bench,
}

/// A watch of our own beside the shipped concepts, which `news(…)` matches.
const WATCHES: &str = "[[watch]]\nid = \"beacon\"\ntitle = \"Beacons\"\nany = [\"beacon\"]\n\
                       must_match = [\"A beacon is lit\"]\nmust_not_match = [\"A calm day\"]\n";

impl Desk {
    /// One source `desk` with these further keys, two webhooks `hook` and `second`, and one watch for
    /// "beacon"; `more` is further TOML, in which `{base}` is the stubs' address and `{port}` its port.
    pub(crate) async fn new(keys: &str, more: &str) -> Self {
        Self::with(&[("desk", keys)], WATCHES, more).await
    }

    /// The same with these sources and watches.
    pub(crate) async fn with(sources: &[(&str, &str)], watches: &str, more: &str) -> Self {
        let world = World::new().await;
        let mut text = format!(
            "[daemon]\nstore = \"sqlite:{}\"\nlisten = \"127.0.0.1:0\"\n{watches}",
            world.path("bongsu.db").display()
        );
        for (id, keys) in sources {
            let every = if keys.contains("every") { "" } else { "every = \"15m\"\n" };
            text += &format!(
                "[[source]]\nid = \"{id}\"\ntitle = \"The {id}\"\nkind = \"feed\"\nurl = \"{}\"\n\
                 {every}own_host = true\nallow_private = [\"127.0.0.0/8\"]\n{keys}\n",
                format_args!("{}/feed/{id}", world.base())
            );
        }
        for id in ["hook", "second"] {
            text += &format!(
                "[[receiver]]\nid = \"{id}\"\nkind = \"webhook\"\nurl = \"{}\"\n\
                 allow_private = [\"127.0.0.0/8\"]\n",
                world.receiver(id)
            );
        }
        let file = world.path("steps.toml");
        let (base, port) = (world.base(), world.address.port().to_string());
        let more = more.replace("{base}", &base).replace("{port}", &port);
        std::fs::write(&file, text + &more).unwrap();
        let loaded: config::Loaded = bongsu::files::load(Some(&file));
        let settings = loaded.settings.unwrap_or_else(|| panic!("{:?}", loaded.faults));
        let matcher = Matcher::compile(&settings.concepts, &settings.watches).unwrap();
        let clock = Clock::fake("2026-11-23T10:00:00Z".parse().unwrap());
        let store = Store::open(&settings.daemon.store, clock.now()).await.unwrap();
        let client = Client::new(Manners::default()).unwrap();
        let plan = Arc::new(Plan { settings, matcher });
        let bench = Bench::new(plan, Arc::new(store), client, clock);
        bongsu::daemon::enrol(&bench).await.unwrap();
        Self { world, bench }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.bench.clock.now()
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.bench.clock.advance(time);
    }

    /// Goes on to when the source is due, and polls it.
    pub(crate) async fn poll(&self) -> Outcome {
        self.until(self.state("desk").await.due_at.unwrap());
        self.poll_now().await.expect("desk is due").outcome
    }

    /// Publishes a feed, then polls it.
    pub(crate) async fn read(&self, feed: &str) -> Read {
        self.world.publish("desk", Page::feed(feed));
        match self.poll().await {
            Outcome::Read { items_new, items_edited, alerts, short, .. } => {
                Read { new: items_new, edited: items_edited, alerts, short }
            }
            other => panic!("{other:?}"),
        }
    }

    /// Polls the source if it is due at this moment.
    pub(crate) async fn poll_now(&self) -> Option<Polled> {
        poll::round(&self.bench, &["desk"], |_| {}).await.unwrap().pop()
    }

    /// Moves the clock to `at`, if that is ahead.
    pub(crate) fn until(&self, at: DateTime<Utc>) {
        if let Ok(time) = (at - self.now()).to_std() {
            self.wait(time);
        }
    }

    pub(crate) async fn state(&self, source: &str) -> SourceState {
        let states = self.bench.store.source_states().await.unwrap();
        states.into_iter().find(|(id, _)| id == source).expect("the source has its row").1
    }

    /// Waits until so many polls of a source are in the ledger; each look lets the others go on.
    pub(crate) async fn until_committed(&self, source: &str, polls: usize) {
        loop {
            let rows = self.bench.store.polls_since(0, 999).await.unwrap();
            if rows.iter().filter(|row| row.source == source).count() >= polls {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// For how long the source rests from now on, in whole minutes.
    pub(crate) async fn rest(&self) -> i64 {
        (self.state("desk").await.due_at.unwrap() - self.now()).num_minutes()
    }

    /// Sends everything that is due at this moment, one attempt each.
    pub(crate) async fn deliver(&self) {
        let receivers = &self.bench.plan.settings.receivers;
        let ids: Vec<_> = receivers.iter().map(|receiver| receiver.id.as_str()).collect();
        let lease = Duration::from_mins(2);
        loop {
            let claimed = self
                .bench
                .store
                .claim_deliveries(&ids, self.now(), lease, ids.len())
                .await
                .unwrap();
            if claimed.is_empty() {
                return;
            }
            for delivery in claimed {
                deliver::step(&self.bench, &delivery).await;
            }
        }
    }

    /// The headlines that a receiver got, sorted: those of one poll come in any order.
    pub(crate) fn told(&self, receiver: &str) -> Vec<String> {
        let title = |body: &serde_json::Value| {
            let title = body["data"]["item"]["title"].as_str();
            title.unwrap_or_else(|| panic!("no title in {body}")).to_owned()
        };
        let mut told: Vec<_> =
            self.world.got(receiver).iter().map(|got| title(&got.body)).collect();
        told.sort();
        told
    }
}

/// What a poll read.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) new: u64,
    pub(crate) edited: u64,
    pub(crate) alerts: u64,
    pub(crate) short: Option<String>,
}

/// A feed of items, each given as guid, title and text.
pub(crate) fn feed(items: &[(&str, &str, &str)]) -> String {
    feed_with("", items)
}

/// The same with further elements of the feed itself.
pub(crate) fn feed_with(head: &str, items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(guid, title, text)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title>\
                 <link>https://news.example/{guid}</link><description>{text}</description></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>News</title><link>https://news.example/</link>\
         <description>News</description>{head}{items}</channel></rss>"
    )
}
