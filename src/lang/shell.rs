//! Words as a shell takes them.
//!
//! For every line that a person may paste. Knows no command and no path.

/// A word in quotes where it holds anything but plain letters and signs. POSIX shells read it back
/// as it was.
pub fn quoted(word: &str) -> String {
    // Only a zero byte cannot be quoted, and no argument can hold one.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for word in [
            "a b", "설정", "it's", "$HOME", "`b`", "\"c\"", "~x;y", "a\nb", "?", "*.toml", "",
            "x&y=1",
        ] {
            let line = quoted(word);
            assert_eq!(shlex::split(&line), Some(vec![word.to_owned()]), "{line}");
            assert_ne!(line, word, "it needs quotes");
        }
        assert_eq!(quoted("/etc/bongsu-2.toml"), "/etc/bongsu-2.toml", "and this needs none");
    }
}
