//! `bongsu try URL|FILE`: what is read, what was mended, what matches and why. Stores nothing and
//! sends nothing.

use std::path::Path;

use anyhow::{Context as _, bail};
use chrono_tz::Tz;
use clap::Args;
use url::Url;

use crate::cli::shape::instant;
use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::fetch::{self, Answer};
use crate::http::{Client, Manners};
use crate::model::decision::{Decision, NearMiss};
use crate::model::fault::Place;
use crate::model::item::Draft;
use crate::model::source::{Egress, Expect, Source, SourceKind, SourceState};
use crate::parse::{self, Feed};
use crate::render::text;
use crate::work::Plan;
use crate::work::reading::{Body, decision, text as question};

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

/// Reads and shows.
pub async fn run(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan(config) else {
        return Ok(Exit::Misused);
    };
    let address =
        Url::parse(&options.what).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let source = source(&plan, &options, address.as_ref())?;
    let body = match &address {
        Some(_) => fetched(&plan, &source).await?,
        None => from_file(&options.what, &source)?,
    };
    let bytes = body.bytes.len();
    let context = parse::Context {
        url: Some(&body.url),
        content_type: body.content_type.as_deref(),
        encoding: source.encoding.as_deref(),
        language: source.language.as_deref(),
        timezone: source.timezone,
        now: Clock::System.now(),
        identity: source.identity.as_ref(),
        bytes_max: plan.settings.daemon.body_bytes_max,
        truncated: body.truncated,
    };
    let feed = parse::feed(&body.bytes, &context)
        .with_context(|| format!("cannot read {}", options.what))?;
    say::out(&head(&feed, bytes));
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
    say::out(&format!("\n{} items, {flagged} flagged", feed.drafts.len()));
    Ok(Exit::Good)
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
        id: "try".to_owned(),
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
        headers: Vec::new(),
        encoding: None,
        identity: None,
        egress: Egress::default(),
        enabled: true,
        place: Place::file("command line"),
    }
}

async fn fetched(plan: &Plan, source: &Source) -> anyhow::Result<Body> {
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
    match fetched.answer {
        Answer::Body { bytes, content_type, url, truncated, .. } => {
            Ok(Body { bytes, content_type, url, truncated })
        }
        Answer::NotModified => bail!("{} answered 304 though nothing was known of it", source.url),
        Answer::Trouble { reason } => bail!("{reason}"),
    }
}

fn from_file(path: &str, source: &Source) -> anyhow::Result<Body> {
    let bytes = std::fs::read(path).with_context(|| match path.split_once("://") {
        Some((scheme, _)) => format!("only http and https addresses are read, not {scheme}"),
        None => format!("cannot read {path}"),
    })?;
    Ok(Body { bytes: bytes.into(), content_type: None, url: source.url.clone(), truncated: false })
}

fn head(feed: &Feed, bytes: usize) -> String {
    let mut lines = vec![
        text::clean(&feed.title),
        format!(
            "  {} · {} · {} items · {} KiB",
            feed.format.name(),
            feed.encoding,
            feed.drafts.len(),
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
