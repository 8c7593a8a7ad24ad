//! Any text as a query: read, or refused with its place.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    bongsu_fuzz::pace::keeps(bongsu_fuzz::decisions::query, data);
});
