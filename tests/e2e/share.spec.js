// What leaves the page: links in several forms, files of what is on screen, and demos in the frames of other pages.
import { readFile } from "node:fs/promises";
import { test, expect } from "./fixtures.js";
import { Playground, taken } from "./playground.js";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const dialogOf = (page) => page.getByRole("dialog", { name: "Share" });

async function openShare(page) {
  await new Playground(page).share.click();
  const dialog = dialogOf(page);
  await expect(dialog).toBeVisible();
  return dialog;
}

/** What a button of the dialog saves: its name and its bytes. */
async function saved(page, name) {
  const coming = page.waitForEvent("download");
  await dialogOf(page).getByRole("button", { name }).click();
  const download = await coming;
  return [download.suggestedFilename(), await readFile(await download.path())];
}

/** What the pictures look like, as numbers. */
const pixels = (page) =>
  page.locator("#live canvas.picture-canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let at = 0; at < data.length; at += 1) sum = (sum * 31 + data[at]) % 1_000_000_007;
      return `${canvas.width}x${canvas.height} ${sum}`;
    }),
  );

test("a link is offered in four forms and as a code, and is data in each", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/event-loop?tasks=4&at=0.5s");
  const dialog = await openShare(page);
  const text = dialog.getByRole("textbox", { name: "Link" });
  await expect(text).toHaveValue(/event-loop\.html#1\/event-loop\?tasks=4&at=500ms$/);
  await expect(dialog).toContainText(/The link has \d+ characters\./);
  await expect(dialog.getByAltText("The link as a QR code")).toHaveAttribute("src", /^data:image\/svg/);
  await dialog.getByText("As it is shown now").click();
  await expect(text).toHaveValue(/#1\/event-loop\?tasks=4$/);
  const forms = {
    Markdown: /^\[The event loop, turn by turn\]\(http.*tasks=4\)$/,
    HTML: /^<a href="http[^"]*tasks=4">The event loop, turn by turn<\/a>$/,
    Embed: /^<iframe src="http[^"]*embed=picture#1\/event-loop\?tasks=4" title="The event loop, turn by turn" width="720" height="420" loading="lazy"/,
  };
  for (const [name, expected] of Object.entries(forms)) {
    await dialog.getByRole("radio", { name }).check({ force: true });
    await expect(text).toHaveValue(expected);
    await dialog.getByRole("button", { name: "Copy" }).click();
    await expect(dialog.getByRole("status")).toHaveText(`${name} copied.`);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(expected);
  }
  await dialog.getByLabel("Its colours").selectOption("dark");
  await dialog.getByLabel("Width in pixels").fill("99999");
  await expect(text).toHaveValue(/theme=dark.*width="2000"/);
  // What is pressed in the dialog is not the page's; Escape closes it, and the focus is where it was.
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(play.share).toBeFocused();
});

test("what is on screen is saved in each form", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?mode=async");
  const lines = await play.texts();
  await openShare(page);

  const [svgName, svg] = await saved(page, /^Picture SVG/);
  expect(svgName).toBe("factorial.svg");
  const size = await page.evaluate((text) => {
    const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
    if (root.querySelector("parsererror") || root.querySelector("script, [href], [style]")) return undefined;
    return { width: Number(root.getAttribute("width")), height: Number(root.getAttribute("height")), words: root.textContent };
  }, svg.toString());
  expect(size.words).toContain("Two factorials");
  expect(size.words).toContain("main");

  const [pngName, png] = await saved(page, /^Picture PNG/);
  expect(pngName).toBe("factorial.png");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  // Twice as many pixels each way.
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * size.width, 2 * size.height]);

  const [, output] = await saved(page, /^Output/);
  for (const line of lines) expect(output.toString()).toContain(line);
  const [, csv] = await saved(page, /^Events/);
  expect(csv.toString().split("\r\n").length).toBeGreaterThan(30);
  const [, markdown] = await saved(page, /^Summary/);
  expect(markdown.toString()).toMatch(/^#+ .*Two factorials/m);
  const [, trace] = await saved(page, /^Trace/);
  const { traceEvents } = JSON.parse(trace.toString());
  expect(traceEvents.filter(({ name, ph }) => ph === "M" && name === "thread_name").length).toBeGreaterThan(2);
});

test("an animation of the cursor going through time is saved, and says how far it is", async ({ page }) => {
  test.slow();
  const play = new Playground(page);
  await play.open("1/factorial?mode=async");
  const dialog = await openShare(page);
  const coming = page.waitForEvent("download", { timeout: 90_000 });
  await dialog.getByRole("button", { name: /^Animation/ }).click();
  await expect(dialog.getByRole("status")).toHaveText(/^(Drawing picture \d+ of 60|Recording 6 seconds) …$/);
  const video = await coming;
  expect(video.suggestedFilename()).toBe("factorial.webm");
  const bytes = await readFile(await video.path());
  // What a WebM file begins with, and more than one picture.
  expect(bytes.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
  expect(bytes.length).toBeGreaterThan(20_000);
});

test("a run that is saved and opened by somebody else is the same, cursor and all", async ({ page, browser }, { project }) => {
  const play = new Playground(page);
  await play.open("1/cooking?mode=concurrent&grill=300ms&chop=20ms");
  await play.runToEnd(1);
  // Somewhere in its middle.
  await page.keyboard.press("Shift+J");
  await page.getByRole("textbox", { name: /go to/i }).fill("event 20");
  await page.keyboard.press("Enter");
  await expect(page.locator(".moment")).toContainText("event 20");
  await page.mouse.move(0, 0);
  const before = { lines: await play.texts(), elapsed: await play.elapsed.textContent(), pixels: await pixels(page) };
  await openShare(page);
  const [name, bytes] = await saved(page, /^Recording/);
  expect(name).toBe("cooking.interleave");

  const { baseURL, ...options } = project.use;
  const context = await browser.newContext({ ...options, baseURL });
  try {
    const other = await context.newPage();
    const theirs = new Playground(other);
    await theirs.open("1/factorial");
    await other.getByLabel("Open a recording").setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
    await expect(theirs.title).toHaveText("One cook or two");
    await expect(theirs.badge).toHaveText("recorded");
    await expect(theirs.elapsed).toHaveText(before.elapsed);
    expect(await theirs.texts()).toEqual(before.lines);
    await expect(other.locator(".moment")).toContainText("event 20");
    await other.mouse.move(0, 0);
    await expect.poll(() => pixels(other)).toEqual(before.pixels);
    // It can be run anew where it stands.
    await theirs.runToEnd(1);
  } finally {
    await context.close();
  }
});

test("Perfetto's page is given the trace when it says that it listens", async ({ page, context }) => {
  // Its page, as far as its documentation says what it does.
  await context.route("https://ui.perfetto.dev/**", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<script>addEventListener("message", ({ data, source }) => {
        if (data === "PING") source.postMessage("PONG", "*");
        else document.title = data.perfetto.title + " " + JSON.parse(new TextDecoder().decode(data.perfetto.buffer)).traceEvents.length;
      });</script>`,
    }),
  );
  const play = new Playground(page);
  await play.open("1/factorial");
  const dialog = await openShare(page);
  const opened = context.waitForEvent("page");
  await dialog.getByRole("button", { name: /^Open in Perfetto/ }).click();
  await expect(await opened).toHaveTitle(/^Two factorials \d{2,}$/);
  await expect(dialog.getByRole("status")).toHaveText("Perfetto has it.");
});

test("a program for it that does not come is told, and the page goes on", async ({ page, complaints }) => {
  const play = new Playground(page);
  await play.open("1/factorial");
  await page.route(/parts\/share-/, (route) => route.abort());
  await play.share.click();
  await expect(play.notices.first()).toHaveText(/^That could not be loaded/);
  complaints.length = 0;
  await page.unroute(/parts\/share-/);
  await play.runToEnd(3);
});

test("the dialog fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("./#1/factorial?mode=async");
  await taken(page);
  const dialog = await openShare(page);
  const parts = dialog.locator(".share-parts");
  expect(await parts.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  for (const button of await dialog.getByRole("button").all()) {
    await button.scrollIntoViewIfNeeded();
    const { x, width } = await button.boundingBox();
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(390);
  }
});

test("what is pressed in the dialog is not the page's: Escape closes it and stops no run", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?mode=async&delay=1min");
  await play.run.click();
  await expect(play.stop).toBeVisible();
  // Two presses are one dialog.
  await play.share.dblclick();
  const dialog = dialogOf(page);
  await expect(dialog).toHaveCount(1);
  await dialog.getByRole("heading", { name: "Take it away" }).click();
  await page.keyboard.press("s");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(play.stop).toBeVisible();
  await page.keyboard.press("s");
  await expect(play.run).toBeVisible();
});

test("a browser keeps what was run in it, shows it again, and forgets all when it is told to", async ({ page }) => {
  const play = new Playground(page);
  await play.open("1/factorial?mode=async&delay=20ms");
  await play.runToEnd(1);
  const lines = await play.texts();
  await page.goto("./#1/event?waiters=3&after=1ms");
  await expect(play.title).toHaveText("One signal for many");
  await play.runToEnd(1);
  await page.reload();
  await taken(page);
  let dialog = await openShare(page);
  await dialog.getByText("Runs that this browser keeps (2)").click();
  await expect(dialog.getByRole("listitem").first()).toContainText("One signal for many");
  const older = dialog.getByRole("listitem").nth(1);
  await expect(older).toContainText("Two factorials");
  await older.getByRole("button").click();
  await expect(dialog).toHaveCount(0);
  await expect(play.badge).toHaveText("recorded");
  expect(await play.texts()).toEqual(lines);
  // What is only looked at again is not kept once more.
  dialog = await openShare(page);
  await dialog.getByText("Runs that this browser keeps (2)").click();
  await dialog.getByRole("button", { name: "Forget everything kept here" }).click();
  await expect(dialog.getByRole("status")).toContainText("keeps nothing");
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test("a store that is full or refused disturbs no run", async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  const play = new Playground(page);
  await play.open("1/factorial?mode=async&delay=20ms");
  await play.runToEnd(1);
  const dialog = await openShare(page);
  await expect(dialog).toContainText("Take it away");
  await expect(dialog).not.toContainText("Runs that this browser keeps");
});
