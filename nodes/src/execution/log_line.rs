//! The lines of a node's log, the same for all engines.

use core::fmt::{self, Debug};
use core::time::Duration;

use crate::protocol::Stepped;
use crate::protocol::of_state;
use crate::topology::{NodeIndex, Port};

/// A line of a node's log.
pub(crate) enum LogLine<'a> {
    WakesUp,
    AlarmRings,
    Received {
        msg: &'a dyn Debug,
        from: NodeIndex,
        port: Port,
    },
    Sends {
        msg: &'a dyn Debug,
        to: NodeIndex,
        port: Port,
    },
    TooLate {
        state: &'a str,
    },
    Deferred {
        state: &'a str,
    },
    Ignored {
        state: &'a str,
    },
    Became {
        before: &'a str,
        after: &'a str,
    },
    /// What the handler logged.
    Says(&'a str),
    Reports {
        name: &'a str,
        value: &'a serde_json::Value,
    },
    Crashes,
    Failed(&'a str),
}

impl<'a> LogLine<'a> {
    /// The line for the result of a step; `None` if the result needs none.
    pub(crate) fn of_step(stepped: Stepped, before: &'a str, after: &'a str) -> Option<Self> {
        match stepped {
            Stepped::Late => Some(LogLine::TooLate { state: before }),
            Stepped::Deferred => Some(LogLine::Deferred { state: before }),
            Stepped::Ignored => Some(LogLine::Ignored { state: before }),
            _ => (before != after).then_some(LogLine::Became { before, after }),
        }
    }

    /// The line after the time since the start, in seconds.
    pub(crate) fn at(&self, now: Duration) -> String {
        format!("{:>12.6}  {self}", now.as_secs_f64())
    }
}

impl fmt::Display for LogLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogLine::WakesUp => f.write_str("wakes up"),
            LogLine::AlarmRings => f.write_str("an alarm rings"),
            LogLine::Received { msg, from, port } if *port == Port::SELF => {
                write!(f, "received {msg:?} from itself, node {from}")
            }
            LogLine::Received { msg, from, port } => write!(f, "received {msg:?} from node {from} (port {port})"),
            LogLine::Sends { msg, to, port } if *port == Port::SELF => write!(f, "sends {msg:?} to itself, node {to}"),
            LogLine::Sends { msg, to, port } => write!(f, "sends {msg:?} to node {to} (port {port})"),
            LogLine::TooLate { state } => write!(f, "too late{}: dropped", of_state(" in ", state)),
            LogLine::Deferred { state } => write!(f, "deferred{}", of_state(" in ", state)),
            LogLine::Ignored { state } => write!(f, "ignored{}", of_state(" in ", state)),
            LogLine::Became { before, after } => write!(f, "{before} -> {after}"),
            LogLine::Says(line) => f.write_str(line),
            LogLine::Reports { name, value } => write!(f, "reports {name}: {value}"),
            LogLine::Crashes => f.write_str("crashes"),
            LogLine::Failed(what) => write!(f, "FAILED: {what}"),
        }
    }
}
