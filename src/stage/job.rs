//! Pieces of work that can be handed to another thread: plain data, since nothing else can be
//! sent there.

use crate::clock::Clock;
use crate::stage::nanos;
use std::time::Duration;

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Blocks its thread for a time and does nothing (`time.sleep`).
    Sleep(Duration),
    /// Keeps a core busy for a time.
    Chop(Duration),
    /// Counts the prime numbers from the first number up to, and without, the second.
    Primes(u32, u32),
}

impl Job {
    /// What it takes under the instant clock.
    pub fn cost(&self) -> Duration {
        match *self {
            Job::Sleep(duration) | Job::Chop(duration) => duration,
            // Trial division of n takes up to √n / 2 steps, so a range takes the difference of
            // n√n at its ends; the factor is what was measured in Chromium on a desktop.
            Job::Primes(from, to) => {
                let steps = |n: u32| f64::from(n) * f64::from(n).sqrt();
                let ns = (steps(to) - steps(from)).max(0.0) * NS_PER_STEP;
                Duration::from_micros((ns / 1_000.0) as u64)
            }
        }
    }

    /// Does it, on the thread that calls, and returns its result.
    pub fn run(&self, clock: &dyn Clock) -> u64 {
        match *self {
            Job::Sleep(duration) => {
                clock.block(nanos(duration));
                0
            }
            Job::Chop(duration) => {
                let until_ns = clock.now_ns().saturating_add(nanos(duration));
                let mut chops = 0;
                while clock.now_ns() < until_ns {
                    chops += 1;
                }
                chops
            }
            Job::Primes(from, to) => (from..to).filter(|n| is_prime(*n)).count() as u64,
        }
    }

    /// The result of [`Self::run`], had quickly: for the instant clock, which charges
    /// [`Self::cost`] and has no use for a core that is kept busy.
    pub fn result(&self) -> u64 {
        match *self {
            Job::Sleep(_) | Job::Chop(_) => 0,
            Job::Primes(from, to) => {
                let mut composite = vec![false; to as usize];
                let mut count = 0;
                for n in 2..to as usize {
                    if composite[n] {
                        continue;
                    }
                    count += u64::from(n >= from as usize);
                    // In a browser a number of this size has 32 bits, and the square may have more.
                    for multiple in (n.saturating_mul(n)..to as usize).step_by(n) {
                        composite[multiple] = true;
                    }
                }
                count
            }
        }
    }
}

/// See [`Job::cost`].
const NS_PER_STEP: f64 = 0.2;

/// By trial division: slow, which is the point.
fn is_prime(n: u32) -> bool {
    if n < 4 || n.is_multiple_of(2) {
        return n == 2 || n == 3;
    }
    (3..)
        .step_by(2)
        .take_while(|divisor| divisor * divisor <= n)
        .all(|divisor| !n.is_multiple_of(divisor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::InstantClock;

    #[test]
    fn the_slow_way_and_the_quick_one_count_the_same_primes() {
        for (from, to, count) in [(0, 0, 0), (0, 10, 4), (10, 30, 6), (0, 100_000, 9_592)] {
            let job = Job::Primes(from, to);
            assert_eq!(job.result(), count);
            assert_eq!(job.run(&InstantClock::default()), count);
        }
    }

    #[test]
    fn the_parts_of_a_range_cost_what_the_whole_does() {
        let whole = Job::Primes(0, 4_000_000).cost();
        let parts = Job::Primes(0, 1_000_000).cost() + Job::Primes(1_000_000, 4_000_000).cost();
        assert!(whole.abs_diff(parts) <= Duration::from_micros(2));
    }
}
