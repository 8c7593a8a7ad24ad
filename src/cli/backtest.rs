//! `bongsu backtest`: what a query or a watch would have caught in the past, and what that changes.
//!
//! Owns the going through; what it says of it is `backtest_text`'s. Reads the store beside a running
//! daemon, or a file; raises no alert and changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;

use crate::cli::past::{Covered, Moment, Past, Period};
use crate::cli::tally::{Latest, Tally};
use crate::cli::{Exit, backtest_text, load, near, say};
use crate::clock::Clock;
use crate::matching::Matcher;
use crate::model::decision::Decision;
use crate::model::fault::{Fault, Place};
use crate::model::watch::{Query, Rule, Watch};
use crate::render::json::time;
use crate::work::Plan;

/// What the query of the command line is called among watches: no configured id can be so.
const QUERY: &str = "--query";

/// What to try on which past.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct Options {
    /// A query as `when` of a watch takes it, with the configured @concepts and @watches
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,
    /// A watch of the configuration, switched on or off; with --query: the watch that the query would
    /// replace. Neither: all watches together
    #[arg(long, value_name = "WATCH")]
    watch: Option<String>,
    #[command(flatten)]
    period: Period,
    /// Show this many hits, and as many gained and lost
    #[arg(long, value_name = "N", default_value_t = 5)]
    samples: usize,
    /// Print one JSON object: `query`, `watch`, `covered` (what was read), `hits`, `hits_a_week`,
    /// `weeks` and `sources` and `watches` (hits by each), `samples`, `against` (what it is compared
    /// with), `gained`, `lost` (each with `count` and `samples`)
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "Compared are: --query with --watch, the query with that watch; --query alone, the \
    query with all\nrunning watches together; otherwise today's rules with what was decided when each \
    item came.\n\nExit codes: 0 done, with hits or without; 1 there is no store, or a file cannot be \
    read;\n2 the configuration, the query or the arguments are at fault";

/// What is asked of each item, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The query, with the watch that it would replace.
    QueryFor(String),
    /// The query, beside all watches.
    Query,
    /// A watch, with what it said when the item came.
    Watch(String),
    /// All watches, likewise.
    All,
}

/// Everything that came of it.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) query: Option<String>,
    pub(super) watch: Option<String>,
    pub(super) covered: Covered,
    pub(super) hits: u64,
    /// Of items since the store began, or over the days that a file spans; `null` under a week.
    pub(super) hits_a_week: Option<f64>,
    pub(super) weeks: Vec<Week>,
    pub(super) sources: Vec<Source>,
    pub(super) watches: BTreeMap<String, u64>,
    pub(super) samples: Vec<Sample>,
    /// `null` where there is nothing to compare with.
    pub(super) against: Option<String>,
    pub(super) gained: Several,
    pub(super) lost: Several,
    #[serde(skip)]
    pub(super) told: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Week {
    /// `null` for items without a date.
    pub(super) monday: Option<String>,
    pub(super) hits: u64,
    pub(super) sources: BTreeMap<String, u64>,
}

#[derive(Serialize)]
pub(super) struct Source {
    pub(super) source: String,
    pub(super) hits: u64,
}

/// How many, and the last few.
#[derive(Serialize)]
pub(super) struct Several {
    pub(super) count: u64,
    pub(super) samples: Vec<Sample>,
}

/// One item, and why.
#[derive(Clone, Serialize)]
pub(super) struct Sample {
    pub(super) id: String,
    pub(super) date: Option<String>,
    /// The day of it where the daemon is, as weeks and periods are told.
    #[serde(skip)]
    pub(super) day: Option<String>,
    pub(super) source: Option<String>,
    pub(super) title: String,
    pub(super) link: Option<String>,
    /// Why it is flagged; of what is lost, what is lacking now.
    pub(super) reasons: Vec<String>,
    /// Characters of the title that hits cover.
    pub(super) marks: Vec<(usize, usize)>,
}

/// Goes through the past and says what it found.
pub async fn run(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan_to_read(config) else {
        return Ok(Exit::Misused);
    };
    if let Some(id) = &options.watch {
        near::watch(&plan, id)?;
    }
    let subject = match (&options.query, &options.watch) {
        (Some(_), Some(id)) => Subject::QueryFor(id.clone()),
        (Some(_), None) => Subject::Query,
        (None, Some(id)) => Subject::Watch(id.clone()),
        (None, None) => Subject::All,
    };
    let Some(matcher) = matcher(&plan, &options) else {
        return Ok(Exit::Misused);
    };
    let past = Past::open(&plan, &options.period, Clock::System.now()).await?;
    let mut trial = Trial::new(&plan, &matcher, subject, &past, options.samples);
    let covered = past.each(|moment| trial.see(moment)).await?;
    let answer = trial.answer(&options, covered, &past);
    if options.json {
        say::out(&crate::render::json::to_json(&answer));
    } else {
        say::out(&backtest_text::text(&answer));
    }
    Ok(Exit::Good)
}

/// Today's watches, the one asked for switched on, and the query as one more; `None` after every
/// fault was said.
fn matcher(plan: &Plan, options: &Options) -> Option<Matcher> {
    let mut watches = plan.settings.watches.clone();
    for watch in watches.iter_mut().filter(|watch| Some(&watch.id) == options.watch.as_ref()) {
        watch.enabled = true;
    }
    if let Some(query) = &options.query {
        watches.push(Watch {
            id: QUERY.to_owned(),
            title: query.clone(),
            rule: Rule { when: Some(Query::new(query, Place::file(QUERY))), ..Rule::default() },
            notify: Vec::new(),
            updates: false,
            must_match: Vec::new(),
            must_not_match: Vec::new(),
            enabled: true,
            place: Place::file(QUERY),
        });
    }
    // What is doubtful of the files was told when they were read.
    let tell = |faults: &[Fault]| {
        let news = faults.iter().filter(|fault| fault.is_error() || fault.place.file == QUERY);
        news.for_each(|fault| say::err(&fault.to_string()));
    };
    let compiled = Matcher::compile(&plan.settings.concepts, &watches);
    compiled.inspect(|matcher| tell(matcher.remarks())).map_err(|faults| tell(&faults)).ok()
}

/// What is asked, and of whom.
struct Judge<'a> {
    matcher: &'a Matcher,
    subject: Subject,
}

impl Judge<'_> {
    /// The watch whose reasons count; `None` for all of them.
    fn asked(&self) -> Option<&str> {
        match &self.subject {
            Subject::Query | Subject::QueryFor(_) => Some(QUERY),
            Subject::Watch(id) => Some(id),
            Subject::All => None,
        }
    }

    fn why(&self, decision: &Decision) -> Vec<String> {
        let asked = self.asked();
        let flags = decision.flags.iter().filter(|f| asked.is_none_or(|id| f.watch == id));
        let reason = |flag: &crate::model::decision::Flag| match asked {
            Some(_) => flag.reason.clone(),
            None => format!("{}: {}", flag.watch, flag.reason),
        };
        flags.map(reason).collect()
    }

    /// What is lacking now, of the watch that is asked or of those that flagged it then.
    fn why_not(&self, moment: &Moment, then: &[String]) -> Vec<String> {
        let asked = self.asked();
        let wanted = |id: &str| match asked {
            Some(asked) => asked == id,
            None => then.iter().any(|watch| watch == id),
        };
        let accounts = self.matcher.account(&moment.text());
        let lacking = accounts.iter().filter(|account| wanted(&account.watch)).map(|account| {
            let mut said = Vec::new();
            if !account.missing.is_empty() {
                said.push(format!("{} missing", account.missing.join(", ")));
            }
            if !account.barred.is_empty() {
                said.push(format!("ruled out by {}", account.barred.join(", ")));
            }
            if account.holds && !account.enabled {
                said.push(format!("{} is switched off", account.watch));
            }
            said.join("; ")
        });
        let said: Vec<String> = lacking.filter(|said| !said.is_empty()).collect();
        if said.is_empty() && !then.is_empty() {
            return vec![format!("{} flagged it then", then.join(", "))];
        }
        said
    }
}

/// The going through.
struct Trial<'a> {
    plan: &'a Plan,
    judge: Judge<'a>,
    since: chrono::DateTime<chrono::Utc>,
    tally: Tally,
    /// Hits since everything was seen as it came.
    fresh: u64,
    by_watch: BTreeMap<String, u64>,
    hits: Latest<Sample>,
    gained: Latest<Sample>,
    lost: Latest<Sample>,
    compared: bool,
}

impl<'a> Trial<'a> {
    fn new(
        plan: &'a Plan,
        matcher: &'a Matcher,
        subject: Subject,
        past: &Past<'_>,
        samples: usize,
    ) -> Self {
        let latest = || Latest::new(samples);
        let compared = past.is_stored() || matches!(subject, Subject::Query | Subject::QueryFor(_));
        Self {
            plan,
            judge: Judge { matcher, subject },
            since: past.watched_since(),
            tally: Tally::default(),
            fresh: 0,
            by_watch: BTreeMap::new(),
            hits: latest(),
            gained: latest(),
            lost: latest(),
            compared,
        }
    }

    fn see(&mut self, moment: &Moment) {
        let (judge, zone) = (&self.judge, self.plan.settings.daemon.timezone);
        let decision = judge.matcher.decide(&moment.text());
        let flagged = |id: &str| decision.flags.iter().any(|flag| flag.watch == id);
        let then = moment.then.as_deref().unwrap_or_default();
        let (hit, before) = match &judge.subject {
            Subject::QueryFor(id) => (flagged(QUERY), flagged(id)),
            Subject::Query => {
                (flagged(QUERY), decision.flags.iter().any(|flag| flag.watch != QUERY))
            }
            Subject::Watch(id) => (flagged(id), then.contains(id)),
            Subject::All => (decision.is_flagged(), !then.is_empty()),
        };
        if hit {
            self.tally.add(moment, zone);
            self.fresh += u64::from(moment.at.is_some_and(|at| at >= self.since));
            if judge.subject == Subject::All {
                for flag in &decision.flags {
                    *self.by_watch.entry(flag.watch.clone()).or_default() += 1;
                }
            }
            self.hits.add(|| sample(zone, moment, judge.why(&decision), &decision));
        }
        if self.compared && hit && !before {
            self.gained.add(|| sample(zone, moment, judge.why(&decision), &decision));
        }
        if self.compared && before && !hit {
            self.lost.add(|| sample(zone, moment, judge.why_not(moment, then), &decision));
        }
    }

    fn answer(self, options: &Options, covered: Covered, past: &Past<'_>) -> Answer {
        let zone = self.plan.settings.daemon.timezone;
        let day = |at| crate::cli::shape::day(at, zone);
        let weeks = self.tally.filled(covered.first.map(day), covered.last.map(day));
        let against = match &self.judge.subject {
            Subject::QueryFor(id) => Some(format!("watch {id}")),
            Subject::Query => Some("all running watches together".to_owned()),
            Subject::Watch(_) | Subject::All => {
                past.is_stored().then(|| "what was decided when they came".to_owned())
            }
        };
        let some = |latest: &Latest<Sample>| Several {
            count: latest.count,
            samples: latest.kept().cloned().collect(),
        };
        let told = past.describe(&covered);
        Answer {
            query: options.query.clone(),
            watch: options.watch.clone(),
            hits: self.tally.hits,
            hits_a_week: past.weeks(&covered).map(|weeks| self.fresh as f64 / weeks),
            weeks: weeks
                .into_iter()
                .map(|(week, sources)| Week {
                    monday: week.map(|monday| monday.to_string()),
                    hits: sources.values().sum(),
                    sources,
                })
                .collect(),
            sources: self
                .tally
                .sources()
                .into_iter()
                .map(|(source, hits)| Source { source, hits })
                .collect(),
            watches: self.by_watch.clone(),
            samples: some(&self.hits).samples,
            against,
            gained: some(&self.gained),
            lost: some(&self.lost),
            covered,
            told,
        }
    }
}

fn sample(zone: Tz, moment: &Moment, reasons: Vec<String>, decision: &Decision) -> Sample {
    let title = |span: &crate::model::decision::Span| span.field.name() == "title";
    let spans = decision.hits.iter().filter_map(|hit| hit.found).filter(title);
    Sample {
        id: moment.id.clone(),
        date: moment.at.map(time),
        day: moment.at.map(|at| crate::cli::shape::day(at, zone).to_string()),
        source: moment.source.clone(),
        title: moment.draft.title.clone(),
        link: moment.draft.link.as_ref().map(ToString::to_string),
        reasons,
        marks: spans.map(|span| (span.start, span.end)).collect(),
    }
}
