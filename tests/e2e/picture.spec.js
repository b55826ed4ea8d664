// The picture of a run, by mouse, by keyboard, by finger and in words. What is drawn, pixels.spec.js compares; here
// the page itself is asked: a click on the axis says which time is there, which tells any zoom and pan.
import http from "node:http";
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

/** Heights in the picture, as in src/picture/view.rs. */
const [TOP, ROW, STRIP, AXIS] = [14, 26, 14, 26];

class Picture {
  constructor(page) {
    this.page = page;
    this.play = new Playground(page);
    this.canvas = page.locator(".picture-canvas").first();
    this.says = page.locator(".picture-stage [aria-live]").first();
    this.tip = page.locator(".picture-tip").first();
    this.card = page.getByRole("complementary", { name: /^Task / });
    this.moment = page.getByRole("region", { name: "Time" }).locator(".moment b");
    this.filtered = page.getByRole("status").filter({ hasText: /^\d+ of \d+ tasks$/ });
  }

  async open(fragment) {
    await this.play.open(fragment);
    // It is as high as its rows once it is drawn.
    await expect(this.canvas).toHaveAttribute("style", /height/);
    await this.canvas.scrollIntoViewIfNeeded();
  }

  /** Rows on screen, by the height that they give the picture. */
  async rows() {
    return ((await this.canvas.boundingBox()).height - TOP - STRIP - AXIS) / ROW;
  }

  /** A place in the picture as one on the page; from the right and from below where negative. */
  async at(x, y) {
    const box = await this.canvas.boundingBox();
    return { x: box.x + (x < 0 ? box.width + x : x), y: box.y + (y < 0 ? box.height + y : y) };
  }

  /** The middle of a row. */
  row(row, x) {
    return this.at(x, TOP + (row + 0.5) * ROW);
  }

  /** The seconds at a place on the axis. The cursor goes there. */
  async time(x) {
    const place = await this.at(x, -8);
    await this.page.mouse.move(place.x, place.y);
    await this.page.mouse.down();
    await this.page.mouse.up();
    await this.page.mouse.move(0, 0);
    return Number.parseFloat(await this.settled());
  }

  /** The moment, when the page has drawn what was done last. */
  async settled() {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    return this.moment.textContent();
  }

  /** How many seconds 200 pixels show. */
  async scale() {
    return (await this.time(500)) - (await this.time(300));
  }

  async drag(from, to, { shift = false } = {}) {
    if (shift) await this.page.keyboard.down("Shift");
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move(to.x, to.y, { steps: 25 });
    await this.page.mouse.up();
    if (shift) await this.page.keyboard.up("Shift");
  }

  async wheel(x, dy, key) {
    const place = await this.row(0, x);
    await this.page.mouse.move(place.x, place.y);
    if (key) await this.page.keyboard.down(key);
    await this.page.mouse.wheel(0, dy);
    if (key) await this.page.keyboard.up(key);
  }

  /** With the focus in the picture. */
  async keys(...keys) {
    await this.canvas.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async goTo(text) {
    const field = this.page.getByRole("textbox", { name: "Go to a time or a turn" });
    await field.fill(text);
    await field.press("Enter");
  }
}

const picture = test.extend({ view: async ({ page }, use) => use(new Picture(page)) });

picture("the wheel zooms around the pointer, and Fit shows everything", async ({ view, page }) => {
  await view.open("1/factorial?delay=100s");
  const whole = await view.scale();
  const under = await view.time(400);
  await view.wheel(400, -150, "Control");
  await expect.poll(() => view.scale()).toBeCloseTo(whole / (1 + 150 * 0.0045), 0);
  expect(Math.abs((await view.time(400)) - under)).toBeLessThan(0.5);

  await page.getByRole("button", { name: "Fit", exact: true }).click();
  expect(await view.scale()).toBeCloseTo(whole, 1);
  await page.getByRole("button", { name: "Zoom in" }).click();
  expect(await view.scale()).toBeCloseTo(whole / 1.5, 0);
  await page.getByRole("button", { name: "Zoom out" }).click();
  expect(await view.scale()).toBeCloseTo(whole, 0);
});

picture("keys zoom, move and fit", async ({ view }) => {
  await view.open("1/factorial?delay=100s");
  const whole = await view.scale();
  await view.keys("w", "w");
  expect(await view.scale()).toBeCloseTo(whole / 2.25, 0);
  const before = await view.time(400);
  await view.keys("d");
  const after = await view.time(400);
  expect(after).toBeGreaterThan(before);
  await view.keys("a");
  expect(Math.abs((await view.time(400)) - before)).toBeLessThan(0.5);
  await view.keys("s");
  expect(await view.scale()).toBeCloseTo(whole / 1.5, 0);
  await view.keys("f");
  expect(await view.scale()).toBeCloseTo(whole, 1);
});

picture("a drag moves what was zoomed, and the wheel with Shift does too", async ({ view }) => {
  await view.open("1/factorial?delay=100s");
  await view.keys("w", "w");
  const before = await view.time(300);
  const few = (await view.scale()) / 200;
  await view.drag(await view.row(1, 400), await view.row(1, 300));
  expect(Math.abs((await view.time(200)) - before)).toBeLessThan(few);
  await view.wheel(300, -100, "Shift");
  await expect.poll(async () => Math.abs((await view.time(300)) - before)).toBeLessThan(few);
  // Nothing was picked out by that.
  await expect(view.card).toHaveCount(0);
});

picture("with everything in view a drag moves the cursor, also outside of the picture", async ({ view, page }) => {
  await view.open("1/factorial");
  const [from, to] = [await view.row(1, 300), await view.row(1, 400)];
  await view.drag(from, to);
  const there = Number.parseFloat(await view.settled());
  expect(there).toBeCloseTo(await view.time(400), 2);
  await view.drag(to, { x: 5, y: 5 });
  expect(await view.settled()).toBe("0.000 s");
  await page.keyboard.press("Shift+L");
  await expect(view.moment).toHaveText("3.000 s");
});

picture("the strip below shows where one is, and a click on it goes elsewhere", async ({ view, page }) => {
  await view.open("1/factorial?delay=100s");
  const middle = await view.time(400);
  await view.keys("w", "w", "w", "w");
  const place = await view.at(400, -AXIS - STRIP / 2);
  await page.mouse.click(place.x, place.y);
  const width = (await view.canvas.boundingBox()).width;
  // The time that stood there while everything was in view is in the middle of the window now.
  await view.settled();
  const [left, right] = [await view.time(300), await view.time(500)];
  expect(left).toBeLessThan(right);
  const slope = (right - left) / 200;
  const centre = 400 + (middle - (left + right) / 2) / slope;
  expect(centre).toBeGreaterThan(width / 2 - 60);
  expect(centre).toBeLessThan(width / 2 + 100);
});

picture("a range is measured by Shift and drag or by M, and Z zooms to it", async ({ view, page }) => {
  await view.open("1/factorial?delay=100s");
  const whole = await view.scale();
  const [from, to] = [await view.time(300), await view.time(400)];
  await view.drag(await view.row(1, 300), await view.row(1, 400), { shift: true });
  await view.keys("z");
  const zoomed = await view.scale();
  expect(zoomed).toBeLessThan(whole / 3);
  const shown = [await view.time(200), await view.time(-40)];
  expect(shown[0]).toBeGreaterThan(from - (to - from) / 10);
  expect(shown[1]).toBeLessThan(to + (to - from) / 10);

  // Esc gives the range up; then Z shows the life of the keyboard's task, which is everything.
  await view.keys("Escape", "z");
  expect(await view.scale()).toBeCloseTo(whole, 0);
  await view.goTo("100 s");
  await view.keys("m");
  await view.goTo("150 s");
  await view.keys("m", "z");
  const scale = await view.scale();
  expect(scale).toBeLessThan(whole / 3);
  await view.goTo("100 s");
  await expect(view.moment).toHaveText("100.000 s");
  await page.keyboard.press("Shift+L");
});

picture("tasks are filtered by name and by state", async ({ view, page }) => {
  await view.open("1/hello-blocking-async?mode=blocking&tasks=9");
  expect(await view.rows()).toBe(10);
  await view.keys("/");
  const field = page.getByRole("searchbox", { name: "task" });
  await expect(field).toBeFocused();
  await page.keyboard.type("TASK 3");
  await expect(view.filtered).toHaveText("1 of 10 tasks");
  await expect.poll(() => view.rows()).toBeLessThanOrEqual(2);
  await field.fill("");
  await expect(view.filtered).toHaveCount(0);
  await expect.poll(() => view.rows()).toBe(10);

  // By the state at the cursor: at 1 s the first blocks the loop, and the others wait for it.
  const state = page.getByRole("combobox", { name: "state" });
  await view.goTo("1 s");
  await state.selectOption("blocking");
  await expect(view.filtered).toHaveText("1 of 10 tasks");
  await state.selectOption("ready");
  await expect(view.filtered).toHaveText("8 of 10 tasks");
  await view.goTo("17 s");
  await expect(view.filtered).toHaveText("0 of 10 tasks");
  await state.selectOption("any");
  await expect.poll(() => view.rows()).toBe(10);
});

picture("children are folded away by key and by click", async ({ view, page }) => {
  await view.open("1/factorial");
  expect(await view.rows()).toBe(3);
  await view.keys("x");
  await expect.poll(() => view.rows()).toBe(1);
  await view.keys("x");
  await expect.poll(() => view.rows()).toBe(3);
  const sign = await view.row(0, 8);
  await page.mouse.click(sign.x, sign.y);
  await expect.poll(() => view.rows()).toBe(1);
  await page.mouse.click(sign.x, sign.y);
  await expect.poll(() => view.rows()).toBe(3);
  await expect(view.card).toHaveCount(0);
});

picture("the pointer is told what is under it, and a click pins the task's card", async ({ view, page }) => {
  await view.open("1/factorial");
  const lane = await view.row(1, 300);
  await page.mouse.move(lane.x, lane.y);
  await expect(view.tip).toBeVisible();
  await expect(view.tip).toContainText(/^A\s+waiting for 1\.00 s, 1\.00 s to 2\.00 s\s+for a timer$/);
  await page.mouse.click(lane.x, lane.y);
  await expect(view.card).toHaveAccessibleName("Task A");
  await expect(view.card).toContainText(/spawned by main at line \d+ of factorial\.rs/);
  await expect(view.card).toContainText("Task A: factorial(3) is 6");
  await page.mouse.move(0, 0);
  await expect(view.tip).toBeHidden();

  await view.card.getByRole("button", { name: "main" }).click();
  await expect(view.card).toHaveAccessibleName("Task main");
  await view.card.getByRole("button", { name: "Close the card" }).click();
  await expect(view.card).toHaveCount(0);
});

picture("the keyboard goes from lane to lane and through time, and is told where it is", async ({ view, page }) => {
  await view.open("1/factorial");
  await view.keys("ArrowDown");
  await expect(view.says).toHaveText("A");
  await view.keys("ArrowDown");
  await expect(view.says).toHaveText("B");
  await view.keys("ArrowDown");
  await expect(view.says).toHaveText("B");
  await view.keys("Home");
  await expect(view.moment).toHaveText("0.000 s");
  // Who comes back begins at the top.
  await view.goTo("1.5 s");
  await view.keys("ArrowDown");
  await expect(view.says).toHaveText(/^A, waiting, 1\.5\d* s$/);
  await view.keys("ArrowRight");
  await expect(view.says).toHaveText(/^A, [a-z ]+, 2\.0\d* s$/);
  await expect(view.moment).toHaveText("2.000 s");
  await view.keys("Shift+ArrowLeft");
  await expect(view.says).toHaveText(/^A, [a-z ]+, 1\.0\d* s$/);
  await view.keys("Enter");
  await expect(view.card).toHaveAccessibleName("Task A");
  await view.keys("Escape");
  await expect(view.card).toHaveCount(0);
  await expect(view.canvas).toHaveAccessibleName("Timeline, async. 3 tasks over 3.00 s: 3 done.");
  await page.getByText("Events as a table").click();
  await page.getByRole("button", { name: "At the cursor" }).click();
  const row = page.getByRole("region", { name: "Events" }).locator("tr[aria-current]");
  await expect(row).toContainText("1.00 s");
});

picture("more rows than fit are scrolled, by wheel and by key", async ({ view, page }) => {
  // Tall enough for all the rows that a picture shows at once.
  await page.setViewportSize({ width: 1280, height: 1300 });
  await view.open("1/hello-blocking-async?tasks=60");
  expect(await view.rows()).toBe(16);
  await expect(view.canvas).toHaveAttribute("data-scrolls", "");
  await view.keys("PageDown", "PageDown", "PageDown");
  await expect(view.says).toHaveText("task 30");
  const last = await view.row(15, 300);
  await page.mouse.click(last.x, last.y);
  await expect(view.card).toHaveAccessibleName("Task task 30");
  await page.mouse.move(last.x, last.y);
  await page.mouse.wheel(0, 26);
  await expect(view.tip).toContainText("task 31");
});

picture("the order of events is an axis too", async ({ view, page }) => {
  await view.open("1/factorial");
  await view.keys("o", "ArrowRight", "ArrowRight");
  await expect(view.says).toHaveText(/, event #\d+$/);
  await view.keys("o", "ArrowRight");
  await expect(view.says).toHaveText(/ s$/);
  // A run that takes no time has no other.
  await view.open("1/factorial?delay=0s");
  await view.keys("ArrowRight", "ArrowRight");
  await expect(view.says).toHaveText(/, event #\d+$/);
  await expect(page.locator(".picture-sentence")).toHaveCount(0);
});

for (const [keys, says, moment] of [
  [["o", "ArrowRight"], /^A, [a-z ]+, event #\d+$/, "1.000 s"],
  [["o", "o", "ArrowRight"], /^A, [a-z ]+, 1\.0\d* s$/, "1.000 s"],
  // A step of the page, then one in the picture.
  [["l", "ArrowRight"], /^A, [a-z ]+, 2\.0\d* s$/, "2.000 s"],
  [["ArrowRight", "ArrowRight"], /^A, [a-z ]+, 2\.0\d* s$/, "2.000 s"],
  [["End", "ArrowLeft"], /^A, [a-z ]+, 2\.0\d* s$/, "2.000 s"],
  // What is folded away is no lane any more.
  [["ArrowUp", "x", "ArrowDown"], /^main, /, "0.500 s"],
]) {
  picture(`a key acts on what the one before it left: ${keys.join(" ")}`, async ({ view }) => {
    await view.open("1/factorial");
    await view.goTo("0.5 s");
    await view.keys("ArrowDown");
    await expect(view.says).toHaveText(/^A, waiting, 0\.5\d* s$/);
    await view.play.pressAtOnce(...keys);
    await expect(view.says).toHaveText(says);
    await expect(view.moment).toHaveText(moment);
  });
}

picture("what is chosen and given up at once is not chosen", async ({ view }) => {
  await view.open("1/factorial");
  await view.keys("ArrowDown");
  await view.play.pressAtOnce("Enter", "Enter", "Enter");
  await expect(view.card).toHaveAccessibleName("Task A");
  await view.play.pressAtOnce("Escape", "Enter", "Enter");
  await expect(view.card).toHaveCount(0);
});

picture("where nothing can be drawn a sentence says what is there", async ({ view, page }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await view.play.open("1/factorial");
  await expect(page.locator(".picture-sentence")).toHaveText(
    "This browser cannot draw the picture. 3 tasks over 3.00 s: 3 done.",
  );
  await expect(view.canvas).toBeHidden();
  await page.getByText("Events as a table").click();
  await expect(page.getByRole("region", { name: "Events" }).getByRole("row").nth(5)).toBeVisible();
});

picture("where motion is not wanted nothing moves by itself", async ({ view, page }) => {
  // A request that nobody answers: a run of which nobody knows how long it takes.
  const silent = http.createServer(() => {});
  await new Promise((listens) => silent.listen(0, "127.0.0.1", listens));
  try {
    const address = `http://127.0.0.1:${silent.address().port}/`;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await view.play.open(`1/weather?cities=oslo&source=real&address=${encodeURIComponent(address)}`, { preview: false });
    await view.play.run.click();
    await expect(view.play.card.locator(".run-summary")).toHaveText(/^running/);
    const moving = () => page.evaluate(() => document.getAnimations().length);
    expect(await moving()).toBe(0);
    // There is something that would move.
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await moving()).toBeGreaterThan(0);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

/** What is wider than the window, or outside of it, and not inside of something that scrolls. */
const sticksOut = (page) =>
  page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const clips = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
    const isClipped = (element) => {
      for (let box = element.parentElement; box; box = box.parentElement) if (clips(box)) return true;
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { right, width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && right > clientWidth + 1 && element.checkVisibility() && !isClipped(element);
    });
    const names = wide.map((element) => `${element.tagName} ${element.getAttribute("class")}`);
    return scrollWidth > clientWidth ? [`the page, by ${scrollWidth - clientWidth} px`, ...names] : names;
  });

/** Opens all that the picture can open. */
async function openAll(view, page) {
  await view.open("1/queue-workers");
  await view.keys("ArrowDown", "Enter");
  await expect(view.card).toBeVisible();
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByText("Events as a table").click();
  await expect(page.getByRole("region", { name: "Events" })).toBeVisible();
}

for (const [what, use] of Object.entries({
  "at 320 px": { viewport: { width: 320, height: 640 } },
  "on a phone": { viewport: { width: 360, height: 740 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true },
  // A window of 1,440 × 900 px that the reader enlarged.
  "at 200 %": { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
})) {
  picture.describe(what, () => {
    picture.use(use);
    picture("nothing sticks out, with all open that opens", async ({ view, page }) => {
      await openAll(view, page);
      expect(await sticksOut(page)).toEqual([]);
      // As sharp as the screen.
      const [pixels, shown] = await view.canvas.evaluate((canvas) => [canvas.width, canvas.clientWidth]);
      expect(pixels).toBe(shown * (use.deviceScaleFactor ?? 1));
      await view.open("1/factorial?compare=blocking");
      await expect(page.locator(".stage .run")).toHaveCount(2);
      expect(await sticksOut(page)).toEqual([]);
    });
  });
}

picture.describe("with fingers", () => {
  picture.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

  /** Seconds under a place of the axis, which is tapped. */
  async function tapTime(view, x) {
    const place = await view.at(x, -8);
    await view.page.touchscreen.tap(place.x, place.y);
    return Number.parseFloat(await view.settled());
  }

  picture("a tap picks out a task, and two fingers zoom", async ({ view, page, context }) => {
    await view.open("1/factorial?delay=100s");
    const lane = await view.row(2, 200);
    await page.touchscreen.tap(lane.x, lane.y);
    await expect(view.card).toHaveAccessibleName("Task B");
    await view.card.getByRole("button", { name: "Close the card" }).tap();
    await expect(view.card).toHaveCount(0);

    const scale = async () => (await tapTime(view, 250)) - (await tapTime(view, 150));
    const whole = await scale();
    const devtools = await context.newCDPSession(page);
    const middle = await view.row(1, 200);
    const touch = (type, apart) =>
      devtools.send("Input.dispatchTouchEvent", {
        type,
        touchPoints:
          apart === null
            ? []
            : [-apart, apart].map((off, id) => ({ x: middle.x + off / 2, y: middle.y, id })),
      });
    await touch("touchStart", 50);
    for (const apart of [60, 75, 100]) await touch("touchMove", apart);
    await touch("touchEnd", null);
    // Twice as far apart: half of the time.
    await expect.poll(scale).toBeCloseTo(whole / 2, 0);
    await page.getByRole("button", { name: "Fit", exact: true }).tap();
    await expect.poll(scale).toBeCloseTo(whole, 0);
  });
});
