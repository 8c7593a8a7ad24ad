//! `bongsu terms suggest`: words that stand often in the items of a watch, rarely in others, and in no
//! concept: what a concept may lack.
//!
//! Goes through the past twice, so that memory follows the flagged items and not the history. Reads
//! and suggests; what becomes a term is for a person to say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::past::{Covered, Past, Period};
use crate::cli::shape::{Paint, colour, cut, left, right, widest};
use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::lang::count::{count, counted};
use crate::matching::suggest::{Kind, Unknown, Word, stand_for_others, surprise};
use crate::render::text::clean;
use crate::work::Plan;

/// A word in fewer flagged items is an accident.
const ITEMS_MIN: u64 = 3;

/// Weaker ones come by chance more often than once in a thousand (χ² with one degree of freedom,
/// p = 0.001).
const SURPRISE_MIN: f64 = 10.83;

/// Candidates kept in mind; when there are more, those met once so far are let go.
const CANDIDATES_MAX: usize = 300_000;

/// A text with fewer words of an alphabet is a text of another script that cites some.
const WORDS_MIN: usize = 3;

/// Columns of a term, and of its example.
const COLUMNS: (usize, usize) = (30, 60);

/// What can be done with terms.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Suggest terms that a concept may lack: frequent in a watch's items, rare in others
    Suggest(Options),
}

/// Of which watch, on which past.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct Options {
    /// The watch, switched on or off
    #[arg(long, value_name = "WATCH")]
    watch: String,
    #[command(flatten)]
    period: Period,
    /// Show at most this many
    #[arg(long, value_name = "N", default_value_t = 20)]
    terms: usize,
    /// Print one JSON object: `watch`, `covered` (what was read), `flagged` and `others` (items),
    /// `terms` (each with `term`, `kind`: word, pair or hangul, `flagged`, `others`, `score`,
    /// `example`)
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "Ranked by Dunning's log-likelihood ratio G² (Computational Linguistics 19(1), 1993) over \
    items\nwith and without the term; shown from 3 flagged items and G² 10.83 (p = 0.001).\n\nExit codes: 0 \
    done, with suggestions or without; 1 there is no store, or a file cannot be\nread; 2 the configuration \
    or the arguments are at fault";

#[derive(Serialize)]
struct Answer {
    watch: String,
    covered: Covered,
    flagged: u64,
    others: u64,
    terms: Vec<Suggestion>,
}

#[derive(Clone, Debug, Serialize)]
struct Suggestion {
    term: String,
    kind: &'static str,
    flagged: u64,
    others: u64,
    score: f64,
    example: String,
}

/// Texts of a kind of words: flagged, others.
type Totals = HashMap<Kind, (u64, u64)>;

/// Does it.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<Exit> {
    let Command::Suggest(options) = command;
    let Some(mut plan) = load::plan_to_read(config) else {
        return Ok(Exit::Misused);
    };
    near::watch(&plan, &options.watch)?;
    switch_on(&mut plan, &options.watch)?;
    let past = Past::open(&plan, &options.period, Clock::System.now()).await?;
    let answer = suggest(&plan, &past, &options).await?;
    if options.json {
        say::out(&crate::render::json::to_json(&answer));
    } else {
        say::out(&text(&plan, &past, &answer));
    }
    Ok(Exit::Good)
}

/// A watch that is off is learned from as well.
fn switch_on(plan: &mut Plan, id: &str) -> anyhow::Result<()> {
    let watches = &mut plan.settings.watches;
    let Some(watch) = watches.iter_mut().find(|watch| watch.id == id && !watch.enabled) else {
        return Ok(());
    };
    watch.enabled = true;
    let compiled = crate::matching::Matcher::compile(&plan.settings.concepts, watches);
    plan.matcher = compiled.map_err(|faults| {
        let errors = faults.iter().filter(|fault| fault.is_error());
        let said: Vec<String> = errors.map(ToString::to_string).collect();
        near::Misuse(said.join("\n"))
    })?;
    Ok(())
}

async fn suggest(plan: &Plan, past: &Past<'_>, options: &Options) -> anyhow::Result<Answer> {
    let flags =
        |unknown: &Unknown| unknown.decision.flags.iter().any(|flag| flag.watch == options.watch);
    let mut ours: HashMap<Word, u64> = HashMap::new();
    let (mut totals, mut flagged) = (Totals::new(), 0);
    let covered = past
        .each(|moment| {
            let unknown = plan.matcher.unknown_words(&moment.text());
            let own = flags(&unknown);
            flagged += u64::from(own);
            for kind in kinds(&unknown) {
                let total = totals.entry(kind).or_default();
                *(if own { &mut total.0 } else { &mut total.1 }) += 1;
            }
            if own {
                for word in unknown.words {
                    *ours.entry(word).or_default() += 1;
                }
                if ours.len() > CANDIDATES_MAX {
                    ours.retain(|_, count| *count > 1);
                }
            }
        })
        .await?;
    let known: HashSet<String> = plan.matcher.known_terms();
    ours.retain(|(_, text), count| *count >= ITEMS_MIN && !known.contains(text));
    let (mut others, mut examples) = (HashMap::new(), HashMap::new());
    if !ours.is_empty() {
        past.each(|moment| {
            let unknown = plan.matcher.unknown_words(&moment.text());
            let own = flags(&unknown);
            for word in unknown.words.into_iter().filter(|word| ours.contains_key(word)) {
                if own {
                    examples.insert(word, moment.draft.title.clone());
                } else {
                    *others.entry(word).or_default() += 1;
                }
            }
        })
        .await?;
    }
    let mut terms = ranked(ours, &others, &totals);
    terms.truncate(options.terms);
    let terms = terms.into_iter().map(|(word, mut term)| {
        term.example = examples.remove(&word).unwrap_or_default();
        term
    });
    Ok(Answer {
        watch: options.watch.clone(),
        flagged,
        others: covered.items - flagged,
        terms: terms.collect(),
        covered,
    })
}

/// The kinds of words that a text has enough of to be counted among texts of that kind.
fn kinds(unknown: &Unknown) -> Vec<Kind> {
    let count = |kind| unknown.words.iter().filter(|(own, _)| *own == kind).count();
    let latin = count(Kind::Word) >= WORDS_MIN;
    let hangul = count(Kind::Hangul) > 0;
    let all = [(Kind::Word, latin), (Kind::Pair, latin), (Kind::Hangul, hangul)];
    all.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind).collect()
}

/// The candidates that are more than chance, the strongest first.
fn ranked(
    ours: HashMap<Word, u64>,
    others: &HashMap<Word, u64>,
    totals: &Totals,
) -> Vec<(Word, Suggestion)> {
    let ours: BTreeMap<Word, u64> = ours.into_iter().collect();
    let mut terms: Vec<(Word, Suggestion)> = stand_for_others(&ours)
        .into_iter()
        .filter_map(|word| {
            let flagged = *ours.get(&word)?;
            let elsewhere = others.get(&word).copied().unwrap_or_default();
            let (all, all_others) = totals.get(&word.0).copied().unwrap_or_default();
            // A text with too few words to be counted may still hold this one.
            let (all, all_others) = (all.max(flagged), all_others.max(elsewhere));
            let score = surprise(flagged, all, elsewhere, all_others);
            let term = Suggestion {
                term: word.1.clone(),
                kind: word.0.name(),
                flagged,
                others: elsewhere,
                score: (score * 10.0).round() / 10.0,
                example: String::new(),
            };
            (score >= SURPRISE_MIN).then_some((word, term))
        })
        .collect();
    terms.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
    terms
}

fn text(plan: &Plan, past: &Past<'_>, answer: &Answer) -> String {
    let paint = Paint(colour());
    let mut lines = vec![paint.bold(&format!("terms that watch {} may lack", answer.watch))];
    lines.extend(past.describe(&answer.covered).iter().map(|line| format!("  {line}")));
    let flagged = counted(answer.flagged, "item", "items");
    lines.push(format!("  it flags {flagged} of them"));
    if answer.terms.is_empty() {
        lines.push(if answer.flagged < ITEMS_MIN {
            format!("  too few to learn from: a term must stand in {ITEMS_MIN}")
        } else {
            "  no word stands in them so much oftener than elsewhere that it is worth a term"
                .to_owned()
        });
        return lines.join("\n");
    }
    let column = widest(answer.terms.iter().map(|term| term.term.as_str()), COLUMNS.0).max(4);
    lines.push(String::new());
    let heading = format!("  {}  flagged   others       G²  for example", left("term", column));
    lines.push(paint.bold(&heading));
    for term in &answer.terms {
        lines.push(format!(
            "  {}  {}  {}  {}  {}",
            left(&cut(&term.term, column), column),
            right(&count(term.flagged), 7),
            right(&count(term.others), 7),
            right(&format!("{:.1}", term.score), 7),
            paint.dim(&cut(&clean(&term.example), COLUMNS.1))
        ));
    }
    lines.extend(cure(plan, answer));
    lines.join("\n")
}

/// How one is taken up, as TOML to copy.
fn cure(plan: &Plan, answer: &Answer) -> Vec<String> {
    let Some(first) = answer.terms.first() else { return Vec::new() };
    let own = plan.settings.concepts.iter().any(|concept| concept.id == answer.watch);
    let concept = if own { answer.watch.as_str() } else { "CONCEPT" };
    let language = if first.kind == Kind::Hangul.name() { "ko" } else { "en" };
    vec![
        String::new(),
        "to take one up, in a file of your own:".to_owned(),
        "  [[patch]]".to_owned(),
        format!("  concept = \"{concept}\""),
        format!("  add = {{ {language} = [\"{}\"] }}", first.term),
    ]
}
