//! One watch term, compiled: the letters that the index looks for, and what must hold round and
//! between them in the text for a find to be a hit.
//!
//! Here live the rules of words: Latin whole words with plural and inflection, Hangul from a left
//! edge with particles and compounds behind, spaces that may be there or not, joints of party
//! pairs, acronyms, `word*` and `*word`. Called by `index`.

use crate::matching::address::has_address;
use crate::matching::chars::{self, Script, gap};
use crate::matching::fold::Folded;
use crate::matching::grammar::{PARTICLES, TAIL_MAX, endings, is_one_of, spellings};
use crate::matching::sign::Signs;
use crate::matching::trie::Node;
use crate::model::watch::Term;

/// A term's letters are no more than this: with it, the finds that can end at one place of a text
/// are bounded, and matching stays linear whatever the user writes.
pub(super) const LETTERS_MAX: usize = 120;

/// Gaps over which no word reaches, unless it has them itself.
const HARD: u8 = gap::STOP | gap::COMMA | gap::OTHER;

/// A compiled term.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says one independent thing of the term")]
pub(super) struct Pattern {
    /// The letters, without anything between them.
    pub(super) letters: Vec<char>,
    /// Gaps inside, by the letter behind, with their kinds.
    gaps: Vec<(usize, u8)>,
    /// Which letters are capital, when the text must agree.
    capitals: Option<Vec<bool>>,
    /// Which letters are written in hanja, when any is: the text must agree, for 韓 is Korea where
    /// 한 may be "one".
    hanja: Option<Vec<bool>>,
    /// Written in capitals: no inflection but a small plural `s`, dots between letters allowed.
    acronym: bool,
    exact: bool,
    open_left: bool,
    open_right: bool,
    endings: &'static [&'static str],
    last: Script,
    pub(super) signs: Signs,
}

/// Why a term cannot be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// No letter in it.
    #[error("has no letter or digit")]
    Empty,
    /// Too long.
    #[error("is longer than {LETTERS_MAX} letters")]
    Long,
    /// A star elsewhere than at an end.
    #[error("has a `*` that is neither first nor last")]
    Star,
    /// Addresses in texts are no words.
    #[error("is an address, or holds one, and addresses in texts are not read")]
    Address,
    /// Not even its own text holds it.
    #[error("can never be found: once a text is folded, nothing is left that is like it")]
    Never,
}

impl Unfit {
    /// Whether it could be compiled, and would never be found.
    pub(super) fn is_idle(self) -> bool {
        matches!(self, Self::Address | Self::Never)
    }

    /// How to mend it.
    pub(super) fn cure(self) -> &'static str {
        match self {
            Self::Address => {
                "watch a source by `source:`, a name by its words; a name with a capital (`Booking.com`) is no address"
            }
            Self::Never => "write it as a text would show it, without `exact` or `case`",
            Self::Empty | Self::Long | Self::Star => {
                "a term is a word or a phrase; `word*` allows any ending"
            }
        }
    }
}

impl Pattern {
    /// Compiles a term into its spellings: one, and those that grammar adds.
    pub(super) fn compile(term: &Term) -> Result<Vec<Self>, Unfit> {
        let text = term.text.trim();
        let open_right = text.ends_with('*');
        let open_left = text.starts_with('*') && text.len() > 1;
        let text = text.trim_end_matches('*').trim_start_matches('*');
        if text.contains('*') {
            return Err(Unfit::Star);
        }
        let base = Self::new(term, text, open_left, open_right)?;
        base.find_itself(text)?;
        let mut all = Vec::with_capacity(2);
        if !base.exact && !base.acronym && base.last == Script::Spaced {
            all.extend(
                spellings(term.language.as_deref(), text)
                    .into_iter()
                    .filter_map(|text| Self::new(term, &text, open_left, open_right).ok()),
            );
        }
        all.push(base);
        Ok(all)
    }

    fn new(term: &Term, text: &str, open_left: bool, open_right: bool) -> Result<Self, Unfit> {
        let folded = Folded::term(text);
        let letters = folded.letters();
        let Some(&last) = letters.last() else {
            return Err(Unfit::Empty);
        };
        if letters.len() > LETTERS_MAX {
            return Err(Unfit::Long);
        }
        let gaps = (1..letters.len())
            .filter_map(|at| folded.gap_before(at).map(|kinds| (at, kinds)))
            .collect();
        let cased = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase());
        let acronym = cased.clone().next().is_some() && cased.clone().all(char::is_uppercase);
        let all = |of: fn(&Folded<'_>, usize) -> bool| -> Vec<bool> {
            (0..letters.len()).map(|at| of(&folded, at)).collect()
        };
        Ok(Self {
            gaps,
            capitals: term.case.then(|| all(is_capital)),
            hanja: Some(all(is_hanja)).filter(|all| all.contains(&true)),
            acronym,
            exact: term.exact,
            open_left,
            open_right,
            endings: endings(term.language.as_deref()),
            last: chars::script(last),
            signs: Signs::of(&folded),
            letters: letters.to_vec(),
        })
    }

    /// A term that is not found in a text of its own words is found nowhere.
    fn find_itself(&self, text: &str) -> Result<(), Unfit> {
        if has_address(text) {
            return Err(Unfit::Address);
        }
        let read = Folded::new(text);
        let place = Place { start: 0, end: read.letters().len(), run: read.runs() - 1 };
        let is_found = read.letters() == self.letters && self.fits(&read, place);
        if is_found { Ok(()) } else { Err(Unfit::Never) }
    }

    /// Whether letters found here are this term; a term that needs an edge is looked for at one.
    pub(super) fn fits(&self, text: &Folded<'_>, place: Place) -> bool {
        let agree = |wanted: &Option<Vec<bool>>, of: fn(&Folded<'_>, usize) -> bool| {
            let each =
                |all: &Vec<bool>| all.iter().zip(place.start..).all(|(w, at)| *w == of(text, at));
            wanted.as_ref().is_none_or(each)
        };
        self.right(text, place)
            && self.inside(text, place)
            && agree(&self.capitals, is_capital)
            && agree(&self.hanja, is_hanja)
            && (self.signs.len() == 0 || self.signs.round(text, place).is_some())
    }

    /// Whether it must begin at the edge of a word.
    pub(super) fn needs_edge(&self) -> bool {
        !self.open_left
    }

    /// The gap before each letter, if there is one: its kinds.
    pub(super) fn spelling(&self) -> impl Iterator<Item = Option<u8>> {
        let mut gaps = self.gaps.iter().peekable();
        (0..self.letters.len()).map(move |at| gaps.next_if(|g| g.0 == at).map(|g| g.1))
    }

    fn right(&self, text: &Folded<'_>, Place { end, run, .. }: Place) -> bool {
        let closed = end == text.run_start(run + 1) && text.run_gap(run + 1) != 0;
        let Some(next) = text.letter_at(end).filter(|_| !closed) else { return true };
        if self.open_right || self.last == Script::Unspaced {
            return true;
        }
        let same = chars::script(next) == self.last;
        if self.exact {
            return !same && self.last != Script::Spaced;
        }
        match self.last {
            _ if !same => true,
            Script::Hangul if self.letters.len() > 1 || self.hanja.is_some() => true,
            Script::Hangul => is_one_of(PARTICLES, tail(text, end, run)),
            _ => self.inflected(text, end, run),
        }
    }

    /// Whether what follows a Latin word is only its ending.
    fn inflected(&self, text: &Folded<'_>, end: usize, run: usize) -> bool {
        let tail = tail(text, end, run);
        if self.acronym {
            return tail == ['s'] && text.source_at(end).is_some_and(char::is_lowercase);
        }
        let bytes: usize = self.letters.iter().map(|c| c.len_utf8()).sum();
        bytes >= 3 && is_one_of(self.endings, tail)
    }

    /// Whether the gaps inside the find are those of the term, or such as spelling allows. From the
    /// end on: where many terms begin alike, it is the last gap that tells them apart.
    fn inside(&self, text: &Folded<'_>, Place { start, end, mut run }: Place) -> bool {
        let mut wanted = self.gaps.iter().rev().map(|(at, kinds)| (start + at, *kinds)).peekable();
        loop {
            let at = text.run_start(run).max(start);
            while let Some((gap, kinds)) = wanted.next_if(|(gap, _)| *gap > at) {
                if !self.may_close(text, gap, kinds) {
                    return false;
                }
            }
            if at == start {
                return true;
            }
            let seam = Seam::new(text, run, (start, end));
            let fine = match (wanted.next_if(|(gap, _)| *gap == at), text.run_gap(run)) {
                (Some((_, kinds)), 0) => self.may_close(text, at, kinds),
                (Some((_, kinds)), _) => seam.is_some_and(|seam| self.may_stand(&seam, kinds)),
                (None, 0) => true,
                (None, _) => !self.exact && seam.is_some_and(|seam| seam.may_open(self.acronym)),
            };
            if !fine {
                return false;
            }
            run -= 1;
        }
    }

    /// The term has a gap where the text has none: `디지털파트너십`, `HorizonEurope`, `Beyond5G`.
    fn may_close(&self, text: &Folded<'_>, at: usize, kinds: u8) -> bool {
        let (Some(before), Some(after)) = (text.letter_before(at), text.letter_at(at)) else {
            return false;
        };
        if self.exact || kinds & gap::COMMA != 0 {
            return false;
        }
        if chars::script(before) != Script::Spaced || chars::script(after) != Script::Spaced {
            return true;
        }
        let humped = text.source_at(at).is_some_and(char::is_uppercase)
            && text.source_at(at - 1).is_some_and(char::is_lowercase);
        humped || before.is_numeric() != after.is_numeric() || kinds == gap::JOINT && !self.acronym
    }

    /// Both have a gap: of a kind that means the same.
    fn may_stand(&self, seam: &Seam, wanted: u8) -> bool {
        let kinds = seam.kinds;
        if self.exact {
            return kinds == wanted;
        }
        if kinds & HARD & !wanted != 0 || wanted & gap::COMMA & !kinds != 0 {
            return false;
        }
        let (before, after) = (chars::is_hangul(seam.before), chars::is_hangul(seam.after));
        // `경제·안보` is "economy and security", `경제 안보` economic security.
        if before && after && kinds & !wanted & gap::JOINT != 0 {
            return false;
        }
        // `한 EU 회원국` is "one EU member", `한-EU` is Korea and the EU.
        !(before && !seam.long_before && wanted & gap::JOINT != 0 && kinds == gap::SPACE)
    }
}

/// Where letters are found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First letter.
    pub(super) start: usize,
    /// One past the last letter.
    pub(super) end: usize,
    /// The run of the last letter.
    pub(super) run: usize,
}

/// A gap of a text, in the midst of a find.
struct Seam {
    kinds: u8,
    before: char,
    after: char,
    /// Whether two letters or more stand before it, within the find, without a gap between them.
    long_before: bool,
    /// The same behind it.
    long_after: bool,
}

impl Seam {
    /// The gap before a run.
    fn new(text: &Folded<'_>, run: usize, (start, end): (usize, usize)) -> Option<Self> {
        let at = text.run_start(run);
        let gap_at = |run: usize, at: usize| text.run_start(run) == at && text.run_gap(run) != 0;
        Some(Self {
            kinds: text.run_gap(run) & !gap::INSIDE,
            before: text.letter_before(at)?,
            after: text.letter_at(at)?,
            long_before: at - start >= 2 && !gap_at(run - 1, at - 1),
            long_after: end - at >= 2 && !gap_at(run + 1, at + 1),
        })
    }

    /// The text has a gap where the term has none: `인공 지능`, `semi-conductor`, `E.U.`.
    fn may_open(&self, acronym: bool) -> bool {
        let (hangul_before, hangul_after) =
            (chars::is_hangul(self.before), chars::is_hangul(self.after));
        if hangul_before || hangul_after {
            return self.kinds == gap::SPACE
                && (!hangul_before || self.long_before)
                && (!hangul_after || self.long_after);
        }
        match self.kinds {
            gap::JOINT => {
                self.long_before && self.long_after
                    || self.before.is_numeric() != self.after.is_numeric()
            }
            gap::STOP => acronym,
            _ => false,
        }
    }
}

/// Whether any word below a node can still fit when a walk from `start` goes on over the gap before
/// this run; and whether one that ends right behind it can. Asked so that no text makes walks long
/// in vain.
pub(super) fn may_go_on(text: &Folded<'_>, start: usize, run: usize, node: &Node) -> (bool, bool) {
    if text.run_gap(run) == 0 {
        return (true, true);
    }
    let at = text.run_start(run);
    let opens = |end: usize| {
        node.solid && Seam::new(text, run, (start, end)).is_some_and(|seam| seam.may_open(true))
    };
    let stands = node.gaps != 0 && text.run_gap(run) & HARD & !node.gaps == 0;
    (stands || opens(text.letters().len()), stands || opens(at + 1))
}

/// Whether a letter is capital in the original.
fn is_capital(text: &Folded<'_>, at: usize) -> bool {
    let mut capital = false;
    if let Some(c) = text.source_at(at) {
        unicode_normalization::char::decompose_compatible(c, |d| capital |= d.is_uppercase());
    }
    capital
}

/// Whether a letter is written in hanja in the original.
fn is_hanja(text: &Folded<'_>, at: usize) -> bool {
    text.source_at(at).is_some_and(chars::is_han)
}

/// What follows up to the next gap or change of script, `TAIL_MAX` letters at most; `run` is the run
/// of the letter before.
fn tail<'t>(text: &'t Folded<'_>, from: usize, mut run: usize) -> &'t [char] {
    let letters = text.letters();
    let most = letters.len().min(from + TAIL_MAX);
    let script = |at: usize| letters.get(at).map(|c| chars::script(*c));
    let goes_on =
        |at: usize, run: usize| at <= from || text.run_gap(run) == 0 && script(at) == script(from);
    let mut end = text.run_start(run + 1);
    while end < most && goes_on(end, run + 1) {
        run += 1;
        end = text.run_start(run + 1);
    }
    letters.get(from..end.min(most)).unwrap_or_default()
}
