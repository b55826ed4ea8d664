// What has to hold in every browser. Run by `cargo xtask test browsers` with Node's own test runner; Chromium comes first, and
// the others have to print what it prints.
const { after, before, describe, test } = require("node:test");
const assert = require("node:assert/strict");
const { Key } = require("selenium-webdriver");
const { source: axe } = require("axe-core");
const { start } = require("./browsers.js");

const { INTERLEAVE_URL, INTERLEAVE_BROWSERS } = process.env;
if (!INTERLEAVE_URL) throw new Error("run these tests with `cargo xtask test browsers`");

/** The functions with which a page is looked at, as text: they run in it. */
const IN_PAGE = `
  const until = (holds, what, ms = 30000) => new Promise((resolve, reject) => {
    const stop = () => { observer.disconnect(); clearTimeout(late); clearInterval(again); };
    const late = setTimeout(() => { stop(); reject(new Error("it did not come to be: " + what)); }, ms);
    const look = () => { const found = holds(); if (found) { stop(); resolve(found); } };
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true });
    const again = setInterval(look, 100);
    look();
  });
  const button = (name) => [...document.querySelectorAll("form.params button")].find((b) => b.textContent.startsWith(name));
  const card = () => document.querySelector(".stage .run");
  const text = (selector) => card()?.querySelector(selector)?.textContent ?? "";
  const lines = () => [...document.querySelectorAll(".output .line .line-text")].map((line) => line.textContent);
  const here = () => document.querySelector(".gallery [aria-current], nav [aria-current]")?.getAttribute("href").slice(1);
  const said = () => lines().length > 0 || document.querySelector(".no-preview");
  // Until the page is live its static twin is seen.
  const ended = () => "live" in document.documentElement.dataset && button("Run") && card() && !text(".run-summary").startsWith("running");
  const shows = (path) => until(() => ended() || document.querySelector(".no-preview"), "a preview of " + path);
  const go = async (fragment) => {
    const [path] = fragment.split("?");
    // What is shown of the same demo now could be taken for what the link says: another one comes between.
    if (here() === path) await go(path === "1/race" ? "1/factorial" : "1/race");
    location.hash = "#" + fragment;
    await until(() => here() === path, "the demo " + path);
    await shows(path);
    // Two versions come one after the other, in whatever order.
    const several = () => document.querySelector('form [value="side-by-side"]:checked') !== null;
    const cards = () => document.querySelectorAll(".stage .run").length;
    await until(() => cards() === (several() ? 2 : 1) || document.querySelector(".no-preview"), "all versions of " + path);
    await until(said, "lines of " + path);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  };
  const run = async () => {
    button("Run").click();
    await until(() => text(".badge") === "live" || text(".badge").startsWith("live"), "a live run");
    await until(ended, "the end of the run");
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return lines();
  };
`;

const reference = new Map();

/** Compares with what the first browser said. */
function same(key, value) {
  if (!reference.has(key)) reference.set(key, value);
  assert.deepEqual(value, reference.get(key), key);
}

/** Live runs whose order of lines does not depend on how late a timer is. */
const LIVE = [
  "1/factorial?delay=50ms&mode=async",
  "1/hello-blocking-async?delay=50ms&mode=blocking",
  "1/nested-await?delay=20ms&depth=6",
  "1/semaphore?stay=20ms",
  "1/event?after=30ms",
  "1/generators",
];

for (const browser of JSON.parse(INTERLEAVE_BROWSERS)) {
  describe(browser.name, () => {
    let session, stop;

    const inPage = (body, ...values) =>
      session
        .executeAsyncScript(
          `const done = arguments[arguments.length - 1];
           const values = arguments;
           (async () => { ${IN_PAGE} ${body} })().then((value) => done({ value }), (error) => done({ error: String(error.message ?? error) }));`,
          ...values,
        )
        .then(({ value, error }) => {
          if (error !== undefined) throw new Error(error);
          return value;
        });
    const open = (fragment = "") => session.get(`${INTERLEAVE_URL}${fragment && `#${fragment}`}`);
    const press = (...keys) => session.actions().sendKeys(...keys).perform();

    before(async () => {
      ({ session, stop } = await start(browser));
      await open();
    });
    after(() => stop?.());

    test(`${browser.name}: the page starts with a preview, a picture and lines`, async () => {
      const seen = await inPage(`
        await until(ended, "the first preview");
        const colours = () => {
          const canvas = document.querySelector(".stage canvas");
          if (!canvas?.width) return 0;
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(new Uint32Array(pixels.buffer)).size;
        };
        // A lane, its line, words: more than an empty canvas has.
        await until(() => colours() > 3, "a picture");
        await go(here() + "?at=end");
        return { title: document.querySelector("h1").textContent, lines: lines() };
      `);
      assert.ok(seen.lines.length > 0);
      same("start", { title: seen.title, lines: seen.lines });
    });

    test(`${browser.name}: every demo that can be previewed prints the same lines`, async () => {
      const slugs = await inPage(`
        await until(ended, "the first preview");
        return [...document.querySelectorAll("a[href^='#1/']")].map((link) => link.getAttribute("href").slice(1));
      `);
      assert.ok(slugs.length > 30, `${slugs.length} demos`);
      for (const slug of new Set(slugs)) {
        same(slug, await inPage(`await go(values[0] + "?at=end"); return lines();`, slug));
      }
    });

    test(`${browser.name}: live runs print the same lines`, async () => {
      for (const fragment of LIVE) same(fragment, await inPage(`await go(values[0]); return run();`, fragment));
    });

    test(`${browser.name}: a run with many short waits is not late`, async () => {
      // The least disturbed of three: the machine does other things too.
      let best = Infinity;
      for (let round = 0; round < 3; round += 1) {
        const { planned, took } = await inPage(`
          await go("1/cooking?mode=concurrent&at=end");
          const seconds = (text) => Number(text.match(/([\\d.]+) s/)[1]);
          const planned = seconds(text(".elapsed"));
          await run();
          return { planned, took: seconds(text(".elapsed")) };
        `);
        assert.ok(took >= planned - 0.01, `${took} s of at least ${planned} s`);
        best = Math.min(best, took / planned);
      }
      assert.ok(best < 1.12, `it took ${best} times as long as it should`);
    });

    test(`${browser.name}: Stop ends a run that blocks its thread, and the next one runs`, async () => {
      const seen = await inPage(`
        await go("1/hello-blocking-async?delay=1h&mode=blocking");
        button("Run").click();
        await until(() => button("Stop") && text(".badge").startsWith("live"), "a run");
        const pressed = performance.now();
        button("Stop").click();
        await until(() => ended() && card().querySelector('[role="alert"]'), "the end of the stopped run");
        const stopMs = performance.now() - pressed;
        await go("1/factorial?delay=10ms&mode=async");
        return { stopMs, lines: (await run()).length };
      `);
      assert.equal(seen.lines, 12);
      // Generous, as the machine does other things too.
      assert.ok(seen.stopMs < 5_000, `${seen.stopMs} ms`);
    });

    test(`${browser.name}: a link opens with its parameters, and says what it does not understand`, async () => {
      await session.get("about:blank");
      await open("1/factorial?b=5&mode=async&dely=1");
      same(
        "a link",
        await inPage(`
          await until(ended, "the preview");
          return { lines: lines(), notices: [...document.querySelectorAll(".notice p")].map((p) => p.textContent) };
        `),
      );
    });

    test(`${browser.name}: the keyboard finds a demo, closes the dialog and runs`, async () => {
      await session.get("about:blank");
      await open("1/hello-blocking-async?mode=async&delay=20ms");
      await inPage(`await until(ended, "the preview"); document.body.focus();`);
      await press("/");
      await inPage(`await until(() => document.querySelector("dialog[open] input"), "the dialog");`);
      await press("gath", Key.ESCAPE);
      await inPage(`await until(() => !document.querySelector("dialog[open]"), "the dialog closed");`);
      await press("r");
      await inPage(`await until(() => text(".badge").startsWith("live"), "a run"); await until(ended, "its end");`);
    });

    test(`${browser.name}: stacks can be switched, or a sentence says before Run that they cannot`, async () => {
      const seen = await inPage(`
        await go("1/greenlets");
        const can = "promising" in WebAssembly;
        const told = document.querySelector(".no-preview, .no-stacks")?.textContent ?? "";
        return { can, told, lines: can ? await run() : [] };
      `);
      if (seen.can) assert.ok(seen.lines.length > 0);
      else assert.match(seen.told, /cannot switch stacks/i);
    });

    test(`${browser.name}: axe finds nothing to report, of the page and of the dialog of Share`, async () => {
      await inPage(`await go("1/factorial?mode=async");`);
      await session.executeScript(axe);
      const report = `
        const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ": " + target));`;
      assert.deepEqual(await inPage(report), []);
      await inPage(`
        document.querySelector(".share button").click();
        await until(() => document.querySelector(".share-link img[src]"), "the dialog and its code");
        await until(() => document.getAnimations().length === 0, "its colours at rest");
      `);
      const reported = await inPage(report);
      await inPage(`
        document.querySelector(".share-dialog").close();
        await until(() => !document.querySelector(".share-dialog"), "the dialog closed");
      `);
      assert.deepEqual(reported, []);
    });

    test(`${browser.name}: a run that is saved is the same when it is opened`, async () => {
      const seen = await inPage(`
        await go("1/cooking?mode=concurrent&grill=60ms&chop=10ms");
        await run();
        const before = [...lines(), text(".elapsed")];
        // What would be saved is kept here instead.
        let saved;
        const { click } = HTMLAnchorElement.prototype;
        HTMLAnchorElement.prototype.click = function () { saved = { name: this.download, blob: fetch(this.href).then((answer) => answer.blob()) }; };
        document.querySelector(".share button").click();
        const save = (name) => [...document.querySelectorAll(".share-grid button")].find((b) => b.textContent.startsWith(name));
        (await until(() => save("Recording"), "the dialog")).click();
        await until(() => saved, "a file");
        HTMLAnchorElement.prototype.click = click;
        const blob = await saved.blob;
        document.querySelector(".share-dialog").close();
        await go("1/factorial?mode=async");
        const files = new DataTransfer();
        files.items.add(new File([blob], saved.name));
        const field = document.getElementById("recording");
        field.files = files.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
        await until(() => text(".badge") === "recorded", "the recorded run");
        await until(() => lines().length > 0, "its lines");
        return { name: saved.name, before, opened: [...lines(), text(".elapsed")] };
      `);
      assert.equal(seen.name, "cooking.interleave");
      assert.deepEqual(seen.opened, seen.before);
    });

    test(`${browser.name}: the site is kept for when there is no network, where the browser keeps anything`, async () => {
      const kept = await inPage(`
        if (!navigator.serviceWorker) return "this browser has no service workers";
        await until(() => "kept" in document.documentElement.dataset, "the site is kept", 60000);
        const answer = await caches.match(new URL("cooking.html", document.baseURI));
        return (await answer.text()).includes("One cook or two");
      `);
      assert.ok(kept === true || kept === "this browser has no service workers", String(kept));
    });

    test(`${browser.name}: a page shows a demo in a frame`, async () => {
      await session.get("about:blank");
      await session.get(`${INTERLEAVE_URL}factorial.html?embed=output&theme=dark#1/factorial?mode=async`);
      const seen = await inPage(`
        await until(ended, "the preview");
        const link = await until(() => document.querySelector(".embed-link"), "the link to the whole page");
        const isSeen = (selector) => document.querySelector("#live " + selector)?.getClientRects().length > 0;
        const parts = [".picture-canvas", ".lines", "form.params", ".top", ".gallery", ".side"];
        return { theme: document.documentElement.dataset.theme, seen: parts.filter(isSeen), link: link.hash, lines: lines() };
      `);
      assert.deepEqual(seen.seen, [".picture-canvas", ".lines"]);
      assert.equal(seen.theme, "dark");
      assert.equal(seen.link, "#1/factorial?mode=async");
      same("an embed", seen.lines);
    });
  });
}
