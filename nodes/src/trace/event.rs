//! An event.

use super::Kind;

/// Something that happens to a node, or that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The node.
    pub node: u32,
    /// When, in nanoseconds since the run began: by the machine's clock, or virtual time.
    pub time: u64,
    /// What.
    pub what: What<'a>,
}

/// What becomes of a message that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A handler runs.
    Handled,
    /// Nothing is to happen.
    Ignored,
    /// The node has decided and has no rule for it.
    Late,
    /// It waits for another state.
    Deferred,
    /// Nobody lives there any more.
    Dead,
}

/// What happens.  Messages are named by their number: the k-th that is sent, from 0; `None` if its sending is not on record.
/// Ports are `None` for the node itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are explained where the variant is")]
pub enum What<'a> {
    /// The node comes to be, in that state.
    Start { state: u32 },
    /// The node starts spontaneously.
    Impulse,
    /// A message of that type and encoded size leaves through that port.
    Send { port: Option<u32>, kind: u32, size: u64, payload: Option<&'a str> },
    /// A message arrives from that port.
    Arrive { message: Option<u64>, port: Option<u32>, how: Arrival },
    /// A deferred message is taken up again: handled, or dropped as ignored or late.
    Resume { message: Option<u64>, port: Option<u32>, handled: bool },
    /// A message that the node has sent will not arrive.
    Lost { message: Option<u64> },
    /// A message that the node has sent will arrive twice.
    Duplicate { message: Option<u64> },
    /// The link at that port sends so many messages again.
    Resend { port: Option<u32>, count: u64 },
    /// The node sets an alarm of that type, to ring after so many nanoseconds.
    SetAlarm { alarm: u32, after: u64, content: Option<&'a str> },
    /// The node takes back its alarms of that type.
    Cancel { alarm: u32 },
    /// An alarm of that type rings.
    Rung { alarm: u32 },
    /// The node goes over to that state.
    State { state: u32 },
    /// The protocol's fields are now these, a JSON object.
    Fields { json: &'a str },
    /// A line of the log.
    Log { line: &'a str },
    /// The node reports: a JSON object with one field.
    Report { json: &'a str },
    /// The node stops.
    Crash { why: Option<&'a str> },
    /// The node starts again, in that state.
    Recover { state: u32 },
    /// What must not be: a property of the header's list, or a broken rule; and why.
    Violate { property: Option<u32>, what: &'a str },
    /// The run is over.
    End { outcome: &'a str },
}

/// An event's parts, as they stand in columns.  What a kind does not have is 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    pub(super) kind: Kind,
    pub(super) message: Option<u64>,
    pub(super) port: u64,
    pub(super) detail: u64,
    pub(super) amount: u64,
    pub(super) text: Option<&'a str>,
}

fn from_port(port: Option<u32>) -> u64 {
    port.map_or(0, |port| u64::from(port) + 1)
}

fn to_port(port: u64) -> Option<u32> {
    port.checked_sub(1).map(|port| port as u32)
}

impl<'a> What<'a> {
    /// What it is, as a number.
    pub fn kind(&self) -> Kind {
        self.parts().kind
    }

    #[inline]
    pub(super) fn parts(&self) -> Parts<'a> {
        let plain = |kind| Parts { kind, message: None, port: 0, detail: 0, amount: 0, text: None };
        let detailed = |kind, detail: u32| Parts { detail: detail.into(), ..plain(kind) };
        let worded = |kind, text| Parts { text: Some(text), ..plain(kind) };
        match *self {
            What::Start { state } => detailed(Kind::Start, state),
            What::Impulse => plain(Kind::Impulse),
            What::Send { port, kind, size, payload } => {
                Parts { port: from_port(port), amount: size, text: payload, ..detailed(Kind::Send, kind) }
            }
            What::Arrive { message, port, how } => {
                let kind = match how {
                    Arrival::Handled => Kind::Deliver,
                    Arrival::Ignored => Kind::Ignore,
                    Arrival::Late => Kind::Late,
                    Arrival::Deferred => Kind::Defer,
                    Arrival::Dead => Kind::Dead,
                };
                Parts { message, port: from_port(port), ..plain(kind) }
            }
            What::Resume { message, port, handled } => {
                let kind = if handled { Kind::Resume } else { Kind::Drop };
                Parts { message, port: from_port(port), ..plain(kind) }
            }
            What::Lost { message } => Parts { message, ..plain(Kind::Lost) },
            What::Duplicate { message } => Parts { message, ..plain(Kind::Duplicate) },
            What::Resend { port, count } => Parts { port: from_port(port), amount: count, ..plain(Kind::Resend) },
            What::SetAlarm { alarm, after, content } => {
                Parts { amount: after, text: content, ..detailed(Kind::SetAlarm, alarm) }
            }
            What::Cancel { alarm } => detailed(Kind::Cancel, alarm),
            What::Rung { alarm } => detailed(Kind::Rung, alarm),
            What::State { state } => detailed(Kind::State, state),
            What::Fields { json } => worded(Kind::Fields, json),
            What::Log { line } => worded(Kind::Log, line),
            What::Report { json } => worded(Kind::Report, json),
            What::Crash { why } => Parts { text: why, ..plain(Kind::Crash) },
            What::Recover { state } => detailed(Kind::Recover, state),
            What::Violate { property, what } => Parts { detail: from_port(property), ..worded(Kind::Violate, what) },
            What::End { outcome } => worded(Kind::End, outcome),
        }
    }

    pub(super) fn of(parts: Parts<'a>) -> Self {
        let Parts { message, detail, amount, .. } = parts;
        let (port, number) = (to_port(parts.port), detail as u32);
        let text = parts.text.unwrap_or_default();
        let arrive = |how| What::Arrive { message, port, how };
        match parts.kind {
            Kind::Start => What::Start { state: number },
            Kind::Impulse => What::Impulse,
            Kind::Send => What::Send { port, kind: number, size: amount, payload: parts.text },
            Kind::Deliver => arrive(Arrival::Handled),
            Kind::Ignore => arrive(Arrival::Ignored),
            Kind::Late => arrive(Arrival::Late),
            Kind::Defer => arrive(Arrival::Deferred),
            Kind::Dead => arrive(Arrival::Dead),
            Kind::Resume => What::Resume { message, port, handled: true },
            Kind::Drop => What::Resume { message, port, handled: false },
            Kind::Lost => What::Lost { message },
            Kind::Duplicate => What::Duplicate { message },
            Kind::Resend => What::Resend { port, count: amount },
            Kind::SetAlarm => What::SetAlarm { alarm: number, after: amount, content: parts.text },
            Kind::Cancel => What::Cancel { alarm: number },
            Kind::Rung => What::Rung { alarm: number },
            Kind::State => What::State { state: number },
            Kind::Fields => What::Fields { json: text },
            Kind::Log => What::Log { line: text },
            Kind::Report => What::Report { json: text },
            Kind::Crash => What::Crash { why: parts.text },
            Kind::Recover => What::Recover { state: number },
            Kind::Violate => What::Violate { property: to_port(detail), what: text },
            Kind::End => What::End { outcome: text },
        }
    }
}
