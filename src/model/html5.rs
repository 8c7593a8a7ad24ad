//! The names of characters in HTML.
//!
//! A table of our own, because the one in quick-xml 0.42 gives wrong characters for 444 names
//! (`&alpha;`, `&Scaron;`). Must never decode a text; called by whoever does.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Name and code points, a line each: the names of the HTML standard, section 13.5, that end in `;`.
const TABLE: &str = include_str!("html5.txt");

static NAMES: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| {
        let (name, codes) = line.split_once(' ')?;
        let text = codes
            .split(' ')
            .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
            .collect();
        Some((name, text))
    });
    lines.collect()
});

/// What `&name;` stands for in HTML.
pub fn resolve(name: &str) -> Option<&'static str> {
    NAMES.get(name).map(String::as_str)
}
