//! Any bytes as what initializer and nodes say to each other; the first chooses who is told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nodes::process::decoders;

fuzz_target!(|input: &[u8]| {
    let Some((who, bytes)) = input.split_first() else { return };
    let decode = match who % 3 {
        0 => decoders::from_node,
        1 => decoders::birth,
        _ => decoders::to_node,
    };
    let Some(again) = decode(bytes) else { return };
    assert_eq!(decode(&again), Some(again));
});
