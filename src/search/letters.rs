//! What the titles of documents are typed with: a few bits for each, by which documents are passed over without reading
//! them where a query may find only some of all. The postings can't do that: of the many documents of a group that hold
//! a letter, none may be among those that are chosen.

use super::blocks::Window;
use super::fold::{END, HAN, decode};
use super::pinyin::{every_reading, initial};
use super::query::{Literal, Query, Tier, Word};
use super::segment::{GROUP, Segment};

/// The class of a first character that may be typed in several ways, or in none that is known.
const ANY: u8 = u8::MAX;

/// The letters of a segment's titles.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Letters {
    /// The class of the letter that a title begins with, or of the initial of its first Chinese character.
    first: Vec<u8>,
    /// A bit for each letter in a title.
    plain: Vec<u16>,
    /// A bit for each initial of a reading of its Chinese characters.
    sounds: Vec<u16>,
}

/// Classes of letters: bits are shared, since they only pass over what surely isn't meant.
fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => 26,
        _ => 27,
    }
}

fn bit(byte: u8) -> u16 {
    1 << (class(byte) % 16)
}

impl Letters {
    /// Reads all titles of a segment once.
    pub(super) fn of(segment: &Segment) -> Letters {
        let mut letters = Letters {
            first: Vec::with_capacity(segment.len),
            plain: Vec::with_capacity(segment.len),
            sounds: Vec::with_capacity(segment.len),
        };
        let (mut block, mut codes) = (Window::default(), Vec::new());
        for number in 0..segment.groups() {
            for (_, text) in segment.read(number, &mut block).texts() {
                decode(text.split(|byte| *byte == END).next().unwrap_or_default(), &mut codes);
                letters.add(&codes);
            }
            // A group that can't be read has its places too.
            let until = ((number + 1) * GROUP).min(segment.len);
            letters.first.resize(until, ANY);
            letters.plain.resize(until, u16::MAX);
            letters.sounds.resize(until, u16::MAX);
        }
        letters
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.first.capacity() + 2 * (self.plain.capacity() + self.sounds.capacity())
    }

    fn add(&mut self, codes: &[u16]) {
        let (mut first, mut plain, mut sounds) = (ANY, 0, 0);
        for (at, code) in codes.iter().enumerate() {
            if let Some(byte) = u8::try_from(*code).ok().filter(|_| *code < HAN) {
                plain |= bit(byte);
                first = if at == 0 { class(byte) } else { first };
                continue;
            }
            let readings = every_reading(*code);
            let mut initials = readings.as_slice().iter().map(|id| initial(*id));
            if at == 0 {
                let class_of = initials.clone().next().map_or(ANY, class);
                first = if initials.all(|letter| class(letter) == class_of) { class_of } else { ANY };
            }
            let initials = readings.as_slice().iter().map(|id| initial(*id));
            sounds |= initials.fold(0, |all, letter| all | bit(letter));
        }
        self.first.push(first);
        self.plain.push(plain);
        self.sounds.push(sounds);
    }

    /// Whether a document at one of these places, counted from `base`, may have what is needed.
    pub(super) fn any(&self, base: usize, places: u32, needs: &[Need]) -> bool {
        let mut left = places;
        while left != 0 {
            let place = base + left.trailing_zeros() as usize;
            left &= left - 1;
            let one = (self.first.get(place), self.plain.get(place), self.sounds.get(place));
            let (Some(first), Some(plain), Some(sounds)) = one else { return true };
            if needs.iter().any(|need| need.is_met(*first, *plain, *sounds)) {
                return true;
            }
        }
        false
    }
}

/// What a title must have to be found in some way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Need {
    /// What it begins with.
    first: Option<u8>,
    plain: u16,
    sounds: u16,
    either: u16,
}

impl Need {
    fn is_met(&self, first: u8, plain: u16, sounds: u16) -> bool {
        let has = |all: u16, wanted: u16| all & wanted == wanted;
        self.first.is_none_or(|wanted| first == wanted || first == ANY)
            && has(plain, self.plain)
            && has(sounds, self.sounds)
            && has(plain | sounds, self.either)
    }

    fn says_nothing(&self) -> bool {
        *self == Need::default()
    }
}

impl Query {
    /// What a title needs for a tier, in one of several ways; nothing where that can't be said.
    pub(super) fn needs(&self, tier: Tier) -> Vec<Need> {
        let ([word], None) = (self.words.as_slice(), &self.phrase) else { return Vec::new() };
        let needs = word.needs(tier);
        if needs.iter().any(Need::says_nothing) { Vec::new() } else { needs }
    }
}

impl Word {
    fn needs(&self, tier: Tier) -> Vec<Need> {
        let letters = |literal: &Literal| {
            let mut codes = Vec::new();
            decode(&literal.bytes, &mut codes);
            let plain = codes.iter().filter(|code| **code < HAN).filter_map(|code| u8::try_from(*code).ok());
            plain.fold(0, |all, byte| all | bit(byte))
        };
        let opens = |literal: &Literal| literal.bytes.first().copied().filter(|byte| u16::from(*byte) < HAN);
        let typed = self.plan.as_ref().and(self.literals.first()).map(|literal| literal.bytes.as_slice());
        match (tier, typed) {
            (Tier::TitleExact | Tier::TitlePrefix, _) => {
                let need =
                    |literal| Need { first: opens(literal).map(class), plain: letters(literal), ..Need::default() };
                self.literals.iter().map(need).collect()
            }
            (Tier::TitleInside, _) => {
                self.literals.iter().map(|literal| Need { plain: letters(literal), ..Need::default() }).collect()
            }
            (Tier::TitlePinyinExact | Tier::TitlePinyinPrefix, Some([letter, ..])) => {
                vec![Need { first: Some(class(*letter)), ..Need::default() }]
            }
            // At least one Chinese character takes part.
            (Tier::TitlePinyinInside, Some([letter])) => vec![Need { sounds: bit(*letter), ..Need::default() }],
            (Tier::TitlePinyinInside, Some([letter, ..])) => vec![Need { either: bit(*letter), ..Need::default() }],
            _ => Vec::new(),
        }
    }
}
