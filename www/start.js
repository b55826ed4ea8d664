// Starts the page, and the worker in which a run happens: both run the same wasm file.
//
// The page finds the hashed names in the tag that Trunk writes (see Trunk.toml).
// The worker gets the compiled module from the page, so that nothing is fetched or compiled twice.

// The wasm file asks for this in every browser. Who has to do without cannot run the one demo that
// rests in the middle of wasm, and needs something in its place.
if (typeof WebAssembly === "object") WebAssembly.Suspending ??= function (call) { return call; };

if (typeof document === "undefined") {
  addEventListener(
    "message",
    async ({ data }) => {
      // A run that uses other threads starts workers of its own with them.
      globalThis.files = data;
      const glue = await import(data.glue);
      globalThis.beginStack = glue.begin_stack;
      glue.initSync({ module: data.module });
    },
    { once: true },
  );
} else if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
  document.body.textContent =
    "Interleave runs Rust in this page and needs WebAssembly and Web Workers, which this browser does not have or has switched off.";
} else {
  const { glue, wasm } = document.querySelector('meta[name="interleave-files"]').dataset;
  const at = (path) => new URL(path, document.baseURI).href;
  import(at(glue))
    .then((module) => module.default({ module_or_path: at(wasm) }))
    .catch((error) => {
      document.body.textContent = `Interleave could not start: ${error.message ?? error}. Reloading the page may help.`;
    });
}
