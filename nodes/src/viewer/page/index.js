// What panes look up in a trace: events by node, changes of state, fields, and flights.  Made anew when a live trace has grown.

import { CRASHED, NONE } from "viewer/trace.js";
import { Kind } from "viewer/kinds.js";
import { grouped, partition } from "viewer/order.js";

/** @typedef {import("viewer/trace.js").Trace} Trace */
/** @typedef {{ starts: Uint32Array, items: Uint32Array }} Groups */

export class Index {
  /** @param {Trace} trace */
  constructor(trace) {
    const { node, kind, stateOf } = trace;
    const nodes = trace.header.nodes;
    this.trace = trace;
    /** How many events happened; the run's end is not one of them. */
    this.length = trace.steps;
    /** Events by node. */
    this.byNode = grouped(nodes, node, undefined, this.length);
    const isChange = new Uint8Array(this.length);
    const last = new Int32Array(nodes).fill(-1);
    for (let event = 0; event < this.length; event++) {
      if (stateOf[event] !== last[node[event]]) isChange[event] = 1;
      last[node[event]] = stateOf[event];
    }
    /** Events after which a node's state is another. */
    this.changes = grouped(nodes, node, (event) => isChange[event] === 1, this.length);
    /** Events that tell a node's fields. */
    this.fields = grouped(nodes, node, (event) => kind[event] === Kind.Fields, this.length);
    /** Flights: the journeys of messages.  The k-th is message k's; those behind are second arrivals of duplicates. */
    this.flights = trace.messages + trace.again.length / 2;
    this.rounds = this.#rounds();
    /** By node, the first event since which contents and fields are not on record, or `NONE`. */
    this.bare = new Uint32Array(nodes).fill(NONE);
    for (let message = trace.messages - 1; message >= 0; message--) {
      if (trace.textAt[trace.sent[message]] === NONE) this.bare[trace.sender[message]] = trace.sent[message];
    }
  }

  /** The message of a flight. @param {number} flight */
  messageOf(flight) {
    const { messages, again } = this.trace;
    return flight < messages ? flight : again[(flight - messages) * 2];
  }

  /** The event at which a flight ends, or `NONE`. @param {number} flight */
  arrivalOf(flight) {
    const { messages, again, arrived } = this.trace;
    return flight < messages ? arrived[flight] : again[(flight - messages) * 2 + 1];
  }

  /** Whether the flight is a duplicate's second. @param {number} flight */
  isAgain(flight) {
    return flight >= this.trace.messages;
  }

  /** The last event of a group's members for which `before` holds (it must for a prefix), or -1.
   * @param {Groups} groups @param {number} node @param {(event: number) => boolean} before */
  last(groups, node, before) {
    const low = groups.starts[node];
    const at = partition(low, groups.starts[node + 1], (place) => before(groups.items[place]));
    return at > low ? groups.items[at - 1] : -1;
  }

  /** The fields of a node as of an event, and those before them. @param {number} node @param {number} event */
  fieldsAt(node, event) {
    const { starts, items } = this.fields;
    const at = partition(starts[node], starts[node + 1], (place) => items[place] <= event);
    return {
      now: at > starts[node] ? items[at - 1] : -1,
      before: at > starts[node] + 1 ? items[at - 2] : -1,
    };
  }

  #rounds() {
    const { depth } = this.trace;
    let most = 0;
    for (let event = 0; event < this.length; event++) if (depth[event] > most) most = depth[event];
    return most;
  }
}

/** A node's state as a number and whether it lives, as `stateOf` packs them. @param {number} packed */
export function unpacked(packed) {
  return { state: packed & ~CRASHED, crashed: (packed & CRASHED) !== 0 };
}
