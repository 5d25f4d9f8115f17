//! The catalogue: distributed algorithms, each as its book or paper has it, one file each.
//!
//! A file is a module here, and an example of the package around this one: `cargo run --example shout`.  An example
//! does not depend on this library, so that it is built without all the others.

pub mod checks;

/// Everybody learns what one node knows.
#[path = "../../broadcast"]
pub mod broadcast {
    pub mod echo;
    pub mod flooding;
}

/// All agree, though one may fail.
#[path = "../../consensus"]
pub mod consensus {
    pub mod chor_israeli_li;
}

/// All nodes agree on one of them.
#[path = "../../election"]
pub mod election {
    pub mod all_the_way;
    pub mod as_far;
    pub mod bully;
    pub mod chang_roberts;
    pub mod controlled_distance;
    pub mod dolev_klawe_rodeh;
    pub mod hirschberg_sinclair;
    pub mod hyper_elect;
    pub mod stages;
    pub mod yo_yo;
}

/// One at a time.
#[path = "../../mutex"]
pub mod mutex {
    pub mod lamport;
    pub mod ricart_agrawala;
    pub mod suzuki_kasami;
}

/// What a ring can compute.
#[path = "../../ring"]
pub mod ring {
    pub mod ring_size;
}

/// A configuration of a system at work.
#[path = "../../snapshot"]
pub mod snapshot {
    pub mod chandy_lamport;
}

/// Links that form a tree with all nodes on it.
#[path = "../../spanning_tree"]
pub mod spanning_tree {
    pub mod shout;
    pub mod shout_plus;
}

/// Nodes that are alike become different.
#[path = "../../symmetry"]
pub mod symmetry {
    pub mod itai_rodeh;
}

/// Knowing that all work is done.
#[path = "../../termination"]
pub mod termination {
    pub mod dijkstra_scholten;
}

/// A token visits all nodes.
#[path = "../../traversal"]
pub mod traversal {
    pub mod df_star;
    pub mod dft;
}

/// What a tree can compute.
#[path = "../../tree"]
pub mod tree {
    pub mod saturation;
}

pub use broadcast::{echo::Echo, flooding::Flooding};
pub use consensus::chor_israeli_li::ChorIsraeliLi;
pub use election::{
    all_the_way::AllTheWay, as_far::AsFar, bully::Bully, chang_roberts::ChangRoberts, controlled_distance::ControlledDistance,
    dolev_klawe_rodeh::DolevKlaweRodeh, hirschberg_sinclair::HirschbergSinclair, hyper_elect::HyperElect, stages::Stages,
    yo_yo::YoYo,
};
pub use mutex::{lamport::Lamport, ricart_agrawala::RicartAgrawala, suzuki_kasami::SuzukiKasami};
pub use ring::ring_size::RingSize;
pub use snapshot::chandy_lamport::ChandyLamport;
pub use spanning_tree::{shout::Shout, shout_plus::ShoutPlus};
pub use symmetry::itai_rodeh::ItaiRodeh;
pub use termination::dijkstra_scholten::DijkstraScholten;
pub use traversal::{df_star::DfStar, dft::Dft};
pub use tree::saturation::Saturation;

/// An algorithm, with what was checked of it.
const fn checked<P: nodes::Protocol>() -> nodes::protocol::AnyProtocol {
    nodes::simulator::attached::<P>().with(&checks::CHECKS)
}

/// All algorithms, for the command line.  Programs that take them from here share what is compiled for them.
pub static ALL: &[nodes::protocol::AnyProtocol] = &[
    checked::<AllTheWay>(),
    checked::<AsFar>(),
    checked::<Bully>(),
    checked::<ChandyLamport>(),
    checked::<ChangRoberts>(),
    checked::<ChorIsraeliLi>(),
    checked::<ControlledDistance>(),
    checked::<DfStar>(),
    checked::<Dft>(),
    checked::<DijkstraScholten>(),
    checked::<DolevKlaweRodeh>(),
    checked::<Echo>(),
    checked::<Flooding>(),
    checked::<HirschbergSinclair>(),
    checked::<HyperElect>(),
    checked::<ItaiRodeh>(),
    checked::<Lamport>(),
    checked::<RicartAgrawala>(),
    checked::<RingSize>(),
    checked::<Saturation>(),
    checked::<Shout>(),
    checked::<ShoutPlus>(),
    checked::<Stages>(),
    checked::<SuzukiKasami>(),
    checked::<YoYo>(),
];

/// The command line over all algorithms, and more protocols if any are named, as a program's `main`.
#[macro_export]
macro_rules! main {
    ($($more:ty),* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            let more: &[nodes::protocol::AnyProtocol] = &[$(nodes::simulator::attached::<$more>()),*];
            nodes::cli::main(&[$crate::ALL, more].concat())
        }
    };
}
