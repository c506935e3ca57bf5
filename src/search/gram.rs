//! Grams: what the postings of a segment are keyed by. A gram is 32 bits: kind, field class, payload.
//!
//! Whatever a query word matches must contain all grams that the word asks for, in the same field class;
//! the reverse need not hold, since each candidate is verified against the text.

use super::fold::{END, HAN, RARE};
use super::pinyin;

/// Stands before the first character of a value in grams.
pub(super) const START: u8 = 2;
/// Titles of so many symbols at most have a gram of all their initials.
pub(super) const SHORT: usize = 4;

const FIELD_BIT: u32 = 1 << 27;
/// Bits below kind and field class.
const PAYLOAD: u32 = 27;
/// How many bits of payload each kind and field class has in a flat table. Whole values and all initials
/// of a title are mostly beyond.
#[expect(clippy::indexing_slicing, reason = "checked when compiled")]
const FLAT_BITS: [u32; 32] = {
    let mut bits = [0; 32];
    let of_kind: [u32; 16] = [0, 7, 14, 21, 15, 15, 10, 20, 7, 14, 21, 0, 14, 10, 20, 21];
    let mut at = 0;
    while at < 32 {
        bits[at] = of_kind[at / 2];
        at += 1;
    }
    bits
};
#[expect(clippy::indexing_slicing, reason = "checked when compiled")]
const FLAT_BASES: [u32; 33] = {
    let mut bases = [0; 33];
    let mut at = 0;
    while at < 32 {
        bases[at + 1] = bases[at] + (1 << FLAT_BITS[at]);
        at += 1;
    }
    bases
};
/// Places of grams in a flat table.
pub(super) const FLAT: u32 = FLAT_BASES[32];

/// The place of a gram in a flat table, if it has one.
#[inline]
pub(super) fn flat_place(gram: u32) -> Option<u32> {
    let class = (gram >> PAYLOAD) as usize;
    let payload = gram & ((1 << PAYLOAD) - 1);
    let (bits, base) = (FLAT_BITS.get(class)?, FLAT_BASES.get(class)?);
    (payload >> bits == 0).then_some(base + payload)
}
/// Long values share fewer grams, or each telephone number would have a gram of its own.
const LONG_BUCKETS: u64 = 1 << 14;
const SHORT_BUCKETS: u64 = 1 << 24;
const SHORT_BYTES: usize = 6;

/// Class of fields with grams of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Value,
}

/// The gram in the field class (grams are made for titles).
#[inline]
pub(super) fn in_field(gram: u32, field: Field) -> u32 {
    match field {
        Field::Title => gram,
        Field::Value => gram | FIELD_BIT,
    }
}

#[inline]
fn gram(kind: u32, payload: u32) -> u32 {
    kind << 28 | payload
}

#[inline]
fn pack(symbols: &[u8]) -> u32 {
    symbols.iter().fold(0, |all, b| all << 7 | u32::from(b & 0x7F))
}

/// One to three ASCII characters of a text, the first may be [`START`].
#[inline]
pub(super) fn ascii(symbols: &[u8]) -> u32 {
    gram(u32::try_from(symbols.len()).unwrap_or(3), pack(symbols))
}

/// A character that is not ASCII.
#[inline]
pub(super) fn han(code: u16) -> u32 {
    gram(4, u32::from(code))
}

/// The same as the first of its value.
pub(super) fn first_han(code: u16) -> u32 {
    gram(5, u32::from(code))
}

/// A syllable.
pub(super) fn syllable(symbol: u16) -> u32 {
    gram(6, u32::from(symbol))
}

/// Two neighbours: syllables, or [`letter_symbol`]s.
#[inline]
pub(super) fn pair(a: u16, b: u16) -> u32 {
    gram(7, u32::from(a) << 10 | u32::from(b))
}

/// An ASCII character among syllables.
pub(super) fn letter_symbol(b: u8) -> u16 {
    512 + u16::from(b)
}

/// The first two symbols of a title with Chinese characters.
pub(super) fn first_pair(a: u16, b: u16) -> u32 {
    gram(14, u32::from(a) << 10 | u32::from(b))
}

/// The first three initials of a title with Chinese characters.
pub(super) fn first_initials(symbols: [u8; 3]) -> u32 {
    gram(15, pack(&symbols))
}

/// One to three initials in a row, ASCII characters standing for themselves, at least one of Chinese.
#[inline]
pub(super) fn initials(symbols: &[u8]) -> u32 {
    gram(7 + u32::try_from(symbols.len()).unwrap_or(3), pack(symbols))
}

/// All initials of a title of at most [`SHORT`] symbols.
pub(super) fn short(symbols: &[u8]) -> u32 {
    let letter = |b: &u8| match b {
        b'a'..=b'z' => u32::from(b - b'a') + 1,
        b'0'..=b'9' => u32::from(b - b'0') + 27,
        _ => 63,
    };
    gram(11, symbols.iter().fold(0, |all, b| all << 6 | letter(b)))
}

/// A whole value, by hash.
pub(super) fn whole(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(a, b)| *a = *b);
    let hash = words.iter().chain([&last]).fold(bytes.len() as u64, |hash, word| {
        let hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^ hash >> 29
    });
    let buckets = if bytes.len() > SHORT_BYTES { LONG_BUCKETS } else { SHORT_BUCKETS };
    gram(12, u32::try_from(hash % buckets).unwrap_or_default())
}

/// An object of the schema.
pub(super) fn object(object: u16) -> u32 {
    gram(13, u32::from(object))
}

/// A symbol of the pinyin stream: the initials of one character's readings and their syllable symbols,
/// up to four, packed into numbers so that copies of it stay in registers.
#[derive(Clone, Copy, Default)]
struct Symbol {
    letters: u32,
    symbols: u64,
    len: u32,
    han: bool,
}

impl Symbol {
    fn of(codes: &[u16], at: usize) -> Option<Symbol> {
        let code = *codes.get(at)?;
        if code < HAN {
            let b = u8::try_from(code).ok().filter(u8::is_ascii_alphanumeric)?;
            return Some(Symbol::one(b, letter_symbol(b), false));
        }
        if let Some((id, letter)) = pinyin::only_reading(code) {
            return Some(Symbol::one(letter, id, true));
        }
        let mut all = Symbol { han: true, ..Symbol::default() };
        for id in pinyin::readings(codes, at).as_slice().iter().take(4) {
            all.letters |= u32::from(pinyin::initial(*id)) << (8 * all.len);
            all.symbols |= u64::from(*id) << (16 * all.len);
            all.len += 1;
        }
        (all.len > 0).then_some(all)
    }

    const fn one(letter: u8, symbol: u16, han: bool) -> Symbol {
        Symbol { letters: letter as u32, symbols: symbol as u64, len: 1, han }
    }

    /// Letter and symbol, if there is just one.
    #[inline]
    fn single(&self) -> Option<(u8, u16)> {
        (self.len == 1).then(|| self.at(0))
    }

    #[inline]
    fn at(&self, place: u32) -> (u8, u16) {
        let ([letter, ..], [low, high, ..]) =
            ((self.letters >> (8 * place)).to_le_bytes(), (self.symbols >> (16 * place)).to_le_bytes());
        (letter, u16::from_le_bytes([low, high]))
    }

    /// Each symbol with its letter.
    fn both(self) -> impl Iterator<Item = (u8, u16)> {
        (0..self.len).map(move |place| self.at(place))
    }

    fn letters(self) -> impl Iterator<Item = u8> {
        self.both().map(|(letter, _)| letter)
    }

    fn symbols(self) -> impl Iterator<Item = u16> {
        self.both().map(|(_, symbol)| symbol)
    }
}

const START_SYMBOL: Symbol = Symbol::one(START, 512 + START as u16, false);
const END_SYMBOL: Symbol = Symbol::one(END, 512 + END as u16, true);

/// Calls `put` for each gram of one value (repeats included), which tells whether the gram is new to the group:
/// what follows from a gram that is known need not be put again.
pub(super) fn of_value(bytes: &[u8], codes: &[u16], field: Field, put: &mut impl FnMut(u32) -> bool) {
    let mut put = |gram| put(in_field(gram, field));
    put(whole(bytes));
    text_grams(codes, &mut put);
    sound_grams(codes, field, &mut put);
}

/// A blank beside a character that is not ASCII.
pub(super) fn wide_blank() -> u32 {
    han(u16::from(b' '))
}

/// Whether [`wide_blank`] applies to any neighbours of a text.
pub(super) fn has_wide_blank(codes: &[u16]) -> bool {
    let blank = u16::from(b' ');
    codes.array_windows().any(|[a, b]| (*a == blank && *b >= HAN) || (*a >= HAN && *b == blank))
}

fn text_grams(codes: &[u16], put: &mut impl FnMut(u32) -> bool) {
    let mut before: [Option<u8>; 2] = [None, Some(START)];
    if codes.contains(&u16::from(b' ')) {
        blank_grams(codes, put);
    }
    for (at, code) in codes.iter().enumerate() {
        let Some(b) = u8::try_from(*code).ok().filter(|b| u16::from(*b) < HAN && *b != b' ') else {
            before = [None, None];
            if *code >= HAN && *code != RARE {
                put(han(*code));
                if at == 0 {
                    put(first_han(*code));
                }
            }
            continue;
        };
        let fresh = match before {
            [Some(two), Some(one)] => put(ascii(&[two, one, b])) && put(ascii(&[one, b])),
            [_, Some(one)] => put(ascii(&[one, b])),
            _ => true,
        };
        if fresh && b != START {
            put(ascii(&[b]));
        }
        before = [before[1], Some(b)];
    }
}

/// Grams of blanks: two ASCII characters around one, or any other character beside one.
fn blank_grams(codes: &[u16], put: &mut impl FnMut(u32) -> bool) {
    if has_wide_blank(codes) {
        put(wide_blank());
    }
    if let [first, blank, ..] = codes
        && *blank == u16::from(b' ')
        && let Some(first) = u8::try_from(*first).ok().filter(u8::is_ascii)
    {
        put(ascii(&[START, first, b' ']));
    }
    around_blanks(codes).for_each(|gram| {
        put(gram);
    });
}

/// The grams of ASCII characters around a single blank.
pub(super) fn around_blanks(codes: &[u16]) -> impl Iterator<Item = u32> + '_ {
    codes.windows(3).filter_map(|three| {
        let [a, blank, c] = three else { return None };
        let letter = |code: &u16| u8::try_from(*code).ok().filter(|b| b.is_ascii() && *b != b' ');
        (*blank == u16::from(b' ')).then_some(())?;
        Some(ascii(&[letter(a)?, b' ', letter(c)?]))
    })
}

fn sound_grams(codes: &[u16], field: Field, put: &mut impl FnMut(u32) -> bool) {
    let start = (field == Field::Title).then_some(START_SYMBOL);
    let mut before: [Option<Symbol>; 2] = [None, start];
    let mut whole = Some(Vec::new()).filter(|_| codes.len() <= SHORT && field == Field::Title);
    let mut han = false;
    for at in 0..codes.len() {
        let Some(this) = Symbol::of(codes, at) else {
            before = [None, None];
            whole = None;
            continue;
        };
        if this.han {
            han = true;
            for (letter, symbol) in this.both() {
                if put(syllable(symbol)) {
                    put(initials(&[letter]));
                }
            }
        }
        row_grams(&before, &this, put);
        before = [before[1], Some(this)];
        if let Some(whole) = &mut whole {
            whole.push(this);
        }
    }
    if han && field == Field::Title {
        opening_grams(codes, put);
        row_grams(&before, &END_SYMBOL, put);
        if let Some(whole) = whole {
            short_grams(&whole, &mut Vec::new(), put);
        }
    }
}

fn opening_grams(codes: &[u16], put: &mut impl FnMut(u32) -> bool) {
    let (Some(one), Some(two)) = (Symbol::of(codes, 0), Symbol::of(codes, 1)) else {
        return;
    };
    for a in one.symbols() {
        for b in two.symbols() {
            put(first_pair(a, b));
        }
    }
    let Some(three) = Symbol::of(codes, 2) else {
        return;
    };
    for a in one.letters() {
        for b in two.letters() {
            for c in three.letters() {
                put(first_initials([a, b, c]));
            }
        }
    }
}

/// The grams that `this` makes with the one or two symbols before it.
fn row_grams(before: &[Option<Symbol>; 2], this: &Symbol, put: &mut impl FnMut(u32) -> bool) {
    let [two, Some(one)] = before else { return };
    if let (Some((a, x)), Some((b, y))) = (one.single(), this.single())
        && (one.han || this.han)
    {
        if put(pair(x, y)) {
            put(initials(&[a, b]));
        }
        if let Some((first, _)) = two.as_ref().and_then(Symbol::single) {
            put(initials(&[first, a, b]));
            return;
        }
    } else {
        pair_grams(one, this, put);
    }
    let Some(two) = two.as_ref().filter(|two| two.han || one.han || this.han) else {
        return;
    };
    for a in two.letters() {
        for b in one.letters() {
            for c in this.letters() {
                put(initials(&[a, b, c]));
            }
        }
    }
}

fn pair_grams(one: &Symbol, this: &Symbol, put: &mut impl FnMut(u32) -> bool) {
    if !one.han && !this.han {
        return;
    }
    for (a, x) in one.both() {
        for (b, y) in this.both() {
            if put(pair(x, y)) {
                put(initials(&[a, b]));
            }
        }
    }
}

fn short_grams(rest: &[Symbol], letters: &mut Vec<u8>, put: &mut impl FnMut(u32) -> bool) {
    let Some((first, rest)) = rest.split_first() else {
        put(short(letters));
        return;
    };
    for letter in first.letters() {
        letters.push(letter);
        short_grams(rest, letters, put);
        letters.pop();
    }
}
