//! Bytes to text: which character encoding a document is in, whatever its labels say.
//!
//! The order is written in [`decode`]. Must never know XML beyond its declaration. Called by the
//! room's door only; everything behind it sees UTF-8.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_KR, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use super::hangul::Census;

/// The share of broken characters, in thousandths of the non-ASCII bytes, up to which a label is
/// believed: a title cut inside a character is one, a wrong label breaks every second.
const BROKEN_PER_MILLE_MAX: usize = 20;
/// Characters read for each broken one, from which a label of many bytes is kept although more
/// break than [`BROKEN_PER_MILLE_MAX`]: short titles that are all cut break one in twelve.
const READ_PER_BROKEN_MIN: usize = 10;
/// Bytes that the detector looks at: it is ten times slower than decoding, and decides early.
const DETECT_BYTES_MAX: usize = 256 * 1024;

/// A decoded document.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without byte order mark and without characters that XML forbids.
    pub text: Cow<'a, str>,
    /// WHATWG name of the encoding, lower case (`euc-kr`); `utf-32le` and `utf-32be` beside.
    pub encoding: String,
    /// Labels that were not believed, broken characters.
    pub remarks: Vec<String>,
    /// Control characters that were dropped.
    pub controls: usize,
}

/// What the surroundings of a document say of its encoding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels<'a> {
    /// The user's word, which is obeyed.
    pub forced: Option<&'a str>,
    /// The `Content-Type` header, verbatim.
    pub content_type: Option<&'a str>,
}

/// Decodes in this order: the user's word; byte order mark; the pattern of `<` in UTF-16 and
/// UTF-32; valid UTF-8, which beats every label because other encodings are not valid by chance;
/// the HTTP charset; the XML declaration (each only where it fits the bytes); then what
/// [`disputed`] says. Latin-1 fits all bytes and is what servers say unasked: it claims nothing
/// before all others have failed.
pub fn decode<'a>(bytes: &'a [u8], labels: Labels<'_>) -> Decoded<'a> {
    if let Some(encoding) = labels.forced.and_then(by_label) {
        return finish(encoding.decode_with_bom_removal(bytes).0, name(encoding), Vec::new());
    }
    if let Some((text, name)) = utf_32(bytes) {
        return finish(Cow::Owned(text), name.to_owned(), Vec::new());
    }
    if let Some(encoding) = marked(bytes) {
        return finish(encoding.decode_with_bom_removal(bytes).0, name(encoding), Vec::new());
    }
    let http = labels.content_type.and_then(charset);
    let declared = declaration(bytes);
    let claims = [("http", http), ("xml declaration", declared.as_deref())];
    // ISO-2022 texts are plain ASCII with escapes: the only labels that valid UTF-8 cannot beat.
    let escapes = memchr::memchr(0x1B, bytes).is_some();
    // Checks Korean text twice as fast as the standard library.
    let valid = || UTF_8.decode_without_bom_handling_and_without_replacement(bytes);
    if !escapes && let Some(text) = valid() {
        let remarks = if text.is_ascii() { Vec::new() } else { disbelieved(claims, UTF_8) };
        return finish(text, name(UTF_8), remarks);
    }
    let named = claims.map(|(_, claim)| claim.and_then(by_label));
    let fitting = named
        .into_iter()
        .flatten()
        .filter(|encoding| !is_unicode(encoding) && *encoding != WINDOWS_1252)
        .map(|encoding| (encoding, attempt(encoding, bytes)))
        .find(|(_, (_, broken))| fits(*broken, bytes));
    let (encoding, certain, (text, broken)) = if let Some((encoding, attempt)) = fitting {
        (encoding, true, attempt)
    } else {
        let (encoding, certain) = disputed(bytes, named);
        (encoding, certain, attempt(encoding, bytes))
    };
    let mut remarks = disbelieved(claims, encoding);
    if !certain {
        remarks.push(format!("encoding guessed: {}", name(encoding)));
    }
    remarks.extend(broken_remark(broken));
    finish(text, name(encoding), remarks)
}

/// The encoding of bytes that no label fits, but perhaps Latin-1, and whether that is certain.
///
/// In this order: UTF-8 with a few broken characters; Korean by the count of its syllables
/// ([`Census`]), where a label of Korean needs fewer of them; Latin-1 if a label says so, else
/// what the detector says. Where that is a single-byte encoding, which reads everything, a label
/// of many bytes is kept as long as it reads ten characters for each broken one.
fn disputed(bytes: &[u8], named: [Option<&'static Encoding>; 2]) -> (&'static Encoding, bool) {
    let says = |encoding: &'static Encoding| named.contains(&Some(encoding));
    if nearly_utf_8(bytes, says(UTF_8), says(WINDOWS_1252)) {
        return (UTF_8, true);
    }
    let census = Census::of(bytes);
    if census.is_korean() || says(EUC_KR) && census.may_be_korean() {
        return (EUC_KR, says(EUC_KR));
    }
    let (encoding, certain) =
        if says(WINDOWS_1252) { (WINDOWS_1252, true) } else { (detect(bytes), false) };
    let kept = named.into_iter().flatten().find(|label| {
        encoding.is_single_byte()
            && !label.is_single_byte()
            && !is_unicode(label)
            && *label != EUC_KR
            && is_mostly_read(&attempt(label, bytes))
    });
    kept.map_or((encoding, certain), |label| (label, true))
}

/// Whether few characters break as UTF-8; a label that says UTF-8 allows more.
fn nearly_utf_8(bytes: &[u8], claimed: bool, latin_claimed: bool) -> bool {
    // A character cut by the end of the document proves nothing.
    let end = std::str::from_utf8(bytes).err().filter(|error| error.error_len().is_none());
    let bytes = end.map_or(bytes, |error| bytes.get(..error.valid_up_to()).unwrap_or(bytes));
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|&byte| byte >= 0xC0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // Of Korean characters in EUC-KR, one in ten happens to be valid UTF-8.
    valid >= broken * if claimed { 1 } else { 4 } && (valid > 0 || !latin_claimed)
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..DETECT_BYTES_MAX.min(bytes.len())).unwrap_or_default(), true);
    detector.guess(None, Utf8Detection::Deny)
}

fn is_mostly_read((text, broken): &(Cow<'_, str>, usize)) -> bool {
    text.chars().filter(|c| !c.is_ascii()).count() >= broken * (1 + READ_PER_BROKEN_MIN)
}

fn attempt<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, usize) {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let broken = if broken { memmem::find_iter(text.as_bytes(), "\u{FFFD}").count() } else { 0 };
    (text, broken)
}

fn fits(broken: usize, bytes: &[u8]) -> bool {
    broken == 0 || {
        let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
        broken <= 1 || broken * 1000 <= high * BROKEN_PER_MILLE_MAX
    }
}

fn broken_remark(broken: usize) -> Option<String> {
    (broken > 0).then(|| format!("broken characters were replaced ({broken})"))
}

fn disbelieved(claims: [(&str, Option<&str>); 2], used: &'static Encoding) -> Vec<String> {
    let lies = claims.into_iter().filter_map(|(who, claim)| {
        let claim = claim?;
        let short: String = claim.chars().filter(|c| !c.is_control()).take(40).collect();
        (by_label(claim) != Some(used))
            .then(|| format!("{who} says \"{short}\", the bytes are {}", name(used)))
    });
    lies.collect()
}

fn name(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

/// Labels of these are not tried: what they name is told from the bytes.
fn is_unicode(encoding: &'static Encoding) -> bool {
    [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding)
}

/// The encoding of a label: the WHATWG's list, and Korean names that it lacks.
pub fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';'));
    // The WHATWG list maps labels that are dangerous to `replacement`, which reads nothing.
    let known = Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT);
    if let Some(encoding) = known {
        return Some(encoding);
    }
    let folded: String =
        label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match folded.as_str() {
        "cp949" | "ms949" | "xwindows949" | "windows949" | "uhc" | "xuhc" | "euckr" | "ksc5601"
        | "ksc56011987" | "ksx1001" | "xeuckr" | "korean" | "949" => Some(EUC_KR),
        "macroman" | "mac" => Some(encoding_rs::MACINTOSH),
        "maccyrillic" => Some(encoding_rs::X_MAC_CYRILLIC),
        "cp932" | "ms932" | "windows932" | "sjis" => Some(encoding_rs::SHIFT_JIS),
        "cp936" | "ms936" | "windows936" => Some(encoding_rs::GBK),
        "cp950" | "ms950" | "windows950" => Some(encoding_rs::BIG5),
        "eucjp" => Some(encoding_rs::EUC_JP),
        "utf8" | "utf8mb4" | "unicode11utf8" => Some(UTF_8),
        _ => {
            // `windows_1251`, `cp1251` and `win1251` are all meant as `windows-1251`.
            let number = ["windows", "cp", "win"].iter().find_map(|name| folded.strip_prefix(name));
            number.and_then(|number| Encoding::for_label(format!("windows-{number}").as_bytes()))
        }
    }
}

/// `charset` of a `Content-Type` header.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// `encoding` of the first XML declaration within the first KiB, where a warning of the server
/// may stand before it.
fn declaration(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..1024.min(bytes.len()))?;
    let start = memmem::find(head, b"<?xml")?;
    let inside = head.get(start..)?;
    let inside = inside.get(..memchr::memchr(b'>', inside)?)?;
    let label = inside
        .get(memmem::find(inside, b"encoding")? + 8..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (&quote, label) = label.split_first()?;
    let label = label.get(..memchr::memchr(quote, label)?)?;
    String::from_utf8(label.to_vec()).ok()
}

/// A byte order mark, or the way `<` and spaces look in UTF-16.
fn marked(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding)
            .filter(|encoding| *encoding != UTF_8 || std::str::from_utf8(bytes).is_ok());
    }
    match bytes.get(..4)? {
        [b'<' | b'{' | b' ' | b'\n', 0, second, 0] if *second != 0 => Some(UTF_16LE),
        [0, b'<' | b'{' | b' ' | b'\n', 0, second] if *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-32 by its mark or by the pattern of `<`; no browser reads it, and no label is needed.
fn utf_32(bytes: &[u8]) -> Option<(String, &'static str)> {
    let little = match bytes.get(..4)? {
        [0xFF, 0xFE, 0, 0] | [b'<', 0, 0, 0] => true,
        [0, 0, 0xFE, 0xFF] | [0, 0, 0, b'<'] => false,
        _ => return None,
    };
    let (words, _) = bytes.as_chunks::<4>();
    let text = words
        .iter()
        .map(|&word| if little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
        .map(|word| char::from_u32(word).unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Some((text, if little { "utf-32le" } else { "utf-32be" }))
}

/// Takes off what is left of a mark and the characters that XML forbids.
fn finish(text: Cow<'_, str>, encoding: String, remarks: Vec<String>) -> Decoded<'_> {
    #[expect(clippy::needless_bitwise_bool, reason = "a branch would stop vectorising")]
    let forbidden = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    // Nearly always there is none: told in blocks without a branch, which processors do at once.
    let any = text
        .as_bytes()
        .chunks(1024)
        .any(|block| block.iter().fold(false, |any, &byte| any | forbidden(byte)));
    let controls = if any { text.bytes().filter(|&byte| forbidden(byte)).count() } else { 0 };
    let text = if controls > 0 {
        Cow::Owned(text.chars().filter(|&c| !(c.is_ascii() && forbidden(c as u8))).collect())
    } else {
        text
    };
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{FEFF}')),
        Cow::Owned(text) if text.starts_with('\u{FEFF}') => {
            Cow::Owned(text.trim_start_matches('\u{FEFF}').to_owned())
        }
        owned @ Cow::Owned(_) => owned,
    };
    Decoded { text, encoding, remarks, controls }
}
