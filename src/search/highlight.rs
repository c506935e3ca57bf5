//! Which bytes of a shown text the query matched.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::fold::{decode, encode_char, fold_char, phone_digits};
use super::query::{Query, Word};

/// A text in codes, with the source bytes of each code.
struct Shown {
    bytes: Vec<u8>,
    codes: Vec<u16>,
    /// Per code: its source bytes, and where its bytes start in `bytes`.
    places: Vec<(Range<usize>, usize)>,
}

impl Shown {
    fn new(text: &str) -> Shown {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for (at, c) in text.char_indices() {
            if let Some(folded) = fold_char(c) {
                places.push((at..at + c.len_utf8(), bytes.len()));
                encode_char(folded, &mut bytes);
            }
        }
        let mut codes = Vec::new();
        decode(&bytes, &mut codes);
        Shown { bytes, codes, places }
    }

    /// The same without anything but digits.
    fn digits(&self) -> Shown {
        let all = self.places.iter().zip(&self.codes);
        let digits = all.filter_map(|((source, _), code)| {
            let digit = u8::try_from(*code).ok().filter(u8::is_ascii_digit)?;
            Some((source.clone(), digit, *code))
        });
        let digits: Vec<_> = digits.collect();
        Shown {
            bytes: digits.iter().map(|d| d.1).collect(),
            codes: digits.iter().map(|d| d.2).collect(),
            places: digits.into_iter().enumerate().map(|(at, d)| (d.0, at)).collect(),
        }
    }

    /// The source of a range of codes.
    fn source(&self, codes: Range<usize>) -> Option<Range<usize>> {
        let first = self.places.get(codes.start)?;
        let last = self.places.get(codes.end.checked_sub(1)?)?;
        Some(first.0.start..last.0.end)
    }

    /// The source of every place where the word stands literally.
    fn literal(&self, word: &Word, found: &mut Vec<Range<usize>>) {
        for literal in &word.literals {
            let mut from = 0;
            for at in literal.places(&self.bytes).collect::<Vec<_>>() {
                if at < from {
                    continue;
                }
                from = at + literal.bytes.len();
                let start = self.places.partition_point(|p| p.1 < at);
                let end = self.places.partition_point(|p| p.1 < from);
                found.extend(self.source(start..end));
            }
        }
    }
}

/// The byte ranges of `text` that `query` matched, in order, apart, on grapheme boundaries. For pinyin
/// these are the characters that the typed letters stand for.
#[must_use]
pub fn highlight(text: &str, query: &Query) -> Vec<Range<usize>> {
    let shown = Shown::new(text);
    let phone = phone_digits(&shown.bytes, 5).map(|_| shown.digits());
    let mut ranges = Vec::new();
    for word in &query.words {
        let before = ranges.len();
        shown.literal(word, &mut ranges);
        if ranges.len() == before
            && let Some(phone) = &phone
        {
            phone.literal(word, &mut ranges);
        }
        if ranges.len() == before
            && let Some(codes) = word.plan.as_ref().and_then(|plan| plan.find(&shown.codes))
        {
            ranges.extend(shown.source(codes));
        }
    }
    merged(ranges, text)
}

fn merged(mut ranges: Vec<Range<usize>>, text: &str) -> Vec<Range<usize>> {
    if ranges.is_empty() {
        return ranges;
    }
    let clusters: Vec<Range<usize>> = text.grapheme_indices(true).map(|(at, g)| at..at + g.len()).collect();
    ranges.sort_by_key(|r| r.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let first = clusters.partition_point(|c| c.end <= range.start);
        let last = clusters.partition_point(|c| c.start < range.end);
        let start = clusters.get(first).map_or(range.start, |c| c.start);
        let end = last.checked_sub(1).and_then(|l| clusters.get(l)).map_or(range.end, |c| c.end);
        match out.last_mut() {
            Some(before) if before.end >= start => before.end = before.end.max(end),
            _ => out.push(start..end),
        }
    }
    out
}
