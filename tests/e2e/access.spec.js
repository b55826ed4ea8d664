// The page is for everyone: axe finds nothing to report in any state of it, in either theme, and fingers hit what
// they aim at. What a screen reader says is in picture.spec.js and time.spec.js.
import { source as axe } from "axe-core";
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

// Colours that are on their way to others would be judged as they are.
test.use({ reducedMotion: "reduce" });

/** What axe reports, a line for each element; none in either theme. */
async function accessible(page) {
  // The theme follows the system as long as nobody chose one, also while the page is open.
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    // The policy binds the page's own scripts, not what is evaluated from outside.
    await page.evaluate(axe);
    const reported = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {
        resultTypes: ["violations"],
        // New in WCAG 2.2 and off by default.
        rules: { "target-size": { enabled: true } },
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary}`),
      );
    });
    expect(reported, colorScheme).toEqual([]);
  }
}

/** Has the cursor stand somewhere in the middle. */
async function goTo(page, moment) {
  const field = page.getByRole("textbox", { name: "Go to a time or a turn" });
  await field.fill(moment);
  await field.press("Enter");
  return page.getByRole("region", { name: "Time" });
}

/** The states of the page: what to open, and what to do then. */
const STATES = {
  "a preview": ["1/factorial"],
  "a demo without a preview": ["1/weather?source=real", null],
  "a run that ended": ["1/factorial?delay=10ms", ({ play }) => play.runToEnd(1)],
  "a run that goes on": [
    "1/hello-blocking-async?delay=1h",
    async ({ play }) => {
      await play.run.click();
      await expect(play.stop).toBeVisible();
      await expect(play.card.locator(".run-summary")).toHaveText(/^running/);
    },
  ],
  "a stopped run": [
    "1/hello-blocking-async?delay=1h&mode=blocking",
    async ({ play }) => {
      await play.run.click();
      await play.stop.click();
      await expect(play.card.getByRole("alert")).toContainText(/stopped/i);
    },
  ],
  "a deadlock": ["1/deadlock", ({ play }) => expect(play.card.getByRole("alert")).toBeVisible()],
  "a finding": [
    "1/hello-blocking-async?mode=blocking",
    ({ page }) => expect(page.getByRole("group", { name: "Findings" })).toBeVisible(),
  ],
  "two runs side by side": [
    "1/factorial?compare=blocking",
    ({ page }) => expect(page.locator(".verdict p")).toBeVisible(),
  ],
  "a field that cannot be read": [
    "1/factorial",
    async ({ play }) => {
      await (await play.openField("pause")).fill("long");
      await expect(play.field("pause")).toHaveAttribute("aria-invalid", "true");
    },
  ],
  "a link that is wrong": ["1/factorial?colour=red", ({ play }) => expect(play.notices.first()).toBeVisible()],
  "the dialog that finds": [
    "1/factorial",
    async ({ page }) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("lock");
      await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
    },
  ],
  "the dialog that finds nothing": [
    "1/factorial",
    async ({ page }) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("xyzzy");
      await expect(page.locator(".find-none")).toBeVisible();
    },
  ],
  "the dialog of keys": [
    "1/factorial",
    async ({ page }) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    },
  ],
  "the options of the picture": [
    "1/queue-workers",
    async ({ page }) => {
      await page.getByRole("button", { name: "Options" }).click();
      await page.getByRole("searchbox", { name: "task" }).fill("work");
      await expect(page.getByText(/^\d+ of \d+ tasks$/)).toBeVisible();
    },
  ],
  "the card of a task": [
    "1/queue-workers",
    async ({ page }) => {
      await page.locator(".picture-canvas").focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("complementary", { name: /^Task / })).toBeVisible();
    },
  ],
  "the events as a table": [
    "1/queue-workers",
    async ({ page }) => {
      await goTo(page, "turn 1");
      await page.getByText("Events as a table").click();
      await expect(page.locator(".picture-table [aria-current]")).toBeVisible();
      await expect(page.getByRole("region", { name: "Events" }).getByRole("row").nth(5)).toBeVisible();
    },
  ],
  "a moment in the middle": [
    "1/event-loop",
    async ({ page }) => {
      const bar = await goTo(page, "turn 2");
      await bar.getByRole("button", { name: "Next event" }).click();
      await expect(bar.locator(".happened")).toContainText("event");
    },
  ],
  "a moment with lines before and after it": [
    "1/factorial",
    async ({ page }) => {
      await goTo(page, "1.5 s");
      await expect(page.locator(".line[aria-current]")).toBeVisible();
    },
  ],
  "a jump that makes no sense": [
    "1/factorial",
    async ({ page }) => expect((await goTo(page, "soon")).getByRole("alert")).toBeVisible(),
  ],
  "while it plays": [
    "1/factorial?delay=1h",
    async ({ page }) => {
      await page.getByRole("button", { name: "Play", exact: true }).click();
      await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
    },
  ],
  "the critical path": [
    "1/three-servers",
    async ({ page }) => {
      const button = page.getByRole("button", { name: "Critical path" });
      await button.click();
      await expect(button).toHaveAttribute("aria-pressed", "true");
    },
  ],
  "ideal against actual": [
    "1/three-servers",
    async ({ page }) => {
      await page.getByText("Ideal against actual").click();
      await expect(page.locator(".ideal-rows").first()).toBeVisible();
    },
  ],
  presenting: [
    "1/three-servers",
    async ({ page }) => {
      await page.keyboard.press("v");
      await expect(page.locator("[data-presents=yes]")).toHaveCount(1);
    },
  ],
  "Python beside the demo": [
    "1/factorial",
    async ({ page }) => {
      await page.getByRole("tab", { name: "Python" }).click();
      await expect(page.getByRole("tab", { name: "Python" })).toHaveAttribute("aria-selected", "true");
    },
  ],
};

for (const [name, [fragment, act]] of Object.entries(STATES)) {
  test(`axe reports nothing about ${name}`, async ({ page }) => {
    const play = new Playground(page);
    await play.open(fragment, { preview: act !== null });
    await act?.({ page, play });
    await accessible(page);
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  /** Buttons and the like that a finger would miss: less than 44 px wide or high. */
  const small = (page) =>
    page.evaluate(() => {
      // Links inside of sentences are excepted; a label counts as a part of its field.
      const controls = "button:not(.picture-link), summary, select, input, [role=tab], .gallery a, .neighbours a";
      const shown = [...document.querySelectorAll(controls)].filter((element) => element.checkVisibility());
      return shown.flatMap((element) => {
        const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
        const name = element.ariaLabel ?? (element.textContent.trim() || element.id || element.type);
        // Half a pixel is lost in rounding.
        return Math.min(width, height) < 43.5 ? [`${name}: ${width.toFixed()} × ${height.toFixed()}`] : [];
      });
    });

  const states = [
    "a preview",
    "a stopped run",
    "two runs side by side",
    "a link that is wrong",
    "a finding",
    "the options of the picture",
    "the card of a task",
    "the events as a table",
    "a moment with lines before and after it",
    "a jump that makes no sense",
    "a field that cannot be read",
    "the dialog that finds",
    "ideal against actual",
    "presenting",
  ];
  for (const name of states) {
    test(`axe reports nothing about ${name}, and fingers hit everything`, async ({ page }) => {
      const [fragment, act] = STATES[name];
      const play = new Playground(page);
      await play.open(fragment);
      await act?.({ page, play });
      await accessible(page);
      expect(await small(page)).toEqual([]);
    });
  }

  test("axe reports nothing about the source, and fingers hit everything", async ({ page }) => {
    const play = new Playground(page);
    await play.open("1/factorial");
    for (const tab of await page.getByRole("tab").all()) {
      await tab.click();
      await expect(tab).toHaveAttribute("aria-selected", "true");
      await accessible(page);
      expect(await small(page)).toEqual([]);
    }
  });

  test("the list of demos opens, and fingers hit everything", async ({ page }) => {
    const play = new Playground(page);
    await play.open("1/factorial");
    await page.locator(".gallery-menu summary").click();
    await expect(page.getByRole("navigation", { name: "Demos" }).getByRole("link").first()).toBeVisible();
    await accessible(page);
    expect(await small(page)).toEqual([]);
  });
  test("fingers hit everything on a tablet", async ({ page }) => {
    await page.setViewportSize({ width: 1180, height: 820 });
    const play = new Playground(page);
    for (const name of ["two runs side by side", "the options of the picture", "a finding"]) {
      const [fragment, act] = STATES[name];
      await play.open(fragment);
      await act({ page, play });
      expect(await small(page), name).toEqual([]);
    }
  });
});
