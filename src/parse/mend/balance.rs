//! Which start tags never meet their end: what tells a forgotten end tag from honest nesting.
//!
//! One pass over the rest of a document, made only where a start tag stands in a strange place, so
//! that nothing is mended that a strict reader accepts. Must never change anything. Called by
//! `events`.

use std::collections::HashMap;

use crate::parse::mend::names::{is_void, number};
use crate::parse::mend::token::{Token, Tokens};

/// Elements open at once that are told apart: far more than can be kept, since a feed without an end
/// tag nests each of its items in the one before. The rest is counted.
const OPEN_MAX: usize = 1 << 18;

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
    pub fn find(mut tokens: Tokens<'_>, open: Vec<(u32, usize)>) -> Self {
        let mut lost = Vec::new();
        let mut nest = Nest::default();
        for (name, at) in open {
            nest.open(name, at);
        }
        // Elements too deep to be told apart: their ends are counted off before any other.
        let mut deeper = 0_usize;
        loop {
            let at = tokens.position();
            match tokens.next() {
                None => break,
                Some(Token::Open { name, empty, .. }) if !empty && !is_void(name) => {
                    if nest.open.len() < OPEN_MAX {
                        nest.open(number(name), at);
                    } else {
                        deeper += 1;
                    }
                }
                Some(Token::Close(_)) if deeper > 0 => deeper -= 1,
                Some(Token::Close(name)) => nest.close(number(name), &mut lost),
                Some(_) => {}
            }
        }
        lost.extend(nest.open.into_iter().map(|(_, at, _)| at));
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

/// The open elements, each with the place of the next outer one of its name: an end tag is found
/// without a search, however deep they nest.
#[derive(Debug, Default)]
struct Nest {
    /// The number of each name, where it begins, and the place of its like.
    open: Vec<(u32, usize, Option<usize>)>,
    /// The place of the innermost element of each name.
    innermost: HashMap<u32, usize>,
}

impl Nest {
    fn open(&mut self, name: u32, at: usize) {
        let outer = self.innermost.insert(name, self.open.len());
        self.open.push((name, at, outer));
    }

    /// Closes the innermost element of this name, and tells where those inside it began. An end that
    /// fits nothing open is a stray one.
    fn close(&mut self, wanted: u32, lost: &mut Vec<usize>) {
        let Some(place) = self.innermost.get(&wanted).copied() else { return };
        while self.open.len() > place {
            let Some((name, at, outer)) = self.open.pop() else { return };
            match outer {
                Some(outer) => self.innermost.insert(name, outer),
                None => self.innermost.remove(&name),
            };
            if self.open.len() > place {
                lost.push(at);
            }
        }
    }
}
