//! A publisher that answers byte for byte what a test tells it, at any address: sources reach it as
//! their proxy, so that hosts may have names and redirects lead from one to another.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The publisher; it answers as long as the test's process lives.
pub(crate) struct Publisher {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Publisher {
    /// Answers the head of each request, of which the first line names the whole address.
    pub(crate) fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                serve(stream, &heard, &answer);
            }
        });
        Self { address, asked }
    }

    /// The key by which a source reaches it.
    pub(crate) fn key(&self) -> String {
        format!("proxy = \"http://{}\"\n", self.address)
    }

    /// The heads of all requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How many of them named a validator.
    pub(crate) fn asked_conditionally(&self) -> usize {
        self.asked().iter().filter(|head| is_conditional(head)).count()
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, answer: &impl Fn(&str) -> Vec<u8>) {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&bytes).into_owned();
    asked.lock().unwrap().push(request.clone());
    drop(stream.write_all(&answer(&request)));
}

/// Whether a request can be answered with 304.
pub(crate) fn is_conditional(head: &str) -> bool {
    let head = head.to_lowercase();
    head.contains("\r\nif-none-match:") || head.contains("\r\nif-modified-since:")
}

/// The address that a request asks for.
pub(crate) fn target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

/// An answer with these header lines.
pub(crate) fn reply(status: u16, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length =
        if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let head = format!("HTTP/1.1 {status} X\r\n{lines}{length}connection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
