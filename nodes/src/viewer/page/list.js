// The list of events.  Only the rows in sight are in the document, so a million take no longer than a hundred.

import { make } from "viewer/dom.js";
import { COMES_OF, KIND_NAMES, Kind, SYMBOLS } from "viewer/kinds.js";
import { NONE } from "viewer/trace.js";
import { about, count, peer, time } from "viewer/words.js";
import { unpacked } from "viewer/index.js";

/** @typedef {import("viewer/session.js").Session} Session */

const ROW = 24;
/** Browsers do not scroll further than that. */
const HIGHEST = 8_000_000;

export class List {
  /** @param {HTMLElement} parent @param {HTMLElement} title @param {Session} session */
  constructor(parent, title, session) {
    this.session = session;
    this.parent = parent;
    this.title = title;
    this.rows = make("div", { class: "rows" });
    this.space = make("div", { class: "space" }, this.rows);
    this.empty = make("div", { class: "empty", hidden: true }, "No event passes the filter.");
    parent.append(this.space, this.empty);
    const { names, nodes } = session.header;
    const longest = names ? names.reduce((most, name) => Math.max(most, name.length), 0) : String(nodes - 1).length;
    parent.parentElement?.style.setProperty("--node-column", `${Math.max(34, Math.min(110, longest * 8.6 + 2))}px`);
    /** The places of the axis's order that are listed; nothing for all. @type {Uint32Array | undefined} */
    this.places = undefined;
    this.version = -1;
    this.followed = -1;
    this.isOwnScroll = false;
    parent.addEventListener("scroll", () => this.#rows());
    new ResizeObserver(() => this.#rows()).observe(parent);
    this.rows.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("[data-event]");
      if (row) session.select(Number(row.getAttribute("data-event")));
    });
  }

  /** How many events are listed. */
  get length() {
    return this.places ? this.places.length : this.session.index.length;
  }

  /** @param {Session} session */
  draw(session) {
    if (this.version !== session.version) {
      this.version = session.version;
      this.#choose();
    }
    if (this.followed !== session.count) {
      this.followed = session.count;
      this.#follow();
    }
    this.#rows();
  }

  #choose() {
    const { axis, mask, index } = this.session;
    this.places = undefined;
    if (mask) {
      let many = 0;
      for (let event = 0; event < mask.length; event++) many += mask[event];
      this.places = new Uint32Array(many);
      let next = 0;
      for (let place = 0; place < index.length; place++) if (mask[axis.at(place)]) this.places[next++] = place;
    }
    this.space.style.height = `${Math.min(this.length * ROW, HIGHEST)}px`;
    this.empty.hidden = this.length > 0;
    this.title.textContent = mask ? `${count(this.length)} of ${count(index.length)}` : count(index.length);
  }

  /** How many rows a pixel of scrolling is worth more than one. */
  get #scale() {
    return Math.max(1, (this.length * ROW) / HIGHEST);
  }

  /** How many of the listed have happened. */
  #happened() {
    const { places, session } = this;
    if (!places) return session.count;
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (places[middle] < session.count) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Scrolls to what happened last, unless it is in sight. */
  #follow() {
    const row = Math.max(0, this.#happened() - 1);
    const visible = this.parent.clientHeight / ROW;
    const first = (this.parent.scrollTop * this.#scale) / ROW;
    if (row < first + 1 || row > first + visible - 2) {
      this.parent.scrollTop = Math.max(0, ((row - visible / 2) * ROW) / this.#scale);
    }
  }

  #rows() {
    const { parent, session } = this;
    const visible = Math.ceil(parent.clientHeight / ROW) + 1;
    const first = Math.max(0, Math.min(Math.floor((parent.scrollTop * this.#scale) / ROW), this.length - 1));
    const happened = this.#happened();
    const rows = [];
    for (let at = first; at < Math.min(this.length, first + visible); at++) {
      const event = session.axis.at(this.places ? this.places[at] : at);
      rows.push(this.#row(event, at >= happened, at === happened - 1));
    }
    this.rows.replaceChildren(...rows);
    const shift = this.#scale === 1 ? first * ROW : parent.scrollTop;
    this.rows.style.transform = `translateY(${shift}px)`;
  }

  /** @param {number} event @param {boolean} isToCome @param {boolean} isLast */
  #row(event, isToCome, isLast) {
    const { session } = this;
    const { trace, cones, messages, states } = session;
    const kind = trace.kind[event];
    const message = trace.messageOf(event);
    const classes = ["row"];
    if (isToCome) classes.push("to-come");
    if (isLast) classes.push("last");
    if (event === session.event) classes.push("selected");
    if (trace.step[event] !== event) classes.push("effect");
    if (kind === Kind.Violate || kind === Kind.Crash) classes.push("bad");
    if (cones?.isPast(event)) classes.push("past");
    if (cones?.isFuture(event)) classes.push("future");
    if (cones && !cones.has(event)) classes.push("aside");
    const other = peer(trace, event);
    const towards = other < 0 ? "" : `${COMES_OF[kind] ? "←" : "→"} ${trace.title(other)}`;
    const symbol = make("span", { class: "symbol" }, SYMBOLS[kind]);
    if (message !== NONE) symbol.style.color = messages[trace.type[message]].colour;
    const look = states[unpacked(trace.stateOf[event]).state];
    const text = about(trace, event);
    const what = make("span", { class: "what", title: text }, make("b", {}, KIND_NAMES[kind]), " ", make("span", { class: "towards" }, towards), ` ${text}`);
    const state = make("span", { class: "state" }, make("i", { style: `background:${look?.fill ?? "none"}` }), look?.name === "-" ? "" : look?.name ?? "");
    return make("div", { class: classes.join(" "), "data-event": event, role: "option" },
      make("span", { class: "when" }, time(trace, trace.time[event])),
      make("span", { class: "at" }, trace.title(trace.node[event])),
      symbol, what, state,
      make("span", { class: "round", title: "causal round" }, String(trace.depth[event])));
  }
}
