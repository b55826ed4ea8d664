// Writes the picture of each demo's link preview, 1200 x 630, with the browser of the tests: it has the letters that
// readers' browsers have. What to draw comes from the standard input, a line of JSON for each demo.
const fs = require("node:fs");
const path = require("node:path");
const { chromium } = require("playwright-core");

const { INTERLEAVE_BROWSER, INTERLEAVE_BROWSER_FLAGS } = process.env;
const [folder] = process.argv.slice(2);

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const html = ({ title, summary, pictures }) => `<!DOCTYPE html><meta charset="utf-8"><style>
  * { box-sizing: border-box }
  body { margin: 0; width: 1200px; height: 630px; padding: 44px 48px 32px; display: flex; flex-direction: column; gap: 14px;
    background: #f7f6f3; color: #1b2126; font: 27px/1.35 "DejaVu Sans", "Noto Sans", sans-serif; overflow: hidden }
  h1 { margin: 0; font-size: 50px; line-height: 1.15 }
  p { margin: 0; color: #515c65; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; flex: none }
  div { flex: 1; min-height: 0; display: flex; flex-direction: column; gap: 8px; padding: 14px; border-radius: 12px; background: #fff;
    border: 1px solid #e4e2db }
  div:empty { visibility: hidden }
  figure { flex: 0 1 auto; min-height: 0; margin: 0; overflow: hidden }
  figure > svg { display: block; width: 100%; height: auto }
  footer { color: #0a6c6c; font-weight: 700; font-size: 24px }
</style><h1>${escaped(title)}</h1><p>${escaped(summary.replaceAll("`", ""))}</p><div>${pictures.map((picture) => `<figure>${picture}</figure>`).join("")}</div>
<footer>Interleave: see how coroutines take turns</footer>`;

(async () => {
  const demos = fs.readFileSync(0, "utf8").trim().split("\n").map(JSON.parse);
  const browser = await chromium.launch({ executablePath: INTERLEAVE_BROWSER, args: JSON.parse(INTERLEAVE_BROWSER_FLAGS) });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 630 } });
    fs.mkdirSync(folder, { recursive: true });
    for (const demo of demos) {
      await page.setContent(html(demo));
      await page.screenshot({ path: path.join(folder, `${demo.slug}.png`) });
    }
  } finally {
    await browser.close();
  }
})();
