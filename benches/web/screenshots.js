// Makes the pictures of docs/screenshots: a comparison that ran live, in both themes, and on a phone.
const path = require("node:path");
const { measure } = require("./browser.js");

const FOLDER = path.join(__dirname, "../../docs/screenshots");
const SCENARIO = "1/factorial?compare=blocking";
const SHOTS = [
  { name: "dark", width: 1440, height: 1000, colorScheme: "dark" },
  { name: "light", width: 1440, height: 1000, colorScheme: "light" },
  { name: "phone", width: 390, height: 1500, colorScheme: "light" },
];

measure(async (page, url) => {
  const written = [];
  for (const { name, width, height, colorScheme } of SHOTS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.goto("about:blank");
    await page.goto(`${url}#${SCENARIO}`);
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.locator(".difference").waitFor({ timeout: 30_000 });
    await page.getByRole("button", { name: "Run again" }).waitFor();
    const file = path.join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    written.push(`docs/screenshots/${name}.png`);
  }
  return { written };
});
