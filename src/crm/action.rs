//! Actions of the schema: what can be done with a record beyond editing it, each in one transaction.
//!
//! The schema says when an action may be done, what it asks for and which fields it sets; a use-case in a
//! file of this module does what is more than that.

mod advance;
mod call;
mod campaign;
mod complete;
mod convert;
mod finish;
pub(super) mod hand_over;
mod papers;
mod payments;

use super::approval::{self, Ground};
use super::evaluate::{Rules, stored_errors};
use super::owner::{self, Why};
use super::rights::{self, Rights, Sight};
use super::{
    Context, Crm, Finder, assign, derive, existing, history, log, named, object, people, permit, prepare, save, saved,
    wanting,
};
use crate::contract::error::Error;
use crate::contract::request::{DoRequest, Duplicate, EachRequest, Offer, Refusal, Saved, View};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext};
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{ACTIVE, Action, Object, Schema, USER, UseCase};
use crate::store::Write;
use jiff::Zoned;
use std::sync::Arc;

/// The argument that says in words why or how: noted as an activity where nothing else takes it up.
const COMMENT: &str = "comment";
/// The argument that says why a record goes to another owner.
const REASON: &str = "reason";

/// An action under way, inside its transaction.
pub(super) struct Doing<'a> {
    pub(super) schema: &'a Schema,
    pub(super) now: &'a Zoned,
    pub(super) me: Option<Id>,
    /// What the user may do.
    pub(super) rights: &'a Rights,
    /// Finds the words of a filter.
    pub(super) finder: &'a dyn Finder,
    /// The record as it was before.
    pub(super) record: &'a Record,
    /// What the record will be given when the use-case is through.
    pub(super) changes: Fields,
    /// The arguments, checked against the action's form; a use-case takes out what it uses up.
    pub(super) arguments: Fields,
    /// Other records that were changed along the way.
    pub(super) linked: Vec<Record>,
    /// How many more were changed that are too many to name.
    pub(super) others: usize,
}

impl<'a> Doing<'a> {
    /// The rules of an object, here and now.
    pub(super) fn rules(&self, object: &str) -> Result<Rules<'a>, Error> {
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
        let offer = |action: &Action| {
            let permit = self.allowed(&action.name, &key.object, Some(key))?;
            let refusal = permit.refusal();
            let is_leaving = key.object == USER && action.set.iter().any(|(f, to)| f == ACTIVE && to == "false");
            let notes = match is_leaving && refusal.is_none() {
                true => {
                    let rights = self.rights()?;
                    let sight = Sight { store: &self.store, rights: &rights };
                    hand_over::left(&sight, &schema, key.id, &self.context.now())?
                }
                false => Vec::new(),
            };
            Ok(Offer { action: action.name.clone(), refusal, notes })
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
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let mut record = sight.get(&key.object, key.id)?;
        sight.hide(&key.object, [&mut record])?;
        let mut fields = Fields::new();
        fill(action, &record, &mut fields);
        if action.does == UseCase::Convert {
            convert::fill(action, &record, &mut fields);
        }
        let rules = Rules::of(&schema, &action.form, &self.context.now(), self.context.user);
        prepare::fill_defaults(&rules, &mut fields);
        let form = Record { object: action.form.name.clone(), id: key.id, version: record.version, fields };
        let mut titles = sight.titles_of([&form])?;
        titles.insert(key.id, super::title(object, &record.fields, key.id));
        Ok(View { record: form, titles })
    }

    /// Does an action of the schema on a record, in one transaction.
    pub(super) fn perform(
        &mut self,
        request: &DoRequest,
        part_of: Option<i64>,
        finder: &dyn Finder,
    ) -> Result<Saved, Error> {
        let schema = self.schema();
        let action = schema.object(&request.key.object).and_then(|object| object.find_action(&request.action));
        if action.is_none_or(|action| action.does != UseCase::HandOver) {
            return self.perform_here(request, part_of, finder);
        }
        self.store.before_many()?;
        let done = self.perform_here(request, part_of, finder);
        self.store.after_many();
        done
    }

    fn perform_here(&mut self, request: &DoRequest, part_of: Option<i64>, finder: &dyn Finder) -> Result<Saved, Error> {
        let schema = self.schema();
        let target = object(&schema, &request.key.object)?;
        let action = action(target, &request.action)?;
        self.require(&action.name, &target.name, Some(&request.key))?;
        let me = self.context.user;
        let written = self.write_part(None, part_of, |tx, context, now| {
            let rights = rights::current(tx.store(), context)?;
            let sight = Sight { store: tx.store(), rights: &rights };
            // A vote is a right of its own.
            if !action.does.is_vote() {
                sight.demand(permit::operation(target, &action.name), &target.name, request.key.id)?;
            }
            let record = existing(tx.store(), &target.name, request.key.id)?;
            if request.version.is_some_and(|version| version != record.version) {
                return Err(save::conflict(&schema, record));
            }
            if let Some(reason) = unfit(&schema, target, action, &record, now, me) {
                return Err(Error::Denied(reason));
            }
            let arguments =
                arguments(tx, &schema, (action, &record), &filled(&sight, action, &record, request)?, now, me)?;
            let ground = Ground { schema: &schema, now, me, finder };
            if action.does.is_approval() {
                let done = approval_done(tx, &ground, context, (&record, action), arguments)?;
                return Ok((done, 0));
            }
            may_give(&sight, action, &record, &request.fields)?;
            let changes = changes_of(&schema, (target, action), &arguments, now, me)?;
            if let Some(flow) = approval::flow_on_action(tx.store(), &ground, &record, &action.name, &changes)? {
                let submitted = approval::submit_action(tx, &ground, context, (flow, &record, action), arguments)?;
                return Ok((with_record(tx, &record, submitted)?, 0));
            }
            let rules = Rules::of(&schema, target, now, me);
            let waiting = approval::guard(tx.store(), &rules, &record, &changes)?;
            if !waiting.is_empty() {
                return Err(Error::Invalid(waiting));
            }
            let (record, linked) = (&record, Vec::new());
            let (rights, others) = (&rights, 0);
            let mut doing =
                Doing { schema: &schema, now, me, rights, finder, record, changes, arguments, linked, others };
            if let Some(error) = people::oneself(target, Some(record.id), me, &doing.changes) {
                return Err(Error::Denied(error.message));
            }
            let records = carry_out(&mut doing, action.does, tx, context)?;
            Sight { store: tx.store(), rights }.may_make(&records)?;
            Ok((records, doing.others))
        });
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let ((records, others), txn) = written.map_err(|error| sight.told(&target.name, error))?;
        let mut saved = saved(sight.seen_after(derive::refreshed(&self.store, &schema, records)?)?, txn);
        saved.touched += others;
        Ok(saved)
    }

    /// Does an action on several records, each in a transaction of its own, undone as one. What can't be done is
    /// told; arguments that are wrong before anything is done fail the whole.
    pub(super) fn perform_each(&mut self, request: &EachRequest, finder: &dyn Finder) -> Result<Saved, Error> {
        let mut all = Saved::default();
        if let Some(key) = request.keys.first().filter(|_| request.keys.len() > 1) {
            self.require("bulk", &key.object, None)?;
        }
        for key in &request.keys {
            let one = DoRequest {
                action: request.action.clone(),
                key: key.clone(),
                fields: request.fields.clone(),
                comment: request.comment.clone(),
                version: None,
            };
            match self.perform(&one, (all.txn != 0).then_some(all.txn), finder) {
                Ok(saved) => {
                    all.txn = if all.txn == 0 { saved.txn } else { all.txn };
                    all.touched += saved.touched;
                    all.records.extend(saved.records.into_iter().take(1));
                }
                Err(error @ Error::Invalid(_)) if all.txn == 0 => return Err(error),
                Err(why) => all.refused.push(self.refused(key, why)),
            }
        }
        Ok(all)
    }

    fn refused(&self, key: &RecordKey, why: Error) -> Refusal {
        let titles =
            self.rights().and_then(|r| Sight { store: &self.store, rights: &r }.titles(&key.object, &[key.id]));
        let titles = titles.ok();
        let title = titles.and_then(|mut titles| titles.remove(&key.id)).unwrap_or_else(|| key.id.to_string());
        Refusal { key: key.clone(), title, why }
    }
}

/// Gives arguments that begin with what the record has, where they are not given.
fn fill(action: &Action, record: &Record, given: &mut Fields) {
    for argument in action.form.fields.iter().filter(|argument| argument.name != COMMENT) {
        let from = action.fill.get(&argument.name);
        let from = from.or_else(|| action.writes.contains(&argument.name).then_some(&argument.name));
        let value = from.map(|name| record.get(name)).filter(|value| !value.is_empty());
        if let Some(value) = value.filter(|_| !given.contains_key(&argument.name)) {
            given.insert(argument.name.clone(), value.clone());
        }
    }
}

/// A request with what the action's form would begin with for the arguments that were not given: the same for whoever
/// asks without a form.
fn filled(sight: &Sight<'_>, action: &Action, record: &Record, request: &DoRequest) -> Result<DoRequest, Error> {
    let (mut seen, mut request) = (record.clone(), request.clone());
    sight.hide(&record.object, [&mut seen])?;
    fill(action, &seen, &mut request.fields);
    Ok(request)
}

/// The changes of the record that an action is by itself.
fn changes_of(
    schema: &Schema,
    (target, action): (&Object, &Action),
    arguments: &Fields,
    now: &Zoned,
    me: Option<Id>,
) -> Result<Fields, Error> {
    let mut changes = fixed(schema, target, &action.set, now, me)?;
    let written = arguments.iter().filter(|(name, _)| action.writes.contains(name));
    changes.extend(written.map(|(name, value)| (name.clone(), value.clone())));
    Ok(changes)
}

/// Does an action of approvals. Where a note is wanted that it doesn't keep itself, it is one of the record.
fn approval_done(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (record, action): (&Record, &Action),
    mut arguments: Fields,
) -> Result<Vec<Record>, Error> {
    let enables = matches!(action.does, UseCase::Submit | UseCase::Enable | UseCase::Disable);
    match approval::unfit(tx.store(), ground, record, action.does)? {
        Some(why) if enables => return Err(Error::Denied(why)),
        // Told by what follows, which knows whether it was theirs to decide.
        Some(_) => {}
        None => {
            let rights = rights::current(tx.store(), context)?;
            may_give(&Sight { store: tx.store(), rights: &rights }, action, record, &arguments)?;
        }
    }
    let mut done = Vec::new();
    if matches!(action.does, UseCase::Enable | UseCase::Disable)
        && let Some(Value::Text(comment)) = arguments.remove(COMMENT)
    {
        let fields = log::note_fields(ground.schema, record, &comment, ground.now)?;
        let rules = Rules::of(ground.schema, object(ground.schema, log::ACTIVITY)?, ground.now, ground.me);
        done.push(save::create(tx, &rules, context.next_id(ground.now), fields, ground.now)?);
    }
    done.extend(approval::decide(tx, ground, context, (record, action.does), &mut arguments)?);
    with_record(tx, record, done)
}

/// Records with the one that was acted on first, as everything left it.
fn with_record(tx: &Write<'_>, record: &Record, mut records: Vec<Record>) -> Result<Vec<Record>, Error> {
    records.retain(|r| r.id != record.id);
    records.insert(0, existing(tx.store(), &record.object, record.id)?);
    Ok(records)
}

/// Does an action that was approved, as its author wanted it. `Denied` if it can't be done any more.
pub(super) fn carry_out_approved(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (record, name): (&Record, &str),
    arguments: Fields,
) -> Result<Vec<Record>, Error> {
    let Ground { schema, now, me, finder } = *ground;
    let target = object(schema, &record.object)?;
    let action = action(target, name)?;
    if let Some(reason) = unfit(schema, target, action, record, now, me) {
        return Err(Error::Denied(reason));
    }
    let changes = changes_of(schema, (target, action), &arguments, now, me)?;
    // What its author may not do isn't done for them either.
    let rights = match me {
        Some(author) => Arc::new(rights::of_user(tx.store(), context, author)?),
        None => rights::current(tx.store(), context)?,
    };
    let (linked, others) = (Vec::new(), 0);
    let mut doing = Doing { schema, now, me, rights: &rights, finder, record, changes, arguments, linked, others };
    carry_out(&mut doing, action.does, tx, context)
}

/// Judges the arguments of an action: what they refer to must be seen, and what they are written to be written.
fn may_give(sight: &Sight<'_>, action: &Action, record: &Record, given: &Fields) -> Result<(), Error> {
    let errors = sight.unseen(&action.form, Some(record), given)?;
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let written = given.iter().filter(|(name, value)| action.writes.contains(name) && record.get(name) != *value);
    let refused = sight.rights.may_write(&record.object, written.map(|(name, _)| name));
    refused.map_or(Ok(()), |why| Err(Error::Denied(why)))
}

/// Does all that an action is: its use-case, its note, the record's own fields, the traces. The record comes first.
fn carry_out(
    doing: &mut Doing<'_>,
    does: UseCase,
    tx: &mut Write<'_>,
    context: &mut Context,
) -> Result<Vec<Record>, Error> {
    let (schema, record, now) = (doing.schema, doing.record, doing.now);
    let newest = context.next_id(now);
    let mut records = match does {
        UseCase::Set => Vec::new(),
        UseCase::Complete => complete::run(doing, tx, context)?,
        UseCase::Advance | UseCase::Win | UseCase::Lose => {
            advance::run(doing, does)?;
            Vec::new()
        }
        UseCase::Convert => convert::run(doing, tx, context)?,
        UseCase::Call => call::run(doing, tx, context)?,
        UseCase::Finish => finish::run(doing, tx, context)?,
        UseCase::FillMembers => campaign::fill_members(doing, tx, context)?,
        UseCase::Respond => campaign::respond(doing, tx, context)?,
        UseCase::ToContract => papers::make(doing, "contract", tx, context)?,
        UseCase::ToOrder => papers::make(doing, "order", tx, context)?,
        UseCase::PlanPayments => payments::plan(doing, tx, context)?,
        UseCase::CancelPlans | UseCase::RestorePlans => {
            payments::cancel(doing, does == UseCase::CancelPlans, tx)?;
            Vec::new()
        }
        UseCase::Receive => payments::receive(doing, tx, context)?,
        // Done before, by the approvals.
        UseCase::Submit
        | UseCase::Withdraw
        | UseCase::Supplement
        | UseCase::Approve
        | UseCase::SendBack
        | UseCase::Transfer
        | UseCase::AddSigner
        | UseCase::Enable
        | UseCase::Disable => Vec::new(),
        UseCase::HandOver => hand_over::run(doing, tx, context)?,
    };
    assign_new(doing, tx, &mut records, newest)?;
    let rules = doing.rules(&record.object)?;
    let is_move = owner::is_move(schema, record, &doing.changes);
    if !is_move {
        records.extend(note(doing, tx, context)?);
    }
    let after = save::enact(tx, &rules, record.id, doing.changes.clone())?;
    if is_move {
        let why = Why { reason: doing.take(REASON), comment: doing.take(COMMENT), pool: None };
        records.extend(history::keep(tx, context, schema, &why, now)?);
    }
    // A plan that was carried out is a contact like one that is logged.
    records.insert(0, after);
    let touched = log::contacted(tx, schema, &records, now)?;
    records.extend(touched);
    records.append(&mut doing.linked);
    // As everything left it.
    records.retain(|r| r.id != record.id);
    records.insert(0, existing(tx.store(), &record.object, record.id)?);
    Ok(records)
}

/// What was said of an action, where nothing else took it up: an activity of the record.
fn note(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Option<Record>, Error> {
    let Value::Text(comment) = doing.take(COMMENT) else { return Ok(None) };
    let fields = log::note_fields(doing.schema, doing.record, &comment, doing.now)?;
    let (rules, id) = (doing.rules(log::ACTIVITY)?, context.next_id(doing.now));
    save::create(tx, &rules, id, fields, doing.now).map(Some)
}

/// Gives the records that an action made (their ids are later than `newest`) to whom the assignment rules say, like
/// those entered by hand.
fn assign_new(doing: &Doing<'_>, tx: &mut Write<'_>, records: &mut [Record], newest: Id) -> Result<(), Error> {
    for record in records.iter_mut().filter(|record| record.id > newest) {
        if assign::rules_of(doing.schema, &record.object).next().is_some() {
            let rules = doing.rules(&record.object)?;
            *record = assign::give(tx, &rules, record.clone(), &Fields::new())?.0;
        }
    }
    Ok(())
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
    // Where nobody is signed in, nothing is theirs.
    let me = me.or_else(|| Id::from_i64(1));
    let fits = filter::parse(schema, object, &action.when, &BindContext { now, me }).is_ok_and(|bound| {
        filter::matches(&bound, object, &|name| record.get(name), &crate::domain::record::Titles::new())
    });
    (!fits).then(|| match &action.reason {
        Some(reason) => msg!("schema-rule", zh = reason.get(Lang::Zh), en = reason.get(Lang::En)),
        None => wanting(msg!("crm-action-unfit"), schema, object, &action.when)
            .with("zh", action.label.get(Lang::Zh))
            .with("en", action.label.get(Lang::En)),
    })
}

/// The arguments with their defaults, or every failing one.
fn arguments(
    tx: &Write<'_>,
    schema: &Schema,
    (action, record): (&Action, &Record),
    request: &DoRequest,
    now: &Zoned,
    me: Option<Id>,
) -> Result<Fields, Error> {
    let mut given = request.fields.clone();
    if action.does == UseCase::Convert {
        convert::fill(action, record, &mut given);
    }
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
    errors.extend(stored_errors(tx.store(), &rules, None, &given)?);
    errors.extend(people::left(tx.store(), schema, &action.form, Some(record), &given)?);
    if errors.is_empty() { Ok(given) } else { Err(Error::Invalid(errors)) }
}

/// What the form of an action would make a record of that may be there already: its object and fields.
pub(super) fn likely<'s>(schema: &'s Schema, form: &Object, fields: &Fields) -> Option<(&'s Object, Fields)> {
    let (object, name) = form.name.split_once('.')?;
    let action = schema.object(object)?.action(name)?;
    (action.does == UseCase::Convert).then(|| convert::likely(schema, fields)).flatten()
}

/// A candidate for a duplicate with what is alike told by the arguments of the form.
pub(super) fn by_argument(mut found: Duplicate) -> Duplicate {
    for field in found.fields.iter_mut().filter(|field| *field == "name") {
        *field = convert::CUSTOMER_NAME.to_owned();
    }
    found
}

/// Whether activities can be about records of an object.
fn can_note(schema: &Schema, object: &str) -> bool {
    let activity = schema.object(log::ACTIVITY);
    activity.is_some_and(|a| a.fields.iter().any(|f| f.kind.target() == Some(object) && !f.kind.is_many()))
}

/// The values that the schema fixes. `Denied` where one is to be the signed-in user and nobody is.
pub(super) fn fixed(
    schema: &Schema,
    object: &Object,
    set: &[(String, String)],
    now: &Zoned,
    me: Option<Id>,
) -> Result<Fields, Error> {
    let resolve =
        |object: &str, text: &str| Err(named(msg!("crm-no-match", object = object, text = text), schema, object));
    let context = ParseContext { now, me, currency: &schema.currency, schema, resolve: &resolve };
    let mut fixed = Fields::new();
    for (name, typed) in set {
        let Some(field) = object.field(name) else { continue };
        // The loader has read it already: only the user can be missing.
        let value = kind::parse(&field.kind, typed, &context).map_err(Error::Denied)?;
        fixed.insert(name.clone(), value);
    }
    Ok(fixed)
}
