//! The past as a stream of items: out of the store page by page, or out of a file of JSON Lines.
//!
//! Memory does not grow with the history. Keeps count of what a reader must know to trust the
//! answer: what period it covers, what is a headline only, which publishers are unknown today.
//! Called by `backtest`, `terms`, `check` and, for one item, `why`.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use url::Url;

use crate::cli::shape::day;
use crate::cli::{match_, say};
use crate::lang::count::counted;
use crate::lang::script;
use crate::matching::Text;
use crate::model::item::Draft;
use crate::parse::dates;
use crate::store::history::{History, Remembered};
use crate::store::prune::Retention;
use crate::work::Plan;

/// How far back, unless told otherwise: as long as the store keeps every text.
const DAYS: i64 = 90;

/// Lines of a file that are no items are told one by one up to here.
const FAULTS_MAX: u64 = 3;

/// Sources that are unknown today are named up to here.
const STRANGERS_MAX: usize = 5;

/// Which past.
#[derive(Debug, Args)]
pub struct Period {
    /// How far back: a duration such as 90d or 4w, or a day such as 2026-07-01 [default: 90d; of a
    /// file, all of it]
    #[arg(long, value_name = "AGE", value_parser = since)]
    since: Option<Since>,
    /// Read items from this file of JSON Lines instead of the store: objects as `bongsu match`
    /// takes them, with perhaps `date` (RFC 3339, or as feeds write dates; without a zone, that of its
    /// `source`, else the daemon's) and `url`
    #[arg(long, value_name = "ITEMS.jsonl")]
    file: Option<PathBuf>,
}

impl Period {
    /// Whether anything was said of it.
    pub fn is_given(&self) -> bool {
        self.since.is_some() || self.file.is_some()
    }
}

#[derive(Clone, Copy, Debug)]
enum Since {
    Ago(Duration),
    On(NaiveDate),
}

/// Reads `--since`.
fn since(text: &str) -> Result<Since, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(Since::On(day));
    }
    crate::config::scalar::duration(text).map(Since::Ago).map_err(|(fault, cure)| {
        format!("{fault}; {}, or a day such as 2026-07-01", cure.unwrap_or_default())
    })
}

/// One item of the past.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// The item's number in the store, or the `id` of its line.
    pub id: String,
    /// When it happened, if that is known.
    pub at: Option<DateTime<Utc>>,
    /// Its source, if that is known.
    pub source: Option<String>,
    /// What it says.
    pub draft: Draft,
    /// The language that it claims, or that was told of it when it came.
    pub own_language: Option<String>,
    /// The language of its source, by today's configuration.
    pub source_language: Option<String>,
    /// Concepts that its publisher stands for, by today's configuration.
    pub implies: Vec<String>,
    /// The watches that flagged it when it came; `None` where nobody judged it.
    pub then: Option<Vec<String>>,
}

impl Moment {
    /// An item of the store, as an item of today's source of that name.
    pub fn of(plan: &Plan, remembered: &Remembered) -> Self {
        let item = &remembered.item;
        let source = plan.settings.sources.iter().find(|source| source.id == item.source);
        let flags = remembered.decision.iter().flat_map(|decision| &decision.flags);
        Self {
            id: item.id.to_string(),
            at: Some(remembered.at()),
            source: Some(item.source.clone()),
            own_language: item.draft.language.clone(),
            source_language: source.and_then(|source| source.language.clone()),
            implies: source.map(|source| source.implies.clone()).unwrap_or_default(),
            draft: item.draft.clone(),
            then: Some(flags.map(|flag| flag.watch.clone()).collect()),
        }
    }

    /// A text that somebody gave.
    pub fn of_words(title: &str, summary: &str) -> Self {
        let (title, summary) = (title.to_owned(), summary.to_owned());
        Self { draft: Draft { title, summary, ..Draft::default() }, ..Self::default() }
    }

    /// A line of a file, or of standard input; a date without a zone is one of its source, else the
    /// daemon's.
    pub(super) fn of_line(plan: &Plan, question: match_::Question, now: DateTime<Utc>) -> Self {
        let settings = &plan.settings;
        let source = settings.sources.iter().find(|it| Some(&it.id) == question.source.as_ref());
        let zone = source.map_or(settings.daemon.timezone, |source| source.timezone);
        let id = match question.id {
            serde_json::Value::String(id) => id,
            other => other.to_string(),
        };
        Self {
            id,
            at: question.date.as_deref().and_then(|date| dates::instant(date, zone, now)),
            source: question.source,
            own_language: question.lang,
            source_language: None,
            implies: question.implies.unwrap_or_default(),
            draft: Draft {
                title: question.title.unwrap_or_default(),
                summary: question.summary.unwrap_or_default(),
                body: question.body.unwrap_or_default(),
                categories: question.categories.unwrap_or_default(),
                link: question.url.and_then(|url| Url::parse(&url).ok()),
                ..Draft::default()
            },
            then: None,
        }
    }

    /// The language that decides, told as for an item that comes today.
    pub fn language(&self) -> Option<&str> {
        let texts = [self.draft.title.as_str(), &self.draft.summary, &self.draft.body];
        script::language(self.own_language.as_deref(), self.source_language.as_deref(), &texts)
    }

    /// What the watches are asked about.
    pub fn text(&self) -> Text<'_> {
        Text {
            title: &self.draft.title,
            summary: &self.draft.summary,
            body: &self.draft.body,
            categories: &self.draft.categories,
            language: self.language(),
            source: self.source.as_deref(),
            implies: &self.implies,
        }
    }

    /// Whether it is a headline and nothing else.
    pub fn is_bare(&self) -> bool {
        self.draft.summary.is_empty() && self.draft.body.is_empty()
    }
}

/// What was read, for those who must judge by it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Covered {
    /// Items read.
    pub items: u64,
    /// Of these, those with a headline and no other text.
    pub headline_only: u64,
    /// Of these, those without a date.
    pub undated: u64,
    /// When the first of them happened.
    pub first: Option<DateTime<Utc>>,
    /// And the last.
    pub last: Option<DateTime<Utc>>,
    /// The start of the period asked for.
    pub asked_since: Option<DateTime<Utc>>,
    /// When the store began to remember.
    pub store_since: Option<DateTime<Utc>>,
    /// Sources of theirs that today's configuration lacks.
    pub unknown_sources: BTreeSet<String>,
    /// Lines of the file that are no items.
    pub unreadable_lines: u64,
}

/// A past that can be gone through, more than once.
pub struct Past<'p> {
    plan: &'p Plan,
    origin: Origin,
    since: DateTime<Utc>,
    store_since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    /// Faults of the file were told: going through it again does not tell them again.
    told: Cell<bool>,
}

enum Origin {
    Store(History),
    File(PathBuf),
}

impl<'p> Past<'p> {
    /// Opens the store, or the file.
    pub async fn open(plan: &'p Plan, period: &Period, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let zone = plan.settings.daemon.timezone;
        let since = match (period.since, &period.file) {
            (Some(Since::Ago(age)), _) => now - TimeDelta::from_std(age).unwrap_or_default(),
            (Some(Since::On(day)), _) => {
                let start = day.and_time(NaiveTime::MIN).and_local_timezone(zone).earliest();
                start.map_or(now, |start| start.to_utc())
            }
            (None, Some(_)) => DateTime::UNIX_EPOCH,
            (None, None) => now - TimeDelta::days(DAYS),
        };
        let (origin, store_since) = if let Some(path) = &period.file {
            (Origin::File(path.clone()), None)
        } else {
            let history = History::open(&plan.settings.daemon.store).await?;
            let extent = history.extent().await?;
            (Origin::Store(history), extent.map(|extent| extent.since))
        };
        Ok(Self { plan, origin, since, store_since, now, told: Cell::new(false) })
    }

    /// Shows every item of the period to `see`, and tells what it was.
    pub async fn each(&self, mut see: impl FnMut(&Moment)) -> anyhow::Result<Covered> {
        let mut covered = Covered { store_since: self.store_since, ..Covered::default() };
        covered.asked_since = (self.since > DateTime::UNIX_EPOCH).then_some(self.since);
        let known: BTreeSet<&str> =
            self.plan.settings.sources.iter().map(|source| source.id.as_str()).collect();
        let mut count = |covered: &mut Covered, moment: &Moment| {
            covered.items += 1;
            covered.headline_only += u64::from(moment.is_bare());
            covered.undated += u64::from(moment.at.is_none());
            covered.first = covered.first.into_iter().chain(moment.at).min();
            covered.last = moment.at.max(covered.last);
            if let Some(source) = moment.source.as_deref().filter(|id| !known.contains(id))
                && matches!(self.origin, Origin::Store(_))
                && !covered.unknown_sources.contains(source)
            {
                covered.unknown_sources.insert(source.to_owned());
            }
            see(moment);
        };
        match &self.origin {
            Origin::Store(history) => {
                let mut after = 0;
                loop {
                    let page = history.page(after, self.since).await?;
                    let Some(last) = page.last() else { break };
                    after = last.item.id;
                    for remembered in &page {
                        count(&mut covered, &Moment::of(self.plan, remembered));
                    }
                }
            }
            Origin::File(path) => self.each_line(path, &mut covered, &mut count)?,
        }
        Ok(covered)
    }

    fn each_line(
        &self,
        path: &Path,
        covered: &mut Covered,
        count: &mut impl FnMut(&mut Covered, &Moment),
    ) -> anyhow::Result<()> {
        let full = crate::files::absolute(path);
        let shown = full.display();
        let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
        let (mut reader, mut line, mut number) = (BufReader::new(file), Vec::new(), 0_u64);
        let mut strange_dates = 0;
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line);
            if read.with_context(|| format!("cannot read {shown}"))? == 0 {
                self.told.set(true);
                return Ok(());
            }
            number += 1;
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            match match_::read(text) {
                Ok(question) => {
                    let told = question.date.clone();
                    let moment = Moment::of_line(self.plan, question, self.now);
                    strange_dates += u64::from(moment.at.is_none() && told.is_some());
                    let worth_telling = strange_dates <= FAULTS_MAX && !self.told.get();
                    if let (None, Some(told), true) = (moment.at, told, worth_telling) {
                        say::err(&format!(
                            "{shown}:{number}: date `{told}` is not understood, so the item has none; \
                             write 2026-01-31 or 2026-01-31T09:00:00+09:00"
                        ));
                    }
                    if moment.at.is_none_or(|at| at >= self.since) {
                        count(covered, &moment);
                    }
                }
                Err(error) => {
                    covered.unreadable_lines += 1;
                    if covered.unreadable_lines <= FAULTS_MAX && !self.told.get() {
                        say::err(&format!("{shown}:{number}: no item: {error}"));
                    }
                }
            }
        }
    }

    /// Whether it comes out of the store.
    pub fn is_stored(&self) -> bool {
        matches!(self.origin, Origin::Store(_))
    }

    /// From when on the store saw everything as it came: rates are counted from here. What is older
    /// is what sources still showed at their first poll.
    pub fn watched_since(&self) -> DateTime<Utc> {
        self.store_since.map_or(self.since, |began| began.max(self.since))
    }

    /// Weeks over which rates are counted; `None` where there is less than one.
    pub fn weeks(&self, covered: &Covered) -> Option<f64> {
        let span = match self.origin {
            Origin::Store(_) => self.now - self.watched_since(),
            Origin::File(_) => covered
                .first
                .zip(covered.last)
                .map_or(TimeDelta::zero(), |(first, last)| last - first + TimeDelta::days(1)),
        };
        let weeks = span.num_minutes() as f64 / (7.0 * 24.0 * 60.0);
        Some(weeks).filter(|weeks| *weeks >= 1.0)
    }

    /// What was read, in words: one line, and one for each thing to beware of.
    pub fn describe(&self, covered: &Covered) -> Vec<String> {
        let zone = self.plan.settings.daemon.timezone;
        let date = |at: DateTime<Utc>| day(at, zone).to_string();
        let from = match &self.origin {
            Origin::Store(history) => history.path().display().to_string(),
            Origin::File(path) => crate::files::absolute(path).display().to_string(),
        };
        let span = match covered.first.zip(covered.last) {
            Some((first, last)) => format!(", {} to {}", date(first), date(last)),
            None => String::new(),
        };
        let mut lines =
            vec![format!("{}{span}, from {from}", counted(covered.items, "item", "items"))];
        if let (Some(began), Some(asked)) = (covered.store_since, covered.asked_since)
            && began > asked
        {
            lines.push(format!(
                "the store remembers since {} only, not since {}; what is older was there at a \
                 source's first poll",
                date(began),
                date(asked)
            ));
        }
        if self.is_stored() && covered.headline_only > 0 {
            let kept = Retention::of(self.plan.settings.daemon.retention).texts;
            lines.push(format!(
                "{} judged by the headline alone: no other text came, or it was forgotten after {} \
                 days (texts that a watch flagged are kept)",
                counted(covered.headline_only, "item is", "items are"),
                kept.as_secs() / 86_400
            ));
        }
        if !covered.unknown_sources.is_empty() {
            let named: Vec<&str> =
                covered.unknown_sources.iter().take(STRANGERS_MAX).map(String::as_str).collect();
            let more = if covered.unknown_sources.len() > STRANGERS_MAX { ", …" } else { "" };
            lines.push(format!(
                "the configuration no longer has the source {}{more}: its items are judged without \
                 their publisher's side",
                named.join(", ")
            ));
        }
        if covered.unreadable_lines > 0 {
            lines.push(format!(
                "{} no item and passed over",
                counted(covered.unreadable_lines, "line is", "lines are")
            ));
        }
        lines
    }
}
