// The browsers in which the page is tried beside Chromium's own tests, each behind its WebDriver.
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const net = require("node:net");
const { Builder, Capabilities } = require("selenium-webdriver");

/** A port of this machine that is free. */
async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until something listens at a port, as long as the program that is to listen runs. */
async function listening(port, program) {
  for (;;) {
    if (program.exitCode !== null) throw new Error(`${program.spawnfile} ended with ${program.exitCode}`);
    const socket = net.connect(port, "127.0.0.1");
    const listens = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A screen for a browser that does not start without one. */
async function screen() {
  const xvfb = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const [number] = await once(xvfb.stdio[3], "data");
  return { display: `:${String(number).trim()}`, stop: () => xvfb.kill() };
}

/** What each browser is asked for. */
const CAPABILITIES = {
  chromium: ({ binary, flags }) => ({ browserName: "chrome", "goog:chromeOptions": { binary, args: flags } }),
  firefox: ({ binary }) => ({ browserName: "firefox", "moz:firefoxOptions": { binary, args: ["-headless"] } }),
  webkit: ({ binary }) => ({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary, args: ["--automation"] },
  }),
};

/** Starts a browser, as `cargo xtask` describes it: `{name, driver, binary, flags}`. */
exports.start = async function start(browser) {
  const shown = browser.name === "webkit" ? await screen() : undefined;
  const port = await freePort();
  const env = shown ? { ...process.env, DISPLAY: shown.display } : process.env;
  const driver = spawn(browser.driver, [`--port=${port}`], { stdio: "ignore", env });
  await listening(port, driver);
  const session = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(new Capabilities(CAPABILITIES[browser.name](browser)))
    .build();
  await session.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
  const stop = async () => {
    await session.quit().catch(() => {});
    driver.kill();
    shown?.stop();
  };
  return { session, stop };
};
