//! Record ids: 63 bits, time-ordered, made by whoever creates the record, unique without asking.
//!
//! 41 bits of milliseconds since 2020-01-01 and 22 random bits. An integer key keeps the store small
//! and its inserts at the end of the table; clients that are offline can make ids; the next id of one
//! source is always greater than its last, so that ids of a batch keep their order.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Milliseconds from the Unix epoch to 2020-01-01T00:00:00Z.
const EPOCH_MS: i64 = 1_577_836_800_000;
const RANDOM_BITS: u32 = 22;
/// Crockford's base 32: no I, L, O, U, so that an id can be read out aloud.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TEXT_LENGTH: usize = 13;

/// The id of a record of any object. Shown as 13 characters of Crockford base 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(i64);

impl Id {
    /// The least id, which no clock of today makes: stands for nobody.
    pub const NOBODY: Id = Id(1);

    /// An id from its stored integer; `None` if it isn't positive.
    pub fn from_i64(raw: i64) -> Option<Id> {
        (raw > 0).then_some(Id(raw))
    }

    /// The integer that the store keeps.
    pub fn as_i64(self) -> i64 {
        self.0
    }
}

/// Makes ids in ascending order.
#[derive(Debug, Default)]
pub struct IdSource {
    last: i64,
}

impl IdSource {
    /// The next id for a moment in Unix milliseconds and some random bits.
    pub fn next(&mut self, now_ms: i64, random: u64) -> Id {
        let time = (now_ms - EPOCH_MS).clamp(0, (1 << 41) - 1);
        let random = (random & ((1 << RANDOM_BITS) - 1)) as i64;
        let made = (time << RANDOM_BITS) | random;
        self.last = if made > self.last { made } else { self.last + 1 };
        Id(self.last.max(1))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'0'; TEXT_LENGTH];
        let mut rest = self.0 as u64;
        for slot in text.iter_mut().rev() {
            *slot = DIGITS.get((rest & 31) as usize).copied().unwrap_or(b'0');
            rest >>= 5;
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// The text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a record id: {0:?}")]
pub struct IdError(pub String);

impl FromStr for Id {
    type Err = IdError;

    /// Reads the 13-character form; letter case and the look-alikes I, L and O are forgiven.
    fn from_str(text: &str) -> Result<Id, IdError> {
        let fail = || IdError(text.to_owned());
        if text.len() != TEXT_LENGTH {
            return Err(fail());
        }
        let mut raw: u64 = 0;
        for byte in text.bytes() {
            let byte = match byte.to_ascii_uppercase() {
                b'I' | b'L' => b'1',
                b'O' => b'0',
                other => other,
            };
            let digit = DIGITS.iter().position(|d| *d == byte).ok_or_else(fail)?;
            raw = raw.checked_mul(32).and_then(|r| r.checked_add(digit as u64)).ok_or_else(fail)?;
        }
        i64::try_from(raw).ok().and_then(Id::from_i64).ok_or_else(fail)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Id, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_of_one_source_ascend_even_when_the_clock_stands_or_goes_back() {
        let mut source = IdSource::default();
        let a = source.next(1_800_000_000_000, 5);
        let b = source.next(1_800_000_000_000, 3);
        let c = source.next(1_700_000_000_000, 9);
        assert!(a < b && b < c);
    }

    #[test]
    fn look_alikes_and_lower_case_are_read() {
        let id: Id = "00000000001OI".parse().unwrap();
        assert_eq!(id, "0000000000101".parse().unwrap());
        assert!("0000000000000".parse::<Id>().is_err());
        assert!("zzzzzzzzzzzzz".parse::<Id>().is_err());
    }

    proptest! {
        #[test]
        fn text_and_integer_forms_round_trip(raw in 1i64..=i64::MAX) {
            let id = Id::from_i64(raw).unwrap();
            prop_assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        }
    }
}
