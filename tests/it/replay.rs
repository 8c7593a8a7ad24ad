//! What once was found is looked at again: the kept corpus of the fuzz targets, and the documents
//! made to hurt, through the rooms as they are built here.

use std::path::Path;

use bongsu::parse::{Context, Feed, Refusal, feed};

use crate::monsters;

#[path = "../../fuzz/checks.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets call these functions from another crate")]
mod checks;
#[path = "../../fuzz/decisions.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets call these functions from another crate")]
mod decisions;

/// About the size of a hostile document here, where nothing is optimized.
const LARGE: usize = 160_000;

fn context() -> Context<'static> {
    Context {
        url: None,
        content_type: None,
        encoding: None,
        language: None,
        timezone: chrono_tz::Tz::Asia__Seoul,
        now: chrono::DateTime::from_timestamp(1_795_392_000, 0).unwrap(),
        bytes_max: usize::MAX,
        truncated: false,
    }
}

fn corpus(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| check(&bytes));
        assert!(outcome.is_ok(), "{}", path.display());
        files += 1;
    }
    assert!(files > 15, "{files} files in {}", folder.display());
}

#[test]
fn the_kept_documents_are_read_or_refused_as_they_should_be() {
    corpus("items", checks::items);
}

#[test]
fn the_kept_documents_are_mended_to_well_formed_ones() {
    corpus("mend", checks::mend);
}

#[test]
fn the_kept_dates_are_read_as_they_should_be() {
    corpus("dates", checks::dates);
}

#[test]
fn the_kept_texts_become_clean_texts_and_links() {
    corpus("text", checks::text);
}

#[test]
fn the_kept_queries_mean_what_they_say_or_are_refused_with_a_place() {
    corpus("query", decisions::query);
}

#[test]
fn the_kept_texts_are_matched_within_their_bounds_in_any_spelling() {
    corpus("matching", decisions::matching);
}

/// Reads a monster and says what is wrong with the outcome.
fn faults(monster: &monsters::Monster) -> Option<String> {
    let read: Result<Feed, Refusal> = feed(&monster.bytes, &context());
    if std::panic::catch_unwind(|| checks::judge(monster.bytes.len(), &read)).is_err() {
        return Some("its result is out of bounds".to_owned());
    }
    match (read, monster.items) {
        (Err(_), None) => None,
        (Err(refusal), Some(_)) => Some(format!("refused: {refusal}")),
        (Ok(feed), None) => Some(format!("read, with {} items", feed.drafts.len())),
        (Ok(feed), Some(least)) if feed.drafts.len() < least => {
            Some(format!("{} items: {:?}", feed.drafts.len(), feed.warnings))
        }
        (Ok(feed), _) if monster.warned && feed.warnings.is_empty() => {
            Some("something was lost without a word".to_owned())
        }
        (Ok(feed), Some(least)) => {
            let good =
                feed.drafts.iter().any(|draft| draft.title == "A calm day" || draft.title == "x");
            (least > 0 && least < 5_000 && !good)
                .then(|| format!("the good item is lost: {:?}", feed.warnings))
        }
    }
}

#[test]
fn no_document_made_to_hurt_breaks_its_reader() {
    let found: Vec<_> = monsters::all(LARGE)
        .iter()
        .filter_map(|monster| Some(format!("{}: {}", monster.name, faults(monster)?)))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
