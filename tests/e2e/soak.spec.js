// The attack in short. `cargo xtask soak` sets INTERLEAVE_SOAK, makes it at full length and collects the figures.
import { test, expect } from "./fixtures.js";
import * as soak from "./soak.js";

const full = Boolean(process.env.INTERLEAVE_SOAK);

/** Milliseconds and sizes are held where nothing else runs on the machine: in the soak. */
const report = (part, figures) => console.log(JSON.stringify({ soak: part, figures }));

if (full) test.describe.configure({ timeout: 3_600_000 });

test("a great many runs, every fifth of them stopped, leave nothing behind", async ({ page }) => {
  test.slow();
  const figures = await soak.runs(page, full ? 80 : 4);
  report("runs", figures);
  expect(figures.runs).toBeGreaterThanOrEqual(full ? 1_000 : 50);
  for (const { demo, early, late } of figures.blocks) {
    // An engine is asked for its memory between two runs, so one that is there always answers.
    expect(early.engineMib, demo).toBeGreaterThan(0);
    expect(late.engineMib, demo).toBeLessThanOrEqual(1.2 * early.engineMib);
    expect(late.workers, demo).toBeLessThanOrEqual(6);
  }
  const [first] = figures.blocks;
  // The widest run of any demo has to fit in too.
  if (full) expect(figures.end.pageMib).toBeLessThanOrEqual(1.2 * Math.max(...figures.blocks.map(({ early }) => early.pageMib)));
  expect(figures.end.scriptMib).toBeLessThanOrEqual(2 * first.early.scriptMib + 8);
});

test("Stop answers whatever the run is doing, and the next run begins", async ({ page }) => {
  test.slow();
  const rows = await soak.stops(page, full ? 100 : 3);
  report("stops", rows);
  expect(rows.map(({ kind }) => kind)).toEqual(Object.keys(soak.KINDS));
  if (!full) return;
  for (const row of rows) {
    expect.soft(row.stopP99, row.kind).toBeLessThanOrEqual(100);
    expect.soft(row.nextP99, row.kind).toBeLessThanOrEqual(300);
  }
});

test("a large run leaves the page's thread free enough to answer", async ({ page }) => {
  test.slow();
  const rows = await soak.frames(page);
  report("frames", rows);
  for (const { kind, events, frames, ...row } of rows) {
    expect.soft(events, kind).toBeGreaterThanOrEqual(row.atLeast);
    expect.soft(frames, kind).toBeGreaterThan(10);
    if (!full) continue;
    expect.soft(row.taskP95, kind).toBeLessThanOrEqual(50);
    expect.soft(row.gapP99, kind).toBeLessThanOrEqual(50);
  }
});

test("whatever kills a worker is told, and the next run is whole", async ({ page, complaints }) => {
  test.slow();
  const rows = await soak.kills(page, full ? 20 : 1);
  report("kills", rows);
  // That a worker failed is what was asked for.
  const others = complaints.filter((line) => !/made to fail|unreachable/.test(line));
  expect(others).toEqual([]);
  complaints.length = 0;
});

test("storms of switches, moves, history and sleeping tabs leave a page that works", async ({ page, complaints }) => {
  test.slow();
  const figures = await soak.storms(page, full ? { switches: 500, moves: 1_000, steps: 300 } : { switches: 60, moves: 100, steps: 30 });
  report("storms", figures);
  expect(figures.workers).toBeLessThanOrEqual(6);
  // A demo's source that is not wanted any more is not waited for.
  for (let at = complaints.length - 1; at >= 0; at -= 1) {
    if (/net::ERR_ABORTED/.test(complaints[at])) complaints.splice(at, 1);
  }
});
