//! `bongsu try URL|FILE`: what is read, what was mended, what matches and why. Stores nothing and
//! sends nothing. A page in the place of a feed is followed to the feed that it names.

use std::path::Path;

use anyhow::{Context as _, bail};
use chrono_tz::Tz;
use clap::Args;
use url::Url;

use crate::cli::load::Ready;
use crate::cli::shape::instant;
use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::fetch::{self, Answer, Page};
use crate::files;
use crate::http::{Client, Manners, gate};
use crate::lang::count::{count, counted};
use crate::model::decision::{Decision, NearMiss};
use crate::model::fault::{Fault, Need, Place};
use crate::model::item::Draft;
use crate::model::source::{Egress, Expect, Source, SourceKind, SourceState};
use crate::parse::{self, Feed, Refusal};
use crate::render::text;
use crate::work::Plan;
use crate::work::reading::{Body, beside, decision, text as question};

/// What a source is called that was made up for the occasion: no configured id can be so.
const MADE_UP: &str = "(try)";

/// A zone that no publisher writes by: what moves in it names none.
const ELSEWHERE: Tz = Tz::Pacific__Kiritimati;

/// What to read, and as whose.
#[derive(Debug, Args)]
pub struct Options {
    /// An address (http or https) or a file
    #[arg(value_name = "URL|FILE")]
    what: String,
    /// Read it as this source of the configuration would be read [default: the source with this
    /// address, if there is one]
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Let the egress gate through to this private range, as `allow_private` does
    #[arg(long, value_name = "CIDR")]
    allow_private: Vec<ipnet::IpNet>,
    /// Show at most this many items
    #[arg(long, value_name = "N", default_value_t = 10)]
    items: usize,
}

/// A home page names a feed, or sends on to a page that does; more steps are a maze.
const STEPS_MAX: usize = 3;

/// Reads and shows.
pub async fn run(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(Ready { plan, unmet, zoneless, .. }) = load::ready(config, |_| false) else {
        return Ok(Exit::Misused);
    };
    let address =
        Url::parse(&options.what).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let source = source(&plan, &options, address.as_ref())?;
    if address.is_some() && is_out_of_reach(&unmet, &source) {
        return Ok(Exit::Misused);
    }
    let (source, feed, body) = match &address {
        Some(_) => from_web(&plan, source).await?,
        None => from_file(&plan, &options.what, source)?,
    };
    say::out(&head(&feed, body.bytes.len()));
    let own = !zoneless.contains(&source.id) && source.id != MADE_UP;
    if let Some(remark) = zone_remark(&plan, &feed, &body, &source, own) {
        say::out(&format!("  {remark}"));
    }
    let decisions: Vec<_> =
        feed.drafts.iter().map(|draft| decision(&plan, &source, draft)).collect();
    let flagged = decisions.iter().filter(|decision| decision.is_flagged()).count();
    let zone = plan.settings.daemon.timezone;
    for (draft, decision) in feed.drafts.iter().zip(&decisions).take(options.items) {
        let flagged = decision.is_flagged();
        let near = if flagged { None } else { plan.matcher.near_miss(&question(&source, draft)) };
        say::out(&item(draft, decision, near.as_ref(), zone));
    }
    let rest = feed.drafts.len().saturating_sub(options.items);
    if rest > 0 {
        say::out(&format!("\n… and {rest} more; `--items {}` shows all", feed.drafts.len()));
    }
    let items = counted(feed.drafts.len() as u64, "item", "items");
    say::out(&format!("\n{items}, {} flagged", count(flagged as u64)));
    if address.is_some_and(|address| address != source.url) {
        say::out(&format!("to poll this, write url = \"{}\"", source.url));
    }
    Ok(Exit::Good)
}

/// Says what is missing to ask this source, if anything is: a proxy whose address is a secret.
fn is_out_of_reach(unmet: &[Fault], source: &Source) -> bool {
    let is_needed = |need: &Need| match need {
        Need::Network => true,
        Need::Source(id) => **id == *source.id,
        Need::Receiver(_) => false,
    };
    let missing: Vec<&Fault> =
        unmet.iter().filter(|fault| fault.need.as_ref().is_some_and(is_needed)).collect();
    say::faults(missing.iter().copied());
    missing.iter().any(|fault| fault.is_error())
}

/// How many dates name no zone, and in which they were read. They are those that move when the
/// document is read in another zone.
fn zone_remark(
    plan: &Plan,
    feed: &Feed,
    body: &Body,
    source: &Source,
    own: bool,
) -> Option<String> {
    let elsewhere = Source { timezone: ELSEWHERE, ..source.clone() };
    let moved = parsed(plan, body, &elsewhere).ok()?;
    let date = |draft: &Draft| draft.published.or(draft.updated);
    let all = feed.drafts.iter().filter(|draft| date(draft).is_some()).count() as u64;
    let pairs = feed.drafts.iter().zip(&moved.drafts);
    let bare = pairs.filter(|(here, there)| date(here) != date(there)).count() as u64;
    let zone = source.timezone;
    let whose = if own {
        format!("read in {zone}, the source's")
    } else {
        format!("read in {zone}, the daemon's; if that is wrong, give the source its `timezone`")
    };
    let all = counted(all, "date", "dates");
    (bare > 0).then(|| format!("{} of {all} without a zone: {whose}", count(bare)))
}

/// The source named, the one with this address, or one made up for the occasion.
fn source(plan: &Plan, options: &Options, address: Option<&Url>) -> anyhow::Result<Source> {
    let found = match &options.source {
        Some(id) => Some(near::source(plan, id)?),
        None => plan.settings.sources.iter().find(|source| Some(&source.url) == address),
    };
    let mut source = found.cloned().unwrap_or_else(|| made_up(plan.settings.daemon.timezone));
    if let Some(address) = address {
        source.url = address.clone();
    }
    source.egress.allow_private.extend(&options.allow_private);
    Ok(source)
}

fn made_up(timezone: Tz) -> Source {
    Source {
        id: MADE_UP.to_owned(),
        title: "try".to_owned(),
        kind: SourceKind::Feed,
        url: Url::parse("http://file.invalid/").expect("a constant address"),
        every: std::time::Duration::from_mins(15),
        own_host: false,
        timezone,
        language: None,
        implies: Vec::new(),
        expect: Expect { items_min: 1, silence_max: None },
        backfill: None,
        cache_max: None,
        headers: Vec::new(),
        encoding: None,
        identity: None,
        egress: Egress::default(),
        enabled: true,
        place: Place::file("command line"),
    }
}

/// Reads a source where it is, or where the page in its place points to. Hands back where it was
/// read, and what there was.
async fn from_web(plan: &Plan, mut source: Source) -> anyhow::Result<(Source, Feed, Body)> {
    let first = source.url.clone();
    for step in 0.. {
        let (trouble, body) = fetched(plan, &source).await?;
        let read = parsed(plan, &body, &source);
        let said = |read: &Result<Feed, Refusal>| match (&trouble, read) {
            (Some((reason, status)), read) => beside(reason, *status, read),
            (None, Err(refusal)) => refusal.to_string(),
            (None, Ok(_)) => String::new(),
        };
        match read {
            Ok(feed) if trouble.is_none() => return Ok((source, feed, body)),
            Err(Refusal::Html { ref pointers, .. }) if step < STEPS_MAX => {
                let next = pointers.first().cloned();
                let said = said(&read);
                let Some(next) = next else { bail!("cannot read {}: {said}", source.url) };
                say::out(&format!("{}: {said}\n\nreading {next}\n", source.url));
                source = at(source, &first, next)?;
            }
            read => bail!("cannot read {}: {}", source.url, said(&read)),
        }
    }
    bail!("cannot read {first}: it leads on and on")
}

/// The source at an address that one of its pages named: it goes by what the web's redirects may do,
/// and what was configured for another house (keys, cookies) stays there.
fn at(source: Source, first: &Url, next: Url) -> anyhow::Result<Source> {
    let at_home = next.host() == first.host()
        && next.port_or_known_default() == first.port_or_known_default();
    if !at_home && !gate::port(&next, &[]) {
        bail!("{first} points to {next}, and its port is refused: name that address yourself");
    }
    let same = next.origin() == source.url.origin();
    let headers = if same { source.headers.clone() } else { Vec::new() };
    Ok(Source { url: next, headers, ..source })
}

/// The answer's body; beside it the trouble that its status is, if it is one.
async fn fetched(
    plan: &Plan,
    source: &Source,
) -> anyhow::Result<(Option<(String, Option<u16>)>, Body)> {
    let daemon = &plan.settings.daemon;
    let manners = Manners {
        contact: daemon.contact.clone(),
        proxy: daemon.proxy.clone(),
        extra_ca: daemon.extra_ca.clone(),
        ..Manners::default()
    };
    let client = Client::new(manners)?;
    let limits = fetch::Limits {
        body_bytes_max: daemon.body_bytes_max,
        timeout: daemon.fetch_timeout,
        ..fetch::Limits::default()
    };
    let fetched =
        fetch::get(&client, source, &SourceState::default(), &limits, Clock::System.now()).await;
    match (fetched.answer, fetched.beside) {
        (Answer::Body { bytes, content_type, url, truncated, .. }, _) => {
            Ok((None, Body { bytes, content_type, url, truncated }))
        }
        (Answer::NotModified, _) => {
            bail!("{} answered 304 though nothing was known of it", source.url)
        }
        (Answer::Trouble { reason }, Some(page)) => {
            let Page { bytes, content_type, url, truncated } = page;
            let body = Body { bytes, content_type, url, truncated };
            Ok((Some((reason, fetched.status)), body))
        }
        (Answer::Trouble { reason }, None) => bail!("{reason}"),
    }
}

fn parsed(plan: &Plan, body: &Body, source: &Source) -> Result<Feed, Refusal> {
    let context = parse::Context {
        url: Some(&body.url),
        content_type: body.content_type.as_deref(),
        encoding: source.encoding.as_deref(),
        language: source.language.as_deref(),
        timezone: source.timezone,
        now: Clock::System.now(),
        bytes_max: plan.settings.daemon.body_bytes_max,
        truncated: body.truncated,
    };
    parse::feed(&body.bytes, &context)
}

fn from_file(plan: &Plan, path: &str, source: Source) -> anyhow::Result<(Source, Feed, Body)> {
    let bytes = std::fs::read(path).or_else(|error| match path.split_once("://") {
        Some((scheme, _)) => bail!("only http and https addresses are read, not {scheme}"),
        None => bail!("cannot read {}: {error}", files::absolute(Path::new(path)).display()),
    })?;
    let url = source.url.clone();
    let body = Body { bytes: bytes.into(), content_type: None, url, truncated: false };
    let feed = parsed(plan, &body, &source).with_context(|| format!("cannot read {path}"))?;
    Ok((source, feed, body))
}

fn head(feed: &Feed, bytes: usize) -> String {
    let mut lines = vec![
        text::clean(&feed.title),
        format!(
            "  {} · {} · {} · {} KiB",
            feed.format.name(),
            feed.encoding,
            counted(feed.drafts.len() as u64, "item", "items"),
            bytes.div_ceil(1024)
        ),
    ];
    let mended = feed.warnings.iter().map(|warning| text::clean(&warning.to_string()));
    lines.extend(mended.map(|warning| format!("  mended: {warning}")));
    lines.join("\n")
}

fn item(draft: &Draft, decision: &Decision, near: Option<&NearMiss>, zone: Tz) -> String {
    let dated = draft
        .published
        .or(draft.updated)
        .map_or_else(|| "undated".to_owned(), |at| instant(at, zone));
    let link = draft.link.as_ref().map_or("no link", Url::as_str);
    let mut lines = vec![String::new(), text::clean(&draft.title), format!("  {dated} · {link}")];
    let flags = decision.flags.iter();
    lines.extend(
        flags.map(|flag| format!("  FLAGGED by {}: {}", flag.watch, text::clean(&flag.reason))),
    );
    lines.extend(
        near.map(|near| format!("  nearest: {}: {}", near.watch, text::clean(&near.lacking))),
    );
    lines.join("\n")
}
