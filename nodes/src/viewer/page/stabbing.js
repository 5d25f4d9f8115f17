// Which flights are under way: those that begin before one place of the order and end after another.  Flights stand by the
// place of their sending; over blocks of them the greatest place of arrival is kept, so that blocks without any are skipped.

import { NONE } from "viewer/trace.js";
import { partition, sortedPlaces } from "viewer/order.js";

const SMALL = 5;
const LARGE = 11;

export class Stabbing {
  /** @param {import("viewer/axis.js").Axis} axis */
  constructor(axis) {
    const { index } = axis;
    const { trace } = index;
    const count = index.flights;
    const begins = new Uint32Array(count);
    for (let flight = 0; flight < count; flight++) begins[flight] = axis.rankOf(trace.sent[index.messageOf(flight)]);
    const isSorted = !axis.order && trace.again.length === 0;
    /** Flights in the order of their sending; nothing if that is their own. */
    this.flights = isSorted ? undefined : sortedPlaces(begins);
    this.count = count;
    /** By place, where the flight begins and ends in the axis's order. */
    this.begin = isSorted ? begins : new Uint32Array(count);
    this.end = new Uint32Array(count);
    this.small = new Uint32Array((count >> SMALL) + 1);
    this.large = new Uint32Array((count >> LARGE) + 1);
    const events = axis.position.length;
    for (let place = 0; place < count; place++) {
      const flight = this.at(place);
      if (this.flights) this.begin[place] = begins[flight];
      const arrival = index.arrivalOf(flight);
      let end = arrival === NONE || arrival >= events ? NONE : axis.rankOf(arrival);
      if (end === NONE && trace.lost[index.messageOf(flight)]) end = axis.countBefore(axis.flightStart(flight) + axis.typical);
      this.end[place] = end;
      if (end > this.small[place >> SMALL]) this.small[place >> SMALL] = end;
      if (end > this.large[place >> LARGE]) this.large[place >> LARGE] = end;
    }
  }

  /** The flight at a place. @param {number} place */
  at(place) {
    return this.flights ? this.flights[place] : place;
  }

  /**
   * Visits the flights that begin before `to` and end at `from` or later, until `visit` returns true.
   * @param {number} from @param {number} to @param {(place: number) => boolean | void} visit
   */
  each(from, to, visit) {
    const stop = partition(0, this.count, (place) => this.begin[place] < to);
    let place = 0;
    while (place < stop) {
      if ((place & ((1 << LARGE) - 1)) === 0 && this.large[place >> LARGE] < from) {
        place += 1 << LARGE;
      } else if ((place & ((1 << SMALL) - 1)) === 0 && this.small[place >> SMALL] < from) {
        place += 1 << SMALL;
      } else {
        if (this.end[place] >= from && visit(place)) return;
        place++;
      }
    }
  }

  /** How many there are, or `limit` if there are more. @param {number} from @param {number} to @param {number} limit */
  tally(from, to, limit) {
    let count = 0;
    this.each(from, to, () => ++count >= limit);
    return count;
  }
}
