//! Which start tags never meet their end: what tells a forgotten end tag from honest nesting.
//!
//! One pass over the rest of a document, made only where a start tag stands in a strange place, so
//! that nothing is mended that a strict reader accepts. Must never change anything. Called by
//! `events`.

use crate::parse::mend::events::DEPTH_MAX;
use crate::parse::mend::names::{is_void, number};
use crate::parse::mend::token::{Token, Tokens};

/// The start tags of a document that never meet their end.
#[derive(Debug, Default)]
pub struct Lost {
    /// The bytes at which they begin, in order.
    starts: Vec<usize>,
    /// How many of them begin before the last that was asked for.
    passed: usize,
}

impl Lost {
    /// Looks through `tokens`, at whose beginning these elements are open: the number of each name,
    /// and where it begins.
    pub fn find(mut tokens: Tokens<'_>, mut open: Vec<(u32, usize)>) -> Self {
        let mut lost = Vec::new();
        // Elements too deep to be kept: their ends are counted off before any other.
        let mut deeper = 0_usize;
        loop {
            let at = tokens.position();
            match tokens.next() {
                None => break,
                Some(Token::Open { name, empty, .. }) if !empty && !is_void(name) => {
                    if open.len() < DEPTH_MAX {
                        open.push((number(name), at));
                    } else {
                        deeper += 1;
                    }
                }
                Some(Token::Close(_)) if deeper > 0 => deeper -= 1,
                Some(Token::Close(name)) => {
                    let wanted = number(name);
                    // An end that fits nothing open is a stray one.
                    if let Some(place) = open.iter().rposition(|(name, _)| *name == wanted) {
                        lost.extend(open.drain(place..).skip(1).map(|(_, at)| at));
                    }
                }
                Some(_) => {}
            }
        }
        lost.extend(open.into_iter().map(|(_, at)| at));
        lost.sort_unstable();
        Self { starts: lost, passed: 0 }
    }

    /// Whether the start tag at this byte never meets its end. To be asked in document order.
    pub fn has(&mut self, start: usize) -> bool {
        let rest = self.starts.get(self.passed..).unwrap_or_default();
        self.passed += rest.iter().take_while(|lost| **lost < start).count();
        self.starts.get(self.passed) == Some(&start)
    }
}
