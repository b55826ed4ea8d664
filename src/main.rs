//! The page and the worker: one wasm file, two entry points.

fn main() {}
