//! What reading a document took: what was mended, and what of it was not read.
//!
//! A loss is told from a repair by its type, because it reaches the source's health. Made by the door
//! of the room out of what `mend` counted; shown by `cli`, weighed by `work`.

use std::fmt;

use crate::parse::complete::newest::ITEMS_MAX;

/// One short line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A repair or an oddity. No item and no text is missing because of it.
    Mended(String),
    /// Something of the document was not read.
    Lost(Loss),
}

/// What was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// What came after the answer was cut, in transit or at the size limit.
    CutAnswer,
    /// What came after the document ended in its midst.
    CutDocument,
    /// The item in whose midst it ended.
    CutItem,
    /// So many items beyond the limit, the oldest.
    Items(usize),
    /// So many facts about single items beyond the limit.
    Elements(usize),
    /// The ends of so many texts.
    Texts(usize),
    /// So many values of a JSON document beyond the limit.
    Values(usize),
}

impl Loss {
    /// Whether more of the document may come next time: it was not whole.
    pub fn is_cut(self) -> bool {
        matches!(self, Self::CutAnswer | Self::CutDocument | Self::CutItem)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutAnswer => {
                f.write_str("truncated: the answer was cut in transit or at the size limit")
            }
            Self::CutDocument => f.write_str("truncated: the document ends inside the feed"),
            Self::CutItem => f.write_str("truncated: an incomplete last item was left out"),
            Self::Items(left_out) => write!(
                f,
                "more than the {ITEMS_MAX} items that are read; the {left_out} oldest were left out"
            ),
            Self::Elements(skipped) => {
                write!(f, "an item has too many elements; {skipped} were skipped")
            }
            Self::Texts(cut) => write!(f, "overlong texts were cut ({cut})"),
            Self::Values(skipped) => {
                write!(f, "more values than are read of one JSON document; {skipped} were skipped")
            }
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mended(line) => f.write_str(line),
            Self::Lost(loss) => loss.fmt(f),
        }
    }
}
