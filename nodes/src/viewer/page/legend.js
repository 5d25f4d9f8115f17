// What colours, shapes and dashes mean.  A click on an entry filters by it.

import { make } from "viewer/dom.js";
import { mark, outline } from "viewer/look.js";
import { count } from "viewer/words.js";
import { CRASHED } from "viewer/trace.js";
import { SvgPen } from "viewer/svg.js";

/** @typedef {import("viewer/session.js").Session} Session */

/** A small drawing. @param {number} width @param {number} height @param {(pen: SvgPen) => void} draw */
function drawing(width, height, draw) {
  const pen = new SvgPen(width, height, "");
  draw(pen);
  const holder = make("span", { class: "swatch", "aria-hidden": "true" });
  holder.innerHTML = pen.toString().replace("<title></title>\n", "");
  return holder;
}

/** A state's shape and name. @param {import("viewer/look.js").StateLook} look */
export function chip(look) {
  const swatch = drawing(18, 18, (pen) => {
    outline(pen, look.shape, 9, 9, look.terminal ? 4.8 : 6);
    pen.fillStyle = look.fill;
    pen.fill();
    if (look.terminal) {
      outline(pen, look.shape, 9, 9, 7.4);
      pen.strokeStyle = look.fill;
      pen.lineWidth = 1.4;
      pen.stroke();
    }
  });
  return make("span", { class: "chip" }, swatch, look.name === "-" ? "alive" : look.name);
}

export class Legend {
  /** @param {HTMLElement} states @param {HTMLElement} messages @param {(text: string) => void} filter */
  constructor(states, messages, filter) {
    this.states = states;
    this.messages = messages;
    this.filter = filter;
    this.version = -1;
    this.counted = -1;
    /** @type {HTMLElement[]} */
    this.counts = [];
  }

  /** @param {Session} session */
  draw(session) {
    if (this.version !== session.version) {
      this.version = session.version;
      this.counted = -1;
      this.#make(session);
    }
    if (this.counted !== session.count) {
      this.counted = session.count;
      this.#count(session);
    }
  }

  /** @param {Session} session */
  #make(session) {
    const { states, messages, theme, header } = session;
    this.counts = states.map(() => make("span", { class: "number" }));
    this.states.replaceChildren(...states.map((look, state) =>
      make("button", { class: "entry", title: `Filter: state:${look.name}`, click: () => this.filter(`state:${look.name}`) }, chip(look), this.counts[state])));
    this.states.hidden = header.states.length === 1 && header.states[0].name === "-";
    this.messages.replaceChildren(...messages.map((look) => {
      const swatch = drawing(30, 14, (pen) => {
        pen.strokeStyle = look.colour;
        pen.lineWidth = 1.6;
        pen.setLineDash(look.dash);
        pen.beginPath();
        pen.moveTo(0, 7);
        pen.lineTo(30, 7);
        pen.stroke();
        pen.setLineDash([]);
        mark(pen, look, 15, 7, 4, theme.paper);
      });
      return make("button", { class: "entry", title: `Filter: type:${look.name}`, click: () => this.filter(`type:${look.name}`) }, swatch, look.name);
    }));
  }

  /** How many nodes are in each state now. @param {Session} session */
  #count(session) {
    const { header, trace } = session;
    const many = new Uint32Array(header.states.length);
    for (let node = 0; node < header.nodes; node++) {
      const event = session.lastOf(node);
      const packed = event < 0 ? 0 : trace.stateOf[event];
      if (!(packed & CRASHED)) many[packed]++;
    }
    this.counts.forEach((element, state) => (element.textContent = count(many[state])));
  }
}
