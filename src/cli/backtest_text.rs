//! The answer of `bongsu backtest` for people: what was read, hits by week and by source, the youngest
//! with their reasons, gained and lost.
//!
//! Pure text; every word of others is cleaned before it is shown. Called by `backtest`.

use crate::cli::backtest::{Answer, Sample, Several};
use crate::cli::shape::{Paint, colour, left, percent, right, weekly, widest};
use crate::lang::count::{count, counted};
use crate::render::text::{clean, clean_marked};

/// Columns of the longest bar.
const BAR: u64 = 24;

/// Columns of an id.
const COLUMN_MAX: usize = 28;

/// The whole answer, without a line's end.
pub(super) fn text(answer: &Answer) -> String {
    let paint = Paint(colour());
    let mut lines = vec![paint.bold(&subject(answer))];
    lines.extend(answer.told.iter().map(|line| format!("  {line}")));
    lines.push(format!("  {}", summary(answer)));
    if answer.hits > 0 {
        lines.extend(weeks(answer, paint));
        lines.extend(watches(answer, paint));
        lines.push(String::new());
        lines.push(paint.bold("LATEST HITS"));
        lines.extend(answer.samples.iter().flat_map(|sample| shown(sample, paint)));
    }
    if let Some(against) = &answer.against {
        lines.extend(change("GAINED", &answer.gained, against, paint));
        lines.extend(change("LOST", &answer.lost, against, paint));
    }
    lines.join("\n")
}

fn subject(answer: &Answer) -> String {
    match (&answer.query, &answer.watch) {
        (Some(query), Some(watch)) => format!("{} in the place of watch {watch}", clean(query)),
        (Some(query), None) => clean(query),
        (None, Some(watch)) => format!("watch {watch}"),
        (None, None) => "all watches".to_owned(),
    }
}

fn summary(answer: &Answer) -> String {
    let hits = counted(answer.hits, "hit", "hits");
    if answer.covered.items == 0 {
        return "nothing to try it on: no item in this period".to_owned();
    }
    let share = percent(answer.hits, answer.covered.items);
    let rate = answer
        .hits_a_week
        .filter(|_| answer.hits > 0)
        .map(|rate| format!(", {}", weekly(rate)))
        .unwrap_or_default();
    format!("{hits}: {share} of the items{rate}")
}

/// One line a week: hits, a bar, and the sources.
fn weeks(answer: &Answer, paint: Paint) -> Vec<String> {
    let most = answer.weeks.iter().map(|week| week.hits).max().unwrap_or(1).max(1);
    let digits = count(most).len().max(4);
    let mut lines = vec![String::new(), paint.bold("BY WEEK AND SOURCE")];
    for week in &answer.weeks {
        let day = week.monday.as_deref().unwrap_or("no date   ");
        let length = (week.hits * BAR).div_ceil(most) as usize;
        let bar = left(&"█".repeat(length), BAR as usize);
        let sources: Vec<String> = week
            .sources
            .iter()
            .map(|(source, hits)| format!("{source} {}", count(*hits)))
            .collect();
        let line =
            format!("  {day}  {}  {bar}  {}", right(&count(week.hits), digits), sources.join(", "));
        lines.push(line.trim_end().to_owned());
    }
    let all: Vec<String> = answer
        .sources
        .iter()
        .map(|source| format!("{} {}", source.source, count(source.hits)))
        .collect();
    if answer.weeks.len() > 1 {
        let all = all.join(", ");
        lines.push(paint.dim(&format!(
            "  together    {}  {}  {all}",
            right(&count(answer.hits), digits),
            " ".repeat(BAR as usize)
        )));
    }
    lines
}

/// Hits by watch, where all were asked.
fn watches(answer: &Answer, paint: Paint) -> Vec<String> {
    if answer.watches.is_empty() {
        return Vec::new();
    }
    let mut watches: Vec<_> = answer.watches.iter().collect();
    watches.sort_by_key(|(_, hits)| std::cmp::Reverse(**hits));
    let column = widest(watches.iter().map(|(id, _)| id.as_str()), COLUMN_MAX);
    let mut lines = vec![String::new(), paint.bold("BY WATCH")];
    let line = |(id, hits): (&String, &u64)| {
        format!("  {}  {}", left(id, column), right(&count(*hits), 6))
    };
    lines.extend(watches.into_iter().map(line));
    lines
}

fn change(what: &str, several: &Several, against: &str, paint: Paint) -> Vec<String> {
    let items = counted(several.count, "item", "items");
    let mut lines = vec![String::new(), format!("{} against {against}: {items}", paint.bold(what))];
    lines.extend(several.samples.iter().flat_map(|sample| shown(sample, paint)));
    let rest = several.count.saturating_sub(several.samples.len() as u64);
    if rest > 0 && !several.samples.is_empty() {
        lines
            .push(paint.dim(&format!("  … and {} before them; --samples shows more", count(rest))));
    }
    lines
}

/// Date, source, headline with its hits; below it, why, one line a reason.
fn shown(sample: &Sample, paint: Paint) -> Vec<String> {
    let date = sample.day.as_deref().unwrap_or("no date   ");
    let source = sample.source.as_deref().unwrap_or_default();
    let place = format!("{source} #{}", sample.id);
    let title = headline(sample, paint);
    let mut lines = vec![format!("  {date}  {}  {title}", left(place.trim(), 16))];
    lines.extend(sample.reasons.iter().map(|reason| format!("              → {}", clean(reason))));
    lines
}

/// The headline, its hits painted.
fn headline(sample: &Sample, paint: Paint) -> String {
    let within = |at: usize| sample.marks.iter().any(|(start, end)| (*start..*end).contains(&at));
    let chars: Vec<(char, bool)> =
        sample.title.chars().enumerate().map(|(at, c)| (c, within(at))).collect();
    let mut out = String::new();
    for run in clean_marked(&chars).chunk_by(|a, b| a.1 == b.1) {
        let text: String = run.iter().map(|(c, _)| *c).collect();
        let marked = run.first().is_some_and(|(_, marked)| *marked);
        out.push_str(&if marked { paint.mark(&text) } else { text });
    }
    out
}
