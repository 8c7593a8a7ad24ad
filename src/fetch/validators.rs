//! `ETag` and `Last-Modified`: which are echoed, and which have been caught in a lie.
//!
//! A validator lies when it says "unchanged" of what has changed, and then a publisher's news waits
//! behind 304. Three lies can be seen: a `Last-Modified` ahead of the time it came at (never
//! echoed: whatever changes until then would be "older"); a `Last-Modified` older than the newest
//! item beside it; a validator that came back the same with other items. A source that lies is
//! asked in full every 6 h. Pure; the store keeps what [`weighed`] hands out. `fetch` and
//! `work::visit` call it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::http::wait;
use crate::model::source::{SourceState, Validator, Validators};

/// However good a source's validators look, once in this long a body is fetched in full: a server
/// that answers 304 for ever would otherwise silence it.
pub const FULL_EVERY: Duration = Duration::from_hours(24);

/// The same for a source whose validators lie: four bodies a day are no burden to anybody, and no
/// alert comes later than a working day's half.
pub const FULL_EVERY_DOUBTED: Duration = Duration::from_hours(6);

/// A validator beyond this is not echoed (bytes): most servers refuse a request head of more.
pub const VALIDATOR_BYTES_MAX: usize = 8 * 1024;

/// A document is older than its newest item only by a slip of zones, which span 26 h.
const OLDER_MIN: TimeDelta = TimeDelta::hours(26);

/// What a body that was read says of the validators that came with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// It held items that were new, or edited, since the last one.
    pub changed: bool,
    /// When its newest item was published, of those that are not ahead of the time.
    pub newest: Option<DateTime<Utc>>,
}

/// The conditions to ask under; none when a full answer is due.
pub(super) fn conditions(state: &SourceState, now: DateTime<Utc>) -> Vec<(String, Vec<u8>)> {
    let Validators { etag, last_modified } = &state.validators;
    let full_every =
        if are_doubted(&state.validators, state.full_at) { FULL_EVERY_DOUBTED } else { FULL_EVERY };
    let full_every = TimeDelta::from_std(full_every).unwrap_or(TimeDelta::MAX);
    // A full answer from the future means that the clock was set back: its age is unknown.
    let Some(at) = state.full_at.filter(|at| *at <= now && now - *at < full_every) else {
        return Vec::new();
    };
    let all = [
        ("if-none-match", etag.as_ref()),
        ("if-modified-since", last_modified.as_ref().filter(|known| !is_ahead(known, at))),
    ];
    let known: Vec<(&str, &Validator)> = all
        .into_iter()
        .filter_map(|(name, known)| Some((name, known?)))
        .filter(|(_, known)| !known.value.is_empty() && known.value.len() <= VALIDATOR_BYTES_MAX)
        .collect();
    // Who has an honest one needs no liar beside it.
    let honest = known.iter().any(|(_, known)| !known.has_lied);
    let echoed = known.into_iter().filter(|(_, known)| !honest || !known.has_lied);
    echoed.map(|(name, known)| (name.to_owned(), known.value.clone())).collect()
}

/// Whether one of these validators, received at `at`, was caught in a lie.
pub fn are_doubted(validators: &Validators, at: Option<DateTime<Utc>>) -> bool {
    let Validators { etag, last_modified } = validators;
    let ahead = last_modified.as_ref().zip(at).is_some_and(|(known, at)| is_ahead(known, at));
    ahead || [etag, last_modified].into_iter().flatten().any(|known| known.has_lied)
}

/// The validators that came with a body, as they are to be kept: those that lied, now or before under the
/// same value, with that against them.
pub fn weighed(state: &SourceState, received: &Validators, seen: Seen) -> Validators {
    let before = &state.validators;
    let too_old = |received: &Validator| {
        let modified = date(received);
        modified.zip(seen.newest).is_some_and(|(modified, newest)| newest - modified > OLDER_MIN)
    };
    let weigh = |known: &Option<Validator>, received: &Option<Validator>, stale: bool| {
        let received = received.as_ref()?;
        let known = known.as_ref().filter(|known| known.value == received.value);
        let has_lied = stale || known.is_some_and(|known| seen.changed || known.has_lied);
        Some(Validator { has_lied, ..received.clone() })
    };
    let is_stale = received.last_modified.as_ref().is_some_and(too_old);
    Validators {
        etag: weigh(&before.etag, &received.etag, false),
        last_modified: weigh(&before.last_modified, &received.last_modified, is_stale),
    }
}

fn is_ahead(last_modified: &Validator, at: DateTime<Utc>) -> bool {
    date(last_modified).is_some_and(|modified| modified > at)
}

fn date(last_modified: &Validator) -> Option<DateTime<Utc>> {
    std::str::from_utf8(&last_modified.value).ok().and_then(wait::date)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 10, 1, 9, 0, 0).unwrap()
    }

    fn pair(etag: &str, last_modified: &str) -> Validators {
        let some = |text: &str| (!text.is_empty()).then(|| Validator::new(text));
        Validators { etag: some(etag), last_modified: some(last_modified) }
    }

    fn state(validators: Validators, hours: i64) -> SourceState {
        let full_at = Some(now() - TimeDelta::hours(hours));
        SourceState { validators, full_at, ..SourceState::default() }
    }

    /// The names of the conditions so many hours after a full answer.
    fn asked(validators: &Validators, hours: i64) -> Vec<String> {
        let conditions = conditions(&state(validators.clone(), hours), now());
        conditions.into_iter().map(|(name, _)| name).collect()
    }

    const THEN: &str = "Wed, 30 Sep 2026 00:00:00 GMT";
    const CHANGED: Seen = Seen { changed: true, newest: None };
    const SAME: Seen = Seen { changed: false, newest: None };

    #[test]
    fn honest_validators_are_asked_in_full_once_a_day() {
        let honest = pair("\"a\"", THEN);
        assert_eq!(asked(&honest, 23), ["if-none-match", "if-modified-since"]);
        assert!(asked(&honest, 24).is_empty());
        assert!(!are_doubted(&honest, Some(now())));
    }

    #[test]
    fn a_last_modified_ahead_of_its_time_is_never_echoed_not_even_when_that_time_has_come() {
        let ahead = "Thu, 01 Oct 2026 08:00:00 GMT";
        // Received at 7, when it lay an hour ahead; asked at 9, when it lies behind.
        assert!(asked(&pair("", ahead), 2).is_empty());
        assert_eq!(asked(&pair("\"a\"", ahead), 2), ["if-none-match"]);
        assert!(asked(&pair("\"a\"", ahead), 6).is_empty(), "and the source is doubted");
        // Received at 8 sharp, or later, it was none.
        assert_eq!(asked(&pair("", ahead), 1), ["if-modified-since"]);
        assert!(asked(&pair("", "Fri, 01 Jan 2100 00:00:00 GMT"), 1).is_empty());
        // What is no date is the publisher's own affair.
        assert_eq!(asked(&pair("", "yesterday"), 1), ["if-modified-since"]);
    }

    #[test]
    fn a_validator_that_comes_with_other_items_is_doubted_and_stays_so_while_it_is_the_same() {
        let known = pair("\"a\"", "");
        let doubted = weighed(&state(known.clone(), 24), &known, CHANGED);
        assert!(are_doubted(&doubted, Some(now())));
        assert_eq!(asked(&doubted, 5), ["if-none-match"]);
        assert!(asked(&doubted, 6).is_empty());
        let still = weighed(&state(doubted.clone(), 6), &known, SAME);
        assert_eq!(still, doubted);
        let other = weighed(&state(doubted, 6), &pair("\"b\"", ""), CHANGED);
        assert_eq!(other, pair("\"b\"", ""), "another value is another chance");
    }

    #[test]
    fn what_changes_with_the_items_or_stays_with_them_is_honest() {
        let known = state(pair("\"a\"", THEN), 1);
        let later = pair("\"b\"", "Thu, 01 Oct 2026 08:30:00 GMT");
        assert_eq!(weighed(&known, &later, CHANGED), later);
        assert_eq!(weighed(&known, &known.validators, SAME), known.validators);
        assert_eq!(weighed(&known, &pair("\"c\"", THEN), SAME), pair("\"c\"", THEN));
        // A first answer has nothing to compare with.
        let first = SourceState::default();
        assert_eq!(weighed(&first, &later, CHANGED), later);
        assert_eq!(weighed(&known, &Validators::default(), CHANGED), Validators::default());
    }

    #[test]
    fn a_liar_is_not_echoed_beside_an_honest_validator() {
        let known = state(pair("\"a\"", THEN), 1);
        let weighed = weighed(&known, &pair("\"b\"", THEN), CHANGED);
        assert_eq!(asked(&weighed, 1), ["if-none-match"]);
        assert!(are_doubted(&weighed, Some(now())));
    }

    #[test]
    fn a_document_older_than_its_newest_item_by_more_than_zones_explain_lies() {
        let seen = |hours| Seen {
            changed: true,
            newest: Some(wait::date(THEN).unwrap() + TimeDelta::hours(hours)),
        };
        let received = pair("", THEN);
        for (hours, doubted) in [(-400, false), (0, false), (26, false), (27, true), (900, true)] {
            let weighed = weighed(&SourceState::default(), &received, seen(hours));
            assert_eq!(are_doubted(&weighed, Some(now())), doubted, "{hours}");
        }
        let odd = weighed(&SourceState::default(), &pair("", "yesterday"), seen(900));
        assert_eq!(odd, pair("", "yesterday"));
    }
}
