//! bongsu (봉수, the beacon-fire chain that carried news across Korea to Seoul) watches public
//! sources of the European Union and the Republic of Korea, and lights a beacon in Slack, or at any
//! webhook, when the two meet.

pub mod model;

pub mod calendar;
pub mod config;
pub mod matching;
pub mod parse;
pub mod render;

pub mod files;
pub mod http;
pub mod store;

pub mod fetch;
pub mod notify;

pub mod work;

pub mod schedule;
pub mod web;

pub mod daemon;

pub mod cli;

pub mod clock;
pub mod telemetry;
