//! Slack's answers and their verdicts, against a stub on loopback.

use std::time::Duration;

use crate::model::receiver::{Receiver, ReceiverKind, Secret, Verdict};
use crate::notify::pens::Pens;
use crate::notify::stub::{
    Seen, Stub, TOKEN, answer, assert_shows_no_address, client, delivery, look, receiver,
};
use crate::notify::{Sent, send};

async fn sent(answers: Vec<String>) -> (Sent, Vec<Seen>) {
    let stub = Stub::answering(answers);
    deliver(receiver(ReceiverKind::Slack { url: stub.url.clone() }), stub).await
}

/// The same for an address of Slack itself, which the stub plays as a proxy.
async fn sent_to_slack(host: &str, answers: Vec<String>) -> (Sent, Vec<Seen>) {
    let stub = Stub::answering(answers);
    let url = Secret::new(format!("http://{host}/services/{TOKEN}"));
    let mut receiver = receiver(ReceiverKind::Slack { url });
    let proxy = url::Url::parse(stub.url.reveal()).unwrap();
    receiver.egress.proxy = Some(Secret::new(proxy.origin().ascii_serialization()));
    deliver(receiver, stub).await
}

async fn deliver(receiver: Receiver, stub: Stub) -> (Sent, Vec<Seen>) {
    let sent = send(&client(), &Pens::default(), &receiver, &delivery(), &look()).await;
    assert_shows_no_address(&sent);
    (sent, stub.seen())
}

fn retry(after: Option<u64>, reason: &str) -> Verdict {
    Verdict::Retry { after: after.map(Duration::from_secs), reason: reason.to_owned() }
}

#[tokio::test]
async fn two_hundred_and_ok_is_delivered() {
    let (sent, seen) = sent(vec![answer(200, "", "ok")]).await;
    assert_eq!(sent, Sent { verdict: Verdict::Delivered, status: Some(200) });
    assert_eq!(seen.len(), 1);
    assert!(seen[0].head.starts_with(&format!("POST /services/{TOKEN} ")), "{}", seen[0].head);
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    let message = seen[0].json();
    assert!(message["text"].as_str().unwrap().contains("TEST"));
    assert!(message["blocks"].is_array());
}

#[tokio::test]
async fn answers_that_mean_not_now() {
    let long = "x".repeat(200_000);
    let redirect = "answered 302, and redirects are not followed: set the address it redirects to";
    let cases = [
        (
            answer(200, "", &long),
            retry(None, "answered 200 with a long text instead of a confirmation"),
        ),
        (answer(500, "", "rollup_error"), retry(None, "answered 500")),
        (answer(502, "", ""), retry(None, "answered 502")),
        (answer(503, "retry-after: 30\r\n", ""), retry(Some(30), "answered 503")),
        (answer(504, "", ""), retry(None, "answered 504")),
        (answer(408, "", ""), retry(None, "answered 408")),
        (answer(403, "", "<html>proxy</html>"), retry(None, "answered 403")),
        (answer(404, "", "<html>proxy</html>"), retry(None, "answered 404")),
        (answer(302, "location: http://127.0.0.1:9/\r\n", ""), retry(None, redirect)),
        (
            answer(429, "retry-after: 3600\r\n", ""),
            retry(Some(3600), "answered 429: too many messages"),
        ),
        (answer(429, "", "rate_limited"), retry(Some(60), "answered 429: too many messages")),
        (
            answer(429, "", "{\"retry_after\":64.57}"),
            retry(Some(65), "answered 429: too many messages"),
        ),
    ];
    for (given, wanted) in cases {
        let (sent, seen) = sent(vec![given.clone()]).await;
        assert_eq!(sent.verdict, wanted);
        assert_eq!(seen.len(), 1);
        assert!(given.contains(&format!("HTTP/1.1 {} ", sent.status.unwrap())));
    }
}

#[tokio::test]
async fn slack_itself_says_ok_and_nothing_else() {
    for host in ["hooks.slack.com", "hooks.slack-gov.com", "HOOKS.slack.com."] {
        for (body, delivered) in [("ok", true), ("ok\n", true), ("OK", false), ("", false)] {
            let (sent, seen) = sent_to_slack(host, vec![answer(200, "", body)]).await;
            assert_eq!(sent.verdict == Verdict::Delivered, delivered, "{host} {body:?}: {sent:?}");
            assert_eq!((seen.len(), sent.status), (1, Some(200)));
        }
    }
    for host in ["hooks.slack.com.evil.example", "hooks.slack.example", "chat.example"] {
        let (sent, _) = sent_to_slack(host, vec![answer(200, "", "OK")]).await;
        assert_eq!(sent.verdict, Verdict::Delivered, "{host}");
    }
}

#[tokio::test]
async fn a_closed_webhook_pauses_its_receiver() {
    let cases = [
        (403, "action_prohibited"),
        (404, "channel_not_found"),
        (404, "no_service"),
        (404, "no_service_id"),
        (404, "no_team"),
        (410, "channel_is_archived"),
        (410, "anything"),
        (403, "invalid_token"),
        (404, "no_active_hooks"),
        (403, "team_disabled"),
        (403, "posting_to_general_channel_denied"),
        (400, "user_not_found"),
    ];
    for (status, word) in cases {
        let (sent, seen) = sent(vec![answer(status, "", word)]).await;
        let Verdict::Closed { reason } = &sent.verdict else { panic!("{word}: {sent:?}") };
        assert!(word == "anything" || reason.contains(word), "{reason}");
        assert_eq!((seen.len(), sent.status), (1, Some(status)));
    }
}

#[tokio::test]
async fn a_refused_form_is_tried_once_as_plain_text() {
    for (status, word) in [
        (400, "invalid_payload"),
        (400, "invalid_blocks"),
        (400, "msg_blocks_too_long"),
        (400, "no_text"),
        (400, "something_new"),
        (413, ""),
    ] {
        let (sent, seen) = sent(vec![answer(status, "", word), answer(200, "", "ok")]).await;
        assert_eq!(sent.verdict, Verdict::Delivered, "{word}");
        assert_eq!(seen.len(), 2);
        let second = seen[1].json();
        assert_eq!(second.get("blocks"), None);
        assert!(second["text"].as_str().unwrap().contains("TEST"));
    }
}

#[tokio::test]
async fn the_second_answer_decides() {
    let bad = || answer(400, "", "invalid_blocks");
    let (first, seen) = sent(vec![bad(), answer(400, "", "invalid_payload")]).await;
    let reason = "answered 400 invalid_blocks; as plain text it answered 400 invalid_payload";
    assert_eq!(first.verdict, Verdict::Refused { reason: reason.to_owned() });
    assert_eq!(seen.len(), 2);
    let (second, _) = sent(vec![bad(), answer(429, "retry-after: 7\r\n", "")]).await;
    assert_eq!(second.verdict, retry(Some(7), "answered 429: too many messages"));
    let (third, _) = sent(vec![bad(), answer(404, "", "no_service")]).await;
    assert!(matches!(third.verdict, Verdict::Closed { .. }), "{third:?}");
}

#[tokio::test]
async fn no_answer_at_all_is_tried_again() {
    for answers in [vec![], vec![String::new()], vec!["garbage\r\n\r\n".to_owned()]] {
        let (sent, _) = sent(answers).await;
        assert!(matches!(sent.verdict, Verdict::Retry { after: None, .. }), "{sent:?}");
        assert_eq!(sent.status, None);
    }
}
