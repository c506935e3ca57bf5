//! Handing a user's work over to others: whatever names them as owner passes to one user or to several in turn, in
//! one transaction. The schema's fields say what passes on, and of which records.

use super::{COMMENT, Doing};
use crate::contract::error::Error;
use crate::crm::evaluate::Rules;
use crate::crm::owner::Why;
use crate::crm::rights::{Operation, Rights, Sight};
use crate::crm::{Context, approval, circle, history, object, save};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::compute::Formulas;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{ACTIVE, Field, Object, Schema, USER, When};
use crate::store::{Store, Which, Write};
use jiff::Zoned;
use std::collections::{BTreeMap, HashMap};

/// Records after which the history is written and whoever watches is told.
const BATCH: usize = 1_000;

/// A field of an object that names users who are replaced.
struct Part<'s> {
    object: &'s Object,
    field: &'s Field,
    /// What is still to be done; `None`: all of it.
    open: Option<Bound>,
    /// What the acting user may give to others.
    reach: Bound,
}

impl<'s> Part<'s> {
    /// What passes on of the chosen objects, of all where none is chosen.
    fn of(schema: &'s Schema, rights: &Rights, chosen: &Value, now: &Zoned) -> Vec<Part<'s>> {
        let chosen: Vec<&str> = match chosen {
            Value::Choices(keys) => keys.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let mut parts = Vec::new();
        let wanted = schema.objects.iter().filter(|o| chosen.is_empty() || chosen.contains(&o.name.as_str()));
        for object in wanted {
            for field in object.passing_fields() {
                let open = match field.passes_on() {
                    When::Never => continue,
                    When::Always => None,
                    // The loader has refused a condition without a meaning.
                    When::If(text) => filter::parse(schema, object, text, &BindContext { now, me: None::<Id> }).ok(),
                };
                let reach = rights.reach(&object.name, Operation::Assign).bound();
                parts.push(Part { object, field, open, reach });
            }
        }
        parts
    }

    /// The records that name a user in the field: all, or what is still to be done.
    fn filter(&self, user: Id, with_done: bool) -> Bound {
        let named = Test::AnyOf(vec![Value::Ref(user)]);
        let named = Bound::Test { field: self.field.name.clone(), test: named };
        let named = if self.reach == Bound::All { named } else { named.and(self.reach.clone()) };
        match &self.open {
            Some(open) if !with_done => named.and(open.clone()),
            _ => named,
        }
    }

    fn count(&self, store: &Store, user: Id, with_done: bool) -> Result<u64, Error> {
        let filter = self.filter(user, with_done);
        Ok(store.count(Which::filtered(&self.object.name, &filter), u64::MAX)?.0)
    }
}

/// What a hand-over with these arguments comes to: for each object how many records pass on, and how many stay.
pub(in crate::crm) fn preview(
    sight: &Sight<'_>,
    schema: &Schema,
    user: Id,
    arguments: &Fields,
    now: &Zoned,
) -> Result<Vec<Message>, Error> {
    let store = sight.store;
    let argument = |name: &str| arguments.get(name).unwrap_or(&Value::Empty);
    let with_done = *argument("done") == Value::Boolean(true);
    let mut counts: BTreeMap<usize, (&Object, u64, u64)> = BTreeMap::new();
    for part in Part::of(schema, sight.rights, argument("objects"), now) {
        let passing = part.count(store, user, with_done)?;
        let all = if with_done || part.open.is_none() { passing } else { part.count(store, user, true)? };
        let place = schema.objects.iter().position(|o| o.name == part.object.name).unwrap_or_default();
        let entry = counts.entry(place).or_insert((part.object, 0, 0));
        entry.1 += passing;
        entry.2 += all - passing;
    }
    let told = counts.into_values().filter(|(_, passing, staying)| passing + staying > 0);
    let mut notes: Vec<Message> = told
        .enumerate()
        .map(|(at, (object, passing, staying))| {
            // The first says what is counted.
            let message = match (at, staying) {
                (0, 0) => msg!("hand-over-first", count = passing),
                (0, _) => msg!("hand-over-first-done", count = passing, done = staying),
                (_, 0) => msg!("hand-over-part", count = passing),
                _ => msg!("hand-over-part-done", count = passing, done = staying),
            };
            message.with("object", &object.name).with("zh", &object.plural.zh).with("en", &object.plural.en)
        })
        .collect();
    if notes.is_empty() {
        notes.push(msg!("hand-over-nothing"));
    }
    Ok(notes)
}

/// What a user still has of everybody's work, in the words of the hand-over: nothing if that is nothing.
pub(super) fn left(sight: &Sight<'_>, schema: &Schema, user: Id, now: &Zoned) -> Result<Vec<Message>, Error> {
    let mut notes = preview(sight, schema, user, &Fields::new(), now)?;
    notes.retain(|note| note.key != "hand-over-nothing");
    if let Some(first) = notes.first_mut() {
        first.key = if first.key == "hand-over-first" { "hand-over-part" } else { "hand-over-part-done" }.into();
    }
    Ok(notes)
}

/// Hands over. Refused if nobody, themselves or someone who may not act would get it.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let user = doing.record.id;
    let to = doing.take("to").ids().to_vec();
    if to.contains(&user) {
        return Err(Error::field("to", msg!("hand-over-to-oneself")));
    }
    if doing.take("disable") == Value::Boolean(true) {
        if context.user == Some(user) {
            return Err(Error::field("disable", msg!("people-not-oneself")));
        }
        doing.changes.insert(ACTIVE.to_owned(), Value::Boolean(false));
    }
    let with_done = doing.take("done") == Value::Boolean(true);
    let why = Why { comment: doing.take(COMMENT), ..Why::default() };
    let chosen = doing.take("objects");
    let parts = Part::of(doing.schema, doing.rights, &chosen, doing.now);
    let mut all = 0;
    for part in &parts {
        all += part.count(tx.store(), user, with_done)?;
    }
    context.progress.begin(all);
    let mut handing = Handing { doing, user, to, with_done, why, taken: HashMap::new(), done: 0 };
    for part in &parts {
        handing.part(part, tx, context)?;
    }
    let done = handing.done;
    doing.others += done;
    Ok(Vec::new())
}

struct Handing<'d, 'a> {
    doing: &'d Doing<'a>,
    user: Id,
    to: Vec<Id>,
    with_done: bool,
    why: Why,
    /// Who got a record that others may refer to: its place among `to`.
    taken: HashMap<(&'d str, Id), usize>,
    done: usize,
}

/// A record that names the user.
struct Found {
    id: Id,
    /// Who got the record that it belongs to.
    with: Option<usize>,
    value: Value,
}

impl<'d> Handing<'d, '_> {
    fn part(&mut self, part: &Part<'d>, tx: &mut Write<'_>, context: &mut Context) -> Result<(), Error> {
        let Part { object, field, .. } = part;
        let found = self.found(part, tx.store())?;
        let rules = self.doing.rules(&object.name)?;
        let is_tree = field.kind.target() == Some(object.name.as_str());
        let computed = is_read(object, &field.name);
        for (number, record) in found.into_iter().enumerate() {
            let at = record.with.unwrap_or(number % self.to.len().max(1));
            let Some(at) = self.fit(&object.name, record.id, at, tx.store())? else { continue };
            let Some(successor) = self.to.get(at).copied() else { return Ok(()) };
            self.taken.entry((&object.name, record.id)).or_insert(at);
            let value = match &record.value {
                Value::Refs(ids) => Value::Refs(replaced(ids, self.user, successor)),
                _ if is_tree => self.above(tx.store(), &rules, field, record.id, successor)?,
                _ => Value::Ref(successor),
            };
            let changes = Fields::from([(field.name.clone(), value)]);
            if computed {
                save::amend(tx, &rules, record.id, changes)?;
            } else {
                tx.update(&object.name, record.id, None, changes)?;
            }
            self.done += 1;
            if self.done.is_multiple_of(BATCH) {
                self.tell(tx, context)?;
            }
        }
        self.tell(tx, context)
    }

    /// The place among those who get something of who gets a record: the one given, but of a vote the first from there
    /// who may cast it. What nobody may cast stays where it is.
    fn fit(&self, object: &str, id: Id, at: usize, store: &Store) -> Result<Option<usize>, Error> {
        if object != approval::VOTE {
            return Ok(Some(at));
        }
        let Doing { schema, now, me, finder, .. } = *self.doing;
        let ground = approval::Ground { schema, now, me, finder };
        for at in (0..self.to.len()).map(|step| (at + step) % self.to.len()) {
            let who = self.to.get(at).copied().unwrap_or(Id::NOBODY);
            if approval::may_inherit(store, &ground, id, who)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn tell(&self, tx: &mut Write<'_>, context: &mut Context) -> Result<(), Error> {
        history::keep(tx, context, self.doing.schema, &self.why, self.doing.now)?;
        context.progress.reach(self.done);
        // The transaction ends with it: nothing was handed over.
        if context.progress.is_stopped() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// The records of a part, each with who got what it belongs to, if that passed on too.
    fn found(&self, part: &Part<'d>, store: &Store) -> Result<Vec<Found>, Error> {
        let one = |f: &&Field| !f.is_system() && f.kind.target().is_some() && !f.kind.is_many();
        let passed: Vec<&Field> = part.object.fields.iter().filter(one).collect();
        let mut columns: Vec<String> = passed.iter().map(|f| f.name.clone()).collect();
        if !columns.contains(&part.field.name) {
            columns.push(part.field.name.clone());
        }
        let mut found = Vec::new();
        let filter = part.filter(self.user, self.with_done);
        store.scan(Which::filtered(&part.object.name, &filter), &columns, |record| {
            let with = passed.iter().find_map(|f| {
                let id = record.get(&f.name).as_ref_id()?;
                self.taken.get(&(f.kind.target()?, id)).copied()
            });
            found.push(Found { id: record.id, with, value: record.get(&part.field.name).clone() });
            true
        })?;
        Ok(found)
    }

    /// Who stands above a user from now on: the successor, unless they would come to stand above themselves; then
    /// whoever stood above the one who leaves; else nobody.
    fn above(&self, store: &Store, rules: &Rules<'_>, field: &Field, id: Id, successor: Id) -> Result<Value, Error> {
        let leaver = store.get(&rules.object().name, self.user)?;
        let before = leaver.map(|record| record.get(&field.name).clone()).unwrap_or_default();
        for value in [Value::Ref(successor), before] {
            let changes = Fields::from([(field.name.clone(), value.clone())]);
            let fits = value != Value::Ref(id) && value != Value::Ref(self.user);
            if fits && circle::errors(store, rules.object(), id, &changes)?.is_empty() {
                return Ok(value);
            }
        }
        Ok(Value::Empty)
    }
}

/// Whether a formula of an object reads a field.
fn is_read(object: &Object, field: &str) -> bool {
    Formulas::of(object).reads(field)
}

/// A list of users with one in the place of another, each once.
fn replaced(ids: &[Id], old: Id, new: Id) -> Vec<Id> {
    let mut list = Vec::with_capacity(ids.len());
    for id in ids.iter().map(|id| if *id == old { new } else { *id }) {
        if !list.contains(&id) {
            list.push(id);
        }
    }
    list
}

/// Whether the form of an action is that of handing over, and of which object.
pub(in crate::crm) fn is_form<'s>(schema: &'s Schema, form: &Object) -> Option<&'s Object> {
    let (name, action) = form.name.split_once('.')?;
    let found = object(schema, name).ok().filter(|o| o.name == USER)?;
    found.action(action).filter(|a| a.does == crate::schema::model::UseCase::HandOver).map(|_| found)
}
