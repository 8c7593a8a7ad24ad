//! A receiver on loopback for tests: one canned answer a connection, and what it was sent.
//!
//! For the tests of this room: a real socket, and what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Inbox, channel};

use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

use crate::http::{Client, Manners};
use crate::model::alert::Delivery;
use crate::model::fault::Place;
use crate::model::receiver::{Receiver, ReceiverKind, Secret};
use crate::model::source::Egress;
use crate::notify::Sent;
use crate::render::{Look, sample};

/// A part of the receiver's address that must never be shown.
pub(crate) const TOKEN: &str = "XsecretX";

/// One request as received.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A running stub. It ends after its last answer.
pub(crate) struct Stub {
    pub(crate) url: Secret,
    seen: Inbox<Seen>,
}

impl Stub {
    /// Answers the first connection with the first text, and so on; then refuses.
    pub(crate) fn answering(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, seen) = channel();
        std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                tell.send(serve(stream, &answer)).unwrap();
            }
        });
        Self { url: Secret::new(format!("http://{address}/services/{TOKEN}")), seen }
    }

    /// The requests so far; waits for the stub to end.
    pub(crate) fn seen(self) -> Vec<Seen> {
        self.seen.iter().collect()
    }
}

fn serve(stream: TcpStream, answer: &str) -> Seen {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let mut seen = Seen { head, body: Vec::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    seen.body.resize(length, 0);
    reader.read_exact(&mut seen.body).unwrap();
    // The client may hang up before the end of an answer that is too long.
    drop(reader.get_mut().write_all(answer.as_bytes()));
    seen
}

/// An answer that closes its connection.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Any\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

/// An address is a secret as a whole, its host included.
pub(crate) fn assert_shows_no_address(sent: &Sent) {
    let shown = format!("{sent:?}");
    assert!(!shown.contains(TOKEN) && !shown.contains("127.0.0.1"), "{shown}");
}

pub(crate) fn client() -> Client {
    Client::new(Manners::default()).unwrap()
}

/// A receiver of this kind that may be on loopback.
pub(crate) fn receiver(kind: ReceiverKind) -> Receiver {
    Receiver {
        id: "stub".to_owned(),
        kind,
        egress: Egress { allow_private: vec!["127.0.0.0/8".parse().unwrap()], ..Egress::default() },
        enabled: true,
        off: None,
        lacking: None,
        place: Place::file("test"),
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 2, 7, 0, 0).unwrap()
}

pub(crate) fn look() -> Look {
    Look { now: now(), timezone: chrono_tz::Europe::Brussels }
}

pub(crate) fn delivery() -> Delivery {
    sample::delivery(Uuid::from_u128(0x0199_a3c1_0000_7000_8000_0000_0000_0001), "stub", now())
}
