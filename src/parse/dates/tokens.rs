//! A date as numbers, words and signs, with what is bracketed put aside.
//!
//! Part of `dates::instant`, which takes the time, the zone and the day out of them in turn.

use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;

use crate::parse::dates::zones;

/// One piece of a date.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// White space (or a bracket) stands before it.
    pub(super) gap: bool,
}

/// What a piece is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Number {
        value: u64,
        digits: usize,
    },
    /// As written, and in lower case without accents.
    Word {
        written: String,
        folded: String,
    },
    Sign(char),
    /// Was understood and taken.
    Taken,
}

/// The pieces of a date.
#[derive(Debug)]
pub(super) struct Tokens {
    list: Vec<Token>,
    /// Words in brackets: `(KST)`, `[Asia/Seoul]`.
    pub(super) asides: Vec<String>,
}

/// The units that stand right behind a number in Korean, Japanese and Chinese.
const UNITS: &str = "년월일시분초年月日号號時时点點分秒";

impl Tokens {
    pub(super) fn read(text: &str) -> Self {
        let text: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
        let text = text.replace("a.m.", "am").replace("p.m.", "pm");
        let text = text.replace("A.M.", "am").replace("P.M.", "pm");
        let chars: Vec<char> = text.chars().collect();
        let mut tokens = Tokens { list: Vec::with_capacity(16), asides: Vec::new() };
        let (mut at, mut gap) = (0, true);
        while let Some(&c) = chars.get(at) {
            let start = at;
            at += 1;
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if matches!(c, '(' | '[') {
                at = tokens.aside(&chars, at);
                gap = true;
                continue;
            }
            if c.is_ascii_digit() {
                at = run(&chars, start, |c| c.is_ascii_digit());
                tokens.number(&chars, start, at, gap);
            } else if is_letter(c) {
                at = tokens.word(&chars, start, gap);
            } else {
                let sign = if matches!(c, '−' | '–' | '‐' | '‑') { '-' } else { c };
                tokens.push(Kind::Sign(sign), gap);
            }
            gap = false;
        }
        tokens
    }

    fn push(&mut self, kind: Kind, gap: bool) {
        self.list.push(Token { kind, gap });
    }

    /// Puts a bracketed text aside and gives the position behind it.
    fn aside(&mut self, chars: &[char], from: usize) -> usize {
        let (mut depth, mut at) = (1, from);
        while let Some(c) = chars.get(at) {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        self.asides.push(chars.get(from..at).unwrap_or_default().iter().collect());
        at + 1
    }

    fn number(&mut self, chars: &[char], start: usize, end: usize, gap: bool) {
        let digits = chars.get(start..end).unwrap_or_default();
        let value = digits.iter().fold(0_u64, |value, digit| {
            value.saturating_mul(10).saturating_add(u64::from(digit.to_digit(10).unwrap_or(0)))
        });
        self.push(Kind::Number { value, digits: digits.len() }, gap);
    }

    /// Reads the word at `start` and gives the position behind it.
    fn word(&mut self, chars: &[char], start: usize, gap: bool) -> usize {
        let follows_number =
            !gap && matches!(self.list.last(), Some(Token { kind: Kind::Number { .. }, .. }));
        let is_unit = chars.get(start).is_some_and(|c| UNITS.contains(*c));
        let mut end = run(chars, start, is_letter);
        if follows_number && is_unit {
            end = start + 1;
        } else if chars.get(end) == Some(&'/') {
            let is_zone_part = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
            let long_end = run(chars, end, is_zone_part);
            let name: String = chars.get(start..long_end).unwrap_or_default().iter().collect();
            if zones::named(&name).is_some() {
                end = long_end;
            }
        }
        let written: String = chars.get(start..end).unwrap_or_default().iter().collect();
        let folded = fold(&written);
        self.push(Kind::Word { written, folded }, gap);
        end
    }
}

impl Tokens {
    /// Every token, taken or not.
    pub(super) fn all(&self) -> &[Token] {
        &self.list
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.list.get(at)
    }

    /// The number at `at`, if there is one that nobody took.
    pub(super) fn number_at(&self, at: usize) -> Option<(u64, usize)> {
        self.get(at)?.number()
    }

    pub(super) fn is_sign_at(&self, at: usize, sign: char) -> bool {
        self.get(at).is_some_and(|token| token.is_sign(sign))
    }

    /// The folded word at `at`; empty when there is none.
    pub(super) fn word_at(&self, at: usize) -> &str {
        self.get(at).map(Token::word).unwrap_or_default()
    }

    pub(super) fn gap_at(&self, at: usize) -> bool {
        self.get(at).is_none_or(|token| token.gap)
    }

    pub(super) fn take(&mut self, from: usize, to: usize) {
        for token in self.list.iter_mut().take(to).skip(from) {
            token.kind = Kind::Taken;
        }
    }

    /// The time of the one country in whose writing the date is: Hangul, or words of the clock and
    /// the week that only Japanese or Chinese has (`年月日` are in both). `時` alone is Japan's;
    /// the rare `時` of Taiwan is an hour from it.
    pub(super) fn country_of_writing(&self) -> Option<Tz> {
        const CHINESE: [&str; 9] = ["上午", "下午", "星期", "周", "週", "点", "點", "时", "号"];
        const JAPANESE: [&str; 4] = ["午前", "午後", "曜", "時"];
        let words = self.list.iter().map(Token::word).chain(self.asides.iter().map(String::as_str));
        let has =
            |signs: &[&str]| words.clone().any(|word| signs.iter().any(|sign| word.contains(sign)));
        if words.clone().any(|word| word.chars().any(|c| ('가'..='힣').contains(&c))) {
            Some(Tz::Asia__Seoul)
        } else if has(&CHINESE) {
            Some(Tz::Asia__Shanghai)
        } else {
            has(&JAPANESE).then_some(Tz::Asia__Tokyo)
        }
    }

    /// Splits `20261001103352`, `202610011033` and `20261001103352123` into day and time.
    pub(super) fn split_compact(&mut self) {
        let Some((value, digits)) = self.number_at(0) else { return };
        let (value, digits) = if digits == 17 { (value / 1000, 14) } else { (value, digits) };
        let time_digits = match digits {
            10 => 2,
            12 => 4,
            14 => 6,
            _ => return,
        };
        let unit = 10_u64.pow(time_digits);
        let part = |value, digits: u32| Token {
            kind: Kind::Number { value, digits: digits as usize },
            gap: false,
        };
        let t = Kind::Word { written: "T".to_owned(), folded: "t".to_owned() };
        let time =
            [part(value / unit, 8), Token { kind: t, gap: false }, part(value % unit, time_digits)];
        self.list.splice(0..1, time);
    }
}

fn run(chars: &[char], start: usize, belongs: impl Fn(char) -> bool) -> usize {
    let rest = chars.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|c| belongs(**c)).count()
}

fn is_letter(c: char) -> bool {
    c == '_' || c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{3164}' | '\u{1160}')
}

/// Lower case without accents and strokes; Hangul and Han as they are.
pub(super) fn fold(word: &str) -> String {
    let lower = word.chars().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(word.len());
    for c in lower {
        match c {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'ħ' => folded.push('h'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            ..'\u{1100}' => {
                let bare = std::iter::once(c).nfd();
                folded.extend(bare.filter(|c| !unicode_normalization::char::is_combining_mark(*c)));
            }
            _ => folded.push(c),
        }
    }
    folded
}
