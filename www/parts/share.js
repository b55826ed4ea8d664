// What opens with Share: links to what is on screen, and files made of it. The page has it fetched when somebody
// presses Share first; src/app/components/share.rs says what it is told.
//
// The files are made in a worker, by the engine for exports (src/engine/exports.rs). Nothing leaves the browser
// but by the reader's hand.

/** From so many characters on, some programs cut a link. */
const LONG_LINK = 2_000;
/** What the page itself reads of a link: src/link.rs. */
const LONGEST_FRAGMENT = 8_000;
const PERFETTO = "https://ui.perfetto.dev";
/** How often Perfetto is asked whether it listens, and for how long, in milliseconds. */
const PING_MS = 50;
const PATIENCE_MS = 30_000;
/** An animation has so many pictures, and shows each so long, in milliseconds. */
const FRAMES = 60;
const FRAME_MS = 100;
/** What a browser may record, the first that it can, with the ending of its file. */
const VIDEOS = [["video/webm", "webm"], ["video/mp4", "mp4"]];
/** How many pixels a PNG has for each of the picture's. */
const PNG_SCALE = 2;

/** An element with properties, attributes where they have a hyphen, and children. */
const element = (tag, properties = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
};

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
// What begins something in Markdown, in a title.
const inMarkdown = (text) => text.replace(/[\\`*_[\]<>]/g, "\\$&");

/** The engine for exports in a worker of its own: `ask` has something made, `end` ends it. */
const startEngine = () => {
  const script = document.querySelector('script[type=module][src*="start"]').src;
  const worker = new Worker(script, { type: "module" });
  const waiting = new Map();
  let asked = 0;
  const isReady = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data === "ready") return resolve();
      const [id, isMade, result] = data;
      const { resolve: make, reject: refuse } = waiting.get(id);
      waiting.delete(id);
      if (isMade) make(result);
      else refuse(new Error(result));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(event.message || "its program could not be loaded");
      reject(error);
      for (const { reject: refuse } of waiting.values()) refuse(error);
      waiting.clear();
    };
    globalThis.engineFiles("exports").then((files) => worker.postMessage(files), reject);
  });
  // Whoever asks hears of it.
  isReady.catch(() => {});
  return {
    ask: async (kind, ...rest) => {
      await isReady;
      asked += 1;
      const id = asked;
      const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      worker.postMessage([id, kind, ...rest]);
      return answer;
    },
    end: () => worker.terminate(),
  };
};

/** Bytes as a zlib stream, by the browser's own means. */
const deflated = async (bytes) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

/** The parts of a file as docs/format.md describes it: its head, and blocks that are not packed yet. */
const recordingFile = async ([head, ...blocks]) => {
  const parts = [head];
  for (const block of blocks) {
    const packed = await deflated(block);
    const sizes = new DataView(new ArrayBuffer(8));
    sizes.setUint32(0, packed.length, true);
    sizes.setUint32(4, block.byteLength, true);
    parts.push(sizes.buffer, packed);
  }
  return new Blob(parts, { type: "application/octet-stream" });
};

/** A stand-alone SVG as an image that can be drawn. */
const imageOf = async (svg) => {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
};

const pngOf = async (svg) => {
  const image = await imageOf(svg);
  const canvas = element("canvas", { width: PNG_SCALE * image.width, height: PNG_SCALE * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the browser cannot make so large a picture");
  return blob;
};

/** Pictures as a video, by the browser's own recorder, which records as long as it plays. */
const videoOf = async (images, type) => {
  const [{ width, height }] = images;
  const canvas = element("canvas", { width: PNG_SCALE * width, height: PNG_SCALE * height });
  const context = canvas.getContext("2d");
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8_000_000 });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const isOver = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = ({ error }) => reject(error);
  });
  recorder.start();
  for (const image of images) {
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    // Firefox has it on the stream.
    (track.requestFrame ? track : stream).requestFrame();
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
  recorder.stop();
  await isOver;
  track.stop();
  return new Blob(chunks, { type });
};

const save = (blob, name) => {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

/** Hands a trace to Perfetto's page, which the reader's click has opened, as its documentation says. */
const toPerfetto = async (tab, title, fileName, trace) => {
  const { buffer } = new TextEncoder().encode(trace);
  let end;
  try {
    await new Promise((resolve, reject) => {
      const ping = setInterval(() => tab.postMessage("PING", PERFETTO), PING_MS);
      const why = "Perfetto does not answer; the file of the trace can be opened there by hand";
      const late = setTimeout(() => reject(new Error(why)), PATIENCE_MS);
      const onMessage = ({ origin, data, source }) => {
        if (origin === PERFETTO && source === tab && data === "PONG") resolve();
      };
      addEventListener("message", onMessage);
      end = () => {
        clearInterval(ping);
        clearTimeout(late);
        removeEventListener("message", onMessage);
      };
    });
  } finally {
    end();
  }
  tab.postMessage({ perfetto: { buffer, title, fileName } }, PERFETTO);
};

/** In the frame of another page a click may be stolen: nothing is offered there that forgets, or sends anything elsewhere. */
const isFramed = window.top !== window;

/** Resolves when a style sheet is there, or cannot be had: without it the dialog is plain. */
const styledBy = (address) =>
  new Promise((resolve) => {
    const sheet = element("link", { rel: "stylesheet", href: address, onload: resolve, onerror: resolve });
    document.head.append(sheet);
  });

let styled;
let shown;

/** Opens the dialog. `details` is `[title, verdict, scenario, view, runs]`; `at` gives the address of a file. */
export const open = async ([title, verdict, scenario, view, runs], at) => {
  styled ??= styledBy(at("share.css"));
  await styled;
  // What is kept is extra: Share goes on without it. Another site's page has no business with it.
  const recent = isFramed ? undefined : await import(at("recent.js")).catch(() => undefined);
  const runsKept = (await recent?.kept()) ?? [];
  shown?.close();
  const { activeElement: opener } = document;
  const engine = startEngine();
  const said = element("p", { className: "share-said", role: "status" });
  const say = (sentence) => (said.textContent = sentence);
  /** Does something that may take a while or fail, and says how it went. */
  const doing = (action) => async () => {
    say("");
    try {
      say((await action()) ?? "");
    } catch (error) {
      say(`That did not work: ${error.message ?? error}.`);
    }
  };
  const button = (label, action, more) =>
    element("button", { type: "button", onclick: doing(action), ...more }, label);

  const page = location.href.split("#")[0];
  const name = (scenario.match(/^\d+\/([\w-]+)/)?.[1] ?? title.replace(/\.\w+$/, "").replace(/[^\w.-]+/g, "-")) || "run";
  const parts = scenario ? [linkPart()] : [];
  if (runs.length > 0) parts.push(filePart());
  if (runsKept.length > 0) parts.push(recentPart());

  const close = element("button", { type: "button", className: "quiet square", "aria-label": "Close" }, "×");
  const dialog = element(
    "dialog",
    { className: "dialog share-dialog", "aria-label": "Share" },
    element(
      "div",
      { className: "dialog-body" },
      element("div", { className: "dialog-head" }, element("h2", {}, "Share"), close),
      element("div", { className: "share-parts" }, ...parts, said),
    ),
  );
  close.onclick = () => dialog.close();
  // A press that begins on the text and ends beside the dialog is a selection.
  let isBeside = false;
  dialog.addEventListener("pointerdown", ({ target }) => (isBeside = target === dialog));
  dialog.addEventListener("click", ({ target }) => isBeside && target === dialog && dialog.close());
  dialog.onclose = () => {
    engine.end();
    dialog.remove();
    if (shown === dialog) shown = undefined;
    opener?.focus?.();
  };
  document.body.append(dialog);
  shown = dialog;
  dialog.showModal();
  dialog.querySelector("textarea")?.select();

  /** The runs that this browser keeps, each of which can be seen again. */
  function recentPart() {
    const rows = runsKept.map((kept) => {
      const [ofProgram, ofRun, ofScenario, ofView, ofRuns] = kept.details;
      const when = new Date(kept.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
      const open = ofRuns.map(([label], index) =>
        button(label || "Open", async () => {
          const about = [ofProgram, ofRun, "", ofView, 800, false, kept.at / 1_000];
          const file = new File([await recordingFile(await engine.ask("recording", about, [index], ofRuns))], "run.interleave");
          dialog.close();
          // As if the reader had chosen the file.
          const files = new DataTransfer();
          files.items.add(file);
          const field = document.getElementById("recording");
          field.files = files.files;
          field.dispatchEvent(new Event("change", { bubbles: true }));
        }, label ? { "aria-label": `Open ${label}` } : {}),
      );
      return element("li", {}, element("span", {}, element("b", {}, ofProgram), element("small", {}, `${when} · ${ofRun || ofScenario}`)), ...open);
    });
    const forget = button("Forget everything kept here", async () => {
      await recent.forgetEverything();
      list.remove();
      return "This browser keeps nothing of Interleave any more.";
    });
    const list = element(
      "details",
      { className: "share-recent" },
      element("summary", {}, `Runs that this browser keeps (${rows.length})`),
      element("ul", {}, ...rows),
      element("p", { className: "soft" }, "At most 50 MB, here and nowhere else; the oldest go first. With them go the theme, the demos seen and what works offline."),
      forget,
    );
    return list;
  }

  function linkPart() {
    const differs = view !== scenario;
    const asShown = element("input", { type: "checkbox", checked: differs });
    const text = element("textarea", { readOnly: true, rows: 1, spellcheck: false, "aria-label": "Link" });
    const length = element("span", { className: "soft" });
    const code = element("img", { alt: "The link as a QR code", width: 132, height: 132 });
    const width = element("input", { type: "number", min: 200, max: 2000, value: 720, "aria-label": "Width in pixels" });
    const height = element("input", { type: "number", min: 120, max: 2000, value: 420, "aria-label": "Height in pixels" });
    const choice = (label, ...options) =>
      element("select", { "aria-label": label }, ...options.map(([value, words]) => element("option", { value }, words)));
    const shows = choice("What it shows", ["picture", "picture"], ["output", "picture and output"], ["steps", "picture, output and steps"]);
    const theme = choice("Its colours", ["", "the reader's"], ["light", "light"], ["dark", "dark"]);
    const embedding = element(
      "p",
      { className: "share-embed", hidden: true },
      shows, theme, element("label", {}, width, " × ", height, " px"),
    );
    const link = () => `${page}#${asShown.checked ? view : scenario}`;
    const forms = {
      link: ["Link", link],
      markdown: ["Markdown", () => `[${inMarkdown(title)}](${link().replace(/[()]/g, (sign) => (sign === "(" ? "%28" : "%29"))})`],
      html: ["HTML", () => `<a href="${escaped(link())}">${escaped(title)}</a>`],
      embed: [
        "Embed",
        () => {
          const address = new URL(link());
          address.searchParams.set("embed", shows.value);
          if (theme.value) address.searchParams.set("theme", theme.value);
          const [wide, high] = [width, height].map(({ value, min, max }) => Math.min(Math.max(Number(value) || 0, min), max));
          return `<iframe src="${escaped(address.href)}" title="${escaped(title)}" width="${wide}" height="${high}" loading="lazy" allow="clipboard-write"></iframe>`;
        },
      ],
    };
    let form = "link";
    let drawn = "";
    const update = () => {
      text.value = forms[form][1]();
      embedding.hidden = form !== "embed";
      const address = link();
      const isTooLong = address.split("#")[1].length > LONGEST_FRAGMENT;
      const warning = isTooLong ? ": more than the page reads." : address.length > LONG_LINK ? ": some programs cut so long a link off." : ".";
      length.textContent = `The link has ${address.length.toLocaleString("en")} characters${warning}`;
      if (drawn === address) return;
      drawn = address;
      const asked = drawn;
      engine.ask("qr", drawn).then(
        (svg) => asked === drawn && (code.src = `data:image/svg+xml,${encodeURIComponent(svg)}`),
        // So long a link has no QR code, and needs none to be copied.
        () => asked === drawn && code.removeAttribute("src"),
      );
    };
    for (const input of [asShown, width, height, shows, theme]) input.oninput = update;
    const radios = Object.entries(forms).map(([value, [label]]) => {
      const radio = element("input", { type: "radio", name: "share-form", value, checked: value === form });
      radio.onchange = () => {
        form = value;
        update();
      };
      return element("label", {}, radio, element("span", {}, label));
    });
    const copy = button("Copy", async () => {
      try {
        await navigator.clipboard.writeText(text.value);
      } catch {
        text.focus();
        text.select();
        return "The browser does not allow copying here: it is picked out for you to copy.";
      }
      return `${forms[form][0]} copied.`;
    }, { className: "primary" });
    const row = element("div", { className: "share-row" }, text, copy);
    if (navigator.share) {
      row.append(
        button("…", async () => {
          try {
            await navigator.share({ title: `${title} · Interleave`, url: link() });
          } catch (error) {
            // Whoever changes their mind has done nothing wrong.
            if (error.name !== "AbortError") throw error;
          }
        }, { "aria-label": "Share by another program" }),
      );
    }
    update();
    return element(
      "section",
      { className: "share-link" },
      element(
        "div",
        {},
        element("div", { className: "segments share-forms", role: "radiogroup", "aria-label": "As what" }, ...radios),
        row,
        embedding,
        ...(differs ? [element("label", { className: "share-check" }, asShown, "As it is shown now: the moment, the task, the part of the axis")] : []),
        element("p", {}, length),
      ),
      code,
    );
  }

  function filePart() {
    const which = element(
      "select",
      { "aria-label": "Of which run" },
      ...runs.map(([label], index) => element("option", { value: index }, label || "the run")),
    );
    const all = runs.map((_, index) => index);
    const one = () => [Number(which.value)];
    /** Has something made of runs, by their numbers. */
    const make = (kind, indices, ...more) => {
      const canvas = document.querySelector("#live canvas.picture-canvas");
      const isDark = document.documentElement.dataset.theme === "dark";
      const address = scenario ? `${page}#${view}` : "";
      return engine.ask(kind, [title, verdict, address, view, canvas?.clientWidth ?? 800, isDark, Date.now() / 1_000], indices, runs, ...more);
    };
    const named = (indices, ending) => {
      const label = runs.length > 1 && indices.length === 1 ? `-${runs[indices[0]][0].replace(/[^\w-]+/g, "-")}` : "";
      return `${name}${label}.${ending}`;
    };
    const text = (kind, ending, type, indices = one) => async () => {
      const chosen = indices();
      const file = named(chosen, ending);
      save(new Blob([await make(kind, chosen)], { type }), file);
      return `Saved as ${file}.`;
    };
    const sources = async () => {
      const found = [];
      for (const ending of scenario ? ["rs", "py"] : []) {
        const file = `demos/${name.replaceAll("-", "_")}.${ending}`;
        const response = await fetch(new URL(file, document.baseURI)).catch(() => undefined);
        if (response?.ok) found.push(`src/${file}`, await response.text());
      }
      return found;
    };
    const files = [
      ["Picture", "SVG", text("svg", "svg", "image/svg+xml", () => all)],
      ["Picture", "PNG", async () => {
        const file = named(all, "png");
        save(await pngOf(await make("svg", all)), file);
        return `Saved as ${file}.`;
      }],
      ["Animation", "video of the cursor going through time", async () => {
        const [type, ending] = VIDEOS.find(([type]) => globalThis.MediaRecorder?.isTypeSupported(type)) ?? [];
        if (!ending) throw new Error("this browser records no video");
        const images = [];
        for (let frame = 0; frame < FRAMES && dialog.isConnected; frame += 1) {
          say(`Drawing picture ${frame + 1} of ${FRAMES} …`);
          images.push(await imageOf(await make("svg", all, frame / (FRAMES - 1))));
        }
        if (!dialog.isConnected) return;
        say(`Recording ${(FRAMES * FRAME_MS) / 1_000} seconds …`);
        const file = named(all, ending);
        save(await videoOf(images, type), file);
        return `Saved as ${file}.`;
      }],
      ["Recording", ".interleave, to be opened here again", async () => {
        const file = named(one(), "interleave");
        save(await recordingFile(await make("recording", one(), await sources())), file);
        return `Saved as ${file}. “Open a recording” shows it again.`;
      }],
      ["Trace", "JSON for Perfetto and chrome://tracing", text("chrome-trace", "json", "application/json")],
      ...(isFramed ? [] : [["Open in Perfetto", "in a tab of ui.perfetto.dev", async () => {
        // Now, while it is the reader's click that opens it.
        const tab = window.open(PERFETTO);
        if (!tab) throw new Error("the browser opens no tab here");
        await toPerfetto(tab, title, named(one(), "json"), await make("chrome-trace", one()));
        return "Perfetto has it.";
      }]]),
      ["Events", "CSV for a spreadsheet", text("csv", "csv", "text/csv")],
      ["Output", "plain text", text("output", "txt", "text/plain")],
      ["Summary", "Markdown for an issue or a chat", text("markdown", "md", "text/markdown", () => all)],
    ];
    const buttons = files.map(([label, kind, action]) =>
      button(element("span", {}, element("b", {}, label), element("small", {}, kind)), action),
    );
    return element(
      "section",
      { className: "share-files" },
      element("h3", {}, "Take it away"),
      ...(runs.length > 1 ? [element("label", { className: "share-check" }, "What is made of one run is made of", which)] : []),
      element("div", { className: "share-grid" }, ...buttons),
    );
  }
};
