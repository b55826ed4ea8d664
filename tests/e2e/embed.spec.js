// Demos in the frames of another site's page.
import { test, expect } from "./fixtures.js";

// A page of the world may not show one of this machine, as the tests' server is; a deployed one it may.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, args: [...launchOptions.args, "--disable-features=LocalNetworkAccessChecks"] });
  },
});

for (const [shows, seen, unseen] of [
  ["picture", [".picture-canvas"], [".lines", ".lesson", "form.params", ".top", ".gallery"]],
  ["output", [".picture-canvas", ".lines"], [".lesson", "form.params", ".top", ".gallery"]],
  ["steps", [".picture-canvas", ".lesson"], ["form.params", ".top", ".gallery"]],
]) {
  test(`a page of another site shows ${shows} of three demos in frames`, async ({ page, baseURL }) => {
    const frames = ["factorial", "cooking", "lost-update"];
    await page.route("http://blog.test/**", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!DOCTYPE html><title>A blog</title>${frames
          .map((slug) => `<iframe name="${slug}" src="${baseURL}${slug}.html?embed=${shows}&theme=dark#1/${slug}" width="720" height="420"></iframe>`)
          .join("")}`,
      }),
    );
    await page.goto("http://blog.test/");
    for (const slug of frames) {
      const frame = page.frame(slug);
      // Nothing is drawn in a frame that is out of sight.
      await page.locator(`iframe[name=${slug}]`).scrollIntoViewIfNeeded();
      await expect(frame.locator("html")).toHaveAttribute("data-live", "", { timeout: 60_000 });
      await expect(frame.locator("html")).toHaveAttribute("data-theme", "dark");
      for (const part of seen) await expect(frame.locator(`#live ${part}`).first(), `${slug} ${part}`).toBeVisible();
      for (const part of unseen) await expect(frame.locator(`#live ${part}`).first(), `${slug} ${part}`).toBeHidden();
      const link = frame.getByRole("link", { name: "Open in Interleave" });
      await expect(link).toHaveAttribute("href", new RegExp(`/${slug}\\.html#1/${slug}`));
      await expect(link).toHaveAttribute("target", "_blank");
    }
  });
}

test("a demo that is embedded rests where nobody sees it", async ({ page, baseURL }) => {
  await page.route("http://blog.test/**", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!DOCTYPE html><title>A blog</title><iframe name="demo" src="${baseURL}factorial.html?embed=output#1/factorial?delay=1min" width="720" height="420"></iframe><div style="height: 4000px"></div>`,
    }),
  );
  await page.goto("http://blog.test/");
  const frame = page.frame("demo");
  await expect(frame.locator("html")).toHaveAttribute("data-live", "", { timeout: 60_000 });
  await frame.getByRole("button", { name: "Play", exact: true }).click();
  await expect(frame.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  await page.evaluate(() => scrollTo(0, 3000));
  await expect(frame.getByRole("button", { name: "Play", exact: true })).toBeAttached();
});
