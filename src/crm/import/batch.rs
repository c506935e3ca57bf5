//! One row of an import: judged, then written to wherever rows go.

mod numbers;

use super::columns::{self, Links, Parsed};
use super::keys::{Hashes, Keys, Known};
use super::reader::{ReadRow, Reader};
use super::references::{Meaning, References};
use crate::contract::error::Error;
use crate::contract::request::{ImportRequest, ImportRow, OnDuplicate};
use crate::crm::assign::{self, Turns};
use crate::crm::evaluate::{Rules, alike, unfit_references};
use crate::crm::owner::Why;
use crate::crm::rights::{Operation, Reach, Rights, Sight};
use crate::crm::{
    approval, circle, code, derive, document, follow, history, owner, people, pool, prepare, save, stage,
};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind, NumberRule, Object, When};
use crate::store::{Bulk, Changed, Store, StoreError};
use jiff::Zoned;
use std::collections::HashSet;

type MakeId<'m> = dyn FnMut(&Zoned) -> Id + 'm;

/// Where rows go.
pub(super) enum Sink<'k, 'b> {
    /// Nowhere: a dry run.
    Dry(&'k Store),
    /// The store's bulk load.
    Bulk(&'k mut Bulk<'b>, &'k mut MakeId<'k>),
}

impl Sink<'_, '_> {
    fn store(&self) -> &Store {
        match self {
            Sink::Dry(store) => store,
            Sink::Bulk(bulk, _) => bulk.store(),
        }
    }
}

/// What became of a row.
pub(super) enum Outcome {
    Created,
    Updated,
    Skipped,
    /// It refers to a record of its own object that isn't there, but may come with a later row.
    Early,
    Rejected(Vec<FieldError>),
}

/// How a row's references to records of its own object that aren't there are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// They may come with a later row.
    MayCome,
    /// They will not come.
    Refused,
    /// They will not come, and are made if that was asked for.
    Made,
}

/// Judges and writes rows.
pub(super) struct Importer<'s> {
    rules: &'s Rules<'s>,
    rights: &'s Rights,
    reader: Reader<'s>,
    links: Links<'s>,
    /// A reference is among the keys.
    links_are_keys: bool,
    /// The fields that columns go to.
    mapped: Vec<&'s str>,
    references: References<'s>,
    keys: Keys,
    policy: OnDuplicate,
    create_references: bool,
    /// Names of the rows that wait for others.
    awaited: HashSet<String>,
    codes: Vec<(&'s Field, &'s NumberRule)>,
    /// Counters without gaps whose end was looked at.
    counted: HashSet<String>,
    /// Counters that stand behind codes in use.
    behind: HashSet<String>,
    /// The store doesn't tell at once whether a number is taken.
    tells_late: bool,
    /// The journal's last entry when the keys were read.
    read_at: i64,
    now: &'s Zoned,
    /// Fields in the order in which a bulk load takes them.
    order: Vec<String>,
    /// The same by name, each with its place.
    places: Vec<(String, usize)>,
    values: Vec<Value>,
    /// The names of the last row's fields, without their values.
    spent: Fields,
    /// The line of the row under way.
    line: u64,
    /// The record that was made last.
    last: Option<Id>,
    /// Whose turn it is to get a new record.
    turns: Turns,
}

impl<'s> Importer<'s> {
    pub(super) fn new(
        store: &Store,
        rules: &'s Rules<'s>,
        request: &ImportRequest,
        now: &'s Zoned,
        rights: &'s Rights,
    ) -> Result<Importer<'s>, Error> {
        let me = rules.me();
        let (schema, object) = (rules.schema(), rules.object());
        let (columns, links) = columns::columns(schema, object, &request.mapping, now, me);
        let mapped = columns::fields(object, &request.mapping);
        let tells_late = store.tells_late(&object.name);
        let unique = request.dry_run || request.on_duplicate == OnDuplicate::Update || tells_late;
        let refers = |field: &&str| object.field(field).is_some_and(|f| f.kind.target() == Some(&object.name));
        let codes: Vec<(&Field, &NumberRule)> = code::code_fields(schema, object).collect();
        let mut written = mapped.clone();
        if tells_late {
            written.extend(codes.iter().map(|(field, _)| field.name.as_str()));
        }
        let read_at = store.journal_head()?;
        let keys = Keys::read(store, object, &written, unique, mapped.iter().any(refers))?;
        Ok(Importer {
            rules,
            references: References::new(schema, &object.name),
            rights,
            reader: Reader::new(object, columns, keys.fields()),
            links_are_keys: keys.fields().any(|field| links.holds(field)),
            links,
            mapped,
            keys,
            policy: request.on_duplicate,
            create_references: request.create_references,
            awaited: HashSet::new(),
            codes,
            counted: HashSet::new(),
            behind: HashSet::new(),
            tells_late,
            read_at,
            now,
            order: Vec::new(),
            places: Vec::new(),
            values: Vec::new(),
            spent: Fields::new(),
            line: 0,
            last: None,
            turns: Turns::default(),
        })
    }

    /// The fields that new records may have: those of the file, defaults, the mnemonic, codes, formulas.
    pub(super) fn written_fields(&self) -> Vec<String> {
        let object = self.rules.object();
        let defaults: Vec<&str> = self.rules.defaults().iter().map(|(name, _)| name.as_str()).collect();
        let written = object.fields.iter().filter(|f| {
            self.mapped.contains(&f.name.as_str())
                || defaults.contains(&f.name.as_str())
                || f.name == save::MNEMONIC
                || approval::is_mark(object, &f.name)
                || stage::follows(self.rules.schema(), &object.name, &f.name)
                || matches!(f.kind, Kind::Code { .. } | Kind::Formula { .. })
                || follow::may_fill(object, &f.name)
        });
        written.map(|f| f.name.clone()).collect()
    }

    /// The acting user.
    pub(super) fn me(&self) -> Option<Id> {
        self.rules.me()
    }

    /// The order of the fields of a bulk load.
    pub(super) fn set_fields(&mut self, fields: &[&str]) {
        self.order = fields.iter().map(|f| (*f).to_owned()).collect();
        let mut places: Vec<(String, usize)> = self.order.iter().cloned().zip(0..).collect();
        places.sort();
        self.places = places;
    }

    /// What reads the rows: a reader of its own for another thread.
    pub(super) fn reader(&self) -> Reader<'s> {
        self.reader.clone()
    }

    /// Reads a row again that waited.
    pub(super) fn read(&mut self, row: ImportRow) -> ReadRow {
        self.reader.read(row)
    }

    /// Room for the next row's values, in place of what went with [`Importer::leftovers`].
    pub(super) fn take_room(&mut self, room: Vec<Value>) {
        if room.capacity() > self.values.capacity() {
            self.values = room;
        }
    }

    /// What is left of the last row.
    pub(super) fn leftovers(&mut self) -> (Fields, Vec<Value>) {
        (std::mem::take(&mut self.spent), std::mem::take(&mut self.values))
    }

    /// Brings up to date what is computed over the rows of the batch.
    pub(super) fn settle(&self, bulk: &mut Bulk<'_>) -> Result<(), Error> {
        if let Some(write) = bulk.write() {
            derive::settle(write, self.rules.schema(), self.now)?;
        }
        Ok(())
    }

    /// Takes in one row.
    pub(super) fn row(
        &mut self,
        row: &ImportRow,
        mut parsed: Parsed,
        hashes: Hashes,
        absent: Absent,
        sink: &mut Sink<'_, '_>,
    ) -> Result<Outcome, Error> {
        if let Some(message) = &row.error {
            return Ok(rejected(String::new(), message.clone()));
        }
        self.line = row.line;
        self.links.parse(&row.cells, &mut parsed, sink.store(), &self.references, &self.keys)?;
        let own = &self.rules.object().name;
        if absent == Absent::MayCome && parsed.missing.iter().any(|m| m.object == *own) {
            self.awaited.extend(names(self.rules.object(), &parsed.fields));
            return Ok(Outcome::Early);
        }
        if absent == Absent::Refused {
            parsed.missing.retain(|m| m.object != *own);
        }
        let sight = Sight { store: sink.store(), rights: self.rights };
        let unseen = sight.unseen(self.rules.object(), None, &parsed.fields)?;
        if !unseen.is_empty() {
            return Ok(Outcome::Rejected(unseen));
        }
        let is_free = self.rights.reach(own, Operation::Add) == Reach::Everything;
        if (parsed.missing.is_empty() || !self.create_references) && is_free {
            return self.judge(parsed, hashes, sink);
        }
        // What is made for a row goes with it: neither stays without the other.
        let savepoint = match sink {
            Sink::Bulk(bulk, _) => Some(bulk.savepoint()?),
            Sink::Dry(_) => None,
        };
        let made = if self.create_references { self.make_references(&mut parsed, sink)? } else { Vec::new() };
        let mut outcome = self.judge(parsed, hashes, sink)?;
        if let (Outcome::Created, Some(id), Sink::Bulk(bulk, _)) = (&outcome, self.last, &mut *sink)
            && !is_free
            && !(Sight { store: bulk.store(), rights: self.rights }).reaches(Operation::Add, own, id)?
        {
            let label = crate::crm::named(msg!("rights-add-beyond"), self.rules.schema(), own);
            outcome = rejected(String::new(), label);
        }
        let stays = matches!(outcome, Outcome::Created | Outcome::Updated);
        if let (Sink::Bulk(bulk, _), Some(savepoint)) = (&mut *sink, savepoint) {
            if stays { bulk.keep(savepoint)? } else { bulk.go_back(savepoint)? }
        }
        if !stays {
            made.into_iter().for_each(|made| self.forget(&made));
        }
        Ok(outcome)
    }

    /// Decides what becomes of a row, and does it.
    fn judge(&mut self, parsed: Parsed, mut hashes: Hashes, sink: &mut Sink<'_, '_>) -> Result<Outcome, Error> {
        if parsed.fields.is_empty() && parsed.errors.is_empty() {
            return Ok(rejected(String::new(), msg!("crm-import-empty-row")));
        }
        self.look_again(sink)?;
        if self.links_are_keys {
            hashes = self.keys.hashes(|field| parsed.fields.get(field).unwrap_or(&Value::Empty));
        }
        let known = self.keys.find(&hashes);
        match (known, self.policy) {
            (Some(_), OnDuplicate::Skip) => Ok(Outcome::Skipped),
            (Some(known), OnDuplicate::Error) => Ok(self.duplicate(known, parsed.errors, sink)),
            (_, _) if !parsed.errors.is_empty() => Ok(Outcome::Rejected(parsed.errors)),
            (Some(known), OnDuplicate::Update) => self.update(known, parsed.fields, sink),
            (None, _) => self.create(parsed.fields, parsed.mnemonic, &hashes, sink),
        }
    }

    fn duplicate(&self, known: Known, mut errors: Vec<FieldError>, sink: &Sink<'_, '_>) -> Outcome {
        let object = &self.rules.object().name;
        let title = sink.store().titles(object, &[known.id]).ok();
        let title = title.and_then(|mut titles| titles.remove(&known.id));
        let sight = Sight { store: sink.store(), rights: self.rights };
        let message = match title {
            Some(_) if !sight.reaches(Operation::View, object, known.id).unwrap_or(false) => {
                msg!("crm-not-unique-here")
            }
            Some(title) => msg!("crm-import-duplicate", title = title),
            // In a dry run, rows stand under their lines.
            None => msg!("crm-import-duplicate-row", line = known.id.as_i64() - DRY),
        };
        errors.insert(0, FieldError { field: known.field, message });
        Outcome::Rejected(errors)
    }

    fn create(
        &mut self,
        mut fields: Fields,
        mnemonic: Option<String>,
        hashes: &Hashes,
        sink: &mut Sink<'_, '_>,
    ) -> Result<Outcome, Error> {
        let (store, object) = (sink.store(), self.rules.object());
        let to = assign::rules_of(self.rules.schema(), &object.name).map(|rule| &rule.to);
        let given_to: Vec<String> = to.filter(|to| fields.contains_key(*to)).cloned().collect();
        // Only the rules of stages ask what was given.
        let is_pipelined = self.rules.schema().is_pipelined(&object.name);
        let asked = if is_pipelined { fields.clone() } else { Fields::new() };
        fields.extend(mnemonic.map(|made| (save::MNEMONIC.to_owned(), Value::Text(made))));
        follow::fill(store, self.rules, None, &mut fields)?;
        prepare::fill_defaults(self.rules, &mut fields);
        save::fill_mnemonic(object, &mut fields);
        // What comes from elsewhere stands where it stands: only a stage that isn't there is refused.
        let mut settled = stage::settle(self.rules, None, &asked, &mut fields);
        settled.errors.retain(|e| e.field == "stage");
        self.rules.compute(&mut fields);
        approval::strip(self.rules.schema(), object, &mut fields);
        approval::begin_draft(self.rules, &mut fields);
        let own = people::excused(store, self.rules, self.rules.import_errors(&fields))?;
        let mut errors = settled.join(own, &asked);
        errors.extend(document::import_errors(store, self.rules, &fields)?);
        errors.extend(unfit_references(store, self.rules, &fields)?);
        errors.extend(alike(store, self.rules, None, &fields)?);
        if !errors.is_empty() {
            return Ok(Outcome::Rejected(errors));
        }
        let given = match self.give_codes(&mut fields, sink)? {
            Ok(given) => given,
            Err(used_up) => return Ok(Outcome::Rejected(vec![used_up])),
        };
        let numbered = self.numbered(&fields, &given);
        if let Some(outcome) = self.number_taken(numbered.as_ref(), &given, sink)? {
            return Ok(outcome);
        }
        let hashes = numbered.as_ref().unwrap_or(hashes);
        let id = match sink {
            Sink::Dry(_) => dry_id(self.line)?,
            Sink::Bulk(_, make_id) => make_id(self.now),
        };
        self.keys.add(id, hashes, |field| fields.get(field).unwrap_or(&Value::Empty));
        self.last = Some(id);
        if matches!(sink, Sink::Bulk(..)) {
            self.lay_out(fields);
            if let Some(outcome) = self.write(id, hashes, &given, sink)? {
                return Ok(outcome);
            }
        }
        self.assign(id, &given_to, sink)?;
        Ok(Outcome::Created)
    }

    /// Gives a new record to whom the assignment rules say, unless the file did.
    fn assign(&mut self, id: Id, given: &[String], sink: &mut Sink<'_, '_>) -> Result<(), Error> {
        let (rules, object) = (self.rules, &self.rules.object().name);
        let Sink::Bulk(bulk, make_id) = sink else { return Ok(()) };
        if assign::rules_of(rules.schema(), object).next().is_none() {
            return Ok(());
        }
        let Some(mut record) = bulk.store().get(object, id)? else { return Ok(()) };
        let is_given = |field: &str| given.iter().any(|name| name == field);
        if let Some((changes, _)) = self.turns.choose(bulk.store(), rules, &record, is_given)? {
            let mut merged = save::overlaid(&record.fields, &changes);
            rules.compute(&mut merged);
            let changes = rules.with_computed(&record, &merged, changes);
            let after = bulk.update(id, None, changes.clone())?;
            self.leave_history(bulk, make_id, (&record, &after), changes)?;
            record = after;
        }
        self.turns.note(bulk.store(), rules, &record)
    }

    /// Writes what a change of a record leaves behind.
    fn leave_history(
        &self,
        bulk: &mut Bulk<'_>,
        make_id: &mut MakeId<'_>,
        (current, record): (&Record, &Record),
        changes: Fields,
    ) -> Result<(), Error> {
        let before = changes.keys().map(|f| (f.clone(), current.get(f).clone())).collect();
        let change = Changed { record: record.clone(), before, after: changes };
        let (schema, me) = (self.rules.schema(), self.rules.me());
        for (name, fields) in history::of(bulk.store(), schema, &change, &Why::default(), me, self.now)? {
            bulk.insert_other(name, make_id(self.now), fields)?;
        }
        Ok(())
    }

    /// Puts values in the order of the load; both are sorted by name on the way.
    fn lay_out(&mut self, mut fields: Fields) {
        self.values.clear();
        self.values.resize(self.order.len(), Value::Empty);
        let mut places = self.places.iter().peekable();
        for (name, value) in &mut fields {
            while places.next_if(|(place, _)| place < name).is_some() {}
            if let Some((_, at)) = places.next_if(|(place, _)| place == name)
                && let Some(slot) = self.values.get_mut(*at)
            {
                *slot = std::mem::take(value);
            }
        }
        self.spent = fields;
    }

    /// The store has a record with this unique value already.
    fn taken(&self, field: String, sink: &Sink<'_, '_>) -> Result<Outcome, Error> {
        if self.policy == OnDuplicate::Skip {
            return Ok(Outcome::Skipped);
        }
        let value = self.order.iter().position(|f| *f == field).and_then(|at| self.values.get(at));
        let found = match value {
            Some(value) => sink.store().find_equal(&self.rules.object().name, &field, value, 1)?,
            None => Vec::new(),
        };
        Ok(match found.first() {
            Some(id) => self.duplicate(Known { id: *id, field }, Vec::new(), sink),
            None => rejected(field, msg!("crm-not-unique-here")),
        })
    }

    fn update(&mut self, known: Known, mut fields: Fields, sink: &mut Sink<'_, '_>) -> Result<Outcome, Error> {
        let object = &self.rules.object().name;
        let Some(current) = sink.store().get(object, known.id)? else {
            // Only a dry run has rows that aren't there.
            return Ok(Outcome::Updated);
        };
        let sight = Sight { store: sink.store(), rights: self.rights };
        if !sight.reaches(Operation::View, object, known.id)? {
            return Ok(rejected(known.field, msg!("crm-not-unique-here")));
        }
        if let Some(why) = sight.refusal(Operation::Modify, object, Some(known.id))? {
            return Ok(rejected(String::new(), why));
        }
        match sight.may_change(self.rules.object(), Some(&current), &fields, self.rules.me()) {
            Err(Error::Denied(why)) => return Ok(rejected(String::new(), why)),
            Err(Error::Invalid(errors)) => return Ok(Outcome::Rejected(errors)),
            other => other?,
        }
        follow::fill(sink.store(), self.rules, Some(&current), &mut fields)?;
        let changes: Fields = fields.into_iter().filter(|(name, value)| current.get(name) != value).collect();
        match owner::may_move(sink.store(), self.rules, &current, &changes) {
            Err(Error::Denied(why)) => return Ok(rejected(pool::OWNER.to_owned(), why)),
            other => other?,
        }
        let (merged, changes, errors) = self.worked_out(sink.store(), &current, changes)?;
        if !errors.is_empty() {
            return Ok(Outcome::Rejected(errors));
        }
        let changes = self.rules.with_computed(&current, &merged, changes);
        if changes.is_empty() {
            return Ok(Outcome::Skipped);
        }
        let hashes = self.keys.hashes(|field| merged.get(field).unwrap_or(&Value::Empty));
        self.keys.add(known.id, &hashes, |field| merged.get(field).unwrap_or(&Value::Empty));
        let written: Option<Record> = match sink {
            Sink::Dry(_) => None,
            Sink::Bulk(bulk, _) => match bulk.update(known.id, None, changes.clone()) {
                Err(StoreError::Duplicate { field, .. }) => return Ok(rejected(field, msg!("crm-not-unique-here"))),
                other => Some(other?),
            },
        };
        if let (Some(record), Sink::Bulk(bulk, make_id)) = (&written, sink) {
            self.leave_history(bulk, make_id, (&current, record), changes)?;
        }
        let unchanged = written.is_some_and(|record| record.version == current.version);
        Ok(if unchanged { Outcome::Skipped } else { Outcome::Updated })
    }

    /// A record with changes laid over it, the changes with what follows from them, and every error.
    fn worked_out(
        &self,
        store: &Store,
        current: &Record,
        changes: Fields,
    ) -> Result<(Fields, Fields, Vec<FieldError>), Error> {
        let mut merged = save::overlaid(&current.fields, &changes);
        let mut settled = stage::settle(self.rules, Some(current), &changes, &mut merged);
        settled.errors.retain(|e| e.message.key != "crm-read-only-field");
        let following = settled.changes.clone();
        self.rules.compute(&mut merged);
        let own = people::excused(store, self.rules, self.rules.import_errors(&merged))?;
        let mut errors = settled.join(own, &changes);
        let changes: Fields = changes.into_iter().chain(following).collect();
        errors.extend(circle::errors(store, self.rules.object(), current.id, &changes)?);
        errors.extend(approval::guard(store, self.rules, current, &changes)?);
        errors.extend(document::import_errors(store, self.rules, &merged)?);
        errors.extend(unfit_references(store, self.rules, &changes)?);
        errors.extend(alike(store, self.rules, Some(current.id), &merged)?);
        Ok((merged, changes, errors))
    }

    /// Makes the missing records that have nothing but a name to give.
    fn make_references(&mut self, parsed: &mut Parsed, sink: &mut Sink<'_, '_>) -> Result<Vec<Made>, Error> {
        let mut all = Vec::new();
        for missing in std::mem::take(&mut parsed.missing) {
            let schema = self.rules.schema();
            let Some(target) = schema.object(&missing.object).filter(|o| o.editable) else { continue };
            let is_own = missing.object == self.rules.object().name;
            // Rows that wait for each other would otherwise find themselves made already.
            if is_own && self.awaited.contains(&missing.text.to_lowercase()) {
                continue;
            }
            let rules = Rules::of(schema, target, self.now, self.rules.me());
            let Some(named) = named_by_text(target) else { continue };
            let text = || Value::Text(missing.text.clone());
            let mut fields: Fields = named.map(|field| (field.name.clone(), text())).collect();
            prepare::fill_defaults(&rules, &mut fields);
            save::fill_mnemonic(target, &mut fields);
            rules.compute(&mut fields);
            if !rules.import_errors(&fields).is_empty() {
                continue;
            }
            let mut id = dry_id(self.line)?;
            if let Sink::Bulk(bulk, make_id) = sink {
                id = make_id(self.now);
                for (field, rule) in code::code_fields(schema, target) {
                    let prefix = code::prefix(bulk.store(), schema, target, rule, &fields, self.now.date())?;
                    let code = numbers::next_of_other(bulk, target, (field, rule), &prefix)?;
                    fields.extend(code.map(|code| (field.name.clone(), code)));
                }
                bulk.insert_other(&target.name, id, fields.clone())?;
            }
            if is_own {
                self.remember(id, &fields);
            }
            self.references.remember(&missing.object, &missing.text, Meaning::One(id));
            parsed.errors.retain(|e| e.field != missing.field);
            parsed.fields.insert(missing.field, Value::Ref(id));
            all.push(Made { id, object: missing.object, text: missing.text, fields });
        }
        Ok(all)
    }

    /// A record that was made for a reference is taken back.
    fn forget(&mut self, made: &Made) {
        self.references.forget(&made.object, &made.text);
        if made.object == self.rules.object().name {
            let get = |field: &str| made.fields.get(field).unwrap_or(&Value::Empty);
            let hashes = self.keys.hashes(get);
            self.keys.forget(made.id, &hashes, get);
        }
    }

    /// Later rows may mean a record that was made for a reference.
    fn remember(&mut self, id: Id, fields: &Fields) {
        let hashes = self.keys.hashes(|field| fields.get(field).unwrap_or(&Value::Empty));
        self.keys.add(id, &hashes, |field| fields.get(field).unwrap_or(&Value::Empty));
    }
}

/// A record made for a reference.
struct Made {
    id: Id,
    object: String,
    text: String,
    fields: Fields,
}

/// Where the ids of a dry run begin: no clock of today makes one so small.
const DRY: i64 = 1;

/// The id that a row has in a dry run.
fn dry_id(line: u64) -> Result<Id, Error> {
    i64::try_from(line).ok().and_then(|line| Id::from_i64(line + DRY)).map_or_else(prepare::not_saved, Ok)
}

/// The fields that say all that a record must have when nothing but a text is known of it: its title, and a code
/// that isn't numbered, such as a login. `None` if it must have more.
fn named_by_text(object: &Object) -> Option<impl Iterator<Item = &Field>> {
    let must = |f: &&Field| f.required == When::Always && f.default.is_none() && !f.is_system();
    let is_name = |f: &Field| {
        let is_code = object.code.as_ref() == Some(&f.name) && matches!(f.kind, Kind::Text { .. });
        f.name == object.title || is_code
    };
    let enough = object.fields.iter().filter(must).all(is_name);
    enough.then(|| object.fields.iter().filter(move |f| f.name == object.title || (must(f) && is_name(f))))
}

/// What a row can be referred to by, folded.
fn names(object: &Object, fields: &Fields) -> impl Iterator<Item = String> {
    let naming = object.code.iter().chain([&object.title]);
    naming.filter_map(|field| Some(fields.get(field)?.as_str()?.to_lowercase()))
}

fn rejected(field: String, message: crate::domain::message::Message) -> Outcome {
    Outcome::Rejected(vec![FieldError { field, message }])
}
