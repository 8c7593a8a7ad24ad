//! Balances tokens: every start gets exactly one end, in the place that loses least.
//!
//! Must never know what an element means, except the few names that tell where a forgotten end
//! tag belongs. Called by `complete` and `write`.

use crate::parse::mend::balance::Lost;
use crate::parse::mend::entity::Entities;
use crate::parse::mend::names::{
    CONTAINERS, LEAVES, NEIGHBOURS, NO_HTML, ROOTS, Tells, holds_items, is_any, is_item, is_void,
    local_name, number, prefix,
};
use crate::parse::mend::repairs::{Repair, Repairs};
use crate::parse::mend::token::{Token, Tokens};

/// Elements nested deeper are flattened: feeds need about 6 levels, XHTML content in one about 40,
/// and each end tag may have to look at every open element.
pub const DEPTH_MAX: usize = 128;

/// One balanced event; texts are slices of the document, references not yet decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// An element begins.
    Open {
        /// Qualified name.
        name: &'a str,
        /// What stands between the name and the end of the tag.
        attributes: &'a str,
    },
    /// The innermost open element ends.
    Close(&'a str),
    /// Text to be decoded.
    Text(&'a str),
    /// Text as it stands.
    CData(&'a str),
}

/// A start tag that waits until what it shows to be forgotten is closed.
#[derive(Clone, Copy, Debug)]
struct Start<'a> {
    name: &'a str,
    attributes: &'a str,
    empty: bool,
    /// The byte at which it stands.
    at: usize,
}

/// An open element, with what is asked of it and all round it at every item: a search through
/// them would be quadratic where elements nest deep.
#[derive(Clone, Copy, Debug)]
struct Open<'a> {
    name: &'a str,
    /// The byte at which it begins.
    at: usize,
    /// What its own name tells of a forgotten end.
    tells: Tells,
    /// Where in the stack the outermost element is that holds no item.
    barren: Option<usize>,
    /// Where the innermost element is that may quote an item.
    quoting: Option<usize>,
    /// It may hold items.
    holds: bool,
    /// Where the innermost element is that never ends, once that is known.
    lost: Option<usize>,
    /// Where the outermost element that never ends is in the innermost one that may hold items.
    hiding: Option<usize>,
}

impl Open<'_> {
    /// Notes whether the element at this place, in `round`, never ends.
    fn note_lost(&mut self, is_lost: bool, place: usize, round: Option<&Self>) {
        let own = is_lost.then_some(place);
        self.lost = own.or(round.and_then(|open| open.lost));
        self.hiding = if self.holds { None } else { round.and_then(|open| open.hiding).or(own) };
    }
}

/// The balanced events of the first feed-like element of a text.
#[derive(Debug)]
pub struct Events<'a> {
    tokens: Tokens<'a>,
    stack: Vec<Open<'a>>,
    /// A number for each open name, as far as they were asked for: an end tag that does not fit is
    /// looked up among numbers, not among texts.
    numbers: Vec<u32>,
    /// Which elements never end; looked for once a start tag stands in a strange place.
    lost: Option<Lost>,
    /// Depth of the open item, when one is open.
    item: Option<usize>,
    /// Elements above this depth are being closed before `held` comes.
    closing_to: Option<usize>,
    held: Option<Start<'a>>,
    start: usize,
    end: usize,
    cut: bool,
    ended: bool,
    flattened: usize,
    /// The entities that the document declares.
    pub entities: Entities,
    /// What was mended so far.
    pub repairs: Repairs,
}

impl<'a> Events<'a> {
    /// Goes to the root of the feed in `text`; `Err` gives the first element when there is none.
    pub fn new(text: &'a str) -> Result<Self, Option<&'a str>> {
        let mut tokens = Tokens::new(text);
        let mut entities = Entities::default();
        let mut first = None;
        let mut junk = false;
        loop {
            let start = tokens.position();
            match tokens.next() {
                Some(Token::Open { name, attributes, empty })
                    if is_any(local_name(name), &ROOTS) =>
                {
                    let mut repairs = Repairs::default();
                    if junk {
                        repairs.note(Repair::JunkBefore);
                    }
                    let held = Some(Start { name, attributes, empty, at: start });
                    return Ok(Self {
                        tokens,
                        stack: Vec::new(),
                        numbers: Vec::new(),
                        lost: None,
                        item: None,
                        closing_to: None,
                        held,
                        start,
                        end: text.len(),
                        cut: false,
                        ended: false,
                        flattened: 0,
                        entities,
                        repairs,
                    });
                }
                Some(Token::Open { name, .. }) => {
                    junk = true;
                    first.get_or_insert(name);
                    if is_any(name, &["html", "head", "body"]) {
                        return Err(first);
                    }
                }
                Some(Token::Doctype(inside)) => entities.declare(inside),
                Some(Token::Text(text)) => junk |= !text.trim_ascii().is_empty(),
                Some(Token::Comment | Token::Instruction(_)) => {}
                Some(Token::CData(_) | Token::Close(_)) => junk = true,
                None => return Err(first),
            }
        }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    /// The byte at which the root element begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The byte behind the root element, once the events are used up.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Whether the document has ended, so that what is still open is cut off.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// All that was mended, when the events are used up.
    pub fn finish(mut self) -> Repairs {
        let tokens = std::mem::take(&mut self.tokens.repairs);
        self.repairs.absorb(&tokens);
        self.repairs.absorb(&self.entities.take_repairs());
        self.repairs.note_times(Repair::TooDeep, self.flattened);
        self.repairs
    }

    fn pop(&mut self) -> Option<Event<'a>> {
        let Open { name, .. } = self.stack.pop()?;
        self.numbers.truncate(self.stack.len());
        if self.item.is_some_and(|depth| depth > self.stack.len()) {
            self.item = None;
        }
        if self.stack.is_empty() {
            self.ended = true;
            self.end = self.tokens.position();
            let rest = self.tokens.clone().take(8);
            if rest.into_iter().any(|token| match token {
                Token::Text(text) => !text.trim_ascii().is_empty(),
                Token::Comment | Token::Instruction(_) => false,
                _ => true,
            }) {
                self.repairs.note(Repair::JunkAfter);
            }
        }
        Some(Event::Close(name))
    }

    /// The depth to which a start tag shows that elements ought to be closed.
    fn forgotten(&mut self, start: Start<'a>) -> Option<usize> {
        let name = start.name;
        // What is closed in its turn later on was not forgotten: another vocabulary's `item`, a
        // feed quoted in an entry.
        let is_hidden = self.is_hidden(name);
        if is_hidden && self.lost.is_none() {
            self.look_ahead(start);
        }
        let hiding = self.stack.last().filter(|_| is_hidden).and_then(|open| open.hiding);
        let depth = match hiding {
            Some(place) => place,
            None if is_item(name) => self.before_item(name)?,
            None => self.before_leaf(name).or_else(|| self.before_foreign(name))?,
        };
        if self.lost.is_none() {
            self.look_ahead(start);
        }
        self.stack.last()?.lost.filter(|place| *place >= depth).map(|_| depth)
    }

    /// Finds out which elements never end, `start` and the open ones among them.
    fn look_ahead(&mut self, start: Start<'a>) {
        self.count_names();
        let open = self.numbers.iter().copied().zip(self.stack.iter().map(|open| open.at));
        let this = Some((number(start.name), start.at)).filter(|_| !start.empty);
        let mut lost = Lost::find(self.tokens.clone(), open.chain(this).collect());
        let mut round: Option<Open<'_>> = None;
        for (place, open) in self.stack.iter_mut().enumerate() {
            open.note_lost(lost.has(open.at), place, round.as_ref());
            round = Some(*open);
        }
        self.lost = Some(lost);
    }

    fn count_names(&mut self) {
        let more = self.stack.iter().skip(self.numbers.len()).map(|open| number(open.name));
        self.numbers.extend(more);
    }

    /// Whether an item or a channel begins where none is looked for: in an element that is none of
    /// the feed's own.
    fn is_hidden(&self, name: &str) -> bool {
        let begins = is_item(name) || is_any(name, &["channel"]);
        begins && self.item.is_none() && self.stack.last().is_some_and(|open| !open.holds)
    }

    /// Items never nest, except where one is quoted whole.
    fn before_item(&self, name: &str) -> Option<usize> {
        let top = self.stack.last()?;
        let Some(item) = self.item else { return top.barren };
        let outer = item - 1;
        let open = self.stack.get(outer)?;
        let own = prefix(name).is_empty() || prefix(name).eq_ignore_ascii_case(prefix(open.name));
        let quoted = top.quoting.is_some_and(|place| place >= outer);
        (own && !quoted).then_some(outer)
    }

    fn before_leaf(&self, name: &str) -> Option<usize> {
        let [.., parent, top] = self.stack.as_slice() else { return None };
        let strange = top.tells == Tells::HoldsNoItem
            && is_any(name, &NEIGHBOURS)
            && is_any(local_name(parent.name), &CONTAINERS)
            && (is_any(top.name, &LEAVES) || !is_any(name, &["summary"]));
        strange.then(|| self.stack.len() - 1)
    }

    /// What HTML does not know shows the end of a text, however deep in it that stands.
    fn before_foreign(&self, name: &str) -> Option<usize> {
        let text = self.item?;
        let strange = self.stack.get(text)?.tells == Tells::HoldsNoItem && is_any(name, &NO_HTML);
        strange.then_some(text)
    }

    /// Begins an element, or holds it back until forgotten ones are closed.
    fn open(&mut self, start: Start<'a>) -> Option<Event<'a>> {
        if let Some(depth) = self.forgotten(start) {
            self.repairs.note_times(Repair::MissingEnd, self.stack.len().saturating_sub(depth));
            self.closing_to = Some(depth);
            self.held = Some(start);
            return None;
        }
        if self.stack.len() >= DEPTH_MAX {
            self.flattened += 1;
            return None;
        }
        Some(self.begin(start))
    }

    fn begin(&mut self, start: Start<'a>) -> Event<'a> {
        let Start { name, attributes, empty, at } = start;
        let place = self.stack.len();
        let tells = Tells::of(name);
        let is_lost = self.lost.as_mut().is_some_and(|lost| lost.has(at));
        let own = |holds: bool| holds.then_some(place);
        let round = self.stack.last();
        let mut open = Open {
            name,
            at,
            tells,
            barren: round.and_then(|open| open.barren).or(own(tells == Tells::HoldsNoItem)),
            quoting: own(tells == Tells::MayQuote).or(round.and_then(|open| open.quoting)),
            holds: holds_items(name),
            lost: None,
            hiding: None,
        };
        open.note_lost(is_lost, place, round);
        self.stack.push(open);
        if self.item.is_none() && is_item(name) {
            self.item = Some(self.stack.len());
        }
        if empty || is_void(name) {
            self.closing_to = Some(self.stack.len() - 1);
        }
        Event::Open { name, attributes }
    }

    fn close(&mut self, name: &'a str) {
        if self.stack.last().is_some_and(|open| open.name == name) {
            self.closing_to = Some(self.stack.len() - 1);
            return;
        }
        self.count_names();
        let wanted = number(name);
        // Whether there is one at all is told in blocks.
        let known = self.numbers.contains(&wanted);
        let found = known.then(|| self.numbers.iter().rposition(|number| *number == wanted));
        let same = |place: &usize| {
            self.stack.get(*place).is_some_and(|open| open.name.eq_ignore_ascii_case(name))
        };
        let place = found.flatten().filter(same).or_else(|| {
            // An end tag that lost its prefix.
            let top = self.stack.last()?;
            local_name(top.name)
                .eq_ignore_ascii_case(local_name(name))
                .then(|| self.stack.len() - 1)
        });
        match place {
            Some(place) => {
                self.repairs.note_times(Repair::MissingEnd, self.stack.len() - place - 1);
                self.closing_to = Some(place);
            }
            None if self.flattened > 0 || is_void(name) => {}
            None => self.repairs.note(Repair::StrayEnd),
        }
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    #[inline]
    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(target) = self.closing_to {
                if self.stack.len() > target {
                    return self.pop();
                }
                self.closing_to = None;
            }
            if let Some(start) = self.held.take() {
                return Some(self.begin(start));
            }
            let at = self.tokens.position();
            match self.tokens.next() {
                None => {
                    self.ended = self.stack.is_empty();
                    self.cut = true;
                    self.closing_to = Some(0);
                    if !self.ended {
                        self.repairs.note(Repair::CutTail);
                    }
                }
                Some(Token::Text(text)) => return Some(Event::Text(text)),
                Some(Token::CData(text)) => return Some(Event::CData(text)),
                Some(Token::Open { name, attributes, empty }) => {
                    if let Some(event) = self.open(Start { name, attributes, empty, at }) {
                        return Some(event);
                    }
                }
                Some(Token::Close(name)) => self.close(name),
                Some(Token::Instruction(inside)) => {
                    if inside.starts_with("xml ") {
                        self.repairs.note(Repair::Declaration);
                    }
                }
                Some(Token::Doctype(_) | Token::Comment) => {}
            }
        }
    }
}
