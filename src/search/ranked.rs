//! Queries over the index: the first hits in rank order, all hits, counts.
//!
//! One pass per tier, best first. A pass asks the postings for the groups that may hold documents of
//! that tier, verifies them newest first and stops as soon as newer hits of the same tier fill the
//! answer, which cannot change it. A group is verified once per query: what it holds of other tiers
//! waits for their passes. A pass that is not over soon goes on in two threads.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::blocks::{Group, Meta, Scratch, Window};
use super::every;
use super::index::Index;
use super::letters::Need;
use super::query::{Literal, Query, Tier, Wanted};
use super::segment::{GROUP, Groups, Segment};

/// A document that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The record's object.
    pub object: u16,
    /// The record's id.
    pub id: i64,
    /// How well it matches.
    pub tier: Tier,
    /// When it was last touched.
    pub touched: u32,
}

impl Hit {
    pub(super) fn new(meta: Meta, tier: Tier) -> Hit {
        Hit { object: meta.object, id: meta.id, tier, touched: meta.touched }
    }

    /// The order of hits: tier, newest, then larger id.
    #[must_use]
    pub fn order(&self) -> (Tier, Reverse<u32>, Reverse<i64>, u16) {
        (self.tier, Reverse(self.touched), Reverse(self.id), self.object)
    }
}

/// The query was superseded before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search was cancelled")]
pub struct Cancelled;

/// What a query knows of one segment while it runs.
pub(super) struct Scan<'a> {
    pub(super) segment: &'a Segment,
    pub(super) wanted: Wanted,
    visited: Groups,
    /// What is left of the pass.
    left: Groups,
    /// Per word, the groups of all tiers so far.
    words: Vec<Groups>,
    /// What every hit has literally, the rarest first.
    musts: Vec<&'a Literal>,
}

/// Groups of a segment in which the rarest word is chosen.
const SAMPLE: usize = 5;
/// Groups that a pass verifies before it thinks of a second thread, and that are left if that pays.
const ALONE: usize = 160;
/// Groups that a thread takes at a time.
const PIECE: usize = 64;

impl<'a> Scan<'a> {
    pub(super) fn new(segment: &'a Segment, query: &'a Query) -> Scan<'a> {
        let words = vec![Groups::NONE; query.words.len()];
        let musts = query.musts(|| {
            let (mut sample, mut block) = (Vec::new(), Window::default());
            (0..SAMPLE.min(segment.groups())).for_each(|at| sample.extend(segment.read(at, &mut block).text));
            sample
        });
        let wanted = query.wanted(segment);
        Scan { segment, wanted, visited: Groups::NONE, left: Groups::NONE, words, musts }
    }

    /// Groups not yet visited that may hold documents of this tier.
    pub(super) fn candidates(&mut self, query: &Query, tier: Tier) -> Groups {
        let mut all = query.candidates(self.segment, tier, &mut self.words);
        all &= self.wanted.groups;
        all &= !self.visited;
        all
    }

    /// Whether a group may hold a document that is asked for and has what is needed, by what is known without reading.
    fn may_hold(&self, group: usize, needs: &[Need]) -> bool {
        match (self.segment.letters.get(), self.wanted.of_group(group)) {
            (Some(letters), Some(places)) if !needs.is_empty() => letters.any(group * GROUP, places, needs),
            _ => true,
        }
    }

    /// Time of a group's newest document.
    fn newest(&self, group: usize) -> u32 {
        self.segment.newest.get(group).copied().unwrap_or_default()
    }
}

/// Calls `hit` with the place of each live document of a group that matches.
pub(super) fn verify(
    scan: &Scan<'_>,
    group: Group<'_>,
    query: &Query,
    codes: &mut Vec<u16>,
    metas: &mut Vec<Meta>,
    mut hit: impl FnMut(usize, Hit),
) {
    let segment = scan.segment;
    let first = group.first();
    metas.clear();
    // Ranking costs most: what isn't wanted anyway is left out before, what isn't found is not looked up.
    let restricted = query.is_restricted();
    let mut check = |place: usize, text: &[u8]| {
        if segment.is_dead(place) || !scan.wanted.may_be(place) {
            return;
        }
        let mut known = || {
            if metas.is_empty() {
                group.metas(metas);
            }
            metas.get(place - first.1).copied().filter(|meta| query.takes_at(&scan.wanted, place, meta.object))
        };
        let wanted = if restricted { known() } else { None };
        if restricted && wanted.is_none() {
            return;
        }
        if let Some(tier) = query.rank(text, codes)
            && let Some(meta) = wanted.or_else(known)
        {
            hit(place, Hit::new(meta, tier));
        }
    };
    let Some((pivot, others)) = scan.musts.split_first() else {
        return group.texts().for_each(|(place, text)| check(place, text));
    };
    let (mut next, mut last) = (0, first);
    while let Some(at) = group.text.get(next..).and_then(|rest| pivot.finder.find(rest)) {
        let own = group.around(next + at);
        last = (own.start, group.place(last, own.start));
        next = own.end;
        let text = group.text.get(own).unwrap_or_default();
        if others.iter().all(|other| other.finder.find(text).is_some()) {
            check(last.1, text);
        }
    }
}

/// Hits by tier, as far as they are known.
#[derive(Default)]
struct Found([Vec<Hit>; Tier::ALL.len()]);

impl Found {
    fn of(&mut self, tier: Tier) -> Option<&mut Vec<Hit>> {
        self.0.get_mut(tier as usize)
    }

    fn put(&mut self, hit: Hit) {
        if let Some(hits) = self.of(hit.tier) {
            hits.push(hit);
        }
    }

    /// Keeps the best `need` hits of a tier, and tells the last one's time if there are so many.
    fn cut(&mut self, tier: Tier, need: usize) -> Option<u32> {
        let hits = self.of(tier).filter(|hits| hits.len() >= need)?;
        hits.sort_unstable_by_key(Hit::order);
        hits.truncate(need);
        hits.last().map(|hit| hit.touched)
    }
}

impl Index {
    /// The first `limit` hits: best tier first, within a tier the most recently touched.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn search(&self, query: &Query, limit: usize, cancel: &AtomicBool) -> Result<Vec<Hit>, Cancelled> {
        let mut found = Found::default();
        let mut scratch = Scratch::default();
        self.search_delta(query, &mut scratch.codes, |hit| found.put(hit));
        let mut scans: Vec<Scan<'_>> = self.segments.iter().map(|segment| Scan::new(segment, query)).collect();
        scans.sort_by_key(|scan| Reverse(scan.segment.newest()));
        let mut hits: Vec<Hit> = Vec::new();
        for tier in Tier::ALL {
            let need = limit.saturating_sub(hits.len());
            if need == 0 {
                break;
            }
            let needs = if query.is_restricted() { query.needs(tier) } else { Vec::new() };
            let mut pass = Pass { query, tier, need, needs, cancel };
            pass.run(&mut scans, &mut found, &mut scratch)?;
            if let Some(mut best) = found.of(tier).map(std::mem::take) {
                best.sort_unstable_by_key(Hit::order);
                best.truncate(need);
                hits.append(&mut best);
            }
        }
        Ok(hits)
    }

    pub(super) fn search_delta(&self, query: &Query, codes: &mut Vec<u16>, mut hit: impl FnMut(Hit)) {
        for (key, change) in self.delta.iter().filter(|(key, _)| query.takes(key.0, key.1)) {
            if let Some(tier) = query.rank(&change.text, codes) {
                hit(Hit::new(change.meta(*key), tier));
            }
        }
    }

    /// Calls `hit` for every match, in no particular order, until it returns false.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn each(&self, query: &Query, cancel: &AtomicBool, mut hit: impl FnMut(Hit) -> bool) -> Result<(), Cancelled> {
        let (mut scratch, mut more) = (Scratch::default(), true);
        self.search_delta(query, &mut scratch.codes, |found| more = more && hit(found));
        for segment in &self.segments {
            let mut scan = Scan::new(segment, query);
            let groups = every::candidates(&mut scan, query);
            for group in groups.iter() {
                if !more {
                    return Ok(());
                }
                if cancel.load(Ordering::Relaxed) {
                    return Err(Cancelled);
                }
                let Scratch { codes, block, metas } = &mut scratch;
                let group = segment.read(group, block);
                verify(&scan, group, query, codes, metas, |_, found| more = more && hit(found));
            }
        }
        Ok(())
    }
}

/// The search for the best `need` hits of a tier.
struct Pass<'a> {
    query: &'a Query,
    tier: Tier,
    need: usize,
    /// What the titles of its documents have.
    needs: Vec<Need>,
    cancel: &'a AtomicBool,
}

/// Neighbouring groups of one segment that one thread verifies.
struct Piece {
    scan: usize,
    groups: Vec<usize>,
    /// The first piece of the segment, and hits of the tier in this one.
    first: usize,
    hits: AtomicUsize,
}

impl Pass<'_> {
    fn run(&mut self, scans: &mut [Scan<'_>], found: &mut Found, scratch: &mut Scratch) -> Result<(), Cancelled> {
        let mut alone = ALONE;
        for at in 0..scans.len() {
            let Some(scan) = scans.get_mut(at) else { break };
            let oldest = found.cut(self.tier, self.need);
            scan.left = Groups::NONE;
            if oldest.is_some_and(|touched| scan.segment.newest() < touched) {
                continue;
            }
            scan.left = scan.candidates(self.query, self.tier);
            self.walk(scan, &mut alone, oldest, found, scratch)?;
            if alone == 0 {
                let rest = scans.get_mut(at..).unwrap_or_default();
                if let Some((_, later)) = rest.split_first_mut() {
                    later.iter_mut().for_each(|scan| scan.left = scan.candidates(self.query, self.tier));
                }
                return self.finish(rest, found, scratch);
            }
        }
        Ok(())
    }

    /// Verifies what is left of a segment, newest first, until it cannot add to the best hits of the tier
    /// or `most` groups were verified.
    fn walk(
        &self,
        scan: &mut Scan<'_>,
        most: &mut usize,
        oldest: Option<u32>,
        found: &mut Found,
        scratch: &mut Scratch,
    ) -> Result<(), Cancelled> {
        let mut count = 0;
        let groups = std::mem::replace(&mut scan.left, Groups::NONE);
        let groups = groups.iter().filter(|group| scan.may_hold(*group, &self.needs)).collect::<Vec<_>>();
        for group in groups {
            if count >= self.need || oldest.is_some_and(|oldest| scan.newest(group) < oldest) {
                break;
            }
            if *most == 0 {
                scan.left.insert(group);
                continue;
            }
            *most -= 1;
            if self.verify(scan, group, scratch, |hit| {
                count += usize::from(hit.tier == self.tier);
                found.put(hit);
            })? {
                scan.visited.insert(group);
            }
        }
        Ok(())
    }

    /// Whether the group had to be verified.
    fn verify(
        &self,
        scan: &Scan<'_>,
        group: usize,
        scratch: &mut Scratch,
        mut hit: impl FnMut(Hit),
    ) -> Result<bool, Cancelled> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        let Scratch { codes, block, metas } = scratch;
        let group = scan.segment.read(group, block);
        if self.query.misses(scan, group, self.tier, codes, metas) {
            return Ok(false);
        }
        verify(scan, group, self.query, codes, metas, |_, found| hit(found));
        Ok(true)
    }

    /// Verifies what is left of all segments, in two threads if that is much.
    fn finish(&self, scans: &mut [Scan<'_>], found: &mut Found, scratch: &mut Scratch) -> Result<(), Cancelled> {
        for scan in scans.iter_mut() {
            let mut left = Groups::NONE;
            let may = scan.left.iter().filter(|group| scan.may_hold(*group, &self.needs));
            may.for_each(|group| left.insert(group));
            scan.left = left;
        }
        let pieces = pieces(scans);
        let next = AtomicUsize::new(0);
        let shared = Mutex::new(std::mem::take(found));
        let view: &[Scan<'_>] = scans;
        let work = |scratch: &mut Scratch| self.work(view, &pieces, &next, &shared, scratch);
        let both = if pieces.len() * PIECE > ALONE {
            std::thread::scope(|scope| {
                let other = scope.spawn(|| work(&mut Scratch::default()));
                let own = work(scratch);
                let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                [own, other]
            })
        } else {
            [work(scratch), Ok(Vec::new())]
        };
        *found = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        for visited in both {
            for (at, group) in visited? {
                if let Some(scan) = scans.get_mut(at) {
                    scan.visited.insert(group);
                }
            }
        }
        Ok(())
    }

    /// One thread's part; the groups it verified.
    fn work(
        &self,
        scans: &[Scan<'_>],
        pieces: &[Piece],
        next: &AtomicUsize,
        shared: &Mutex<Found>,
        scratch: &mut Scratch,
    ) -> Result<Vec<(usize, usize)>, Cancelled> {
        let (mut visited, mut hits) = (Vec::new(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some((piece, scan)) = pieces.get(at).and_then(|p| Some((p, scans.get(p.scan)?))) else { break };
            let newer = pieces.get(piece.first..at).unwrap_or_default();
            let newer: usize = newer.iter().map(|p| p.hits.load(Ordering::Relaxed)).sum();
            if newer >= self.need {
                continue;
            }
            let oldest = shared.lock().unwrap_or_else(PoisonError::into_inner).cut(self.tier, self.need);
            let mut count = 0;
            for group in &piece.groups {
                if newer + count >= self.need || oldest.is_some_and(|oldest| scan.newest(*group) < oldest) {
                    break;
                }
                if self.verify(scan, *group, scratch, |hit| {
                    count += usize::from(hit.tier == self.tier);
                    hits.push(hit);
                })? {
                    visited.push((piece.scan, *group));
                }
            }
            piece.hits.store(count, Ordering::Relaxed);
            if !hits.is_empty() {
                let mut found = shared.lock().unwrap_or_else(PoisonError::into_inner);
                hits.drain(..).for_each(|hit| found.put(hit));
            }
        }
        Ok(visited)
    }
}

/// What is left of segments, cut into pieces.
fn pieces(scans: &mut [Scan<'_>]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, scan) in scans.iter_mut().enumerate() {
        let first = pieces.len();
        let left: Vec<usize> = std::mem::replace(&mut scan.left, Groups::NONE).iter().collect();
        let cut = left.chunks(PIECE);
        pieces.extend(cut.map(|groups| Piece { scan: at, groups: groups.to_vec(), first, hits: AtomicUsize::new(0) }));
    }
    pieces
}
