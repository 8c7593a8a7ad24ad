//! The answer of `bongsu why` as data: what `--json` prints and `why_text` shows.
//!
//! Field names are stable. Texts are verbatim; whoever shows them cleans them. Called by `why`.

use std::cmp::Ordering;

use serde::Serialize;

use crate::cli::past::Moment;
use crate::model::decision::{Account, Evidence};
use crate::render::json::time;
use crate::store::history::Told;
use crate::work::Plan;

/// Everything that can be said of the item.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) item: Option<ItemData>,
    pub(super) text: TextData,
    pub(super) flagged: bool,
    pub(super) watches: Vec<WatchData>,
    pub(super) rules: Option<Rules>,
    pub(super) then: Option<Vec<Then>>,
    pub(super) alerts: Vec<AlertData>,
    /// Other items at the same address.
    pub(super) others: Vec<i64>,
}

#[derive(Serialize)]
pub(super) struct ItemData {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) link: Option<String>,
    pub(super) published: Option<String>,
    pub(super) seen_at: String,
    pub(super) version: u32,
    /// No text is there but the headline.
    pub(super) headline_only: bool,
}

#[derive(Serialize)]
pub(super) struct TextData {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) categories: Vec<String>,
    pub(super) source: Option<String>,
    pub(super) implies: Vec<String>,
    pub(super) language: Option<String>,
}

#[derive(Serialize)]
pub(super) struct WatchData {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) enabled: bool,
    pub(super) flagged: bool,
    /// Its condition holds; a watch that is off flags nothing all the same.
    pub(super) holds: bool,
    pub(super) found: Vec<Piece>,
    pub(super) missing: Vec<String>,
    pub(super) barred: Vec<String>,
    /// Parts found, of parts in all.
    pub(super) score: (usize, usize),
}

#[derive(Serialize)]
pub(super) struct Piece {
    pub(super) concept: Option<String>,
    pub(super) surface: String,
    pub(super) field: Option<&'static str>,
    /// Of a category, which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    pub(super) start: Option<usize>,
    pub(super) end: Option<usize>,
    pub(super) sentence: String,
}

#[derive(Serialize)]
pub(super) struct Rules {
    pub(super) today: String,
    pub(super) then: String,
}

#[derive(Serialize)]
pub(super) struct Then {
    pub(super) watch: String,
    pub(super) reason: String,
}

#[derive(Serialize)]
pub(super) struct AlertData {
    pub(super) id: i64,
    pub(super) revision: u32,
    pub(super) raised_at: String,
    pub(super) watches: Vec<String>,
    pub(super) deliveries: Vec<DeliveryData>,
}

#[derive(Serialize)]
pub(super) struct DeliveryData {
    pub(super) id: String,
    pub(super) receiver: String,
    pub(super) state: String,
    pub(super) attempts: u32,
    pub(super) at: String,
    pub(super) reason: Option<String>,
}

/// What today's watches say of a text, the nearest first; of one watch alone, if that was asked.
pub(super) fn answer(plan: &Plan, only: Option<&str>, moment: &Moment) -> Answer {
    let mut watches: Vec<WatchData> =
        plan.matcher.account(&moment.text()).into_iter().map(watch).collect();
    if let Some(id) = only {
        watches.retain(|watch| watch.id == id);
    }
    // The nearest first; those that come equally near in the order configured.
    let nearness = |w: &WatchData| (w.flagged, w.score.0 as f64 / w.score.1.max(1) as f64);
    watches.sort_by(|a, b| nearness(b).partial_cmp(&nearness(a)).unwrap_or(Ordering::Equal));
    Answer {
        item: None,
        text: TextData {
            title: moment.draft.title.clone(),
            summary: moment.draft.summary.clone(),
            categories: moment.draft.categories.clone(),
            source: moment.source.clone(),
            implies: moment.implies.clone(),
            language: moment.language().map(str::to_owned),
        },
        flagged: watches.iter().any(|watch| watch.flagged),
        watches,
        rules: None,
        then: None,
        alerts: Vec::new(),
        others: Vec::new(),
    }
}

fn watch(account: Account) -> WatchData {
    let piece = |piece: Evidence| Piece {
        concept: piece.concept,
        surface: piece.surface,
        field: piece.found.map(|span| span.field.name()),
        index: piece.found.and_then(|span| span.field.index()),
        start: piece.found.map(|span| span.start),
        end: piece.found.map(|span| span.end),
        sentence: piece.sentence,
    };
    WatchData {
        id: account.watch,
        title: account.title,
        enabled: account.enabled,
        flagged: account.enabled && account.holds,
        holds: account.holds,
        found: account.found.into_iter().map(piece).collect(),
        missing: account.missing,
        barred: account.barred,
        score: account.score,
    }
}

/// An alert with what became of it.
pub(super) fn alert(told: Told) -> AlertData {
    let deliveries = told.deliveries.into_iter().map(|delivered| DeliveryData {
        id: delivered.id,
        receiver: delivered.receiver,
        state: delivered.state,
        attempts: delivered.attempts,
        at: time(delivered.at),
        reason: delivered.reason,
    });
    AlertData {
        id: told.alert,
        revision: told.revision,
        raised_at: time(told.raised_at),
        watches: told.decision.flags.into_iter().map(|flag| flag.watch).collect(),
        deliveries: deliveries.collect(),
    }
}
