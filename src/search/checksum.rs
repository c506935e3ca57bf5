//! A checksum of 64 bits over four lanes of words, at several bytes a cycle.

#[derive(Clone, Copy)]
struct Lanes([u64; 4]);

impl Lanes {
    fn add(&mut self, block: &[u8; 32]) {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in self.0.iter_mut().zip(words) {
            *lane = mix(*lane ^ u64::from_le_bytes(*word)).rotate_left(29);
        }
    }
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ x >> 32
}

/// The checksum of `bytes`.
pub(super) fn of(bytes: &[u8]) -> u64 {
    let mut sum = Lanes([1, 2, 3, 4]);
    let (blocks, rest) = bytes.as_chunks::<32>();
    blocks.iter().for_each(|block| sum.add(block));
    let mut last = [0; 32];
    last.iter_mut().zip(rest).for_each(|(a, b)| *a = *b);
    sum.add(&last);
    let length = u64::try_from(bytes.len()).unwrap_or_default();
    sum.0.iter().fold(length, |all, lane| mix(all ^ lane).rotate_left(23))
}
