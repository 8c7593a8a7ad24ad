//! Places in a text as people count them: characters, words, sentences.
//!
//! A word is what stands between white space (an eojeol in Korean). Knows no terms; called by
//! `eval` with the places that it needs.

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    /// Characters before it.
    pub(super) char: usize,
    /// The number of the word that it is in or ends.
    pub(super) word: usize,
    /// The number of its sentence.
    pub(super) sentence: usize,
}

/// The places of these bytes (sorted, each at a character) in one walk.
pub(super) fn points(text: &str, bytes: &[usize]) -> Vec<Point> {
    let mut found = Vec::with_capacity(bytes.len());
    let mut walk = Walk::default();
    let mut next = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        walk.enter(c);
        while bytes.get(next).is_some_and(|b| *b <= at) {
            found.push(walk.point);
            next += 1;
        }
        walk.leave(c, chars.peek().map(|(_, c)| *c));
        if next == bytes.len() {
            return found;
        }
    }
    found.resize(bytes.len(), walk.point);
    found
}

/// What the walk knows so far.
#[derive(Default)]
struct Walk {
    point: Point,
    in_space: bool,
    /// A sentence has ended; the next begins with the next word.
    ended: bool,
    before: Option<char>,
    letters: usize,
}

impl Walk {
    /// Before the character is counted.
    fn enter(&mut self, c: char) {
        if c.is_whitespace() {
            return;
        }
        if self.in_space {
            self.point.word += 1;
            self.letters = 0;
            self.in_space = false;
        }
        if self.ended {
            self.point.sentence += 1;
            self.ended = false;
        }
    }

    /// Behind it.
    fn leave(&mut self, c: char, next: Option<char>) {
        self.point.char += 1;
        if c.is_whitespace() {
            self.in_space |= self.point.char > 1;
            self.ended |= c == '\n';
            return;
        }
        let last =
            next.is_none_or(|n| n.is_whitespace() || matches!(n, '"' | '”' | '’' | ')' | '」'));
        self.ended |= match c {
            '。' | '！' | '？' => true,
            '!' | '?' => last,
            // Not behind an initial (S. Korea), nor behind a number (7. 6.).
            '.' => last && self.letters > 1 && !self.before.is_some_and(char::is_numeric),
            _ => false,
        };
        self.letters += usize::from(!c.is_ascii() || c.is_ascii_alphabetic());
        self.before = Some(c);
    }
}
