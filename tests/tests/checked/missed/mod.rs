//! For each part of the reduction that protocols drawn at random seldom need, one that is wrong without it.

pub(crate) mod faults;
pub(crate) mod free;
pub(crate) mod orders;
pub(crate) mod seen;

use nodes::Protocol;
use nodes::check::Mutant;
use nodes::network::{Budget, Faults};
use nodes::protocol::Links;
use nodes::run::{AnyRun, Run, Wake};

use crate::left_out::first::First;
use faults::alone::Waiter;
use faults::late::Late;
use faults::only::Only;
use faults::twice::Twice;
use free::bell::Bell;
use free::counted::Counted;
use free::door::Door;
use free::early::Early;
use free::order::Order;
use orders::behind::Behind;
use orders::coin::Coin;
use orders::gate::Gate;
use orders::relay::Relay;
use seen::awake::Sleeper;
use seen::fleeting::Fleeting;
use seen::permit::Worker;

/// What says the same without it, and why.
pub(crate) const EQUIVALENT: [(Mutant, &str); 2] = [
    (
        Mutant::AlarmOrder,
        "an alarm stands for another only if it may ring behind the other event, sends what that sent, and leads to what it led \
         to: then the way over it is a run, too, with the same sends, to the same state, and no more is asked of it",
    ),
    (
        Mutant::FreeBesideSeen,
        "an event that is not seen, wherever it happens, changes nothing of what others at its node show: they commute with it, so \
         that they lead from states that look the same to states that look the same, and what may still happen is known from there",
    ),
];

/// The parts, each with a run that is wrong without it.
pub(crate) fn cases() -> Vec<(Mutant, AnyRun)> {
    vec![
        (Mutant::Wrong, leaves::<Gate>("star:3").links(Links::Reliable).into()),
        (Mutant::LinkOrder, leaves::<Relay>("star:4").links(Links::Fifo).into()),
        (Mutant::Draws, leaves::<Coin>("star:3").links(Links::Reliable).into()),
        (Mutant::Halfway, leaves::<Worker>("star:3").links(Links::Fifo).into()),
        (Mutant::NoneBehind, leaves::<Behind>("star:3").links(Links::Fifo).into()),
        (Mutant::ShowHere, leaves::<Fleeting>("star:3").links(Links::Reliable).into()),
        (Mutant::NoLocals, leaves::<Fleeting>("star:3").links(Links::Reliable).into()),
        (Mutant::NoDuplicates, Run::<Twice>::on("path:2").links(Links::Lossy).into()),
        (Mutant::NoSkips, leaves::<Waiter>("star:3").links(Links::Fifo).faults(one_loss()).into()),
        (Mutant::Spent, Run::<Only>::on("path:3").wake([1]).links(Links::Fifo).faults(one_loss()).into()),
        (Mutant::LateFaults, leaves::<Late>("star:3").links(Links::Lossy).wake_up(Wake::Random).into()),
        (Mutant::Unlooked, leaves::<Sleeper>("star:3").wake_up(Wake::Random).into()),
        (Mutant::Together, Run::<First>::on("path:3").into()),
        (Mutant::FreeAmongOthers, Run::<Early>::on("path:2").wake([0, 1]).wake_up(Wake::Random).into()),
        (Mutant::FreeOnce, leaves::<Counted>("star:3").links(Links::Reliable).into()),
        (Mutant::FreeLink, Run::<Counted>::on("star:4").wake([3]).links(Links::Reliable).into()),
        (Mutant::FreeSeen, Run::<Order>::on("path:3").wake([1]).links(Links::Reliable).into()),
        (Mutant::FreeAlarms, Run::<Bell>::on("path:3").wake([1]).links(Links::Reliable).into()),
        (Mutant::FreeForEver, Run::<Door>::on("star:9").wake([0, 2, 3, 4, 5, 6, 7, 8]).links(Links::Reliable).into()),
    ]
}

/// A run in which the first two leaves of a star are woken.
fn leaves<P: Protocol>(star: &str) -> Run<P> {
    Run::on(star).wake([1, 2])
}

fn one_loss() -> Faults {
    Budget { losses: Some(1), ..Budget::default() }.into()
}
