// Which part of the space-time diagram is seen: a stretch of the axis, and some rows.

import { duration, inUnits } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */

const LEAST_ROW = 2;
const MOST_ROW = 110;
/** A line is drawn so far beyond what is seen: its ends must not show. */
const MARGIN = 20;
/** So many events are the latest of a run that goes on. */
const LATEST = 4000;

export class Window {
  /** @param {Session} session */
  constructor(session) {
    this.axis = session.axis;
    /** The stretch of the axis. */
    this.from = 0;
    this.to = 1;
    /** Whether it is all of the axis, however it grows, the latest of it, or the part that somebody chose. @type {"whole" | "latest" | "part"} */
    this.view = "whole";
    /** How many rows are above, and how much higher than needed a row is. */
    this.above = 0;
    this.stretch = 1;
    this.count = session.header.nodes;
    this.left = 40;
    this.right = 400;
    this.top = 26;
    this.bottom = 300;
    this.row = 20;
  }

  /** Fits it into a paper of that size. @param {Session} session @param {number} width @param {number} height @param {(text: string) => number} measure */
  arrange(session, width, height, measure) {
    const titles = session.header.names ?? [String(this.count - 1)];
    const longest = titles.reduce((one, other) => (other.length > one.length ? other : one), "");
    const ids = session.header.ids ? ` (${session.header.ids.reduce((one, other) => Math.max(one, other), 0)})` : "";
    this.left = Math.min(160, Math.max(28, measure(longest + ids) + 20));
    this.right = width - 18;
    this.bottom = height - 6;
    const room = this.bottom - this.top;
    // All rows at once, unless they would be too thin to see.
    this.row = Math.max(Math.min(room / this.count, MOST_ROW), Math.min(LEAST_ROW, room / 40)) * this.stretch;
    this.above = Math.max(0, Math.min(this.above, this.count - room / this.row));
    if (this.axis !== session.axis) {
      const was = this.axis;
      this.axis = session.axis;
      if (this.view === "part" && was.name !== session.axis.name) this.view = "whole";
    }
    this.#grow();
    this.#follow(session);
  }

  whole() {
    this.view = "whole";
    this.#grow();
  }

  /** As far as it is nobody's choice, what is seen is as long as the run is by now. */
  #grow() {
    if (this.view === "part") return;
    const { axis } = this;
    const first = this.view === "latest" ? axis.position.length - LATEST : 0;
    const start = first > 0 ? axis.position[axis.at(first)] : axis.start;
    // Where all happens at once, it is what is still under way that takes room.
    const length = axis.end - start || axis.typical;
    this.from = start - length * 0.01;
    this.to = axis.end + length * (axis.end > start ? 0.03 : 1);
  }

  /** While it plays, what happens stays in sight. @param {Session} session */
  #follow(session) {
    if (!session.playing || this.view === "whole") return;
    const length = this.to - this.from;
    if (session.now > this.to - length * 0.15 || session.now < this.from) {
      this.view = "part";
      const from = session.now - length * 0.6;
      [this.from, this.to] = [from, from + length];
    }
  }

  /** Makes a position be seen. @param {number} position */
  show(position) {
    const length = this.to - this.from;
    if (this.view === "whole" || (position >= this.from + length * 0.02 && position <= this.to - length * 0.02)) return;
    this.view = "part";
    this.from = position - length / 2;
    this.to = this.from + length;
  }

  /** @param {number} factor below 1 to see less of the axis @param {number} [at] the position that stays where it is */
  zoom(factor, at = (this.from + this.to) / 2) {
    const { start, end } = this.axis;
    const whole = (end - start || 1) * 1.04;
    const length = Math.max(whole / 1e7, Math.min(whole, (this.to - this.from) * factor));
    const part = (at - this.from) / (this.to - this.from);
    this.view = length >= whole * 0.999 ? "whole" : "part";
    if (this.view === "whole") this.#grow();
    else this.#place(at - part * length, length);
  }

  /** @param {number} by so much of the axis */
  pan(by) {
    if (this.view === "whole" || by === 0) return;
    this.view = "part";
    this.#place(this.from + by, this.to - this.from);
  }

  /** Some of the axis always stays in sight. @param {number} from @param {number} length */
  #place(from, length) {
    const { start, end } = this.axis;
    this.from = Math.max(start - length * 0.5, Math.min(end - length * 0.5, from));
    this.to = this.from + length;
  }

  /** Higher rows. @param {number} factor @param {number} y what stays where it is */
  heighten(factor, y) {
    const node = (y - this.top) / this.row + this.above;
    const stretch = Math.max(1, Math.min(60, this.stretch * factor));
    this.row *= stretch / this.stretch;
    this.stretch = stretch;
    this.above = node - (y - this.top) / this.row;
  }

  /** @param {number} position */
  x(position) {
    return this.left + ((position - this.from) / (this.to - this.from)) * (this.right - this.left);
  }

  /** @param {number} x */
  position(x) {
    return this.from + ((x - this.left) / (this.right - this.left)) * (this.to - this.from);
  }

  /** @param {number} node */
  y(node) {
    return this.top + (node - this.above + 0.5) * this.row;
  }

  /** Which part of a line is seen: from `low` to `high` of it, where 0 is its begin and 1 its end; nothing if `low` is not less.
   * @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
  seen(x1, y1, x2, y2) {
    const across = between(x1, x2, this.left - MARGIN, this.right + MARGIN);
    const down = between(y1, y2, this.top - MARGIN, this.bottom + MARGIN);
    return { low: Math.max(across.low, down.low), high: Math.min(across.high, down.high) };
  }

  /** The nodes whose rows are seen. */
  nodes() {
    const first = Math.max(0, Math.floor(this.above));
    const last = Math.min(this.count, Math.ceil(this.above + (this.bottom - this.top) / this.row) + 1);
    return Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  }

  /** Whether anything of the cones is on the node's line. @param {import("viewer/causality.js").Cones} cones @param {number} node */
  touches(cones, node) {
    return cones.upTo[node] >= 0 || cones.from[node] !== 0xffffffff;
  }

  /** The places of the axis's order that are seen. @param {Session} session @returns {[number, number]} */
  ranks({ axis }) {
    return [axis.countBefore(this.from), axis.countAt(this.to)];
  }

  /** Where to write what along the axis. @param {Session} session */
  ticks(session) {
    const { axis, trace, header } = session;
    const isReal = axis.name === "real";
    const unit = isReal && inUnits(trace) ? header.unit_ns : 1;
    const [from, to] = [this.from / unit, this.to / unit];
    const fits = Math.max(2, Math.floor((this.right - this.left) / 72));
    let step = niceStep((to - from) / fits);
    if (!isReal || unit !== 1) step = Math.max(1, Math.round(step));
    const ticks = [];
    for (let tick = Math.max(0, Math.ceil(from / step)); tick * step <= to; tick++) {
      const value = tick * step;
      const text = isReal && unit === 1 ? duration(value, 5) : String(value);
      ticks.push({ x: this.x(value * unit), text });
    }
    return ticks;
  }
}

/** Which part of the way from one number to another is between two bounds. @param {number} from @param {number} to @param {number} least @param {number} most */
function between(from, to, least, most) {
  if (from === to) return from >= least && from <= most ? { low: 0, high: 1 } : { low: 1, high: 0 };
  const one = (least - from) / (to - from);
  const other = (most - from) / (to - from);
  return { low: Math.max(0, Math.min(one, other)), high: Math.min(1, Math.max(one, other)) };
}

/** The next larger of 1, 2, 5, 10, .. @param {number} step */
function niceStep(step) {
  const power = 10 ** Math.floor(Math.log10(step || 1));
  return [1, 2, 5, 10].map((nice) => nice * power).find((nice) => nice >= step * 0.999) ?? power * 10;
}
