// The bytes of a trace, as the documentation of the crate's module `trace` describes them: a header, then blocks of events.
// They may come in pieces, and may never end.

import { Varints, crc32, inflate } from "viewer/bytes.js";
import { COMES_OF, HAS_AMOUNT, HAS_DETAIL, HAS_MESSAGE, HAS_PORT, KIND_NAMES } from "viewer/kinds.js";
import { NONE, Trace } from "viewer/trace.js";

const MAGIC = [0x89, 0x4e, 0x4f, 0x44, 0x45, 0x53, 0x0d, 0x0a];
const VERSION = 1;
const START = MAGIC.length + 2;
const HEAD = 12;
const Tag = { Header: 1, Block: 2, Compressed: 3 };
const SAME = 0x80;
const WORDED = 0x40;

/** Reads a trace from pieces of its file. */
export class TraceReader {
  constructor() {
    /** What has been read. @type {Trace | undefined} */
    this.trace = undefined;
    /** How many bytes of it have been used. */
    this.position = 0;
    /** @type {Uint8Array} */
    this.rest = new Uint8Array(0);
  }

  /** Takes the next piece. @param {Uint8Array} piece */
  async feed(piece) {
    this.rest = this.rest.length ? joined(this.rest, piece) : piece;
    if (this.position === 0) {
      if (this.rest.length < START) return;
      this.#begin();
    }
    // All that is there is uncompressed at once, and used in order.
    const bodies = [];
    for (let frame = this.#frame(); frame; frame = this.#frame()) {
      const { tag, body } = frame;
      bodies.push(tag === Tag.Block ? { tag, body: Promise.resolve(body) } : { tag, body: inflate(body) });
    }
    const all = await Promise.all(bodies.map(async ({ tag, body }) => ({ tag, bytes: await body })));
    this.trace?.reserve(...expected(all.map(({ bytes }) => bytes)));
    for (const { tag, bytes } of all) {
      if (tag === Tag.Header) {
        this.trace = new Trace(JSON.parse(new TextDecoder().decode(bytes)));
        this.trace.reserve(...expected(all.filter(({ tag }) => tag !== Tag.Header).map(({ bytes }) => bytes)));
      } else if (this.trace) {
        readBlock(bytes, this.trace);
      } else {
        throw new Error("The trace has no header.");
      }
    }
  }

  #begin() {
    if (MAGIC.some((byte, at) => this.rest[at] !== byte)) throw new Error("This file is not a trace: it does not begin as one.");
    const version = this.rest[MAGIC.length] | (this.rest[MAGIC.length + 1] << 8);
    if (version !== VERSION) throw new Error(`This is a trace of version ${version}; this page reads version ${VERSION}.`);
    this.#used(START);
  }

  /** @param {number} bytes */
  #used(bytes) {
    this.rest = this.rest.subarray(bytes);
    this.position += bytes;
  }

  /** The next frame, if all of it has come. */
  #frame() {
    const { rest } = this;
    if (rest.length < HEAD) return undefined;
    const view = new DataView(rest.buffer, rest.byteOffset, HEAD);
    const length = view.getUint32(0, true);
    const tag = rest[4];
    const check = rest[5] | (rest[6] << 8) | (rest[7] << 16);
    if ((crc32(rest.subarray(0, 5)) & 0xffffff) !== check || tag < Tag.Header || tag > Tag.Compressed) {
      throw new Error(`The trace is damaged at byte ${this.position}.`);
    }
    if (rest.length < HEAD + length) return undefined;
    const body = rest.subarray(HEAD, HEAD + length);
    if (crc32(body) !== view.getUint32(8, true)) throw new Error(`The trace is damaged at byte ${this.position}.`);
    this.#used(HEAD + length);
    return { tag, body };
  }
}

/** @param {Uint8Array} one @param {Uint8Array} two */
function joined(one, two) {
  const all = new Uint8Array(one.length + two.length);
  all.set(one);
  all.set(two, one.length);
  return all;
}

/** How many events are in blocks, and how many messages have been sent after them at most.
 * @param {Uint8Array[]} blocks @returns {[number, number]} */
function expected(blocks) {
  let events = 0;
  let sent = 0;
  for (const block of blocks) {
    const head = new Varints(block);
    const count = head.next();
    events += count;
    sent = head.next() + count;
  }
  return [events, sent];
}

/** Appends a block's events to the trace. @param {Uint8Array} bytes @param {Trace} trace */
function readBlock(bytes, trace) {
  const head = new Varints(bytes);
  const events = head.next();
  head.next();
  let time = head.next();
  const columns = Array.from({ length: 8 }, () => new Varints(head.take(head.next())));
  const [kinds, nodes, times, messages, ports, details, amounts, texts] = columns;
  let node = 0;
  for (let event = 0; event < events; event++) {
    const mark = kinds.bytes[kinds.at++];
    const kind = mark & 0x3f;
    if (kind >= KIND_NAMES.length) throw new Error(`There are no events of kind ${kind}.`);
    if ((mark & SAME) === 0) {
      node = nodes.next();
      time += times.next();
    }
    let message = NONE;
    if (HAS_MESSAGE[kind]) {
      const back = messages.next();
      if (back > 0) message = trace.messages - back;
    }
    const port = HAS_PORT[kind] ? ports.next() - 1 : -1;
    const detail = HAS_DETAIL[kind] ? details.next() : 0;
    const amount = HAS_AMOUNT[kind] ? amounts.next() : 0;
    trace.push(kind, node, time, message, port, detail, amount, COMES_OF[kind] === 1);
    if (mark & WORDED) {
      const length = texts.next();
      trace.addText(texts.bytes, texts.at, length);
      texts.at += length;
    }
  }
}
