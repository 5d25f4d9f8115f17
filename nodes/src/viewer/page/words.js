// How things are said: numbers, times, events.

import { COMES_OF, HAS_ALARM, HAS_AMOUNT, HAS_JSON, HAS_STATE, Kind, VERBS } from "viewer/kinds.js";
import { NONE } from "viewer/trace.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/trace.js").Trace} Trace */

const GROUPS = new Intl.NumberFormat("en");

/** With groups of digits. @param {number} value */
export function count(value) {
  return GROUPS.format(value);
}

/** @param {number} value @param {string} one @param {string} [many] */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A number with no more digits than needed. @param {number} value */
function plain(value) {
  return String(Number(value.toPrecision(6)));
}

/** A length of time, in the unit that suits it. @param {number} ns @param {number} [digits] */
export function duration(ns, digits = 4) {
  const size = Math.abs(ns);
  const [scale, unit] = size >= 1e9 ? [1e9, "s"] : size >= 1e6 ? [1e6, "ms"] : size >= 1e3 ? [1e3, "µs"] : [1, "ns"];
  return size === 0 ? "0" : `${Number((ns / scale).toPrecision(digits))} ${unit}`;
}

/** Whether times count units, as under unit delay. @param {Trace} trace */
export function inUnits(trace) {
  return trace.header.clock === "virtual" && trace.header.unit_ns !== 1e9;
}

/** A time as it is said. @param {Trace} trace @param {number} ns */
export function time(trace, ns) {
  return inUnits(trace) ? plain(ns / trace.header.unit_ns) : duration(ns, 5);
}

/** A position on an axis. @param {Session} session @param {number} position */
export function position(session, position) {
  if (session.axis.name === "real") return time(session.trace, position);
  return plain(Math.floor(position));
}

/** What an event is about, besides its kind: for a line of the list. @param {Trace} trace @param {number} event */
export function about(trace, event) {
  const { header } = trace;
  const kind = trace.kind[event];
  const what = trace.what[event];
  const text = trace.text(event);
  if (kind === Kind.Resend) {
    return `${counted(trace.amount[event], "message")} to ${trace.title(trace.ends[trace.node[event]][trace.port[event]])}`;
  }
  if (kind === Kind.Violate) {
    const name = header.properties[what - 1]?.name;
    return name ? `${name}${text && text !== name ? `: ${text}` : ""}` : text ?? "";
  }
  if (HAS_STATE[kind]) return header.states[what]?.name ?? "";
  if (HAS_ALARM[kind]) {
    const alarm = text ?? header.alarms[what]?.name ?? "";
    return HAS_AMOUNT[kind] ? `${alarm} in ${time(trace, trace.amount[event])}` : alarm;
  }
  if (HAS_JSON[kind]) return object(text);
  const message = trace.messageOf(event);
  return message === NONE ? text ?? "" : messageText(trace, message);
}

/** A JSON object without its punctuation; another text as it is. @param {string | undefined} text */
function object(text) {
  try {
    const fields = Object.entries(JSON.parse(text ?? "{}"));
    return fields.map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ");
  } catch {
    return text ?? "";
  }
}

/** As much of a text as has room. @param {string} text @param {number} room @param {(text: string) => number} measure */
export function fitted(text, room, measure) {
  if (measure(text) <= room) return text;
  let length = text.length - 1;
  while (length > 1 && measure(`${text.slice(0, length)}…`) > room) length--;
  return `${text.slice(0, length)}…`;
}

/** A message, with its content if that is on record. @param {Trace} trace @param {number} message */
export function messageText(trace, message) {
  return tidy(trace.content(message)) ?? trace.header.messages[trace.type[message]];
}

/** Content as Rust prints it, less noise: `Id(3)` is 3. @param {string | undefined} text */
export function tidy(text) {
  return text?.replace(/\b(?:Id|NodeIndex|Port)\((\d+)\)/g, "$1");
}

/** Whom an event concerns besides its node: who sent the message, or to whom it goes; -1 for nobody. @param {Trace} trace @param {number} event */
export function peer(trace, event) {
  const message = trace.messageOf(event);
  if (message === NONE) return -1;
  const other = COMES_OF[trace.kind[event]] ? trace.sender[message] : trace.receiver[message];
  return other === trace.node[event] ? -1 : other;
}

/** An event as a part of a sentence. @param {Trace} trace @param {number} event */
export function said(trace, event) {
  const kind = trace.kind[event];
  const other = peer(trace, event);
  const towards = other < 0 ? "" : ` ${COMES_OF[kind] ? "from" : "to"} ${trace.title(other)}`;
  return `${VERBS[kind]} ${about(trace, event)}${towards}`.trim();
}

/** What happened in the step of an event, in one line. @param {Trace} trace @param {number} event @param {number} length */
export function story(trace, event, length) {
  const first = trace.step[event];
  const parts = [said(trace, first)];
  const sent = /** @type {Map<string, string[]>} */ (new Map());
  for (let next = first + 1; next < length && trace.step[next] === first; next++) {
    if (trace.kind[next] === Kind.Send) {
      const text = messageText(trace, trace.what[next]);
      const to = peer(trace, next);
      const all = sent.get(text) ?? [];
      all.push(to < 0 ? "itself" : trace.title(to));
      if (all.length === 1) {
        parts.push(`\u0000${text}`);
        sent.set(text, all);
      }
    } else if (trace.kind[next] !== Kind.Fields) {
      parts.push(said(trace, next));
    }
    if (next - first > 200) break;
  }
  const whole = parts.map((part) => {
    if (!part.startsWith("\u0000")) return part;
    const to = sent.get(part.slice(1)) ?? [];
    return `sends ${part.slice(1)} to ${to.length > 6 ? `${to.length} nodes` : to.join(", ")}`;
  });
  return `${subject(trace, first)} ${whole.join("; ")}.`;
}

/** An event as a sentence, without its stop. @param {Trace} trace @param {number} event */
export function sentence(trace, event) {
  return `${subject(trace, event)} ${said(trace, event)}`;
}

/** Who does it: properties are of the whole run. @param {Trace} trace @param {number} event */
function subject(trace, event) {
  const isOfRun = trace.kind[event] === Kind.Violate && trace.header.properties[trace.what[event] - 1];
  return isOfRun ? "The run" : `Node ${trace.title(trace.node[event])}`;
}
