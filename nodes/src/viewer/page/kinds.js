// The kinds of events, as the table in the crate's file `src/trace/kind.rs` has them.  A test writes this module; change the
// table, and then: NODES_BLESS=1 cargo test -p nodes --lib kinds_js

/** Their numbers in the file. @enum {number} */
export const Kind = /** @type {const} */ ({
  Start: 0,
  Impulse: 1,
  Send: 2,
  Deliver: 3,
  Ignore: 4,
  Late: 5,
  Defer: 6,
  Dead: 7,
  Resume: 8,
  Drop: 9,
  Lost: 10,
  Duplicate: 11,
  Resend: 12,
  SetAlarm: 13,
  Cancel: 14,
  Rings: 15,
  State: 16,
  Fields: 17,
  Log: 18,
  Report: 19,
  Crash: 20,
  Recover: 21,
  Violate: 22,
  End: 23,
});

/** Their names, as filters and exports write them. */
export const KIND_NAMES = [
  "start", "impulse", "send", "deliver", "ignore", "late", "defer", "dead", "resume", "drop", "lost", "duplicate",
  "resend", "set-alarm", "cancel", "ring", "state", "fields", "log", "report", "crash", "recover", "violate", "end",
];

/** Their signs in the list of events, which say nothing that it does not show otherwise. */
export const SYMBOLS = [
  "○", "◆", "→", "●", "◌", "◌", "◔", "✕", "◕", "◌", "✕", "⇉", "↻", "◷", "◷", "◆", "▸", "≡", "¶", "⚑", "✕", "○", "⚠",
  "■",
];

/** What the node does, in words before those for what the event is about. */
export const VERBS = [
  "comes to be,", "starts spontaneously", "sends", "receives", "ignores", "has decided, and drops", "defers",
  "is dead, and never sees", "takes up the deferred", "drops the deferred", "will not get through with", "sends twice",
  "sends again", "sets an alarm,", "takes back the alarm", "hears its alarm ring:", "becomes", "now has", "logs:",
  "reports", "crashes", "recovers,", "violates", "the run is over:",
];

/** A one for each of these kinds, by number. @param {number[]} kinds */
const only = (...kinds) => Uint8Array.from(KIND_NAMES, (_, kind) => (kinds.includes(kind) ? 1 : 0));

/** A message arrives. */
export const ARRIVES = only(Kind.Deliver, Kind.Ignore, Kind.Late, Kind.Defer, Kind.Dead);
/** They come of a message: one that arrives, or has been deferred. */
export const COMES_OF = only(Kind.Deliver, Kind.Ignore, Kind.Late, Kind.Defer, Kind.Dead, Kind.Resume, Kind.Drop);
/** They are a part of the step under way; all others begin one. */
export const IS_EFFECT = only(
  Kind.Send, Kind.Lost, Kind.Duplicate, Kind.Resend, Kind.SetAlarm, Kind.Cancel, Kind.State, Kind.Fields, Kind.Log,
  Kind.Report, Kind.Violate,
);
/** They name a message that was sent before. */
export const HAS_MESSAGE = only(
  Kind.Deliver, Kind.Ignore, Kind.Late, Kind.Defer, Kind.Dead, Kind.Resume, Kind.Drop, Kind.Lost, Kind.Duplicate,
);
/** They have a port. */
export const HAS_PORT = only(
  Kind.Send, Kind.Deliver, Kind.Ignore, Kind.Late, Kind.Defer, Kind.Dead, Kind.Resume, Kind.Drop, Kind.Resend,
);
/** They have a type of message, a state, a type of alarm, or a property. */
export const HAS_DETAIL = only(
  Kind.Start, Kind.Send, Kind.SetAlarm, Kind.Cancel, Kind.Rings, Kind.State, Kind.Recover, Kind.Violate,
);
/** That is a state: the node's from then on. */
export const HAS_STATE = only(Kind.Start, Kind.State, Kind.Recover);
/** That is a type of alarm; the amount, if there is one, is a time. */
export const HAS_ALARM = only(Kind.SetAlarm, Kind.Cancel, Kind.Rings);
/** They have an amount. */
export const HAS_AMOUNT = only(Kind.Send, Kind.Resend, Kind.SetAlarm);
/** Their text is a JSON object. */
export const HAS_JSON = only(Kind.Fields, Kind.Report);
