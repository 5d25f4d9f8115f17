// Gestures on the space-time diagram: zoom, pan, point, select.

import { make } from "viewer/dom.js";
import { position, story, time } from "viewer/words.js";

/** @typedef {import("viewer/session.js").Session} Session */

/** @param {import("viewer/spacetime.js").SpaceTime} pane @param {Session} session */
export function spaceTimeGestures(pane, session) {
  const { surface, window } = pane;
  const { canvas } = surface;
  const tip = make("div", { class: "tip", hidden: true });
  canvas.parentElement?.append(tip);

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [x, y] = surface.at(event);
    const perPixel = (window.to - window.from) / (window.right - window.left);
    if (event.altKey) window.heighten(Math.exp(-event.deltaY * 0.002), y);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) window.pan((event.deltaX || event.deltaY) * perPixel);
    else window.zoom(Math.exp(event.deltaY * 0.0018), window.position(x));
    session.changed();
  }, { passive: false });

  canvas.addEventListener("dblclick", () => {
    window.whole();
    window.stretch = 1;
    session.changed();
  });

  canvas.addEventListener("pointerdown", (event) => {
    const start = surface.at(event);
    let last = start;
    let moved = false;
    canvas.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ to) => {
      const here = surface.at(to);
      if (!moved && Math.hypot(here[0] - start[0], here[1] - start[1]) < 4) return;
      moved = true;
      window.pan(((last[0] - here[0]) * (window.to - window.from)) / (window.right - window.left));
      window.above += (last[1] - here[1]) / window.row;
      last = here;
      session.changed();
    };
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", () => {
      canvas.removeEventListener("pointermove", move);
      if (moved) return;
      const found = pane.eventAt(...start);
      if (found >= 0) {
        session.select(found);
      } else if (start[1] < window.top) {
        session.goToPosition(window.position(start[0]));
      } else if (start[0] < window.left) {
        session.selectNode(Math.floor((start[1] - window.top) / window.row + window.above));
      } else {
        session.select(-1);
        session.goToPosition(window.position(start[0]));
      }
    }, { once: true });
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) {
      tip.hidden = true;
      return;
    }
    const [x, y] = surface.at(event);
    const found = pane.eventAt(x, y);
    canvas.style.cursor = found >= 0 ? "pointer" : "crosshair";
    tip.hidden = found < 0;
    if (found < 0) return;
    const { trace, axis } = session;
    tip.textContent = story(trace, found, session.index.length);
    const when = make("div", { class: "quiet" }, axis.name === "real" ? `at ${time(trace, trace.time[found])}` : `${axis.name} ${position(session, axis.position[found])}, at ${time(trace, trace.time[found])}`);
    tip.append(when);
    const left = Math.min(x + 14, surface.width - tip.offsetWidth - 8);
    const top = y + 18 + tip.offsetHeight > surface.height ? y - tip.offsetHeight - 12 : y + 18;
    tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
}
