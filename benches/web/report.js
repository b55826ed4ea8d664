// Writes docs/benchmarks.md from the figures, which `cargo xtask bench` gives as JSON.
const { native, web, page } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));

const rows = (list, row) => list.map((entry) => `| ${row(entry).join(" | ")} |`).join("\n");

const polls = rows(
  [
    ["tokio, current thread, paused time", native.tokio_per_s],
    ["ours, not recording", native.unrecorded_per_s],
    ["ours, recording", native.recorded_per_s],
  ],
  ([name, perS]) => [name, (perS / 1e6).toFixed(1), (native.tokio_per_s / perS).toFixed(2)],
);

const yields = rows(
  [
    ["JavaScript async functions", web.javascript_ms],
    ["plain `spawn_local`", web.spawn_local_ms],
    ["ours, not recording", web.unrecorded_ms],
    ["ours, recording", web.recorded_ms],
  ],
  ([name, ms]) => [name, ms.toFixed(1), (ms / web.javascript_ms).toFixed(2)],
);

const sleeps = rows(
  [
    ["bare `setTimeout`", web.sleeps.set_timeout],
    ["ours, recording", web.sleeps.ours],
  ],
  ([name, late]) => [name, late.p50_ms.toFixed(1), late.p99_ms.toFixed(1)],
);

const { large, small } = web.picture;
const pictures = rows([large, small], (run) => [
  `${run.tasks} tasks, ${run.events} events`,
  run.derived_ms.toFixed(0),
  ...[run.p50_ms, run.p95_ms, run.max_ms].map((ms) => ms.toFixed(1)),
]);

console.log(`# Benchmarks

Written by \`cargo xtask bench\`. Each table is from one run on one machine, so look at the ratios.

## Polls per second, natively

1,000 tasks that each yield 1,000 times.

| program | million polls per second | time, tokio = 1 |
| --- | --: | --: |
${polls}

To reach: at most 1.00 without recording, at most 2.00 with.

## Yields in Chromium

${web.yields} yields by 100 tasks, live.

| program | ms | time, JavaScript = 1 |
| --- | --: | --: |
${yields}

To reach: at most 1.00 without recording. Recording reads the browser's clock twice a poll.

## Lateness of 1,000 sleeps in Chromium

1 to 1,000 ms, all at once; of 5 rounds each the least disturbed.

| program | p50, ms | p99, ms |
| --- | --: | --: |
${sleeps}

To reach: p99 within 0.5 ms of bare \`setTimeout\`.

## The picture of a large run in Chromium

${large.frames} frames of zooming, panning and scrolling; the wheel, script, drawing and layout of each.

| run | all views derived, ms | frame p50, ms | p95, ms | longest, ms |
| --- | --: | --: | --: | --: |
${pictures}

The larger run's median frame takes ${(large.p50_ms / small.p50_ms).toFixed(2)} times the smaller's.
Natively its trace and views take ${native.views.bytes_per_event.toFixed(1)} bytes an event, all are derived in
${native.views.derived_ms.toFixed(0)} ms, and the longest step back in the loop's state takes ${native.views.back_ms.toFixed(1)} ms; to reach: at most 500 and
16 ms.

To reach with the larger: views within 500 ms, p95 within 16.7 ms, a ratio near 1 for ten times the events, 64 bytes an event.

## The page in Chromium

| what | figure | to reach |
| --- | --: | --: |
${rows(page.rows, (row) => [row.what, row.figure, row.to_reach])}`);
