//! The last step of every text: invisible characters dropped, white space folded, NFC.
//!
//! Copies runs of ordinary bytes whole and looks closer only at bytes that can begin something
//! else. Knows nothing of HTML.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::lang::entities::meant;

/// Gathers a text piece by piece.
pub(super) struct Folder {
    out: String,
    pending: Pending,
    /// Something was seen that NFC may change.
    composed: bool,
}

/// White space that stands before the next visible character, if one comes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pending {
    Nothing,
    Space,
    Line,
}

impl Folder {
    /// `bytes` is a guess at the length, taken with a grain of salt.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let out = String::with_capacity(bytes.min(64 * 1024));
        Self { out, pending: Pending::Nothing, composed: true }
    }

    /// A space before what comes next.
    pub(super) fn space(&mut self) {
        self.pending = self.pending.max(Pending::Space);
    }

    /// A new line before what comes next.
    pub(super) fn line(&mut self) {
        self.pending = Pending::Line;
    }

    /// Adds text in which all white space is alike.
    pub(super) fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let (mut start, mut at) = (0, 0);
        while let Some(&byte) = bytes.get(at) {
            match CLASSES[byte as usize] {
                Class::Plain => at += 1,
                Class::Marks => {
                    self.composed &= is_syllable(bytes, at);
                    at += 1;
                }
                // One space between two ordinary bytes is as it should be.
                Class::Space
                    if byte == b' '
                        && at > start
                        && bytes
                            .get(at + 1)
                            .is_some_and(|b| CLASSES[*b as usize] == Class::Plain) =>
                {
                    at += 2;
                }
                Class::Space => {
                    self.copy(text, start, at);
                    self.space();
                    at += 1;
                    start = at;
                }
                Class::Suspect => {
                    self.copy(text, start, at);
                    let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                        break;
                    };
                    self.character(c);
                    at += c.len_utf8();
                    start = at;
                }
            }
        }
        self.copy(text, start, bytes.len());
    }

    fn copy(&mut self, text: &str, start: usize, end: usize) {
        if let Some(run) = text.get(start..end).filter(|run| !run.is_empty()) {
            self.settle();
            self.out.push_str(run);
        }
    }

    fn settle(&mut self) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            _ if self.out.is_empty() => {}
            Pending::Nothing => {}
            Pending::Space => self.out.push(' '),
            Pending::Line => self.out.push('\n'),
        }
    }

    fn character(&mut self, c: char) {
        let c = meant(c);
        if c.is_whitespace() {
            self.space();
        } else if !is_dropped(c, self.out.chars().next_back()) {
            self.composed &= is_composed(c);
            self.settle();
            self.out.push(c);
        }
    }

    /// The text, without white space at either end.
    pub(super) fn finish(self) -> String {
        if self.composed || is_nfc_quick(self.out.chars()) == IsNormalized::Yes {
            return self.out;
        }
        self.out.nfc().collect()
    }
}

/// Whether a Hangul syllable begins at `at` (U+AC00 to U+D7A3), where the blocks U+A000 and U+D000
/// begin with the same bytes.
fn is_syllable(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..at + 3) {
        Some([0xea, second, _]) => *second >= 0xb0,
        Some([0xed, second, third]) => *second < 0x9e || *second == 0x9e && *third <= 0xa3,
        _ => false,
    }
}

/// Whether NFC leaves `c` alone, whatever stands beside it; said of the signs that are usual in
/// Europe and Korea, no for many others of which it is true.
fn is_composed(c: char) -> bool {
    matches!(c,
        '\u{a0}'..='\u{2ff}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{20a0}'..='\u{20c0}'
        | '\u{2190}'..='\u{219a}'
        | '\u{2460}'..='\u{26ff}'
        | '\u{3001}'..='\u{3029}'
        | '\u{3200}'..='\u{33ff}'
        | '\u{ff01}'..='\u{ff9d}'
        | '\u{1f300}'..='\u{1faff}'
    )
}

/// Whether `c` shows nothing and hides words from a search: controls, zero-width characters, bidi
/// controls, Hangul and Braille fillers, tags, noncharacters. Joiners stay where scripts and emoji
/// need them.
fn is_dropped(c: char, before: Option<char>) -> bool {
    match c {
        '\u{0}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' => !before.is_some_and(|before| {
            matches!(before, '\u{600}'..='\u{dff}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
        }),
        _ => false,
    }
}

/// What a byte can begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A visible character that NFC leaves alone, or the rest of any character.
    Plain,
    /// A visible character that NFC may change.
    Marks,
    /// ASCII white space.
    Space,
    /// Something to look at as a character.
    Suspect,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Suspect; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | b' ' => Class::Space,
            // U+0080 to U+02FF less the first line, CJK ideographs, Hangul syllables; and bytes
            // inside a character, which are only met behind one of these.
            b'!'..=b'~' | 0x80..=0xbf | 0xc3..=0xcb | 0xe4..=0xe9 | 0xeb..=0xec => Class::Plain,
            // U+0300 to U+07FF but for two invisible ones; U+A000 and U+D000 blocks.
            0xcc | 0xce..=0xd7 | 0xd9..=0xdf | 0xea | 0xed => Class::Marks,
            _ => Class::Suspect,
        };
        byte += 1;
    }
    classes
};
