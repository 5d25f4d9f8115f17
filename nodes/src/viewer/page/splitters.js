// Borders between panes can be moved.

/** Each names the property that holds its place, in parts of the page. */
export function splitters() {
  for (const splitter of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-split]"))) {
    splitter.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      splitter.setPointerCapture(event.pointerId);
      const move = (/** @type {PointerEvent} */ to) => {
        const area = splitter.parentElement?.getBoundingClientRect();
        if (!area) return;
        const along = splitter.dataset.split === "rows" ? (to.clientY - area.top) / area.height : (to.clientX - area.left) / area.width;
        const part = splitter.dataset.from === "end" ? 1 - along : along;
        const [least, most] = [Number(splitter.dataset.least ?? 0.15), Number(splitter.dataset.most ?? 0.85)];
        splitter.parentElement?.style.setProperty(String(splitter.dataset.property), `${Math.max(least, Math.min(most, part)) * 100}%`);
      };
      splitter.addEventListener("pointermove", move);
      splitter.addEventListener("pointerup", () => splitter.removeEventListener("pointermove", move), { once: true });
    });
  }
}
