// Every demo of the gallery, as the page lists them, really runs: a new one is tested by being listed.
import { test, expect } from "./fixtures.js";
import { Playground, aloneAtTheEnd, taken } from "./playground.js";

/**
 * Settings in place of the defaults, with which demos show the same: of those that take long, in less time; of those
 * in which different sums of pauses come to the same moment, without that, since in real time the order is chance then.
 */
const INSTEAD = {
  "three-servers": "?latencies=200ms,2s,200ms",
  attention: "?film=3.2s&slices=2&notifications=700ms,2.2s",
  chess: "?opponents=3&masters-move=50ms&opponents-move=500ms&moves=2",
  "running-loop": "?delay=200ms",
  "pub-sub": "?slow=570ms",
  "web-server": "?handler-wait=550ms",
};

/** Demos that no setting frees from that: somebody begins to block when others are due too. Their lines come, in some order. */
const BY_CHANCE = ["blocking-call"];

/** A live run that takes longer than this at the defaults needs a setting of its own. */
const LONGEST_S = 6;

/** How many pages run demos at the same time: most demos wait most of the time. */
const PAGES = 8;

test.setTimeout(120_000);

// Hundreds of runs on eight pages make a record that takes longer to write than the runs.
test.use({ trace: "off" });

/** Slugs and titles, in the gallery's order. */
async function listed(page) {
  await page.goto("./");
  await taken(page);
  const links = page.getByRole("navigation", { name: "Demos" }).getByRole("link");
  await expect(links.first()).toBeVisible();
  return links.evaluateAll((links) =>
    links.map((link) => ({ slug: new URL(link.href).hash.replace(/^#1\//, ""), title: link.textContent.trim() })),
  );
}

/** Has several pages work off jobs; the messages of those that failed. */
async function workOff(context, jobs, work) {
  const failures = [];
  const left = [...jobs];
  const worker = async () => {
    const page = await context.newPage();
    for (let job = left.shift(); job; job = left.shift()) {
      await work(new Playground(page), job).catch((error) => failures.push(`${job.fragment}: ${error.message}`));
    }
    await page.close();
  };
  await Promise.all(Array.from({ length: PAGES }, worker));
  return failures;
}

/** What is on screen of a run: lines without the remarks, seconds, and how it ended if not as usual. */
async function shown(play) {
  const lines = play.lines.and(play.page.locator(":not(.note)")).locator(".line-text");
  return {
    lines: await lines.allTextContents(),
    seconds: Number((await play.card.locator(".elapsed").textContent()).match(/^([\d.]+) s$/)?.[1] ?? Infinity),
    ending: await play.card.locator(".ending b").allTextContents(),
  };
}

/** Opens a scenario, and returns what its preview says; `null` where there is none. */
async function preview(play, { fragment, title }) {
  // The page stays the same, and shows the scenario in place of the run before.
  const asked = aloneAtTheEnd(fragment);
  if (play.page.url() === "about:blank") await play.page.goto(`./#${asked}`);
  else await play.page.evaluate((asked) => (location.hash = `#${asked}`), asked);
  await taken(play.page);
  await expect(play.title).toHaveText(title);
  await expect(play.notices).toHaveCount(0);
  const none = play.page.locator(".no-preview").or(play.badge.filter({ hasText: /^recorded$/ }));
  await expect(none.or(play.badge.filter({ hasText: /preview/ }))).toBeVisible();
  return (await none.isVisible()) ? null : shown(play);
}

test("every demo runs live at its defaults, and prints what its preview said", async ({ page, context }) => {
  const demos = await listed(page);
  expect(demos.length).toBeGreaterThan(40);
  const jobs = demos.map((demo) => ({ ...demo, fragment: `1/${demo.slug}${INSTEAD[demo.slug] ?? ""}` }));
  const failures = await workOff(context, jobs, async (play, job) => {
    const said = await preview(play, job);
    if (said) expect(said.seconds, "it needs a setting in INSTEAD").toBeLessThanOrEqual(LONGEST_S);
    await play.runToEnd(LONGEST_S);
    const happened = await shown(play);
    expect(happened.ending).toEqual(said?.ending ?? []);
    const order = (lines) => (BY_CHANCE.includes(job.slug) ? lines.toSorted() : lines);
    if (said) expect(order(happened.lines)).toEqual(order(said.lines));
    else expect(happened.lines).not.toEqual([]);
  });
  expect(failures).toEqual([]);
});

/** The scenarios at the lower ends of a demo's fields, in each of its modes and with each of its switches turned. */
async function extremes(play, { slug, title }) {
  await preview(play, { fragment: `1/${slug}`, title });
  const fields = await play.page.locator("form.params input[type=text]").evaluateAll((fields) =>
    fields.map((field) => ({
      key: field.id.replace(/^param-/, ""),
      range: document.getElementById(`${field.id}-range`).textContent,
    })),
  );
  const modes = await play.page
    .locator("form.params :is(input, select)[name=mode]")
    .evaluateAll((modes) =>
      modes
        .flatMap((mode) => [...(mode.options ?? [mode])])
        .filter((mode) => mode.value !== "side-by-side")
        .map((mode) => `mode=${mode.value}`),
    );
  const switches = await play.page
    .locator("form.params .switch input")
    .evaluateAll((boxes) => boxes.map((box) => `${box.id.replace(/^param-/, "")}=${box.checked ? "no" : "yes"}`));

  /** A value as near to `wanted` as the field's range allows: "1 to 30 durations, each 0 s to 10 min". */
  const value = ({ key, range }, wanted) => {
    if (/characters$/.test(range)) return key === "address" ? "" : wanted.text;
    const [, least, unit, most] = range.match(/(?:each )?(-?[\d,]+)( ms| s| min| h)? to (-?[\d,]+)[^,]*$/);
    if (unit) return Number(least) > 0 ? least + unit : wanted.duration;
    const number = (text) => Number(text.replaceAll(",", ""));
    return Math.min(Math.max(number(least), wanted.number), number(most));
  };
  const all = (wanted) => fields.map((field) => `${field.key}=${encodeURIComponent(value(field, wanted))}`);
  const zero = all({ number: 0, duration: "0 s", text: "a" });
  const one = all({ number: 1, duration: "1 ms", text: "🎉\"'\\" });
  const variants = [...(modes.length ? modes : [null]), ...switches];
  const fragments = [zero, one].flatMap((setting) =>
    variants.map((variant) => `1/${slug}?${[...setting, variant].filter(Boolean).join("&")}`),
  );
  // A field whose range has neither has the same value twice.
  return [...new Set(fragments)].map((fragment) => ({ title, fragment }));
}

test("every demo ends at the lower ends of its parameters, in all its modes", async ({ page, context }) => {
  const jobs = (await listed(page)).map((demo) => ({ ...demo, fragment: demo.slug }));
  const failures = await workOff(context, jobs, async (play, demo) => {
    for (const scenario of await extremes(play, demo)) {
      const said = await preview(play, scenario).catch((error) => {
        throw new Error(`${scenario.fragment}: ${error.message}`);
      });
      await play.runToEnd(LONGEST_S);
      const { ending } = await shown(play);
      expect(ending, scenario.fragment).toEqual(said?.ending ?? []);
    }
  });
  expect(failures).toEqual([]);
});
