// The attack that `cargo xtask soak` makes at full length and the end-to-end tests in short: runs, stops, kills and
// storms, with what they cost. Each function returns its figures.
import { expect } from "./fixtures.js";
import { Playground } from "./playground.js";

/** Demos of every group but the one that asks the network, with parameters with which a run is short. */
export const DEMOS = [
  "1/factorial?delay=1ms&mode=async",
  "1/hello-blocking-async?delay=1ms&mode=blocking",
  "1/cooking?grill=5ms&chop=1ms&mode=concurrent",
  "1/event-loop?tasks=20&steps=20&pause=0s",
  "1/nested-await?depth=50",
  "1/generators?values=50",
  "1/queue-workers?pages=40&workers=4&shortest=0s&longest=1ms",
  "1/event?waiters=100&after=1ms",
  "1/semaphore?tasks=60&permits=3&stay=0s",
  "1/workers?pieces=2&size=1000",
];

/** What a run is doing when Stop is pressed. Each would go on for at least some seconds. */
export const KINDS = {
  "tasks that sleep": "1/factorial?delay=1h&mode=async",
  "a blocked thread": "1/hello-blocking-async?delay=1h&mode=blocking",
  "work that keeps the thread": "1/starvation?steps=5000&step=30ms&pause-every=0",
  "tasks that are always ready": "1/event-loop?tasks=1000&steps=50&pause=0s",
  "10,000 tasks": "1/hello-blocking-async?tasks=9999&delay=1h&mode=async",
  "work on other threads": "1/cooking?mode=parallel&cooks=8&steps=200&chop=1min&grill=10min",
  "plain functions on stacks of their own": "1/greenlets?greenlets=50&steps=500&time=1min",
};

/** The part at a place of sorted numbers, rounded to a tenth. */
export function percentile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1);
  return Math.round(10 * sorted[Math.max(0, at)]) / 10;
}

/**
 * Has the page, and each worker, remember their wasm memory, and counts the workers; `window.engineBytes()` asks all
 * workers for theirs. Before the page is opened.
 */
export async function watchMemory(page) {
  const inWorker = `
    if (typeof document === "undefined") {
      const { Instance, Memory } = WebAssembly;
      let memory;
      WebAssembly.Instance = function (...options) {
        const instance = new Instance(...options);
        memory = Object.values(instance.exports).find((value) => value instanceof Memory);
        return instance;
      };
      addEventListener("message", (event) => {
        const { data } = event;
        if (data?.vanish) close();
        if (data?.fail) setTimeout(() => { throw new Error("made to fail"); });
        if (data?.trap) setTimeout(() => new Instance(new WebAssembly.Module(new Uint8Array(
          [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 97, 0, 0, 10, 5, 1, 3, 0, 0, 11]))).exports.a());
        if (data?.hungry) setTimeout(() => memory.grow(65536));
        if (data?.bytes) data.bytes.postMessage(memory?.buffer.byteLength ?? 0);
        // None of these is the engine's.
        if (data?.vanish || data?.fail || data?.trap || data?.hungry || data?.bytes) event.stopImmediatePropagation();
      });
    }\n`;
  await page.route(/start-[^/]*\.js\?worker/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: inWorker + (await response.text()) });
  });
  await page.addInitScript(() => {
    const { instantiate, instantiateStreaming, Memory } = WebAssembly;
    const keep = (result) => {
      const memory = Object.values((result.instance ?? result).exports).find((value) => value instanceof Memory);
      window.pageBytes = () => memory.buffer.byteLength;
      return result;
    };
    WebAssembly.instantiate = (...options) => instantiate.apply(WebAssembly, options).then(keep);
    WebAssembly.instantiateStreaming = (...options) => instantiateStreaming.apply(WebAssembly, options).then(keep);
    const alive = (window.aliveWorkers = new Set());
    window.Worker = class extends Worker {
      // The page's own script has to be as its tag says.
      constructor(script, ...options) {
        super(`${script}?worker`, ...options);
        alive.add(this);
      }
      terminate() {
        alive.delete(this);
        super.terminate();
      }
    };
    // A worker that is blocked, or has not started, does not answer.
    const bytes = (worker) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        setTimeout(resolve, 1_000, 0);
        worker.postMessage({ bytes: port2 }, [port2]);
      });
    window.engineBytes = async () => Math.max(0, ...(await Promise.all([...alive].map(bytes))));
    window.tellWorkers = (message) => alive.forEach((worker) => worker.postMessage(message));
  });
}

/** The memory of the page's wasm, its JavaScript and the largest engine, in MiB, and how many workers there are. */
export async function memory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  const mib = (bytes) => Math.round((10 * bytes) / 1024 ** 2) / 10;
  const { pageBytes, engineBytes, workers } = await page.evaluate(async () => ({
    pageBytes: window.pageBytes(),
    engineBytes: await window.engineBytes(),
    workers: window.aliveWorkers.size,
  }));
  return { pageMib: mib(pageBytes), scriptMib: mib(usedSize), engineMib: mib(engineBytes), workers };
}

/** Shows another scenario, without loading the page anew. */
export async function go(page, fragment) {
  await page.evaluate((fragment) => (location.hash = `#${fragment}`), fragment);
}

/** Presses Run, waits until something happened, and either waits for the end or stops the run. Milliseconds. */
export function runOnce(page, { stops = false } = {}) {
  return page.evaluate(async (stops) => {
    const find = (name) =>
      [...document.querySelectorAll("form.params button")].find((button) => button.textContent.startsWith(name));
    const until = (holds) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`it took too long: ${holds}`)), 30_000);
        const look = () => {
          const found = holds();
          if (!found) return;
          clearTimeout(late);
          observer.disconnect();
          resolve(found);
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
        look();
      });
    const card = () => document.querySelector(".stage .run");
    const summary = () => card()?.querySelector(".run-summary")?.textContent ?? "";
    const ended = () => find("Run") && !summary().startsWith("running") && card();
    (await until(() => find("Run"))).click();
    const began = performance.now();
    // A run takes the place of what was shown before anything of it arrives.
    await until(() => find("Stop"));
    const firstMs = await until(() => {
      const events = /^running, ([\d,]+) event/.exec(summary());
      return (find("Run") || (events && events[1] !== "0")) && performance.now() - began;
    });
    if (!stops) {
      await until(ended);
      return { firstMs };
    }
    const pressed = performance.now();
    const stop = find("Stop");
    if (!stop) throw new Error("the run was over before it could be stopped");
    stop.click();
    await until(() => ended() && card().querySelector('[role="alert"]'));
    return { firstMs, stopMs: performance.now() - pressed };
  }, stops);
}

/** So many runs of each demo, of which every fifth is of another one that is stopped. */
export async function runs(page, each) {
  const play = new Playground(page);
  const figures = { runs: 0, stops: 0, blocks: [] };
  await watchMemory(page);
  await play.open(DEMOS[0]);
  for (const fragment of DEMOS) {
    await go(page, fragment);
    await expect(play.badge).toBeVisible();
    const block = { demo: fragment.slice(2).split("?")[0] };
    for (let run = 1; run <= each; run += 1) {
      await runOnce(page);
      figures.runs += 1;
      if (run === Math.ceil(each / 5)) block.early = await memory(page);
    }
    block.late = await memory(page);
    await go(page, KINDS["tasks that sleep"]);
    for (let stop = 0; stop < each / 4; stop += 1) {
      await runOnce(page, { stops: true });
      figures.stops += 1;
      figures.runs += 1;
    }
    figures.blocks.push(block);
  }
  figures.end = await memory(page);
  return figures;
}

/** Has the page know how many workers it has not ended. Before it is opened. */
async function countWorkers(page) {
  await page.addInitScript(() => {
    const alive = (window.alive = new Set());
    window.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        alive.add(this);
      }
      terminate() {
        alive.delete(this);
        super.terminate();
      }
    };
  });
}

/**
 * Waits until the workers of runs that were stopped are gone, and the others ready: Chromium gives a busy one two
 * seconds before it ends it by force, and so long it keeps a core busy. Each worker that lives holds a lock.
 */
function untilGone(page) {
  return page.evaluate(async () => {
    const late = performance.now() + 10_000;
    for (let calm = 0; calm < 10; ) {
      const { held } = await navigator.locks.query();
      calm = held.length === window.alive.size ? calm + 1 : 0;
      if (performance.now() > late) throw new Error(`${held.length} workers live, and the page has ${window.alive.size}`);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
}

/** How soon Stop answers in each kind of run, and how soon the next run shows something; milliseconds. */
export async function stops(page, times) {
  const play = new Playground(page);
  await countWorkers(page);
  await play.open("1/factorial");
  const rows = [];
  for (const [kind, fragment] of Object.entries(KINDS)) {
    await go(page, fragment);
    const [first, stop] = [[], []];
    for (let time = 0; time < times; time += 1) {
      const { firstMs, stopMs } = await runOnce(page, { stops: true });
      stop.push(stopMs);
      await untilGone(page);
      // The first run may have had to wait for its engine.
      if (time > 0) first.push(firstMs);
    }
    rows.push({
      kind,
      times,
      stopP50: percentile(stop, 0.5),
      stopP99: percentile(stop, 0.99),
      nextP50: percentile(first, 0.5),
      nextP99: percentile(first, 0.99),
    });
  }
  return rows;
}

/** Live runs that give the page much to do, with how many events they have at least. */
export const LARGE = {
  "10,000 tasks": ["1/hello-blocking-async?tasks=9999&delay=3s&mode=async", 40_000],
  "350,000 events": ["1/event-loop?tasks=1000&steps=50&pause=1ms&speed=10", 350_000],
};

/**
 * What frames cost the page while a large run is live, in milliseconds: the time between two of them, and the longest
 * task of the page's thread in each, as far as the browser reports tasks (those over 50 ms; the others count as none).
 */
export async function frames(page) {
  const play = new Playground(page);
  await play.open("1/factorial");
  const rows = [];
  for (const [kind, [fragment, atLeast]] of Object.entries(LARGE)) {
    await go(page, fragment);
    await expect(play.badge).toBeVisible();
    await page.evaluate(() => {
      const seen = (window.seen = { frames: [], tasks: [], events: 0, on: true });
      seen.observer = new PerformanceObserver((list) => seen.tasks.push(...list.getEntries()));
      seen.observer.observe({ type: "longtask" });
      const look = (at) => {
        seen.frames.push(at);
        const said = /([\d,]+) event/.exec(document.querySelector(".stage .run .run-summary")?.textContent);
        if (said) seen.events = Math.max(seen.events, Number(said[1].replaceAll(",", "")));
        if (seen.on) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await runOnce(page);
    const seen = await page.evaluate(() => {
      const { seen } = window;
      seen.on = false;
      seen.tasks.push(...seen.observer.takeRecords());
      seen.observer.disconnect();
      return { ...seen, tasks: seen.tasks.map(({ startTime, duration }) => [startTime, duration]) };
    });
    const gaps = seen.frames.slice(1).map((at, index) => [seen.frames[index], at]);
    const longest = gaps.map(([from, to]) =>
      Math.max(0, ...seen.tasks.filter(([start]) => start >= from && start < to).map(([, duration]) => duration)),
    );
    const between = gaps.map(([from, to]) => to - from);
    rows.push({
      kind,
      atLeast,
      events: seen.events,
      frames: gaps.length,
      gapP50: percentile(between, 0.5),
      gapP99: percentile(between, 0.99),
      taskP95: percentile(longest, 0.95),
      taskMax: percentile(longest, 1),
    });
  }
  return rows;
}

/** Ways in which a worker ends, with what the page says then. */
export const KILLS = {
  fail: "made to fail",
  trap: "unreachable",
  vanish: "vanished without an error",
};

/** Kills the worker of a run in each way, so many times; the next run has to print all its lines. */
export async function kills(page, times) {
  const play = new Playground(page);
  await watchMemory(page);
  await play.open("1/factorial?delay=1h&mode=async");
  const rows = [];
  for (const [kill, says] of Object.entries(KILLS)) {
    for (let time = 0; time < times; time += 1) {
      await go(page, "1/factorial?delay=1h&mode=async");
      await play.run.click();
      await expect(play.stop).toBeVisible();
      await expect(play.lines.first()).toBeVisible();
      await page.evaluate((kill) => window.tellWorkers({ [kill]: true }), kill);
      await expect(play.card.getByRole("alert")).toContainText(says);
      await go(page, DEMOS[0]);
      await runOnce(page);
      await expect(play.lines).toHaveCount(12);
    }
    rows.push({ kill, times, says });
  }
  return rows;
}

/** Switches of demos, moves of a slider and steps through history, one at once after the other. */
export async function storms(page, { switches, moves, steps }) {
  const play = new Playground(page);
  await watchMemory(page);
  await play.open(DEMOS[0]);
  await go(page, "1/factorial");
  const slugs = await page
    .locator("nav a[href^='#1/'], .gallery a[href^='#1/']")
    .evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute("href")))]);
  expect(slugs.length).toBeGreaterThan(30);
  const frame = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  for (let at = 0; at < switches; at += 1) {
    await page.evaluate((hash) => (location.hash = hash), slugs[at % slugs.length]);
    if (at % 5 === 0) await frame();
  }
  await go(page, "1/hello-blocking-async?mode=async");
  await expect(play.title).toHaveText(/hello/i);
  const slider = page.locator("form.params input[type=range]").first();
  await expect(slider).toBeVisible();
  await slider.evaluate(async (slider, moves) => {
    const [least, most] = [Number(slider.min), Number(slider.max)];
    for (let move = 0; move < moves; move += 1) {
      slider.value = String(least + ((move * 7) % (most - least + 1)));
      slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
      if (move % 10 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, moves);
  for (let step = 0; step < steps; step += 1) {
    await page.evaluate((back) => (back ? history.back() : history.forward()), step % 3 !== 2);
    await frame();
  }
  // A tab that is frozen and thawed in the middle of a run, and one that was in the background.
  await go(page, "1/factorial?delay=100ms&mode=async");
  await play.run.click();
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await session.send("Page.setWebLifecycleState", { state: "active" });
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.bringToFront();
  await other.close();
  await page.bringToFront();
  await expect(play.run).toBeVisible({ timeout: 30_000 });
  await expect(play.lines).toHaveCount(12);
  // After all of that a run is a run.
  await go(page, DEMOS[0]);
  await runOnce(page);
  await expect(play.lines).toHaveCount(12);
  return { switches, moves, steps, ...(await memory(page)) };
}
