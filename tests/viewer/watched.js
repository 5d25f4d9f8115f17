// What a run of 100 processes costs when somebody watches it, and how far its page is behind when it ends.
//
//   node tests/viewer/watched.js target/release/catalogue [ROUNDS]
//
// The same run, in turns: alone, recorded into a file, live with a reader that only takes the bytes, live with its page open in
// Chromium (which needs the processor too).  Measure on a quiet machine.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { launch } from "./browser.js";

const RUN = "run lamport --topology complete:100 --requests 2 --initiators all --seed 5 --json";
const MESSAGES = 3 * 99 * 100 * 2;

const program = process.argv[2];
const rounds = Number(process.argv[3] ?? 5);
if (!program) {
  console.error("which program? cargo build --release -p catalogue && node tests/viewer/watched.js target/release/catalogue");
  process.exit(2);
}
const trace = path.join(os.tmpdir(), `nodes-watched-${process.pid}.trace`);
const browser = await launch();

/**
 * One run; `watch` is given the address of its page.
 * @param {string} more @param {(address: string) => Promise<() => Promise<number>>} [watch]
 * @returns {Promise<{ seconds: number, behind: number }>}
 */
async function run(more, watch) {
  const child = spawn(program, `${RUN} ${more}`.trim().split(" "), { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  /** @type {Promise<() => Promise<number>> | undefined} */
  let watching;
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => {
    stderr += piece;
    const address = stderr.match(/http:\S+(?=\s)/);
    if (watch && address && !watching) watching = watch(address[0]);
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let behind = 0;
  if (watch) {
    while (!/until Ctrl-C/.test(stderr)) await new Promise((resolve) => setTimeout(resolve, 2));
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
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
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
  /** @type {{ seconds: number, behind: number }[][]} */
  const found = ARMS.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, [, arm]] of ARMS.entries()) found[at].push(await arm());
  }
  const alone = median(found[0].map(({ seconds }) => seconds));
  console.log(`${MESSAGES} messages among 100 processes, medians of ${rounds} runs; all counts are the same`);
  for (const [at, [name]] of ARMS.entries()) {
    const seconds = found[at].map(({ seconds }) => seconds);
    const middle = median(seconds);
    const behind = at < 2 ? "" : `  the end is seen after ${median(found[at].map(({ behind }) => behind)).toFixed(0)} ms`;
    console.log(
      `  ${name.padEnd(28)} ${middle.toFixed(3)} s (${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)})` +
      `  ratio ${(middle / alone).toFixed(2)}${behind}`,
    );
  }
} finally {
  await browser.close();
  fs.rmSync(trace, { force: true });
}
