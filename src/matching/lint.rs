//! Terms that are not what they seem to be meant for: regular expressions, queries in lists, commas.
//!
//! Looks at the words that a user wrote and at no text; whether a term can be found at all is `term`'s to
//! say. What is certain never to be found is an error, for a watch that misses in silence is the worst
//! fault there is; what may be meant as it stands is told and taken. Called by `compile`.

/// What is doubtful of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// It would never be found.
    pub(super) is_error: bool,
    /// Goes on behind the name of the term.
    pub(super) message: String,
    pub(super) cure: String,
}

/// A class of a regular expression has no more characters than this.
const CLASS_MAX: usize = 12;

/// Of a term in a list.
pub(super) fn of_list(text: &str) -> Option<Doubt> {
    let query = || {
        let field = text.split_once(':').is_some_and(|(field, rest)| {
            let fields = ["title", "lead", "head", "body", "text", "category", "source", "lang"];
            fields.contains(&field) && !rest.is_empty()
        });
        (field || has_operator(text)).then(|| Doubt {
            is_error: false,
            message: "is written like a query, but lists hold plain terms".to_owned(),
            cure: format!("write it as a query: when = '{text}'"),
        })
    };
    regular(text, "one term for each").or_else(query)
}

/// Of a word or phrase in a query.
pub(super) fn of_query(text: &str, quoted: bool) -> Option<Doubt> {
    let operator = || {
        (quoted && has_operator(text)).then(|| Doubt {
            is_error: false,
            message: "holds an operator, which in quotes is a word like others".to_owned(),
            cure: "close the quotes before it".to_owned(),
        })
    };
    let comma = || {
        let (before, after) = text.split_once([',', ';']).filter(|_| !quoted)?;
        let is_inside =
            before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
        is_inside.then(|| Doubt {
            is_error: false,
            message: "is read as one phrase with a comma in it".to_owned(),
            cure: format!("for one of them write {before} OR {after}; a phrase stands in quotes"),
        })
    };
    regular(text, "them with OR between").or_else(operator).or_else(comma)
}

/// Whether capitals stand out that are operators of a query.
fn has_operator(text: &str) -> bool {
    let words = || text.split_whitespace();
    let is_operator = |word: &str| {
        ["AND", "OR", "NOT"].contains(&word)
            || word.starts_with("NEAR/")
            || word.starts_with("ONEAR/")
    };
    // In a headline all of capitals they stand out no more than the rest.
    let stands_out = text.contains('@') || !text.is_ascii() || text.chars().any(char::is_lowercase);
    stands_out && words().skip(1).any(is_operator)
}

/// A regular expression, whose signs are none to us.
fn regular(text: &str, each: &str) -> Option<Doubt> {
    if text.contains(['\u{8}', '\u{c}']) {
        return Some(Doubt {
            is_error: false,
            message: "holds a control character, which TOML makes of `\\b` or `\\f`".to_owned(),
            cure: "leave it out: a term is found as a whole word without it".to_owned(),
        });
    }
    let (sign, is_error) = sign(text)?;
    let cure = match sign {
        "|" => format!("write {each}: {}", text.trim_matches(['(', ')']).split('|').map(str::trim).collect::<Vec<_>>().join(", ")),
        "\\" => "write the word alone: a term is found as a whole word, with its plural and its particles".to_owned(),
        "s?" => format!("write {}: a plural is found by itself", text.trim_end_matches("s?")),
        _ => "write plain words, one term for each spelling; `word*` allows any ending, and a space, a dash or nothing between two names needs no second term".to_owned(),
    };
    let message = format!("looks like a regular expression (`{sign}`), but terms are plain words");
    Some(Doubt { is_error, message, cure })
}

/// The first sign of a regular expression, and whether it can be nothing else.
fn sign(text: &str) -> Option<(&'static str, bool)> {
    let chars: Vec<char> = text.chars().collect();
    let is = |at: Option<usize>, test: fn(char) -> bool| {
        at.and_then(|at| chars.get(at)).is_some_and(|c| test(*c))
    };
    let low = |c: char| c.is_lowercase();
    for (at, c) in chars.iter().enumerate() {
        let (before, next) = (at.checked_sub(1), Some(at + 1));
        let found = match c {
            '\\' if is(next, |c| c.is_ascii_alphanumeric() || ".([{+?*|^$".contains(c)) => {
                ("\\", true)
            }
            '|' if is(before, char::is_whitespace) || is(next, char::is_whitespace) => ("|", false),
            '|' if before.is_some() && at + 1 < chars.len() => ("|", true),
            '.' if is(next, |c| c == '*') => (".*", true),
            '.' if is(next, |c| c == '+') && is(Some(at + 2), char::is_alphanumeric) => {
                (".+", true)
            }
            '.' if is(next, |c| c == '?') && is(Some(at + 2), char::is_alphanumeric) => {
                (".?", true)
            }
            '(' if is(next, |c| c == '?') && is(Some(at + 2), |c| ":=!<imsx".contains(c)) => {
                ("(?", true)
            }
            '?' if is(before, |c| c == 's')
                && at + 1 == chars.len()
                && !text.contains(char::is_whitespace) =>
            {
                ("s?", false)
            }
            '?' if is(before, low) && is(next, low) => ("?", true),
            '{' if is(before, |c| c.is_alphanumeric() || ")].".contains(c))
                && is(next, |c| c.is_ascii_digit()) =>
            {
                ("{", true)
            }
            '[' if is_class(&chars, at) => ("[", false),
            '^' if at == 0 && chars.len() > 1 => ("^", true),
            '$' if is(before, low) && at + 1 == chars.len() => ("$", true),
            _ => continue,
        };
        return Some(found);
    }
    None
}

/// Whether a bracket is a class of a regular expression (`[Ss]emi`, `5[Gg]`), not a headline's label.
fn is_class(chars: &[char], open: usize) -> bool {
    let inside = chars.get(open + 1..).unwrap_or_default();
    let Some(len) = inside.iter().take(CLASS_MAX).position(|c| *c == ']') else { return false };
    let is_glued = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(|c| c.is_ascii_alphanumeric() || "?*+{".contains(*c))
    };
    let class = inside.get(..len).unwrap_or_default();
    let is_range = class.windows(3).any(|w| w[1] == '-' && w[0].is_alphanumeric());
    let is_glued = is_glued(open.checked_sub(1)) || is_glued(Some(open + len + 2));
    len > 0 && is_glued && class.iter().all(char::is_ascii) && (is_range || len <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signs_of_a_regular_expression_are_told() {
        for (text, found, is_error) in [
            ("EU.?Korea", ".?", true),
            ("EU.*Korea", ".*", true),
            ("semiconductor.*", ".*", true),
            ("EU.+Korea", ".+", true),
            ("semiconductor|chip", "|", true),
            ("(반도체|칩)", "|", true),
            ("chip | 반도체", "|", false),
            ("\\bAI\\b", "\\", true),
            ("R\\&D\\s", "\\", true),
            ("(?i)eu", "(?", true),
            ("colou?r", "?", true),
            ("semiconductors?", "s?", false),
            ("EU-?Korea{1,2}", "{", true),
            ("[Ss]emiconductor", "[", false),
            ("[0-9]G network", "[", false),
            ("^EU", "^", true),
            ("korea$", "$", true),
        ] {
            assert_eq!(sign(text), Some((found, is_error)), "{text}");
        }
    }

    #[test]
    fn what_names_and_headlines_are_written_with_is_no_regular_expression() {
        for text in [
            "C++",
            "C#",
            ".NET",
            "Erasmus+",
            "AT&T",
            "R&D",
            "U.S.",
            "Is it the U.S.?",
            "Who pays?",
            "US$",
            "A*STAR",
            "[디지털] EU",
            "[EU] Korea",
            "유럽연합(EU)",
            "한-EU*",
            "양자(퀀텀)",
            "EU, Korea",
            "What is next? EU",
            "Yahoo!",
        ] {
            assert_eq!(of_list(text), None, "{text}");
            assert_eq!(of_query(text, true), None, "{text}");
        }
    }

    #[test]
    fn a_query_in_a_list_and_operators_in_quotes_are_told() {
        for text in ["EU AND Korea", "@eu OR chips", "EU NEAR/3 Korea", "title:EU"] {
            assert!(of_list(text).is_some_and(|doubt| !doubt.is_error), "{text}");
        }
        assert!(of_query("EU AND Korea", true).is_some());
        for text in ["EU AND KOREA SIGN", "search and rescue", "AND", "Or Yehuda", "Note: EU"] {
            assert_eq!(of_list(text), None, "{text}");
        }
        assert!(
            of_query("chips,semiconductors", false)
                .is_some_and(|doubt| doubt.cure.contains("chips OR semi"))
        );
        assert_eq!(of_query("EU,Korea", true), None);
        assert_eq!(of_query("chips,", false), None);
    }
}
