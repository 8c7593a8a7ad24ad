//! One watch term, compiled: the letters that the index looks for, and what must hold round and
//! between them in the text for a find to be a hit.
//!
//! Here live the rules of words: Latin whole words with plural and inflection, Hangul from a left
//! edge with particles and compounds behind, spaces that may be there or not, joints of party
//! pairs, acronyms, `word*` and `*word`. Called by `index`.

use crate::matching::chars::{self, Script, gap};
use crate::matching::fold::Folded;
use crate::model::watch::Term;

/// A term's letters are no more than this: with it, the finds that can end at one place of a text
/// are bounded, and matching stays linear whatever the user writes.
pub(super) const LETTERS_MAX: usize = 120;

/// Particles that may follow a Hangul word (조사), for terms of one syllable, which take no
/// compounds.
pub(super) const PARTICLES: &[&str] = &[
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "와",
    "과",
    "에",
    "에서",
    "에게",
    "으로",
    "로",
    "도",
    "만",
    "간",
    "측",
    "및",
    "등",
    "이나",
    "나",
    "까지",
    "부터",
    "보다",
    "처럼",
    "라는",
    "이라는",
    "와의",
    "과의",
    "에는",
    "에도",
    "에선",
    "으로의",
    "로의",
    "에의",
    "서",
    "이다",
    "들",
    "들이",
];

/// A compiled term.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says one independent thing of the term")]
pub(super) struct Pattern {
    /// The letters, without anything between them.
    pub(super) letters: String,
    /// Gaps inside, by byte in `letters`, with their kinds.
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
    first: Script,
    last: Script,
    syllables: usize,
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
        let folded = Folded::new(text);
        let letters = folded.letters().to_owned();
        let first = letters.chars().next().ok_or(Unfit::Empty)?;
        let last = letters.chars().next_back().ok_or(Unfit::Empty)?;
        if letters.chars().count() > LETTERS_MAX {
            return Err(Unfit::Long);
        }
        let gaps = (1..letters.len())
            .filter(|&at| letters.is_char_boundary(at) && folded.gap_before(at))
            .map(|at| (at, folded.gap_kinds(at)))
            .collect();
        let cased = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase());
        let acronym = cased.clone().next().is_some() && cased.clone().all(char::is_uppercase);
        Ok(Self {
            gaps,
            capitals: term.case.then(|| capitals(&folded, 0, letters.len())),
            hanja: Some(hanja(&folded, 0, letters.len())).filter(|all| all.contains(&true)),
            acronym,
            exact: term.exact,
            open_left,
            open_right,
            endings: endings(term.language.as_deref()),
            first: chars::script(first),
            last: chars::script(last),
            syllables: letters.chars().count(),
            letters,
        })
    }

    /// Whether letters found at these bytes of a text are this term.
    pub(super) fn fits(&self, text: &Folded<'_>, start: usize, end: usize) -> bool {
        self.left(text, start)
            && self.right(text, end)
            && self.inside(text, start, end)
            && self.capitals.as_ref().is_none_or(|wanted| *wanted == capitals(text, start, end))
            && self.hanja.as_ref().is_none_or(|wanted| *wanted == hanja(text, start, end))
    }

    /// Whether it must begin at the edge of a word.
    pub(super) fn needs_edge(&self) -> bool {
        !self.open_left && self.first != Script::Unspaced
    }

    fn left(&self, text: &Folded<'_>, start: usize) -> bool {
        !self.needs_edge()
            || text.gap_before(start)
            || text.letter_before(start).is_none_or(|c| chars::script(c) != self.first)
    }

    fn right(&self, text: &Folded<'_>, end: usize) -> bool {
        let next = text.letter_at(end);
        let Some(next) = next.filter(|_| !text.gap_before(end)) else { return true };
        if self.open_right || self.last == Script::Unspaced {
            return true;
        }
        let same = chars::script(next) == self.last;
        if self.exact {
            return !same && self.last != Script::Spaced;
        }
        match self.last {
            _ if !same => true,
            Script::Hangul if self.syllables > 1 || self.hanja.is_some() => true,
            Script::Hangul => PARTICLES.contains(&tail(text, end)),
            _ => self.inflected(text, end),
        }
    }

    /// Whether what follows a Latin word is only its ending.
    fn inflected(&self, text: &Folded<'_>, end: usize) -> bool {
        let tail = tail(text, end);
        if self.acronym {
            return tail == "s" && text.source_at(end).is_some_and(char::is_lowercase);
        }
        self.letters.len() >= 3 && self.endings.contains(&tail)
    }

    /// Whether the gaps inside the find are those of the term, or such as spelling allows.
    fn inside(&self, text: &Folded<'_>, start: usize, end: usize) -> bool {
        let mut gaps = self.gaps.iter().copied().peekable();
        for at in start + 1..end {
            let wanted = gaps.next_if(|(gap, _)| start + gap == at).map(|(_, kinds)| kinds);
            let fine = match (text.gap_before(at), wanted) {
                (false, None) => true,
                (false, Some(kinds)) => self.may_close(text, at, kinds),
                (true, None) => self.may_open(text, at, (start, end)),
                (true, Some(kinds)) => self.may_stand(text, at, kinds, start),
            };
            if !fine {
                return false;
            }
        }
        true
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
            && text.source_at(at - before.len_utf8()).is_some_and(char::is_lowercase);
        humped || before.is_numeric() != after.is_numeric() || kinds == gap::JOINT && !self.acronym
    }

    /// The text has a gap where the term has none: `인공 지능`, `semi-conductor`, `E.U.`.
    fn may_open(&self, text: &Folded<'_>, at: usize, (start, end): (usize, usize)) -> bool {
        let (Some(before), Some(after)) = (text.letter_before(at), text.letter_at(at)) else {
            return false;
        };
        if self.exact {
            return false;
        }
        let kinds = text.gap_kinds(at);
        let hangul = |c| chars::script(c) == Script::Hangul;
        let (left, right) = (piece_before(text, at, start), piece_after(text, at, end));
        if hangul(before) || hangul(after) {
            return kinds == gap::SPACE
                && (!hangul(before) || left >= 2)
                && (!hangul(after) || right >= 2);
        }
        match kinds {
            gap::JOINT => left >= 2 && right >= 2 || before.is_numeric() != after.is_numeric(),
            gap::STOP => self.acronym,
            _ => false,
        }
    }

    /// Both have a gap: of a kind that means the same.
    fn may_stand(&self, text: &Folded<'_>, at: usize, wanted: u8, start: usize) -> bool {
        const HARD: u8 = gap::STOP | gap::COMMA | gap::OTHER;
        let kinds = text.gap_kinds(at);
        if self.exact {
            return kinds == wanted;
        }
        if kinds & HARD & !wanted != 0 || wanted & gap::COMMA & !kinds != 0 {
            return false;
        }
        let hangul = |c: Option<char>| c.is_some_and(|c| chars::script(c) == Script::Hangul);
        let (before, after) = (hangul(text.letter_before(at)), hangul(text.letter_at(at)));
        // `경제·안보` is "economy and security", `경제 안보` economic security.
        if before && after && kinds & !wanted & gap::JOINT != 0 {
            return false;
        }
        // `한 EU 회원국` is "one EU member", `한-EU` is Korea and the EU.
        let single = before && piece_before(text, at, start) == 1;
        !(single && wanted & gap::JOINT != 0 && kinds == gap::SPACE)
    }
}

/// Which letters of a stretch are capital in the original.
fn capitals(text: &Folded<'_>, start: usize, end: usize) -> Vec<bool> {
    let stretch = text.letters().get(start..end).unwrap_or_default();
    stretch
        .char_indices()
        .map(|(i, _)| {
            let mut capital = false;
            if let Some(c) = text.source_at(start + i) {
                unicode_normalization::char::decompose_compatible(c, |d| {
                    capital |= d.is_uppercase();
                });
            }
            capital
        })
        .collect()
}

/// Which letters of a stretch are written in hanja in the original.
fn hanja(text: &Folded<'_>, start: usize, end: usize) -> Vec<bool> {
    let stretch = text.letters().get(start..end).unwrap_or_default();
    stretch
        .char_indices()
        .map(|(i, _)| text.source_at(start + i).is_some_and(chars::is_han))
        .collect()
}

/// What follows a byte of the letters up to the next gap or change of script; at most 12 bytes,
/// more is no ending.
fn tail<'t>(text: &'t Folded<'_>, from: usize) -> &'t str {
    let rest = text.letters().get(from..).unwrap_or_default();
    let script = rest.chars().next().map(chars::script);
    let end = rest
        .char_indices()
        .find(|(i, c)| {
            *i > 12 || *i > 0 && text.gap_before(from + i) || Some(chars::script(*c)) != script
        })
        .map_or(rest.len(), |(i, _)| i);
    rest.get(..end).unwrap_or_default()
}

/// Letters between a byte and the gap before it, within the find.
fn piece_before(text: &Folded<'_>, at: usize, start: usize) -> usize {
    let head = text.letters().get(start..at).unwrap_or_default();
    let mut count = 0;
    for (i, _) in head.char_indices().rev() {
        count += 1;
        if count == 2 || text.gap_before(start + i) {
            break;
        }
    }
    count
}

/// Letters from a byte to the next gap, within the find.
fn piece_after(text: &Folded<'_>, at: usize, end: usize) -> usize {
    let rest = text.letters().get(at..end).unwrap_or_default();
    rest.char_indices().take(2).take_while(|(i, _)| *i == 0 || !text.gap_before(at + i)).count()
}

/// Endings that a Latin word may take, by the term's language.
fn endings(language: Option<&str>) -> &'static [&'static str] {
    match language {
        Some("de") => &["s", "e", "n", "en", "er", "es", "em", "ern", "in", "innen"],
        Some("fr") => &["s", "e", "es", "x", "ne", "nes"],
        Some("es" | "pt" | "it") => &["s", "es", "i", "e"],
        _ => &["s", "es"],
    }
}

/// Other spellings that a language's grammar or typists make: `technologies`, `Suedkorea`.
fn spellings(language: Option<&str>, text: &str) -> Vec<String> {
    let mut more = Vec::new();
    if let (None | Some("en"), Some(stem)) = (language, text.strip_suffix('y'))
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        more.push(format!("{stem}ies"));
    }
    if language == Some("de") {
        let typed = text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
        let typed = typed.replace('Ä', "Ae").replace('Ö', "Oe").replace('Ü', "Ue");
        if typed != text {
            more.push(typed);
        }
    }
    if language == Some("fr") && text.ends_with("al") {
        more.push(format!("{}aux", text.trim_end_matches("al")));
    }
    more
}
