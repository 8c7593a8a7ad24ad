//! One request from hop to hop: the gate before each, nobody's credentials carried over.
//!
//! Owns redirects. reqwest would follow them with the secret URL of a webhook in `Referer` and
//! with every header of ours, past the gate; so it follows none, and this loop does. `Client::send`
//! is the only caller.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::header::{
    CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE,
};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use crate::http::body::{self, Body, Bounds};
use crate::http::cookies::Cookies;
use crate::http::pace::Turn;
use crate::http::resolve::{self, Dead};
use crate::http::trouble::{self, About, Phase, Trouble};
use crate::http::{Headers, Method, Request, Response, Rooms, decode, gate, pool};

/// The wait for a turn at a host: twenty slow answers of 30 s, two at a time. A poll that has not
/// come by then is better tried again when it is next due.
const TURN_WAIT_MAX: Duration = Duration::from_mins(5);

/// Headers that say nothing about who asks and so may go to whatever host a redirect leads to.
/// The validators are among them because they came from the last hop in the first place.
const ANYBODYS: [&str; 6] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "if-modified-since",
    "if-none-match",
    "user-agent",
];

/// A request under way.
struct Journey<'a> {
    rooms: &'a Rooms,
    request: &'a Request<'a>,
    client: reqwest::Client,
    headers: HeaderMap,
    url: Url,
    hops: usize,
    all_permanent: bool,
    cookies: Cookies,
    seen: HashSet<(Url, Option<Vec<u8>>)>,
    turn: Option<(String, Turn)>,
    deadline: Instant,
}

/// What one hop came to.
enum Hop {
    Arrived(Box<Response>),
    Onward(Url),
}

/// Sends `request` and follows where it leads.
pub(super) async fn run(rooms: &Rooms, request: &Request<'_>) -> Result<Response, Trouble> {
    let mut journey = Journey {
        rooms,
        request,
        client: rooms.pool.client(request.egress)?,
        headers: headers(rooms, request),
        url: request.url.clone(),
        hops: 0,
        all_permanent: true,
        cookies: Cookies::default(),
        seen: HashSet::new(),
        turn: None,
        deadline: Instant::now() + request.timeout,
    };
    loop {
        let next = match journey.hop().await {
            Ok(Hop::Arrived(response)) => return Ok(*response),
            Ok(Hop::Onward(next)) => next,
            Err(error) if journey.hops == 0 => return Err(error),
            Err(error) => return Err(Trouble::Redirected(Box::new(error))),
        };
        if journey.hops >= request.redirects_max {
            return Err(Trouble::RedirectLoop { after: journey.hops });
        }
        if journey.been_there(&next) {
            return Err(Trouble::RedirectLoop { after: journey.hops + 1 });
        }
        journey.hops += 1;
        journey.url = next;
    }
}

impl Journey<'_> {
    async fn hop(&mut self) -> Result<Hop, Trouble> {
        let about = self.about();
        self.check(&about).await?;
        self.take_turn().await?;
        let response = self.exchange(&about).await?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.cookies.keep(&self.url, cookie.as_bytes());
        }
        let status = response.status().as_u16();
        if status == 407 && about.proxied {
            let reason = "asks for a user and a password: write them into its address".to_owned();
            return Err(Trouble::Proxy { reason });
        }
        let follows = self.request.redirects_max > 0 && matches!(self.request.method, Method::Get);
        if follows
            && matches!(status, 301 | 302 | 303 | 307 | 308)
            && let Some(location) = response.headers().get(LOCATION)
        {
            self.all_permanent &= matches!(status, 301 | 308);
            return self.onward(location, &about).map(Hop::Onward);
        }
        let headers = Headers(response.headers().clone());
        let bounds = Bounds {
            bytes_max: self.request.body_bytes_max,
            deadline: self.deadline,
            timeout: self.request.timeout,
        };
        let Body { bytes, truncated } = body::read(response, bounds, &about).await?;
        let url = without_credentials(&self.url);
        let moved = (self.hops > 0 && self.all_permanent).then(|| url.clone());
        let response = Response { status, headers, body: bytes.into(), url, moved, truncated };
        Ok(Hop::Arrived(Box::new(response)))
    }

    fn about(&self) -> About {
        let host = match (self.request.secret_url, self.url.host_str()) {
            (false, Some(host)) => host.to_owned(),
            _ => "the host".to_owned(),
        };
        let proxied = self.rooms.pool.proxy(self.request.egress).is_some();
        About { host, proxied, connect_timeout: pool::CONNECT_TIMEOUT }
    }

    /// Asks the gate. Names are looked up by the resolver when they are dialled; only behind a
    /// proxy, which does its own looking up, they are asked for here, as far as this machine knows
    /// them. What the proxy then dials is the proxy's own business and cannot be seen from here.
    async fn check(&self, about: &About) -> Result<(), Trouble> {
        if !gate::scheme(&self.url) {
            return Err(Trouble::Scheme { scheme: self.url.scheme().to_owned() });
        }
        if self.hops > 0 && !self.port_is_fine() {
            return Err(Trouble::Port { port: self.url.port().unwrap_or_default() });
        }
        let allow_private = &self.request.egress.allow_private;
        let refused = |refusal| Trouble::Refused { host: about.host.clone(), refusal };
        gate::literal(&self.url, allow_private).map_err(refused)?;
        let Some(host) = self.url.host() else { return Err(Trouble::NoHost) };
        if let (true, Host::Domain(name)) = (about.proxied, host) {
            let looked_up = timeout(pool::CONNECT_TIMEOUT, resolve::lookup(name, allow_private));
            if let Ok(Err(Dead::Refused(refusal))) = looked_up.await {
                return Err(refused(refusal));
            }
        }
        Ok(())
    }

    /// The web's ports, those the configuration names, and the port that this request's own URL
    /// names, on its own host.
    fn port_is_fine(&self) -> bool {
        let first = self.request.url;
        let own = first.host() == self.url.host()
            && first.port_or_known_default() == self.url.port_or_known_default();
        own || gate::port(&self.url, &self.rooms.ports)
    }

    /// Waits for a turn at the host, unless the last hop holds one. The clock of the request
    /// stands still meanwhile: it measures the host, not our queue.
    async fn take_turn(&mut self) -> Result<(), Trouble> {
        let host = self.url.host_str().unwrap_or_default().to_owned();
        if self.turn.as_ref().is_some_and(|(held, _)| *held == host) {
            return Ok(());
        }
        self.turn = None;
        let asked = Instant::now();
        let turn = self.rooms.pace.turn(&host, self.request.paced);
        let turn = timeout(TURN_WAIT_MAX, turn)
            .await
            .map_err(|_| Trouble::Timeout { phase: Phase::Turn, after: TURN_WAIT_MAX })?;
        self.deadline += asked.elapsed();
        self.turn = Some((host, turn));
        Ok(())
    }

    /// Sends once, and once more if a connection kept from earlier turns out to be dead: only what
    /// may be sent twice, and only if nothing came back.
    async fn exchange(&self, about: &About) -> Result<reqwest::Response, Trouble> {
        let may_repeat = matches!(self.request.method, Method::Get);
        match self.attempt().await? {
            Err(error) if may_repeat && !error.is_connect() && trouble::is_cut(&error) => {
                self.attempt().await?
            }
            outcome => outcome,
        }
        .map_err(|error| trouble::read(error, about))
    }

    async fn attempt(&self) -> Result<reqwest::Result<reqwest::Response>, Trouble> {
        let builder = match &self.request.method {
            Method::Get => self.client.get(self.url.clone()),
            Method::Post(body) => self.client.post(self.url.clone()).body(body.clone()),
        };
        let sending = builder.headers(self.headers_here()).send();
        timeout_at(self.deadline, sending)
            .await
            .map_err(|_| Trouble::Timeout { phase: Phase::Answer, after: self.request.timeout })
    }

    fn headers_here(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        if self.url.origin() != self.request.url.origin() {
            headers = headers
                .into_iter()
                .filter_map(|(name, value)| name.map(|name| (name, value)))
                .filter(|(name, _)| ANYBODYS.contains(&name.as_str()))
                .collect();
        }
        if let Some(jar) = self.cookies.header(&self.url) {
            let own = headers.get(COOKIE).map(|value| value.as_bytes().to_vec());
            let all = own.map_or(jar.clone(), |own| [own, jar].join(&b"; "[..]));
            if let Ok(value) = HeaderValue::from_bytes(&all) {
                headers.insert(COOKIE, value);
            }
        }
        headers
    }

    fn onward(&self, location: &HeaderValue, about: &About) -> Result<Url, Trouble> {
        let wrong = || Trouble::Location { host: about.host.clone() };
        let mut next = self.url.join(&readable(location.as_bytes())).map_err(|_| wrong())?;
        if next.origin() == self.url.origin() {
            // The same house asks for the same key.
            if next.username().is_empty() && next.password().is_none() {
                next.set_username(self.url.username()).ok();
                next.set_password(self.url.password()).ok();
            }
        } else {
            next = without_credentials(&next);
        }
        next.set_fragment(None);
        Ok(next)
    }

    /// Whether `next` was asked before with the same cookies: the answer would be the same again.
    fn been_there(&mut self, next: &Url) -> bool {
        if self.hops == 0 {
            self.seen.insert((self.url.clone(), None));
        }
        let step = (next.clone(), self.cookies.header(next));
        !self.seen.insert(step)
    }
}

/// The headers of the first hop: ours, then the request's, which win.
fn headers(rooms: &Rooms, request: &Request<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("accept-encoding", HeaderValue::from_static(decode::ACCEPTED));
    if let Ok(value) = HeaderValue::from_str(&rooms.user_agent) {
        headers.insert("user-agent", value);
    }
    if matches!(request.method, Method::Post(_)) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in &request.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value))
        {
            headers.insert(name, value);
        }
    }
    headers
}

/// A `Location` as text. Some boards write Korean into it, in UTF-8 or in EUC-KR; what is no
/// UTF-8 goes back as the bytes that it came as.
fn readable(location: &[u8]) -> String {
    match std::str::from_utf8(location) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => location
            .iter()
            .map(|byte| match byte {
                0x80.. => format!("%{byte:02X}"),
                _ => char::from(*byte).to_string(),
            })
            .collect(),
    }
}

fn without_credentials(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_username("").ok();
    url.set_password(None).ok();
    url
}
