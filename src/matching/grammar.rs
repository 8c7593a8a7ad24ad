//! Particles, endings and other spellings that the grammar of a language gives a word.
//!
//! Tables only: it knows no texts and no places. Called by `term` and `suggest`.

/// Particles that may follow a Hangul word (조사), for terms of one syllable, which take no
/// compounds; sorted.
pub(super) const PARTICLES: &[&str] = &[
    "가",
    "간",
    "과",
    "과의",
    "까지",
    "나",
    "는",
    "도",
    "들",
    "들이",
    "등",
    "라는",
    "로",
    "로의",
    "를",
    "만",
    "및",
    "보다",
    "부터",
    "서",
    "에",
    "에게",
    "에는",
    "에도",
    "에서",
    "에선",
    "에의",
    "와",
    "와의",
    "으로",
    "으로의",
    "은",
    "을",
    "의",
    "이",
    "이나",
    "이다",
    "이라는",
    "처럼",
    "측",
];

/// As many letters behind a word are no ending of it: the longest has one less.
pub(super) const TAIL_MAX: usize = 6;

/// Whether a tail is one of these, which are sorted.
pub(super) fn is_one_of(endings: &[&str], tail: &[char]) -> bool {
    let is = |ending: &&str| ending.chars().cmp(tail.iter().copied());
    tail.len() < TAIL_MAX && endings.binary_search_by(is).is_ok()
}

/// Endings that a Latin word may take, by the term's language; sorted.
pub(super) fn endings(language: Option<&str>) -> &'static [&'static str] {
    match language {
        Some("de") => &["e", "em", "en", "er", "ern", "es", "in", "innen", "n", "s"],
        Some("fr") => &["e", "es", "ne", "nes", "s", "x"],
        Some("es" | "pt" | "it") => &["e", "es", "i", "s"],
        _ => &["es", "s"],
    }
}

/// Other spellings that a language's grammar or typists make: `technologies`, `Suedkorea`.
pub(super) fn spellings(language: Option<&str>, text: &str) -> Vec<String> {
    let mut more = Vec::new();
    if let (None | Some("en"), Some(stem)) = (language, text.strip_suffix('y'))
        && !stem.ends_with(['a', 'e', 'o', 'u'])
    {
        more.push(format!("{stem}ies"));
    }
    if language == Some("de") {
        let typed = text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
        let typed = typed.replace('Ä', "Ae").replace('Ö', "Oe").replace('Ü', "Ue");
        if typed != text {
            more.push(typed);
        }
    }
    if language == Some("fr") && text.ends_with("al") {
        more.push(format!("{}aux", text.trim_end_matches("al")));
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_shorter_than_a_tail() {
        let languages = [None, Some("de"), Some("fr"), Some("es")];
        for table in languages.map(endings).into_iter().chain([PARTICLES]) {
            assert!(table.is_sorted());
            assert!(table.iter().all(|ending| ending.chars().count() < TAIL_MAX));
        }
    }
}
