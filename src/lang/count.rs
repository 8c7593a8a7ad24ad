//! Numbers as people read them, and what is counted in the right number.
//!
//! The one place that knows when a noun stands in the plural. Called wherever a count is told to a
//! person: in answers, in messages and in log lines.

use std::time::Duration;

/// A count with its thousands apart: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and what is counted, in the right number: `1 item`, `2 items`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// How long ago something was, in the unit that fills it: `5 min ago`, `23 h ago`, `3 days ago`.
pub fn ago(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0..60 => format!("{minutes} min ago"),
        60..2_880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", count(minutes / 1_440)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn one_is_singular_and_everything_else_is_not() {
        assert_eq!(
            [0, 1, 2, 1_000].map(|n| counted(n, "item", "items")).join(", "),
            "0 items, 1 item, 2 items, 1,000 items"
        );
    }

    #[test]
    fn an_age_is_told_in_the_unit_that_it_fills() {
        let minutes = [0, 59, 60, 23 * 60, 47 * 60 + 59, 48 * 60, 365 * 24 * 60];
        assert_eq!(
            minutes.map(|n| ago(Duration::from_mins(n))).join(", "),
            "0 min ago, 59 min ago, 1 h ago, 23 h ago, 47 h ago, 2 days ago, 365 days ago"
        );
    }
}
