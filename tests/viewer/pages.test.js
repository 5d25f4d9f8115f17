// Pages of recorded runs, in a real browser, against what plain computations in Rust say of the same traces.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, open, opened, reference, settled } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Runs that differ in what the page must cope with. */
const RUNS = ["election", "tree", "losses", "crash", "violation", "many"];

for (const name of RUNS) {
  describe(name, () => {
    const right = reference(name);
    /** @type {Awaited<ReturnType<typeof opened>>} */
    let tab;
    before(async () => {
      tab = await opened(browser, name);
    });
    after(() => tab?.page.close());
    /** @param {(page: import("playwright-core").Page) => Promise<void>} use */
    const seen = async (use) => {
      await use(tab.page);
      await tab.check();
    };

    it("holds every event and message of the trace", () =>
      seen(async (page) => {
        const found = await page.evaluate(() => {
          const { trace, index, header } = globalThis.nodes.session;
          const byType = header.messages.map(() => 0);
          for (let message = 0; message < trace.messages; message++) {
            if (trace.port[trace.sent[message]] >= 0) byType[trace.type[message]]++;
          }
          return {
            events: trace.length,
            messages: trace.messages,
            byType,
            lamport: [...trace.lamport.subarray(0, trace.length)],
            depth: [...trace.depth.subarray(0, trace.length)],
            outcome: trace.outcome(),
            listed: index.length,
          };
        });
        assert.equal(found.events, right.events);
        assert.equal(found.messages, right.messages);
        assert.deepEqual(found.byType, right.by_type);
        assert.deepEqual(found.lamport, right.lamport);
        assert.deepEqual(found.depth, right.depth);
        assert.equal(found.outcome, right.outcome);
        const shown = await page.textContent("#facts");
        assert.ok(shown?.includes(`${right.messages.toLocaleString("en")} message`), shown ?? "");
      }));

    it("draws every message that was sent", () =>
      seen(async (page) => {
        const { drawn, flights } = await page.evaluate(() => {
          const { spaceTime, session } = globalThis.nodes;
          return { drawn: spaceTime.drawn, flights: session.index.flights };
        });
        assert.equal(flights, right.messages + right.second_arrivals);
        assert.equal(drawn.lines, flights);
      }));

    it("knows the past and the future of events", () =>
      seen(async (page) => {
        const events = right.cones.map((/** @type {{ event: number }} */ cone) => cone.event);
        const found = await page.evaluate((events) => events.map((/** @type {number} */ event) => {
          const { session } = globalThis.nodes;
          session.select(event);
          const { past, future } = session.cones.counts();
          let [pastSum, futureSum] = [0, 0];
          for (let other = 0; other < session.index.length; other++) {
            if (session.cones.isPast(other)) pastSum += other;
            if (session.cones.isFuture(other)) futureSum += other;
          }
          return { event, past, future, past_sum: pastSum, future_sum: futureSum };
        }), events);
        assert.deepEqual(found, right.cones);
      }));

    it("sends before it receives on every axis", () =>
      seen(async (page) => {
        for (const axis of ["real", "logical", "round"]) {
          await page.click(`#axis-${axis}`);
          const wrong = await page.evaluate(() => {
            const { axis, index, trace } = globalThis.nodes.session;
            let wrong = 0;
            const later = (/** @type {number} */ one, /** @type {number} */ other) => {
              if (axis.position[one] > axis.position[other] || axis.rankOf(one) >= axis.rankOf(other)) wrong++;
            };
            for (let flight = 0; flight < index.flights; flight++) {
              const arrival = index.arrivalOf(flight);
              if (arrival < index.length) later(trace.sent[index.messageOf(flight)], arrival);
            }
            const { starts, items } = index.byNode;
            for (let node = 0; node + 1 < starts.length; node++) {
              for (let at = starts[node] + 1; at < starts[node + 1]; at++) later(items[at - 1], items[at]);
            }
            return wrong;
          });
          assert.equal(wrong, 0, axis);
        }
      }));

    it("shows no message under way when nothing happens any more, and of each arrival its own way", () =>
      seen(async (page) => {
        await page.keyboard.press("End");
        await settled(page);
        const isSettled = /^(terminated|quiescent|stuck)/.test(right.outcome);
        assert.equal(await page.evaluate(() => globalThis.nodes.topology.drawn.length === 0) || !isSettled, true);
        const second = await page.evaluate(() => {
          const { session } = globalThis.nodes;
          const { trace, index } = session;
          if (!trace.again.length) return undefined;
          const event = trace.again[1];
          session.select(event);
          return [(trace.time[event] - trace.time[trace.sent[index.messageOf(trace.messages)]]) / trace.header.unit_ns, event];
        });
        await settled(page);
        if (!second) return;
        const text = await page.textContent("#inspector") ?? "";
        assert.ok(text.includes(`under way${second[0]}`), `${second}: ${text}`);
        assert.ok(!text.includes("its arrival"), "it is an arrival");
      }));

    it("filters", () =>
      seen(async (page) => {
        for (const { query, events } of right.filters) {
          await page.fill("#filter", query);
          await settled(page);
          assert.equal(await page.isHidden("#filter-wrong"), true, await page.textContent("#filter-wrong") ?? "");
          assert.equal(await page.evaluate(() => globalThis.nodes.list.length), events, query);
        }
        await page.fill("#filter", "type:Nonsense");
        assert.match(await page.textContent("#filter-wrong") ?? "", /there is no type of message or alarm “Nonsense”/);
        assert.equal(await page.isVisible("#filter-wrong"), true);
        await page.fill("#filter", "");
      }));

    it("is drawn in both themes and sizes, at every moment", async () => {
      for (const [dark, width, height] of /** @type {[boolean, number, number][]} */ ([[false, 1280, 800], [true, 1920, 1080]])) {
        await open(browser, name, async (page) => {
          assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), dark ? "dark" : "light");
          for (const part of [0, 0.3, 0.7, 1]) {
            await page.evaluate((part) => {
              const { session } = globalThis.nodes;
              session.goToPosition(session.axis.start + (session.axis.end - session.axis.start) * part);
            }, part);
            await settled(page);
            for (const pane of ["#topology", "#spacetime", "#plot-over", "#scrub"]) assert.ok(await colours(page, pane) > 3, `${pane} is empty`);
          }
          const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight);
          assert.equal(overflows, false, "it does not fit");
        }, { dark, width, height });
      }
    });

    it("is exported as well-formed SVG and as PNG", () =>
      seen(async (page) => {
        for (const what of ["spacetime", "topology", "plot"]) {
          for (const format of ["svg", "png"]) {
            await page.click("#menu summary");
            const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#save-${what}-${format}`)]);
            const chunks = [];
            for await (const chunk of await download.createReadStream()) chunks.push(chunk);
            const bytes = Buffer.concat(chunks);
            if (format === "png") {
              assert.equal(bytes.subarray(1, 4).toString(), "PNG");
              assert.ok(bytes.readUInt32BE(16) > 300, "it is small");
            } else {
              const { error, root, texts } = await page.evaluate((text) => {
                const document = new DOMParser().parseFromString(text, "image/svg+xml");
                const error = document.querySelector("parsererror")?.textContent;
                return { error, root: document.documentElement.localName, texts: document.querySelectorAll("text").length };
              }, bytes.toString());
              assert.equal(error, undefined);
              assert.equal(root, "svg");
              assert.ok(texts > 0, "it says nothing");
            }
          }
        }
      }));
  });
}

describe("a schedule that a check has found", () => {
  it("opens at its last event, on the axis of causal rounds, since it takes no time", () =>
    open(browser, "replayed", async (page) => {
      const { count, all, axis } = await page.evaluate(() => {
        const { session } = globalThis.nodes;
        return { count: session.count, all: session.index.length, axis: session.axis.name };
      });
      assert.equal(count, all);
      assert.equal(axis, "round");
      assert.equal(await page.getAttribute("#axis-round", "aria-pressed"), "true");
      assert.ok(await page.isVisible("#violation"));
    }));
});

/** How many colours a pane's canvas has. @param {import("playwright-core").Page} page @param {string} pane */
function colours(page, pane) {
  return page.evaluate((pane) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(`${pane} canvas`));
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const pen = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d", { willReadFrequently: true }));
    pen.drawImage(canvas, 0, 0);
    const pixels = pen.getImageData(0, 0, copy.width, copy.height);
    return new Set(new Uint32Array(pixels.data.buffer)).size;
  }, pane);
}
