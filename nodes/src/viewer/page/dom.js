// Small helpers for the document.

/**
 * Makes an element.  Attributes that are functions become listeners.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number | boolean | ((event: any) => void)>} [attributes]
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** The element of that id, which the page has. @param {string} id */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return element;
}

/** A canvas that fills its parent, sharp on every screen. */
export class Surface {
  /** @param {HTMLElement} parent @param {string} label @param {() => void} resized */
  constructor(parent, label, resized) {
    this.canvas = make("canvas", { role: "img", "aria-label": label });
    parent.append(this.canvas);
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.width = 0;
    this.height = 0;
    new ResizeObserver(() => {
      const { width, height } = parent.getBoundingClientRect();
      if (width === this.width && height === this.height) return;
      this.width = width;
      this.height = height;
      resized();
    }).observe(parent);
  }

  /** Clears it, in page pixels. @param {string} [paper] */
  begin(paper) {
    const { canvas, pen, width, height } = this;
    const scale = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    if (paper) {
      pen.fillStyle = paper;
      pen.fillRect(0, 0, width, height);
    } else {
      pen.clearRect(0, 0, width, height);
    }
    return pen;
  }

  /** Where a gesture is, in page pixels of the canvas. @param {MouseEvent} event @returns {[number, number]} */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
}
