// The filter: a small language for which events are looked at.
//
//   filter := all ("|" all)*            one of them
//   all    := term*                     each of them
//   term   := "-"? (key op values | word)
//   op     := ":" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
//   values := value ("," value)*        one of them; for numbers also low-high

import { HAS_ALARM, KIND_NAMES, Kind } from "viewer/kinds.js";
import { CRASHED, NONE } from "viewer/trace.js";
import { about, peer, tidy } from "viewer/words.js";

/** @typedef {import("viewer/index.js").Index} Index */
/** @typedef {import("viewer/trace.js").Trace} Trace */
/** @typedef {(event: number) => boolean} Test */

const TERM = /^(-?)(?:([A-Za-z_][\w.]*|\.\w+)(!=|<=|>=|:|=|<|>|~))?(?:"([^"]*)"|(.*))$/s;

/** What can be asked for, for help. */
export const KEYS = [
  ["node:3", "events at node 3", "node:3,5  node:0-4"],
  ["from:2  to:3", "messages that node 2 sent, that go to node 3", ""],
  ["type:Forth", "messages or alarms of that type", "type:Forth,Back"],
  ["kind:deliver", "events of that kind", KIND_NAMES.filter((name) => name !== "end").join(" ")],
  ["state:Candidate", "events after which the node is in that state", ""],
  ["is:decided", "the node has decided, crashed; the message is lost, late", "is:crashed  is:lost  is:late"],
  ["round>=3", "by causal round", "also lamport  time (in the run's unit, or 5ms)  size"],
  ["limit>2", "by a field of the message, or else of the node", "msg.limit  self.limit  origin=4"],
  ["word", "the event's text has that word in it", "\"two words\""],
  ["-term", "not", ""],
  ["a b", "both", ""],
  ["a | b", "one of them", ""],
];

export class Filter {
  /**
   * Throws an `Error` whose message says what is wrong.
   * @param {string} text @param {Trace} trace
   */
  constructor(text, trace) {
    this.text = text;
    this.trace = trace;
    /** @type {((index: Index) => Test)[][]} */
    this.groups = split(text, "|").map((group) => split(group, " ").map((term) => this.#term(term)));
  }

  /** One for each event that it leaves, else zero. @param {Index} index */
  mask(index) {
    const groups = this.groups.map((group) => group.map((make) => make(index)));
    const mask = new Uint8Array(index.length);
    for (let event = 0; event < index.length; event++) {
      for (const group of groups) {
        let holds = true;
        for (const test of group) {
          if (!test(event)) {
            holds = false;
            break;
          }
        }
        if (holds) {
          mask[event] = 1;
          break;
        }
      }
    }
    return mask;
  }

  /** @param {string} term @returns {(index: Index) => Test} */
  #term(term) {
    const parts = TERM.exec(term);
    if (!parts) throw new Error(`“${term}” cannot be understood`);
    const [, not, key, operator, quoted, bare] = parts;
    const value = quoted ?? bare;
    const test = key === undefined ? this.#word(value) : this.#key(key, operator, value);
    return not || operator === "!=" ? (index) => negated(test(index)) : test;
  }

  /** @param {string} word @returns {(index: Index) => Test} */
  #word(word) {
    const { trace } = this;
    const wanted = word.toLowerCase();
    return () => (event) => {
      const kind = trace.kind[event];
      return KIND_NAMES[kind].includes(wanted) || about(trace, event).toLowerCase().includes(wanted);
    };
  }

  /** @param {string} key @param {string} operator @param {string} value @returns {(index: Index) => Test} */
  #key(key, operator, value) {
    const { trace } = this;
    const { header } = trace;
    if (value === "") throw new Error(`“${key}${operator}” wants a value`);
    const numbers = (/** @type {(event: number) => number} */ of) => {
      const test = compared(operator, value, scaleOf(key, trace));
      return () => (/** @type {number} */ event) => test(of(event));
    };
    switch (key.toLowerCase()) {
      case "node":
        return this.#nodes(value, (event) => trace.node[event]);
      case "from":
        return this.#nodes(value, (event) => (trace.messageOf(event) === NONE ? -1 : trace.sender[trace.what[event]]));
      case "to":
        return this.#nodes(value, (event) => (trace.messageOf(event) === NONE ? -1 : trace.receiver[trace.what[event]]));
      case "peer":
        return this.#nodes(value, (event) => peer(trace, event));
      case "type": {
        const types = named(value, header.messages, header.alarms.map(({ name }) => name), "type of message or alarm");
        return () => (event) => {
          const message = trace.messageOf(event);
          if (message !== NONE) return types[0].has(trace.type[message]);
          const kind = trace.kind[event];
          return HAS_ALARM[kind] === 1 && types[1].has(trace.what[event]);
        };
      }
      case "kind": {
        const [kinds] = named(value, KIND_NAMES, [], "kind of event");
        return () => (event) => kinds.has(trace.kind[event]);
      }
      case "state": {
        const [states] = named(value, header.states.map(({ name }) => name), [], "state");
        return () => (event) => states.has(trace.stateOf[event] & ~CRASHED);
      }
      case "is":
        return this.#is(value.toLowerCase());
      case "round":
        return numbers((event) => trace.depth[event]);
      case "lamport":
        return numbers((event) => trace.lamport[event]);
      case "time":
        return numbers((event) => trace.time[event]);
      case "size":
        return numbers((event) => (trace.messageOf(event) === NONE ? NaN : trace.size[trace.what[event]]));
      default:
        return this.#field(key, operator, value);
    }
  }

  /** @param {string} value @param {(event: number) => number} of @returns {(index: Index) => Test} */
  #nodes(value, of) {
    const { header } = this.trace;
    const wanted = new Set();
    for (const part of value.split(",")) {
      const range = /^(\d+)-(\d+)$/.exec(part);
      const named = header.names?.indexOf(part) ?? -1;
      if (named >= 0) wanted.add(named);
      else if (range) for (let node = Number(range[1]); node <= Math.min(Number(range[2]), header.nodes); node++) wanted.add(node);
      else if (/^\d+$/.test(part) && Number(part) < header.nodes) wanted.add(Number(part));
      else throw new Error(`there is no node “${part}”`);
    }
    return () => (event) => wanted.has(of(event));
  }

  /** @param {string} what @returns {(index: Index) => Test} */
  #is(what) {
    const { trace } = this;
    const { kind, stateOf } = trace;
    const terminal = trace.header.states.map((state) => state.terminal);
    const tests = /** @type {Record<string, Test>} */ ({
      decided: (event) => terminal[stateOf[event] & ~CRASHED],
      crashed: (event) => (stateOf[event] & CRASHED) !== 0,
      lost: (event) => trace.messageOf(event) !== NONE && trace.lost[trace.what[event]] === 1,
      late: (event) => kind[event] === Kind.Late,
      violated: (event) => kind[event] === Kind.Violate,
      message: (event) => trace.messageOf(event) !== NONE,
    });
    if (!tests[what]) throw new Error(`“is:” knows ${Object.keys(tests).join(", ")}, not “${what}”`);
    return () => tests[what];
  }

  /** @param {string} key @param {string} operator @param {string} value @returns {(index: Index) => Test} */
  #field(key, operator, value) {
    const { trace } = this;
    const [, where, name] = /^(?:(msg|self)?\.)?(.*)$/.exec(key) ?? [];
    const number = compared(operator, value, 1);
    const wanted = value.toLowerCase().split(",");
    /** @param {string} found */
    const holds = (found) => {
      if (operator === "~") return found.toLowerCase().includes(value.toLowerCase());
      if (/^-?[\d.]+$/.test(found)) return number(Number(found));
      return /[<>]/.test(operator) ? false : wanted.includes(found.toLowerCase());
    };
    const pattern = new RegExp(`\\b${name.replace(/\W/g, "")}: ("[^"]*"|[^,}\\]]+)`);
    return (index) => (event) => {
      if (where !== "self") {
        const content = tidy(trace.content(trace.messageOf(event)));
        const found = content === undefined ? null : pattern.exec(content);
        if (found) return holds(found[1].trim().replace(/^"|"$/g, ""));
      }
      if (where === "msg") return false;
      const { now } = index.fieldsAt(trace.node[event], event);
      const fields = /** @type {Record<string, unknown> | null} */ (now < 0 ? null : parsed(trace, now));
      const field = fields?.[name];
      return field !== undefined && holds(typeof field === "string" ? field : JSON.stringify(field));
    };
  }
}

const known = /** @type {WeakMap<Trace, Map<number, unknown>>} */ (new WeakMap());

/** The JSON in an event's text; looked at once. @param {Trace} trace @param {number} event */
function parsed(trace, event) {
  const all = known.get(trace) ?? new Map();
  known.set(trace, all);
  if (!all.has(event)) {
    let value = null;
    try {
      value = JSON.parse(trace.text(event) ?? "null");
    } catch {
      // A text that was cut is no JSON.
    }
    all.set(event, value);
  }
  return all.get(event);
}

/** @param {Test} test @returns {Test} */
function negated(test) {
  return (event) => !test(event);
}

/** Parts of a text between separators that stand outside quotes; empty ones are left out. @param {string} text @param {string} separator */
function split(text, separator) {
  const parts = [];
  let part = "";
  let quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (letter === separator && !quoted) {
      if (part.trim()) parts.push(part.trim());
      part = "";
    } else {
      part += letter;
    }
  }
  if (quoted) throw new Error('a “"” is not closed');
  if (part.trim()) parts.push(part.trim());
  return parts;
}

/** The numbers of names. @param {string} value @param {string[]} one @param {string[]} other @param {string} what */
function named(value, one, other, what) {
  const found = [one, other].map(() => /** @type {Set<number>} */ (new Set()));
  for (const name of value.split(",")) {
    const places = [one, other].map((names) => names.findIndex((known) => known.toLowerCase() === name.toLowerCase()));
    if (places[0] < 0 && places[1] < 0) {
      throw new Error(`there is no ${what} “${name}”; there ${one.length + other.length === 1 ? "is" : "are"} ${[...one, ...other].join(", ")}`);
    }
    places.forEach((place, at) => place >= 0 && found[at].add(place));
  }
  return found;
}

/** What a number is multiplied with that has no unit. @param {string} key @param {Trace} trace */
function scaleOf(key, trace) {
  return key.toLowerCase() === "time" ? trace.header.unit_ns : 1;
}

const UNITS = /** @type {Record<string, number>} */ ({ ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9 });

/** A test of numbers. @param {string} operator @param {string} value @param {number} scale @returns {(number: number) => boolean} */
function compared(operator, value, scale) {
  const read = (/** @type {string} */ text) => {
    const parts = /^(-?[\d.]+)(ns|us|µs|ms|s)?$/.exec(text.trim());
    return parts ? Number(parts[1]) * (parts[2] ? UNITS[parts[2]] : scale) : NaN;
  };
  const wanted = read(value);
  switch (operator) {
    case "<":
      return (number) => number < wanted;
    case "<=":
      return (number) => number <= wanted;
    case ">":
      return (number) => number > wanted;
    case ">=":
      return (number) => number >= wanted;
    default: {
      const ranges = value.split(",").map((part) => {
        const range = /^(.+?)-(.+)$/.exec(part);
        return range ? [read(range[1]), read(range[2])] : [read(part), read(part)];
      });
      return (number) => ranges.some(([low, high]) => number >= low && number <= high);
    }
  }
}
