// A run that goes on: its trace comes as an endless answer of the same bytes, and commands go back to a simulator.

import { byId, make } from "viewer/dom.js";
import { TraceReader } from "viewer/file.js";
import { unpacked } from "viewer/index.js";
import { messageText } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {import("viewer/app.js").App} App */

/** What grew is looked through again after so many milliseconds, and no more than a part of the time: the run may need the processor. */
const PAUSE = 120;
const SHARE = 0.1;

const GOES_ON = "The run goes on; the page follows it.";
const PAUSED = "The run is paused: step, let it run, or click a message or node.";
/** Whether it is paused is known to the page that told it to. */
const STEERED = "Pause the run, step, let it run, or click a message or node.";

/** What buttons tell a simulator. */
const BUTTONS = new Map([["live-pause", "pause"], ["live-resume", "resume"], ["live-step", "step"]]);

/** The gestures and buttons of a live run. */
export class Live {
  /** @param {boolean} canSteer whether it is a simulator, which takes commands */
  constructor(canSteer) {
    this.canSteer = canSteer;
    this.onMessage = canSteer ? this.#message.bind(this) : undefined;
    this.onNode = canSteer ? this.#node.bind(this) : undefined;
    this.isOver = false;
    /** @type {App | undefined} */
    this.app = undefined;
    this.menu = make("div", { class: "popup", hidden: true, role: "menu" });
    document.body.append(this.menu);
    document.addEventListener("pointerdown", (event) => {
      if (!this.menu.contains(/** @type {Node} */ (event.target))) this.menu.hidden = true;
    });
  }

  /** Tells the simulator what to do. @param {Record<string, unknown>} command */
  async tell(command) {
    this.menu.hidden = true;
    const answer = await fetch(`cmd${location.search}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(command) });
    const refused = answer.ok ? "" : await answer.text();
    // The end may come before the answer.
    if (this.isOver) return;
    byId("live-answer").textContent = refused;
    if (answer.ok && (command.do === "pause" || command.do === "step")) this.#say(PAUSED);
    if (answer.ok && command.do === "resume") this.#say(GOES_ON);
  }

  /** @param {string} state */
  #say(state) {
    byId("live-state").textContent = state;
  }

  /** Nothing more will come. @param {string} why */
  over(why) {
    this.isOver = true;
    this.menu.hidden = true;
    this.#say(why);
    byId("live-answer").textContent = "";
    for (const id of ["live-follow", ...BUTTONS.keys()]) byId(id).hidden = true;
    const window = this.app?.spaceTime.window;
    if (window?.view === "latest") window.whole();
    this.onMessage = this.onNode = undefined;
  }

  /** @param {MouseEvent} at @param {string} title @param {[string, Record<string, unknown>][]} choices */
  #choose(at, title, choices) {
    const buttons = choices.map(([text, command]) => make("button", { role: "menuitem", click: () => this.tell(command) }, text));
    this.menu.replaceChildren(make("div", { class: "quiet" }, title), ...buttons);
    this.menu.hidden = false;
    this.menu.style.left = `${Math.min(at.clientX, innerWidth - this.menu.offsetWidth - 8)}px`;
    this.menu.style.top = `${Math.min(at.clientY + 8, innerHeight - this.menu.offsetHeight - 8)}px`;
  }

  /** @param {number} flight @param {MouseEvent} at */
  #message(flight, at) {
    const session = /** @type {App} */ (this.app).session;
    const { trace, index } = session;
    const message = index.messageOf(flight);
    session.select(trace.sent[message], false);
    const title = `${messageText(trace, message)} from ${trace.title(trace.sender[message])} to ${trace.title(trace.receiver[message])}`;
    if (index.arrivalOf(flight) === 0xffffffff) this.#choose(at, title, [["Deliver it now", { do: "deliver", message }]]);
  }

  /** @param {number} node @param {MouseEvent} at */
  #node(node, at) {
    const { session } = /** @type {App} */ (this.app);
    const { trace, index } = session;
    if (unpacked(trace.stateOf[index.last(index.byNode, node, () => true)]).crashed) return;
    this.#choose(at, `Node ${trace.title(node)}`, [["Crash it", { do: "crash", node }]]);
  }

  /** Connects the buttons of a page that has been made. @param {App} app */
  attach(app) {
    this.app = app;
    app.spaceTime.window.view = "latest";
    byId("live").hidden = false;
    byId("live-follow").addEventListener("click", () => {
      app.spaceTime.window.view = "latest";
      app.playback.end();
    });
    // A simulated run waits for somebody who lets it go on.
    const { session } = app;
    this.#say(!this.canSteer ? GOES_ON : session.beginning() === session.index.length ? PAUSED : STEERED);
    for (const [id, command] of BUTTONS) {
      const button = byId(id);
      button.hidden = !this.canSteer;
      button.addEventListener("click", () => this.tell({ do: command }));
    }
  }
}

/** Reads the stream until it ends. @param {(trace: import("viewer/trace.js").Trace, live: Live) => App} show */
export async function follow(show) {
  const response = await fetch(`trace${location.search}`);
  if (!response.ok || !response.body) throw new Error(`The run does not answer: ${response.status} ${await response.text()}`);
  const reader = new TraceReader();
  const stream = response.body.getReader();
  const live = new Live(document.documentElement.dataset.live === "simulate");
  /** @type {App | undefined} */
  let app;
  let isOver = false;
  /** When the last look was taken, and how many milliseconds it took. */
  let [looked, cost] = [-PAUSE, 0];
  const refresh = () => {
    if (!reader.trace?.length) return;
    looked = performance.now();
    if (!app) {
      app = show(reader.trace, live);
      app.session.isLive = !isOver;
      live.attach(app);
      app.session.goToCount(app.session.index.length);
    } else {
      const { session } = app;
      const wasAtEnd = session.count >= session.index.length;
      session.grown();
      app.setUsualAxis();
      if (wasAtEnd && !session.playing) session.goToCount(session.index.length);
      // To make the page takes longest, and is done once.
      cost = performance.now() - looked;
    }
  };
  const timer = setInterval(() => {
    const wait = Math.max(PAUSE, (cost + (app?.session.drawing ?? 0)) / SHARE);
    if (performance.now() >= looked + wait && reader.trace && reader.trace.length !== app?.session.seen) refresh();
  }, 40);
  try {
    for (;;) {
      // Whose program is ended by force says no more.
      const { done, value } = await stream.read().catch(() => ({ done: true, value: undefined }));
      if (done || !value) break;
      await reader.feed(value);
    }
  } finally {
    clearInterval(timer);
    isOver = true;
    if (app) app.session.isLive = false;
  }
  refresh();
  live.over(reader.trace?.outcome() === undefined ? "The program of the run is gone." : "The run is over.");
}
