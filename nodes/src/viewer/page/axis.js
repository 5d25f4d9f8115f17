// Time axes: where on an axis each event stands, and in which order.  Whatever the axis, a message is sent before it arrives.

import { Kind } from "viewer/kinds.js";
import { NONE } from "viewer/trace.js";
import { partition, sortedPlaces } from "viewer/order.js";
import { Stabbing } from "viewer/stabbing.js";

/** @typedef {import("viewer/index.js").Index} Index */
/** @typedef {"real" | "logical" | "round"} AxisName */

/** Within a causal round, the events of a node stand in so many places at most. */
const PLACES = 64;
/** They take this part of a round's width: the rest is left to messages. */
const SPREAD = 0.45;

export class Axis {
  /** @param {AxisName} name @param {Index} index */
  constructor(name, index) {
    this.name = name;
    this.index = index;
    const { trace, length } = index;
    /** Where each event stands. */
    this.position = new Float64Array(length);
    /** The events in the axis's order; nothing if that is their own. @type {Uint32Array | undefined} */
    this.order = undefined;
    /** The place of each event in it. @type {Uint32Array | undefined} */
    this.rank = undefined;
    if (name === "real") {
      this.position.set(trace.time.subarray(0, length));
    } else {
      const keys = name === "logical" ? this.#logical() : this.#rounds();
      this.order = sortedPlaces(keys);
      this.rank = new Uint32Array(length);
      for (let place = 0; place < length; place++) this.rank[this.order[place]] = place;
    }
    this.end = length ? this.position[this.at(length - 1)] : 0;
    this.start = length ? this.position[this.at(0)] : 0;
    /** How long a flight usually is; one that never ends is drawn as long as this. */
    this.typical = this.#typical();
    /** Messages under way, by rank. */
    this.stabbing = new Stabbing(this);
  }

  /** The event at a place of the order. @param {number} place */
  at(place) {
    return this.order ? this.order[place] : place;
  }

  /** The place of an event. @param {number} event */
  rankOf(event) {
    return this.rank ? this.rank[event] : event;
  }

  /** How many events have happened at a position. @param {number} position */
  countAt(position) {
    return partition(0, this.position.length, (place) => this.position[this.at(place)] <= position);
  }

  /** How many events have happened before it. @param {number} position */
  countBefore(position) {
    return partition(0, this.position.length, (place) => this.position[this.at(place)] < position);
  }

  /** The last event of a node among the first `count` of the order, or -1. @param {number} node @param {number} count */
  lastOf(node, count) {
    return this.index.last(this.index.byNode, node, (event) => this.rankOf(event) < count);
  }

  /** Where a flight begins. @param {number} flight */
  flightStart(flight) {
    return this.position[this.index.trace.sent[this.index.messageOf(flight)]];
  }

  /** Where a flight ends: at its arrival, or past all events. @param {number} flight */
  flightEnd(flight) {
    const event = this.index.arrivalOf(flight);
    return event === NONE || event >= this.position.length ? Infinity : this.position[event];
  }

  /** Where a flight leads that does not end: the lost for a usual length, others past all that has happened. @param {number} flight */
  flightGoal(flight) {
    const usual = this.flightStart(flight) + this.typical;
    return this.index.trace.lost[this.index.messageOf(flight)] ? usual : Math.max(usual, this.end + this.typical * 0.25);
  }

  #typical() {
    const { flights } = this.index;
    const lengths = [];
    const stride = Math.max(1, Math.floor(flights / 999));
    for (let flight = 0; flight < flights; flight += stride) {
      const end = this.flightEnd(flight);
      if (end !== Infinity) lengths.push(end - this.flightStart(flight));
    }
    lengths.sort((one, two) => one - two);
    return lengths[lengths.length >> 1] || this.end - this.start || 1;
  }

  /** All events of a step stand where it begins: at its Lamport stamp. */
  #logical() {
    const { trace, length } = this.index;
    const keys = new Uint32Array(length);
    for (let event = 0; event < length; event++) {
      keys[event] = this.position[event] = trace.lamport[trace.step[event]];
    }
    return keys;
  }

  /** In a round, a node's steps stand side by side. */
  #rounds() {
    const { trace, length } = this.index;
    const nodes = trace.header.nodes;
    const { kind, node, depth, step, chain } = trace;
    const round = new Uint32Array(length);
    const ordinal = new Uint32Array(length);
    const count = new Uint32Array(nodes);
    const reached = new Uint32Array(nodes);
    // A message to the dead leads to no later round there, but must not arrive before it was sent.
    for (let event = 0; event < length; event++) {
      const at = node[event];
      let now = Math.max(depth[event], reached[at]);
      if (kind[event] === Kind.Dead && trace.what[event] !== NONE) now = Math.max(now, chain[trace.what[event]]);
      if (now > reached[at]) {
        reached[at] = now;
        count[at] = 0;
      }
      round[event] = now;
      ordinal[event] = step[event] === event ? count[at]++ : count[at] - 1;
    }
    // How many steps the node has in that round is known behind the last of them.
    const keys = new Uint32Array(length);
    const many = new Uint32Array(nodes);
    const current = new Int32Array(nodes).fill(-1);
    for (let event = length - 1; event >= 0; event--) {
      const at = node[event];
      if (current[at] !== round[event]) {
        current[at] = round[event];
        many[at] = ordinal[event] + 1;
      }
      const place = many[at] > PLACES ? Math.floor((ordinal[event] / many[at]) * PLACES) : ordinal[event];
      this.position[event] = round[event] + (place / Math.max(4, Math.min(many[at], PLACES))) * SPREAD;
      // Whole numbers in the same order.
      keys[event] = Math.round(this.position[event] * 4096);
    }
    return keys;
  }
}
