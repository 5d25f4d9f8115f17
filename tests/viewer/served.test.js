// The real server: a program's runs, followed and steered from their pages.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, it } from "node:test";
import { FOLDER, launch, reference, settled } from "./browser.js";

const PROGRAM = process.env.NODES_PROGRAM ?? "";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Starts the program, and waits until it tells where its page is. @param {string} words */
async function start(words) {
  const child = spawn(PROGRAM, words.split(" "), { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => (stderr += piece));
  const ended = new Promise((resolve) => child.on("close", resolve));
  /** @param {() => boolean} is */
  const until = async (is) => {
    while (!is()) {
      assert.equal(child.exitCode, null, `it ended: ${stdout} ${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await until(() => /http:\S+\s/.test(stderr));
  return {
    address: /** @type {RegExpMatchArray} */ (stderr.match(/http:\S+/))[0],
    /** The result, once the run is over; the page is still served. */
    async document() {
      await until(() => /until Ctrl-C/.test(stderr));
      return JSON.parse(stdout);
    },
    /** @param {NodeJS.Signals} signal */
    async end(signal) {
      child.kill(signal);
      return ended;
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** @param {string} words @param {(page: import("playwright-core").Page, run: Awaited<ReturnType<typeof start>>) => Promise<void>} use */
async function watched(words, use) {
  const run = await start(words);
  // What waits for a condition is evaluated again and again, which the page forbids.
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  /** @type {string[]} */
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // The browser itself tells of an answer that is an error.
    if (!/409/.test(message.text())) complaints.push(message.text());
  });
  try {
    await page.goto(run.address);
    await page.waitForFunction("globalThis.nodes !== undefined");
    await use(page, run);
    assert.deepEqual(complaints, [], "the page complained");
  } finally {
    await page.close();
    run.kill();
  }
}

/** @param {import("playwright-core").Page} page */
const counts = (page) => page.evaluate(() => {
  const { trace } = globalThis.nodes.session;
  return { messages: trace.messages, events: trace.length };
});

/** @param {import("playwright-core").Page} page @param {string} text */
const answered = (page, text) => page.waitForFunction((text) => document.getElementById("live-answer")?.textContent?.trim() === text, text);

/** @param {import("playwright-core").Page} page @param {number} messages */
const sent = (page, messages) => page.waitForFunction((messages) => globalThis.nodes.session.trace.messages === messages, messages);

it("steers a simulated run", () => watched("simulate flooding --topology complete:5 --seed 1 --live --json", async (page, run) => {
  await settled(page);
  assert.equal(await page.textContent("#outcome"), "live");
  assert.match(await page.textContent("#live-state") ?? "", /paused/);
  assert.equal((await counts(page)).messages, 0, "nothing has happened yet");

  await page.click("#live-step");
  await sent(page, 4);
  // The last message that node 0 sent, not the first, which would come next.
  await page.evaluate(() => globalThis.nodes.live.tell({ do: "deliver", message: 3 }));
  await sent(page, 7);
  assert.equal(await page.evaluate(() => {
    const { trace } = globalThis.nodes.session;
    return trace.receiver[3];
  }), 4);
  await page.evaluate(() => globalThis.nodes.live.tell({ do: "deliver", message: 3 }));
  await answered(page, "no such message is under way");
  await page.evaluate(() => globalThis.nodes.live.tell({ do: "crash", node: 2 }));
  await answered(page, "");
  await page.evaluate(() => globalThis.nodes.live.tell({ do: "crash", node: 2 }));
  await answered(page, "the node has crashed");
  assert.match(await page.textContent("#live-state") ?? "", /paused/);

  await page.click("#live-resume");
  const document = await run.document();
  await page.waitForFunction(() => globalThis.nodes.session.trace.outcome() !== undefined);
  await page.waitForFunction(() => /over/.test(globalThis.document.getElementById("live-state")?.textContent ?? ""));
  await settled(page);
  // Node 0 sends 4, the three others that live 3 each.
  assert.equal(document.messages.total, 4 + 3 * 3);
  assert.equal((await counts(page)).messages, document.messages.total);
  assert.equal(await page.textContent("#outcome"), document.outcome);
  assert.equal(await page.isVisible("#live-step"), false, "what is over cannot be steered");
  assert.equal(await run.end("SIGINT"), 0);
}));

it("replays a schedule that a check has found, step by step", () => {
  const file = path.join(FOLDER, "replayed.schedule");
  const choices = fs.readFileSync(file, "utf8").split("\n").filter((line) => /^(impulse|alarm|deliver)/.test(line));
  assert.equal(choices.length, 8);
  return watched(`simulate --schedule ${file} --live --json`, async (page, run) => {
    await settled(page);
    assert.equal(await page.textContent("#outcome"), "live");
    assert.match(await page.textContent("#live-state") ?? "", /paused/);
    /** What has happened, to which nodes. */
    const happened = () => page.evaluate(() => {
      const { trace } = globalThis.nodes.session;
      /** @type {Record<number, string>} */
      const words = { 1: "impulse", 3: "deliver", 4: "deliver", 5: "deliver", 6: "deliver", 15: "alarm" };
      return Array.from(trace.kind.subarray(0, trace.length)).flatMap((kind, event) =>
        kind in words ? [`${words[kind]} ${trace.node[event]}`] : []);
    });
    const right = /** @type {string[]} */ ([]);
    for (const [step, choice] of choices.entries()) {
      assert.deepEqual(await happened(), right, `before step ${step}`);
      // Of a message, the file names the sender: of two nodes, the other one receives it.
      const [, what, node] = /** @type {RegExpMatchArray} */ (choice.match(/^(\w+) (\d+)/));
      right.push(`${what} ${what === "deliver" ? 1 - Number(node) : node}`);
      if (step === 4) {
        await page.evaluate(() => globalThis.nodes.live.tell({ do: "crash", node: 0 }));
        await answered(page, "a schedule says what happens next; `simulate` without one lets you choose");
      }
      await page.click("#live-step");
      await answered(page, "");
      while ((await happened()).length <= step) await settled(page);
    }
    assert.deepEqual(await happened(), right);
    const document = await run.document();
    await page.waitForFunction(() => globalThis.nodes.session.trace.outcome() !== undefined);
    await settled(page);
    assert.equal(document.properties.mutual_exclusion, "violated");
    assert.equal(await page.textContent("#outcome"), "violated");
    assert.equal(await run.end("SIGINT"), 1);
  });
});

it("records what was done by hand", async () => {
  const file = path.join(FOLDER, "steered.trace");
  await watched(`simulate flooding --topology complete:5 --seed 1 --live --trace ${file}`, async (page, run) => {
    await page.click("#live-step");
    await sent(page, 4);
    await page.evaluate(() => globalThis.nodes.live.tell({ do: "crash", node: 3 }));
    await page.waitForFunction(() => globalThis.nodes.session.trace.crashes.length === 1);
    await run.end("SIGINT");
  });
  const told = execFileSync(PROGRAM, ["trace", file], { encoding: "utf8" });
  assert.match(told, /again .*flooding.*\n +but without 1 event by hand/);
});

it("ends a paused run by Ctrl-C", () => watched("simulate flooding --topology complete:5 --seed 1 --live --json", async (page, run) => {
  await page.click("#live-step");
  await sent(page, 4);
  assert.equal(await run.end("SIGINT"), 0, "stopped is a planned end");
  await page.waitForFunction(() => globalThis.nodes.session.trace.outcome() === "stopped");
}));

it("follows a run of processes to its end", () => watched("run controlled_distance --topology ring:8 --seed 1 --live --json", async (page, run) => {
  const document = await run.document();
  await page.waitForFunction(() => globalThis.nodes.session.trace.outcome() !== undefined);
  await page.waitForFunction(() => /over/.test(globalThis.document.getElementById("live-state")?.textContent ?? ""));
  await settled(page);
  assert.equal(document.outcome, "terminated");
  assert.equal(document.messages.total, 52);
  assert.equal((await counts(page)).messages, 52);
  for (const { node, sent, received } of document.nodes_final) {
    await page.evaluate((node) => globalThis.nodes.session.selectNode(node), node);
    await settled(page);
    const text = await page.textContent("#inspector") ?? "";
    assert.ok(text.includes(`sent${sent}received${received}`), `node ${node} has sent ${sent} and received ${received}: ${text}`);
  }
  assert.equal(await page.textContent("#outcome"), "terminated");
  assert.equal(await page.isVisible("#live-pause"), false, "processes cannot be steered");
  // A page that comes late sees the same.
  await page.reload();
  await page.waitForFunction(() => globalThis.nodes?.session.trace.outcome() !== undefined);
  assert.equal((await counts(page)).messages, 52);
  assert.equal(await page.evaluate(() => globalThis.nodes.session.isLive), false, "and knows that no more will come");
  assert.equal(await run.end("SIGTERM"), 0);
}));

it("serves a recorded run", async () => {
  const file = path.join(FOLDER, "election.trace");
  assert.ok(fs.existsSync(file));
  await watched(`view ${file}`, async (page, run) => {
    assert.equal((await counts(page)).events, reference("election").events);
    assert.equal(await run.end("SIGINT"), 0);
  });
});
