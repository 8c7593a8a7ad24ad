//! What a sound configuration means: includes, patches, secrets, variables.

use std::time::Duration;

use super::tree::File;
use super::*;
use crate::model::receiver::ReceiverKind;
use crate::model::source::IdentityRule;

const SOURCE: &str = "[[source]]\nid = \"news\"\nurl = \"https://news.example.org/feed\"\n";

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::new(files.first().map_or("", |(name, _)| name).to_owned());
    for (name, text) in files {
        let content = Ok(text.as_bytes().to_vec().into());
        tree.add(*name, File { content, exposed: false });
    }
    tree
}

fn settings(files: &[(&str, &str)], surroundings: &Surroundings) -> Settings {
    let loaded = load(&tree(files), surroundings);
    let errors: Vec<&Fault> = loaded.faults.iter().filter(|fault| fault.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    loaded.settings.expect("there is no error")
}

fn of(text: &str) -> Settings {
    settings(&[("bongsu.toml", text)], &Surroundings::default())
}

fn environment(pairs: &[(&str, &str)]) -> Surroundings {
    let environment = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Surroundings { environment, ..Default::default() }
}

fn warnings(text: &str, surroundings: &Surroundings, exposed: bool) -> String {
    let mut tree = Tree::new("bongsu.toml");
    tree.add("bongsu.toml", File { content: Ok(text.as_bytes().to_vec().into()), exposed });
    let faults = load(&tree, surroundings).faults;
    faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_source_takes_every_knob() {
    let text = "[concept.korea]\nko = [\"한국\"]\n\n[[source]]\nid = \"news\"\n\
        url = \"https://news.example.org/feed\"\nevery = \"1h30m\"\ntimezone = \"Asia/Seoul\"\n\
        language = \"ko\"\nimplies = [\"korea\"]\nexpect = { items_min = 5, silence_max = \"4d\" }\n\
        backfill = \"2d\"\ncache_max = \"1h\"\nheaders = { Zeta = \"1\", Alpha = \"2\" }\nencoding = \"cp949\"\n\
        identity = { query = \"nttSeqNo\" }\nallow_private = [\"10.1.2.0/24\", \"127.0.0.1\"]\n\
        enabled = false\n";
    let settings = of(text);
    let source = settings.sources.first().expect("it is there");
    assert_eq!(source.every, Duration::from_mins(90));
    assert_eq!(source.timezone, chrono_tz::Asia::Seoul);
    assert_eq!(source.implies, ["korea"]);
    assert_eq!(source.expect.items_min, 5);
    assert_eq!(source.expect.silence_max, Some(Duration::from_hours(4 * 24)));
    assert_eq!(source.backfill, Some(Duration::from_hours(2 * 24)));
    assert_eq!(source.cache_max, Some(Duration::from_hours(1)));
    let pairs = [("Zeta", "1"), ("Alpha", "2")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(source.headers, pairs, "headers keep their order");
    assert_eq!(source.encoding.as_deref(), Some("cp949"));
    assert_eq!(source.identity, Some(IdentityRule::Query(vec!["nttSeqNo".into()])));
    let ranges: Vec<String> = source.egress.allow_private.iter().map(ToString::to_string).collect();
    assert_eq!(ranges, ["10.1.2.0/24", "127.0.0.1/32"]);
    assert!(!source.enabled);
    assert_eq!(source.place.to_string(), "bongsu.toml:5:6");
}

#[test]
fn a_wait_under_a_minute_is_for_hosts_of_ones_own() {
    let fast = format!("{SOURCE}every = \"5s\"\n");
    assert_eq!(of(&fast).sources.first().map(|s| s.every), Some(Duration::from_mins(1)));
    let own = format!("{fast}own_host = true\n");
    assert_eq!(of(&own).sources.first().map(|s| s.every), Some(Duration::from_secs(5)));
}

#[test]
fn the_environment_weighs_more_than_the_file() {
    let file = "[daemon]\nstore = \"sqlite:a.db\"\nlisten = \"127.0.0.1:1\"\n";
    let surroundings = environment(&[
        ("BONGSU_STORE", "sqlite:/data/b.db"),
        ("BONGSU_LISTEN", "0.0.0.0:7220"),
        ("BONGSU_TIMEZONE", "Asia/Seoul"),
        ("BONGSU_CONTACT", ""),
    ]);
    let daemon = settings(&[("bongsu.toml", file)], &surroundings).daemon;
    assert_eq!(daemon.store, PathBuf::from("/data/b.db"));
    assert_eq!(daemon.listen.to_string(), "0.0.0.0:7220");
    assert_eq!(daemon.timezone, chrono_tz::Asia::Seoul);
    assert_eq!(daemon.contact, None, "an empty variable counts as unset");
}

#[test]
fn a_fault_in_the_environment_names_the_variable() {
    let surroundings = environment(&[("BONGSU_STORE", "postgres://u:hunter2@db/x")]);
    let loaded = load(&tree(&[("bongsu.toml", SOURCE)]), &surroundings);
    let fault = loaded.faults.iter().find(|fault| fault.is_error()).expect("it is a fault");
    assert_eq!(fault.place.to_string(), "$BONGSU_STORE");
    assert!(!fault.to_string().contains("hunter2"));
}

#[test]
fn includes_resolve_against_the_file_that_names_them() {
    let files = [
        ("etc/bongsu.toml", "include = [\"packs/*.toml\", \"../common/extra.toml\"]\n"),
        ("etc/packs/b.toml", "include = [\"more/c.toml\"]\n[[watch]]\nid = \"b\"\nany = [\"b\"]\n"),
        ("etc/packs/a.toml", "[[watch]]\nid = \"a\"\nany = [\"a\"]\n"),
        ("etc/packs/.a.toml", "not even TOML"),
        ("etc/packs/more/c.toml", "[[watch]]\nid = \"c\"\nany = [\"c\"]\n"),
        ("common/extra.toml", "include = [\"../etc/packs/a.toml\"]\n"),
    ];
    let settings = settings(&files, &Surroundings::default());
    let ids: Vec<&str> = settings.watches.iter().map(|watch| watch.id.as_str()).collect();
    assert_eq!(ids, ["a", "c", "b"], "in order of their names, what is included first, none twice");
}

#[test]
fn the_users_daemon_table_replaces_the_shipped_one_key_by_key() {
    let text = "include = [\"builtin:bongsu.toml\"]\n[daemon]\nlisten = \"127.0.0.1:7300\"\n";
    let settings = of(text);
    assert_eq!(settings.daemon.listen.port(), 7300);
    assert_eq!(settings.daemon.store, PathBuf::from("state/bongsu.db"));
    assert!(settings.sources.iter().any(|source| source.id == "ec-press-corner"));
}

#[test]
fn shipped_sources_can_be_taken_without_the_shipped_concepts() {
    let settings = of("include = [\"builtin:sources/*.toml\"]\n");
    assert!(settings.sources.iter().all(|source| source.implies.is_empty()));
}

#[test]
fn a_patch_replaces_adds_and_removes() {
    let text = "[concept.korea]\nen = [\"Korea\"]\nko = [\"한국\", { term = \"한\", exact = true }]\n\
        [[patch]]\nconcept = \"korea\"\nadd = { ko = [\"대한민국\"], unless = [\"북한\"] }\n\
        remove = { en = [\"Korea\"], ko = [\"한\"] }\n\
        [[patch]]\nsource = \"news\"\nevery = \"2h\"\nenabled = false\n";
    let settings = of(&format!("{SOURCE}{text}"));
    let concept = settings.concepts.first().expect("it is there");
    let terms: Vec<&str> = concept.terms.iter().map(|term| term.text.as_str()).collect();
    assert_eq!(terms, ["한국", "대한민국"]);
    assert_eq!(concept.unless.first().map(|term| term.text.as_str()), Some("북한"));
    let source = settings.sources.first().expect("it is there");
    assert_eq!((source.every, source.enabled), (Duration::from_hours(2), false));
}

#[test]
fn secrets_come_from_variables_and_files_without_their_line_ends() {
    let key = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
    let text = "[[receiver]]\nid = \"desk\"\nkind = \"webhook\"\nurl_file = \"secrets/url\"\n\
        secret_env = [\"NEW\", \"OLD\"]\n";
    let mut surroundings = environment(&[("NEW", key), ("OLD", key)]);
    let path = PathBuf::from("etc/secrets/url");
    surroundings.secrets.insert(path.clone(), Ok("https://hook.example.org/abc\r\n".into()));
    let files = [("etc/bongsu.toml", text)];
    assert_eq!(secret_files(&tree(&files)), [path]);
    let settings = settings(&files, &surroundings);
    match &settings.receivers.first().expect("it is there").kind {
        ReceiverKind::Webhook { url, secrets } => {
            assert_eq!(url.reveal(), "https://hook.example.org/abc");
            assert_eq!(secrets.len(), 2);
        }
        other => panic!("it is {}", other.name()),
    }
}

#[test]
fn an_optional_receiver_is_off_while_any_of_its_secrets_is_unset() {
    let text = "[[receiver]]\nid = \"desk\"\nkind = \"webhook\"\nurl_env = \"URL\"\n\
        secret_env = \"KEY\"\noptional = true\n";
    for pairs in [&[][..], &[("URL", "https://hook.example.org/")], &[("URL", " ")]] {
        let settings = settings(&[("bongsu.toml", text)], &environment(pairs));
        assert_eq!(settings.receivers.first().map(|r| r.enabled), Some(false), "{pairs:?}");
    }
    let off = text.replace("optional = true", "enabled = false");
    assert_eq!(of(&off).receivers.first().map(|r| r.enabled), Some(false));
}

#[test]
fn a_secret_in_a_file_that_everyone_reads_is_told_so() {
    let text = "[[receiver]]\nid = \"desk\"\nkind = \"slack\"\n\
        url = \"https://hooks.slack.com/services/T1/B1/hunter2\"\n";
    let told = warnings(text, &Surroundings::default(), true);
    assert!(told.contains("every user of this machine can read"), "{told}");
    let told = warnings(text, &Surroundings::default(), false);
    assert!(told.contains("written out") && !told.contains("every user"), "{told}");
}

#[test]
fn settings_and_surroundings_print_no_secret() {
    let text = "[daemon]\nproxy = \"http://me:hunter2@proxy.example.org:1\"\n\
        [[receiver]]\nid = \"desk\"\nkind = \"slack\"\nurl_env = \"URL\"\n";
    let surroundings = environment(&[("URL", "https://hook.example.org/hunter2")]);
    let settings = settings(&[("bongsu.toml", text)], &surroundings);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn patterns_match_within_one_part_of_a_path() {
    let cases = [
        ("a/*.toml", "a/b.toml", true),
        ("a/*.toml", "a/b/c.toml", false),
        ("a/*.toml", "a/.b.toml", false),
        ("*/b?.toml", "a/b1.toml", true),
        ("a/*b*.toml", "a/xbbx.toml", true),
        ("a/*b*.toml", "a/xx.toml", false),
        ("한국/*.toml", "한국/가.toml", true),
        ("a.toml", "a.toml.bak", false),
        ("*/a.toml", "/a.toml", false),
    ];
    for (pattern, name, expected) in cases {
        assert_eq!(tree::matches(pattern, name), expected, "{pattern} and {name}");
    }
}

#[test]
fn names_resolve_as_paths_do() {
    let cases = [
        ("bongsu.toml", "a.toml", "a.toml"),
        ("etc/bongsu.toml", "./x/../a.toml", "etc/a.toml"),
        ("etc/bongsu.toml", "../../a.toml", "../a.toml"),
        ("/etc/bongsu.toml", "a.toml", "/etc/a.toml"),
        ("etc/bongsu.toml", "/a.toml", "/a.toml"),
        ("etc/bongsu.toml", "builtin:sources/eu.toml", "builtin:sources/eu.toml"),
        ("builtin:bongsu.toml", "sources/eu.toml", "builtin:sources/eu.toml"),
    ];
    for (file, written, expected) in cases {
        assert_eq!(tree::resolve(file, written), expected, "{written} in {file}");
    }
}

#[test]
fn a_pattern_that_matches_its_own_file_takes_the_others() {
    let watch = "[[watch]]\nid = \"a\"\nany = [\"a\"]\n";
    let files = [("bongsu.toml", "include = [\"*.toml\", \"*/eu.toml\"]\n"), ("a.toml", watch)];
    let settings = settings(&files, &Surroundings::default());
    assert_eq!(settings.watches.len(), 1);
    assert!(settings.sources.is_empty(), "no pattern reaches into the embedded files");
}

#[test]
fn a_file_cut_anywhere_is_read_without_a_panic() {
    let pages = builtin::files().chain([("x".to_owned(), "en = [\"양자\", “퀀텀”]\n".as_bytes())]);
    for (_, bytes) in pages {
        for end in (0..bytes.len()).step_by(211) {
            let mut tree = Tree::new("cut.toml");
            let cut = bytes.get(..end).unwrap_or_default().to_vec();
            tree.add("cut.toml", File { content: Ok(cut.into()), exposed: false });
            let loaded = load(&tree, &Surroundings::default());
            assert_eq!(loaded.settings.is_none(), loaded.faults.iter().any(Fault::stops_all));
        }
    }
}
