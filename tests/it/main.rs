//! The integration tests: the real binary, the real store, the real HTTP stack, against stub
//! publishers and receivers on loopback.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]
#![expect(clippy::disallowed_methods, reason = "stubs live as long as their test's runtime")]
#![expect(clippy::format_push_string, clippy::format_collect, reason = "documents are built here")]

mod bench;
mod commands;
mod crash;
mod deciding_case;
mod disk;
mod explain;
mod faults;
mod feeds;
mod fetching;
mod headlines;
mod health;
mod hostile;
mod ledger;
mod manners;
mod messages;
mod monsters;
mod order;
mod publisher;
mod reading;
mod receivers;
mod recognition;
mod replay;
mod shutdown;
mod steps;
mod steps_delivery;
mod steps_time;
mod telling;
mod trouble;
mod twice;
mod upgrade;
mod words;
mod world;
