//! What single characters mean for matching: which are letters, which are joints between words,
//! which are nothing at all, and which stand for another.
//!
//! Tables only. It knows no text, no offsets and no terms; `fold` and `term` call it.

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, decompose_compatible,
};

/// Kinds of what stands between two words, as bits: a gap holds one or more of them.
pub(super) mod gap {
    /// White space.
    pub(in crate::matching) const SPACE: u8 = 1;
    /// A dash, a middle dot, a slash, a tilde, `&`, `+`: what joins two names.
    pub(in crate::matching) const JOINT: u8 = 2;
    /// A bracket or a quotation mark.
    pub(in crate::matching) const BRACKET: u8 = 4;
    /// A full stop.
    pub(in crate::matching) const STOP: u8 = 8;
    /// A comma.
    pub(in crate::matching) const COMMA: u8 = 16;
    /// An apostrophe.
    pub(in crate::matching) const APOSTROPHE: u8 = 32;
    /// Anything else that is no letter.
    pub(in crate::matching) const OTHER: u8 = 64;
    /// Only what one character or entity is made of (`㈜` is `(주)`): a gap without a kind.
    pub(in crate::matching) const INSIDE: u8 = 128;
}

/// Dashes, middle dots, slashes, tildes and what else joins two names; sorted.
const JOINTS: &[char] = &[
    '&', '+', '-', '/', '~', '\u{00B7}', '\u{00D7}', '\u{02D9}', '\u{0387}', '\u{119E}',
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2022}', '\u{2024}',
    '\u{2027}', '\u{2043}', '\u{2044}', '\u{2053}', '\u{207B}', '\u{2194}', '\u{2212}', '\u{2215}',
    '\u{2219}', '\u{22C5}', '\u{23AF}', '\u{2500}', '\u{2501}', '\u{25E6}', '\u{2E31}', '\u{2E33}',
    '\u{2E3A}', '\u{2E3B}', '\u{301C}', '\u{30FB}', '\u{3161}', '\u{318D}', '\u{A78F}', '\u{FE58}',
    '\u{FE63}', '\u{FF06}', '\u{FF0B}', '\u{FF0D}', '\u{FF0F}', '\u{FF5E}', '\u{FF65}',
];

/// Brackets and quotation marks; sorted.
const BRACKETS: &[char] = &[
    '"', '(', ')', '<', '>', '[', ']', '{', '}', '\u{00AB}', '\u{00BB}', '\u{201A}', '\u{201B}',
    '\u{201C}', '\u{201D}', '\u{201E}', '\u{201F}', '\u{2039}', '\u{203A}', '\u{231C}', '\u{231D}',
    '\u{231E}', '\u{231F}', '\u{2329}', '\u{232A}', '\u{2E22}', '\u{2E23}', '\u{2E24}', '\u{2E25}',
    '\u{3008}', '\u{3009}', '\u{300A}', '\u{300B}', '\u{300C}', '\u{300D}', '\u{300E}', '\u{300F}',
    '\u{3010}', '\u{3011}', '\u{3014}', '\u{3015}', '\u{3016}', '\u{3017}', '\u{3018}', '\u{3019}',
    '\u{301A}', '\u{301B}', '\u{301D}', '\u{301E}', '\u{301F}', '\u{FF02}', '\u{FF08}', '\u{FF09}',
    '\u{FF1C}', '\u{FF1E}', '\u{FF3B}', '\u{FF3D}', '\u{FF5B}', '\u{FF5D}', '\u{FF5F}', '\u{FF60}',
    '\u{FF62}', '\u{FF63}',
];

/// Scripts that differ in how words begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Hangul: words begin at an edge, particles and compounds follow.
    Hangul,
    /// Han, kana and others written without spaces: every character is an edge.
    Unspaced,
    /// Latin and all else: whole words, digits included.
    Spaced,
}

/// The script of a folded character.
pub(super) fn script(c: char) -> Script {
    match c {
        '\u{AC00}'..='\u{D7A3}' | '\u{1100}'..='\u{11FF}' => Script::Hangul,
        '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => {
            Script::Unspaced
        }
        _ => Script::Spaced,
    }
}

/// Whether it is a Hangul syllable, or a piece of one.
pub(super) fn is_hangul(c: char) -> bool {
    script(c) == Script::Hangul
}

/// Whether it is a Han character (where `李` may be the compatibility form).
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether it is kana, which makes the Han beside it Japanese.
pub(super) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}')
}

/// The Hangul that a Korean headline means by a single Han character: countries, sides, surnames
/// of presidents. Only these are folded, and only where no other Han stands beside them.
pub(super) fn hanja(c: char) -> Option<char> {
    Some(match c {
        '韓' => '한',
        '對' | '臺' => '대',
        '美' => '미',
        '英' => '영',
        '日' => '일',
        '中' => '중',
        '北' => '북',
        '南' => '남',
        '獨' => '독',
        '佛' => '불',
        '伊' | '李' => '이',
        '濠' => '호',
        '印' => '인',
        '越' => '월',
        '歐' => '구',
        '駐' => '주',
        '訪' => '방',
        '前' => '전',
        '新' => '신',
        '非' => '비',
        '反' => '반',
        '脫' => '탈',
        '親' => '친',
        '尹' => '윤',
        '文' => '문',
        '朴' => '박',
        '金' => '김',
        '靑' => '청',
        _ => return None,
    })
}

/// Whether it is nothing: zero-width characters, direction marks, variation selectors, soft hyphen.
pub(super) fn is_nothing(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether it is a number that counts headlines or notes and belongs to no word: in a ring, in
/// brackets, with a stop, or raised (`①EU`, `EU²`). Lowered ones do belong to one (`CO₂`).
fn is_number_in_a_ring(c: char) -> bool {
    matches!(c,
        '\u{00B2}' | '\u{00B3}' | '\u{00B9}' | '\u{2070}' | '\u{2074}'..='\u{2079}'
        | '\u{2460}'..='\u{249B}' | '\u{24EA}'..='\u{24FF}' | '\u{2776}'..='\u{2793}'
        | '\u{3251}'..='\u{325F}' | '\u{32B1}'..='\u{32BF}')
}

/// Whether it is a mark over or under a Latin letter; these are dropped (`é` is `e`).
pub(super) fn is_latin_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}

/// Whether it only continues the character before it: a mark, a vowel or final of a syllable that
/// is written in pieces.
pub(super) fn continues(c: char) -> bool {
    is_latin_mark(c) || canonical_combining_class(c) != 0 || matches!(c, '\u{1161}'..='\u{11FF}')
}

/// What a character is without its compatibility form (`ㅏ` and `ￂ` are vowels of syllables), the
/// first of several.
pub(super) fn opened(c: char) -> char {
    let mut first = None;
    if !c.is_ascii() {
        decompose_compatible(c, |d| first = first.or(Some(d)));
    }
    first.unwrap_or(c)
}

/// The kind of gap that a character makes; 0 for a letter, a digit or nothing at all.
pub(super) fn gap_kind(c: char) -> u8 {
    if c.is_ascii_alphanumeric() {
        return 0;
    }
    match c {
        '\u{3164}' => gap::SPACE,
        '.' | '\u{FF0E}' => gap::STOP,
        ',' | '\u{FF0C}' | '\u{3001}' => gap::COMMA,
        '\'' | '`' | '\u{00B4}' | '\u{02BC}' | '\u{2018}' | '\u{2019}' | '\u{FF07}' => {
            gap::APOSTROPHE
        }
        c if JOINTS.binary_search(&c).is_ok() => gap::JOINT,
        c if BRACKETS.binary_search(&c).is_ok() => gap::BRACKET,
        c if c.is_whitespace() => gap::SPACE,
        // Told here because the last question takes longest for Hangul.
        '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}' => 0,
        c if is_number_in_a_ring(c) => gap::OTHER,
        c if c.is_control() || is_nothing(c) || is_latin_mark(c) || c.is_alphanumeric() => 0,
        c if canonical_combining_class(c) != 0 => 0,
        _ => gap::OTHER,
    }
}

/// Gives the folded letters of one character to `put`: compatibility forms opened, marks of Latin
/// letters dropped, lower case, and the letters that Unicode leaves whole opened by hand.
pub(super) fn letters(c: char, put: &mut impl FnMut(char)) {
    decompose_compatible(c, |d| {
        if is_latin_mark(d) || is_nothing(d) {
            return;
        }
        for low in d.to_lowercase() {
            match low {
                'ß' => ['s', 's'].into_iter().for_each(&mut *put),
                'æ' => ['a', 'e'].into_iter().for_each(&mut *put),
                'œ' => ['o', 'e'].into_iter().for_each(&mut *put),
                'þ' => ['t', 'h'].into_iter().for_each(&mut *put),
                'ø' => put('o'),
                'ł' => put('l'),
                'đ' | 'ð' => put('d'),
                'ı' => put('i'),
                'ς' => put('σ'),
                low if is_latin_mark(low) => {}
                low => put(low),
            }
        }
    });
}

/// The ordinary form of a Han compatibility character.
pub(super) fn unify(c: char) -> char {
    let mut unified = c;
    if is_han(c) {
        decompose_canonical(c, |d| unified = d);
    }
    unified
}

/// What a character comes to, whatever stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One letter, which continues none.
    Letter(char),
    /// A gap of this kind.
    Gap(u8),
    /// Nothing at all.
    Nothing,
    /// Not known here: several letters, a mark that may join the letter before it, a piece of a
    /// syllable, or a character that the table leaves out.
    Unknown,
}

/// The meanings of the characters below Han and Hangul syllables (Latin, Greek, Cyrillic,
/// punctuation, kana), and of the full-width and half-width forms.
pub(super) struct Meanings(Vec<Meaning>);

/// The first character that the table leaves out, and where it goes on.
const MEANINGS_END: u32 = 0x3400;
const FORMS: Range<u32> = 0xFF00..0xFFF0;

/// The table, made when first asked for.
pub(super) fn meanings() -> &'static Meanings {
    static MEANINGS: LazyLock<Meanings> = LazyLock::new(|| {
        let all = (0..MEANINGS_END).chain(FORMS);
        Meanings(all.map(|code| char::from_u32(code).map_or(Meaning::Unknown, mean)).collect())
    });
    &MEANINGS
}

impl Meanings {
    /// The meaning of a character.
    pub(super) fn of(&self, c: char) -> Meaning {
        let at = match c as u32 {
            code @ 0..MEANINGS_END => code,
            code if FORMS.contains(&code) => code - FORMS.start + MEANINGS_END,
            _ => return Meaning::Unknown,
        };
        self.0.get(at as usize).copied().unwrap_or(Meaning::Unknown)
    }

    /// The meaning of a byte that is a character by itself; an ampersand may begin an entity.
    pub(super) fn ascii(&self, byte: u8) -> Option<Meaning> {
        if byte.is_ascii() && byte != b'&' { Some(self.of(char::from(byte))) } else { None }
    }
}

fn mean(c: char) -> Meaning {
    let kind = gap_kind(c);
    if kind != 0 {
        return Meaning::Gap(kind);
    }
    if is_nothing(c) || is_latin_mark(c) || c.is_control() {
        return Meaning::Nothing;
    }
    let (mut first, mut many) = (None, false);
    letters(c, &mut |letter| many |= first.replace(letter).is_some());
    match first {
        Some(letter)
            if !many
                && gap_kind(letter) == 0
                && !continues(letter)
                && !matches!(c, '\u{1100}'..='\u{1112}') =>
        {
            Meaning::Letter(letter)
        }
        None => Meaning::Nothing,
        _ => Meaning::Unknown,
    }
}
