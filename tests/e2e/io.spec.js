// Real requests, sockets, queues and threads. The servers are on this machine, and each does one thing wrong.
// Order and lower bounds of time only, as in run.spec.js.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
// Playwright brings a WebSocket server along for its own use.
import { wsServer as WebSocketServer } from "playwright-core/lib/utilsBundle";
import { test as base, expect } from "./fixtures.js";
import { Playground } from "./playground.js";

const test = base.extend({
  play: async ({ page }, use) => use(new Playground(page)),

  /** Starts HTTP servers that end with the test; answers are given by `answer(request, response)`. */
  serve: async ({}, use) => {
    const servers = [];
    await use(async (answer) => {
      const server = http.createServer(answer);
      servers.push(server);
      await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
      return `127.0.0.1:${server.address().port}`;
    });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },

  /** Starts WebSocket servers that end with the test. */
  socketServer: async ({}, use) => {
    const servers = [];
    await use(async (on_connection) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      servers.push(server);
      server.on("connection", on_connection);
      await new Promise((listens) => server.once("listening", listens));
      return `ws://127.0.0.1:${server.address().port}`;
    });
    for (const server of servers) {
      for (const client of server.clients) client.terminate();
      server.close();
    }
  },
});

/** What any server says that lets any page read its answers. */
const ALLOWED = { "access-control-allow-origin": "*" };

/** Runs a scenario, and returns its lines. It ends as programs do, whatever went wrong in it. */
async function run(play, slug, values = {}) {
  const query = Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  await play.open(`1/${slug}?${query.join("&")}`, { preview: false });
  // The run before is gone.
  const preview = play.badge.filter({ hasText: /preview|recorded/ });
  await expect(play.page.locator(".no-preview").or(preview)).toBeVisible();
  await play.runToEnd(10);
  await expect(play.card.getByRole("alert")).toHaveCount(0);
  return play.texts();
}

/** A browser complains of what goes wrong with requests in its console too, which is what these tests are for. */
function forgive(complaints, host) {
  const left = complaints.filter((text) => !text.includes(host) && !/Failed to load resource/.test(text));
  complaints.splice(0, complaints.length, ...left);
}

const weatherIn = (play, city, address) =>
  run(play, "weather", { cities: city, source: "real", address });

test("weather and crawler fetch the files that came with the page", async ({ play }) => {
  const weather = await run(play, "weather", { source: "real" });
  const degrees = { marseille: 25, paris: 18, toulouse: 24 };
  const expected = Object.entries(degrees).map(([city, number]) => `Temperature at ${city}: ${number} C`);
  expect(weather.sort()).toEqual(expected);

  const crawl = await run(play, "crawler", { source: "real", meanwhile: "0s" });
  expect(crawl.filter((line) => /^page \d: arrived$/.test(line))).toHaveLength(8);
  expect(crawl.at(-1)).toMatch(/^all pages arrived: \d{3} characters$/);
});

test("an address of the reader's own is fetched, if its server allows it", async ({ play, serve, complaints }) => {
  const allowing = await serve((request, response) => response.writeHead(200, ALLOWED).end("12.5 and rain\n"));
  const lines = await weatherIn(play, "oslo", `http://${allowing}/{city}`);
  expect(lines).toEqual(["Temperature at oslo: 12.5 and rain C"]);

  const refusing = await serve((request, response) => response.writeHead(200).end("12.5"));
  const [line] = await weatherIn(play, "oslo", `http://${refusing}/{city}`);
  expect(line).toContain(`oslo: http://${refusing} gave no answer that this page may read`);
  forgive(complaints, refusing);
});

test("a request is sent once, and says nothing of the reader", async ({ play, serve, complaints }) => {
  const seen = [];
  const host = await serve((request, response) => {
    seen.push(request.headers);
    response.writeHead(200).end("12.5");
  });
  await weatherIn(play, "oslo", `http://${host}/{city}`);
  expect(seen).toHaveLength(1);
  expect(seen[0].cookie).toBeUndefined();
  expect(seen[0].referer).toBeUndefined();

  const [line] = await weatherIn(play, "oslo", "http://anna:secret@127.0.0.1/");
  expect(line).toBe("oslo: a page cannot fetch an address that holds a user name or a password");
  expect(seen).toHaveLength(1);
  forgive(complaints, host);
});

test("an endless answer is cut off with a sentence", async ({ play, serve, complaints }) => {
  const piece = Buffer.alloc(1 << 20, "x");
  const host = await serve((request, response) => {
    response.writeHead(200, ALLOWED);
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  const [line] = await weatherIn(play, "oslo", `http://${host}/`);
  expect(line).toBe("oslo: the answer is longer than 64 MiB, the most that is read of one");
  forgive(complaints, host);
});

test("what a server does wrong is told in a sentence", async ({ play, serve, complaints }) => {
  const host = await serve((request, response) => {
    if (request.url === "/cut") {
      response.writeHead(200, { ...ALLOWED, "content-length": 1_000 });
      response.write("only this", () => response.socket.end());
    } else if (request.url.startsWith("/page")) {
      response.writeHead(request.url === "/page2" ? 503 : 200, ALLOWED).end("text");
    } else {
      response.writeHead(Number(request.url.slice(1)), ALLOWED).end("no");
    }
  });
  for (const [path, sentence] of [
    ["500", /^oslo: the server answered with HTTP 500 \(Internal Server Error\)$/],
    ["404", /^oslo: the server answered with HTTP 404 \(Not Found\)$/],
    // The bytes that came may be lost with the rest.
    ["cut", /^oslo: the answer broke off after [09] bytes$/],
  ]) {
    const lines = await weatherIn(play, "oslo", `http://${host}/${path}`);
    expect(lines).toEqual([expect.stringMatching(sentence)]);
  }
  // In the crawler others arrive all the same.
  const lines = await run(play, "crawler", { pages: 3, source: "real", address: `http://${host}/page{page}` });
  expect(lines).toContain("page 2: the server answered with HTTP 503 (Service Unavailable)");
  expect(lines.at(-1)).toBe("all pages arrived: 8 characters");
  forgive(complaints, host);
});

test("an address at which nobody answers is told in a sentence", async ({ play, serve, complaints }) => {
  const host = await serve((request, response) => response.socket.destroy());
  const [gone] = await weatherIn(play, "oslo", `http://${host}/`);
  expect(gone).toMatch(/^oslo: http:\/\/127\.0\.0\.1:\d+ gave no answer that this page may read: no server answers there/);
  forgive(complaints, host);

  const [none] = await weatherIn(play, "oslo", "http://[");
  expect(none).toBe("oslo: “http://[” is not an address");
  const [other] = await weatherIn(play, "oslo", "ftp://example.org/");
  expect(other).toBe("oslo: a page can fetch http and https addresses, but not ftp:");
});

test("chunks of a stream interleave with ticks", async ({ play }) => {
  const lines = await run(play, "fetch-streams");
  const kinds = lines.map((line) => line.split(" ")[0]);
  const [first, last] = [kinds.indexOf("chunk"), kinds.lastIndexOf("chunk")];
  expect(last).toBeGreaterThan(first);
  expect(kinds.slice(first, last)).toContain("tick");
  expect(lines.filter((line) => line.startsWith("chunk")).map(bytes).reduce((a, b) => a + b)).toBe(16384 * 1024);
  expect(lines.at(-1)).toMatch(/^the answer is complete: 16777216 bytes in \d+ chunks$/);
});

const bytes = (line) => Number(line.match(/: (\d+) bytes$/)[1]);

test("a chunk is there before the answer is complete", async ({ play, serve, complaints }) => {
  let goOn;
  const host = await serve((request, response) => {
    response.writeHead(200, ALLOWED);
    response.write("first");
    goOn = () => (request.url === "/cut" ? response.socket.destroy() : response.end("second"));
  });
  for (const [path, last] of [
    ["whole", "the answer is complete: 11 bytes in 2 chunks"],
    ["cut", "the answer broke off after 5 bytes"],
  ]) {
    const address = encodeURIComponent(`http://${host}/${path}`);
    await play.open(`1/fetch-streams?size=0&tick=20ms&address=${address}`, { preview: false });
    await play.run.click();
    await expect(play.lines.filter({ hasText: "chunk 1: 5 bytes" })).toBeVisible();
    await expect(play.lines.filter({ hasText: "tick 3" })).toBeVisible();
    goOn();
    await expect(play.lines.last()).toContainText(last);
    await expect(play.run).toBeVisible();
  }
  forgive(complaints, host);
});

test("messages go through a real socket and come back", async ({ play, socketServer }) => {
  const received = [];
  const address = await socketServer((socket) =>
    socket.on("message", (data) => {
      received.push(String(data));
      socket.send(`echo of ${data}`);
    }),
  );
  const lines = await run(play, "websocket", { address });
  expect(received).toEqual([1, 2, 3, 4, 5].map((n) => `message ${n}`));
  expect(lines.map((line) => line.replace(/ after .*/, ""))).toEqual([
    `a socket to ${address}`,
    ...received.map((text) => `echo of ${text}:`),
    "all messages came back",
  ]);
});

test("without an address an echo in the page answers", async ({ play }) => {
  const lines = await run(play, "websocket");
  expect(lines.map((line) => line.replace(/ after .*/, ""))).toEqual([
    "no address: an echo in this page",
    ...[1, 2, 3, 4, 5].map((n) => `message ${n}:`),
    "all messages came back",
  ]);
});

test("a socket that closes, breaks or does not open is told in a sentence", async ({
  play,
  serve,
  socketServer,
  complaints,
}) => {
  const ends = {
    "/reason": (socket) => socket.close(1000, "enough"),
    "/silent": (socket) => socket.close(),
    "/code": (socket) => socket.close(4000),
    "/break": (socket) => socket.terminate(),
  };
  const address = await socketServer((socket, request) => {
    let count = 0;
    socket.on("message", (data) => {
      count += 1;
      if (count < 3) socket.send(String(data));
      else ends[request.url](socket);
    });
  });
  for (const [path, sentence] of [
    ["/reason", "the other end closed the connection, saying “enough”"],
    ["/silent", "the other end closed the connection"],
    ["/code", "the other end closed the connection with code 4000"],
    ["/break", "the connection broke"],
  ]) {
    const lines = await run(play, "websocket", { address: address + path });
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toBe(sentence);
  }

  const host = await serve((request, response) => response.writeHead(200).end("no socket"));
  const refused = await run(play, "websocket", { address: `ws://${host}/` });
  expect(refused.at(-1)).toBe(`no socket opens at ${host}: nobody answers there, or not as a WebSocket`);
  forgive(complaints, host);

  const wrong = await run(play, "websocket", { address: "https://example.org" });
  expect(wrong.at(-1)).toContain("is not the address of a socket, which begins with ws:// or wss://");
});

test("microtasks come before macrotasks, each sort in its order", async ({ play }) => {
  const names = ["setTimeout", "MessageChannel", "setTimeout", "queueMicrotask", "spawn_local", "MessageChannel", "queueMicrotask"];
  const lines = await run(play, "micro-macro", { order: names.join(",") });
  const came = lines.slice(1, -1).map((line) => line.split(": "));
  expect(lines[0]).toBe("calls scheduled: 7");
  expect(came.slice(0, 3).map(([n]) => n)).toEqual(["4", "5", "7"]);
  const numbers = (name) => came.filter((line) => line[1] === name).map(([n]) => n);
  expect(numbers("setTimeout")).toEqual(["1", "3"]);
  expect(numbers("MessageChannel")).toEqual(["2", "6"]);

  const wrong = await run(play, "micro-macro", { order: "setInterval" });
  expect(wrong[0]).toMatch(/^1: setInterval is none of setTimeout, /);
});

test("timers nested more than five deep take 4 ms each, messages do not", async ({ play }) => {
  const lines = await run(play, "timer-clamp");
  expect(lines).toHaveLength(42);
  const steps = lines.map((line) => line.match(/^setTimeout (\d+): after ([\d.]+) ms$/)).filter(Boolean);
  const deep = steps.filter(([, step]) => Number(step) > 6);
  expect(deep).toHaveLength(14);
  for (const [line, , ms] of deep) expect(Number(ms), line).toBeGreaterThanOrEqual(3.9);
  const total = (name) => {
    const line = lines.find((line) => line.startsWith(`${name}: all steps`));
    // On a busy machine it may be a tenth of a second and more.
    const [, time, unit] = line.match(/([\d.]+) (ms|s)$/);
    return Number(time) * (unit === "s" ? 1_000 : 1);
  };
  expect(total("setTimeout")).toBeGreaterThanOrEqual(14 * 4);
  expect(total("MessageChannel")).toBeLessThan(total("setTimeout"));
});

test("the pieces of work have lanes on other threads", async ({ play, page }) => {
  await play.open("1/workers?pieces=3&size=100000");
  await play.runToEnd(5);
  const lines = await play.texts();
  for (const who of ["one thread", "workers"]) {
    for (const piece of [1, 2, 3]) expect(lines).toContain(`${who}: piece ${piece} has 9592 primes`);
  }
  expect(lines.find((line) => line.startsWith("cores that the browser offers"))).toMatch(/: \d+, workers: [1-3]$/);
  await page.getByText("Events as a table").click();
  const events = page.getByRole("region", { name: "Events" });
  await expect(events.getByText("begins on another thread")).toHaveCount(3);
  await expect(events.getByText("ends on another thread")).toHaveCount(3);
});

test("greenlets interleave where they are patched, and come one after the other where not", async ({ play }) => {
  const step = (reader, n) => `reader ${reader}: ${n > 2 ? "done" : `reads ${n}`}`;
  const patched = await run(play, "greenlets", { greenlets: 2, steps: 2, time: "50ms" });
  expect(patched).toEqual([1, 2, 3].flatMap((n) => [step(1, n), step(2, n)]));

  await play.open("1/greenlets?greenlets=2&steps=2&time=50ms&patched=no");
  expect(await play.runToEnd(1)).toBeGreaterThanOrEqual(0.2);
  expect(await play.texts()).toEqual([1, 2].flatMap((reader) => [1, 2, 3].map((n) => step(reader, n))));
});

test("a browser that cannot switch stacks says so, and runs everything else", async ({ play, context }) => {
  // The script that starts the page and its workers begins by forgetting what the browser can.
  const change = (pattern, edit) =>
    context.route(pattern, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: edit(await response.text()) });
    });
  await change(/\/$/, (html) => html.replace(/(start-[^>]*?) integrity="[^"]*"/, "$1"));
  await change(/\/start-[0-9a-f]+\.js$/, (script) => {
    return `delete WebAssembly.Suspending; delete WebAssembly.promising;\n${script}`;
  });

  const lines = await run(play, "greenlets", { greenlets: 1 });
  expect(lines[0]).toBe("reader 1: reads 1");
  expect(lines[1]).toMatch(/^this browser cannot switch stacks: /);
  await play.open("1/factorial?delay=10ms");
  expect(await play.runToEnd(1)).toBeGreaterThan(0);
  await expect(play.lines).toHaveCount(12);
});

const DEMOS = path.join(__dirname, "../../src/demos");

for (const file of fs.readdirSync(DEMOS).filter((name) => name.endsWith(".js"))) {
  test(`${file} prints the lines that its demo prints`, async ({ play, context, serve }) => {
    await run(play, path.basename(file, ".js").replaceAll("_", "-"));
    // How many there are, and how long they took, differs from run to run.
    const forms = (lines) => [...new Set(lines.map((line) => line.replace(/[\d.]+( ms| s)?\b/g, "#")))].sort();
    const printed = forms(await play.texts());

    // A page without the policy of ours, under which a program may start workers from its own text.
    const host = await serve((request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<title>empty</title>");
    });
    const page = await context.newPage();
    await page.goto(`http://${host}/`);
    const lines = [];
    page.on("console", (message) => lines.push(message.text()));
    await page.evaluate(`(async () => { ${fs.readFileSync(path.join(DEMOS, file), "utf8")} })()`);
    await expect.poll(() => forms(lines)).toEqual(printed);
  });
}
