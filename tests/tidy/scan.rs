//! Reads Rust text far enough for the house rules: what is code, what is comment, which tokens stand
//! on which line, where a function begins and ends. It knows strings, raw strings, characters,
//! lifetimes and nested comments; it does not know the grammar, and no rule needs it to.

/// One file's text in two views of the same length and the same lines.
pub(crate) struct Views {
    /// The text with comments and the insides of strings and characters blanked.
    pub(crate) code: String,
    /// The text with everything but comments blanked.
    pub(crate) comments: String,
}

/// A word, `::`, or one other character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl Token {
    /// A name or keyword, not a number and not punctuation.
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c == '_' || c.is_alphabetic())
    }
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// Splits `source` into what is code and what is comment.
pub(crate) fn views(source: &str) -> Views {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Views { code: String::new(), comments: String::new() };
    let mut at = 0;
    while at < chars.len() {
        let (kind, end) = piece(&chars, at);
        for &c in &chars[at..end] {
            let blank = if c == '\n' { '\n' } else { ' ' };
            out.code.push(if matches!(kind, Kind::Code) { c } else { blank });
            out.comments.push(if matches!(kind, Kind::Comment) { c } else { blank });
        }
        at = end;
    }
    out
}

/// What begins at `at`, and where it ends.
fn piece(chars: &[char], at: usize) -> (Kind, usize) {
    let next = |n: usize| chars.get(at + n).copied().unwrap_or('\0');
    let after_word = at > 0 && is_word(chars[at - 1]);
    match chars[at] {
        '/' if next(1) == '/' => (Kind::Comment, line_end(chars, at)),
        '/' if next(1) == '*' => (Kind::Comment, block_end(chars, at)),
        '"' => (Kind::Text, string_end(chars, at + 1)),
        '\'' => char_end(chars, at).map_or((Kind::Code, at + 1), |end| (Kind::Text, end)),
        'r' | 'b' | 'c' if !after_word => {
            prefixed_end(chars, at).map_or((Kind::Code, at + 1), |end| (Kind::Text, end))
        }
        _ => (Kind::Code, at + 1),
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |n| at + n)
}

fn block_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

/// The end of a string whose inside begins at `at`.
fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of a character that opens at `at`; `None` if it is a lifetime or a label.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    match (chars.get(at + 1)?, chars.get(at + 2)) {
        ('\\', Some(_)) => chars[at + 3..].iter().position(|&c| c == '\'').map(|n| at + 4 + n),
        (_, Some('\'')) => Some(at + 3),
        _ => None,
    }
}

/// The end of `b'…'`, `b"…"`, `c"…"`, `r"…"`, `br#"…"#` and the like that opens at `at`.
fn prefixed_end(chars: &[char], at: usize) -> Option<usize> {
    let letters = chars[at..].iter().take(2).take_while(|c| "rbc".contains(**c)).count();
    let mark = at + letters;
    let hashes = chars.get(mark..)?.iter().take_while(|&&c| c == '#').count();
    match chars.get(mark + hashes)? {
        '\'' if hashes == 0 && chars[at] == 'b' && letters == 1 => char_end(chars, mark),
        '"' if chars[at..mark].contains(&'r') => {
            let inside = mark + hashes + 1;
            let closes = |from: usize| {
                chars[from] == '"'
                    && chars
                        .get(from + 1..=from + hashes)
                        .is_some_and(|t| t.iter().all(|&c| c == '#'))
            };
            let close = (inside..chars.len()).find(|&from| closes(from));
            Some(close.map_or(chars.len(), |from| from + 1 + hashes))
        }
        '"' if hashes == 0 => Some(string_end(chars, mark + 1)),
        _ => None,
    }
}

/// The tokens of a code view.
pub(crate) fn tokens(code: &str) -> Vec<Token> {
    let chars: Vec<char> = code.chars().collect();
    let (mut out, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let from = at;
        at += 1;
        match chars[from] {
            '\n' => line += 1,
            c if c.is_whitespace() => {}
            c => {
                if is_word(c) {
                    at += chars[at..].iter().take_while(|&&c| is_word(c)).count();
                } else if c == ':' && chars.get(at) == Some(&':') {
                    at += 1;
                }
                out.push(Token { text: chars[from..at].iter().collect(), line });
            }
        }
    }
    out
}

/// Every function with a body, nested ones too. The length runs from `fn` to the closing brace.
pub(crate) fn functions(tokens: &[Token]) -> Vec<Function> {
    let named =
        |at: usize| tokens[at].text == "fn" && tokens.get(at + 1).is_some_and(Token::is_name);
    (0..tokens.len()).filter(|&at| named(at)).filter_map(|at| function(tokens, at)).collect()
}

fn function(tokens: &[Token], at: usize) -> Option<Function> {
    let (mut round, mut braces) = (0_usize, 0_usize);
    for token in &tokens[at..] {
        match token.text.as_str() {
            "(" | "[" => round += 1,
            ")" | "]" => round = round.saturating_sub(1),
            ";" if round == 0 && braces == 0 => return None,
            "{" if round == 0 || braces > 0 => braces += 1,
            "}" if braces == 1 => {
                let line = tokens[at].line;
                let name = tokens[at + 1].text.clone();
                return Some(Function { name, line, lines: token.line - line + 1 });
            }
            "}" => braces = braces.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[test]
fn strings_characters_and_comments_are_not_code() {
    let source = r##"let a = "{ // no"; // yes {
let b = r#"x" { "#; let c = '{'; let d = '\''; let e = b'{'; let f: &'a str = b"{\"";
/* out /* in { */ still */ let g = 'é'; let r#fn = '\u{7b}'; 'label: loop {}"##;
    let views = views(source);
    assert_eq!(views.code.matches('{').count(), 1, "{}", views.code);
    assert!(views.code.contains("'label: loop {}") && views.code.contains("&'a str"));
    assert!(views.comments.contains("// yes {") && views.comments.contains("still */"));
    assert!(!views.comments.contains("// no"));
    assert_eq!(views.code.lines().count(), 3);
}

#[test]
fn a_function_is_measured_from_its_name_to_its_brace() {
    let source = "trait T { fn none(&self); }\nfn one() { \"}\" }\nfn three<const N: usize>(a: [u8; 2])\n{\n    fn inner() {}\n}\ntype F = fn(u8);";
    let found = functions(&tokens(&views(source).code));
    let found: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.line, f.lines)).collect();
    assert_eq!(found, [("one", 2, 1), ("three", 3, 4), ("inner", 5, 1)]);
}

#[test]
fn tokens_keep_their_lines_and_paths_their_colons() {
    let found = tokens("use a::b;\n\nx: u8");
    let found: Vec<_> = found.iter().map(|t| (t.text.as_str(), t.line)).collect();
    assert_eq!(
        found,
        [("use", 1), ("a", 1), ("::", 1), ("b", 1), (";", 1), ("x", 3), (":", 3), ("u8", 3)]
    );
}
