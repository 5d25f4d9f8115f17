// A pen that draws SVG, with those methods of a canvas's context that the panes use: what is seen is what is exported.

/**
 * What the panes draw with.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "quadraticCurveTo" | "arc" | "rect" | "closePath" | "fill"
 *   | "stroke" | "fillRect" | "fillText" | "setLineDash" | "save" | "restore" | "translate" | "clip" | "measureText" | "drawImage"
 *   | "fillStyle" | "strokeStyle" | "lineWidth" | "lineCap" | "lineJoin" | "font" | "textAlign" | "textBaseline" | "globalAlpha">} Pen
 */

const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const BASELINES = { middle: "central", top: "hanging", hanging: "hanging", bottom: "text-after-edge", alphabetic: "alphabetic", ideographic: "alphabetic" };

/** @implements {Pen} */
export class SvgPen {
  /** @param {number} width @param {number} height @param {string} title */
  constructor(width, height, title) {
    this.width = width;
    this.height = height;
    this.title = title;
    /** @type {string[]} */
    this.parts = [];
    this.path = "";
    this.clips = 0;
    this.open = 0;
    /** @type {(Record<string, unknown> & { open: number })[]} */
    this.saved = [];
    this.dash = /** @type {number[]} */ ([]);
    this.x = 0;
    this.y = 0;
    /** @type {string | CanvasGradient | CanvasPattern} */
    this.fillStyle = "#000";
    /** @type {string | CanvasGradient | CanvasPattern} */
    this.strokeStyle = "#000";
    this.lineWidth = 1;
    /** @type {CanvasLineCap} */
    this.lineCap = "butt";
    /** @type {CanvasLineJoin} */
    this.lineJoin = "miter";
    this.font = "10px sans-serif";
    /** @type {CanvasTextAlign} */
    this.textAlign = "left";
    /** @type {CanvasTextBaseline} */
    this.textBaseline = "alphabetic";
    this.globalAlpha = 1;
    this.measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  }

  /** The document. */
  toString() {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${this.width} ${this.height}" ` +
      `width="${this.width}" height="${this.height}" role="img">\n<title>${escaped(this.title)}</title>\n` +
      `${this.parts.join("\n")}${"</g>".repeat(this.open)}\n</svg>\n`
    );
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, font, textAlign, textBaseline, globalAlpha, dash, x, y, open } = this;
    this.saved.push({ fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, font, textAlign, textBaseline, globalAlpha, dash, x, y, open });
  }

  restore() {
    const state = this.saved.pop();
    if (!state) return;
    if (this.open > state.open) this.parts.push("</g>".repeat(this.open - state.open));
    Object.assign(this, state);
  }

  /** @param {number} x @param {number} y */
  translate(x, y) {
    this.x += x;
    this.y += y;
  }

  clip() {
    const id = `clip${this.clips++}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.path}"/></clipPath><g clip-path="url(#${id})">`);
    this.open++;
  }

  beginPath() {
    this.path = "";
  }

  closePath() {
    this.path += "Z";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.path += `M${this.#at(x, y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path += `${this.path ? "L" : "M"}${this.#at(x, y)}`;
  }

  /** @param {number} cx @param {number} cy @param {number} x @param {number} y */
  quadraticCurveTo(cx, cy, x, y) {
    this.path += `Q${this.#at(cx, cy)} ${this.#at(x, y)}`;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.path += `M${this.#at(x, y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }

  /** @param {number} x @param {number} y @param {number} radius @param {number} from @param {number} to */
  arc(x, y, radius, from, to) {
    const point = (/** @type {number} */ angle) => this.#at(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    const begins = this.path === "" || this.path.endsWith("Z") ? "M" : "L";
    const middle = (from + to) / 2;
    const size = `${short(radius)} ${short(radius)} 0 0 1 `;
    this.path += `${begins}${point(from)}A${size}${point(middle)}A${size}${point(to)}`;
    if (to - from >= Math.PI * 2 - 1e-6) this.path += "Z";
  }

  fill() {
    this.parts.push(`<path d="${this.path}" fill="${this.fillStyle}"${this.#alpha()}/>`);
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    const cap = this.lineCap === "butt" ? "" : ` stroke-linecap="${this.lineCap}"`;
    const join = this.lineJoin === "miter" ? "" : ` stroke-linejoin="${this.lineJoin}"`;
    this.parts.push(
      `<path d="${this.path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${short(this.lineWidth)}"${dash}${cap}${join}${this.#alpha()}/>`,
    );
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.path = "";
    this.rect(x, y, width, height);
    this.fill();
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const font = /^(?:(\d+) )?([\d.]+)px (.*)$/.exec(this.font);
    const weight = font?.[1] ? ` font-weight="${font[1]}"` : "";
    this.parts.push(
      `<text x="${short(x + this.x)}" y="${short(y + this.y)}" fill="${this.fillStyle}" font-size="${font?.[2] ?? 10}"${weight} ` +
        `font-family="${escaped(font?.[3] ?? "sans-serif")}" text-anchor="${ANCHORS[this.textAlign]}" ` +
        `dominant-baseline="${BASELINES[this.textBaseline]}"${this.#alpha()}>${escaped(text)}</text>`,
    );
  }

  /** @param {string} text */
  measureText(text) {
    this.measure.font = this.font;
    return this.measure.measureText(text);
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = dash;
  }

  /** @param {CanvasImageSource} image @param {number} x @param {number} y @param {number} [width] @param {number} [height] */
  drawImage(image, x, y, width = 0, height = 0) {
    const url = /** @type {HTMLCanvasElement} */ (image).toDataURL("image/png");
    this.parts.push(
      `<image x="${short(x + this.x)}" y="${short(y + this.y)}" width="${short(width)}" height="${short(height)}" ` +
        `preserveAspectRatio="none" xlink:href="${url}"/>`,
    );
  }

  /** @param {number} x @param {number} y */
  #at(x, y) {
    return `${short(x + this.x)} ${short(y + this.y)}`;
  }

  #alpha() {
    return this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : "";
  }
}

/** @param {number} value */
function short(value) {
  return String(Math.round(value * 100) / 100);
}

/** @param {string} text */
export function escaped(text) {
  // Control characters have no place in XML.
  const plain = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  return plain.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter] ?? letter);
}
