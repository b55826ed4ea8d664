//! How much memory the views of the largest trace take. How much time they take is printed too, for
//! `cargo xtask bench`: `cargo test --release --test picture_size -- --nocapture`.

use interleave::derived::recording::Recording;
use interleave::derived::timeline::{Scale, Timeline};
use interleave::picture::draw::draw;
use interleave::picture::layout::{Choice, Layout};
use interleave::picture::lod::Index;
use interleave::picture::view::View;
use interleave::picture::{Marks, Scene, sample};
use std::alloc::{GlobalAlloc, Layout as Bytes, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Counts the bytes in use.
struct Counting;

static USED: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code, reason = "an allocator cannot be written otherwise")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, bytes: Bytes) -> *mut u8 {
        USED.fetch_add(bytes.size(), Ordering::Relaxed);
        unsafe { System.alloc(bytes) }
    }

    unsafe fn dealloc(&self, at: *mut u8, bytes: Bytes) {
        USED.fetch_sub(bytes.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, bytes) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn used() -> usize {
    USED.load(Ordering::Relaxed)
}

/// Trace, timeline, loop, index and rows together; the limit leaves room for what findings keep.
const MOST_BYTES_AN_EVENT: f64 = 48.0;

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long deriving takes"
)]
fn best_ms<T>(times: usize, mut act: impl FnMut() -> T) -> f64 {
    let once = |_| {
        let started = Instant::now();
        drop(act());
        started.elapsed().as_secs_f64() * 1e3
    };
    (0..times).map(once).fold(f64::MAX, f64::min)
}

#[test]
fn the_largest_trace_and_its_views_are_small_enough() {
    for (tasks, events) in [(10_000, 1_000_000), (10, 1_000_000), (100, 100_000)] {
        let empty = used();
        let mut trace = sample::trace(tasks, events, 1);
        trace.events.shrink_to_fit();
        let count = trace.events.len();
        let per_event = |bytes: usize| bytes as f64 / count as f64;
        println!("{tasks} tasks, {count} events");
        println!("  trace: {:.1} bytes an event", per_event(used() - empty));

        let lanes_ms = best_ms(3, || Timeline::from_trace(&trace));
        let mut recording = Recording::from_trace(trace);
        let loop_ms = best_ms(1, || recording.loop_at(count).turn());
        // Each step back begins at some kept state; the longest is what a reader may feel.
        let back_ms = (1..40)
            .map(|part| {
                best_ms(1, || {
                    recording.loop_at(count - part * count / 40 - 1).turn()
                })
            })
            .fold(0.0, f64::max);
        let view_ms = best_ms(9, || {
            let state = recording.loop_at(count / 2).clone();
            state.view(recording.trace())
        });
        println!("  the loop: all {loop_ms:.1} ms, back {back_ms:.2} ms, view {view_ms:.2} ms");
        let (trace, timeline) = (recording.trace(), recording.timeline());
        let index_ms = best_ms(3, || Index::from_trace(trace, timeline));
        let index = Index::from_trace(trace, timeline);
        let choice = Choice::default();
        let layout_ms = best_ms(3, || Layout::new(trace, timeline, &index, &choice, None));
        let layout = Layout::new(trace, timeline, &index, &choice, None);
        let bytes = per_event(used() - empty);
        println!("  with all views: {bytes:.1} bytes an event");
        println!("  derived in {lanes_ms:.1} + {index_ms:.1} + {layout_ms:.1} ms");
        assert!(bytes <= MOST_BYTES_AN_EVENT, "{bytes} bytes an event");
        let derived_ms = lanes_ms + index_ms + layout_ms;
        println!(
            r#"{{"bytes_per_event":{bytes:.1},"derived_ms":{:.1},"back_ms":{back_ms:.2}}}"#,
            loop_ms + derived_ms
        );

        let extent_ns = Scale::Time.end(trace);
        for zoom in [1.0, 0.1, 0.001] {
            let view = View::fit(extent_ns, 1_200.0, View::height_for(16), 120.0);
            let view = view.zoomed(zoom, 600.0, extent_ns);
            let scene = Scene {
                trace,
                timeline,
                index: &index,
                layout: &layout,
                view: &view,
                marks: &Marks::default(),
            };
            let shapes = draw(&scene).len();
            let frame_ms = best_ms(9, || draw(&scene));
            println!("  a frame of {zoom} of the run: {shapes} shapes in {frame_ms:.2} ms");
        }
    }
}
