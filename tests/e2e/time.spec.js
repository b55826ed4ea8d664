// Moving through time: everything on the page shows the moment that the reader chose.
// Previews only: by the instant clock each moment of a demo is known.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

class Time {
  constructor(page) {
    this.page = page;
    this.bar = page.getByRole("region", { name: "Time" });
    this.moment = this.bar.locator(".moment b");
    this.happened = this.bar.locator(".happened");
    this.field = this.bar.getByRole("textbox", { name: "Go to a time or a turn" });
    this.play = this.bar.getByRole("button", { name: "Play" });
    this.pause = this.bar.getByRole("button", { name: "Pause" });
    this.speed = this.bar.getByRole("combobox", { name: "Speed" });
    this.loop = page.getByRole("region", { name: "The loop" }).first();
    this.printed = page.locator(".output").first().locator(".line:not(.ahead)");
    this.current = page.locator(".output").first().locator(".line[aria-current]");
    this.marked = page.locator(".code-line[data-who]");
  }

  async goTo(text) {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  press(name) {
    return this.bar.getByRole("button", { name, exact: true }).click();
  }

  /** The tasks in one row of the loop's card, in order. */
  row(label) {
    return this.loop.locator(".loop-row", { has: this.page.locator("dt", { hasText: label }) });
  }

  get ready() {
    return this.loop.getByRole("group", { name: "Ready" }).getByRole("button");
  }
}

test("at 1.5 s of two factorials the loop sleeps, and both tasks stand at their pause", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  await time.goTo("1.5 s");
  await expect(time.moment).toHaveText("1.500 s");
  await expect(time.field).toHaveValue("");

  await expect(time.loop.getByRole("heading")).toHaveText("The loop at 1.500 s");
  await expect(time.loop).toContainText("asleep until 2.000 s");
  await expect(time.ready).toHaveCount(0);
  await expect(time.row("timers").getByRole("button")).toHaveText(["A", "B"]);
  await expect(time.row("timers").locator(".left")).toHaveText(["0.50 s", "0.50 s"]);
  await expect(time.row("waiting")).toContainText("main▸ 2 tasks");
  await expect(time.row("done")).toContainText("none");

  await expect(time.printed).toHaveCount(8);
  await expect(time.current).toContainText("SLEEP");
  await expect(time.marked).toHaveCount(2);
  await expect(time.marked.first()).toContainText("await asyncio.sleep(DELAY)");
  await expect(time.marked.first()).toHaveAttribute("data-who", "A, B");
});

test("the event loop, turn by turn: who is ready comes in order, and the first is next", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/event-loop");
  await time.goTo("turn 2");
  await expect(time.loop).toContainText("turn 2");
  await expect(time.ready).toHaveText(["task 1", "task 2", "task 3"]);
  await expect(time.loop).toContainText("about to serve task 1");
  await time.press("Next event");
  await expect(time.happened).toContainText("task 1 runs");
  await expect(time.loop.locator(".loop-running")).toContainText("task 1has the thread");
  await expect(time.ready).toHaveText(["task 2", "task 3"]);
  await expect(page.locator(".code-line[data-running]")).toHaveCount(0); // it has not run yet
  await time.press("Next line of output");
  await expect(page.locator(".code-line[data-running]")).toHaveAttribute("data-who", /task 1/);

  await time.ready.first().click();
  await expect(page.getByRole("complementary", { name: "Task task 2" })).toBeVisible();
});

test("events, turns and lines are stepped through by button and by key, forward and back", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  const at = async () => [
    await time.happened.textContent(),
    await time.loop.locator(".counts").textContent(),
    await time.printed.count(),
  ];
  for (const [name, key, back, backKey] of [
    ["Next event", ".", "Previous event", ","],
    ["Next turn", "l", "Previous turn", "j"],
    ["Next line of output", "n", "Previous line of output", "b"],
  ]) {
    const ways = [];
    for (const step of [() => time.press(name), () => page.keyboard.press(key)]) {
      await page.keyboard.press("Shift+J");
      await expect(time.moment).toHaveText("0.000 s");
      const passed = [];
      for (let i = 0; i < 5; i += 1) {
        await step();
        passed.push(await at());
      }
      ways.push(passed);
    }
    expect(ways[1], key).toEqual(ways[0]);
    expect(new Set(ways[0].map(String)).size, name).toBe(5);
    await time.press(back);
    expect(await at()).toEqual(ways[0][3]);
    await page.keyboard.press(backKey);
    expect(await at()).toEqual(ways[0][2]);
  }
  await page.keyboard.press("Shift+L");
  await expect(time.moment).toHaveText("3.000 s");
  await expect(time.printed).toHaveCount(12);
  await expect(time.marked).toHaveCount(0);
});

test("it plays to the end at the chosen speed, pauses, and begins anew", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  // Long enough that also a busy machine is in the middle of it when it pauses.
  await play.open("1/factorial?delay=10s");
  await expect(play.elapsed).toHaveText("30.0 s");
  await time.play.click();
  await expect(time.pause).toBeVisible();
  await expect(time.printed).toHaveCount(4);
  await expect.poll(async () => Number.parseFloat(await time.moment.textContent())).toBeGreaterThan(0);
  await page.keyboard.press("p");
  await expect(time.play).toBeVisible();
  const paused = await time.moment.textContent();
  await page.keyboard.press(">");
  await expect(time.speed).toHaveValue("2×");
  await expect(time.moment).toHaveText(paused);
  await time.speed.selectOption("10×");
  await page.keyboard.press("p");
  await expect(time.pause).toBeVisible();
  await expect(time.play).toBeVisible();
  await expect(time.moment).toHaveText("30.000 s");
  await expect(time.printed).toHaveCount(12);
  await time.play.click();
  await expect(time.pause).toBeVisible();
  await expect(time.printed).toHaveCount(4);
});

test("where motion is not wanted it still plays", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  await time.speed.selectOption("2×");
  await time.play.click();
  await expect(time.pause).toBeVisible();
  await expect(time.play).toBeVisible();
  await expect(time.moment).toHaveText("3.000 s");
});

test("a jump that makes no sense is answered with a sentence", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  await page.keyboard.press("g");
  await expect(time.field).toBeFocused();
  for (const [text, sentence] of [
    ["soon", "“soon” is neither a time such as 1.5 s or 300 ms nor turn 4, event 12, line 3 or end."],
    ["4 s", "“4s” is after the end: the run takes 3.00 s."],
    ["turn 99", "There is no turn 99: the run has 16 turns."],
  ]) {
    await time.goTo(text);
    await expect(time.bar.getByRole("alert")).toHaveText(sentence);
    await expect(time.field).toHaveAttribute("aria-invalid", "true");
    await expect(time.moment).toHaveText("3.000 s");
  }
  await time.goTo("turn 4");
  await expect(time.bar.getByRole("alert")).toHaveCount(0);
  await expect(time.loop).toContainText("turn 4");
  // Letters are keys again.
  await page.keyboard.press("n");
  await expect(time.current).toHaveCount(1);
});

test("a click on a line of output goes to its moment", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  await play.lines.nth(9).click();
  await expect(time.moment).toHaveText("2.000 s");
  await expect(time.printed).toHaveCount(10);
  await expect(time.happened).toContainText("prints “Task B: Compute factorial(4)”");
});

test("the current line is in sight, wherever the moment goes", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/queue-workers?pages=1000");
  const inSight = () =>
    time.current.evaluate((line) => {
      const [list, box] = [line.parentElement.getBoundingClientRect(), line.getBoundingClientRect()];
      return box.top >= list.top && box.bottom <= list.bottom;
    });
  for (const moment of ["60 s", "4 s", "120 s", "20 s"]) {
    await time.goTo(moment);
    await expect(time.moment).toHaveText(`${moment.split(" ")[0]}.000 s`);
    await expect.poll(inSight, moment).toBe(true);
  }
});

test("a run that takes no time is gone through by event", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial?delay=0s");
  await page.keyboard.press("Shift+J");
  await expect(time.happened).toHaveCount(0);
  await page.keyboard.press(".");
  await expect(time.happened).toContainText("event 1 of 57");
  await time.play.click();
  await expect(time.happened).toContainText(/event ([4-9]|\d\d) of 57/);
  await time.pause.click();
  await expect(time.play).toBeVisible();
  await expect(time.moment).toHaveText("0.000 s");
});

test("two runs side by side show one moment", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial?compare=blocking");
  await expect(page.locator(".stage .run")).toHaveCount(2);
  await time.goTo("1.5 s");
  const loops = page.getByRole("region", { name: "The loop" });
  // One loop and one output at a time, of the version that the reader chooses.
  await expect(loops).toContainText("Ablocks the loop");
  await expect(time.marked.first()).toHaveAttribute("data-who", "blocking: A");
  const whose = page.getByRole("group", { name: "Whose output and loop" });
  await whose.getByRole("radio", { name: "async" }).check({ force: true });
  await expect(loops).toContainText("asleep until 2.000 s");
});

test("a live run is followed, and can be looked back at", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/hello-blocking-async?delay=2s");
  await play.run.click();
  await expect(play.badge).toHaveText("live");
  // Without a cursor the page shows now.
  await expect(time.row("timers").getByRole("button")).toHaveText(["task 1", "task 2", "task 3"]);
  await expect(time.row("done").getByRole("button")).toHaveCount(4);
  await time.goTo("1 s");
  await expect(time.row("done").getByRole("button")).toHaveCount(0);
});

for (const [keys, moment, printed] of [
  [["J", "n", "n"], "0.000 s", 2],
  [["J", "n", "n", "b"], "0.000 s", 1],
  [["n", "J"], "0.000 s", 0],
  [["J", "p", "p"], "0.000 s", 0],
]) {
  test(`a step goes on from where the one before it led: ${keys.join(" ")}`, async ({ page }) => {
    const play = new Playground(page);
    const time = new Time(page);
    await play.open("1/factorial");
    await page.evaluate((keys) => {
      for (const key of keys) {
        const press = { key, shiftKey: key === "J", bubbles: true, cancelable: true };
        document.body.dispatchEvent(new KeyboardEvent("keydown", press));
      }
    }, keys);
    await expect(time.moment).toHaveText(moment);
    await expect(time.printed).toHaveCount(printed);
    await expect(time.play).toBeVisible();
  });
}

test("speeds are gone through one by one, however fast", async ({ page }) => {
  const play = new Playground(page);
  const time = new Time(page);
  await play.open("1/factorial");
  await play.pressAtOnce(">", ">");
  await expect(time.speed).toHaveValue("5×");
  await play.pressAtOnce("<", ">", "<");
  await expect(time.speed).toHaveValue("2×");
});
