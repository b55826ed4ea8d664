// Starts the page, and the worker in which a run happens. Each has a wasm file of its own.
//
// The page finds the hashed names in the tag that Trunk writes (see Trunk.toml) and in the engines' tags. It
// compiles an engine once; every worker gets the compiled module from it.
//
// Until the page is there its static twin is seen, which `cargo xtask dist` has written: here its few controls work,
// it says how much of the program has come, and at the end the page takes its place, as the reader left it.

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
} else {
  const root = document.documentElement;
  const names = (tag) => document.querySelector(`meta[name="${tag}"]`)?.dataset ?? {};
  const at = (path) => new URL(path, document.baseURI).href;
  const stays = document.getElementById("static");
  const live = document.createElement("div");
  live.id = "live";
  document.body.append(live);
  document.querySelector(".not-started")?.remove();

  const BY_DEFAULT = "What is shown is the demo as it is by default.";
  /** Has a sentence said above the demo, with a button that goes on where there is something to be tried again. */
  const say = (sentence, onAgain) => {
    const elsewhere = document.getElementById("elsewhere");
    if (elsewhere) elsewhere.firstChild.textContent = "";
    const said = [...document.querySelectorAll("#static .notices, #elsewhere")].map((place) => {
      const notice = document.createElement("div");
      notice.className = "notice";
      notice.append(document.createElement("p"));
      notice.firstChild.textContent = sentence;
      if (onAgain) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Try again";
        button.addEventListener("click", onAgain, { once: true });
        notice.append(button);
      }
      place.append(notice);
      return notice;
    });
    return () => said.forEach((notice) => notice.remove());
  };

  // What has come of the files that the demo cannot start without.
  const { bytes = 0, packed = 0, engine: ownEngine } = names("interleave-demo");
  let come = 0;
  const count = (chunk) => {
    come += chunk;
    const part = bytes > 0 ? Math.min(come / bytes, 1) : 0;
    const kb = (size) => Math.round(size / 1000);
    // The sizes are those of the compressed files, the parts those of what came of them.
    const words = `${kb(part * packed)} of ${kb(packed)} KB`;
    const what = root.dataset.asks === "settings" ? "getting your settings" : "getting the program";
    for (const place of document.querySelectorAll("#static .getting")) place.textContent = `${what}: ${words}`;
    const elsewhere = document.getElementById("elsewhere");
    if (elsewhere) elsewhere.firstChild.textContent = `Getting the program: ${words}`;
  };

  let again;
  /** Does what may fail until it succeeds: the reader says when it is tried again. Who has a live page is told. */
  const insist = async (attempt) => {
    for (let tried = 0; ; tried++) {
      try {
        return await attempt(tried);
      } catch (error) {
        if (!stays?.isConnected) throw error;
        again ??= new Promise((resolve) => {
          root.dataset.failed = "";
          const what = root.dataset.asks === "other" ? "" : ` ${BY_DEFAULT}`;
          const forget = say(`The program could not be fetched: ${error.message ?? error}.${what}`, () => {
            forget();
            delete root.dataset.failed;
            again = undefined;
            resolve();
          });
        });
        await again;
      }
    }
  };

  const compile = async (wasm, isCounted) => {
    const response = await fetch(at(wasm));
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    let { body } = response;
    let own = 0;
    if (isCounted) {
      const counting = {
        transform(chunk, controller) {
          own += chunk.length;
          count(chunk.length);
          controller.enqueue(chunk);
        },
      };
      body = body.pipeThrough(new TransformStream(counting));
    }
    try {
      const answer = new Response(body, { headers: { "Content-Type": "application/wasm" } });
      return await WebAssembly.compileStreaming(answer);
    } catch (error) {
      count(-own);
      throw error;
    }
  };
  let list;
  /** Where the files of engines, and of what few readers need, are. */
  const listed = () => {
    const fetched = async () => {
      const response = await fetch(at(names("engines").list));
      if (!response.ok) throw new Error(`the server answers ${response.status}`);
      return response.json();
    };
    return (list ??= fetched().catch((error) => {
      list = undefined;
      throw error;
    }));
  };
  /** The page says it of its own engine. */
  const filesOf = async (engine) => {
    const own = names(`engine-${engine}`);
    return own.glue ? own : (await listed())[engine];
  };
  const LATER_MS = 2_000;
  // Opens a part of the page that is fetched when somebody asks for it: www/parts has them.
  globalThis.openPart = async (name, details) => {
    const files = await listed();
    const part = await import(at(files[`${name}.js`]));
    await part.open(details, (file) => at(files[file]));
  };
  const engines = {};
  // What the worker of an engine is told first. What failed is tried again by the next who asks.
  globalThis.engineFiles = (engine) =>
    (engines[engine] ??= insist(async () => {
      const { glue, wasm } = await filesOf(engine);
      return { glue: at(glue), module: await compile(wasm, engine === ownEngine) };
    }).catch((error) => {
      delete engines[engine];
      throw error;
    }));

  // Resolves when the worker that holds the lock of that name is gone; never where there are no locks.
  globalThis.endOfLife = async (life) => {
    if (!navigator.locks) await new Promise(() => {});
    await navigator.locks.request(life, () => {});
  };

  // Resolves when something has been painted. A page in the background is not, and not every browser tells.
  const PAINT_MS = 1_000;
  const isPainted = new Promise((resolve) => {
    if (document.visibilityState === "hidden") resolve();
    new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
    setTimeout(resolve, PAINT_MS);
  });

  const isSeen = (element) => element.getClientRects().length > 0;

  /** The element at the same place in the page that takes over. */
  const twin = (element, from) => {
    const path = [];
    for (let node = element; node !== from; node = node.parentElement) {
      path.push([[...node.parentElement.children].indexOf(node), node.tagName]);
    }
    return path.reduceRight((node, [index, tag]) => {
      const child = node?.children[index];
      return child?.tagName === tag ? child : undefined;
    }, live);
  };

  /** The page takes the static one's place, with what the reader has opened, scrolled and typed there. */
  const takeOver = () => {
    performance.mark("live");
    const shown = [...(stays?.children ?? [])].find(isSeen);
    const scrolled = [];
    const { activeElement } = document;
    const { scrollX, scrollY } = window;
    const focused = shown?.contains(activeElement) ? twin(activeElement, shown) : undefined;
    for (const element of shown?.querySelectorAll("*") ?? []) {
      if (element.scrollTop || element.scrollLeft) {
        scrolled.push([twin(element, shown), element.scrollLeft, element.scrollTop]);
      }
    }
    for (const element of shown?.querySelectorAll("details") ?? []) {
      const other = twin(element, shown);
      if (other) other.open = element.open;
    }
    const typed = [...(shown?.querySelectorAll("form.params :is(input, select), input[type=file]") ?? [])].map((field) => {
      const other = twin(field, shown);
      if (!other) return () => {};
      if (/radio|checkbox/.test(field.type)) {
        return () => field.checked !== field.defaultChecked && field.checked !== other.checked && other.click();
      }
      if (field.type === "file") {
        return () => {
          if (field.files.length === 0) return;
          other.files = field.files;
          other.dispatchEvent(new Event("change", { bubbles: true }));
        };
      }
      return () => {
        const { defaultValue = [...field.options].find((option) => option.defaultSelected)?.value } = field;
        if (field.value === defaultValue) return;
        other.value = field.value;
        for (const type of ["input", "change"]) other.dispatchEvent(new Event(type, { bubbles: true }));
      };
    });
    const pressed = press && twin(press, shown);
    live.dataset.shown = "";
    stays?.remove();
    document.getElementById("elsewhere")?.remove();
    for (const [element, left, top] of scrolled) element?.scrollTo(left, top);
    scrollTo(scrollX, scrollY);
    focused?.focus({ preventScroll: true });
    for (const set of typed) set();
    pressed?.click();
    root.dataset.live = "";
    live.dispatchEvent(new Event("shown"));
    // When the reader has seen what they came for. The page goes on without it.
    setTimeout(() => openPart(root.dataset.embed ? "embed" : "later").catch(() => {}), root.dataset.embed ? 0 : LATER_MS);
  };

  /** Whether the page has everything that its static twin shows. */
  const isComplete = () => {
    const pictures = [...live.querySelectorAll("canvas")];
    const drawn = pictures.length > 0 && pictures.every((canvas) => canvas.style.height);
    return (drawn || live.querySelector(".no-preview, .picture-sentence")) && live.querySelector("main");
  };
  // Of a demo as it is by default the page shows what its twin does.
  const drawn = root.dataset.asks ? [] : document.querySelectorAll("#static svg.picture-canvas");
  const pictures = [...drawn].filter(isSeen).length;
  const isComing = () =>
    live.querySelectorAll("canvas").length < pictures ||
    live.querySelector(".verdict p")?.textContent.startsWith("Running") ||
    live.querySelector(".no-source:not([role])") ||
    !live.querySelector(".lesson li");

  // A preview, a lesson or a source that does not come is no reason to wait for ever.
  const PATIENCE_MS = 3_000;
  const waitAndTakeOver = () => {
    let since;
    const look = (now) => {
      if (isComplete()) since ??= now;
      // The frame after the one in which the last of it was drawn.
      if (since !== undefined && (!isComing() || now - since > PATIENCE_MS)) return requestAnimationFrame(takeOver);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };

  // The line that runs is in sight, as it will be in the live page.
  for (const line of stays?.querySelectorAll(".code-line[data-running]") ?? []) {
    const panel = line.closest(".source-panel");
    if (panel.scrollTop === 0 && line.offsetTop > panel.clientHeight - 2 * line.offsetHeight) {
      panel.scrollTop = line.offsetTop - panel.clientHeight / 3;
    }
  }

  // What the static page can do by itself.
  let press;
  const THEMES = ["auto", "light", "dark"];
  stays?.addEventListener("submit", (event) => event.preventDefault());
  // Who has skipped to the demo asks for no other.
  if (location.hash && document.getElementById(location.hash.slice(1))) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  stays?.addEventListener("click", (event) => {
    const skip = event.target.closest("a.skip");
    if (skip) {
      event.preventDefault();
      return document.querySelector(skip.hash).focus();
    }
    const button = event.target.closest("button");
    if (!button || button.closest(".notice")) return;
    if (!button.matches(".theme-button")) {
      press = button;
      return;
    }
    const inLive = live.querySelector(".theme-button");
    if (inLive) return inLive.click();
    try {
      const now = localStorage.getItem("interleave-theme") ?? "auto";
      const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
      localStorage.setItem("interleave-theme", next);
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = next === "auto" ? (dark ? "dark" : "light") : next;
    } catch {
      // Nothing can be kept here: the page has the button too.
    }
  });

  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    say(
      `Interleave runs Rust in this page and needs WebAssembly and Web Workers, which this browser does not have or has switched off. ${BY_DEFAULT}`,
    );
  } else {
    for (const button of stays?.querySelectorAll(".run-button") ?? []) {
      const getting = document.createElement("span");
      getting.className = "getting";
      button.append(getting);
    }
    count(0);
    const { glue, wasm } = names("interleave-files");
    // The picture is seen first: what is fetched, compiled and built before it is painted would be in its way.
    isPainted.then(() => {
      // Where another demo is asked for its engine may be another too; what is on its way already is kept for later.
      if (ownEngine && root.dataset.asks !== "other") globalThis.engineFiles(ownEngine);
      else if (ownEngine) fetch(at(names(`engine-${ownEngine}`).wasm)).catch(() => {});
      const module = insist(() => compile(wasm, true));
      // A browser may remember that a script could not be had.
      const script = insist((tried) => import(at(tried ? `${glue}?try=${tried}` : glue)));
      Promise.all([script, module])
        .then(([script, module]) => script.default({ module_or_path: module }))
        .then(waitAndTakeOver)
        .catch((error) => say(`Interleave could not start: ${error.message ?? error}. Reloading the page may help.`));
    });
  }
}
