// A trace in memory: what happened, in columns, and what follows from it event by event: Lamport stamps, causal rounds, states.

import { ARRIVES, HAS_MESSAGE, HAS_STATE, IS_EFFECT, Kind } from "viewer/kinds.js";

/** No such event, message or text. */
export const NONE = 0xffffffff;
/** In `stateOf`: the node has crashed. */
export const CRASHED = 0x8000;

/**
 * @typedef {object} Header
 * @property {string} version @property {string} protocol @property {string} engine @property {"real" | "virtual"} clock
 * @property {number} unit_ns @property {string} topology @property {number} seed @property {string} replay
 * @property {Record<string, unknown>} options @property {string} guarantee @property {string[]} messages
 * @property {{ name: string, terminal: boolean }[]} states @property {{ name: string }[]} alarms
 * @property {{ name: string, when: string }[]} properties @property {number} nodes
 * @property {number[]} [ids] @property {string[]} [names] @property {[number, number][]} [positions]
 * @property {[number, number, number, number][]} links @property {boolean} directed @property {number[]} [weights]
 */

/** A trace in memory.  Columns are longer than `length` (events), `messages` and `flights`; what lies behind is unused. */
export class Trace {
  /** @param {Header} header */
  constructor(header) {
    this.header = header;
    /** How many events there are. */
    this.length = 0;
    this.kind = new Uint8Array(0);
    this.node = new Uint32Array(0);
    /** Nanoseconds since the run began. */
    this.time = new Float64Array(0);
    /** The message that an event sends or is about; else its detail. */
    this.what = new Uint32Array(0);
    this.port = new Int32Array(0);
    this.amount = new Float64Array(0);
    this.lamport = new Uint32Array(0);
    /** Causal round: the longest chain of messages that led to the node so far. */
    this.depth = new Uint32Array(0);
    /** The first event of the step that an event belongs to. */
    this.step = new Uint32Array(0);
    /** The node's state after the event, and whether it has crashed. */
    this.stateOf = new Uint16Array(0);
    this.textAt = new Uint32Array(0);

    /** How many messages were sent. */
    this.messages = 0;
    this.sender = new Uint32Array(0);
    this.receiver = new Uint32Array(0);
    this.type = new Uint8Array(0);
    this.size = new Float64Array(0);
    this.chain = new Uint32Array(0);
    /** The event of its sending, and of its (first) arrival. */
    this.sent = new Uint32Array(0);
    this.arrived = new Uint32Array(0);
    /** Whether it got lost. */
    this.lost = new Uint8Array(0);
    /** Second arrivals of duplicated messages: pairs of message and event. @type {number[]} */
    this.again = [];

    /** @type {Uint8Array[]} */
    this.textBytes = [];
    /** Of each text: which bytes, from where, how many. @type {number[]} */
    this.textSpans = [];
    /** @type {number[]} */
    this.violations = [];
    /** @type {number[]} */
    this.crashes = [];

    this.clocks = new Uint32Array(header.nodes);
    this.depths = new Uint32Array(header.nodes);
    this.states = new Uint16Array(header.nodes);
    /** By node, who is behind each port. @type {number[][]} */
    this.ends = Array.from({ length: header.nodes }, () => []);
    for (const [a, at, b, there] of header.links) {
      this.ends[a][at] = b;
      this.ends[b][there] = a;
    }
  }

  /** Makes room for so many more events, and so many messages in all. @param {number} events @param {number} messages */
  reserve(events, messages) {
    const wanted = this.length + events;
    if (wanted > this.kind.length) {
      const room = Math.max(1024, wanted, Math.ceil(this.kind.length * 1.7));
      for (const column of /** @type {const} */ (["kind", "node", "time", "what", "port", "amount", "lamport", "depth", "step", "stateOf", "textAt"])) {
        grow(this, column, room);
      }
    }
    if (messages > this.sender.length) {
      const room = Math.max(1024, messages, Math.ceil(this.sender.length * 1.7));
      for (const column of /** @type {const} */ (["sender", "receiver", "type", "size", "chain", "sent", "arrived", "lost"])) {
        grow(this, column, room);
      }
    }
  }

  /**
   * Appends an event; there must be room.
   * @param {number} kind @param {number} node @param {number} time @param {number} message @param {number} port
   * @param {number} detail @param {number} amount @param {boolean} comesOf whether the message leads to it
   */
  push(kind, node, time, message, port, detail, amount, comesOf) {
    const event = this.length++;
    let lamport = this.clocks[node] + 1;
    let depth = this.depths[node];
    let what = detail;
    if (kind === Kind.Send) {
      what = this.messages++;
      this.sender[what] = node;
      this.receiver[what] = port < 0 ? node : this.ends[node][port];
      this.type[what] = detail;
      this.size[what] = amount;
      this.sent[what] = event;
      this.arrived[what] = NONE;
      this.chain[what] = port < 0 ? depth : depth + 1;
    } else if (message !== NONE) {
      what = message;
      if (comesOf) {
        lamport = Math.max(lamport, this.lamport[this.sent[message]] + 1);
        if (ARRIVES[kind]) {
          if (this.arrived[message] === NONE) this.arrived[message] = event;
          else this.again.push(message, event);
          if (kind !== Kind.Dead) depth = Math.max(depth, this.chain[message]);
        }
      } else if (kind === Kind.Lost) {
        this.lost[message] = 1;
      }
    } else if (HAS_MESSAGE[kind]) {
      what = NONE;
    }
    if (HAS_STATE[kind]) this.states[node] = detail;
    else if (kind === Kind.Crash) {
      this.states[node] |= CRASHED;
      this.crashes.push(event);
    } else if (kind === Kind.Violate) this.violations.push(event);
    const goesOn = event > 0 && IS_EFFECT[kind] && this.node[event - 1] === node && this.time[event - 1] === time;
    this.kind[event] = kind;
    this.node[event] = node;
    this.time[event] = time;
    this.what[event] = what;
    this.port[event] = port;
    this.amount[event] = amount;
    this.clocks[node] = this.lamport[event] = lamport;
    this.depths[node] = this.depth[event] = depth;
    this.step[event] = goesOn ? this.step[event - 1] : event;
    this.stateOf[event] = this.states[node];
    this.textAt[event] = NONE;
  }

  /** Gives the last event its text. @param {Uint8Array} bytes @param {number} from @param {number} length */
  addText(bytes, from, length) {
    if (this.textBytes[this.textBytes.length - 1] !== bytes) this.textBytes.push(bytes);
    this.textAt[this.length - 1] = this.textSpans.length / 3;
    this.textSpans.push(this.textBytes.length - 1, from, length);
  }

  /** The event's text, or nothing. @param {number} event */
  text(event) {
    const at = this.textAt[event];
    if (at === NONE || event < 0) return undefined;
    const [bytes, from, length] = [0, 1, 2].map((part) => this.textSpans[at * 3 + part]);
    return DECODER.decode(this.textBytes[bytes].subarray(from, from + length));
  }

  /** The message that an event sends or is about, or `NONE`. @param {number} event */
  messageOf(event) {
    const kind = this.kind[event];
    return kind === Kind.Send || HAS_MESSAGE[kind] ? this.what[event] : NONE;
  }

  /** What a message holds, if that is on record. @param {number} message */
  content(message) {
    return message === NONE ? undefined : this.text(this.sent[message]);
  }

  /** How the run ended, if that is on record. */
  outcome() {
    const last = this.length - 1;
    return last >= 0 && this.kind[last] === Kind.End ? this.text(last) : undefined;
  }

  /** What people call a node. @param {number} node */
  title(node) {
    return this.header.names?.[node] ?? String(node);
  }

  /** The last event at which something happened; the run's end is none. */
  get steps() {
    return this.outcome() === undefined ? this.length : this.length - 1;
  }
}

const DECODER = new TextDecoder();

/**
 * @template {string} K
 * @param {Record<K, Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>} owner @param {K} column @param {number} room
 */
function grow(owner, column, room) {
  const old = owner[column];
  const Type = /** @type {new (length: number) => typeof old} */ (old.constructor);
  const longer = new Type(room);
  longer.set(old);
  owner[column] = longer;
}
