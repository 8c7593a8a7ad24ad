//! The list of what was mended in one document, counted, so that it can be told in a few lines.
//!
//! Knows nothing of how a repair is made. Written by `events`, `entity` and `complete`, read by the
//! room's door, which turns it into warnings.

use crate::parse::warning::{Loss, Warning};

/// The kinds of repair and of loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Text or markup stood before the feed's root element.
    JunkBefore,
    /// Text or markup stood after the feed's root element.
    JunkAfter,
    /// An end tag matched no open element and was left out.
    StrayEnd,
    /// An element was closed where its end tag was missing.
    MissingEnd,
    /// The document ended inside its elements.
    CutTail,
    /// An item was cut off by the end of the document and left out.
    CutItem,
    /// A `<` that begins no tag was read as text.
    BareAngle,
    /// A `&` that begins no reference was read as text.
    BareAmpersand,
    /// A reference to no character XML allows was left out.
    BadReference,
    /// Control characters that XML forbids were left out.
    ControlCharacter,
    /// A comment, CDATA section or quoted value was never closed.
    Unclosed,
    /// Elements nested deeper than the limit were flattened.
    TooDeep,
    /// More attributes on one element than the limit; the rest was not read.
    ManyAttributes,
    /// More items than the limit; the oldest were not read.
    ManyItems,
    /// More elements in one item than the limit; the rest was not read.
    ManyElements,
    /// More values in a JSON document than the limit; the rest was not read.
    ManyValues,
    /// A text was longer than the limit and cut.
    LongText,
    /// A strict parser refuses the document as it stands; the mended one was used.
    NotWellFormed,
    /// A strict parser failed even on the mended document; our own reading alone was used.
    ParserFailed,
    /// A second XML declaration inside the document was left out: strict parsers obey it.
    Declaration,
    /// An item's date could not be understood.
    UnknownDate,
    /// An item's link is no http or https address.
    UnusableLink,
}

impl Repair {
    /// What is lost where this was noted so many times, if it is a loss.
    fn loss(self, times: usize) -> Option<Loss> {
        Some(match self {
            Self::CutTail => Loss::CutDocument,
            Self::CutItem => Loss::CutItem,
            Self::ManyItems => Loss::Items(times),
            Self::ManyElements => Loss::Elements(times),
            Self::ManyValues => Loss::Values(times),
            Self::LongText => Loss::Texts(times),
            _ => return None,
        })
    }

    /// One short line for what is no loss; `{}` stands for the count.
    fn line(self) -> &'static str {
        match self {
            Self::CutTail
            | Self::CutItem
            | Self::ManyItems
            | Self::ManyElements
            | Self::ManyValues
            | Self::LongText => "",
            Self::JunkBefore => "junk before the feed was skipped",
            Self::JunkAfter => "junk after the feed was skipped",
            Self::StrayEnd => "stray end tags were skipped ({})",
            Self::MissingEnd => "missing end tags were supplied ({})",
            Self::BareAngle => "a bare \"<\" was read as text ({})",
            Self::BareAmpersand => "a bare \"&\" was read as text ({})",
            Self::BadReference => "references to forbidden characters were dropped ({})",
            Self::ControlCharacter => "control characters were dropped ({})",
            Self::Unclosed => "an unclosed comment, CDATA section or quote was closed ({})",
            Self::TooDeep => "elements nested too deep were flattened ({})",
            Self::ManyAttributes => "an element has too many attributes; the rest was skipped",
            Self::NotWellFormed => {
                "the strict parser refuses the document as it stands; it was mended"
            }
            Self::ParserFailed => "the strict parser failed; the tolerant reading was used",
            Self::Declaration => "an XML declaration inside the feed was skipped",
            Self::UnknownDate => "dates that were not understood ({})",
            Self::UnusableLink => "links that are no web address ({})",
        }
    }
}

/// All kinds, in the order in which they are told.
const ALL: [Repair; 22] = [
    Repair::JunkBefore,
    Repair::JunkAfter,
    Repair::StrayEnd,
    Repair::MissingEnd,
    Repair::CutTail,
    Repair::CutItem,
    Repair::BareAngle,
    Repair::BareAmpersand,
    Repair::BadReference,
    Repair::ControlCharacter,
    Repair::Unclosed,
    Repair::TooDeep,
    Repair::ManyAttributes,
    Repair::ManyItems,
    Repair::ManyElements,
    Repair::ManyValues,
    Repair::LongText,
    Repair::NotWellFormed,
    Repair::ParserFailed,
    Repair::Declaration,
    Repair::UnknownDate,
    Repair::UnusableLink,
];

/// How often each repair was made. An array, because a hostile document needs millions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs([usize; ALL.len()]);

impl Repairs {
    /// Notes one repair.
    pub fn note(&mut self, repair: Repair) {
        self.note_times(repair, 1);
    }

    /// Notes a repair made several times.
    pub fn note_times(&mut self, repair: Repair, times: usize) {
        if let Some(count) = self.0.get_mut(repair as usize) {
            *count += times;
        }
    }

    /// Whether nothing was mended.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }

    /// Takes over what another stage mended.
    pub fn absorb(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// One warning for each kind.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> {
        let told = ALL.iter().zip(self.0).filter(|(_, times)| *times > 0);
        told.map(|(repair, times)| match repair.loss(times) {
            Some(loss) => Warning::Lost(loss),
            None => Warning::Mended(repair.line().replace("{}", &times.to_string())),
        })
    }
}
