//! One field of an item, folded: the letters that terms are looked for in, and the way back from
//! every letter to the original text.
//!
//! Entities are decoded, compatibility forms opened, case and Latin marks dropped, Hangul composed,
//! hanja of headlines read as Hangul; an address and everything that is no letter and no digit leave
//! the stream and become a gap before the next letter. Letters come in runs: a run begins at every gap and
//! wherever the script or the way back changes, so that most of a text costs one run a word.
//! Knows nothing of terms. Called by `index`, for texts and for terms alike.

use unicode_normalization::char::compose;

use crate::matching::address::Addresses;
use crate::matching::chars::{self, Meaning, Meanings, Script, gap};
use crate::matching::entity::{self, piece};

/// Text beyond this (bytes) is not read: places are kept in 32 bits.
const TEXT_BYTES_MAX: usize = u32::MAX as usize;

/// More marks than this on one letter are no writing; a highlight ends behind them.
const MARKS_MAX: usize = 64;

/// Letters that follow each other in the original as they do here.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Its first letter.
    letter: u32,
    /// Where that letter begins in the original, in bytes.
    origin: u32,
    /// What stands before it, as bits of `chars::gap`; 0 if nothing does.
    gap: u8,
    /// Whether a word may begin here.
    edge: bool,
    /// Bytes of one letter in the original; of a run of one letter, any number.
    width: u8,
}

/// A folded text. Places in it are numbers of letters.
pub(super) struct Folded<'a> {
    original: &'a str,
    letters: Vec<char>,
    runs: Vec<Run>,
    gap: u8,
    last: Option<Script>,
    meanings: &'static Meanings,
}

impl<'a> Folded<'a> {
    /// Folds a text; an address in it is nothing but a gap.
    pub(super) fn new(original: &'a str) -> Self {
        let mut folded = Self::empty(original);
        let end = original.floor_char_boundary(TEXT_BYTES_MAX);
        let mut at = 0;
        for address in Addresses::new(original.get(..end).unwrap_or_default()) {
            folded.stretch(at, address.start);
            folded.gap |= gap::OTHER;
            at = address.end;
        }
        folded.stretch(at, end);
        folded
    }

    /// Folds a term: what looks like an address in it is told by whoever asks `address`.
    pub(super) fn term(original: &'a str) -> Self {
        let mut folded = Self::empty(original);
        folded.stretch(0, original.floor_char_boundary(TEXT_BYTES_MAX));
        folded
    }

    fn empty(original: &'a str) -> Self {
        Self {
            original,
            letters: Vec::with_capacity(original.len() / 2),
            runs: Vec::with_capacity(original.len() / 6),
            gap: 0,
            last: None,
            meanings: chars::meanings(),
        }
    }

    /// The bytes from here to there.
    fn stretch(&mut self, mut at: usize, end: usize) {
        while at < end {
            at = self.fast(at, end);
            if at < end {
                at = self.slow(at);
            }
        }
    }

    /// The letters, without anything between them.
    pub(super) fn letters(&self) -> &[char] {
        &self.letters
    }

    /// The text as it was given.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// How many runs there are.
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The first letter of a run; behind the last run, the number of letters.
    pub(super) fn run_start(&self, run: usize) -> usize {
        self.runs.get(run).map_or(self.letters.len(), |r| r.letter as usize)
    }

    /// What stands before a run, as bits of `chars::gap`; 0 if nothing does.
    pub(super) fn run_gap(&self, run: usize) -> u8 {
        self.runs.get(run).map_or(0, |r| r.gap)
    }

    /// Whether a word may begin at a run: behind a gap, or where the script changes.
    pub(super) fn is_edge(&self, run: usize) -> bool {
        self.runs.get(run).is_none_or(|r| r.edge)
    }

    /// The run that holds a letter.
    pub(super) fn run_of(&self, at: usize) -> usize {
        self.runs.partition_point(|r| r.letter as usize <= at).saturating_sub(1)
    }

    /// What the gap before a letter is made of, as bits of `chars::gap`; `None` if there is none.
    pub(super) fn gap_before(&self, at: usize) -> Option<u8> {
        let run = self.run_of(at);
        (self.run_start(run) == at && self.run_gap(run) != 0)
            .then(|| self.run_gap(run) & !gap::INSIDE)
    }

    /// Where a letter begins in the original, in bytes.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origin_near(at, self.run_of(at))
    }

    /// The same of a letter in this run or in one that is not far.
    pub(super) fn origin_near(&self, at: usize, mut run: usize) -> usize {
        if at >= self.letters.len() {
            return self.original.len();
        }
        while self.run_start(run) > at {
            run -= 1;
        }
        while self.run_start(run + 1) <= at {
            run += 1;
        }
        let run = self.runs.get(run);
        run.map_or(0, |r| r.origin as usize + (at - r.letter as usize) * usize::from(r.width))
    }

    /// Where the letter before this one ends in the original, in bytes, its marks included.
    pub(super) fn origin_end(&self, end: usize) -> usize {
        self.origin_end_near(end, self.run_of(end.saturating_sub(1)))
    }

    /// The same of a letter in this run or in one that is not far.
    pub(super) fn origin_end_near(&self, end: usize, run: usize) -> usize {
        let Some(last) = end.checked_sub(1) else { return 0 };
        let mut at = self.origin_near(last, run);
        at += piece(self.original, at).0;
        let (next, mut ahead) = (self.origin_near(end, run), at);
        for _ in 0..MARKS_MAX {
            let (len, c) = piece(self.original, ahead);
            let Some(c) = c.filter(|_| ahead < next) else { break };
            ahead += len;
            // What is nothing may stand between the pieces of a letter.
            if chars::continues(chars::opened(c)) {
                at = ahead;
            } else if !is_dropped(c) {
                break;
            }
        }
        at
    }

    /// A letter.
    pub(super) fn letter_at(&self, at: usize) -> Option<char> {
        self.letters.get(at).copied()
    }

    /// The letter before another.
    pub(super) fn letter_before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|before| self.letter_at(before))
    }

    /// The character of the original that a letter came from.
    pub(super) fn source_at(&self, at: usize) -> Option<char> {
        piece(self.original, self.origin(at)).1
    }

    /// Plain ASCII and composed Hangul, which are most of every text, up to the first byte that
    /// needs a closer look.
    fn fast(&mut self, mut at: usize, end: usize) -> usize {
        let bytes = self.original.as_bytes();
        while at < end {
            match self.meanings.ascii(bytes[at]) {
                Some(Meaning::Letter(_)) => {
                    let rest = &bytes[at..end];
                    let len = rest.iter().position(|b| !b.is_ascii_alphanumeric());
                    let word = &rest[..len.unwrap_or(rest.len())];
                    self.begin(at, Script::Spaced, 1);
                    self.letters.extend(word.iter().map(|b| char::from(b.to_ascii_lowercase())));
                    at += word.len();
                }
                Some(Meaning::Gap(kind)) => {
                    self.gap |= kind;
                    at += 1;
                }
                Some(Meaning::Nothing) => at += 1,
                Some(Meaning::Unknown) | None => {
                    let Some(first) = hangul(bytes, at) else { return at };
                    self.begin(at, Script::Hangul, 3);
                    self.letters.push(first);
                    at += 3;
                    while let Some(syllable) = hangul(bytes, at) {
                        self.letters.push(syllable);
                        at += 3;
                    }
                }
            }
        }
        at
    }

    /// One character or entity of the other kind; where the next begins.
    fn slow(&mut self, at: usize) -> usize {
        let (len, c) = piece(self.original, at);
        let next = at + len.max(1);
        let Some(c) = c else {
            self.decoded(at, len);
            return next;
        };
        match self.meanings.of(c) {
            Meaning::Letter(letter) => self.letter(letter, at),
            Meaning::Gap(kind) => self.gap |= kind,
            Meaning::Nothing => {}
            Meaning::Unknown if chars::is_han(c) && len == c.len_utf8() => return self.han(at),
            Meaning::Unknown => match conjoined(self.original, next, c) {
                Some((syllable, next)) if len == c.len_utf8() => {
                    self.letter(syllable, at);
                    return next;
                }
                _ => self.put(c, at),
            },
        }
        next
    }

    /// A run of Han: read as Hangul when it is a Korean headline's shorthand.
    fn han(&mut self, from: usize) -> usize {
        let rest = self.original.get(from..).unwrap_or_default();
        let run = rest.find(|c| !chars::is_han(c) && !is_dropped(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(run);
        let before =
            self.original.get(..from).and_then(|head| head.chars().rfind(|c| !is_dropped(*c)));
        let kana = |c: Option<char>| c.is_some_and(chars::is_kana);
        let han = || run.char_indices().filter(|(_, c)| !is_dropped(*c));
        let korean = !kana(before)
            && !kana(after.chars().next())
            && han().all(|(_, c)| chars::hanja(chars::unify(c)).is_some());
        for (i, c) in han() {
            let c = chars::unify(c);
            self.push(if korean { chars::hanja(c).unwrap_or(c) } else { c }, from + i);
        }
        from + run.len()
    }

    /// An entity of several characters; a gap among them has no kind of its own.
    fn decoded(&mut self, at: usize, len: usize) {
        for c in entity::several(self.original, at, len) {
            if chars::gap_kind(c) == 0 {
                self.put(c, at);
            } else {
                self.gap |= gap::INSIDE;
            }
        }
    }

    /// One decoded character that no table knows.
    fn put(&mut self, c: char, at: usize) {
        match chars::gap_kind(c) {
            0 if is_dropped(c) || chars::is_latin_mark(c) => {}
            0 => match chars::hanja(chars::unify(c)) {
                Some(hangul) => self.push(hangul, at),
                None => chars::letters(c, &mut |letter| {
                    if chars::gap_kind(letter) == 0 {
                        self.push(letter, at);
                    } else {
                        self.gap |= gap::INSIDE;
                    }
                }),
            },
            kind => self.gap |= kind,
        }
    }

    /// One folded letter; what continues the letter before it joins it.
    fn push(&mut self, letter: char, at: usize) {
        if chars::continues(letter) {
            let Some(last) = self.letters.last_mut().filter(|_| self.gap == 0) else { return };
            if let Some(whole) = compose(*last, letter) {
                *last = whole;
                return;
            }
        }
        self.letter(letter, at);
    }

    /// One folded letter that continues none.
    fn letter(&mut self, letter: char, at: usize) {
        self.begin(at, chars::script(letter), 0);
        self.letters.push(letter);
    }

    /// A run that begins at this byte and takes up the gap before it.
    fn begin(&mut self, at: usize, script: Script, width: u8) {
        let gap = std::mem::take(&mut self.gap);
        let edge = gap != 0 || self.last != Some(script) || script == Script::Unspaced;
        let letter = self.letters.len() as u32;
        self.runs.push(Run { letter, origin: at as u32, gap, edge, width });
        self.last = Some(script);
    }
}

/// The text as matching sees it: folded letters, one space for every gap between them.
#[cfg(test)]
pub(super) fn plain(text: &str) -> String {
    let folded = Folded::new(text);
    let mut plain = String::new();
    for (at, letter) in folded.letters().iter().enumerate() {
        if at > 0 && folded.gap_before(at).is_some() {
            plain.push(' ');
        }
        plain.push(*letter);
    }
    plain
}

/// A composed Hangul syllable at this byte, unless a vowel or final consonant follows in pieces.
fn hangul(bytes: &[u8], at: usize) -> Option<char> {
    let [lead @ 0xEA..=0xED, middle, last] = *bytes.get(at..at + 3)? else { return None };
    if let Some([0xE1, 0x85..=0x87]) = bytes.get(at + 3..at + 5) {
        return None;
    }
    let code =
        u32::from(lead & 0x0F) << 12 | u32::from(middle & 0x3F) << 6 | u32::from(last & 0x3F);
    char::from_u32(code).filter(|c| matches!(c, '\u{AC00}'..='\u{D7A3}'))
}

/// The syllable that a first consonant makes with the vowel and the final written behind it, and
/// where the next character begins.
fn conjoined(text: &str, next: usize, first: char) -> Option<(char, usize)> {
    if !matches!(first, '\u{1100}'..='\u{1112}') {
        return None;
    }
    let mut rest = text.get(next..)?.chars();
    let syllable = compose(first, rest.next()?)?;
    let whole = rest.clone().next().and_then(|last| compose(syllable, last));
    let used = if whole.is_some() { 6 } else { 3 };
    Some((whole.unwrap_or(syllable), next + used))
}

/// Whether a character is as if it were not there.
fn is_dropped(c: char) -> bool {
    chars::is_nothing(c) || c.is_control() && !c.is_whitespace()
}
