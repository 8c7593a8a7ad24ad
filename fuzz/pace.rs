//! How long reading may take: a target that grows faster than its input is a find as well, long
//! before the fuzzer's own patience ends.

/// Seconds of a processor that any input may take, and each of its bytes beside: fifty times the
/// hostile documents' bound for each byte, since a check reads thrice and all edges are counted.
const SECONDS: f64 = 0.5;
const SECONDS_PER_BYTE: f64 = 1e-6;
/// Smaller inputs are not measured: asking for the time would take longer than reading.
const MEASURED_FROM: usize = 4_096;

/// Runs a check on an input within its bound.
pub fn keeps(check: fn(&[u8]), data: &[u8]) {
    if data.len() < MEASURED_FROM {
        return check(data);
    }
    let start = busy();
    check(data);
    let took = (busy() - start) / 1e3;
    let allowed = SECONDS + SECONDS_PER_BYTE * data.len() as f64;
    assert!(took <= allowed, "{} bytes took {took:.2} s", data.len());
}

/// Milliseconds that this thread has had a processor: what others do on the machine does not count.
pub fn busy() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("accounts of threads");
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.expect("a number") / 1e6
}
