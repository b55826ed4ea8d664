// What `cargo xtask test e2e` checks every static page with.
module.exports = {
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    // A page has its content once for each kind of window, of which the style sheet shows one; axe, which sees what
    // is shown, holds that it has one <main> (tests/e2e/static.spec.js).
    "no-multiple-main": "off",
  },
};
