//! `bongsu why URL|ID|TEXT`: what today's watches say of one item, what was decided when it came, and
//! what became of it.
//!
//! Owns the search for the item; the answer is `why_data`'s, how it looks at a terminal `why_text`'s.
//! Reads the store, if there is an item to look for, and changes nothing.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use url::Url;
use uuid::Uuid;

use crate::cli::past::Moment;
use crate::cli::why_data::{Answer, ItemData, Rules, Then, alert, answer};
use crate::cli::{Exit, load, match_, near, say, why_text};
use crate::clock::Clock;
use crate::identity::address;
use crate::invocation;
use crate::lang::count::count;
use crate::lang::shell::quoted;
use crate::model::near::nearest;
use crate::parse::url::absolute;
use crate::render::json::time;
use crate::store::history::{History, Remembered};
use crate::work::Plan;

/// A text on standard input is read up to here (bytes): the longest page is cut there as well.
const INPUT_MAX: u64 = 10 * 1024 * 1024;

/// The item, and how to tell of it.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct Options {
    /// The link of an item, its number (12, item:12), that of an alert (alert:7), the id of a
    /// delivery (the `webhook-id`), or any other text: a headline. `-` reads a headline, the rest of
    /// the text below it, or one object as `bongsu match` takes it, from standard input
    #[arg(value_name = "URL|ID|TEXT")]
    what: String,
    /// Judge a headline as an item of this source
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Judge a headline as one whose publisher stands for these concepts
    #[arg(long, value_name = "CONCEPT", value_delimiter = ',')]
    implies: Vec<String>,
    /// The lead below a headline
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// Tell of this watch alone
    #[arg(long, value_name = "WATCH")]
    watch: Option<String>,
    /// Print one JSON object: `item` (of the store, or null), `text`, `flagged`, `watches` (each with
    /// `found`, `missing`, `barred`), `rules` (hashes `today` and `then`), `then` (the watches that
    /// flagged it when it came), `alerts` (each with its `deliveries`)
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "Exit codes: 0 answered, whether flagged or not; 1 no such item, or the store cannot \
    be read;\n2 the configuration or the arguments are at fault";

/// Finds the item, asks the watches, answers.
pub async fn run(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan_to_read(config) else {
        return Ok(Exit::Misused);
    };
    if let Some(id) = &options.watch {
        near::watch(&plan, id)?;
    }
    let answer = match Asked::of(&options.what)? {
        Asked::Text => words(&plan, &options)?,
        asked => {
            if options.summary.is_some() || !options.implies.is_empty() {
                bail!(
                    "--summary and --implies go with a headline; an item of the store has its own"
                );
            }
            stored(&plan, &options, asked).await?
        }
    };
    if options.json {
        say::out(&crate::render::json::to_json(&answer));
    } else {
        say::out(&why_text::text(&answer, plan.settings.daemon.timezone));
    }
    Ok(Exit::Good)
}

/// What was asked for.
enum Asked {
    Link(Url),
    Item(i64),
    Alert(i64),
    Delivery(Uuid),
    Text,
}

impl Asked {
    fn of(what: &str) -> anyhow::Result<Self> {
        let what = what.trim();
        let number = |text: &str| text.trim_start_matches('#').parse::<i64>().ok();
        let named = |kind: &str| {
            let id = what.strip_prefix(kind)?.strip_prefix(':')?;
            // A headline has words behind its colon.
            (!id.contains(char::is_whitespace))
                .then(|| number(id).with_context(|| format!("`{id}` is no number of an {kind}")))
        };
        if let Some(id) = named("alert") {
            return id.map(Self::Alert);
        }
        if let Some(id) = named("item").or_else(|| number(what).map(Ok)) {
            return id.map(Self::Item);
        }
        if let Ok(id) = Uuid::parse_str(what) {
            return Ok(Self::Delivery(id));
        }
        let is_link = !what.contains(char::is_whitespace)
            && ["http://", "https://", "www."].iter().any(|head| what.starts_with(head));
        Ok(match absolute(what, None) {
            Some(link) if is_link => Self::Link(link),
            _ => Self::Text,
        })
    }
}

/// A text that somebody gave.
fn words(plan: &Plan, options: &Options) -> anyhow::Result<Answer> {
    let mut moment = given(plan, options)?;
    if let Some(id) = options.source.as_ref().or(moment.source.as_ref()) {
        let source = near::source(plan, id)?;
        moment.source = Some(source.id.clone());
        moment.implies.extend(source.implies.iter().cloned());
        moment.source_language.clone_from(&source.language);
    }
    let concepts: Vec<&str> = plan.settings.concepts.iter().map(|c| c.id.as_str()).collect();
    for id in &options.implies {
        if !concepts.contains(&id.as_str()) {
            return Err(near::unknown("concept", id, &concepts));
        }
        moment.implies.push(id.clone());
    }
    moment.implies.dedup();
    Ok(answer(plan, options.watch.as_deref(), &moment))
}

/// The text of the command line or of standard input.
fn given(plan: &Plan, options: &Options) -> anyhow::Result<Moment> {
    let mut text = options.what.clone();
    if text == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(INPUT_MAX).read_to_end(&mut bytes);
        read.context("cannot read standard input")?;
        String::from_utf8_lossy(&bytes).trim().clone_into(&mut text);
    }
    let mut moment = if text.starts_with('{') {
        let question = match_::read(&text).context("standard input is no item")?;
        Moment::of_line(plan, question, Clock::System.now())
    } else {
        let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
        Moment::of_words(title.trim(), rest.trim())
    };
    if let Some(summary) = &options.summary {
        moment.draft.summary.clone_from(summary);
    }
    if moment.draft.title.trim().is_empty() && moment.is_bare() {
        bail!("there is no text to judge; give a headline, a link, or an item's number");
    }
    Ok(moment)
}

/// An item of the store.
async fn stored(plan: &Plan, options: &Options, asked: Asked) -> anyhow::Result<Answer> {
    let history = History::open(&plan.settings.daemon.store).await?;
    let mut ids = match asked {
        Asked::Item(id) => vec![id],
        Asked::Alert(id) => history.of_alert(id).await?.into_iter().collect(),
        Asked::Delivery(id) => history.of_delivery(id).await?.into_iter().collect(),
        Asked::Link(link) => linked(&history, &link).await?,
        Asked::Text => Vec::new(),
    };
    let mut found = None;
    while let (None, Some(id)) = (&found, ids.first().copied()) {
        ids.remove(0);
        let wanted = |item: &Remembered| {
            options.source.as_ref().is_none_or(|source| item.item.source == *source)
        };
        found = history.item(id).await?.filter(wanted);
    }
    let Some(found) = found else { return Err(nothing(&history, options).await?) };
    let moment = Moment::of(plan, &found);
    let mut answer = answer(plan, options.watch.as_deref(), &moment);
    let item = &found.item;
    answer.item = Some(ItemData {
        id: item.id,
        source: item.source.clone(),
        link: item.draft.link.as_ref().map(Url::to_string),
        published: item.draft.published.map(time),
        seen_at: time(item.seen_at),
        version: item.version,
        headline_only: moment.is_bare(),
    });
    answer.rules =
        Some(Rules { today: plan.matcher.rule_set().to_owned(), then: found.rule_set.clone() });
    let flags = found.decision.into_iter().flat_map(|decision| decision.flags);
    answer.then = Some(flags.map(|flag| Then { watch: flag.watch, reason: flag.reason }).collect());
    answer.alerts = history.told(item.id).await?.into_iter().map(alert).collect();
    answer.others = ids;
    Ok(answer)
}

/// The items that ever had this address, by the keys that it makes with its fragment and without.
async fn linked(history: &History, link: &Url) -> anyhow::Result<Vec<i64>> {
    let mut bare = link.clone();
    bare.set_fragment(None);
    for link in [link.clone(), bare] {
        let found = history.by_link(&link).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Why there is no such item, and what may have been meant.
async fn nothing(history: &History, options: &Options) -> anyhow::Result<anyhow::Error> {
    let what = options.what.trim();
    let Some(extent) = history.extent().await? else {
        return Ok(anyhow!(
            "the store holds no item yet; `{}` reads the sources, and `{}` judges a headline without \
             a store",
            invocation::command("poll"),
            invocation::command("why \"TEXT\"")
        ));
    };
    let cure = match Asked::of(what)? {
        Asked::Link(link) => {
            let host = address::host(&link);
            let links = history.links_of(&host).await?;
            let read = invocation::command(&format!("try {}", quoted(what)));
            match nearest(what, links.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near} ?"),
                None => format!("`{read}` reads it from the web"),
            }
        }
        Asked::Item(_) => format!("items run from {} to {}", extent.first, extent.last),
        Asked::Alert(_) | Asked::Delivery(_) | Asked::Text => {
            "alerts are kept as long as their items; the number of an item does as well".to_owned()
        }
    };
    let of = options.source.as_ref().map(|id| format!(" of source {id}")).unwrap_or_default();
    Ok(anyhow!("the store has no item{of} for {what}, among {}; {cure}", count(extent.items)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_by_kind_needs_a_number_and_a_headline_may_begin_with_a_colon() {
        assert!(matches!(Asked::of("item:7"), Ok(Asked::Item(7))));
        assert!(matches!(Asked::of("#7"), Ok(Asked::Item(7))));
        assert!(matches!(Asked::of("alert:7"), Ok(Asked::Alert(7))));
        let refused = Asked::of("item:abc").err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("`abc` is no number of an item"));
        assert!(matches!(Asked::of("item: EU and Korea meet"), Ok(Asked::Text)));
    }
}
