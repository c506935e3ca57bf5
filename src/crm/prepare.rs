//! The first values of a new record.

use super::evaluate::Rules;
use super::rights::Sight;
use super::{Crm, code, follow, object, save, stage};
use crate::contract::error::Error;
use crate::contract::request::View;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::edit::is_form;
use crate::store::Store;
use jiff::civil::Date;

impl Crm {
    /// Defaults, the given fields, formulas and a preview of the code. Nothing is written and no number
    /// is used up: the record has version 0 and an id that no saved record has.
    pub fn prepare(&self, name: &str, given: Fields) -> Result<View, Error> {
        if is_form(name) {
            return self.new_entry(name, given);
        }
        let schema = self.schema();
        let object = object(&schema, name)?;
        let now = self.context.now();
        let rules = Rules::of(&schema, object, &now, self.context.user);
        let mut fields = given;
        fields.retain(|name, _| object.field(name).is_some());
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        for unseen in sight.unseen(object, None, &fields)? {
            fields.remove(&unseen.field);
        }
        let asked = fields.clone();
        follow::fill(&self.store, &rules, None, &mut fields)?;
        fill_defaults(&rules, &mut fields);
        // A default may be what something follows.
        follow::fill(&self.store, &rules, None, &mut fields)?;
        // A probability that nobody gave follows the stage when the record is saved.
        let probability = fields.get("probability").cloned();
        if stage::settle(&rules, None, &asked, &mut fields).changes.contains_key("probability") {
            match probability {
                Some(value) => drop(fields.insert("probability".to_owned(), value)),
                None => drop(fields.remove("probability")),
            }
        }
        save::fill_mnemonic(object, &mut fields);
        preview_codes(&self.store, &rules, &mut fields, now.date())?;
        rules.compute(&mut fields);
        fields.retain(|_, value| !value.is_empty());
        rights.strip_fields(&object.name, &mut fields);
        let record = Record { object: object.name.clone(), id: not_saved()?, version: 0, fields };
        let titles = sight.titles_of([&record])?;
        Ok(View { record, titles })
    }
}

/// The id of a record that isn't saved yet: the least there is, which no clock of today makes.
pub(super) fn not_saved() -> Result<Id, Error> {
    Id::from_i64(1).ok_or(Error::Cancelled)
}

/// Fills the fields that are not given with their defaults; a field given as empty stays empty.
pub(super) fn fill_defaults(rules: &Rules<'_>, fields: &mut Fields) {
    for (name, value) in rules.defaults() {
        if !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
}

/// Fills the empty code fields with what they would get if the record were saved now.
pub(super) fn preview_codes(store: &Store, rules: &Rules<'_>, fields: &mut Fields, today: Date) -> Result<(), Error> {
    let (schema, object) = (rules.schema(), rules.object());
    for (field, rule) in code::code_fields(schema, object) {
        if fields.get(&field.name).is_none_or(Value::is_empty) {
            let code = code::preview(store, schema, object, (field, rule), fields, today)?;
            fields.insert(field.name.clone(), Value::Text(code));
        }
    }
    Ok(())
}
