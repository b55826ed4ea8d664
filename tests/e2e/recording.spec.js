// Recordings of real programs, opened in the page.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

/** `python -m interleave --instant crawler.py`, the program beside it. */
const CRAWLER = path.join(__dirname, "recordings/crawler.interleave");
const kept = (name) => path.join(__dirname, "../../python/tests/recordings", name);

const choose = (page, file) => page.getByLabel("Open a recording").setInputFiles(file);

test("a recording is seen with its lanes, its output, its loop and its source", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open("1/factorial");
  await choose(page, CRAWLER);
  await expect(playground.title).toHaveText("crawler.py");
  await expect(page).toHaveTitle(/crawler\.py/);
  await expect(page.locator(".title .lede")).toContainText("CPython 3.");
  // What the program printed, in its order.
  expect(await playground.texts()).toEqual([
    "start: asked",
    "start: 2 links",
    "news: asked",
    "news: 1 links",
    "about: asked",
    "about: 0 links",
    "today: asked",
    "today: 0 links",
    "done",
  ]);
  await expect(playground.elapsed).toHaveText("1.20 s");
  // The program's own source, with a mark where a task stands at a moment in the middle.
  await expect(page.locator(".source-panel")).toContainText("async def visit(page, room):");
  await page.keyboard.press("Shift+J");
  for (let i = 0; i < 3; i++) await page.keyboard.press("n");
  await expect(page.locator(".source-panel [data-who]").first()).toBeVisible();
  // There is nothing to run.
  await expect(page.getByRole("form", { name: "Parameters" })).toHaveCount(0);
  await page.keyboard.press("r");
  await expect(playground.title).toHaveText("crawler.py");

  await page.getByRole("button", { name: "Back to the demo" }).click();
  await expect(playground.title).toHaveText("Two factorials");
  await expect(playground.badge).toHaveText(/preview/);
});

test("a file can be dropped, and a demo takes its place again", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open("1/factorial");
  const bytes = [...(await readFile(CRAWLER))];
  const data = await page.evaluateHandle((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "crawler.interleave"));
    return data;
  }, bytes);
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(playground.title).toHaveText("crawler.py");
  await page.goto("./#1/weather");
  await expect(playground.title).toHaveText("The weather in three cities");
  await expect(playground.badge).toHaveText(/preview/);
});

test("what is no recording, or is damaged, is refused with a sentence, and nothing is lost", async ({ page }) => {
  const playground = new Playground(page);
  await playground.open("1/factorial?a=5");
  for (const [name, sentence] of [
    ["bad-a-picture.interleave", /does not begin with/],
    ["bad-bomb.interleave", /does not unpack/],
    ["bad-newer.interleave", /version 3/],
  ]) {
    await choose(page, kept(name));
    await expect(playground.notices.last()).toHaveText(sentence);
  }
  await expect(playground.title).toHaveText("Two factorials");
  expect(new URL(page.url()).hash).toContain("a=5");
  // A program that was killed is seen as far as it was recorded.
  await choose(page, kept("good-broken-off.interleave"));
  await expect(page.locator(".title .lede")).toContainText("breaks off in block 2");
});
