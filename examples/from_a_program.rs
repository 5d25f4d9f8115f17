//! A run from a program: a random graph of 7 nodes, node 5 starts, and the messages are counted.

pub mod first;

use first::First;
use nodes::run::{Run, RunError};
use nodes::topology::Topology;

fn main() -> Result<(), RunError> {
    let finished = Run::<First>::on(Topology::gnp(7, 0.5)).wake([5]).seed(1).processes()?;

    let (n, m) = (finished.document.nodes as u64, finished.document.edges as u64);
    println!("nodes: {n}, links: {m}");
    println!("messages: {}, expected 2m - n + 1 = {}", finished.messages(), 2 * m - n + 1);
    Ok(())
}
