//! Some documents of an object, to which a query can be restricted at next to no cost: their ids, and where they lie
//! in each segment, found out when a query first comes to it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::domain::id_set::IdSet;

use super::segment::{Arrays, GROUP, Groups, Segment};

/// Records of one object, by their ids.
#[derive(Debug, Default)]
pub struct Chosen {
    ids: Arc<IdSet>,
    known: Mutex<Vec<Known>>,
}

/// Where the documents lie in a segment.
#[derive(Debug, Clone)]
struct Known {
    object: u16,
    /// The segment, for as long as there is one.
    arrays: Weak<Arrays>,
    places: Arc<Places>,
    /// Ids that have come or gone since.
    changed: IdSet,
}

/// Documents of one segment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Places {
    /// The groups that hold any of them.
    pub(super) groups: Groups,
    /// A bit for each; none where there are no documents.
    bits: Vec<u64>,
}

impl Places {
    pub(super) const NONE: Places = Places { groups: Groups::NONE, bits: Vec::new() };

    /// Whether the document at a place is one of them.
    pub(super) fn has(&self, place: usize) -> bool {
        self.bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// A bit for each of a group's.
    pub(super) fn of_group(&self, group: usize) -> u32 {
        let place = group * GROUP;
        let word = self.bits.get(place / 64).copied().unwrap_or_default() >> (place % 64);
        u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// Adds a document of a segment of so many.
    pub(super) fn insert(&mut self, place: usize, of: usize) {
        if self.bits.is_empty() {
            self.bits = vec![0; of.div_ceil(64)];
        }
        if let Some(word) = self.bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
            self.groups.insert(place / GROUP);
        }
    }

    /// The same without some documents and with others.
    fn with(&self, gone: &Places, come: &Places) -> Places {
        let len = self.bits.len().max(come.bits.len());
        let word = |bits: &[u64], at: usize| bits.get(at).copied().unwrap_or_default();
        let both = |at| word(&self.bits, at) & !word(&gone.bits, at) | word(&come.bits, at);
        let bits: Vec<u64> = (0..len).map(both).collect();
        let mut groups = Groups::NONE;
        for (at, word) in bits.iter().enumerate() {
            let low = u64::from(u32::MAX);
            for (half, part) in [word & low, word >> 32].into_iter().enumerate() {
                if part != 0 {
                    groups.insert((at * 64 + half * 32) / GROUP);
                }
            }
        }
        Places { groups, bits }
    }
}

impl Chosen {
    /// Records with these ids.
    #[must_use]
    pub fn new(ids: IdSet) -> Chosen {
        Chosen { ids: Arc::new(ids), known: Mutex::default() }
    }

    /// The ids.
    #[must_use]
    pub fn ids(&self) -> &Arc<IdSet> {
        &self.ids
    }

    /// Whether a record is one of them.
    #[must_use]
    pub fn has(&self, id: i64) -> bool {
        self.ids.has(id)
    }

    /// The same with some more and without some others. What is known of places is kept.
    #[must_use]
    pub fn changed(&self, come: &IdSet, gone: &IdSet) -> Chosen {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for one in &mut known {
            let all = [one.changed.as_slice(), come.as_slice(), gone.as_slice()].concat();
            one.changed = IdSet::new(all);
        }
        Chosen { ids: Arc::new(self.ids.changed(come, gone)), known: Mutex::new(known) }
    }

    /// Where the documents lie in a segment; `object` is their object's number there.
    pub(super) fn places(&self, segment: &Segment, object: u16) -> Arc<Places> {
        let arrays = segment.arrays();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |one: &&mut Known| one.object == object && std::ptr::eq(one.arrays.as_ptr(), Arc::as_ptr(arrays));
        if let Some(one) = known.iter_mut().find(is_same) {
            if !one.changed.is_empty() {
                let changed = std::mem::take(&mut one.changed);
                let now: Vec<i64> = changed.as_slice().iter().copied().filter(|id| self.has(*id)).collect();
                let (gone, come) = (segment.places_of(object, changed.as_slice()), segment.places_of(object, &now));
                one.places = Arc::new(one.places.with(&gone, &come));
            }
            return Arc::clone(&one.places);
        }
        let places = Arc::new(segment.places_of(object, self.ids.as_slice()));
        known.retain(|one| one.arrays.strong_count() > 0);
        let one =
            Known { object, arrays: Arc::downgrade(arrays), places: Arc::clone(&places), changed: IdSet::default() };
        known.push(one);
        places
    }
}
