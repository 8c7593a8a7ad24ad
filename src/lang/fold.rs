//! The form in which two texts are the same to a reader: letters and digits, without case, width,
//! signs and spacing.
//!
//! For comparing, never for showing. Called wherever texts are compared or told apart.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Letters, digits and marks in compatibility form and lower case; runs of anything else are one
/// space. A text of signs alone stands as it is.
pub fn folded(text: &str) -> String {
    if let Some(folded) = folded_as_it_stands(text) {
        return settled(folded, text);
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        // Koreans type ㆍ (U+318D, here U+119E) for the middle dot: a letter only by name.
        if c == '\u{119e}' {
            separate(&mut folded);
        } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            folded.push(c);
        } else {
            separate(&mut folded);
        }
    }
    settled(folded, text)
}

/// The same for a text in which every character is known to be in compatibility form, as most are.
fn folded_as_it_stands(text: &str) -> Option<String> {
    let mut folded = String::with_capacity(text.len());
    // What stays as it is begins here, and is copied in one piece.
    let mut run = 0;
    for (at, c) in text.char_indices() {
        if matches!(c,
            'a'..='z' | '0'..='9' | '가'..='힣' | '一'..='鿋' | 'ß'..='ö' | 'ø'..='ÿ')
        {
            continue;
        }
        folded.push_str(text.get(run..at)?);
        run = at + c.len_utf8();
        match c {
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            // Dashes, quotes and the middle dot: signs.
            '\0'..='\u{7f}'
            | '\u{b7}'
            | '\u{2010}'..='\u{2016}'
            | '\u{2018}'..='\u{201f}'
            | '「'..='』' => separate(&mut folded),
            _ => return None,
        }
    }
    folded.push_str(text.get(run..)?);
    Some(folded)
}

fn settled(mut folded: String, text: &str) -> String {
    folded.truncate(folded.trim_end().len());
    if folded.is_empty() {
        folded.push_str(text.trim());
    }
    folded
}

fn separate(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// ASCII letters in lower case; borrowed where they are already, as they nearly always are.
pub fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text begins with `start`, whatever the case of ASCII letters.
pub fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Every run of white space as one space, none at the ends.
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
