//! Values come over the wire as they look; here they get the types of their fields.

use super::payload::{BatchAnswer, Board, Outcome, Records};
use crate::contract::approvals::Review;
use crate::contract::configure::Plan;
use crate::contract::dossier::Dossier;
use crate::contract::error::Error;
use crate::contract::log::{Log, LogRow};
use crate::contract::request::History;
use crate::contract::request::{
    ActRequest, Aggregate, CheckAnswer, Group, LinesAnswer, LinesRequest, Page, Saved, View,
};
use crate::domain::journal::Entry;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::is_form;
use crate::schema::model::{Object, Schema};
use crate::schema::{form, kind};

/// The fields of an object with their types. `NotFound` if there is no such object, `Invalid` with every field that
/// isn't there or has a value of another form.
pub fn given(schema: &Schema, object: &str, fields: Fields) -> Result<Fields, Error> {
    let forms = forms(schema, object);
    let found = forms.as_ref().unwrap_or(schema).object(object);
    let object = found.ok_or_else(|| Error::NotFound(msg!("crm-no-object", object = object)))?;
    let (mut typed, mut errors) = (Fields::new(), Vec::new());
    for (name, value) in fields {
        let read = match object.field(&name) {
            None => Err(msg!("crm-no-field", field = name)),
            Some(field) => kind::typed(&field.kind, value),
        };
        match read {
            Ok(value) => drop(typed.insert(name, value)),
            Err(message) => errors.push(FieldError { field: name, message }),
        }
    }
    if errors.is_empty() { Ok(typed) } else { Err(Error::Invalid(errors)) }
}

/// The forms of the schema itself, if the object is one of them.
fn forms(schema: &Schema, object: &str) -> Option<Schema> {
    is_form(object).then(|| form::made(schema))
}

/// Lines with the types of their fields.
pub fn given_lines(schema: &Schema, request: &mut LinesRequest) -> Result<(), Error> {
    for line in &mut request.lines {
        line.changes = given(schema, &request.object, std::mem::take(&mut line.changes))?;
    }
    Ok(())
}

/// Lines as they would be stored.
pub fn type_lines(schema: &Schema, answer: &mut LinesAnswer) {
    answer.lines.iter_mut().filter_map(|line| line.record.as_mut()).for_each(|record| record.type_by(schema));
    answer.document.iter_mut().for_each(|record| record.type_by(schema));
}

/// What becomes of the entries of a schema, by their forms.
pub fn type_plan(plan: &mut Plan) {
    for change in &mut plan.changes {
        let form = plan.forms.object(&change.place.form());
        change.before.iter_mut().for_each(|fields| type_fields(form, fields));
        change.after.iter_mut().for_each(|fields| type_fields(form, fields));
    }
}

/// An action with the types of its arguments.
pub fn given_act(schema: &Schema, request: &mut ActRequest) -> Result<(), Error> {
    let form = |object: &str, action: &str, fields: &mut Fields| {
        let name = format!("{object}.{action}");
        let name = if schema.object(&name).is_some() { &name } else { object };
        *fields = given(schema, name, std::mem::take(fields))?;
        Ok(())
    };
    match request {
        ActRequest::Do(deed) | ActRequest::DoTelling(deed, _) => form(&deed.key.object, &deed.action, &mut deed.fields),
        ActRequest::DoEach(each) => match each.keys.first() {
            Some(key) => form(&key.object, &each.action, &mut each.fields),
            None => Ok(()),
        },
        ActRequest::Lines(request) => given_lines(schema, request),
        ActRequest::Log { .. } | ActRequest::Remind { .. } => Ok(()),
    }
}

/// Answers with values in them.
pub trait Typed {
    /// Gives the values the types of their fields. What another schema wrote stays as it looks.
    fn type_by(&mut self, schema: &Schema);
}

fn type_fields(object: Option<&Object>, fields: &mut Fields) {
    let Some(object) = object else { return };
    for (name, value) in fields {
        let Some(field) = object.field(name) else { continue };
        let taken = std::mem::take(value);
        *value = match kind::typed(&field.kind, taken.clone()) {
            Ok(typed) => typed,
            Err(_) => taken,
        };
    }
}

fn type_value(object: Option<&Object>, name: &str, value: &mut Value) {
    let mut fields = Fields::from([(name.to_owned(), std::mem::take(value))]);
    type_fields(object, &mut fields);
    *value = fields.remove(name).unwrap_or_default();
}

impl Typed for Record {
    fn type_by(&mut self, schema: &Schema) {
        let forms = forms(schema, &self.object);
        type_fields(forms.as_ref().unwrap_or(schema).object(&self.object), &mut self.fields);
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn type_by(&mut self, schema: &Schema) {
        self.iter_mut().for_each(|one| one.type_by(schema));
    }
}

impl Typed for View {
    fn type_by(&mut self, schema: &Schema) {
        self.record.type_by(schema);
    }
}

impl Typed for Page {
    fn type_by(&mut self, schema: &Schema) {
        self.rows.iter_mut().for_each(|row| row.record.type_by(schema));
    }
}

impl Typed for Records {
    fn type_by(&mut self, schema: &Schema) {
        self.rows.iter_mut().for_each(|row| row.record.type_by(schema));
    }
}

impl Typed for Board {
    fn type_by(&mut self, schema: &Schema) {
        self.cards.type_by(schema);
    }
}

impl Typed for Dossier {
    fn type_by(&mut self, schema: &Schema) {
        self.view.type_by(schema);
        self.whom.type_by(schema);
        for page in [&mut self.contacts, &mut self.activities, &mut self.deals, &mut self.tasks] {
            page.type_by(schema);
        }
    }
}

impl Typed for Saved {
    fn type_by(&mut self, schema: &Schema) {
        self.records.type_by(schema);
        self.refused.iter_mut().for_each(|refusal| refusal.why.type_by(schema));
    }
}

impl Typed for Error {
    fn type_by(&mut self, schema: &Schema) {
        if let Error::Conflict { theirs: Some(record), .. } = self {
            record.type_by(schema);
        }
    }
}

impl Typed for BatchAnswer {
    fn type_by(&mut self, schema: &Schema) {
        for outcome in &mut self.results {
            match outcome {
                Outcome::Saved(saved) => saved.type_by(schema),
                Outcome::Failed(problem) => problem.theirs.iter_mut().for_each(|record| record.type_by(schema)),
            }
        }
    }
}

impl Typed for Review {
    fn type_by(&mut self, schema: &Schema) {
        self.approval.type_by(schema);
        self.record.type_by(schema);
        self.votes.type_by(schema);
        let object = schema.object(&self.record.object);
        for difference in &mut self.differences {
            type_value(object, &difference.field, &mut difference.before);
            type_value(object, &difference.field, &mut difference.after);
        }
        if let Some((action, fields)) = &mut self.action {
            let form = schema.object(&format!("{}.{action}", self.record.object));
            type_fields(form.or(object), fields);
        }
    }
}

impl Typed for Entry {
    fn type_by(&mut self, schema: &Schema) {
        let object = schema.object(&self.object);
        type_fields(object, &mut self.before);
        type_fields(object, &mut self.after);
    }
}

impl Typed for History {
    fn type_by(&mut self, schema: &Schema) {
        self.entries.type_by(schema);
    }
}

impl Typed for Log {
    fn type_by(&mut self, schema: &Schema) {
        for row in &mut self.rows {
            if let LogRow::Change(entry) = row {
                entry.type_by(schema);
            }
        }
    }
}

/// The answer to a check of a form.
pub fn type_check(schema: &Schema, object: &str, answer: &mut CheckAnswer) {
    let forms = forms(schema, object);
    let object = forms.as_ref().unwrap_or(schema).object(object);
    type_fields(object, &mut answer.computed);
    type_fields(object, &mut answer.suggested);
}

/// Groups by the fields that were asked for.
pub fn type_groups(schema: &Schema, object: &str, group: &[Group], answer: &mut Aggregate) {
    let object = schema.object(object);
    for row in &mut answer.rows {
        for (group, value) in group.iter().zip(&mut row.keys) {
            match group {
                Group::Field(field) => type_value(object, field, value),
                Group::Period(..) => {
                    if let Value::Text(text) = value
                        && let Ok(day) = text.parse()
                    {
                        *value = Value::Date(day);
                    }
                }
            }
        }
    }
}
