//! All matches of a query, without their order: ids and counts. What a literal query finds in the text needs
//! no ranking, so whole runs of groups are scanned at once, in two threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::fold::starts_char;
use super::index::Index;
use super::query::{Literal, Query, Tier};
use super::ranked::{Cancelled, Scan, verify};
use super::segment::{GROUP, Groups, SEGMENT, Segment};

/// Groups that may hold any match.
pub(super) fn candidates(scan: &mut Scan<'_>, query: &Query) -> Groups {
    let mut all = Groups::NONE;
    for tier in Tier::ALL {
        all |= scan.candidates(query, tier);
    }
    all
}

/// Matches of one segment, a bit for each document.
struct Marks(Vec<u64>);

impl Marks {
    fn new(segment: &Segment) -> Marks {
        Marks(vec![0; segment.len().div_ceil(64)])
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|w| w >> (place % 64) & 1 == 1)
    }

    fn count(&self) -> usize {
        self.0.iter().map(|w| w.count_ones() as usize).sum()
    }
}

impl Index {
    /// The ids of all matching records of one object, ascending.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn matches(&self, query: &Query, object: u16, cancel: &AtomicBool) -> Result<Vec<i64>, Cancelled> {
        let query = query.clone().only(&[object]);
        let mut ids = Vec::new();
        self.search_delta(&query, &mut Vec::new(), |hit| ids.push(hit.id));
        for (segment, marks) in self.marks(&query, cancel)? {
            // In order of keys: what comes from one segment is one ascending run.
            let places = segment.by_key.iter().map(|p| *p as usize).filter(|p| marks.has(*p));
            ids.extend(places.filter_map(|p| segment.ids.get(p)));
        }
        ids.sort();
        Ok(ids)
    }

    /// How many documents match, counted up to `cap`.
    ///
    /// # Errors
    /// [`Cancelled`] when `cancel` was set meanwhile.
    pub fn count(&self, query: &Query, cap: usize, cancel: &AtomicBool) -> Result<usize, Cancelled> {
        let mut count = 0;
        if cap > SEGMENT {
            self.search_delta(query, &mut Vec::new(), |_| count += 1);
            let marks = self.marks(query, cancel)?;
            return Ok((count + marks.iter().map(|(_, m)| m.count()).sum::<usize>()).min(cap));
        }
        self.each(query, cancel, |_| {
            count += 1;
            count < cap
        })?;
        Ok(count.min(cap))
    }

    fn marks(&self, query: &Query, cancel: &AtomicBool) -> Result<Vec<(&Segment, Marks)>, Cancelled> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut all = Vec::new();
            while let Some(segment) = self.segments.get(next.fetch_add(1, Ordering::Relaxed)) {
                all.push((segment, mark(segment, query, cancel)?));
            }
            Ok(all)
        };
        if self.segments.len() < 2 {
            return work();
        }
        std::thread::scope(|scope| {
            let other = scope.spawn(work);
            let own = work();
            let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let mut all = own?;
            all.extend(other?);
            Ok(all)
        })
    }
}

fn mark(segment: &Segment, query: &Query, cancel: &AtomicBool) -> Result<Marks, Cancelled> {
    let mut scan = Scan::new(segment, query);
    let mut marks = Marks::new(segment);
    let groups = candidates(&mut scan, query);
    if let Some(literal) = query.single_literal() {
        let mut groups = groups.iter().peekable();
        while let Some(first) = groups.next() {
            let mut last = first;
            while groups.next_if_eq(&(last + 1)).is_some() {
                last += 1;
            }
            mark_run(segment, query, literal, first * GROUP..((last + 1) * GROUP).min(segment.len()), &mut marks);
            if cancel.load(Ordering::Relaxed) {
                return Err(Cancelled);
            }
        }
        return Ok(marks);
    }
    let mut codes = Vec::new();
    for group in groups.iter() {
        if cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        verify(&scan, group, query, &mut codes, |place, _| marks.set(place));
    }
    Ok(marks)
}

/// Marks the documents of a run that have the literal.
fn mark_run(segment: &Segment, query: &Query, literal: &Literal, run: std::ops::Range<usize>, marks: &mut Marks) {
    let start = |place: usize| segment.starts.get(place).map_or(0, |at| *at as usize);
    let (mut place, mut from, end) = (run.start, start(run.start), start(run.end));
    while let Some(found) = segment.text.get(from..end).and_then(|text| literal.finder.find(text)) {
        let at = from + found;
        while place + 1 < run.end && start(place + 1) <= at {
            place += 1;
        }
        from = at + 1;
        if !starts_char(&segment.text, at) {
            continue;
        }
        let wanted = segment.objects.get(place).is_some_and(|object| query.takes(*object));
        if wanted && !segment.is_dead(place) {
            marks.set(place);
        }
        from = start(place + 1);
    }
}
