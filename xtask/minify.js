// Makes what wasm-bindgen wrote into a folder smaller: short names between glue and wasm, then no white space
// in the glue and the style sheets. Trunk's own minifier does not read the glue. No other script may change
// after Trunk has put its digest into the page.
const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

// What Rust uses by default. More would let wasm-opt write what not every browser reads.
const FEATURES = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];

/**
 * Glue that calls imports and exports by their new names, from wasm-opt's list of
 * `{"imports": [[module, old, new]], "exports": [[old, new]]}`.
 *
 * The glue is generated: an import stands in it as `name: function` or `name: arguments =>`, an export as
 * `wasm.name`, their module once as a string.
 */
function withShortNames(glue, { imports, exports }) {
  for (const [module, old, short] of imports) {
    glue = glue.replaceAll(`"${module}":`, '"a":');
    const parts = glue.split(` ${old}: `);
    if (parts.length !== 2) throw new Error(`the glue does not have the import ${old} once`);
    glue = parts.join(` ${short}: `);
  }
  const names = new Map(exports);
  return glue.replace(/\bwasm\.([\w$]+)/g, (all, old) =>
    names.has(old) ? `wasm.${names.get(old)}` : all,
  );
}

/** The glue and the wasm file of the program whose files' names begin so. */
function program(folder, start) {
  const file = (end) => {
    const name = fs.readdirSync(folder).find((name) => name.startsWith(start) && name.endsWith(end));
    if (!name) throw new Error(`Trunk wrote no ${start}*${end}`);
    return path.join(folder, name);
  };
  return [file(".js"), file(".wasm")];
}

function shorten(glue, wasm) {
  // The npm package exports a library only; its program lies beside that.
  const opt = path.join(process.env.NODE_PATH, "binaryen/bin/wasm-opt");
  const flags = FEATURES.map((feature) => `--enable-${feature}`);
  flags.push("--minify-imports-and-exports-and-modules", "--strip-target-features");
  const short = execFileSync(process.execPath, [opt, ...flags, wasm, "-o", wasm], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  fs.writeFileSync(glue, withShortNames(fs.readFileSync(glue, "utf8"), JSON.parse(short)));
}

/** Puts the page's style sheets into one, in their order: one request, and what is alike in them packs together. */
function joinSheets(folder) {
  const index = path.join(folder, "index.html");
  const page = fs.readFileSync(index, "utf8");
  const tags = [...page.matchAll(/<link[^>]*rel="stylesheet"[^>]*href="\.\/([^"]+)"[^>]*>/g)];
  const files = tags.map(([, name]) => path.join(folder, name));
  const css = files.map((file) => fs.readFileSync(file, "utf8")).join("\n");
  const name = `style-${createHash("sha256").update(css).digest("hex").slice(0, 16)}.css`;
  for (const file of files) fs.rmSync(file);
  fs.writeFileSync(path.join(folder, name), css);
  const [first, ...others] = tags.map(([tag]) => tag);
  const joined = others.reduce((page, tag) => page.replace(tag, ""), page);
  fs.writeFileSync(index, joined.replace(first, `<link rel="stylesheet" href="./${name}">`));
}

function minify(folder) {
  joinSheets(folder);
  const page = fs.readFileSync(path.join(folder, "index.html"), "utf8");
  const engines = [...page.matchAll(/name="engine-([\w-]+)"/g)].map(([, name]) => name);
  const programs = [program(folder, "interleave-"), ...engines.map((name) => program(folder, name))];
  for (const [glue, wasm] of programs) shorten(glue, wasm);
  const sheets = fs.readdirSync(folder).filter((name) => name.endsWith(".css"));
  // Where no script sets a theme the system's holds: the same colours, written once in the sheet.
  for (const sheet of sheets.map((name) => path.join(folder, name))) {
    const css = fs.readFileSync(sheet, "utf8");
    const [, dark] = css.match(/:root\[data-theme="dark"\]\s*\{([^}]*)\}/) ?? [];
    if (dark) fs.writeFileSync(sheet, `${css}\n@media (prefers-color-scheme: dark) { :root:not([data-theme]) {${dark}} }`);
  }
  const scripts = programs.map(([glue]) => glue);
  const own = fs.readdirSync(folder).filter((name) => /^((start|theme)-.*|sw)\.js$/.test(name));
  scripts.push(...own.map((name) => path.join(folder, name)));
  const parts = fs.readdirSync(path.join(folder, "parts")).map((name) => path.join(folder, "parts", name));
  for (const entry of [...scripts, ...parts, ...sheets.map((name) => path.join(folder, name))]) {
    const options = { entryPoints: [entry], outfile: entry, minify: true, allowOverwrite: true };
    require("esbuild").buildSync({ ...options, logLevel: "warning" });
  }
}

module.exports = { withShortNames };
if (require.main === module) minify(process.argv[2]);
