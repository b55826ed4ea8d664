// Runs the benchmarks that need a browser, ours and plain JavaScript's in the same page, in
// turns, and leaves the figures in `window.figures`. Driven by `cargo xtask bench`.

import init, { our_sleeps, our_yields, spawn_local_yields } from "./bench_web.js";

const TASKS = 100;
const YIELDS = 1_000;
const ROUNDS = 9;
const SLEEPS = 1_000;
const SLEEP_ROUNDS = 5;

async function javascriptYields() {
  const began = performance.now();
  const yields = async () => {
    for (let i = 0; i < YIELDS; i++) await null;
  };
  await Promise.all(Array.from({ length: TASKS }, yields));
  return performance.now() - began;
}

function bareTimeouts(delays) {
  const sleep = (delay) =>
    new Promise((resolve) => {
      const began = performance.now();
      setTimeout(() => resolve(performance.now() - began - delay), delay);
    });
  return Promise.all(delays.map(sleep));
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

function lateness(all) {
  const sorted = all.toSorted((a, b) => a - b);
  return { p50_ms: quantile(sorted, 0.5), p99_ms: quantile(sorted, 0.99) };
}

// A fresh macrotask for each measurement, so that none pays for the one before.
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

async function run() {
  await init();
  const programs = {
    recorded_ms: () => our_yields(TASKS, YIELDS, true),
    unrecorded_ms: () => our_yields(TASKS, YIELDS, false),
    spawn_local_ms: () => spawn_local_yields(TASKS, YIELDS),
    javascript_ms: javascriptYields,
  };
  const figures = { yields: TASKS * YIELDS };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, program] of Object.entries(programs)) {
      await pause();
      figures[name] = Math.min(figures[name] ?? Infinity, await program());
    }
  }
  // Spread over a second, in an order that does not favour those asked first.
  const delays = Array.from({ length: SLEEPS }, (_, i) => 1 + ((i * 617) % 1000));
  const ours = [];
  const bare = [];
  for (let round = 0; round < SLEEP_ROUNDS; round++) {
    await pause();
    ours.push(lateness(await our_sleeps(Float64Array.from(delays))));
    await pause();
    bare.push(lateness(await bareTimeouts(delays)));
  }
  // Whatever else the machine does makes both late: the round that it disturbed least counts.
  const best = (rounds) => rounds.toSorted((a, b) => a.p99_ms - b.p99_ms)[0];
  figures.sleeps = { count: SLEEPS, ours: best(ours), set_timeout: best(bare) };
  return figures;
}

run().then(
  (figures) => (window.figures = figures),
  (error) => (window.figures = { error: String(error) }),
);
