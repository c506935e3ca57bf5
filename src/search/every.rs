//! All matches of a query, without their order: ids and counts. What a literal query finds in the text needs
//! no ranking, so whole groups are scanned at once, in two threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::blocks::{Group, Meta, Scratch};
use super::fold::starts_char;
use super::index::Index;
use super::query::{Literal, Query, Tier};
use super::ranked::{Cancelled, Scan, verify};
use super::segment::{Groups, SEGMENT, Segment};

/// Groups that may hold any match.
pub(super) fn candidates(scan: &mut Scan<'_>, query: &Query) -> Groups {
    let mut all = Groups::NONE;
    for tier in Tier::ALL {
        all |= scan.candidates(query, tier);
    }
    all
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
        self.ids(&query, cancel)?.iter().for_each(|found| ids.extend(found));
        ids.sort_unstable();
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
            let found = self.ids(query, cancel)?;
            return Ok((count + found.iter().map(Vec::len).sum::<usize>()).min(cap));
        }
        self.each(query, cancel, |_| {
            count += 1;
            count < cap
        })?;
        Ok(count.min(cap))
    }

    /// The ids of all matches outside the delta, of each segment.
    fn ids(&self, query: &Query, cancel: &AtomicBool) -> Result<Vec<Vec<i64>>, Cancelled> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut all = Vec::new();
            while let Some(segment) = self.segments.get(next.fetch_add(1, Ordering::Relaxed)) {
                all.push(ids_in(segment, query, cancel)?);
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

fn ids_in(segment: &Segment, query: &Query, cancel: &AtomicBool) -> Result<Vec<i64>, Cancelled> {
    let mut scan = Scan::new(segment, query);
    let mut ids = Vec::new();
    let Scratch { codes, block, metas } = &mut Scratch::default();
    for number in candidates(&mut scan, query).iter() {
        if cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        let group = segment.read(number, block);
        match query.single_literal() {
            Some(literal) => having(&scan, query, literal, group, metas, &mut ids),
            None => verify(&scan, group, query, codes, metas, |_, hit| ids.push(hit.id)),
        }
    }
    Ok(ids)
}

/// The documents of a group that have the literal.
fn having(
    scan: &Scan<'_>,
    query: &Query,
    literal: &Literal,
    group: Group<'_>,
    metas: &mut Vec<Meta>,
    ids: &mut Vec<i64>,
) {
    let first = group.first();
    let (mut from, mut last) = (0, first);
    metas.clear();
    while let Some(found) = group.text.get(from..).and_then(|text| literal.finder.find(text)) {
        let at = from + found;
        from = at + 1;
        if !starts_char(group.text, at) {
            continue;
        }
        let own = group.around(at);
        last = (own.start, group.place(last, own.start));
        from = own.end;
        if scan.segment.is_dead(last.1) || !scan.wanted.may_be(last.1) {
            continue;
        }
        if metas.is_empty() {
            group.metas(metas);
        }
        let meta = metas.get(last.1 - first.1);
        ids.extend(meta.filter(|meta| query.takes_at(&scan.wanted, last.1, meta.object)).map(|meta| meta.id));
    }
}
