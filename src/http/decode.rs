//! Undoes `Content-Encoding` piece by piece, with an end to what it will produce.
//!
//! Owns the decoders and the cap on their output: half a megabyte of gzip can hold a gigabyte, so
//! nothing may be decoded first and measured afterwards. It trusts the bytes over the header where
//! the bytes are plain about it (a magic number there, or missing). It knows no network; `body`
//! pushes what arrives.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use zstd::stream::raw::{Decoder as ZstdRaw, Operation};
use zstd::zstd_safe::DParameter;

/// What is asked for when the source names nothing else.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// Encodings on top of each other; a second one is somebody's mistake, a third somebody's attack.
const LAYERS_MAX: usize = 2;

/// The largest window of zstd that a decoder must support (RFC 8878, section 3.1.1.1.2, and RFC
/// 9659 for HTTP): 2^23 = 8 MiB. More is only memory that a stranger makes us set aside.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Bytes by which an encoding is told from plain text.
const MAGIC_BYTES: usize = 4;

/// A body on its way through the decoders.
pub(super) struct Decoding {
    waiting: Option<Vec<Coding>>,
    head: Vec<u8>,
    stage: Option<Box<dyn Stage>>,
    output: Arc<Mutex<Output>>,
    encoded: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

#[derive(Debug, Default)]
struct Output {
    bytes: Vec<u8>,
    max: usize,
    capped: bool,
}

trait Stage: Write + Send {
    /// Flushes what is held back, and fails if the end mark is missing.
    fn seal(&mut self) -> io::Result<()>;
}

impl Decoding {
    /// Prepares for a body with these `Content-Encoding` values, which may grow to `bytes_max`.
    ///
    /// # Errors
    /// The name of an encoding that nobody asked for.
    pub(super) fn new(encodings: &[String], bytes_max: usize) -> Result<Self, String> {
        let mut codings = Vec::new();
        for name in encodings.iter().flat_map(|value| value.split(',')) {
            match name.trim().to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => codings.push(Coding::Gzip),
                "br" => codings.push(Coding::Brotli),
                "zstd" => codings.push(Coding::Zstd),
                "deflate" => codings.push(Coding::Deflate),
                // A character set in this header is a common mistake and changes nothing.
                "" | "identity" | "none" | "utf-8" | "utf8" | "binary" | "aws-chunked" => {}
                other => return Err(other.chars().take(40).collect()),
            }
        }
        if codings.len() > LAYERS_MAX {
            return Err(format!("{} encodings on top of each other", codings.len()));
        }
        let output = Output { bytes: Vec::new(), max: bytes_max, capped: false };
        Ok(Self {
            encoded: !codings.is_empty(),
            waiting: Some(codings),
            head: Vec::new(),
            stage: None,
            output: Arc::new(Mutex::new(output)),
            broken: None,
        })
    }

    /// Takes what arrived. `false`: no more is wanted, because the cap is reached or the encoding
    /// is broken.
    pub(super) fn push(&mut self, piece: &[u8]) -> bool {
        if self.waiting.is_some() {
            self.head.extend_from_slice(piece);
            if self.head.len() < MAGIC_BYTES {
                return true;
            }
            return self.begin();
        }
        self.write(piece)
    }

    /// Says that nothing more arrives.
    pub(super) fn end(mut self) -> Decoded {
        let mut wanted = !self.output().capped && self.broken.is_none();
        if wanted && self.waiting.is_some() {
            wanted = self.begin();
        }
        if wanted && let Some(stage) = &mut self.stage {
            self.broken = stage.seal().err().map(|error| error.to_string());
        }
        // The decoders write what they still hold when they are dropped.
        self.stage = None;
        let output = std::mem::take(&mut *self.output());
        let broken = if output.capped { None } else { self.broken };
        let sealed = self.encoded && broken.is_none() && !output.capped;
        Decoded { bytes: output.bytes, capped: output.capped, sealed, broken }
    }

    fn output(&self) -> std::sync::MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Builds the stages, now that the first bytes are known, and feeds them those.
    fn begin(&mut self) -> bool {
        let mut codings = self.waiting.take().unwrap_or_default();
        let head = std::mem::take(&mut self.head);
        match codings.last() {
            // Compressed by a file server that does not say so.
            None if head.starts_with(&[0x1f, 0x8b]) => codings.push(Coding::Gzip),
            // Announced by a front end, not done by the back end.
            Some(coding) if !coding.may_begin(&head) => codings.clear(),
            _ => {}
        }
        self.encoded = !codings.is_empty();
        let mut stage: Box<dyn Stage> = Box::new(Tap(Arc::clone(&self.output)));
        // The last encoding was applied last, so it is undone first: it ends up outermost.
        for coding in codings {
            stage = match coding.stage(stage) {
                Ok(stage) => stage,
                Err(error) => {
                    self.broken = Some(error.to_string());
                    return false;
                }
            };
        }
        self.stage = Some(stage);
        self.write(&head)
    }

    fn write(&mut self, piece: &[u8]) -> bool {
        let Some(stage) = &mut self.stage else { return false };
        if let Err(error) = stage.write_all(piece) {
            self.broken = Some(error.to_string());
            return false;
        }
        !self.output().capped
    }
}

impl Coding {
    /// Whether a body in this encoding can begin so. Brotli has no mark to go by.
    fn may_begin(self, head: &[u8]) -> bool {
        match (self, head) {
            (_, []) => false,
            (Self::Gzip, _) => head.starts_with(&[0x1f, 0x8b]),
            (Self::Zstd, [first, 0xb5, 0x2f, 0xfd, ..]) => *first == 0x28,
            // A skippable frame (RFC 8878, section 3.1.2).
            (Self::Zstd, [first, 0x2a, 0x4d, 0x18, ..]) => first >> 4 == 5,
            (Self::Zstd, _) => false,
            (Self::Deflate | Self::Brotli, [first, ..]) => !matches!(first, b'<' | 0xef),
        }
    }

    fn stage(self, inner: Box<dyn Stage>) -> io::Result<Box<dyn Stage>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(inner)),
            Self::Brotli => {
                Box::new(brotli_decompressor::DecompressorWriter::new(inner, PIECE_BYTES))
            }
            Self::Zstd => Box::new(Zstd::new(inner)?),
            Self::Deflate => Box::new(Deflate::Unknown(Some(inner))),
        })
    }
}

/// What a decoder hands on at a time.
const PIECE_BYTES: usize = 16 * 1024;

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
}

impl Stage for MultiGzDecoder<Box<dyn Stage>> {
    fn seal(&mut self) -> io::Result<()> {
        self.try_finish()?;
        self.get_mut().seal()
    }
}

impl Stage for brotli_decompressor::DecompressorWriter<Box<dyn Stage>> {
    fn seal(&mut self) -> io::Result<()> {
        self.close()?;
        self.get_mut().seal()
    }
}

/// `deflate` means zlib (RFC 9110, section 8.4.1.2), but some servers send it bare: the first two
/// bytes tell.
enum Deflate {
    Unknown(Option<Box<dyn Stage>>),
    Zlib(ZlibDecoder<Box<dyn Stage>>),
    Bare(DeflateDecoder<Box<dyn Stage>>),
}

impl Write for Deflate {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if let Self::Unknown(inner) = self {
            let Some(inner) = inner.take() else { return Err(io::Error::other("used up")) };
            let zlib = matches!(piece, [first, second, ..]
                if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0);
            *self = if zlib {
                Self::Zlib(ZlibDecoder::new(inner))
            } else {
                Self::Bare(DeflateDecoder::new(inner))
            };
        }
        match self {
            Self::Zlib(decoder) => decoder.write(piece),
            Self::Bare(decoder) => decoder.write(piece),
            Self::Unknown(_) => Err(io::Error::other("used up")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Deflate {
    fn seal(&mut self) -> io::Result<()> {
        match self {
            Self::Zlib(decoder) => {
                decoder.try_finish()?;
                decoder.get_mut().seal()
            }
            Self::Bare(decoder) => {
                decoder.try_finish()?;
                decoder.get_mut().seal()
            }
            Self::Unknown(_) => Ok(()),
        }
    }
}

struct Zstd {
    raw: ZstdRaw<'static>,
    inner: Box<dyn Stage>,
    at_frame_end: bool,
    piece: Vec<u8>,
}

impl Zstd {
    fn new(inner: Box<dyn Stage>) -> io::Result<Self> {
        let mut raw = ZstdRaw::new()?;
        raw.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX))?;
        Ok(Self { raw, inner, at_frame_end: false, piece: vec![0; PIECE_BYTES] })
    }
}

impl Write for Zstd {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut taken = 0;
        loop {
            let rest = piece.get(taken..).unwrap_or_default();
            let status = self.raw.run_on_buffers(rest, &mut self.piece)?;
            taken += status.bytes_read;
            let moved = status.bytes_read + status.bytes_written > 0;
            if moved {
                self.at_frame_end = status.remaining == 0;
            }
            self.inner.write_all(self.piece.get(..status.bytes_written).unwrap_or_default())?;
            let full = status.bytes_written == self.piece.len();
            if !moved || (taken >= piece.len() && !full) {
                return Ok(taken);
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stage for Zstd {
    fn seal(&mut self) -> io::Result<()> {
        if !self.at_frame_end {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        self.inner.seal()
    }
}
