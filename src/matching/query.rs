//! The query language: text to expression, and all faults with their offsets.
//!
//! `AND OR NOT ( ) "phrases" word* *word @name NEAR/n ONEAR/n SENTENCE(…)` and the fields
//! `title: lead: head: body: text: category: source: lang:` (`head:` is title or lead, `text:` any of
//! title, lead and body). `NEAR` binds closest, then `NOT`, `AND`, `OR`.
//! Knows no concepts and no watches: names are resolved by `compile`.

use crate::matching::token::{Kind, Misread, Token, is_spoken_operator, tokens};

/// Parentheses deeper than this are a mistake, and would only use up the stack.
const DEPTH_MAX: usize = 64;

/// A query longer than this (characters) belongs into concepts.
const QUERY_CHARS_MAX: usize = 20_000;

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
    /// A word or phrase, whether it stood in quotes, and its offset in characters.
    Word(String, bool, usize),
    /// What could not be read.
    Nothing,
}

/// A query, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Nothing holds where a fault is.
    pub(super) expr: Expr,
    /// All of them, in their order.
    pub(super) faults: Vec<Misread>,
}

/// Reads a query, over its faults to its end, so that all of them are told at once.
pub(super) fn parse(query: &str) -> Reading {
    if query.chars().count() > QUERY_CHARS_MAX {
        let fault = Misread::new(0, format!("query is longer than {QUERY_CHARS_MAX} characters"))
            .cure("put its terms into a concept and name that with `@`");
        return Reading { expr: Expr::Nothing, faults: vec![fault] };
    }
    let mut faults = Vec::new();
    let tokens = tokens(query, &mut faults);
    let end = query.chars().count();
    let mut parser = Parser { tokens: &tokens, at: 0, end, depth: 0, faults };
    let read = parser.whole();
    let mut faults = parser.faults;
    let expr = read.unwrap_or_else(|fault| {
        faults.push(fault);
        Expr::Nothing
    });
    faults.sort_by_key(|fault| fault.offset);
    faults.dedup();
    Reading { expr, faults }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    end: usize,
    depth: usize,
    faults: Vec<Misread>,
}

/// An error is what forbids to read on.
impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let found = self.peek().is_some_and(|t| t.kind == *kind);
        self.at += usize::from(found);
        found
    }

    fn whole(&mut self) -> Result<Expr, Misread> {
        let mut all = vec![self.or()?];
        while let Some(token) = self.peek() {
            // What ends a query early is only a bracket: all else is read on over.
            let fault = Misread::new(token.offset, "`)` closes nothing");
            self.faults.push(fault.cure("remove it, or open it with `(`"));
            self.at += 1;
            let goes_on = |kind: &Kind| !matches!(kind, Kind::Close | Kind::And | Kind::Or);
            self.at +=
                usize::from(self.peek().is_some_and(|t| matches!(t.kind, Kind::And | Kind::Or)));
            if self.peek().is_some_and(|token| goes_on(&token.kind)) {
                all.push(self.or()?);
            }
        }
        Ok(one_or(all, Expr::And))
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
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Or | Kind::Close => break,
                Kind::And => self.at += 1,
                _ => self.missing_operator(token),
            }
            all.push(self.not()?);
        }
        Ok(one_or(all, Expr::And))
    }

    /// Tells that nothing joins a token to the one before it. What was meant for an operator is passed
    /// over.
    fn missing_operator(&mut self, token: &Token) {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let spoken = |token: &Token| matches!(&token.kind, Kind::Word(word, false) if is_spoken_operator(word));
        let misread = Misread::new(token.offset, "AND, OR or NEAR/n is missing before this");
        let listed = |token: &Token| matches!(&token.kind, Kind::Word(word, false) if word.ends_with([',', ';']));
        let cure = if spoken(token) || before.is_some_and(spoken) {
            "operators are written in capitals; a phrase stands in quotes"
        } else if token.kind == Kind::Not {
            "write AND NOT"
        } else if before.is_some_and(listed) {
            "a comma joins nothing: write OR for one of them, AND for both; a phrase stands in quotes"
        } else {
            "a phrase of several words stands in quotes"
        };
        // Of `a and b` one fault is enough: the word is told, not what stands behind it.
        if self
            .faults
            .last()
            .is_none_or(|last| before.is_none_or(|b| last.offset != b.offset || !spoken(b)))
        {
            self.faults.push(misread.cure(cure));
        }
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
            self.faults.extend(unplaced(&left, offset));
            offset = self.peek().map_or(self.end, |t| t.offset);
            let right = self.primary()?;
            self.faults.extend(unplaced(&right, offset));
            let (left_box, right) = (Box::new(left), Box::new(right));
            left = Expr::Near { words: *words, ordered: *ordered, left: left_box, right };
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expr, Misread> {
        while let Some(token) = self.peek() {
            let offset = token.offset;
            match &token.kind {
                Kind::And | Kind::Or | Kind::Not | Kind::Near(..) => {
                    self.at += 1;
                    let fault = Misread::new(
                        offset,
                        "operator stands where a word, phrase or @concept is due",
                    );
                    self.faults
                        .push(fault.cure("a word that looks like an operator stands in quotes"));
                }
                Kind::Close => {
                    let message = "`)` stands where a word, phrase or @concept is due";
                    self.faults.push(Misread::new(offset, message));
                    // One that closes nothing is passed over, once told.
                    self.at += usize::from(self.depth == 0);
                    return Ok(Expr::Nothing);
                }
                kind => {
                    self.at += 1;
                    return self.operand(kind, offset);
                }
            }
        }
        let message = "query ends where a word, phrase or @concept is due";
        self.faults.push(Misread::new(self.end, message));
        Ok(Expr::Nothing)
    }

    /// What a token says that is no operator.
    fn operand(&mut self, kind: &Kind, offset: usize) -> Result<Expr, Misread> {
        match kind {
            Kind::Open => self.group(offset),
            Kind::Sentence => {
                if let Some(Token { kind: Kind::Open, offset }) = self.peek() {
                    self.at += 1;
                    return Ok(Expr::Sentence(Box::new(self.group(*offset)?)));
                }
                let fault = Misread::new(offset, "SENTENCE needs `(…)` behind it");
                self.faults.push(fault.cure("write SENTENCE(a AND b)"));
                Ok(Expr::Nothing)
            }
            Kind::Field(name) => self.field(name, offset),
            Kind::Name(name) if name.is_empty() => {
                self.faults.push(Misread::new(offset, "`@` names no concept").cure("write @id"));
                Ok(Expr::Nothing)
            }
            Kind::Name(name) => Ok(Expr::Name(name.clone(), offset)),
            Kind::Word(word, quoted) => Ok(Expr::Word(word.clone(), *quoted, offset)),
            Kind::Unclosed | Kind::Close | Kind::And | Kind::Or | Kind::Not | Kind::Near(..) => {
                Ok(Expr::Nothing)
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
        if !self.take(&Kind::Close) {
            self.faults.push(Misread::new(offset, "`(` is not closed").cure("close it with `)`"));
        }
        Ok(expr)
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
        let Some(Token { kind: Kind::Word(word, _), .. }) = self.peek() else {
            let message = format!("`{name}:` needs a word right behind it");
            self.faults.push(Misread::new(offset, message));
            return Ok(Expr::Nothing);
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
fn unplaced(expr: &Expr, offset: usize) -> Option<Misread> {
    match expr {
        Expr::Name(..) | Expr::Word(..) | Expr::Near { .. } | Expr::Nothing => None,
        Expr::Or(all) => all.iter().find_map(|e| unplaced(e, offset)),
        _ => Some(
            Misread::new(offset, "this has no place of its own for NEAR to measure from").cure(
                "NEAR joins words, phrases, @concepts, or several of them with OR in parentheses",
            ),
        ),
    }
}

fn one_or(mut all: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    if all.len() == 1 { all.remove(0) } else { many(all) }
}
