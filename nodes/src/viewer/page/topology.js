// The graph: nodes coloured and shaped by state, and messages on their way along links.

import { Surface } from "viewer/dom.js";
import { FONT, mark, outline } from "viewer/look.js";
import { captionSides, placed } from "viewer/layout.js";
import { unpacked } from "viewer/index.js";
import { count, fitted } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/svg.js").Pen} Pen */
/** @typedef {{ flight: number, x: number, y: number }} Drawn */

/** Of more nodes the states are not written beside them. */
const MOST_CAPTIONS = 64;
/** A name takes so many pixels at most. */
const WIDEST = 110;
/** Nor beside nodes of a smaller radius. */
const LEAST_CAPTIONED = 10;
/** More messages are drawn as points. */
const MOST_MARKS = 1500;
/** More are not called by name. */
const MOST_NAMES = 48;
/** More links are not drawn anew in each frame. */
const FEW_LINKS = 500;
/** More links are drawn without regard to gestures. */
const MOST_LINKS = 60000;

export class Topology {
  /** @param {HTMLElement} parent @param {Session} session @param {{ onMessage?: (flight: number, at: MouseEvent) => void, onNode?: (node: number, at: MouseEvent) => void }} [live] */
  constructor(parent, session, live = {}) {
    this.session = session;
    this.live = live;
    this.surface = new Surface(parent, "The graph with its messages under way", () => session.changed());
    this.places = placed(session.header);
    /** On which side of each node there is room for its caption. */
    this.sides = session.header.nodes <= MOST_CAPTIONS ? captionSides(session.header, this.places) : [];
    this.zoom = 1;
    this.shift = [0, 0];
    /** How often a node was moved. */
    this.moves = 0;
    /** A drawing of the links, and what it was drawn for. */
    this.links = document.createElement("canvas");
    this.drawnLinks = "";
    /** What was drawn where, for gestures. @type {Drawn[]} */
    this.drawn = [];
    /** Where names stand: middles and widths. @type {[number, number, number][]} */
    this.named = [];
    this.#gestures();
  }

  /** Shows all of it again. */
  fit() {
    this.zoom = 1;
    this.shift = [0, 0];
    this.session.changed();
  }

  /** @param {Session} session */
  draw(session) {
    const { surface } = this;
    if (surface.width < 10) return;
    this.paint(surface.begin(session.theme.paper), session, surface.width, surface.height);
  }

  /** The radius of nodes, and where each stands on a paper of that size. @param {number} width @param {number} height */
  scaled(width, height) {
    const { places, zoom, shift } = this;
    const { header } = this.session;
    const nodes = places.x.length;
    const named = nodes <= MOST_CAPTIONS;
    /** How much a unit is, with such margins. @param {number} x @param {number} y */
    const unitFor = (x, y) => {
      const scale = Math.min((width - 2 * x) / Math.max(places.width, 1e-9), (height - 2 * y) / Math.max(places.height, 1e-9));
      return Math.min(scale, 260) * zoom;
    };
    const radiusFor = (/** @type {number} */ unit) => Math.max(1.5, Math.min(named ? 21 : 14, unit * places.closest * (named ? 0.27 : 0.34)));
    // Room for what is written beside the nodes, if anything is.
    const widest = Math.floor(WIDEST / 6.5);
    const texts = named ? [...header.states.map(({ name }) => name), ...(header.names ?? [])] : [];
    const longest = texts.reduce((most, text) => Math.max(most, Math.min(text.length, widest)), 7);
    let unit = unitFor(named ? 36 + longest * 6.5 : 18, named ? (header.ids ? 60 : 46) : 18);
    const captioned = named && radiusFor(unit) >= LEAST_CAPTIONED;
    if (named && !captioned) unit = unitFor(24, 24);
    const radius = radiusFor(unit);
    const left = width / 2 - (places.width * unit) / 2 + shift[0];
    const top = height / 2 - (places.height * unit) / 2 + shift[1];
    /** @param {number} node @returns {[number, number]} */
    const at = (node) => [left + places.x[node] * unit, top + places.y[node] * unit];
    return { radius, at, unit, captioned };
  }

  /** @param {Pen} pen @param {Session} session @param {number} width @param {number} height */
  paint(pen, session, width, height) {
    const view = this.scaled(width, height);
    pen.lineJoin = "round";
    this.#background(pen, session, view, width, height);
    const under = this.#flights(session);
    this.named = [];
    this.#nodes(pen, session, view, width, height);
    this.#messages(pen, session, view, under, width);
    if (under.length > MOST_MARKS) {
      pen.font = `11px ${FONT}`;
      pen.fillStyle = session.theme.quiet;
      pen.textAlign = "left";
      pen.textBaseline = "bottom";
      pen.fillText(`${count(under.length)} messages under way`, 12, height - 10);
    }
  }

  /** The links: many of them are drawn once, as long as nothing moves. @param {Pen} pen @param {Session} session
   * @param {ReturnType<Topology["scaled"]>} view @param {number} width @param {number} height */
  #background(pen, session, view, width, height) {
    if (session.header.links.length <= FEW_LINKS || pen !== this.surface.pen) {
      this.#links(pen, session, view);
      return;
    }
    const scale = window.devicePixelRatio || 1;
    const key = [width, height, scale, this.zoom, this.shift, this.moves, session.theme.line].join();
    if (key !== this.drawnLinks) {
      this.drawnLinks = key;
      this.links.width = Math.round(width * scale);
      this.links.height = Math.round(height * scale);
      const own = /** @type {CanvasRenderingContext2D} */ (this.links.getContext("2d"));
      own.scale(scale, scale);
      this.#links(own, session, view);
    }
    pen.drawImage(this.links, 0, 0, width, height);
  }

  /** @param {Pen} pen @param {Session} session @param {ReturnType<Topology["scaled"]>} view */
  #links(pen, session, { at, radius }) {
    const { links, directed } = session.header;
    pen.strokeStyle = session.theme.line;
    pen.lineWidth = links.length > 2000 ? 0.6 : links.length > 300 ? 1 : 1.6;
    pen.globalAlpha = links.length > 2000 ? 0.4 : 1;
    pen.setLineDash([]);
    const heads = directed && links.length <= 600;
    const between = twins(session.header);
    pen.beginPath();
    for (let link = 0; link < Math.min(links.length, MOST_LINKS); link++) {
      const [a, , b] = links[link];
      const [ax, ay] = at(a);
      const [bx, by] = at(b);
      if (a === b) {
        pen.moveTo(ax, ay);
        pen.quadraticCurveTo(ax - radius * 3, ay - radius * 3.5, ax, ay - radius * 2.6);
        pen.quadraticCurveTo(ax + radius * 3, ay - radius * 3.5, ax, ay);
      } else {
        const bend = between.get(link) ?? 0;
        pen.moveTo(ax, ay);
        if (bend) pen.quadraticCurveTo(...control(ax, ay, bx, by, bend), bx, by);
        else pen.lineTo(bx, by);
        if (heads) arrow(pen, (ax * 2 + bx * 3) / 5, (ay * 2 + by * 3) / 5, bx - ax, by - ay, 7);
      }
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** The flights under way. @param {Session} session */
  #flights(session) {
    const { axis, index, trace } = session;
    const flights = /** @type {number[]} */ ([]);
    // When nothing happens any more, what never arrived is not under way.
    if (session.count >= index.length && /^(terminated|quiescent|stuck)/.test(trace.outcome() ?? "")) return flights;
    axis.stabbing.each(session.count, session.count, (place) => {
      const flight = axis.stabbing.at(place);
      if (trace.port[trace.sent[index.messageOf(flight)]] >= 0) flights.push(flight);
    });
    return flights;
  }

  /** How far along its link a flight is, from 0 to 1. @param {Session} session @param {number} flight */
  #progress(session, flight) {
    const { axis, index, trace, now } = session;
    const begin = axis.flightStart(flight);
    const end = axis.flightEnd(flight);
    const part = (now - begin) / ((end === Infinity ? axis.flightGoal(flight) : end) - begin || 1);
    if (end !== Infinity) return Math.min(1, part);
    return Math.min(trace.lost[index.messageOf(flight)] ? 0.55 : 0.8, part);
  }

  /** @param {Pen} pen @param {Session} session @param {ReturnType<Topology["scaled"]>} view @param {number[]} flights @param {number} width */
  #messages(pen, session, { at, radius }, flights, width) {
    const { trace, index, messages, theme, mask, cones } = session;
    const asPoints = flights.length > MOST_MARKS;
    const named = flights.length <= MOST_NAMES;
    const crowd = /** @type {Map<string, number>} */ (new Map());
    this.drawn = [];
    pen.font = `600 11px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const flight of flights) {
      const message = index.messageOf(flight);
      const [sender, receiver] = [trace.sender[message], trace.receiver[message]];
      const [ax, ay] = at(sender);
      const [bx, by] = at(receiver);
      const length = Math.hypot(bx - ax, by - ay) || 1;
      const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
      const progress = this.#progress(session, flight);
      const gap = Math.min(radius + 7, length / 2);
      const along = gap + (length - 2 * gap) * Math.max(0, progress);
      // Keep to the right; those on the same place of the same way beside each other.
      const key = asPoints ? "" : `${sender}-${trace.port[trace.sent[message]]}-${Math.round(progress * 24)}`;
      const before = crowd.get(key) ?? 0;
      if (!asPoints) crowd.set(key, before + 1);
      const aside = asPoints ? 2 : 7 + before * 12;
      const [x, y] = [ax + dx * along - dy * aside, ay + dy * along + dx * aside];
      const look = messages[trace.type[message]];
      const event = trace.sent[message];
      const arrival = index.arrivalOf(flight);
      const dim = (mask && !mask[event] && !mask[arrival]) || (cones && !cones.has(event));
      pen.globalAlpha = dim ? 0.18 : 1;
      if (asPoints) {
        pen.fillStyle = look.colour;
        pen.fillRect(x - 1.25, y - 1.25, 2.5, 2.5);
        continue;
      }
      pen.setLineDash([]);
      if (trace.lost[message] && progress >= 0.5) {
        cross(pen, x, y, 6, theme.danger);
      } else {
        pen.strokeStyle = look.colour;
        pen.globalAlpha *= 0.55;
        pen.lineWidth = 2;
        pen.beginPath();
        const tail = Math.min(along - gap, 16);
        pen.moveTo(x - dx * tail, y - dy * tail);
        pen.lineTo(x, y);
        pen.stroke();
        pen.globalAlpha = dim ? 0.18 : 1;
        mark(pen, look, x, y, flights.length > 300 ? 2.8 : Math.max(2.8, Math.min(5.2, radius * 0.34)), theme.paper);
      }
      this.drawn.push({ flight, x, y });
      if (named) this.#name(pen, look.name, x, y, -dy, dx, look.colour, theme.halo, width);
    }
    pen.globalAlpha = 1;
  }

  /** A name beside a message: away from the link, or on its other side, where nothing is written yet.
   * @param {Pen} pen @param {string} name @param {number} x @param {number} y @param {number} dx @param {number} dy @param {string} colour @param {string} halo @param {number} right where the paper ends */
  #name(pen, name, x, y, dx, dy, colour, halo, right) {
    const width = pen.measureText(name).width;
    for (const far of [10, -24]) {
      const [cx, cy] = [x + dx * far + (dx * Math.sign(far) * width) / 2, y + dy * far + dy * Math.sign(far) * 5];
      if (cx < width / 2 + 2 || cx > right - width / 2 - 2) continue;
      if (this.named.some(([ox, oy, wide]) => Math.abs(oy - cy) < 12 && Math.abs(ox - cx) < (wide + width) / 2)) continue;
      this.named.push([cx, cy, width]);
      pen.fillStyle = halo;
      pen.fillRect(cx - width / 2 - 2, cy - 7, width + 4, 14);
      pen.fillStyle = colour;
      pen.fillText(name, cx, cy);
      return;
    }
    // Marks and colours tell the same.
  }

  /** @param {Pen} pen @param {Session} session @param {ReturnType<Topology["scaled"]>} view @param {number} width @param {number} height */
  #nodes(pen, session, { at, radius, captioned }, width, height) {
    const { trace, header, states, theme, cones } = session;
    const last = session.lastEvent();
    const acting = last >= 0 ? trace.node[last] : -1;
    for (let node = 0; node < header.nodes; node++) {
      const [x, y] = at(node);
      if (x < -40 || y < -40 || x > width + 40 || y > height + 40) continue;
      const event = session.lastOf(node);
      const { state, crashed } = event < 0 ? { state: 0, crashed: false } : unpacked(trace.stateOf[event]);
      const look = states[state] ?? states[0];
      const dim = cones && event >= 0 && !cones.has(event) && node !== session.node;
      pen.setLineDash([]);
      if (node === session.node || node === acting) {
        pen.beginPath();
        pen.arc(x, y, radius * 1.25 + (node === session.node ? 6 : 5), 0, Math.PI * 2);
        pen.globalAlpha = node === session.node ? 0.28 : 0.14;
        pen.fillStyle = theme.accent;
        pen.fill();
        pen.globalAlpha = 1;
      }
      // Nothing may shine through a node.
      outline(pen, look.shape, x, y, radius);
      pen.fillStyle = theme.paper;
      pen.fill();
      pen.globalAlpha = dim ? 0.3 : crashed ? 0.35 : 1;
      pen.fillStyle = look.fill;
      pen.fill();
      if (radius >= 4) {
        pen.strokeStyle = theme.dark ? "rgba(255,255,255,0.35)" : "rgba(10,20,40,0.45)";
        pen.lineWidth = 1.25;
        pen.stroke();
      }
      if (look.terminal && radius >= 4) {
        outline(pen, look.shape, x, y, radius + 3.5);
        pen.strokeStyle = look.fill;
        pen.lineWidth = 1.75;
        pen.stroke();
      }
      pen.globalAlpha = 1;
      if (radius >= 7) {
        const title = trace.title(node);
        pen.font = `600 ${title.length > 3 ? 10 : Math.min(14, radius * 0.8)}px ${FONT}`;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        if (title.length <= 4) {
          pen.fillStyle = crashed ? theme.ink : look.text;
          pen.fillText(title, x, y + (look.shape === "up" ? radius * 0.2 : look.shape === "down" ? -radius * 0.15 : 0.5));
        }
      }
      if (crashed) cross(pen, x, y, Math.max(3, radius * 0.95), theme.danger);
      // No message's name hides a node.
      if (header.nodes <= MOST_CAPTIONS) this.named.push([x, y, radius * 2]);
      if (captioned) this.#caption(pen, session, node, crashed ? "crashed" : look.name, x, y, radius);
    }
  }

  /** The node's state beside it, with its id if that is not its number.
   * @param {Pen} pen @param {Session} session @param {number} node @param {string} state @param {number} x @param {number} y @param {number} radius */
  #caption(pen, session, node, state, x, y, radius) {
    const { trace, header, theme } = session;
    const title = trace.title(node);
    pen.font = `11px ${FONT}`;
    const name = fitted(title, WIDEST, (text) => pen.measureText(text).width);
    const lines = [title.length > 4 ? name : "", state === "-" ? "" : state, header.ids ? `id ${header.ids[node]}` : ""].filter(Boolean);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const [dx, dy] = this.sides[node];
    lines.forEach((line, at) => {
      const width = pen.measureText(line).width;
      const cx = x + dx * (radius + 8 + width / 2);
      const cy = y + dy * (radius + 13) + 13 * (dy > 0 ? at : dy < 0 ? at - lines.length + 1 : at - (lines.length - 1) / 2);
      this.named.push([cx, cy, width + 6]);
      pen.fillStyle = theme.halo;
      pen.fillRect(cx - width / 2 - 3, cy - 6.5, width + 6, 13);
      pen.fillStyle = state === "crashed" ? theme.danger : line === state || line === name ? theme.ink : theme.quiet;
      pen.fillText(line, cx, cy);
    });
  }

  /** The node at a place of the surface, or -1. @param {number} x @param {number} y */
  nodeAt(x, y) {
    const { at, radius } = this.scaled(this.surface.width, this.surface.height);
    let best = -1;
    let least = Math.max(radius * 1.3, 8);
    for (let node = 0; node < this.places.x.length; node++) {
      const [nx, ny] = at(node);
      const far = Math.hypot(nx - x, ny - y);
      if (far < least) [best, least] = [node, far];
    }
    return best;
  }

  #gestures() {
    const { surface, session } = this;
    const { canvas } = surface;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [x, y] = surface.at(event);
      const zoom = Math.max(0.5, Math.min(40, this.zoom * Math.exp(-event.deltaY * 0.0015)));
      const factor = zoom / this.zoom;
      this.shift = [
        x - surface.width / 2 - (x - surface.width / 2 - this.shift[0]) * factor,
        y - surface.height / 2 - (y - surface.height / 2 - this.shift[1]) * factor,
      ];
      this.zoom = zoom;
      session.changed();
    }, { passive: false });
    canvas.addEventListener("dblclick", () => this.fit());
    canvas.addEventListener("pointerdown", (event) => {
      const start = surface.at(event);
      const node = this.nodeAt(...start);
      let last = start;
      let moved = false;
      canvas.setPointerCapture(event.pointerId);
      const move = (/** @type {PointerEvent} */ to) => {
        const here = surface.at(to);
        if (!moved && Math.hypot(here[0] - start[0], here[1] - start[1]) < 4) return;
        moved = true;
        const [dx, dy] = [here[0] - last[0], here[1] - last[1]];
        last = here;
        if (node >= 0) {
          const { unit, at } = this.scaled(surface.width, surface.height);
          this.moves++;
          // Where it can be seen, and taken again.
          const [x, y] = at(node);
          this.places.x[node] += (Math.max(8, Math.min(surface.width - 8, x + dx)) - x) / unit;
          this.places.y[node] += (Math.max(8, Math.min(surface.height - 8, y + dy)) - y) / unit;
        } else {
          this.shift = [this.shift[0] + dx, this.shift[1] + dy];
        }
        session.changed();
      };
      canvas.addEventListener("pointermove", move);
      canvas.addEventListener("pointerup", (up) => {
        canvas.removeEventListener("pointermove", move);
        if (!moved) this.#clicked(start, node, up);
      }, { once: true });
    });
  }

  /** @param {[number, number]} at @param {number} node @param {PointerEvent} event */
  #clicked([x, y], node, event) {
    const near = this.drawn.filter((drawn) => Math.hypot(drawn.x - x, drawn.y - y) < 12);
    const { session } = this;
    if (node < 0 && near.length) {
      const { flight } = near[near.length - 1];
      if (this.live.onMessage) this.live.onMessage(flight, event);
      else session.select(session.trace.sent[session.index.messageOf(flight)], false);
    } else if (node >= 0 && this.live.onNode) {
      session.selectNode(node);
      this.live.onNode(node, event);
    } else {
      session.selectNode(node);
    }
  }
}

/** How much each link bends that is not the only one between its nodes. @param {import("viewer/trace.js").Header} header */
function twins(header) {
  const bends = /** @type {Map<number, number>} */ (new Map());
  if (header.links.length > 2000) return bends;
  const seen = /** @type {Map<string, number[]>} */ (new Map());
  header.links.forEach(([a, , b], link) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    seen.set(key, [...(seen.get(key) ?? []), link]);
  });
  for (const links of seen.values()) {
    if (links.length > 1) links.forEach((link, at) => bends.set(link, (at - (links.length - 1) / 2) * 36));
  }
  return bends;
}

/** @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} bend @returns {[number, number]} */
function control(ax, ay, bx, by, bend) {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  return [(ax + bx) / 2 - ((by - ay) / length) * bend, (ay + by) / 2 + ((bx - ax) / length) * bend];
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} dx @param {number} dy @param {number} size */
function arrow(pen, x, y, dx, dy, size) {
  const angle = Math.atan2(dy, dx);
  for (const side of [-1, 1]) {
    pen.moveTo(x, y);
    pen.lineTo(x - size * Math.cos(angle + side * 0.45), y - size * Math.sin(angle + side * 0.45));
  }
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} size @param {string} colour */
export function cross(pen, x, y, size, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(x - size, y - size);
  pen.lineTo(x + size, y + size);
  pen.moveTo(x + size, y - size);
  pen.lineTo(x - size, y + size);
  pen.stroke();
  pen.lineCap = "butt";
}
