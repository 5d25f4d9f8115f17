// Many messages at once: how many lines cross each place, and of which colour.  A line that crosses a column of pixels adds one where it
// enters and takes one away behind where it leaves, and a sum down the column gives the lines at each place.  So a message costs a few
// steps, however long its line is; every message counts.

import { overview } from "viewer/overview.js";
import { NONE } from "viewer/trace.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/window.js").Window} Window */

/** A column is so many pixels wide, a place so many high. */
const GRAIN = 2;
/** A long line is looked at in so many of its columns. */
const MOST_COLUMNS = 24;
/** Less is no line, but what is left where lines were added and taken away in parts. */
const LEAST = 1 / 64;

const canvas = document.createElement("canvas");
let key = "";
/** Of each type of message, lines entering less lines leaving. @type {Float32Array[]} */
let sums = [];

/** A picture of the messages in the window. @param {Session} session @param {Window} window @param {number} from @param {number} to */
export function density(session, window, from, to) {
  const columns = Math.max(1, Math.ceil((window.right - window.left) / GRAIN));
  const rows = Math.max(1, Math.ceil((window.bottom - window.top) / GRAIN));
  const cones = session.cones ? session.cones.event : -1;
  const now = [session.version, columns, rows, window.from, window.to, window.above, window.row, cones, session.axis.name].join();
  if (now !== key) {
    key = now;
    prepare(Math.min(8, session.header.messages.length), columns * (rows + 1));
    const whole = overview(session, window, columns, sums.length);
    if (whole) whole.onto(sums, window, columns, rows, GRAIN);
    else gather(session, window, from, to, columns, rows);
    paint(session, columns, rows);
  }
  return canvas;
}

/** Room for the sums, all zero. @param {number} types @param {number} size */
function prepare(types, size) {
  if (sums.length !== types || sums[0]?.length !== size) sums = Array.from({ length: types }, () => new Float32Array(size));
  else for (const sum of sums) sum.fill(0);
}

/** @param {Session} session @param {Window} window @param {number} from @param {number} to @param {number} columns @param {number} rows */
function gather(session, window, from, to, columns, rows) {
  const { axis, trace, index } = session;
  const { stabbing } = axis;
  const { sender, receiver, type } = trace;
  const types = sums.length;
  const high = rows + 1;
  const perPosition = columns / (window.to - window.from);
  const perRow = window.row / GRAIN;
  const top = (0.5 - window.above) * perRow;
  const isChosen = session.mask || session.cones ? chooser(session) : undefined;
  stabbing.stretches(from, to, (start, stop) => {
    for (let place = start; place < stop; place++) {
      if (stabbing.end[place] < from) continue;
      const message = stabbing.flights ? index.messageOf(stabbing.flights[place]) : place;
      if (isChosen && !isChosen(stabbing.at(place))) continue;
      const x1 = (stabbing.from[place] - window.from) * perPosition;
      const x2 = (stabbing.to[place] - window.from) * perPosition;
      const y1 = top + sender[message] * perRow;
      const y2 = top + receiver[message] * perRow;
      const sum = sums[type[message] % types];
      const first = x1 < 0 ? 0 : x1 | 0;
      const last = x2 >= columns ? columns - 1 : x2 | 0;
      if (first >= last) {
        add(sum, first * high, y1, y2, rows);
        continue;
      }
      const slope = (y2 - y1) / (x2 - x1);
      const stride = last - first < MOST_COLUMNS ? 1 : Math.ceil((last - first) / MOST_COLUMNS);
      let enters = first < x1 ? y1 : y1 + (first - x1) * slope;
      for (let column = first; column <= last; column += stride) {
        const leaves = column + stride > x2 ? y2 : y1 + (column + stride - x1) * slope;
        add(sum, column * high, enters, leaves, rows);
        enters = leaves;
      }
    }
  });
}

/** Which flights the filter and the selected event's cones leave. @param {Session} session @returns {(flight: number) => boolean} */
export function chooser({ mask, cones, index, trace }) {
  return (flight) => {
    const message = index.messageOf(flight);
    const start = trace.sent[message];
    const arrival = index.arrivalOf(flight);
    if (mask && !mask[start] && !(arrival !== NONE && mask[arrival])) return false;
    if (!cones) return true;
    return (arrival !== NONE && arrival <= cones.upTo[trace.receiver[message]]) || start >= cones.from[trace.sender[message]];
  };
}

/** Adds a line in one column. @param {Float32Array} sum @param {number} at @param {number} one @param {number} other @param {number} rows */
function add(sum, at, one, other, rows) {
  const low = one < other ? one : other;
  const high = one < other ? other : one;
  if (high < 0 || low >= rows) return;
  sum[at + (low < 0 ? 0 : low | 0)] += 1;
  sum[at + (high >= rows ? rows : (high | 0) + 1)] -= 1;
}

/** @param {Session} session @param {number} columns @param {number} rows */
function paint(session, columns, rows) {
  canvas.width = columns;
  canvas.height = rows;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const picture = pen.createImageData(columns, rows);
  const pixels = new Uint32Array(picture.data.buffer);
  const high = rows + 1;
  const types = sums.length;
  const colours = session.messages.slice(0, types).map(({ colour }) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  let most = 1;
  for (const sum of sums) {
    for (let column = 0; column < columns; column++) {
      for (let row = 0, at = column * high, lines = 0; row < rows; row++, at++) {
        lines += sum[at];
        if (lines > most) most = lines;
      }
    }
  }
  // From the number of lines to how much of the colour is seen, up to the most there are.
  const scale = 255 / Math.log2(1 + most * types);
  const shades = Uint8Array.from({ length: 1024 }, (_, lines) => (lines ? Math.min(255, 30 + scale * 0.9 * Math.log2(1 + lines)) : 0));
  const lines = new Float32Array(types);
  for (let column = 0; column < columns; column++) {
    lines.fill(0);
    let pixel = 0;
    for (let row = 0, at = column * high; row < rows; row++, at++) {
      let isOther = false;
      for (let type = 0; type < types; type++) {
        const more = sums[type][at];
        if (more === 0) continue;
        lines[type] += more;
        isOther = true;
      }
      if (isOther) pixel = mixed(lines, colours, shades);
      pixels[row * columns + column] = pixel;
    }
  }
  pen.putImageData(picture, 0, 0);
}

/** The pixel of so many lines of each type. @param {Float32Array} lines @param {number[][]} colours @param {Uint8Array} shades */
function mixed(lines, colours, shades) {
  let total = 0;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let type = 0; type < lines.length; type++) {
    const many = lines[type];
    if (many <= LEAST) continue;
    total += many;
    red += colours[type][0] * many;
    green += colours[type][1] * many;
    blue += colours[type][2] * many;
  }
  if (total === 0) return 0;
  const shade = shades[Math.min(1023, Math.ceil(total - LEAST))];
  return (shade << 24) | ((blue / total) << 16) | ((green / total) << 8) | (red / total);
}
