//! The alert that tests of this room render, in our own words.
//!
//! For the tests of this room and of `notify`: one alert with everything in it.

use chrono::{DateTime, TimeZone, Utc};
use url::Url;
use uuid::Uuid;

use crate::model::alert::{Alert, Delivery};
use crate::model::decision::{Decision, Evidence, Field, Flag, Hit, Span};
use crate::model::item::Draft;
use crate::render::Look;

fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 2, hour, minute, 0).unwrap()
}

pub(crate) fn look() -> Look {
    Look { now: at(7, 41), timezone: chrono_tz::Europe::Brussels }
}

pub(crate) fn draft(title: &str, summary: &str, body: &str) -> Draft {
    Draft {
        title: title.to_owned(),
        summary: summary.to_owned(),
        body: body.to_owned(),
        link: Some(Url::parse("https://ec.europa.eu/news?id=1&lang=en").unwrap()),
        published: Some(at(7, 35)),
        ..Draft::default()
    }
}

/// A decision that flags the draft for the first place of each term.
pub(crate) fn decision(draft: &Draft, terms: &[(Field, &str, &str)]) -> Decision {
    let hit = |&(field, concept, term): &(Field, &str, &str)| {
        let text = match field {
            Field::Title => &draft.title,
            Field::Summary => &draft.summary,
            Field::Body => &draft.body,
            Field::Category(index) => &draft.categories[usize::from(index)],
        };
        let start = text.split_once(term).unwrap().0.chars().count();
        Hit {
            concept: Some(concept.to_owned()),
            term: term.to_owned(),
            found: Some(Span { field, start, end: start + term.chars().count() }),
        }
    };
    let hits: Vec<Hit> = terms.iter().map(hit).collect();
    let piece = |(hit, &(field, ..)): (&Hit, &(Field, &str, &str))| Evidence {
        concept: hit.concept.clone(),
        surface: hit.term.clone(),
        found: hit.found,
        sentence: match field {
            Field::Title => draft.title.clone(),
            Field::Summary => draft.summary.clone(),
            Field::Body => draft.body.clone(),
            Field::Category(index) => draft.categories[usize::from(index)].clone(),
        },
    };
    let evidence = hits.iter().zip(terms).take(2).map(piece).collect();
    Decision {
        flags: vec![Flag {
            watch: "eu-korea".to_owned(),
            title: "EU–Korea".to_owned(),
            reason: "eu: \"EU\" in the title · korea: \"Korea\" in the lead".to_owned(),
            hits: (0..hits.len()).collect(),
            evidence,
        }],
        concepts: vec!["eu".to_owned(), "korea".to_owned()],
        hits,
    }
}

pub(crate) fn delivery() -> Delivery {
    let draft = draft(
        "EU & partners agree on 양자기술 research",
        "Brussels and Seoul will share test beds for 양자기술의 표준. The Republic of Korea joins.",
        "",
    );
    let terms = [
        (Field::Title, "eu", "EU"),
        (Field::Title, "quantum", "양자기술"),
        (Field::Summary, "quantum", "양자기술"),
        (Field::Summary, "korea", "Republic of Korea"),
    ];
    let decision = decision(&draft, &terms);
    Delivery {
        id: Uuid::from_u128(0x0199_a3c1_0000_7000_8000_0000_0000_0001),
        receiver: "slack".to_owned(),
        alert: Alert {
            id: 7,
            item: 42,
            revision: 1,
            source: "ec-press".to_owned(),
            publisher: "European Commission".to_owned(),
            also: Vec::new(),
            draft,
            language: Some("en".to_owned()),
            decision,
            raised_at: at(7, 40),
        },
        attempts: 0,
        created_at: at(7, 40),
    }
}
