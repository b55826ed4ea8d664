// Records the demos that need a browser, as they are at first: src/demos/NAME.trace is what a reader sees
// of one before the first run. The batches of the run, each behind its length in four bytes.
const { writeFile } = require("node:fs/promises");
const path = require("node:path");
const { measure } = require("./browser.js");

const FOLDER = path.join(__dirname, "../../src/demos");

measure(async (page, url) => {
  // The batches of the run that Run began: no other is shown meanwhile.
  await page.addInitScript(() => {
    window.batches = [];
    window.Worker = class extends Worker {
      constructor(...options) {
        super(...options);
        this.addEventListener("message", ({ data }) => {
          if (Array.isArray(data) && data[1] instanceof ArrayBuffer) window.batches.push([...new Uint8Array(data[1])]);
        });
      }
    };
  });
  const written = {};
  await page.goto(url);
  const links = page.locator(".gallery a");
  await links.first().waitFor();
  for (const link of await links.evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
    const slug = link.slice("#1/".length);
    await page.goto("about:blank");
    await page.goto(`${url}${link}`);
    const run = page.locator("#run");
    await run.waitFor();
    const shown = page.locator(".no-preview, .run .badge").first();
    if ((await shown.textContent()) === "preview") continue;
    await page.evaluate(() => (window.batches.length = 0));
    await run.click();
    await page.getByRole("button", { name: "Run again" }).waitFor({ timeout: 60_000 });
    const batches = (await page.evaluate(() => window.batches)).map(Buffer.from);
    const parts = batches.flatMap((batch) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(batch.length);
      return [length, batch];
    });
    const bytes = Buffer.concat(parts);
    const name = `${slug.replaceAll("-", "_")}.trace`;
    await writeFile(path.join(FOLDER, name), bytes);
    written[name] = bytes.length;
  }
  return written;
});
