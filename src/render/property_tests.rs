//! Whatever a publisher writes: valid JSON, within limits, no control sequence but our own.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};

use url::Url;

use crate::model::decision::{Field, Hit, Span};
use crate::render::fixture::{delivery, draft, look};
use crate::render::link::Link;
use crate::render::slack_tests::{assert_within_limits, texts, without_links};
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

        if let Ok(url) = Url::parse(&format!("https://a.example/{title}?{summary}#{body}")) {
            let link = Link::new(Some(&url)).unwrap();
            let bare = |c: char| c.is_ascii_graphic() && !"<>|\"`\\^{}".contains(c);
            assert!(link.url.chars().all(bare), "{}", link.url);
            assert_eq!(Url::parse(&link.url).unwrap().host(), url.host());
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
}
