//! `[daemon]`: the daemon's own matters, with their defaults and their variables.
//!
//! The defaults stand here and in `config/bongsu.toml`; a test holds the two together. Called by
//! `load`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;

use super::document::{Entry, Kind, Table, Value};
use super::fields::{Fields, Misread};
use super::gather::Gathered;
use super::settings::Daemon;
use super::tree::Tree;
use super::{Surroundings, egress, scalar};
use crate::model::fault::{Fault, Need, Place};

/// The keys of `[daemon]`.
pub(super) const KEYS: &[&str] = &[
    "store",
    "listen",
    "timezone",
    "contact",
    "proxy",
    "proxy_env",
    "extra_ca",
    "polls_max",
    "body_bytes_max",
    "fetch_timeout",
    "retention",
];

/// Settings that the environment may give, and that weigh more than the file's.
const VARIABLES: &[(&str, &str)] = &[
    ("BONGSU_STORE", "store"),
    ("BONGSU_LISTEN", "listen"),
    ("BONGSU_TIMEZONE", "timezone"),
    ("BONGSU_CONTACT", "contact"),
];

/// A day of news is far smaller; a body beyond this is a mistake or an attack.
const BODY_BYTES_MAX: i64 = 10 * 1024 * 1024;
/// Enough to poll a thousand sources in a minute, few enough to hold every body in memory.
const POLLS_MAX: i64 = 16;
const DAY: Duration = Duration::from_hours(24);

/// Checks `[daemon]`; `None` when a part of it cannot be used.
pub(super) fn lower(
    gathered: &Gathered,
    tree: &Tree,
    surroundings: &Surroundings,
    faults: &mut Vec<Fault>,
) -> Option<Daemon> {
    let table = with_environment(gathered, tree, surroundings);
    let mut fields = Fields { owner: "[daemon]".into(), table: &table, faults };
    fields.refuse_unknown(KEYS);
    let fetch_timeout = timeout(&mut fields);
    let retention = retention(&mut fields);
    let proxy = egress::proxy(&mut fields, (tree, surroundings), &Need::Network);
    let polls_max = fields.integer("polls_max", 1, 256).unwrap_or(POLLS_MAX);
    let least = 64 * 1024;
    let body_bytes_max =
        fields.integer("body_bytes_max", least, 256 * 1024 * 1024).unwrap_or(BODY_BYTES_MAX);
    Some(Daemon {
        store: surroundings.folder.join(
            fields.parsed("store", store).unwrap_or_else(|| PathBuf::from("state/bongsu.db")),
        ),
        listen: fields
            .parsed("listen", listen)
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7220))),
        timezone: fields.parsed("timezone", scalar::timezone).unwrap_or(Tz::Europe__Brussels),
        contact: fields.parsed("contact", contact),
        proxy,
        extra_ca: egress::extra_ca(&mut fields),
        polls_max: usize::try_from(polls_max).ok()?,
        body_bytes_max: usize::try_from(body_bytes_max).ok()?,
        fetch_timeout,
        retention,
    })
}

fn with_environment(gathered: &Gathered, tree: &Tree, surroundings: &Surroundings) -> Table {
    let mut entries = gathered.daemon.clone();
    for (variable, key) in VARIABLES {
        if let Some(value) = surroundings.variable(variable) {
            entries.retain(|entry| entry.key != *key);
            let place = Place::file(format!("${variable}"));
            entries.push(Entry {
                key: (*key).to_owned(),
                key_place: place.clone(),
                value: Value {
                    kind: Kind::Text(value.trim().to_owned()),
                    place,
                    raw: String::new(),
                },
            });
        }
    }
    Table { entries, place: Place::file(tree.root()) }
}

fn timeout(fields: &mut Fields<'_, '_>) -> Duration {
    let default = Duration::from_mins(1);
    let timeout = fields.duration("fetch_timeout").unwrap_or(default);
    if (1..=600).contains(&timeout.as_secs()) {
        return timeout;
    }
    let message = "`fetch_timeout` of [daemon] must lie between 1s and 10m";
    let cure = "60s suits slow servers; a poll that hangs longer keeps others waiting";
    fields.fault(Fault::error(fields.value_place("fetch_timeout"), message).cure(cure));
    default
}

fn retention(fields: &mut Fields<'_, '_>) -> Duration {
    let default = 400 * DAY;
    let retention = fields.duration("retention").unwrap_or(default);
    if retention < DAY {
        let message = "`retention` of [daemon] is less than a day";
        let cure = "what is forgotten while a feed still shows it would be told again: write 400d";
        fields.fault(Fault::error(fields.value_place("retention"), message).cure(cure));
        return default;
    }
    if retention < 60 * DAY {
        let message = "`retention` of [daemon] is short: some feeds show items for two months";
        let cure = "what is forgotten while a feed still shows it is told again: write 400d";
        fields.fault(Fault::warning(fields.value_place("retention"), message).cure(cure));
    }
    retention
}

/// `sqlite:PATH`, the path relative to the folder in which the program runs.
fn store(text: &str) -> Result<PathBuf, Misread> {
    let cure = || Some("write store = \"sqlite:state/bongsu.db\"".to_owned());
    if text.starts_with("postgres:") || text.starts_with("postgresql:") {
        return Err(("PostgreSQL is not in this version".into(), cure()));
    }
    let Some(path) = text.strip_prefix("sqlite:") else {
        // The text is not repeated: a database's address may hold a password.
        return Err(("the store must begin with sqlite:".into(), cure()));
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    match path {
        "" => Err(("the store has no path".into(), cure())),
        ":memory:" => Err(("a store in memory forgets everything at a restart".into(), cure())),
        path if path.contains('?') => Err(("the store takes no parameters".into(), cure())),
        path if path.ends_with('/') => Err(("the store is a folder, not a file".into(), cure())),
        path => Ok(PathBuf::from(path)),
    }
}

fn listen(text: &str) -> Result<SocketAddr, Misread> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let bare = text.trim_start_matches(':');
    let cure = if bare.parse::<u16>().is_ok() {
        format!("write the address too: \"127.0.0.1:{bare}\"")
    } else if let Some(port) = text.strip_prefix("localhost:") {
        format!("write the address, not a name: \"127.0.0.1:{port}\"")
    } else if text.parse::<std::net::IpAddr>().is_ok() {
        "add the port: \"127.0.0.1:7220\"".into()
    } else {
        "write an address and a port: \"127.0.0.1:7220\", or \"0.0.0.0:7220\" for every interface"
            .into()
    };
    Err((format!("\"{text}\" is not an address with a port"), Some(cure)))
}

/// It becomes part of a header, so it is one short line of ASCII.
fn contact(text: &str) -> Result<String, Misread> {
    let cure =
        || Some("write \"mailto:you@example.org\" or \"https://example.org/bot\"".to_owned());
    if !text.chars().all(|c| c.is_ascii_graphic()) || text.contains(['(', ')']) || text.len() > 200
    {
        return Err(("the contact must be one address, without blanks".into(), cure()));
    }
    if text.starts_with("mailto:") && text.contains('@')
        || text.starts_with("https://")
        || text.starts_with("http://")
    {
        return Ok(text.to_owned());
    }
    if text.contains('@') {
        return Err(("the contact has no scheme".into(), Some(format!("write \"mailto:{text}\""))));
    }
    Err(("the contact is neither a mail nor a web address".into(), cure()))
}
