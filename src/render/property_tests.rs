//! Whatever a publisher writes: valid JSON, within limits, no control sequence but our own.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};

use url::Url;

use crate::model::decision::{Field, Hit, Span};
use crate::render::fixture::{delivery, draft, look};
use crate::render::slack_tests::{addresses, assert_within_limits, strict, texts, without_links};
use crate::render::text::characters;
use crate::render::{excerpt, json, slack, terminal, webhook};

/// Texts made of what breaks renderers, and of anything else.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<!channel>".to_owned()),
        Just("<http://evil.example|x>".to_owned()),
        Just("&lt;".to_owned()),
        Just("*_~`|>".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("\u{1b}]8;;".to_owned()),
        Just("\u{202e}\u{2028}\u{200b}\u{200d}".to_owned()),
        Just("👨‍👩‍👧".to_owned()),
        Just("한·EU 양자기술".to_owned()),
        Just("\r\n\t ".to_owned()),
        Just("e\u{301}\u{301}\u{301}".to_owned()),
        any::<char>().prop_map(String::from),
        "[a-z ]{0,200}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Tails of addresses: every mark of ASCII, Hangul, escapes, spaces.
fn tail() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("|".to_owned()),
        Just("<a|b>".to_owned()),
        Just("ip_26_2871_en".to_owned()),
        Just("*_~`".to_owned()),
        Just("&amp;&lt;".to_owned()),
        Just("%7C%2".to_owned()),
        Just("보도 자료".to_owned()),
        "[ -~]{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn spans() -> impl Strategy<Value = Vec<(u8, usize, usize)>> {
    proptest::collection::vec((0_u8..3, 0_usize..600, 0_usize..40), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_others_escapes_its_place(
        title in hostile(), summary in hostile(), body in hostile(), name in hostile(),
        spans in spans(),
    ) {
        let mut delivery = delivery();
        let alert = &mut delivery.alert;
        alert.draft = draft(&title, &summary, &body);
        alert.publisher.clone_from(&name);
        alert.also = vec![name.clone(); 12];
        alert.language = Some(name.clone());
        (alert.decision.flags[0].title, alert.decision.flags[0].reason) = (name.clone(), name);
        let field = |n| [Field::Title, Field::Summary, Field::Body][usize::from(n)];
        alert.decision.hits = spans
            .into_iter()
            .map(|(n, start, length)| Hit {
                concept: None,
                term: format!("t{}", start % 4),
                found: Some(Span { field: field(n), start, end: start + length }),
            })
            .collect();

        let sent = slack::message(&delivery, &look());
        assert_within_limits(&sent);
        let plain = slack::plain(&delivery, &look());
        for text in texts(&sent).iter().chain(&texts(&plain)) {
            let rest = without_links(text, "https://ec.europa.eu/news?id=1&amp;lang=en");
            assert!(!rest.contains(['<', '>']), "{text}");
            assert!(!rest.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
            for after in rest.split('&').skip(1) {
                let known = ["amp;", "lt;", "gt;"].iter().any(|name| after.starts_with(name));
                assert!(known, "{text}");
            }
        }

        let shown = excerpt::plain(&excerpt::excerpt(&delivery.alert.draft, &delivery.alert.decision));
        assert!(characters(&shown) <= excerpt::EXCERPT_MAX);

        let bytes = webhook::body(&delivery);
        assert!(bytes.len() <= webhook::BODY_BYTES_MAX);
        let data = serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
        assert_eq!(&data["data"]["item"]["link"], "https://ec.europa.eu/news?id=1&lang=en");
        let line = json::line(&delivery);
        assert!(!line.contains(['\n', '\r']));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(&line["item"]["title"], title.as_str());

        let text = terminal::text(&delivery, &look(), false);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }

    #[test]
    fn no_dialect_changes_an_address_whatever_stands_round_it(
        tail in tail(), title in hostile(), summary in hostile(),
    ) {
        let url = Url::parse(&format!("https://a.example/{tail}")).unwrap();
        let mut delivery = delivery();
        delivery.alert.draft = draft(&title, &summary, &summary);
        delivery.alert.draft.link = Some(url.clone());
        delivery.alert.publisher.clone_from(&title);
        let (sent, plain) = (slack::message(&delivery, &look()), slack::plain(&delivery, &look()));
        let head = sent["blocks"][0]["text"]["text"].as_str().unwrap();
        for text in [head, sent["text"].as_str().unwrap(), plain["text"].as_str().unwrap()] {
            let told: Vec<String> = addresses(text).iter().map(|told| strict(told)).collect();
            assert_eq!(told, [strict(url.as_str())], "{text}");
        }
        let hook: serde_json::Value = serde_json::from_slice(&webhook::body(&delivery)).unwrap();
        assert_eq!(&hook["data"]["item"]["link"], url.as_str());
        let line: serde_json::Value = serde_json::from_str(&json::line(&delivery)).unwrap();
        assert_eq!(&line["item"]["link"], url.as_str());
        for colour in [true, false] {
            let text = terminal::text(&delivery, &look(), colour);
            assert_eq!(text.lines().nth(1).map(str::trim_start), Some(url.as_str()), "{text}");
        }
    }
}
