//! Many ids at once: sorted, so that one is found in a few steps.

use super::id::Id;

/// A set of ids, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdSet(Vec<i64>);

impl IdSet {
    /// These ids, in whatever order, each once.
    pub fn new(mut ids: Vec<i64>) -> IdSet {
        ids.sort_unstable();
        ids.dedup();
        IdSet(ids)
    }

    /// Whether an id is one of them.
    pub fn has(&self, id: i64) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// The ids, ascending.
    pub fn as_slice(&self) -> &[i64] {
        &self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with some more and without some others.
    #[must_use]
    pub fn changed(&self, come: &IdSet, gone: &IdSet) -> IdSet {
        let mut ids = Vec::with_capacity(self.0.len() + come.0.len());
        let mut new = come.0.iter().copied().peekable();
        for id in self.0.iter().copied() {
            while let Some(earlier) = new.next_if(|new| *new < id) {
                ids.push(earlier);
            }
            new.next_if_eq(&id);
            if !gone.has(id) {
                ids.push(id);
            }
        }
        ids.extend(new);
        IdSet(ids)
    }
}

impl FromIterator<Id> for IdSet {
    fn from_iter<I: IntoIterator<Item = Id>>(ids: I) -> IdSet {
        IdSet::new(ids.into_iter().map(Id::as_i64).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_kept_in_order() {
        let set = IdSet::new(vec![5, 1, 9, 5]);
        assert_eq!(set.as_slice(), [1, 5, 9]);
        let set = set.changed(&IdSet::new(vec![7, 0, 9, 11]), &IdSet::new(vec![5]));
        assert_eq!(set.as_slice(), [0, 1, 7, 9, 11]);
        assert!(set.has(7) && !set.has(5));
    }
}
