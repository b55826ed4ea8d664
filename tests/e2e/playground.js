// The page as a reader uses it: names for what is on it, and waits for what happens.
import { expect } from "./fixtures.js";

export class Playground {
  constructor(page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.run = page.getByRole("button", { name: /^Run/ });
    this.stop = page.getByRole("button", { name: /^Stop/ });
    this.share = page.getByRole("button", { name: /^Share|^Link copied/ });
    this.lines = page.locator(".output").first().locator(".line");
    this.card = page.locator(".run.card").first();
    this.elapsed = this.card.locator(".elapsed");
    this.badge = this.card.locator(".badge");
    this.notices = page.locator(".notice p");
  }

  /** Opens a scenario; the preview of a demo that has one is there when this returns. */
  async open(fragment = "", { preview = true } = {}) {
    await this.page.goto(fragment ? `./#${fragment}` : "./");
    await expect(this.title).toBeVisible();
    if (preview) await expect(this.badge).toHaveText(/preview/);
  }

  /**
   * Presses keys in one task of the page, so that nothing can be rendered between them. They go to what has the focus,
   * as they would from a keyboard.
   */
  pressAtOnce(...keys) {
    return this.page.evaluate((keys) => {
      for (const key of keys) {
        const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(press);
      }
    }, keys);
  }

  field(label) {
    return this.page.getByRole("textbox", { name: label });
  }

  choose(name) {
    return this.page.getByRole("radio", { name, exact: true }).check({ force: true });
  }

  /** The texts of the output's lines, in order. */
  texts() {
    return this.lines.locator(".line-text").allTextContents();
  }

  /** Seconds at which each line was printed. */
  async times() {
    return (await this.lines.locator("time").allTextContents()).map(Number);
  }

  /** Runs live, and waits for the end, which may come before anybody saw it run; seconds that it took. */
  async runToEnd(seconds) {
    await this.run.click();
    await expect(this.badge).toHaveText("live");
    await expect(this.run).toBeVisible({ timeout: seconds * 1000 + 10_000 });
    // Where drawing takes long the page draws its parts one after the other.
    await expect(this.card.locator(".run-summary")).not.toHaveText(/^running/);
    await expect(this.page.getByRole("log").first()).toHaveAttribute("aria-live", "off");
    return Number.parseFloat(await this.elapsed.textContent());
  }
}
