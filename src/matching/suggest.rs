//! Words that a concept may lack: the words of a text that no term covers, and how strongly a word
//! belongs to some texts rather than to others.
//!
//! Latin words and pairs of them; Hangul words (eojeol) as they stand and without the particle at
//! their end. Counts nothing itself and knows no history; called by `cli`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use crate::matching::address::Addresses;
use crate::matching::chars::{Script, script};
use crate::matching::grammar::PARTICLES;
use crate::matching::{Matcher, Text};
use crate::model::decision::{Decision, Field};

/// Longer words (characters) are noise.
const WORD_MAX: usize = 30;

/// Words of English, French and German that carry no topic: alone they are no term, and in a pair
/// neither.
const FUNCTION_WORDS: &str = " a about after all also an and any are as at be been between but by can \
    could did do for from had has have he her his how if in into is it its more most new no not of on \
    one or other our out over said she so some such than that the their them there these they this \
    those to two under up was we were what when which while who will with would you your \
    au aux avec ce ces cette dans de des du elle en entre est et il la le les leur mais ou par pas plus \
    pour qui que sa se ses son sont sur un une \
    als auch auf aus bei das dem den der die durch ein eine einem einen einer für im ist mit nach nicht \
    oder sich sind über um und von vor wie wird zu zum zur zwischen ";

/// What kind of word it is; each is counted among texts that have such words at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A word of an alphabet, in lower case.
    Word,
    /// Two of them in a row.
    Pair,
    /// A Hangul word.
    Hangul,
}

impl Kind {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Pair => "pair",
            Self::Hangul => "hangul",
        }
    }
}

/// A word of a text, with its kind.
pub type Word = (Kind, String);

/// What a text says besides what the terms say.
#[derive(Clone, Debug, Default)]
pub struct Unknown {
    /// What the watches say of it.
    pub decision: Decision,
    /// The words that no term covers, each once.
    pub words: HashSet<Word>,
}

impl Matcher {
    /// The words of a text in which no term of any concept or watch has a hit.
    pub fn unknown_words(&self, text: &Text<'_>) -> Unknown {
        let fields = [text.title, text.summary, text.body].map(composed);
        let [title, summary, body] = &fields;
        let decision = self.decide(&Text { title, summary, body, ..*text });
        let mut words = HashSet::new();
        for (field, text) in [Field::Title, Field::Summary, Field::Body].iter().zip(&fields) {
            let spans = decision.hits.iter().filter_map(|hit| hit.found);
            let mut covered: Vec<(usize, usize)> = spans
                .filter(|span| span.field == *field)
                .map(|span| (span.start, span.end))
                .collect();
            covered.extend(addresses(text));
            covered.sort_unstable();
            // Apart from each other, so that one look tells whether a word is covered.
            covered.dedup_by(|next, before| {
                let within = next.0 <= before.1;
                before.1 = if within { before.1.max(next.1) } else { before.1 };
                within
            });
            gather(&tokens(text), &covered, &mut words);
        }
        Unknown { decision, words }
    }

    /// Whether a word is a term already, or one that a concept rules out (`unless`).
    pub fn known_terms(&self) -> HashSet<String> {
        let plain = |text: &str| text.trim_matches('*').nfc().collect::<String>().to_lowercase();
        self.rules.terms.iter().map(|(_, text)| plain(text)).collect()
    }
}

/// The addresses of a text, in characters.
fn addresses(text: &str) -> Vec<(usize, usize)> {
    let (mut byte, mut char) = (0, 0);
    let mut chars = |to: usize| {
        char += text.get(byte..to).map_or(0, |between| between.chars().count());
        byte = to;
        char
    };
    Addresses::new(text).map(|found| (chars(found.start), chars(found.end))).collect()
}

/// Composed Hangul, whatever came; nearly always it came so.
fn composed(text: &str) -> Cow<'_, str> {
    match unicode_normalization::is_nfc_quick(text.chars()) {
        unicode_normalization::IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

/// A run of letters of one script.
struct Token {
    text: String,
    script: Script,
    start: usize,
    end: usize,
    /// Only white space stands between it and the token before.
    follows: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut follows, mut open) = (false, false);
    let mut chars = text.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let inner = matches!(c, '-' | '\'' | '’' | '&')
            && open
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !c.is_alphanumeric() && !inner {
            open = false;
            follows &= c.is_whitespace();
            continue;
        }
        let kind = if inner { Script::Spaced } else { script(c) };
        let grows = |token: &&mut Token| open && (inner || token.script == kind);
        if let Some(token) = tokens.last_mut().filter(grows) {
            token.text.push(c);
            token.end = at + 1;
        } else {
            let (text, follows) = (c.to_string(), follows && !open);
            tokens.push(Token { text, script: kind, start: at, end: at + 1, follows });
        }
        (open, follows) = (true, true);
    }
    tokens
}

fn gather(tokens: &[Token], covered: &[(usize, usize)], words: &mut HashSet<Word>) {
    let mut before: Option<&str> = None;
    let lowered: Vec<String> = tokens.iter().map(|token| lowered(&token.text)).collect();
    for (token, text) in tokens.iter().zip(&lowered) {
        let behind = covered.partition_point(|(_, end)| *end <= token.start);
        let free = covered.get(behind).is_none_or(|(start, _)| *start >= token.end);
        let length = token.text.chars().count();
        if !free || !(2..=WORD_MAX).contains(&length) || !text.contains(char::is_alphabetic) {
            before = None;
            continue;
        }
        match token.script {
            Script::Hangul if is_predicate(text) => before = None,
            Script::Hangul => {
                words.insert((Kind::Hangul, text.clone()));
                words.extend(without_particle(text).map(|stem| (Kind::Hangul, stem.to_owned())));
                before = None;
            }
            Script::Spaced => {
                let carries = !is_function_word(text);
                if let Some(before) = before.filter(|_| token.follows && carries) {
                    words.insert((Kind::Pair, format!("{before} {text}")));
                }
                if carries {
                    words.insert((Kind::Word, text.clone()));
                }
                before = carries.then_some(text);
            }
            Script::Unspaced => before = None,
        }
    }
}

/// In lower case, without the possessive.
fn lowered(text: &str) -> String {
    let text = text.to_lowercase();
    let bare = text.strip_suffix("'s").or_else(|| text.strip_suffix("’s"));
    bare.map(str::to_owned).unwrap_or(text)
}

fn is_function_word(text: &str) -> bool {
    FUNCTION_WORDS.split_whitespace().any(|word| word == text)
}

/// Whether it ends as Korean sentences do (`강화한다`): a verb in its form for print is no term.
fn is_predicate(word: &str) -> bool {
    word.ends_with('다') && word.chars().count() >= 3
}

/// The word without the longest particle at its end, if two syllables are left.
fn without_particle(word: &str) -> Option<&str> {
    let stems = PARTICLES.iter().filter_map(|particle| word.strip_suffix(particle));
    stems.filter(|stem| stem.chars().count() >= 2).min_by_key(|stem| stem.len())
}

/// Of forms of one word, those to show. A stem stands for its forms, if it was met in more texts
/// than any one form of it; else what was cut off was no particle (`정상회의`). A pair stands for
/// its words, if they are met in it alone. Counts are of texts.
pub fn stand_for_others(counts: &BTreeMap<Word, u64>) -> BTreeSet<Word> {
    let mut shown: BTreeSet<Word> = counts.keys().cloned().collect();
    for ((kind, text), count) in counts {
        match kind {
            Kind::Hangul => {
                let Some(stem) = without_particle(text) else { continue };
                let stem = (Kind::Hangul, stem.to_owned());
                let loser = match counts.get(&stem) {
                    Some(stem_count) if stem_count > count => (*kind, text.clone()),
                    _ => stem,
                };
                shown.remove(&loser);
            }
            Kind::Pair => {
                for word in text.split(' ') {
                    let word = (Kind::Word, word.to_owned());
                    if counts.get(&word) == Some(count) {
                        shown.remove(&word);
                    }
                }
            }
            Kind::Word => {}
        }
    }
    shown
}

/// How strongly a word belongs to some texts: Dunning's log-likelihood ratio G² ("Accurate Methods
/// for the Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993) over texts
/// with and without it, `ours` of `ours_all` and `others` of `others_all`. 0 where it is no more
/// frequent in ours. Above 10.83 chance would bring it once in a thousand (χ² with one degree).
pub fn surprise(ours: u64, ours_all: u64, others: u64, others_all: u64) -> f64 {
    let [a, b, all_a, all_b] = [ours, others, ours_all, others_all].map(|n| n as f64);
    if ours == 0 || a * all_b <= b * all_a {
        return 0.0;
    }
    let (all, with) = (all_a + all_b, a + b);
    let part = |seen: f64, row: f64, column: f64| {
        if seen > 0.0 { seen * (seen * all / (row * column)).ln() } else { 0.0 }
    };
    2.0 * (part(a, all_a, with)
        + part(b, all_b, with)
        + part(all_a - a, all_a, all - with)
        + part(all_b - b, all_b, all - with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::matcher_tests::{compiled, titled};

    fn words(title: &str) -> Vec<String> {
        let matcher = compiled("@eu").unwrap_or_else(|faults| panic!("{faults:?}"));
        let words: BTreeSet<Word> =
            matcher.unknown_words(&titled(title)).words.into_iter().collect();
        words.into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn words_and_pairs_of_an_alphabet_are_told_without_what_terms_cover() {
        assert_eq!(
            words("The EU's Chips Act: post-quantum Joint Undertaking of Korea"),
            ["act", "chips", "joint", "undertaking", "chips act", "joint undertaking"],
            "a hit covers the whole word that it stands in"
        );
        assert_eq!(words("EUV of A 2026 x"), ["euv"], "no numbers, no letters");
        assert_eq!(words("한·EU 협의 seoul.example/chips 참고"), ["참고", "협의"], "no addresses");
    }

    #[test]
    fn hangul_words_are_told_with_and_without_their_particle() {
        assert_eq!(words("공급망의 안정을"), ["공급망", "공급망의", "안정", "안정을"]);
        assert_eq!(words("협력을 강화한다"), ["협력", "협력을"], "a verb is no term");
        assert_eq!(words("협의"), ["협의"], "one syllable is no stem");
        assert_eq!(words("양자기술을 논의"), ["논의"], "a hit covers its compound");
        let apart: String = "공급망의".nfd().collect();
        assert_eq!(words(&apart), ["공급망", "공급망의"]);
    }

    #[test]
    fn a_stem_stands_for_its_forms_only_if_it_was_met_in_other_forms() {
        let counts = |all: &[(&str, u64)]| {
            all.iter().map(|(w, n)| ((Kind::Hangul, (*w).to_owned()), *n)).collect()
        };
        let shown = |all: &[(&str, u64)]| {
            stand_for_others(&counts(all)).into_iter().map(|(_, word)| word).collect::<Vec<_>>()
        };
        assert_eq!(shown(&[("공급망", 5), ("공급망의", 2), ("공급망을", 3)]), ["공급망"]);
        assert_eq!(shown(&[("정상회", 3), ("정상회의", 4), ("정상회의에서", 1)]), ["정상회의"]);
    }

    #[test]
    fn a_pair_stands_for_words_that_are_met_in_it_alone() {
        let counts = BTreeMap::from([
            ((Kind::Pair, "joint undertaking".to_owned()), 4),
            ((Kind::Word, "joint".to_owned()), 9),
            ((Kind::Word, "undertaking".to_owned()), 4),
        ]);
        let shown: Vec<_> = stand_for_others(&counts).into_iter().map(|(_, word)| word).collect();
        assert_eq!(shown, ["joint", "joint undertaking"]);
    }

    #[test]
    fn surprise_is_the_published_statistic_and_never_praises_what_is_rarer() {
        // Both halves alike: nothing to wonder at.
        assert!(surprise(10, 100, 100, 1_000).abs() < 1e-9);
        assert!(surprise(1, 100, 500, 1_000).abs() < 1e-9, "rarer in ours");
        // By hand: 2(10 ln 2 + 10 ln 2) for a word in all of ours and in none of as many others.
        assert!((surprise(10, 10, 0, 10) - 40.0 * 2.0_f64.ln()).abs() < 1e-9);
        assert!(surprise(8, 20, 2, 10_000) > surprise(8, 20, 200, 10_000));
        assert!(surprise(0, 0, 0, 0).abs() < 1e-9);
    }
}
