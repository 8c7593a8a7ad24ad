//! Numbers as people read them, and what is counted in the right number.
//!
//! The one place that knows when a noun stands in the plural. Called wherever a count is told to a
//! person: in answers, in messages and in log lines.

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
}
