//! The one door to `now`; a fake in tests. Named by `work` and above; the rooms below take `now`
//! as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's wall clock.
    #[default]
    System,
    /// A clock that stands still until a test moves it; milliseconds since 1970.
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fake(at: DateTime<Utc>) -> Self {
        Self::Fake(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the door")]
            Self::System => Utc::now(),
            Self::Fake(millis) => {
                DateTime::from_timestamp_millis(millis.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fake clock on; the system's clock stays as it is.
    pub fn advance(&self, by: std::time::Duration) {
        if let Self::Fake(millis) = self {
            millis.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
        }
    }
}
