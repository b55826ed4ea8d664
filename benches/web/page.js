// Measures the built page from outside: how soon a changed parameter shows in two pictures with lesson, labels and values.
const { measure } = require("./browser.js");

const CHANGES = 60;

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];

measure(async (page, url) => {
  // Two versions with a lesson, labels and values.
  await page.goto(`${url}#1/lost-update`);
  await page.locator(".step.on").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".stage .run .elapsed").length === 2);
  // From the event of typing to the frame after the new picture: what a reader waits for.
  const changes = await page.evaluate(async (count) => {
    const field = document.getElementById("param-pause");
    const elapsed = () => document.querySelector(".elapsed")?.textContent;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const took = [];
    for (let i = 0; i < count; i++) {
      const seconds = 2 + i;
      const began = performance.now();
      field.value = `${seconds} s`;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      const before = elapsed();
      while (elapsed() === before) await frame();
      await frame();
      took.push(performance.now() - began);
    }
    return took;
  }, CHANGES);
  return {
    rows: [
      {
        what: "a changed parameter shows in the picture (median of 60)",
        figure: `${median(changes).toFixed(0)} ms`,
        to_reach: "50 ms",
      },
    ],
  };
});
