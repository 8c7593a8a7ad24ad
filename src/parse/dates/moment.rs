//! A date as it was read: the instant, what the clock on the wall showed, and whether a zone was named.
//!
//! Must never see text. Made by `dates`, compared by `complete`.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::parse::dates::zones;

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant; of a date without a zone, in the source's own.
    pub instant: DateTime<Utc>,
    /// The time of day and the day that were written.
    pub(super) local: NaiveDateTime,
    /// What the text says of its zone.
    pub(super) stated: Stated,
}

/// What a date says of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated {
    /// Nothing.
    Nothing,
    /// It needs none: it counts seconds.
    Absolute,
    /// An offset, or letters that mean one.
    Offset,
    /// A zone of the database, by its name or by the country whose writing it is.
    Named(Tz),
}

impl Moment {
    /// Whether the date itself tells the instant.
    pub fn names_zone(&self) -> bool {
        self.stated != Stated::Nothing
    }

    /// The instant of the same wall time in the zone that `other` names; none where it names none.
    /// Where the source's own zone, `own`, had the very offset that `other` names, that zone is meant,
    /// with its summer and winter time.
    pub fn in_zone_of(&self, other: &Self, own: Tz) -> Option<DateTime<Utc>> {
        match other.stated {
            Stated::Nothing | Stated::Absolute => None,
            Stated::Named(zone) => zones::at(zone, self.local),
            Stated::Offset => {
                let offset = other.local - other.instant.naive_utc();
                let of_own = own.offset_from_utc_datetime(&other.instant.naive_utc()).fix();
                if TimeDelta::seconds(i64::from(of_own.local_minus_utc())) == offset {
                    return zones::at(own, self.local);
                }
                self.local.checked_sub_signed(offset).map(|utc| utc.and_utc())
            }
        }
    }
}
