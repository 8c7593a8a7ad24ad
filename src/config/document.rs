//! One TOML text to values that know their place, and the faults of its syntax.
//!
//! Columns count characters, so that Korean before a fault does not move it. Knows nothing of what
//! the keys mean. Called by `gather`.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::lang::fold::spaced;
use crate::model::fault::{Fault, Place};

/// Syntax faults told per file: what follows the first few is mostly their echo.
const SYNTAX_FAULTS_MAX: usize = 3;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) place: Place,
    /// A text as it is written, quotes and all; empty if it stands in no file.
    pub(super) raw: String,
}

/// The shapes a value can have.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text(String),
    /// `None`: beyond 64 bits.
    Integer(Option<i64>),
    Boolean(bool),
    List(Vec<Value>),
    Table(Table),
    /// A float or a date, which nothing here takes.
    Other(&'static str),
}

impl Kind {
    /// The shape for people, with its article.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Integer(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

/// A table: its entries in the order written.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
    pub(super) place: Place,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) value: Value,
}

impl Table {
    /// The entry of this key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text of this key, when it is one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What a text says, as far as it can be read, and what is wrong with its syntax.
pub(super) fn read(file: &str, bytes: &[u8]) -> (Table, Vec<Fault>) {
    let empty = || Table { entries: Vec::new(), place: Place::file(file) };
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(fault) => return (empty(), vec![fault]),
    };
    let lines = Lines::of(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<Fault> = Vec::new();
    for error in errors {
        let place = error.span().map_or_else(|| Place::file(file), |span| lines.place(span.start));
        if faults.iter().any(|fault| fault.place.line == place.line) {
            continue;
        }
        let line = lines.text_at(place.line);
        let (said, cure) = explain(error.message(), line, place.column);
        faults.push(Fault::error(place, format!("not valid TOML: {said}")).cure(cure));
        if faults.len() == SYNTAX_FAULTS_MAX {
            break;
        }
    }
    (lines.table(table.get_ref(), 0..0), faults)
}

/// The mistakes that people make, by the parser's words and the line as written; else the parser's
/// own words.
fn explain(message: &str, line: &str, column: usize) -> (String, String) {
    let (said, cure) = plain_words(message, line, column).unwrap_or_default();
    if !said.is_empty() {
        return (said.to_owned(), cure.to_owned());
    }
    let mut words = spaced(message);
    if let Some(first) = words.get(..1).map(str::to_lowercase) {
        words.replace_range(..1, &first);
    }
    (words, "a line reads `key = value`, a header [table] or [[table]]".to_owned())
}

fn plain_words(message: &str, line: &str, column: usize) -> Option<(&'static str, &'static str)> {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let first = value.chars().next();
    let quotes = value.chars().filter(|c| matches!(c, '"' | '\'')).count();
    let in_list = message.contains("array");
    let words = if message.contains("duplicate key") {
        (
            "this key stands twice",
            "keep one of the two; a table such as [daemon] may stand once in a file",
        )
    } else if line.trim_start().starts_with('[') && !line.contains('=') {
        ("this header is not closed", "close it with as many ] as it opens with [")
    } else if first.is_some_and(|c| "“”„«‘’「".contains(c)) {
        ("curly quotes do not enclose a text", "use straight quotes: \"…\"")
    } else if line.contains(':') && !line.contains('=') {
        ("a key without `=`", "write key = value, not key: value")
    } else if first.is_some_and(|c| matches!(c, '"' | '\'')) && quotes == 1 {
        ("this text has no end", "close it with a quote on the same line")
    } else if in_list && line.contains('=') && column == 1 {
        ("the list above is not closed", "close it with ]")
    } else if in_list && message.contains("comma") {
        ("a comma is missing in this list", "write a comma between two values")
    } else if in_list {
        ("this list is not closed", "close it with ]")
    } else if first.is_some_and(char::is_alphabetic) {
        ("a text without quotes", "put it in quotes: key = \"value\"")
    } else {
        return None;
    };
    Some(words)
}

/// UTF-8 without its mark, or the fault that names the encoding and the cure.
fn decode<'t>(file: &str, bytes: &'t [u8]) -> Result<&'t str, Fault> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Fault::error(Place::file(file), "the file is UTF-16, not UTF-8")
            .cure("save it as UTF-8 (`iconv -f UTF-16 -t UTF-8 old.toml > new.toml`)"));
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => error,
    };
    let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let good = std::str::from_utf8(good).unwrap_or_default();
    let place = Lines::of(file, good).place(good.len());
    let (korean, _, broken) = encoding_rs::EUC_KR.decode(bytes);
    let hangul = korean.chars().filter(|c| ('가'..='힣').contains(c)).count();
    let (name, label) = if !broken && hangul > 0 {
        ("it looks like EUC-KR (CP949)", "CP949")
    } else {
        ("it may be Windows-1252", "WINDOWS-1252")
    };
    Err(Fault::error(place, format!("the file is not UTF-8; {name}"))
        .cure(format!("save it as UTF-8 (`iconv -f {label} -t UTF-8 old.toml > new.toml`)")))
}

/// Where the lines of a text begin: byte offsets to places.
struct Lines<'t> {
    file: &'t str,
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(file: &'t str, text: &'t str) -> Self {
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1))
            .collect();
        Self { file, text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or_default();
        Place { file: self.file.to_owned(), line, column: before.chars().count() + 1 }
    }

    fn text_at(&self, line: usize) -> &'t str {
        self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default()
    }

    fn table(&self, table: &DeTable<'_>, span: Range<usize>) -> Table {
        let mut entries: Vec<(usize, Entry)> = table
            .iter()
            .map(|(key, value)| {
                let at = key.span().start;
                let key_place = self.place(at);
                let key = key.get_ref().clone().into_owned();
                (at, Entry { key, key_place, value: self.value(value) })
            })
            .collect();
        entries.sort_by_key(|(at, _)| *at);
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        Table { entries, place: self.place(span.start) }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Value {
        let span = value.span();
        let place = self.place(span.start);
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Text(text.clone().into_owned()),
            DeValue::Integer(integer) => {
                Kind::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok())
            }
            DeValue::Boolean(boolean) => Kind::Boolean(*boolean),
            DeValue::Array(items) => {
                Kind::List(items.iter().map(|item| self.value(item)).collect())
            }
            DeValue::Table(table) => Kind::Table(self.table(table, span.clone())),
            DeValue::Float(_) => Kind::Other("a number with a fraction"),
            DeValue::Datetime(_) => Kind::Other("a date"),
        };
        let is_text = matches!(kind, Kind::Text(_));
        let raw = self.text.get(span).filter(|_| is_text).unwrap_or_default().to_owned();
        Value { kind, place, raw }
    }
}

/// Line and column of every character of a text and of its end, by how it is written: in one pair of
/// quotes or three, with escapes or without.
pub(super) fn spots(text: &str, raw: &str, place: &Place) -> Vec<(usize, usize)> {
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
    let mut pen = Pen { rest: raw, line: place.line, column: place.column };
    if raw.is_empty() {
        return Vec::new();
    }
    pen.skip(quotes);
    if quotes == 3 {
        // A line break right behind the opening quotes is not part of the text.
        pen.skip_if("\r");
        pen.skip_if("\n");
    }
    let escapes = raw.starts_with('"');
    let mut spots = Vec::with_capacity(text.len() + 1);
    for c in text.chars() {
        if escapes {
            pen.skip_joints();
        }
        if c != '\r' {
            pen.skip_if("\r");
        }
        spots.push((pen.line, pen.column));
        pen.skip(if escapes { pen.escape() } else { 1 });
    }
    if escapes {
        pen.skip_joints();
    }
    spots.push((pen.line, pen.column));
    spots
}

/// A walk over a text as it is written.
struct Pen<'r> {
    rest: &'r str,
    line: usize,
    column: usize,
}

impl Pen<'_> {
    fn skip(&mut self, chars: usize) {
        let mut rest = self.rest.chars();
        for c in rest.by_ref().take(chars) {
            (self.line, self.column) =
                if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.rest = rest.as_str();
    }

    fn skip_if(&mut self, sign: &str) {
        if self.rest.starts_with(sign) {
            self.skip(1);
        }
    }

    /// A backslash at the end of a line joins it to the next word.
    fn skip_joints(&mut self) {
        while let Some(behind) = self.rest.strip_prefix('\\') {
            let space = behind.chars().take_while(char::is_ascii_whitespace);
            if !space.clone().any(|c| c == '\n') {
                return;
            }
            self.skip(1 + space.count());
        }
    }

    /// The characters of an escape, or of none.
    fn escape(&self) -> usize {
        match self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) {
            None => 1,
            Some('x') => 4,
            Some('u') => 6,
            Some('U') => 10,
            Some(_) => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and column where the fault `@koera` of the text of `when` stands, by the spots.
    fn spot(file: &str) -> (usize, usize) {
        let (table, faults) = read("watches.toml", file.as_bytes());
        assert!(faults.is_empty(), "{faults:?}");
        let value = &table.get("when").expect("it is there").value;
        let text = table.text("when").expect("it is a text");
        let all = spots(text, &value.raw, &value.place);
        assert_eq!(all.len(), text.chars().count() + 1);
        let (before, _) = text.split_once("@koera").expect("it is in it");
        all[before.chars().count()]
    }

    #[test]
    fn every_character_of_a_text_is_known_by_its_place_in_the_file() {
        assert_eq!(spot("when = \"@eu AND @koera\""), (1, 17));
        assert_eq!(spot("\nwhen = '한국 AND @koera'"), (2, 16));
        assert_eq!(spot(r#"when = "\"EU\" AND \u00e9 @koera""#), (1, 27));
        assert_eq!(spot("when = \"\"\"@eu AND @koera\"\"\""), (1, 19));
        assert_eq!(spot("when = '''@eu AND @koera'''"), (1, 19));
        assert_eq!(spot("when = \"\"\"\n@eu\n  AND @koera\n\"\"\""), (3, 7));
        assert_eq!(spot("when = '''\r\n@eu\r\n  AND @koera\r\n'''"), (3, 7));
        assert_eq!(spot("when = \"\"\"\\\n  @eu \\\n\n  AND \\\"x\\\" @koera\"\"\""), (4, 13));
    }
}
