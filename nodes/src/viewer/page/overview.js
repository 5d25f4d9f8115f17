// The density of a whole run, gathered once: wide windows are summed up from it, so that even a million messages pan and zoom without a pause.

import { chooser } from "viewer/density.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/window.js").Window} Window */

/** The axis is divided into so many bins, the nodes into so many groups at most. */
const BINS = 4096;
const MOST_GROUPS = 256;
/** Fewer flights are gathered as fast. */
const FEW = 150000;
/** A flight is counted in so many of its bins at most. */
const MOST_BINS = 64;

class Overview {
  /** @param {Session} session @param {number} types */
  constructor(session, types) {
    const { axis, trace, index } = session;
    const { stabbing } = axis;
    const nodes = session.header.nodes;
    this.start = axis.start;
    this.scale = BINS / (axis.end - axis.start || 1);
    this.perGroup = Math.ceil(nodes / MOST_GROUPS);
    this.groups = Math.ceil(nodes / this.perGroup);
    const { groups } = this;
    const size = (BINS + 1) * groups;
    /** By type, bin and group, how many lines have their upper end there before the bin begins, and their lower end. */
    this.upper = Array.from({ length: types }, () => new Uint32Array(size));
    this.lower = Array.from({ length: types }, () => new Uint32Array(size));
    const isChosen = session.mask || session.cones ? chooser(session) : undefined;
    const group = Uint16Array.from({ length: nodes }, (_, node) => node / this.perGroup);
    for (let place = 0; place < stabbing.count; place++) {
      const flight = stabbing.at(place);
      if (isChosen && !isChosen(flight)) continue;
      const message = index.messageOf(flight);
      const one = group[trace.sender[message]];
      const other = group[trace.receiver[message]];
      const first = ((stabbing.from[place] - this.start) * this.scale) | 0;
      const last = Math.min(BINS - 1, ((stabbing.to[place] - this.start) * this.scale) | 0);
      const type = trace.type[message] % types;
      const [upper, lower] = [this.upper[type], this.lower[type]];
      if (first >= last) {
        const at = (Math.min(BINS - 1, first) + 1) * groups;
        upper[at + (one < other ? one : other)]++;
        lower[at + (one < other ? other : one)]++;
        continue;
      }
      const stride = Math.ceil((last - first + 1) / MOST_BINS);
      for (let bin = first; bin <= last; bin += stride) {
        const from = Math.round(one + ((other - one) * (bin - first)) / (last - first + 1));
        const to = Math.round(one + ((other - one) * Math.min(last - first + 1, bin + stride - first)) / (last - first + 1));
        upper[(bin + 1) * groups + Math.min(from, to)]++;
        lower[(bin + 1) * groups + Math.max(from, to)]++;
      }
    }
    for (const counts of [...this.upper, ...this.lower]) {
      for (let at = groups; at < size; at++) counts[at] += counts[at - groups];
    }
  }

  /** How many bins the window shows. @param {Window} window */
  bins(window) {
    return (window.to - window.from) * this.scale;
  }

  /** Adds what the window shows to the sums of a density.
   * @param {Float32Array[]} sums @param {Window} window @param {number} columns @param {number} rows @param {number} grain */
  onto(sums, window, columns, rows, grain) {
    const first = (window.from - this.start) * this.scale;
    const perColumn = this.bins(window) / columns;
    const bounds = Float64Array.from({ length: columns + 1 }, (_, column) => Math.max(0, Math.min(BINS, first + column * perColumn)));
    // Where the middle of each group is drawn; the place behind the last row is never seen.
    const within = (/** @type {number} */ row) => Math.max(0, Math.min(rows, Math.floor(row)));
    const middles = Float64Array.from({ length: this.groups }, (_, group) => (((group + 0.5) * this.perGroup - window.above) * window.row) / grain);
    const begins = Int32Array.from(middles, within);
    const ends = Int32Array.from(middles, (row) => within(row + 1));
    sums.forEach((sum, type) => {
      addBetween(bounds, this.upper[type], 1, sum, begins, rows + 1);
      addBetween(bounds, this.lower[type], -1, sum, ends, rows + 1);
    });
  }
}

/**
 * Adds to each column what is counted between its bounds; a bin that lies in two columns is shared between them.
 * @param {Float64Array} bounds @param {Uint32Array} counts by bin and group, up to the bin @param {1 | -1} sign
 * @param {Float32Array} sum @param {Int32Array} rowOf the row of each group @param {number} high how many rows a column has
 */
function addBetween(bounds, counts, sign, sum, rowOf, high) {
  const groups = rowOf.length;
  const before = new Float64Array(groups);
  for (let bound = 0; bound < bounds.length; bound++) {
    const bin = Math.min(BINS - 1, Math.floor(bounds[bound]));
    const part = bounds[bound] - bin;
    const column = (bound - 1) * high;
    for (let group = 0, at = bin * groups; group < groups; group++, at++) {
      const upTo = counts[at] + part * (counts[at + groups] - counts[at]);
      if (bound > 0) sum[column + rowOf[group]] += sign * (upTo - before[group]);
      before[group] = upTo;
    }
  }
}

let key = "";
/** @type {Overview | undefined} */
let known;

/** The overview, if it is fine enough for the window. @param {Session} session @param {Window} window @param {number} columns @param {number} types */
export function overview(session, window, columns, types) {
  const { axis, cones, version } = session;
  const share = (window.to - window.from) / (axis.end - axis.start || 1);
  if (axis.stabbing.count < FEW || window.stretch !== 1 || share * BINS < columns * 2) return undefined;
  const now = [version, axis.name, cones ? cones.event : -1, types].join();
  if (now !== key || !known) {
    key = now;
    known = new Overview(session, types);
  }
  return known;
}
