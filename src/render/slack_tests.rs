//! Tests of the Slack message: its shape, hostile texts, limits.

use serde_json::Value;
use url::Url;

use crate::model::decision::{Field, Flag};
use crate::render::fixture::{decision, delivery, draft, look};
use crate::render::slack::{BLOCKS_MAX, HEADLINE_MAX, SECTION_MAX, message, plain};
use crate::render::text::units;

/// Every text of a message, with `text` first.
pub(crate) fn texts(message: &Value) -> Vec<String> {
    let mut all = vec![message["text"].as_str().unwrap().to_owned()];
    for block in message["blocks"].as_array().into_iter().flatten() {
        all.extend(block["text"]["text"].as_str().map(str::to_owned));
        for element in block["elements"].as_array().into_iter().flatten() {
            all.extend(element["text"].as_str().map(str::to_owned));
        }
    }
    all
}

/// A text without our own links; what is left may hold no control sequence.
pub(crate) fn without_links(text: &str, url: &str) -> String {
    text.replace(&format!("<{url}|"), "").replacen(
        '>',
        "",
        text.matches(&format!("<{url}|")).count(),
    )
}

/// Where the links of a text lead: what Slack reads between `<` and `|`, its entities decoded once
/// (docs.slack.dev, "Formatting message text").
pub(crate) fn addresses(text: &str) -> Vec<String> {
    let tokens = text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap());
    let decode =
        |address: &str| address.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    tokens.map(|token| decode(token.split('|').next().unwrap())).collect()
}

/// An address with what no address may hold bare (RFC 3986 §2) percent-encoded: two that are equal in
/// this form are one.
pub(crate) fn strict(address: &str) -> String {
    "|`\"<>\\^{}".chars().fold(address.to_owned(), |address, mark| {
        address.replace(mark, &format!("%{:02X}", u32::from(mark)))
    })
}

/// Fails if the message breaks any of Slack's limits or asks for what we never ask.
pub(crate) fn assert_within_limits(message: &Value) {
    let blocks = message["blocks"].as_array().unwrap();
    assert!(!blocks.is_empty() && blocks.len() <= 50);
    assert!(units(&message["blocks"].to_string()) <= BLOCKS_MAX);
    for text in texts(message) {
        assert!(!text.is_empty() && units(&text) <= 3_000, "{} units", units(&text));
    }
    for block in blocks {
        if let Some(elements) = block["elements"].as_array() {
            assert!((1..=10).contains(&elements.len()));
        }
    }
}

#[test]
fn a_message_tells_headline_publisher_date_language_excerpt_and_why() {
    let sent = message(&delivery(), &look());
    let lines: Vec<String> =
        sent["blocks"].as_array().unwrap().iter().map(Value::to_string).collect();
    let shown = lines.join("\n").replace('\u{200b}', "[ZWSP]");
    insta::assert_snapshot!(shown, @r##"
    {"text":{"text":"*<https://ec.europa.eu/news?id=1&amp;lang=en|EU &amp; partners agree on 양자기술 research>*","type":"mrkdwn","verbatim":true},"type":"section"}
    {"elements":[{"text":"European Commission","type":"mrkdwn","verbatim":true},{"text":"2 Oct 2026, 09:35 CEST","type":"mrkdwn","verbatim":true},{"text":"English","type":"mrkdwn","verbatim":true},{"text":"ec.europa.eu","type":"mrkdwn","verbatim":true}],"type":"context"}
    {"text":{"text":"Brussels and Seoul will share test beds for *양자기술*[ZWSP]의 표준. The *Republic of Korea* joins.","type":"mrkdwn","verbatim":true},"type":"section"}
    {"elements":[{"text":"*EU–Korea* — eu: \"EU\" in the title · korea: \"Korea\" in the lead","type":"mrkdwn","verbatim":true}],"type":"context"}
    "##);
    assert_eq!(
        sent["text"],
        "<https://ec.europa.eu/news?id=1&amp;lang=en|EU &amp; partners agree on 양자기술 research>\n\
         European Commission · 2 Oct 2026, 09:35 CEST · English"
    );
}

#[test]
fn the_plain_form_keeps_the_link_and_the_reasons() {
    let shown = plain(&delivery(), &look());
    assert_eq!(shown.get("blocks"), None);
    insta::assert_snapshot!(shown["text"].as_str().unwrap(), @r#"
    <https://ec.europa.eu/news?id=1&amp;lang=en|EU &amp; partners agree on 양자기술 research>
    European Commission · 2 Oct 2026, 09:35 CEST · English
    *EU–Korea* — eu: "EU" in the title · korea: "Korea" in the lead
    "#);
}

#[test]
fn texts_of_others_mention_and_link_nobody() {
    let cases = [
        ("<!channel> now", "&lt;!channel&gt; now"),
        ("<!here>", "&lt;!here&gt;"),
        ("<!everyone>", "&lt;!everyone&gt;"),
        ("<@U123>", "&lt;@U123&gt;"),
        ("<#C1>", "&lt;#C1&gt;"),
        ("<!subteam^S1>", "&lt;!subteam^S1&gt;"),
        ("<http://evil.example|ec.europa.eu>", "&lt;http://evil.example|ec.europa.eu&gt;"),
        ("R&D &amp; more", "R&amp;D &amp;amp; more"),
        ("*bold* _it_ ~no~ `code` ```", "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ ˋˋˋ"),
        ("＊bold＊ ＿it＿ ｀c｀", "∗bold∗ ˍitˍ ˋcˋ"),
        ("one\n> two\r\nthree\u{2028}four\u{85}five", "one &gt; two three four five"),
        ("a\u{202e}b\u{200b}c\u{2066}d", "abcd"),
        ("> quoted", "\u{200b}&gt; quoted"),
    ];
    for (hostile, wanted) in cases {
        let mut delivery = delivery();
        let alert = &mut delivery.alert;
        alert.draft = draft(hostile, hostile, "");
        alert.draft.summary.push('.');
        alert.decision = decision(&alert.draft, &[]);
        alert.decision.flags[0].title = hostile.to_owned();
        alert.decision.flags[0].reason = hostile.to_owned();
        alert.publisher = hostile.to_owned();
        alert.language = Some(hostile.to_owned());
        let sent = message(&delivery, &look());
        let url = "https://ec.europa.eu/news?id=1&amp;lang=en";
        let blocks = &sent["blocks"];
        assert_eq!(blocks[0]["text"]["text"], format!("*<{url}|{wanted}>*"));
        assert_eq!(blocks[1]["elements"][0]["text"], wanted);
        assert_eq!(blocks[1]["elements"][2]["text"], wanted);
        assert_eq!(blocks[2]["text"]["text"], format!("{wanted}."));
        assert_eq!(blocks[3]["elements"][0]["text"], format!("*{wanted}* — {wanted}"));
        for text in texts(&sent).iter().chain(&texts(&plain(&delivery, &look()))) {
            assert!(!without_links(text, url).contains(['<', '>']), "{text}");
        }
    }
}

#[test]
fn slack_is_told_to_leave_plain_text_alone() {
    let sent = message(&delivery(), &look());
    let shown = sent.to_string();
    assert_eq!(shown.matches("\"mrkdwn\"").count(), shown.matches("\"verbatim\":true").count());
    assert_eq!((&sent["unfurl_links"], &sent["unfurl_media"]), (&false.into(), &false.into()));
    assert!(!shown.contains("link_names"));
}

#[test]
fn a_headline_is_cut_between_clusters_exactly_at_its_limit() {
    // `foreign` keeps one unit for the boundary before a leading `>`.
    let room = HEADLINE_MAX - 1;
    for (unit, cost) in [("가", 1), ("a", 1), ("&", 5), ("👍🏽", 4), ("👨‍👩‍👧", 8)]
    {
        let fitting = room / cost;
        for (count, cut) in [(fitting - 1, false), (fitting, false), (fitting + 1, true)] {
            let mut delivery = delivery();
            delivery.alert.draft = draft(&unit.repeat(count), "", "");
            delivery.alert.decision = decision(&delivery.alert.draft, &[]);
            let sent = message(&delivery, &look());
            assert_within_limits(&sent);
            let text = sent["blocks"][0]["text"]["text"].as_str().unwrap();
            assert_eq!(text.contains('…'), cut, "{unit} × {count}");
            assert!(text.starts_with("*<https://ec.europa.eu/news?id=1&amp;lang=en|"), "{text}");
        }
    }
}

#[test]
fn a_link_is_shown_whole_or_by_its_host() {
    let room = SECTION_MAX - "*<|>*".len() - 100;
    let base = "https://ec.europa.eu/";
    for (length, linked) in [(room - 1, true), (room, true), (room + 1, false), (9_000, false)] {
        let url = format!("{base}{}", "a".repeat(length - base.len()));
        let mut delivery = delivery();
        delivery.alert.draft.title = "가".repeat(400);
        delivery.alert.draft.link = Some(Url::parse(&url).unwrap());
        let sent = message(&delivery, &look());
        assert_within_limits(&sent);
        let text = sent["blocks"][0]["text"]["text"].as_str().unwrap();
        assert_eq!(text.contains(&format!("<{url}|가")), linked, "{length}");
        let facts = sent["blocks"][1]["elements"].as_array().unwrap();
        let host = facts.last().unwrap()["text"].as_str().unwrap();
        assert!(host.starts_with("ec.europa.eu"), "{host}");
        assert_eq!(host.contains("too long for Slack"), !linked);
        assert_eq!(texts(&sent).iter().any(|text| text.contains("https://")), linked);
    }
}

#[test]
fn many_watches_are_all_named_within_the_limit() {
    let mut delivery = delivery();
    delivery.alert.decision.flags = (0..40)
        .map(|n| Flag {
            watch: format!("w{n}"),
            title: format!("Watch <{n}>"),
            reason: "\"양자\" in the lead ".repeat(60),
            hits: Vec::new(),
            evidence: Vec::new(),
        })
        .collect();
    let sent = message(&delivery, &look());
    assert_within_limits(&sent);
    let why = sent["blocks"][3]["elements"][0]["text"].as_str().unwrap();
    assert!(why.contains("*Watch &lt;0&gt;* — \"양자\""), "{why}");
    assert!(why.contains("more: Watch &lt;"), "{why}");
}

#[test]
fn ten_thousand_emoji_and_quotes_stay_within_all_limits() {
    for hostile in ["🔥", "\"", "\\", "<", "👨‍👩‍👧", "한&", "e\u{301}", "\u{1b}[1m\u{1}"]
    {
        let long = hostile.repeat(10_000);
        let mut delivery = delivery();
        let alert = &mut delivery.alert;
        alert.draft = draft(&long, &format!("{long}."), &long);
        alert.decision =
            decision(&alert.draft, &[(Field::Title, "x", hostile), (Field::Summary, "x", hostile)]);
        let flag = Flag {
            watch: long.clone(),
            title: long.clone(),
            reason: long.clone(),
            hits: Vec::new(),
            evidence: Vec::new(),
        };
        alert.decision.flags = vec![flag; 12];
        alert.publisher = long.clone();
        alert.language = Some(long);
        assert_within_limits(&message(&delivery, &look()));
        assert!(units(plain(&delivery, &look())["text"].as_str().unwrap()) <= 3_000);
    }
}

#[test]
fn an_address_in_a_text_without_link_stays_text() {
    let mut delivery = delivery();
    delivery.alert.draft = draft("see http://evil.example/", "", "");
    delivery.alert.draft.link = None;
    delivery.alert.publisher = "https://evil.example".to_owned();
    delivery.alert.decision.flags[0].reason = "\"https://evil.example\"".to_owned();
    let sent = message(&delivery, &look());
    assert_eq!(sent["blocks"][0]["text"]["text"], "*see http:\u{200b}//evil.example/*");
    for text in [&sent["text"], &plain(&delivery, &look())["text"]] {
        assert!(!text.as_str().unwrap().contains("://"), "{text}");
    }
}

#[test]
fn every_mark_in_an_address_reaches_the_reader() {
    let marks = (' '..='~').filter(|c| !c.is_ascii_alphanumeric());
    for mark in marks.map(String::from).chain(["한글".to_owned(), "&amp;".to_owned()]) {
        for url in [
            format!("https://a.example/{mark}x{mark}26{mark}2871_en{mark}"),
            format!("https://a.example/x?{mark}a={mark}b{mark}&c=1{mark}"),
            format!("https://a.example/x#{mark}y{mark}"),
        ] {
            let url = Url::parse(&url).unwrap();
            let mut delivery = delivery();
            delivery.alert.draft.link = Some(url.clone());
            let (sent, plain) = (message(&delivery, &look()), plain(&delivery, &look()));
            let head = sent["blocks"][0]["text"]["text"].as_str().unwrap();
            for text in [head, sent["text"].as_str().unwrap(), plain["text"].as_str().unwrap()] {
                let [told] = &addresses(text)[..] else { panic!("{text}") };
                assert_eq!(strict(told), strict(url.as_str()), "{text}");
                let bare = told.chars().filter(|c| "_*~()[]!$'+,;=:@".contains(*c)).count();
                let own = url.as_str().chars().filter(|c| "_*~()[]!$'+,;=:@".contains(*c)).count();
                assert_eq!(bare, own, "what may stand bare does: {told}");
            }
        }
    }
}

#[test]
fn a_line_inside_a_latin_word_stays_and_any_other_is_no_mark() {
    let cases = [
        (
            "see ec.europa.eu/ip_26_2871 and EU_Korea_2026.pdf",
            "see ec.europa.eu/ip_26_2871 and EU_Korea_2026.pdf",
        ),
        ("_EU_ and_ _Korea", "ˍEUˍ andˍ ˍKorea"),
        ("한_EU_한 (_a_) a__b", "한ˍEUˍ한 (ˍaˍ) aˍˍb"),
        ("a*b*c a~b~c a`b`c", "a∗b∗c a∼b∼c aˋbˋc"),
    ];
    for (given, wanted) in cases {
        let mut delivery = delivery();
        delivery.alert.publisher = given.to_owned();
        let sent = message(&delivery, &look());
        assert_eq!(sent["blocks"][1]["elements"][0]["text"], wanted);
    }
}

#[test]
fn a_late_message_says_how_late() {
    let delivery = delivery();
    let mut look = look();
    look.now = delivery.created_at + chrono::Duration::hours(3);
    let sent = message(&delivery, &look);
    assert_eq!(sent["blocks"][1]["elements"][2]["text"], "3 h late");
    assert!(sent["text"].as_str().unwrap().contains("3 h late"));
}
