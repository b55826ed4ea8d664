import { test, expect } from "./fixtures.js";

test("the page loads, and nothing in it is refused or fails", async ({ page }) => {
  await page.goto("./");
  await expect(page).toHaveTitle(/Interleave/);
  await page.waitForLoadState("networkidle");
});

test("the policy is in force, by header and without headers", async ({ page, complaints }) => {
  const response = await page.goto("./");
  const header = response.headers()["content-security-policy"];
  expect(header).toContain("script-src 'self' 'wasm-unsafe-eval';");
  const inPage = await page
    .locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute("content");
  expect(header).toBe(`${inPage}; frame-ancestors 'self'`);

  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inlineScriptRan = true";
    document.body.append(script);
  });
  expect(await page.evaluate(() => window.inlineScriptRan)).toBeUndefined();
  await expect.poll(() => complaints.join("\n")).toContain("policy: script-src-elem forbids inline");
  complaints.length = 0;
});

test("each file is fetched once, compressed, and may be kept unless its name stays", async ({ page }) => {
  const responses = [];
  page.on("response", (response) => responses.push(response));
  await page.goto("./");
  await page.waitForLoadState("networkidle");

  const paths = responses.map((response) => new URL(response.url()).pathname).sort();
  expect(paths).toEqual([...new Set(paths)]);
  expect(paths.some((path) => path.endsWith(".wasm"))).toBe(true);
  for (const response of responses) {
    const path = new URL(response.url()).pathname;
    const headers = response.headers();
    expect(headers["cache-control"], path).toBe(
      path === "/" ? "no-cache" : "public, max-age=31536000, immutable",
    );
    if (/\.(js|wasm)$/.test(path)) expect(headers["content-encoding"], path).toBe("br");
  }
});
