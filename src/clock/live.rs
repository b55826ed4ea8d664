//! Real time, as the browser's `performance.now()` gives it.

use super::Clock;
use crate::trace::ClockKind;
use crate::web::performance;
use js_sys::{Atomics, Int32Array, Object, Reflect, WebAssembly};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Performance;

/// Counts from its making.
pub struct LiveClock {
    performance: Performance,
    origin_ms: f64,
    /// How many times as fast as real time it goes.
    speed: f64,
    last_ns: Cell<u64>,
    /// A word of shared memory that nobody changes: waiting for a change of it blocks.
    waitable: Option<Int32Array>,
}

impl LiveClock {
    /// A clock that starts now.
    pub fn start() -> Self {
        LiveClock::faster(1)
    }

    /// A clock that starts now, and goes that many times as fast as real time.
    #[expect(clippy::disallowed_methods, reason = "the live clock")]
    pub fn faster(speed: u32) -> Self {
        let performance = performance();
        LiveClock {
            origin_ms: performance.now(),
            performance,
            speed: f64::from(speed),
            last_ns: Cell::new(0),
            waitable: waitable(),
        }
    }

    /// Nanoseconds of this clock for a reading of another worker's, both counted from 1970.
    pub fn from_epoch_ms(&self, epoch_ms: f64) -> u64 {
        let here_ms = epoch_ms - self.performance.time_origin();
        ((here_ms - self.origin_ms).max(0.0) * 1e6 * self.speed) as u64
    }
}

impl Clock for LiveClock {
    fn kind(&self) -> ClockKind {
        ClockKind::Live
    }

    #[expect(clippy::disallowed_methods, reason = "the live clock")]
    fn now_ns(&self) -> u64 {
        let now_ns = ((self.performance.now() - self.origin_ms) * 1e6 * self.speed) as u64;
        // Browsers promise that it never runs backwards; a trace relies on it.
        let now_ns = now_ns.max(self.last_ns.get());
        self.last_ns.set(now_ns);
        now_ns
    }

    fn block(&self, duration_ns: u64) {
        let until_ns = self.now_ns().saturating_add(duration_ns);
        loop {
            let now_ns = self.now_ns();
            if now_ns >= until_ns {
                return;
            }
            if let Some(word) = &self.waitable {
                let left_ms = (until_ns - now_ns) as f64 / 1e6 / self.speed;
                // Barred on a page's main thread: there the loop becomes a busy wait.
                let _ = Atomics::wait_with_timeout(word, 0, 0, left_ms);
            }
        }
    }

    fn spend(&self, _cost_ns: u64) {}

    fn jump_to(&self, _time_ns: u64) {}
}

/// Shared memory can be had this way without cross-origin isolation.
fn waitable() -> Option<Int32Array> {
    let descriptor = Object::new();
    for (key, value) in [
        ("initial", JsValue::from(1)),
        ("maximum", JsValue::from(1)),
        ("shared", JsValue::TRUE),
    ] {
        Reflect::set(&descriptor, &JsValue::from_str(key), &value).ok()?;
    }
    let memory = WebAssembly::Memory::new(&descriptor.unchecked_into()).ok()?;
    Some(Int32Array::new(&memory.buffer()))
}
