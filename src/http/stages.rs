//! The decoders of `Content-Encoding`, each a stage that writes into the next.
//!
//! Owns what is the end of an encoded stream and what comes behind it: another member, which
//! belongs to the body (RFC 1952, section 2.2; RFC 8878, section 3.1), or bytes that some server put
//! there (a line break after a script's last line, padding), which do not. It never judges whether
//! bytes are encoded at all: `decode` does, and is the only caller.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};
use zstd::stream::raw::{Decoder as ZstdRaw, Operation};
use zstd::zstd_safe::DParameter;

/// The largest window of zstd that a decoder must support (RFC 8878, section 3.1.1.1.2, and RFC
/// 9659 for HTTP): 2^23 = 8 MiB. More is only memory that a stranger makes us set aside.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// What a decoder hands on at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// The encodings that are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

/// What takes bytes and has an end.
pub(super) trait Stage: Write + Send {
    /// Flushes what is held back, and fails if the end mark is missing.
    fn seal(&mut self) -> io::Result<()>;

    /// Whether the end mark was passed and all that comes behind it is thrown away.
    fn is_over(&self) -> bool;
}

/// What bytes are, going by the mark that an encoding begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    Yes,
    No,
    /// Too few of them to tell.
    Perhaps,
}

impl Coding {
    /// Whether these bytes begin a stream of an encoding that bears a mark; `No` for the others.
    pub(super) fn begins(self, bytes: &[u8]) -> Begins {
        // Each byte of a mark with the bits of it that count.
        let marks: &[[(u8, u8); 4]] = match self {
            // RFC 1952, section 2.3.1: the method is deflate, and three flags are reserved.
            Self::Gzip => &[[(0x1f, 0xff), (0x8b, 0xff), (0x08, 0xff), (0x00, 0xe0)]],
            // A frame, or one to be skipped (RFC 8878, section 3.1.2).
            Self::Zstd => &[
                [(0x28, 0xff), (0xb5, 0xff), (0x2f, 0xff), (0xfd, 0xff)],
                [(0x50, 0xf0), (0x2a, 0xff), (0x4d, 0xff), (0x18, 0xff)],
            ],
            Self::Brotli | Self::Deflate => &[],
        };
        let fits = |mark: &&[(u8, u8); 4]| {
            mark.iter().zip(bytes).all(|((wanted, bits), byte)| byte & bits == *wanted)
        };
        match marks.iter().any(|mark| fits(&mark)) {
            false => Begins::No,
            true if bytes.len() < 4 => Begins::Perhaps,
            true => Begins::Yes,
        }
    }

    /// The decoder of this encoding, writing into `inner`.
    ///
    /// # Errors
    /// zstd finds no memory.
    pub(super) fn stage(self, inner: Box<dyn Stage>) -> io::Result<Box<dyn Stage>> {
        Ok(match self {
            Self::Gzip => {
                Box::new(Members::new(self, Gzip { member: Some(GzDecoder::new(inner)) }))
            }
            Self::Zstd => Box::new(Members::new(self, Zstd::new(inner)?)),
            Self::Brotli => Box::new(Single {
                decoder: DecompressorWriter::new(inner, PIECE_BYTES),
                is_over: false,
            }),
            Self::Deflate => {
                Box::new(Single { decoder: Deflate::Unknown(Some(inner)), is_over: false })
            }
        })
    }
}

/// A decoder of one stream that takes nothing any more (`Ok(0)`) once it has come to the end mark.
trait Decoder: Write + Send {
    fn finish(&mut self) -> io::Result<()>;
}

/// A stream with nothing behind it that counts.
struct Single<D> {
    decoder: D,
    is_over: bool,
}

impl<D: Decoder> Write for Single<D> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.is_over || piece.is_empty() {
            return Ok(piece.len());
        }
        let taken = self.decoder.write(piece)?;
        self.is_over = taken == 0;
        Ok(if self.is_over { piece.len() } else { taken })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<D: Decoder> Stage for Single<D> {
    fn seal(&mut self) -> io::Result<()> {
        self.decoder.finish()
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

/// A decoder that can begin anew behind the end of a member.
trait Restart: Decoder {
    fn restart(&mut self) -> io::Result<()>;
}

/// A stream of members, and perhaps something behind the last.
struct Members<D> {
    coding: Coding,
    decoder: D,
    /// The bytes behind a complete member, until they show whether they begin another.
    behind: Option<Vec<u8>>,
    is_over: bool,
}

impl<D: Restart> Members<D> {
    fn new(coding: Coding, decoder: D) -> Self {
        Self { coding, decoder, behind: None, is_over: false }
    }
}

impl<D: Restart> Write for Members<D> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut rest = piece;
        while let Some((first, after)) = rest.split_first() {
            if self.is_over {
                break;
            }
            let Some(behind) = &mut self.behind else {
                match self.decoder.write(rest)? {
                    0 => self.behind = Some(Vec::new()),
                    taken => rest = rest.get(taken..).unwrap_or_default(),
                }
                continue;
            };
            behind.push(*first);
            rest = after;
            match self.coding.begins(behind) {
                Begins::Perhaps => {}
                Begins::No => self.is_over = true,
                Begins::Yes => {
                    let head = std::mem::take(behind);
                    self.behind = None;
                    self.decoder.restart()?;
                    self.decoder.write_all(&head)?;
                }
            }
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<D: Restart> Stage for Members<D> {
    fn seal(&mut self) -> io::Result<()> {
        // The beginning of a mark may be the beginning of a member that did not come.
        if !self.is_over && self.behind.as_ref().is_some_and(|behind| !behind.is_empty()) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        self.decoder.finish()
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Decoder for DecompressorWriter<Box<dyn Stage>> {
    fn finish(&mut self) -> io::Result<()> {
        self.close()?;
        self.get_mut().seal()
    }
}

struct Gzip {
    member: Option<GzDecoder<Box<dyn Stage>>>,
}

fn used_up() -> io::Error {
    io::Error::other("used up")
}

impl Write for Gzip {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.member.as_mut().ok_or_else(used_up)?.write(piece)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder for Gzip {
    fn finish(&mut self) -> io::Result<()> {
        let member = self.member.as_mut().ok_or_else(used_up)?;
        member.try_finish()?;
        member.get_mut().seal()
    }
}

impl Restart for Gzip {
    fn restart(&mut self) -> io::Result<()> {
        let inner = self.member.take().ok_or_else(used_up)?.finish()?;
        self.member = Some(GzDecoder::new(inner));
        Ok(())
    }
}

/// `deflate` means zlib (RFC 9110, section 8.4.1.2), but some servers send it bare: the first two
/// bytes tell.
enum Deflate {
    Unknown(Option<Box<dyn Stage>>),
    Zlib(ZlibDecoder<Box<dyn Stage>>),
    Bare(DeflateDecoder<Box<dyn Stage>>),
}

/// Whether a zlib stream begins so (RFC 1950, section 2.2: the method is deflate, and the two bytes
/// are a multiple of 31).
pub(super) fn begins_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..]
        if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

impl Write for Deflate {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if let Self::Unknown(inner) = self {
            let inner = inner.take().ok_or_else(used_up)?;
            *self = if begins_zlib(piece) {
                Self::Zlib(ZlibDecoder::new(inner))
            } else {
                Self::Bare(DeflateDecoder::new(inner))
            };
        }
        match self {
            Self::Zlib(decoder) => decoder.write(piece),
            Self::Bare(decoder) => decoder.write(piece),
            Self::Unknown(_) => Err(used_up()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder for Deflate {
    fn finish(&mut self) -> io::Result<()> {
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
        while !self.at_frame_end {
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
                break;
            }
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder for Zstd {
    fn finish(&mut self) -> io::Result<()> {
        if !self.at_frame_end {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        self.inner.seal()
    }
}

impl Restart for Zstd {
    fn restart(&mut self) -> io::Result<()> {
        self.at_frame_end = false;
        Ok(())
    }
}
