// Waits for the figures of bench.js, which measures by itself.
const { measure } = require("./browser.js");

measure(async (page, url) => {
  await page.goto(url);
  await page.waitForFunction(() => window.figures, null, { timeout: 300_000 });
  return page.evaluate(() => window.figures);
});
