// What a person does first: opens a demo, turns its knobs, runs it, stops it.
// Order and lower bounds of time only: how late a busy machine is says nothing about the page.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

const FACTORIAL_ASYNC = [
  "Task A: Compute factorial(2)",
  "SLEEP",
  "Task B: Compute factorial(2)",
  "SLEEP",
  "Task A: Compute factorial(3)",
  "SLEEP",
  "Task B: Compute factorial(3)",
  "SLEEP",
  "Task A: factorial(3) is 6",
  "Task B: Compute factorial(4)",
  "SLEEP",
  "Task B: factorial(4) is 24",
];

const FACTORIAL_BLOCKING = [
  "Task A: Compute factorial(2)",
  "SLEEP",
  "Task A: Compute factorial(3)",
  "SLEEP",
  "Task A: factorial(3) is 6",
  "Task B: Compute factorial(2)",
  "SLEEP",
  "Task B: Compute factorial(3)",
  "SLEEP",
  "Task B: Compute factorial(4)",
  "SLEEP",
  "Task B: factorial(4) is 24",
];

test("a demo shows its picture and output before anybody runs it", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await expect(play.elapsed).toHaveText("3.00 s");
  expect(await play.texts()).toEqual(FACTORIAL_ASYNC);
});

test("hello, live: 2 s when awaited, 6 s when blocking", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async");
  expect(await play.runToEnd(2)).toBeGreaterThanOrEqual(2);
  const greetings = ["Hello", "Hello", "Hello"];
  expect(await play.texts()).toEqual(greetings);
  expect(Math.min(...(await play.times()))).toBeGreaterThanOrEqual(2);

  await play.choose("blocking");
  expect(await play.runToEnd(6)).toBeGreaterThanOrEqual(6);
  expect(await play.texts()).toEqual(greetings);
  const times = await play.times();
  [2, 4, 6].forEach((least, i) => expect(times[i]).toBeGreaterThanOrEqual(least));
});

test("factorial, live: lines alternate in 3 s, or come one after the other in 5 s", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  expect(await play.runToEnd(3)).toBeGreaterThanOrEqual(3);
  expect(await play.texts()).toEqual(FACTORIAL_ASYNC);

  await play.choose("blocking");
  expect(await play.runToEnd(5)).toBeGreaterThanOrEqual(5);
  expect(await play.texts()).toEqual(FACTORIAL_BLOCKING);
});

test("while a demo blocks its thread the page scrolls, and Stop answers", async ({ page }) => {
  const play = new Playground(page);
  await page.setViewportSize({ width: 900, height: 420 });
  await play.open("1/hello-blocking-async?delay=1h&mode=blocking&speed=1");
  await play.run.click();
  await expect(play.badge).toHaveText("live");

  const scrolled = await page.evaluate(async () => {
    const frames = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const box = [document.scrollingElement, ...document.querySelectorAll("main")].find(
      (element) => element.scrollHeight > element.clientHeight,
    );
    box.scrollTop = 120;
    await frames();
    return box.scrollTop;
  });
  expect(scrolled).toBeGreaterThan(0);

  await play.stop.click();
  await expect(play.run).toBeVisible();
  await expect(play.card.getByRole("alert")).toContainText(/stopped/i);
  // A fresh worker takes the next run.
  await (await play.openField("pause")).fill("10 ms");
  expect(await play.runToEnd(1)).toBeGreaterThan(0);
  await expect(play.lines).toHaveCount(3);
});

test("turning a knob moves the picture at once, and what is typed wrongly is told at the field", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async");
  await play.field("pause").fill("3 s");
  await expect(play.elapsed).toHaveText("3.00 s");

  const tasks = play.field("tasks");
  for (const [text, problem] of [
    ["three", "not a whole number"],
    ["99999", "out of range: 0 to 9,999"],
    ["", "the field is empty: 0 to 9,999"],
  ]) {
    await tasks.fill(text);
    await expect(tasks).toHaveAttribute("aria-invalid", "true");
    await expect(tasks).toHaveAccessibleDescription(new RegExp(problem));
    // The last good value stays in force.
    await expect(play.elapsed).toHaveText("3.00 s");
    await expect(play.lines).toHaveCount(3);
  }
  await play.run.click();
  await expect(tasks).toBeFocused();
  await expect(play.badge).toHaveText(/preview/);
  await tasks.fill("5");
  await expect(tasks).not.toHaveAttribute("aria-invalid", "true");
  await expect(play.lines).toHaveCount(5);
});

test("the instant clock gives the same end at once", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async?delay=1h&mode=blocking&clock=instant");
  await play.run.click();
  await expect(play.badge).toHaveText("instant clock");
  await expect(play.lines.last()).toContainText("Hello");
  expect((await play.times()).at(-1)).toBe(10_800);
});

test("all of it works with the keyboard alone", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/hello-blocking-async?delay=50ms");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("factorials");
  await page.keyboard.press("Enter");
  await expect(play.title).toHaveText("Two factorials");
  await play.field("pause").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("20 ms");
  await page.keyboard.press("Enter");
  await expect(play.badge).toHaveText("live");
  await expect(play.lines).toHaveCount(12);
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus-visible")).toHaveCount(1);
});

for (const width of [320, 360, 768, 1440]) {
  test(`nothing sticks out at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 740 });
    const play = new Playground(page);
    await play.open("1/factorial");
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

test("what is asked for at once with a change is a run of what was changed", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await play.field("task A: factorial of").evaluate((field) => {
    field.value = "1";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true }));
  });
  await expect(play.badge).toHaveText("live");
  await expect(play.run).toBeVisible({ timeout: 15_000 });
  await expect(play.card.locator(".run-summary")).not.toHaveText(/^running/);
  await expect(play.badge).toHaveText("live");
  expect(await play.texts()).toContain("Task A: factorial(1) is 1");
});

test("run and stop at once is a run that was stopped", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?delay=1h");
  await play.pressAtOnce("r", "r", "s");
  await expect(play.card.getByRole("alert")).toContainText("Stopped");
  await expect(play.run).toBeVisible();
  // The button does what it is by then, not what it was drawn as.
  await play.run.evaluate((button) => {
    button.click();
    button.click();
  });
  await expect(play.card.getByRole("alert")).toContainText("Stopped");
  await expect(play.run).toBeVisible();
});

test("a key after another that opens a dialog, presents or changes the theme knows of it", async ({ page }) => {
  const play = new Playground(page);
  const root = page.locator("html");
  await play.open("1/factorial");
  await play.pressAtOnce("v", "v");
  await expect(root).toHaveAttribute("data-presents", "no");
  await play.pressAtOnce("v", "Escape", "v");
  await expect(root).toHaveAttribute("data-presents", "yes");
  await play.pressAtOnce("v");
  await play.pressAtOnce("t", "t");
  await expect(page.getByRole("button", { name: "Theme: dark" })).toBeVisible();
  // A dialog has keys of its own, also while it is not on screen yet.
  await play.pressAtOnce("?", "r");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await expect(play.badge).toHaveText(/preview/);
});
