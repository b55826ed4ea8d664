// A link shows the same scenario to everybody, whatever was done to it on the way.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("a shared link opens the same scenario, ready to run", async ({ page, context }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await play.field(/task A/).fill("6");
  await play.field("pause").fill("1.5 s");
  await play.choose("blocking");
  await expect(play.elapsed).toHaveText("12.0 s");
  await play.share.click();
  await page.getByRole("dialog", { name: "Share" }).getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("dialog", { name: "Share" }).getByRole("status")).toHaveText("Link copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#1\/factorial\?a=6&delay=1\.5s&mode=blocking&at=end$/);

  const other = await context.newPage();
  const theirs = new Playground(other);
  await other.goto(link);
  await expect(theirs.elapsed).toHaveText("12.0 s");
  await expect(theirs.field(/task A/)).toHaveValue("6");
  await expect(theirs.badge).toHaveText(/preview/);
  expect(await theirs.texts()).toEqual(await play.texts());
});

const BROKEN = [
  ["1/factorail", /There is no demo “factorail”, did you mean factorial\?/],
  ["1/factorial?colour=red", /There is no parameter “colour”/],
  ["1/factorial?a=1000", /“1000” is out of range: 0 to 30/],
  ["1/factorial?a=%E9", /percent signs do not make text/],
  ["9/factorial", /version “9”/],
  [`1/${"x".repeat(100_000)}`, /100,00\d characters/],
];

for (const [fragment, sentence] of BROKEN) {
  test(`a broken link says so: ${fragment.slice(0, 30)}`, async ({ page }) => {
    const play = new Playground(page);
    await play.open(fragment);
    await expect(play.notices.first()).toHaveText(sentence);
    // Nothing but the preview runs unasked.
    await expect(play.badge).toHaveText(/preview/);
    await expect(play.run).toBeEnabled();
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    await expect(play.notices).toHaveCount(0);
  });
}

test("what is good in a broken link is kept", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?a=5&b=many&mode=blocking");
  await expect(play.notices).toHaveText(/b: “many” is not a whole number/);
  await expect(play.field(/task A/)).toHaveValue("5");
  await expect(play.field(/task B/)).toHaveValue("4");
});

test("a browser without workers or WebAssembly gets a sentence", async ({ page }) => {
  await page.addInitScript(() => delete window.Worker);
  await page.goto("./");
  await expect(page.locator("body")).toContainText("needs WebAssembly and Web Workers");
});
