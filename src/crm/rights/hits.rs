//! What the search finds, as far as the user may see it.

use super::guard::Sight;
use super::{Operation, Reach, Rights, lock};
use crate::backend::error::Error;
use crate::crm::Crm;
use crate::domain::id::Id;
use crate::domain::record::{Record, Titles};
use crate::store::Which;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// The ids of an object's records that were visible at a journal entry.
#[derive(Debug, Clone)]
pub(super) struct Visible {
    head: i64,
    ids: Arc<HashSet<i64>>,
}

impl Rights {
    /// Whether any records of an object may be seen.
    pub(crate) fn may_view(&self, object: &str) -> bool {
        self.reach(object, Operation::View) != Reach::Nothing
    }
}

impl Crm {
    /// Those of some records that the user may see, in their order.
    pub(crate) fn seen(&self, rights: &Rights, found: Vec<(String, Id)>) -> Result<Vec<(String, Id)>, Error> {
        let sight = Sight { store: &self.store, rights };
        let mut ids: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
        for (object, id) in &found {
            ids.entry(object).or_default().push(*id);
        }
        let mut seen: BTreeSet<Id> = BTreeSet::new();
        for (object, ids) in ids {
            seen.extend(sight.among(Operation::View, object, &ids)?);
        }
        Ok(found.into_iter().filter(|(_, id)| seen.contains(id)).collect())
    }

    /// The ids of all records of an object that the user may see; `None` if that is all of them.
    pub(crate) fn visible_ids(&self, rights: &Rights, object: &str) -> Result<Option<Arc<HashSet<i64>>>, Error> {
        let bound = match rights.reach(object, Operation::View) {
            Reach::Everything => return Ok(None),
            Reach::Nothing => return Ok(Some(Arc::default())),
            Reach::Some(bound) => bound,
        };
        let head = self.store.journal_head()?;
        if let Some(known) = lock(&rights.visible).get(object).filter(|known| known.head == head) {
            return Ok(Some(Arc::clone(&known.ids)));
        }
        let mut ids = HashSet::new();
        self.store.each_id(Which::filtered(object, &bound), |id| {
            ids.insert(id);
        })?;
        let ids = Arc::new(ids);
        lock(&rights.visible).insert(object.to_owned(), Visible { head, ids: Arc::clone(&ids) });
        Ok(Some(ids))
    }

    /// Titles of all records that these refer to; a veil for those that may not be seen.
    pub(crate) fn titles_of<'r>(
        &self,
        rights: &Rights,
        records: impl IntoIterator<Item = &'r Record> + Clone,
    ) -> Result<Titles, Error> {
        Sight { store: &self.store, rights }.titles_of(records)
    }
}
