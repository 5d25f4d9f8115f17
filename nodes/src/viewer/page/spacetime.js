// The space-time diagram: a line for each node, time to the right, an arrow for each message.

import { Surface } from "viewer/dom.js";
import { Kind } from "viewer/kinds.js";
import { FONT } from "viewer/look.js";
import { density } from "viewer/density.js";
import { unpacked } from "viewer/index.js";
import { NONE } from "viewer/trace.js";
import { Window } from "viewer/window.js";
import { cross } from "viewer/topology.js";
import { count, fitted } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/svg.js").Pen} Pen */

/** More messages in the window are drawn as a density: every one counts, but none is a line. */
export const MOST_LINES = 8000;
const MOST_ARROWS = 1500;
const MOST_NAMES = 70;
/** Among more lines dashes cannot be told from crossings, and take a browser longest. */
const MOST_DASHED = 250;
const MOST_POINTS = 4000;
/** Nobody sees whether a smaller point is round. */
const LEAST_ROUND = 1.6;

export class SpaceTime {
  /** @param {HTMLElement} parent @param {Session} session */
  constructor(parent, session) {
    this.session = session;
    this.surface = new Surface(parent, "The space-time diagram", () => session.changed());
    this.window = new Window(session);
    /** How the last drawing was made, for tests and measurements. */
    this.drawn = { lines: 0, dense: false, milliseconds: 0 };
    /** Where something is written: left, middle, width. @type {[number, number, number][]} */
    this.taken = [];
  }

  /** @param {Session} session */
  draw(session) {
    const { surface } = this;
    if (surface.width < 10) return;
    const start = performance.now();
    this.paint(surface.begin(session.theme.paper), session, surface.width, surface.height);
    this.drawn.milliseconds = performance.now() - start;
  }

  /** @param {Pen} pen @param {Session} session @param {number} width @param {number} height */
  paint(pen, session, width, height) {
    const { window } = this;
    pen.font = `12px ${FONT}`;
    window.arrange(session, width, height, (text) => pen.measureText(text).width);
    this.#grid(pen, session);
    pen.save();
    pen.beginPath();
    pen.rect(window.left - 1, window.top - 5, window.right - window.left + 9, window.bottom - window.top + 5);
    pen.clip();
    const [from, to] = window.ranks(session);
    const lines = session.axis.stabbing.tally(from, to);
    this.taken = [];
    this.drawn.dense = lines > MOST_LINES;
    this.drawn.lines = lines;
    const names = this.#lives(pen, session, from, to);
    if (this.drawn.dense) {
      const picture = density(session, window, from, to);
      pen.drawImage(picture, window.left, window.top, window.right - window.left, window.bottom - window.top);
    } else {
      this.#messages(pen, session, from, to, lines);
    }
    for (const { name, x, y } of names) this.#word(pen, name, x, y, session.theme.quiet, session.theme.halo);
    if (to - from <= MOST_POINTS) this.#points(pen, session, from, to, lines);
    this.#marks(pen, session);
    this.#now(pen, session);
    pen.restore();
    this.#names(pen, session);
    if (this.drawn.dense) this.#note(pen, session, `${count(lines)} messages, as a density; zoom in for lines`);
  }

  /** @param {Pen} pen @param {Session} session */
  #grid(pen, session) {
    const { window } = this;
    const { theme } = session;
    pen.setLineDash([]);
    pen.strokeStyle = theme.grid;
    pen.lineWidth = 1;
    pen.beginPath();
    const ticks = window.ticks(session);
    for (const { x } of ticks) {
      pen.moveTo(Math.round(x) + 0.5, window.top - 4);
      pen.lineTo(Math.round(x) + 0.5, window.bottom);
    }
    pen.stroke();
    pen.font = `11px ${FONT}`;
    pen.fillStyle = theme.quiet;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const { x, text } of ticks) pen.fillText(text, Math.min(x, window.right + 12 - pen.measureText(text).width / 2), window.top - 13);
  }

  /** The nodes' lines, coloured by state; where the names of the states are to stand. @param {Pen} pen @param {Session} session @param {number} from @param {number} to */
  #lives(pen, session, from, to) {
    const { window } = this;
    const { axis, index, trace, states, theme, cones } = session;
    const { changes } = index;
    const thick = Math.max(1, Math.min(6, window.row * 0.2));
    /** @type {{ name: string, x: number, y: number }[]} */
    const names = [];
    pen.lineCap = "butt";
    pen.font = `11px ${FONT}`;
    for (const node of window.nodes()) {
      const y = window.y(node);
      const { starts, items } = changes;
      const before = index.last(changes, node, (event) => axis.rankOf(event) < from);
      let place = starts[node];
      while (place < starts[node + 1] && before >= 0 && items[place] <= before) place++;
      let event = before;
      let x = before < 0 ? -1 : window.left;
      let last = -1;
      pen.globalAlpha = cones && !window.touches(cones, node) ? 0.35 : 1;
      for (;;) {
        const next = place < starts[node + 1] ? items[place] : NONE;
        const isIn = next !== NONE && axis.rankOf(next) < to;
        const stop = isIn ? window.x(axis.position[next]) : window.right + 8;
        if (event >= 0 && stop - x >= 0.25) {
          const { state, crashed } = unpacked(trace.stateOf[event]);
          const look = states[state] ?? states[0];
          pen.strokeStyle = crashed ? theme.faint : look.fill;
          pen.lineWidth = crashed ? 1 : thick;
          pen.setLineDash(crashed ? [2, 4] : []);
          pen.beginPath();
          pen.moveTo(x, y);
          pen.lineTo(stop, y);
          pen.stroke();
          if (!crashed && window.row >= 24 && stop - x > 56 && look.name !== "-") {
            const name = { name: look.name, x: x + 5, y: y - thick / 2 - 7 };
            this.taken.push([name.x, name.y, pen.measureText(look.name).width]);
            names.push(name);
          }
          last = stop;
        }
        if (!isIn) break;
        x = Math.max(stop, last);
        event = next;
        place++;
      }
    }
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    return names;
  }

  /** @param {Pen} pen @param {Session} session @param {number} from @param {number} to @param {number} lines */
  #messages(pen, session, from, to, lines) {
    const { trace, messages, index, cones, mask } = session;
    const { stabbing } = session.axis;
    /** By type, and whether they stand back: places of flights. @type {Map<number, number[]>} */
    const batches = new Map();
    stabbing.each(from, to, (place) => {
      const flight = stabbing.at(place);
      const key = trace.type[index.messageOf(flight)] * 4 + (cones || mask ? this.#rank(session, flight) : 1);
      const batch = batches.get(key);
      if (batch) batch.push(place);
      else batches.set(key, [place]);
    });
    const crowd = Math.max(0.45, Math.min(1, 900 / (lines + 1)));
    for (const key of [...batches.keys()].sort((one, other) => (one & 3) - (other & 3))) {
      const look = messages[key >> 2];
      const rank = key & 3;
      const places = batches.get(key) ?? [];
      pen.globalAlpha = rank === 0 ? 0.12 : crowd;
      pen.strokeStyle = pen.fillStyle = rank === 2 ? session.theme.past : rank === 3 ? session.theme.future : look.colour;
      // Browsers draw lines of up to a pixel in a much shorter way.
      pen.lineWidth = lines > 2000 ? 0.8 : rank > 1 ? 1.8 : lines > MOST_DASHED ? 1 : 1.3;
      pen.setLineDash(lines > MOST_DASHED ? [] : look.dash);
      this.#batch(pen, session, places, lines <= MOST_ARROWS, look.colour);
      if (lines <= MOST_NAMES && rank > 0) for (const place of places) this.#title(pen, session, place, look.name, look.colour);
    }
    pen.globalAlpha = 1;
    pen.setLineDash([]);
  }

  /** 0: stands back; 1: as it is; 2: in the past of the selected event, 3: in its future. @param {Session} session @param {number} flight */
  #rank({ cones, mask, index, trace }, flight) {
    const sent = trace.sent[index.messageOf(flight)];
    const arrival = index.arrivalOf(flight);
    if (mask && !mask[sent] && !(arrival !== NONE && mask[arrival])) return 0;
    if (!cones) return 1;
    if (arrival !== NONE && (cones.isPast(arrival) || arrival === cones.event)) return 2;
    if (cones.isFuture(sent) || sent === cones.event) return 3;
    // What the selected step itself sends.
    return 0;
  }

  /** Where the flight at a place of the order is drawn. @param {Session} session @param {number} place */
  #line({ axis, index, trace }, place) {
    const { window } = this;
    const { stabbing } = axis;
    const flight = stabbing.at(place);
    const message = index.messageOf(flight);
    const sender = trace.sender[message];
    const receiver = trace.receiver[message];
    const isEnded = axis.flightEnd(flight) !== Infinity;
    const isLost = trace.lost[message] === 1 && !isEnded;
    const whole = isEnded ? 1 : isLost ? 0.5 : 0.8;
    const x1 = window.x(stabbing.from[place]);
    const y1 = window.y(sender);
    const x2 = x1 + (window.x(stabbing.to[place]) - x1) * whole;
    const y2 = y1 + (window.y(receiver) - y1) * whole;
    return { x1, y1, x2, y2, isLost, isEnded, isSelf: sender === receiver };
  }

  /** @param {Pen} pen @param {Session} session @param {number[]} places @param {boolean} heads @param {string} colour */
  #batch(pen, session, places, heads, colour) {
    const { window } = this;
    const lines = places.map((place) => this.#line(session, place));
    pen.beginPath();
    for (const { x1, y1, x2, y2, isSelf } of lines) {
      if (isSelf) {
        pen.moveTo(x1, y1);
        pen.quadraticCurveTo((x1 + x2) / 2, y1 - Math.min(window.row * 0.9, 26), x2, y2);
        continue;
      }
      // What is far outside takes time too.
      const { low, high } = window.seen(x1, y1, x2, y2);
      if (low >= high) continue;
      pen.moveTo(x1 + (x2 - x1) * low, y1 + (y2 - y1) * low);
      pen.lineTo(x1 + (x2 - x1) * high, y1 + (y2 - y1) * high);
    }
    pen.stroke();
    pen.setLineDash([]);
    if (!heads) return;
    pen.beginPath();
    for (const { x1, y1, x2, y2, isEnded } of lines) {
      const length = Math.hypot(x2 - x1, y2 - y1);
      if (!isEnded || length < 10) continue;
      const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
      const size = Math.min(8, length / 3);
      const [tx, ty] = [x2 - dx * 2.5, y2 - dy * 2.5];
      pen.moveTo(tx, ty);
      pen.lineTo(tx - dx * size - dy * size * 0.42, ty - dy * size + dx * size * 0.42);
      pen.lineTo(tx - dx * size + dy * size * 0.42, ty - dy * size - dx * size * 0.42);
      pen.closePath();
    }
    pen.fill();
    for (const { x2, y2, isEnded, isLost } of lines) {
      if (isEnded) continue;
      if (isLost) {
        cross(pen, x2, y2, 4, session.theme.danger);
        pen.strokeStyle = colour;
      } else {
        pen.beginPath();
        pen.lineWidth = 1.3;
        pen.arc(x2, y2, 3, 0, Math.PI * 2);
        pen.stroke();
      }
    }
  }

  /** A message's type beside its line. @param {Pen} pen @param {Session} session @param {number} place @param {string} name @param {string} colour */
  #title(pen, session, place, name, colour) {
    const { x1, y1, x2, y2, isSelf } = this.#line(session, place);
    pen.font = `11px ${FONT}`;
    const width = pen.measureText(name).width;
    const { window } = this;
    const [low, high] = [Math.max(0, (window.left - x1) / (x2 - x1 || 1)), Math.min(1, (window.right - x1) / (x2 - x1 || 1))];
    if (isSelf || high - low <= 0 || Math.hypot(x2 - x1, y2 - y1) * (high - low) < width + 22 || window.row < 22) return;
    // In the middle of what is seen of the line, or near it, where nothing is written yet.
    for (const part of [0.5, 0.4, 0.6, 0.3, 0.7]) {
      const along = low + (high - low) * part;
      const [x, y] = [x1 + (x2 - x1) * along, y1 + (y2 - y1) * along];
      if (this.taken.some(([left, middle, wide]) => Math.abs(middle - y) < 13 && x - width / 2 < left + wide && left < x + width / 2)) continue;
      this.taken.push([x - width / 2 - 2, y, width + 4]);
      this.#word(pen, name, x - width / 2, y, colour, session.theme.halo);
      return;
    }
  }

  /** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {string} colour @param {string} halo */
  #word(pen, text, x, y, colour, halo) {
    pen.font = `11px ${FONT}`;
    const width = pen.measureText(text).width;
    pen.fillStyle = halo;
    pen.fillRect(x - 1, y - 6.5, width + 2, 13);
    pen.fillStyle = colour;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(text, x, y);
  }

  /** What sets a step off. @param {Pen} pen @param {Session} session @param {number} from @param {number} to @param {number} lines */
  #points(pen, session, from, to, lines) {
    const { window } = this;
    const { axis, trace, theme, states, cones, mask } = session;
    const size = Math.max(1.2, Math.min(4, window.row * 0.14, 900 / (lines + 200)));
    for (let place = from; place < to; place++) {
      const event = axis.at(place);
      if (trace.step[event] !== event && event !== session.event) continue;
      const kind = trace.kind[event];
      if (kind === Kind.Start || kind === Kind.Crash || kind === Kind.Resend) continue;
      const [x, y] = [window.x(axis.position[event]), window.y(trace.node[event])];
      if (y < window.top || y > window.bottom) continue;
      const { state } = unpacked(trace.stateOf[event]);
      const dim = (cones && !cones.has(event)) || (mask && !mask[event] && !(kind === Kind.Impulse && mask[event + 1]));
      pen.globalAlpha = dim ? 0.25 : 1;
      pen.fillStyle = kind === Kind.Late || kind === Kind.Ignore || kind === Kind.Dead ? theme.paper : (states[state] ?? states[0]).fill;
      if (size < LEAST_ROUND && kind !== Kind.Impulse && kind !== Kind.Rings) {
        pen.fillRect(x - size, y - size, size * 2, size * 2);
        continue;
      }
      pen.strokeStyle = theme.ink;
      pen.lineWidth = size > 2.5 ? 1.2 : 0.6;
      pen.beginPath();
      if (kind === Kind.Impulse || kind === Kind.Rings) {
        const high = size * 1.5;
        pen.moveTo(x, y - high);
        pen.lineTo(x + high, y);
        pen.lineTo(x, y + high);
        pen.lineTo(x - high, y);
        pen.closePath();
      } else {
        pen.arc(x, y, size, 0, Math.PI * 2);
      }
      pen.fill();
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  /** Crashes, violations, and what is selected. @param {Pen} pen @param {Session} session */
  #marks(pen, session) {
    const { window } = this;
    const { axis, trace, theme, event } = session;
    const at = (/** @type {number} */ event) => [window.x(axis.position[event]), window.y(trace.node[event])];
    for (const crash of trace.crashes.slice(0, 2000)) {
      const [x, y] = at(crash);
      cross(pen, x, y, Math.max(2.5, Math.min(6, window.row * 0.3)), theme.danger);
    }
    for (const violation of trace.violations.slice(0, 200)) {
      if (violation >= axis.position.length) continue;
      const [x] = at(violation);
      pen.strokeStyle = theme.danger;
      pen.lineWidth = 1.5;
      pen.setLineDash([5, 3]);
      pen.beginPath();
      pen.moveTo(x, window.top);
      pen.lineTo(x, window.bottom);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (event >= 0) {
      const [x, y] = at(event);
      pen.strokeStyle = theme.accent;
      pen.lineWidth = 2.25;
      pen.beginPath();
      pen.arc(x, y, 8, 0, Math.PI * 2);
      pen.stroke();
    }
  }

  /** Where we are: what is still to come is veiled. @param {Pen} pen @param {Session} session */
  #now(pen, session) {
    const { window } = this;
    const { theme } = session;
    const x = Math.max(window.left, Math.min(window.right + 8, window.x(session.now)));
    if (!session.cones) {
      pen.fillStyle = theme.veil;
      pen.fillRect(x + 1, window.top, Math.max(0, window.right + 8 - x), window.bottom - window.top);
    }
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x, window.top);
    pen.lineTo(x, window.bottom);
    pen.stroke();
  }

  /** The nodes' names. @param {Pen} pen @param {Session} session */
  #names(pen, session) {
    const { window } = this;
    const { theme, trace, header } = session;
    const every = Math.max(1, Math.ceil(13 / window.row));
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const node of window.nodes()) {
      const isNear = session.node >= 0 && node !== session.node && Math.abs(node - session.node) * window.row < 12;
      if ((node % every !== 0 && node !== session.node) || isNear) continue;
      const y = window.y(node);
      if (y < window.top - 2 || y > window.bottom + 2) continue;
      pen.font = node === session.node ? `700 12px ${FONT}` : `12px ${FONT}`;
      pen.fillStyle = node === session.node ? theme.accent : theme.ink;
      const id = header.ids && window.row >= 12 ? ` (${header.ids[node]})` : "";
      const measure = (/** @type {string} */ text) => pen.measureText(text).width;
      pen.fillText(fitted(trace.title(node), window.left - 14 - measure(id), measure) + id, window.left - 10, y);
    }
  }

  /** @param {Pen} pen @param {Session} session @param {string} text */
  #note(pen, session, text) {
    pen.font = `11px ${FONT}`;
    const width = pen.measureText(text).width;
    const { window } = this;
    pen.fillStyle = session.theme.halo;
    pen.fillRect(window.right - width - 8, window.bottom - 20, width + 8, 18);
    pen.fillStyle = session.theme.quiet;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.fillText(text, window.right - 4, window.bottom - 11);
  }

  /** The event nearest to a place of the surface, or -1. @param {number} x @param {number} y */
  eventAt(x, y) {
    const { window, session } = this;
    const { axis, trace } = session;
    const from = axis.countBefore(window.position(x - 9));
    const to = axis.countAt(window.position(x + 9));
    if (to - from > 20000) return -1;
    let best = -1;
    let least = 10;
    for (let place = from; place < to; place++) {
      const event = axis.at(place);
      if (trace.step[event] !== event) continue;
      const far = Math.hypot(window.x(axis.position[event]) - x, window.y(trace.node[event]) - y);
      if (far < least) [best, least] = [event, far];
    }
    return best >= 0 ? best : this.#messageAt(x, y);
  }

  /** The event at which the message arrives whose line runs there; its sending if it does not. @param {number} x @param {number} y */
  #messageAt(x, y) {
    const { session } = this;
    if (this.drawn.dense) return -1;
    const [from, to] = this.window.ranks(session);
    let best = -1;
    let least = 5;
    session.axis.stabbing.each(from, to, (place) => {
      const { x1, y1, x2, y2 } = this.#line(session, place);
      if (x < x1 - 5 || x > x2 + 5) return;
      const square = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1;
      const along = Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square));
      const far = Math.hypot(x1 + (x2 - x1) * along - x, y1 + (y2 - y1) * along - y);
      if (far < least) {
        least = far;
        const flight = session.axis.stabbing.at(place);
        const arrival = session.index.arrivalOf(flight);
        best = arrival === NONE ? session.trace.sent[session.index.messageOf(flight)] : arrival;
      }
    });
    return best;
  }
}
