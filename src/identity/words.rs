//! How much two texts have in common.
//!
//! Publishers cut their texts at other lengths, add a sentence, mend a word: still the same text. Knows
//! words and nothing of what they say.

use crate::lang::fold::{folded, spaced};

/// Words of one text that are compared: a long article is told from another by its beginning.
const WORDS_MAX: usize = 2_000;

/// Bytes of a text that are folded for it.
const BYTES_MAX: usize = 32 * 1024;

/// A text that begins another says so from so many words on.
const START_MIN: usize = 5;

/// How two texts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Word for word.
    Same,
    /// One begins the other, which goes on.
    Begins,
    /// Four fifths of their words are in both.
    Agree,
    /// Both are there, and neither.
    Differ {
        /// Less than half of their words are in both.
        widely: bool,
    },
    /// One is missing, was never kept, or both are empty.
    Unknown,
}

impl Relation {
    /// The same or nearly so.
    pub fn agrees(self) -> bool {
        matches!(self, Self::Same | Self::Begins | Self::Agree)
    }

    /// Both are there and say other things.
    pub fn differs(self) -> bool {
        matches!(self, Self::Differ { .. })
    }
}

/// The words of a text, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// In their order.
    in_order: Vec<u64>,
    /// Each once, sorted.
    distinct: Vec<u64>,
}

impl Words {
    /// Of an item's texts, read one after the other.
    pub fn of(texts: &[&str]) -> Self {
        let mut in_order = Vec::new();
        for text in texts {
            let head = text.get(..text.floor_char_boundary(BYTES_MAX)).unwrap_or(text);
            let whole = folded(without_tail(head));
            let mut words: Vec<&str> = whole.split(' ').filter(|word| !word.is_empty()).collect();
            if is_cut(head) {
                // The last word may be half of one.
                words.pop();
            }
            in_order.extend(words.into_iter().take(WORDS_MAX - in_order.len()).map(hash));
        }
        let mut distinct = in_order.clone();
        distinct.sort_unstable();
        distinct.dedup();
        Self { in_order, distinct }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }

    /// Whether under a quarter of the words of the shorter text are in the longer: it is neither a cut of it
    /// nor was it made from it.
    pub fn are_strange_to(&self, other: &Self) -> bool {
        let shorter = self.distinct.len().min(other.distinct.len());
        self.shared(other) * 4 < shorter
    }

    fn shared(&self, other: &Self) -> usize {
        self.distinct.iter().filter(|word| other.distinct.binary_search(word).is_ok()).count()
    }

    /// How two texts stand to each other.
    pub fn beside(&self, other: &Self) -> Relation {
        if self.is_empty() || other.is_empty() {
            return Relation::Unknown;
        }
        if self.in_order == other.in_order {
            return Relation::Same;
        }
        let (short, long) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        if short.len() >= START_MIN && long.in_order.starts_with(&short.in_order) {
            return Relation::Begins;
        }
        let both = self.shared(other);
        let either = self.distinct.len() + other.distinct.len() - both;
        if both * 5 >= either * 4 {
            Relation::Agree
        } else {
            Relation::Differ { widely: both * 2 < either }
        }
    }
}

/// A text as it is compared: in single spaces, without the count of its readers, which boards print into it
/// and which would make another text of it at each poll.
pub(super) fn settled(text: &str) -> String {
    let text = spaced(text);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("조회") {
        let (head, tail) = rest.split_at(at + "조회".len());
        let tail = tail.strip_prefix('수').unwrap_or(tail);
        let number = tail.trim_start_matches([' ', ':', '：']);
        let after = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',');
        kept.push_str(head);
        rest = if after.len() < number.len() { after } else { tail };
    }
    if kept.is_empty() {
        return text;
    }
    kept.push_str(rest);
    kept
}

/// A text without the invitation to read on that stands behind its beginning.
fn without_tail(text: &str) -> &str {
    let mut rest = text.trim_end();
    for tail in [
        "read more on our website",
        "read more",
        "continue reading",
        "read full article",
        "더보기",
        "자세히 보기",
    ] {
        let bare = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
        let cut = bare.len().checked_sub(tail.len()).filter(|at| bare.is_char_boundary(*at));
        if let Some((head, end)) = cut.and_then(|at| bare.split_at_checked(at))
            && end.eq_ignore_ascii_case(tail)
        {
            rest = head.trim_end();
        }
    }
    rest
}

/// Whether a text ends in an ellipsis.
pub(super) fn is_cut(text: &str) -> bool {
    let end = without_tail(text).trim_end_matches([']', ')', ' ']);
    end.ends_with('…') || end.ends_with("...")
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>): good enough to tell words apart, and kept
/// nowhere.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
