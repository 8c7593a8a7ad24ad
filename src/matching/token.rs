//! The words of a query: text to tokens, with every slip that can be told from a word alone.
//!
//! What is no word of the language (`&` for AND, a quote of another keyboard) is told and read as what it
//! was most likely meant for, so that the rest of the query is told as well. Knows no grammar; called by
//! `query`.

use crate::model::near::nearest;

/// `NEAR/n` over more words than this means nothing any more.
const NEAR_WORDS_MAX: usize = 100;

/// The fields of a query.
const FIELDS: [&str; 8] = ["title", "lead", "head", "body", "text", "category", "source", "lang"];

/// Quotes that a phrase may stand in, with those that close it.
const QUOTES: &[(char, &str)] =
    &[('"', "\"“”"), ('“', "\"“”"), ('”', "\"“”"), ('„', "\"“”"), ('＂', "\"＂"), ('«', "»")];

/// Quotes that are none of the language, with those that would close them.
const OTHER_QUOTES: &[(char, &str)] = &[
    ('\'', "'"),
    ('`', "`'"),
    ('‘', "’‘"),
    ('’', "’"),
    ('‚', "‘’"),
    ('‹', "›"),
    ('»', "«"),
    ('「', "」"),
    ('『', "』"),
];

/// Why a query cannot be read, or should not be read as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misread {
    /// Where, in characters from the start.
    pub(super) offset: usize,
    pub(super) message: String,
    pub(super) cure: Option<String>,
}

impl Misread {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), cure: None }
    }

    pub(super) fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(usize, bool),
    Sentence,
    Field(&'static str),
    Name(String),
    /// A word, or a phrase in quotes.
    Word(String, bool),
    /// A phrase without an end.
    Unclosed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) offset: usize,
    pub(super) kind: Kind,
}

/// The tokens of a query; what is wrong with them is put among the faults.
pub(super) fn tokens(query: &str, faults: &mut Vec<Misread>) -> Vec<Token> {
    let chars: Vec<char> = query.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0, tokens: Vec::new(), faults };
    while lexer.at < chars.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'q> {
    chars: &'q [char],
    at: usize,
    tokens: Vec<Token>,
    faults: &'q mut Vec<Misread>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let offset = self.at;
        match self.chars[offset] {
            c if c.is_whitespace() => self.at += 1,
            '(' => self.put(offset, Kind::Open, 1),
            ')' => self.put(offset, Kind::Close, 1),
            c => {
                if let Some(closing) = closing(QUOTES, c) {
                    return self.phrase(closing);
                }
                if let Some(closing) = closing(OTHER_QUOTES, c)
                    && let Some(len) = self.quoted(closing)
                {
                    let phrase: String = self.chars[offset + 1..offset + 1 + len].iter().collect();
                    let fault = Misread::new(offset, format!("`{c}` is no quote of a query"));
                    self.faults.push(fault.cure(format!("write \"{phrase}\"")));
                    return self.put(offset, Kind::Word(phrase, true), len + 2);
                }
                let rest = &self.chars[offset..];
                let len = rest.iter().position(|c| is_stop(*c)).unwrap_or(rest.len());
                let word: String = rest[..len].iter().collect();
                self.word(&word, offset);
            }
        }
    }

    fn put(&mut self, offset: usize, kind: Kind, used: usize) {
        self.tokens.push(Token { offset, kind });
        self.at = offset + used;
    }

    /// A phrase in quotes.
    fn phrase(&mut self, closing: &str) {
        let offset = self.at;
        let rest = &self.chars[offset + 1..];
        if let Some(len) = rest.iter().position(|c| closing.contains(*c)) {
            let phrase = rest[..len].iter().collect();
            return self.put(offset, Kind::Word(phrase, true), len + 2);
        }
        // Of three quotes the one without a partner is often an earlier one: it swallowed operators.
        let swallowed = |token: &Token| matches!(&token.kind, Kind::Word(phrase, true) if holds_operator(phrase));
        let first = self.tokens.iter().position(swallowed).unwrap_or(self.tokens.len());
        let open = self.tokens.get(first).map_or(offset, |token| token.offset);
        self.faults.push(Misread::new(open, "phrase is not closed").cure("end it with `\"`"));
        // From there on nobody knows what is a phrase: more faults would be false ones.
        self.tokens.truncate(first);
        self.put(open, Kind::Unclosed, 0);
        self.at = self.chars.len();
    }

    /// How long a phrase in quotes of another kind is, if they close where a word ends.
    fn quoted(&self, closing: &str) -> Option<usize> {
        let rest = &self.chars[self.at + 1..];
        let ends = |at: usize| rest.get(at + 1).is_none_or(|c| is_stop(*c));
        let stop = rest.iter().position(|c| matches!(c, '(' | ')' | '"')).unwrap_or(rest.len());
        rest[..stop]
            .iter()
            .enumerate()
            .find(|(at, c)| closing.contains(**c) && ends(*at))
            .map(|f| f.0)
    }

    /// What stands without quotes, up to a space, a bracket or a quote.
    fn word(&mut self, word: &str, offset: usize) {
        if let Some((signs, meant)) = sign(word) {
            self.faults.push(meant.fault(offset, signs));
            match meant {
                Meant::And => self.put(offset, Kind::And, signs.chars().count()),
                Meant::Or => self.put(offset, Kind::Or, signs.chars().count()),
            }
            return;
        }
        if word.starts_with(['-', '!', '−', '–']) {
            let sign: String = word.chars().take(1).collect();
            let fault = Misread::new(offset, format!("`{sign}` before a word means nothing here"));
            self.faults.push(
                fault.cure(
                    "write NOT, or AND NOT; a sign that belongs to a phrase stands in quotes",
                ),
            );
            // Read as meant, unless an operator has to come first.
            self.at += 1;
            return;
        }
        if let Some(name) = word.strip_prefix('@') {
            let is_of_name =
                |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '*');
            let name: String = name.chars().take_while(|c| is_of_name(*c)).collect();
            let used = name.chars().count() + 1;
            return self.put(offset, Kind::Name(name), used);
        }
        if let Some((name, _)) = word.split_once(':') {
            return self.field(name, offset);
        }
        // `semiconductor|chip`, `EU&&Korea`: what joins two terms stands between them.
        if let Some((before, _)) =
            ["|", "&&", "&@"].iter().filter_map(|s| word.split_once(s)).min_by_key(|s| s.0.len())
        {
            let (before, used) = (before.to_owned(), before.chars().count());
            return self.put(offset, Kind::Word(before, false), used);
        }
        let kind = self.kind(word, offset);
        self.put(offset, kind, word.chars().count());
    }

    fn field(&mut self, name: &str, offset: usize) {
        let used = name.chars().count() + 1;
        if let Some(field) = FIELDS.iter().find(|field| **field == name) {
            return self.put(offset, Kind::Field(field), used);
        }
        let cure = match nearest(name, FIELDS) {
            Some(near) => format!("did you mean `{near}:`? "),
            None => String::new(),
        };
        let fields = FIELDS.map(|field| format!("{field}:")).join(", ");
        let fault = Misread::new(offset, format!("field `{name}:` is unknown"));
        self.faults.push(
            fault.cure(format!("{cure}fields are {fields}; a colon in a phrase needs quotes")),
        );
        self.at = offset + used;
    }

    fn kind(&mut self, word: &str, offset: usize) -> Kind {
        match word {
            "AND" => Kind::And,
            "OR" => Kind::Or,
            "NOT" => Kind::Not,
            "SENTENCE" => Kind::Sentence,
            _ if ["NEAR", "ONEAR"].contains(&word.split('/').next().unwrap_or_default()) => {
                let words = word.split_once('/').and_then(|(_, n)| n.parse().ok());
                let words = words.filter(|n| (1..=NEAR_WORDS_MAX).contains(n));
                if words.is_none() {
                    let fault = Misread::new(offset, format!("`{word}` does not say how near"));
                    self.faults.push(
                        fault.cure(format!("write NEAR/n with n words from 1 to {NEAR_WORDS_MAX}")),
                    );
                }
                Kind::Near(words.unwrap_or(1), word.starts_with('O'))
            }
            _ => Kind::Word(word.to_owned(), false),
        }
    }
}

/// What a sign in the place of an operator was meant for.
#[derive(Clone, Copy)]
enum Meant {
    And,
    Or,
}

impl Meant {
    fn fault(self, offset: usize, signs: &str) -> Misread {
        let cure = match (self, signs) {
            (Self::Or, "," | ";" | "、" | "，") => {
                "write OR for one of them, AND for both; a comma that belongs to a phrase stands in quotes"
            }
            (Self::Or, _) => "write OR; a sign that belongs to a phrase stands in quotes",
            (Self::And, _) => "write AND; a sign that belongs to a phrase stands in quotes",
        };
        Misread::new(offset, format!("`{signs}` is no operator")).cure(cure)
    }
}

/// The sign that stands for an operator at the start of a word.
fn sign(word: &str) -> Option<(&str, Meant)> {
    let signs = [
        ("&&", Meant::And),
        ("&", Meant::And),
        ("||", Meant::Or),
        ("|", Meant::Or),
        (",", Meant::Or),
        (";", Meant::Or),
        ("，", Meant::Or),
        ("、", Meant::Or),
    ];
    let found = signs.into_iter().find(|(sign, _)| word.starts_with(sign));
    // A plus is the start of a name (`+82`), unless it stands alone or before a concept.
    let plus = || (word == "+" || word.starts_with("+@")).then_some(("+", Meant::And));
    found.or_else(plus)
}

fn closing(quotes: &[(char, &'static str)], open: char) -> Option<&'static str> {
    quotes.iter().find(|(quote, _)| *quote == open).map(|(_, closing)| *closing)
}

fn is_stop(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')') || closing(QUOTES, c).is_some()
}

/// Whether a phrase has swallowed a piece of the query.
fn holds_operator(phrase: &str) -> bool {
    phrase.contains('@')
        || phrase.split_whitespace().any(|word| ["AND", "OR", "NOT"].contains(&word))
}

/// Whether a word was meant for an operator, in small letters or another language.
pub(super) fn is_spoken_operator(word: &str) -> bool {
    const SPOKEN: [&str; 14] = [
        "and",
        "or",
        "not",
        "near",
        "및",
        "와",
        "과",
        "그리고",
        "또는",
        "혹은",
        "und",
        "oder",
        "et",
        "ou",
    ];
    SPOKEN.contains(&word.to_lowercase().as_str())
}
