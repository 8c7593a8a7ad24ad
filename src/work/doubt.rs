//! What a document that was read says of the validators that came with it.
//!
//! Turns what the store recognised into what `fetch::validators` weighs, and tells once when a source
//! begins to lie and when it stops. Decides nothing. Called by `work::visit`.

use chrono::{DateTime, Utc};

use crate::fetch::validators::{self, Seen};
use crate::identity::Recognition;
use crate::model::source::{Source, SourceState, Validators};
use crate::store::polls::Evaluated;

/// The validators of a body with these items, in the form to be kept. Tells of a turn.
pub fn weighed(
    source: &Source,
    state: &SourceState,
    received: &Validators,
    items: &[Evaluated],
    now: DateTime<Utc>,
) -> Validators {
    let known = |item: &Evaluated| {
        matches!(item.recognition, Recognition::Known { .. } | Recognition::Duplicate { .. })
    };
    let dates = items.iter().filter_map(|item| item.draft.published.or(item.draft.updated));
    let seen =
        Seen { changed: !items.iter().all(known), newest: dates.filter(|at| *at <= now).max() };
    let kept = validators::weighed(state, received, seen);
    let before = validators::are_doubted(&state.validators, state.full_at);
    tell(source, before, validators::are_doubted(&kept, Some(now)));
    kept
}

fn tell(source: &Source, before: bool, after: bool) {
    let id = &source.id;
    let hours = validators::FULL_EVERY_DOUBTED.as_secs() / 3600;
    if after && !before {
        tracing::info!(
            source.id = id,
            "source {id}: its ETag or Last-Modified does not say what has changed, so \"not modified\" \
             is believed for {hours} h at most"
        );
    } else if before && !after {
        tracing::info!(
            source.id = id,
            "source {id}: its ETag and Last-Modified are believed again"
        );
    }
}
