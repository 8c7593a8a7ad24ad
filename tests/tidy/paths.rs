//! Finds every path that a file names, whichever way it is written: `crate::a::b` in the middle of
//! code, nested `use` trees, and `super::` chains, resolved from the module they stand in.

use crate::scan::Token;

/// One path, as segments from where it starts: `["std", "fs", "read"]`, `["crate", "model"]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// The module that a file under `src/` is: `src/parse/feed.rs` is `["parse", "feed"]`, and
/// `src/files_tests.rs`, which only `src/files.rs` can own, is `["files", "files_tests"]`.
pub(crate) fn module_of(file: &str) -> Vec<String> {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut names: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    if let [only] = names.as_slice()
        && let Some(owner) = only.strip_suffix("_tests")
    {
        names.insert(0, owner.to_owned());
    }
    names
}

/// All paths in `tokens`, which are those of the file of `module`. A path that starts with `self` or
/// `super` comes out as the `crate` path that it means.
pub(crate) fn paths(tokens: &[Token], module: &[String]) -> Vec<Path> {
    let mut walk = Walk { tokens, inside: vec![], depth: 0, module, found: vec![] };
    let mut at = 0;
    while at < tokens.len() {
        at = walk.step(at);
    }
    walk.found
}

struct Walk<'a> {
    tokens: &'a [Token],
    module: &'a [String],
    /// Modules written inline, each with the brace depth at which it ends.
    inside: Vec<(String, usize)>,
    depth: usize,
    found: Vec<Path>,
}

impl Walk<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_name)
    }

    fn step(&mut self, at: usize) -> usize {
        match self.text(at) {
            "{" => self.depth += 1,
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.inside.last().is_some_and(|(_, depth)| *depth == self.depth) {
                    self.inside.pop();
                }
            }
            "mod" if self.is_name(at + 1) && self.text(at + 2) == "{" => {
                self.inside.push((self.text(at + 1).to_owned(), self.depth));
                self.depth += 1;
                return at + 3;
            }
            "use" if self.text(at + 1) != "<" => return self.tree(at + 1, &[]),
            _ if self.is_name(at) && self.text(at + 1) == "::" => return self.plain(at),
            _ => {}
        }
        at + 1
    }

    /// A path in the middle of code: names joined by `::`.
    fn plain(&mut self, from: usize) -> usize {
        let (mut at, mut segments) = (from, vec![self.text(from).to_owned()]);
        while self.text(at + 1) == "::" && self.is_name(at + 2) {
            at += 2;
            segments.push(self.text(at).to_owned());
        }
        self.keep(&segments, self.tokens[from].line);
        at + 1
    }

    /// One branch of a `use` tree; answers where it ends.
    fn tree(&mut self, mut at: usize, stem: &[String]) -> usize {
        let (mut segments, line) = (stem.to_vec(), self.tokens.get(at).map_or(0, |t| t.line));
        loop {
            match self.text(at) {
                "::" => {}
                "{" => {
                    at += 1;
                    while !matches!(self.text(at), "}" | "") {
                        at = self.tree(at, &segments);
                        at += usize::from(self.text(at) == ",");
                    }
                    return at + 1;
                }
                "*" => segments.push("*".to_owned()),
                "as" => at += 1,
                _ if self.is_name(at) => segments.push(self.text(at).to_owned()),
                _ => break,
            }
            at += 1;
        }
        if segments.len() == stem.len() {
            return at + 1;
        }
        self.keep(&segments, line);
        at
    }

    fn keep(&mut self, segments: &[String], line: usize) {
        let first = segments.first().map_or("", String::as_str);
        let segments = if matches!(first, "self" | "super") {
            let mut module = self.module.to_vec();
            module.extend(self.inside.iter().map(|(name, _)| name.clone()));
            let lead = |s: &&String| matches!(s.as_str(), "self" | "super");
            for step in segments.iter().take_while(lead) {
                if step == "super" {
                    module.pop();
                }
            }
            let rest = segments.iter().skip_while(lead).cloned();
            ["crate".to_owned()].into_iter().chain(module).chain(rest).collect()
        } else {
            segments.to_vec()
        };
        self.found.push(Path { segments, line });
    }
}

#[cfg(test)]
fn found(source: &str, file: &str) -> Vec<String> {
    let tokens = crate::scan::tokens(&crate::scan::views(source).code);
    paths(&tokens, &module_of(file)).iter().map(|path| path.segments.join("::")).collect()
}

#[test]
fn nested_use_trees_are_taken_apart() {
    let source = "use crate::{model::{Item, alert::Alert as A}, store, parse::*};\nuse {std::fs, a::b::{self}};";
    let wanted = [
        "crate::model::Item",
        "crate::model::alert::Alert",
        "crate::store",
        "crate::parse::*",
        "std::fs",
        "a::b::self",
    ];
    assert_eq!(found(source, "src/http/gate.rs"), wanted);
}

#[test]
fn super_means_the_module_it_stands_in() {
    let source = "use super::super::store::Store;\nmod tests { use super::*; fn f() { super::super::x(); } }\nself::y::z();";
    let wanted = [
        "crate::store::Store",
        "crate::parse::feed::*",
        "crate::parse::x",
        "crate::parse::feed::y::z",
    ];
    assert_eq!(found(source, "src/parse/feed.rs"), wanted);
    assert_eq!(found("use super::store;", "src/files.rs"), ["crate::store"]);
    assert_eq!(found("use super::store;", "src/files_tests.rs"), ["crate::files::store"]);
}

#[test]
fn paths_in_the_middle_of_code_are_seen_once() {
    let source = "let a: Vec<crate::work::poll::Step> = crate::clock::now(); b::<crate::web::X>(); pub(in crate::cli) fn f() {}";
    let wanted =
        ["crate::work::poll::Step", "crate::clock::now", "b", "crate::web::X", "crate::cli"];
    assert_eq!(found(source, "src/work/mod.rs"), wanted);
}
