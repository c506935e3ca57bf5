//! Queries over the index: the first hits in rank order, all hits, counts.
//!
//! One pass per tier, best first. A pass asks the postings for the groups that may hold documents of
//! that tier, verifies them newest first and stops as soon as newer hits of the same tier fill the
//! answer, which cannot change it. A group is verified once per query: what it holds of other tiers
//! waits for their passes.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};

use super::index::Index;
use super::query::{Literal, Query, Tier};
use super::segment::{Entry, GROUP, Groups, Segment};

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
    fn new(entry: Entry<'_>, tier: Tier) -> Hit {
        Hit { object: entry.object, id: entry.id, tier, touched: entry.touched }
    }

    /// The order of hits: tier, newest, then larger id.
    fn key(&self) -> (Tier, Reverse<u32>, Reverse<i64>, u16) {
        (self.tier, Reverse(self.touched), Reverse(self.id), self.object)
    }
}

/// The query was superseded before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search was cancelled")]
pub struct Cancelled;

/// What a query knows of one segment while it runs.
struct Scan<'a> {
    segment: &'a Segment,
    objects: Groups,
    visited: Groups,
    /// Per word, the groups of all tiers so far.
    words: Vec<Groups>,
    /// What every hit has literally, if anything.
    pivot: Option<&'a Literal>,
}

/// Bytes of a segment in which the rarest word is chosen.
const SAMPLE: usize = 1 << 14;

impl<'a> Scan<'a> {
    fn new(segment: &'a Segment, query: &'a Query) -> Scan<'a> {
        let words = vec![Groups::NONE; query.words.len()];
        let pivot = query.pivot(segment.text.get(..SAMPLE).unwrap_or(&segment.text));
        Scan { segment, objects: query.object_groups(segment), visited: Groups::NONE, words, pivot }
    }

    /// Groups not yet visited that may hold documents of this tier.
    fn candidates(&mut self, query: &Query, tier: Tier) -> Groups {
        let mut all = query.candidates(self.segment, tier, &mut self.words);
        all &= self.objects;
        all &= !self.visited;
        all
    }
}

/// Calls `hit` for each live document of a group that matches.
fn verify(scan: &Scan<'_>, group: usize, query: &Query, codes: &mut Vec<u16>, mut hit: impl FnMut(Hit)) {
    let segment = scan.segment;
    let mut check = |place| {
        let Some(entry) = segment.entry(place).filter(|entry| query.takes(entry.object)) else {
            return;
        };
        if let Some(tier) = query.rank(entry.text, codes) {
            hit(Hit::new(entry, tier));
        }
    };
    let Some(pivot) = scan.pivot else {
        return segment.group(group).for_each(check);
    };
    let text = segment.group_text(group);
    let mut next = 0;
    while let Some(at) = text.get(next..).and_then(|rest| pivot.finder.find(rest)) {
        let place = segment.place_of(group, next + at);
        check(place);
        let base = segment.starts.get(group * GROUP).copied().unwrap_or_default();
        next = segment.starts.get(place + 1).map_or(text.len(), |end| end.saturating_sub(base) as usize);
    }
}

/// Hits by tier, as far as they are known.
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
        hits.sort_unstable_by_key(Hit::key);
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
        let mut found = Found(Default::default());
        let mut codes = Vec::new();
        self.search_delta(query, &mut codes, |hit| found.put(hit));
        let mut scans: Vec<Scan<'_>> = self.segments.iter().map(|segment| Scan::new(segment, query)).collect();
        scans.sort_by_key(|scan| Reverse(scan.segment.newest()));
        let mut hits: Vec<Hit> = Vec::new();
        for tier in Tier::ALL {
            let need = limit.saturating_sub(hits.len());
            if need == 0 {
                break;
            }
            for scan in &mut scans {
                let oldest = found.cut(tier, need);
                if oldest.is_some_and(|touched| scan.segment.newest() < touched) {
                    continue;
                }
                let candidates = scan.candidates(query, tier);
                walk(scan, candidates, query, (tier, need, oldest), &mut found, &mut codes, cancel)?;
            }
            if let Some(mut best) = found.of(tier).map(std::mem::take) {
                best.sort_unstable_by_key(Hit::key);
                best.truncate(need);
                hits.append(&mut best);
            }
        }
        Ok(hits)
    }

    fn search_delta(&self, query: &Query, codes: &mut Vec<u16>, mut hit: impl FnMut(Hit)) {
        for (key, change) in self.delta.iter().filter(|(key, _)| query.takes(key.0)) {
            if let Some(tier) = query.rank(&change.text, codes) {
                hit(Hit::new(change.entry(*key), tier));
            }
        }
    }

    /// Calls `hit` for every match, in no particular order, until it returns false.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn each(&self, query: &Query, cancel: &AtomicBool, mut hit: impl FnMut(Hit) -> bool) -> Result<(), Cancelled> {
        let (mut codes, mut more) = (Vec::new(), true);
        self.search_delta(query, &mut codes, |found| more = more && hit(found));
        for segment in &self.segments {
            let mut scan = Scan::new(segment, query);
            let mut all = Groups::NONE;
            for tier in Tier::ALL {
                all |= scan.candidates(query, tier);
            }
            for group in all.iter() {
                if !more {
                    return Ok(());
                }
                if cancel.load(Ordering::Relaxed) {
                    return Err(Cancelled);
                }
                verify(&scan, group, query, &mut codes, |found| more = more && hit(found));
            }
        }
        Ok(())
    }

    /// The ids of all matching records of one object, ascending.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn matches(&self, query: &Query, object: u16, cancel: &AtomicBool) -> Result<Vec<i64>, Cancelled> {
        let query = query.clone().only(&[object]);
        let mut ids = Vec::new();
        self.each(&query, cancel, |hit| {
            ids.push(hit.id);
            true
        })?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// How many documents match, counted up to `cap`.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn count(&self, query: &Query, cap: usize, cancel: &AtomicBool) -> Result<usize, Cancelled> {
        let mut count = 0;
        self.each(query, cancel, |_| {
            count += 1;
            count < cap
        })?;
        Ok(count.min(cap))
    }
}

/// Verifies candidates newest first until the segment cannot add to the best `need` hits of the tier.
fn walk(
    scan: &mut Scan<'_>,
    candidates: Groups,
    query: &Query,
    (tier, need, oldest): (Tier, usize, Option<u32>),
    found: &mut Found,
    codes: &mut Vec<u16>,
    cancel: &AtomicBool,
) -> Result<(), Cancelled> {
    let mut count = 0;
    for group in candidates.iter() {
        if cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        let newest = scan.segment.touched.get(group * GROUP).copied().unwrap_or_default();
        if count >= need || oldest.is_some_and(|oldest| newest < oldest) {
            break;
        }
        if query.misses(scan.segment, group, tier, codes) {
            continue;
        }
        scan.visited.insert(group);
        verify(scan, group, query, codes, |hit| {
            count += usize::from(hit.tier == tier);
            found.put(hit);
        });
    }
    Ok(())
}
