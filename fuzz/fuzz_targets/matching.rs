//! Any query and any terms over any text: hits within the text, and the same answer in any spelling.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    bongsu_fuzz::pace::keeps(bongsu_fuzz::decisions::matching, data);
});
