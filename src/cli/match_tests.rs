//! The line protocol, asked of the shipped configuration; and what the shipped watches must get
//! right whatever else changes.

use serde_json::{Value, json};

use crate::cli::match_::answer_line;
use crate::files;
use crate::matching::Matcher;

fn shipped() -> Matcher {
    let settings = files::load(None).settings.expect("the shipped configuration loads");
    Matcher::compile(&settings.concepts, &settings.watches).expect("the shipped watches compile")
}

fn ask(matcher: &Matcher, question: &Value) -> Value {
    let line = answer_line(matcher, &question.to_string());
    serde_json::from_str(&line).expect("the answer is JSON")
}

#[track_caller]
fn unflagged(matcher: &Matcher, question: &Value) {
    let answer = ask(matcher, question);
    assert_eq!(answer["flagged"], json!(false), "{question} -> {}", answer["reason"]);
}

#[test]
fn every_shipped_watch_keeps_its_examples() {
    let faults: Vec<String> = shipped().examples().iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_shipped_watch_has_examples_of_both_kinds() {
    let settings = files::load(None).settings.expect("the shipped configuration loads");
    for watch in settings.watches {
        // Asked of full texts and of labels only, and examples are headlines.
        if !["eu-korea-body", "eu-korea-listed"].contains(&watch.id.as_str()) {
            assert!(
                !watch.must_match.is_empty() && !watch.must_not_match.is_empty(),
                "{}",
                watch.id
            );
        }
    }
}

#[test]
fn the_digital_partnership_council_is_flagged_with_all_its_topics() {
    let fields = "semiconductors, 5G and beyond, quantum, online platforms, artificial intelligence (AI), \
         cybersecurity and the association to Horizon Europe";
    let title = "EU and Republic of Korea hold second Digital Partnership Council";
    let topics = [
        "digital-partnership",
        "semiconductors",
        "network-5g-6g",
        "quantum",
        "ai",
        "cybersecurity",
        "research-horizon",
        "platforms",
    ];
    let matcher = shipped();
    for place in ["summary", "body"] {
        let answer = ask(
            &matcher,
            &json!({ "id": 1, "title": title, place: format!("Ministers met in Brussels. They took stock of {fields}.") }),
        );
        let watches: Vec<&str> =
            answer["watches"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for topic in topics {
            assert!(watches.contains(&topic), "{topic} is missing from {watches:?}");
        }
        let concepts = answer["concepts"].as_array().cloned().unwrap_or_default();
        assert!(
            concepts.contains(&json!("eu")) && concepts.contains(&json!("korea")),
            "{concepts:?}"
        );
    }
}

#[test]
fn a_dot_encoded_twice_is_still_the_pair() {
    let title = "제2차 한&amp;middot;EU 사이버 정책대화 서울서 개최";
    let answer = ask(&shipped(), &json!({ "id": "x", "title": title, "lang": "ko" }));
    assert_eq!(answer["watches"], json!(["cybersecurity"]));
    let pair = answer["hits"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|hit| hit["concept"] == "eu-korea")
        .expect("it is a hit");
    let cut: String = title.chars().skip(4).take(15).collect();
    assert_eq!(
        (cut.as_str(), &pair["start"], &pair["end"]),
        ("한&amp;middot;EU", &json!(4), &json!(19))
    );
}

#[test]
fn what_only_looks_alike_is_not_flagged() {
    let matcher = shipped();
    for title in [
        "EU and Japan hold third Digital Partnership Council on semiconductors and AI",
        "Chipmaker orders EUV machines for its plant in Korea",
        "North Korea and the EU: no talks on cyber attacks",
        "한-일 양자회담 결과",
        "안전한 일터를 위한 인공지능 점검",
        "한 EU 회원국, 반도체 보조금 반대",
        "조류인플루엔자 AI 확산에 EU 수입 중단",
    ] {
        unflagged(&matcher, &json!({ "id": 1, "title": title }));
    }
    // A Korean publisher that reports of the Union alone.
    unflagged(
        &matcher,
        &json!({ "id": 1, "title": "[디지털] EU, 인공지능 표시 지침 발표", "lang": "ko", "implies": ["korea"] }),
    );
}

#[test]
fn the_publishers_side_need_not_be_named() {
    let matcher = shipped();
    let korean = json!({ "id": 1, "title": "EU와 반도체 공동연구 착수", "lang": "ko", "implies": ["korea"] });
    assert_eq!(ask(&matcher, &korean)["watches"], json!(["semiconductors", "research-horizon"]));
    let lead = "캐나다·유럽연합(EU)과 원탁회의 개최";
    let among_others = json!({ "id": 1, "title": "양자기술 국제행사 성료", "summary": lead, "lang": "ko", "implies": ["korea"] });
    assert_eq!(ask(&matcher, &among_others)["watches"], json!(["quantum"]));
    let european = json!({ "id": 1, "title": "Commission signs 6G agreement with the Republic of Korea", "implies": ["eu"] });
    assert_eq!(ask(&matcher, &european)["watches"], json!(["network-5g-6g"]));
}

#[test]
fn one_side_may_be_named_by_a_label_alone() {
    let matcher = shipped();
    let watches = |question: Value| ask(&matcher, &question)["watches"].clone();
    let title = "Commission signs agreement on trusted semiconductors";
    let labels = json!(["Digital", "Korea, Republic of"]);
    let filed = json!({ "id": 1, "title": title, "categories": labels, "implies": ["eu"] });
    let answer = ask(&matcher, &filed);
    assert_eq!(answer["watches"], json!(["semiconductors"]), "{answer}");
    let label =
        answer["hits"].as_array().into_iter().flatten().find(|hit| hit["concept"] == "korea");
    let label = label.expect("the label is a hit");
    let place = [&label["concept"], &label["index"], &label["start"], &label["end"]];
    assert_eq!(place, [&json!("korea"), &json!(1), &json!(0), &json!(5)], "{answer}");
    unflagged(
        &matcher,
        &json!({ "id": 1, "title": title, "categories": ["Digital"], "implies": ["eu"] }),
    );
    // The publisher is the Union, and only the label names Korea.
    let bare = "Joint statement on the digital partnership";
    let filed = json!({ "id": 1, "title": bare, "categories": ["South Korea"], "implies": ["eu"] });
    assert_eq!(watches(filed), json!(["digital-partnership"]));
    let korean = json!({ "id": 1, "title": "한국, 반도체 공동연구 협정 서명", "categories": ["EU"], "lang": "ko" });
    assert_eq!(watches(korean)[0], "semiconductors");
    // The headline names both, and a label the topic.
    let topic = json!({ "id": 1, "title": "EU and Korea hold their yearly talks", "categories": ["Semiconductors"] });
    assert_eq!(watches(topic), json!(["semiconductors"]));
}

#[test]
fn labels_that_stand_on_everything_flag_nothing() {
    let matcher = shipped();
    let countries = "Austria Belgium Canada Denmark Estonia Finland France Germany Iceland Israel Italy Japan \
         Korea Latvia Malta Norway Poland Portugal Romania Slovakia Slovenia Spain Sweden Switzerland Tunisia \
         Türkiye Ukraine Armenia Albania Serbia";
    let countries: Vec<&str> = countries.split_whitespace().collect();
    let partners = ["Korea", "Canada", "Switzerland"];
    let cases = [
        // A Korean outlet and the Commission, each of its own side.
        (
            "EU launches code of practice for artificial intelligence",
            vec!["Korea", "World"],
            json!([]),
        ),
        ("삼성, AI 반도체 공개", vec!["한국", "산업"], json!(["korea"])),
        (
            "과기정통부, 양자기술 로드맵 발표",
            vec!["보도자료", "과학기술정보통신부"],
            json!(["korea"]),
        ),
        (
            "Commission opens call on semiconductors",
            vec!["EU", "Trade", "European Commission"],
            json!(["eu"]),
        ),
        (
            "Commission adopts guidelines on data protection",
            vec!["POLICY_AREA=Trade,Korea"],
            json!(["eu"]),
        ),
        // Lists, short and long.
        ("Horizon Europe: who takes part", partners.to_vec(), json!(["eu"])),
        ("Horizon Europe agreement signed", countries.clone(), json!(["eu"])),
        ("EU signs agreement on semiconductors", partners.to_vec(), json!([])),
        ("EU signs agreement on semiconductors", countries, json!(["eu"])),
        // What a label must not do: stand for the North, or near a word of the headline.
        ("EU signs agreement on semiconductors", vec!["North Korea"], json!([])),
        ("EU and Japan sign agreement on semiconductors", vec!["Korea"], json!([])),
    ];
    for (title, categories, implies) in cases {
        let question =
            json!({ "id": 1, "title": title, "categories": categories, "implies": implies });
        unflagged(&matcher, &question);
    }
}

#[test]
fn a_line_that_is_no_question_gets_an_answer_all_the_same() {
    let matcher = shipped();
    for (line, id) in [
        ("", Value::Null),
        ("{", Value::Null),
        ("[1]", Value::Null),
        (r#"{"id":7,"title":3}"#, json!(7)),
    ] {
        let answer: Value =
            serde_json::from_str(&answer_line(&matcher, line)).expect("the answer is JSON");
        assert_eq!((&answer["id"], &answer["flagged"]), (&id, &json!(false)), "{line}");
        assert!(answer["error"].is_string());
    }
    let null = ask(&matcher, &json!({ "id": null, "title": null, "implies": null }));
    assert_eq!(null["flagged"], json!(false));
}
