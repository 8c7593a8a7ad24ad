//! Who writes to a stream or a file: one thread a place, and one message at a time.
//!
//! A reader that does not read, or a disk that hangs, blocks a write for as long as it likes, and no
//! deadline can take back what is half out. So each place has a turn that a write keeps until it is
//! through: a frozen place costs one thread, and nobody else's. Whoever waits for a write may give up;
//! the write goes on and is asked for later, never made again beside itself. Called by `terminal` and
//! `file`; `work` keeps the pens and asks what became of a write that it gave up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

use crate::model::receiver::Verdict;
use crate::notify::retry;

/// What a write came to; `None` while it is under way.
type Written = watch::Receiver<Option<Verdict>>;

/// The writers of a process: as many as there are places to write to, which the configuration counts.
#[derive(Debug, Default)]
pub struct Pens {
    turns: Mutex<HashMap<String, Arc<Semaphore>>>,
    /// The writes whose end nobody has heard yet, by delivery.
    writes: Mutex<HashMap<Uuid, Written>>,
}

/// A write that goes on though nobody waited for its end.
#[derive(Debug)]
pub struct Unfinished<'a> {
    pens: &'a Pens,
    delivery: Uuid,
    written: Written,
}

impl Pens {
    /// Does `work` on the thread of `place`, when it is its turn. Dropped before that, nothing was
    /// written; dropped later, the write goes on. A delivery that is being written is waited for.
    pub(crate) async fn write(
        &self,
        place: &str,
        delivery: Uuid,
        work: impl FnOnce() -> Verdict + Send + 'static,
    ) -> Verdict {
        if let Some(unfinished) = self.unfinished(delivery) {
            return unfinished.ended().await;
        }
        let Ok(turn) = self.turn(place).acquire_owned().await else {
            return retry("the write was given up");
        };
        match begin(place, turn, work) {
            Ok(written) => {
                locked(&self.writes).insert(delivery, written.clone());
                Unfinished { pens: self, delivery, written }.ended().await
            }
            Err(error) => retry(format!("there is no thread to write with: {error}")),
        }
    }

    /// The write of a delivery that is under way, or whose end nobody has heard.
    pub fn unfinished(&self, delivery: Uuid) -> Option<Unfinished<'_>> {
        let written = locked(&self.writes).get(&delivery).cloned()?;
        Some(Unfinished { pens: self, delivery, written })
    }

    fn turn(&self, place: &str) -> Arc<Semaphore> {
        let mut turns = locked(&self.turns);
        let turn = turns.entry(place.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1)));
        Arc::clone(turn)
    }
}

impl Unfinished<'_> {
    /// Waits for the end of the write.
    pub async fn ended(mut self) -> Verdict {
        let verdict = match self.written.wait_for(Option::is_some).await {
            Ok(verdict) => verdict.clone(),
            Err(_) => None,
        };
        locked(&self.pens.writes).remove(&self.delivery);
        verdict.unwrap_or_else(|| retry("the write failed inside bongsu"))
    }
}

/// A thread of its own, not one of those that readings and look-ups share. It cannot be waited for: what
/// blocks it ends with the process.
fn begin(
    place: &str,
    turn: OwnedSemaphorePermit,
    work: impl FnOnce() -> Verdict + Send + 'static,
) -> std::io::Result<Written> {
    let (tell, written) = watch::channel(None);
    std::thread::Builder::new().name(format!("write {place}")).spawn(move || {
        tell.send_replace(Some(work()));
        drop(turn);
    })?;
    Ok(written)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::time::timeout;

    use super::*;

    /// Work that blocks until its sender is used or dropped.
    fn blocked() -> (mpsc::Sender<()>, impl FnOnce() -> Verdict + Send + 'static) {
        let (release, held) = mpsc::channel::<()>();
        (release, move || {
            held.recv().unwrap_or_default();
            Verdict::Delivered
        })
    }

    fn never() -> Verdict {
        panic!("written a second time")
    }

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    #[tokio::test]
    async fn a_write_that_was_given_up_goes_on_and_is_not_made_again() {
        let pens = Pens::default();
        let (release, work) = blocked();
        assert!(timeout(Duration::ZERO, pens.write("out", A, work)).await.is_err());
        // Tried again while it is under way: it is waited for.
        assert!(pens.write("out", A, never).now_or_never().is_none());
        let unfinished = pens.unfinished(A).unwrap();
        release.send(()).unwrap();
        assert_eq!(unfinished.ended().await, Verdict::Delivered);
        assert!(pens.unfinished(A).is_none(), "its end was heard");
    }

    #[tokio::test]
    async fn the_end_of_a_write_is_kept_until_somebody_asks() {
        let pens = Pens::default();
        let (release, work) = blocked();
        assert!(timeout(Duration::ZERO, pens.write("out", A, work)).await.is_err());
        release.send(()).unwrap();
        assert_eq!(pens.write("out", B, || Verdict::Delivered).await, Verdict::Delivered);
        assert_eq!(pens.write("out", A, never).await, Verdict::Delivered);
    }

    #[tokio::test]
    async fn a_frozen_place_has_one_writer_and_holds_up_no_other_place() {
        let pens = Pens::default();
        let (_release, work) = blocked();
        assert!(timeout(Duration::ZERO, pens.write("out", A, work)).await.is_err());
        for _ in 0..100 {
            assert!(timeout(Duration::ZERO, pens.write("out", B, never)).await.is_err());
        }
        assert!(pens.unfinished(B).is_none(), "it never began");
        assert_eq!(pens.write("file", B, || Verdict::Delivered).await, Verdict::Delivered);
    }

    #[tokio::test]
    async fn a_write_that_panics_is_tried_again_and_gives_its_turn_back() {
        let pens = Pens::default();
        assert!(matches!(pens.write("out", A, never).await, Verdict::Retry { .. }));
        assert_eq!(pens.write("out", A, || Verdict::Delivered).await, Verdict::Delivered);
    }
}
