//! Bytes to drafts.
//!
//! The door of the room is [`feed()`]: it decodes (`decode`), tells what came (`sniff`), walks the
//! mended document (`mend`, `complete`), has the strict parser read it (`feed`), and makes drafts
//! of what both found. Pure: no clock, no file, no network; it never panics and its cost grows
//! with the input alone. Called by `work` and `cli`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::url::Url;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::decision::Field;
use crate::model::item::Draft;
use crate::parse::warning::{Loss, Warning};

pub mod complete;
pub mod dates;
pub mod decode;
#[cfg(test)]
mod decode_tests;
pub mod dom;
pub mod entities;
pub mod feed;
#[cfg(test)]
mod feed_tests;
pub mod hangul;
pub mod instants;
pub mod json_feed;
pub mod json_node;
#[cfg(test)]
mod json_tests;
pub mod link;
pub mod mend;
pub mod pointers;
pub mod rhythm;
pub mod sniff;
pub mod text;
pub mod url;
#[cfg(test)]
mod url_tests;
pub mod warning;

/// How bytes are to be read.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Where they came from: the base of relative links.
    pub url: Option<&'a Url>,
    /// The `Content-Type` header, verbatim.
    pub content_type: Option<&'a str>,
    /// The source's own encoding label, which is obeyed.
    pub encoding: Option<&'a str>,
    /// The source's own language, if it has one (BCP 47): of several links to one item, the one in
    /// it is wanted.
    pub language: Option<&'a str>,
    /// The zone of dates that name none.
    pub timezone: Tz,
    /// When they came: dates without a year, and dates far ahead, are judged by it.
    pub now: DateTime<Utc>,
    /// Bytes that are read, at most: what is behind them is cut off, as it is in transit. Reading
    /// takes time and memory in proportion.
    pub bytes_max: usize,
    /// The body was cut in transit or at the cap.
    pub truncated: bool,
}

/// A feed that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Which format its root names.
    pub format: Format,
    /// The encoding that its bytes were in, lower case.
    pub encoding: String,
    /// Plain text, one line.
    pub title: String,
    /// The publisher's page.
    pub link: Option<Url>,
    /// Plain text.
    pub description: String,
    /// BCP 47, if it says so.
    pub language: Option<String>,
    /// Its items, in document order.
    pub drafts: Vec<Draft>,
    /// Texts that are markup without a word (an image, a player), by draft: nothing to match, but
    /// not the same as no text.
    pub wordless: Vec<(usize, Field)>,
    /// What was mended, and what was lost.
    pub warnings: Vec<Warning>,
    /// How often the publisher wishes to be asked.
    pub rhythm: rhythm::Rhythm,
}

impl Feed {
    /// Whether the document ends in the middle: in transit, at the cap, or at the publisher's.
    pub fn is_cut(&self) -> bool {
        self.losses().any(Loss::is_cut)
    }

    /// What of a document that is whole was not read all the same, in words for the operator.
    pub fn lost(&self) -> Option<String> {
        let told: Vec<String> =
            self.losses().filter(|loss| !loss.is_cut()).map(|loss| loss.to_string()).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn losses(&self) -> impl Iterator<Item = Loss> {
        self.warnings.iter().filter_map(|warning| match warning {
            Warning::Lost(loss) => Some(*loss),
            Warning::Mended(_) => None,
        })
    }
}

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 0.9x and 2.0.
    Rss,
    /// Atom 1.0 and 0.3.
    Atom,
    /// RSS 0.90, 1.0 and 1.1.
    Rdf,
    /// JSON Feed 1.0 and 1.1.
    Json,
}

impl Format {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Rdf => "rdf",
            Self::Json => "json",
        }
    }
}

/// Why bytes are no feed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing, or white space.
    #[error("the answer is empty")]
    Empty,
    /// A web page: an error, login or firewall page, or a wrong address.
    #[error("not a feed (HTML: '{title}'){pointers}")]
    Html {
        /// The page's title, or its first words.
        title: String,
        /// Where it leads.
        pointers: Box<pointers::Pointers>,
    },
    /// Another kind of document.
    #[error("not a feed ({found})")]
    NotAFeed {
        /// What it is, in a few words.
        found: String,
    },
    /// The reading itself broke: a defect of ours, survived.
    #[error("the parser failed on this document")]
    Panicked,
}

/// Reads a feed of any format and encoding. CPU only and blocking; never panics.
pub fn feed(bytes: &[u8], context: &Context<'_>) -> Result<Feed, Refusal> {
    let is_whole = bytes.len() <= context.bytes_max;
    let bytes = bytes.get(..context.bytes_max).unwrap_or(bytes);
    let context = &Context { truncated: context.truncated || !is_whole, ..*context };
    catch_unwind(AssertUnwindSafe(|| read(bytes, context))).unwrap_or(Err(Refusal::Panicked))
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Feed, Refusal> {
    let labels = decode::Labels { forced: context.encoding, content_type: context.content_type };
    let decoded = decode::decode(bytes, labels);
    let mut warnings: Vec<Warning> = decoded.remarks.into_iter().map(Warning::Mended).collect();
    let mut repairs = mend::repairs::Repairs::default();
    repairs.note_times(mend::repairs::Repair::ControlCharacter, decoded.controls);
    let read = match sniff::sniff(&decoded.text)? {
        sniff::Looks::Json => json_feed::read(&decoded.text, context, repairs)?,
        sniff::Looks::Markup => complete::read(&decoded.text, context, repairs)?,
    };
    warnings.extend(read.repairs.warnings());
    if context.truncated {
        warnings.push(Warning::Lost(Loss::CutAnswer));
    }
    Ok(Feed { encoding: decoded.encoding, warnings, ..read.feed })
}
