// Before anything is painted: the theme that the reader chose earlier, and whether the address asks for another demo
// than the one that this static page shows. Everything else is the page's own matter.
const root = document.documentElement;
try {
  const theme = localStorage.getItem("interleave-theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
  // A private window may refuse to keep anything.
}
root.dataset.theme ??= matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const asked = location.hash.match(/^#\d+\/([^?]*)(\?.*)?$/);
const shown = document.querySelector("meta[name=interleave-demo]");
if (asked && shown && asked[1] !== shown.content) root.dataset.asks = "other";
else if (asked?.[2]) root.dataset.asks = "settings";
// A page that another shows in a frame: the address says which parts of it, and in which colours.
const wishes = new URLSearchParams(location.search);
const embed = wishes.get("embed");
if (embed) {
  root.dataset.embed = embed;
  if (/^(light|dark)$/.test(wishes.get("theme"))) root.dataset.theme = root.dataset.asksTheme = wishes.get("theme");
  // Nothing is painted before a style sheet that the parser itself has met.
  document.write('<link rel="stylesheet" href="embed.css">');
}
