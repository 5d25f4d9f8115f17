// Where nodes stand.  The header tells; of very large graphs it does not, and they stand in a square.

/** @param {import("viewer/trace.js").Header} header */
export function placed(header) {
  const nodes = header.nodes;
  const side = Math.ceil(Math.sqrt(nodes));
  const x = new Float64Array(nodes);
  const y = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    [x[node], y[node]] = header.positions?.[node] ?? [node % side, Math.floor(node / side)];
  }
  return { x, y, width: most(x), height: most(y), closest: closest(x, y) };
}

/** @param {Float64Array} values */
function most(values) {
  return values.reduce((one, other) => Math.max(one, other), 0);
}

/** About how near nodes stand to each other: the distance that one in ten falls short of. @param {Float64Array} x @param {Float64Array} y */
function closest(x, y) {
  const nodes = x.length;
  if (nodes < 2) return 1;
  const stride = Math.max(1, Math.floor(nodes / 300));
  const distances = [];
  for (let node = 0; node < nodes; node += stride) {
    let least = Infinity;
    for (let other = 0; other < nodes; other++) {
      if (other !== node) least = Math.min(least, Math.hypot(x[node] - x[other], y[node] - y[other]));
    }
    distances.push(least);
  }
  distances.sort((one, other) => one - other);
  return Math.max(0.15, distances[Math.floor(distances.length / 10)]);
}

/** Where captions may stand, the best first: below, above, right, left. @type {[number, number][]} */
const SIDES = [[0, 1], [0, -1], [1, 0], [-1, 0]];

/**
 * For each node the side that its links keep farthest away from.
 * @param {import("viewer/trace.js").Header} header @param {{ x: Float64Array, y: Float64Array }} places
 */
export function captionSides(header, { x, y }) {
  const away = x.reduce((all, _, node) => all.set(node, []), /** @type {Map<number, [number, number][]>} */ (new Map()));
  for (const [a, , b] of header.links) {
    const length = Math.hypot(x[b] - x[a], y[b] - y[a]) || 1;
    const [dx, dy] = [(x[b] - x[a]) / length, (y[b] - y[a]) / length];
    away.get(a)?.push([dx, dy]);
    away.get(b)?.push([-dx, -dy]);
  }
  return Array.from(x, (_, node) => {
    // The cosine of the angle to the nearest link; a caption at a side is wide, so sides must be clearer than what is above or below.
    const nearest = SIDES.map(([sx, sy]) => (away.get(node) ?? []).reduce((most, [dx, dy]) => Math.max(most, sx * dx + sy * dy), -1) + (sx ? 0.3 : 0));
    return SIDES[nearest.indexOf(Math.min(...nearest))];
  });
}
