import { test, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

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
  expect(header).toBe(`${inPage}; frame-ancestors *`);

  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inlineScriptRan = true";
    document.body.append(script);
  });
  expect(await page.evaluate(() => window.inlineScriptRan)).toBeUndefined();
  await expect.poll(() => complaints.join("\n")).toContain("policy: script-src-elem forbids inline");
  complaints.length = 0;
});

test("files come compressed, may be kept unless their name stays, and wasm comes once", async ({
  page,
}) => {
  const responses = new Map();
  let wasmFiles = 0;
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    responses.set(pathname, response);
    // Workers ask for scripts again, and get them from the cache; the compiled module they are given.
    if (pathname.endsWith(".wasm")) wasmFiles += 1;
  });
  await page.goto("./");
  await page.waitForLoadState("networkidle");

  // The page's own, and the engine of the demo that is shown.
  expect(wasmFiles).toBe(2);
  for (const [path, response] of responses) {
    const headers = response.headers();
    expect(headers["cache-control"], path).toBe(
      /-[0-9a-f]{10,16}[._]/.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
    );
    if (/\.(js|css|wasm)$/.test(path)) expect(headers["content-encoding"], path).toBe("br");
  }
});

test("the search finds a demo by its title and by what its text says", async ({ page }) => {
  await new Playground(page).open();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search the demos" });
  const found = page.getByRole("listbox", { name: "Demos found" }).getByRole("option");
  await field.fill("grandmaster");
  await expect(found.first()).toContainText("A grandmaster against many");
  // Only the text beside the demo says so, and that is fetched when somebody searches.
  await field.fill("hatched alternate");
  await expect(found).toHaveCount(1);
  await field.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Two factorials");
});
