//! Places in a text as people count them: characters, words, sentences.
//!
//! A word is what stands between white space (an eojeol in Korean). A sentence ends at a line's end,
//! at `。！？`, and behind `. ! ?` where the next word says so: a full stop of an abbreviation, an
//! initial, a date or a numbering ends none. Knows no terms; called by `eval` with the places that it
//! needs, and by `explain` for the sentence of a hit.

use std::ops::Range;

use crate::matching::chars::{self, gap};

/// Words that end in a full stop with more to come. A firm's `Inc.` may as well end a sentence: two
/// read as one find too much, one cut in two finds nothing. `etc.` ends more than it leaves open.
/// Sorted.
const ABBREVIATIONS: &[&str] = &[
    "al", "amb", "approx", "brig", "bros", "bzw", "ca", "capt", "cf", "co", "col", "comm", "corp",
    "dept", "dr", "est", "evtl", "gen", "ggf", "gov", "hon", "inc", "incl", "inkl", "lt", "ltd",
    "maj", "min", "mio", "mme", "mr", "mrd", "mrs", "ms", "mt", "pres", "prof", "rep", "resp",
    "rev", "sen", "sgt", "st", "vgl", "vs",
];

/// The same where a number follows: `no` and `art` are words as well.
const BEFORE_NUMBERS: &[&str] = &[
    "abs", "apr", "art", "arts", "aug", "ch", "chap", "dec", "feb", "fig", "jan", "jul", "jun",
    "mar", "no", "nos", "nov", "nr", "oct", "par", "para", "paras", "pp", "sec", "sep", "sept",
    "vol", "ziff",
];

/// Of what stands before a full stop, no more characters are looked at.
const ABBREVIATION_MAX: usize = 12;

/// Ends of Korean sentences, of those of ministries as well (`논의했음`, `추진함`), whole and in pieces.
const ENDINGS: &[&str] = &[
    "다",
    "요",
    "음",
    "함",
    "됨",
    "\u{1103}\u{1161}",
    "\u{110B}\u{116D}",
    "\u{110B}\u{1173}\u{11B7}",
    "\u{1112}\u{1161}\u{11B7}",
    "\u{1103}\u{116C}\u{11B7}",
];

/// Digits from which a number before a full stop may end a sentence: a year does, a day or the number
/// of a paragraph does not.
const YEAR_DIGITS: usize = 3;

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    /// Characters before it.
    pub(super) char: usize,
    /// The number of the word that it is in or ends.
    pub(super) word: usize,
    /// The number of its sentence.
    pub(super) sentence: usize,
}

/// The places of these bytes (sorted, each at a character) in one walk.
pub(super) fn points(text: &str, bytes: &[usize]) -> Vec<Point> {
    let mut found = Vec::with_capacity(bytes.len());
    let mut walk = Walk::new(text);
    let mut next = 0;
    for (at, c) in text.char_indices() {
        walk.enter(c, at);
        while bytes.get(next).is_some_and(|b| *b <= at) {
            found.push(walk.point);
            next += 1;
        }
        if next == bytes.len() {
            return found;
        }
        walk.leave(c, at);
    }
    found.resize(bytes.len(), walk.point);
    found
}

/// The sentences from the one of byte `start` to the one of the last character before `end`.
pub(super) fn sentences(text: &str, start: usize, end: usize) -> Range<usize> {
    let mut walk = Walk::new(text);
    let (mut from, mut sentence) = (0, 0);
    for (at, c) in text.char_indices() {
        walk.enter(c, at);
        if walk.point.sentence != sentence {
            sentence = walk.point.sentence;
            if at <= start {
                from = at;
            } else if at >= end {
                return from..at;
            }
        }
        walk.leave(c, at);
    }
    from..text.len()
}

/// What may have ended a sentence; the word behind it decides.
#[derive(Clone, Copy)]
enum Stop {
    /// `。！？`, the end of a line.
    Firm,
    /// `!` or `?`.
    Cry,
    /// A full stop at this byte.
    Full(usize),
}

/// What the walk knows so far.
struct Walk<'t> {
    text: &'t str,
    point: Point,
    in_space: bool,
    stop: Option<Stop>,
    /// Where the present word begins.
    word: usize,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, point: Point::default(), in_space: false, stop: None, word: 0 }
    }

    /// Before the character is counted.
    fn enter(&mut self, c: char, at: usize) {
        if c.is_whitespace() {
            return;
        }
        let mut ends = self.in_space && self.is_bullet(c, at);
        if let Some(stop) = self.stop
            && (self.in_space || !is_closing(c))
        {
            ends |= self.ends(stop, c, at);
            self.stop = None;
        }
        self.point.sentence += usize::from(ends);
        if self.in_space {
            self.point.word += 1;
            self.word = at;
            self.in_space = false;
        }
    }

    /// Behind it.
    fn leave(&mut self, c: char, at: usize) {
        self.point.char += 1;
        self.stop = match c {
            '\n' | '。' | '！' | '？' => Some(Stop::Firm),
            '!' | '?' => Some(Stop::Cry),
            '.' => Some(Stop::Full(at)),
            _ => self.stop,
        };
        self.in_space |= c.is_whitespace() && self.point.char > 1;
    }

    /// Whether the sentence has ended, `next` being the first character behind, at this byte.
    fn ends(&self, stop: Stop, next: char, at: usize) -> bool {
        match stop {
            Stop::Firm => true,
            Stop::Cry => self.in_space && !next.is_lowercase(),
            Stop::Full(stop) => {
                let word = self.text.get(self.word..stop).unwrap_or_default();
                if self.in_space {
                    !next.is_lowercase() && !is_unfinished(word, next)
                } else {
                    // A space was lost: `밝혔다.이에`, `밝혔다.◇한국은`.
                    at == stop + 1
                        && (chars::is_hangul(next) || chars::gap_kind(next) & gap::OTHER != 0)
                        && ENDINGS.iter().any(|end| word.ends_with(end))
                }
            }
        }
    }

    /// Whether a word is nothing but the sign before an item of a list.
    fn is_bullet(&self, c: char, at: usize) -> bool {
        matches!(c, '•' | '‣' | '▪' | '◦' | '●' | '○' | '■' | '□' | '※' | 'ㅇ')
            && self
                .text
                .get(at + c.len_utf8()..)
                .is_some_and(|rest| rest.starts_with([' ', '\u{a0}']))
    }
}

/// Whether it belongs to the sentence before it when it stands right behind its stop.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | '!' | '?') || chars::gap_kind(c) & (gap::BRACKET | gap::APOSTROPHE) != 0
}

/// Whether more is to come behind this word and its full stop.
fn is_unfinished(word: &str, next: char) -> bool {
    // Letters without their marks and syllables by their first piece, so that one writing is like
    // the other.
    let bare = word.chars().rev().map(chars::opened).filter(|c| !chars::continues(*c));
    let part = bare.take_while(|c| *c == '.' || chars::gap_kind(*c) == 0);
    let mut tail: Vec<char> = part.take(ABBREVIATION_MAX).collect();
    tail.reverse();
    let digits = tail.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    if digits > 0 {
        return digits < YEAR_DIGITS || next.is_ascii_digit();
    }
    let is_one = |known: &[&str]| {
        let lower = tail.iter().map(char::to_ascii_lowercase);
        known.binary_search_by(|word| word.chars().cmp(lower.clone())).is_ok()
    };
    tail.len() == 1
        || tail.contains(&'.') && tail.split(|c| *c == '.').all(|part| part.len() <= 2)
        || is_one(ABBREVIATIONS)
        || next.is_ascii_digit() && is_one(BEFORE_NUMBERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentences of a text, by the place of every character.
    fn parts(text: &str) -> Vec<String> {
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let mut parts: Vec<String> = Vec::new();
        for (point, c) in points(text, &bytes).iter().zip(text.chars()) {
            parts.resize(point.sentence + 1, String::new());
            parts[point.sentence].push(c);
        }
        parts.iter().map(|part| part.trim().to_owned()).collect()
    }

    #[track_caller]
    fn splits(text: &str) {
        let wanted: Vec<&str> = text.split('|').map(str::trim).collect();
        assert_eq!(parts(&text.replace('|', "")), wanted);
    }

    #[test]
    fn english_sentences_end_where_a_reader_says_so() {
        splits("The U.S. and Korea met. | Dr. Kim spoke for the E.U. Commission. | It rained.");
        splits(
            "Under Art. 7 and No. 5 of vol. 2, e.g. chips, i.e. wafers, grew 1.5 percent. | He said no. | All left.",
        );
        splits(
            "John F. Kennedy vs. S. Korea? | Yes! | It ended in 2025. | Korea won (so they say.) | Next.",
        );
        splits("“Stop!” he said. | “Go.” | Yahoo! and others went on, etc. and so on.");
        splits("On Mar. 3 at 10 a.m. Brussels time. | ASP.NET won.");
        splits(
            "Industry Min. Kim met Hanwha Corp. CEO Lee of Acme Co., Ltd. Korea under para. 3 of it. | Fine.",
        );
    }

    #[test]
    fn korean_sentences_end_where_a_reader_says_so() {
        splits(
            "한국은 2026. 3. 26. 서명했다. | EU는 환영했다고 밝혔다.| 이에 정부는 제1.2조를 고쳤어요. | 끝!",
        );
        splits("“서명했다.”라고 말했다. | 정말? | 그렇다。| 7. 6. 발표, 한.미 협의.");
        splits("개요 | □ 한-EU 회의 | ㅇ 반도체 협력 ▲양자 ▲AI | ※ 참고");
        splits("첫 줄\n| 둘째 줄\n\n| 셋째 줄");
        splits("EU와 논의했음.| 한국은 추진함.| 이에 밝혔다.| ◇한국은 환영했다.| ■ 끝");
        splits("김○○ 의원은 가. 나. 항을 말했다.");
    }

    #[test]
    fn pieces_of_letters_end_no_other_sentences_than_letters() {
        for text in
            ["가. 밝혔다.이에 É. Dupont 요. 다. EU는 dŕ. Kim. Oui. Non.", "요.다 했어요.네 á.b. C"]
        {
            let pieces: String = unicode_normalization::UnicodeNormalization::nfd(text).collect();
            assert_eq!(parts(&pieces).len(), parts(text).len(), "{text}");
        }
    }

    #[test]
    fn french_and_german_sentences_end_where_a_reader_says_so() {
        splits("M. Dupont, p. ex. à Séoul, cite l'art. 5 du traité. | Non ?");
        splits("M. Kim et Mme Li parlent. | La Corée écoute ! | Fin.");
        splits(
            "Am 26. März traf Dr. Müller z. B. bzw. z.B. Samsung nach § 5 Abs. 2 Nr. 7 d.h. gestern. | Er ging.",
        );
        splits("Es kostet 5 Mio. Euro, u. a. für Chips usw. | Danach kam Südkorea.");
    }

    #[test]
    fn the_abbreviations_are_sorted() {
        assert!(ABBREVIATIONS.is_sorted() && BEFORE_NUMBERS.is_sorted());
    }

    #[test]
    fn a_stop_behind_a_word_without_an_end_is_found_at_once() {
        let text = "a.".repeat(300_000);
        assert_eq!(parts(&text).len(), 1);
        assert_eq!(sentences("Eins. Zwei. Drei.", 6, 10), 6..12);
        assert_eq!(sentences("Eins. Zwei. Drei.", 2, 8), 0..12);
        assert_eq!(sentences("Eins", 0, 4), 0..4);
    }
}
