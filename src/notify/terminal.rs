//! Standard output or standard error: alerts as text for whoever sits there.
//!
//! Called by `notify::send`; what the text says is `render::terminal`'s.

use std::io::{ErrorKind, IsTerminal, Write};

use crate::model::alert::Delivery;
use crate::model::receiver::{Stream, Verdict};
use crate::notify::pens::Pens;
use crate::notify::retry;
use crate::render::{Look, terminal};

/// Writes the alert, in colour if the stream is a terminal. A reader that does not read blocks this
/// stream's writer and nothing else.
pub(crate) async fn send(pens: &Pens, stream: Stream, delivery: &Delivery, look: &Look) -> Verdict {
    let colour = match stream {
        Stream::Out => std::io::stdout().is_terminal(),
        Stream::Err => std::io::stderr().is_terminal(),
    };
    let text = terminal::text(delivery, look, colour);
    let name = match stream {
        Stream::Out => "standard output",
        Stream::Err => "standard error",
    };
    let work = move || match stream {
        Stream::Out => write(&mut std::io::stdout().lock(), name, &text),
        Stream::Err => write(&mut std::io::stderr().lock(), name, &text),
    };
    pens.write(name, delivery.id, work).await
}

/// Delivered once the text is flushed.
fn write(out: &mut impl Write, name: &str, text: &str) -> Verdict {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Verdict::Delivered,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            retry(format!("nobody reads {name} any more"))
        }
        Err(error) => retry(format!("cannot write to {name}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufWriter};

    use super::*;

    /// A reader that has gone, as seen by the writer.
    struct Gone(ErrorKind);

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn an_alert_is_delivered_when_all_of_it_is_flushed() {
        let mut out = BufWriter::with_capacity(1 << 16, Vec::new());
        assert_eq!(write(&mut out, "standard output", "봉수\n"), Verdict::Delivered);
        assert_eq!(out.get_ref(), "봉수\n".as_bytes());
    }

    #[test]
    fn a_reader_that_has_gone_is_tried_again() {
        for (kind, wanted) in [
            (ErrorKind::BrokenPipe, "nobody reads standard output any more"),
            (ErrorKind::StorageFull, "cannot write to standard output"),
        ] {
            let mut out = BufWriter::with_capacity(1 << 16, Gone(kind));
            let Verdict::Retry { after: None, reason } =
                write(&mut out, "standard output", "봉수\n")
            else {
                panic!("{kind}: must be tried again");
            };
            assert!(reason.starts_with(wanted), "{reason}");
        }
    }
}
