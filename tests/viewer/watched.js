// What a run of 100 processes costs when somebody watches it, and how far its page is behind when it ends.
//
//   node tests/viewer/watched.js target/release/catalogue [ROUNDS] [REQUESTS]
//
// The same run, in turns: alone, recorded into a file, live with a reader that only takes the bytes, live with its page open in
// Chromium.  First the run has one half of the processors and who watches it the other: what is slower then, the run itself pays.
// Then both share all of them: a run that keeps every processor busy gives some of them up to a browser.  Each node asks so often for
// its critical section: the run is as many times as long.  Measure on a quiet machine.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { launch } from "./browser.js";

const program = process.argv[2];
const rounds = Number(process.argv[3] ?? 5);
const requests = Number(process.argv[4] ?? 2);
const RUN = `run lamport --topology complete:100 --requests ${requests} --initiators all --seed 5 --json`;
const MESSAGES = 3 * 99 * 100 * requests;

if (!program) {
  console.error("which program? cargo build --release -p catalogue && node tests/viewer/watched.js target/release/catalogue");
  process.exit(2);
}
const trace = path.join(os.tmpdir(), `nodes-watched-${process.pid}.trace`);
const browser = await launch();

const processors = os.cpus().length;
const half = Math.max(1, processors >> 1);
/** Which processors the run may use, and which the browser. @type {[string, string, string][]} */
const SHARES = [
  ["on processors of its own", `0-${half - 1}`, `${half % processors}-${processors - 1}`],
  ["on all processors, as the browser", `0-${processors - 1}`, `0-${processors - 1}`],
];
let forRun = "";

/** Keeps this program and its browser, all its descendants, to those processors. @param {string} list */
function keepTo(list) {
  const processes = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const parents = processes.map((line) => line.trim().split(/ +/).map(Number));
  const family = new Set([process.pid]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  for (const pid of family) spawnSync("taskset", ["-a", "-p", "-c", list, String(pid)], { stdio: "ignore" });
}

/**
 * One run; `watch` is given the address of its page.
 * @param {string} more @param {(address: string) => Promise<() => Promise<number>>} [watch]
 * @returns {Promise<{ seconds: number, behind: number }>}
 */
async function run(more, watch) {
  const child = spawn("taskset", ["-c", forRun, program, ...`${RUN} ${more}`.trim().split(" ")], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  /** @type {Promise<() => Promise<number>> | undefined} */
  let watching;
  let isOver = () => {};
  const over = new Promise((resolve) => (isOver = () => resolve(undefined)));
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => {
    stderr += piece;
    const address = stderr.match(/http:\S+(?=\s)/);
    if (watch && address && !watching) watching = watch(address[0]);
    if (/until Ctrl-C/.test(stderr)) isOver();
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let behind = 0;
  if (watch) {
    await Promise.race([over, ended]);
    const start = performance.now();
    const caughtUp = await /** @type {Promise<() => Promise<number>>} */ (watching);
    const messages = await caughtUp();
    behind = performance.now() - start;
    if (messages !== MESSAGES) throw new Error(`the page has seen ${messages} messages`);
    child.kill("SIGINT");
  }
  await ended;
  const document = JSON.parse(stdout);
  if (document.messages.total !== MESSAGES || document.outcome !== "quiescent") throw new Error(`${document.outcome}: ${document.messages.total} messages`);
  return { seconds: document.time.wall_s, behind };
}

/** Takes the trace, and does nothing with it. @param {string} address */
async function reader(address) {
  const response = fetch(address.replace("/?", "/trace?")).then((response) => response.arrayBuffer());
  return async () => {
    await response;
    return MESSAGES;
  };
}

/** @param {string} address */
async function page(address) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  await page.goto(address);
  return async () => {
    await page.waitForFunction("globalThis.nodes?.session.trace.outcome() !== undefined", undefined, { polling: 5 });
    const messages = /** @type {number} */ (await page.evaluate("globalThis.nodes.session.trace.messages"));
    await page.close();
    return messages;
  };
}

/** @type {[string, () => Promise<{ seconds: number, behind: number }>][]} */
const ARMS = [
  ["alone", () => run("")],
  ["recorded", () => run(`--trace ${trace}`)],
  ["live, a reader", () => run("--live", reader)],
  ["live, its page in Chromium", () => run("--live", page)],
];
/** @param {number[]} values */
const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];

try {
  console.log(`${MESSAGES} messages among 100 processes, medians of ${rounds} runs; all counts are the same`);
  for (const [name, ofRun, ofBrowser] of SHARES) {
    console.log(` ${name}`);
    forRun = ofRun;
    keepTo(ofBrowser);
    /** @type {{ seconds: number, behind: number }[][]} */
    const found = ARMS.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, [, arm]] of ARMS.entries()) found[at].push(await arm());
    }
    const alone = median(found[0].map(({ seconds }) => seconds));
    for (const [at, [name]] of ARMS.entries()) {
      const seconds = found[at].map(({ seconds }) => seconds);
      const middle = median(seconds);
      const behind = at < 2 ? "" : `  the end is seen after ${median(found[at].map(({ behind }) => behind)).toFixed(0)} ms`;
      console.log(
        `  ${name.padEnd(28)} ${middle.toFixed(3)} s (${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)})` +
        `  ratio ${(middle / alone).toFixed(2)}${behind}`,
      );
    }
  }
} finally {
  await browser.close();
  fs.rmSync(trace, { force: true });
}
