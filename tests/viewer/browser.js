// A real browser, and pages in it that may neither complain nor ask a network for anything.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */

export const CHROMIUM = process.env.NODES_CHROMIUM ?? "/usr/bin/chromium";

/** Where the pages are, each with what is right of it in a JSON file of the same name. */
export const FOLDER = process.env.NODES_PAGES ?? "";

/** @param {string} name */
export function reference(name) {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), "utf8"));
}

export function launch() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/**
 * @typedef {object} Options
 * @property {boolean} [dark] @property {number} [width] @property {number} [height]
 * @property {boolean} [fails] whether the page has nothing to show
 */

/**
 * Opens a page.  `check` sees that it has neither complained nor asked for anything.
 * @param {import("playwright-core").Browser} browser @param {string} name @param {Options} [options]
 */
export async function opened(browser, name, { dark = false, width = 1280, height = 800, fails = false } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("request", (request) => requests.push(request.url()));
  const address = pathToFileURL(path.join(FOLDER, `${name}.html`)).href;
  await page.goto(address);
  if (!fails) await page.waitForFunction("globalThis.nodes !== undefined");
  const check = async () => {
    await settled(page);
    assert.deepEqual(complaints, [], "the page complained");
    const others = requests.filter((url) => url !== address && !url.startsWith("data:") && !url.startsWith("blob:"));
    assert.deepEqual(others, [], "the page asked for something");
  };
  return { page, check };
}

/**
 * Opens a page, does something with it, and checks it.
 * @param {import("playwright-core").Browser} browser @param {string} name @param {(page: Page) => Promise<void>} use @param {Options} [options]
 */
export async function open(browser, name, use, options) {
  const { page, check } = await opened(browser, name, options);
  try {
    await use(page);
    await check();
  } finally {
    await page.close();
  }
}

/** Until what was changed is drawn. @param {Page} page */
export async function settled(page) {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
