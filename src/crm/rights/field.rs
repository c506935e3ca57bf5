//! How far the fields of an object may be used.

use super::{Access, Operation, Rights, Standing, lock};
use crate::contract::error::Error;
use crate::contract::request::{FieldBar, FieldBars};
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record};
use crate::msg;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Object, Schema};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether a field holds copies of another record's fields, whatever may be seen of those: a review shows them.
fn is_copy(object: &str, field: &str) -> bool {
    object == "approval" && matches!(field, "proposal" | "base")
}

impl Rights {
    /// How far a field may be used.
    pub(crate) fn access(&self, object: &str, field: &str) -> Access {
        self.barred(object).get(field).copied().unwrap_or(Access::Write)
    }

    /// Whether a field may not even be seen.
    pub(crate) fn is_hidden(&self, object: &str, field: &str) -> bool {
        self.access(object, field) == Access::None
    }

    /// Whether the store doesn't have a field because the server that it is a copy of hides it.
    pub(crate) fn is_missing(&self, object: &str, field: &str) -> bool {
        !self.told.is_empty() && self.is_hidden(object, field)
    }

    /// The fields of an object, or of the form of an action, that can't be written, or not even be seen.
    pub(crate) fn barred(&self, object: &str) -> Arc<BTreeMap<String, Access>> {
        let Some(known) = self.schema.object(object).filter(|_| !self.is_unlimited()) else { return Arc::default() };
        if let Some(barred) = lock(&self.barred).get(object) {
            return Arc::clone(barred);
        }
        // The arguments of an action stand for the fields of its record.
        let of = object.split('.').next().unwrap_or(object);
        let title = self.schema.object(of).map(|o| o.title.as_str());
        let mut barred = BTreeMap::new();
        for field in &known.fields {
            let mut access = match self.limited() {
                Some(standing) => held(standing, of, &field.name),
                None => self.told_of(of, &field.name),
            };
            if title == Some(field.name.as_str()) {
                // What it is called is what is seen of a record that is seen at all.
                access = access.max(Access::Read);
            }
            if is_copy(of, &field.name) {
                access = Access::None;
            }
            if access != Access::Write {
                barred.insert(field.name.clone(), access);
            }
        }
        let barred = Arc::new(barred);
        lock(&self.barred).insert(object.to_owned(), Arc::clone(&barred));
        barred
    }

    fn told_of(&self, object: &str, field: &str) -> Access {
        match self.told.get(object).and_then(|fields| fields.get(field)) {
            Some(FieldBar::Hidden) => Access::None,
            Some(FieldBar::ReadOnly) => Access::Read,
            None => Access::Write,
        }
    }

    /// For every object the fields that can't be written, or not even be seen.
    pub(crate) fn bars(&self) -> FieldBars {
        let bar = |access: &Access| match access {
            Access::None => FieldBar::Hidden,
            Access::Read | Access::Write => FieldBar::ReadOnly,
        };
        let of = |name: &String| {
            let barred = self.barred(name);
            let fields: BTreeMap<String, FieldBar> =
                barred.iter().map(|(name, access)| (name.clone(), bar(access))).collect();
            (!fields.is_empty()).then(|| (name.clone(), fields))
        };
        self.schema.objects.iter().filter_map(|object| of(&object.name)).collect()
    }

    /// Takes out of a record what may not be seen.
    pub(crate) fn strip(&self, record: &mut Record) {
        self.strip_fields(&record.object, &mut record.fields);
    }

    /// The same for values by field.
    pub(crate) fn strip_fields(&self, object: &str, fields: &mut Fields) {
        let barred = self.barred(object);
        if barred.values().any(|access| *access == Access::None) {
            fields.retain(|name, _| barred.get(name) != Some(&Access::None));
        }
    }

    /// `Denied` if a condition asks for what may not be seen: the answer would tell it.
    pub(crate) fn may_ask(&self, object: &Object, bound: &Bound) -> Result<(), Error> {
        if self.is_unlimited() {
            return Ok(());
        }
        match bound {
            Bound::All | Bound::Words(_) => Ok(()),
            Bound::And(parts) | Bound::Or(parts) => parts.iter().try_for_each(|part| self.may_ask(object, part)),
            Bound::Not(part) => self.may_ask(object, part),
            Bound::Test { field, test } => {
                self.may_see(object, field)?;
                match test {
                    Test::Related { object: target, inner } => match self.schema.object(target) {
                        Some(target) => self.may_ask(target, inner),
                        None => Ok(()),
                    },
                    _ => Ok(()),
                }
            }
        }
    }

    /// `Denied` if a field may not be seen.
    pub(crate) fn may_see(&self, object: &Object, field: &str) -> Result<(), Error> {
        match self.is_hidden(&object.name, field) {
            true => Err(Error::Denied(about_field(msg!("rights-field-hidden"), &self.schema, &object.name, field))),
            false => Ok(()),
        }
    }

    /// Why values can't be written by hand, if so.
    pub(crate) fn may_write<'f>(&self, object: &str, mut fields: impl Iterator<Item = &'f String>) -> Option<Message> {
        let barred = self.barred(object);
        let found = fields.find(|name| barred.contains_key(*name))?;
        let key = if barred.get(found) == Some(&Access::None) {
            msg!("rights-field-hidden")
        } else {
            msg!("rights-field-read")
        };
        Some(about_field(key, &self.schema, object, found))
    }

    /// A condition over an object that tells nothing of what is hidden, nor of records beyond the reach of the user:
    /// what refers to them matches no test of what they are.
    pub(crate) fn narrowed(&self, object: &Object, bound: Bound) -> Bound {
        let bound = if self.is_unlimited() { bound } else { self.within_reach(bound) };
        self.veils.over(&self.schema, object, bound)
    }

    /// The records of an object that hide none of these fields.
    pub(crate) fn showing<'f>(&self, object: &str, fields: impl Iterator<Item = &'f str>) -> Bound {
        self.veils.showing(object, fields)
    }

    fn within_reach(&self, bound: Bound) -> Bound {
        match bound {
            Bound::And(parts) => Bound::And(parts.into_iter().map(|part| self.within_reach(part)).collect()),
            Bound::Or(parts) => Bound::Or(parts.into_iter().map(|part| self.within_reach(part)).collect()),
            Bound::Not(part) => Bound::Not(Box::new(self.within_reach(*part))),
            Bound::Test { field, test: Test::Related { object: name, inner } } => {
                let inner = self.within_reach(*inner).and(self.seen_titles(&name));
                Bound::Test { field, test: Test::Related { object: name, inner: Box::new(inner) } }
            }
            Bound::Test { field, test: Test::RefersTo { object: name, text, exact } } => {
                let seen = self.seen_titles(&name);
                let test = Test::RefersTo { object: name.clone(), text, exact };
                let refers = Bound::Test { field: field.clone(), test };
                match seen {
                    Bound::All => refers,
                    seen => {
                        refers.and(Bound::Test { field, test: Test::Related { object: name, inner: Box::new(seen) } })
                    }
                }
            }
            other => other,
        }
    }

    /// The records of an object whose names may be seen.
    pub(crate) fn seen_titles(&self, object: &str) -> Bound {
        if super::OPEN_TITLES.contains(&object) { Bound::All } else { self.reach(object, Operation::View).bound() }
    }
}

/// The most that one of the roles gives, unless a right of one's own says something else.
fn held(standing: &Standing, object: &str, field: &str) -> Access {
    let own = standing.holders.iter().find(|h| h.role.is_none()).and_then(|h| h.field(object, field));
    own.unwrap_or_else(|| {
        let views = |grants: &[super::Grant]| grants.iter().any(|g| g.operations.contains(&Operation::View));
        let roles = || standing.holders.iter().filter(|h| h.role.is_some());
        let viewing = roles().filter(|h| views(h.grants(object))).map(|h| h.field(object, field));
        // Who sees it otherwise, through a share or what it belongs to, is bound by all roles.
        let any = roles().filter_map(|h| h.field(object, field)).max();
        viewing.map(|access| access.unwrap_or(Access::Write)).max().or(any).unwrap_or(Access::Write)
    })
}

/// A message about a field, with its labels.
pub(super) fn about_field(message: Message, schema: &Schema, object: &str, field: &str) -> Message {
    let label = schema.object(object).and_then(|o| o.field(field)).map(|f| f.label.clone()).unwrap_or_default();
    message
        .with("field", field)
        .with("zh", label.get(crate::domain::lang::Lang::Zh))
        .with("en", label.get(crate::domain::lang::Lang::En))
}
