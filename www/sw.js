// Keeps the site in the browser, for when there is no network. www/parts/later.js starts it; dist fills in the braces.
//
// A file whose name changes with its content is taken from what is kept; all others are asked for anew, and taken from
// there where no answer comes. Requests for what is no file of the site are left alone.
const FILES = "{files}".split(" ");
const PREFIX = `interleave ${self.registration.scope} `;
const CACHE = `${PREFIX}{version}`;

const addressOf = (name) => new URL(name, self.registration.scope).href;
const KNOWN = new Map(FILES.map((name) => [addressOf(name), name]));
KNOWN.set(addressOf("./"), "index.html");

/** Whether a name changes with its content: a hash stands before its ending. */
const isHashed = (name) => /-[0-9a-f]{10,16}[._]/.test(name);
/** What a page cannot start without, and what it fetches when somebody asks. The rest comes when it is used, or is asked for. */
const isShell = (name) => !name.includes("/") || name.startsWith("parts/") || /^engines\/(list|exports|recording)-/.test(name);

/** Whether an answer is that file, and not a part of it, or the page that some hosts send in place of what they do not have. */
const isFile = (answer, name) =>
  answer.status === 200 && (name.endsWith(".html") || !/^text\/html/.test(answer.headers.get("content-type")));

/** Keeps files that are not kept yet; those of an earlier version that are the same are not fetched again. */
const keep = async (names) => {
  const cache = await caches.open(CACHE);
  for (const name of names) {
    const address = addressOf(name);
    if (await cache.match(address)) continue;
    const old = isHashed(name) && (await caches.match(address));
    // What the page has just fetched is not fetched again, and what it fetches meanwhile comes first.
    const how = isHashed(name) ? "default" : "no-cache";
    const answer = old || (await fetch(address, { cache: how, credentials: "omit", priority: "low" }));
    if (!isFile(answer, name)) continue;
    // A browser refuses a page that it was led to: it is kept as if it had stood there.
    await cache.put(address, answer.redirected ? new Response(answer.body, answer) : answer);
  }
};

addEventListener("install", (event) => {
  event.waitUntil(keep(FILES.filter((name) => isShell(name) && !name.endsWith(".html")).concat("index.html")));
});

addEventListener("activate", (event) => {
  const forgetOthers = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forgetOthers());
});

addEventListener("message", (event) => {
  // A new version waits until a reader wants it.
  if (event.data === "begin") self.skipWaiting();
  if (event.data === "all") event.waitUntil(keep(FILES).then(() => event.ports[0]?.postMessage("kept")));
});

const answered = async (request, name) => {
  const address = addressOf(name);
  // Without a store, or when it was told to forget what it had, the network alone answers.
  const cache = await caches.has(CACHE).then((is) => is && caches.open(CACHE)).catch(() => undefined);
  const kept = async (address) => (cache ? cache.match(address).catch(() => undefined) : undefined);
  if (isHashed(name)) {
    const found = await kept(address);
    if (found) return found;
  }
  let answer;
  try {
    answer = await fetch(request);
  } catch (error) {
    // Any page can show what the address asks for.
    const found = (await kept(address)) ?? (name.endsWith(".html") && (await kept(addressOf("index.html"))));
    if (found) return found;
    throw error;
  }
  // What may be a newer version's does not get between the files of this one.
  const isMissing = cache && isHashed(name) && !answer.redirected && isFile(answer, name);
  if (isMissing) {
    const copy = answer.clone();
    // A store that is full or refused is no reason not to answer.
    cache.put(address, copy).catch(() => {});
  }
  return answer;
};

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return;
  const address = request.url.split(/[?#]/)[0];
  // Some hosts leave the end of a page's name away.
  const page = `${address}.html`;
  const isPage = request.mode === "navigate" && KNOWN.has(page);
  const known = isPage ? page : address;
  // Who asks with a query asks for something of their own: only pages have any.
  if (!KNOWN.has(known) || (request.url.includes("?") && request.mode !== "navigate")) return;
  event.respondWith(answered(request, KNOWN.get(known)));
});
