//! What a word of a date means: a month, a day of the week, or nothing.
//!
//! Looks names up in the table of `cldr`, folded as `tokens` folds words. A word may mean several
//! months (`listopad` is October in Croatian, November in Czech and Polish); the reader of days
//! decides by the other words and the day of the week.

use std::sync::LazyLock;

use crate::parse::dates::cldr;
use crate::parse::dates::tokens;

/// Shorter beginnings of names are only what the table lists.
const CUT_CHARS_MIN: usize = 3;

/// The months, or the days of the week, that a word may mean: for each the languages in which it
/// does, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meanings([u32; 12]);

impl Meanings {
    /// One, in whatever language.
    fn only(place: usize) -> Self {
        let mut meanings = Self::default();
        if let Some(languages) = meanings.0.get_mut(place) {
            *languages = u32::MAX;
        }
        meanings
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// What is meant, from 0 for January or Monday.
    pub(super) fn places(self) -> impl Iterator<Item = usize> {
        (0..).zip(self.0).filter(|(_, languages)| *languages != 0).map(|(place, _)| place)
    }

    fn languages(self) -> u32 {
        self.0.iter().fold(0, |all, languages| all | languages)
    }

    /// What is meant in the languages of another word of the same date; where the two have none
    /// in common, what was meant before.
    pub(super) fn beside(self, other: Self) -> Self {
        let common = self.languages() & other.languages();
        if common == 0 { self } else { Self(self.0.map(|languages| languages & common)) }
    }
}

/// The months that a word means, whole or cut to three letters and more.
pub(super) fn months(word: &str) -> Meanings {
    // Nearly every date of a feed is RFC 822's: no need to look through all languages for it.
    match RFC_822.iter().position(|name| *name == word) {
        Some(place) => Meanings::only(place),
        None => look_up(&MONTHS, word),
    }
}

/// The days of the week that a word means, whole or cut to three letters and more.
pub(super) fn weekdays(word: &str) -> Meanings {
    if is_small(word) { Meanings::default() } else { look_up(&WEEKDAYS, word) }
}

/// Whether a word means a month.
pub(super) fn is_month(word: &str) -> bool {
    !months(word).is_empty()
}

/// A word that stands in dates and says nothing of which month is meant.
pub(super) fn is_filler(word: &str) -> bool {
    is_small(word) || !weekdays(word).is_empty()
}

/// A word that belongs to a date and hence is no zone.
pub(super) fn is_word_of_dates(word: &str) -> bool {
    is_filler(word) || is_month(word) || matches!(word, "am" | "pm")
}

/// The months of RFC 822; in every language that abbreviates them so they mean the same.
const RFC_822: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A name with its language and its place in the year or the week.
struct Name {
    folded: String,
    language: usize,
    place: usize,
}

static MONTHS: LazyLock<Vec<Name>> = LazyLock::new(|| sorted(|language| language.months));
static WEEKDAYS: LazyLock<Vec<Name>> = LazyLock::new(|| sorted(|language| language.weekdays));

fn sorted(list: impl Fn(&cldr::Language) -> &'static str) -> Vec<Name> {
    let mut names = Vec::new();
    for (language, row) in cldr::LANGUAGES.iter().enumerate() {
        for (place, spellings) in list(row).split_ascii_whitespace().enumerate() {
            let folded = spellings.split('/').map(tokens::fold);
            names.extend(folded.map(|folded| Name { folded, language, place }));
        }
    }
    names.sort_by(|a, b| a.folded.cmp(&b.folded));
    names
}

/// Whole names, or where there is none the names that begin so.
fn look_up(names: &[Name], word: &str) -> Meanings {
    let start = names.partition_point(|name| name.folded.as_str() < word);
    let from_here = names.get(start..).unwrap_or_default();
    let whole = gather(from_here.iter().take_while(|name| name.folded == word));
    if whole.is_empty() && word.chars().count() >= CUT_CHARS_MIN {
        return gather(from_here.iter().take_while(|name| name.folded.starts_with(word)));
    }
    whole
}

fn gather<'a>(names: impl Iterator<Item = &'a Name>) -> Meanings {
    let mut meanings = Meanings::default();
    for name in names {
        if let Some(languages) = meanings.0.get_mut(name.place) {
            *languages |= 1 << name.language;
        }
    }
    meanings
}

fn is_small(word: &str) -> bool {
    SMALL_WORDS.split_ascii_whitespace().any(|small| small == word)
}

/// Articles, prepositions, words for year, day and hour, endings of numbers, labels.
const SMALL_WORDS: &str = "
    at on of the st nd rd th um uhr den der le la il l a as om kl d de del dia alle er ore ora oras ob u klo kello kell
    plkst val godz hod saat o ta is it feira fomhair na m gada g г р в о год у date published posted updated
    등록일 등록일시 작성일 작성일시 게시일 입력 수정 등록 배포 배포일 승인";
