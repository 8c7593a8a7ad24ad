//! Finds tags, comments and raw text in HTML as the HTML standard's tokenizer does, without
//! building anything; every byte is looked at a bounded number of times.
//!
//! Where the standard would throw text away for a slip (a quote or a tag never closed), the text is
//! kept. Knows nothing of entities and white space.

use memchr::{memchr, memchr3, memrchr};

use crate::parse::text::element::{Element, element};

/// What stands in the HTML, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text, entities and all.
    Text(&'a str),
    /// A tag within a line, a comment: nothing is between what stands before and after.
    Inline,
    /// A table cell, a button: the words on both sides are apart.
    Space,
    /// A block begins or ends.
    Line,
}

/// Which tags count as tags.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tags {
    /// Everything that has the form of a tag: the text is HTML.
    All,
    /// Only elements of HTML in a credible form, and others that show to be such: the text is a
    /// title, and `x<y>` may stand in it.
    Known,
}

/// Hands the pieces of `html` to `take`.
pub(super) fn scan<'a>(html: &'a str, tags: Tags, mut take: impl FnMut(Piece<'a>)) {
    let last_close = memrchr(b'>', html.as_bytes());
    let mut scanner = Scanner {
        html,
        bytes: html.as_bytes(),
        tags,
        last_close,
        quotes: true,
        comments: true,
        cdata: false,
        unclosed: 0,
        foreign: Vec::new(),
        searches: FOREIGN_MAX,
    };
    let (mut start, mut at) = (0, 0);
    while let Some(open) = scanner.find(b'<', at) {
        let Some(markup) = scanner.markup(open) else {
            at = open + 1;
            continue;
        };
        scanner.text(start, open, &mut take);
        take(markup.piece);
        if let Some((from, to)) = markup.text {
            scanner.text(from, to, &mut take);
            take(Piece::Line);
        }
        start = markup.end;
        at = start;
    }
    scanner.text(start, html.len(), &mut take);
}

/// Whether a text that was just decoded is itself HTML: it begins with a block and closes it.
pub(super) fn is_block_of_html(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('<') else { return false };
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    element(name) == Some(Element::Block)
        && rest.len() > name.len()
        && (text.contains(&format!("</{name}>")) || matches!(name, "br" | "hr"))
}

/// Unknown names of one title that are looked into: each search may run to the end.
const FOREIGN_MAX: usize = 16;

struct Scanner<'a> {
    html: &'a str,
    bytes: &'a [u8],
    tags: Tags,
    /// Where the last `>` is: no tag begins behind it.
    last_close: Option<usize>,
    /// Off after a quote swallowed the rest of the text.
    quotes: bool,
    /// Off after a comment was found never to end.
    comments: bool,
    /// On once `<![CDATA[` was met, whose end is then no text.
    cdata: bool,
    /// One bit for each raw element whose end tag is known not to come.
    unclosed: u8,
    /// Elements unknown to HTML that have shown to be markup all the same.
    foreign: Vec<&'a str>,
    /// How many more unknown names have their end looked for.
    searches: usize,
}

/// One tag, comment or declaration.
struct Markup<'a> {
    piece: Piece<'a>,
    /// The text of an element that holds no tags (`title`, `textarea`).
    text: Option<(usize, usize)>,
    end: usize,
}

impl Markup<'_> {
    fn inline(end: usize) -> Self {
        Self { piece: Piece::Inline, text: None, end }
    }
}

impl<'a> Scanner<'a> {
    /// The slice between two positions that stand at ASCII bytes, hence at character boundaries.
    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.html.get(from..to).unwrap_or_default()
    }

    fn text(&self, from: usize, to: usize, take: &mut impl FnMut(Piece<'a>)) {
        let text = self.slice(from, to);
        if self.cdata {
            text.split("]]>").for_each(|part| take(Piece::Text(part)));
        } else if !text.is_empty() {
            take(Piece::Text(text));
        }
    }

    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        memchr(byte, self.bytes.get(from..)?).map(|found| from + found)
    }

    fn starts(&self, at: usize, with: &[u8]) -> bool {
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(with))
    }

    /// The markup that begins at `open`, or none when `<` is just a sign.
    fn markup(&mut self, open: usize) -> Option<Markup<'a>> {
        match self.bytes.get(open + 1)? {
            b'!' if self.starts(open, b"<!--") => self.comment(open),
            b'!' if self.starts(open, b"<![CDATA[") => {
                self.cdata = true;
                Some(Markup::inline(open + "<![CDATA[".len()))
            }
            b'!' | b'?' => self.declaration(open),
            b'/' if self.bytes.get(open + 2).is_some_and(u8::is_ascii_alphabetic) => {
                self.tag(open, open + 2)
            }
            b'/' if self.tags == Tags::All => self.declaration(open),
            byte if byte.is_ascii_alphabetic() => self.tag(open, open + 1),
            _ => None,
        }
    }

    fn comment(&mut self, open: usize) -> Option<Markup<'a>> {
        if self.comments {
            let mut at = open + 4;
            while let Some(close) = self.find(b'>', at) {
                let body = self.bytes.get(open + 4..close)?;
                if body.ends_with(b"--") || body.ends_with(b"--!") || matches!(body, b"" | b"-") {
                    return Some(Markup::inline(close + 1));
                }
                at = close + 1;
            }
            self.comments = false;
        }
        // The standard drops everything to the end; in a title the signs are kept.
        (self.tags == Tags::All).then(|| Markup::inline(self.bytes.len()))
    }

    /// `<!doctype …>`, `<?xml …>`, `</ …>`: to the next `>`.
    fn declaration(&mut self, open: usize) -> Option<Markup<'a>> {
        self.last_close.filter(|last| *last > open)?;
        self.find(b'>', open).map(|close| Markup::inline(close + 1))
    }

    fn tag(&mut self, open: usize, name_at: usize) -> Option<Markup<'a>> {
        let name = self.name(name_at);
        let (element, known) = match element(name) {
            Some(element) => (element, true),
            None => (Element::Inline, false),
        };
        if self.tags == Tags::Known && self.opens_another(name_at + name.len()) {
            return None;
        }
        let Some((end, has_value)) = self.tag_end(name_at + name.len()) else {
            // A text that was cut inside a tag.
            return (known && self.tags == Tags::All).then(|| Markup::inline(self.bytes.len()));
        };
        let is_start = name_at == open + 1;
        if self.tags == Tags::Known
            && !known
            && !self.is_foreign(name, is_start, name_at + name.len(), end)
        {
            return None;
        }
        if self.tags == Tags::Known && !has_value && !self.is_bare(name_at + name.len(), end) {
            return None;
        }
        let piece = match element {
            Element::Inline | Element::Raw(_) => Piece::Inline,
            Element::Cell => Piece::Space,
            Element::Block | Element::Words(_) => Piece::Line,
        };
        let markup = Markup { piece, text: None, end };
        match element {
            Element::Raw(bit) if is_start => Some(self.raw(name, bit, end, markup)),
            Element::Words(bit) if is_start => Some(self.words(name, bit, end, markup)),
            _ => Some(markup),
        }
    }

    fn name(&self, at: usize) -> &'a str {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'<');
        // No element of HTML has a longer name; a long run is not looked at again and again.
        let length = rest.iter().take(64).position(end).unwrap_or(rest.len().min(64));
        self.html.get(at..at + length).unwrap_or_else(|| {
            let ascii = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).take(64).count();
            self.slice(at, at + ascii)
        })
    }

    /// Whether a tag that HTML does not know is one all the same (`<o:p>`, `<my-el>…</my-el>`): it has
    /// a prefix, a quoted value or an end tag, and so is no word in brackets.
    fn is_foreign(&mut self, name: &'a str, is_start: bool, from: usize, end: usize) -> bool {
        if self.foreign.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return true;
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
        if self.searches == 0 || !name.bytes().all(is_name) {
            return false;
        }
        let inside = self.slice(from, end);
        let shows = is_prefixed(name)
            || inside.contains("=\"")
            || inside.contains("='")
            || is_start && self.end_tag(name, 0, end).is_some();
        self.searches -= 1;
        if shows {
            self.foreign.push(name);
        }
        shows
    }

    /// Whether nothing but space and a slash stands between a tag's name and its end.
    fn is_bare(&self, from: usize, end: usize) -> bool {
        let inside = self.bytes.get(from..end.saturating_sub(1)).unwrap_or_default();
        inside.iter().all(|b| b.is_ascii_whitespace() || *b == b'/')
    }

    /// Whether the next tag begins before anything of this one: then it is none in a title, and its
    /// end is not looked for, which would be quadratic where it is far.
    fn opens_another(&self, from: usize) -> bool {
        let next = memchr3(b'<', b'>', b'=', self.bytes.get(from..).unwrap_or_default());
        next.and_then(|found| self.bytes.get(from + found)) == Some(&b'<')
    }

    /// Behind the `>` that ends a tag, and whether an attribute had a value.
    fn tag_end(&mut self, from: usize) -> Option<(usize, bool)> {
        self.last_close.filter(|last| *last >= from)?;
        if self.quotes {
            let found = self.tag_end_by_attributes(from);
            if found.is_some() {
                return found;
            }
            self.quotes = false;
        }
        self.find(b'>', from).map(|close| (close + 1, true))
    }

    fn tag_end_by_attributes(&self, from: usize) -> Option<(usize, bool)> {
        let mut has_value = false;
        let mut at = from;
        loop {
            match self.bytes.get(at)? {
                b'>' => return Some((at + 1, has_value)),
                b'=' => {
                    has_value = true;
                    at += 1;
                    while self.bytes.get(at)?.is_ascii_whitespace() {
                        at += 1;
                    }
                    let first = *self.bytes.get(at)?;
                    at = if matches!(first, b'"' | b'\'') {
                        // A quote that never closes is a slip, not an end of everything.
                        self.find(first, at + 1).map_or(at + 1, |close| close + 1)
                    } else {
                        let end = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
                        at + self.bytes.get(at..)?.iter().position(end)?
                    };
                }
                _ => at += 1,
            }
        }
    }

    /// Skips an element whose content is never shown.
    fn raw(&mut self, name: &str, bit: u8, end: usize, markup: Markup<'a>) -> Markup<'a> {
        if let Some((_, after)) = self.end_tag(name, bit, end) {
            return Markup::inline(after);
        }
        let self_closed = self.bytes.get(end.saturating_sub(2)) == Some(&b'/');
        if self_closed || !matches!(bit, 1 | 2) || self.tags == Tags::Known {
            return markup;
        }
        // A script or a style sheet without its end.
        Markup::inline(self.bytes.len())
    }

    /// Takes the content of an element that holds text and no tags.
    fn words(&mut self, name: &str, bit: u8, end: usize, markup: Markup<'a>) -> Markup<'a> {
        match self.end_tag(name, bit, end) {
            Some((text_end, after)) => Markup { text: Some((end, text_end)), end: after, ..markup },
            None => markup,
        }
    }

    /// The next `</name`, as where it begins and what stands behind it.
    fn end_tag(&mut self, name: &str, bit: u8, from: usize) -> Option<(usize, usize)> {
        if self.unclosed & bit != 0 {
            return None;
        }
        let mut at = from;
        while let Some(open) = self.find(b'<', at) {
            at = open + 1;
            let name_at = open + 2;
            let is_end = self.bytes.get(at) == Some(&b'/')
                && self
                    .bytes
                    .get(name_at..name_at + name.len())
                    .is_some_and(|given| given.eq_ignore_ascii_case(name.as_bytes()))
                && self
                    .bytes
                    .get(name_at + name.len())
                    .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
            if is_end {
                let after = self.find(b'>', name_at).map_or(self.bytes.len(), |close| close + 1);
                return Some((open, after));
            }
        }
        self.unclosed |= bit;
        None
    }
}

/// Whether a name is a prefix and a local name, as word processors write them; `<http://…>` is an
/// address, `<EU:Korea>` a word.
fn is_prefixed(name: &str) -> bool {
    let is_word = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && word.starts_with(|first: char| first.is_ascii_lowercase())
    };
    name.split_once(':').is_some_and(|(prefix, local)| is_word(prefix) && is_word(local))
}
