// A node as it is now: its state and fields, what its last step changed; and the selected event with its past and future.

import { make } from "viewer/dom.js";
import { ARRIVES, Kind } from "viewer/kinds.js";
import { NONE } from "viewer/trace.js";
import { unpacked } from "viewer/index.js";
import { chip } from "viewer/legend.js";
import { count, messageText, said, sentence, time } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */

/** More neighbours, or messages on their way to the node, are only counted. */
const MOST_LISTED = 12;

export class Inspector {
  /** @param {HTMLElement} parent @param {Session} session */
  constructor(parent, session) {
    this.parent = parent;
    this.session = session;
    this.key = "";
  }

  /** @param {Session} session */
  draw(session) {
    const key = [session.node, session.event, session.count, session.version].join();
    if (key === this.key) return;
    this.key = key;
    if (session.node < 0) {
      this.parent.replaceChildren(this.#run());
      return;
    }
    this.parent.replaceChildren(...(session.event >= 0 ? [this.#event(session.event)] : []), ...this.#node(session.node));
  }

  /** Nothing is selected: the run as a whole. */
  #run() {
    const { trace, header, index } = this.session;
    const rows = /** @type {[string, string][]} */ ([
      ["topology", header.topology],
      ["engine", header.engine],
      ["links", `${header.guarantee.toLowerCase()}, ${count(header.links.length)}`],
      ["seed", String(header.seed)],
      ["messages", count(trace.messages)],
      ["events", count(index.length)],
      ["time", time(trace, trace.length ? trace.time[trace.length - 1] : 0)],
      ["causal rounds", count(index.rounds)],
      ...Object.entries(header.options).filter(([name]) => name !== "links").map(([name, value]) => /** @type {[string, string]} */ ([name, option(name, value, header.nodes)])),
    ]);
    const violated = new Map(trace.violations.map((event) => [trace.what[event] - 1, event]));
    const ended = trace.outcome() !== undefined;
    const properties = header.properties.map(({ name }, property) => {
      const event = violated.get(property);
      const verdict = event === undefined ? (ended ? "no violation" : "so far none") : "violated";
      const line = make("li", { class: event === undefined ? "" : "bad" }, make("span", {}, name), make("span", { class: "verdict" }, verdict));
      if (event !== undefined) line.append(make("button", { class: "link", click: () => this.session.select(event) }, "show"));
      return line;
    });
    return make("div", {},
      make("section", {}, make("h3", {}, "The run"), table(rows)),
      make("section", { hidden: !properties.length }, make("h3", {}, "Properties"), make("ul", { class: "verdicts" }, ...properties)),
      make("p", { class: "hint" }, "Select a node or an event to look into it. ", make("kbd", {}, "?"), " shows the keys."));
  }

  /** @param {number} event */
  #event(event) {
    const { session } = this;
    const { trace, cones } = session;
    const message = trace.messageOf(event);
    // Of a message that came twice, this arrival.
    const arrival = message === NONE ? NONE : ARRIVES[trace.kind[event]] ? event : trace.arrived[message];
    const rows = /** @type {[string, string][]} */ ([
      ["time", time(trace, trace.time[event])],
      ["Lamport stamp", count(trace.lamport[event])],
      ["causal round", count(trace.depth[event])],
    ]);
    if (message !== NONE) {
      rows.push(["size", `${count(trace.size[message])} B`]);
      if (arrival !== NONE) rows.push(["under way", time(trace, trace.time[arrival] - trace.time[trace.sent[message]])]);
      else rows.push(["arrival", trace.lost[message] ? "lost" : "still under way"]);
    }
    const counts = cones?.counts();
    const cone = make("div", { class: "cones" },
      make("span", { class: "past" }, make("b", {}, count(counts?.past ?? 0)), "in its past"),
      make("span", { class: "future" }, make("b", {}, count(counts?.future ?? 0)), "in its future"),
      make("span", {}, make("b", {}, count(counts?.concurrent ?? 0)), "concurrent"));
    const jumps = make("div", { class: "jumps" });
    const jump = (/** @type {string} */ text, /** @type {number} */ to) => jumps.append(make("button", { click: () => session.select(to) }, text));
    if (message !== NONE && trace.sent[message] !== event) jump("← its sending", trace.sent[message]);
    if (arrival !== NONE && arrival !== event) jump("its arrival →", arrival);
    return make("section", { class: "event" },
      make("h3", {}, `Event ${count(event)}`, make("button", { class: "close", title: "Deselect (Esc)", "aria-label": "Deselect", click: () => session.select(-1) }, "×")),
      make("p", { class: "said" }, sentence(trace, event)), table(rows), cone, jumps);
  }

  /** @param {number} node */
  #node(node) {
    const { session } = this;
    const { trace, header, states } = session;
    const event = session.lastOf(node);
    const { state, crashed } = event < 0 ? { state: 0, crashed: false } : unpacked(trace.stateOf[event]);
    const look = states[state] ?? states[0];
    const badges = [chip(look), ...(crashed ? [make("span", { class: "badge bad" }, "crashed")] : []), ...(look.terminal ? [make("span", { class: "badge" }, "decided")] : [])];
    const head = make("section", {},
      make("h3", {}, `Node ${trace.title(node)}`, header.ids ? make("span", { class: "quiet" }, ` id ${header.ids[node]}`) : "",
        make("button", { class: "close", title: "Deselect (Esc)", "aria-label": "Deselect", click: () => session.selectNode(-1) }, "×")),
      make("div", { class: "badges" }, ...badges));
    if (event < 0) return [head, make("p", { class: "hint" }, "Nothing has happened to it yet.")];
    return [head, this.#fields(node, event), this.#step(event), this.#waiting(node), this.#traffic(node)];
  }

  /** @param {number} node @param {number} event */
  #fields(node, event) {
    const { session } = this;
    const { trace, index } = session;
    const { now, before } = index.fieldsAt(node, event);
    if (now < 0) return make("section", {}, make("h3", {}, "Fields"), make("p", { class: "hint" }, "Not on record."));
    const read = (/** @type {number} */ at) => {
      try {
        return /** @type {Record<string, unknown>} */ (JSON.parse((at < 0 ? undefined : trace.text(at)) ?? "{}"));
      } catch {
        return {};
      }
    };
    const fields = read(now);
    const old = read(before);
    const isNew = trace.step[now] === trace.step[event] && before >= 0;
    const rows = Object.entries(fields).map(([name, value]) => {
      const text = JSON.stringify(value);
      const was = JSON.stringify(old[name]);
      const changed = isNew && was !== undefined && was !== text;
      return make("tr", { class: changed ? "changed" : "" }, make("th", {}, name),
        make("td", {}, make("div", { class: "value" }, changed ? make("del", {}, was) : "", changed ? " → " : "", changed ? make("ins", {}, text) : text)));
    });
    const isOld = event >= index.bare[node] && index.bare[node] > now;
    const age = isOld ? make("p", { class: "hint" }, `As of ${time(trace, trace.time[now])}; later ones are not on record.`) : "";
    if (!rows.length) return make("section", {}, make("h3", {}, "Fields"), make("p", { class: "hint" }, "It has none."));
    return make("section", {}, make("h3", {}, "Fields"), make("table", {}, ...rows), age);
  }

  /** What its last step did. @param {number} event */
  #step(event) {
    const { session } = this;
    const { trace, index } = session;
    const first = trace.step[event];
    const lines = [];
    for (let next = first; next < index.length && trace.step[next] === first && lines.length < MOST_LISTED; next++) {
      if (trace.kind[next] === Kind.Fields) continue;
      lines.push(make("li", {}, make("button", { class: "link", click: () => session.select(next) }, said(trace, next))));
    }
    const title = `Last step, at ${time(trace, trace.time[first])}`;
    return make("section", {}, make("h3", {}, title), make("ul", { class: "step" }, ...lines));
  }

  /** Messages on their way to the node. @param {number} node */
  #waiting(node) {
    const { session } = this;
    const { trace, axis, index } = session;
    const lines = /** @type {HTMLElement[]} */ ([]);
    let more = 0;
    axis.stabbing.each(session.count, session.count, (place) => {
      const message = index.messageOf(axis.stabbing.at(place));
      if (trace.receiver[message] !== node || trace.lost[message]) return;
      if (lines.length === MOST_LISTED) more++;
      else lines.push(make("li", {}, make("button", { class: "link", click: () => session.select(trace.sent[message], false) }, `${messageText(trace, message)} from ${trace.title(trace.sender[message])}`)));
    });
    if (more) lines.push(make("li", { class: "quiet" }, `and ${count(more)} more`));
    return make("section", { hidden: !lines.length }, make("h3", {}, "On their way to it"), make("ul", { class: "step" }, ...lines));
  }

  /** @param {number} node */
  #traffic(node) {
    const { session } = this;
    const { trace, index, axis } = session;
    const { starts, items } = index.byNode;
    let [sent, received, late] = [0, 0, 0];
    for (let place = starts[node]; place < starts[node + 1] && axis.rankOf(items[place]) < session.count; place++) {
      if (trace.port[items[place]] < 0) continue;
      const kind = trace.kind[items[place]];
      if (kind === Kind.Send) sent++;
      else if (kind === Kind.Deliver || kind === Kind.Ignore || kind === Kind.Resume) received++;
      else if (kind === Kind.Late || kind === Kind.Drop) late++;
    }
    const neighbours = [...new Set(trace.ends[node])];
    const names = neighbours.slice(0, MOST_LISTED).map((other) => make("button", { class: "link", click: () => session.selectNode(other) }, trace.title(other)));
    const more = neighbours.length > MOST_LISTED ? ` and ${count(neighbours.length - MOST_LISTED)} more` : "";
    return make("section", {}, make("h3", {}, "Traffic"),
      table([["sent", count(sent)], ["received", count(received)], ...(late ? [/** @type {[string, string]} */ (["came too late", count(late)])] : [])]),
      make("p", { class: "neighbours" }, make("span", { class: "quiet" }, "neighbours "), ...names, more));
  }
}

/** What an option was. @param {string} name @param {unknown} value @param {number} nodes */
function option(name, value, nodes) {
  if (name === "initiators" && Array.isArray(value) && value.length === nodes) return "all";
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param {[string, string][]} rows */
function table(rows) {
  return make("table", {}, ...rows.map(([name, value]) => make("tr", {}, make("th", {}, name), make("td", {}, make("div", { class: "value" }, value)))));
}
