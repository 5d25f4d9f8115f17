// Pictures of what is seen, as SVG and PNG.

import { make } from "viewer/dom.js";
import { SvgPen } from "viewer/svg.js";

/** @typedef {import("viewer/session.js").Session} Session */
/** @typedef {{ paint(pen: import("viewer/svg.js").Pen, session: Session, width: number, height: number): void, surface: import("viewer/dom.js").Surface }} Picture */

/** Pixels of a PNG for each of the page. */
const SHARPNESS = 3;

/** @param {Picture} pane @param {Session} session @param {string} what */
export function asSvg(pane, session, what) {
  const { width, height } = pane.surface;
  const pen = new SvgPen(Math.round(width), Math.round(height), `${session.header.protocol} on ${session.header.topology}: ${what}`);
  pen.fillStyle = session.theme.paper;
  pen.fillRect(0, 0, width, height);
  pane.paint(pen, session, width, height);
  return pen.toString();
}

/** @param {Picture} pane @param {Session} session @returns {Promise<Blob>} */
export function asPng(pane, session) {
  const { width, height } = pane.surface;
  const canvas = make("canvas");
  canvas.width = Math.round(width * SHARPNESS);
  canvas.height = Math.round(height * SHARPNESS);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(SHARPNESS, SHARPNESS);
  pen.fillStyle = session.theme.paper;
  pen.fillRect(0, 0, width, height);
  pane.paint(pen, session, width, height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"));
}

/** @param {Picture} pane @param {Session} session @param {string} what @param {"svg" | "png"} format */
export async function save(pane, session, what, format) {
  const blob = format === "svg" ? new Blob([asSvg(pane, session, what)], { type: "image/svg+xml" }) : await asPng(pane, session);
  const name = `${session.header.protocol}-${session.header.topology}-${what}.${format}`.replace(/[^\w.-]+/g, "-");
  const url = URL.createObjectURL(blob);
  const link = make("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
