//! Random numbers as Python's `random` module gives them for the same seed, so that a demo and
//! its Python counterpart make the same choices.

use rand_mt::Mt;
use std::time::Duration;

/// `random.Random(seed)`.
pub struct Random {
    twister: Mt,
}

impl Random {
    pub(super) fn new(seed: i64) -> Self {
        // `random_seed` in CPython's Modules/_randommodule.c: the absolute value, in 32-bit
        // digits, least significant first, is the key.
        let seed = seed.unsigned_abs();
        let digits = [seed as u32, (seed >> 32) as u32];
        let key = if digits[1] == 0 {
            &digits[..1]
        } else {
            &digits[..]
        };
        Random {
            twister: Mt::new_with_key(key.iter().copied()),
        }
    }

    /// A number in [0, 1): `random()`.
    pub fn fraction(&mut self) -> f64 {
        // `_random_Random_random_impl`: 53 bits.
        let high = f64::from(self.twister.next_u32() >> 5);
        let low = f64::from(self.twister.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// A whole number from `least` to `most`, both included: `randint(least, most)`.
    ///
    /// # Panics
    /// When the range is empty or has more than 2^32 numbers.
    pub fn whole(&mut self, least: i64, most: i64) -> i64 {
        let count = u32::try_from(most - least + 1).expect("a range of 1 to 2^32 numbers");
        assert!(count > 0, "the range is empty");
        // `Random._randbelow_with_getrandbits`.
        let bits = 32 - count.leading_zeros();
        loop {
            let value = self.twister.next_u32() >> (32 - bits);
            if value < count {
                return least + i64::from(value);
            }
        }
    }

    /// A time between two, in whole milliseconds: `randint(shortest, longest)` of milliseconds.
    pub fn millis(&mut self, shortest: Duration, longest: Duration) -> Duration {
        let (least, most) = (shortest.as_millis() as i64, longest.as_millis() as i64);
        Duration::from_millis(self.whole(least, most.max(least)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_cpython() {
        // python3 -c "import random; r = random.Random(7); print([r.randint(300, 900) for _ in
        // range(5)], r.random())"
        let mut random = Random::new(7);
        let wholes: Vec<i64> = (0..5).map(|_| random.whole(300, 900)).collect();
        assert_eq!(wholes, [631, 454, 704, 349, 374]);
        assert_eq!(random.fraction(), 0.8212742919913083);
    }
}
