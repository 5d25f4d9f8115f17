// What a page of a million messages may cost: its size, how long until it is drawn, a window with all its pixels, a causal past.
//
//   node tests/viewer/budget.js target/release/catalogue
//
// Makes the traces with that program, opens their pages in Chromium, prints what it measured, and fails if something took too much.
// Measure on a quiet machine.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.js";

/** Runs, what they are measured for, and how many bytes their pages may have. @type {[string, string, number][]} */
const RUNS = [
  ["1,024,128 messages on complete:128", "simulate lamport --topology complete:128 --requests 21 --delay exponential:5ms --seed 5", 20e6],
  ["1,000,000 messages on directed-ring:1000, each with a change of state", "simulate all_the_way --topology directed-ring:1000 --initiators all --delay uniform:1ms..9ms --seed 5", 30e6],
];

const LOADED = 2000;
const WINDOW = 33;
const PAST = 100;

const program = process.argv[2];
if (!program) {
  console.error("which program? cargo build --release -p catalogue && node tests/viewer/budget.js target/release/catalogue");
  process.exit(2);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "nodes-budget-"));
let failed = false;
/** @param {string} what @param {number} value @param {number} most @param {string} unit */
function held(what, value, most, unit) {
  const bad = value > most;
  failed ||= bad;
  console.log(`  ${bad ? "✘" : "✔"} ${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit}  (at most ${most})`);
}

const browser = await launch();
try {
  for (const [name, run, most] of RUNS) {
    const trace = path.join(folder, "run.trace");
    const html = path.join(folder, "run.html");
    execFileSync(program, [...run.split(" "), "--trace", trace], { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync(program, ["view", trace, "-o", html], { stdio: ["ignore", "ignore", "inherit"] });
    console.log(name);
    held("size of the page", fs.statSync(html).size / 1e6, most / 1e6, "MB");
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(pathToFileURL(html).href, { timeout: 60000 });
    await page.waitForFunction("globalThis.nodes !== undefined", undefined, { timeout: 60000 });
    const found = await page.evaluate(measure);
    held("from the click to a page that answers", found.loaded, LOADED, "ms");
    for (const [part, { middle, worst, lines, dense }] of Object.entries(found.windows)) {
      held(`window of ${part}: ${lines.toLocaleString("en")} ${dense ? "as a density" : "lines"}`, middle, WINDOW, "ms");
      held("  worst of 12", worst, WINDOW, "ms");
    }
    held("all panes, half way, one frame", found.frames.middle, WINDOW, "ms");
    held("  worst of 12", found.frames.worst, WINDOW, "ms");
    held("past and future of the last event", found.past, PAST, "ms");
    held("past and future of the middle event", found.middle, PAST, "ms");
    console.log(`    ${"memory of scripts".padEnd(44)} ${(found.heap / 1e6).toFixed(0).padStart(8)} MB`);
    await page.close();
  }
} finally {
  await browser.close();
  fs.rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);

/** Runs in the page. */
async function measure() {
  const { session, spaceTime, drawnAt } = globalThis.nodes;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  /** @param {() => void} act */
  const time = (act) => {
    const start = performance.now();
    act();
    return performance.now() - start;
  };
  /** One drawing a frame, until its pixels are there. @param {(at: number) => void} act @param {number} many */
  const drawings = async (act, many) => {
    const times = [];
    for (let at = 0; at < many; at++) {
      await frame();
      times.push(time(() => {
        act(at);
        spaceTime.surface.pen.getImageData(0, 0, 1, 1);
      }));
    }
    times.sort((one, other) => one - other);
    return { middle: times[many >> 1], worst: times[many - 1] };
  };
  const { start, end } = session.axis;
  const { window } = spaceTime;
  /** @type {Record<string, { middle: number, worst: number, lines: number, dense: boolean }>} */
  const windows = {};
  for (const part of [1, 0.3, 0.1, 0.01, 0.006, 0.003, 0.001, 0.0001]) {
    window.view = "part";
    const found = await drawings((at) => {
      window.from = start + (end - start) * (part === 1 ? -0.001 * at : 0.3 + 0.01 * part * at);
      window.to = window.from + (end - start) * part * 1.02;
      spaceTime.draw(session);
    }, 12);
    const { lines, dense } = spaceTime.drawn;
    windows[part === 1 ? "everything" : `1/${Math.round(1 / part)}`] = { ...found, lines, dense };
  }
  window.from = start + (end - start) * 0.5;
  window.to = window.from + (end - start) * 0.001;
  const frames = await drawings((at) => {
    session.goToPosition(start + (end - start) * (0.5 + at * 1e-5));
    for (const pane of session.panes) pane.draw(session);
  }, 12);
  const past = time(() => session.select(session.index.length - 1, false));
  const middle = time(() => session.select(session.index.length >> 1, false));
  const heap = /** @type {any} */ (performance).memory?.usedJSHeapSize ?? 0;
  return { loaded: drawnAt, windows, frames, past, middle, heap };
}
