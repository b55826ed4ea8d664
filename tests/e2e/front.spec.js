// The front door: one screen that teaches, on a desk, a tablet and a phone. The numbers are those of the list of
// what was found wrong with the page before.
import { test, expect } from "./fixtures.js";
import { Playground, taken } from "./playground.js";

/** Slugs, in the gallery's order. */
async function slugs(page) {
  await page.goto("./");
  await taken(page);
  const links = page.locator(".gallery a");
  await expect(links.first()).toBeAttached();
  return links.evaluateAll((links) => links.map((link) => new URL(link.href).hash.replace(/^#1\//, "")));
}

/** Opens a demo as a reader does; `false` where it has no preview. */
async function openAsItComes(page, slug) {
  await page.goto(`./#1/${slug}`);
  await taken(page);
  await expect(page.locator(`.gallery a[aria-current][href="#1/${slug}"]`)).toBeAttached();
  const none = page.locator(".no-preview");
  await expect(none.or(page.locator(".badge").first())).toBeVisible();
  if (await none.isVisible()) return false;
  await expect(page.locator(".verdict > p")).not.toHaveText("Running …");
  await expect(page.locator(".step.on")).toBeAttached();
  // Drawn, with the height that it has.
  await expect(page.locator(".picture-canvas").first()).toHaveAttribute("style", /height/);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return true;
}

for (const [width, height] of [
  [1440, 900],
  [1280, 720],
]) {
  test(`at ${width} × ${height} every demo of up to six lanes is one screen`, async ({ page }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width, height });
    const problems = [];
    for (const slug of await slugs(page)) {
      if (!(await openAsItComes(page, slug))) continue;
      const seen = await page.evaluate(() => {
        const below = (selector) => document.querySelector(selector).getBoundingClientRect().bottom - innerHeight;
        const stage = document.querySelector(".stage");
        const counts = [...document.querySelectorAll(".legend .counts")].map((counts) => Number.parseInt(counts.textContent));
        const tops = [...document.querySelectorAll(".params .param, .run-bar")].map((part) =>
          Math.round(part.getBoundingClientRect().bottom),
        );
        return {
          tasks: Math.max(...counts),
          page: document.documentElement.scrollHeight - innerHeight,
          work: document.querySelector(".work").scrollHeight - document.querySelector(".work").clientHeight,
          stage: stage.scrollHeight - stage.clientHeight,
          rows: Math.max(...tops) - Math.min(...tops),
          output: below(".output"),
          loop: below(".loop"),
          lines: document.querySelector(".lines").clientHeight,
        };
      });
      // Number 16, for every demo: the page is as tall as the window.
      if (seen.page > 0 || seen.work > 0) problems.push(`${slug}: the page is taller than the window: ${JSON.stringify(seen)}`);
      if (seen.tasks > 6) continue;
      const fits = seen.stage <= 0 && seen.rows < 30 && seen.output <= 0 && seen.loop <= 0 && seen.lines > 30;
      if (!fits) problems.push(`${slug}: ${JSON.stringify(seen)}`);
    }
    expect(problems).toEqual([]);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

  test("22: every demo shows its picture and Run without scrolling, and nothing sticks out", async ({ page }) => {
    test.setTimeout(240_000);
    const problems = [];
    for (const slug of await slugs(page)) {
      if (!(await openAsItComes(page, slug))) continue;
      const seen = await page.evaluate(() => {
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        return {
          picture: box(".picture-canvas").top,
          run: box(".run-button").bottom - innerHeight,
          transport: box(".transport").height,
          // A page that is wider than the screen makes the window wider too.
          sideways: document.documentElement.scrollWidth - screen.width,
          touch: getComputedStyle(document.querySelector(".picture-canvas")).touchAction,
        };
      });
      const fits = seen.picture < 300 && seen.run <= 0 && seen.transport < 60 && seen.sideways <= 0 && seen.touch === "pan-y";
      if (!fits) problems.push(`${slug}: ${JSON.stringify(seen)}`);
    }
    expect(problems).toEqual([]);
  });

  test("22: a chip opens its field, one step is shown, and output, loop and source are tabs", async ({ page }) => {
    const play = new Playground(page);
    await play.open("1/lost-update", { asItComes: true });
    await expect(play.field("pause")).toBeHidden();
    await page.locator(".chip-field summary", { hasText: "pause" }).click();
    await play.field("pause").fill("1 s");
    await expect(page.locator(".chip-field summary", { hasText: "pause" })).toContainText("1 s");
    await expect(page.locator(".run .elapsed").first()).toHaveText("3.00 s");
    await page.locator(".chip-field summary", { hasText: "tasks" }).click();
    await expect(play.field("pause")).toBeHidden();

    await expect(page.locator(".step:visible")).toHaveCount(1);
    const first = await page.locator(".step:visible").textContent();
    await page.getByRole("button", { name: "Next step" }).click();
    await expect(page.locator(".step:visible")).not.toHaveText(first);

    await expect(page.getByRole("tab")).toHaveText(["Output", "Loop", "Python", "Rust"]);
    await expect(page.locator(".output")).toBeVisible();
    await page.getByRole("tab", { name: "Loop" }).click();
    await expect(page.locator(".loop")).toBeVisible();
    await expect(page.locator(".output")).toHaveCount(0);
    await page.getByRole("tab", { name: "Python" }).click();
    await expect(page.locator(".code")).toBeVisible();
  });

  test("22: Run shows the picture, from wherever it is pressed", async ({ page }) => {
    const play = new Playground(page);
    await play.open("1/factorial?delay=200ms", { asItComes: true });
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
    await play.run.click();
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
    await expect(page.locator(".picture-canvas").first()).toBeInViewport();
  });

  test("22: held sideways, the picture and what moves through time are the whole first screen", async ({ page }) => {
    await page.setViewportSize({ width: 740, height: 360 });
    await new Playground(page).open("1/web-server", { asItComes: true });
    const [picture, transport] = await page.evaluate(() =>
      [".picture-canvas", ".transport"].map((selector) => {
        const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return { top, bottom };
      }),
    );
    expect(picture.top).toBeLessThan(150);
    expect(transport.bottom).toBeLessThanOrEqual(361);
    await expect(page.getByRole("form")).not.toBeInViewport();
    await expect(page.getByRole("banner")).not.toBeInViewport();
  });
});

test("1: in a live run the loop card goes with the clock", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?compare=blocking&delay=3s&speed=1", { asItComes: true });
  await play.run.click();
  await expect(play.badge).toHaveText("live");
  const head = page.locator(".loop h2");
  const seen = new Set();
  // Nothing happens in the first three seconds: all of these moments are between two events.
  await expect
    .poll(async () => seen.add(await head.textContent()).size, { intervals: [50], timeout: 2_500 })
    .toBeGreaterThan(3);
  await play.stop.click();
});

test("10, 11: who is stopped in a block is told the line that blocks, and names stay as they are written", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async?delay=1h&mode=blocking&speed=1", { asItComes: true });
  await play.run.click();
  await expect(page.locator(".happened")).toContainText("blocks");
  await play.stop.click();
  await page.getByRole("tab", { name: "Python" }).click();
  await expect(page.locator(".code-line[data-who]").first()).toContainText("time.sleep");
  await play.open("1/deadlock", { asItComes: true });
  // Its tasks are A and B, its locks a and b.
  const head = page.locator(".stage .run-head").first();
  await expect(head).toContainText("A waits for the lock b, which B holds; B waits for the lock a, which A holds.");
});

test("14: events have the same numbers in the table and in the transport", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await page.locator(".picture-table summary").first().click();
  const numbers = page.locator(".picture-table tbody tr td:first-child, .picture-table tbody tr th:first-child");
  await expect(numbers.first()).toHaveText("1");
  const happened = await page.locator(".happened").textContent();
  const [, last] = happened.match(/event (\d+) of \1/);
  await expect(numbers.last()).toHaveText(last);
});

test("17, 26: of many tasks the last is named without decimals that nobody sees, and main has no line that no reader can see", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async?tasks=9999&compare=blocking", { asItComes: true });
  const verdict = page.locator(".verdict > p");
  await expect(verdict).toContainText("task 9999 starts 5 h 33 min earlier");
  await expect(verdict).not.toContainText(/9999\.\d/);
  await play.open("1/factorial?task=main", { asItComes: true });
  const card = page.locator(".picture-card").first();
  await expect(card).toContainText("the run began with it");
  await expect(card).not.toContainText("demo.rs");
});

test("21: the window has no scrollbar of its own", async ({ page }) => {
  await new Playground(page).open("1/factorial", { asItComes: true });
  const over = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  expect(over).toBeLessThanOrEqual(0);
});

test("3: reload, and another demo and Back, lose no changed value", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await play.field("pause").fill("1.5 s");
  await expect.poll(() => page.evaluate(() => location.hash)).toContain("delay=1.5s");
  await page.reload();
  await expect(play.field("pause")).toHaveValue("1.5 s");
  await page.getByRole("link", { name: /^Next: / }).click();
  await expect(play.title).not.toHaveText("Two factorials");
  await page.goBack();
  await expect(play.title).toHaveText("Two factorials");
  await expect(play.field("pause")).toHaveValue("1.5 s");
});

test("a link that is opened is not written over by what the page showed before", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  const shown = await page.evaluate(async () => {
    // The page is about to say in the address what it shows, when the reader goes on.
    const field = document.querySelector("#param-delay");
    field.value = "1.5 s";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    // Too busy to hear of the new address before the time is up.
    const until = (ms) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    };
    await wait(30);
    until(380);
    location.hash = "#1/race";
    until(60);
    await wait(600);
    return [location.hash, document.querySelector("h1").textContent];
  });
  expect(shown).toEqual([expect.stringMatching(/^#1\/race/), expect.stringMatching(/first/i)]);
});

test("4: the next demo is shown from its top", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 500 });
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await page.evaluate(() => scrollTo(0, 400));
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  await page.evaluate(() => (location.hash = "#1/three-servers"));
  await expect(play.title).toHaveText(/Three servers/);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
});

test("5: choices with long names are a menu that shows them whole", async ({ page }) => {
  await new Playground(page).open("1/awaitables", { asItComes: true });
  const menu = page.getByRole("combobox", { name: "order of the awaits" });
  await expect(menu.locator("option")).toHaveCount(6);
  await expect(menu.locator("option").first()).toHaveText("coroutine, task, future");
});

test("6: the Python pane marks where tasks stand, and sentences name no line of the other file", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await expect(page.getByRole("tab", { name: "Python" })).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".code-line[data-who]").first()).toBeVisible();
  await page.keyboard.press(".");
  await expect(page.locator(".happened")).not.toContainText("at line");
  // What was chosen last is chosen the next time.
  await page.getByRole("tab", { name: "Rust" }).click();
  await page.reload();
  await expect(page.getByRole("tab", { name: "Rust" })).toHaveAttribute("aria-selected", "true");
});

test("7: after a live run the output is at its end", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  const play = new Playground(page);
  await play.open("1/queue-workers?shortest=10ms&longest=30ms", { asItComes: true });
  await play.run.click();
  await expect(play.run).toHaveText(/^Run again/);
  const below = () =>
    page.locator(".lines").evaluate((lines) => lines.scrollHeight - lines.clientHeight - lines.scrollTop);
  await expect.poll(below).toBeLessThan(2);
});

test("8: presenting shows the output to its last line where there is room", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const play = new Playground(page);
  await play.open("1/factorial");
  await page.keyboard.press("v");
  await expect(play.lines.last()).toBeInViewport({ ratio: 1 });
  // What it is called, what came of it, and the line of the program where the tasks stand.
  await page.keyboard.press("Shift+J");
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("n");
  await expect(play.title).toBeInViewport({ ratio: 1 });
  await expect(page.locator(".verdict > p")).toBeInViewport({ ratio: 1 });
  await expect(page.locator(".code-line[data-who]").first()).toBeInViewport({ ratio: 1 });
  const hidden = await page.locator(".code-line:not([data-who])").first().boundingBox();
  expect(hidden.height).toBe(0);
});

test("18: a demo that needs the browser opens on a run that was recorded, and says so", async ({ page }) => {
  for (const slug of ["micro-macro", "timer-clamp", "fetch-streams", "websocket", "greenlets"]) {
    const play = new Playground(page);
    await play.open(`1/${slug}`, { preview: false, asItComes: true });
    await expect(play.badge).toHaveText("recorded");
    await expect(page.locator(".step.on")).toBeAttached();
    await expect(page.locator(".picture-canvas")).toBeVisible();
  }
  // With other values it would not be theirs.
  const play = new Playground(page);
  await play.open("1/timer-clamp", { preview: false, asItComes: true });
  await play.field("depth").fill("3");
  await expect(page.locator(".no-preview")).toBeVisible();
  await play.run.click();
  await expect(play.badge).toHaveText("live");
  await expect(play.run).toHaveText(/^Run again/);
});

test("12: Run says how long it will take", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/chess", { asItComes: true });
  // What takes long runs faster than real time, and is shown as such; the reader may choose.
  await expect(play.run).toHaveText(/18\.0 s at 1,000×/);
  const clock = page.getByRole("combobox", { name: "Clock" });
  await clock.selectOption({ label: "live: 30 min 00 s at 10×" });
  await expect(play.run).toHaveText(/30 min 00 s at 10×/);
  await play.run.click();
  await expect(play.badge).toHaveText("live, 10 times as fast");
  await play.stop.click();
  await play.open("1/lost-update", { asItComes: true });
  await expect(play.run).toHaveText(/3\.00 s/);
});

test("13: no mark of a task covers code, and long lines wrap", async ({ page }) => {
  for (const slug of ["chess", "lost-update", "blocking-call"]) {
    await new Playground(page).open(`1/${slug}`, { asItComes: true });
    const line = page.locator(".code-line[data-who]").first();
    await expect(line).toBeVisible();
    expect(await line.evaluate((line) => getComputedStyle(line, "::after").position)).toBe("static");
    const sideways = (pre) => pre.scrollWidth - pre.clientWidth;
    expect(await page.locator(".code pre").evaluate(sideways)).toBeLessThanOrEqual(0);
  }
});

test("15: search needs Escape once, an empty field is said to be empty, and 1m30s is read", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("lock");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await play.field(/task A/).fill("");
  await expect(page.locator("#param-a-error")).toHaveText(/the field is empty: 0 to 30/);
  await play.field("pause").fill("1m30s");
  await expect(play.field("pause")).not.toHaveAttribute("aria-invalid", "true");
});

test("16, 21: the page is as tall as the window, and has no scrollbar of its own", async ({ page }) => {
  for (const [width, height] of [
    [1440, 900],
    [1280, 720],
    [1000, 600],
  ]) {
    await page.setViewportSize({ width, height });
    await new Playground(page).open("1/factorial", { asItComes: true });
    const taller = () => page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    expect(await taller(), `${width} × ${height}`).toBe(0);
  }
});

test.describe("23: in forced colours", () => {
  test.use({ forcedColors: "active" });
  test("what is chosen has an outline, and tasks keep their colours", async ({ page }) => {
    const play = new Playground(page);
    await play.open("1/factorial", { asItComes: true });
    const outline = (locator) => locator.evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(await outline(page.locator("[name=axis]:checked + span"))).toBe("solid");
    expect(await outline(page.getByRole("tab", { name: "Python" }))).toBe("solid");
    const colours = await page
      .locator(".line .dot")
      .evaluateAll((dots) => new Set(dots.map((dot) => getComputedStyle(dot).backgroundColor)).size);
    expect(colours).toBeGreaterThan(1);
  });
});

test("24: at 320 px nothing scrolls sideways, and the header stays little", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  for (const slug of ["blocking-call", "starvation", "deadlock", "gather-errors"]) {
    await new Playground(page).open(`1/${slug}`, { asItComes: true });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways, slug).toBeLessThanOrEqual(0);
  }
  await page.evaluate(() => scrollTo(0, 300));
  await expect(page.getByRole("banner")).not.toBeInViewport();
});

test("25: after Find the focus is on the demo that was found", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  await page.locator('.gallery a[href="#1/three-servers"]').focus();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("grandmaster");
  await page.keyboard.press("Enter");
  await expect(play.title).toHaveText("A grandmaster against many");
  await expect(page.locator("#work")).toBeFocused();
});

test("the search finds what explains a symptom, and shows the sentence that has it", async ({ page }) => {
  await new Playground(page).open("1/factorial", { asItComes: true });
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search the demos" });
  const found = page.getByRole("listbox", { name: "Demos found" }).getByRole("option");
  for (const [words, title] of [
    ["slow", "One blocking call"],
    ["my program is stuck", "Deadlock"],
    ["out of order", "Two factorials"],
    ["tokio", "Calling is not running"],
    ["time.sleep", "One blocking call"],
  ]) {
    await field.fill(words);
    await expect(found.first().locator(".found-title"), words).toHaveText(title);
  }
  await field.fill("grandmaster polgar thread");
  await expect(found.first().locator(".found-lede")).toContainText("The master is the thread");
});

test("what is no mistake in a demo is not reported as one", async ({ page }) => {
  const play = new Playground(page);
  for (const slug of ["chess", "cooking", "attention", "workers"]) {
    await play.open(`1/${slug}`, { asItComes: true });
    await expect(page.locator(".verdict > p")).not.toBeEmpty();
    await expect(page.getByRole("group", { name: /^Findings/ })).toHaveCount(0);
    await expect(page.locator(".problem")).toHaveCount(0);
  }
});

test("findings of one cause are one line, and a remedy shows before and after", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/blocking-call?mode=none&duration=300ms&every=100ms&ticks=3", { asItComes: true });
  const findings = page.getByRole("group", { name: /^Findings/ });
  await expect(findings.locator("summary")).toHaveText("the loop was blocked: 2 tasks waited");
  await findings.getByRole("button", { name: "Fix and run" }).first().click();
  await expect(play.run).toHaveText(/^Run again/);
  await expect(page.locator(".verdict small")).toHaveText(/^Before: The loop was blocked for 0\.30 s by caller/);
  await expect(page.locator(".verdict > p")).toHaveText(/fit into/);
});

test("a demo whose steps were all seen has a check mark, also after a reload", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial", { asItComes: true });
  const steps = await page.locator(".step").count();
  const link = page.locator('.gallery a[href="#1/factorial"]');
  await expect(link).not.toContainText("all steps seen");
  for (let step = 1; step < steps; step += 1) {
    await page.keyboard.press("]");
    await expect(page.locator(".step").nth(step)).toHaveClass(/on/);
  }
  await expect(link).toContainText("all steps seen");
  await page.reload();
  await expect(link).toContainText("all steps seen");
});

test("on a first visit the preview plays once, and not where motion is unwanted", async ({ browser, baseURL }) => {
  for (const reducedMotion of ["no-preference", "reduce"]) {
    const context = await browser.newContext({ baseURL, reducedMotion });
    const page = await context.newPage();
    await page.goto("./");
    await taken(page);
    const pause = page.getByRole("button", { name: "Pause" });
    const moment = page.locator(".moment b");
    await expect(page.locator(".step.on")).toBeVisible();
    if (reducedMotion === "reduce") {
      await expect(moment).not.toHaveText("0.000 s");
      await expect(pause).toHaveCount(0);
    } else {
      await expect(pause).toBeVisible();
      await expect(pause).toHaveCount(0);
      await page.goto("about:blank");
      await page.goto("./");
      await taken(page);
      await expect(page.locator(".step.on")).toBeVisible();
      await expect(pause).toHaveCount(0);
    }
    await context.close();
  }
});

test("lesson and source are made wider with keys, and with the pointer", async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await new Playground(page).open("1/factorial", { asItComes: true });
  const side = page.locator(".side");
  const width = () => side.evaluate((side) => side.getBoundingClientRect().width);
  const before = await width();
  const handle = page.getByRole("separator", { name: "Width of lesson and source" });
  await handle.focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(width).toBeGreaterThan(before + 15);
  const box = await handle.boundingBox();
  await page.mouse.move(box.x + 3, 400);
  await page.mouse.down();
  await page.mouse.move(box.x - 97, 400);
  await page.mouse.up();
  await expect.poll(width).toBeGreaterThan(before + 100);
});
