// The page as a whole: reads the trace that it holds or that a live run sends, makes the panes, and connects them.

import { fromBase64 } from "viewer/bytes.js";
import { byId } from "viewer/dom.js";
import { save } from "viewer/export.js";
import { TraceReader } from "viewer/file.js";
import { Filter } from "viewer/filter.js";
import { spaceTimeGestures } from "viewer/gestures.js";
import { Help } from "viewer/help.js";
import { Inspector } from "viewer/inspector.js";
import { keys, listen } from "viewer/keyboard.js";
import { Legend } from "viewer/legend.js";
import { List } from "viewer/list.js";
import { follow } from "viewer/live.js";
import { Playback } from "viewer/playback.js";
import { Plots } from "viewer/plots.js";
import { Session } from "viewer/session.js";
import { SpaceTime } from "viewer/spacetime.js";
import { splitters } from "viewer/splitters.js";
import { Topology } from "viewer/topology.js";
import { counted, inUnits } from "viewer/words.js";

/** @typedef {import("viewer/axis.js").AxisName} AxisName */

/** On so small a run of real processes causal rounds show more than microseconds. */
const SMALL = 5000;

export class App {
  /** @param {import("viewer/trace.js").Trace} trace @param {import("viewer/live.js").Live} [live] */
  constructor(trace, live) {
    const session = (this.session = new Session(trace));
    session.isLive = live !== undefined;
    this.live = live;
    /** When it was first drawn, in milliseconds since the page was asked for. */
    this.drawnAt = 0;
    requestAnimationFrame(() => setTimeout(() => { this.drawnAt = performance.now(); }));
    this.topology = new Topology(byId("topology"), session, live);
    this.spaceTime = new SpaceTime(byId("spacetime"), session);
    this.list = new List(byId("list"), byId("list-count"), session);
    this.inspector = new Inspector(byId("inspector"), session);
    this.plots = new Plots(byId("plot-over"), byId("plot-types"), session);
    this.playback = new Playback(session, this.spaceTime.window);
    this.legend = new Legend(byId("legend-states"), byId("legend-messages"), (term) => this.addFilter(term));
    spaceTimeGestures(this.spaceTime, session);
    const all = keys(this);
    this.help = new Help(all);
    listen(this, all);
    splitters();
    session.panes.push(this.topology, this.spaceTime, this.list, this.inspector, this.plots, this.playback, this.legend, { draw: () => this.#heading() });
    this.filter = /** @type {HTMLInputElement} */ (byId("filter"));
    this.#controls();
    this.#theme();
    /** Whether somebody has chosen the axis. */
    this.isAxisChosen = false;
    this.setUsualAxis();
    session.goToCount(session.index.length);
  }

  #heading() {
    const { trace, header } = this.session;
    const outcome = trace.outcome();
    byId("protocol").textContent = header.protocol;
    byId("facts").textContent = `${header.topology} · ${counted(header.nodes, "node")} · ${counted(trace.messages, "message")} · seed ${header.seed}`;
    const badge = byId("outcome");
    badge.textContent = outcome ?? (this.session.isLive ? "live" : "cut short");
    badge.className = `badge ${outcome === undefined ? (this.session.isLive ? "live" : "warn") : /^(terminated|quiescent|stopped)/.test(outcome) ? "good" : "bad"}`;
    byId("violation").hidden = trace.violations.length === 0;
    document.title = `${header.protocol} on ${header.topology}`;
  }

  #controls() {
    const { session } = this;
    for (const name of /** @type {AxisName[]} */ (["real", "logical", "round"])) {
      byId(`axis-${name}`).addEventListener("click", () => this.chooseAxis(name));
    }
    byId("axis-real").textContent = session.header.clock === "real" ? "Real time" : inUnits(session.trace) ? "Time" : "Virtual time";
    byId("theme").addEventListener("click", () => this.toggleTheme());
    byId("help-open").addEventListener("click", () => this.help.toggle());
    byId("violation").addEventListener("click", () => this.playback.violation());
    byId("fit").addEventListener("click", () => this.fit());
    byId("zoom-in").addEventListener("click", () => this.#zoom(0.6));
    byId("zoom-out").addEventListener("click", () => this.#zoom(1 / 0.6));
    for (const format of /** @type {("svg" | "png")[]} */ (["svg", "png"])) {
      byId(`save-spacetime-${format}`).addEventListener("click", () => this.#save(this.spaceTime, "spacetime", format));
      byId(`save-topology-${format}`).addEventListener("click", () => this.#save(this.topology, "graph", format));
      byId(`save-plot-${format}`).addEventListener("click", () => this.#save(this.plots, "messages", format));
    }
    document.addEventListener("pointerdown", (event) => {
      if (!byId("menu").contains(/** @type {Node} */ (event.target))) byId("menu").removeAttribute("open");
    });
    this.filter.addEventListener("input", () => this.#filtered());
    byId("filter-clear").addEventListener("click", () => this.setFilter(""));
    this.filter.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.filter.blur();
    });
  }

  /** @param {import("viewer/export.js").Picture} pane @param {string} what @param {"svg" | "png"} format */
  #save(pane, what, format) {
    byId("menu").removeAttribute("open");
    return save(pane, this.session, what, format);
  }

  /** @param {number} factor */
  #zoom(factor) {
    this.spaceTime.window.zoom(factor);
    this.session.changed();
  }

  #theme() {
    const wanted = new URLSearchParams(location.search).get("theme");
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#setDark(wanted ? wanted === "dark" : dark.matches);
    dark.addEventListener("change", () => this.#setDark(dark.matches));
  }

  /** @param {boolean} dark */
  #setDark(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    this.session.setDark(dark);
  }

  toggleTheme() {
    this.#setDark(!this.session.theme.dark);
  }

  /** @param {AxisName} name */
  chooseAxis(name) {
    this.isAxisChosen = true;
    this.#setAxis(name);
  }

  /** What shows most of a run of that size, unless somebody has chosen. */
  setUsualAxis() {
    const { session } = this;
    const { trace, header } = session;
    if (this.isAxisChosen) return;
    const { start, end } = session.axisOf("real");
    // A schedule that a checker has found takes no time.
    const isMoment = start === end && !session.isLive;
    this.#setAxis(isMoment || (header.clock === "real" && trace.messages < SMALL) ? "round" : "real");
  }

  /** @param {AxisName} name */
  #setAxis(name) {
    this.session.setAxis(name);
    for (const other of ["real", "logical", "round"]) byId(`axis-${other}`).setAttribute("aria-pressed", String(other === name));
    this.session.changed();
  }

  fit() {
    this.spaceTime.window.whole();
    this.spaceTime.window.stretch = 1;
    this.topology.fit();
  }

  focusFilter() {
    this.filter.focus();
    this.filter.select();
  }

  /** @param {string} text */
  setFilter(text) {
    this.filter.value = text;
    this.#filtered();
  }

  /** Adds a term, or takes it away. @param {string} term */
  addFilter(term) {
    const terms = this.filter.value.split(" ").filter(Boolean);
    this.setFilter((terms.includes(term) ? terms.filter((other) => other !== term) : [...terms, term]).join(" "));
  }

  #filtered() {
    const text = this.filter.value.trim();
    const wrong = byId("filter-wrong");
    byId("filter-clear").hidden = !text;
    try {
      this.session.setFilter(text ? new Filter(text, this.session.trace) : undefined);
      wrong.hidden = true;
    } catch (error) {
      wrong.textContent = /** @type {Error} */ (error).message;
      wrong.hidden = false;
    }
  }

  /** The next event of the selected node, or the one before. @param {1 | -1} way */
  alongNode(way) {
    const { session } = this;
    const { trace, index } = session;
    const current = session.event >= 0 ? session.event : session.lastEvent();
    const node = session.node >= 0 ? session.node : current >= 0 ? trace.node[current] : 0;
    const { starts, items } = index.byNode;
    const own = items.subarray(starts[node], starts[node + 1]);
    const steps = own.filter((event) => trace.step[event] === event);
    const next = way > 0 ? steps.find((event) => event > current) : steps.findLast((event) => event < current);
    if (next === undefined) return;
    this.playback.pause();
    session.select(next);
    this.spaceTime.window.show(session.now);
  }

  escape() {
    if (this.help.isOpen) this.help.toggle();
    else if (this.live && !this.live.menu.hidden) this.live.menu.hidden = true;
    else if (document.activeElement === this.filter) this.filter.blur();
    else if (byId("menu").hasAttribute("open")) byId("menu").removeAttribute("open");
    else if (this.session.event >= 0) this.session.select(-1);
    else this.session.selectNode(-1);
  }
}

/** Says what is wrong, where the page would be. @param {unknown} error */
function failed(error) {
  byId("loading").textContent = error instanceof Error ? error.message : String(error);
  byId("loading").classList.add("bad");
}

async function begin() {
  const live = document.documentElement.dataset.live;
  if (live !== undefined) {
    await follow((trace, live) => shown(new App(trace, live)));
    return;
  }
  const holder = byId("trace");
  const bytes = fromBase64(holder.textContent ?? "");
  holder.remove();
  const reader = new TraceReader();
  await reader.feed(bytes);
  if (!reader.trace) throw new Error("The page holds no trace.");
  shown(new App(reader.trace));
}

/** @param {App} app */
function shown(app) {
  byId("loading").hidden = true;
  byId("page").hidden = false;
  // For tests, and for those who look into it from the console.
  Object.assign(globalThis, { nodes: app });
  return app;
}

begin().catch(failed);
