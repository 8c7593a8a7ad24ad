//! How often the character references of a text are decoded: once or to a fixpoint.
//!
//! What one stands for is `lang`'s. Knows nothing of tags. Called by `text` for every piece of text,
//! linear in its length.

use std::borrow::Cow;

use crate::lang::entities::{Ends, Meaning, behind};

/// Publishers escape twice, some three times; more is a text about escaping.
const ROUNDS_MAX: usize = 3;

/// Decodes `text` until nothing changes, at most three times.
///
/// Names without a semicolon count in the first round only: later ones would find `&copy` in what
/// was meant as text.
pub fn to_fixpoint(text: &str) -> Cow<'_, str> {
    rounds(text, Round::Later)
}

/// Decodes `text` as often, but what shows markup once: `&amp;lt;` is meant to be `&lt;` in a text
/// whose tags stand unescaped, while `&amp;middot;` was escaped twice there too.
pub fn as_meant(text: &str) -> Cow<'_, str> {
    rounds(text, Round::Slips)
}

fn rounds(text: &str, later: Round) -> Cow<'_, str> {
    let mut decoded = once(text, Round::First);
    for _ in 1..ROUNDS_MAX {
        let Cow::Owned(next) = once(&decoded, later) else {
            break;
        };
        decoded = Cow::Owned(next);
    }
    decoded
}

/// Which references are decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// All.
    First,
    /// Those with a semicolon.
    Later,
    /// Of those, the ones that stand for no sign of markup.
    Slips,
}

/// Decodes `text` once; borrowed when there was nothing to decode.
fn once(text: &str, round: Round) -> Cow<'_, str> {
    let mut decoded = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(position) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, reference) = rest.split_at(position);
        let ends = if round == Round::First { Ends::Open } else { Ends::Closed };
        let read = behind(reference.get(1..).unwrap_or_default(), ends)
            .filter(|(meaning, _)| round != Round::Slips || !meaning.is_markup());
        if !changed && read.is_some() {
            decoded.reserve(text.len());
            changed = true;
        }
        decoded.push_str(before);
        // An `&` that begins no reference is itself.
        let (meaning, length) = read.unwrap_or((Meaning::Char('&'), 0));
        meaning.push_to(&mut decoded);
        rest = reference.get(1 + length..).unwrap_or_default();
    }
    if !changed {
        return Cow::Borrowed(text);
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_with_and_without_semicolon() {
        let table = [
            ("R&amp;D", "R&D"),
            ("R&D", "R&D"),
            ("a&nbsp b", "a\u{a0} b"),
            ("한&middot;EU", "한·EU"),
            ("한&middot EU", "한· EU"),
            ("&#44032;&#xAC01;&#Xac02;", "가각갂"),
            ("&#8364 &#128;", "€ €"),
            ("&#0;&#xD800;&#99999999999999999999;", ""),
            ("&#55357;&#56832;&#xD83D;&#xDE00;x", "😀😀x"),
            ("&#55357;x&#56832;&#55357;&#65;", "xA"),
            ("&#;&#x;&;&", "&#;&#x;&;&"),
            ("?a=1&copy=2&region=3", "?a=1&copy=2&region=3"),
            ("&notanentity;", "&notanentity;"),
        ];
        for (text, wanted) in table {
            assert_eq!(once(text, Round::First), wanted, "{text}");
        }
    }

    #[test]
    fn three_layers_of_escapes_come_off_and_a_fourth_stays() {
        assert_eq!(to_fixpoint("한&middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;amp;middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;amp;amp;middot;EU"), "한&middot;EU");
    }

    #[test]
    fn what_shows_markup_is_decoded_once_where_its_level_is_known() {
        assert_eq!(as_meant("&amp;lt;b&amp;gt; &amp;#60; &amp;amp;"), "&lt;b&gt; &#60; &amp;");
        assert_eq!(as_meant("한&amp;middot;EU&amp;#8217;s &lt;b&gt;"), "한·EU’s <b>");
    }

    #[test]
    fn names_without_semicolon_count_in_the_first_round_only() {
        assert_eq!(to_fixpoint("&amp;copy 2026"), "&copy 2026");
    }
}
