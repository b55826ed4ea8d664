// Run by `cargo xtask test e2e`, which serves the built page, finds the browser and says both here.
import { defineConfig } from "@playwright/test";

const { INTERLEAVE_URL, INTERLEAVE_BROWSER, INTERLEAVE_BROWSER_FLAGS } = process.env;
if (!INTERLEAVE_URL) throw new Error("run these tests with `cargo xtask test e2e`");

export default defineConfig({
  testDir: ".",
  outputDir: "results",
  // One picture for every machine and browser.
  snapshotPathTemplate: "{testDir}/pixels/{arg}{ext}",
  // The tests look at time: a second browser beside the first would only slow both down.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  // A machine that compiles beside the tests is slow to start a page; nothing here asserts speed.
  expect: { timeout: 20_000 },
  timeout: 60_000,
  use: {
    baseURL: INTERLEAVE_URL,
    // What a test answers in the network's place must not come from what an earlier page kept.
    serviceWorkers: "block",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: INTERLEAVE_BROWSER,
      args: JSON.parse(INTERLEAVE_BROWSER_FLAGS),
    },
  },
});
