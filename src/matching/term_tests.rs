//! What is a word, and what is not: terms against texts, in the scripts and spellings of the field.

use crate::matching::matcher_tests::{case, exact, finds, finds_terms, german, term};

#[track_caller]
fn hit(word: &str, text: &str) {
    assert!(!finds(word, text).is_empty(), "`{word}` is not found in `{text}`");
}

#[track_caller]
fn miss(word: &str, text: &str) {
    assert_eq!(finds(word, text), Vec::<String>::new(), "`{word}` is found in `{text}`");
}

#[test]
fn latin_terms_are_whole_words_with_plural_and_possessive() {
    hit("chip", "New chips for Busan");
    hit("technology", "Quantum technologies grow");
    hit("partnership", "The partnership's second year");
    miss("chip", "A chipmunk");
    miss("art", "Partners start");
    miss("5G", "15G of butter");
    miss("6G", "a link of 6Gbps");
}

#[test]
fn numbers_in_rings_and_of_notes_belong_to_no_word() {
    let eu = || vec![case("EU")];
    for text in ["①EU와 협력", "[기획]①EU", "한-EU② 협력", "EU²와", "❸EU", "⑴EU", "EU㉑"]
    {
        assert_eq!(finds_terms(eu(), text), ["EU"], "{text}");
    }
    miss("CO", "CO₂ prices");
    hit("CO2", "CO₂ prices");
}

#[test]
fn acronyms_demand_their_capitals_when_told_so() {
    let eu = || vec![case("EU")];
    assert_eq!(finds_terms(eu(), "The EU agrees"), ["EU"]);
    assert_eq!(finds_terms(eu(), "the EU's plan"), ["EU"]);
    assert_eq!(finds_terms(eu(), "THE E.U. AND JAPAN"), ["E.U"]);
    assert_eq!(finds_terms(eu(), "ＥＵ와 협력"), ["ＥＵ"]);
    for text in ["il a eu raison", "EUV lithography", "AccelerateEU", "EUBREWNET", "EUDR", "ZEUS"] {
        assert_eq!(finds_terms(eu(), text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(finds_terms(vec![case("AI")], "he said j'ai dit"), Vec::<String>::new());
}

#[test]
fn hangul_terms_begin_at_an_edge_and_take_particles_and_compounds() {
    for text in ["반도체를 만든다", "반도체산업", "‘반도체’", "AI반도체", "EU·반도체"]
    {
        hit("반도체", text);
    }
    miss("한미", "지속가능한 미래");
    miss("한-일", "안전한 일터");
    miss("유럽", "동유럽 순방");
    hit("*반도체", "차세대반도체");
}

#[test]
fn a_term_of_one_syllable_takes_particles_but_no_compounds() {
    hit("빛", "빛의 속도");
    miss("빛", "빛나는 밤");
}

#[test]
fn spaces_inside_hangul_may_be_there_or_not() {
    hit("디지털 파트너십", "디지털파트너십 협의회");
    hit("디지털파트너십", "디지털 파트너십 협의회");
    hit("인공지능", "인공 지능");
    hit("디지털 동반관계(파트너십)", "디지털 동반관계 파트너십");
    // One syllable by itself is another word: 한 국가 is "one country".
    miss("한국", "한 국가의 미래");
}

#[test]
fn a_pair_is_found_in_every_separator() {
    for text in [
        "한-EU 협력",
        "한·EU 협력",
        "한ㆍEU 협력",
        "한・EU 협력",
        "한‑EU 협력",
        "한–EU 협력",
        "한—EU",
        "한−EU",
        "한ㅡEU",
        "한/EU",
        "한EU",
        "韓-EU",
        "韓EU",
        "韓･EU",
        "&#38867;-EU",
        "한&middot;EU",
        "한&amp;middot;EU",
        "한&amp;amp;#183;EU",
        "\u{1112}\u{1161}\u{11ab}-EU",
        "한－ＥＵ",
        "한\u{200b}-EU",
    ] {
        hit("한-EU", text);
    }
    miss("한-EU", "한 EU 회원국");
    miss("한-EU", "강력한-EU");
    miss("한-EU", "한, EU");
}

#[test]
fn hanja_is_read_as_hangul_only_where_it_stands_alone() {
    hit("대EU", "對EU 수출");
    hit("이대통령", "李대통령 방문");
    hit("한-미-일", "韓美日 회의");
    miss("일", "日本の半導体");
    miss("한", "韓国の半導体");
}

#[test]
fn a_term_written_in_hanja_wants_hanja() {
    hit("韓", "韓 철강 규제");
    hit("韓", "EU, 韓기업 지원");
    miss("韓", "EU, 한시적 유예");
    miss("韓", "北韓 미사일");
    hit("EU, 韓", "EU, 韓과 협의");
    miss("EU, 韓", "EU, 한 달간 협의");
}

#[test]
fn a_dot_between_hangul_words_is_an_and() {
    hit("경제 안보", "경제안보 대화");
    miss("경제 안보", "경제·안보 분야");
    hit("다자·양자", "다자ㆍ양자 회의");
}

#[test]
fn latin_phrases_bend_only_where_spelling_does() {
    hit("semiconductor", "a semi-conductor forum");
    hit("semi-conductor", "a semiconductor forum");
    hit("semiconductor", "semi\u{ad}conductor");
    hit("Horizon Europe", "#HorizonEurope opens");
    hit("Beyond 5G", "Beyond-5G");
    hit("5G", "5-G");
    hit("Digital Partnership", "digital\n  partnership");
    miss("Horizon Europe", "horizoneurope");
    miss("Digital Partnership", "digital, partnership");
    miss("EU", "E U");
}

#[test]
fn a_sign_at_the_edge_of_a_name_is_part_of_it() {
    assert_eq!(finds("C++", "Learn C++ or C"), ["C++"]);
    assert_eq!(finds("C++", "C++는 빠르다, C&#43;&plus;17"), ["C++", "C&#43;&plus;"]);
    assert_eq!(finds("C#", "C#, Ｃ＃과 C♭"), ["C#", "Ｃ＃"]);
    assert_eq!(finds(".NET", "the net, (.NET) and .NET의"), [".NET", ".NET"]);
    assert_eq!(finds("#EU", "EU, #EU and ＃ＥＵ"), ["#EU", "＃ＥＵ"]);
    assert_eq!(finds("5G+", "5G and 5G+"), ["5G+"]);
    assert_eq!(finds("에라스무스+", "에라스무스+로 간다, 에라스무스는"), ["에라스무스+"]);
    for (word, text) in [
        ("C++", "C + +"),
        ("C+", "C++"),
        ("C++", "C"),
        (".NET", "example.net"),
        (".NET", "... NET"),
        ("+82", "1+82"),
    ] {
        miss(word, text);
    }
    assert_eq!(finds_terms(vec![term("C"), term("C++")], "C, C++"), ["C", "C++"]);
    // What only ends or encloses a phrase is no part of it.
    hit("Yahoo!", "Yahoo and others");
    hit("Samsung Inc.", "Samsung Inc wins");
    hit("R&D", "R&D budget");
}

#[test]
fn marks_of_latin_letters_do_not_matter() {
    hit("coopération", "cooperation entre la Coree");
    hit("Coree du Sud", "CORÉE DU SUD");
    hit("Corée", "Cor&eacute;e");
    hit("Škoda", "&Scaron;koda");
    hit("α", "&alpha;");
    hit("Corée", "Core\u{301}e");
}

#[test]
fn german_words_bend_and_are_typed_without_umlauts() {
    assert_eq!(finds_terms(vec![german("Südkorea")], "mit Suedkoreas Hilfe"), ["Suedkorea"]);
    assert_eq!(finds_terms(vec![german("Partnerschaft")], "Partnerschaften"), ["Partnerschaft"]);
}

#[test]
fn a_star_allows_any_ending_and_exact_none() {
    hit("cooperat*", "cooperating");
    hit("양자*", "양자컴퓨팅");
    assert_eq!(finds_terms(vec![exact("유럽과")], "유럽과 협력"), ["유럽과"]);
    assert_eq!(finds_terms(vec![exact("유럽과")], "유럽과학 한마당"), Vec::<String>::new());
    assert_eq!(finds_terms(vec![exact("chip")], "chips"), Vec::<String>::new());
}

#[test]
fn highlights_are_cut_from_the_original() {
    assert_eq!(finds("한-EU", "제2차 &quot;한&amp;middot;EU&quot; 회의"), ["한&amp;middot;EU"]);
    assert_eq!(
        finds("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}은"),
        ["\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"]
    );
    assert_eq!(finds("cafe", "au cafe\u{301} noir"), ["cafe\u{301}"]);
    assert_eq!(finds_terms(vec![term("chips")], "ｃｈｉｐｓ!"), ["ｃｈｉｐｓ"]);
}

#[test]
fn a_highlight_has_all_the_pieces_of_its_last_letter() {
    assert_eq!(finds("하", "ㅎㅏ"), ["ㅎㅏ"]);
    assert_eq!(finds("メガ", "ﾒｶﾞ"), ["ﾒｶﾞ"]);
    assert_eq!(finds("한", "ﾾￂ\u{11ab}"), ["ﾾￂ\u{11ab}"]);
    assert_eq!(finds("한", "하\u{200b}\u{1}\u{11ab}"), ["하\u{200b}\u{1}\u{11ab}"]);
    assert_eq!(finds("한", "한\u{200b} 국"), ["한"]);
    // A vowel behind a whole syllable is a letter of its own.
    assert_eq!(finds_terms(vec![term("하*")], "하ㅏ"), ["하"]);
}

#[test]
fn what_is_nothing_does_not_part_a_run_of_han() {
    assert_eq!(finds("中国", "中\u{200b}国の"), ["中\u{200b}国"]);
    assert_eq!(finds("日の", "日\u{200b}の"), ["日\u{200b}の"]);
    assert_eq!(finds("の日", "の\u{ad}\u{1}日"), ["の\u{ad}\u{1}日"]);
    assert_eq!(finds("美中", "美\u{200b}中 정상"), ["美\u{200b}中"]);
}
