//! A page with nothing but the picture of a large run, for `benches/web/picture.js`, which zooms
//! and pans in it and measures the frames. `cargo xtask bench` builds and runs it.

#[cfg(target_arch = "wasm32")]
mod web {
    use interleave::app::components::picture::Picture;
    use interleave::app::hooks::store::use_store;
    use interleave::app::state::PageState;
    use interleave::demos::DEMOS;
    use interleave::derived::findings::findings;
    use interleave::derived::recording::Recording;
    use interleave::derived::run_ref::RunRef;
    use interleave::link::Scenario;
    use interleave::picture::layout::{Choice, Layout};
    use interleave::picture::lod::Index;
    use interleave::picture::sample;
    use interleave::web::performance;
    use wasm_bindgen::prelude::*;
    use web_sys::Element;
    use yew::prelude::*;

    #[derive(Properties, PartialEq)]
    struct PageProps {
        run: RunRef,
    }

    #[component]
    fn Page(props: &PageProps) -> Html {
        let store = use_store(|| PageState::new(Scenario::defaults_of(DEMOS[0]), Vec::new()));
        let state = store.state();
        html! {
            <Picture run={props.run.clone()} live=false slot=0 shared={state.shared()} {store} label="Timeline" />
        }
    }

    /// Shows a made-up run; for how many milliseconds all views of it were derived.
    #[wasm_bindgen]
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
    pub fn show(root: Element, tasks: usize, events: usize) -> f64 {
        let trace = sample::trace(tasks, events, 1);
        let began_ms = performance().now();
        // Timeline and lines, the loop at the end and all that going back in it needs, findings,
        // what the picture draws from, and its rows.
        let mut recording = Recording::from_trace(trace);
        let count = recording.trace().events.len();
        recording.loop_at(count);
        let found = findings(recording.trace()).len();
        let (trace, timeline) = (recording.trace(), recording.timeline());
        let index = Index::from_trace(trace, timeline);
        let rows = Layout::new(trace, timeline, &index, &Choice::default(), None).rows;
        let took_ms = performance().now() - began_ms;
        // What nobody looks at need not be derived, a compiler may find.
        assert!(found + rows.len() > 0);
        drop(index);
        let run = RunRef::from_recording(recording);
        yew::Renderer::<Page>::with_root_and_props(root, PageProps { run }).render();
        took_ms
    }
}

fn main() {}
