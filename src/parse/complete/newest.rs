//! Which items of an overlong document are read: the newest by their dates.
//!
//! An archive that is appended to has its news at the end, so position alone does not tell. Holds at
//! most half as many again as are kept, and reads dates only once there are too many items. Must
//! never know what an item is. Called by `walk` and `json_node`.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use crate::parse::instants::Instants;

/// Items of one document that are read; the longest archives seen hold about 3,000.
pub const ITEMS_MAX: usize = 5_000;

/// Items that are held beside those until the oldest are let go.
const ROOM: usize = ITEMS_MAX / 2;

/// Says when an item is from, given a reader of dates.
pub(in crate::parse) type Dated<T> =
    fn(&T, &dyn Fn(&str) -> Option<DateTime<Utc>>) -> Option<DateTime<Utc>>;

/// Gathers the newest items of a document.
#[derive(Debug)]
pub(in crate::parse) struct Newest<T> {
    held: Vec<Held<T>>,
    seen: usize,
    dated: Dated<T>,
    instants: Instants,
    /// The dates of the first and of the last item so far that has one: an item without a date is
    /// as old as its neighbour before it, for want of that as the first that has one.
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    /// Some had to go, and the oldest that was kept was of this date.
    is_pruned: bool,
    floor: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Held<T> {
    item: T,
    place: usize,
    at: Option<DateTime<Utc>>,
}

/// What became of an item, or of others because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Offered {
    /// It is held.
    Held,
    /// It is older than all that are held.
    Refused,
    /// The oldest of all were let go, perhaps it among them.
    Pruned,
}

impl<T> Newest<T> {
    /// `instants` is for this purpose alone: the dates of items that are let go must not use up what
    /// may be spent on those that are kept.
    pub(in crate::parse) fn new(dated: Dated<T>, instants: Instants) -> Self {
        Self {
            held: Vec::new(),
            seen: 0,
            dated,
            instants,
            first: None,
            last: None,
            is_pruned: false,
            floor: None,
        }
    }

    /// Takes the next item of the document.
    pub(in crate::parse) fn offer(&mut self, item: T) -> Offered {
        let place = self.seen;
        self.seen += 1;
        if place < ITEMS_MAX {
            self.held.push(Held { item, place, at: None });
            return Offered::Held;
        }
        if place == ITEMS_MAX {
            let mut held = std::mem::take(&mut self.held);
            for held in &mut held {
                held.at = self.date(&held.item, held.place);
            }
            self.held = held;
        }
        let at = self.date(&item, place);
        if self.is_pruned && at.or(self.first) <= self.floor {
            return Offered::Refused;
        }
        self.held.push(Held { item, place, at });
        if self.held.len() < ITEMS_MAX + ROOM {
            return Offered::Held;
        }
        self.prune();
        Offered::Pruned
    }

    /// The items that are held at this moment.
    pub(in crate::parse) fn held(&self) -> impl Iterator<Item = &T> {
        self.held.iter().map(|held| &held.item)
    }

    /// The newest items, in document order, and how many were let go.
    pub(in crate::parse) fn finish(mut self) -> (Vec<T>, usize) {
        if self.held.len() > ITEMS_MAX {
            self.prune();
        }
        self.held.sort_unstable_by_key(|held| held.place);
        let dropped = self.seen - self.held.len();
        (self.held.into_iter().map(|held| held.item).collect(), dropped)
    }

    /// When an item is from, or its neighbour. Dates in odd forms take long: of the first items each
    /// is read, later every second, every third; what lies between is as old as what was read.
    fn date(&mut self, item: &T, place: usize) -> Option<DateTime<Utc>> {
        let step = 1 + place / ITEMS_MAX;
        let is_due = place.is_multiple_of(step);
        let read = |text: &str| self.instants.read_if(text, is_due).map(|moment| moment.instant);
        if let Some(at) = (self.dated)(item, &read) {
            self.first.get_or_insert(at);
            self.last = Some(at);
        }
        self.last
    }

    /// Lets the oldest go; of equally old ones those that stand last, for most feeds are newest first.
    fn prune(&mut self) {
        let first = self.first;
        let age = |held: &Held<T>| (Reverse(held.at.or(first)), held.place);
        let (_, oldest, _) = self.held.select_nth_unstable_by_key(ITEMS_MAX - 1, age);
        self.floor = oldest.at.or(first);
        self.is_pruned = true;
        self.held.truncate(ITEMS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use chrono_tz::Tz;

    use super::*;

    /// What is kept of documents whose items are dated so many days after the epoch, or not at all.
    fn kept(days: &[Option<i64>]) -> (Vec<usize>, usize) {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let dated: Dated<(usize, Option<i64>)> =
            |(_, day), _| Some(DateTime::UNIX_EPOCH + TimeDelta::days((*day)?));
        let mut newest = Newest::new(dated, Instants::new(Tz::UTC, now));
        let most = days.iter().copied().enumerate().fold(0, |most, item| {
            newest.offer(item);
            most.max(newest.held().count())
        });
        assert!(most <= ITEMS_MAX + ROOM, "{most} at once");
        let (items, dropped) = newest.finish();
        (items.into_iter().map(|(place, _)| place).collect(), dropped)
    }

    fn days(range: impl Iterator<Item = i64>) -> Vec<Option<i64>> {
        range.map(Some).collect()
    }

    #[test]
    fn the_newest_are_kept_in_their_order_whichever_end_they_stand_at() {
        for count in [5_001, 7_499, 7_500, 7_501, 12_345, 19_000] {
            let (place, dropped) = kept(&days(1..=count));
            assert_eq!(dropped, count as usize - 5_000);
            assert_eq!(place, (dropped..count as usize).collect::<Vec<_>>(), "oldest first");
            let (place, dropped) = kept(&days((1..=count).rev()));
            assert_eq!(dropped, count as usize - 5_000);
            assert_eq!(place, (0..5_000).collect::<Vec<_>>(), "newest first");
        }
        // 7,919 has no part in common with 15,000: each day once, in no order.
        let (place, _) = kept(&days((0..15_000).map(|n| 1 + n * 7_919 % 15_000)));
        assert!(place.iter().all(|n| 1 + n * 7_919 % 15_000 > 10_000));
    }

    #[test]
    fn at_most_the_limit_nothing_is_dated_and_nothing_is_lost() {
        let never: Dated<usize> = |_, _| panic!("a date was asked for");
        let mut newest = Newest::new(never, Instants::new(Tz::UTC, DateTime::UNIX_EPOCH));
        (0..ITEMS_MAX).for_each(|n| assert_eq!(newest.offer(n), Offered::Held));
        assert_eq!(newest.finish(), ((0..ITEMS_MAX).collect(), 0));
    }

    #[test]
    fn without_dates_the_first_are_kept() {
        let (place, dropped) = kept(&vec![None; 17_000]);
        assert_eq!((place, dropped), ((0..5_000).collect(), 12_000));
        let (place, _) = kept(&vec![Some(7); 17_000]);
        assert_eq!(place, (0..5_000).collect::<Vec<_>>(), "or where all are of one day");
    }

    #[test]
    fn an_item_without_a_date_is_as_old_as_its_neighbour() {
        let every_third = |n: i64| (n % 3 == 0).then_some(n);
        let rising: Vec<_> = (1..=12_000).map(every_third).collect();
        let (place, _) = kept(&rising);
        assert!(place[0] >= 6_998 && place[4_999] == 11_999, "{} to {}", place[0], place[4_999]);
        let falling: Vec<_> = (1..=12_000).rev().map(every_third).collect();
        assert_eq!(kept(&falling).0, (0..5_000).collect::<Vec<_>>());
        // A heading without a date before an archive that rises: its end is news all the same.
        let mut led = vec![None; 6_000];
        led.extend(days(1..=6_000));
        assert_eq!(kept(&led).0, (7_000..12_000).collect::<Vec<_>>());
        let mut led = vec![None; 6_000];
        led.extend(days((1..=6_000).rev()));
        assert_eq!(kept(&led).0, (0..5_000).collect::<Vec<_>>());
    }
}
