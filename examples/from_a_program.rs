//! A run from a program: a random graph of 7 nodes, node 5 starts, and the messages are counted.

use catalogue::Shout;
use nodes::run::{Run, RunError};
use nodes::topology::Topology;

fn main() -> Result<(), RunError> {
    let finished = Run::<Shout>::on(Topology::gnp(7, 0.5)).wake([5]).seed(1).processes()?;

    let (n, m) = (finished.document.nodes as u64, finished.document.edges as u64);
    println!("nodes: {n}, links: {m}");
    println!("messages: {}, expected 4m - 2n + 2 = {}", finished.messages(), 4 * m - 2 * n + 2);
    Ok(())
}
