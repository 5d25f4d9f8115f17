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
    /** By place, where it begins and ends on the axis; what does not end leads to its goal. */
    this.from = new Float64Array(count);
    this.to = new Float64Array(count);
    this.small = new Uint32Array((count >> SMALL) + 1);
    this.large = new Uint32Array((count >> LARGE) + 1);
    const { position, typical } = axis;
    for (let place = 0; place < count; place++) {
      const flight = this.at(place);
      if (this.flights) this.begin[place] = begins[flight];
      const message = index.messageOf(flight);
      const arrival = index.arrivalOf(flight);
      const from = position[trace.sent[message]];
      const hasEnd = arrival !== NONE && arrival < position.length;
      this.from[place] = from;
      this.to[place] = hasEnd ? position[arrival] : axis.flightGoal(flight);
      let end = hasEnd ? axis.rankOf(arrival) : NONE;
      if (!hasEnd && trace.lost[message]) end = axis.countBefore(from + typical);
      this.end[place] = end;
      if (end > this.small[place >> SMALL]) this.small[place >> SMALL] = end;
      if (end > this.large[place >> LARGE]) this.large[place >> LARGE] = end;
    }
  }

  /** How many begin before a place of the order. @param {number} to */
  #begun(to) {
    return partition(0, this.count, (place) => this.begin[place] < to);
  }

  /** The flight at a place. @param {number} place */
  at(place) {
    return this.flights ? this.flights[place] : place;
  }

  /**
   * Visits stretches of places that hold all flights which begin before `to` and end at `from` or later, and perhaps others.
   * @param {number} from @param {number} to @param {(start: number, stop: number) => boolean | void} visit it returns true to stop
   */
  stretches(from, to, visit) {
    const last = this.#begun(to);
    let start = -1;
    for (let place = 0; place < last; ) {
      const isLarge = (place & ((1 << LARGE) - 1)) === 0 && this.large[place >> LARGE] < from;
      const isNone = isLarge || this.small[place >> SMALL] < from;
      if (isNone && start >= 0) {
        if (visit(start, place)) return;
        start = -1;
      } else if (!isNone && start < 0) {
        start = place;
      }
      place += isLarge ? 1 << LARGE : 1 << SMALL;
    }
    if (start >= 0) visit(start, last);
  }

  /**
   * Visits the places of the flights that begin before `to` and end at `from` or later, until `visit` returns true.
   * @param {number} from @param {number} to @param {(place: number) => boolean | void} visit
   */
  each(from, to, visit) {
    this.stretches(from, to, (start, stop) => {
      for (let place = start; place < stop; place++) if (this.end[place] >= from && visit(place)) return true;
      return false;
    });
  }

  /** How many there are. @param {number} from @param {number} to */
  tally(from, to) {
    if (from === 0) return this.#begun(to);
    const { end } = this;
    let count = 0;
    this.stretches(from, to, (start, stop) => {
      for (let place = start; place < stop; place++) if (end[place] >= from) count++;
    });
    return count;
  }
}
