// The kinds of events, by their numbers in the file.

/** @enum {number} */
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
  Ring: 15,
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

/** @param {(kind: number) => boolean} test */
const table = (test) => Uint8Array.from(KIND_NAMES, (_, kind) => (test(kind) ? 1 : 0));

/** Kinds by which a message arrives. */
export const ARRIVES = table((kind) => kind >= Kind.Deliver && kind <= Kind.Dead);
/** Kinds that come of a message. */
export const COMES_OF = table((kind) => kind >= Kind.Deliver && kind <= Kind.Drop);
/** Kinds that name a message. */
export const HAS_MESSAGE = table((kind) => kind >= Kind.Deliver && kind <= Kind.Duplicate);
export const HAS_PORT = table((kind) => COMES_OF[kind] === 1 || kind === Kind.Send || kind === Kind.Resend);
export const HAS_STATE = table((kind) => kind === Kind.Start || kind === Kind.State || kind === Kind.Recover);
export const HAS_ALARM = table((kind) => kind >= Kind.SetAlarm && kind <= Kind.Ring);
export const HAS_DETAIL = table(
  (kind) => HAS_STATE[kind] === 1 || HAS_ALARM[kind] === 1 || kind === Kind.Send || kind === Kind.Violate,
);
export const HAS_AMOUNT = table((kind) => kind === Kind.Send || kind === Kind.Resend || kind === Kind.SetAlarm);
/** What a node does in a step; all else sets a step off. */
export const IS_EFFECT = table(
  (kind) =>
    kind === Kind.Send || (kind >= Kind.Lost && kind <= Kind.Cancel) || (kind >= Kind.State && kind <= Kind.Report) ||
    kind === Kind.Violate,
);
