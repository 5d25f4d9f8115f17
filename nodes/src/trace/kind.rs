//! The kinds of events: one table, from which comes all that is known of each.
//!
//! The table makes the enum [`Kind`] with its numbers, names and documentation, what stands in which column of a file, the
//! words of exports and of the page, and the page's module `kinds.js`.  To add a kind:
//!
//! 1. a row at the end of the table;
//! 2. a line for its fields in `event.rs`, in the table of [`What`](super::What);
//! 3. `NODES_BLESS=1 cargo test -p nodes --lib kinds_js`, which writes `kinds.js`;
//! 4. a method of [`Observer`](crate::network::Observer), or a variant of a type that one of its methods takes;
//! 5. `steps.rs`, the observer that writes the event when that method is called;
//! 6. the place of the engines that calls the method.
//!
//! Exports and the page then read, filter, list and describe it.  Only what is drawn in its own way, or has a line in nodes'
//! logs, needs a line there too.

/// How an event stands to its node's steps.  A step is what happens to a node, and then what the node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A message arrives and begins a step.
    Arrival,
    /// A deferred message is offered again and begins a step.
    Offer,
    /// Something else begins a step.
    Event,
    /// A part of the step under way.
    Effect,
}

/// What an event has besides its node and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A message that was sent before.
    Message,
    Port,
    /// A type of message.  Types, states, alarms and properties are the event's *detail*; a kind has one of them at most.
    Type,
    State,
    /// A type of alarm.
    Alarm,
    Property,
    Amount,
    Text,
    /// A text that is a JSON object.
    Json,
}

/// What is known of a kind, but for its number and documentation.
pub(super) struct Row {
    name: &'static str,
    role: Role,
    pub(super) columns: &'static [Column],
    phrase: &'static str,
    /// Only the page, which is made by a test, has a use for these.
    #[cfg(test)]
    pub(super) symbol: char,
    #[cfg(test)]
    pub(super) verb: &'static str,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $number:literal $kind:ident $name:literal: $role:ident [$($column:ident)*]
        $symbol:literal $verb:literal, $phrase:literal;)*) => {
        /// What an event is.
        ///
        /// The number stands in the file.  *Columns* are what events of the kind have besides a node and a time; the
        /// documentation of [the module](super) says how each is written.
        ///
        /// | number | kind | columns | meaning |
        /// |---|---|---|---|
        $(#[doc = concat!(
            "| ", $number, " | `", stringify!($kind), "` | ", $(stringify!($column), " ",)* "|", $($doc,)+ " |"
        )])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind = $number,)*
        }

        const COUNT: usize = [$($name),*].len();

        pub(super) static ROWS: [Row; COUNT] = [$(Row {
            name: $name,
            role: Role::$role,
            columns: &[$(Column::$column),*],
            phrase: $phrase,
            #[cfg(test)]
            symbol: $symbol,
            #[cfg(test)]
            verb: $verb,
        }),*];

        impl Kind {
            /// All, by number.
            pub const ALL: [Kind; COUNT] = [$(Kind::$kind),*];
        }
    };
}

// A row: the number, the kind, its name; its role and columns; the symbol of the page's list; the words of the page, which end
// before what the event is about; the words of exports, where `Trace::describe` fills what stands in braces.
kinds! {
    /// The node is created, in that state.
    0 Start "start": Event [State]
        '○' "comes to be,", "starts{in}";
    /// The node starts spontaneously.
    1 Impulse "impulse": Event []
        '◆' "starts spontaneously", "wakes up";
    /// The node sends a message through that port.  The amount is its encoded length in bytes, the text its content.  No count
    /// includes the messages of a node to itself.
    2 Send "send": Effect [Port Type Amount Text]
        '→' "sends", "sends {message} to {receiver}";
    /// A message arrives at that port, and a handler runs.
    3 Deliver "deliver": Arrival [Message Port]
        '●' "receives", "receives {message} from {sender}";
    /// A message arrives, and the protocol ignores it.
    4 Ignore "ignore": Arrival [Message Port]
        '◌' "ignores", "receives {message} from {sender}, ignored";
    /// A message arrives at a node that has decided and has no rule for it.
    5 Late "late": Arrival [Message Port]
        '◌' "has decided, and drops", "receives {message} from {sender}, too late";
    /// A message arrives and waits for another state.
    6 Defer "defer": Arrival [Message Port]
        '◔' "defers", "receives {message} from {sender}, deferred";
    /// A message arrives at a node that has crashed.
    7 Dead "dead": Arrival [Message Port]
        '✕' "is dead, and never sees", "receives {message} from {sender}, but nobody lives here";
    /// A deferred message is handled.
    8 Resume "resume": Offer [Message Port]
        '◕' "takes up the deferred", "takes up {message} from {sender}";
    /// A deferred message is ignored, or late.
    9 Drop "drop": Offer [Message Port]
        '◌' "drops the deferred", "takes up {message} from {sender}, and drops it";
    /// At its sender: the message will not arrive.
    10 Lost "lost": Effect [Message]
        '✕' "will not get through with", "{message} to {receiver} is lost";
    /// At its sender: the message will arrive twice.
    11 Duplicate "duplicate": Effect [Message]
        '⇉' "sends twice", "{message} to {receiver} is duplicated";
    /// The link at that port sends messages again; the amount is their number.
    12 Resend "resend": Effect [Port Amount]
        '↻' "sends again", "port {port} sends {amount} messages again";
    /// The node sets an alarm.  The amount is the time until it rings, in nanoseconds; the text is the alarm's content.
    13 SetAlarm "set-alarm": Effect [Alarm Amount Text]
        '◷' "sets an alarm,", "sets {alarm} in {amount} ns";
    /// The node cancels its alarms of that type.
    14 Cancel "cancel": Effect [Alarm]
        '◷' "takes back the alarm", "cancels {alarm}";
    /// An alarm rings.
    15 Rings "ring": Event [Alarm]
        '◆' "hears its alarm ring:", "{alarm} rings";
    /// The node changes to that state.
    16 State "state": Effect [State]
        '▸' "becomes", "becomes {state}";
    /// The protocol's fields have changed; the text has them all, as a JSON object.
    17 Fields "fields": Effect [Json]
        '≡' "now has", "fields {text}";
    /// A line of the node's log.
    18 Log "log": Effect [Text]
        '¶' "logs:", "logs: {text}";
    /// The node reports a result: a JSON object with one field.
    19 Report "report": Effect [Json]
        '⚑' "reports", "reports {text}";
    /// The node stops; the text, if there is one, gives the reason.
    20 Crash "crash": Event [Text]
        '✕' "crashes", "crashes{why}";
    /// The node starts again, in that state.
    21 Recover "recover": Event [State]
        '○' "recovers,", "recovers{in}";
    /// A property does not hold, or a rule is broken; the text says how.  The node is that of the last step.
    22 Violate "violate": Effect [Property Text]
        '⚠' "violates", "{breaks}: {text}";
    /// The run ends, and the text is its [outcome](crate::execution::Outcome).  The last event of a complete trace, at node 0.
    23 End "end": Event [Text]
        '■' "the run is over:", "the run ends: {text}";
}

/// Numbers are places in [`Kind::ALL`], and 6 bits of a file hold them.
const _: () = {
    let mut at = 0;
    while at < COUNT {
        assert!(Kind::ALL[at] as usize == at);
        at += 1;
    }
    assert!(COUNT <= 1 << 6);
};

/// A set of kinds, a bit each.
#[derive(Clone, Copy)]
struct Kinds(u64);

impl Kinds {
    /// Those that have one of these columns.
    const fn with(columns: &[Column]) -> Self {
        let (mut kinds, mut at) = (0, 0);
        while at < COUNT {
            kinds |= (ROWS[at].first_of(columns).is_some() as u64) << at;
            at += 1;
        }
        Kinds(kinds)
    }

    /// Those that have one of these roles.
    const fn of(roles: &[Role]) -> Self {
        let (mut kinds, mut role) = (0, 0);
        while role < roles.len() {
            let mut at = 0;
            while at < COUNT {
                kinds |= ((ROWS[at].role as u8 == roles[role] as u8) as u64) << at;
                at += 1;
            }
            role += 1;
        }
        Kinds(kinds)
    }

    const fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}

impl Row {
    /// The first of its columns that is one of these.
    const fn first_of(&self, columns: &[Column]) -> Option<Column> {
        let mut own = 0;
        while own < self.columns.len() {
            let mut other = 0;
            while other < columns.len() {
                if self.columns[own] as u8 == columns[other] as u8 {
                    return Some(self.columns[own]);
                }
                other += 1;
            }
            own += 1;
        }
        None
    }
}

const DETAILS: &[Column] = &[Column::Type, Column::State, Column::Alarm, Column::Property];

impl Kind {
    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        ROWS[self as usize].name
    }

    /// Whether a message arrives.
    pub fn is_arrival(self) -> bool {
        const { Kinds::of(&[Role::Arrival]) }.has(self)
    }

    /// Whether it is a part of the step under way, and begins none.
    pub(super) fn is_effect(self) -> bool {
        const { Kinds::of(&[Role::Effect]) }.has(self)
    }

    /// Whether it comes of a message, by a port.
    pub(super) fn has_origin(self) -> bool {
        const { Kinds::of(&[Role::Arrival, Role::Offer]) }.has(self)
    }

    pub(super) const fn has_message(self) -> bool {
        const { Kinds::with(&[Column::Message]) }.has(self)
    }

    pub(super) const fn has_port(self) -> bool {
        const { Kinds::with(&[Column::Port]) }.has(self)
    }

    pub(super) fn has_state(self) -> bool {
        const { Kinds::with(&[Column::State]) }.has(self)
    }

    pub(super) const fn has_detail(self) -> bool {
        const { Kinds::with(DETAILS) }.has(self)
    }

    pub(super) const fn has_amount(self) -> bool {
        const { Kinds::with(&[Column::Amount]) }.has(self)
    }

    #[cfg(test)]
    pub(super) fn has_text(self) -> bool {
        const { Kinds::with(&[Column::Text, Column::Json]) }.has(self)
    }

    /// What its detail is, if it has one.
    pub(super) fn detail(self) -> Option<Column> {
        const DETAIL: [Option<Column>; COUNT] = {
            let (mut detail, mut at) = ([None; COUNT], 0);
            while at < COUNT {
                detail[at] = ROWS[at].first_of(DETAILS);
                at += 1;
            }
            detail
        };
        DETAIL[self as usize]
    }

    /// How exports say it; [`Trace::describe`](super::Trace::describe) fills what stands in braces.
    pub(super) fn phrase(self) -> &'static str {
        ROWS[self as usize].phrase
    }
}
