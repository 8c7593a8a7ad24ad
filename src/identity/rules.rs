//! The rules for one draft beside one known item, in their order; the first that applies speaks.
//!
//! Each rule stands on its own here, so that a case from the field can be traced to the line that decides
//! it. The map of them is the door of this room.

use chrono::NaiveDate;

use crate::identity::document::Document;
use crate::identity::face::{Face, KeyKind, Shape};
use crate::identity::headline::Headline;
use crate::identity::words::{Relation, Words};

/// A text of so many words is the same text, whatever its date says.
pub(super) const TEXT_WORDS_MIN: usize = 20;

/// Between two issues of a series, or two stories at one address, lie so many days at least.
const APART_DAYS_MIN: i64 = 14;

/// A source that gave one item so many guids makes them up as it goes.
const GUIDS_MAX: usize = 3;

/// The rule by which a draft is a known item; an earlier one is the better reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// Before all: known under these very ids, headline and day.
    Itself,
    /// a
    Own,
    /// c
    Moved,
    /// d
    Guid,
    /// e
    Link,
    /// g
    HeadlineDay,
}

/// What the rules say of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The draft is this item.
    Same(Rule),
    /// It is another story at the item's address, which is its own from now on.
    Another,
    /// It is another item.
    Two,
}

/// How two days stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Days {
    Equal,
    Contradict,
    /// Neither is given.
    Undated,
    /// One is given.
    Open,
}

/// What a guid or link says of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Nothing,
    Equal,
    Unequal,
}

/// A draft and a known item, side by side.
pub(super) struct Pair<'a> {
    document: &'a Document<'a>,
    draft: &'a Face,
    known: &'a Face,
    same_headline: bool,
    days: Days,
    text: Relation,
}

impl<'a> Pair<'a> {
    pub(super) fn new(document: &'a Document<'a>, draft: &'a Face, known: &'a Face) -> Self {
        let days = match (draft.day, known.day) {
            (Some(one), Some(two)) if one == two => Days::Equal,
            (Some(_), Some(_)) => Days::Contradict,
            (None, None) => Days::Undated,
            _ => Days::Open,
        };
        let same_headline = draft.marks.headline == known.marks.headline;
        let text = match (draft.text_beside(known), draft.marks.text, known.marks.text) {
            // Its words are not at hand, because another draft says them.
            (Relation::Unknown, Some(_), Some(text)) if document.is_said(text) => {
                Relation::Differ { widely: false }
            }
            (text, ..) => text,
        };
        Self { document, draft, known, same_headline, days, text }
    }

    /// What the rules say. `in_document`: another draft is the known item by its id or address, so
    /// that this one cannot be where it moved to.
    pub(super) fn verdict(&self, in_document: bool) -> Verdict {
        if self.was_shown_so() {
            return Verdict::Same(Rule::Itself);
        }
        match self.draft.shares(self.known, KeyKind::Own) {
            Some(true) if self.own_tells() => return Verdict::Same(Rule::Own),
            Some(false) => return Verdict::Two,
            _ => {}
        }
        if !in_document && self.has_moved() {
            return Verdict::Same(Rule::Moved);
        }
        let link = self.says(KeyKind::Link);
        match self.says(KeyKind::Guid) {
            // An id that the publisher gave to another page with another headline.
            Says::Equal if link == Says::Unequal && !self.same_headline && !self.text.agrees() => {}
            Says::Equal => return self.at_one_address(Rule::Guid, self.draft.guid),
            Says::Unequal if link == Says::Equal && !in_document && self.has_stayed() => {
                return Verdict::Same(Rule::Link);
            }
            Says::Unequal => return Verdict::Two,
            Says::Nothing => {}
        }
        match link {
            Says::Equal => return self.at_one_address(Rule::Link, self.draft.link),
            Says::Unequal if !in_document && self.is_elsewhere_in_the_list() => {
                return Verdict::Same(Rule::Link);
            }
            Says::Unequal => return Verdict::Two,
            Says::Nothing => {}
        }
        if self.draft.host.is_some()
            && self.known.host.is_some()
            && self.draft.host != self.known.host
        {
            return Verdict::Two;
        }
        if self.is_same_by_headline_and_day() {
            return Verdict::Same(Rule::HeadlineDay);
        }
        Verdict::Two
    }

    /// Whether a bearer of the item's id is the item indeed, not another that took its place.
    pub(super) fn is_itself(&self) -> bool {
        matches!(self.verdict(true), Verdict::Same(_)) && (self.same_headline || self.text.agrees())
    }

    /// Whether the same headline came back with the same text, or both without date and text: what many
    /// drafts of a document do when a source makes up its ids.
    pub(super) fn repeats(&self) -> bool {
        let bare = self.draft.marks.text.is_none() && self.known.marks.text.is_none();
        self.same_headline && (self.text == Relation::Same || bare && self.days == Days::Undated)
    }

    /// Whether the draft is no edit of the item, as far as words say.
    pub(super) fn says_other(&self) -> bool {
        self.text.differs() || !self.same_headline && !self.text.agrees()
    }

    /// How many of the things compared are equal.
    pub(super) fn score(&self) -> usize {
        let shared =
            KeyKind::ALL.iter().filter(|kind| self.draft.shares(self.known, **kind) == Some(true));
        let more = [self.same_headline, self.days == Days::Equal, self.text == Relation::Same];
        shared.count() + more.into_iter().filter(|equal| *equal).count()
    }

    /// Whether the item was shown like this before, by all that a key is made of: an address need not
    /// tell it then, and of drafts that are one item each may stand for it.
    fn was_shown_so(&self) -> bool {
        let held = |key| self.known.marks.keys.contains(key);
        self.same_headline
            && self.days != Days::Contradict
            && !self.text.differs()
            && self.draft.marks.keys.iter().all(held)
    }

    /// Neither says a word: there is nothing else to tell them by.
    fn are_bare(&self) -> bool {
        let is_bare = |face: &Face| face.headline.folded.is_empty() && face.marks.text.is_none();
        is_bare(self.draft) && is_bare(self.known)
    }

    fn own_tells(&self) -> bool {
        self.draft.marks_of(KeyKind::Own).all(|mark| self.document.own_tells(mark))
    }

    /// Rule c: the item itself, under other ids and at another address.
    fn has_moved(&self) -> bool {
        let is_whole = self.days == Days::Equal && self.text == Relation::Same;
        if !self.same_headline {
            // A count in brackets behind it.
            return is_whole && self.draft.headline.loose == self.known.headline.loose;
        }
        let same_day = self.days == Days::Equal && !self.text.differs();
        let same_text = match self.text {
            Relation::Same => self.days != Days::Contradict || self.is_long(),
            // Cut at another length, as feeds that are built anew do.
            Relation::Begins => self.is_long(),
            _ => false,
        };
        is_whole
            || self.document.headline_tells(self.draft) && (same_text || same_day)
            || self.headline_and_day_tell() && same_day
    }

    /// An edit at an address that tells, under an id that was made of what was edited: the text went on,
    /// the headline alone is another, or it was cut. A short text that is the same on another day is
    /// no such sign: some pages say one sentence of every issue.
    fn has_stayed(&self) -> bool {
        let same_day = self.days == Days::Equal;
        let is_own_text = matches!(self.text, Relation::Same | Relation::Begins)
            && !self.draft.marks.text.is_some_and(|text| self.document.is_stock_text(text));
        let (draft, known) = (&self.draft.headline, &self.known.headline);
        let is_cut = draft.begins(known) || known.begins(draft);
        !self.document.is_lone
            && self.draft.link.is_telling
            && !draft.numbers.differ(&known.numbers)
            && (is_own_text && (same_day || self.same_headline && self.text == Relation::Begins)
                || same_day && is_cut && !self.text.differs())
    }

    fn is_long(&self) -> bool {
        self.draft.words().len() >= TEXT_WORDS_MIN
            && (self.text == Relation::Same || self.known.words().len() >= TEXT_WORDS_MIN)
    }

    /// A headline that recurs tells on its day, if one draft and one item bear it there.
    fn headline_and_day_tell(&self) -> bool {
        !self.draft.headline.is_generic
            && self.draft.marks_of(KeyKind::HeadlineDay).all(|mark| self.document.tells(mark))
    }

    /// Rules d and e, equal: the same item or another story; of a weak address, what speaks for one.
    fn at_one_address(&self, rule: Rule, shape: Shape) -> Verdict {
        let is_weak = self.document.is_lone || !shape.is_telling;
        let is_same =
            if is_weak { self.agrees_where_weak(shape) } else { !self.is_another_story() };
        if is_same { Verdict::Same(rule) } else { Verdict::Another }
    }

    fn agrees_where_weak(&self, shape: Shape) -> bool {
        let day = self.days == Days::Equal;
        if self.are_bare() {
            return true;
        }
        let headline = self.same_headline && !self.draft.headline.folded.is_empty();
        let agreeing = [headline, day, self.text.agrees()];
        let contradict = self.days == Days::Contradict;
        // What stands in a slot now says hardly a word of what stood there, however alike they are headed.
        if self.text == (Relation::Differ { widely: true }) {
            return false;
        }
        agreeing.into_iter().filter(|agrees| *agrees).count() >= 2
            || headline && !contradict
            || self.text.agrees() && !contradict
            || day && shape.has_digit
    }

    /// Another story under an old address. A date alone never is: the Commission's feeds re-date every
    /// page that was touched.
    fn is_another_story(&self) -> bool {
        let numbers_differ = self.draft.headline.numbers.differ(&self.known.headline.numbers);
        let days = (self.draft.day, self.known.day);
        is_another_story(self.same_headline, numbers_differ, days, self.text)
            || self.days != Days::Equal && self.says_wholly_other()
    }

    /// Whether headline and text are both of other words than the known item's. What begins as a line
    /// and becomes an article keeps its day.
    fn says_wholly_other(&self) -> bool {
        let (draft, known) = (&self.draft.headline, &self.known.headline);
        let is_other_headline = if self.same_headline {
            draft.is_generic
        } else {
            let words = |headline: &Headline| Words::of(&[&headline.folded]);
            words(draft).are_strange_to(&words(known))
        };
        is_other_headline
            && self.text.differs()
            && self.draft.words().are_strange_to(self.known.words())
    }

    /// Unequal links that differ in where in a list they lead.
    fn is_elsewhere_in_the_list(&self) -> bool {
        self.draft.shares(self.known, KeyKind::Stripped) == Some(true)
            && self.same_headline
            && self.days != Days::Contradict
            && !self.text.differs()
    }

    /// Rule g.
    fn is_same_by_headline_and_day(&self) -> bool {
        let same_day = matches!(self.days, Days::Equal | Days::Undated);
        let is_same_text = if self.are_bare() {
            true
        } else if self.draft.headline.folded.is_empty() {
            matches!(self.text, Relation::Same | Relation::Begins)
        } else if self.days == Days::Equal && self.headline_and_day_tell() {
            // The only one of its day, with a sentence more.
            self.text != Relation::Differ { widely: true }
        } else {
            !self.text.differs()
        };
        self.same_headline && same_day && is_same_text
    }

    fn says(&self, kind: KeyKind) -> Says {
        if self.document.are_places(kind) {
            return Says::Nothing;
        }
        let tells = |face: &Face| {
            let mut marks = face.marks_of(kind).peekable();
            marks.peek().is_some() && marks.any(|mark| self.document.tells(mark))
        };
        match self.draft.shares(self.known, kind) {
            Some(true) if tells(self.draft) => Says::Equal,
            Some(false) if tells(self.draft) && tells(self.known) && !self.is_made_up(kind) => {
                Says::Unequal
            }
            _ => Says::Nothing,
        }
    }

    /// Whether the source makes up ids of this kind as it goes.
    fn is_made_up(&self, kind: KeyKind) -> bool {
        kind == KeyKind::Guid && self.known.marks_of(kind).count() >= GUIDS_MAX
    }
}

/// Whether what stands at an address now is another story than before: the numbers of a series went on
/// and two weeks lie between, or the texts share under half and time or numbers speak for it too.
pub(super) fn is_another_story(
    same_headline: bool,
    numbers_differ: bool,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    text: Relation,
) -> bool {
    let apart = match days {
        (Some(one), Some(two)) => Some((one - two).num_days().abs() >= APART_DAYS_MIN),
        _ => None,
    };
    let widely = text == Relation::Differ { widely: true };
    let went_on = !same_headline && numbers_differ;
    went_on && (apart == Some(true) || apart.is_none() && widely) || widely && apart == Some(true)
}
