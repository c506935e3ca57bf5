//! Chance that can be repeated: every record draws from a generator of its own, so that any record can be made
//! without those before it.

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast and good enough for made-up data.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Draw {
    /// The generator of one thing (`index`) of a kind (`topic`).
    pub(super) fn new(seed: u64, topic: u64, index: u64) -> Draw {
        let mut draw = Draw(mix(seed ^ mix(topic.wrapping_mul(GOLDEN) ^ mix(index.wrapping_add(GOLDEN)))));
        draw.next();
        draw
    }

    /// 64 even bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `from` to `to`, both included; `from` if they are the wrong way round.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = to.saturating_sub(from).saturating_add(1).max(0);
        from.saturating_add(self.below(width.unsigned_abs()) as i64)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list, each as likely as the other.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64);
        list.get(at as usize).copied().unwrap_or_default()
    }

    /// One of a list, as likely as its weight says.
    pub(super) fn weighted<T: Copy + Default>(&mut self, list: &[(T, u32)]) -> T {
        let total = list.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (item, weight) in list {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return *item,
            }
        }
        T::default()
    }

    /// A count with a mean of about `mean` thousandths: mostly small, now and then great, never over `most`.
    pub(super) fn count(&mut self, mean: u64, most: u64) -> u64 {
        (0..most).take_while(|_| self.below(1000 + mean) < mean).count() as u64
    }

    /// Around 0 with a standard deviation of 1 (the sum of twelve even numbers), within ±6.
    pub(super) fn bell(&mut self) -> f64 {
        let sum: u64 = (0..12).map(|_| self.next() >> 40).sum();
        sum as f64 / f64::from(1u32 << 24) - 6.0
    }

    /// A decimal number of so many digits, as text; the first digit isn't 0.
    pub(super) fn digits(&mut self, count: usize) -> String {
        let mut text = String::with_capacity(count);
        for at in 0..count {
            let digit = if at == 0 { 1 + self.below(9) } else { self.below(10) };
            text.push(char::from(b'0' + digit as u8));
        }
        text
    }
}

/// The finalizer of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Where `index` lands when the numbers below `size` are shuffled: different indexes never meet. An index beyond
/// `size` is shuffled anew.
pub(super) fn shuffled(seed: u64, index: u64, size: u64) -> u64 {
    let size = size.max(1);
    let seed = mix(seed ^ mix(index / size));
    let bits = (u64::BITS - (size - 1).leading_zeros()).max(2);
    let mask = u64::MAX >> (u64::BITS - bits);
    let half = bits / 2;
    let mut at = index % size;
    // Each step is one to one on the numbers of so many bits; walk on until the number is below `size` again.
    loop {
        for round in 0..3 {
            let key = mix(seed.wrapping_add(round));
            at = at.wrapping_mul(key | 1).wrapping_add(key >> 32) & mask;
            at ^= at >> half;
        }
        if at < size {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_shuffle_meets_every_number_once() {
        for size in [1, 2, 3, 10, 1000, 4096, 5001] {
            let met: HashSet<u64> = (0..size).map(|i| shuffled(7, i, size)).collect();
            assert_eq!(met.len() as u64, size);
            assert!(met.iter().all(|at| *at < size));
        }
        assert_ne!(shuffled(7, 3, 5001), shuffled(8, 3, 5001));
    }

    #[test]
    fn draws_keep_to_their_limits_and_weights() {
        let mut draw = Draw::new(1, 2, 3);
        assert!((0..1000).all(|_| (-5..=9).contains(&draw.between(-5, 9))));
        assert_eq!(draw.between(4, 3), 4);
        let heavy = (0..10_000).filter(|_| draw.weighted(&[("a", 9), ("b", 1)]) == "a").count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
        let total: u64 = (0..10_000).map(|_| draw.count(500, 30)).sum();
        assert!((4_700..5_300).contains(&total), "{total}");
        let bells: f64 = (0..10_000).map(|_| draw.bell().powi(2)).sum();
        assert!((0.9..1.1).contains(&(bells / 10_000.0)), "{bells}");
    }
}
