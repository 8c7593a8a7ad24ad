//! `[[receiver]]`: where alerts go.
//!
//! An address is a secret here: no fault repeats one. Called by `load`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fields::{Fields, with_cure};
use super::gather::Thing;
use super::secret::{self, Desk, Found};
use super::{egress, scalar};
use crate::model::fault::{Fault, Need, Weight};
use crate::model::near::nearest;
use crate::model::receiver::{Receiver, ReceiverKind, Secret, Stream};

/// The keys of a receiver.
pub(super) const KEYS: &[&str] = &[
    "id",
    "kind",
    "url",
    "url_env",
    "url_file",
    "secret_env",
    "secret_file",
    "path",
    "optional",
    "allow_private",
    "proxy",
    "proxy_env",
    "extra_ca",
    "enabled",
];
/// The kinds of receiver.
const KINDS: &[&str] = &["slack", "webhook", "terminal", "file"];
/// Keys that only receivers of some kinds take.
const BELONGS: &[(&str, &[&str])] = &[
    ("url", &["slack", "webhook"]),
    ("url_env", &["slack", "webhook"]),
    ("url_file", &["slack", "webhook"]),
    ("secret_env", &["webhook"]),
    ("secret_file", &["webhook"]),
    ("path", &["file"]),
    ("allow_private", &["slack", "webhook"]),
    ("proxy", &["slack", "webhook"]),
    ("proxy_env", &["slack", "webhook"]),
    ("extra_ca", &["slack", "webhook"]),
];

/// Whether a receiver's secrets are there.
enum State {
    On,
    /// A secret is missing or cannot be used: a fault, unless the receiver is optional.
    Waiting,
    /// By the user.
    SwitchedOff,
}

/// Checks one receiver.
pub(super) fn lower(thing: &Thing, desk: &mut Desk<'_>) -> Option<Receiver> {
    let owner = thing.owner();
    let mut fields = Fields { owner, table: &thing.table, faults: &mut *desk.faults };
    fields.refuse_unknown(KEYS);
    let kinds = "write kind = \"slack\", \"webhook\", \"terminal\" or \"file\"";
    let kind = fields.required("kind", kinds)?;
    if !KINDS.contains(&kind.value) {
        let message = format!("\"{}\" of {} is not a kind of receiver", kind.value, fields.owner);
        let cure = match nearest(kind.value, KINDS.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("the kinds of receiver are {}", KINDS.join(", ")),
        };
        fields.fault(Fault::error(kind.place.clone(), message).cure(cure));
        return None;
    }
    misplaced(&mut fields, kind.value);
    let optional = fields.boolean("optional").unwrap_or(false);
    let enabled = fields.boolean("enabled").unwrap_or(true);
    let around = (desk.tree, desk.surroundings);
    let mut state = if enabled { State::On } else { State::SwitchedOff };
    let need = Need::Receiver(thing.id.as_str().into());
    let mut lacking = None;
    let mut secrets =
        Secrets { optional, state: &mut state, lacking: &mut lacking, around, need: &need };
    let kind = match kind.value {
        "slack" => ReceiverKind::Slack { url: secrets.url(&mut fields, true) },
        "webhook" => ReceiverKind::Webhook {
            url: secrets.url(&mut fields, false),
            secrets: secrets.signing(&mut fields),
        },
        "file" => ReceiverKind::File { path: path(&mut fields, desk.surroundings) },
        _ => ReceiverKind::Terminal { stream: Stream::Out },
    };
    let egress = egress::lower(&mut fields, around, &need);
    let off = match state {
        State::On => None,
        State::Waiting => Some(lacking.clone().unwrap_or_default()),
        State::SwitchedOff => Some("enabled = false".to_owned()),
    };
    let (id, place) = (thing.id.clone(), thing.place.clone());
    Some(Receiver { id, kind, egress, enabled: off.is_none(), off, lacking, place })
}

fn misplaced(fields: &mut Fields<'_, '_>, kind: &str) {
    for (key, kinds) in BELONGS {
        if fields.has(key) && !kinds.contains(&kind) {
            let message = format!("`{key}` of {} means nothing to kind = \"{kind}\"", fields.owner);
            let cure = format!("remove it, or make the kind {}", kinds.join(" or "));
            let place = fields.place_of(key);
            fields.fault(Fault::error(place, message).cure(cure));
        }
    }
}

/// The file receiver's path, relative to the folder in which the program runs, as the store's is.
fn path(fields: &mut Fields<'_, '_>, surroundings: &super::Surroundings) -> PathBuf {
    let path = fields.required("path", "write path = \"state/alerts.jsonl\"");
    path.map(|text| surroundings.folder.join(text.value)).unwrap_or_default()
}

struct Secrets<'s, 'a> {
    optional: bool,
    state: &'s mut State,
    /// The first secret that is missing or cannot be used.
    lacking: &'s mut Option<String>,
    around: (&'a super::tree::Tree, &'a super::Surroundings),
    need: &'s Need,
}

impl Secrets<'_, '_> {
    fn url(&mut self, fields: &mut Fields<'_, '_>, slack: bool) -> Secret {
        let nothing = Secret::new("");
        let is_written = fields.has("url");
        match secret::one(fields, "url", self.around, |_| true) {
            Found::Here(secret, text) => {
                if let Err((message, cure)) = address(secret.reveal(), slack) {
                    let fault = Fault::error(
                        text.place.clone(),
                        format!("address of {}: {message}", fields.owner),
                    );
                    let fault = with_cure(fault, cure);
                    if is_written {
                        fields.fault(fault);
                    } else {
                        self.unusable(fields, fault);
                    }
                } else if is_clear_text(secret.reveal()) {
                    let message =
                        format!("address of {}: http sends its secret unencrypted", fields.owner);
                    let fault = Fault::warning(text.place.clone(), message);
                    fields.fault(fault.cure("use https"));
                }
                secret
            }
            Found::Unset(fault) => {
                self.unset(fields, fault);
                nothing
            }
            Found::Unread(fault) => {
                self.unusable(fields, fault);
                nothing
            }
            Found::Faulty => nothing,
            Found::Absent => {
                let message = format!("{} has no address", fields.owner);
                let cure = if slack {
                    "write url_env = \"SLACK_WEBHOOK_URL\" and put the webhook's address into that variable"
                } else {
                    "write url_env = \"MY_WEBHOOK_URL\" and put the address into that variable"
                };
                let place = fields.table.place.clone();
                fields.fault(Fault::error(place, message).cure(cure));
                nothing
            }
        }
    }

    fn signing(&mut self, fields: &mut Fields<'_, '_>) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for found in secret::many(fields, "secret", self.around.1) {
            match found {
                Found::Here(secret, text) => match signing_secret(secret.reveal()) {
                    Ok(()) => secrets.push(secret),
                    Err((message, cure)) => {
                        let message = format!("signing secret of {}: {message}", fields.owner);
                        let fault = Fault::error(text.place.clone(), message);
                        self.unusable(fields, with_cure(fault, cure));
                    }
                },
                Found::Unset(fault) => self.unset(fields, fault),
                Found::Unread(fault) => self.unusable(fields, fault),
                Found::Faulty | Found::Absent => {}
            }
        }
        secrets
    }

    /// Off receivers need no secrets, and optional ones are off without them.
    fn unset(&mut self, fields: &mut Fields<'_, '_>, mut fault: Fault) {
        let cure = fault.cure.take().unwrap_or_default();
        if self.optional {
            fault = fault.cure(cure);
            fault.weight = Weight::Note;
        } else {
            let or = "or write optional = true: the receiver is then off until it is set";
            fault = fault.cure(format!("{cure}, {or}"));
        }
        self.unusable(fields, fault);
    }

    /// What is wrong with a secret stops whoever sends with it, and nobody else; a receiver that is
    /// switched off sends nothing.
    fn unusable(&mut self, fields: &mut Fields<'_, '_>, fault: Fault) {
        self.lacking.get_or_insert_with(|| fault.words());
        if !matches!(self.state, State::SwitchedOff) {
            fields.fault(fault.needed_by(self.need.clone()));
            *self.state = State::Waiting;
        }
    }
}

fn address(text: &str, slack: bool) -> Result<(), (String, Option<String>)> {
    if text.contains("${") || text.starts_with('$') {
        let cure = "name the variable instead: url_env = \"SLACK_WEBHOOK_URL\"";
        return Err(("variables are not expanded in the configuration".into(), Some(cure.into())));
    }
    let url = scalar::web_address(text)?;
    let lower = text.to_lowercase();
    let placeholder = ["xxx", "your-", "your_", "/t00000000", "<", "%3c", "changeme", "…"];
    if slack && placeholder.iter().any(|word| lower.contains(word)) {
        let cure = "paste the address of your own incoming webhook: api.slack.com/apps, \"Incoming Webhooks\"";
        return Err(("this is the placeholder of an example".into(), Some(cure.into())));
    }
    let is_slack = url.host_str() == Some("hooks.slack.com");
    if slack && is_slack && url.path().trim_matches('/').split('/').count() < 4 {
        let cure = "it reads https://hooks.slack.com/services/T…/B…/…";
        return Err(("part of the Slack webhook's address is missing".into(), Some(cure.into())));
    }
    Ok(())
}

fn is_clear_text(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let local = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && !local
}

/// Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes.
fn signing_secret(text: &str) -> Result<(), (String, Option<String>)> {
    let cure = || Some("make one: echo \"whsec_$(openssl rand -base64 32)\"".to_owned());
    let Some(encoded) = text.strip_prefix("whsec_") else {
        return Err(("it does not begin with whsec_".into(), cure()));
    };
    match STANDARD.decode(encoded) {
        Ok(bytes) if (24..=64).contains(&bytes.len()) => Ok(()),
        Ok(_) => Err(("it must hold 24 to 64 bytes".into(), cure())),
        Err(_) => Err(("what follows whsec_ is not base64".into(), cure())),
    }
}
