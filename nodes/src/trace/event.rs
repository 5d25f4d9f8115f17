//! An event: what the program sees of it, and how that stands in columns.

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
    /// The node has crashed.
    Dead,
}

/// Makes [`What`], and its way into columns and back.  The arrow of a field leads to the column that holds it; behind a variant
/// stands its kind, or several kinds, between which a field decides.
macro_rules! whats {
    ($($(#[$doc:meta])* $what:ident $({ $($field:ident: $type:ty => $column:ident),* })? = $($kind:ident)|+;)*) => {
        /// What happens.  Messages are named by their number: the k-th that is sent, from 0; `None` if its sending is not on
        /// record.  Ports are `None` for the node itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the fields are explained where the variant is")]
        pub enum What<'a> {
            $($(#[$doc])* $what $({ $($field: $type),* })?,)*
        }

        impl<'a> What<'a> {
            /// What it is, as a number.
            pub fn kind(&self) -> Kind {
                self.parts().kind
            }

            #[inline]
            pub(super) fn parts(&self) -> Parts<'a> {
                match *self {
                    $(What::$what { $($($field),*)? } => Parts {
                        $($($column: $field.stored(),)*)?
                        ..Parts::of([$(Kind::$kind),+][0])
                    },)*
                }
            }

            #[inline]
            pub(super) fn of(parts: Parts<'a>) -> Self {
                match parts.kind {
                    $($(Kind::$kind)|+ => What::$what { $($($field: Stored::restored(parts.$column)),*)? },)*
                }
            }
        }
    };
}

whats! {
    /// The node is created, in that state.
    Start { state: u32 => detail } = Start;
    /// The node starts spontaneously.
    Impulse = Impulse;
    /// A message of that type and encoded size leaves through that port.
    Send { port: Option<u32> => port, kind: u32 => detail, size: u64 => amount, payload: Option<&'a str> => text } = Send;
    /// A message arrives from that port.
    Arrive { message: Option<u64> => message, port: Option<u32> => port, how: Arrival => kind } =
        Deliver | Ignore | Late | Defer | Dead;
    /// A deferred message is taken up again: handled, or dropped as ignored or late.
    Resume { message: Option<u64> => message, port: Option<u32> => port, handled: bool => kind } = Resume | Drop;
    /// A message that the node has sent will not arrive.
    Lost { message: Option<u64> => message } = Lost;
    /// A message that the node has sent will arrive twice.
    Duplicate { message: Option<u64> => message } = Duplicate;
    /// The link at that port sends this number of messages again.
    Resend { port: Option<u32> => port, count: u64 => amount } = Resend;
    /// The node sets an alarm of that type, to ring after this number of nanoseconds.
    SetAlarm { alarm: u32 => detail, after: u64 => amount, content: Option<&'a str> => text } = SetAlarm;
    /// The node cancels its alarms of that type.
    Cancel { alarm: u32 => detail } = Cancel;
    /// An alarm of that type rings.
    Rung { alarm: u32 => detail } = Rings;
    /// The node changes to that state.
    State { state: u32 => detail } = State;
    /// The protocol's fields are now these, a JSON object.
    Fields { json: &'a str => text } = Fields;
    /// A line of the log.
    Log { line: &'a str => text } = Log;
    /// The node reports: a JSON object with one field.
    Report { json: &'a str => text } = Report;
    /// The node stops, and why, if that is known.
    Crash { why: Option<&'a str> => text } = Crash;
    /// The node starts again, in that state.
    Recover { state: u32 => detail } = Recover;
    /// A property of the header's list does not hold, or a rule is broken; and how.
    Violate { property: Option<u32> => detail, what: &'a str => text } = Violate;
    /// The run ends with that outcome.
    End { outcome: &'a str => text } = End;
}

/// An event's parts, as they stand in columns.  What a kind does not have is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) kind: Kind,
    pub(super) message: Option<u64>,
    pub(super) port: u64,
    pub(super) detail: u64,
    pub(super) amount: u64,
    pub(super) text: Option<&'a str>,
}

impl Parts<'_> {
    /// Those of an event that has nothing but a kind.
    #[inline]
    pub(super) fn of(kind: Kind) -> Self {
        Parts { kind, message: None, port: 0, detail: 0, amount: 0, text: None }
    }

    /// The port; `None` for the node itself, or if the kind has none.
    pub(super) fn port(&self) -> Option<u32> {
        Stored::restored(self.port)
    }

    /// The property; `None` for a rule.
    pub(super) fn property(&self) -> Option<u32> {
        Stored::restored(self.detail)
    }
}

/// A field that stands in a column as a `T`.
trait Stored<T> {
    fn stored(self) -> T;
    fn restored(stored: T) -> Self;
}

impl<T> Stored<T> for T {
    #[inline]
    fn stored(self) -> T {
        self
    }

    #[inline]
    fn restored(stored: T) -> Self {
        stored
    }
}

impl Stored<u64> for u32 {
    #[inline]
    fn stored(self) -> u64 {
        self.into()
    }

    #[inline]
    fn restored(stored: u64) -> Self {
        stored as u32
    }
}

/// A port or a property: 0 for none, else one more.
impl Stored<u64> for Option<u32> {
    #[inline]
    fn stored(self) -> u64 {
        self.map_or(0, |number| u64::from(number) + 1)
    }

    #[inline]
    fn restored(stored: u64) -> Self {
        stored.checked_sub(1).map(|number| number as u32)
    }
}

/// A text that is always there.
impl<'a> Stored<Option<&'a str>> for &'a str {
    #[inline]
    fn stored(self) -> Option<&'a str> {
        Some(self)
    }

    #[inline]
    fn restored(stored: Option<&'a str>) -> Self {
        stored.unwrap_or_default()
    }
}

impl Stored<Kind> for Arrival {
    #[inline]
    fn stored(self) -> Kind {
        match self {
            Arrival::Handled => Kind::Deliver,
            Arrival::Ignored => Kind::Ignore,
            Arrival::Late => Kind::Late,
            Arrival::Deferred => Kind::Defer,
            Arrival::Dead => Kind::Dead,
        }
    }

    #[inline]
    fn restored(stored: Kind) -> Self {
        match stored {
            Kind::Ignore => Arrival::Ignored,
            Kind::Late => Arrival::Late,
            Kind::Defer => Arrival::Deferred,
            Kind::Dead => Arrival::Dead,
            _ => Arrival::Handled,
        }
    }
}

/// Whether a deferred message is handled.
impl Stored<Kind> for bool {
    #[inline]
    fn stored(self) -> Kind {
        if self { Kind::Resume } else { Kind::Drop }
    }

    #[inline]
    fn restored(stored: Kind) -> Self {
        stored == Kind::Resume
    }
}
