//! The generic webhook's headers, answers and verdicts, against a stub on loopback.

use std::time::Duration;

use crate::model::receiver::{ReceiverKind, Secret, Stream, Verdict};
use crate::notify::pens::Pens;
use crate::notify::stub::{
    Seen, Stub, TOKEN, answer, assert_shows_no_address, client, delivery, look, receiver,
};
use crate::notify::{Sent, pace, send};
use crate::render::webhook;

async fn sent(answers: Vec<String>, secrets: Vec<Secret>) -> (Sent, Vec<Seen>) {
    let stub = Stub::answering(answers);
    let receiver = receiver(ReceiverKind::Webhook { url: stub.url.clone(), secrets });
    let sent = send(&client(), &Pens::default(), &receiver, &delivery(), &look()).await;
    assert_shows_no_address(&sent);
    (sent, stub.seen())
}

#[tokio::test]
async fn the_message_is_signed_as_sent() {
    let secrets = vec![Secret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"), Secret::new("old")];
    let (sent, seen) = sent(vec![answer(204, "", "")], secrets.clone()).await;
    assert_eq!(sent, Sent { verdict: Verdict::Delivered, status: Some(204) });
    let (id, timestamp) = (delivery().id.to_string(), look().now.timestamp());
    assert_eq!(seen[0].header("webhook-id"), Some(id.as_str()));
    assert_eq!(seen[0].header("webhook-timestamp"), Some(timestamp.to_string().as_str()));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].body, webhook::body(&delivery()));
    let signature = webhook::sign(&secrets, &id, timestamp, &seen[0].body).unwrap();
    assert_eq!(signature.split(' ').count(), 2);
    assert_eq!(seen[0].header("webhook-signature"), Some(signature.as_str()));
}

#[tokio::test]
async fn without_a_secret_there_is_no_signature() {
    let (sent, seen) = sent(vec![answer(200, "", "whatever")], Vec::new()).await;
    assert_eq!(sent.verdict, Verdict::Delivered);
    assert_eq!(seen[0].header("webhook-signature"), None);
}

#[tokio::test]
async fn every_other_answer_is_tried_again_save_gone() {
    for status in [300, 302, 307, 400, 401, 403, 404, 413, 422, 500, 502, 503, 504] {
        let location = "location: http://127.0.0.1:9/\r\n";
        let (sent, seen) = sent(vec![answer(status, location, "")], Vec::new()).await;
        let Verdict::Retry { after: None, reason } = &sent.verdict else { panic!("{sent:?}") };
        assert!(reason.starts_with(&format!("answered {status}")), "{reason}");
        assert_eq!((seen.len(), sent.status), (1, Some(status)));
    }
    let (sent, _) = sent(vec![answer(410, "", "")], Vec::new()).await;
    assert!(matches!(sent.verdict, Verdict::Closed { .. }), "{sent:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_after_its_status_is_an_answer() {
    let endless = "HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\nabc".to_owned();
    let (sent, _) = sent(vec![endless], Vec::new()).await;
    assert_eq!(sent, Sent { verdict: Verdict::Delivered, status: Some(200) });
}

#[tokio::test]
async fn a_throttled_receiver_names_its_wait() {
    for (status, headers, wanted) in [
        (429, "retry-after: 120\r\n", 120),
        (429, "", 60),
        (502, "Retry-After: 9\r\n", 9),
        (503, "retry-after: Fri, 02 Oct 2026 07:05:00 GMT\r\n", 300),
        (504, "retry-after: 172800\r\n", 172_800),
    ] {
        let (sent, _) = sent(vec![answer(status, headers, "")], Vec::new()).await;
        let Verdict::Retry { after, .. } = sent.verdict else { panic!("{sent:?}") };
        assert_eq!(after, Some(Duration::from_secs(wanted)), "{status} {headers}");
    }
}

#[tokio::test]
async fn a_wrong_address_or_secret_pauses_the_receiver_without_showing_it() {
    let wrong = Secret::new(format!("hooks example {TOKEN}"));
    let kinds = [
        ReceiverKind::Slack { url: wrong.clone() },
        ReceiverKind::Webhook { url: wrong, secrets: Vec::new() },
        ReceiverKind::Webhook {
            url: Secret::new("http://127.0.0.1:9/"),
            secrets: vec![Secret::new(format!("whsec_{TOKEN}!"))],
        },
    ];
    for kind in kinds {
        let sent = send(&client(), &Pens::default(), &receiver(kind), &delivery(), &look()).await;
        assert!(matches!(sent.verdict, Verdict::Closed { .. }), "{sent:?}");
        assert_shows_no_address(&sent);
    }
}

#[tokio::test]
async fn a_receiver_on_a_private_address_is_not_dialled_unless_allowed() {
    let stub = Stub::answering(Vec::new());
    let mut receiver =
        receiver(ReceiverKind::Webhook { url: stub.url.clone(), secrets: Vec::new() });
    receiver.egress.allow_private.clear();
    let sent = send(&client(), &Pens::default(), &receiver, &delivery(), &look()).await;
    assert!(matches!(sent.verdict, Verdict::Retry { .. }), "{sent:?}");
    assert_shows_no_address(&sent);
    assert!(stub.seen().is_empty());
}

#[test]
fn slack_alone_is_paced() {
    let url = Secret::new("https://hooks.example/");
    assert_eq!(pace(&ReceiverKind::Slack { url: url.clone() }), Duration::from_secs(1));
    assert_eq!(pace(&ReceiverKind::Webhook { url, secrets: Vec::new() }), Duration::ZERO);
    assert_eq!(pace(&ReceiverKind::Terminal { stream: Stream::Out }), Duration::ZERO);
}
