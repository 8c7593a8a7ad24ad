//! A sample alert, marked as a test in both languages: what `bongsu receivers test` sends.
//!
//! Goes through every renderer like a true one; `cli::receivers` sends it.

use chrono::{DateTime, Utc};
use url::Url;
use uuid::Uuid;

use crate::model::alert::{Alert, Delivery};
use crate::model::decision::{Decision, Evidence, Field, Flag, Hit, Span};
use crate::model::item::Draft;

/// The source that samples name. It holds a space, which no configured id may.
const SOURCE: &str = "bongsu test";

const TITLE: &str = "TEST: the EU and Korea light a beacon · 시험 알림: 한-EU 봉수";

const SUMMARY: &str = "This is a test of bongsu and no news. If you can read it, news of the EU and \
    Korea will reach you here. 이것은 시험 알림이며 뉴스가 아닙니다. 이 글이 보이면 앞으로 EU와 한국의 \
    협력 소식을 여기에서 받게 됩니다.";

/// The terms shown as hits, with their concepts.
const TERMS: [(&str, &str); 3] = [("eu", "EU"), ("korea", "Korea"), ("korea", "한국")];

/// A delivery of the sample to one receiver. The caller brings the id, which must be new.
pub fn delivery(id: Uuid, receiver: &str, now: DateTime<Utc>) -> Delivery {
    Delivery { id, receiver: receiver.to_owned(), alert: alert(now), attempts: 0, created_at: now }
}

/// The sample as if raised at `now`.
pub fn alert(now: DateTime<Utc>) -> Alert {
    let hits: Vec<Hit> = TERMS
        .iter()
        .flat_map(|&(concept, term)| {
            [(Field::Title, TITLE), (Field::Summary, SUMMARY)]
                .into_iter()
                .filter_map(move |(field, text)| find(concept, term, field, text))
        })
        .collect();
    let of_title = |hit: &&Hit| hit.found.is_some_and(|span| span.field == Field::Title);
    let evidence = hits.iter().filter(of_title).map(|hit| Evidence {
        concept: hit.concept.clone(),
        surface: hit.term.clone(),
        found: hit.found,
        sentence: TITLE.to_owned(),
    });
    let flag = Flag {
        watch: "test".to_owned(),
        title: "Test of this receiver · 수신처 시험".to_owned(),
        reason: "somebody asked for a sample alert".to_owned(),
        hits: (0..hits.len()).collect(),
        evidence: evidence.collect(),
    };
    Alert {
        id: 0,
        item: 0,
        revision: 1,
        source: SOURCE.to_owned(),
        publisher: "bongsu (봉수)".to_owned(),
        also: Vec::new(),
        draft: Draft {
            title: TITLE.to_owned(),
            link: Url::parse("https://example.org/bongsu-test").ok(),
            summary: SUMMARY.to_owned(),
            published: Some(now),
            ..Draft::default()
        },
        language: Some("en".to_owned()),
        decision: Decision {
            flags: vec![flag],
            concepts: vec!["eu".to_owned(), "korea".to_owned()],
            hits,
        },
        raised_at: now,
    }
}

/// Whether an alert is the sample.
pub fn is_sample(alert: &Alert) -> bool {
    alert.source == SOURCE
}

fn find(concept: &str, term: &str, field: Field, text: &str) -> Option<Hit> {
    let (before, _) = text.split_once(term)?;
    let start = before.chars().count();
    Some(Hit {
        concept: Some(concept.to_owned()),
        term: term.to_owned(),
        found: Some(Span { field, start, end: start + term.chars().count() }),
    })
}
