// Playing, stepping, scrubbing.  The pace is the page's: the run itself was never slowed.

import { Surface, byId, make } from "viewer/dom.js";
import { Kind } from "viewer/kinds.js";
import { unpacked } from "viewer/index.js";
import { count, position, story } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */

/** At speed 1 a message of usual length takes so many seconds. */
const USUAL = 1.2;
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 64, 256];

export class Playback {
  /** @param {Session} session @param {import("viewer/window.js").Window} window */
  constructor(session, window) {
    this.session = session;
    this.window = window;
    this.last = 0;
    this.play = byId("play");
    this.surface = new Surface(byId("scrub"), "Where in the run", () => session.changed());
    this.surface.canvas.setAttribute("role", "slider");
    this.surface.canvas.setAttribute("tabindex", "0");
    this.buttons = /** @type {[string, () => void][]} */ ([
      ["first", () => this.first()], ["round-back", () => this.round(-1)], ["step-back", () => this.step(-1)], ["play", () => this.toggle()],
      ["step", () => this.step(1)], ["round", () => this.round(1)], ["last", () => this.end()],
    ]);
    for (const [id, act] of this.buttons) byId(id).addEventListener("click", act);
    const speed = /** @type {HTMLSelectElement} */ (byId("speed"));
    speed.append(...SPEEDS.map((value) => make("option", { value, selected: value === 1 }, `${value}×`)));
    speed.addEventListener("change", () => this.setSpeed(Number(speed.value)));
    this.speed = speed;
    this.#scrubbing();
    /** Heights of the sparkline. @type {number[]} */
    this.heights = [];
    this.key = "";
    /** Where causal rounds end, on which axis. @type {number[]} */
    this.ends = [];
    /** @type {import("viewer/axis.js").Axis | undefined} */
    this.roundsOf = undefined;
  }

  /** @param {number} value */
  setSpeed(value) {
    this.session.speed = value;
    this.speed.value = String(value);
    this.session.changed();
  }

  /** @param {1 | -1} way */
  faster(way) {
    const at = SPEEDS.indexOf(this.session.speed) + way;
    if (SPEEDS[at]) this.setSpeed(SPEEDS[at]);
  }

  toggle() {
    const { session } = this;
    // At the present of a run that goes on, there is nothing to play yet.
    if (session.isLive && !session.playing && session.count >= session.index.length) return;
    session.playing = !session.playing;
    if (session.playing) {
      if (session.count >= session.index.length) session.goToCount(session.beginning());
      this.last = performance.now();
      requestAnimationFrame((now) => this.#frame(now));
    }
    session.changed();
  }

  pause() {
    this.session.playing = false;
    this.session.changed();
  }

  /** Long runs play faster: all of it takes two minutes at most, at speed 1. */
  #pace() {
    const { axis } = this.session;
    return Math.max(axis.typical / USUAL, (axis.end - axis.start) / 120);
  }

  /** @param {number} now */
  #frame(now) {
    const { session } = this;
    if (!session.playing) return;
    const passed = Math.min(0.1, (now - this.last) / 1000);
    this.last = now;
    const next = session.now + passed * session.speed * this.#pace();
    session.goToPosition(next);
    if (next >= session.axis.end && !session.isLive) this.pause();
    else requestAnimationFrame((later) => this.#frame(later));
  }

  first() {
    this.pause();
    this.session.goToCount(this.session.beginning());
    this.window.show(this.session.now);
  }

  end() {
    this.pause();
    this.session.goToCount(this.session.index.length);
    this.window.show(this.session.now);
  }

  /** To the next event and what it set off, or back before the last. @param {1 | -1} way */
  step(way) {
    this.pause();
    const { session } = this;
    const { axis, trace } = session;
    if (way > 0) {
      if (session.count < session.index.length) session.goToEvent(axis.at(session.count));
    } else if (session.count > session.beginning()) {
      const first = trace.step[session.lastEvent()];
      session.goToCount(Math.max(session.beginning(), axis.rankOf(first)));
    }
    this.window.show(session.now);
  }

  /** To the end of the next causal round, or the one before: until nobody has gone further than a chain of so many messages.
   * @param {1 | -1} way */
  round(way) {
    this.pause();
    const { session } = this;
    const ends = this.#rounds();
    const at = ends.findIndex((end) => end >= session.count + (way > 0 ? 1 : 0));
    if (way > 0) session.goToCount(at < 0 ? session.index.length : ends[at]);
    else session.goToCount(Math.max(session.beginning(), at > 0 ? ends[at - 1] : at < 0 ? (ends[ends.length - 2] ?? 0) : 0));
    this.window.show(session.now);
  }

  /** Of each causal round, how many events have happened before one of a later round does. */
  #rounds() {
    const { session } = this;
    const { axis, trace, index } = session;
    if (this.roundsOf === axis) return this.ends;
    const ends = [];
    let reached = 0;
    for (let place = 0; place < index.length; place++) {
      const depth = trace.depth[axis.at(place)];
      if (depth > reached) {
        ends.push(place);
        reached = depth;
      }
    }
    ends.push(index.length);
    this.roundsOf = axis;
    this.ends = ends;
    return ends;
  }

  /** To the first violation, if there is one. */
  violation() {
    const [first] = this.session.trace.violations;
    if (first === undefined) return;
    this.pause();
    this.session.select(first);
    this.window.show(this.session.now);
  }

  #scrubbing() {
    const { canvas } = this.surface;
    const go = (/** @type {PointerEvent} */ event) => {
      const { axis } = this.session;
      this.pause();
      this.session.goToPosition(axis.start + ((this.surface.at(event)[0] - 8) / (this.surface.width - 16)) * (axis.end - axis.start));
      this.window.show(this.session.now);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      go(event);
      canvas.addEventListener("pointermove", go);
      canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", go), { once: true });
    });
  }

  /** @param {Session} session */
  draw(session) {
    this.play.classList.toggle("playing", session.playing);
    this.play.setAttribute("aria-label", session.playing ? "Pause" : "Play");
    const { axis, index } = session;
    const last = session.lastEvent();
    const unit = axis.name === "round" ? "round" : axis.name === "logical" ? "stamp" : "time";
    byId("where").textContent = `${unit} ${position(session, session.now)} of ${position(session, axis.end)}`;
    byId("event-count").textContent = `event ${count(session.count)} of ${count(index.length)}`;
    byId("story").textContent = byId("story").title = this.#story(session, last);
    this.surface.canvas.setAttribute("aria-valuetext", `event ${session.count} of ${index.length}`);
    if (this.surface.width > 20) this.#scrub(session);
  }

  /** What happened last, in a sentence. @param {Session} session @param {number} last */
  #story(session, last) {
    const { trace, index } = session;
    if (last < 0 || trace.kind[trace.step[last]] === Kind.Start) return "Nothing has happened yet. Space plays, → goes on by an event.";
    const outcome = trace.outcome();
    const isOver = outcome !== undefined && session.count >= index.length && session.event < 0 && !session.playing;
    return isOver ? `Over: ${outcome}. Space plays it again.` : story(trace, last, index.length);
  }

  /** @param {Session} session */
  #scrub(session) {
    const { surface } = this;
    const { axis, theme, index, trace } = session;
    const pen = surface.begin();
    const [left, right, middle] = [8, surface.width - 8, surface.height - 9];
    const x = (/** @type {number} */ position) => left + ((position - axis.start) / (axis.end - axis.start || 1)) * (right - left);
    const bars = Math.floor((right - left) / 3);
    const key = [session.version, bars].join();
    if (key !== this.key) {
      this.key = key;
      const sums = new Float64Array(bars);
      const scale = bars / (axis.end - axis.start || 1);
      for (let event = 0; event < index.length; event++) {
        // That all nodes come to be at once would dwarf whatever they do.
        if (trace.kind[trace.step[event]] === Kind.Start) continue;
        sums[Math.min(bars - 1, Math.floor((axis.position[event] - axis.start) * scale))]++;
      }
      const most = sums.reduce((one, other) => Math.max(one, other), 1);
      this.heights = [...sums].map((sum) => Math.sqrt(sum / most));
    }
    const now = x(session.now);
    this.heights.forEach((part, bar) => {
      if (!part) return;
      const at = left + bar * 3;
      pen.fillStyle = at < now ? theme.accent : theme.line;
      pen.globalAlpha = at < now ? 0.55 : 1;
      const high = Math.max(1, part * (middle - 6));
      pen.fillRect(at, middle - 4 - high, 2, high);
    });
    pen.globalAlpha = 1;
    pen.fillStyle = theme.line;
    pen.fillRect(left, middle - 1.5, right - left, 3);
    pen.fillStyle = theme.accent;
    pen.fillRect(left, middle - 1.5, now - left, 3);
    this.#marks(pen, session, x, middle);
    pen.beginPath();
    pen.arc(now, middle, 6.5, 0, Math.PI * 2);
    pen.fillStyle = theme.accent;
    pen.fill();
    pen.strokeStyle = theme.paper;
    pen.lineWidth = 2;
    pen.stroke();
  }

  /** Decisions, crashes, violations. @param {CanvasRenderingContext2D} pen @param {Session} session @param {(position: number) => number} x @param {number} y */
  #marks(pen, session, x, y) {
    const { axis, trace, theme, index, header } = session;
    const { items } = index.changes;
    if (items.length < 3000) {
      pen.fillStyle = theme.quiet;
      for (const event of items) {
        const { state, crashed } = unpacked(trace.stateOf[event]);
        if (trace.kind[event] === Kind.State && header.states[state]?.terminal && !crashed) pen.fillRect(x(axis.position[event]) - 0.75, y + 3, 1.5, 5);
      }
    }
    pen.fillStyle = theme.danger;
    for (const event of [...trace.crashes.slice(0, 500), ...trace.violations.slice(0, 500)]) {
      if (event < index.length) pen.fillRect(x(axis.position[event]) - 1.25, y - 8, 2.5, 16);
    }
  }
}
