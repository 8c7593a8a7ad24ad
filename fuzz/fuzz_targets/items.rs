//! Bytes to items: whatever comes, a refusal in one line or a feed within its bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: bongsu_fuzz::quiet::strict_parser(),
    |data: &[u8]| bongsu_fuzz::pace::keeps(bongsu_fuzz::checks::items, data)
);
