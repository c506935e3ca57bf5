//! The schema changed entry by entry. Changes wait with the user who makes them until they are put in force
//! together: a half-made field is never seen by anybody else.

mod touch;

use super::Crm;
use super::evaluate::Rules;
use super::prepare::{fill_defaults, not_saved};
use super::save::overlaid;
use crate::contract::configure::{Changed, Deed, Outline, Plan, Section};
use crate::contract::error::Error;
use crate::contract::request::{CheckAnswer, CheckRequest, SaveRequest, Saved, View};
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::{self, OWN, Place};
use crate::schema::form::{self, EntryKind, FORM, KEY, Shape, read_name};
use crate::schema::model::{Field, Kind, Object, Schema};
use crate::schema::{SchemaError, Source};
use crate::store::Applied;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// So many places that miss an entry are named.
const MOST_PLACES: usize = 4;
/// The setting that holds a user's changes.
const DRAFT: &str = "schema/draft";
/// The version of every entry: others' changes are joined when the whole is put in force.
const VERSION: i64 = 1;

/// Changes that are not in force yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draft {
    /// The user's own TOML as it was in force when the changes began.
    base: String,
    /// The same with the changes.
    text: String,
}

/// A draft with the schema that it makes.
struct Desk {
    draft: Draft,
    schema: Schema,
    forms: Arc<Schema>,
}

/// All errors of an entry, and where it stands with the text that says it, if it can be said at all.
type Judged = (Vec<FieldError>, Option<(Place, String)>);

impl Crm {
    /// `Denied` unless the user may change the schema.
    fn may_configure(&self) -> Result<(), Error> {
        if !self.rights()?.may_give() {
            return Err(Error::Denied(msg!("rights-schema")));
        }
        Ok(())
    }

    /// A text as a schema, in the store's currency unless it names one.
    fn schema_of(&self, text: &str) -> Result<Schema, Vec<SchemaError>> {
        let schema = crate::schema::load(&[Source { name: OWN, text }])?;
        let names_currency = edit::says(text, "currency");
        let currency = if names_currency { schema.currency.clone() } else { self.schema().currency.clone() };
        Ok(Schema { currency, ..schema })
    }

    fn draft(&self) -> Result<Draft, Error> {
        let kept = self.settings(DRAFT)?.into_iter().map(|(_, value)| value).next();
        let draft = kept.and_then(|text| serde_json::from_str::<Draft>(&text).ok());
        let own = self.schema().own.clone();
        Ok(match draft {
            None => Draft { base: own.clone(), text: own },
            Some(draft) if draft.base == own => draft,
            Some(draft) => self.joined(&draft, &own)?,
        })
    }

    /// A draft on another text than the one that it was begun on: its changes made on that, entry by entry.
    fn joined(&self, draft: &Draft, own: &str) -> Result<Draft, Error> {
        let mine = crate::schema::load(&[Source { name: OWN, text: &draft.text }]).unwrap_or_default();
        let forms = form::made(&mine);
        let schema = self.schema();
        let mut text = own.to_owned();
        for change in edit::compare(&draft.base, &draft.text, &[&forms, &schema]) {
            let name = change.place.form();
            let Some(form) = forms.object(&name).or_else(|| schema.object(&name)) else { continue };
            let stands = edit::read(&text, &change.place, form);
            let made = match (&change.after, &stands) {
                (Some(after), Some(stands)) => {
                    let before = change.before.clone().unwrap_or_default();
                    let mut joined = stands.clone();
                    for field in &form.fields {
                        let value = |fields: &Fields| fields.get(&field.name).cloned().unwrap_or_default();
                        if value(&before) != value(after) {
                            joined.insert(field.name.clone(), value(after));
                        }
                    }
                    joined.retain(|_, value| !value.is_empty());
                    edit::write(&text, &change.place, form, (Some(stands), &joined), &self.shown(&forms, form, &joined))
                }
                (Some(after), None) => {
                    edit::write(&text, &change.place, form, (None, after), &self.shown(&forms, form, after))
                }
                (None, Some(_)) => edit::remove(&text, &change.place),
                (None, None) => continue,
            };
            text = made.map_err(|message| Error::Conflict { message, theirs: None })?;
        }
        let base = crate::schema::load(&[Source { name: OWN, text: &draft.base }]).unwrap_or_default();
        for (place, keys) in edit::reordered(&base, &mine) {
            text = edit::put_order(&text, place.kind, &place.whose, &keys)
                .map_err(|message| Error::Conflict { message, theirs: None })?;
        }
        Ok(Draft { base: own.to_owned(), text })
    }

    fn desk(&self) -> Result<Desk, Error> {
        self.may_configure()?;
        let draft = self.draft()?;
        let schema = self.schema_of(&draft.text).map_err(|errors| mistakes(&errors))?;
        let forms = Arc::new(form::made(&schema));
        Ok(Desk { draft, schema, forms })
    }

    fn keep_draft(&mut self, draft: &Draft) -> Result<(), Error> {
        let same = draft.base == draft.text;
        let kept = serde_json::to_string(draft)
            .map_err(|e| Error::Other(crate::domain::message::Message::literal(e.to_string())))?;
        self.put_setting(DRAFT, if same { None } else { Some(&kept) })
    }

    /// Lists of entries: those of a form's name, or the parts of the entry of a path.
    pub fn outline(&self, of: &str) -> Result<Outline, Error> {
        self.may_configure()?;
        let draft = self.draft()?;
        // What can't be read any more is still shown, to be put right or given up.
        let schema = self.schema_of(&draft.text).unwrap_or_else(|_| (*self.schema()).clone());
        let forms = Arc::new(form::made(&schema));
        let lists: Vec<(&'static EntryKind, String)> = match (read_name(of), Place::read(of)) {
            (Some((kind, whose)), _) => vec![(kind, whose.to_owned())],
            (None, Some(place)) => place.kind.parts().map(|part| (part, place.owner())).collect(),
            (None, None) => return Err(Error::NotFound(msg!("schema-edit-gone", place = of))),
        };
        let section = |(kind, whose): (&'static EntryKind, String)| Section {
            form: kind.form(&whose),
            entries: edit::list(&draft.text, &schema, kind, &whose),
        };
        let mut sections: Vec<Section> = lists.into_iter().map(section).collect();
        // The entry itself goes before its parts.
        if let (None, Some(place)) = (read_name(of), Place::read(of)) {
            let mut own = section((place.kind, place.whose.clone()));
            own.entries.retain(|listed| listed.place == place);
            sections.insert(0, own);
        }
        let in_force = self.schema();
        let waiting = match draft.base == draft.text {
            true => 0,
            false => edit::compare(&draft.base, &draft.text, &[&forms, &in_force]).len().max(1),
        };
        Ok(Outline { sections, waiting, text: draft.text, forms })
    }

    /// An entry as a record of its form.
    pub(super) fn entry(&self, key: &RecordKey) -> Result<View, Error> {
        let desk = self.desk()?;
        let (form, place) = desk.place(&key.object, key.id)?;
        let fields = edit::read(&desk.draft.text, &place, form).unwrap_or_default();
        let record = Record { object: key.object.clone(), id: key.id, version: VERSION, fields };
        Ok(View { record, titles: Titles::new() })
    }

    /// The first values of a new entry.
    pub(super) fn new_entry(&self, name: &str, given: Fields) -> Result<View, Error> {
        let desk = self.desk()?;
        let form = desk.form(name)?;
        let mut fields = given;
        fill_defaults(&Rules::of(&desk.forms, form, &self.context.now(), None), &mut fields);
        let record = Record { object: name.to_owned(), id: not_saved()?, version: 0, fields };
        Ok(View { record, titles: Titles::new() })
    }

    /// An entry as it stands in its form, with what the whole schema would say to it.
    pub(super) fn check_entry(&self, request: &CheckRequest) -> Result<CheckAnswer, Error> {
        let desk = self.desk()?;
        let form = desk.form(&request.object)?;
        let place = request.id.map(|id| desk.place(&request.object, id)).transpose()?.map(|(_, place)| place);
        let now = self.context.now();
        let rules = Rules::of(&desk.forms, form, &now, None);
        let before = place.as_ref().and_then(|place| edit::read(&desk.draft.text, place, form));
        let fields = overlaid(&before.clone().unwrap_or_default(), &request.fields);
        let mut states = rules.states(&fields);
        if let Some(state) = states.get_mut(KEY).filter(|_| place.is_some()) {
            state.read_only = true;
        }
        let (errors, _) = self.judged(&desk, form, place, &fields)?;
        Ok(CheckAnswer { errors, states, ..CheckAnswer::default() })
    }

    /// What the whole schema says to an entry with these values.
    fn judged(&self, desk: &Desk, form: &Object, place: Option<Place>, fields: &Fields) -> Result<Judged, Error> {
        let now = self.context.now();
        let mut errors = Rules::of(&desk.forms, form, &now, None).errors(None, fields);
        let text = &desk.draft.text;
        let before = place.as_ref().and_then(|place| edit::read(text, place, form));
        let place = match place {
            Some(place) => place,
            None => {
                let place = desk.new_place(form, fields)?;
                if edit::read(text, &place, form).is_some() && place.kind.shape != Shape::Root {
                    errors.push(FieldError {
                        field: KEY.to_owned(),
                        message: msg!("schema-edit-there", name = &place.key),
                    });
                }
                place
            }
        };
        if !errors.is_empty() {
            return Ok((errors, None));
        }
        let shown = self.shown(&desk.forms, form, fields);
        let written = edit::write(text, &place, form, (before.as_ref(), fields), &shown);
        let written = match before {
            None => written.and_then(|text| edit::begin(&text, &desk.schema, &place)),
            Some(_) => written,
        };
        let text = match written {
            Ok(text) => text,
            Err(message) => return Ok((vec![FieldError { field: String::new(), message }], None)),
        };
        if let Err(found) = self.schema_of(&text) {
            errors.extend(edit::told_in(&text, &found, &place, form));
        }
        Ok((errors, Some((place, text))))
    }

    /// The user's own TOML in force with other values of one entry.
    pub fn schema_with(&self, place: &Place, changes: &Fields) -> Result<String, Error> {
        self.may_configure()?;
        let schema = (*self.schema()).clone();
        let draft = Draft { base: schema.own.clone(), text: schema.own.clone() };
        let desk = Desk { draft, forms: Arc::new(form::made(&schema)), schema };
        let form = desk.form(&place.form())?;
        let before = edit::read(&desk.draft.text, place, form);
        let mut fields = overlaid(&before.clone().unwrap_or_default(), changes);
        let is_choice = form.field(KEY).is_some_and(|f| matches!(f.kind, Kind::Select { .. }));
        let key = if is_choice { Value::Choice(place.key.clone()) } else { Value::text(&place.key) };
        fields.insert(KEY.to_owned(), key);
        for (name, value) in Rules::of(&desk.forms, form, &self.context.now(), None).defaults() {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let (errors, made) = self.judged(&desk, form, before.is_some().then(|| place.clone()), &fields)?;
        match made {
            Some((_, text)) if errors.is_empty() => Ok(text),
            _ => Err(Error::Invalid(errors)),
        }
    }

    /// A text as a schema; `Invalid` with every mistake.
    pub fn schema_from(&self, text: &str) -> Result<Schema, Error> {
        self.schema_of(text).map_err(|errors| mistakes(&errors))
    }

    /// Which fields a form shows for some values.
    fn shown(&self, forms: &Schema, form: &Object, fields: &Fields) -> impl Fn(&Field) -> bool + use<> {
        let now = self.context.now();
        let states = Rules::of(forms, form, &now, None).states(fields);
        move |field: &Field| states.get(&field.name).is_none_or(|state| state.visible)
    }

    /// Keeps an entry among the changes that wait.
    pub(super) fn save_entry(&mut self, request: &SaveRequest) -> Result<Saved, Error> {
        self.may_write()?;
        let desk = self.desk()?;
        let form = desk.form(&request.object)?;
        let place = request.target.map(|(id, _)| desk.place(&request.object, id)).transpose()?.map(|(_, place)| place);
        let before = place.as_ref().and_then(|place| edit::read(&desk.draft.text, place, form)).unwrap_or_default();
        let mut fields = overlaid(&before, &request.changes);
        if place.is_none() {
            let rules = Rules::of(&desk.forms, form, &self.context.now(), None);
            for (name, value) in rules.defaults() {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        } else if fields.get(KEY) != before.get(KEY) {
            return Err(Error::field(KEY, msg!("crm-read-only-field")));
        }
        let (errors, made) = self.judged(&desk, form, place, &fields)?;
        let (place, text) = match made {
            Some(made) if errors.is_empty() => made,
            _ => return Err(Error::Invalid(errors)),
        };
        self.keep_draft(&Draft { text, ..desk.draft.clone() })?;
        let record = Record { object: request.object.clone(), id: place.id(), version: VERSION, fields };
        Ok(Saved { records: vec![record], txn: 0, touched: 1, refused: Vec::new(), notes: Vec::new() })
    }

    fn may_write(&self) -> Result<(), Error> {
        if self.context.read_only {
            return Err(Error::Denied(msg!("crm-read-only-store")));
        }
        Ok(())
    }

    /// Changes the schema in the making.
    pub fn configure(&mut self, deed: &Deed) -> Result<(), Error> {
        self.may_write()?;
        self.may_configure()?;
        if *deed == Deed::Discard {
            return self.put_setting(DRAFT, None);
        }
        let draft = self.draft()?;
        let text = match deed {
            Deed::Text(text) => Ok(text.clone()),
            Deed::Remove(place) => edit::remove(&draft.text, place),
            Deed::Shift(place, delta) => {
                let schema = self.schema_of(&draft.text).map_err(|errors| mistakes(&errors))?;
                edit::shift(&draft.text, &schema, place, *delta)
            }
            Deed::Discard => Ok(draft.base.clone()),
        };
        let text = text.map_err(|message| Error::field("", message))?;
        self.schema_of(&text).map_err(|errors| match deed {
            Deed::Remove(place) => still_used(place, &errors, &text),
            _ => mistakes(&errors),
        })?;
        self.keep_draft(&Draft { text, ..draft })
    }

    /// What a text put in force would change; what waits, if none is given.
    pub fn schema_plan(&self, text: Option<&str>) -> Result<Plan, Error> {
        self.may_configure()?;
        let text = text.map_or_else(|| self.draft().map(|draft| draft.text), |text| Ok(text.to_owned()))?;
        let schema = self.schema_of(&text).map_err(|errors| mistakes(&errors))?;
        self.plan_of(&schema)
    }

    fn plan_of(&self, schema: &Schema) -> Result<Plan, Error> {
        let in_force = self.schema();
        let mut forms = form::made(schema);
        let former = form::made(&in_force);
        // What goes is shown by the forms that it had.
        for object in former.objects {
            if forms.object(&object.name).is_none() {
                forms.objects.push(object);
            }
        }
        for (name, dictionary) in former.dictionaries {
            forms.dictionaries.entry(name).or_insert(dictionary);
        }
        let touch = touch::Touch { store: &self.store, old: &in_force, new: schema };
        let mut changes = Vec::new();
        for change in edit::compare(&in_force.own, &schema.own, &[&forms]) {
            let touched = touch.of(&change)?;
            let loses = touched.iter().any(|(_, loses)| *loses);
            let touches = touched.into_iter().map(|(message, _)| message).collect();
            changes.push(Changed { place: change.place, before: change.before, after: change.after, touches, loses });
        }
        for (place, keys) in edit::reordered(&in_force, schema) {
            let touches = vec![msg!("touch-order", order = keys.join(", "))];
            let (before, after) = (Some(Fields::new()), Some(Fields::new()));
            changes.push(Changed { place, before, after, touches, loses: false });
        }
        let told = |change: &crate::store::Change| {
            let path = change.field.as_ref().map_or_else(
                || format!("objects.{}", change.object),
                |field| format!("objects.{}.fields.{field}", change.object),
            );
            changes.iter().any(|changed: &Changed| changed.after.is_none() && changed.place.text() == path)
        };
        let lost = self.store.plan_schema(schema)?.into_iter().filter(|change| change.lost > 0 && !told(change));
        let losses = lost.map(|change| change.message()).collect();
        Ok(Plan { differs: in_force.own != schema.own, changes, losses, forms: Arc::new(forms) })
    }

    /// Puts what waits in force. Where anything stored is lost by it, only if `allow_loss` is set.
    pub fn apply_changes(&mut self, allow_loss: bool) -> Result<Applied, Error> {
        self.may_write()?;
        let desk = self.desk()?;
        let plan = self.plan_of(&desk.schema)?;
        if plan.loses() && !allow_loss {
            let lost = plan.changes.into_iter().filter(|change| change.loses).flat_map(|change| change.touches);
            let lost: Vec<_> = lost.chain(plan.losses).collect();
            let error = |message| FieldError { field: String::new(), message };
            return Err(Error::Invalid(std::iter::once(msg!("configure-loses")).chain(lost).map(error).collect()));
        }
        let applied = self.apply_schema(&desk.schema, allow_loss)?;
        self.put_setting(DRAFT, None)?;
        Ok(applied)
    }
}

impl Desk {
    fn form(&self, name: &str) -> Result<&Object, Error> {
        let form = self.forms.objects.iter().find(|object| object.name == name);
        form.ok_or_else(|| Error::NotFound(msg!("schema-edit-gone", place = name)))
    }

    /// The entry of a form that an id stands for.
    fn place(&self, name: &str, id: crate::domain::id::Id) -> Result<(&Object, Place), Error> {
        let form = self.form(name)?;
        let gone = || Error::NotFound(msg!("schema-edit-gone", place = name.trim_start_matches(FORM)));
        let (kind, whose) = read_name(name).ok_or_else(gone)?;
        let entries = edit::list(&self.draft.text, &self.schema, kind, whose).into_iter();
        let place = entries.map(|listed| listed.place).find(|place| place.id() == id).ok_or_else(gone)?;
        Ok((form, place))
    }

    /// Where a new entry goes: under its key, or at the end of its list.
    fn new_place(&self, form: &Object, fields: &Fields) -> Result<Place, Error> {
        let gone = || Error::NotFound(msg!("schema-edit-gone", place = &form.name));
        let (kind, whose) = read_name(&form.name).ok_or_else(gone)?;
        if kind.shape == Shape::List {
            let number = edit::list(&self.draft.text, &self.schema, kind, whose).len();
            return Ok(Place::new(kind, whose, &(number + 1).to_string()));
        }
        let key = fields.get(KEY).and_then(Value::as_str).unwrap_or_default().trim();
        Ok(Place::new(kind, whose, key))
    }
}

/// That an entry can't be taken out, with the places that would miss it.
fn still_used(place: &Place, errors: &[SchemaError], text: &str) -> Error {
    let mut places: Vec<String> = errors.iter().map(|error| edit::mistaken_place(error, text)).collect();
    places.dedup();
    let number = places.len();
    places.truncate(MOST_PLACES);
    let message = msg!("setup-still-used", place = place.text(), number = number, places = places.join(", "));
    Error::Invalid(vec![FieldError { field: String::new(), message }])
}

/// Mistakes of a whole text.
fn mistakes(errors: &[SchemaError]) -> Error {
    let told = |error: &SchemaError| FieldError { field: String::new(), message: edit::mistake(error, false) };
    Error::Invalid(errors.iter().map(told).collect())
}

/// Whether a field holds keys of a dictionary.
pub(super) fn chooses_from(field: &Field, dictionary: &str) -> bool {
    matches!(&field.kind, Kind::Select { dictionary: own } | Kind::MultiSelect { dictionary: own } if own == dictionary)
}
