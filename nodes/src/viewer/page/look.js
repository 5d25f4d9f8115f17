// How things look: colours that the colour-blind can tell apart (Okabe & Ito 2008, Tol 2021), and never a colour alone: states have
// shapes, types of messages have marks and dashes.

/** @typedef {import("viewer/trace.js").Header} Header */
/** @typedef {{ fill: string, text: string, shape: Shape, name: string, terminal: boolean }} StateLook */
/** @typedef {{ colour: string, dash: number[], mark: Mark, name: string }} MessageLook */
/** @typedef {"circle" | "square" | "diamond" | "hexagon" | "up" | "down" | "octagon" | "pentagon"} Shape */
/** @typedef {"dot" | "square" | "diamond" | "up" | "ring" | "box" | "down" | "bar"} Mark */

const SHAPES = /** @type {Shape[]} */ (["circle", "square", "hexagon", "diamond", "octagon", "up", "pentagon", "down"]);
const MARKS = /** @type {Mark[]} */ (["dot", "square", "diamond", "up", "ring", "box", "down", "bar"]);
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2], [1, 2], [14, 3, 4, 3]];

/** Fill and what is legible on it. */
const INITIAL = ["#a8b0bd", "#14181f"];
const UNDECIDED = [["#f0b429", "#1d1600"], ["#d55e00", "#ffffff"], ["#cc79a7", "#1d0512"], ["#f0e442", "#1d1b00"], ["#8c6d46", "#ffffff"]];
const DECIDED = [["#0072b2", "#ffffff"], ["#56b4e9", "#04121d"], ["#009e73", "#ffffff"], ["#7a5fb5", "#ffffff"], ["#84d2b8", "#04160f"]];

const ON_LIGHT = ["#0077bb", "#c2410c", "#00806b", "#b3125f", "#7a5c00", "#5b3fa8", "#33708f", "#4b5563"];
const ON_DARK = ["#5cb8ff", "#ff9a5c", "#3ddbb7", "#ff7ab8", "#e6c34a", "#b49cff", "#8fd0e8", "#aab4c3"];

/** How the states of a protocol look. @param {Header} header @returns {StateLook[]} */
export function stateLooks(header) {
  let undecided = 0;
  let decided = 0;
  return header.states.map(({ name, terminal }, state) => {
    const [fill, text] =
      terminal ? DECIDED[decided++ % DECIDED.length]
      : state === 0 ? INITIAL
      : UNDECIDED[undecided++ % UNDECIDED.length];
    return { name, terminal, fill, text, shape: SHAPES[state % SHAPES.length] };
  });
}

/** How the types of messages look. @param {Header} header @param {boolean} dark @returns {MessageLook[]} */
export function messageLooks(header, dark) {
  const colours = dark ? ON_DARK : ON_LIGHT;
  return header.messages.map((name, type) => ({
    name,
    colour: colours[type % colours.length],
    dash: DASHES[type % DASHES.length],
    mark: MARKS[type % MARKS.length],
  }));
}

/** Colours of the page itself, for canvases. @typedef {typeof LIGHT} Theme */
export const LIGHT = {
  dark: false,
  paper: "#ffffff",
  ink: "#1a2130",
  quiet: "#667085",
  faint: "#98a2b3",
  line: "#d5dae3",
  grid: "#eceff4",
  accent: "#1d4ed8",
  past: "#1d4ed8",
  future: "#b45309",
  danger: "#c01048",
  veil: "rgba(255,255,255,0.72)",
  halo: "rgba(255,255,255,0.9)",
};

/** @type {Theme} */
export const DARK = {
  dark: true,
  paper: "#12161d",
  ink: "#e7ebf2",
  quiet: "#98a4b5",
  faint: "#6b7686",
  line: "#333c4a",
  grid: "#1d232d",
  accent: "#7aa7ff",
  past: "#7aa7ff",
  future: "#f5a94b",
  danger: "#ff6b8b",
  veil: "rgba(18,22,29,0.72)",
  halo: "rgba(18,22,29,0.9)",
};

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/**
 * The outline of a state's shape as a path.
 * @param {import("viewer/svg.js").Pen} pen @param {Shape} shape @param {number} x @param {number} y @param {number} radius
 */
export function outline(pen, shape, x, y, radius) {
  pen.beginPath();
  switch (shape) {
    case "circle":
      pen.arc(x, y, radius, 0, Math.PI * 2);
      return;
    case "square":
      return polygon(pen, x, y, radius * 1.22, 4, Math.PI / 4);
    case "diamond":
      return polygon(pen, x, y, radius * 1.25, 4, 0);
    case "hexagon":
      return polygon(pen, x, y, radius * 1.14, 6, 0);
    case "octagon":
      return polygon(pen, x, y, radius * 1.1, 8, Math.PI / 8);
    case "pentagon":
      return polygon(pen, x, y, radius * 1.18, 5, -Math.PI / 2);
    case "up":
      return polygon(pen, x, y + radius * 0.2, radius * 1.42, 3, -Math.PI / 2);
    case "down":
      return polygon(pen, x, y - radius * 0.2, radius * 1.42, 3, Math.PI / 2);
  }
}

/** @param {import("viewer/svg.js").Pen} pen @param {number} x @param {number} y @param {number} radius @param {number} corners @param {number} turn */
function polygon(pen, x, y, radius, corners, turn) {
  for (let corner = 0; corner < corners; corner++) {
    const angle = turn + (corner / corners) * Math.PI * 2;
    const [px, py] = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    if (corner === 0) pen.moveTo(px, py);
    else pen.lineTo(px, py);
  }
  pen.closePath();
}

/**
 * Draws a message's mark.
 * @param {import("viewer/svg.js").Pen} pen @param {MessageLook} look @param {number} x @param {number} y @param {number} size @param {string} paper
 */
export function mark(pen, look, x, y, size, paper) {
  const isHollow = look.mark === "ring" || look.mark === "box";
  pen.fillStyle = isHollow ? paper : look.colour;
  pen.strokeStyle = isHollow ? look.colour : paper;
  pen.lineWidth = isHollow ? 2 : 1.25;
  switch (look.mark) {
    case "square":
    case "box":
      polygonOf(pen, x, y, size * 1.2, 4, Math.PI / 4);
      break;
    case "diamond":
      polygonOf(pen, x, y, size * 1.3, 4, 0);
      break;
    case "up":
      polygonOf(pen, x, y, size * 1.35, 3, -Math.PI / 2);
      break;
    case "down":
      polygonOf(pen, x, y, size * 1.35, 3, Math.PI / 2);
      break;
    case "bar":
      pen.beginPath();
      pen.rect(x - size * 0.5, y - size * 1.1, size, size * 2.2);
      break;
    default:
      pen.beginPath();
      pen.arc(x, y, size, 0, Math.PI * 2);
  }
  pen.fill();
  pen.stroke();
}

/** @param {import("viewer/svg.js").Pen} pen @param {number} x @param {number} y @param {number} radius @param {number} corners @param {number} turn */
function polygonOf(pen, x, y, radius, corners, turn) {
  pen.beginPath();
  polygon(pen, x, y, radius, corners, turn);
}
