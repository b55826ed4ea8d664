// The browser that the benchmarks run in; `cargo xtask bench` says which.
const { chromium } = require("playwright-core");

const { INTERLEAVE_URL, INTERLEAVE_BROWSER, INTERLEAVE_BROWSER_FLAGS } = process.env;

/** Opens a page in Chromium, has it measured, and prints the figures as JSON. */
exports.measure = async (measurement) => {
  const browser = await chromium.launch({
    executablePath: INTERLEAVE_BROWSER,
    args: JSON.parse(INTERLEAVE_BROWSER_FLAGS),
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    console.log(JSON.stringify(await measurement(page, INTERLEAVE_URL)));
  } finally {
    await browser.close();
  }
};
