// The runs that this browser keeps: a page hands over each that a reader asked for when it is over. They stay in this
// browser until there are newer ones. A store that is full or refused disturbs nobody: nothing is kept then.

const DATABASE = "interleave";
const STORE = "runs";
/** All runs together have at most so many bytes; the oldest go first. */
const MOST_BYTES = 50_000_000;
/** A run with more is not kept: it would push out all others. */
const MOST_OF_ONE = MOST_BYTES / 4;

/** The answer to a request, or the error. */
const answerOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const database = () => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
  return answerOf(request);
};

/** Does something with the store in one transaction, which is over when this resolves. */
const within = async (mode, act) => {
  const open = await database();
  try {
    const transaction = open.transaction(STORE, mode);
    const isOver = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await act(transaction.objectStore(STORE));
    await isOver;
    return result;
  } finally {
    open.close();
  }
};

const bytesOf = (details) =>
  details[4].flat().reduce((sum, part) => sum + (part instanceof Uint8Array ? part.byteLength : 0), 0);

/** Keeps what is on screen: `details` as www/parts/share.js gets it. */
export const open = async (details) => {
  const bytes = bytesOf(details);
  if (bytes > MOST_OF_ONE) return;
  try {
    await within("readwrite", async (store) => {
      await answerOf(store.add({ at: Date.now(), bytes, details }));
      // The newest first, until there is no more room; what is over that goes.
      let sum = 0;
      const cursor = store.openCursor(null, "prev");
      await new Promise((resolve, reject) => {
        cursor.onerror = () => reject(cursor.error);
        cursor.onsuccess = () => {
          const row = cursor.result;
          if (!row) return resolve();
          sum += row.value.bytes;
          if (sum > MOST_BYTES) row.delete();
          row.continue();
        };
      });
    });
  } catch {
    // See above: a private window has no store, and a full one takes nothing.
  }
};

/** What is kept, the newest first: `{ id, at, bytes, details }`. Nothing where there is no store. */
export const kept = async () => {
  try {
    return (await within("readonly", (store) => answerOf(store.getAll()))).reverse();
  } catch {
    return [];
  }
};

/** Has this browser forget everything that the page ever kept in it. */
export const forgetEverything = async () => {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("interleave")) localStorage.removeItem(name);
  }
  await answerOf(indexedDB.deleteDatabase(DATABASE)).catch(() => {});
  const scope = new URL("./", document.baseURI).href;
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  await registration?.unregister();
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    if (name.startsWith(`interleave ${scope} `)) await caches.delete(name);
  }
};
