// The keys.

/** @typedef {{ keys: string[], says: string, act: (event: KeyboardEvent) => void, shift?: boolean }} Key */

/**
 * All keys, in the order of help.
 * @param {import("viewer/app.js").App} app @returns {Key[]}
 */
export function keys(app) {
  const { playback, session, spaceTime } = app;
  const pan = (/** @type {number} */ part) => {
    spaceTime.window.pan((spaceTime.window.to - spaceTime.window.from) * part);
    session.changed();
  };
  const zoom = (/** @type {number} */ factor) => {
    spaceTime.window.zoom(factor, session.now);
    session.changed();
  };
  return [
    { keys: [" "], says: "play, pause", act: () => playback.toggle() },
    { keys: ["ArrowRight", "l"], says: "next event", act: () => playback.step(1) },
    { keys: ["ArrowLeft", "h"], says: "back an event", act: () => playback.step(-1) },
    { keys: ["ArrowRight"], shift: true, says: "next causal round", act: () => playback.round(1) },
    { keys: ["ArrowLeft"], shift: true, says: "back a causal round", act: () => playback.round(-1) },
    { keys: ["Home"], says: "to the beginning", act: () => playback.first() },
    { keys: ["End"], says: "to the end", act: () => playback.end() },
    { keys: ["["], says: "slower", act: () => playback.faster(-1) },
    { keys: ["]"], says: "faster", act: () => playback.faster(1) },
    { keys: ["n"], says: "next event of the selected node", act: () => app.alongNode(1) },
    { keys: ["p"], says: "its event before", act: () => app.alongNode(-1) },
    { keys: ["Enter"], says: "select what happened last: its past and future", act: () => session.select(session.lastEvent()) },
    { keys: ["v"], says: "to the first violation", act: () => playback.violation() },
    { keys: ["1"], says: "axis: real time", act: () => app.chooseAxis("real") },
    { keys: ["2"], says: "axis: logical time (Lamport)", act: () => app.chooseAxis("logical") },
    { keys: ["3"], says: "axis: causal rounds", act: () => app.chooseAxis("round") },
    { keys: ["+", "="], says: "zoom in on the present", act: () => zoom(0.6) },
    { keys: ["-"], says: "zoom out", act: () => zoom(1 / 0.6) },
    { keys: [","], says: "pan left", act: () => pan(-0.25) },
    { keys: ["."], says: "pan right", act: () => pan(0.25) },
    { keys: ["f"], says: "show all", act: () => app.fit() },
    { keys: ["/"], says: "filter", act: () => app.focusFilter() },
    { keys: ["t"], says: "dark, light", act: () => app.toggleTheme() },
    { keys: ["Escape"], says: "deselect, close", act: () => app.escape() },
    { keys: ["?"], says: "this help", act: () => app.help.toggle() },
  ];
}

/** Listens to them. @param {import("viewer/app.js").App} app @param {Key[]} all */
export function listen(app, all) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const isText = target.matches("input, textarea");
    if (isText && event.key !== "Escape") return;
    // A button that has the focus is pressed by these.
    if (target.matches("button, select, summary") && (event.key === " " || event.key === "Enter")) return;
    if (target.matches("select") && event.key.startsWith("Arrow")) return;
    const isArrow = event.key.startsWith("Arrow");
    const key = all.find(({ keys, shift }) => keys.includes(event.key) && (!isArrow || Boolean(shift) === event.shiftKey));
    if (!key || (app.help.isOpen && event.key !== "?")) return;
    event.preventDefault();
    key.act(event);
  });
}
