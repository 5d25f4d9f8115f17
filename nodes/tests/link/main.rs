//! Links over bad networks, on a virtual clock.

mod world;

/// A thousand worlds; `cargo run --release -p nodes --example link_seeds -- 1000000` runs a million.
#[test]
fn every_message_arrives_as_its_link_promises() {
    if let Err(what) = world::run_seeds(0..1000) {
        panic!("{what}");
    }
}
