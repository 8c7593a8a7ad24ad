//! Undoes `Content-Encoding` piece by piece, with an end to what it will produce.
//!
//! Owns the cap on what comes out (half a megabyte of gzip can hold a gigabyte, so nothing may be
//! decoded first and measured afterwards) and the judgement of what came in. Servers write
//! character sets, media types and encodings that they do not apply into the header, so the bytes
//! have the word: the header is asked only about encodings that bear no mark of their own. It knows
//! no network; `body` pushes what arrives.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::stages::{Begins, Coding, Stage, begins_zlib};

/// What is asked for when the source names nothing else.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// Encodings on top of each other; a second one is somebody's mistake, a third somebody's attack.
const LAYERS_MAX: usize = 2;

/// Bytes by which an encoding is told from plain text. Brotli and bare deflate begin with anything;
/// that so many of their bytes look like text happens once in more than a million million streams.
const HEAD_BYTES: usize = 32;

/// A body on its way through the decoders.
pub(super) struct Decoding {
    layer: Layer,
    output: Arc<Mutex<Output>>,
    broken: Option<String>,
}

/// What came out.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The bytes, never more than the cap.
    pub(super) bytes: Vec<u8>,
    /// There was more than the cap.
    pub(super) capped: bool,
    /// An encoding whose own end mark was reached: nothing is missing, however the connection
    /// ended. Always false for a body that was not encoded.
    pub(super) sealed: bool,
    /// What was wrong with the encoding, if anything.
    pub(super) broken: Option<String>,
}

#[derive(Debug, Default)]
struct Output {
    bytes: Vec<u8>,
    max: usize,
    capped: bool,
}

impl Decoding {
    /// Prepares for a body with these `Content-Encoding` values, which may grow to `bytes_max`.
    pub(super) fn new(encodings: &[String], bytes_max: usize) -> Self {
        let (mut named, mut unknown) = (Vec::new(), None);
        for name in encodings.iter().flat_map(|value| value.split(',')) {
            let name = name.split(';').next().unwrap_or_default();
            let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
            match name.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => named.push(Coding::Gzip),
                "br" => named.push(Coding::Brotli),
                "zstd" => named.push(Coding::Zstd),
                "deflate" | "x-deflate" => named.push(Coding::Deflate),
                "" | "identity" => {}
                _ => unknown = Some(name.chars().take(40).collect()),
            }
        }
        let output = Output { bytes: Vec::new(), max: bytes_max, capped: false };
        let output = Arc::new(Mutex::new(output));
        let tap: Box<dyn Stage> = Box::new(Tap(Arc::clone(&output)));
        let layer = Layer { named, unknown, depth: 0, head: Vec::new(), way: Way::Open(Some(tap)) };
        Self { layer, output, broken: None }
    }

    /// Takes what arrived. `false`: no more is wanted, because the cap is reached, the encoding is
    /// broken, or what arrives lies behind its end.
    pub(super) fn push(&mut self, piece: &[u8]) -> bool {
        if let Err(error) = self.layer.write_all(piece) {
            self.broken = Some(error.to_string());
            return false;
        }
        !self.output().capped && !self.layer.is_over()
    }

    /// Says that nothing more arrives.
    pub(super) fn end(mut self) -> Decoded {
        if !self.output().capped && self.broken.is_none() {
            self.broken = self.layer.seal().err().map(|error| error.to_string());
        }
        let encoded = matches!(self.layer.way, Way::Packed(_));
        // The decoders write what they still hold when they are dropped.
        self.layer.way = Way::Open(None);
        let output = std::mem::take(&mut *self.output());
        let broken = if output.capped { None } else { self.broken };
        let sealed = encoded && broken.is_none() && !output.capped;
        Decoded { bytes: output.bytes, capped: output.capped, sealed, broken }
    }

    fn output(&self) -> std::sync::MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stage that looks at the first bytes before it says what they are. Behind every decoder stands
/// another, because an encoding may have been applied twice, announced twice or named wrongly.
struct Layer {
    /// Encodings that the header names and no layer before has used; the last was applied last.
    named: Vec<Coding>,
    /// What the header names and nobody knows.
    unknown: Option<String>,
    /// Decoders before this one.
    depth: usize,
    head: Vec<u8>,
    way: Way,
}

/// Where the bytes of a layer go.
enum Way {
    /// It is not known yet; where they go in the end.
    Open(Option<Box<dyn Stage>>),
    /// As they are.
    Plain(Box<dyn Stage>),
    /// Through a decoder.
    Packed(Box<dyn Stage>),
}

impl Layer {
    /// Chooses, now that the first bytes are known, and sends them on.
    fn begin(&mut self) -> io::Result<()> {
        let Way::Open(inner) = &mut self.way else { return Ok(()) };
        let Some(inner) = inner.take() else { return Ok(()) };
        let head = std::mem::take(&mut self.head);
        let coding = recognise(&head, &mut self.named);
        self.way = match (coding, &self.unknown) {
            (None, Some(name)) if is_binary(&head) => {
                return Err(io::Error::other(format!("unknown encoding `{name}`")));
            }
            (None, _) => Way::Plain(inner),
            (Some(_), _) if self.depth == LAYERS_MAX => {
                let reason = format!("more than {LAYERS_MAX} encodings on top of each other");
                return Err(io::Error::other(reason));
            }
            (Some(coding), _) => {
                let (named, depth) = (std::mem::take(&mut self.named), self.depth + 1);
                let way = Way::Open(Some(inner));
                let behind = Self { named, unknown: None, depth, head: Vec::new(), way };
                Way::Packed(coding.stage(Box::new(behind))?)
            }
        };
        self.write_all(&head)
    }
}

impl Write for Layer {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match &mut self.way {
            Way::Plain(next) | Way::Packed(next) => next.write(piece),
            Way::Open(_) => {
                self.head.extend_from_slice(piece);
                if self.head.len() >= HEAD_BYTES {
                    self.begin()?;
                }
                Ok(piece.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Layer {
    fn seal(&mut self) -> io::Result<()> {
        self.begin()?;
        match &mut self.way {
            Way::Plain(next) | Way::Packed(next) => next.seal(),
            Way::Open(_) => Ok(()),
        }
    }

    fn is_over(&self) -> bool {
        matches!(&self.way, Way::Packed(decoder) if decoder.is_over())
    }
}

/// The encoding that `head` begins, if it is encoded. What the header names is used up: encodings
/// that are named and were not applied are skipped.
fn recognise(head: &[u8], named: &mut Vec<Coding>) -> Option<Coding> {
    let marked = [Coding::Gzip, Coding::Zstd];
    if let Some(coding) = marked.into_iter().find(|coding| coding.begins(head) == Begins::Yes) {
        if let Some(at) = named.iter().rposition(|named| *named == coding) {
            named.truncate(at);
        }
        return Some(coding);
    }
    if head.is_empty() || is_text(head) {
        return None;
    }
    while let Some(coding) = named.pop() {
        if !marked.contains(&coding) {
            return Some(coding);
        }
        // A stream so short that its mark is not whole was cut: plain it is not.
        if coding.begins(head) == Begins::Perhaps {
            return Some(coding);
        }
    }
    begins_zlib(head).then_some(Coding::Deflate)
}

/// Whether this is how a document begins that is not encoded, in whatever character set.
fn is_text(head: &[u8]) -> bool {
    let utf16 = head.starts_with(b"<\0") || head.starts_with(b"\0<");
    let marked = [&b"\xef\xbb\xbf"[..], b"\xfe\xff", b"\xff\xfe"];
    if utf16 || marked.iter().any(|mark| head.starts_with(mark)) {
        return true;
    }
    let head = head.trim_ascii_start();
    // Markup, whatever the character set of its words.
    let tag = head.get(..head.len().min(5)).unwrap_or_default();
    if tag.starts_with(b"<") && tag.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return true;
    }
    let head = head.get(..head.len().min(HEAD_BYTES)).unwrap_or_default();
    let whole = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        // The last character may be cut by where we stopped looking.
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).and_then(|head| std::str::from_utf8(head).ok())
        }
        Err(_) => None,
    };
    whole.is_some_and(|text| !text.is_empty() && !is_binary(text.as_bytes()))
}

/// Whether there are bytes that no text in any 8-bit character set holds. (Escape is in
/// ISO-2022-KR.)
fn is_binary(head: &[u8]) -> bool {
    let text = [b'\t', b'\n', b'\r', 0x0c, 0x1b, 0x0e, 0x0f];
    head.iter().any(|byte| *byte < b' ' && !text.contains(byte))
        && !head.starts_with(b"<\0")
        && !head.starts_with(b"\0<")
        && !head.starts_with(b"\xfe\xff")
        && !head.starts_with(b"\xff\xfe")
}

/// The end of the line: keeps up to the cap, then refuses, which stops every decoder before it.
struct Tap(Arc<Mutex<Output>>);

impl Write for Tap {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = output.max.saturating_sub(output.bytes.len());
        if let Some(fits) = piece.get(..room.min(piece.len())) {
            output.bytes.extend_from_slice(fits);
        }
        if piece.len() > room {
            output.capped = true;
            return Err(io::Error::other("more than the cap"));
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Tap {
    fn seal(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn is_over(&self) -> bool {
        false
    }
}
