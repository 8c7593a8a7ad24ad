//! `bongsu run`: the daemon, and what it says to whoever starts it at a terminal.
//!
//! Owns the signals; what they end is `daemon`'s.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::{Exit, load, say};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::config::standing;
use crate::daemon::{self, Daemon};
use crate::invocation;

/// Runs until a signal.
pub async fn run(config: Option<&Path>) -> anyhow::Result<Exit> {
    // First of all, so that a signal during a slow start is heard as well.
    let stop = listen_for_signals()?;
    let Some(plan) = load::plan(config) else {
        say::err(&format!(
            "the configuration cannot be used; mend it and check it with `{}`",
            invocation::command("check")
        ));
        return Ok(Exit::Misused);
    };
    let start = async {
        let bench = daemon::bench(Arc::new(plan), Clock::System).await?;
        let daemon_plan = Arc::clone(&bench.plan);
        let greeting = greeting(&bench.plan.settings, config.is_none());
        let daemon = Daemon::prepare(bench).await?;
        if std::io::stderr().is_terminal() {
            say::err(&greeting);
        } else {
            log_standing(&daemon_plan.settings);
        }
        anyhow::Ok(daemon)
    };
    let daemon = tokio::select! {
        daemon = start => daemon?,
        () = stop.cancelled() => return Ok(Exit::Good),
    };
    daemon.run(stop.cancelled()).await?;
    Ok(Exit::Good)
}

/// Gives a token that the first SIGINT or SIGTERM cancels. A second one is an order: the process ends
/// at once, which is safe, because the store holds all that matters.
fn listen_for_signals() -> anyhow::Result<CancellationToken> {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    #[expect(clippy::disallowed_methods, reason = "must outlive every owner; it ends the process")]
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if first {
                tracing::info!("asked to stop; a second signal ends the process at once");
                told.cancel();
            }
        }
        #[expect(clippy::exit, reason = "the second signal")]
        std::process::exit(130);
    });
    Ok(stop)
}

/// The same for whoever reads the log: who is on, and who is off for want of something.
fn log_standing(settings: &Settings) {
    for on in standing::on(settings, &[]) {
        tracing::info!("{on}");
    }
    for waiting in standing::waiting(settings) {
        tracing::warn!("{waiting}");
    }
    for off in standing::switched_off(settings) {
        tracing::info!("{off}");
    }
}

/// What a person who has just started the daemon needs to know.
fn greeting(settings: &Settings, builtin: bool) -> String {
    let mut text = String::from("\nbongsu is watching.\n\n");
    let sources: Vec<_> = settings.sources.iter().filter(|source| source.enabled).collect();
    let watches: Vec<_> = settings.watches.iter().filter(|watch| watch.enabled).collect();
    let mut line = |words: String| text.extend([words.as_str(), "\n"]);
    line(format!("  sources    {} polled, the first ones now", sources.len()));
    for source in sources.iter().take(4) {
        line(format!("             · {}, every {}", source.title, minutes(source.every)));
    }
    if sources.len() > 4 {
        line(format!("             · and {} more", sources.len() - 4));
    }
    let titles: Vec<_> = watches.iter().take(4).map(|watch| watch.title.as_str()).collect();
    let more =
        if watches.len() > 4 { format!(", and {} more", watches.len() - 4) } else { String::new() };
    line(format!("  watches    {}{more}", titles.join(", ")));
    let receivers: Vec<_> = settings
        .receivers
        .iter()
        .filter(|receiver| receiver.enabled)
        .map(|receiver| format!("{} ({})", receiver.id, receiver.kind.name()))
        .collect();
    line(format!("  alerts to  {}", receivers.join(", ")));
    for off in standing::off(settings) {
        line(format!("  off        {off}"));
    }
    line(format!("  store      {}", settings.daemon.store.display()));
    line(format!("  health     http://{}/readyz", settings.daemon.listen));
    line(String::new());
    line(
        "The first poll of a source is its baseline: what it already shows raises no alert.".into(),
    );
    line("After that, silence is normal: true news of this kind may come once a week.".into());
    line(format!("To see that alerts arrive: {}", invocation::command("receivers test")));
    if builtin {
        let own = invocation::command("--config my.toml");
        line(format!("This is the built-in configuration; your own: {own}"));
    }
    text
}

fn minutes(wait: std::time::Duration) -> String {
    match wait.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::greeting;

    #[test]
    fn the_banner_names_who_is_off_and_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bongsu.toml");
        let text = "[[receiver]]\nid = \"out\"\nkind = \"terminal\"\n\
                    [[receiver]]\nid = \"slack\"\nkind = \"slack\"\noptional = true\n\
                    url_file = \"absent.url\"\n";
        std::fs::write(&file, text).unwrap();
        let told = greeting(&crate::files::load(Some(&file)).settings.unwrap(), false);
        assert!(told.contains("  alerts to  out (terminal)\n"), "{told}");
        assert!(told.contains("  off        receiver slack is off: the file "), "{told}");
        assert!(told.contains("absent.url") && told.contains("no such file"), "{told}");
    }
}
