//! A typed query: words, each with its literal forms and its pinyin plan; candidates and ranks.

use memchr::{memchr, memmem::Finder};
use std::collections::HashMap;
use std::sync::Arc;

use super::blocks::{DOC_END, Group, Meta};
use super::chosen::{Chosen, Places};
use super::fold::{self, END, HAN, RARE, decode, starts_char};
use super::gram::{self, Field, START};
use super::pinyin::{self, every_reading};
use super::plan::{Place, Plan};
use super::ranked::Scan;
use super::segment::{Groups, Segment};

/// How well a document matches, best first. The order is the ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The title is what was typed.
    TitleExact,
    /// Another value (code, phone, short name) is what was typed.
    ValueExact,
    /// The whole title, typed in pinyin or initials.
    TitlePinyinExact,
    /// The title starts so.
    TitlePrefix,
    /// The title starts so in pinyin or initials.
    TitlePinyinPrefix,
    /// Inside the title.
    TitleInside,
    /// Inside the title in pinyin or initials.
    TitlePinyinInside,
    /// Another value starts so.
    ValuePrefix,
    /// Inside another value.
    ValueInside,
    /// Another value in pinyin or initials.
    ValuePinyin,
    /// Nothing was typed: every document, newest first.
    Listed,
}

impl Tier {
    /// All tiers, best first.
    pub const ALL: [Tier; 11] = [
        Tier::TitleExact,
        Tier::ValueExact,
        Tier::TitlePinyinExact,
        Tier::TitlePrefix,
        Tier::TitlePinyinPrefix,
        Tier::TitleInside,
        Tier::TitlePinyinInside,
        Tier::ValuePrefix,
        Tier::ValueInside,
        Tier::ValuePinyin,
        Tier::Listed,
    ];
}

/// What of a segment a query asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Groups that hold any of it.
    pub(super) groups: Groups,
    /// By object, where the chosen documents lie.
    chosen: Vec<(u16, Arc<Places>)>,
    /// Nothing but chosen documents.
    only: bool,
}

impl Wanted {
    /// A bit for each document of a group that may be asked for; `None` where that isn't limited.
    pub(super) fn of_group(&self, group: usize) -> Option<u32> {
        self.only.then(|| self.chosen.iter().fold(0, |all, (_, places)| all | places.of_group(group)))
    }

    /// Whether a document may be asked for, whatever object it is of.
    pub(super) fn may_be(&self, place: usize) -> bool {
        !self.only || self.chosen.iter().any(|(_, places)| places.has(place))
    }
}

/// What is searched: words that must all match, optionally only in some objects.
#[derive(Clone, Debug)]
pub struct Query {
    pub(super) words: Vec<Word>,
    /// Several words as one text: ranks a title that has them in this order.
    pub(super) phrase: Option<Word>,
    objects: Vec<u16>,
    /// Of these objects, only these documents.
    among: HashMap<u16, Arc<Chosen>>,
}

impl Query {
    /// Parses typed text: words are separated by blanks; an empty text lists everything, newest first.
    #[must_use]
    pub fn new(text: &str) -> Query {
        let folded: String = text.chars().filter_map(fold::fold_char).collect();
        let mut words: Vec<&str> = folded.split_whitespace().collect();
        if words.len() > 1 {
            words.retain(|word| !matches!(*word, "+86" | "0086"));
        }
        let phrase = (words.len() > 1).then(|| {
            let joined = words.join(" ");
            Word { literals: vec![Literal::new(encoded(&joined))], plan: None }
        });
        let words = words.into_iter().map(Word::new).collect();
        Query { words, phrase, objects: Vec::new(), among: HashMap::new() }
    }

    /// Several words are ranked as one where they stand in this order, else each as found inside at best:
    /// a title cannot start with all of them.
    fn floor(&self) -> Tier {
        match self.words.len() {
            0 => Tier::Listed,
            1 => Tier::TitleExact,
            _ => Tier::TitleInside,
        }
    }

    /// Groups that may hold documents of this tier. `words` keeps, for each word,
    /// the groups of the tiers asked before.
    pub(super) fn candidates(&self, segment: &Segment, tier: Tier, words: &mut [Groups]) -> Groups {
        let (mut all, mut fresh) = (Groups::ALL, Groups::NONE);
        for (word, groups) in self.words.iter().zip(words) {
            let found = word.candidates(segment, tier);
            *groups |= found;
            all &= *groups;
            fresh |= if tier == self.floor() { *groups } else { found };
        }
        if tier < self.floor() {
            fresh = Groups::NONE;
        } else if tier == Tier::Listed && self.is_empty() {
            fresh = Groups::ALL;
        }
        all &= fresh;
        if let Some(phrase) = &self.phrase {
            all |= phrase.candidates(segment, tier);
        }
        all
    }

    /// Restricts the query to some documents of an object.
    #[must_use]
    pub fn among(mut self, object: u16, chosen: Arc<Chosen>) -> Query {
        self.among.insert(object, chosen);
        self
    }

    /// Whether a document with this title and these other values matches.
    #[must_use]
    pub fn matches(&self, title: &str, extra: &[&str]) -> bool {
        let mut text = Vec::new();
        super::index::write_text(title, extra, &mut text);
        self.rank(&text, &mut Vec::new()).is_some()
    }

    /// Restricts the query to documents of these objects; none means all.
    #[must_use]
    pub fn only(mut self, objects: &[u16]) -> Query {
        self.objects = objects.to_vec();
        self
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether not every document is wanted, whatever it holds.
    pub(super) fn is_restricted(&self) -> bool {
        !self.objects.is_empty() || !self.among.is_empty()
    }

    pub(super) fn takes(&self, object: u16, id: i64) -> bool {
        (self.objects.is_empty() || self.objects.contains(&object))
            && self.among.get(&object).is_none_or(|chosen| chosen.has(id))
    }

    /// Groups that hold documents of the wanted objects, and where those lie that are chosen of them.
    pub(super) fn wanted(&self, segment: &Segment) -> Wanted {
        let chosen: Vec<(u16, Arc<Places>)> =
            self.among.iter().map(|(object, chosen)| (*object, chosen.places(segment, *object))).collect();
        if self.objects.is_empty() {
            return Wanted { groups: Groups::ALL, chosen, only: false };
        }
        let others = || self.objects.iter().filter(|object| !self.among.contains_key(object));
        let mut groups = union(segment, others().map(|object| gram::object(*object)));
        for (_, places) in chosen.iter().filter(|(object, _)| self.objects.contains(object)) {
            groups |= places.groups;
        }
        Wanted { groups, chosen, only: others().next().is_none() }
    }

    /// Whether a document at a place of a segment is asked for.
    pub(super) fn takes_at(&self, wanted: &Wanted, place: usize, object: u16) -> bool {
        let has = |(of, places): &(u16, Arc<Places>)| (*of == object).then(|| places.has(place));
        (self.objects.is_empty() || self.objects.contains(&object))
            && wanted.chosen.iter().find_map(has).unwrap_or(true)
    }

    /// Whether a group surely has no document of this tier: a look at its text that costs less than ranking.
    pub(super) fn misses(
        &self,
        scan: &Scan<'_>,
        group: Group<'_>,
        tier: Tier,
        codes: &mut Vec<u16>,
        metas: &mut Vec<Meta>,
    ) -> bool {
        use Tier::{TitlePinyinExact, TitlePinyinInside, TitlePinyinPrefix, ValuePinyin};
        let word = match (self.words.as_slice(), &self.phrase) {
            ([word], _) => word,
            (_, Some(phrase)) if tier < self.floor() => phrase,
            _ => return false,
        };
        let counts = |place: usize| !scan.segment.is_dead(place) && scan.wanted.may_be(place);
        match tier {
            TitlePinyinExact | TitlePinyinPrefix | TitlePinyinInside => {}
            ValuePinyin => return false,
            _ => {
                return !word.literals.iter().any(|literal| literal.occurs(group, tier, counts));
            }
        }
        let Some(plan) = &word.plan else { return false };
        metas.clear();
        let mut is_wanted = |place: usize| {
            if self.is_restricted() && metas.is_empty() {
                group.metas(metas);
            }
            metas.get(place - group.first().1).is_none_or(|meta| self.takes_at(&scan.wanted, place, meta.object))
        };
        !group.texts().filter(|(place, _)| counts(*place)).any(|(place, text)| {
            let title = text.split(|b| *b == END).next().unwrap_or_default();
            plan.may_have(title, tier) && is_wanted(place) && {
                decode(title, codes);
                plan.has(codes, tier)
            }
        })
    }

    /// What every match has literally, what is rare in a sample first.
    pub(super) fn musts(&self, sample: impl FnOnce() -> Vec<u8>) -> Vec<&Literal> {
        let words = self.words.iter().filter(|word| word.plan.is_none());
        let mut literals: Vec<&Literal> = words
            .filter_map(|word| match &*word.literals {
                [literal] => Some(literal),
                _ => None,
            })
            .collect();
        if literals.len() > 1 {
            let sample = sample();
            literals.sort_by_cached_key(|literal| literal.finder.find_iter(&sample).count());
        }
        literals
    }

    /// The only thing to look for, if its presence alone decides.
    pub(super) fn single_literal(&self) -> Option<&Literal> {
        match self.words.as_slice() {
            [Word { literals, plan: None }] => literals.first().filter(|_| literals.len() == 1),
            _ => None,
        }
    }

    /// The rank of a document's text, `None` when it does not match.
    pub(super) fn rank(&self, text: &[u8], codes: &mut Vec<u16>) -> Option<Tier> {
        let title = memchr(END, text).unwrap_or(text.len());
        let mut tier = self.floor();
        for word in &self.words {
            tier = tier.max(word.rank(text, title, codes)?);
        }
        if let Some(phrase) = &self.phrase
            && tier > Tier::TitleExact
            && let Some(better) = phrase.rank(text, title, codes)
        {
            tier = tier.min(better);
        }
        Some(tier)
    }
}

fn encoded(folded: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(folded.len());
    folded.chars().for_each(|c| fold::encode_char(c, &mut bytes));
    bytes
}

fn union(segment: &Segment, grams: impl IntoIterator<Item = u32>) -> Groups {
    let mut groups = Groups::NONE;
    grams.into_iter().for_each(|gram| segment.add_groups(gram, &mut groups));
    groups
}

/// One word of a query.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// As typed, and as the digits of a telephone number.
    pub(super) literals: Vec<Literal>,
    pub(super) plan: Option<Plan>,
}

impl Word {
    fn new(folded: &str) -> Word {
        let bytes = encoded(folded);
        let digits = fold::phone_digits(&bytes, 1).filter(|d| *d != bytes);
        let plan = Plan::new(&bytes);
        let literals = std::iter::once(bytes).chain(digits).map(Literal::new).collect();
        Word { literals, plan }
    }

    /// Groups that may hold documents of exactly this tier.
    pub(super) fn candidates(&self, segment: &Segment, tier: Tier) -> Groups {
        let plan = self.plan.as_ref();
        let pinyin = |of: &dyn Fn(&Plan) -> Groups| plan.map_or(Groups::NONE, of);
        match tier {
            Tier::TitlePinyinExact => pinyin(&|plan| plan.whole_title(segment)),
            Tier::TitlePinyinPrefix => pinyin(&|plan| plan.groups(segment, Field::Title, Place::Start)),
            Tier::TitlePinyinInside => pinyin(&|plan| plan.groups(segment, Field::Title, Place::Inside)),
            Tier::ValuePinyin => pinyin(&|plan| plan.groups(segment, Field::Value, Place::Inside)),
            _ => {
                let mut all = Groups::NONE;
                self.literals.iter().for_each(|literal| all |= literal.candidates(segment, tier));
                all
            }
        }
    }

    /// The best tier of this word in a document whose title ends at `title`.
    fn rank(&self, text: &[u8], title: usize, codes: &mut Vec<u16>) -> Option<Tier> {
        let literal = self.literals.iter().filter_map(|l| l.rank(text, title)).min();
        let Some(plan) = &self.plan else {
            return literal;
        };
        if literal.is_some_and(|tier| tier <= Tier::TitlePrefix) {
            return literal;
        }
        let name = text.get(..title).unwrap_or_default();
        let sound = if name.is_ascii() || plan.is_longer_than(name) {
            None
        } else {
            decode(name, codes);
            plan.rank_title(codes)
        };
        if sound.is_some() || literal.is_some() {
            return sound.into_iter().chain(literal).min();
        }
        let values = text.get(title..).unwrap_or_default().split(|b| *b == END);
        for value in values.filter(|v| !v.is_ascii() && !plan.is_longer_than(v)) {
            decode(value, codes);
            if plan.find(codes).is_some() {
                return Some(Tier::ValuePinyin);
            }
        }
        None
    }
}

/// A form of a word that is looked for as it is.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) bytes: Vec<u8>,
    pub(super) finder: Finder<'static>,
    whole: u32,
    /// All of these must be present, each as one of its alternatives.
    inside: Vec<Vec<u32>>,
    /// More of the same for a value that starts so; the second only for titles.
    prefix: Vec<Vec<u32>>,
    title_prefix: Vec<Vec<u32>>,
}

impl Literal {
    fn new(bytes: Vec<u8>) -> Literal {
        let finder = Finder::new(&bytes).into_owned();
        let mut codes = Vec::new();
        decode(&bytes, &mut codes);
        let whole = gram::whole(&bytes);
        let (inside, prefix, title_prefix) = (inside(&codes), prefix(&codes), title_prefix(&codes));
        Literal { bytes, finder, whole, inside, prefix, title_prefix }
    }

    fn candidates(&self, segment: &Segment, tier: Tier) -> Groups {
        match tier {
            Tier::TitleExact | Tier::ValueExact => {
                let field = if tier == Tier::TitleExact { Field::Title } else { Field::Value };
                let mut groups = union(segment, [gram::in_field(self.whole, field)]);
                if !groups.is_empty() {
                    groups &= intersection(segment, field, self.prefix.iter().chain(&self.inside));
                }
                groups
            }
            Tier::TitlePrefix => {
                let clauses = self.prefix.iter().chain(&self.title_prefix).chain(&self.inside);
                intersection(segment, Field::Title, clauses)
            }
            Tier::TitleInside => intersection(segment, Field::Title, self.inside.iter()),
            Tier::ValuePrefix => intersection(segment, Field::Value, self.prefix.iter().chain(&self.inside)),
            Tier::ValueInside => intersection(segment, Field::Value, self.inside.iter()),
            _ => Groups::NONE,
        }
    }

    /// Where the literal stands in `text`.
    pub(super) fn places<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let at = from + self.finder.find(text.get(from..)?)?;
                from = at + 1;
                if starts_char(text, at) {
                    return Some(at);
                }
            }
        })
    }

    /// Whether a document of a group that counts has the literal as the tier asks for, in its title or not.
    fn occurs(&self, group: Group<'_>, tier: Tier, counts: impl Fn(usize) -> bool) -> bool {
        use Tier::{TitleExact, TitlePrefix, ValueExact, ValuePrefix};
        let starts = matches!(tier, TitleExact | ValueExact | TitlePrefix | ValuePrefix);
        let ends = matches!(tier, TitleExact | ValueExact);
        let is_end = |b: Option<&u8>| b.is_none_or(|b| matches!(*b, END | DOC_END));
        let text = group.text;
        let mut last = group.first();
        self.finder.find_iter(text).any(|at| {
            let fits =
                (!starts || at == 0 || is_end(text.get(at - 1))) && (!ends || is_end(text.get(at + self.bytes.len())));
            fits && {
                let start = group.around(at).start;
                last = (start, group.place(last, start));
                counts(last.1)
            }
        })
    }

    fn rank(&self, text: &[u8], title: usize) -> Option<Tier> {
        let mut best = None;
        for at in self.places(text) {
            let ends = text.get(at + self.bytes.len()).is_none_or(|b| *b == END);
            let starts = at == 0 || text.get(at - 1) == Some(&END);
            let tier = match (at < title, starts, ends) {
                (true, true, true) => return Some(Tier::TitleExact),
                (true, true, false) => Tier::TitlePrefix,
                (true, false, _) => Tier::TitleInside,
                (false, true, true) => Tier::ValueExact,
                (false, true, false) => Tier::ValuePrefix,
                (false, false, _) => Tier::ValueInside,
            };
            best = Some(best.map_or(tier, |b: Tier| b.min(tier)));
            if tier == Tier::ValueExact {
                break;
            }
        }
        best
    }
}

pub(super) fn intersection<'a>(segment: &Segment, field: Field, clauses: impl Iterator<Item = &'a Vec<u32>>) -> Groups {
    let mut groups = Groups::ALL;
    for clause in clauses {
        groups &= union(segment, clause.iter().map(|gram| gram::in_field(*gram, field)));
        if groups.is_empty() {
            break;
        }
    }
    groups
}

fn ascii_of(code: u16) -> Option<u8> {
    u8::try_from(code).ok().filter(|b| u16::from(*b) < HAN)
}

/// The clauses that any text with these codes inside satisfies.
fn inside(codes: &[u16]) -> Vec<Vec<u32>> {
    let mut clauses: Vec<Vec<u32>> = gram::around_blanks(codes).map(|gram| vec![gram]).collect();
    if gram::has_wide_blank(codes) {
        clauses.push(vec![gram::wide_blank()]);
    }
    let runs = codes.chunk_by(|a, b| ascii_of(*a).is_some() == ascii_of(*b).is_some());
    for run in runs {
        let letters: Vec<u8> = run.iter().filter_map(|c| ascii_of(*c)).collect();
        if letters.is_empty() {
            han_run(run, &mut clauses);
            continue;
        }
        for part in letters.split(|b| *b == b' ').filter(|p| !p.is_empty()) {
            let size = part.len().min(3);
            clauses.extend(part.windows(size).map(|w| vec![gram::ascii(w)]));
        }
    }
    clauses
}

fn han_run(run: &[u16], clauses: &mut Vec<Vec<u32>>) {
    clauses.extend(run.windows(3).filter_map(letters_of).map(|l| products(&l, gram::initials)));
    for two in run.windows(2) {
        let [a, b] = two else { continue };
        let (a, b) = (every_reading(*a), every_reading(*b));
        let pairs = a.as_slice().iter().flat_map(|a| b.as_slice().iter().map(|b| gram::pair(*a, *b)));
        let pairs: Vec<u32> = pairs.collect();
        if !pairs.is_empty() {
            clauses.push(pairs);
        }
    }
    clauses.extend(run.iter().filter(|c| **c != RARE).map(|c| vec![gram::han(*c)]));
}

/// More clauses for a value that starts with the codes.
fn prefix(codes: &[u16]) -> Vec<Vec<u32>> {
    let Some(first) = codes.first() else {
        return Vec::new();
    };
    let Some(letter) = ascii_of(*first) else {
        return if *first == RARE { Vec::new() } else { vec![vec![gram::first_han(*first)]] };
    };
    match codes.get(1).and_then(|c| ascii_of(*c)) {
        Some(second) => vec![vec![gram::ascii(&[START, letter, second])]],
        None => vec![vec![gram::ascii(&[START, letter])]],
    }
}

/// Still more for a title that starts with two Chinese characters.
fn title_prefix(codes: &[u16]) -> Vec<Vec<u32>> {
    let Some(mut letters) = codes.get(..2).and_then(letters_of) else {
        return Vec::new();
    };
    letters.insert(0, vec![START]);
    vec![products(&letters, gram::initials)]
}

/// The initials of all readings of each character, if all have one.
fn letters_of(codes: &[u16]) -> Option<Vec<Vec<u8>>> {
    let letters = codes.iter().map(|code| {
        let readings = every_reading(*code);
        let mut letters: Vec<u8> = readings.as_slice().iter().map(|id| pinyin::initial(*id)).collect();
        letters.sort_unstable();
        letters.dedup();
        (!letters.is_empty()).then_some(letters)
    });
    letters.collect()
}

/// The gram of each choice of one letter per place.
fn products(letters: &[Vec<u8>], gram: fn(&[u8]) -> u32) -> Vec<u32> {
    let mut all = vec![Vec::new()];
    for choices in letters {
        all = all
            .iter()
            .flat_map(|head: &Vec<u8>| choices.iter().map(move |c| [head.as_slice(), &[*c]].concat()))
            .collect();
    }
    all.iter().map(|letters| gram(letters)).collect()
}
