//! That crashes and recoveries of a node take turns.

use core::time::Duration;

use super::{Crash, Recovery};
use crate::sorting;
use crate::time::duration_text;

/// Something that is planned for a node; what is first at one time comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Crash(Crash),
    Recover(Recovery),
}

/// How long a node has been what it is.
#[derive(Clone, Copy)]
enum Since {
    Start,
    Crash(Duration),
    Recovery(Duration),
}

/// A node that is up crashes, and one that is down recovers, each at a later time than that before; the error says which does not.
pub(super) fn check(crashes: &[Crash], recoveries: &[Recovery]) -> Result<(), String> {
    let mut turns = crashes.iter().map(|crash| (crash.node, crash.at, Turn::Crash(*crash))).collect::<Vec<_>>();
    turns.extend(recoveries.iter().map(|recovery| (recovery.node, recovery.at, Turn::Recover(*recovery))));
    sorting::sort(&mut turns);
    turns
        .chunk_by(|(one, ..), (other, ..)| one == other)
        .try_for_each(|turns| turns.iter().try_fold(Since::Start, |since, (node, _, turn)| next(*node, since, *turn)).map(drop))
}

fn next(node: usize, since: Since, turn: Turn) -> Result<Since, String> {
    let text = duration_text;
    match (since, turn) {
        (Since::Crash(then), Turn::Crash(crash)) if then == crash.at => {
            Err(format!("--crash: node {node} would crash twice at {}; write it once", text(then)))
        }
        (Since::Crash(then), Turn::Crash(crash)) => Err(format!(
            "--crash: node {node} has been down since {} when it would crash at {}; add `--recover {node}@..` with a time between",
            text(then),
            text(crash.at)
        )),
        (Since::Start | Since::Recovery(_), Turn::Crash(crash)) => Ok(Since::Crash(crash.at)),
        (Since::Start, Turn::Recover(_)) => {
            Err(format!("--recover: node {node} has not crashed before; add `--crash {node}@..` with an earlier time"))
        }
        (Since::Recovery(then), Turn::Recover(recovery)) if then == recovery.at => {
            Err(format!("--recover: node {node} would recover twice at {}; write it once", text(then)))
        }
        (Since::Recovery(then), Turn::Recover(recovery)) => Err(format!(
            "--recover: node {node} has been up since {} when it would recover at {}; add `--crash {node}@..` with a time between",
            text(then),
            text(recovery.at)
        )),
        (Since::Crash(then), Turn::Recover(recovery)) if then == recovery.at => {
            Err(format!("--recover: node {node} crashes at {}, and recovers later; write a later time", text(then)))
        }
        (Since::Crash(_), Turn::Recover(recovery)) => Ok(Since::Recovery(recovery.at)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::option::FaultOption;
    use super::*;

    fn checked(crashes: &str, recoveries: &str) -> Result<(), String> {
        let list = |text: &str| if text.is_empty() { Vec::new() } else { Recovery::read_all(text).unwrap() };
        check(&Crash::read_all(crashes).unwrap(), &list(recoveries))
    }

    #[test]
    fn they_may_follow_each_other() {
        for (crashes, recoveries) in
            [("1@5ms", ""), ("1@5ms,2@5ms", "2@6ms"), ("1@20ms+2,1@5ms", "1@30ms,1@10ms"), ("1@20ms,1@5ms,0@1ms", "1@10ms")]
        {
            assert_eq!(checked(crashes, recoveries), Ok(()), "{crashes} {recoveries}");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (crashes, recoveries, said) in [
            ("1@1ms,1@1ms", "", "--crash: node 1 would crash twice at 1ms; write it once"),
            ("1@1ms,1@1ms+2", "1@2ms", "--crash: node 1 would crash twice at 1ms; write it once"),
            (
                "1@5ms,1@1ms",
                "1@9ms",
                "--crash: node 1 has been down since 1ms when it would crash at 5ms; add `--recover 1@..` with a time between",
            ),
            (
                "1@1ms,1@5ms",
                "1@5ms",
                "--crash: node 1 has been down since 1ms when it would crash at 5ms; add `--recover 1@..` with a time between",
            ),
            ("0@1ms", "1@2ms", "--recover: node 1 has not crashed before; add `--crash 1@..` with an earlier time"),
            ("1@5ms", "1@2ms", "--recover: node 1 has not crashed before; add `--crash 1@..` with an earlier time"),
            ("1@5ms", "1@5ms", "--recover: node 1 crashes at 5ms, and recovers later; write a later time"),
            ("1@1ms", "1@5ms,1@5ms", "--recover: node 1 would recover twice at 5ms; write it once"),
            (
                "1@1ms",
                "1@5ms,1@9ms",
                "--recover: node 1 has been up since 5ms when it would recover at 9ms; add `--crash 1@..` with a time between",
            ),
        ] {
            assert_eq!(checked(crashes, recoveries), Err(said.to_owned()));
        }
    }
}
