//! Links over bad networks, on a virtual clock.

mod faults;
mod manners;
mod pair;
mod strangers;
mod world;

/// A hundred worlds, or as many as `LINK_SEEDS` says; the example `link_seeds` runs a million on all cores.
#[test]
fn every_message_arrives_as_its_link_promises() {
    let seeds = std::env::var("LINK_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(100);
    if let Err(what) = world::run_seeds(0..seeds) {
        panic!("{what}");
    }
}
