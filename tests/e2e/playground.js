// The page as a reader uses it: names for what is on it, and waits for what happens.
import { expect } from "./fixtures.js";

/** The version of each demo that has versions with which one of them is shown alone. */
const ALONE = {
  "as-completed": "completed",
  "blocking-call": "none",
  chess: "simultaneous",
  cooking: "concurrent",
  deadlock: "opposite",
  context: "context",
  factorial: "async",
  "gather-errors": "first",
  "graceful-shutdown": "deadline",
  "hello-blocking-async": "async",
  "lost-update": "none",
  priority: "priority",
  "rate-limit": "bucket",
  shield: "shield",
  "slow-consumer": "bounded",
  "task-group-errors": "each",
  "three-servers": "concurrent",
  "thundering-herd": "shared",
  "wait-for": "each",
  weather: "gathered",
  "web-server": "async",
};

/** The scenario with one version and the end of it, where it does not say otherwise. */
export function aloneAtTheEnd(fragment) {
  const [, slug, query = ""] = fragment.match(/^1\/([a-z-]+)(?:\?(.*))?$/) ?? [];
  if (!slug) return fragment;
  const parts = query.split("&").filter(Boolean);
  const says = (key) => parts.some((part) => part.startsWith(`${key}=`));
  if (ALONE[slug] && !says("mode") && !says("compare")) parts.push(`mode=${ALONE[slug]}`);
  if (!says("at")) parts.push("at=end");
  return `1/${slug}?${parts.join("&")}`;
}

/** Waits until the live page has taken the static one's place. */
export const taken = (page) => expect(page.locator("html")).toHaveAttribute("data-live", "");

export class Playground {
  constructor(page) {
    this.page = page;
    this.title = page.getByRole("heading", { level: 1 });
    this.run = page.getByRole("button", { name: /^Run/ });
    this.stop = page.getByRole("button", { name: /^Stop/ });
    this.share = page.getByRole("button", { name: /^Share$/ });
    this.lines = page.locator(".output").first().locator(".line");
    this.card = page.locator(".stage .run").first();
    this.elapsed = this.card.locator(".elapsed");
    this.badge = this.card.locator(".badge");
    this.notices = page.locator(".notice p");
  }

  /**
   * Opens a scenario; the preview of a demo that has one is there when this returns. Most tests look at one version,
   * at its end; with `asItComes` they see what a reader sees who opens the demo.
   */
  async open(fragment = "", { preview = true, asItComes = false } = {}) {
    const opened = asItComes ? fragment : aloneAtTheEnd(fragment);
    await this.page.goto(opened ? `./#${opened}` : "./");
    await taken(this.page);
    await expect(this.title).toBeVisible();
    if (preview) await expect(this.badge).toHaveText(/preview/);
    // What few need stands behind one button, and most tests are about that.
    if (preview && !asItComes) {
      const more = this.page.getByRole("button", { name: /^More: / });
      // A page that shows them already goes on to.
      if (await more.isVisible()) await more.click();
      // On a phone that button is further down.
      await this.page.evaluate(() => scrollTo(0, 0));
    }
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

  /** On a phone a field is there once its chip is open. */
  async openField(label) {
    const chip = this.page.locator(".chip-field summary", { hasText: label });
    if (await chip.count()) await chip.click();
    return this.field(label);
  }

  field(label) {
    return this.page.getByRole("textbox", { name: label });
  }

  /** Chooses one of a few, which are a menu where there is no room for all of them. */
  async choose(name) {
    const form = this.page.locator("form.params");
    const option = this.page.locator("option", { hasText: new RegExp(`^${name}$`) });
    const menu = form.locator("select[id^=param-]", { has: option });
    if (await menu.count()) await menu.selectOption({ label: name });
    else await form.getByRole("radio", { name, exact: true }).check({ force: true });
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
