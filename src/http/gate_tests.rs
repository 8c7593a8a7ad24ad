//! Tables for the gate: addresses by range, hosts by spelling, ports and schemes.

use std::net::IpAddr;

use ipnet::IpNet;
use url::Url;

use crate::http::gate;

/// Address and the name of its range.
const REFUSED: &[(&str, &str)] = &[
    ("0.0.0.0", "this network"),
    ("0.1.2.3", "this network"),
    ("10.0.0.0", "private"),
    ("10.0.0.5", "private"),
    ("10.255.255.255", "private"),
    ("100.64.0.1", "carrier-grade NAT"),
    ("100.127.255.255", "carrier-grade NAT"),
    ("100.100.100.200", "cloud metadata"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "cloud metadata"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "cloud metadata"),
    ("169.254.170.2", "cloud metadata"),
    ("169.254.255.255", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.1", "IETF protocol assignments"),
    ("192.0.0.192", "cloud metadata"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relay"),
    ("192.168.0.1", "private"),
    ("192.168.255.255", "private"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("254.1.1.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::2", "IPv4-compatible"),
    ("::7f00:1", "IPv4-compatible"),
    ("::8.8.8.8", "IPv4-compatible"),
    ("::ffff:127.0.0.1", "IPv4-mapped"),
    ("::ffff:169.254.169.254", "IPv4-mapped"),
    ("::ffff:8.8.8.8", "IPv4-mapped"),
    ("::ffff:0:7f00:1", "IPv4-translated"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("64:ff9b::808:808", "NAT64"),
    ("64:ff9b:1::1", "local NAT64"),
    ("100::", "discard-only"),
    ("100::ffff", "discard-only"),
    ("100:0:0:1::1", "dummy prefix"),
    ("200::1", "reserved"),
    ("2001::1", "Teredo"),
    ("2001:0:53aa:64c::1", "Teredo"),
    ("2001:2::1", "benchmarking"),
    ("2001:10::1", "ORCHID"),
    ("2001:20::1", "ORCHID"),
    ("2001:1ff::1", "IETF protocol assignments"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("3fff::1", "documentation"),
    ("3fff:fff:ffff::1", "documentation"),
    ("4000::1", "reserved"),
    ("5f00::1", "segment routing"),
    ("fc00::1", "unique local"),
    ("fd12:3456::1", "unique local"),
    ("fd00:ec2::254", "cloud metadata"),
    ("fd20:ce::254", "cloud metadata"),
    ("fe00::1", "reserved"),
    ("fe80::1", "link-local"),
    ("febf::1", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("ff0e::1", "multicast"),
];

/// Neighbours of refused ranges, and real publishers' kinds of address.
const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.88.98.1",
    "192.88.100.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1",
    "2a00:1450::1",
    "3ffe::1",
    "3fff:1000::1",
];

/// One address (127.0.0.1, unless it shows otherwise) in the ways that people hide it.
const SPELLINGS: &[&str] = &[
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.1:80/",
    "http://2130706433/",
    "http://2130706433./",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://0x0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://public@127.0.0.1/",
    "http://public.example:80@127.0.0.1/",
    "http://127.0.0.3\\@127.0.0.2/",
    "http:\\\\127.0.0.1\\",
    "http:127.0.0.1",
    "http:///127.0.0.1/",
    "ht\ttp://127.\n0.0.1/",
    "http://127.0\t.0.1/",
    " http://127.0.0.1/ ",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0000::FFFF:7F00:0001]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://2852039166/",
    "https://10.1/",
];

/// What is no host at all never gets as far as the gate.
const NO_HOST: &[&str] = &[
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://127.0.0.1 .example/",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://",
    "http://a b/",
    "http://%00/",
];

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn every_special_range_is_refused_by_its_name() {
    for (text, range) in REFUSED {
        let refusal = gate::address(ip(text), &[]).expect_err(text);
        assert_eq!(refusal.range, *range, "{text}");
        let net: IpNet = refusal.net.parse().expect(text);
        assert!(net.contains(&ip(text)), "{text} is not in {net}");
    }
}

#[test]
fn the_public_internet_is_open_up_to_the_edges_of_the_ranges() {
    for text in PUBLIC {
        assert_eq!(gate::address(ip(text), &[]), Ok(()), "{text}");
    }
}

#[test]
fn the_range_that_a_refusal_names_opens_the_gate_when_it_is_allowed() {
    for (text, _) in REFUSED {
        let refusal = gate::address(ip(text), &[]).expect_err(text);
        let allowed = [refusal.net.parse().unwrap()];
        assert_eq!(gate::address(ip(text), &allowed), Ok(()), "{text}");
    }
}

#[test]
fn an_allowed_range_opens_nothing_beside_it() {
    let allowed = nets(&["10.1.2.0/24"]);
    assert_eq!(gate::address(ip("10.1.2.3"), &allowed), Ok(()));
    assert_eq!(gate::address(ip("::ffff:10.1.2.3"), &allowed), Ok(()));
    for text in ["10.1.3.1", "127.0.0.1", "::ffff:10.1.3.1", "::1", "64:ff9b::a01:203"] {
        assert!(gate::address(ip(text), &allowed).is_err(), "{text}");
    }
}

#[test]
fn an_address_is_refused_in_whatever_spelling_it_comes() {
    for text in SPELLINGS {
        let url = Url::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(gate::literal(&url, &[]).is_err(), "{text:?} passes as {url}");
    }
}

#[test]
fn what_only_looks_like_an_address_is_no_host() {
    for text in NO_HOST {
        assert!(Url::parse(text).is_err(), "{text:?} is read");
    }
}

#[test]
fn a_name_is_left_to_the_resolver() {
    let url = Url::parse("https://localhost/").unwrap();
    assert_eq!(gate::literal(&url, &[]), Ok(()));
}

#[test]
fn redirects_may_lead_to_the_ports_of_the_web_and_to_named_ones_only() {
    let may = |text: &str, extra: &[u16]| gate::port(&Url::parse(text).unwrap(), extra);
    for text in ["http://a/", "https://a/", "http://a:8080/", "https://a:8443/", "http://a:443/"] {
        assert!(may(text, &[]), "{text}");
    }
    for port in [0, 22, 25, 81, 465, 3306, 5432, 6379, 9200, 11211, 65535] {
        let text = format!("http://a:{port}/");
        assert!(!may(&text, &[]), "{text}");
        assert!(may(&text, &[port]), "{text}");
    }
}

#[test]
fn only_http_and_https_are_spoken() {
    let spoken = |text: &str| gate::scheme(&Url::parse(text).unwrap());
    assert!(spoken("http://a/") && spoken("HTTPS://a/"));
    for text in [
        "file:///etc/passwd",
        "ftp://a/",
        "gopher://a/",
        "data:,x",
        "dict://a/",
        "jar:http://a!/",
        "ws://a/",
        "unix:/run/x",
        "javascript:0",
        "about:blank",
        "ldap://a/",
        "tftp://a/",
    ] {
        assert!(!spoken(text), "{text}");
    }
}
