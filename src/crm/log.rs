//! What was done and what comes next: the one-line log, completing a task, and the traces that both
//! leave on the records they are about.

use super::evaluate::Rules;
use super::pool::OWNER;
use super::rights::{self, Operation, Rights, Sight};
use super::{Crm, Finder, existing, object, save, saved};
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, Progress, Saved};
use crate::domain::id::Id;
use crate::domain::quick_log::{self, NextStep, QuickLog};
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::domain::when::Moment;
use crate::msg;
use crate::schema::model::{Kind, Object, Schema};
use crate::store::{Store, Write};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

pub(super) const ACTIVITY: &str = "activity";
pub(super) const TASK: &str = "task";
/// The most characters of a subject made of a longer text.
const SUBJECT: usize = 80;
/// Records of one name that are looked at for those that may be seen.
const MOST_NAMESAKES: usize = 1_000;

impl Crm {
    /// Does an action beyond plain saving.
    pub fn act(&mut self, request: &ActRequest, finder: &dyn Finder) -> Result<Saved, Error> {
        match request {
            ActRequest::Log { about, line } => self.log(about.as_ref(), line, finder),
            ActRequest::Do(request) => self.perform(request, None, finder),
            ActRequest::DoTelling(request, progress) => {
                self.context.progress = progress.clone();
                let done = self.perform(request, None, finder);
                self.context.progress = Progress::default();
                done
            }
            ActRequest::Lines(request) => self.write_lines(request),
            ActRequest::DoEach(request) => self.perform_each(request, finder),
            ActRequest::Remind { reminder, deed } => self.remind(reminder, *deed),
        }
    }

    /// Logs a contact in one line: an activity, the last and next contact of what it is about, and a
    /// task if there is a next step with a date.
    pub fn log(&mut self, about: Option<&RecordKey>, line: &str, finder: &dyn Finder) -> Result<Saved, Error> {
        let schema = self.schema();
        self.require("log", ACTIVITY, about)?;
        let now = self.context.now();
        let log = quick_log::parse(line, &now);
        if let Some(problem) = log.next.as_ref().and_then(|next| next.problem.as_ref()) {
            return Err(Error::field("next_date", problem.value.message()));
        }
        let (links, body) = self.about(&schema, about, &log, line, finder)?;
        let body = body.trim();
        if body.is_empty() && log.kind.is_none() {
            return Err(Error::field("subject", msg!("crm-log-empty")));
        }
        let me = self.context.user;
        let (records, txn) = self.write(None, |tx, context, now| {
            let activity = object(&schema, ACTIVITY)?;
            let rules = Rules::of(&schema, activity, now, me);
            let mut fields = links.clone();
            fields.extend(activity_fields(&log, body, now)?);
            let fields = known(activity, fields);
            let mut records = vec![save::create(tx, &rules, context.next_id(now), fields, now)?];
            if let Some(next) = log.next.as_ref().filter(|n| n.due.is_some()) {
                let task = object(&schema, TASK)?;
                let rules = Rules::of(&schema, task, now, me);
                let mut fields = known(task, task_fields(&links, next, body, now)?);
                if me.is_none() {
                    // Nobody in particular logs it: what comes next is for whoever looks after them.
                    fields.extend(caretaker(tx.store(), &schema, &links)?.map(|owner| (OWNER.to_owned(), owner)));
                }
                records.push(save::create(tx, &rules, context.next_id(now), fields, now)?);
            }
            let rights = rights::current(tx.store(), context)?;
            Sight { store: tx.store(), rights: &rights }.may_make(&records)?;
            records.extend(contacted(tx, &schema, &records, now)?);
            Ok(records)
        })?;
        let rights = self.rights()?;
        Ok(saved(Sight { store: &self.store, rights: &rights }.seen_after(records)?, txn))
    }

    /// The records that a log line is about, and what is left to say.
    fn about<'l>(
        &self,
        schema: &Schema,
        about: Option<&RecordKey>,
        log: &'l QuickLog,
        line: &'l str,
        finder: &dyn Finder,
    ) -> Result<(Fields, &'l str), Error> {
        let activity = object(schema, ACTIVITY)?;
        let mut links = Fields::new();
        if let Some(key) = about {
            let record = existing(&self.store, &key.object, key.id)?;
            link(activity, &record, &mut links);
        }
        // What no activity can be about (a department, a role) says nothing of whom it was with.
        let about = about.filter(|_| !links.is_empty());
        let Some(who) = &log.who else {
            return if about.is_some() { Ok((links, &log.body.value)) } else { Err(nobody("")) };
        };
        let rights = self.rights()?;
        let people = People { store: &self.store, schema, finder, rights: &rights };
        match (people.named(&who.value, links.get("customer").and_then(Value::as_ref_id))?, about) {
            (Some(record), None) => link(activity, &record, &mut links),
            // A contact of the customer at hand; else the name is part of what is told.
            (Some(record), Some(_)) if record.object == "contact" => link(activity, &record, &mut links),
            (_, Some(_)) => return Ok((links, log.body_with_who(line))),
            (None, None) => return Err(nobody(&who.value)),
        }
        Ok((links, &log.body.value))
    }
}

fn nobody(text: &str) -> Error {
    let message = if text.trim().is_empty() { msg!("crm-log-nobody") } else { msg!("crm-log-unknown", text = text) };
    Error::field("customer", message)
}

/// Finds customers and contacts by the names of a log line.
struct People<'a> {
    store: &'a Store,
    schema: &'a Schema,
    finder: &'a dyn Finder,
    rights: &'a Rights,
}

impl People<'_> {
    /// The contact or customer that a text names: a contact of the customer at hand, a customer, a
    /// customer and then one of its contacts, or any contact.
    fn named(&self, text: &str, customer: Option<Id>) -> Result<Option<Record>, Error> {
        if let Some(customer) = customer {
            return self.contact_of(customer, text);
        }
        if let Some(record) = self.one("customer", text)? {
            return Ok(Some(record));
        }
        for (at, _) in text.char_indices().filter(|(_, c)| c.is_whitespace()) {
            let (first, rest) = text.split_at(at);
            if let Some(customer) = self.one("customer", first.trim())? {
                let contact = self.contact_of(customer.id, rest.trim())?;
                return Ok(Some(contact.unwrap_or(customer)));
            }
        }
        self.one("contact", text)
    }

    /// The one record that a name means: exactly, or as the only hit of the search.
    fn one(&self, object: &str, text: &str) -> Result<Option<Record>, Error> {
        let Some(definition) = self.schema.object(object) else { return Ok(None) };
        let value = Value::text(text);
        if value.is_empty() {
            return Ok(None);
        }
        let sight = Sight { store: self.store, rights: self.rights };
        // Of those whom the user may not see nobody is meant.
        let most = if self.rights.is_unlimited() { 3 } else { MOST_NAMESAKES };
        let mut ids = Vec::new();
        for field in definition.code.iter().chain([&definition.title]) {
            ids.extend(sight.among(Operation::View, object, &self.store.find_equal(object, field, &value, most)?)?);
        }
        if ids.is_empty() {
            let found = self.finder.ranked(object, text, most)?.into_iter().filter_map(Id::from_i64);
            ids = sight.among(Operation::View, object, &found.collect::<Vec<Id>>())?;
            ids.truncate(3);
        }
        ids.dedup();
        match ids.as_slice() {
            [] => Ok(None),
            [id] => Ok(self.store.get(object, *id)?),
            _ => {
                let titles = self.store.titles(object, &ids)?;
                let title = |id: &Id| titles.get(id).cloned().unwrap_or_else(|| id.to_string());
                let candidates = ids.iter().map(|id| (*id, title(id))).collect();
                Err(Error::Ambiguous { message: msg!("crm-ambiguous", text = text), candidates })
            }
        }
    }

    fn contact_of(&self, customer: Id, text: &str) -> Result<Option<Record>, Error> {
        let ids = self.store.referring_ids("contact", "customer", customer, 500)?;
        let ids = Sight { store: self.store, rights: self.rights }.among(Operation::View, "contact", &ids)?;
        let title = self.schema.object("contact").map(|o| o.title.clone()).unwrap_or_default();
        let contacts = self.store.get_many("contact", &ids)?;
        let surname = text.chars().next();
        let named = |record: &&Record| record.get(&title).as_str() == Some(text);
        // 王总, 李工, 张经理: a surname and how one speaks to them.
        let addressed = |record: &&Record| {
            let is_form = FORMS.iter().any(|form| text.chars().skip(1).eq(form.chars()));
            is_form && record.get(&title).as_str().and_then(|name| name.chars().next()) == surname
        };
        let exact = contacts.iter().find(named);
        let mut alike = contacts.iter().filter(addressed);
        let only = alike.next().filter(|_| alike.next().is_none());
        Ok(exact.or(only).cloned())
    }
}

/// Forms of address behind a Chinese surname.
const FORMS: [&str; 14] =
    ["总", "工", "经理", "主任", "老师", "先生", "女士", "小姐", "科长", "处长", "部长", "厂长", "董", "总监"];

/// Links an activity to a record and to what that record belongs to.
pub(super) fn link(activity: &Object, record: &Record, links: &mut Fields) {
    if activity.field(&record.object).is_some_and(|f| f.kind.target() == Some(&record.object)) {
        links.insert(record.object.clone(), Value::Ref(record.id));
    }
    for through in ["customer", "contact", "opportunity", "lead"] {
        if record.object != through
            && let Value::Ref(id) = record.get(through)
        {
            links.entry(through.to_owned()).or_insert(Value::Ref(*id));
        }
    }
}

/// Whose the records are that something is about: the first owner there is.
fn caretaker(store: &Store, schema: &Schema, links: &Fields) -> Result<Option<Value>, Error> {
    for (object, value) in links {
        let (Some(_), Some(id)) = (schema.object(object), value.as_ref_id()) else { continue };
        let owner = store.get(object, id)?.map(|record| record.get(OWNER).clone());
        if let Some(owner @ Value::Ref(_)) = owner {
            return Ok(Some(owner));
        }
    }
    Ok(None)
}

pub(super) fn known(object: &Object, mut fields: Fields) -> Fields {
    fields.retain(|name, value| !value.is_empty() && object.field(name).is_some_and(|f| !f.retired));
    fields
}

fn activity_fields(log: &QuickLog, body: &str, now: &Zoned) -> Result<Fields, Error> {
    let kind = log.kind_or_note().key();
    let subject = if body.is_empty() { kind } else { body };
    let mut fields = Fields::from([
        ("kind".to_owned(), Value::Choice(kind.to_owned())),
        ("at".to_owned(), Value::DateTime(now.timestamp())),
        ("subject".to_owned(), Value::Text(shortened(subject))),
    ]);
    if subject.chars().count() > SUBJECT {
        fields.insert("content".to_owned(), Value::Text(body.to_owned()));
    }
    if let Some(next) = &log.next {
        fields.insert("next_step".to_owned(), Value::text(&next.text.value));
        if let Some(due) = &next.due {
            fields.insert("next_date".to_owned(), Value::DateTime(due_time(&due.value, now)?));
        }
    }
    Ok(fields)
}

fn task_fields(links: &Fields, next: &NextStep, body: &str, now: &Zoned) -> Result<Fields, Error> {
    let mut fields = links.clone();
    let text = if next.text.value.trim().is_empty() { body } else { next.text.value.trim() };
    fields.insert("subject".to_owned(), Value::text(&shortened(text)));
    if let Some(due) = &next.due {
        fields.insert("due".to_owned(), Value::DateTime(due_time(&due.value, now)?));
    }
    Ok(fields)
}

/// A day without a time is due at its end of business.
fn due_time(due: &Moment, now: &Zoned) -> Result<Timestamp, Error> {
    let bad =
        |error: jiff::Error| Error::field("next_date", crate::domain::message::Message::literal(error.to_string()));
    match due {
        Moment::At(at) => Ok(at.timestamp()),
        Moment::Day(day) => Ok(day.at(18, 0, 0, 0).to_zoned(now.time_zone().clone()).map_err(bad)?.timestamp()),
    }
}

/// The activity of a task that is done.
pub(super) fn outcome_fields(schema: &Schema, task: &Record, comment: &str, now: &Zoned) -> Result<Fields, Error> {
    let activity = object(schema, ACTIVITY)?;
    let mut fields = Fields::from([
        ("kind".to_owned(), Value::Choice("note".to_owned())),
        ("at".to_owned(), Value::DateTime(now.timestamp())),
        ("subject".to_owned(), task.get("subject").clone()),
        ("content".to_owned(), Value::text(comment)),
    ]);
    link(activity, task, &mut fields);
    Ok(known(activity, fields))
}

/// The activity that notes a comment on a record.
pub(super) fn note_fields(schema: &Schema, about: &Record, comment: &str, now: &Zoned) -> Result<Fields, Error> {
    let activity = object(schema, ACTIVITY)?;
    let mut fields = Fields::from([
        ("kind".to_owned(), Value::Choice("note".to_owned())),
        ("at".to_owned(), Value::DateTime(now.timestamp())),
        ("subject".to_owned(), Value::Text(shortened(comment))),
    ]);
    if comment.chars().count() > SUBJECT || comment.contains('\n') {
        fields.insert("content".to_owned(), Value::text(comment));
    }
    link(activity, about, &mut fields);
    Ok(known(activity, fields))
}

pub(super) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SUBJECT) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

/// Notes the last and next contact on what new activities are about. Planned activities are none yet.
pub(super) fn contacted(
    tx: &mut Write<'_>,
    schema: &Schema,
    records: &[Record],
    now: &Zoned,
) -> Result<Vec<Record>, Error> {
    let mut touched = Vec::new();
    for activity in records.iter().filter(|r| r.object == ACTIVITY && r.get("state").as_str() != Some("planned")) {
        let Value::DateTime(at) = activity.get("at") else { continue };
        for (name, value) in &activity.fields {
            let target = schema.object(ACTIVITY).and_then(|o| o.field(name)).and_then(|f| f.kind.target());
            let (Some(target), Value::Ref(id)) = (target.and_then(|t| schema.object(t)), value) else { continue };
            let record = existing(tx.store(), &target.name, *id)?;
            let next = match activity.get("next_date") {
                Value::DateTime(at) => Some(at.to_zoned(now.time_zone().clone()).date()),
                _ => None,
            };
            let changes = trace(target, &record, *at, next);
            if !changes.is_empty() {
                touched.extend(save::amend(tx, &Rules::of(schema, target, now, None), *id, changes)?);
            }
        }
    }
    Ok(touched)
}

fn trace(object: &Object, record: &Record, at: Timestamp, next: Option<Date>) -> Fields {
    let mut changes = Fields::new();
    let is = |name: &str, kind: &Kind| object.field(name).is_some_and(|f| f.kind == *kind && !f.retired);
    let earlier = match record.get("last_contact") {
        Value::DateTime(last) => *last < at,
        _ => true,
    };
    if is("last_contact", &Kind::DateTime) && earlier {
        changes.insert("last_contact".to_owned(), Value::DateTime(at));
    }
    if let Some(next) = next
        && is("next_contact", &Kind::Date)
    {
        changes.insert("next_contact".to_owned(), Value::Date(next));
    }
    changes
}
