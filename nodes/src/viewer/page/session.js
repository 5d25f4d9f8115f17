// What is looked at: the trace, the axis, how far the run has come, what is selected.  Panes read it, gestures change it, and
// every change is drawn in the next frame.

import { Axis } from "viewer/axis.js";
import { Cones } from "viewer/causality.js";
import { Index } from "viewer/index.js";
import { Kind } from "viewer/kinds.js";
import { DARK, LIGHT, messageLooks, stateLooks } from "viewer/look.js";

/** @typedef {import("viewer/axis.js").AxisName} AxisName */
/** @typedef {import("viewer/filter.js").Filter} Filter */
/** @typedef {{ draw(session: Session): void }} Pane */

export class Session {
  /** @param {import("viewer/trace.js").Trace} trace */
  constructor(trace) {
    this.trace = trace;
    this.header = trace.header;
    this.index = new Index(trace);
    /** @type {Map<AxisName, Axis>} */
    this.axes = new Map();
    this.axis = this.axisOf("real");
    /** How many events of the axis's order have happened. */
    this.count = 0;
    /** Where on the axis we are: from the last event that has happened to the next. */
    this.now = this.axis.start;
    this.playing = false;
    /** Whether more events may come. */
    this.isLive = false;
    /** How many events of the trace have been looked at. */
    this.seen = trace.length;
    /** Axis units a second. */
    this.speed = 1;
    /** The selected event, or -1. */
    this.event = -1;
    /** The selected node, or -1. */
    this.node = -1;
    /** Past and future of the selected event. @type {Cones | undefined} */
    this.cones = undefined;
    /** @type {Filter | undefined} */
    this.filter = undefined;
    /** The events that the filter leaves, 1 each. @type {Uint8Array | undefined} */
    this.mask = undefined;
    this.theme = LIGHT;
    this.states = stateLooks(this.header);
    this.messages = messageLooks(this.header, false);
    /** Grows with every change of the trace, axis, filter or theme. */
    this.version = 0;
    /** @type {Pane[]} */
    this.panes = [];
    this.isDue = false;
    /** How many milliseconds the last drawing took. */
    this.drawing = 0;
    /** @type {(() => void)[]} */
    this.listeners = [];
  }

  /** Draws all panes in the next frame. */
  changed() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      const start = performance.now();
      for (const pane of this.panes) pane.draw(this);
      this.drawing = performance.now() - start;
      for (const listener of this.listeners) listener();
    });
  }

  /** @param {AxisName} name */
  axisOf(name) {
    const known = this.axes.get(name);
    if (known) return known;
    const axis = new Axis(name, this.index);
    this.axes.set(name, axis);
    return axis;
  }

  /** Goes over to another axis; what was selected stays so. @param {AxisName} name */
  setAxis(name) {
    if (name === this.axis.name) return;
    const last = this.lastEvent();
    this.axis = this.axisOf(name);
    this.version++;
    if (last < 0) this.goToCount(0);
    else this.goToEvent(last);
  }

  /** The event that happened last, or -1. */
  lastEvent() {
    return this.count > 0 ? this.axis.at(this.count - 1) : -1;
  }

  /** How many events only say that nodes come to be: the run begins behind them. */
  beginning() {
    const { trace, axis, index } = this;
    let count = 0;
    while (count < index.length && trace.kind[trace.step[axis.at(count)]] === Kind.Start) count++;
    return count;
  }

  /** @param {number} count */
  goToCount(count) {
    const most = this.index.length;
    this.count = Math.max(0, Math.min(most, count));
    this.now = this.count > 0 ? this.axis.position[this.axis.at(this.count - 1)] : this.axis.start;
    this.changed();
  }

  /** Goes to where the event, and what else it set off, has just happened. @param {number} event */
  goToEvent(event) {
    this.goToCount(this.stepEnd(event));
  }

  /** @param {number} position */
  goToPosition(position) {
    const { axis } = this;
    this.now = Math.max(axis.start, Math.min(axis.end, position));
    this.count = position < axis.start ? 0 : axis.countAt(this.now);
    this.changed();
  }

  /** How many events have happened when the step of that event is over. @param {number} event */
  stepEnd(event) {
    const { step } = this.trace;
    let last = event;
    while (last + 1 < this.index.length && step[last + 1] === step[event]) last++;
    return this.axis.rankOf(last) + 1;
  }

  /** The event to show for a node: the last that has happened to it, or -1. @param {number} node */
  lastOf(node) {
    return this.axis.lastOf(node, this.count);
  }

  /** @param {number} event -1 for none @param {boolean} [go] whether to go there */
  select(event, go = true) {
    this.event = event;
    this.cones = event >= 0 ? new Cones(this.index, event) : undefined;
    if (event >= 0) {
      this.node = this.trace.node[event];
      if (go) this.goToEvent(event);
    }
    this.changed();
  }

  /** @param {number} node -1 for none */
  selectNode(node) {
    this.node = node;
    if (this.event >= 0 && this.trace.node[this.event] !== node) this.select(-1);
    this.changed();
  }

  /** @param {Filter | undefined} filter */
  setFilter(filter) {
    this.filter = filter;
    this.mask = filter?.mask(this.index);
    this.version++;
    this.changed();
  }

  /** @param {boolean} dark */
  setDark(dark) {
    this.theme = dark ? DARK : LIGHT;
    this.messages = messageLooks(this.header, dark);
    this.version++;
    this.changed();
  }

  /** The trace has grown. */
  grown() {
    const name = this.axis.name;
    const last = this.lastEvent();
    this.index = new Index(this.trace);
    this.seen = this.trace.length;
    this.axes.clear();
    this.axis = this.axisOf(name);
    if (this.event >= 0) this.cones = new Cones(this.index, this.event);
    this.mask = this.filter?.mask(this.index);
    this.version++;
    if (last >= 0) {
      const { now } = this;
      this.goToCount(this.axis.rankOf(last) + 1);
      this.now = Math.max(this.now, Math.min(now, this.axis.end));
    }
    this.changed();
  }
}
