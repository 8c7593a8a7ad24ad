//! Tests of the generic webhook's body and signature, and of the data that the file line shares.

use serde_json::Value;

use crate::model::decision::{Evidence, Field, Hit, Span};
use crate::model::receiver::Secret;
use crate::render::fixture::{delivery, draft, look};
use crate::render::json::line;
use crate::render::webhook::{BODY_BYTES_MAX, Error, body, sign};
use crate::render::{sample, slack, terminal};

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

#[test]
fn the_signature_equals_the_published_vector() {
    let secret = Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    let body = br#"{"email":"test@example.com","username":"test_user"}"#;
    let signature = sign(&[secret], "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body);
    assert_eq!(signature.as_deref(), Ok("v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="));
}

#[test]
fn a_rotation_carries_both_signatures_in_order() {
    let new = Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    let old = Secret::new("an older secret as plain text");
    let one = |secret: &Secret| sign(std::slice::from_ref(secret), "id", 1, b"x").unwrap();
    let both = sign(&[new.clone(), old.clone()], "id", 1, b"x").unwrap();
    assert_eq!(both, format!("{} {}", one(&new), one(&old)));
    assert_ne!(one(&new), one(&old));
}

#[test]
fn a_plain_secret_is_its_own_key() {
    // "a key" in base64 is "YSBrZXk=".
    let plain = sign(&[Secret::new("a key")], "id", 1, b"x");
    let encoded = sign(&[Secret::new("whsec_YSBrZXk=")], "id", 1, b"x");
    assert_eq!(plain, encoded);
}

#[test]
fn a_broken_secret_is_named_by_its_number_alone() {
    let good = Secret::new("good");
    let cases = [
        ("whsec_not!base64", Error::NotBase64(2)),
        ("whsec_", Error::Empty(2)),
        ("", Error::Empty(2)),
    ];
    for (text, wanted) in cases {
        let error = sign(&[good.clone(), Secret::new(text)], "id", 1, b"x").unwrap_err();
        assert_eq!(error, wanted);
        assert!(!error.to_string().contains("not!base64"), "{error}");
    }
}

#[test]
fn the_body_is_minified_and_names_its_fields() {
    insta::assert_snapshot!(String::from_utf8(body(&delivery())).unwrap(), @r#"{"type":"alert.raised","timestamp":"2026-10-02T07:40:00Z","data":{"id":"0199a3c1-0000-7000-8000-000000000001","alert":7,"revision":1,"raised_at":"2026-10-02T07:40:00Z","item":{"id":42,"title":"EU & partners agree on 양자기술 research","link":"https://ec.europa.eu/news?id=1&lang=en","published":"2026-10-02T07:35:00Z","updated":null,"source":"ec-press","publisher":"European Commission","language":"en","summary":"Brussels and Seoul will share test beds for 양자기술의 표준. The Republic of Korea joins.","categories":[]},"watches":[{"id":"eu-korea","title":"EU–Korea","reason":"eu: \"EU\" in the title · korea: \"Korea\" in the lead","evidence":[{"concept":"eu","surface":"EU","field":"title","start":0,"end":2,"sentence":"EU & partners agree on 양자기술 research"},{"concept":"quantum","surface":"양자기술","field":"title","start":23,"end":27,"sentence":"EU & partners agree on 양자기술 research"}]}],"concepts":["eu","korea"],"hits":[{"concept":"eu","term":"EU","field":"title","start":0,"end":2},{"concept":"quantum","term":"양자기술","field":"title","start":23,"end":27},{"concept":"quantum","term":"양자기술","field":"summary","start":44,"end":48},{"concept":"korea","term":"Republic of Korea","field":"summary","start":58,"end":75}],"excerpt":"Brussels and Seoul will share test beds for 양자기술의 표준. The Republic of Korea joins."}}"#);
}

#[test]
fn the_line_of_a_file_holds_the_same_data_uncut() {
    let mut delivery = delivery();
    delivery.alert.draft.summary.push_str("\nsecond line\u{2028}");
    let line = line(&delivery);
    assert!(!line.contains(['\n', '\r']));
    let data: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(data, parsed(&body(&delivery))["data"]);
    delivery.alert.draft.summary = "긴 글 ".repeat(10_000);
    let data: Value = serde_json::from_str(&crate::render::json::line(&delivery)).unwrap();
    assert_eq!(data["item"]["summary"], delivery.alert.draft.summary);
    assert_eq!(data.get("cut"), None);
}

#[test]
fn a_long_alert_stays_under_twenty_kilobytes_and_says_what_was_cut() {
    for unit in ["가", "a", "\u{1}", "\"", "👨‍👩‍👧"] {
        for length in [100, 1_000, 3_999, 4_000, 4_001, 50_000] {
            let long = unit.repeat(length);
            let mut delivery = delivery();
            let link = delivery.alert.draft.link.clone();
            delivery.alert.draft = draft(&long, &long, &long);
            delivery.alert.publisher = long.clone();
            delivery.alert.draft.categories = vec![long.clone(); 40];
            let flag = &mut delivery.alert.decision.flags[0];
            (flag.title, flag.reason) = (long.clone(), long.clone());
            let piece = Evidence {
                concept: Some("eu".to_owned()),
                surface: long.clone(),
                found: Some(Span { field: Field::Body, start: 1, end: 2 }),
                sentence: long.clone(),
            };
            flag.evidence = vec![piece; 20];
            delivery.alert.decision.flags = vec![flag.clone(); 40];
            delivery.alert.decision.hits = (0..500)
                .map(|n| Hit {
                    concept: Some("eu".to_owned()),
                    term: long.clone(),
                    found: Some(Span { field: Field::Body, start: n, end: n + 1 }),
                })
                .collect();
            let body = body(&delivery);
            assert!(body.len() <= BODY_BYTES_MAX, "{unit:?} × {length}: {}", body.len());
            let data = &parsed(&body)["data"];
            assert_eq!(data["item"]["link"], link.unwrap().as_str());
            let cut: Vec<&str> =
                data["cut"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
            assert!(cut.contains(&"hits") && cut.contains(&"watches"), "{cut:?}");
            let shortened = data["item"]["summary"] != long;
            assert_eq!(cut.contains(&"summary"), shortened, "{unit:?} × {length}");
        }
    }
}

#[test]
fn a_hit_in_a_label_tells_which_of_those_sent_along() {
    let mut delivery = delivery();
    delivery.alert.draft.categories = vec!["Trade".to_owned(), "South Korea".to_owned()];
    let found = Some(Span { field: Field::Category(1), start: 6, end: 11 });
    let decision = &mut delivery.alert.decision;
    decision.hits =
        vec![Hit { concept: Some("korea".to_owned()), term: "Korea".to_owned(), found }];
    decision.flags[0].evidence = vec![Evidence {
        concept: Some("korea".to_owned()),
        surface: "Korea".to_owned(),
        found,
        sentence: "South Korea".to_owned(),
    }];
    let data = &parsed(&body(&delivery))["data"];
    for place in [&data["hits"][0], &data["watches"][0]["evidence"][0]] {
        assert_eq!((&place["field"], &place["index"]), (&"category".into(), &1.into()), "{place}");
        assert_eq!((&place["start"], &place["end"]), (&6.into(), &11.into()), "{place}");
    }
    assert_eq!(data["item"]["categories"][1], "South Korea");
    let quotes = crate::render::excerpt::quotes(&delivery.alert.draft, &delivery.alert.decision);
    assert_eq!(quotes, Vec::<String>::new(), "the reason names it, and it is no sentence");
}

#[test]
fn a_sample_is_marked_as_a_test_everywhere() {
    let now = look().now;
    let sample = sample::delivery(delivery().id, "slack", now);
    assert!(sample::is_sample(&sample.alert) && !sample::is_sample(&delivery().alert));
    assert_eq!(parsed(&body(&sample))["type"], "alert.test");
    assert_eq!(parsed(&body(&delivery()))["type"], "alert.raised");
    let shown = terminal::text(&sample, &look(), false);
    assert!(shown.contains("TEST") && shown.contains("시험 알림"), "{shown}");
    assert!(shown.contains("*EU*") && shown.contains("*한국*의"), "{shown}");
    let message = slack::message(&sample, &look()).to_string();
    assert!(message.contains("TEST") && message.contains("*한국*\u{200b}의"), "{message}");
}
