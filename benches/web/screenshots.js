// Makes the pictures of docs/screenshots: the front door as a reader meets it, a comparison that ran live,
// a recording of a real program, and a phone.
const path = require("node:path");
const { measure } = require("./browser.js");

const FOLDER = path.join(__dirname, "../../docs/screenshots");
const RECORDING = path.join(__dirname, "../../tests/e2e/recordings/crawler.interleave");
const SHOTS = [
  { name: "light", scenario: "1/lost-update", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", scenario: "1/factorial", runs: true, width: 1440, height: 900, colorScheme: "dark" },
  { name: "recording", scenario: "1/factorial", opens: true, width: 1440, height: 900, colorScheme: "light" },
  { name: "phone", scenario: "1/lost-update", width: 390, height: 844, colorScheme: "light" },
];

measure(async (page, url) => {
  const written = [];
  for (const { name, scenario, runs, opens, width, height, colorScheme } of SHOTS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("about:blank");
    await page.goto(`${url}#${scenario}`);
    await page.locator(".step.on").waitFor();
    if (runs) {
      await page.locator("#run").click();
      await page.getByRole("button", { name: "Run again" }).waitFor({ timeout: 30_000 });
    }
    if (opens) {
      await page.locator("input[type=file]").setInputFiles(RECORDING);
      await page.getByRole("heading", { name: "crawler.py" }).waitFor();
    }
    // Drawn, with what the fonts and the last frame changed.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const file = path.join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    written.push(`docs/screenshots/${name}.png`);
  }
  return { written };
});
