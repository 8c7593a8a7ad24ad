//! When an item was published and changed: which of its dates count, and in which zone those are that
//! name none.
//!
//! Must never know how a date is written. Called by `complete` for each item.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::parse::complete::note::Note;
use crate::parse::complete::vocabulary::Field;
use crate::parse::dates::moment::Moment;
use crate::parse::instants::Instants;

/// Two dates of an item that are no further apart say the same: some are written without seconds.
const SAME: TimeDelta = TimeDelta::seconds(59);

/// An item's two instants.
pub(super) struct When {
    pub(super) published: Option<DateTime<Utc>>,
    pub(super) updated: Option<DateTime<Utc>>,
}

/// The texts of the dates that the strict parser gives, for want of our own.
pub(super) struct Given<'a> {
    pub(super) published: Option<&'a str>,
    pub(super) updated: Option<&'a str>,
}

/// The most believed readable date of each kind. One without a zone borrows that of the item's other
/// date, for one program wrote both; `own` is the source's zone.
pub(super) fn of_item(note: &Note<'_>, given: &Given<'_>, instants: &Instants, own: Tz) -> When {
    let first = |field: Field, given: Option<&str>| {
        let found = note.all(field).iter().find_map(|fact| instants.read(&fact.value));
        found.or_else(|| instants.read(given?))
    };
    let published = first(Field::Published, given.published);
    let updated = first(Field::Updated, given.updated);
    let zoned = |moment: &Moment| moment.names_zone();
    let chosen = || published.into_iter().chain(updated);
    if chosen().all(|moment| moment.names_zone()) {
        return When { published: instant(published), updated: instant(updated) };
    }
    let fields = [Field::Published, Field::Updated].into_iter();
    let others = fields
        .flat_map(|field| note.all(field))
        .map(|fact| fact.value.as_ref())
        .chain(given.published)
        .chain(given.updated)
        .filter_map(|text| instants.read(text));
    let donor = chosen().find(zoned).or_else(|| others.into_iter().find(zoned));
    let settled = |moment: Option<Moment>| {
        let moment = moment?;
        Some(donor.and_then(|donor| borrowed(moment, donor, own)).unwrap_or(moment.instant))
    };
    When { published: settled(published), updated: settled(updated) }
}

fn instant(moment: Option<Moment>) -> Option<DateTime<Utc>> {
    moment.map(|moment| moment.instant)
}

/// The instant of a date without a zone in the zone of `donor`; unless the source's own zone shows
/// both to be one moment, as where a server writes GMT for programs and its own time for people.
fn borrowed(moment: Moment, donor: Moment, own: Tz) -> Option<DateTime<Utc>> {
    let is_one = (moment.instant - donor.instant).abs() <= SAME;
    if moment.names_zone() || is_one {
        return None;
    }
    moment.in_zone_of(&donor, own)
}
