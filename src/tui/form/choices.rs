//! Finding a choice by a few letters: its label in either language, its key, or its pinyin.

use crate::domain::lang::Lang;
use crate::schema::model::Dictionary;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use pinyin::ToPinyin;
use std::ops::Range;

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Choice {
    /// What is handed back.
    pub(super) key: String,
    /// What is shown.
    pub(super) label: String,
    /// Other texts it is found by.
    pub(super) aliases: Vec<String>,
    /// It is chosen already.
    pub(super) marked: bool,
    /// A word beside the label.
    pub(super) detail: String,
}

/// A choice that was found, by its place, with the bytes of its label that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranked {
    pub(super) at: usize,
    pub(super) matches: Vec<Range<usize>>,
}

/// The items of a dictionary that are still offered, and those chosen before.
pub(super) fn of_dictionary(dictionary: &Dictionary, lang: Lang, chosen: &[String]) -> Vec<Choice> {
    let offered = |key: &String, retired: bool| !retired || chosen.contains(key);
    let items = dictionary.items.iter().filter(|item| offered(&item.key, item.retired));
    items
        .map(|item| {
            let mut aliases = vec![item.label.zh.clone(), item.label.en.clone(), item.key.clone()];
            aliases.extend(item.code.clone());
            aliases.extend(pinyin_forms(&item.label.zh));
            Choice {
                key: item.key.clone(),
                label: item.label.get(lang).to_owned(),
                aliases,
                marked: chosen.contains(&item.key),
                detail: String::new(),
            }
        })
        .collect()
}

/// A text in full pinyin and in initials; nothing if it has no Chinese.
pub(super) fn pinyin_forms(text: &str) -> Vec<String> {
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

/// The choices that a text may mean, the likeliest first; all in their order for an empty text.
pub(super) fn ranked(choices: &[Choice], text: &str) -> Vec<Ranked> {
    let text = text.trim();
    if text.is_empty() {
        return (0..choices.len()).map(|at| Ranked { at, matches: Vec::new() }).collect();
    }
    let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut found: Vec<(u32, Ranked)> = Vec::new();
    for (at, choice) in choices.iter().enumerate() {
        let own = indices(&pattern, &choice.label, &mut matcher);
        let other = choice.aliases.iter().filter_map(|a| score(&pattern, a, &mut matcher)).max();
        let best = own.as_ref().map(|(score, _)| *score).max(other);
        if let Some(best) = best {
            // What is exactly meant comes first, whatever longer label scores as high.
            let exact =
                choice.label.eq_ignore_ascii_case(text) || choice.aliases.iter().any(|a| a.eq_ignore_ascii_case(text));
            let matches = own.map(|(_, matches)| matches).unwrap_or_default();
            found.push((best + if exact { 1000 } else { 0 }, Ranked { at, matches }));
        }
    }
    found.sort_by_key(|(score, ranked)| (std::cmp::Reverse(*score), ranked.at));
    found.into_iter().map(|(_, ranked)| ranked).collect()
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

    fn choice(label: &str, other: &str) -> Choice {
        let mut aliases = vec![other.to_owned()];
        aliases.extend(pinyin_forms(label));
        Choice { key: other.to_owned(), label: label.to_owned(), aliases, ..Choice::default() }
    }

    #[test]
    fn a_choice_is_found_by_label_other_language_key_and_pinyin() {
        let choices =
            [choice("最终客户", "End customer"), choice("经销商", "Distributor"), choice("合作伙伴", "Partner")];
        for (text, expected) in
            [("伙伴", 2), ("part", 2), ("hzhb", 2), ("hezuo", 2), ("jxs", 1), ("DISTR", 1), ("zzkh", 0), ("最客", 0)]
        {
            let found = ranked(&choices, text);
            assert_eq!(found.first().map(|r| r.at), Some(expected), "{text}");
        }
        assert_eq!(ranked(&choices, "xyz"), []);
        assert_eq!(ranked(&choices, " ").len(), 3);
    }

    #[test]
    fn an_exact_text_wins_over_a_longer_one() {
        let choices = [choice("级别 A 重要", "A1"), choice("A", "a")];
        assert_eq!(ranked(&choices, "a")[0].at, 1);
    }

    #[test]
    fn matches_are_bytes_of_the_label() {
        let choices = [choice("华信科技", "x")];
        assert_eq!(ranked(&choices, "信技")[0].matches, [3..6, 9..12]);
    }
}
