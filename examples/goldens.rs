//! Lists what CPython has to say about: for each demo with a Python counterpart and each of its
//! golden settings, a line of JSON with the program's text and where its output is kept. Used by
//! `cargo xtask oracle`.

use interleave::demo::{Counterpart, with_constants};
use interleave::demos::DEMOS;
use interleave::link;
use interleave::param::Values;

fn main() {
    for demo in DEMOS {
        let Counterpart::Python(file) = &demo.counterpart else {
            continue;
        };
        for setting in demo.golden_settings() {
            let mut values = Values::defaults(demo.params);
            if let Err(problem) = link::apply_query(&mut values, setting) {
                eprintln!("{}: {setting}: {problem}", demo.slug);
                std::process::exit(1);
            }
            let line = serde_json::json!({
                "slug": demo.slug,
                "setting": setting,
                "path": demo.golden_path(setting),
                "python": with_constants(file.text, &values),
            });
            println!("{line}");
        }
    }
}
