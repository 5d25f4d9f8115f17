// Sorting by whole numbers, and searching what is sorted.

/**
 * The places of `keys` in rising order of the keys; equal ones stay in order.  Least digit first, so it takes time in
 * proportion to their number.
 * @param {Uint32Array} keys @returns {Uint32Array}
 */
export function sortedPlaces(keys) {
  const BITS = 11;
  const SIZE = 1 << BITS;
  const count = keys.length;
  let largest = 0;
  let from = new Uint32Array(count);
  for (let place = 0; place < count; place++) {
    from[place] = place;
    if (keys[place] > largest) largest = keys[place];
  }
  let to = new Uint32Array(count);
  for (let shift = 0; shift < 32 && largest >>> shift > 0; shift += BITS) {
    const starts = new Uint32Array(SIZE + 1);
    for (let place = 0; place < count; place++) starts[((keys[place] >>> shift) & (SIZE - 1)) + 1]++;
    for (let digit = 0; digit < SIZE; digit++) starts[digit + 1] += starts[digit];
    for (let at = 0; at < count; at++) {
      const place = from[at];
      to[starts[(keys[place] >>> shift) & (SIZE - 1)]++] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/**
 * How many of the places from `low` up to `high` come before: `before` is true for the first ones only.
 * @param {number} low @param {number} high @param {(place: number) => boolean} before
 */
export function partition(low, high, before) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Things grouped by a number: those of group g are `items` from `starts[g]` to `starts[g + 1]`, in their order.
 * @param {number} groups @param {Uint32Array} groupOf @param {(item: number) => boolean} [wanted] @param {number} [count]
 */
export function grouped(groups, groupOf, wanted, count = groupOf.length) {
  const starts = new Uint32Array(groups + 1);
  for (let item = 0; item < count; item++) if (!wanted || wanted(item)) starts[groupOf[item] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const items = new Uint32Array(starts[groups]);
  const next = starts.slice();
  for (let item = 0; item < count; item++) if (!wanted || wanted(item)) items[next[groupOf[item]]++] = item;
  return { starts, items };
}
