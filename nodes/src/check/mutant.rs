//! The reduction with a part left out or wrong: a test of its tests.  In builds for use, nothing of it is left.

use super::commute::Commute;
use super::eyes::Eyes;
use super::scene::Scenes;

/// A part of the reduction that is left out, or wrong.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// All events of a node commute.
    AllCommute,
    /// What both orders send is not compared.
    Sends,
    /// Nor which rules they break.
    Wrong,
    /// Nor what they lead to.
    Locals,
    /// Both may send on a link that keeps the order.
    LinkOrder,
    /// An alarm is taken for the one at its place behind another event.
    AlarmOrder,
    /// Only the first outcomes of draws are compared.
    Draws,
    /// What a node defers and is offered later is taken for one step.
    Halfway,
    /// Whether events commute is asked only where the node is.
    CommuteHere,
    /// What may still be sent is left out.
    NoFuture,
    /// Only the first message of a link that keeps the order is looked at.
    NoneBehind,
    /// At most one more message comes on a link.
    OneComes,
    /// Impulses are left out.
    NoImpulses,
    /// Who may send what does not commute is free to do so.
    SenderFree,
    /// Whoever may wake such a sender is free to do so.
    NoPropagation,
    /// Any event may be the first, seen or not.
    NoVisibility,
    /// What is seen is asked only where the node is.
    ShowHere,
    /// Counters of messages are not seen.
    NoCounts,
    /// What local invariants reject is not seen.
    NoLocals,
    /// Nodes are woken in one order, seen or not.
    Together,
    /// A node that has decided rings in any case.
    DecidedRing,
    /// A message that is lost is one that does not arrive.
    SilentLoss,
    /// Messages are not duplicated.
    NoDuplicates,
    /// On a link that keeps the order, none is lost of those before another.
    NoSkips,
    /// A message that is chosen only arrives.
    OnlyArrives,
    /// A fault may be the event that no property sees, though another may spend its budget.
    Spent,
    /// Faults that properties see may come late.
    LateFaults,
    /// What does not hold although no step has led there is taken to be known.
    Unlooked,
    /// One pass, whatever is learned in it.
    OnePass,
    /// An event is free though others than arrivals may happen.
    FreeAmongOthers,
    /// One is free though alarms may be set.
    FreeAlarms,
    /// One is free if what else may come to its node comes once only.
    FreeOnce,
    /// One is free whatever comes behind it on its own link, in any order.
    FreeLink,
    /// One that is free is so for ever, though more may come to its node than was known.
    FreeForEver,
    /// One is free though a property sees it.
    FreeSeen,
    /// One is free though a property sees what else may come to its node.
    FreeBesideSeen,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Mutant; 36] = [
        Mutant::AllCommute,
        Mutant::Sends,
        Mutant::Wrong,
        Mutant::Locals,
        Mutant::LinkOrder,
        Mutant::AlarmOrder,
        Mutant::Draws,
        Mutant::Halfway,
        Mutant::CommuteHere,
        Mutant::NoFuture,
        Mutant::NoneBehind,
        Mutant::OneComes,
        Mutant::NoImpulses,
        Mutant::SenderFree,
        Mutant::NoPropagation,
        Mutant::NoVisibility,
        Mutant::ShowHere,
        Mutant::NoCounts,
        Mutant::NoLocals,
        Mutant::Together,
        Mutant::DecidedRing,
        Mutant::SilentLoss,
        Mutant::NoDuplicates,
        Mutant::NoSkips,
        Mutant::OnlyArrives,
        Mutant::Spent,
        Mutant::LateFaults,
        Mutant::Unlooked,
        Mutant::OnePass,
        Mutant::FreeAmongOthers,
        Mutant::FreeAlarms,
        Mutant::FreeOnce,
        Mutant::FreeLink,
        Mutant::FreeForEver,
        Mutant::FreeSeen,
        Mutant::FreeBesideSeen,
    ];

    /// Whether it is one of the events that may be followed alone, whatever else may happen.
    pub(super) fn is_of_free(self) -> bool {
        matches!(
            self,
            Mutant::FreeAmongOthers
                | Mutant::FreeAlarms
                | Mutant::FreeOnce
                | Mutant::FreeLink
                | Mutant::FreeForEver
                | Mutant::FreeSeen
                | Mutant::FreeBesideSeen
        )
    }

    /// Whether it is the one that was asked for.
    #[inline]
    pub(super) fn is(self, wanted: Option<Mutant>) -> bool {
        cfg!(debug_assertions) && wanted == Some(self)
    }

    pub(super) fn break_parts(self, eyes: &mut Eyes, commute: &mut Commute, scenes: &mut Scenes) {
        if !cfg!(debug_assertions) {
            return;
        }
        let (compares, looks) = (&mut commute.compares, &mut scenes.looks);
        match self {
            Mutant::AllCommute => compares.all = false,
            Mutant::Sends => compares.sends = false,
            Mutant::Wrong => compares.wrong = false,
            Mutant::Locals => compares.locals = false,
            Mutant::LinkOrder => compares.order = false,
            Mutant::AlarmOrder => compares.alarms = false,
            Mutant::Draws => compares.draws = false,
            Mutant::Halfway => compares.halfway = false,
            Mutant::CommuteHere => looks.commute_on = false,
            Mutant::NoneBehind => looks.behind = false,
            Mutant::OneComes => looks.twice = false,
            Mutant::NoSkips => looks.skips = false,
            Mutant::ShowHere => looks.show_on = false,
            Mutant::NoCounts => eyes.sees_counts = false,
            Mutant::NoLocals => eyes.sees_locals = false,
            _ => {}
        }
    }
}
