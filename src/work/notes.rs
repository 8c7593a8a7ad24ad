//! What a running process remembers beside the store: what it has told already, and how often feeds
//! wish to be asked.
//!
//! Nothing here matters after a crash: to lose it costs one repeated log line or one poll that comes
//! early. Written by `work::visit`, `work::poll` and `work::deliver`.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::model::source::Source;
use crate::parse::rhythm::Rhythm;
use crate::store::error::Error;

/// Trouble of the store that lasts is told of again after this: it stops everything.
const STORE_AGAIN: TimeDelta = TimeDelta::minutes(10);

/// A source that stays silent is told of again after this.
const SILENCE_AGAIN: TimeDelta = TimeDelta::days(1);

/// A publisher's wish that delays polls by less than no failure would is not worth a line.
const PROMISE_MIN: Duration = Duration::from_hours(6);

/// What is remembered.
#[derive(Debug, Default)]
pub struct Notes {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    rhythms: HashMap<String, Rhythm>,
    moved: HashMap<String, Url>,
    silent: HashMap<String, DateTime<Utc>>,
    promised: HashSet<String>,
    /// Since when the store refuses, and when that was last told.
    store: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Notes {
    /// Keeps what a feed wishes, for the polls that are answered with "unchanged".
    pub fn keep_rhythm(&self, source: &str, rhythm: &Rhythm) {
        self.pages().rhythms.insert(source.to_owned(), rhythm.clone());
    }

    /// What a feed wished when it was last read.
    pub fn rhythm(&self, source: &str) -> Rhythm {
        self.pages().rhythms.get(source).cloned().unwrap_or_default()
    }

    /// Tells once that a source has moved for good. It is still asked at its old address: whether
    /// the new one is the same publisher is the operator's to judge.
    pub fn moved(&self, source: &Source, to: Option<&Url>) {
        let Some(to) = to else { return };
        let known = self.pages().moved.insert(source.id.clone(), to.clone());
        if known.as_ref() != Some(to) {
            let id = &source.id;
            tracing::warn!(
                source.id = id,
                "source {id} has moved for good: set its url to {to}; until then it is followed there at each poll"
            );
        }
    }

    /// Tells once that a publisher lets its answer be kept for so long that a source is polled much
    /// less often than its `every`; `kept` is what is honoured of it. Says whether it told.
    pub fn promised(&self, source: &Source, promised: Duration, kept: Duration) -> bool {
        // Who has set a limit knows of it.
        let matters = kept > source.every && kept >= PROMISE_MIN && source.cache_max.is_none();
        let id = &source.id;
        if !matters || !self.pages().promised.insert(id.clone()) {
            return false;
        }
        let (promised, kept) = (words(promised), words(kept));
        tracing::info!(
            source.id = id,
            "source {id}: its publisher says that an answer may be kept for {promised}, so it is polled \
             every {kept}; cache_max = \"1h\" in its [[source]] polls it sooner"
        );
        true
    }

    /// Tells of a source that has brought nothing new since `last` for longer than it is expected
    /// to, once and then daily. Says whether it told.
    pub fn silence(
        &self,
        source: &Source,
        max: Duration,
        last: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        let mut pages = self.pages();
        let id = &source.id;
        if now - last < TimeDelta::from_std(max).unwrap_or(TimeDelta::MAX) {
            pages.silent.remove(id);
            return false;
        }
        if pages.silent.get(id).is_some_and(|told| now - *told < SILENCE_AGAIN) {
            return false;
        }
        pages.silent.insert(id.clone(), now);
        let last = last.format("%Y-%m-%dT%H:%M:%SZ");
        tracing::warn!(
            source.id = id,
            "source {id} is read well but has brought nothing new since {last}, longer than its \
             expect.silence_max; see whether its address is still the right one"
        );
        true
    }

    /// Tells that the store refuses, at once and then every few minutes. Says whether it told.
    pub fn store_refuses(&self, error: &Error, now: DateTime<Utc>) -> bool {
        let mut pages = self.pages();
        let since = match pages.store {
            Some((_, told)) if now >= told && now - told < STORE_AGAIN => return false,
            Some((since, _)) => since,
            None => now,
        };
        pages.store = Some((since, now));
        let since = since.format("%Y-%m-%dT%H:%M:%SZ");
        tracing::error!(
            "{error}; since {since} nothing is polled or delivered that cannot be recorded; \
             it is tried again every few seconds"
        );
        true
    }

    /// Tells that the store takes results again, if it did not. Says whether it told.
    pub fn store_works(&self) -> bool {
        let Some((since, _)) = self.pages().store.take() else { return false };
        let since = since.format("%Y-%m-%dT%H:%M:%SZ");
        tracing::info!("the store works again; it had refused since {since}");
        true
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait of hours in the larger unit that it fills: "24 h", "365 days".
fn words(wait: Duration) -> String {
    let hours = wait.as_secs().div_ceil(3600);
    if hours < 48 { format!("{hours} h") } else { format!("{} days", hours / 24) }
}
