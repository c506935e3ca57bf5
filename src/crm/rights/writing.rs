//! Rights over what is written by hand: which fields, which owner, and where a record may come to lie.

use super::guard::Sight;
use super::{Operation, reach};
use crate::contract::error::Error;
use crate::crm::{named, title};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Object;

impl Sight<'_> {
    /// Judges what a person wants to change of a record (or give to a new one): every reference must be to what may
    /// be seen, and the owner is changed by whoever may assign.
    pub(in crate::crm) fn may_change(
        &self,
        object: &Object,
        before: Option<&Record>,
        changes: &Fields,
        me: Option<Id>,
    ) -> Result<(), Error> {
        if self.rights.is_unlimited() {
            return Ok(());
        }
        let differing = |record: &Record| -> Fields {
            changes
                .iter()
                .filter(|(name, value)| record.get(name) != *value)
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect()
        };
        let changed = before.map_or_else(|| changes.clone(), differing);
        let errors = self.unseen(object, before, &changed)?;
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let Some((before, owner)) = before.zip(reach::owner(object)) else { return Ok(()) };
        let Some(to) = changed.get(&owner.name) else { return Ok(()) };
        let is_claim = before.get(&owner.name).is_empty() && to.as_ref_id() == me;
        let operation = if is_claim { Operation::Claim } else { Operation::Assign };
        match self.refusal(operation, &object.name, Some(before.id))? {
            Some(_) if is_claim => self.demand(Operation::Assign, &object.name, before.id),
            Some(why) => Err(Error::Denied(why)),
            None => Ok(()),
        }
    }

    /// Takes out of changes what the user may not write, for [`Sight::as_asked`].
    pub(in crate::crm) fn set_aside(&self, object: &Object, before: Option<&Record>, changes: &mut Fields) -> Fields {
        let barred = self.rights.barred(&object.name);
        let mut aside = Fields::new();
        if barred.is_empty() {
            return aside;
        }
        changes.retain(|name, value| {
            let is_barred = barred.contains_key(name);
            let is_change = before.map_or(!value.is_empty(), |record| record.get(name) != value);
            if is_barred && is_change {
                aside.insert(name.clone(), value.clone());
            }
            !is_barred
        });
        aside
    }

    /// `Denied` if what was set aside is not what came to stand there by itself: a form hands back defaults and what
    /// follows from other fields.
    pub(in crate::crm) fn as_asked(&self, record: &Record, aside: &Fields) -> Result<(), Error> {
        let other = aside
            .iter()
            .find(|(name, value)| self.rights.is_hidden(&record.object, name) || record.get(name) != *value);
        let Some((name, _)) = other else { return Ok(()) };
        let denied = self.rights.may_write(&record.object, std::iter::once(name));
        Err(Error::Denied(denied.unwrap_or_else(|| msg!("crm-read-only-field"))))
    }

    /// `Denied` if a new record lies where the user may add none.
    pub(in crate::crm) fn may_lie(&self, record: &Record) -> Result<(), Error> {
        if self.reaches(Operation::Add, &record.object, record.id)? {
            return Ok(());
        }
        let schema = self.rights.schema();
        Err(Error::Denied(named(msg!("rights-add-beyond"), schema, &record.object)))
    }

    /// `Denied` if an action made records of an object of which the user may add none.
    pub(in crate::crm) fn may_make(&self, made: &[Record]) -> Result<(), Error> {
        for record in made.iter().filter(|record| record.version == 1) {
            let by_hand = self.rights.schema().object(&record.object).is_some_and(|o| o.editable);
            if let Some(why) = self.refusal(Operation::Add, &record.object, None)?.filter(|_| by_hand) {
                return Err(Error::Denied(why));
            }
        }
        Ok(())
    }

    /// Errors that tell nothing of records that may not be seen.
    pub(in crate::crm) fn veiled(&self, object: &str, mut errors: Vec<FieldError>) -> Result<Vec<FieldError>, Error> {
        if self.rights.is_unlimited() {
            return Ok(errors);
        }
        for error in &mut errors {
            let names = |key: &str| error.message.key == key;
            let id = error.message.arg("id").and_then(|text| text.parse::<Id>().ok());
            if names("crm-not-unique") && !id.map_or(Ok(false), |id| self.reaches(Operation::View, object, id))? {
                error.message = msg!("crm-not-unique-here");
            } else if names("crm-circle") {
                error.message = msg!("crm-circle", way = "…");
            }
        }
        Ok(errors)
    }

    /// An error as it may be told.
    pub(in crate::crm) fn told(&self, object: &str, error: Error) -> Error {
        match error {
            Error::Invalid(errors) => self.veiled(object, errors).map_or_else(|error| error, Error::Invalid),
            Error::Conflict { message, theirs: Some(mut theirs) } => {
                let object = theirs.object.clone();
                match self.hide(&object, [theirs.as_mut()]) {
                    Ok(_) => Error::Conflict { message, theirs: Some(theirs) },
                    Err(error) => error,
                }
            }
            other => other,
        }
    }

    /// What a record is called, as far as the user may know.
    pub(in crate::crm) fn title_of(&self, record: &Record) -> String {
        let object = self.rights.schema().object(&record.object);
        object.map_or_else(|| record.id.to_string(), |object| title(object, &record.fields, record.id))
    }
}

/// What rights must say in themselves: an object and fields that there are, a filter that can be read.
pub(in crate::crm) fn mistakes(
    schema: &crate::schema::model::Schema,
    object: &str,
    fields: &Fields,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if object != "right" && object != "field_right" {
        return errors;
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let error = |field: &str, message| FieldError { field: field.to_owned(), message };
    let about = text("object");
    let known = schema.find_object(&about);
    // A store made by an older version has the object as a text.
    let is_text = matches!(fields.get("object"), Some(Value::Text(_)));
    if is_text && known.is_none() && about != super::EVERY && !about.is_empty() {
        errors.push(error("object", msg!("rights-no-such-object", name = about)));
    }
    match (object, known) {
        ("right", Some(known)) if text("scope") == "custom" => {
            let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
            let context = crate::schema::filter::BindContext { now: &now, me: Id::from_i64(1) };
            match crate::schema::filter::parse(schema, known, &text("filter"), &context) {
                Err(wrong) => errors.push(error("filter", wrong.message)),
                Ok(bound) if reach::has_words(&bound) => errors.push(error("filter", msg!("rights-filter-words"))),
                Ok(_) => {}
            }
        }
        ("field_right", Some(known)) => {
            let field = text("field");
            let found = known.find_field(&field);
            if found.is_none() && !field.is_empty() {
                let label = &known.label;
                let message = msg!("rights-no-such-field", zh = &label.zh, en = &label.en, name = field);
                errors.push(error("field", message));
            } else if found.is_some_and(|found| found.name == known.title) && text("access") == "none" {
                errors.push(error("field", msg!("rights-title-shown")));
            }
        }
        _ => {}
    }
    errors
}
