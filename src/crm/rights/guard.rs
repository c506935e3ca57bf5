//! Rights over the records of a store: what may be seen of them, and what may be done with them.

use super::{Known, OPEN_TITLES, Operation, READ, Reach, Rights, State};
use crate::contract::error::Error;
use crate::crm::{Context, missing, named};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::filter::Bound;
use crate::schema::model::{Object, Schema};
use crate::store::{Store, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands for the name of a record that the user may not see.
const VEILED: &str = "***";

impl Known {
    /// Reads rights anew next time: what was read may never come to be.
    pub(in crate::crm) fn forget(&self) {
        self.0.replace(None);
    }
}

/// The rights of the acting user as the store holds them now.
pub(in crate::crm) fn current(store: &Store, context: &Context) -> Result<Arc<Rights>, Error> {
    let (schema, now) = (store.schema(), context.now());
    let user = match (&context.copies, context.user) {
        (Some(told), Some(_)) => return Ok(Arc::new(Rights::of_copies(schema, &now, told.now()))),
        (None, Some(user)) => user,
        (_, None) => return Ok(Arc::new(Rights::of_nobody(schema, &now))),
    };
    let (head, day) = (store.journal_head()?, now.date());
    let mut known = context.rights.0.borrow_mut();
    if let Some(state) = known.as_mut()
        && (state.user, state.day) == (user, day)
        && Arc::ptr_eq(&state.rights.schema, &schema)
        && (state.head == head || (state.head < head && !store.journal_touched(state.head, &READ)?))
    {
        state.head = head;
        return Ok(Arc::clone(&state.rights));
    }
    let rights = Arc::new(Rights::of(store, schema, user, &now)?);
    *known = Some(State { user, head, day, rights: Arc::clone(&rights) });
    Ok(rights)
}

/// The rights of another user, for questions about them.
pub(in crate::crm) fn of_user(store: &Store, context: &Context, user: Id) -> Result<Rights, Error> {
    Rights::of(store, store.schema(), user, &context.now())
}

/// A store as someone may see it.
#[derive(Clone, Copy)]
pub(in crate::crm) struct Sight<'a> {
    pub(in crate::crm) store: &'a Store,
    pub(in crate::crm) rights: &'a Rights,
}

impl Sight<'_> {
    /// Those records that an operation reaches, in their order.
    pub(in crate::crm) fn among(&self, operation: Operation, object: &str, ids: &[Id]) -> Result<Vec<Id>, Error> {
        match self.rights.reach(object, operation) {
            Reach::Everything => Ok(ids.to_vec()),
            Reach::Nothing => Ok(Vec::new()),
            Reach::Some(bound) => self.matching(object, &bound, ids),
        }
    }

    fn matching(&self, object: &str, bound: &Bound, ids: &[Id]) -> Result<Vec<Id>, Error> {
        let raw: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        let found = self.store.filter_ids(Which::filtered(object, bound), &raw)?;
        Ok(found.into_iter().filter_map(Id::from_i64).collect())
    }

    /// Whether an operation reaches a record.
    pub(in crate::crm) fn reaches(&self, operation: Operation, object: &str, id: Id) -> Result<bool, Error> {
        Ok(!self.among(operation, object, &[id])?.is_empty())
    }

    /// A record that is there to be seen, as far as it may be seen; else `NotFound`, as if it weren't there.
    pub(in crate::crm) fn get(&self, object: &str, id: Id) -> Result<Record, Error> {
        let record = self.store.get(object, id)?.ok_or_else(|| missing(object, id))?;
        if !self.reaches(Operation::View, object, id)? {
            return Err(missing(object, id));
        }
        Ok(record)
    }

    /// `NotFound` for a record that may not be seen; `Denied` for one that the operation doesn't reach.
    pub(in crate::crm) fn demand(&self, operation: Operation, object: &str, id: Id) -> Result<(), Error> {
        if self.rights.is_unlimited() {
            return Ok(());
        }
        if !self.reaches(Operation::View, object, id)? {
            return Err(missing(object, id));
        }
        self.refusal(operation, object, Some(id))?.map_or(Ok(()), |why| Err(Error::Denied(why)))
    }

    /// Why an operation isn't allowed on an object's records, or on one of them.
    pub(in crate::crm) fn refusal(
        &self,
        operation: Operation,
        object: &str,
        id: Option<Id>,
    ) -> Result<Option<Message>, Error> {
        match (self.rights.reach(object, operation), id) {
            (Reach::Everything, _) | (Reach::Some(_), None) => Ok(None),
            (Reach::Nothing, _) => Ok(Some(self.no_right(operation, object))),
            (Reach::Some(bound), Some(id)) => {
                Ok(self.matching(object, &bound, &[id])?.is_empty().then(|| self.beyond(operation, object)))
            }
        }
    }

    fn no_right(&self, operation: Operation, object: &str) -> Message {
        named(labelled(msg!("rights-none"), &self.rights.schema, operation), &self.rights.schema, object)
    }

    fn beyond(&self, operation: Operation, object: &str) -> Message {
        named(labelled(msg!("rights-beyond"), &self.rights.schema, operation), &self.rights.schema, object)
    }

    /// `Denied` unless the records of an object may be looked at.
    pub(in crate::crm) fn may_view(&self, object: &str) -> Result<(), Error> {
        match self.rights.reach(object, Operation::View) {
            Reach::Nothing => Err(Error::Denied(self.no_right(Operation::View, object))),
            _ => Ok(()),
        }
    }

    /// Titles of all records that these refer to; a veil for those that may not be seen.
    pub(in crate::crm) fn titles_of<'r>(
        &self,
        records: impl IntoIterator<Item = &'r Record> + Clone,
    ) -> Result<Titles, Error> {
        let mut titles = self.store.titles_of(records.clone())?;
        if !self.rights.is_unlimited() {
            let mut wanted: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
            for record in records {
                let Some(object) = self.rights.schema.object(&record.object) else { continue };
                for (name, value) in &record.fields {
                    let target = object.field(name).and_then(|f| f.kind.target());
                    if let Some(target) = target.filter(|target| !OPEN_TITLES.contains(target)) {
                        wanted.entry(target).or_default().extend(refs(value));
                    }
                }
            }
            for (target, ids) in wanted {
                self.veil(target, ids, &mut titles)?;
            }
        }
        Ok(titles)
    }

    /// Titles of an object's records; a veil for those that may not be seen.
    pub(in crate::crm) fn titles(&self, object: &str, ids: &[Id]) -> Result<Titles, Error> {
        let mut titles = self.store.titles(object, ids)?;
        if !OPEN_TITLES.contains(&object) {
            self.veil(object, ids.iter().copied().collect(), &mut titles)?;
        }
        Ok(titles)
    }

    fn veil(&self, object: &str, ids: BTreeSet<Id>, titles: &mut Titles) -> Result<(), Error> {
        if self.rights.reach(object, Operation::View) == Reach::Everything || ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<Id> = ids.into_iter().collect();
        let seen: BTreeSet<Id> = self.among(Operation::View, object, &ids)?.into_iter().collect();
        for id in ids.iter().filter(|id| !seen.contains(id)) {
            if let Some(title) = titles.get_mut(id) {
                VEILED.clone_into(title);
            }
        }
        Ok(())
    }

    /// An error for each reference to a record that may not be seen, and for each file that was not brought by the
    /// user: as if it weren't there. What the record names already stays.
    pub(in crate::crm) fn unseen(
        &self,
        object: &Object,
        before: Option<&Record>,
        fields: &Fields,
    ) -> Result<Vec<FieldError>, Error> {
        let mut errors = Vec::new();
        if self.rights.is_unlimited() {
            return Ok(errors);
        }
        for (name, value) in fields {
            if let Some(file) = self.strange_file(before, name, value)? {
                errors.push(FieldError { field: name.clone(), message: msg!("api-no-file", name = file.name) });
                continue;
            }
            let target = object.field(name).filter(|f| !f.is_system()).and_then(|f| f.kind.target());
            let Some(target) = target.filter(|target| !OPEN_TITLES.contains(target)) else { continue };
            let ids: Vec<Id> = refs(value).collect();
            let seen = self.among(Operation::View, target, &ids)?;
            if let Some(id) = ids.iter().find(|id| !seen.contains(id)) {
                let message = msg!("crm-no-record", object = target, id = id);
                errors.push(FieldError { field: name.clone(), message });
            }
        }
        Ok(errors)
    }

    /// Records of one object without what may not be seen of them.
    pub(in crate::crm) fn stripped(&self, object: &str, mut records: Vec<Record>) -> Result<Vec<Record>, Error> {
        self.hide(object, &mut records)?;
        Ok(records)
    }

    /// Takes out of what was written whatever may not be seen of it; the first is told of in any case.
    pub(in crate::crm) fn seen_after(&self, records: Vec<Record>) -> Result<Vec<Record>, Error> {
        let mut seen = Vec::new();
        for (at, mut record) in records.into_iter().enumerate() {
            if at == 0 || self.reaches(Operation::View, &record.object, record.id)? {
                let object = record.object.clone();
                self.hide(&object, [&mut record])?;
                seen.push(record);
            }
        }
        Ok(seen)
    }
}

/// A message about an operation, with its labels.
pub(super) fn labelled(message: Message, schema: &Schema, operation: Operation) -> Message {
    use crate::domain::lang::Lang;
    let item = schema.dictionary("operation").and_then(|d| d.item(operation.key()));
    let label = |lang| item.map_or(operation.key(), |i| i.label.get(lang)).to_lowercase();
    message.with("does_zh", label(Lang::Zh)).with("does_en", label(Lang::En))
}

fn refs(value: &Value) -> impl Iterator<Item = Id> + '_ {
    let ids: &[Id] = match value {
        Value::Ref(id) => std::slice::from_ref(id),
        Value::Refs(ids) => ids,
        _ => &[],
    };
    ids.iter().copied()
}
