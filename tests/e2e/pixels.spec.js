// What the picture looks like: the canvas of five demos, in both themes and at four widths, beside what was kept in
// pixels/. The instant clock makes each of them the same on every machine.
//
// A change that is meant is kept by `cargo xtask test e2e pixels --update-snapshots`; look at the new files first.
import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

const DEMOS = ["hello-blocking-async?mode=blocking", "factorial", "queue-workers", "deadlock", "cooking"];
const WIDTHS = [1440, 1280, 768, 360];

/**
 * Machines have other fonts, and their letters differ by more pixels than a bar in a wrong colour does. So each letter
 * is drawn as a box here: where words stand, how long they are and their colours are compared, but not their shapes.
 */
function drawWordsAsBoxes() {
  const LETTER = 7;
  const context = CanvasRenderingContext2D.prototype;
  context.measureText = (text) => ({ width: text.length * LETTER });
  context.fillText = function (text, x, y) {
    const width = text.length * LETTER;
    const left = { center: width / 2, right: width, end: width }[this.textAlign] ?? 0;
    for (let at = 0; at < text.length; at += 1) {
      if (text[at] !== " ") this.fillRect(x - left + at * LETTER, y - 4, LETTER - 2, 6);
    }
  };
}

/**
 * How much may differ: single pixels that another browser smooths in another way. Another shade of green for the bars of
 * tasks that run is 200 pixels in the picture that has the fewest of them.
 */
const TOLERANCE = { maxDiffPixels: 30, threshold: 0.05 };

for (const width of WIDTHS) {
  for (const colorScheme of ["dark", "light"]) {
    test.describe(`${width} px, ${colorScheme}`, () => {
      test.use({ viewport: { width, height: 900 }, colorScheme, deviceScaleFactor: 1 });
      for (const demo of DEMOS) {
        const [slug] = demo.split("?");
        test(`${slug} looks as before`, async ({ page }) => {
          await page.addInitScript(drawWordsAsBoxes);
          const play = new Playground(page);
          await play.open(`1/${demo}`);
          const canvas = page.locator(".picture-canvas").first();
          // It is as high as its rows once it is drawn.
          await expect(canvas).toHaveAttribute("style", /height/);
          await expect(canvas).toHaveScreenshot(`${slug}-${width}-${colorScheme}.png`, TOLERANCE);
        });
      }
    });
  }
}
