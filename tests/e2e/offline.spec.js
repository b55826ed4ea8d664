// The page keeps itself for when there is no network.
import { test, expect } from "./fixtures.js";
import { Playground, taken } from "./playground.js";

test.use({ serviceWorkers: "allow" });

/** Opens a demo and waits until the whole site is kept. */
async function keep(page, address) {
  await page.goto(address);
  await taken(page);
  await expect(page.locator("html")).toHaveAttribute("data-kept", "", { timeout: 60_000 });
}

test("without a network the page is loaded anew, and other demos run", async ({ page, context, complaints }) => {
  test.slow();
  const play = new Playground(page);
  await keep(page, "./#1/hello-blocking-async?mode=async&delay=10ms");
  await context.setOffline(true);
  await page.reload();
  await taken(page);
  await expect(play.badge).toHaveText(/preview/);
  await play.runToEnd(1);
  // One that this browser has never opened, by its own page.
  await page.goto("./cooking.html#1/cooking?mode=concurrent&grill=100ms&chop=10ms");
  await taken(page);
  await expect(play.title).toHaveText("One cook or two");
  await play.runToEnd(1);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("dialog", { name: "Share" }).getByAltText("The link as a QR code")).toHaveAttribute("src", /svg/);
  await context.setOffline(false);
  // What was asked of the network in vain.
  for (let at = complaints.length - 1; at >= 0; at -= 1) {
    if (/ERR_INTERNET_DISCONNECTED|sw\.js/.test(complaints[at])) complaints.splice(at, 1);
  }
});

test("a newer version is offered, and loaded only by the reader's wish", async ({ page }) => {
  test.slow();
  await keep(page, "./#1/factorial");
  // To the browser a worker from another address is another version.
  await page.evaluate(() => navigator.serviceWorker.register("sw.js?newer"));
  const offer = page.locator(".offer");
  await expect(offer).toContainText("A newer version of Interleave is here.");
  await page.evaluate(() => (window.isOld = true));
  await offer.getByRole("button", { name: "Later" }).click();
  await expect(offer).toHaveCount(0);
  expect(await page.evaluate(() => window.isOld)).toBe(true);
  const isControlledBy = () => page.evaluate(() => navigator.serviceWorker.controller.scriptURL);
  expect(await isControlledBy()).toMatch(/sw\.js$/);

  await page.evaluate(() => navigator.serviceWorker.register("sw.js?newest"));
  await offer.getByRole("button", { name: "Load it" }).click();
  await expect.poll(() => page.evaluate(() => window.isOld ?? false).catch(() => true)).toBe(false);
  await taken(page);
  expect(await isControlledBy()).toMatch(/sw\.js\?newest$/);
});
