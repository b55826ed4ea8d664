//! Writes the static pages of all demos, a line of JSON for each; `cargo xtask dist` makes files of them.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use interleave::app::static_page::{pages, pictures, sources};
    use interleave::demos::DEMOS;
    // What xtask/previews.js has room for in the picture of a link preview.
    const PREVIEW_PX: (f64, f64) = (1074.0, 318.0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("nothing that it needs can be missing");
    let local = tokio::task::LocalSet::new();
    for demo in DEMOS {
        let pages = local.block_on(&runtime, pages(demo));
        let pages = pages
            .iter()
            .map(|page| serde_json::json!({ "class": page.classes, "html": page.html }));
        let pages: Vec<serde_json::Value> = pages.collect();
        let line = serde_json::json!({
            "slug": demo.slug,
            "title": demo.title,
            "summary": demo.summary,
            "engine": demo.engine,
            "pages": pages,
            "pictures": pictures(demo, PREVIEW_PX),
            "sources": local.block_on(&runtime, sources(demo)),
        });
        println!("{line}");
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}
