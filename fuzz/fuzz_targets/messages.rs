//! Any bytes as messages, of a protocol that has fields of every shape.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/src/shapes.rs"]
#[allow(dead_code)]
mod shapes;

use shapes::{ShapesMsg, decoded};

fuzz_target!(|bytes: &[u8]| {
    let Some(again) = decoded::<ShapesMsg>(bytes) else { return };
    assert_eq!(decoded::<ShapesMsg>(&again), Some(again));
});
