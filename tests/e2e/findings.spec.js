// What is wrong with a run, where it is, and how it is mended; what decided how long it took.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

class Findings {
  constructor(page) {
    this.page = page;
    this.card = page.getByRole("group", { name: "Findings" });
    this.rows = this.card.locator("li");
    this.fix = this.card.getByRole("button", { name: "Fix and run" });
    this.signs = page.locator(".code-line .problem");
    this.tip = page.locator(".picture-tip");
    this.canvas = page.locator(".picture-canvas");
    this.path = page.getByRole("button", { name: "Critical path" });
    this.ideal = page.locator(".ideal").first();
  }

  /** What a canvas shows, to be compared with what it shows later. */
  pixels(at = 0) {
    return this.canvas.nth(at).evaluate((canvas) => canvas.toDataURL());
  }

  row(label) {
    return this.ideal.locator(".loop-row", { has: this.page.locator("dt", { hasText: label }) });
  }
}

test("a finding is marked at its line, and says what is wrong", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/blocking-call");
  await expect(findings.rows.first()).toContainText("caller held the loop for 2.00 s");
  const sign = page.getByRole("img", { name: /caller held the loop for 2\.00 s/ });
  await expect(sign).toHaveCount(1);
  const line = page.locator(".code-line", { has: sign });
  await expect(line).toContainText("time.sleep(DURATION)");
  await play.choose("async sleep");
  await expect(findings.signs).toHaveCount(0);
  await expect(findings.card).toHaveCount(0);
});

test("a finding has a flag on its lane, which says the same and goes there", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/blocking-call");
  await expect(findings.card).toBeVisible();
  const box = await findings.canvas.boundingBox();
  // The lane of the caller is the fourth; the flag is where its bar begins.
  const y = box.y + 14 + 3 * 26 + 5;
  await expect(async () => {
    for (let x = 60; x < box.width / 2; x += 4) {
      await page.mouse.move(box.x + x, y);
      await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
      if ((await findings.tip.textContent()).startsWith("the loop was blocked")) {
        await page.mouse.click(box.x + x, y);
        return;
      }
    }
    throw new Error("there is no flag");
  }).toPass();
  await expect(page.locator(".moment b")).toHaveText("0.500 s");
  await expect(page.getByRole("complementary", { name: "Task caller" })).toBeVisible();
});

test("“Fix and run” mends the program and runs it", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/blocking-call?duration=300ms&every=100ms&ticks=3");
  await expect(findings.rows.first()).toContainText("held the loop");
  await findings.fix.first().click();
  await expect(page.getByRole("combobox", { name: "fix" })).toHaveValue("async-sleep");
  await expect(play.badge).toHaveText("live");
  await expect(play.run).toHaveText(/^Run again/, { timeout: 20_000 });
  await expect(findings.card.filter({ hasText: "held the loop" })).toHaveCount(0);
  await expect(findings.fix).toHaveCount(0);
});

test("“Fix and run” keeps a comparison", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/blocking-call?duration=300ms&every=100ms&ticks=3&compare=other-thread");
  await findings.fix.first().click();
  const titles = page.locator(".run-head h2");
  await expect(titles).toHaveText(["async sleep", "other thread"]);
});

test("the critical path can be shown, by a button and by a key, and is named", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/three-servers");
  const without = await findings.pixels();
  await findings.path.click();
  await expect(findings.path).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => findings.pixels()).not.toBe(without);
  await findings.canvas.focus();
  await page.keyboard.press("c");
  await expect(findings.path).toHaveAttribute("aria-pressed", "false");

  await page.getByText("Ideal against actual").click();
  await expect(findings.row("critical path").getByRole("button")).toHaveText(["server 2 waiting 10.0 s"]);
  await expect(findings.row("sleeps")).toContainText("3 sleeps, 12.0 s asked for, 12.0 s slept");
  await findings.row("critical path").getByRole("button").click();
  await expect(page.getByRole("complementary", { name: "Task server 2" })).toBeVisible();
});

test("the longest wait in the queue goes to the task that waited", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/factorial?mode=blocking");
  await page.getByText("Ideal against actual").click();
  await findings.row("in the queue").getByRole("button", { name: /^B 2\.00 s/ }).click();
  await expect(page.locator(".moment b")).toHaveText("0.000 s");
  await expect(page.getByRole("complementary", { name: "Task B" })).toBeVisible();
});

test("two runs side by side zoom together", async ({ page }) => {
  const play = new Playground(page);
  const findings = new Findings(page);
  await play.open("1/factorial?compare=blocking");
  await expect(findings.canvas).toHaveCount(2);
  await page.mouse.move(0, 0);
  const whole = await findings.pixels(1);
  await page.getByRole("button", { name: "Zoom in" }).first().click();
  await expect.poll(() => findings.pixels(1)).not.toBe(whole);
  // And back, by the other one.
  await page.getByRole("button", { name: "Fit" }).nth(1).click();
  await page.mouse.move(0, 0);
  await expect.poll(() => findings.pixels(1)).toBe(whole);
});

test("presenting hides all but picture, output and time, by keyboard", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await page.keyboard.press("v");
  const bar = page.getByRole("region", { name: "Time", exact: true });
  // The heading stays, out of sight, for those who hear the page.
  await expect(play.share).toBeHidden();
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("form")).toBeHidden();
  await expect(page.getByRole("region", { name: "The loop" })).toBeHidden();
  await expect(page.locator(".picture-canvas")).toBeVisible();
  await expect(play.lines.first()).toBeVisible();
  await expect(bar).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(play.share).toBeVisible();
  await page.keyboard.press("V");
  await bar.getByRole("button", { name: "Show everything" }).click();
  await expect(play.share).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("only picture, output and time");
});
