//! Actions of the schema: what can be done with a record beyond editing it, each in one transaction.
//!
//! The schema says when an action may be done, what it asks for and which fields it sets; a use-case in a
//! file of this module does what is more than that.

mod advance;
mod campaign;
mod complete;
mod papers;
mod payments;

use super::evaluate::{Rules, stored_errors};
use super::{Crm, Finder, derive, existing, log, named, object, prepare, save, saved};
use crate::backend::error::Error;
use crate::backend::request::{DoRequest, Offer, Saved, View};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext};
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Action, Object, Schema, UseCase};
use crate::store::Write;
use jiff::Zoned;

/// The argument that says in words why or how: noted as an activity where nothing else takes it up.
const COMMENT: &str = "comment";

/// An action under way, inside its transaction.
pub(super) struct Doing<'a> {
    pub(super) schema: &'a Schema,
    pub(super) now: &'a Zoned,
    pub(super) me: Option<Id>,
    /// The record as it was before.
    pub(super) record: &'a Record,
    /// What the record will be given when the use-case is through.
    pub(super) changes: Fields,
    /// The arguments, checked against the action's form; a use-case takes out what it uses up.
    pub(super) arguments: Fields,
}

impl Doing<'_> {
    /// The rules of an object, here and now.
    pub(super) fn rules(&self, object: &str) -> Result<Rules<'_>, Error> {
        Ok(Rules::of(self.schema, self::object(self.schema, object)?, self.now, self.me))
    }

    /// Takes an argument out.
    pub(super) fn take(&mut self, name: &str) -> Value {
        self.arguments.remove(name).unwrap_or(Value::Empty)
    }
}

impl Crm {
    /// The actions of a record's object, and for each whether it may be done now, or why not.
    pub fn offers(&self, key: &RecordKey) -> Result<Vec<Offer>, Error> {
        let schema = self.schema();
        let object = object(&schema, &key.object)?;
        let record = existing(&self.store, &key.object, key.id)?;
        let offer = |action: &Action| {
            let permit = self.allowed(&action.name, &key.object, None)?;
            let unfit = unfit(&schema, object, action, &record, &self.context.now(), self.context.user);
            Ok(Offer { action: action.name.clone(), refusal: permit.refusal().or(unfit) })
        };
        object.actions.iter().map(offer).collect()
    }

    /// The form of an action on a record, filled from the record: a view of the pseudo-object
    /// `object.action` with the record's id and version. `Denied` if the action can't be done now.
    pub fn begin(&self, name: &str, key: &RecordKey) -> Result<View, Error> {
        let schema = self.schema();
        let object = object(&schema, &key.object)?;
        let action = action(object, name)?;
        self.require(&action.name, &key.object, Some(key))?;
        let record = existing(&self.store, &key.object, key.id)?;
        let mut fields = Fields::new();
        for argument in &action.form.fields {
            let from = action.fill.get(&argument.name);
            let from = from.or_else(|| action.writes.contains(&argument.name).then_some(&argument.name));
            if let Some(value) = from.map(|name| record.get(name)).filter(|value| !value.is_empty()) {
                fields.insert(argument.name.clone(), value.clone());
            }
        }
        let rules = Rules::of(&schema, &action.form, &self.context.now(), self.context.user);
        prepare::fill_defaults(&rules, &mut fields);
        let form = Record { object: action.form.name.clone(), id: key.id, version: record.version, fields };
        let mut titles = self.store.titles_of([&form])?;
        titles.insert(key.id, super::title(object, &record.fields, key.id));
        Ok(View { record: form, titles })
    }

    /// Does an action of the schema on a record, in one transaction.
    pub(super) fn perform(&mut self, request: &DoRequest, finder: &dyn Finder) -> Result<Saved, Error> {
        let schema = self.schema();
        let target = object(&schema, &request.key.object)?;
        let action = action(target, &request.action)?;
        self.require(&action.name, &target.name, Some(&request.key))?;
        let me = self.context.user;
        let (records, txn) = self.write(None, |tx, context, now| {
            let record = existing(tx.store(), &target.name, request.key.id)?;
            if request.version.is_some_and(|version| version != record.version) {
                return Err(save::conflict(&schema, record));
            }
            if let Some(reason) = unfit(&schema, target, action, &record, now, me) {
                return Err(Error::Denied(reason));
            }
            let arguments = arguments(tx, &schema, action, request, now, me)?;
            let mut changes = fixed(&schema, target, action, now, me);
            let written = arguments.iter().filter(|(name, _)| action.writes.contains(name));
            changes.extend(written.map(|(name, value)| (name.clone(), value.clone())));
            let mut doing = Doing { schema: &schema, now, me, record: &record, changes, arguments };
            let made = match action.does {
                UseCase::Set => Vec::new(),
                UseCase::Complete => complete::run(&mut doing, tx, context)?,
                UseCase::FillMembers => campaign::fill_members(&mut doing, tx, context, finder)?,
                UseCase::Respond => campaign::respond(&mut doing, tx, context)?,
                UseCase::ToContract => papers::make(&mut doing, "contract", tx, context)?,
                UseCase::ToOrder => papers::make(&mut doing, "order", tx, context)?,
                UseCase::PlanPayments => payments::plan(&mut doing, tx, context)?,
                UseCase::Receive => payments::receive(&mut doing, tx, context)?,
                UseCase::Advance | UseCase::Win | UseCase::Lose => {
                    advance::run(&mut doing, action.does)?;
                    Vec::new()
                }
            };
            let mut records = made;
            if let Value::Text(comment) = doing.take(COMMENT) {
                let fields = log::note_fields(&schema, &record, &comment, now)?;
                records.push(save::create(tx, &doing.rules(log::ACTIVITY)?, context.next_id(now), fields, now)?);
            }
            save::enact(tx, &doing.rules(&target.name)?, record.id, doing.changes.clone())?;
            records.extend(log::contacted(tx, &schema, &records, now)?);
            // The record itself comes first, as everything left it.
            records.retain(|r| r.id != record.id);
            records.insert(0, existing(tx.store(), &target.name, record.id)?);
            Ok(records)
        })?;
        Ok(saved(derive::refreshed(&self.store, &schema, records)?, txn))
    }
}

/// An action by name or label, or `NotFound` with the nearest.
fn action<'o>(object: &'o Object, name: &str) -> Result<&'o Action, Error> {
    object.find_action(name).ok_or_else(|| {
        let names = || object.actions.iter().map(|a| a.name.as_str());
        let known = names().collect::<Vec<_>>().join(", ");
        let message = match nearest(name, names()) {
            Some(near) => msg!("crm-no-action-near", action = name, object = &object.name, near = near, known = known),
            None => msg!("crm-no-action", action = name, object = &object.name, known = known),
        };
        Error::NotFound(message)
    })
}

/// Why an action can't be done with a record as it is.
pub(super) fn unfit(
    schema: &Schema,
    object: &Object,
    action: &Action,
    record: &Record,
    now: &Zoned,
    me: Option<Id>,
) -> Option<Message> {
    if action.when.trim().is_empty() {
        return None;
    }
    let fits = filter::parse(schema, object, &action.when, &BindContext { now, me }).is_ok_and(|bound| {
        filter::matches(&bound, object, &|name| record.get(name), &crate::domain::record::Titles::new())
    });
    (!fits).then(|| match &action.reason {
        Some(reason) => msg!("schema-rule", zh = reason.get(Lang::Zh), en = reason.get(Lang::En)),
        None => msg!("crm-action-unfit", when = &action.when)
            .with("zh", action.label.get(Lang::Zh))
            .with("en", action.label.get(Lang::En)),
    })
}

/// The arguments with their defaults, or every failing one.
fn arguments(
    tx: &Write<'_>,
    schema: &Schema,
    action: &Action,
    request: &DoRequest,
    now: &Zoned,
    me: Option<Id>,
) -> Result<Fields, Error> {
    let mut given = request.fields.clone();
    let takes_comment = action.form.field(COMMENT).is_some();
    if !request.comment.trim().is_empty() && (takes_comment || can_note(schema, &request.key.object)) {
        given.insert(COMMENT.to_owned(), Value::text(request.comment.trim()));
    } else if !request.comment.trim().is_empty() {
        return Err(Error::field(COMMENT, msg!("crm-action-no-comment")));
    }
    let rules = Rules::of(schema, &action.form, now, me);
    prepare::fill_defaults(&rules, &mut given);
    let mut errors = rules.unknown(&given, if takes_comment { "" } else { COMMENT });
    errors.extend(rules.errors(None, &given));
    errors.extend(stored_errors(tx.store(), schema, &action.form, None, &given)?);
    if errors.is_empty() { Ok(given) } else { Err(Error::Invalid(errors)) }
}

/// Whether activities can be about records of an object.
fn can_note(schema: &Schema, object: &str) -> bool {
    let activity = schema.object(log::ACTIVITY);
    activity.is_some_and(|a| a.fields.iter().any(|f| f.kind.target() == Some(object) && !f.kind.is_many()))
}

/// The values that the schema fixes.
fn fixed(schema: &Schema, object: &Object, action: &Action, now: &Zoned, me: Option<Id>) -> Fields {
    let resolve =
        |object: &str, text: &str| Err(named(msg!("crm-no-match", object = object, text = text), schema, object));
    let context = ParseContext { now, me, currency: &schema.currency, schema, resolve: &resolve };
    let value = |(name, typed): &(String, String)| {
        let field = object.field(name)?;
        Some((name.clone(), kind::parse(&field.kind, typed, &context).ok()?))
    };
    action.set.iter().filter_map(value).collect()
}
