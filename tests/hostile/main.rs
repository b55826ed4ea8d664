//! Everything from outside, made up to do harm: links, parameters, traces, files. Nothing may panic, no sum may
//! wrap, and nothing may take much more memory or time than its size allows.
//!
//! `cargo xtask soak` runs the same with a million inputs each. `INTERLEAVE_INPUTS` says how many,
//! `INTERLEAVE_SEED` which.

mod allocator;
#[path = "../common/chrome_trace.rs"]
#[allow(dead_code, reason = "of damaged traces only the form is looked at")]
mod chrome_trace;
mod links;
mod recordings;
mod traces;

use cpu_time::ThreadTime;
use rand_mt::Mt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The most that an input may take while it is read and looked at from all sides, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// The longest that it may keep a processor. What else the machine does meanwhile is not counted.
const MAX_TIME: Duration = Duration::from_millis(50);

/// How many inputs there are for each decoder where nobody says.
const FEW: u32 = 3_000;

/// An input that takes long is measured again: caches and clocks have bad moments.
const TRIES: usize = 3;

/// A source of numbers that do harm.
pub struct Source(Mt);

impl Source {
    fn new(seed: u32) -> Self {
        Source(Mt::new(seed))
    }

    /// Any number below `end`; 0 when that is 0.
    fn below(&mut self, end: usize) -> usize {
        self.0.next_u32() as usize % end.max(1)
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// True once in so many times.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A number at an edge of something, or any.
    fn number(&mut self) -> u64 {
        let any = u64::from(self.0.next_u32()) << 32 | u64::from(self.0.next_u32());
        let power = 1_u64 << self.below(64);
        self.one_of(&[
            0,
            1,
            2,
            power,
            power.wrapping_sub(1),
            power.wrapping_add(1),
            u64::MAX,
            u64::MAX - 1,
            i64::MAX as u64,
            u64::from(u32::MAX),
            any,
            any >> (any & 63),
        ])
    }
}

fn setting(name: &str, default: u32) -> u32 {
    let said = std::env::var(name).ok();
    said.map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is {text:?}, which is no number"))
    })
}

/// Reads many inputs, and panics with the first that does harm.
fn attack<T>(name: &str, make: impl Fn(&mut Source) -> T, read: impl Fn(&T)) {
    let inputs = setting("INTERLEAVE_INPUTS", FEW);
    let first = setting("INTERLEAVE_SEED", 1);
    let (mut most_bytes, mut longest) = (0, Duration::ZERO);
    for at in 0..inputs {
        let seed = first.wrapping_add(at);
        let input = make(&mut Source::new(seed));
        let mut fastest = Duration::MAX;
        for _ in 0..TRIES {
            let started = ThreadTime::now();
            let (bytes, outcome) =
                allocator::most_used(|| catch_unwind(AssertUnwindSafe(|| read(&input))));
            fastest = fastest.min(started.elapsed());
            if outcome.is_err() {
                panic!("{name}: it panicked over the input of seed {seed}");
            }
            most_bytes = most_bytes.max(bytes);
            assert!(
                bytes <= MAX_BYTES,
                "{name}: the input of seed {seed} takes {bytes} bytes"
            );
            if fastest <= MAX_TIME {
                break;
            }
        }
        assert!(
            fastest <= MAX_TIME,
            "{name}: the input of seed {seed} takes {fastest:?}"
        );
        longest = longest.max(fastest);
    }
    println!(
        r#"{{"decoder":"{name}","inputs":{inputs},"seed":{first},"most_bytes":{most_bytes},"longest_ms":{:.2}}}"#,
        longest.as_secs_f64() * 1e3
    );
}

#[test]
fn links() {
    attack("links", links::fragment, |fragment| links::read(fragment));
}

#[test]
fn parameters() {
    attack("parameters", links::parameter, |(slug, key, text)| {
        links::set(slug, key, text);
    });
}

#[test]
fn traces_of_hostile_events() {
    attack("traces of hostile events", traces::events, |batches| {
        traces::read(batches)
    });
}

#[test]
fn damaged_traces() {
    attack("damaged traces", traces::damaged, |batches| {
        traces::read(batches)
    });
}

#[test]
fn recordings() {
    attack("recordings", recordings::file, |bytes| {
        recordings::read(bytes)
    });
}
