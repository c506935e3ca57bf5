//! Finding rows by a few letters: what they show, what else they are known by, or their pinyin.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use pinyin::ToPinyin;
use std::ops::Range;

/// Something that can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// What is handed back.
    pub key: String,
    /// What is shown; it is found by its pinyin too.
    pub text: String,
    /// Found by this as well, one a line: the label in the other language, a name.
    pub also: String,
    /// Shown dim on the left, once for neighbours that have it in common.
    pub group: String,
    /// Shown on the right.
    pub detail: String,
    /// It is marked as chosen.
    pub chosen: bool,
    /// It can't be done now: its detail says why.
    pub dim: bool,
}

/// An item that was found, by its place, with the bytes of its text that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The item's place.
    pub at: usize,
    /// The matched bytes of its text.
    pub matches: Vec<Range<usize>>,
}

/// What is shown counts more than what is only known.
const SHOWN: u32 = 50;
/// What is exactly meant comes first, whatever longer text scores as high.
const EXACT: u32 = 1000;

/// The items that a text may mean, the likeliest first; all in their order for an empty text.
pub fn ranked(items: &[Item], text: &str) -> Vec<Ranked> {
    let text = text.trim();
    if text.is_empty() {
        return (0..items.len()).map(|at| Ranked { at, matches: Vec::new() }).collect();
    }
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut found: Vec<(u32, Ranked)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let own = indices(&pattern, &item.text, &mut matcher);
        let pinyin = pinyin_forms(&item.text);
        let others = || item.also.lines().chain(pinyin.iter().map(String::as_str));
        let known = others().chain([item.detail.as_str()]).filter_map(|t| score(&pattern, t, &mut matcher)).max();
        let Some(best) = own.as_ref().map(|(score, _)| score + SHOWN).max(known) else { continue };
        let exact = item.text.eq_ignore_ascii_case(text) || others().any(|t| t.eq_ignore_ascii_case(text));
        let matches = own.map(|(_, matches)| matches).unwrap_or_default();
        found.push((best + if exact { EXACT } else { 0 }, Ranked { at, matches }));
    }
    found.sort_by_key(|(score, ranked)| (std::cmp::Reverse(*score), ranked.at));
    found.into_iter().map(|(_, ranked)| ranked).collect()
}

/// The places of the items that a text may mean, the likeliest first.
pub fn matching(items: &[Item], text: &str) -> Vec<usize> {
    ranked(items, text).into_iter().map(|r| r.at).collect()
}

/// A text in full pinyin and in initials; nothing if it has no Chinese.
pub fn pinyin_forms(text: &str) -> Vec<String> {
    let mut full = String::new();
    let mut initials = String::new();
    let mut chinese = false;
    for (c, pinyin) in text.chars().zip(text.to_pinyin()) {
        match pinyin {
            Some(pinyin) => {
                chinese = true;
                full.push_str(&pinyin.plain().replace('ü', "v"));
                initials.push_str(pinyin.first_letter());
            }
            None => {
                full.push(c);
                initials.push(c);
            }
        }
    }
    if chinese { vec![full, initials] } else { Vec::new() }
}

fn score(pattern: &Pattern, text: &str, matcher: &mut Matcher) -> Option<u32> {
    let mut chars = Vec::new();
    pattern.score(Utf32Str::new(text, &mut chars), matcher)
}

fn indices(pattern: &Pattern, text: &str, matcher: &mut Matcher) -> Option<(u32, Vec<Range<usize>>)> {
    let mut chars = Vec::new();
    let mut found = Vec::new();
    let score = pattern.indices(Utf32Str::new(text, &mut chars), matcher, &mut found)?;
    found.sort_unstable();
    found.dedup();
    // The matcher counts grapheme clusters.
    let clusters: Vec<(usize, &str)> = crate::tui::text::clusters(text).collect();
    let range = |at: u32| clusters.get(at as usize).map(|(start, c)| *start..start + c.len());
    Some((score, found.into_iter().filter_map(range).collect()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use super::*;

    fn item(text: &str, other: &str) -> Item {
        Item { key: other.to_owned(), text: text.to_owned(), also: other.to_owned(), ..Item::default() }
    }

    #[test]
    fn an_item_is_found_by_text_other_language_key_and_pinyin() {
        let items = [item("最终客户", "End customer"), item("经销商", "Distributor"), item("合作伙伴", "Partner")];
        for (text, expected) in
            [("伙伴", 2), ("part", 2), ("hzhb", 2), ("hezuo", 2), ("jxs", 1), ("DISTR", 1), ("zzkh", 0), ("最客", 0)]
        {
            assert_eq!(matching(&items, text).first(), Some(&expected), "{text}");
        }
        assert_eq!(ranked(&items, "xyz"), []);
        assert_eq!(matching(&items, " "), [0, 1, 2]);
    }

    #[test]
    fn an_exact_text_wins_over_a_longer_one_and_shown_over_known() {
        let items = [item("级别 A 重要", "A1"), item("A", "a")];
        assert_eq!(matching(&items, "a")[0], 1);
        let items = [item("Orders", "task list"), item("Task", "x")];
        assert_eq!(matching(&items, "tas")[0], 1);
    }

    #[test]
    fn matches_are_bytes_of_the_text() {
        assert_eq!(ranked(&[item("华信科技", "x")], "信技")[0].matches, [3..6, 9..12]);
    }
}
