//! The few words of an item that show why it was flagged, with the matched terms marked.
//!
//! Renderers share the segments and differ only in how they paint a mark. Offsets come from a
//! decision and are not trusted to lie inside the text.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::model::decision::{Decision, Field, Span};
use crate::model::item::Draft;
use crate::render::text::{ELLIPSIS, characters, clean, clean_marked, fit};

/// An excerpt has at most this many characters: three or four lines in Slack.
pub const EXCERPT_MAX: usize = 300;

/// Characters shown before the first hit, for its context.
const LEAD_IN: usize = 80;

/// Sentences quoted beside the excerpt.
const QUOTES_MAX: usize = 2;

/// Hits considered when the window is chosen: a page that names a term a thousand times is shown
/// just as well by its first two hundred.
const HITS_MAX: usize = 200;

/// A piece of text, marked when it belongs to a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Cleaned, not escaped; never empty.
    pub text: String,
    /// Whether a hit covers it.
    pub marked: bool,
}

/// A hit's place in one field: characters and which concept or term it shows.
struct Place<'a> {
    start: usize,
    end: usize,
    what: &'a str,
}

/// The stretch of the lead, or else of the full text, that shows the most different concepts; the
/// beginning of the text when hits are in the headline alone; nothing when there is no text but
/// the headline.
pub fn excerpt(draft: &Draft, decision: &Decision) -> Vec<Segment> {
    let summary = if draft.summary.trim() == draft.title.trim() { "" } else { &draft.summary };
    let fields = [(Field::Summary, summary), (Field::Body, draft.body.as_str())];
    let mut best: Option<(usize, &str, Vec<Place<'_>>, usize)> = None;
    for (field, text) in fields {
        if text.trim().is_empty() {
            continue;
        }
        let places = places(decision, field);
        let (shown, start) = window(&places);
        if best.as_ref().is_none_or(|(most, ..)| shown > *most) {
            best = Some((shown, text, places, start));
        }
    }
    match best {
        Some((_, text, places, start)) => cut_out(text, &places, start),
        None => Vec::new(),
    }
}

/// The whole headline, its hits marked.
pub fn headline(draft: &Draft, decision: &Decision) -> Vec<Segment> {
    let places = places(decision, Field::Title);
    segments(&clean_marked(&marked(draft.title.chars(), 0, &places)))
}

/// The sentences of evidence that headline and excerpt do not show, because it lies elsewhere in a
/// long text: at most `QUOTES_MAX`, cleaned and cut.
pub fn quotes(draft: &Draft, decision: &Decision) -> Vec<String> {
    let shown = plain(&excerpt(draft, decision));
    let mut quotes: Vec<String> = Vec::new();
    let evidence = decision.flags.iter().flat_map(|flag| &flag.evidence);
    // The headline is shown whole, and a category is no sentence: the reason names it.
    let elsewhere = |span: Span| matches!(span.field, Field::Summary | Field::Body);
    for piece in evidence.filter(|piece| piece.found.is_some_and(elsewhere)) {
        let (surface, sentence) = (clean(&piece.surface), clean(&piece.sentence));
        let told = |text: &str| surface.is_empty() || text.contains(&surface);
        if told(&shown) || quotes.iter().any(|quote| told(quote)) || quotes.len() == QUOTES_MAX {
            continue;
        }
        quotes.push(fit(&sentence, EXCERPT_MAX, characters));
    }
    quotes
}

/// The excerpt without marks.
pub fn plain(segments: &[Segment]) -> String {
    segments.iter().map(|segment| segment.text.as_str()).collect()
}

/// The hits of one field in reading order.
fn places(decision: &Decision, field: Field) -> Vec<Place<'_>> {
    let mut places: Vec<Place<'_>> = decision
        .hits
        .iter()
        .filter_map(|hit| {
            let span = hit.found.filter(|span| span.field == field && span.start < span.end)?;
            let what = hit.concept.as_deref().unwrap_or(&hit.term);
            Some(Place { start: span.start, end: span.end, what })
        })
        .take(HITS_MAX)
        .collect();
    places.sort_by_key(|place| (place.start, place.end));
    places
}

/// How many different concepts the best window shows, and where its first hit starts; the
/// earliest of equals.
fn window(places: &[Place<'_>]) -> (usize, usize) {
    let room = EXCERPT_MAX - LEAD_IN;
    let (mut best, mut until) = ((0, 0), 0);
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for first in places {
        while let Some(next) =
            places.get(until).filter(|next| next.end <= first.start.saturating_add(room))
        {
            *shown.entry(next.what).or_default() += 1;
            until += 1;
        }
        if shown.len() > best.0 {
            best = (shown.len(), first.start);
        }
        if let Some(count) = shown.get_mut(first.what) {
            *count -= 1;
            if *count == 0 {
                shown.remove(first.what);
            }
        }
    }
    best
}

/// The text round the window's first hit: from the start when that is near, else from a word's
/// start a little before.
fn cut_out(text: &str, places: &[Place<'_>], first: usize) -> Vec<Segment> {
    // Cleaning removes characters, so more are read than are shown; a bound keeps a long text cheap.
    let read = EXCERPT_MAX * 4;
    let near = first <= LEAD_IN * 2 || text.chars().nth(first).is_none();
    let from = if near { 0 } else { first - LEAD_IN };
    let chars = marked(text.chars().skip(from).take(read), from, places);
    let skipped = if from == 0 { 0 } else { to_word_start(&chars, LEAD_IN) };
    let more = text.chars().nth(from + read).is_some();
    let cleaned = clean_marked(chars.get(skipped..).unwrap_or_default());
    let mut out = segments(&cleaned);
    if shorten(&mut out, from > 0) || more {
        push(&mut out, ELLIPSIS, false);
    }
    if from > 0 {
        out.insert(0, Segment { text: ELLIPSIS.to_owned(), marked: false });
    }
    join(out)
}

/// Each character with whether a hit covers it; `from` is the first one's offset in its field.
fn marked(
    chars: impl Iterator<Item = char>,
    from: usize,
    places: &[Place<'_>],
) -> Vec<(char, bool)> {
    let mut next = 0;
    let mut reach = 0;
    let mark = |(at, c): (usize, char)| {
        let at = at + from;
        while let Some(place) = places.get(next).filter(|place| place.start <= at) {
            reach = reach.max(place.end);
            next += 1;
        }
        (c, at < reach)
    };
    chars.enumerate().map(mark).collect()
}

/// Characters to skip so that the text starts with a word; 0 when no word starts before `limit`.
fn to_word_start(chars: &[(char, bool)], limit: usize) -> usize {
    let before = chars.get(..limit.min(chars.len())).unwrap_or_default();
    before.iter().position(|(c, _)| c.is_whitespace()).map_or(0, |space| space + 1)
}

/// Groups characters into segments along grapheme clusters; a hit that ends inside a cluster
/// marks the whole of it.
fn segments(chars: &[(char, bool)]) -> Vec<Segment> {
    let text: String = chars.iter().map(|(c, _)| c).collect();
    let mut at = 0;
    let mut out = Vec::new();
    for cluster in text.graphemes(true) {
        let length = characters(cluster);
        let marked = chars.get(at..at + length).unwrap_or_default().iter().any(|(_, mark)| *mark);
        push(&mut out, cluster, marked);
        at += length;
    }
    out
}

/// Adds text to the last segment if it has the same mark, else starts a new one.
fn push(out: &mut Vec<Segment>, text: &str, marked: bool) {
    match out.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => out.push(Segment { text: text.to_owned(), marked }),
    }
}

/// Cuts to [`EXCERPT_MAX`] characters with room for the signs of a cut; true if it cut.
fn shorten(segments: &mut Vec<Segment>, cut_before: bool) -> bool {
    let room = EXCERPT_MAX - 1 - usize::from(cut_before);
    if segments.iter().map(|segment| characters(&segment.text)).sum::<usize>() <= room {
        return false;
    }
    let mut spent = 0;
    let mut kept = Vec::new();
    'all: for segment in segments.iter() {
        for cluster in segment.text.graphemes(true) {
            spent += characters(cluster);
            if spent > room {
                break 'all;
            }
            push(&mut kept, cluster, segment.marked);
        }
    }
    *segments = kept;
    true
}

/// Joins neighbours with the same mark.
fn join(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out = Vec::new();
    for segment in segments {
        push(&mut out, &segment.text, segment.marked);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::{decision, draft};

    fn show(segments: &[Segment]) -> String {
        segments
            .iter()
            .map(|s| if s.marked { format!("[{}]", s.text) } else { s.text.clone() })
            .collect()
    }

    fn of(summary: &str, body: &str, terms: &[(Field, &str, &str)]) -> String {
        let draft = draft("Title", summary, body);
        show(&excerpt(&draft, &decision(&draft, terms)))
    }

    #[test]
    fn hits_are_marked_where_they_stand() {
        let shown = of(
            "한국과 EU가 양자기술 협력을 논의했다.",
            "",
            &[(Field::Summary, "eu", "EU"), (Field::Summary, "quantum", "양자기술")],
        );
        assert_eq!(shown, "한국과 [EU]가 [양자기술] 협력을 논의했다.");
    }

    #[test]
    fn the_window_that_shows_more_concepts_wins() {
        let body =
            format!("EU first. {} EU and Korea. {}", "filler ".repeat(100), "end ".repeat(100));
        let draft = draft("Title", "The EU lead.", &body);
        let at = body.chars().count() - 400 - 14;
        let mut decision =
            decision(&draft, &[(Field::Summary, "eu", "EU"), (Field::Body, "eu", "EU")]);
        for (concept, start, length) in [("eu", at, 2), ("korea", at + 7, 5)] {
            decision.hits.push(crate::model::decision::Hit {
                concept: Some(concept.to_owned()),
                term: concept.to_owned(),
                found: Some(Span { field: Field::Body, start, end: start + length }),
            });
        }
        let shown = show(&excerpt(&draft, &decision));
        assert!(shown.starts_with("…filler "), "{shown}");
        assert!(shown.contains(" [EU] and [Korea]. end"), "{shown}");
        assert!(shown.ends_with('…'), "{shown}");
        assert!(characters(&shown) <= EXCERPT_MAX + 4, "{shown}");
    }

    #[test]
    fn hits_in_the_headline_alone_show_the_start_of_the_text() {
        assert_eq!(of("The lead.", "The body.", &[(Field::Title, "t", "Title")]), "The lead.");
        assert_eq!(of("Title", "The body.", &[]), "The body.");
        assert_eq!(of("", "", &[]), "");
    }

    #[test]
    fn evidence_that_the_excerpt_does_not_show_is_quoted_with_its_sentence() {
        let body = format!("Nothing yet. {}Seoul signs at last.", "filler ".repeat(100));
        let draft = draft("EU news", "The EU lead.", &body);
        let mut decision =
            decision(&draft, &[(Field::Summary, "eu", "EU"), (Field::Body, "korea", "Seoul")]);
        decision.flags[0].evidence[1].sentence = "Seoul signs at last.".to_owned();
        assert_eq!(plain(&excerpt(&draft, &decision)), "The EU lead.");
        assert_eq!(quotes(&draft, &decision), ["Seoul signs at last."]);
        decision.flags.push(decision.flags[0].clone());
        assert_eq!(quotes(&draft, &decision).len(), 1, "once, however many watches say it");
        decision.flags[0].evidence[1].found = None;
        decision.flags.truncate(1);
        assert!(quotes(&draft, &decision).is_empty(), "a publisher is no sentence");
    }

    #[test]
    fn offsets_beyond_the_text_mark_nothing_and_break_nothing() {
        let draft = draft("T", "short", "");
        let mut decision = decision(&draft, &[(Field::Summary, "c", "short")]);
        for (start, end) in [(3, 900), (900, 905), (4, 2), (usize::MAX - 400, usize::MAX)] {
            decision.hits[0].found = Some(Span { field: Field::Summary, start, end });
            let shown = excerpt(&draft, &decision);
            assert!(plain(&shown).chars().count() <= 6, "{shown:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut_at_exactly_the_limit_between_clusters() {
        for (unit, count) in [("가", 300), ("👨‍👩‍👧", 60), ("e\u{301}", 150)] {
            let whole = unit.repeat(count - 1);
            assert_eq!(of(&whole, "", &[]), whole);
            let shown = of(&unit.repeat(count + 1), "", &[]);
            assert_eq!(shown, format!("{}…", unit.repeat(count - 1)), "{unit}");
            assert!(characters(&shown) <= EXCERPT_MAX);
        }
    }
}
