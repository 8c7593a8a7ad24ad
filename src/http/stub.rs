//! A server on loopback that does exactly what a test tells it, however odd. Tests only.
//!
//! It speaks raw bytes, because most of what goes wrong out there is no proper HTTP. It counts
//! connections and keeps each request as it came, so a test can say what was *not* sent as well.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::http::{Client, Manners, Method, Request};
use crate::model::source::Egress;

/// One thing that the stub does with a connection, after it has read a request.
#[derive(Clone)]
pub(crate) enum Step {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes again and again until the other side has gone.
    Endless(Vec<u8>),
    /// Waits for as many others as the barrier wants.
    Meet(Arc<Barrier>),
    /// Does nothing until the other side has gone.
    Hang,
    /// Resets the connection.
    Reset,
    /// Reads the next request on the same connection; otherwise it is closed after the last step.
    Keep,
}

/// What the stub saw.
#[derive(Default)]
pub(crate) struct Seen {
    requests: Vec<String>,
    connections: usize,
    busy: usize,
    busy_max: usize,
}

/// The server; gone when dropped.
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

type Answer = Arc<dyn Fn(usize, &str) -> Vec<Step> + Send + Sync>;

impl Stub {
    /// Listens on `ip`, port of the system's choice. `answer` gets the number of the request (from
    /// 0) and its text.
    pub(crate) async fn start(
        ip: &str,
        answer: impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(ip, None, Arc::new(answer)).await
    }

    /// The same behind TLS.
    pub(crate) async fn start_tls(
        ip: &str,
        tls: TlsAcceptor,
        answer: impl Fn(usize, &str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        Self::listen(ip, Some(tls), Arc::new(answer)).await
    }

    async fn listen(ip: &str, tls: Option<TlsAcceptor>, answer: Answer) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::clone(&seen);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                look(&shared, |seen| seen.connections += 1);
                let (seen, answer) = (Arc::clone(&shared), Arc::clone(&answer));
                let tls = tls.clone();
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, &seen, &answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &seen, &answer).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, scheme, seen, _tasks: tasks }
    }

    /// An address on it.
    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}://{}{path}", self.scheme, self.address)).unwrap()
    }

    /// Every request so far, head and body, each byte as the character of that number.
    pub(crate) fn requests(&self) -> Vec<String> {
        look(&self.seen, |seen| seen.requests.clone())
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        look(&self.seen, |seen| seen.connections)
    }

    /// How many requests were being answered at the same time, at most.
    pub(crate) fn busy_max(&self) -> usize {
        look(&self.seen, |seen| seen.busy_max)
    }
}

fn look<T>(seen: &Mutex<Seen>, with: impl FnOnce(&mut Seen) -> T) -> T {
    with(&mut seen.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn serve<S>(mut stream: S, seen: &Arc<Mutex<Seen>>, answer: &Answer)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let Some(request) = read_request(&mut stream).await else { return };
        let number = look(seen, |seen| {
            seen.requests.push(request.clone());
            seen.busy += 1;
            seen.busy_max = seen.busy_max.max(seen.busy);
            seen.requests.len() - 1
        });
        let mut keep = false;
        for step in answer(number, &request) {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                    stream.flush().await.ok();
                }
                Step::Endless(bytes) => {
                    while stream.write_all(&bytes).await.is_ok() {
                        tokio::task::yield_now().await;
                    }
                    return;
                }
                Step::Meet(barrier) => {
                    barrier.wait().await;
                }
                Step::Hang => {
                    stream.read_to_end(&mut Vec::new()).await.ok();
                    return;
                }
                // Unread input makes the system send a reset instead of an orderly end.
                Step::Reset => return,
                Step::Keep => keep = true,
            }
        }
        look(seen, |seen| seen.busy -= 1);
        if !keep {
            return;
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("\r\n\r\n") {
        match stream.read(&mut byte).await {
            Ok(1) => text.push(char::from(byte[0])),
            _ => return None,
        }
    }
    let length = header(&text, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    text.extend(body.into_iter().map(char::from));
    Some(text)
}

/// An address on which nobody listens. (A stub that is dropped still listens for a moment.)
pub(crate) fn nobody(ip: &str) -> SocketAddr {
    std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap()
}

/// The value of a header in the text of a request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A proper answer with these header lines, after which the connection is closed.
pub(crate) fn reply(status: u16, headers: &[&str], body: &[u8]) -> Vec<Step> {
    let lines: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    vec![Step::Send([head.as_bytes(), body].concat())]
}

/// 200 with this body.
pub(crate) fn ok(body: &str) -> Vec<Step> {
    reply(200, &[], body.as_bytes())
}

/// A redirect.
pub(crate) fn redirect(status: u16, to: &str) -> Vec<Step> {
    reply(status, &[&format!("location: {to}")], b"")
}

/// Loopback may be dialled.
pub(crate) fn loopback() -> Egress {
    allowing(&["127.0.0.0/8"])
}

/// These ranges may be dialled.
pub(crate) fn allowing(nets: &[&str]) -> Egress {
    Egress {
        allow_private: nets.iter().map(|net| net.parse().unwrap()).collect(),
        ..Egress::default()
    }
}

/// A client without waits between requests, whose redirects may lead to the ports of `stubs`.
pub(crate) fn client(stubs: &[&Stub]) -> Client {
    let ports = stubs.iter().map(|stub| stub.address.port()).collect();
    Client::new(Manners { pace: Duration::ZERO, ports, ..Manners::default() }).unwrap()
}

/// A plain GET with roomy limits.
pub(crate) fn get<'a>(url: &'a Url, egress: &'a Egress) -> Request<'a> {
    Request {
        method: Method::Get,
        url,
        headers: Vec::new(),
        egress,
        body_bytes_max: 1024 * 1024,
        redirects_max: 10,
        timeout: Duration::from_secs(20),
        secret_url: false,
        paced: true,
    }
}
