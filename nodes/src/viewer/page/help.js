// Help: the keys, the gestures, the language of the filter, what the axes are.

import { byId, make } from "viewer/dom.js";
import { KEYS } from "viewer/filter.js";

const NAMES = /** @type {Record<string, string>} */ ({ " ": "space", ArrowRight: "→", ArrowLeft: "←", Escape: "Esc" });

export class Help {
  /** @param {import("viewer/keyboard.js").Key[]} keys */
  constructor(keys) {
    this.dialog = /** @type {HTMLDialogElement} */ (byId("help"));
    const rows = keys.map(({ keys, shift, says }) => {
      const names = keys.map((key) => NAMES[key] ?? key);
      const all = names.flatMap((name, at) => [at ? " " : "", make("kbd", {}, shift ? `shift ${name}` : name)]);
      return make("tr", {}, make("td", {}, ...all), make("td", {}, says));
    });
    const half = Math.ceil(rows.length / 2);
    const filters = KEYS.map(([example, says, more]) => make("tr", {}, make("td", {}, make("code", {}, example)), make("td", {}, says, more ? make("div", { class: "quiet" }, more) : "")));
    byId("help-keys").replaceChildren(make("table", {}, ...rows.slice(0, half)), make("table", {}, ...rows.slice(half)));
    byId("help-filter").replaceChildren(make("table", {}, ...filters));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    byId("help-close").addEventListener("click", () => this.dialog.close());
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  get isOpen() {
    return this.dialog.open;
  }
}
