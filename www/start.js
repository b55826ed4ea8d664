// Starts the page, and the worker in which a run happens. Each has a wasm file of its own.
//
// The page finds the hashed names in the tag that Trunk writes (see Trunk.toml) and in the engines' tags. It
// compiles an engine once; every worker gets the compiled module from it.

// The engine asks for this in every browser. Who has to do without cannot run the one demo that
// rests in the middle of wasm, and needs something in its place.
if (typeof WebAssembly === "object") WebAssembly.Suspending ??= function (call) { return call; };

if (typeof document === "undefined") {
  // The browser gives a lock back when its holder is gone, however it went and even if it was blocked until
  // then: that is how the page hears of a worker that vanishes without an error.
  const held = (life) =>
    new Promise((granted) => {
      const hold = () => {
        granted();
        return new Promise(() => {});
      };
      // Where there are no locks, or none for this page, the worker starts without.
      if (navigator.locks) navigator.locks.request(life, hold).catch(granted);
      else granted();
    });
  addEventListener(
    "message",
    async ({ data: { life, ...files } }) => {
      // A run that uses other threads starts workers of its own with them.
      globalThis.files = files;
      const [glue] = await Promise.all([import(files.glue), life && held(life)]);
      globalThis.beginStack = glue.begin_stack;
      glue.initSync({ module: files.module });
    },
    { once: true },
  );
} else if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
  document.body.textContent =
    "Interleave runs Rust in this page and needs WebAssembly and Web Workers, which this browser does not have or has switched off.";
} else {
  const names = (tag) => document.querySelector(`meta[name="${tag}"]`).dataset;
  const at = (path) => new URL(path, document.baseURI).href;

  const compile = async ({ glue, wasm }) => {
    const response = await fetch(at(wasm));
    if (!response.ok) throw new Error(`the engine could not be fetched: the server answers ${response.status}`);
    // Compiled while it arrives where the server says what it is.
    const module = /^application\/wasm/.test(response.headers.get("content-type"))
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
    return { glue: at(glue), module };
  };
  const engines = {};
  // What the worker of an engine is told first. What failed is tried again by the next who asks.
  globalThis.engineFiles = (engine) =>
    (engines[engine] ??= compile(names(`engine-${engine}`)).catch((error) => {
      delete engines[engine];
      throw error;
    }));

  // Resolves when the worker that holds the lock of that name is gone; never where there are no locks.
  globalThis.endOfLife = async (life) => {
    if (!navigator.locks) await new Promise(() => {});
    await navigator.locks.request(life, () => {});
  };

  const { glue, wasm } = names("interleave-files");
  import(at(glue))
    .then((module) => module.default({ module_or_path: at(wasm) }))
    .catch((error) => {
      document.body.textContent = `Interleave could not start: ${error.message ?? error}. Reloading the page may help.`;
    });
}
