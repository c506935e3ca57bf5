//! The pinyin plan of a typed word: every way to cut its letters into syllables and initials, as a graph
//! whose edges carry the grams that a text must have, so that one walk over the graph per segment finds
//! the candidate groups of all cuts together.

use super::fold::{END, first_code};
use super::gram::{self, Field, SHORT, START};
use super::pinyin::{self, MAX_LETTERS, SyllableId};
use super::query::Tier;
use super::segment::{Groups, Segment};

/// Edges with more pairs of syllables than this are looked up by initials only.
const MAX_PAIRS: usize = 400;

/// A piece of the typed letters that stands for one character.
#[derive(Clone, Debug)]
struct Token {
    start: usize,
    end: usize,
    /// The syllables that it may stand for.
    ids: Vec<SyllableId>,
    letter: u8,
}

impl Token {
    /// A single letter may also be itself in the text.
    fn single(&self) -> bool {
        self.end == self.start + 1
    }

    /// Its symbols in pair grams.
    fn symbols(&self) -> Vec<u16> {
        let own = self.single().then(|| gram::letter_symbol(self.letter));
        self.ids.iter().copied().chain(own).collect()
    }
}

/// Neighbouring tokens `a` and `b`, and the grams one of which the text has.
#[derive(Clone, Debug)]
struct Edge {
    a: usize,
    b: usize,
    grams: Vec<u32>,
    /// The grams, one of each, of a title that ends with them.
    closing: Vec<Vec<u32>>,
    next: Vec<Next>,
    last: bool,
}

/// An edge that may follow another.
#[derive(Clone, Debug)]
struct Next {
    edge: usize,
    /// The grams of the three initials, anywhere and at the start of a title.
    three: Vec<u32>,
    opening: u32,
}

/// A token that may come first.
#[derive(Clone, Debug)]
struct First {
    /// The grams of the token anywhere, and at the start of a title.
    inside: Vec<u32>,
    start: Vec<u32>,
    alone: bool,
    /// Edges from it, with the grams of a title that starts with them.
    edges: Vec<(usize, Vec<u32>)>,
}

/// Where a candidate has the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    /// At the start of a title.
    Start,
    /// From start to end of a title.
    Whole,
}

/// How a word of letters and digits can stand for Chinese characters.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    typed: Vec<u8>,
    /// The characters that it stands for at least.
    least: usize,
    /// In order of falling start: the followers of an edge come before it.
    edges: Vec<Edge>,
    firsts: Vec<First>,
    /// Grams of short whole titles; and whether longer titles are possible.
    shorts: Vec<u32>,
    long: bool,
}

impl Plan {
    /// The plan of a word, `None` if it cannot be pinyin.
    pub(super) fn new(typed: &[u8]) -> Option<Plan> {
        let letters = typed.iter().all(u8::is_ascii_alphanumeric) && typed.iter().any(u8::is_ascii_lowercase);
        if !letters || typed.len() > MAX_LETTERS {
            return None;
        }
        let tokens = tokens(typed);
        let edges = edges(&tokens, typed.len());
        let firsts: Vec<First> = tokens
            .iter()
            .enumerate()
            .filter(|(_, t)| t.start == 0)
            .map(|(at, t)| first(at, t, &tokens, &edges, typed.len()))
            .collect();
        if firsts.is_empty() {
            return None;
        }
        let (mut shorts, mut long) = (Vec::new(), false);
        cuts(&tokens, typed.len(), 0, &mut Vec::new(), &mut shorts, &mut long);
        shorts.sort_unstable();
        shorts.dedup();
        let least = least(&tokens, typed.len());
        Some(Plan { typed: typed.to_vec(), least, edges, firsts, shorts, long })
    }

    /// Groups whose titles may be the word as a whole.
    pub(super) fn whole_title(&self, segment: &Segment) -> Groups {
        let mut groups = if self.long { self.groups(segment, Field::Title, Place::Whole) } else { Groups::NONE };
        self.shorts.iter().for_each(|gram| segment.add_groups(*gram, &mut groups));
        groups
    }

    /// Groups that may have the word in the field class at the place.
    pub(super) fn groups(&self, segment: &Segment, field: Field, place: Place) -> Groups {
        let look = |grams: &[u32]| {
            let mut groups = Groups::NONE;
            grams.iter().for_each(|g| segment.add_groups(gram::in_field(*g, field), &mut groups));
            groups
        };
        let mut reached: Vec<Groups> = Vec::with_capacity(self.edges.len());
        for edge in &self.edges {
            let groups = edge_groups(edge, &reached, place, false, look);
            reached.push(groups);
        }
        let mut all = Groups::NONE;
        for first in &self.firsts {
            let mut found = if first.alone { look(&first.inside) } else { Groups::NONE };
            for (at, opening) in &first.edges {
                if place == Place::Inside {
                    found |= reached.get(*at).copied().unwrap_or(Groups::NONE);
                } else if let Some(edge) = self.edges.get(*at) {
                    found |= narrowed(edge_groups(edge, &reached, place, true, look), opening, look);
                }
            }
            all |= if place == Place::Inside { found } else { narrowed(found, &first.start, look) };
        }
        all
    }

    /// Whether a title in bytes may have a tier of pinyin, at a glance.
    pub(super) fn may_have(&self, title: &[u8], tier: Tier) -> bool {
        let opens = || {
            let letter = self.typed.first().copied().unwrap_or_default();
            first_code(title).is_some_and(|code| pinyin::may_start(code, letter))
        };
        !self.is_longer_than(title)
            && match tier {
                Tier::TitlePinyinExact => title.len() <= 2 * self.typed.len() && opens(),
                Tier::TitlePinyinPrefix => opens(),
                _ => true,
            }
    }

    /// Whether the word stands for more characters than the value has bytes.
    pub(super) fn is_longer_than(&self, value: &[u8]) -> bool {
        value.len() < self.least
    }

    /// Whether a title in codes has exactly this tier of pinyin.
    pub(super) fn has(&self, codes: &[u16], tier: Tier) -> bool {
        if tier == Tier::TitlePinyinInside {
            return self.rank_title(codes) == Some(tier);
        }
        let found = pinyin::match_at(codes, 0, &self.typed);
        found.is_some_and(|m| (m.complete && m.end == codes.len()) == (tier == Tier::TitlePinyinExact))
    }

    /// The tier of a title in codes.
    pub(super) fn rank_title(&self, codes: &[u16]) -> Option<Tier> {
        if let Some(found) = pinyin::match_at(codes, 0, &self.typed) {
            let exact = found.complete && found.end == codes.len();
            return Some(if exact { Tier::TitlePinyinExact } else { Tier::TitlePinyinPrefix });
        }
        self.find(codes).map(|_| Tier::TitlePinyinInside)
    }

    /// The first place that matches, as a range of codes.
    pub(super) fn find(&self, codes: &[u16]) -> Option<std::ops::Range<usize>> {
        let first = *self.typed.first()?;
        let places = codes.iter().enumerate().filter(|(_, code)| pinyin::may_start(**code, first));
        places.into_iter().find_map(|(at, _)| pinyin::match_at(codes, at, &self.typed).map(|m| at..m.end))
    }
}

/// Groups that may have the rest of the word from an edge on; `first` if the edge starts the title.
fn edge_groups(
    edge: &Edge,
    reached: &[Groups],
    place: Place,
    first: bool,
    look: impl Fn(&[u32]) -> Groups + Copy,
) -> Groups {
    let mut behind = if edge.last { Groups::ALL } else { Groups::NONE };
    if place == Place::Whole {
        edge.closing.iter().for_each(|grams| behind = narrowed(behind, grams, look));
    }
    for next in &edge.next {
        let mut rest = narrowed(reached.get(next.edge).copied().unwrap_or(Groups::NONE), &next.three, look);
        if first {
            rest = narrowed(rest, &[next.opening], look);
        }
        behind |= rest;
    }
    narrowed(behind, &edge.grams, look)
}

/// The part of `groups` that has one of the grams.
fn narrowed(mut groups: Groups, grams: &[u32], look: impl Fn(&[u32]) -> Groups) -> Groups {
    if !groups.is_empty() {
        groups &= look(grams);
    }
    groups
}

/// All tokens from which the end can be reached, in order of falling start.
fn tokens(typed: &[u8]) -> Vec<Token> {
    let mut reachable = vec![false; typed.len()];
    reachable.push(true);
    let mut tokens: Vec<Token> = Vec::new();
    for start in (0..typed.len()).rev() {
        let rest = typed.get(start..).unwrap_or_default();
        let before = tokens.len();
        for len in 1..=rest.len().min(6) {
            let end = start + len;
            if !reachable.get(end).is_some_and(|r| *r) {
                continue;
            }
            let part = rest.get(..len).unwrap_or_default();
            let open = len == 1 || len == rest.len() || matches!(part, b"zh" | b"ch" | b"sh");
            let ids = if open { pinyin::beginning(part) } else { pinyin::spelled(part) };
            if !ids.is_empty() || len == 1 {
                let letter = rest.first().copied().unwrap_or_default();
                tokens.push(Token { start, end, ids, letter });
            }
        }
        if let Some(slot) = reachable.get_mut(start) {
            *slot = tokens.len() > before;
        }
    }
    tokens
}

/// The number of tokens of the shortest cut.
fn least(tokens: &[Token], len: usize) -> usize {
    let mut best = vec![usize::MAX; len];
    best.push(0);
    for token in tokens {
        let behind = best.get(token.end).copied().unwrap_or(usize::MAX).saturating_add(1);
        if let Some(slot) = best.get_mut(token.start) {
            *slot = behind.min(*slot);
        }
    }
    best.first().copied().unwrap_or_default()
}

fn edges(tokens: &[Token], len: usize) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for (a, one) in tokens.iter().enumerate() {
        for (b, two) in tokens.iter().enumerate().filter(|(_, two)| two.start == one.end) {
            let follows = edges.iter().enumerate().filter(|(_, edge)| edge.a == b);
            let next = follows.filter_map(|(at, edge)| {
                let three = tokens.get(edge.b)?;
                let letters = [one.letter, two.letter, three.letter];
                let plain = one.single() && two.single() && three.single();
                let opening = gram::first_initials(letters);
                Some(Next { edge: at, three: letter_grams(&letters, plain), opening })
            });
            let next = next.collect();
            let (grams, last) = (pair_grams(one, two), two.end == len);
            edges.push(Edge { a, b, grams, closing: closing_grams(one, two), next, last });
        }
    }
    edges
}

fn letter_grams(letters: &[u8], plain: bool) -> Vec<u32> {
    let plain = plain.then(|| gram::ascii(letters));
    std::iter::once(gram::initials(letters)).chain(plain).collect()
}

fn pair_grams(one: &Token, two: &Token) -> Vec<u32> {
    let (a, b) = (one.symbols(), two.symbols());
    let both = one.single() && two.single();
    if both || a.len() * b.len() > MAX_PAIRS {
        return letter_grams(&[one.letter, two.letter], both);
    }
    a.iter().flat_map(|a| b.iter().map(|b| gram::pair(*a, *b))).collect()
}

fn closing_grams(one: &Token, two: &Token) -> Vec<Vec<u32>> {
    let end = gram::letter_symbol(END);
    let pairs = two.symbols().iter().map(|symbol| gram::pair(*symbol, end)).collect();
    vec![vec![gram::initials(&[one.letter, two.letter, END])], pairs]
}

fn first(at: usize, token: &Token, tokens: &[Token], edges: &[Edge], len: usize) -> First {
    let single = token.single();
    let inside = if single {
        vec![gram::initials(&[token.letter])]
    } else {
        token.ids.iter().map(|id| gram::syllable(*id)).collect()
    };
    let from_start = if single || token.ids.len() > MAX_PAIRS {
        letter_grams(&[START, token.letter], single)
    } else {
        token.ids.iter().map(|id| gram::pair(gram::letter_symbol(START), *id)).collect()
    };
    let outgoing = edges.iter().enumerate().filter(|(_, edge)| edge.a == at).filter_map(|(place, edge)| {
        let next = tokens.get(edge.b)?;
        let (a, b) = (token.symbols(), next.symbols());
        let opening = if (single && next.single()) || a.len() * b.len() > MAX_PAIRS {
            letter_grams(&[START, token.letter, next.letter], single && next.single())
        } else {
            a.iter().flat_map(|a| b.iter().map(|b| gram::first_pair(*a, *b))).collect()
        };
        Some((place, opening))
    });
    First { inside, start: from_start, alone: token.end == len, edges: outgoing.collect() }
}

/// The grams of all cuts into at most [`SHORT`] tokens.
fn cuts(tokens: &[Token], len: usize, at: usize, letters: &mut Vec<u8>, shorts: &mut Vec<u32>, long: &mut bool) {
    if at == len {
        shorts.push(gram::short(letters));
        return;
    }
    if letters.len() == SHORT {
        *long = true;
        return;
    }
    for token in tokens.iter().filter(|t| t.start == at) {
        letters.push(token.letter);
        cuts(tokens, len, token.end, letters, shorts, long);
        letters.pop();
    }
}
