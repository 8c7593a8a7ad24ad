//! A file that grows by one JSON line an alert.
//!
//! Delivered means on the disk: the line is synced before the verdict. A line that a crash cut in
//! half is ended before the next one, so that it spoils no other; a write that fails is taken back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::model::alert::Delivery;
use crate::model::receiver::Verdict;
use crate::notify::pens::Pens;
use crate::notify::retry;
use crate::render::json;

/// Appends the alert. Receivers of one file share its writer.
pub(crate) async fn send(pens: &Pens, path: &Path, delivery: &Delivery) -> Verdict {
    let (line, path) = (json::line(delivery), path.to_owned());
    let place = path.display().to_string();
    let work = move || match append(&path, &line) {
        Ok(()) => Verdict::Delivered,
        Err(error) => retry(format!("cannot append to {}: {error}", path.display())),
    };
    pens.write(&place, delivery.id, work).await
}

/// Adds one line and waits until the disk has it; makes the file and its folder if need be.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    let fresh = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    if !file.metadata()?.is_file() {
        // A pipe or device: nothing to mend, nothing to sync.
        return file.write_all(format!("{line}\n").as_bytes());
    }
    // Another process may append to the same file. Where there are no locks, `append` still keeps
    // lines whole on a local disk.
    match file.lock() {
        Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
        _ => {}
    }
    let length = file.metadata()?.len();
    let start = if ends_in_half_line(&mut file, length)? { "\n" } else { "" };
    let written =
        file.write_all(format!("{start}{line}\n").as_bytes()).and_then(|()| file.sync_data());
    if let Err(error) = written {
        // Best effort: a half line that stays is ended by the next one.
        drop(file.set_len(length));
        return Err(error);
    }
    if fresh {
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn ends_in_half_line(file: &mut File, length: u64) -> io::Result<bool> {
    let Some(last) = length.checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    file.seek(SeekFrom::Start(last))?;
    file.read_exact(&mut byte)?;
    Ok(byte != *b"\n")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::render::sample;

    fn delivery() -> Delivery {
        sample::delivery(Uuid::from_u128(1), "file", DateTime::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn each_alert_is_one_line_in_a_file_that_is_made_when_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/alerts.jsonl");
        for _ in 0..3 {
            assert_eq!(send(&Pens::default(), &path, &delivery()).await, Verdict::Delivered);
        }
        let line = json::line(&delivery());
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{line}\n{line}\n{line}\n"));
    }

    #[tokio::test]
    async fn a_half_line_of_a_crash_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        fs::write(&path, "{\"whole\":1}\n{\"id\":\"가").unwrap();
        assert_eq!(send(&Pens::default(), &path, &delivery()).await, Verdict::Delivered);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, ["{\"whole\":1}", "{\"id\":\"가", &json::line(&delivery())]);
        assert!(text.ends_with('\n'));
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_is_tried_again_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let Verdict::Retry { after: None, reason } =
            send(&Pens::default(), folder.path(), &delivery()).await
        else {
            panic!("a folder is no file");
        };
        assert!(reason.starts_with("cannot append to /"), "{reason}");
        if Path::new("/dev/full").exists() {
            let verdict = send(&Pens::default(), Path::new("/dev/full"), &delivery()).await;
            assert!(matches!(verdict, Verdict::Retry { .. }), "{verdict:?}");
        }
    }
}
