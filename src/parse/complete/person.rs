//! Names out of the many ways in which feeds name people.
//!
//! Must never see markup. Called by `complete`.

/// The name in `address (name)`, `name <address>` and the like; the address where no name is.
pub fn name(text: String) -> String {
    if !text.contains('@') {
        return if tidy(&text) == text { text } else { tidy(&text).to_owned() };
    }
    let text = text.trim();
    let words = text.split(|c: char| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | '"' | ',' | '（' | '）')
    });
    let is_address = |word: &str| {
        let word = word.trim_start_matches("mailto:");
        word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'))
    };
    let mut address = None;
    let mut names: Vec<&str> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        if is_address(word) {
            address.get_or_insert(word);
        } else {
            names.push(word);
        }
    }
    let name = names.join(" ");
    let name = match address {
        Some(address) if tidy(&name).is_empty() => address.trim_start_matches("mailto:"),
        Some(_) => tidy(&name),
        None => tidy(text),
    };
    name.to_owned()
}

fn tidy(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '-'))
}
