// Keys, buttons and clicks do what the help says.

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { launch, open, settled } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** @param {Page} page */
const state = (page) =>
  page.evaluate(() => {
    const { session, spaceTime, help } = globalThis.nodes;
    const { count, now, playing, speed, event, node, axis, theme, index } = session;
    const { from, to, view } = spaceTime.window;
    const { trace } = session;
    const last = count > 0 ? axis.at(count - 1) : -1;
    let round = 0;
    for (let place = 0; place < count; place++) round = Math.max(round, trace.depth[axis.at(place)]);
    return { count, now, playing, speed, event, node, axis: axis.name, dark: theme.dark, length: index.length, from, to, view, help: help.isOpen, round, step: last < 0 ? -1 : trace.step[last] };
  });

/** @param {Page} page @param {string} key */
async function press(page, key) {
  await page.keyboard.press(key);
  await settled(page);
  return state(page);
}

it("steps by event and by causal round", () =>
  open(browser, "election", async (page) => {
    const whole = await state(page);
    assert.equal(whole.count, whole.length, "a recorded run is first seen as a whole");
    const begun = await press(page, "Home");
    assert.ok(begun.count < 40);
    const one = await press(page, "ArrowRight");
    assert.ok(one.count > begun.count);
    const two = await press(page, "ArrowRight");
    assert.notEqual(two.step, one.step, "each step is another");
    assert.deepEqual((await press(page, "ArrowLeft")).count, one.count);
    assert.deepEqual((await press(page, "ArrowLeft")).count, begun.count);
    assert.deepEqual((await press(page, "ArrowLeft")).count, begun.count, "there is nothing before the beginning");
    let rounds = 0;
    for (let last = begun; ; rounds++) {
      const next = await press(page, "Shift+ArrowRight");
      if (next.count === last.count) break;
      assert.ok(next.count > last.count);
      assert.equal(next.round, rounds, "a round after the other");
      last = next;
    }
    assert.equal((await state(page)).count, whole.length);
    assert.equal((await press(page, "Shift+ArrowLeft")).round, rounds - 2);
    assert.equal((await press(page, "End")).count, whole.length);
  }));

it("plays, at a speed, and pauses", () =>
  open(browser, "election", async (page) => {
    await press(page, "Home");
    assert.equal((await press(page, "]")).speed, 2);
    assert.equal((await press(page, "[")).speed, 1);
    for (let times = 0; times < 9; times++) await press(page, "]");
    const playing = await press(page, "Space");
    assert.equal(playing.playing || playing.count === playing.length, true);
    await page.waitForFunction(() => globalThis.nodes.session.count === globalThis.nodes.session.index.length);
    await page.waitForFunction(() => !globalThis.nodes.session.playing);
    await page.selectOption("#speed", "0.1");
    await page.click("#play");
    assert.equal((await state(page)).playing, true, "from the beginning again");
    await page.click("#play");
    assert.equal((await state(page)).playing, false);
  }));

it("has keys for axes, zoom, theme, filter and help", () =>
  open(browser, "election", async (page) => {
    assert.equal((await press(page, "2")).axis, "logical");
    assert.equal((await press(page, "3")).axis, "round");
    assert.equal((await press(page, "1")).axis, "real");
    const whole = await state(page);
    const near = await press(page, "+");
    assert.ok(near.to - near.from < whole.to - whole.from);
    const moved = await press(page, ",");
    assert.ok(moved.from < near.from);
    assert.equal((await press(page, "f")).view, "whole");
    const dark = (await state(page)).dark;
    assert.equal((await press(page, "t")).dark, !dark);
    assert.equal((await press(page, "?")).help, true);
    assert.equal(await page.isVisible("#help-filter"), true);
    assert.equal((await press(page, "Escape")).help, false);
    await press(page, "/");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "filter");
    await page.keyboard.type("type:notify 3");
    await settled(page);
    assert.equal((await state(page)).axis, "real", "what is typed is no key");
    await press(page, "Escape");
    assert.notEqual(await page.evaluate(() => document.activeElement?.id), "filter");
  }));

it("selects events and nodes where one clicks", () =>
  open(browser, "election", async (page) => {
    const at = await page.evaluate(() => {
      const { session, spaceTime } = globalThis.nodes;
      const event = session.trace.arrived[20];
      return { event, x: spaceTime.window.x(session.axis.position[event]), y: spaceTime.window.y(session.trace.node[event]) };
    });
    await page.click("#spacetime canvas", { position: at });
    await settled(page);
    assert.equal((await state(page)).event, at.event);
    assert.match(await page.textContent("#inspector") ?? "", /in its past/);
    assert.ok((await page.locator("#list .row.past").count()) + (await page.locator("#list .row.future").count()) > 0);
    const next = await press(page, "n");
    assert.ok(next.event > at.event);
    assert.equal((await press(page, "p")).event, at.event);
    assert.equal((await press(page, "Escape")).event, -1);
    const node = await page.evaluate(() => {
      const { topology } = globalThis.nodes;
      const [x, y] = topology.scaled(topology.surface.width, topology.surface.height).at(3);
      return { x, y };
    });
    await page.click("#topology canvas", { position: node });
    await settled(page);
    assert.equal((await state(page)).node, 3);
    assert.match(await page.textContent("#inspector") ?? "", /Node 3/);
    await page.locator("#list .row").nth(3).click();
    assert.ok((await state(page)).event >= 0);
    await page.click("#legend-messages .entry");
    assert.match(await page.inputValue("#filter"), /^type:/);
  }));

it("zooms where the wheel turns, and moves along", () =>
  open(browser, "election", async (page) => {
    const before = await state(page);
    await page.hover("#spacetime canvas");
    await page.mouse.wheel(0, -400);
    await settled(page);
    const near = await state(page);
    assert.ok(near.to - near.from < (before.to - before.from) * 0.7);
    await page.mouse.wheel(150, 0);
    await settled(page);
    assert.ok((await state(page)).from > near.from);
    await page.dblclick("#spacetime canvas", { position: { x: 200, y: 8 } });
    assert.equal((await state(page)).view, "whole");
  }));

it("shows what changed in a node's fields", () =>
  open(browser, "election", async (page) => {
    const event = await page.evaluate(() => {
      const { session } = globalThis.nodes;
      const { starts, items } = session.index.fields;
      const event = items[starts[1] - 1];
      session.select(session.trace.step[event]);
      return { now: JSON.parse(session.trace.text(event)), before: JSON.parse(session.trace.text(items[starts[1] - 2])) };
    });
    await settled(page);
    const changed = Object.keys(event.now).filter((field) => JSON.stringify(event.now[field]) !== JSON.stringify(event.before[field]));
    assert.ok(changed.length > 0);
    assert.deepEqual(await page.locator("#inspector tr.changed th").allTextContents(), changed);
  }));

it("goes to the first violation", () =>
  open(browser, "violation", async (page) => {
    assert.equal(await page.isVisible("#violation"), true);
    await press(page, "Home");
    const there = await press(page, "v");
    const first = await page.evaluate(() => globalThis.nodes.session.trace.violations[0]);
    assert.equal(there.event, first);
    assert.match(await page.textContent("#inspector .said") ?? "", /violates/);
  }));

it("marks who has crashed, and what got lost", async () => {
  await open(browser, "crash", async (page) => {
    await page.fill("#filter", "is:crashed");
    await settled(page);
    assert.ok(await page.evaluate(() => globalThis.nodes.list.length > 0));
    const node = await page.evaluate(() => {
      const { session } = globalThis.nodes;
      const node = session.trace.node[session.trace.crashes[0]];
      session.selectNode(node);
      return node;
    });
    await settled(page);
    assert.match(await page.textContent("#inspector") ?? "", new RegExp(`Node ${node}.*crashed`, "s"));
  });
  await open(browser, "losses", async (page) => {
    await page.fill("#filter", "kind:lost");
    await settled(page);
    const [listed, lost] = await page.evaluate(() => {
      const { session, list } = globalThis.nodes;
      return [list.length, session.trace.lost.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0)];
    });
    assert.ok(lost > 0);
    assert.equal(listed, lost);
  });
});

it("shows a trace that was cut short, up to the cut", () =>
  open(browser, "cut", async (page) => {
    assert.equal(await page.textContent("#outcome"), "cut short");
    assert.ok(await page.evaluate(() => globalThis.nodes.session.index.length > 0));
  }));

it("says in one sentence what is wrong with a damaged trace", () =>
  open(browser, "damaged", async (page) => {
    await page.waitForSelector("#loading.bad");
    assert.match(await page.textContent("#loading") ?? "", /^The trace is damaged at byte \d+\.$/);
  }, { fails: true }));
