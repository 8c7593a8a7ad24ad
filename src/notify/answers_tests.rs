//! Answers of Slack and of what speaks its format, and what each means.

use crate::http::{Headers, Response};
use crate::model::receiver::Verdict;
use crate::notify::answers::{Meaning, meaning};
use crate::notify::stub::now;

fn told(status: u16, body: &str, official: bool) -> Meaning {
    told_bytes(status, body.as_bytes(), official)
}

fn told_bytes(status: u16, body: &[u8], official: bool) -> Meaning {
    let response = Response {
        status,
        headers: Headers::default(),
        body: body.to_vec().into(),
        url: url::Url::parse("https://chat.example/").unwrap(),
        moved: None,
        truncated: false,
    };
    meaning(&response, official, now())
}

const DELIVERED: Meaning = Meaning::Verdict(Verdict::Delivered);

fn is_retry(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Verdict(Verdict::Retry { .. }))
}

#[test]
fn the_ways_in_which_receivers_confirm_are_deliveries() {
    let confirmations = [
        "",
        "\r\n",
        "ok",
        "ok\n",
        " OK ",
        "\u{feff}ok",
        "Ok.",
        "1",
        "true",
        "null",
        "accepted",
        "Message sent; 0 errors",
        "errors: 0",
        "성공",
        "I <3 <beacons>, a < b",
        "<response>ok</response>",
        "{}",
        "[]",
        "\"ok\"",
        "{\"success\":true}",
        "{\"ok\":true,\"error\":null,\"errors\":[]}",
        "{\"success\":true,\"error\":\"\"}",
        "{\"header\":{\"isSuccessful\":true,\"resultCode\":0}}",
        "{\"status\":\"ok\",\"message\":\"the last error is gone\"}",
        "{\"result\":{\"ok\":\"fine\"},\"text\":\"error\"}",
        "[{\"ok\":true}]",
    ];
    for status in [200, 201, 202, 204] {
        for body in confirmations {
            assert_eq!(told(status, body, false), DELIVERED, "{status} {body:?}");
        }
    }
    // "성공" in EUC-KR: a short text, if in no encoding of ours.
    assert_eq!(told_bytes(200, b"\xbc\xba\xb0\xf8", false), DELIVERED);
    let long = format!("{{\"echo\":\"{}\"}}", "x".repeat(9_000));
    assert_eq!(told(200, &long, false), DELIVERED, "JSON is read, however long");
}

#[test]
fn a_denial_under_two_hundred_is_tried_again() {
    let denials = [
        "<!DOCTYPE html><html><body>Sign in</body></html>",
        "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        "<HTML><HEAD><TITLE>Blocked</TITLE>",
        "Please <a href=\"http://portal.example/\">log in</a>",
        "ok</body>",
        "\u{feff} <!doctype HTML>",
        "{\"ok\":false}",
        "{\"ok\":false,\"error\":\"channel_not_found\"}",
        "{\"success\":false}",
        "{\"Success\":\"False\"}",
        "{\"success\":0}",
        "{\"error\":\"invalid-channel\"}",
        "{\"error\":{\"code\":1}}",
        "{\"ok\":true,\"error\":\"queue full\"}",
        "{\"errors\":[\"x\"]}",
        "{\"header\":{\"isSuccessful\":false}}",
        "{\"isSuccessful\":false}",
        "{\"status\":\"error\",\"message\":\"x\"}",
        "[{\"success\":false}]",
        "false",
        "rate_limited",
        "rollup_error",
        "\"invalid_token\"",
        "Error: no such hook",
        "ERROR",
        "Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
    ];
    for status in [200, 201, 202] {
        for body in denials {
            let meaning = told(status, body, false);
            assert!(is_retry(&meaning), "{status} {body:?}: {meaning:?}");
        }
    }
    assert!(is_retry(&told(200, &"word ".repeat(200), false)));
}

#[test]
fn slack_itself_has_it_by_ok_alone() {
    for (status, body) in [(200, "ok"), (200, " ok\r\n"), (201, "ok"), (202, "\u{feff}ok")] {
        assert_eq!(told(status, body, true), DELIVERED, "{status} {body:?}");
    }
    for (status, body) in
        [(200, "OK"), (200, ""), (204, ""), (200, "okay"), (200, "{\"ok\":true}"), (200, "<p>ok")]
    {
        assert!(is_retry(&told(status, body, true)), "{status} {body:?}");
    }
}

#[test]
fn words_of_slack_count_as_the_whole_answer_and_nowhere_else() {
    for official in [true, false] {
        for (status, body) in [(404, "no_service"), (200, "no_service\n"), (403, " invalid_token ")]
        {
            let meaning = told(status, body, official);
            let Meaning::Verdict(Verdict::Closed { reason }) = &meaning else {
                panic!("{meaning:?}")
            };
            assert_eq!(reason.contains("in Slack"), official, "{reason}");
        }
        for body in ["invalid_blocks", "no_text\n"] {
            assert!(matches!(told(400, body, official), Meaning::Form(_)));
        }
        for (status, body) in [
            (404, "the page no_service is not here"),
            (403, "<p>invalid_token</p>"),
            (404, "{\"error\":\"no_service\"}"),
            (500, "no_text was found"),
        ] {
            assert!(is_retry(&told(status, body, official)), "{status} {body}");
        }
    }
}

#[test]
fn a_page_of_a_proxy_refuses_no_message() {
    for official in [true, false] {
        let page = "<html><head><title>400 Bad Request</title></head></html>";
        assert!(is_retry(&told(400, page, official)));
        assert!(matches!(told(400, "something_new", official), Meaning::Form(_)));
        assert!(matches!(told(413, page, official), Meaning::Form(_)), "it is too large anyhow");
    }
}
