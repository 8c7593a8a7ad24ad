//! Concepts and watches to a compiled `Rules`, or every fault in them at once.
//!
//! Resolves names, gathers all terms into the index, closes `implies`, lowers queries. Called by
//! `Matcher::compile`.

use std::collections::HashMap;

use crate::matching::index::{Gathering, Index, Role};
use crate::matching::lint::{self, Doubt};
use crate::matching::masked;
use crate::matching::node::{Node, has_watch, mark_placed, named};
use crate::matching::query::{self, Expr};
use crate::matching::token::Misread;
use crate::model::fault::Fault;
use crate::model::near;
use crate::model::watch::{Concept, Query, Term, Watch};

/// Everything compiled.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) index: Index,
    /// Role and text of every term of the index.
    pub(super) terms: Vec<(Role, String)>,
    /// Ids of concepts, then texts of watches' own terms.
    pub(super) names: Vec<String>,
    pub(super) concepts: usize,
    /// For every slot, the slots whose hits count for it, itself first.
    pub(super) sources: Vec<Vec<usize>>,
    /// For every slot, the concepts that it stands for, itself excluded.
    pub(super) meant: Vec<Vec<usize>>,
    pub(super) nodes: Vec<Node>,
    pub(super) watches: Vec<Watch>,
    /// What the user should know; none forbids the work.
    pub(super) remarks: Vec<Fault>,
}

/// Compiles; all faults at once.
pub(super) fn compile(concepts: &[Concept], watches: &[Watch]) -> Result<Rules, Vec<Fault>> {
    let mut builder = Builder::new(concepts, watches);
    for (i, concept) in concepts.iter().enumerate() {
        let whose = format!("concept `{}`", concept.id);
        for term in &concept.terms {
            if builder.is_plain(term, &whose, lint::of_list(&term.text)) {
                builder.add(term, Role::Slot(i), &whose);
            }
        }
        let whose = format!("`unless` of {whose}");
        for term in &concept.unless {
            // A mask that masks nothing loses no alert.
            let doubt = lint::of_list(&term.text).map(|doubt| Doubt { is_error: false, ..doubt });
            if builder.is_plain(term, &whose, doubt) {
                builder.add(term, Role::Mask(i), &whose);
            }
        }
    }
    let sources = builder.close_implies();
    let nodes: Vec<Node> = watches.iter().map(|watch| builder.watch(watch)).collect();
    builder.refuse_circles(&nodes);
    builder.finish(sources, nodes)
}

struct Builder<'c> {
    concepts: &'c [Concept],
    watches: &'c [Watch],
    by_name: HashMap<&'c str, usize>,
    watch_by_name: HashMap<&'c str, usize>,
    gathering: Gathering,
    terms: Vec<(Role, String)>,
    names: Vec<String>,
    own: HashMap<(String, bool, bool, Option<String>), usize>,
    faults: Vec<Fault>,
}

impl<'c> Builder<'c> {
    fn new(concepts: &'c [Concept], watches: &'c [Watch]) -> Self {
        Self {
            concepts,
            watches,
            by_name: concepts.iter().enumerate().map(|(i, c)| (c.id.as_str(), i)).collect(),
            watch_by_name: watches.iter().enumerate().map(|(i, w)| (w.id.as_str(), i)).collect(),
            gathering: Gathering::default(),
            terms: Vec::new(),
            names: concepts.iter().map(|c| c.id.clone()).collect(),
            own: HashMap::new(),
            faults: Vec::new(),
        }
    }

    fn add(&mut self, term: &Term, role: Role, whose: &str) {
        match self.gathering.add(term, role) {
            Ok(()) => self.terms.push((role, term.text.clone())),
            Err(unfit) => {
                let message = format!("term `{}` of {whose} {unfit}", term.text);
                let is_idle = matches!(role, Role::Mask(_)) && unfit.is_idle();
                let fault = if is_idle { Fault::warning } else { Fault::error };
                self.faults.push(fault(term.place.clone(), message).cure(unfit.cure()));
            }
        }
    }

    /// Tells what is doubtful of a term; whether it can be taken all the same.
    fn is_plain(&mut self, term: &Term, whose: &str, doubt: Option<Doubt>) -> bool {
        let Some(Doubt { is_error, message, cure }) = doubt else { return true };
        let message = format!("term `{}` of {whose} {message}", term.text);
        let fault = if is_error { Fault::error } else { Fault::warning };
        self.faults.push(fault(term.place.clone(), message).cure(cure));
        !is_error
    }

    /// The slot of a watch's own term; the same term in two watches is one.
    fn own(&mut self, term: &Term, whose: &str, doubt: Option<Doubt>) -> Node {
        if !self.is_plain(term, whose, doubt) {
            return Node::Or(Vec::new());
        }
        let key = (term.text.clone(), term.exact, term.case, term.language.clone());
        if let Some(slot) = self.own.get(&key) {
            return Node::Slot(*slot);
        }
        let slot = self.names.len();
        self.names.push(term.text.clone());
        self.add(term, Role::Slot(slot), whose);
        self.own.insert(key, slot);
        Node::Slot(slot)
    }

    fn watch(&mut self, watch: &Watch) -> Node {
        let whose = format!("watch `{}`", watch.id);
        let mut all = Vec::new();
        if let Some(query) = &watch.rule.when {
            let query::Reading { expr, mut faults } = query::parse(&query.text);
            all.push(self.lower(expr, query, &whose, &mut faults));
            faults.sort_by_key(|fault| fault.offset);
            for fault in &faults {
                self.misread(fault, query, &whose);
            }
        }
        let mut listed = |term| self.own(term, &whose, lint::of_list(&term.text));
        all.extend(watch.rule.all.iter().map(&mut listed));
        if !watch.rule.any.is_empty() {
            all.push(Node::Or(watch.rule.any.iter().map(listed).collect()));
        }
        if all.is_empty() && watch.rule.when.is_none() {
            self.faults.push(
                Fault::error(
                    watch.place.clone(),
                    format!("{whose} has no condition that could hold"),
                )
                .cure("give it `when`, `any` or `all`"),
            );
        }
        for term in &watch.rule.none {
            let node = self.own(term, &whose, lint::of_list(&term.text));
            all.push(Node::Not(Box::new(node)));
        }
        Node::And(all)
    }

    /// A node for every part of a query; what cannot be lowered is told, and never holds.
    fn lower(&mut self, expr: Expr, query: &Query, whose: &str, faults: &mut Vec<Misread>) -> Node {
        let mut each = |all: Vec<Expr>| -> Vec<Node> {
            all.into_iter().map(|e| self.lower(e, query, whose, faults)).collect()
        };
        match expr {
            Expr::And(all) => Node::And(each(all)),
            Expr::Or(all) => Node::Or(each(all)),
            Expr::Not(inner) => Node::Not(Box::new(self.lower(*inner, query, whose, faults))),
            Expr::Near { words, ordered, left, right } => {
                let left = Box::new(self.lower(*left, query, whose, faults));
                let right = Box::new(self.lower(*right, query, whose, faults));
                if let Some(Node::Watch(i)) = [&*left, &*right].into_iter().find(|n| has_watch(n)) {
                    let id = &self.watches[*i].id;
                    faults.push(Misread::new(0, format!("NEAR cannot measure from watch `{id}`")));
                }
                Node::Near { words, ordered, left, right }
            }
            Expr::Sentence(inner) => {
                Node::Sentence(Box::new(self.lower(*inner, query, whose, faults)))
            }
            Expr::Field(mask, inner) => {
                Node::Field(mask, Box::new(self.lower(*inner, query, whose, faults)))
            }
            Expr::Source(id) => Node::Source(id),
            Expr::Lang(tag) => Node::Lang(tag),
            Expr::Name(name, offset) => self.name(&name, offset).unwrap_or_else(|fault| {
                faults.push(fault);
                Node::Or(Vec::new())
            }),
            Expr::Word(text, quoted, offset) => {
                let (language, exact, case) = (None, false, false);
                let term = Term { text, language, exact, case, place: query.at(offset) };
                let doubt = lint::of_query(&term.text, quoted);
                self.own(&term, whose, doubt)
            }
            Expr::Nothing => Node::Or(Vec::new()),
        }
    }

    /// A name is a concept's, or else another watch's, whose whole condition it then stands for.
    fn name(&self, name: &str, offset: usize) -> Result<Node, Misread> {
        if let Some(slot) = self.by_name.get(name) {
            return Ok(Node::Slot(*slot));
        }
        if let Some(watch) = self.watch_by_name.get(name) {
            return Ok(Node::Watch(*watch));
        }
        let misread = Misread::new(offset, format!("`@{name}` is no concept and no watch"));
        Err(match self.nearest(name) {
            Some(near) => misread.cure(format!("did you mean `@{near}`?")),
            None => misread,
        })
    }

    fn nearest(&self, name: &str) -> Option<&'c str> {
        let all = self.by_name.keys().chain(self.watch_by_name.keys());
        near::nearest(name, all.copied())
    }

    fn misread(&mut self, misread: &Misread, query: &Query, whose: &str) {
        let fault = Fault::error(
            query.at(misread.offset),
            format!(
                "{}, in the query of {whose}\n{}",
                misread.message,
                pointed(&query.text, misread.offset)
            ),
        );
        self.faults.push(match &misread.cure {
            Some(cure) => fault.cure(cure.clone()),
            None => fault,
        });
    }

    /// For every concept, the concepts whose hits count for it.
    fn close_implies(&mut self) -> Vec<Vec<usize>> {
        let mut direct: Vec<Vec<usize>> = vec![Vec::new(); self.concepts.len()];
        for (i, concept) in self.concepts.iter().enumerate() {
            for id in &concept.implies {
                if let Some(target) = self.by_name.get(id.as_str()) {
                    direct[*target].push(i);
                } else {
                    let message =
                        format!("concept `{}` implies `{id}`, which is no concept", concept.id);
                    let fault = Fault::error(concept.place.clone(), message);
                    self.faults.push(match self.nearest(id) {
                        Some(near) => fault.cure(format!("did you mean `{near}`?")),
                        None => fault,
                    });
                }
            }
        }
        (0..self.concepts.len())
            .map(|slot| {
                let mut all = vec![slot];
                let mut next = 0;
                while let Some(&at) = all.get(next) {
                    next += 1;
                    for &source in &direct[at] {
                        if !all.contains(&source) {
                            all.push(source);
                        }
                    }
                }
                all
            })
            .collect()
    }

    /// A watch that asks itself, through others or not, would never end.
    fn refuse_circles(&mut self, nodes: &[Node]) {
        let mut names: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for (i, node) in nodes.iter().enumerate() {
            named(node, &mut names[i]);
        }
        for (i, watch) in self.watches.iter().enumerate() {
            let (mut reached, mut next) = (names[i].clone(), 0);
            while let Some(&at) = reached.get(next) {
                next += 1;
                for &more in &names[at] {
                    if !reached.contains(&more) {
                        reached.push(more);
                    }
                }
            }
            if reached.contains(&i) {
                let message = format!("watch `{}` names itself in a circle", watch.id);
                self.faults.push(Fault::error(watch.query_place().clone(), message));
            }
        }
    }

    fn finish(
        mut self,
        mut sources: Vec<Vec<usize>>,
        nodes: Vec<Node>,
    ) -> Result<Rules, Vec<Fault>> {
        sources.extend((self.concepts.len()..self.names.len()).map(|slot| vec![slot]));
        let mut meant = vec![Vec::new(); sources.len()];
        for (of, all) in sources.iter().enumerate() {
            all.iter().skip(1).for_each(|slot| meant[*slot].push(of));
        }
        if self.faults.iter().any(Fault::is_error) {
            return Err(self.faults);
        }
        let mut placed = vec![false; sources.len()];
        for node in &nodes {
            mark_placed(node, false, (&nodes, &sources), &mut placed);
        }
        let index = std::mem::take(&mut self.gathering).build(placed);
        self.faults.extend(masked::hidden(self.concepts, &index));
        Ok(Rules {
            index,
            terms: self.terms,
            names: self.names,
            concepts: self.concepts.len(),
            sources,
            meant,
            nodes,
            watches: self.watches.to_vec(),
            remarks: self.faults,
        })
    }
}

/// The line of a query that holds a character, and a caret under it.
fn pointed(text: &str, offset: usize) -> String {
    let before: String = text.chars().take(offset).collect();
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let lead = before.get(start..).unwrap_or_default();
    let width: usize = lead.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
    format!("    {line}\n    {}^", " ".repeat(width))
}
