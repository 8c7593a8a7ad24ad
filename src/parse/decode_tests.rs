//! Tests of `decode` where labels and bytes disagree: Korean text under Latin labels, characters
//! cut in the middle, and texts of other languages that must not become Korean.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GBK, ISO_8859_2, ISO_8859_5, ISO_8859_7, SHIFT_JIS, UTF_8,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
};

use super::decode::{Decoded, Labels, decode};

const KOREAN: [&str; 4] = [
    "한국과 유럽연합, 반도체 공급망 협력 강화",
    "산업부 장관, EU 집행위원과 면담",
    "‘호라이즌 유럽’ 준회원국 가입 설명회 개최…한·EU 협의",
    "EU 탄소국경조정제도 대응 기업 간담회",
];

fn feed(label: &str, titles: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !label.is_empty() {
        bytes.extend(format!("<?xml version=\"1.0\" encoding=\"{label}\"?>").bytes());
    }
    bytes.extend(b"<rss version=\"2.0\"><channel>");
    for title in titles {
        bytes.extend(b"<item><title>");
        bytes.extend(title);
        bytes.extend(b"</title></item>");
    }
    bytes.extend(b"</channel></rss>");
    bytes
}

fn written<const N: usize>(encoding: &'static Encoding, titles: [&str; N]) -> [Vec<u8>; N] {
    titles.map(|title| {
        let (bytes, _, lost) = encoding.encode(title);
        assert!(!lost, "{title} in {}", encoding.name());
        bytes.into_owned()
    })
}

fn read<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    decode(bytes, Labels { forced: None, content_type })
}

const LATIN: Option<&str> = Some("text/xml;charset=ISO-8859-1");

#[test]
fn a_latin_header_yields_to_every_other_declaration() {
    let cases = [
        ("euc-kr", EUC_KR, "한국"),
        ("gbk", GBK, "中国与欧盟签署合作协议"),
        ("shift_jis", SHIFT_JIS, "日本とEUの協力について"),
        ("big5", BIG5, "臺灣與歐盟簽署合作協議"),
        ("iso-8859-2", ISO_8859_2, "Rząd przyjął ustawę"),
        ("windows-1251", WINDOWS_1251, "Комисия и Корея"),
        ("euc-jp", EUC_JP, "日本とEUの協力について"),
    ];
    for (label, encoding, title) in cases {
        let bytes = feed(label, written(encoding, [title]));
        for header in
            [None, LATIN, Some("text/xml; charset=windows-1252"), Some("a/b;charset=latin1")]
        {
            let decoded = read(&bytes, header);
            assert!(decoded.text.contains(title), "{label} {header:?}: {decoded:?}");
            assert_eq!(decoded.remarks.len(), usize::from(header.is_some()), "{decoded:?}");
        }
    }
}

#[test]
fn a_latin_label_over_korean_is_disbelieved_with_a_remark() {
    for label in ["", "ISO-8859-1", "utf-8", "us-ascii"] {
        for header in [None, LATIN] {
            for titles in [&KOREAN[..1], &KOREAN[..]] {
                let bytes = feed(label, titles.iter().flat_map(|title| written(EUC_KR, [*title])));
                let decoded = read(&bytes, header);
                assert_eq!(decoded.encoding, "euc-kr", "{label} {header:?}");
                assert!(titles.iter().all(|title| decoded.text.contains(title)));
                assert!(!decoded.remarks.is_empty(), "{label} {header:?}");
            }
        }
    }
}

#[test]
fn one_character_cut_in_half_does_not_cost_the_feed() {
    for cut in
        [&b"\xB0"[..], b"\xC7...", b"\xB0 ", b"\xFF", b"\x80", b"\xB0]", b"\xB0A", b"\xB0\xA1\xA6"]
    {
        for label in ["", "utf-8", "ISO-8859-1", "euc-kr"] {
            let mut titles = written(EUC_KR, KOREAN);
            titles[1].extend(cut);
            titles[2].extend(cut);
            let bytes = feed(label, titles);
            for header in [None, LATIN, Some("text/xml; charset=utf-8")] {
                let decoded = read(&bytes, header);
                assert_eq!(decoded.encoding, "euc-kr", "{cut:X?} {label} {header:?}");
                assert!(KOREAN.iter().all(|title| decoded.text.contains(title)), "{decoded:?}");
            }
        }
    }
}

#[test]
fn declared_korean_is_kept_however_its_titles_are_cut() {
    for size in 10..40 {
        let titles = written(EUC_KR, KOREAN).map(|title| {
            let mut cut = title[..size.min(title.len())].to_vec();
            cut.extend(b"...");
            cut
        });
        for header in [None, LATIN, Some("text/xml")] {
            let bytes = feed("euc-kr", titles.clone());
            let decoded = read(&bytes, header);
            assert_eq!(decoded.encoding, "euc-kr", "{size} {header:?}");
        }
    }
}

#[test]
fn other_texts_never_become_korean() {
    let cases: [(&'static Encoding, &str); 13] = [
        (WINDOWS_1252, "L’été à Genève : « créée », déçu, naïf, Noël, où ça ? 20 °C, 5 µm, ½"),
        (WINDOWS_1252, "ÉTÉ À GENÈVE : ÉNERGIE CRÉÉE, ÇA DÉÇOIT, PRÉVU À L’ÉTÉ, NOËL, ÂÂÂÂ ÀÀÀÀ"),
        (WINDOWS_1252, "Größe für Übergänge: Äußerungen der Behörde über Öl, Maßnahmen »»»» ····"),
        (ISO_8859_2, "Rząd przyjął ustawę o współpracy z Unią: żółć, gęś, jaźń, ŁÓDŹ, ŚWIĘTO"),
        (WINDOWS_1250, "Příliš žluťoučký kůň úpěl ďábelské ódy; MŮŽE BÝT VĚTŠÍ, ŽÁDOST, ČÁST"),
        (WINDOWS_1254, "İşbirliği için görüşme: ŞİŞLİ, ĞÜZEL, çağrı, öğrenci"),
        (WINDOWS_1253, "Η Ευρωπαϊκή Επιτροπή ΚΑΙ Η ΚΟΡΕΑ ΥΠΟΓΡΑΦΟΥΝ ΣΥΜΦΩΝΙΑ συνεργασίας"),
        (ISO_8859_7, "ΑΒΓΔΕΖΗΘ ΔΗΜΟΣΙΑ ΔΙΑΒΟΥΛΕΥΣΗ ΓΙΑ ΤΗΝ ΑΓΟΡΑ ΕΡΓΑΣΙΑΣ"),
        (WINDOWS_1251, "ЕВРОПЕЙСКАЯ КОМИССИЯ и Корея подписали соглашение о сотрудничестве"),
        (ISO_8859_5, "ЕВРОПЕЙСКАЯ КОМИССИЯ ПОДПИСАЛА ДОГОВОР О ЗАКУПКЕ ГАЗА"),
        (GBK, "国家发改委公布关于高质量发展的报告, 改革开放, 该报告非常好, 国防部发布公告"),
        (EUC_JP, "日本と韓国の協力について、欧州委員会が発表した"),
        (BIG5, "臺灣與歐盟簽署合作協議, 國家發展委員會公布報告"),
    ];
    for (encoding, title) in cases {
        for repeats in [1, 50] {
            for label in ["", "ISO-8859-1", "utf-8", "euc-kr"] {
                let bytes = feed(label, (0..repeats).flat_map(|_| written(encoding, [title])));
                // What is declared and has no fault is believed, though it be nonsense.
                let flawless = !EUC_KR.decode_without_bom_handling(&bytes).1;
                if label == "euc-kr" && (flawless || !encoding.is_single_byte()) {
                    continue;
                }
                for header in [None, LATIN] {
                    let decoded = read(&bytes, header);
                    let shown = format!("{title} {label} {header:?}");
                    assert_ne!(decoded.encoding, "euc-kr", "{shown}");
                    if encoding == WINDOWS_1252 && (label == "ISO-8859-1" || header.is_some()) {
                        assert!(decoded.text.contains(title), "{shown}");
                    }
                }
            }
        }
    }
}

#[test]
fn utf_8_with_a_few_broken_bytes_is_utf_8_under_every_label() {
    let mut titles = written(UTF_8, KOREAN);
    titles[0].extend(b"\xEA\xB0");
    titles[1].extend(b"\xFF");
    for label in ["", "utf-8", "ISO-8859-1", "euc-kr"] {
        let bytes = feed(label, titles.clone());
        for header in [None, LATIN, Some("text/xml; charset=euc-kr")] {
            let decoded = read(&bytes, header);
            assert_eq!(decoded.encoding, "utf-8", "{label} {header:?}");
            assert!(KOREAN.iter().all(|title| decoded.text.contains(title)));
        }
    }
}

#[test]
fn a_latin_text_that_ends_in_its_only_accent_is_latin() {
    assert_eq!(read(b"caf\xE9", LATIN).text, "caf\u{E9}");
}

#[test]
fn declared_chinese_and_japanese_are_kept_with_cut_titles() {
    let titles = ["中国与欧盟签署合作协议", "关于高质量发展的报告", "国防部发布公告", "改革开放"];
    let mut cut = written(GBK, titles);
    cut[0].extend(b"\xD6");
    cut[3].extend(b"\xB5");
    let bytes = feed("gb2312", cut);
    for header in [None, LATIN] {
        let decoded = read(&bytes, header);
        assert_eq!(decoded.encoding, "gbk", "{header:?}");
        assert!(titles.iter().all(|title| decoded.text.contains(title)));
    }
}

#[test]
fn signs_in_pairs_stay_signs_under_a_latin_label() {
    let signs = "±±±± °°°° ³³³³ ¿¿¿¿ ÄÄÄÄ ÁÁÁÁ ¼¼½½ ´´´´ »»»» ÂÄÄÂ";
    let bytes = feed("", written(WINDOWS_1252, [signs]));
    assert!(read(&bytes, LATIN).text.contains(signs));
}
