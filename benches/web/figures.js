// Waits for the figures of bench.js and picture.js, which measure by themselves.
const { measure } = require("./browser.js");

/** The runs whose pictures are moved in: the largest there is, and a tenth of it. */
const RUNS = {
  large: { tasks: 10_000, events: 1_000_000 },
  small: { tasks: 1_000, events: 100_000 },
};

measure(async (page, url) => {
  const figuresOf = async (address) => {
    await page.goto(address);
    await page.waitForFunction(() => window.figures, null, { timeout: 300_000 });
    const figures = await page.evaluate(() => window.figures);
    if (figures.error) throw new Error(figures.error);
    return figures;
  };
  const figures = { ...(await figuresOf(url)), picture: {} };
  for (const [name, { tasks, events }] of Object.entries(RUNS)) {
    const measured = await figuresOf(`${url}picture.html?tasks=${tasks}&events=${events}`);
    figures.picture[name] = { tasks, events, ...measured };
  }
  return figures;
});
