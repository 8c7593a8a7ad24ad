//! The way to a host: TLS, who is trusted, proxies configured and proxies in the environment.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::NamedTempFile;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::http::stub::{Step, Stub, client, get, header, loopback, nobody, ok, reply};
use crate::http::{Client, Error, Manners};
use crate::model::receiver::Secret;
use crate::model::source::Egress;

/// An authority that nobody knows, in a file, and a server's side of TLS with its certificate.
fn tls(name: &str, change: impl FnOnce(&mut CertificateParams)) -> (NamedTempFile, TlsAcceptor) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(root.pem().as_bytes()).unwrap();

    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut leaf);
    let key = KeyPair::generate().unwrap();
    let certificate = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (file, TlsAcceptor::from(Arc::new(config)))
}

fn trusting(file: &NamedTempFile) -> Egress {
    Egress { extra_ca: Some(file.path().to_path_buf()), ..loopback() }
}

fn through(proxy: &str) -> Egress {
    Egress { proxy: Some(Secret::new(proxy)), ..loopback() }
}

#[tokio::test]
async fn an_unknown_issuer_is_refused_and_the_cure_works() {
    let (file, acceptor) = tls("127.0.0.1", |_| ());
    let stub = Stub::start_tls("127.0.0.1", acceptor, |_, _| ok("safe")).await;
    let (url, client) = (stub.url("/"), client(&[]));
    let trouble = client.send(get(&url, &loopback())).await.unwrap_err();
    assert_eq!(trouble.kind(), "tls");
    assert!(trouble.to_string().contains("extra_ca = \""), "{trouble}");
    let response = client.send(get(&url, &trusting(&file))).await.unwrap();
    assert_eq!(&response.body[..], b"safe");
    let for_all = Manners { extra_ca: Some(file.path().to_path_buf()), ..Manners::default() };
    let response = Client::new(for_all).unwrap().send(get(&url, &loopback())).await.unwrap();
    assert_eq!(&response.body[..], b"safe");
}

#[tokio::test]
async fn a_wrong_certificate_is_refused_with_its_reason() {
    let past = |leaf: &mut CertificateParams| leaf.not_after = date_time_ymd(2001, 1, 1);
    let future = |leaf: &mut CertificateParams| leaf.not_before = date_time_ymd(2300, 1, 1);
    for ((file, acceptor), reason) in [
        (tls("127.0.0.1", past), "has expired"),
        (tls("127.0.0.1", future), "not valid yet"),
        (tls("other.example", |_| ()), "for another name"),
    ] {
        let stub = Stub::start_tls("127.0.0.1", acceptor, |_, _| ok("")).await;
        let (url, egress) = (stub.url("/"), trusting(&file));
        let trouble = client(&[]).send(get(&url, &egress)).await.unwrap_err();
        assert_eq!(trouble.kind(), "tls", "{trouble}");
        assert!(trouble.to_string().contains(reason), "{trouble}");
    }
}

#[tokio::test]
async fn an_end_without_close_notify_counts_only_where_something_may_be_missing() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"<rss/>").unwrap();
    let gzip = gzip.finish().unwrap();
    let head = "HTTP/1.1 200 X\r\nconnection: close\r\n";
    let packed = [head.as_bytes(), b"content-encoding: gzip\r\n\r\n", &gzip].concat();
    let plain = [head.as_bytes(), b"\r\n<rss/>"].concat();
    let sized = [head.as_bytes(), b"content-length: 6\r\n\r\n<rss/>"].concat();
    for (answer, truncated) in [(packed, false), (plain, true), (sized, false)] {
        let (file, acceptor) = tls("127.0.0.1", |_| ());
        // The stub drops its connections without saying good-bye.
        let steps = vec![Step::Send(answer)];
        let stub = Stub::start_tls("127.0.0.1", acceptor, move |_, _| steps.clone()).await;
        let (url, egress) = (stub.url("/"), trusting(&file));
        let response = client(&[]).send(get(&url, &egress)).await.unwrap();
        assert_eq!((&response.body[..], response.truncated), (&b"<rss/>"[..], truncated));
    }
}

#[tokio::test]
async fn a_proxy_carries_the_request_and_the_gate_still_judges_the_target() {
    let proxy = Stub::start("127.0.0.3", |_, _| ok("by proxy")).await;
    let address = format!("http://me:HUSH@{}", proxy.address);
    let (egress, client) = (through(&address), client(&[]));
    let url = Url::parse("http://127.0.0.1:9/a").unwrap();
    let response = client.send(get(&url, &egress)).await.unwrap();
    assert_eq!(&response.body[..], b"by proxy");
    let request = proxy.requests().remove(0);
    assert!(request.starts_with("GET http://127.0.0.1:9/a HTTP/1.1\r\n"), "{request}");
    assert!(header(&request, "proxy-authorization").is_some());

    let for_all = Manners { proxy: Some(Secret::new(address.clone())), ..Manners::default() };
    Client::new(for_all).unwrap().send(get(&url, &loopback())).await.unwrap();
    assert_eq!(proxy.requests().len(), 2);

    let strict = Egress { proxy: egress.proxy.clone(), ..Egress::default() };
    for target in ["http://127.0.0.1/", "http://169.254.169.254/", "http://localhost/"] {
        let url = Url::parse(target).unwrap();
        let trouble = client.send(get(&url, &strict)).await.unwrap_err();
        assert_eq!(trouble.kind(), "refused", "{target}: {trouble}");
    }
    assert_eq!(proxy.requests().len(), 2, "a refused target reached the proxy");
}

#[tokio::test]
async fn a_proxy_that_fails_is_named_as_the_one_that_fails() {
    let asks =
        Stub::start("127.0.0.3", |_, _| reply(407, &["proxy-authenticate: Basic"], b"")).await;
    let shut = Stub::start("127.0.0.3", |_, _| reply(503, &[], b"<html>")).await;
    let gone = nobody("127.0.0.3");
    for (proxy, target, reason) in [
        (asks.address, "http://127.0.0.1:9/", "asks for a user and a password"),
        (asks.address, "https://127.0.0.1:9/", "asks for a user and a password"),
        (shut.address, "https://127.0.0.1:9/", "does not open a way"),
        (gone, "http://127.0.0.1:9/", "cannot be reached: connection refused"),
        (gone, "https://127.0.0.1:9/", "cannot be reached: connection refused"),
    ] {
        let (egress, url) = (through(&format!("http://{proxy}")), Url::parse(target).unwrap());
        let trouble = client(&[]).send(get(&url, &egress)).await.unwrap_err();
        assert_eq!(trouble.kind(), "proxy", "{target}: {trouble}");
        assert!(trouble.to_string().contains(reason), "{target}: {trouble}");
    }
}

#[test]
fn a_way_that_cannot_work_is_told_at_the_start_and_without_the_password() {
    for proxy in ["HUSH", "ftp://me:HUSH@host", "http://", "mailto:HUSH@host"] {
        let manners = Manners { proxy: Some(Secret::new(proxy)), ..Manners::default() };
        let Error::Setup(reason) = Client::new(manners).unwrap_err();
        assert!(reason.contains("proxy") && !reason.contains("HUSH"), "{reason}");
    }
    let mut empty = NamedTempFile::new().unwrap();
    empty.write_all(b"no certificate\n").unwrap();
    for path in [PathBuf::from("/nonexistent/issuer.pem"), empty.path().to_path_buf()] {
        let manners = Manners { extra_ca: Some(path.clone()), ..Manners::default() };
        let Error::Setup(reason) = Client::new(manners).unwrap_err();
        assert!(reason.contains(path.to_str().unwrap()), "{reason}");
    }
}

#[test]
fn a_proxy_in_the_environment_is_ignored() {
    // The environment of this process is not ours to change, so a child has it, and runs a test
    // that needs the network: nobody listens on the proxy's port.
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "http::hops_tests::a_plain_get_says_who_asks_and_brings_the_body"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    {
        child.env(name, "http://127.0.0.1:1");
    }
    child.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}");
}
