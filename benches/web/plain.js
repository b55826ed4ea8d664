// Writes plain.html into a folder: a page of text as large as a demo's static page, packed by brotli and unpacked, with
// the same style sheets and nothing else. What a page of that size costs at least is measured with it.
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const [folder, like] = process.argv.slice(2);
const packed = (text) => zlib.brotliCompressSync(text).length;
const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = fs.readFileSync(path.join(folder, like), "utf8");
const sheets = page.match(/<link[^>]*rel="?stylesheet"?[^>]*>/g).join("");
const texts = fs.readdirSync(path.join(folder, "demos")).sort();
const paragraphs = texts
  .filter((name) => /\.(md|py|rs)$/.test(name))
  .flatMap((name) => fs.readFileSync(path.join(folder, "demos", name), "utf8").split(/\n\n+/))
  .map((text) => `<p>${escaped(text)}</p>`);
const plain = (text) =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Plain</title>${sheets}</head><body>${text}</body></html>`;
const target = packed(page);
let count = 0;
while (count < paragraphs.length && packed(plain(paragraphs.slice(0, count).join("\n"))) < target) count += 1;
// A demo's page holds nearly the same once for each kind of window; what is repeated weighs next to nothing packed.
const text = paragraphs.slice(0, count).join("\n");
const times = Math.max(1, Math.round(page.length / text.length));
fs.writeFileSync(path.join(folder, "plain.html"), plain(text.repeat(times)));
