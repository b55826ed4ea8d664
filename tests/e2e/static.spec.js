// Every demo's static page: what is seen before any program is there, what it keeps, and how the live page takes over.
import { source as axe } from "axe-core";
import { test, expect } from "./fixtures.js";
import { taken } from "./playground.js";

/** The files of the page's programs. */
const STARTER = /\/start-[0-9a-f]+\.js$/;
const PAGE = /\/interleave-[0-9a-f]+_bg\.wasm$/;
const ENGINE = /\/engines\/[\w-]+_bg\.wasm$/;

/** Has the page keep to its static twin: what would start it is empty. */
const withoutStart = (page) =>
  page.route(STARTER, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));

/** Lets requests go on only once the returned function is called. */
async function hold(page, files) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route(files, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** The slugs of all demos, from the gallery. */
async function slugs(page) {
  const links = page.locator("#static > :visible .gallery a");
  const found = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  return found.map((href) => href.replace(/\.html$/, ""));
}

/** What a page says and where its parts are, static or live. */
const shownIn = (page, root) =>
  page.evaluate((root) => {
    const within = [...document.querySelectorAll(root)].find((part) => part.getClientRects().length > 0);
    const all = (selector) => [...within.querySelectorAll(selector)];
    const texts = (selector) => all(selector).map((part) => part.textContent.replace(/\s+/g, " ").trim());
    const box = (part) => {
      const { x, y, width, height } = part.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    };
    const parts = ".top, .gallery, .title, .params, .tabs, .stage, .run, .picture-canvas, .transport, .lesson, .output, .side, .below";
    return {
      texts: Object.fromEntries(
        ["h1", ".lede", ".verdict p", ".run-summary", ".line-text", ".line time", ".lesson .step", ".legend li"].map(
          (selector) => [selector, texts(selector)],
        ),
      ),
      code: all(".side .code-line").map((line) => line.textContent),
      marks: all(".side .code-line[data-who]").map(({ dataset }) => [dataset.who, dataset.a, dataset.b, dataset.c, "running" in dataset]),
      values: all("form.params input, form.params select").map((field) => [field.value, field.checked]),
      boxes: Object.fromEntries(all(parts).map((part, at) => [`${at} ${part.getAttribute("class")}`, box(part)])),
    };
  }, root);

test("every demo's static page is accessible, on a desk and on a phone, in both themes", async ({ page }) => {
  test.setTimeout(300_000);
  await withoutStart(page);
  await page.goto("./");
  for (const slug of await slugs(page)) {
    for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`./${slug}.html`);
      // The links of windows that are not shown would be taken for what a reader can skip to.
      await page.evaluate(() => {
        for (const twin of document.querySelectorAll("#static > *")) if (twin.getClientRects().length === 0) twin.remove();
      });
      await page.evaluate(axe);
      const reported = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
        return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
      });
      expect(reported, `${slug}, ${colorScheme}, ${width} px`).toEqual([]);
    }
  }
});

// Each demo in two kinds of windows, and every fifth of them in the others, whose pictures are the same.
for (const [width, each] of [[1440, 5], [1280, 1], [1024, 5], [390, 1]]) {
  test(`every live page shows what its static page shows, in the same places, at ${width} px`, async ({ page, context }) => {
    test.setTimeout(300_000);
    await page.setViewportSize({ width, height: 900 });
    await page.goto("./");
    const still = await context.newPage();
    await still.setViewportSize({ width, height: 900 });
    await withoutStart(still);
    await still.goto("./");
    const some = (await slugs(still)).filter((slug, at) => at % each === 0);
    for (const slug of some) {
      await Promise.all([still.goto(`./${slug}.html`), page.goto(`./${slug}.html`)]);
      await taken(page);
      const [static_, live] = [await shownIn(still, "#static > *"), await shownIn(page, "#live")];
      expect(live.texts, slug).toEqual(static_.texts);
      expect(live.code, slug).toEqual(static_.code);
      expect(live.marks, slug).toEqual(static_.marks);
      expect(live.values, slug).toEqual(static_.values);
      for (const [name, box] of Object.entries(static_.boxes)) {
        for (const [at, px] of box.entries()) {
          expect(Math.abs(live.boxes[name]?.[at] - px), `${slug}: ${name} ${box} is ${live.boxes[name]}`).toBeLessThanOrEqual(1);
        }
      }
    }
  });
}

test("nothing moves when the live page takes over", async ({ page }) => {
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, startTime }) => ({ value, startTime })))).observe({
      type: "layout-shift",
      buffered: true,
    });
  });
  for (const slug of ["factorial", "deadlock", "semaphore"]) {
    await page.goto(`./${slug}.html`);
    await taken(page);
    // What was laid out until then is reported by the end of the second frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    // While the file still arrives its last parts may come after the first paint: that is every page's matter.
    const shifts = await page.evaluate(() => {
      const [{ startTime }] = performance.getEntriesByName("live");
      return window.shifts.filter((shift) => shift.startTime >= startTime);
    });
    expect(shifts, slug).toEqual([]);
  }
});

test("a static page is read and left without JavaScript", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
  const page = await context.newPage();
  await page.goto("./deadlock.html");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("#static > .in-wide noscript p")).toContainText("allow JavaScript and WebAssembly");
  await expect(page.locator("#static > .in-wide noscript p")).toBeVisible();
  await expect(page.getByRole("img").first()).toBeVisible();
  await expect(page.locator(".without-script")).toContainText("async def");
  await expect(page.locator(".without-script")).toContainText("async fn");
  await page.getByRole("link", { name: /^Next: / }).click();
  await expect(page).toHaveURL(/\/timeout\.html$/);
  await context.close();
});

test("what a reader does before the page is there is kept", async ({ page }) => {
  await page.setViewportSize({ width: 1300, height: 500 });
  const release = await hold(page, PAGE);
  await page.goto("./factorial.html");
  const main = page.locator("#static > .in-wide");
  await expect(main.locator(".run-button")).toContainText(/getting the program: \d+ of \d+ KB/);
  await main.getByRole("button", { name: "Theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await main.getByRole("textbox", { name: "pause" }).fill("1.5 s");
  release();
  await taken(page);
  await expect(page.getByRole("button", { name: "Theme: light" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "pause" })).toHaveValue("1.5 s");
  await expect(page.locator(".stage .elapsed").first()).toHaveText("7.50 s");
  await expect(page.getByRole("textbox", { name: "pause" })).toBeFocused();
});

test("who skips to the demo too early is there when the page is, and is told of no other demo", async ({ page }) => {
  const release = await hold(page, PAGE);
  await page.goto("./factorial.html");
  await page.locator("#static > .in-wide .run-button .getting").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("#static > .in-wide main")).toBeFocused();
  release();
  await taken(page);
  await expect(page.locator("#live main")).toBeFocused();
  await expect(page.locator(".notice")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Two factorials");
});

test("what a reader has scrolled to stays in sight", async ({ page }) => {
  await page.setViewportSize({ width: 1300, height: 500 });
  const release = await hold(page, PAGE);
  await page.goto("./factorial.html");
  const main = page.locator("#static > .in-wide");
  await main.locator(".side").evaluate((side) => [...side.querySelectorAll("*"), side].forEach((part) => part.scrollTo(0, 40)));
  const scrolled = () =>
    page.evaluate(() => [...document.querySelectorAll(":is(#static > .in-wide, #live) .side *")].filter((part) => part.scrollTop > 0).map((part) => [part.className, part.scrollTop]));
  const before = await scrolled();
  expect(before.length).toBeGreaterThan(0);
  release();
  await taken(page);
  expect(await scrolled()).toEqual(before);
});

test("Run that was pressed too early runs as soon as it can", async ({ page }) => {
  const release = await hold(page, PAGE);
  await page.goto("./factorial.html");
  await page.locator("#static > .in-wide .run-button").click();
  release();
  await expect(page.locator(".stage .badge").first()).toHaveText("live");
});

test("a step's link that was followed too early is followed when the page is there", async ({ page }) => {
  const release = await hold(page, PAGE);
  await page.goto("./lost-update.html");
  await page.locator("#static > .in-wide .lesson a").first().click();
  const fragment = await page.evaluate(() => location.hash);
  expect(fragment).toMatch(/^#1\/lost-update\?/);
  release();
  await taken(page);
  // The page writes the moment in its own way.
  expect(fragment).toContain("at=0.3s");
  await expect(page).toHaveURL(/#1\/lost-update\?at=300ms$/);
});

for (const [what, files] of Object.entries({ "the page's program": PAGE, "the engine": ENGINE })) {
  test(`where ${what} cannot be fetched the page says so, shows what it can, and tries again when asked`, async ({
    page,
    complaints,
  }) => {
    await page.route(files, (route) => route.abort());
    await page.goto("./factorial.html");
    const notice = page.locator("#static > .in-wide .notice");
    await expect(notice).toContainText("The program could not be fetched");
    await expect(page.locator("#static > .in-wide svg.picture-canvas").first()).toBeVisible();
    await page.unroute(files);
    await notice.getByRole("button", { name: "Try again" }).click();
    await taken(page);
    await expect(page.locator(".stage .badge").first()).toHaveText(/preview/);
    expect(complaints.length).toBeGreaterThan(0);
    complaints.length = 0;
  });
}

test("without WebAssembly or workers the static page stays, with a sentence", async ({ page }) => {
  await page.addInitScript(() => delete window.Worker);
  await page.goto("./factorial.html");
  await expect(page.locator("#static > .in-wide .notice")).toContainText("needs WebAssembly and Web Workers");
  await expect(page.locator("#static > .in-wide svg.picture-canvas").first()).toBeVisible();
});

test("a page's own address opens its demo, and the address follows the reader", async ({ page }) => {
  await page.goto("./deadlock.html?theme=none");
  await taken(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Deadlock");
  await expect(page).toHaveURL(/\/deadlock\.html\?theme=none#1\/deadlock/);
  await page.getByRole("link", { name: "Two factorials" }).click();
  await expect(page).toHaveURL(/\/factorial\.html\?theme=none#1\/factorial/);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Deadlock");
  await expect(page).toHaveURL(/\/deadlock\.html\?theme=none#1\/deadlock/);
  await page.reload();
  await taken(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Deadlock");
});

test("an old link opens its demo on whichever page it comes to, and shows no other meanwhile", async ({ page }) => {
  const release = await hold(page, PAGE);
  await page.goto("./#1/deadlock?mode=same");
  await expect(page.locator("#elsewhere")).toContainText(/Getting the program: \d+ of \d+ KB/);
  await expect(page.locator("#static h1:visible")).toHaveCount(0);
  release();
  await taken(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Deadlock");
  await expect(page).toHaveURL(/\/deadlock\.html#1\/deadlock\?mode=same/);
});

test("the live page's picture is the static one's, in the window that it was drawn for", async ({ page, context }) => {
  const still = await context.newPage();
  for (const shown of [page, still]) await shown.setViewportSize({ width: 1024, height: 900 });
  await withoutStart(still);
  for (const slug of ["hello-blocking-async", "factorial", "deadlock", "semaphore", "web-server", "lost-update"]) {
    await Promise.all([still.goto(`./${slug}.html`), page.goto(`./${slug}.html`)]);
    await taken(page);
    const shot = async (page, picture) => (await page.locator(picture).first().screenshot()).toString("base64");
    const [a, b] = [await shot(still, "#static > .in-compact .picture-canvas"), await shot(page, "#live .picture-canvas")];
    const differing = await page.evaluate(async (shots) => {
      const pixels = await Promise.all(
        shots.map(async (shot) => {
          const image = new Image();
          image.src = `data:image/png;base64,${shot}`;
          await image.decode();
          const { width, height } = image;
          const context = new OffscreenCanvas(width, height).getContext("2d");
          context.drawImage(image, 0, 0);
          return { width, height, data: context.getImageData(0, 0, width, height).data };
        }),
      );
      const [a, b] = pixels;
      if (a.width !== b.width || a.height !== b.height) return `${a.width} x ${a.height}, ${b.width} x ${b.height}`;
      let count = 0;
      for (let at = 0; at < a.data.length; at += 4) {
        const far = [0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > 64);
        if (far) count += 1;
      }
      return count / (a.width * a.height);
    }, [a, b]);
    // Letters are smoothed in other ways; a bar in another place is a hundredth of a picture.
    expect(differing, slug).toBeLessThan(0.005);
  }
});
