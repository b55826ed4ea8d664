// Measures the built page from outside: how soon a changed parameter shows in two pictures with lesson, labels and values.
const { measure } = require("./browser.js");

const CHANGES = 60;

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

/** A slow phone: 1.6 Mbit/s with 150 ms to the host and back, and a processor four times as slow. */
const SLOW = { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8, offline: false };
const SLOWER = 4;
const VISITS = 7;
const DEMO = "factorial";

/** Visits an address with an empty cache; what a function finds in the page then. */
async function visit(context, address, isSlow, look) {
  const page = await context.newPage();
  try {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    if (isSlow) {
      await session.send("Network.emulateNetworkConditions", SLOW);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    }
    await page.addInitScript(() => {
      window.seen = { shift: 0 };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) {
          if (name !== "first-contentful-paint") continue;
          const pictures = [...document.querySelectorAll("svg.picture-canvas")];
          window.seen.paint = startTime;
          window.seen.hasPicture = pictures.some((picture) => picture.getClientRects().length > 0);
          window.seen.bytes = performance
            .getEntriesByType("resource")
            .concat(performance.getEntriesByType("navigation"))
            .filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= startTime)
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
        }
      }).observe({ type: "paint", buffered: true });
    });
    await page.goto(address, { waitUntil: "load" });
    await page.waitForFunction(() => window.seen.paint !== undefined);
    return await look(page);
  } finally {
    await page.close();
  }
}

/** First paint beside that of a plain page, and what follows it until a slider moves the picture. */
async function firstPaint(context, url) {
  const rows = [];
  for (const [isSlow, where] of [[false, "a fast line"], [true, "1.6 Mbit/s and a processor 4 times as slow"]]) {
    const ours = [];
    const plain = [];
    // By turns, so that a machine that is busy is so for both.
    for (let at = 0; at < VISITS; at += 1) {
      plain.push(await visit(context, `${url}plain.html`, isSlow, (page) => page.evaluate(() => window.seen)));
      ours.push(await visit(context, `${url}${DEMO}.html`, isSlow, (page) => page.evaluate(() => window.seen)));
    }
    const [own, other] = [ours, plain].map((visits) => median(visits.map(({ paint }) => paint)));
    const pictures = ours.filter(({ hasPicture }) => hasPicture).length;
    rows.push(
      {
        what: `first contentful paint on ${where}, beside a plain page of the same size (${other.toFixed(0)} ms)`,
        figure: `${own.toFixed(0)} ms, ${(own / other).toFixed(2)} times`,
        to_reach: "1.2 times",
      },
      { what: "the picture is in that paint", figure: `${pictures} of ${VISITS} visits`, to_reach: "all" },
      {
        what: "bytes before it",
        figure: `${median(ours.map(({ bytes }) => bytes))}`,
        to_reach: "30,000",
      },
    );
  }
  const live = await visit(context, `${url}${DEMO}.html`, true, async (page) => {
    await page.waitForFunction(() => "live" in document.documentElement.dataset, null, { timeout: 120_000 });
    return page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const [{ startTime }] = performance.getEntriesByName("live");
      await frame();
      await frame();
      const { shift } = window.seen;
      const elapsed = () => document.querySelector("#live .elapsed")?.textContent;
      const slider = document.querySelector("#live form.params input[type=range]");
      const before = elapsed();
      slider.value = slider.max;
      slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
      while (elapsed() === before) await frame();
      await frame();
      return { live: startTime, shift, moved: performance.now() };
    });
  });
  rows.push(
    { what: "layout shift when the live page takes over", figure: live.shift.toFixed(4), to_reach: "0" },
    { what: "from navigation to the live page, on that slow line", figure: `${live.live.toFixed(0)} ms`, to_reach: "" },
    { what: "from navigation to a moved slider's new picture, there", figure: `${live.moved.toFixed(0)} ms`, to_reach: "" },
  );
  return rows;
}

measure(async (page, url) => {
  const first = await firstPaint(page.context(), url);
  // Two versions with a lesson, labels and values.
  await page.goto(`${url}#1/lost-update`);
  await page.locator("#live .step.on").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("#live[data-shown] .stage .run .elapsed").length === 2);
  // From the event of typing to the frame after the new picture: what a reader waits for.
  const changes = await page.evaluate(async (count) => {
    const field = document.getElementById("param-pause");
    const elapsed = () => document.querySelector(".elapsed")?.textContent;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const took = [];
    for (let i = 0; i < count; i++) {
      const seconds = 2 + i;
      const began = performance.now();
      field.value = `${seconds} s`;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      const before = elapsed();
      while (elapsed() === before) await frame();
      await frame();
      took.push(performance.now() - began);
    }
    return took;
  }, CHANGES);
  return {
    rows: [
      ...first,
      {
        what: "a changed parameter shows in the picture (median of 60)",
        figure: `${median(changes).toFixed(0)} ms`,
        to_reach: "50 ms",
      },
    ],
  };
});
