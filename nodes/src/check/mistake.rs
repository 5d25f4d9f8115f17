//! Loops and time with a part left out or wrong: a test of their tests.  In builds for use, nothing of it is left.

/// A part of what is said of loops, or of time, that is left out or wrong.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A run may stay in a loop whatever it holds back.
    HeldBack,
    /// An impulse may be held back for ever.
    HeldImpulse,
    /// A message may.
    HeldMessage,
    /// An alarm may.
    HeldAlarm,
    /// Time may.
    HeldTime,
    /// What may be lost has to arrive.
    LossArrives,
    /// What waits has to wait in some state of the loop, and not in all.
    WaitsSomewhere,
    /// An alarm that is cancelled and set again has been held back.
    CancelledWaits,
    /// Alarms of a node that wait for different times are the same.
    AnyAlarm,
    /// Lossy links may lose a message again and again, for ever.
    LostForEver,
    /// A loop with a message that never arrives is no run, and nor is what is left without it.
    LosesAll,
    /// What is drawn is chosen.
    ChosenDraws,
    /// Chance leaves a loop only if it has to.
    NoChance,
    /// A loop is shown whatever it holds back.
    ShownAnyhow,
    /// Messages may take any time.
    NoBound,
    /// Messages may take a tick longer.
    LateMessage,
    /// Messages take no time.
    AtOnce,
    /// What may be lost does not let time pass.
    LossWaits,
    /// What should have arrived on lossy links arrives later.
    LostLate,
    /// Alarms ring when they are due, or later.
    LateAlarm,
    /// Alarms ring at any time.
    EarlyAlarm,
    /// An alarm waits a tick longer.
    LongAlarm,
    /// A tick is as long as a message takes.
    CoarseTicks,
    /// While a message is under way, no time passes but that to the next alarm.
    LeapMessages,
    /// Before an impulse, no time passes but that to the next alarm.
    LeapImpulses,
    /// Time passes before all are woken who are woken together.
    EarlyTime,
    /// Time passes where nothing waits for it.
    IdleTime,
    /// Whether there are times at which all can happen is not looked at.
    NoTimes,
}

impl Mistake {
    /// All of them.
    pub const ALL: [Mistake; 28] = [
        Mistake::HeldBack,
        Mistake::HeldImpulse,
        Mistake::HeldMessage,
        Mistake::HeldAlarm,
        Mistake::HeldTime,
        Mistake::LossArrives,
        Mistake::WaitsSomewhere,
        Mistake::CancelledWaits,
        Mistake::AnyAlarm,
        Mistake::LostForEver,
        Mistake::LosesAll,
        Mistake::ChosenDraws,
        Mistake::NoChance,
        Mistake::ShownAnyhow,
        Mistake::NoBound,
        Mistake::LateMessage,
        Mistake::AtOnce,
        Mistake::LossWaits,
        Mistake::LostLate,
        Mistake::LateAlarm,
        Mistake::EarlyAlarm,
        Mistake::LongAlarm,
        Mistake::CoarseTicks,
        Mistake::LeapMessages,
        Mistake::LeapImpulses,
        Mistake::EarlyTime,
        Mistake::IdleTime,
        Mistake::NoTimes,
    ];

    /// Whether it is the one that is made.
    pub(super) fn is(self, made: Option<Mistake>) -> bool {
        cfg!(debug_assertions) && made == Some(self)
    }
}
