//! What holds for every query and every text: the checks of the two fuzz targets of matching. The
//! integration tests replay the kept corpus through the same checks.

use bongsu::matching::{Matcher, Text};
use bongsu::model::decision::{Decision, Field, Span};
use bongsu::model::fault::{Fault, Place};
use bongsu::model::watch::{Concept, Query, Rule, Term, Watch};
use unicode_normalization::UnicodeNormalization;

/// Where the query of a watch begins, with its quote.
const LINE: usize = 7;
/// The same, its column.
const COLUMN: usize = 8;
/// Bytes of a text up to which it is decided on again in other spellings, which takes as long.
const AGAIN_MAX: usize = 4_096;

/// Any text as a query: read, or refused with a place inside of it; and what is read means what it
/// says, whatever brackets stand round it.
pub fn query(data: &[u8]) {
    let query = String::from_utf8_lossy(data);
    let concepts = concepts();
    if let Err(faults) = Matcher::compile(&concepts, &[watch("w", &query)]) {
        return faults.iter().for_each(|fault| within(&query, fault));
    }
    let spelled = [
        ("bracketed", format!("({query})")),
        ("negated", format!("NOT ({query})")),
        ("doubled", format!("({query}) OR ({query})")),
        ("both", format!("({query}) AND NOT ({query})")),
        ("named", "@w".to_owned()),
    ];
    let mut watches = vec![watch("w", &query)];
    watches.extend(spelled.into_iter().map(|(id, query)| watch(id, &query)));
    let matcher = Matcher::compile(&concepts, &watches).unwrap_or_else(|_| {
        // One level deeper or twice as long is too much, and is refused.
        watches.truncate(1);
        Matcher::compile(&concepts, &watches).expect("it was tried")
    });
    for text in TEXTS {
        let decision = matcher.decide(&text);
        judge(&decision, &text);
        let flagged = |id: &str| decision.flags.iter().any(|flag| flag.watch == id);
        for watch in &watches {
            let due = match watch.id.as_str() {
                "negated" => !flagged("w"),
                "both" => false,
                _ => flagged("w"),
            };
            assert_eq!(flagged(&watch.id), due, "{}: {query:?} of {text:?}", watch.id);
        }
    }
}

/// Any query and any terms over any text. The first three lines are the query, the terms of a
/// concept and its `unless`, separated by `|`; then follow title, lead and, to the end, the body.
pub fn matching(data: &[u8]) {
    let data = String::from_utf8_lossy(data);
    let mut lines = data.splitn(6, '\n');
    let [query, terms, unless, title, summary, body] =
        std::array::from_fn(|_| lines.next().unwrap_or_default());
    let [terms, unless] = [terms, unless].map(|line| line.split('|').map(term).collect::<Vec<_>>());
    // Labels beside the texts, of the same words.
    let categories = [title, summary].map(str::to_owned);
    let text = Text { title, summary, body, categories: &categories, ..Text::default() };
    words_found_are_found_again(&terms, &text);
    let own = Concept { terms, unless, ..concept("own", &[]) };
    let concepts = [concepts(), vec![own]].concat();
    let watches = [watch("w", query), watch("own", "@own AND NOT @eu")];
    let matcher = match Matcher::compile(&concepts, &watches) {
        Ok(matcher) => matcher,
        Err(_) => match Matcher::compile(&concepts[..4], &watches[..1]) {
            Ok(matcher) => matcher,
            Err(_) => Matcher::compile(&concepts[..4], &[]).expect("a fixed configuration"),
        },
    };
    let decision = matcher.decide(&text);
    judge(&decision, &text);
    let long = [title, summary, body].iter().map(|text| text.len()).sum::<usize>() > AGAIN_MAX;
    if !long {
        assert!(decision == matcher.decide(&text), "decided twice, two decisions");
        let pieces = [title, summary, body].map(|text| text.nfd().collect::<String>());
        let whole = pieces.clone().map(|text| text.nfc().collect::<String>());
        let [pieces, whole] = [&pieces, &whole].map(|[title, summary, body]| {
            let categories = [title.clone(), summary.clone()];
            let categories = &categories;
            let decision =
                matcher.decide(&Text { title, summary, body, categories, ..Text::default() });
            (decision.concepts, decision.flags.into_iter().map(|f| f.watch).collect::<Vec<_>>())
        });
        assert_eq!(pieces, whole, "composed and in pieces, of {text:?}");
    }
}

/// What holds for every decision.
fn judge(decision: &Decision, text: &Text<'_>) {
    let mut last = None;
    for hit in &decision.hits {
        let Some(span) = hit.found else { continue };
        let surface = surface(text, span);
        assert!(surface.chars().any(|c| !c.is_whitespace()), "{hit:?} is nothing");
        assert!(last <= Some((span.field, span.start)), "{hit:?} is out of order");
        last = Some((span.field, span.start));
        let known = hit.concept.as_ref().is_none_or(|id| decision.concepts.contains(id));
        assert!(known, "{hit:?} is of no concept in {:?}", decision.concepts);
    }
    assert!(decision.concepts.is_sorted_by(|a, b| a < b), "{:?}", decision.concepts);
    for flag in &decision.flags {
        let all = flag.hits.iter().all(|hit| *hit < decision.hits.len());
        assert!(all && flag.hits.is_sorted(), "{flag:?} of {} hits", decision.hits.len());
    }
}

/// The characters of a stretch.
fn surface(text: &Text<'_>, span: Span) -> String {
    let whole = whole(text, span);
    let surface: String = whole.chars().skip(span.start).take(span.end - span.start).collect();
    assert_eq!(surface.chars().count(), span.end - span.start, "{span:?} of {whole:?}");
    surface
}

/// The text of the field that a stretch is in.
fn whole<'t>(text: &Text<'t>, span: Span) -> &'t str {
    match span.field {
        Field::Title => text.title,
        Field::Summary => text.summary,
        Field::Body => text.body,
        Field::Category(index) => &text.categories[usize::from(index)],
    }
}

/// What a term finds it finds again where nothing else stands: a highlight is all of the hit.
fn words_found_are_found_again(terms: &[Term], text: &Text<'_>) {
    let mut concepts: Vec<_> = terms
        .iter()
        .enumerate()
        .map(|(i, term)| Concept { terms: vec![term.clone()], ..concept(&i.to_string(), &[]) })
        .collect();
    let matcher = Matcher::compile(&concepts, &[]).unwrap_or_else(|_| {
        concepts.retain(|one| Matcher::compile(std::slice::from_ref(one), &[]).is_ok());
        Matcher::compile(&concepts, &[]).expect("each of them was tried")
    });
    for hit in matcher.decide(text).hits.iter().take(20) {
        let Some(span) = hit.found else { continue };
        let title = surface(text, span);
        // What Han says hangs on what stands beside it: kana makes it Japanese. And a highlight ends
        // behind some dozens of marks, or of characters that are nothing.
        let next = whole(text, span).chars().nth(span.end);
        let is_cut = next.is_some_and(|c| c.is_control() || !c.is_ascii() && !c.is_alphanumeric());
        // By itself `a.kr` is an address, and behind a Hangul syllable it is none.
        let may_be_address = title.contains(['.', ':', '@']);
        if title.chars().any(is_han) || title.chars().count() > 60 || is_cut || may_be_address {
            continue;
        }
        let again = matcher.decide(&Text { title: &title, ..Text::default() });
        let found = again.hits.iter().any(|other| other.concept == hit.concept);
        assert!(found, "{hit:?}, but not in {title:?} alone");
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A fault of a query points into it.
fn within(query: &str, fault: &Fault) {
    assert!(!fault.message.is_empty(), "{fault:?}");
    let Place { line, column, .. } = fault.place;
    if (line, column) == (LINE, COLUMN) {
        return; // The query as a whole.
    }
    let row = line - LINE;
    let offset = if row == 0 { column - COLUMN - 1 } else { column - 1 };
    let of = query.split('\n').nth(row).map(|line| line.chars().count());
    assert!(of.is_some_and(|chars| offset <= chars), "{query:?}: {fault:?}");
}

/// Texts of each kind that the fixed concepts and a query's own words can be found in.
const TEXTS: [Text<'static>; 3] = [
    Text {
        title: "EU and South Korea sign a digital partnership on quantum",
        summary: "The EU meets. Korea speaks of AI and 5G.",
        body: "",
        categories: &[],
        language: Some("en"),
        source: Some("desk"),
        implies: &[],
    },
    Text {
        title: "한-EU 디지털 파트너십, 양자·반도체 협력",
        summary: "유럽연합이 만났다. 한국은 반도체를 말했다.",
        body: "韓 정부는 &amp;middot; ＥＵ와 a b c d",
        categories: &[],
        language: None,
        source: Some("msit-press"),
        implies: &[],
    },
    Text {
        title: "",
        summary: "",
        body: "",
        categories: &[],
        language: None,
        source: None,
        implies: &[],
    },
];

fn concepts() -> Vec<Concept> {
    let pair = Concept {
        implies: vec!["eu".to_owned(), "korea".to_owned()],
        ..concept("pair", &["한-EU", "EU-Korea"])
    };
    let korea = Concept {
        unless: vec![term("North Korea")],
        ..concept("korea", &["Korea", "한국", "=한", "^ROK"])
    };
    vec![
        concept("eu", &["EU", "유럽연합", "European Union"]),
        korea,
        pair,
        concept("quantum", &["quantum", "양자"]),
    ]
}

fn concept(id: &str, terms: &[&str]) -> Concept {
    Concept {
        id: id.to_owned(),
        terms: terms.iter().map(|text| term(text)).collect(),
        unless: Vec::new(),
        implies: Vec::new(),
        place: Place::file("concepts.toml"),
    }
}

/// A term; `=` before it makes it exact, `^` minds its case, `de:` names its language.
fn term(text: &str) -> Term {
    let (exact, text) = text.strip_prefix('=').map_or((false, text), |rest| (true, rest));
    let (case, text) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let spoken = ["de", "fr", "en", "es"].into_iter().find_map(|language| {
        let rest = text.strip_prefix(language)?.strip_prefix(':')?;
        Some((language.to_owned(), rest))
    });
    let (language, text) = spoken.map_or((None, text), |(language, rest)| (Some(language), rest));
    Term { text: text.to_owned(), language, exact, case, place: Place::file("concepts.toml") }
}

/// A query whose lines stand below each other, the first behind its quote.
fn written(text: &str, place: &Place) -> Query {
    let mut spot = (place.line, place.column + 1);
    let mut spots = vec![spot];
    for c in text.chars() {
        spot = if c == '\n' { (spot.0 + 1, 1) } else { (spot.0, spot.1 + 1) };
        spots.push(spot);
    }
    Query { spots, ..Query::new(text, place.clone()) }
}

fn watch(id: &str, when: &str) -> Watch {
    let place = Place { file: "watches.toml".to_owned(), line: LINE, column: COLUMN };
    Watch {
        id: id.to_owned(),
        title: id.to_uppercase(),
        rule: Rule { when: Some(written(when, &place)), ..Rule::default() },
        notify: Vec::new(),
        updates: false,
        must_match: Vec::new(),
        must_not_match: Vec::new(),
        enabled: true,
        place,
    }
}
