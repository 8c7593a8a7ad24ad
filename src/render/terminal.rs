//! An alert as text for a terminal.
//!
//! ANSI sequences are ours alone and only when asked for; texts of others were cleaned of theirs.

use crate::model::alert::Delivery;
use crate::render::Look;
use crate::render::excerpt::{Segment, excerpt, headline as marked_headline, quotes};
use crate::render::facts::{headline, line, whys};
use crate::render::link::Link;

const RESET: &str = "\u{1b}[0m";
const BOLD: &str = "\u{1b}[1m";
const MARK: &str = "\u{1b}[1;33m";
const DIM: &str = "\u{1b}[2m";

/// Headline, link, publisher · date · language, excerpt, why; ends with an empty line. Hits are
/// yellow in colour; without it those of the excerpt stand between asterisks, and the headline stays
/// as it was published.
pub fn text(delivery: &Delivery, look: &Look, colour: bool) -> String {
    let alert = &delivery.alert;
    let mut out = String::new();
    let marked = marked_headline(&alert.draft, &alert.decision);
    let title = if colour && !marked.is_empty() {
        marked
    } else {
        vec![Segment { text: headline(alert), marked: false }]
    };
    let mut row = |indent: &str, text: &str| {
        out.push_str(indent);
        out.push_str(text);
        out.push('\n');
    };
    row("", &paint(&title, colour, BOLD));
    if let Some(link) = Link::new(alert.draft.link.as_ref()) {
        row("  ", &link.url);
    }
    let facts = line(delivery, look).join(" · ");
    row("  ", &if colour { format!("{DIM}{facts}{RESET}") } else { facts });
    let shown = excerpt(&alert.draft, &alert.decision);
    if !shown.is_empty() {
        row("  ", &paint(&shown, colour, ""));
    }
    for quote in quotes(&alert.draft, &alert.decision) {
        row("  ", &quote);
    }
    for why in whys(alert) {
        let reason =
            if why.reason.is_empty() { String::new() } else { format!(": {}", why.reason) };
        row("  ", &format!("→ {}{reason}", why.watch));
    }
    out.push('\n');
    out
}

/// Segments with their marks, the rest in `base`.
fn paint(segments: &[Segment], colour: bool, base: &str) -> String {
    let mut out = String::new();
    for Segment { text, marked } in segments {
        match (colour, marked) {
            (true, true) => out.extend([MARK, text, RESET]),
            (true, false) if base.is_empty() => out.push_str(text),
            (true, false) => out.extend([base, text, RESET]),
            (false, true) => out.extend(["*", text, "*"]),
            (false, false) => out.push_str(text),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::{delivery, look};

    #[test]
    fn an_alert_reads_well_without_colour() {
        insta::assert_snapshot!(text(&delivery(), &look(), false), @r#"
        EU & partners agree on 양자기술 research
          https://ec.europa.eu/news?id=1&lang=en
          European Commission · 2 Oct 2026, 09:35 CEST · English
          Brussels and Seoul will share test beds for *양자기술*의 표준. The *Republic of Korea* joins.
          → EU–Korea: eu: "EU" in the title · korea: "Korea" in the lead
        "#);
    }

    #[test]
    fn colour_is_ours_alone() {
        let mut delivery = delivery();
        for hostile in ["\u{1b}[2J", "\u{1b}]8;;http://evil.example\u{7}x", "\u{9b}1m", "a\rb\u{8}"]
        {
            delivery.alert.draft.title = format!("EU {hostile} Korea");
            delivery.alert.draft.summary = format!("EU {hostile} Korea");
            delivery.alert.publisher = hostile.to_owned();
            delivery.alert.language = Some(hostile.to_owned());
            delivery.alert.decision.flags[0].reason = hostile.to_owned();
            let plain = text(&delivery, &look(), false);
            assert!(plain.chars().all(|c| c == '\n' || !c.is_control()), "{plain:?}");
            let painted = [RESET, BOLD, MARK, DIM]
                .iter()
                .fold(text(&delivery, &look(), true), |text, ours| text.replace(ours, ""));
            assert!(painted.chars().all(|c| c == '\n' || !c.is_control()), "{painted:?}");
        }
    }
}
