//! Languages told by letters and claims: in both directions, at the edges, over every script met.

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};

use crate::lang::script::{is_language, language};

const KOREAN: &str = "한-EU 디지털 파트너십 협의회 개최";
const ENGLISH: &str = "EU and Korea open the 한-EU quantum centre";

/// Five syllables weigh as much as twelve and a half letters.
fn mixed(syllables: usize, letters: usize) -> String {
    format!("{} {}", "가".repeat(syllables), "A".repeat(letters))
}

fn of(own: &'static str, source: &'static str, text: &str) -> Option<String> {
    let some = |tag: &'static str| Some(tag).filter(|tag| !tag.is_empty());
    language(some(own), some(source), &[text]).map(str::to_owned)
}

#[test]
fn a_claim_counts_where_the_letters_bear_it_out() {
    for (own, source, text, wanted) in [
        ("ko", "", KOREAN, "ko"),
        ("ko-KR", "en", KOREAN, "ko-KR"),
        ("en-US", "ko", KOREAN, "ko"),
        ("en-US", "en", KOREAN, "ko"),
        ("", "en", KOREAN, "ko"),
        ("", "", KOREAN, "ko"),
        ("ko", "ko", ENGLISH, "en"),
        ("ko", "", ENGLISH, "en"),
        ("", "", ENGLISH, "en"),
        ("", "ko", ENGLISH, "en"),
        ("ko", "en-GB", ENGLISH, "en-GB"),
        ("fr", "en", "Accord commercial entre l'Union européenne et la Corée", "fr"),
        ("", "fr", "Accord commercial entre l'Union européenne et la Corée", "fr"),
        ("en", "fr", "EU and Korea sign a digital trade agreement", "en"),
    ] {
        assert_eq!(of(own, source, text).as_deref(), Some(wanted), "{own} {source} {text}");
    }
}

#[test]
fn a_syllable_of_hangul_weighs_two_and_a_half_letters() {
    for (syllables, letters, source, wanted) in [
        // 10 of 28.57 is 35 %, and 20 of 30.77 is 65 %.
        (4, 19, "ko", "en"),
        (4, 18, "ko", "ko"),
        (4, 18, "en", "en"),
        (8, 11, "en", "en"),
        (8, 11, "ko", "ko"),
        (8, 10, "en", "ko"),
    ] {
        let text = mixed(syllables, letters);
        assert_eq!(of("", source, &text).as_deref(), Some(wanted), "{text} {source}");
    }
    assert_eq!(of("en", "ko", &mixed(4, 12)).as_deref(), Some("en"), "its own claim goes first");
    assert_eq!(of("ja", "ko", &mixed(4, 12)).as_deref(), Some("ko"), "if its script is there");
}

#[test]
fn where_both_stand_and_nobody_claims_sentences_in_latin_letters_tell() {
    for (text, wanted) in [
        ("EU CBAM·IRA 대응", "ko"),
        ("한-EU 협의체(EU–ROK Digital Partnership) 개최 및 논의", "ko"),
        ("EU and 한국무역협회 (KITA) sign MoU", "en"),
        ("EU Visits 산업통상자원부 In Sejong", "en"),
    ] {
        assert_eq!(of("", "", text).as_deref(), Some(wanted), "{text}");
    }
}

#[test]
fn headline_and_texts_are_weighed_together() {
    let lead = "The European Union and the Republic of Korea agreed on a partnership in Brussels.";
    assert_eq!(language(None, None, &["한-EU 협력", lead, ""]), Some("en"));
    assert_eq!(
        language(None, None, &["EU–ROK MoU", "한국과 유럽연합이 협력하기로 했다.", ""]),
        Some("ko")
    );
    let translated = format!("{}{}", "한국과 유럽연합이 협력. ".repeat(300), lead.repeat(900));
    assert_eq!(language(None, None, &["한-EU 협력", "", &translated]), Some("ko"), "by its start");
}

#[test]
fn addresses_are_nobodys_language() {
    let text = "양자 협력 https://www.msit.example/bbs/view.do?sCode=user&mId=113&nttSeqNo=31 www.msit.example";
    assert_eq!(of("", "", text).as_deref(), Some("ko"));
    assert_eq!(
        of("", "", "문의 press.office.of.the.ministry@science.example").as_deref(),
        Some("ko")
    );
    assert_eq!(
        of("", "", "홈페이지(https://science.example/quantum/centre)에서").as_deref(),
        Some("ko")
    );
    assert_eq!(of("", "en", "https://science.example/").as_deref(), Some("en"));
}

#[test]
fn other_scripts_are_told_as_far_as_they_tell() {
    for (own, source, text, wanted) in [
        ("", "", "日韓首脳会談を開催、EUとの連携も", Some("ja")),
        ("", "ko", "日韓首脳会談を開催、EUとの連携も", Some("ja")),
        ("", "", "韩国与欧盟签署数字贸易协定", Some("zh")),
        ("zh-Hant", "", "韓國與歐盟簽署數位貿易協定", Some("zh-Hant")),
        ("", "ko", "韓 歐 頂上會談", Some("ko")),
        ("", "ja", "日韓首脳会談", Some("ja")),
        ("", "en", "韓·EU 정상회담, 美·中 견제", Some("ko")),
        ("", "en", "韩国（한국）与欧盟签署数字贸易协定", Some("zh")),
        ("", "en", "Η ΕΕ και η Κορέα υπέγραψαν συμφωνία", Some("el")),
        ("bg", "en", "ЕС и Корея подписаха споразумение", Some("bg")),
        ("", "en", "ЕС и Корея подписаха споразумение", None),
        ("ar", "", "الاتحاد الأوروبي وكوريا", Some("ar")),
        ("en", "", "الاتحاد الأوروبي وكوريا", None),
        ("", "en", "Šefčovič ja Yeo tapasivat Soulissa, ストーリー", Some("en")),
        ("sr-Latn", "", "EU i Koreja potpisale sporazum", Some("sr-Latn")),
        ("sr-Latn", "", "ЕУ и Кореја потписале споразум", None),
        ("ko-Latn", "", "Han-EU hyeopryeok", Some("ko-Latn")),
    ] {
        assert_eq!(of(own, source, text).as_deref(), wanted, "{own} {source} {text}");
    }
}

#[test]
fn hangul_in_parts_or_half_written_weighs_as_much() {
    let parts = "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}";
    assert_eq!(of("", "", &format!("{parts} EU")).as_deref(), Some("ko"));
    assert_eq!(of("", "en", &format!("{parts} European Union")).as_deref(), Some("en"));
    assert_eq!(of("", "", "ㅋㅋㅋ ㆍ EU").as_deref(), Some("en"));
    assert_eq!(of("", "en", "12 · 2026 — ・ー").as_deref(), Some("en"), "no letters at all");
}

#[test]
fn english_is_told_unless_another_language_shows() {
    for (text, wanted) in [
        ("EU-Korea Digital Partnership Council", Some("en")),
        ("Von der Leyen meets Lee in Seoul", Some("en")),
        ("Commissioner Šefčovič visits Seoul", Some("en")),
        ("Accord commercial entre l'Union européenne et la Corée", None),
        ("EU und Korea unterzeichnen ein digitales Handelsabkommen", None),
        ("La UE y Corea firman un acuerdo", None),
        ("UE i Korea podpisały umowę o handlu", None),
    ] {
        assert_eq!(of("", "", text).as_deref(), wanted, "{text}");
        assert_eq!(of("", "ko", text).as_deref(), wanted, "{text}");
    }
}

#[test]
fn claims_that_are_no_tags_say_nothing() {
    for junk in ["", " ", "English", "kor", "und", "utf-8;", "kr", "KR", "en, ko", "-", "us"] {
        assert_eq!(language(Some(junk), None, &[ENGLISH]), Some("en"), "{junk}");
        assert_eq!(language(Some(junk), None, &[KOREAN]), Some("ko"), "{junk}");
        assert_eq!(language(Some(junk), Some("de"), &[""]), Some("de"), "{junk}");
        assert_eq!(language(Some(junk), None, &["", " \n"]), None, "{junk}");
    }
    assert_eq!(language(Some(" en_US\n"), None, &[ENGLISH]), Some("en_US"));
    assert_eq!(language(Some("ko"), Some("en"), &["", "12"]), Some("ko"));
}

#[test]
fn a_tag_is_of_its_language_with_or_without_a_country() {
    for tag in ["ko", "KO", "ko-KR", "Ko_kr", "ko-Hang-KR"] {
        assert!(is_language(tag, "ko"), "{tag}");
    }
    for tag in ["kok", "k", "", "en-KO", "-ko"] {
        assert!(!is_language(tag, "ko"), "{tag}");
    }
    assert!(is_language("zh-TW", "zh-tw") && !is_language("zh", "zh-tw"));
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("한-EU 협력 ".to_owned()),
        Just("EU and Korea ".to_owned()),
        Just("https://a.example/b ".to_owned()),
        Just("日本の ".to_owned()),
        Just("и ".to_owned()),
        "\\PC{0,8}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn tag() -> impl Strategy<Value = Option<&'static str>> {
    proptest::sample::select(vec![None, Some("ko"), Some("en"), Some("ja"), Some("bg"), Some("x")])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The store keeps what was told as the item's own language: judged anew, it is the same.
    #[test]
    fn what_was_told_once_is_told_again(own in tag(), source in tag(), text in text()) {
        let told = language(own, source, &[&text]);
        if told.is_some() {
            assert_eq!(language(told, source, &[&text]), told);
        }
    }
}
