//! Tax numbers: China's unified social credit code (GB 32100-2015), and look-alikes of other countries.

use super::draw::{Draw, shuffled};

/// The 31 characters of the code: no I, O, S, V, Z.
const DIGITS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u64; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the organization code inside (GB 11714-1997).
const ORGANIZATION_WEIGHTS: [u64; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The code of the `index`-th company, registered in a division (six digits); no two are the same.
pub(super) fn credit_code(seed: u64, index: u64, division: &str) -> String {
    let mut rest = shuffled(seed, index, 31u64.pow(6));
    let mut organization = *b"MA000000";
    for slot in organization.iter_mut().skip(2).rev() {
        *slot = DIGITS.get((rest % 31) as usize).copied().unwrap_or(b'0');
        rest /= 31;
    }
    let mut code = String::with_capacity(18);
    code.push_str("91");
    code.push_str(division);
    code.extend(organization.iter().map(|b| char::from(*b)));
    code.push(organization_check(&organization));
    code.push(check(&code));
    code
}

/// The 18th character of a code of which the first 17 are given.
pub(super) fn check(code: &str) -> char {
    let value = |c: u8| DIGITS.iter().position(|d| *d == c).unwrap_or(0) as u64;
    let sum: u64 = code.bytes().zip(WEIGHTS).map(|(c, weight)| value(c) * weight).sum();
    DIGITS.get(((31 - sum % 31) % 31) as usize).map_or('0', |b| char::from(*b))
}

/// The ninth character of an organization code.
fn organization_check(code: &[u8; 8]) -> char {
    let value = |c: u8| u64::from(if c.is_ascii_digit() { c - b'0' } else { c.saturating_sub(b'A') + 10 });
    let sum: u64 = code.iter().zip(ORGANIZATION_WEIGHTS).map(|(c, weight)| value(*c) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    }
}

/// A tax number of another country: its letters and nine digits.
pub(super) fn foreign(draw: &mut Draw, country: &str) -> String {
    format!("{country}{}", draw.digits(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_are_those_of_real_codes() {
        // Published codes of large companies: Huawei, Tencent Computer, Alibaba China.
        for code in ["914403001922038216", "9144030071526726XG", "91330100799655058B"] {
            assert_eq!(code.chars().last(), Some(check(code)), "{code}");
        }
        assert_eq!(organization_check(b"19220382"), '1');
        assert_eq!(organization_check(b"71526726"), 'X');
    }
}
