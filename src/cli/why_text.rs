//! The answer of `bongsu why` for people: the item, who flags it and by what, who came near and
//! what was missing, what was decided then and what became of it.
//!
//! Pure text; every word of others is cleaned before it is shown. Called by `why`.

use chrono::DateTime;
use chrono_tz::Tz;

use crate::cli::shape::{Paint, colour, instant, left, widest};
use crate::cli::why_data::{Answer, Piece, WatchData};
use crate::lang::count::counted;
use crate::render::text::clean;

/// Watches shown that came near, the nearest first.
const NEAR_MAX: usize = 5;

/// Labels of an item shown.
const LABELS_MAX: usize = 12;

/// Columns of a concept's name and of the words found; longer ones push the line.
const COLUMN_MAX: usize = 32;

/// The first characters of a rule set's hash tell it from others as well as all of them.
const HASH: usize = 8;

/// The whole answer, without a line's end.
pub(super) fn text(answer: &Answer, zone: Tz) -> String {
    let paint = Paint(colour());
    let mut lines = head(answer, zone, paint);
    for watch in answer.watches.iter().filter(|watch| watch.flagged) {
        lines.push(String::new());
        let id = paint.bold(&format!("FLAGGED by {}", watch.id));
        lines.push(format!("{id} · {}", clean(&watch.title)));
        lines.extend(evidence(&watch.found, paint));
    }
    lines.extend(near(answer, paint));
    lines.extend(then(answer, zone, paint));
    lines.join("\n")
}

fn head(answer: &Answer, zone: Tz, paint: Paint) -> Vec<String> {
    let mut lines = vec![paint.bold(&clean(&answer.text.title))];
    let Some(item) = &answer.item else {
        let source = answer.text.source.iter().map(|id| format!("as an item of {id}"));
        let implies = (!answer.text.implies.is_empty())
            .then(|| format!("its publisher stands for {}", answer.text.implies.join(", ")));
        let facts: Vec<String> = source.chain(implies).collect();
        if !facts.is_empty() {
            lines.push(format!("  {}", facts.join(" · ")));
        }
        lines.extend(filed(answer));
        return lines;
    };
    let mut facts = vec![format!("item {}", item.id), item.source.clone()];
    facts.extend(item.published.as_deref().map(|at| format!("published {}", shown(at, zone))));
    facts.push(format!("seen {}", shown(&item.seen_at, zone)));
    if item.version > 1 {
        facts.push(format!("version {}", item.version));
    }
    lines.push(format!("  {}", facts.join(" · ")));
    lines.extend(item.link.iter().map(|link| format!("  {}", clean(link))));
    lines.extend(filed(answer));
    if item.headline_only {
        lines.push("  judged by the headline alone: the store has no other text of it".to_owned());
    }
    if !answer.others.is_empty() {
        let ids: Vec<String> = answer.others.iter().map(ToString::to_string).collect();
        lines.push(format!("  at the same address: {}", ids.join(", ")));
    }
    lines
}

/// What the publisher files it under.
fn filed(answer: &Answer) -> Option<String> {
    let labels: Vec<String> =
        answer.text.categories.iter().take(LABELS_MAX).map(|label| clean(label)).collect();
    let more = if answer.text.categories.len() > LABELS_MAX { ", …" } else { "" };
    (!labels.is_empty()).then(|| format!("  filed under {}{more}", labels.join(", ")))
}

/// One line a piece: concept, words, field; and the sentence, where it is not in the headline.
fn evidence(found: &[Piece], paint: Paint) -> Vec<String> {
    let names: Vec<&str> =
        found.iter().map(|p| p.concept.as_deref().unwrap_or("own term")).collect();
    let words: Vec<String> = found
        .iter()
        .map(|p| match p.field {
            Some(_) => format!("\"{}\"", clean(&p.surface)),
            None => "publisher".to_owned(),
        })
        .collect();
    let first = widest(names.iter().copied(), COLUMN_MAX);
    let second = widest(words.iter().map(String::as_str), COLUMN_MAX);
    let mut lines = Vec::new();
    for (at, ((piece, name), word)) in found.iter().zip(names).zip(&words).enumerate() {
        let word = left(word, second);
        let field = piece.field.unwrap_or_default();
        let line = format!("  {}  {}  {field}", left(name, first), paint.mark(&word));
        lines.push(line.trim_end().to_owned());
        // One sentence often holds several pieces: it is shown below the last of them.
        let again = found.get(at + 1).is_some_and(|next| next.sentence == piece.sentence);
        let is_new = field != "title" && piece.sentence != piece.surface;
        if is_new && !piece.sentence.is_empty() && !again {
            let (surface, sentence) = (clean(&piece.surface), clean(&piece.sentence));
            let sentence = sentence.replacen(&surface, &paint.mark(&surface), 1);
            lines.push(format!("  {}  “{sentence}”", " ".repeat(first)));
        }
    }
    lines
}

/// The watches that do not flag it, as far as anything of theirs was found.
fn near(answer: &Answer, paint: Paint) -> Vec<String> {
    let asked_for_one = answer.watches.len() == 1;
    let (near, far): (Vec<&WatchData>, Vec<&WatchData>) = answer
        .watches
        .iter()
        .filter(|watch| !watch.flagged && (watch.enabled || asked_for_one))
        .partition(|watch| !watch.found.is_empty() || !watch.barred.is_empty() || asked_for_one);
    let mut lines = Vec::new();
    if !near.is_empty() {
        lines.push(String::new());
        lines.push(paint.bold(if answer.flagged {
            "NOT FLAGGED by"
        } else {
            "NOT FLAGGED; nearest"
        }));
    }
    let column = widest(near.iter().take(NEAR_MAX).map(|watch| watch.id.as_str()), COLUMN_MAX);
    for watch in near.iter().take(NEAR_MAX) {
        lines.push(format!("  {}  {}", left(&watch.id, column), lacking(watch, paint)));
    }
    let rest = near.len().saturating_sub(NEAR_MAX);
    if rest > 0 {
        let others = counted(rest as u64, "other watch", "other watches");
        lines.push(
            paint.dim(&format!("  {others} came less near or as near; --json names them all")),
        );
    }
    if !far.is_empty() {
        let found = ("watch found nothing of its own", "watches found nothing of their own");
        let others = counted(far.len() as u64, found.0, found.1);
        lines.push(String::new());
        lines.push(paint.dim(&format!("{others} in it")));
    }
    lines
}

/// `semiconductors "반도체" found; eu missing`.
fn lacking(watch: &WatchData, paint: Paint) -> String {
    if watch.holds {
        return "would flag it, but is switched off (`enabled = false`)".to_owned();
    }
    let name = |piece: &Piece| {
        let words = match piece.field {
            Some(_) => paint.mark(&format!("\"{}\"", clean(&piece.surface))),
            None => "by its publisher".to_owned(),
        };
        match &piece.concept {
            Some(concept) => format!("{concept} {words}"),
            None => words,
        }
    };
    let mut said = Vec::new();
    if !watch.found.is_empty() {
        let found: Vec<String> = watch.found.iter().map(name).collect();
        said.push(format!("{} found", found.join(", ")));
    }
    if !watch.missing.is_empty() {
        said.push(format!("{} missing", paint.bold(&watch.missing.join(", "))));
    }
    if !watch.barred.is_empty() {
        said.push(format!("ruled out by {}", watch.barred.join(", ")));
    }
    if said.is_empty() { "nothing found".to_owned() } else { said.join("; ") }
}

/// What was decided when it came, and what became of it.
fn then(answer: &Answer, zone: Tz, paint: Paint) -> Vec<String> {
    let (Some(rules), Some(then)) = (&answer.rules, &answer.then) else { return Vec::new() };
    let short = |hash: &str| hash.chars().take(HASH).collect::<String>();
    let same = rules.today == rules.then;
    let mut lines = vec![String::new(), paint.bold("WHEN IT CAME")];
    lines.push(if same {
        format!("  judged by the same rules as today's ({})", short(&rules.then))
    } else {
        let (then, today) = (short(&rules.then), short(&rules.today));
        format!("  judged by other rules ({then}) than today's ({today})")
    });
    match then.as_slice() {
        [] => lines.push("  no watch flagged it".to_owned()),
        flags => lines.extend(
            flags
                .iter()
                .map(|flag| format!("  flagged by {}: {}", flag.watch, clean(&flag.reason))),
        ),
    }
    if answer.alerts.is_empty() && !then.is_empty() {
        lines.push(
            "  no alert was raised: it was there at its source's first poll, which is the baseline, \
             or it came again under another id, or another source told it first"
                .to_owned(),
        );
    }
    for alert in &answer.alerts {
        let again = if alert.revision > 1 { ", told again" } else { "" };
        lines.push(format!("  alert {}{again}, {}", alert.id, shown(&alert.raised_at, zone)));
        let column = widest(alert.deliveries.iter().map(|d| d.receiver.as_str()), COLUMN_MAX);
        for delivery in &alert.deliveries {
            let tries = counted(u64::from(delivery.attempts), "try", "tries");
            let reason = delivery.reason.as_deref().map(|why| format!(": {}", clean(why)));
            let state = match delivery.state.as_str() {
                "due" => format!("waits, due {}", shown(&delivery.at, zone)),
                "dead" => format!("given up {}", shown(&delivery.at, zone)),
                other => format!("{other} {}", shown(&delivery.at, zone)),
            };
            lines.push(format!(
                "    {}  {state}, {tries}{}",
                left(&delivery.receiver, column),
                reason.unwrap_or_default()
            ));
        }
    }
    lines
}

/// An instant of the answer, in the reader's zone.
fn shown(at: &str, zone: Tz) -> String {
    let parsed = DateTime::parse_from_rfc3339(at);
    parsed.map_or_else(|_| at.to_owned(), |parsed| instant(parsed.to_utc(), zone))
}
