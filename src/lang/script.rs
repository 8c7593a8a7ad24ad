//! In which script a text is written, and what that says of its language.
//!
//! A feed's claim is often its software's default (`en-US` over Korean news), and one name in Hangul
//! makes no English headline Korean: a claim counts where the letters bear it out. Takes texts and tags
//! and gives a tag; knows no item and no source. Called wherever a language is told or asked.

/// Letters by which a language is known, as weights: two for a letter of an alphabet, five for a
/// syllable of Hangul or kana and for a Han character, of which the same news needs two and a half times
/// fewer.
#[derive(Debug, Default)]
struct Letters {
    latin: u64,
    hangul: u64,
    han: u64,
    kana: u64,
    greek: u64,
    cyrillic: u64,
    other: u64,
}

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Hangul,
    Han,
    Japanese,
    Greek,
    Cyrillic,
    Other,
}

/// What the letters of a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// There are none.
    None,
    /// One script prevails.
    One(Script),
    /// An East Asian script and Latin side by side.
    BesideLatin(Script),
}

/// Shares of East Asian script beside Latin, in percent, from and up to which neither decides: Korean
/// with many acronyms, or English with many names.
const MIXED: std::ops::RangeInclusive<u64> = 35..=65;

/// Characters of each text that are looked at: a language shows in much less, and what comes far below
/// is as often a translation or a footer.
const LOOKED_AT: usize = 2_000;

/// The language of an item, as a BCP 47 tag.
///
/// `own` is what the item claims, `source` what its publisher writes as a rule, `texts` are headline,
/// lead and full text. The item's claim counts if its script agrees with the letters, then the
/// source's; else the letters tell: `ko`, `ja`, `zh`, `el`, or `en` for Latin letters that are not
/// plainly another language's. Where Hangul and Latin letters stand side by side (a share of 35 to
/// 65 %, a syllable counting 2.5 letters) both scripts agree; without any claim it is Korean then, unless
/// the Latin words make sentences. Texts without letters contradict nobody. `None` where nobody can say.
///
/// ```
/// use bongsu::lang::script::language;
/// let headline = "EU and Korea open the 한-EU quantum centre";
/// assert_eq!(language(None, Some("ko"), &[headline]), Some("en"));
/// assert_eq!(language(Some("ko-KR"), None, &["한-EU 양자기술 공동연구센터 개소"]), Some("ko-KR"));
/// ```
pub fn language<'a>(
    own: Option<&'a str>,
    source: Option<&'a str>,
    texts: &[&str],
) -> Option<&'a str> {
    let mut claims = [own, source].into_iter().flatten().map(str::trim).filter(|tag| is_tag(tag));
    match Letters::of(texts).writing() {
        Writing::None => claims.next(),
        Writing::One(script) => {
            claims.find(|tag| fits(tag, script)).or_else(|| usual(script, texts))
        }
        Writing::BesideLatin(script) => {
            let told = if is_sentence(texts) { Script::Latin } else { script };
            claims
                .find(|tag| fits(tag, script) || fits(tag, Script::Latin))
                .or_else(|| usual(told, texts))
        }
    }
}

/// Whether a tag is of the wanted language: `ko-KR` is `ko`, and so is `KO_kr`.
pub fn is_language(tag: &str, wanted: &str) -> bool {
    tag.eq_ignore_ascii_case(wanted) || primary(tag).eq_ignore_ascii_case(wanted)
}

/// The language of a tag without script and country.
fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

/// Whether a claim can be a tag for a language of the two-letter list, as all are that have news here.
/// The codes of countries that publishers write instead (`kr`, `jp`) are in it by accident or not at all.
fn is_tag(tag: &str) -> bool {
    let code = primary(tag);
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_country =
        ["kr", "jp", "cn", "us", "gb", "gr"].iter().any(|c| c.eq_ignore_ascii_case(code));
    let whole = tag.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    is_code && !is_country && whole
}

/// Whether a language is written in a script, by what the tag says or else by custom.
fn fits(tag: &str, script: Script) -> bool {
    let named = tag.split(['-', '_']).skip(1).find_map(|part| {
        Some(match part.to_ascii_lowercase().as_str() {
            "latn" => &[Script::Latin][..],
            "cyrl" => &[Script::Cyrillic],
            "grek" => &[Script::Greek],
            _ => return None,
        })
    });
    let code = primary(tag).to_ascii_lowercase();
    let scripts = named.unwrap_or(match code.as_str() {
        // Headlines of Korean papers may be hanja throughout.
        "ko" => &[Script::Hangul, Script::Han],
        "ja" => &[Script::Japanese, Script::Han],
        "zh" => &[Script::Han],
        "el" => &[Script::Greek],
        "be" | "bg" | "kk" | "ky" | "mk" | "mn" | "ru" | "tg" | "uk" => &[Script::Cyrillic],
        "bs" | "sr" => &[Script::Cyrillic, Script::Latin],
        "am" | "ar" | "bn" | "fa" | "he" | "hi" | "hy" | "ka" | "km" | "lo" | "my" | "ne"
        | "ps" | "si" | "ta" | "te" | "th" | "ur" => &[Script::Other],
        _ => &[Script::Latin],
    });
    scripts.contains(&script)
}

/// The language that a script stands for where nobody says which.
fn usual(script: Script, texts: &[&str]) -> Option<&'static str> {
    match script {
        Script::Hangul => Some("ko"),
        Script::Japanese => Some("ja"),
        Script::Han => Some("zh"),
        Script::Greek => Some("el"),
        Script::Latin => is_english(texts).then_some("en"),
        Script::Cyrillic | Script::Other => None,
    }
}

/// Little words of English, and of other languages of the Union; those that several share, or that
/// stand in names (von, de), are left out of one side or of both.
const ENGLISH: [&str; 21] = [
    "and", "are", "as", "at", "between", "by", "for", "from", "has", "in", "is", "its", "of", "on",
    "over", "the", "their", "to", "will", "with", "new",
];
const FOREIGN: [&str; 59] = [
    "aan", "au", "auf", "aux", "avec", "con", "czy", "da", "das", "dans", "degli", "del", "della",
    "den", "der", "des", "di", "die", "do", "dla", "dos", "du", "een", "ein", "eine", "el", "em",
    "en", "entre", "est", "et", "für", "gli", "het", "i", "il", "im", "la", "las", "le", "les",
    "los", "met", "mit", "na", "och", "og", "os", "para", "per", "por", "pour", "pro", "sur",
    "und", "une", "voor", "y", "zur",
];

/// Whether Latin letters may be told as English: no other language's little words outnumber its own.
fn is_english(texts: &[&str]) -> bool {
    let (mut english, mut foreign) = (0, 0);
    for word in words(texts).map(str::to_lowercase) {
        english += usize::from(ENGLISH.contains(&word.as_str()));
        foreign += usize::from(FOREIGN.contains(&word.as_str()));
    }
    foreign <= english
}

/// Whether Latin words are more than names and acronyms: little words, or words in small letters.
fn is_sentence(texts: &[&str]) -> bool {
    words(texts).any(|word| {
        let is_small = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        is_small || ENGLISH.contains(&word.to_lowercase().as_str())
    })
}

/// The words of texts, without addresses; Hangul and letters that stand together are apart.
fn words<'t>(texts: &[&'t str]) -> impl Iterator<Item = &'t str> {
    let pieces = texts.iter().flat_map(|text| start(text).split_whitespace());
    pieces
        .filter(|piece| !is_address(piece))
        .flat_map(|piece| piece.split(|c: char| !c.is_alphabetic() || ('가'..='힣').contains(&c)))
}

/// Whether a piece of text between spaces is or holds an address.
fn is_address(piece: &str) -> bool {
    piece.contains("://") || piece.contains("www.") || piece.contains('@')
}

/// The part of a text that is looked at.
fn start(text: &str) -> &str {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// Whether a character says nothing of a language: signs and digits; the vowels and final consonants
/// of a syllable in parts, which its first consonant has counted for; ㅋㅋ and the Korean dot ㆍ; the
/// middle dot and the long dash of Japanese, which others type as signs.
fn is_silent(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphabetic()
        || matches!(c,
            '\u{1160}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{d7b0}'..='\u{d7ff}'
            | '\u{30fb}' | '\u{30fc}')
}

impl Letters {
    fn of(texts: &[&str]) -> Self {
        let mut letters = Self::default();
        for word in texts.iter().flat_map(|text| start(text).split_whitespace()) {
            // The letters of an address are nobody's language; a particle may hang on to it.
            let skips = is_address(word);
            for c in word.chars().filter(|c| !(skips && c.is_ascii())) {
                letters.count(c);
            }
        }
        letters
    }

    fn count(&mut self, c: char) {
        match c {
            c if is_silent(c) => {}
            'a'..='z' | 'A'..='Z' => self.latin += 2,
            // Syllables, and the first consonants of those that came in parts.
            '가'..='힣' | '\u{1100}'..='\u{115e}' | '\u{a960}'..='\u{a97c}' => self.hangul += 5,
            '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' => self.han += 5,
            '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}' => {
                self.kana += 5;
            }
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' if c.is_alphabetic() => self.greek += 2,
            '\u{400}'..='\u{52f}' if c.is_alphabetic() => self.cyrillic += 2,
            'À'..='ɏ' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}' if c.is_alphabetic() => {
                self.latin += 2;
            }
            c if c.is_alphabetic() => self.other += 2,
            _ => {}
        }
    }

    /// What most of the letters are.
    fn writing(&self) -> Writing {
        let east = self.hangul + self.han + self.kana;
        let rest = [
            (self.greek, Script::Greek),
            (self.cyrillic, Script::Cyrillic),
            (self.other, Script::Other),
        ];
        let prevails = |(weight, _): &(u64, Script)| *weight > east.max(self.latin);
        if let Some((_, script)) = rest.into_iter().find(prevails) {
            return Writing::One(script);
        }
        let all = east + self.latin;
        if all == 0 {
            Writing::None
        } else if 100 * east < MIXED.start() * all {
            Writing::One(Script::Latin)
        } else if 100 * east > MIXED.end() * all {
            Writing::One(self.eastern())
        } else {
            Writing::BesideLatin(self.eastern())
        }
    }

    /// Which of the East Asian scripts it is. Han characters stand in all three: kana beside them, of
    /// which a Chinese slogan has one for fashion, make them Japanese, and Hangul Korean.
    fn eastern(&self) -> Script {
        if self.kana > self.hangul && 10 * self.kana >= self.han {
            Script::Japanese
        } else if self.han > 2 * self.hangul {
            Script::Han
        } else {
            Script::Hangul
        }
    }
}
