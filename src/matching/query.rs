//! The query language: text to expression, or the first fault with its offset.
//!
//! `AND OR NOT ( ) "phrases" word* *word @name NEAR/n ONEAR/n SENTENCE(…)` and the fields
//! `title: lead: head: body: text: category: source: lang:` (`head:` is title or lead, `text:` any of
//! title, lead and body). `NEAR` binds closest, then `NOT`, `AND`, `OR`.
//! Knows no concepts and no watches: names are resolved by `compile`.

/// Parentheses deeper than this are a mistake, and would only use up the stack.
const DEPTH_MAX: usize = 64;

/// A query longer than this (characters) belongs into concepts.
const QUERY_CHARS_MAX: usize = 20_000;

/// `NEAR/n` over more words than this means nothing any more.
const NEAR_WORDS_MAX: usize = 100;

/// Fields as bits.
pub(super) mod field {
    /// The headline.
    pub(in crate::matching) const TITLE: u8 = 1;
    /// The lead.
    pub(in crate::matching) const LEAD: u8 = 2;
    /// The full text.
    pub(in crate::matching) const BODY: u8 = 4;
    /// The headline or the lead.
    pub(in crate::matching) const HEAD: u8 = 3;
    /// Any of the three.
    pub(in crate::matching) const TEXT: u8 = 7;
    /// Any of the labels that the publisher files the item under.
    pub(in crate::matching) const CATEGORY: u8 = 8;
    /// All of these.
    pub(in crate::matching) const ALL: u8 = 15;
}

/// A query, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Near {
        words: usize,
        ordered: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Sentence(Box<Expr>),
    Field(u8, Box<Expr>),
    Source(String),
    Lang(String),
    /// `@name`, with its offset in characters.
    Name(String, usize),
    /// A word or phrase, with its offset in characters.
    Word(String, usize),
}

/// Why a query cannot be read.
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

/// Reads a query.
pub(super) fn parse(query: &str) -> Result<Expr, Misread> {
    let tokens = tokens(query)?;
    let end = query.chars().count();
    let mut parser = Parser { tokens: &tokens, at: 0, end, depth: 0 };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(Token { offset, kind: Kind::Close }) => {
            Err(Misread::new(*offset, "`)` closes nothing").cure("remove it, or open it with `(`"))
        }
        Some(token) => Err(missing_operator(token)),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Near(usize, bool),
    Sentence,
    Field(&'static str),
    Name(String),
    Word(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    offset: usize,
    kind: Kind,
}

fn tokens(query: &str) -> Result<Vec<Token>, Misread> {
    let chars: Vec<char> = query.chars().take(QUERY_CHARS_MAX + 1).collect();
    if chars.len() > QUERY_CHARS_MAX {
        return Err(Misread::new(0, format!("query is longer than {QUERY_CHARS_MAX} characters"))
            .cure("put its terms into a concept and name that with `@`"));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let offset = at;
        let kind = match chars[at] {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' => Kind::Open,
            ')' => Kind::Close,
            '"' | '“' | '”' => {
                let close = |c: &char| matches!(c, '"' | '“' | '”');
                let Some(len) = chars[at + 1..].iter().position(close) else {
                    return Err(
                        Misread::new(offset, "phrase is not closed").cure("end it with `\"`")
                    );
                };
                at += len + 1;
                Kind::Word(chars[offset + 1..at].iter().collect())
            }
            _ => {
                let stop = |c: &char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | '“' | '”');
                let len = chars[at..].iter().position(stop).unwrap_or(chars.len() - at);
                let word: String = chars[at..at + len].iter().collect();
                let (kind, used) = word_kind(&word, offset)?;
                at += used.saturating_sub(1);
                kind
            }
        };
        at += 1;
        tokens.push(Token { offset, kind });
    }
    Ok(tokens)
}

/// What an unquoted word is, and how many of its characters belong to it.
fn word_kind(word: &str, offset: usize) -> Result<(Kind, usize), Misread> {
    let len = word.chars().count();
    if let Some((name, _)) = word.split_once(':') {
        const FIELDS: [&str; 8] =
            ["title", "lead", "head", "body", "text", "category", "source", "lang"];
        let Some(field) = FIELDS.iter().find(|f| **f == name) else {
            return Err(Misread::new(offset, format!("field `{name}:` is unknown")).cure(
                "fields are title:, lead:, head:, body:, text:, category:, source:, lang:; a colon in a phrase needs quotes",
            ));
        };
        return Ok((Kind::Field(field), field.len() + 1));
    }
    if word.starts_with(['-', '!', '−', '–']) {
        let sign: String = word.chars().take(1).collect();
        return Err(Misread::new(offset, format!("`{sign}` before a word means nothing here"))
            .cure("write NOT, or AND NOT; a sign that belongs to a phrase stands in quotes"));
    }
    if let Some(name) = word.strip_prefix('@') {
        return Ok((Kind::Name(name.to_owned()), len));
    }
    let kind = match word {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "NOT" => Kind::Not,
        "SENTENCE" => Kind::Sentence,
        _ if word == "NEAR"
            || word == "ONEAR"
            || word.starts_with("NEAR/")
            || word.starts_with("ONEAR/") =>
        {
            let words = word.split_once('/').and_then(|(_, n)| n.parse().ok());
            match words.filter(|n| (1..=NEAR_WORDS_MAX).contains(n)) {
                Some(words) => Kind::Near(words, word.starts_with('O')),
                None => {
                    return Err(Misread::new(offset, format!("`{word}` does not say how near"))
                        .cure(format!("write NEAR/n with n words from 1 to {NEAR_WORDS_MAX}")));
                }
            }
        }
        _ => Kind::Word(word.to_owned()),
    };
    Ok((kind, len))
}

fn missing_operator(token: &Token) -> Misread {
    let misread = Misread::new(token.offset, "AND, OR or NEAR/n is missing before this");
    match &token.kind {
        Kind::Word(word)
            if ["and", "or", "not", "near"].contains(&word.to_lowercase().as_str()) =>
        {
            misread.cure("operators are written in capitals; a phrase stands in quotes")
        }
        Kind::Not => misread.cure("write AND NOT"),
        _ => misread.cure("a phrase of several words stands in quotes"),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek().is_some_and(|t| t.kind == *kind);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Expr, Misread> {
        let mut all = vec![self.and()?];
        while self.take(&Kind::Or) {
            all.push(self.and()?);
        }
        Ok(one_or(all, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr, Misread> {
        let mut all = vec![self.not()?];
        while self.take(&Kind::And) {
            all.push(self.not()?);
        }
        Ok(one_or(all, Expr::And))
    }

    fn not(&mut self) -> Result<Expr, Misread> {
        let mut negated = false;
        while self.take(&Kind::Not) {
            negated = !negated;
        }
        let expr = self.near()?;
        Ok(if negated { Expr::Not(Box::new(expr)) } else { expr })
    }

    fn near(&mut self) -> Result<Expr, Misread> {
        let mut offset = self.peek().map_or(self.end, |t| t.offset);
        let mut left = self.primary()?;
        let mut chain = 0;
        while let Some(Token { kind: Kind::Near(words, ordered), .. }) = self.peek() {
            self.at += 1;
            chain += 1;
            if chain > DEPTH_MAX {
                return Err(too_deep(offset));
            }
            placed(&left, offset)?;
            offset = self.peek().map_or(self.end, |t| t.offset);
            let right = self.primary()?;
            placed(&right, offset)?;
            let (left_box, right) = (Box::new(left), Box::new(right));
            left = Expr::Near { words: *words, ordered: *ordered, left: left_box, right };
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expr, Misread> {
        let Some(token) = self.peek() else {
            return Err(Misread::new(
                self.end,
                "query ends where a word, phrase or @concept is due",
            ));
        };
        self.at += 1;
        let offset = token.offset;
        match &token.kind {
            Kind::Open => self.group(offset),
            Kind::Sentence => match self.peek() {
                Some(Token { kind: Kind::Open, offset }) => {
                    self.at += 1;
                    Ok(Expr::Sentence(Box::new(self.group(*offset)?)))
                }
                _ => Err(Misread::new(offset, "SENTENCE needs `(…)` behind it")
                    .cure("write SENTENCE(a AND b)")),
            },
            Kind::Field(name) => self.field(name, offset),
            Kind::Name(name) if name.is_empty() => {
                Err(Misread::new(offset, "`@` names no concept").cure("write @id"))
            }
            Kind::Name(name) => Ok(Expr::Name(name.clone(), offset)),
            Kind::Word(word) => Ok(Expr::Word(word.clone(), offset)),
            Kind::Close => {
                Err(Misread::new(offset, "`)` stands where a word, phrase or @concept is due"))
            }
            Kind::And | Kind::Or | Kind::Not | Kind::Near(..) => {
                Err(Misread::new(offset, "operator stands where a word, phrase or @concept is due")
                    .cure("a word that looks like an operator stands in quotes"))
            }
        }
    }

    fn group(&mut self, offset: usize) -> Result<Expr, Misread> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(too_deep(offset));
        }
        let expr = self.or()?;
        self.depth -= 1;
        if self.take(&Kind::Close) {
            return Ok(expr);
        }
        match self.peek() {
            Some(token) => Err(missing_operator(token)),
            None => Err(Misread::new(offset, "`(` is not closed").cure("close it with `)`")),
        }
    }

    fn field(&mut self, name: &str, offset: usize) -> Result<Expr, Misread> {
        let mask = match name {
            "title" => field::TITLE,
            "lead" => field::LEAD,
            "head" => field::HEAD,
            "body" => field::BODY,
            "text" => field::TEXT,
            "category" => field::CATEGORY,
            _ => 0,
        };
        if mask != 0 {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return Err(too_deep(offset));
            }
            let expr = self.primary()?;
            self.depth -= 1;
            return Ok(Expr::Field(mask, Box::new(expr)));
        }
        let Some(Token { kind: Kind::Word(word), .. }) = self.peek() else {
            return Err(Misread::new(offset, format!("`{name}:` needs a word right behind it")));
        };
        self.at += 1;
        let word = word.to_lowercase();
        Ok(if name == "lang" { Expr::Lang(word) } else { Expr::Source(word) })
    }
}

fn too_deep(offset: usize) -> Misread {
    Misread::new(offset, format!("query is nested deeper than {DEPTH_MAX}"))
        .cure("put parts of it into concepts")
}

/// Only what has a place in the text can be near something.
fn placed(expr: &Expr, offset: usize) -> Result<(), Misread> {
    match expr {
        Expr::Name(..) | Expr::Word(..) | Expr::Near { .. } => Ok(()),
        Expr::Or(all) => all.iter().try_for_each(|e| placed(e, offset)),
        _ => Err(Misread::new(offset, "this has no place of its own for NEAR to measure from")
            .cure(
                "NEAR joins words, phrases, @concepts, or several of them with OR in parentheses",
            )),
    }
}

fn one_or(mut all: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    if all.len() == 1 { all.remove(0) } else { many(all) }
}
