//! What an event is, as a number.

/// What an event is.  The number stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// The node comes to be.
    Start = 0,
    /// The node starts spontaneously.
    Impulse = 1,
    /// A message leaves.
    Send = 2,
    /// A message arrives, and a handler runs.
    Deliver = 3,
    /// A message arrives, and nothing is to happen.
    Ignore = 4,
    /// A message arrives at a node that has decided and has no rule for it.
    Late = 5,
    /// A message arrives, and waits for another state.
    Defer = 6,
    /// A message arrives where nobody lives any more.
    Dead = 7,
    /// A deferred message is handled.
    Resume = 8,
    /// A deferred message is ignored, or late.
    Drop = 9,
    /// At its sender: a message will not arrive.
    Lost = 10,
    /// At its sender: a message will arrive twice.
    Duplicate = 11,
    /// The link sends again.
    Resend = 12,
    /// The node sets an alarm.
    SetAlarm = 13,
    /// The node takes back its alarms of a type.
    Cancel = 14,
    /// An alarm rings.
    Rung = 15,
    /// The node goes over to a state.
    State = 16,
    /// The protocol's fields have changed.
    Fields = 17,
    /// A line of the node's log.
    Log = 18,
    /// The node reports.
    Report = 19,
    /// The node stops.
    Crash = 20,
    /// The node starts again.
    Recover = 21,
    /// What must not be.
    Violate = 22,
    /// The run is over.
    End = 23,
}

impl Kind {
    /// All, by number.
    pub const ALL: [Kind; 24] = [
        Kind::Start,
        Kind::Impulse,
        Kind::Send,
        Kind::Deliver,
        Kind::Ignore,
        Kind::Late,
        Kind::Defer,
        Kind::Dead,
        Kind::Resume,
        Kind::Drop,
        Kind::Lost,
        Kind::Duplicate,
        Kind::Resend,
        Kind::SetAlarm,
        Kind::Cancel,
        Kind::Rung,
        Kind::State,
        Kind::Fields,
        Kind::Log,
        Kind::Report,
        Kind::Crash,
        Kind::Recover,
        Kind::Violate,
        Kind::End,
    ];

    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Start => "start",
            Kind::Impulse => "impulse",
            Kind::Send => "send",
            Kind::Deliver => "deliver",
            Kind::Ignore => "ignore",
            Kind::Late => "late",
            Kind::Defer => "defer",
            Kind::Dead => "dead",
            Kind::Resume => "resume",
            Kind::Drop => "drop",
            Kind::Lost => "lost",
            Kind::Duplicate => "duplicate",
            Kind::Resend => "resend",
            Kind::SetAlarm => "set-alarm",
            Kind::Cancel => "cancel",
            Kind::Rung => "ring",
            Kind::State => "state",
            Kind::Fields => "fields",
            Kind::Log => "log",
            Kind::Report => "report",
            Kind::Crash => "crash",
            Kind::Recover => "recover",
            Kind::Violate => "violate",
            Kind::End => "end",
        }
    }

    /// Whether a message arrives.
    pub fn is_arrival(self) -> bool {
        matches!(self, Kind::Deliver | Kind::Ignore | Kind::Late | Kind::Defer | Kind::Dead)
    }

    pub(super) fn has_message(self) -> bool {
        self.has_origin() || matches!(self, Kind::Lost | Kind::Duplicate)
    }

    /// Whether it comes of a message, by a port.
    pub(super) fn has_origin(self) -> bool {
        self.is_arrival() || matches!(self, Kind::Resume | Kind::Drop)
    }

    pub(super) fn has_port(self) -> bool {
        self.has_origin() || matches!(self, Kind::Send | Kind::Resend)
    }

    pub(super) fn has_state(self) -> bool {
        matches!(self, Kind::Start | Kind::State | Kind::Recover)
    }

    pub(super) fn has_alarm(self) -> bool {
        matches!(self, Kind::SetAlarm | Kind::Cancel | Kind::Rung)
    }

    pub(super) fn has_detail(self) -> bool {
        self.has_state() || self.has_alarm() || matches!(self, Kind::Send | Kind::Violate)
    }

    pub(super) fn has_amount(self) -> bool {
        matches!(self, Kind::Send | Kind::Resend | Kind::SetAlarm)
    }
}
