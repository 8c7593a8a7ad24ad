//! `bongsu check --against-history`: watches that match too much to be read, or never at all.
//!
//! Advice, not faults: a watch for a rare thing may rightly be silent for a year. Reads the store
//! beside a running daemon and changes nothing. Called by `check`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::past::{Covered, Moment, Past, Period};
use crate::cli::shape::{Paint, colour, left, percent, right, weekly, widest};
use crate::cli::{Exit, say};
use crate::clock::Clock;
use crate::invocation;
use crate::lang::count::{count, counted};
use crate::model::decision::Account;
use crate::work::Plan;

/// More alerts a week than this are too much: five for each working day, where the field itself
/// brings about one true hit a week. What comes more often is skimmed, and then muted.
const WEEKLY_MAX: f64 = 25.0;

/// A larger share of all items than this is too much: one in twenty says what the sources are about,
/// not what is new in them.
const SHARE_MAX: f64 = 0.05;

/// A share of fewer items than this says nothing: one hit would be too much of twenty.
const ITEMS_MIN: u64 = 200;

/// Silence is worth a word after so many weeks: the field's rarest topics bring a hit in a month or
/// two.
const WEEKS_MIN: f64 = 8.0;

/// Columns of a watch's id.
const COLUMN_MAX: usize = 32;

/// What one watch came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Volume {
    watch: String,
    hits: u64,
    /// `null` under a week of history.
    hits_a_week: Option<f64>,
    share: f64,
    /// `too much`, `never` or `fine`.
    finding: &'static str,
    /// In words; empty when it is fine.
    reason: String,
    /// For one that never matched: how often it lacked what, the most often first.
    lacking: Vec<(String, u64)>,
}

#[derive(Serialize)]
struct Answer<'a> {
    covered: &'a Covered,
    watches: &'a [Volume],
}

/// What the items said of one watch.
#[derive(Clone, Debug, Default)]
struct Found {
    hits: u64,
    /// Of items seen as they came.
    fresh: u64,
    /// Of items that lacked one thing only: what, and how often.
    lacking: BTreeMap<String, u64>,
}

impl Found {
    fn add(&mut self, account: &Account, fresh: bool) {
        if account.holds {
            self.hits += 1;
            self.fresh += u64::from(fresh);
        } else if !account.found.is_empty() && account.missing.len() + account.barred.len() == 1 {
            // More than one thing missing is not near; a watch that a mask keeps off is.
            let missing = account.missing.first();
            let lacked = missing.map_or_else(|| "what is ruled out".to_owned(), Clone::clone);
            *self.lacking.entry(lacked).or_default() += 1;
        }
    }
}

/// Goes through the past and names the watches to look at.
pub(super) async fn run(plan: &Plan, period: &Period, json: bool) -> anyhow::Result<Exit> {
    let past = Past::open(plan, period, Clock::System.now()).await?;
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let since = past.watched_since();
    let covered = past
        .each(|moment: &Moment| {
            let fresh = moment.at.is_some_and(|at| at >= since);
            for account in plan.matcher.account(&moment.text()) {
                if account.enabled {
                    found.entry(account.watch.clone()).or_default().add(&account, fresh);
                }
            }
        })
        .await?;
    let weeks = past.weeks(&covered);
    let enabled = plan.settings.watches.iter().filter(|watch| watch.enabled);
    let volumes: Vec<Volume> = enabled
        .map(|watch| {
            volume(&watch.id, found.remove(&watch.id).unwrap_or_default(), covered.items, weeks)
        })
        .collect();
    if json {
        let answer = Answer { covered: &covered, watches: &volumes };
        say::out(&crate::render::json::to_json(&answer));
    } else {
        say::out(&text(&past.describe(&covered), &covered, weeks, &volumes));
    }
    Ok(Exit::Good)
}

/// Weighs one watch.
fn volume(watch: &str, found: Found, items: u64, weeks: Option<f64>) -> Volume {
    let share = found.hits as f64 / items.max(1) as f64;
    let weekly = weeks.map(|weeks| found.fresh as f64 / weeks);
    let (finding, reason) = if let Some(weekly) = weekly.filter(|rate| *rate > WEEKLY_MAX) {
        let reason = format!(
            "{weekly:.0} a week: more than {WEEKLY_MAX:.0}, five a working day, are skimmed, then muted"
        );
        ("too much", reason)
    } else if share > SHARE_MAX && items >= ITEMS_MIN {
        let reason = format!(
            "{} of all items: more than {:.0} % says what the sources are about, not what is new",
            percent(found.hits, items),
            SHARE_MAX * 100.0
        );
        ("too much", reason)
    } else if found.hits == 0 {
        ("never", format!("no hit among {}", counted(items, "item", "items")))
    } else {
        ("fine", String::new())
    };
    let never = finding == "never";
    let mut lacking: Vec<_> = found.lacking.into_iter().filter(|_| never).collect();
    lacking.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Volume {
        watch: watch.to_owned(),
        hits: found.hits,
        hits_a_week: weekly,
        share,
        finding,
        reason,
        lacking,
    }
}

fn text(told: &[String], covered: &Covered, weeks: Option<f64>, volumes: &[Volume]) -> String {
    let paint = Paint(colour());
    let mut lines = vec![paint.bold("AGAINST HISTORY")];
    lines.extend(told.iter().map(|line| format!("  {line}")));
    if covered.items == 0 {
        lines.push("  nothing to judge by: no item in this period".to_owned());
        return lines.join("\n");
    }
    let column = widest(volumes.iter().map(|volume| volume.watch.as_str()), COLUMN_MAX);
    for finding in ["too much", "never", "fine"] {
        let these: Vec<&Volume> = volumes.iter().filter(|v| v.finding == finding).collect();
        if these.is_empty() {
            continue;
        }
        lines.push(String::new());
        let heading = paint.bold(&finding.to_uppercase());
        lines.push(match finding {
            "never" => format!("{heading}{}", too_few(weeks)),
            _ => heading,
        });
        for volume in these {
            lines.push(line(volume, column));
        }
    }
    lines.join("\n")
}

/// That silence is no finding yet.
fn too_few(weeks: Option<f64>) -> String {
    match weeks {
        Some(weeks) if weeks >= WEEKS_MIN => String::new(),
        Some(weeks) => {
            format!("; {weeks:.1} weeks are too few to tell, ask again after {WEEKS_MIN:.0}")
        }
        None => format!("; less than a week is too little to tell, ask again after {WEEKS_MIN:.0}"),
    }
}

fn line(volume: &Volume, column: usize) -> String {
    let id = left(&volume.watch, column);
    let hits = right(&count(volume.hits), 6);
    let nearest = volume.lacking.first().map(|(lacked, times)| {
        format!("nearest: {} lacked only {lacked}", counted(*times, "item", "items"))
    });
    match volume.finding {
        "fine" => {
            let rate = volume.hits_a_week.map(weekly).unwrap_or_default();
            format!("  {id}  {hits}  {rate}").trim_end().to_owned()
        }
        "never" => format!("  {id}  {}", nearest.unwrap_or_else(|| volume.reason.clone())),
        _ => format!(
            "  {id}  {hits}  {}; see `{}`",
            volume.reason,
            invocation::command(&format!("backtest --watch {}", volume.watch))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(hits: u64, fresh: u64, items: u64, weeks: f64) -> &'static str {
        volume("w", Found { hits, fresh, ..Found::default() }, items, Some(weeks)).finding
    }

    #[test]
    fn too_much_begins_above_either_bound_and_not_at_it() {
        assert_eq!(finding(100, 100, 100_000, 4.0), "fine");
        assert_eq!(finding(101, 101, 100_000, 4.0), "too much");
        assert_eq!(finding(100, 4, 2_000, 4.0), "fine");
        assert_eq!(finding(101, 4, 2_000, 4.0), "too much");
    }

    #[test]
    fn little_history_accuses_no_watch() {
        let young = volume("w", Found { hits: 20, fresh: 20, ..Found::default() }, 199, None);
        assert_eq!(young.finding, "fine", "a day and a handful of items");
        assert_eq!(finding(0, 0, 500, 2.0), "never");
        assert!(too_few(Some(2.0)).contains("2.0 weeks are too few"));
        assert_eq!(too_few(Some(WEEKS_MIN)), "");
    }
}
