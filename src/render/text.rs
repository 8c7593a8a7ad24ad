//! Texts of others made harmless to show, and cut where people would cut them.
//!
//! What every renderer shares: one line, no invisible or direction-changing characters, no
//! terminal escapes, no towers of accents; cuts fall between grapheme clusters and show "…". The
//! escape of one receiver's own syntax is that renderer's affair.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// The sign of a cut.
pub const ELLIPSIS: &str = "…";

/// Accents on one letter: Vietnamese and Hebrew need three; a tower of fifty covers other lines.
const MARKS_MAX: usize = 8;

/// Joined emoji: a family of four with skin tones has three joints.
const JOINTS_MAX: usize = 6;

/// A text as one visible line.
///
/// ```
/// use bongsu::render::text::clean;
/// assert_eq!(clean("EU\u{202e}\n and\u{200b} \u{1b}[31mKorea\u{1b}[0m"), "EU and Korea");
/// ```
pub fn clean(text: &str) -> String {
    let chars: Vec<(char, bool)> = text.chars().map(|c| (c, false)).collect();
    clean_marked(&chars).into_iter().map(|(c, _)| c).collect()
}

/// Like [`clean`], for characters that each carry a mark (part of a hit or not).
pub fn clean_marked(chars: &[(char, bool)]) -> Vec<(char, bool)> {
    let mut out: Vec<(char, bool)> = Vec::with_capacity(chars.len());
    let mut space: Option<bool> = None;
    let (mut marks, mut joints) = (0, 0);
    let mut at = 0;
    while let Some(&(c, marked)) = chars.get(at) {
        let escape = escape_length(chars.get(at..).unwrap_or_default());
        if escape > 0 {
            at += escape;
            continue;
        }
        at += 1;
        if c.is_whitespace() || matches!(c, '\u{2800}') {
            space = Some(marked && space.unwrap_or(true));
            continue;
        }
        if c == '\u{200d}' {
            let next = chars.get(at).map(|&(next, _)| next);
            let joined = space.is_none()
                && joints < JOINTS_MAX
                && out.last().is_some_and(|&(last, _)| is_pictorial(last))
                && next.is_some_and(is_pictorial);
            if joined {
                joints += 1;
                out.push((c, marked));
            }
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX {
            continue;
        }
        if marks == 0 && out.last().is_none_or(|&(last, _)| last != '\u{200d}') {
            joints = 0;
        }
        if let Some(mark) = space.take()
            && !out.is_empty()
        {
            out.push((' ', mark && marked));
        }
        out.push((c, marked));
    }
    out
}

/// Characters of the terminal escape that the text begins with; 0 when it begins with none.
///
/// A control sequence ends at its final byte (ECMA-48 §5.4), a control string (OSC, DCS, APC, PM,
/// SOS) at its terminator. One without an end loses only its first character, so that a stray
/// escape cannot hide the rest of a text.
fn escape_length(chars: &[(char, bool)]) -> usize {
    let at = |i: usize| chars.get(i).map(|&(c, _)| c);
    let (kind, start) = match (at(0), at(1)) {
        (Some('\u{1b}'), Some(kind)) => (kind, 2),
        (Some('\u{9b}'), _) => ('[', 1),
        (Some('\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}'), _) => (']', 1),
        _ => return 0,
    };
    match kind {
        '[' => {
            let body = (start..start + 64)
                .take_while(|&i| at(i).is_some_and(|c| (' '..='?').contains(&c)))
                .count();
            let ends = at(start + body).is_some_and(|c| ('@'..='~').contains(&c));
            if ends { start + body + 1 } else { start }
        }
        ']' | 'P' | 'X' | '^' | '_' => (start..chars.len())
            .find_map(|i| match (at(i), at(i + 1)) {
                (Some('\u{7}' | '\u{9c}'), _) => Some(i + 1),
                (Some('\u{1b}'), Some('\\')) => Some(i + 2),
                _ => None,
            })
            .unwrap_or(start),
        '(' | ')' | '#' | '%' => start + 1,
        _ => 1,
    }
}

/// Controls, direction changes, zero-width and filler characters, tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Signs that a zero-width joiner may join: emoji and what modifies them, never letters.
fn is_pictorial(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Length in UTF-16 units: what Slack's clients count, and never less than its characters.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Length in characters.
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The text if it costs at most `max`, else as many whole grapheme clusters as leave room for
/// "…". The cost must be that of the cluster as it will be sent, escapes included.
pub fn fit(text: &str, max: usize, cost: impl Fn(&str) -> usize) -> String {
    let room = max.saturating_sub(cost(ELLIPSIS));
    let (mut spent, mut kept) = (0_usize, 0);
    for (at, cluster) in text.grapheme_indices(true) {
        spent += cost(cluster);
        if spent <= room {
            kept = at + cluster.len();
        }
        if spent > max {
            let head = text.get(..kept).unwrap_or_default().trim_end();
            return format!("{head}{ELLIPSIS}");
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_leave_with_all_they_carry() {
        let cases = [
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{9b}31mred", "red"),
            ("a\u{1b}]8;;http://evil.example\u{7}click\u{1b}]8;;\u{7}b", "aclickb"),
            ("a\u{1b}]0;title\u{1b}\\b", "ab"),
            ("a\u{9d}0;title\u{9c}b", "ab"),
            ("a\u{1b}]0;never ends", "a0;never ends"),
            ("a\u{1b}", "a"),
            ("a\u{1b}cb", "acb"),
            ("one\r\ntwo\ttwo\u{2028}three\u{85}four", "one two two three four"),
        ];
        for (given, wanted) in cases {
            assert_eq!(clean(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_removed_and_what_can_be_seen_stays() {
        assert_eq!(clean("\u{feff}a\u{200b}b\u{202e}c\u{2066}d\u{ad}e\u{3164}f"), "abcdef");
        assert_eq!(clean("  양자\u{3000}기술  협력 "), "양자 기술 협력");
        assert_eq!(clean("👨‍👩‍👧 가족"), "👨‍👩‍👧 가족");
        assert_eq!(clean("a\u{200d}b"), "ab");
        assert_eq!(clean("한글 \u{1112}\u{1161}\u{11ab}"), "한글 \u{1112}\u{1161}\u{11ab}");
    }

    #[test]
    fn towers_of_accents_and_chains_of_emoji_are_bounded() {
        let tower = format!("e{}x", "\u{301}".repeat(500));
        assert_eq!(characters(&clean(&tower)), 2 + MARKS_MAX);
        let chain = vec!["👨"; 500].join("\u{200d}");
        let longest = clean(&chain).graphemes(true).map(characters).max();
        assert_eq!(longest, Some(2 * JOINTS_MAX + 1));
    }

    #[test]
    fn a_cut_falls_between_clusters_exactly_at_the_limit() {
        let hangul = "가".repeat(10);
        assert_eq!(fit(&hangul, 11, units), hangul);
        assert_eq!(fit(&hangul, 10, units), hangul);
        assert_eq!(fit(&hangul, 9, units), format!("{}…", "가".repeat(8)));
        // A family is 8 units: five for the people's halves and joints, never split.
        let families = "👨‍👩‍👧".repeat(3);
        assert_eq!(units(&families), 24);
        assert_eq!(fit(&families, 24, units), families);
        assert_eq!(fit(&families, 23, units), "👨‍👩‍👧👨‍👩‍👧…");
        assert_eq!(fit(&families, 16, units), "👨‍👩‍👧…");
        assert_eq!(fit(&families, 7, units), "…");
        assert_eq!(fit("", 0, units), "");
    }
}
