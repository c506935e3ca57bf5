//! Why someone may see a record, or may not: the rights one by one, and what they come to.

use super::guard::{Sight, of_user};
use super::reach::{owner, parents};
use super::{Access, Grant, Holder, Operation, Rights, Standing};
use crate::contract::error::Error;
use crate::crm::{Crm, existing, named, object};
use crate::domain::id::Id;
use crate::domain::lang::{Label, Lang};
use crate::domain::message::Message;
use crate::domain::record::{Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Object, Schema};
use std::collections::BTreeSet;

/// How far up records are followed to those that they belong to.
const MOST_LEVELS: usize = 4;

impl Crm {
    /// Why a user may see a record and work on it, or may not. About others this is told to administrators and whoever
    /// may look through the journal of the object.
    pub fn why(&self, user: Id, key: &RecordKey) -> Result<Vec<Message>, Error> {
        let schema = self.schema();
        let object = object(&schema, &key.object)?;
        let mine = self.rights()?;
        let sight = Sight { store: &self.store, rights: &mine };
        let record = sight.get(&key.object, key.id)?;
        if self.context.user != Some(user) {
            sight.demand(Operation::Audit, &key.object, key.id)?;
        }
        let person = existing(&self.store, "user", user)?;
        let rights = of_user(&self.store, &self.context, user)?;
        let name = Sight { store: &self.store, rights: &rights }.title_of(&person);
        let mut told = Vec::new();
        match &rights.standing {
            None => told.push(msg!("why-free", name = &name)),
            Some(standing) if standing.administrator => told.push(msg!("why-administrator", name = &name)),
            Some(standing) => {
                let asked = Asked { crm: self, schema: &schema, rights: &rights, standing, name: &name };
                asked.record(object, &record, MOST_LEVELS, &mut told)?;
            }
        }
        told.extend(outcome(&self.sight_of(&rights), &schema, &record, &name)?);
        Ok(told)
    }

    fn sight_of<'a>(&'a self, rights: &'a Rights) -> Sight<'a> {
        Sight { store: &self.store, rights }
    }
}

/// The question, and what is needed to answer it.
struct Asked<'a> {
    crm: &'a Crm,
    schema: &'a Schema,
    rights: &'a Rights,
    standing: &'a Standing,
    name: &'a str,
}

impl Asked<'_> {
    fn record(&self, object: &Object, record: &Record, levels: usize, told: &mut Vec<Message>) -> Result<(), Error> {
        let store = &self.crm.store;
        if let Some(field) = owner(object) {
            let id = record.get(&field.name).as_ref_id();
            let titles = store.titles("user", &id.into_iter().collect::<Vec<_>>())?;
            told.push(match id.and_then(|id| titles.get(&id)) {
                Some(owner) => msg!("why-owner", owner = owner),
                None => msg!("why-pool"),
            });
        }
        let is_named = self.standing.holders.iter().any(|holder| holder.grants.contains_key(&object.name));
        if !is_named && owner(object).is_none() && parents(object).next().is_some() {
            return self.parents(object, record, levels, told);
        }
        if self.standing.holders.iter().all(|h| h.role.is_none() && h.grants.is_empty()) {
            told.push(msg!("why-no-role", name = self.name));
        }
        for holder in &self.standing.holders {
            let grants = holder.grants(&object.name);
            if grants.is_empty() && holder.role.is_some() {
                told.push(self.about(msg!("why-silent"), object, holder));
            }
            for grant in grants {
                told.push(self.grant(object, record, holder, grant)?);
            }
        }
        let is_shared = |shares: &std::collections::BTreeMap<String, BTreeSet<Id>>| {
            let refers = record.fields.iter().any(|(field, value)| {
                let target = object.field(field).and_then(|f| f.kind.target());
                let ids = target.and_then(|target| shares.get(target));
                matches!(value, Value::Ref(id) if ids.is_some_and(|ids| ids.contains(id)))
            });
            refers || shares.get(&object.name).is_some_and(|ids| ids.contains(&record.id))
        };
        if is_shared(&self.standing.shares.write) {
            told.push(msg!("why-shared-write"));
        } else if is_shared(&self.standing.shares.read) {
            told.push(msg!("why-shared-read"));
        }
        Ok(())
    }

    /// What belongs to other records goes with them.
    fn parents(&self, object: &Object, record: &Record, levels: usize, told: &mut Vec<Message>) -> Result<(), Error> {
        let Some(levels) = levels.checked_sub(1) else { return Ok(()) };
        for (field, target) in parents(object) {
            let Some(id) = record.get(&field.name).as_ref_id() else { continue };
            let (Some(above), Some(parent)) = (self.schema.object(target), self.crm.store.get(target, id)?) else {
                continue;
            };
            let title = crate::crm::title(above, &parent.fields, id);
            told.push(named(msg!("why-belongs", title = title), self.schema, target));
            self.record(above, &parent, levels, told)?;
        }
        Ok(())
    }

    fn grant(&self, object: &Object, record: &Record, holder: &Holder, grant: &Grant) -> Result<Message, Error> {
        let bound = self.rights.scope_of(self.standing, object, &grant.scope);
        let which = crate::store::Which::filtered(&object.name, &bound);
        let covers = !self.crm.store.filter_ids(which, &[record.id.as_i64()])?.is_empty();
        let message = if covers { msg!("why-covers") } else { msg!("why-misses") };
        let does: Vec<Operation> = grant.operations.iter().copied().collect();
        let message = with_items(message, self.schema, &does);
        let scope = self.schema.dictionary("data_scope").and_then(|d| d.item(grant.scope.key()));
        let mut label = scope.map_or_else(|| Label::same(grant.scope.key().to_owned()), |item| item.label.clone());
        if let super::Scope::Custom(filter) = &grant.scope {
            label = Label { zh: format!("{}：{filter}", label.zh), en: format!("{}: {filter}", label.en) };
        }
        let message = message.with("scope_zh", label.get(Lang::Zh)).with("scope_en", label.get(Lang::En));
        Ok(self.about(message, object, holder))
    }

    fn about(&self, message: Message, object: &Object, holder: &Holder) -> Message {
        let own = crate::i18n::text;
        let role = |lang| holder.role.clone().unwrap_or_else(|| own(lang, "why-own-rights"));
        named(message, self.schema, &object.name).with("role_zh", role(Lang::Zh)).with("role_en", role(Lang::En))
    }
}

/// What it comes to: what the user may do and may not do, and which fields are not all theirs.
fn outcome(sight: &Sight<'_>, schema: &Schema, record: &Record, name: &str) -> Result<Vec<Message>, Error> {
    let (mut may, mut may_not) = (Vec::new(), Vec::new());
    for (_, operation) in Operation::NAMED {
        let list = if sight.reaches(operation, &record.object, record.id)? { &mut may } else { &mut may_not };
        list.push(operation);
    }
    let mut told = Vec::new();
    let sees = may.contains(&Operation::View);
    told.push(if sees { msg!("why-sees", name = name) } else { msg!("why-sees-not", name = name) });
    if sees {
        told.push(with_items(msg!("why-may"), schema, &may));
        if !may_not.is_empty() {
            told.push(with_items(msg!("why-may-not"), schema, &may_not));
        }
        for (access, key) in [(Access::None, "why-hidden"), (Access::Read, "why-read")] {
            let barred = sight.rights.barred(&record.object);
            let fields: Vec<&str> =
                barred.iter().filter(|(_, a)| **a == access).map(|(name, _)| name.as_str()).collect();
            if !fields.is_empty() {
                let object = schema.object(&record.object);
                let labels = |lang| {
                    let label = |name: &&str| {
                        object.and_then(|o| o.field(name)).map_or(*name, |f| f.label.get(lang)).to_owned()
                    };
                    fields.iter().map(label).collect::<Vec<_>>()
                };
                let message = if key == "why-hidden" { msg!("why-hidden") } else { msg!("why-read") };
                told.push(message.with("zh", labels(Lang::Zh).join("、")).with("en", labels(Lang::En).join(", ")));
            }
        }
    }
    Ok(told)
}

/// A message that names operations.
fn with_items(message: Message, schema: &Schema, operations: &[Operation]) -> Message {
    let dictionary = schema.dictionary("operation");
    let labels = |lang: Lang| -> Vec<String> {
        let label =
            |o: &Operation| dictionary.and_then(|d| d.item(o.key())).map_or(o.key(), |i| i.label.get(lang)).to_owned();
        operations.iter().map(label).collect()
    };
    let (zh, en) = (labels(Lang::Zh).join("、"), labels(Lang::En).join(", ").to_lowercase());
    message.with("does_zh", zh).with("does_en", en)
}
