//! The catalogue: distributed algorithms, each as its book or paper has it, one file each.
//!
//! A file is a module here and an example of its own: `cargo run --example shout`.

/// Everybody learns what one node knows.
pub mod broadcast {
    pub mod flooding;
}

/// All nodes agree on one of them.
pub mod election {
    pub mod all_the_way;
    pub mod as_far;
    pub mod controlled_distance;
}

/// One at a time.
pub mod mutex {
    pub mod lamport;
    pub mod ricart_agrawala;
}

/// Links that form a tree with all nodes on it.
pub mod spanning_tree {
    pub mod shout;
}

pub use broadcast::flooding::Flooding;
pub use election::{all_the_way::AllTheWay, as_far::AsFar, controlled_distance::ControlledDistance};
pub use mutex::{lamport::Lamport, ricart_agrawala::RicartAgrawala};
pub use spanning_tree::shout::Shout;

/// The command line over all algorithms, and more protocols if any are named, as a program's `main`.
#[macro_export]
macro_rules! main {
    ($($more:ty),* $(,)?) => {
        nodes::main!(
            $crate::AllTheWay,
            $crate::AsFar,
            $crate::ControlledDistance,
            $crate::Flooding,
            $crate::Lamport,
            $crate::RicartAgrawala,
            $crate::Shout,
            $($more),*
        );
    };
}
