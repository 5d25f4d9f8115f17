// Messages over the axis, by type, and how many of each type there are.

import { Surface, make } from "viewer/dom.js";
import { FONT } from "viewer/look.js";
import { count, counted, position } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/svg.js").Pen} Pen */

/** Bars are so wide. */
const BAR = 6;

export class Plots {
  /** @param {HTMLElement} over @param {HTMLElement} byType @param {Session} session */
  constructor(over, byType, session) {
    this.session = session;
    this.byType = byType;
    this.surface = new Surface(over, "Messages sent, over time", () => session.changed());
    this.key = "";
    /** By bar and type, how many messages were sent. */
    this.sums = new Float64Array(0);
    this.bars = 0;
    this.version = -1;
    this.surface.canvas.addEventListener("pointerdown", (event) => {
      const go = (/** @type {PointerEvent} */ to) => session.goToPosition(this.#position(this.surface.at(to)[0]));
      go(event);
      this.surface.canvas.setPointerCapture(event.pointerId);
      this.surface.canvas.addEventListener("pointermove", go);
      this.surface.canvas.addEventListener("pointerup", () => this.surface.canvas.removeEventListener("pointermove", go), { once: true });
    });
  }

  get left() {
    return 46;
  }

  /** @param {number} x */
  #position(x) {
    const { start, end } = this.session.axis;
    return start + ((x - this.left) / (this.surface.width - this.left - 10)) * (end - start);
  }

  /** @param {Session} session */
  draw(session) {
    if (this.version !== session.version) {
      this.version = session.version;
      this.#types(session);
    }
    const { surface } = this;
    if (surface.width < 60 || surface.height < 40) return;
    this.paint(surface.begin(session.theme.paper), session, surface.width, surface.height);
  }

  /** Counts messages by bar and type. @param {Session} session @param {number} bars */
  #gather(session, bars) {
    const { axis, trace, mask } = session;
    const key = [session.version, bars].join();
    if (key === this.key) return;
    this.key = key;
    const types = session.messages.length;
    this.bars = bars;
    this.sums = new Float64Array(bars * types);
    const scale = bars / (axis.end - axis.start || 1);
    for (let message = 0; message < trace.messages; message++) {
      const event = trace.sent[message];
      if (trace.port[event] < 0 || (mask && !mask[event])) continue;
      const bar = Math.min(bars - 1, Math.floor((axis.position[event] - axis.start) * scale));
      this.sums[bar * types + trace.type[message]]++;
    }
  }

  /** @param {Pen} pen @param {Session} session @param {number} width @param {number} height */
  paint(pen, session, width, height) {
    const { theme, messages, axis } = session;
    const { left } = this;
    const [top, bottom] = [8, height - 18];
    const room = width - left - 10;
    this.#gather(session, barsFor(axis, Math.max(4, Math.floor(room / BAR))));
    const types = messages.length;
    let most = 0;
    for (let bar = 0; bar < this.bars; bar++) {
      let sum = 0;
      for (let type = 0; type < types; type++) sum += this.sums[bar * types + type];
      most = Math.max(most, sum);
    }
    pen.setLineDash([]);
    pen.font = `11px ${FONT}`;
    pen.fillStyle = theme.quiet;
    pen.strokeStyle = theme.grid;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const step = Math.max(1, 10 ** Math.floor(Math.log10(most || 1)) * (most / 10 ** Math.floor(Math.log10(most || 1)) > 4 ? 2 : most / 10 ** Math.floor(Math.log10(most || 1)) > 2 ? 1 : 0.5));
    for (let value = 0; value <= most; value += step) {
      const y = Math.round(bottom - (value / (most || 1)) * (bottom - top)) + 0.5;
      pen.beginPath();
      pen.moveTo(left, y);
      pen.lineTo(width - 10, y);
      pen.stroke();
      if (Number.isInteger(value)) pen.fillText(value >= 10000 ? `${value / 1000}k` : String(value), left - 7, y);
    }
    const wide = room / this.bars;
    for (let bar = 0; bar < this.bars; bar++) {
      let y = bottom;
      for (let type = 0; type < types; type++) {
        const value = this.sums[bar * types + type];
        if (!value) continue;
        const high = (value / most) * (bottom - top);
        pen.fillStyle = messages[type].colour;
        pen.fillRect(left + bar * wide + (wide > 3 ? 0.5 : 0), y - high, Math.max(0.6, wide - (wide > 3 ? 1 : 0)), high);
        y -= high;
      }
    }
    const now = left + ((session.now - axis.start) / (axis.end - axis.start || 1)) * room;
    pen.fillStyle = theme.veil;
    pen.fillRect(now, top, Math.max(0, width - 10 - now), bottom - top);
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(now, top - 4);
    pen.lineTo(now, bottom);
    pen.stroke();
    pen.fillStyle = theme.quiet;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillText(position(session, axis.start), left, height - 8);
    pen.textAlign = "right";
    pen.fillText(position(session, axis.end), width - 10, height - 8);
  }

  /** Bars of the whole run. @param {Session} session */
  #types(session) {
    const { trace, messages, mask } = session;
    const many = messages.map(() => 0);
    const bytes = messages.map(() => 0);
    for (let message = 0; message < trace.messages; message++) {
      const event = trace.sent[message];
      if (trace.port[event] < 0 || (mask && !mask[event])) continue;
      many[trace.type[message]]++;
      bytes[trace.type[message]] += trace.size[message];
    }
    const total = many.reduce((one, other) => one + other, 0);
    const most = Math.max(1, ...many);
    const rows = messages.map((look, type) => {
      const bar = make("div", { class: "bar" }, make("i", { style: `width:${(many[type] / most) * 100}%;background:${look.colour}` }));
      return make("div", { class: "bar-row", title: counted(bytes[type], "byte") }, make("span", { class: "name" }, look.name), bar, make("span", { class: "number" }, count(many[type])));
    });
    const sum = make("div", { class: "bar-row sum" }, make("span", { class: "name" }, "all"), make("span", { class: "quiet" }, counted(bytes.reduce((one, other) => one + other, 0), "byte")), make("span", { class: "number" }, count(total)));
    this.byType.replaceChildren(...rows, sum);
  }
}

/** On axes of whole numbers a bar stands for one of them, or several. @param {import("viewer/axis.js").Axis} axis @param {number} most */
function barsFor(axis, most) {
  if (axis.name === "real") return most;
  const whole = Math.max(1, Math.floor(axis.end - axis.start) + 1);
  return whole <= most ? whole : most;
}
