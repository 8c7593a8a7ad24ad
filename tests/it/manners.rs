//! What commands say to whoever has just come: every fault in one run, no secret that is not
//! needed, hints that can be pasted.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

/// A configuration of its own, in a folder that a shell would take apart.
pub(crate) fn written(world: &World, text: &str) -> PathBuf {
    let folder = world.path("설정 파일");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("bongsu.toml");
    let store = world.path("bongsu.db").display().to_string();
    let daemon = format!("[daemon]\nstore = \"sqlite:{store}\"\nlisten = \"127.0.0.1:0\"\n");
    std::fs::write(&file, text.replace("[daemon]\n", &daemon)).unwrap();
    file
}

/// Two parties, and what each test needs beside them.
pub(crate) fn basis(more: &str) -> String {
    format!(
        "[daemon]\n[concept.eu]\nen = [\"EU\"]\n[concept.korea]\nen = [\"Korea\"]\n\
         [[source]]\nid = \"desk\"\nurl = \"https://desk.example/rss\"\ntimezone = \"Asia/Seoul\"\n{more}"
    )
}

pub(crate) const TERMINAL: &str = "[[receiver]]\nid = \"terminal\"\nkind = \"terminal\"\n";

/// The lines that open a fault, without their place.
fn headlines(stderr: &str) -> Vec<&str> {
    let heads =
        stderr.lines().filter(|line| line.contains(": error: ") || line.contains(": warning: "));
    heads.map(|line| line.split_once("bongsu.toml:").unwrap().1).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_files_queries_and_examples_are_told_in_one_run_in_the_order_of_the_file() {
    let world = World::new().await;
    let config = written(
        &world,
        &basis(
            "every = \"1x\"\n\
             [[watch]]\nid = \"misspelt\"\nwhen = \"@eu AND @korae\"\n\
             [[watch]]\nid = \"sound\"\nwhen = \"@eu AND @korea\"\nnotify = [\"nobody\"]\n\
             must_match = [\"EU and Japan\"]\n\
             [[watch]]\nid = \"lost\"\nwhen = \"source:dekk AND steel\"\n\
             [[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl_env = \"NO_SUCH\"\n",
        ),
    );
    let (code, _, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(2), "{stderr}");
    let heads = headlines(&stderr);
    let wanted = [
        "error: `every` of source \"desk\": \"1x\" is not a duration",
        "error: `@korae` is no concept and no watch",
        "error: `notify` of watch \"sound\" names receiver \"nobody\"",
        "error: watch `sound` does not match \"EU and Japan\"",
        "warning: watch `lost` asks for source:dekk",
        "error: the variable NO_SUCH, `url_env` of receiver \"slack\", is not set",
    ];
    assert_eq!(heads.len(), wanted.len(), "{stderr}");
    for (head, wanted) in heads.iter().zip(wanted) {
        assert!(head.contains(wanted), "{head}\nis not\n{wanted}");
    }
    assert!(stderr.contains("5 faults to mend"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fault_brings_forth_no_false_ones() {
    let world = World::new().await;
    // The concept is faulty, so nothing can be said of what builds on it; the other watch is tried.
    let faulty = basis(
        "[concept.chips]\nenn = [\"chip\"]\n\
         [[watch]]\nid = \"a\"\nwhen = \"@chips\"\nmust_match = [\"A chip\"]\n\
         [[watch]]\nid = \"b\"\nwhen = \"@a AND @eu\"\nmust_match = [\"A chip of the EU\"]\n\
         [[watch]]\nid = \"c\"\nwen = \"@eu\"\nmust_match = [\"EU\"]\n\
         [[watch]]\nid = \"d\"\nwhen = \"@c\"\nmust_match = [\"EU\"]\n\
         [[watch]]\nid = \"e\"\nwhen = \"@korea\"\nmust_match = [\"Japan\"]\n\
         [[receiver]]\nid = \"slack\"\nkind = \"slak\"\n",
    );
    let (_, _, stderr) = output(&world, &written(&world, &faulty), &["check"]);
    let heads = headlines(&stderr);
    assert_eq!(heads.len(), 4, "{stderr}");
    assert!(heads[0].contains("`enn`") && heads[1].contains("`wen`"), "{stderr}");
    assert!(heads[2].contains("watch `e` does not match \"Japan\""), "{stderr}");
    assert!(heads[3].contains("\"slak\" of receiver"), "{stderr}");

    // What a file that cannot be read defines is missed by nobody; what stands in it is not hidden.
    let broken = basis("[[watch]]\nid = \"a\"\nwhen = \"@there AND (steel\"\n");
    let config = written(&world, &format!("include = [\"concepts.toml\"]\n{broken}{TERMINAL}"));
    std::fs::write(config.with_file_name("concepts.toml"), "[concept.there]\nen = [\"x\"\n")
        .unwrap();
    let (_, _, stderr) = output(&world, &config, &["check"]);
    assert!(stderr.contains("concepts.toml:"), "{stderr}");
    assert!(!stderr.contains("@there` is no"), "{stderr}");
    assert!(stderr.contains("of watch `a`"), "the parenthesis is told: {stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_reads_needs_no_secret_and_what_sends_says_how_to_set_it() {
    let world = World::new().await;
    let unset = "[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl_env = \"NO_SUCH\"\n";
    let unread = "[[receiver]]\nid = \"hook\"\nkind = \"webhook\"\nurl_file = \".\"\n";
    let proxied = "proxy_env = \"NO_PROXY_HERE\"\n";
    let watch = "[[watch]]\nid = \"w\"\nwhen = \"@eu\"\n";
    let config = written(&world, &basis(&format!("{proxied}{watch}{unset}{unread}")));
    let feed = world.path("feed.xml");
    std::fs::write(&feed, rss(&[CALM])).unwrap();
    let file = feed.to_str().unwrap();
    let items = world.path("items.jsonl");
    std::fs::write(&items, "{\"id\":1,\"title\":\"EU\"}\n").unwrap();
    let items = items.to_str().unwrap();
    for reads in [
        vec!["why", "EU and Korea"],
        vec!["backtest", "--file", items],
        vec!["terms", "suggest", "--watch", "w", "--file", items],
        vec!["match"],
        vec!["parse", file],
        vec!["try", file],
    ] {
        let (code, _, stderr) = output(&world, &config, &reads);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{reads:?}");
    }
    // There is no store yet: that is told, and not the secrets.
    for reads in [&["receivers", "dead"][..], &["why", "1"], &["backtest"]] {
        let (code, _, stderr) = output(&world, &config, reads);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(
            stderr.contains("there is no store at /") && !stderr.contains("NO_SUCH"),
            "{stderr}"
        );
        assert!(!world.path("bongsu.db").exists(), "a question makes no store");
    }
    assert!(output(&world, &config, &["health"]).2.contains("no daemon answers"));
    for sends in [&["run"][..], &["poll"], &["receivers", "test"]] {
        let (code, _, stderr) = output(&world, &config, sends);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(
            stderr.contains("NO_SUCH, `url_env` of receiver \"slack\", is not set"),
            "{stderr}"
        );
        assert!(stderr.contains("export NO_SUCH='…' (docker run: -e NO_SUCH)"), "{stderr}");
        assert!(stderr.contains("`url_file` of receiver \"hook\": it is a folder"), "{stderr}");
        assert_eq!(stderr.contains("NO_PROXY_HERE"), sends != ["receivers", "test"], "{stderr}");
    }
    let (_, _, stderr) = output(&world, &config, &["receivers", "test", "hook"]);
    assert!(stderr.contains("\"hook\"") && !stderr.contains("NO_SUCH"), "{stderr}");
    let (code, _, stderr) = output(&world, &config, &["try", "https://desk.example/rss"]);
    assert_eq!((code, stderr.contains("NO_PROXY_HERE")), (Some(2), true), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optional_receiver_that_waits_for_its_secret_is_told_where_somebody_wonders() {
    let world = World::new().await;
    let watch = "[[watch]]\nid = \"w\"\nwhen = \"@eu\"\n";
    let slack =
        "[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl_env = \"NO_SUCH\"\noptional = true\n";
    let config = written(&world, &basis(&format!("{watch}{TERMINAL}{slack}")));
    let (code, stdout, stderr) = output(&world, &config, &["check"]);
    assert_eq!(
        (code, stdout.contains("1 source, 2 concepts, 1 watch (0 examples pass), 1 receiver")),
        (Some(0), true),
        "{stdout}"
    );
    assert!(stderr.contains("note: receiver slack is off: the variable NO_SUCH"), "{stderr}");
    let (code, _, stderr) = output(&world, &config, &["receivers", "test", "slack"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("receiver `slack` is off: the variable NO_SUCH"), "{stderr}");
    let (code, _, stderr) = output(&world, &config, &["receivers", "test", "slakc"]);
    assert_eq!((code, stderr.contains("did you mean `slack`?")), (Some(2), true), "{stderr}");
}

/// What stands between backquotes in a message and runs this program.
fn hints(text: &str) -> Vec<&str> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|part| part.contains("bongsu ") || part.contains("cargo "))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_names_the_configuration_and_does_what_it_says_when_it_is_pasted() {
    let world = World::new().await;
    let config = written(
        &world,
        &format!(
            "include = [\"builtin:watches/*.toml\", \"builtin:concepts/*.toml\"]\n[daemon]\n[[source]]\nid = \"desk\"\nurl = \"{}/feed/desk\"\nallow_private = [\"127.0.0.0/8\"]\n{TERMINAL}",
            world.base()
        ),
    );
    world.publish("desk", Page::feed(&rss(&[CALM])));
    let shown = format!("--config '{}' poll", config.display());
    let (_, _, stderr) = output(&world, &config, &["why", "1"]);
    let hint = *hints(&stderr).first().expect("a hint");
    assert!(hint.ends_with(&shown), "{hint}");
    // As a person pastes it, in another folder.
    let pasted =
        Command::new("sh").args(["-c", hint]).current_dir("/").env_clear().output().unwrap();
    assert!(pasted.status.success(), "{}", String::from_utf8_lossy(&pasted.stderr));
    assert_eq!(output(&world, &config, &["why", "1"]).0, Some(0), "the store is there now");

    let (_, _, stderr) = output(&world, &config, &["health"]);
    assert!(hints(&stderr)[0].ends_with("bongsu.toml' run"), "{stderr}");
    let (_, _, stderr) = output(&world, &config, &["why", "https://a.example/?x=1&y='2'"]);
    let words = shlex::split(hints(&stderr)[0]).unwrap();
    assert_eq!(words[3..], ["try", "https://a.example/?x=1&y='2'"], "{stderr}");
    std::fs::write(&config, "wath = 1\n").unwrap();
    let (_, _, stderr) = output(&world, &config, &["run"]);
    assert!(hints(&stderr).iter().any(|hint| hint.ends_with("bongsu.toml' check")), "{stderr}");
    assert!(stderr.contains(&format!("{}:1:1: error", config.display())), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_out_of_a_checkout_is_run_by_cargo_and_any_other_is_not() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let cargo = [("CARGO", "cargo"), ("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))];
    let told = |name: &str| {
        let mut command = world.command(&config, &["why", "1"]);
        command.envs(cargo).env("CARGO_PKG_NAME", name);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    let (own, other) = (told("bongsu"), told("another-package"));
    assert!(hints(&own)[0].starts_with("cargo run "), "{own}");
    assert!(hints(&own)[0].ends_with(&format!("-- --config {} poll", config.display())), "{own}");
    assert!(hints(&other)[0].starts_with(env!("CARGO_BIN_EXE_bongsu")), "{other}");
    // Installed, as in a container: the bare name, which the shell there finds.
    let folder = Path::new(env!("CARGO_BIN_EXE_bongsu")).parent().unwrap();
    let mut command = world.command(&config, &["why", "1"]);
    let installed = command.env("PATH", folder).output().unwrap();
    let installed = String::from_utf8(installed.stderr).unwrap();
    assert!(
        installed.contains(&format!("`bongsu --config {} poll`", config.display())),
        "{installed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_in_messages_begin_at_the_root_however_they_were_given() {
    let world = World::new().await;
    std::fs::create_dir(world.path("sub")).unwrap();
    std::fs::write(
        world.path("my.toml"),
        "include = [\"more.toml\"]\n[daemon]\nstore = \"sqlite:here/x.db\"\n",
    )
    .unwrap();
    let root = std::fs::canonicalize(world.folder.path()).unwrap();
    let said = |arguments: &[&str]| {
        let mut command = world.command(Path::new("sub/../my.toml"), arguments);
        let output = command.current_dir(&root).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let told = said(&["check"]);
    let (my, more) = (root.join("my.toml"), root.join("more.toml"));
    assert!(
        told.contains(&format!("{}:1:12: error: cannot read {}", my.display(), more.display())),
        "{told}"
    );
    std::fs::write(world.path("my.toml"), "[daemon]\nstore = \"sqlite:here/x.db\"\n").unwrap();
    let told = said(&["why", "7"]);
    assert!(
        told.contains(&format!("there is no store at {}", root.join("here/x.db").display())),
        "{told}"
    );
    let told = said(&["try", "nothing.xml"]);
    assert!(
        told.contains(&format!("cannot read {}", root.join("nothing.xml").display())),
        "{told}"
    );
    let told = said(&["backtest", "--file", "nothing.jsonl"]);
    assert!(
        told.contains(&format!("cannot open {}", root.join("nothing.jsonl").display())),
        "{told}"
    );
}
