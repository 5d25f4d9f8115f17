// A live page follows a stream of the trace's bytes, however they are cut, and sends commands back.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, it } from "node:test";
import { FOLDER, launch, reference, settled } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const TOKEN = "t=0123456789abcdef";

/** A run's server as a page sees it: what is sent when is up to the test. */
async function serve() {
  /** @type {(stream: http.ServerResponse) => void} */
  let follow;
  /** @type {Promise<http.ServerResponse>} */
  const followed = new Promise((resolve) => (follow = resolve));
  /** @type {Record<string, unknown>[]} */
  const commands = [];
  const asked = /** @type {string[]} */ ([]);
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === `/?${TOKEN}`) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(fs.readFileSync(path.join(FOLDER, "live.html")));
    } else if (request.url === `/trace?${TOKEN}`) {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      response.flushHeaders();
      follow(response);
    } else if (request.url === `/cmd?${TOKEN}` && request.method === "POST") {
      let body = "";
      request.on("data", (piece) => (body += piece));
      request.on("end", () => {
        commands.push(JSON.parse(body));
        const refused = JSON.parse(body).do === "crash";
        response.statusCode = refused ? 409 : 200;
        response.end(refused ? "node 3 is dead already" : "");
      });
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}/?${TOKEN}`,
    commands,
    asked,
    // A page that is loaded has not yet asked for its run: what is sent waits for that.
    /** @param {Uint8Array} bytes */
    send: (bytes) => followed.then((stream) => stream.write(bytes)),
    end: () => followed.then((stream) => stream.end()),
    close: () => server.close(),
  };
}

// What waits for a condition is evaluated again and again, which the page forbids: so its policy is passed by.
it("follows the run, and steers it", async () => {
  const server = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // The browser itself tells of an answer that is an error.
    if (!/409/.test(message.text())) complaints.push(message.text());
  });
  try {
    const bytes = fs.readFileSync(path.join(FOLDER, "slow.trace"));
    await page.goto(server.address);
    // In pieces that end anywhere.
    const half = Math.floor(bytes.length * 0.6);
    for (let at = 0; at < half; at += 97) server.send(bytes.subarray(at, Math.min(half, at + 97)));
    await page.waitForFunction("globalThis.nodes !== undefined && globalThis.nodes.session.trace.messages > 20");
    await settled(page);
    assert.equal(await page.textContent("#outcome"), "live");
    const first = await page.evaluate(() => [globalThis.nodes.session.count, globalThis.nodes.session.index.length]);
    assert.equal(first[0], first[1], "it stays at the present");

    for (const button of ["live-pause", "live-step", "live-resume"]) await page.click(`#${button}`);
    const drawn = await page.evaluate(() => {
      const { topology, session } = globalThis.nodes;
      return topology.drawn.map((/** @type {any} */ at) => ({ ...at, message: session.index.messageOf(at.flight) }));
    });
    assert.ok(drawn.length > 0, "messages are under way");
    // One that no node covers.
    const free = await page.evaluate((drawn) => drawn.filter((/** @type {any} */ { x, y }) => globalThis.nodes.topology.nodeAt(x, y) < 0), drawn);
    assert.ok(free.length > 0, "one of them can be reached");
    const chosen = free[free.length - 1];
    await page.click("#topology canvas", { position: { x: chosen.x, y: chosen.y } });
    await page.click("[role=menuitem]");
    const node = await page.evaluate(() => {
      const { topology } = globalThis.nodes;
      const [x, y] = topology.scaled(topology.surface.width, topology.surface.height).at(3);
      return { x, y };
    });
    await page.click("#topology canvas", { position: node });
    await page.click("[role=menuitem]");
    await page.waitForFunction(() => document.getElementById("live-answer")?.textContent === "node 3 is dead already");
    assert.deepEqual(server.commands.map(({ do: what }) => what), ["pause", "step", "resume", "deliver", "crash"]);
    assert.deepEqual(server.commands[4], { do: "crash", node: 3 });
    assert.equal(typeof server.commands[3].message, "number");

    server.send(bytes.subarray(half));
    server.end();
    const right = reference("slow");
    await page.waitForFunction((events) => globalThis.nodes.session.trace.length === events, right.events);
    await page.waitForFunction(() => document.getElementById("outcome")?.textContent !== "live");
    assert.equal(await page.textContent("#outcome"), right.outcome);
    const cones = await page.evaluate((events) => events.map((/** @type {number} */ event) => {
      const { session } = globalThis.nodes;
      session.select(event);
      const { past, future } = session.cones.counts();
      return [past, future];
    }), right.cones.map((/** @type {{ event: number }} */ cone) => cone.event));
    assert.deepEqual(cones, right.cones.map((/** @type {any} */ cone) => [cone.past, cone.future]));
    const others = server.asked.filter((asked) => !/^(GET \/\?|GET \/trace\?|POST \/cmd\?)/.test(asked));
    assert.deepEqual(others, [], "the page asked for something else");
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
    server.close();
  }
});

it("shows the latest of a long run, and all of it when that is over", async () => {
  const server = await serve();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  const seen = () => page.evaluate(() => {
    const { session, spaceTime } = globalThis.nodes;
    const { axis } = session;
    const { from, to, view } = spaceTime.window;
    return { view, events: axis.position.filter((/** @type {number} */ at) => from <= at && at <= to).length, all: session.index.length, end: axis.end <= to };
  });
  try {
    const bytes = fs.readFileSync(path.join(FOLDER, "long.trace"));
    const right = reference("many");
    await page.goto(server.address);
    const half = Math.floor(bytes.length * 0.8);
    server.send(bytes.subarray(0, half));
    await page.waitForFunction((events) => globalThis.nodes?.session.index.length > events, right.events * 0.7);
    await settled(page);
    const latest = await seen();
    assert.ok(latest.all > 4500, `${latest.all} events are a long run`);
    assert.ok(latest.view === "latest" && latest.end && latest.events >= 4000 && latest.events < 4200, JSON.stringify(latest));

    await page.keyboard.press("f");
    await settled(page);
    const whole = await seen();
    assert.ok(whole.view === "whole" && whole.events === whole.all, JSON.stringify(whole));
    await page.keyboard.press("Home");
    await page.click("#live-follow");
    await settled(page);
    assert.equal((await seen()).view, "latest");
    assert.equal(await page.evaluate(() => globalThis.nodes.session.count === globalThis.nodes.session.index.length), true);

    server.send(bytes.subarray(half));
    server.end();
    await page.waitForFunction(() => globalThis.nodes.live.isOver);
    await settled(page);
    const over = await seen();
    assert.deepEqual(over, { view: "whole", events: over.all, all: over.all, end: true });
  } finally {
    await page.close();
    server.close();
  }
});
