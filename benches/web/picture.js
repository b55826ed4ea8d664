// Zooms, pans and scrolls in the picture of a large run, a frame at a time, and leaves the figures
// in `window.figures`. A frame is all that the page does for it: answering the wheel, drawing,
// until the drawing is in pixels, and laying the page out.

import init, { show } from "./bench_picture.js";

const setting = new URLSearchParams(location.search);
const TASKS = Number(setting.get("tasks"));
const EVENTS = Number(setting.get("events"));
const ROUNDS = 2;
const STEPS = 60;

const after = new MessageChannel();

/** Does something, waits for the frame that shows it, and returns how many milliseconds both took. */
const frame = (act) =>
  new Promise((resolve) => {
    let began;
    // Callbacks come in the order in which they were asked for: before the picture's, and after it.
    requestAnimationFrame(() => (began = performance.now()));
    const acted = performance.now();
    act();
    const acted_ms = performance.now() - acted;
    requestAnimationFrame(() => {
      // What was drawn is in pixels once somebody asks for one.
      document.querySelector("canvas")?.getContext("2d").getImageData(0, 0, 1, 1);
      // A message comes when the rest of the frame is done.
      after.port1.onmessage = () => resolve(acted_ms + performance.now() - began);
      after.port2.postMessage(null);
    });
  });

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

async function run() {
  await init();
  const derived_ms = show(document.getElementById("root"), TASKS, EVENTS);
  for (let i = 0; i < 10; i++) await frame(() => {});
  const canvas = document.querySelector("canvas");
  const { left, top, height } = canvas.getBoundingClientRect();
  if (height < 400) throw new Error(`the picture is ${height} px high: it does not show the run`);
  const wheel = (options) => () =>
    canvas.dispatchEvent(
      new WheelEvent("wheel", { cancelable: true, clientX: left + 500, clientY: top + 120, ...options }),
    );
  const took = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let step = 0; step < STEPS; step++) {
      took.push(await frame(wheel({ ctrlKey: true, deltaY: -60 })));
      took.push(await frame(wheel({ shiftKey: true, deltaY: step % 2 ? 70 : -50 })));
    }
    for (let row = 0; row < STEPS / 2; row++) took.push(await frame(wheel({ deltaY: 40 })));
    for (let step = 0; step < STEPS; step++) took.push(await frame(wheel({ ctrlKey: true, deltaY: 60 })));
  }
  const sorted = took.toSorted((a, b) => a - b);
  return {
    derived_ms,
    frames: sorted.length,
    p50_ms: quantile(sorted, 0.5),
    p95_ms: quantile(sorted, 0.95),
    max_ms: sorted.at(-1),
  };
}

run().then(
  (figures) => (window.figures = figures),
  (error) => (window.figures = { error: String(error) }),
);
