//! The ids of all records of an object that the user may see: what the search is asked among, and what is counted.
//!
//! They are found once and kept up with the journal: what was touched since is looked at again, and what refers to it
//! as far as rights go by that. All connections of a session share them.

use super::guard::Sight;
use super::{Operation, Reach, Rights, lock};
use crate::contract::error::Error;
use crate::crm::Crm;
use crate::domain::id::Id;
use crate::domain::id_set::IdSet;
use crate::domain::record::{Record, Titles, system};
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Kind, Schema};
use crate::search::Chosen;
use crate::store::{Store, Which};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

/// Of more journal entries all is found anew.
const MOST_TOUCHED: usize = 20_000;

/// What was visible, by object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sightings(Arc<Mutex<HashMap<String, Visible>>>);

/// The ids of an object's records that were visible at a journal entry.
#[derive(Debug, Clone)]
struct Visible {
    bound: Arc<Bound>,
    head: i64,
    ids: Arc<Chosen>,
}

impl Rights {
    /// Whether any records of an object may be seen.
    pub(crate) fn may_view(&self, object: &str) -> bool {
        self.reach(object, Operation::View) != Reach::Nothing
    }

    /// Whether some records of an object may be seen, and others may not.
    pub(crate) fn is_limited_to_some(&self, object: &str) -> bool {
        matches!(self.reach(object, Operation::View), Reach::Some(_))
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
    pub(crate) fn visible(&self, rights: &Rights, object: &str) -> Result<Option<Arc<Chosen>>, Error> {
        let bound = match rights.reach(object, Operation::View) {
            Reach::Everything => return Ok(None),
            Reach::Nothing => return Ok(Some(Arc::default())),
            Reach::Some(bound) => bound,
        };
        if let Some(ids) = self.kept_up(rights, object, &bound)? {
            return Ok(Some(ids));
        }
        let (head, mut ids) = (self.store.journal_head()?, Vec::new());
        self.store.each_id(Which::filtered(object, &bound), |id| ids.push(id))?;
        Ok(Some(self.keep(object, Visible { bound, head, ids: Arc::new(Chosen::new(IdSet::new(ids))) })))
    }

    /// The same if it was found before, or needn't be.
    pub(crate) fn visible_if_known(&self, rights: &Rights, object: &str) -> Result<Option<Arc<Chosen>>, Error> {
        match rights.reach(object, Operation::View) {
            Reach::Some(bound) => self.kept_up(rights, object, &bound),
            Reach::Nothing => Ok(Some(Arc::default())),
            Reach::Everything => Ok(None),
        }
    }

    /// What an operation reaches, as a condition: the ids of what is visible once they are known. A page is found by
    /// whose the records are, where that is all there is to rights: an index has them in the order of the list.
    pub(crate) fn reach_now(
        &self,
        rights: &Rights,
        object: &str,
        operation: Operation,
        for_page: bool,
    ) -> Result<Bound, Error> {
        let reach = rights.reach(object, operation);
        let is_view = || operation == Operation::View || reach == rights.reach(object, Operation::View);
        if let Reach::Some(bound) = &reach
            && !(for_page && is_by_value(bound))
            && is_view()
            && let Some(visible) = self.visible_if_known(rights, object)?
        {
            let test = Test::OneOf(Arc::clone(visible.ids()));
            return Ok(Bound::Test { field: system::ID.to_owned(), test });
        }
        Ok(reach.bound())
    }

    fn keep(&self, object: &str, visible: Visible) -> Arc<Chosen> {
        let ids = Arc::clone(&visible.ids);
        lock(&self.context.sightings.0).insert(object.to_owned(), visible);
        ids
    }

    /// What was visible by the same rights, as it is now.
    fn kept_up(&self, rights: &Rights, object: &str, bound: &Arc<Bound>) -> Result<Option<Arc<Chosen>>, Error> {
        let known = lock(&self.context.sightings.0).get(object).cloned();
        let is_same = |known: &Visible| Arc::ptr_eq(&known.bound, bound) || known.bound == *bound;
        let Some(known) = known.filter(is_same) else { return Ok(None) };
        let head = self.store.journal_head()?;
        if head == known.head {
            return Ok(Some(known.ids));
        }
        if head < known.head || !is_journalled(&rights.schema, object, bound) {
            return Ok(None);
        }
        let Some(touched) = self.store.touched_since(known.head, MOST_TOUCHED)? else { return Ok(None) };
        let mut by_object: HashMap<String, BTreeSet<i64>> = HashMap::new();
        for (object, id) in touched {
            by_object.entry(object).or_default().insert(id);
        }
        let Some(affected) = affected(&self.store, object, bound, &by_object)? else { return Ok(None) };
        let affected: Vec<i64> = affected.into_iter().collect();
        let seen: BTreeSet<i64> =
            self.store.filter_ids(Which::filtered(object, bound), &affected)?.into_iter().collect();
        let (now, not): (Vec<i64>, Vec<i64>) = affected.into_iter().partition(|id| seen.contains(id));
        let come: Vec<i64> = now.into_iter().filter(|id| !known.ids.has(*id)).collect();
        let gone: Vec<i64> = not.into_iter().filter(|id| known.ids.has(*id)).collect();
        let ids = match come.is_empty() && gone.is_empty() {
            true => known.ids,
            false => Arc::new(known.ids.changed(&IdSet::new(come), &IdSet::new(gone))),
        };
        Ok(Some(self.keep(object, Visible { bound: Arc::clone(bound), head, ids })))
    }

    /// Finds out what the user may see of all that can be searched, before it is asked.
    pub(crate) fn look_around(&self, stop: &dyn Fn() -> bool) -> Result<(), Error> {
        let rights = self.rights()?;
        if rights.is_unlimited() {
            return Ok(());
        }
        let schema = self.schema();
        for object in schema.objects.iter().filter(|object| object.searchable) {
            if stop() {
                break;
            }
            self.visible(&rights, &object.name)?;
        }
        Ok(())
    }

    /// Takes out of an object's records what may not be seen of them; gives those of which a pool hides something.
    pub(crate) fn hide(&self, rights: &Rights, object: &str, records: &mut [Record]) -> Result<HashSet<Id>, Error> {
        Sight { store: &self.store, rights }.hide(object, records)
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

/// Whether a condition asks for nothing but the value of one reference, which an index or the row tells.
fn is_by_value(bound: &Bound) -> bool {
    fn field(bound: &Bound) -> Option<&str> {
        match bound {
            Bound::Test { field, test: Test::Empty | Test::OneOf(_) } => Some(field),
            Bound::Test { field, test: Test::AnyOf(values) } => {
                values.iter().all(|value| matches!(value, Value::Ref(_))).then_some(field.as_str())
            }
            _ => None,
        }
    }
    match bound {
        Bound::Or(parts) => {
            let first = parts.first().and_then(field);
            first.is_some() && parts.iter().all(|part| field(part) == first)
        }
        one => field(one).is_some(),
    }
}

/// Whether all that a condition asks for is changed with an entry in the journal: roll-ups follow others without one.
fn is_journalled(schema: &Schema, object: &str, bound: &Bound) -> bool {
    match bound {
        Bound::All => true,
        Bound::And(parts) | Bound::Or(parts) => parts.iter().all(|part| is_journalled(schema, object, part)),
        Bound::Not(part) => is_journalled(schema, object, part),
        Bound::Words(_) | Bound::Test { test: Test::RefersTo { .. }, .. } => false,
        Bound::Test { field, test } => {
            let field = schema.object(object).and_then(|o| o.field(field));
            let is_rolled_up = field.is_some_and(|f| matches!(f.kind, Kind::Rollup { .. }));
            let inner = |test: &Test| match test {
                Test::Related { object, inner } => is_journalled(schema, object, inner),
                _ => true,
            };
            !is_rolled_up && inner(test)
        }
    }
}

/// The records of an object that may meet a condition now and didn't before, or the other way round: what was touched,
/// and what refers to it where the condition asks for that. `None` if that is too much to look at one by one.
fn affected(
    store: &Store,
    object: &str,
    bound: &Bound,
    touched: &HashMap<String, BTreeSet<i64>>,
) -> Result<Option<BTreeSet<i64>>, Error> {
    let mut found = touched.get(object).cloned().unwrap_or_default();
    let mut open = vec![bound];
    while let Some(bound) = open.pop() {
        match bound {
            Bound::And(parts) | Bound::Or(parts) => open.extend(parts),
            Bound::Not(part) => open.push(part),
            Bound::Test { field, test: Test::Related { object: other, inner } } => {
                let Some(above) = affected(store, other, inner, touched)? else { return Ok(None) };
                if above.is_empty() {
                    continue;
                }
                let above = above.into_iter().filter_map(Id::from_i64).map(Value::Ref).collect();
                let referring = Bound::Test { field: field.clone(), test: Test::AnyOf(above) };
                store.each_id(Which::filtered(object, &referring), |id| {
                    found.insert(id);
                })?;
            }
            Bound::All | Bound::Words(_) | Bound::Test { .. } => {}
        }
    }
    Ok((found.len() <= MOST_TOUCHED).then_some(found))
}
