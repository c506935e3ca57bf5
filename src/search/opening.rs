//! Which characters a typed word can begin with: most values of a document are dismissed by one look at each
//! of their characters, before any of their readings is tried.

use super::fold::{self, HAN, HAN_COUNT};
use super::pinyin::{self, SyllableId};
use super::plan::Token;

/// All of the typed letters may stand for this character.
const WHOLE: u8 = 1;
/// The first of them may, if the next character goes on.
const FIRST: u8 = 2;
/// The character may go on so.
const SECOND: u8 = 4;

/// What each character can be at the start of a match, by its code; more than it is, never less.
#[derive(Clone, Debug)]
pub(super) struct Openings(Vec<u8>);

impl Openings {
    /// The openings of a word of `len` letters, cut into these tokens.
    pub(super) fn new(tokens: &[Token], len: usize) -> Openings {
        let second = |start: usize| tokens.iter().any(|t| t.start == 0 && t.end == start);
        let roles = |t: &Token| {
            let opens = if t.start > 0 { 0 } else { [FIRST, WHOLE][usize::from(t.end == len)] };
            opens | if second(t.start) { SECOND } else { 0 }
        };
        let mut syllables = vec![0u8; pinyin::syllables()];
        let mut codes = vec![0u8; usize::from(HAN + HAN_COUNT)];
        for token in tokens {
            let roles = roles(token);
            let of = |id: &SyllableId| usize::from(*id);
            token.ids.iter().for_each(|id| syllables.get_mut(of(id)).into_iter().for_each(|s| *s |= roles));
            if token.single() && let Some(letter) = codes.get_mut(usize::from(token.letter)) {
                // A letter that stands for itself is no match alone.
                *letter |= if roles & WHOLE == 0 { roles } else { roles & !WHOLE };
            }
        }
        for (code, role) in (0..).zip(codes.iter_mut()).skip(usize::from(HAN)) {
            for id in pinyin::every_reading(code).as_slice() {
                *role |= syllables.get(usize::from(*id)).copied().unwrap_or_default();
            }
        }
        Openings(codes)
    }

    /// Whether a match can start with this character.
    pub(super) fn starts(&self, code: u16) -> bool {
        self.of(code) & (WHOLE | FIRST) != 0
    }

    /// Whether a match can start anywhere in a value in bytes.
    pub(super) fn anywhere(&self, value: &[u8]) -> bool {
        let mut open = false;
        fold::codes(value).any(|code| {
            let role = self.of(code);
            let found = role & WHOLE != 0 || open && role & SECOND != 0;
            open = role & FIRST != 0;
            found
        })
    }

    fn of(&self, code: u16) -> u8 {
        self.0.get(usize::from(code)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::{decode, encode};
    use super::super::plan::Plan;
    use super::*;

    #[test]
    fn what_matches_is_never_dismissed() {
        let texts = "华信科技 海安 中国银行 长沙 单立人 曾强 重庆华润 绿地 TCL华信 3M中国 西安 大厦 什么uu 张三a 女装 阿里 H华 卢u布";
        let typed = "h hu hua huax hx ha hai zg zh zhong yinhang yinxing cs changsha shanlr dan c cq lv lu lvd tclh t 3m \
                     3 xian x ds dasha sm shenmeu z zsa nvz a al hh lub luub uu m";
        for text in texts.split(' ') {
            let (mut bytes, mut codes) = (Vec::new(), Vec::new());
            encode(text, &mut bytes);
            decode(&bytes, &mut codes);
            for typed in typed.split(' ').filter(|t| !t.is_empty()) {
                let Some(plan) = Plan::new(typed.as_bytes()) else { continue };
                let found = (0..codes.len()).find(|at| pinyin::match_at(&codes, *at, typed.as_bytes()).is_some());
                assert_eq!(plan.find(&codes).map(|found| found.start), found, "{text} {typed}");
                assert!(plan.may_be_in(&bytes) || found.is_none(), "{text} {typed}");
            }
        }
    }

    #[test]
    fn what_cannot_go_on_is_dismissed() {
        for (text, typed, may) in [
            ("海天", "hua", false),
            ("海安", "haian", true),
            ("海u", "hua", true),
            ("花园", "hua", true),
            ("华夏", "huaxin", true),
            ("西安", "hua", false),
        ] {
            let mut bytes = Vec::new();
            encode(text, &mut bytes);
            let plan = Plan::new(typed.as_bytes());
            assert_eq!(plan.map(|plan| plan.may_be_in(&bytes)), Some(may), "{text} {typed}");
        }
    }
}
