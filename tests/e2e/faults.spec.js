// What the page does when something outside of it fails: a file that does not arrive, a worker that is gone.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

/** Empties what went wrong, which is what these tests are about. */
const expected = (complaints) => (complaints.length = 0);

test("where the starter does not arrive, the page says so", async ({ page, complaints }) => {
  await page.route(/start-[^/]*\.js/, (route) => route.abort());
  await page.goto("./");
  await expect(page.getByText("Interleave has not started yet")).toBeVisible({ timeout: 10_000 });
  expected(complaints);
});

test("once the page has started, nothing says that it has not", async ({ page }) => {
  await new Playground(page).open();
  await expect(page.getByText("Interleave has not started yet")).toHaveCount(0);
});

// What the static page says of the first engine: static.spec.js.
test("an engine that does not arrive later is told, reloading is offered, and Run tries again", async ({ page, complaints }) => {
  const wasm = /engines\/working-together[^/]*\.wasm/;
  await page.route(wasm, (route) => route.fulfill({ status: 404, body: "gone" }));
  const play = new Playground(page);
  await play.open("1/factorial");
  await page.evaluate(() => (location.hash = "#1/race"));
  const alert = play.card.getByRole("alert");
  await expect(alert).toContainText("The engine could not be loaded");
  await expect(alert).toContainText("404");
  const reload = alert.getByRole("button", { name: "Reload the page" });
  await expect(reload).toBeVisible();
  await page.unroute(wasm);
  await play.run.click();
  await expect(play.lines.first()).toBeVisible();
  await expect(reload).toHaveCount(0);
  expected(complaints);
});

test("offline nobody is offered to reload, and the page goes on once it is back", async ({ page, context, complaints }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await context.setOffline(true);
  // Of another group, whose engine was not fetched yet.
  await page.evaluate(() => (location.hash = "#1/semaphore"));
  const alert = play.card.getByRole("alert");
  await expect(alert).toContainText("offline");
  await expect(alert.getByRole("button")).toHaveCount(0);
  await context.setOffline(false);
  await play.run.click();
  await expect(play.lines.first()).toBeVisible();
  expected(complaints);
});

test("a worker that vanishes without an error ends the run", async ({ page }) => {
  // The engine's worker closes itself when it is asked to, as if the browser had ended it.
  await page.addInitScript(() => {
    const workers = (window.workers = []);
    window.Worker = class extends Worker {
      // The page's own script has to be as its tag says.
      constructor(script, ...options) {
        super(`${script}?worker`, ...options);
        workers.push(this);
      }
    };
  });
  await page.route(/start-[^/]*\.js\?worker/, async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const closes = 'if (typeof document === "undefined") addEventListener("message", ({ data }) => data === "vanish" && close());';
    await route.fulfill({ response, body: `${closes}\n${script}` });
  });
  const play = new Playground(page);
  await play.open("1/factorial?delay=1h&speed=1");
  await play.run.click();
  await expect(play.badge).toHaveText("live");
  await expect(play.lines.first()).toBeVisible();
  await page.evaluate(() => window.workers.forEach((worker) => worker.postMessage("vanish")));
  await expect(play.card.getByRole("alert")).toContainText("The worker vanished");
  await expect(play.run).toBeVisible();
  // The spare is gone too, and the next run does not wait for it.
  await play.field("pause").fill("10 ms");
  expect(await play.runToEnd(1)).toBeGreaterThan(0);
  await expect(play.lines).toHaveCount(12);
});

test("a link with thousands of wrong parts makes a few sentences", async ({ page }) => {
  const play = new Playground(page);
  const parts = Array.from({ length: 900 }, (_, at) => `x${at}=1`).join("&");
  await play.open(`1/factorial?${parts}&mode=async&at=end`, { asItComes: true });
  await expect(play.notices).toHaveCount(6);
  await expect(play.notices.last()).toHaveText("895 more parts of the link were not understood.");
});

test("a comparison's second worker ends with it, and so does a preview that nobody wants", async ({ page }) => {
  await page.addInitScript(() => {
    window.alive = 0;
    window.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        window.alive += 1;
      }
      terminate() {
        window.alive -= 1;
        super.terminate();
      }
    };
  });
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await expect(page.locator(".stage .run")).toHaveCount(2);
  await expect.poll(() => page.evaluate(() => window.alive)).toBe(6);
  await page.evaluate(() => (location.hash = "#1/factorial?mode=async"));
  await expect(page.locator(".stage .run")).toHaveCount(1);
  await expect.poll(() => page.evaluate(() => window.alive)).toBe(3);
});

test("a run that grows all the time updates the page at most once in a frame", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/event-loop?tasks=300&steps=50&pause=0s");
  await page.evaluate(() => {
    // So that more than one batch has come until the next frame.
    const hold = () => {
      const until = performance.now() + 120;
      while (performance.now() < until);
      setTimeout(hold, 1);
    };
    setTimeout(hold);
    const updates = (window.updates = { most: 0, frames: 0 });
    let inFrame = 0;
    const counts = document.querySelector(".stage .run .run-summary");
    new MutationObserver(() => {
      inFrame += 1;
      updates.most = Math.max(updates.most, inFrame);
    }).observe(counts, { childList: true, characterData: true, subtree: true });
    const frame = () => {
      inFrame = 0;
      updates.frames += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await play.runToEnd(20);
  const { most } = await page.evaluate(() => window.updates);
  // The end is told at once, beside what the frame before it showed.
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
});

test("a source that did not arrive is fetched when the network is back", async ({ page, context, complaints }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await expect(page.getByText("async def main").first()).toBeVisible();
  await context.setOffline(true);
  // Of the same group, whose engine is there.
  await page.evaluate(() => (location.hash = "#1/chess"));
  await expect(play.title).toHaveText(/grandmaster/i);
  await expect(page.locator("pre").getByText("async def main")).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText("async def main").first()).toBeVisible();
  expected(complaints);
});
