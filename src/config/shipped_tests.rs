//! What is shipped holds together: the default loads, and page, code and mirror name the same keys.

use std::collections::BTreeSet;

use super::mirror;
use super::*;

/// `config/bongsu.toml` as the binary carries it.
fn page() -> String {
    let mut files = builtin::files();
    let (_, bytes) = files.find(|(name, _)| name == "builtin:bongsu.toml").expect("it is shipped");
    String::from_utf8(bytes.to_vec()).expect("it is UTF-8")
}

/// The page with every key that is commented out in use, alternatives included.
fn whole_page() -> String {
    let is_key = |line: &str| {
        line.split_once(" = ").is_some_and(|(key, _)| {
            !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
    };
    let is_header = |line: &str| line.starts_with('[') && line.ends_with(']');
    let used = |line: &str| match line.strip_prefix("# ") {
        Some(bare) if is_key(bare) || is_header(bare) => bare.to_owned(),
        _ => line.to_owned(),
    };
    page().lines().map(|line| used(line) + "\n").collect()
}

/// Every key of a table and the tables in it, as a path without the ids of concepts.
fn paths(value: &toml::Value, prefix: &str, found: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = format!("{prefix}.{key}");
                paths(value, &path, found);
                found.insert(path);
            }
        }
        toml::Value::Array(values) => {
            for value in values {
                paths(value, prefix, found);
            }
        }
        _ => {}
    }
}

fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_embedded_default_loads_and_lacks_nothing_but_a_slack_address() {
    let loaded = load(&Tree::builtin(), &Surroundings::default());
    let errors: Vec<Fault> = loaded.faults.into_iter().filter(Fault::is_error).collect();
    assert_eq!(told(&errors), Vec::<String>::new());
    let settings = loaded.settings.expect("no fault is an error");
    assert_eq!(settings.sources.len(), 13);
    let receivers: Vec<(&str, bool)> = settings
        .receivers
        .iter()
        .map(|receiver| (receiver.id.as_str(), receiver.enabled))
        .collect();
    assert_eq!(receivers, [("terminal", true), ("slack", false)]);
    assert!(settings.watches.iter().all(|watch| watch.notify.is_empty()));
}

#[test]
fn a_slack_address_in_the_environment_switches_the_shipped_receiver_on() {
    let url = "https://hooks.slack.com/services/T1/B1/abc";
    let environment = BTreeMap::from([("SLACK_WEBHOOK_URL".to_owned(), format!(" {url}\n"))]);
    let loaded = load(&Tree::builtin(), &Surroundings { environment, ..Default::default() });
    let settings = loaded.settings.expect("no fault is an error");
    let slack = settings.receivers.iter().find(|receiver| receiver.id == "slack");
    let slack = slack.expect("it is shipped");
    assert!(slack.enabled);
    match &slack.kind {
        crate::model::receiver::ReceiverKind::Slack { url: secret } => {
            assert_eq!(secret.reveal(), url);
        }
        other => panic!("it is {}", other.name()),
    }
}

#[test]
fn shipped_sources_imply_shipped_concepts() {
    let gathered = gather::gather(&Tree::builtin());
    let shipped: BTreeSet<&str> = gathered.ids(Noun::Concept).collect();
    let implied: BTreeSet<&str> = gathered
        .things
        .iter()
        .filter(|thing| thing.noun == Noun::Source)
        .filter_map(|thing| thing.table.get("implies"))
        .flat_map(|entry| match &entry.value.kind {
            document::Kind::List(values) => values.clone(),
            _ => Vec::new(),
        })
        .map(|value| match value.kind {
            document::Kind::Text(text) if text == "eu" => "eu",
            document::Kind::Text(text) if text == "korea" => "korea",
            other => panic!("a shipped source implies {other:?}"),
        })
        .collect();
    assert_eq!(implied, BTreeSet::from(["eu", "korea"]));
    assert!(shipped.is_empty() || implied.is_subset(&shipped), "{implied:?} of {shipped:?}");
}

#[test]
fn the_defaults_in_the_code_are_those_of_the_page() {
    let defaults = load(&Tree::builtin(), &Surroundings::default()).settings.expect("it loads");
    let mut bare = Tree::new("bare.toml");
    let content = Ok(b"".as_slice().into());
    bare.add("bare.toml", tree::File { content, exposed: false });
    let bare = load(&bare, &Surroundings::default()).settings.expect("it loads");
    assert_eq!(defaults.daemon, bare.daemon);
}

#[test]
fn every_key_of_the_page_goes_through_the_mirror_and_back() {
    let text = whole_page();
    let written: toml::Value = toml::from_str(&text).expect("the whole page is TOML");
    let file: mirror::File = toml::from_str(&text).expect("the mirror has every key of the page");
    let back = toml::Value::try_from(&file).expect("the mirror can be written");
    assert_eq!(written, back);
}

#[test]
fn every_key_of_the_code_stands_on_the_page() {
    let written: toml::Value = toml::from_str(&whole_page()).expect("the whole page is TOML");
    let mut found = BTreeSet::new();
    paths(&written, "", &mut found);
    let tables: [(&str, &[&str]); 9] = [
        ("", gather::KEYS),
        (".daemon", daemon::KEYS),
        (".source", source::KEYS),
        (".source.expect", source::EXPECT_KEYS),
        (".source.identity", source::IDENTITY_KEYS),
        (".concept.battery", concept::KEYS),
        (".concept.battery.ko", concept::TERM_KEYS),
        (".watch", watch::KEYS),
        (".receiver", receiver::KEYS),
    ];
    let patch = patch::KEYS.iter().map(|key| format!(".patch.{key}"));
    let wanted: BTreeSet<String> = tables
        .iter()
        .flat_map(|(table, keys)| keys.iter().map(move |key| format!("{table}.{key}")))
        .chain(patch)
        .collect();
    let missing: Vec<&String> = wanted.difference(&found).collect();
    assert!(missing.is_empty(), "config/bongsu.toml does not show {missing:?}");
}

#[test]
fn the_whole_page_is_a_configuration_but_for_its_alternatives() {
    let mut tree = Tree::new("builtin:whole.toml");
    let content = Ok(whole_page().into_bytes().into());
    tree.add("builtin:whole.toml", tree::File { content, exposed: false });
    let loaded = load(&tree, &Surroundings::default());
    let errors: Vec<String> =
        loaded.faults.iter().filter(|fault| fault.is_error()).map(|f| f.message.clone()).collect();
    let expected: Vec<&String> = errors
        .iter()
        .filter(|message| !message.contains(" at once") && !message.contains("was not read"))
        .filter(|message| !message.contains("is not set"))
        .filter(|message| !message.contains("names concept \"eu\""))
        .filter(|message| !message.contains("names concept \"korea\""))
        .collect();
    assert_eq!(expected, Vec::<&String>::new());
}
