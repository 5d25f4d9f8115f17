// Happened-before (Lamport 1978): the order of each node's events, and a message's sending before what comes of it.

import { COMES_OF } from "viewer/kinds.js";
import { partition } from "viewer/order.js";
import { NONE } from "viewer/trace.js";

/** @typedef {import("viewer/index.js").Index} Index */

/** An event's causal past and future. */
export class Cones {
  /**
   * Since the events of a node are in one order, its share of the past is all up to one event, that of the future all from one on.
   * @param {Index} index @param {number} event
   */
  constructor(index, event) {
    const { node, kind, what, sent } = index.trace;
    const nodes = index.trace.header.nodes;
    this.index = index;
    this.event = event;
    /** By node, the last event of the past; -1 if there is none. */
    this.upTo = new Int32Array(nodes).fill(-1);
    /** By node, the first event of the future; `NONE` if there is none. */
    this.from = new Uint32Array(nodes).fill(NONE);
    const { upTo, from } = this;
    upTo[node[event]] = event;
    for (let earlier = event; earlier >= 0; earlier--) {
      if (COMES_OF[kind[earlier]] && what[earlier] !== NONE && earlier <= upTo[node[earlier]]) {
        const cause = sent[what[earlier]];
        const at = node[cause];
        if (cause > upTo[at]) upTo[at] = cause;
      }
    }
    from[node[event]] = event;
    for (let later = event + 1; later < index.length; later++) {
      if (COMES_OF[kind[later]] && what[later] !== NONE) {
        const cause = sent[what[later]];
        const at = node[later];
        if (cause >= from[node[cause]] && later < from[at]) from[at] = later;
      }
    }
  }

  /** @param {number} event */
  isPast(event) {
    return event !== this.event && event <= this.upTo[this.index.trace.node[event]];
  }

  /** @param {number} event */
  isFuture(event) {
    return event !== this.event && event >= this.from[this.index.trace.node[event]];
  }

  /** Whether it is the event itself, or in its past or future. @param {number} event */
  has(event) {
    const node = this.index.trace.node[event];
    return event <= this.upTo[node] || event >= this.from[node];
  }

  /** How many events are in its past, in its future, and in neither. */
  counts() {
    if (this.counted) return this.counted;
    const { starts, items } = this.index.byNode;
    let past = -1;
    let future = -1;
    for (let node = 0; node < this.upTo.length; node++) {
      const [low, high] = [starts[node], starts[node + 1]];
      past += partition(low, high, (place) => items[place] <= this.upTo[node]) - low;
      future += high - partition(low, high, (place) => items[place] < this.from[node]);
    }
    this.counted = { past, future, concurrent: this.index.length - past - future - 1 };
    return this.counted;
  }
}
