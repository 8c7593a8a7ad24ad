//! The result of a poll, offered to the store until it takes it or there is no more time.
//!
//! A disk that was full for a minute must cost neither the result nor another request to the publisher.
//! Called by `work::visit`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::store::error::Error;
use crate::store::polls::{Poll, Receipt};
use crate::work::Bench;

/// While the store refuses a result, wait this long before offering it again.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// Keeps a result; again and again while the store refuses and `until` allows. The claim must hold as
/// long, so that nobody polls the source meanwhile.
pub async fn keep(
    bench: &Bench,
    poll: &Poll<'_>,
    now: DateTime<Utc>,
    until: Instant,
) -> Result<Receipt, Error> {
    loop {
        let error = match bench.store.commit_poll(poll, now).await {
            Ok(receipt) => {
                bench.notes.store_works();
                return Ok(receipt);
            }
            Err(error) => error,
        };
        if !error.passes() || Instant::now() + STORE_WAIT >= until {
            return Err(error);
        }
        bench.notes.store_refuses(&error, bench.clock.now());
        tokio::time::sleep(STORE_WAIT).await;
    }
}
