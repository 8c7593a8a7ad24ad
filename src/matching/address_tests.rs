//! What is an address in a text, where it ends, and what must stay words.

use crate::matching::address::{Addresses, DOMAINS};

#[track_caller]
fn addresses(text: &str, wanted: &[&str]) {
    let found: Vec<&str> =
        Addresses::new(text).map(|range| text.get(range).expect("it cuts at characters")).collect();
    assert_eq!(found, wanted, "{text}");
}

#[test]
fn a_scheme_makes_an_address_up_to_what_cannot_be_of_it() {
    let news = "https://www.seoul.example/news/semiconductor";
    addresses("More: https://www.seoul.example/news/semiconductor", &[news]);
    addresses("(https://www.seoul.example/news/semiconductor)과 EU", &[news]);
    addresses("<https://www.seoul.example/news/semiconductor>EU", &[news]);
    addresses("&quot;https://www.seoul.example/news/semiconductor&quot;EU", &[news]);
    addresses("HTTPS://EU.example/Korea EU", &["HTTPS://EU.example/Korea"]);
    addresses(
        "ftp://eu.example:21/a?b=eu&amp;c=korea#eu|EU",
        &["ftp://eu.example:21/a?b=eu&amp;c=korea#eu"],
    );
    addresses("http://[2001:db8::1]/eu EU", &["http://[2001:db8::1]/eu"]);
    addresses("https://x.example/?f[0]=korea EU", &["https://x.example/?f[0]=korea"]);
    addresses("https://x.example/EU_(bloc)_1 (EU)", &["https://x.example/EU_(bloc)_1"]);
    addresses("https://x.example/a(EU)", &["https://x.example/a"]);
    addresses("https://x.example/a,EU", &["https://x.example/a"]);
    addresses("https:// EU", &[]);
}

#[test]
fn hangul_belongs_to_an_address_behind_a_sign_and_is_a_particle_behind_a_letter() {
    addresses("https://korea.kr에서 EU와", &["https://korea.kr"]);
    addresses("https://x.example/news한국과 EU", &["https://x.example/news"]);
    addresses("https://x.example/wiki/반도체_산업 한국", &["https://x.example/wiki/반도체_산업"]);
    addresses("https://x.example/?q=반도체 한국", &["https://x.example/?q=반도체"]);
    addresses("http://청와대.한국 EU", &["http://청와대.한국"]);
    addresses("https://한국.kr/유럽 EU", &["https://한국.kr/유럽"]);
    addresses("https://x.kr.한국과 EU가", &["https://x.kr."]);
    addresses("https://x.kr/a.이번 회의", &["https://x.kr/a."]);
    addresses("korea.kr에서 EU와, msit.go.kr은", &["korea.kr", "msit.go.kr"]);
}

#[test]
fn www_and_a_mailbox_make_an_address_whatever_its_domain() {
    addresses("www.seoul.corp에서", &["www.seoul.corp"]);
    addresses("see WWW.EU-Korea.ORG/Chips now", &["WWW.EU-Korea.ORG/Chips"]);
    addresses("of the EU.www.x.corp", &["www.x.corp"]);
    addresses("awww.cute cats", &[]);
    addresses("press@seoul.example, EU", &["press@seoul.example"]);
    addresses("Press.Korea+eu@EU-Korea.corp", &["Press.Korea+eu@EU-Korea.corp"]);
    addresses("mailto:a@b.eu?subject=Korea%20EU EU", &["a@b.eu?subject=Korea%20EU"]);
    addresses("@EU_Commission and @Korea, EU@Work.2026", &[]);
    addresses("EU @ Seoul. Korea", &[]);
}

#[test]
fn a_bare_host_is_of_lower_case_labels_under_a_known_domain() {
    addresses("chips.eu and ec.europa.eu.", &["chips.eu", "ec.europa.eu"]);
    addresses("chips.eu:8080/korea, EU", &["chips.eu:8080/korea"]);
    addresses("seoul.example?eu", &["seoul.example?eu"]);
    addresses("xn--3e0b707e.xn--3e0b707e", &["xn--3e0b707e.xn--3e0b707e"]);
    addresses("intranet.corp/eu but intranet.corp", &["intranet.corp/eu"]);
    for text in [
        "한.EU",
        "개최.EU 집행위",
        "개최.eu",
        "개최.eu.int",
        "한국.eu",
        "Booking.com",
        "Chips.eu",
        "chips.EU",
        "U.S.-EU",
        "e.g. chips",
        "i.e. EU/Korea",
        "3.5 and 5.5G/6G",
        "no.1/2",
        "talks end.EU and Korea",
        "wait...eu",
        "node.js",
        ".net",
        "AI/반도체",
        "한·EU/미국",
    ] {
        addresses(text, &[]);
    }
}

#[test]
fn a_hostile_text_is_walked_over_a_few_times_at_most() {
    for piece in [
        "a.",
        "a@",
        "a.b/",
        "ab.cd?",
        "https://",
        "https://x/_(",
        "가.",
        "1.5/x",
        ":",
        "@",
        "&amp;.",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        assert!(Addresses::new(&text).count() <= text.len());
    }
}

#[test]
fn the_table_is_of_lower_case_letters() {
    assert!(
        DOMAINS.len() > 1_200 && ["eu", "kr", "com", "int"].iter().all(|d| DOMAINS.contains(d))
    );
    assert!(DOMAINS.iter().all(|d| d.bytes().all(|b| b.is_ascii_lowercase())));
}
