//! A small world on loopback: feeds that tests rewrite, receivers that record what they get and
//! answer as they are told, and the real `bongsu` between them.
//!
//! Nothing here sleeps: tests wait for what they expect to arrive, with a deadline.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as Segment, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{any, get};
use tokio::sync::Notify;

/// Nothing that a test waits for takes longer, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What a publisher serves.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// Never answers.
    pub(crate) silent: bool,
    /// Headers beside the usual ones.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Page {
    pub(crate) fn feed(body: &str) -> Self {
        Self {
            status: 200,
            content_type: "application/rss+xml; charset=utf-8",
            body: body.into(),
            silent: false,
            headers: Vec::new(),
        }
    }

    /// Takes the request and never answers.
    pub(crate) fn silence() -> Self {
        Self { silent: true, ..Self::status(200) }
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            content_type: "text/html",
            body: b"<html><title>Trouble</title></html>".to_vec(),
            silent: false,
            headers: Vec::new(),
        }
    }

    pub(crate) fn html(title: &str) -> Self {
        let body =
            format!("<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>");
        Self { status: 200, content_type: "text/html", body: body.into(), ..Self::status(200) }
    }
}

/// One request that a receiver got.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) receiver: String,
    pub(crate) id: Option<String>,
    pub(crate) body: serde_json::Value,
}

/// One request that a publisher got.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) feed: String,
    pub(crate) conditional: bool,
}

/// How a receiver answers.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    pub(crate) retry_after: Option<&'static str>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, body: if status == 200 { "ok" } else { "no" }, retry_after: None }
    }
}

#[derive(Default)]
struct Records {
    pages: HashMap<String, Page>,
    answers: HashMap<String, Reply>,
    /// Messages that a receiver still answers before it holds one.
    hold_after: HashMap<String, usize>,
    got: Vec<Got>,
    asked: Vec<Asked>,
}

#[derive(Clone, Default)]
pub(crate) struct Stub {
    records: Arc<Mutex<Records>>,
    pub(crate) stirred: Arc<Notify>,
}

/// In the place of a status: take the message and never answer.
pub(crate) const HOLD: u16 = 0;

impl Stub {
    fn page(&self, name: &str) -> Page {
        self.records.lock().unwrap().pages.get(name).cloned().unwrap_or_else(|| Page::status(404))
    }

    /// Keeps what a receiver got and says how it answers.
    fn record(&self, got: Got) -> Reply {
        let mut records = self.records.lock().unwrap();
        let mut reply =
            records.answers.get(&got.receiver).cloned().unwrap_or_else(|| Reply::status(200));
        match records.hold_after.get_mut(&got.receiver) {
            Some(0) => reply.status = HOLD,
            Some(left) => *left -= 1,
            None => {}
        }
        records.got.push(got);
        reply
    }
}

/// The world; dropping it takes the daemon with it.
pub(crate) struct World {
    pub(crate) stub: Stub,
    pub(crate) address: SocketAddr,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) daemon: Option<Child>,
    _server: tokio::task::JoinHandle<()>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let stub = Stub::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/feed/{name}", get(publish))
            .route("/to/{name}", any(receive))
            .with_state(stub.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        Self { stub, address, folder, daemon: None, _server: server }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the stubs.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of a receiver.
    pub(crate) fn receiver(&self, name: &str) -> String {
        format!("{}/to/{name}", self.base())
    }

    pub(crate) fn publish(&self, feed: &str, page: Page) {
        self.stub.records.lock().unwrap().pages.insert(feed.to_owned(), page);
    }

    /// What a receiver answers from now on; 200 unless told otherwise.
    pub(crate) fn answer(&self, receiver: &str, status: u16) {
        self.reply(receiver, Reply::status(status));
    }

    /// The same in full.
    pub(crate) fn reply(&self, receiver: &str, reply: Reply) {
        self.stub.records.lock().unwrap().answers.insert(receiver.to_owned(), reply);
    }

    /// Lets a receiver answer so many messages and hold the next, or answer all again.
    pub(crate) fn hold_after(&self, receiver: &str, messages: Option<usize>) {
        let mut records = self.stub.records.lock().unwrap();
        match messages {
            Some(messages) => drop(records.hold_after.insert(receiver.to_owned(), messages)),
            None => drop(records.hold_after.remove(receiver)),
        }
    }

    pub(crate) fn got(&self, receiver: &str) -> Vec<Got> {
        let records = self.stub.records.lock().unwrap();
        records.got.iter().filter(|got| got.receiver == receiver).cloned().collect()
    }

    pub(crate) fn asked(&self, feed: &str) -> Vec<Asked> {
        let records = self.stub.records.lock().unwrap();
        records.asked.iter().filter(|asked| asked.feed == feed).cloned().collect()
    }

    /// Writes `bongsu.toml`: the shipped concepts and watches, these sources, three receivers.
    pub(crate) fn configure(&self, sources: &[(&str, &str)], more: &str) -> PathBuf {
        let shipped = "include = [\"builtin:concepts/*.toml\", \"builtin:watches/*.toml\"]\n";
        self.configure_own(shipped, sources, more)
    }

    /// The same with concepts and watches of one's own, or none.
    pub(crate) fn configure_own(
        &self,
        watches: &str,
        sources: &[(&str, &str)],
        more: &str,
    ) -> PathBuf {
        let base = format!("http://{}", self.address);
        let (includes, watches) =
            if watches.starts_with("include") { (watches, "") } else { ("", watches) };
        let mut text = format!(
            "{includes}[daemon]\nstore = \"sqlite:{}\"\nlisten = \"127.0.0.1:0\"\n{watches}",
            self.path("bongsu.db").display()
        );
        for (id, keys) in sources {
            text += &format!(
                "[[source]]\nid = \"{id}\"\ntitle = \"The {id} desk\"\nkind = \"feed\"\n\
                 url = \"{base}/feed/{id}\"\nevery = \"1s\"\nown_host = true\n\
                 allow_private = [\"127.0.0.0/8\"]\n{keys}\n"
            );
        }
        text += &format!(
            "[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl_file = \"{slack}\"\nallow_private = [\"127.0.0.0/8\"]\n\
             [[receiver]]\nid = \"hook\"\nkind = \"webhook\"\nurl_file = \"{hook}\"\nallow_private = [\"127.0.0.0/8\"]\n\
             [[receiver]]\nid = \"archive\"\nkind = \"file\"\npath = \"{archive}\"\n{more}\n",
            slack = self.path("slack.url").display(),
            hook = self.path("hook.url").display(),
            archive = self.path("archive.jsonl").display(),
        );
        std::fs::write(self.path("slack.url"), format!("{base}/to/slack\n")).unwrap();
        std::fs::write(self.path("hook.url"), format!("{base}/to/hook\n")).unwrap();
        let file = self.path("bongsu.toml");
        std::fs::write(&file, text).unwrap();
        file
    }

    /// A command of the real binary, without the machine's own configuration.
    pub(crate) fn command(&self, config: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bongsu"));
        command.arg("--config").arg(config).args(arguments).current_dir(self.folder.path());
        command.env_clear().stdin(Stdio::null());
        command
    }

    /// Starts the daemon; its log goes to `log.txt` in the world's folder.
    pub(crate) fn start(&mut self, config: &Path) {
        let command = self.command(config, &["run"]);
        self.launch(command);
    }

    /// Starts the daemon where no file may grow beyond so many blocks (of 512 bytes or 1 KiB, as the
    /// shell counts): a disk that fills up. The limit is a soft one, which a test may lift again.
    pub(crate) fn start_cramped(&mut self, config: &Path, blocks: u32) {
        let plain = self.command(config, &["run"]);
        let mut command = Command::new("sh");
        // A write too many fails then, instead of ending the process.
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
        command.arg("-c").arg(script).arg(plain.get_program()).args(plain.get_args());
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        self.launch(command);
    }

    /// Starts the daemon by a command of one's own.
    pub(crate) fn launch(&mut self, mut command: Command) {
        let log =
            std::fs::File::options().create(true).append(true).open(self.path("log.txt")).unwrap();
        self.daemon = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    /// As a power cut would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            drop(daemon.kill());
            daemon.wait().unwrap();
        }
    }

    /// Asks the daemon to stop and returns its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.ended()
    }

    /// Sends the daemon a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.daemon.as_ref().expect("the daemon runs").id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the daemon's own end and returns its exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.daemon.take()?.wait().unwrap().code()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log.txt")).unwrap_or_default()
    }

    /// Waits until `seen` holds, looking again whenever anything reaches the stubs.
    pub(crate) async fn until(&self, what: &str, seen: impl Fn(&Self) -> bool) {
        let waiting = async {
            loop {
                let stirred = self.stub.stirred.notified();
                if seen(self) {
                    return;
                }
                stirred.await;
            }
        };
        let done = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(done.is_ok(), "waited in vain for {what}; the log says:\n{}", self.log());
    }

    /// Waits until the log says so.
    pub(crate) async fn until_logged(&self, words: &str) {
        let waiting = async {
            while !self.log().contains(words) {
                tokio::task::yield_now().await;
            }
        };
        let done = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(done.is_ok(), "waited in vain for {words:?}; the log says:\n{}", self.log());
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn publish(
    State(stub): State<Stub>,
    Segment(name): Segment<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let page = stub.page(&name);
    let tag = format!("\"{:x}\"", hash(&page.body));
    let conditional =
        headers.get("if-none-match").is_some_and(|sent| sent.as_bytes() == tag.as_bytes());
    stub.records.lock().unwrap().asked.push(Asked { feed: name, conditional });
    stub.stirred.notify_waiters();
    if page.silent {
        std::future::pending::<()>().await;
    }
    let mut answer =
        Response::builder().header("content-type", page.content_type).header("etag", tag);
    for (name, value) in page.headers {
        answer = answer.header(name, value);
    }
    let status = if conditional && page.status == 200 { 304 } else { page.status };
    let body = if status == 304 { Body::empty() } else { Body::from(page.body) };
    answer.status(StatusCode::from_u16(status).unwrap()).body(body).unwrap()
}

async fn receive(
    State(stub): State<Stub>,
    Segment(name): Segment<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let id = headers.get("webhook-id").map(|id| id.to_str().unwrap().to_owned());
    let body = serde_json::from_slice(&body).expect("receivers get JSON");
    let reply = stub.record(Got { receiver: name, id, body });
    stub.stirred.notify_waiters();
    if reply.status == HOLD {
        std::future::pending::<()>().await;
    }
    let mut answer = Response::builder().status(reply.status);
    if let Some(wait) = reply.retry_after {
        answer = answer.header("retry-after", wait);
    }
    answer.body(Body::from(reply.body)).unwrap()
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
