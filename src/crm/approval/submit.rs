//! Submitting: a draft, a change, or an action that must be approved first.

use super::course::{Case, Ground, due, number, vote_fields};
use super::{APPROVAL, AUDIT, VOTE, applies, approvals, pending, state, step_label, watched, written};
use crate::contract::error::Error;
use crate::crm::{Context, key, object, save, title};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::domain::workflow::{Entered, Flow, blocked, enter, first_votes};
use crate::msg;
use crate::schema::model::Action;
use crate::store::{Store, Write};

/// What is submitted.
pub(super) struct Submission<'a> {
    pub(super) flow: &'a Flow,
    /// The record as it stands.
    pub(super) record: &'a Record,
    /// An item of the kinds' dictionary.
    pub(super) kind: &'static str,
    /// The action's name, or nothing.
    pub(super) action: &'a str,
    /// The new values of a change, or the arguments of an action.
    pub(super) proposal: Fields,
    pub(super) comment: Value,
    pub(super) attachments: Value,
}

/// The flow in force that an action of a record needs, unless the same was approved and nothing has changed since.
pub(in crate::crm) fn flow_on_action<'s>(
    store: &Store,
    ground: &Ground<'s>,
    record: &Record,
    action: &str,
    changes: &Fields,
) -> Result<Option<&'s Flow>, Error> {
    let mut flows = ground.schema.flows_of(&record.object).filter(|flow| flow.is_on_action(action)).peekable();
    if flows.peek().is_none() {
        return Ok(None);
    }
    let rules = ground.rules(&record.object)?;
    let mut after = save::overlaid(&record.fields, changes);
    rules.compute(&mut after);
    let Some(flow) = flows.find(|flow| applies(&rules, flow, &after)) else { return Ok(None) };
    let base = base(ground, flow, record)?;
    let known = approvals(store, ground.schema, &key(record))?;
    let last = known.iter().find(|a| a.get("flow").as_str() == Some(flow.name.as_str()));
    let is_approved = last.is_some_and(|a| state(a) == "approved" && *a.get("base") == base && !flow.fields.is_empty());
    Ok((!is_approved).then_some(flow))
}

/// Submits an action with its arguments.
pub(in crate::crm) fn submit_action(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (flow, record, action): (&Flow, &Record, &Action),
    mut arguments: Fields,
) -> Result<Vec<Record>, Error> {
    let comment = arguments.get("comment").cloned().unwrap_or(Value::Empty);
    arguments.retain(|_, value| !value.is_empty());
    let submission = Submission {
        flow,
        record,
        kind: "action",
        action: &action.name,
        proposal: arguments,
        comment,
        attachments: Value::Empty,
    };
    submit(tx, ground, context, submission)
}

/// Submits a change of a record in force.
pub(in crate::crm) fn submit_change(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (flow, record): (&Flow, &Record),
    proposal: Fields,
) -> Result<Vec<Record>, Error> {
    let (kind, action) = ("change", "");
    let (comment, attachments) = (Value::Empty, Value::Empty);
    submit(tx, ground, context, Submission { flow, record, kind, action, proposal, comment, attachments })
}

/// Submits a draft. A draft that no flow is about any more is approved at once.
pub(super) fn submit_draft(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    record: &Record,
    (comment, attachments): (Value, Value),
) -> Result<Vec<Record>, Error> {
    let rules = ground.rules(&record.object)?;
    let mut flows = ground.schema.flows_of(&record.object).filter(|flow| flow.is_on_create());
    let Some(flow) = flows.find(|flow| applies(&rules, flow, &record.fields)) else {
        let changes = Fields::from([(AUDIT.to_owned(), Value::Choice("approved".to_owned()))]);
        return Ok(save::amend(tx, &rules, record.id, changes)?.into_iter().collect());
    };
    let (kind, action, proposal) = ("create", "", Fields::new());
    let submission = Submission { flow, record, kind, action, proposal, comment, attachments };
    submit(tx, ground, context, submission)
}

/// What a flow is about in a record, to be compared later.
fn base(ground: &Ground<'_>, flow: &Flow, record: &Record) -> Result<Value, Error> {
    let object = object(ground.schema, &flow.object)?;
    let names: Vec<&String> = watched(object, flow).map(|field| &field.name).collect();
    Ok(written(names.into_iter().map(|name| (name, record.get(name)))))
}

/// Makes the approval and the votes of its first step. `Denied` if something is in approval already, or a step has
/// nobody to decide.
fn submit(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    submission: Submission<'_>,
) -> Result<Vec<Record>, Error> {
    let Submission { flow, record, .. } = submission;
    if pending(tx.store(), ground.schema, &key(record))?.is_some() {
        return Err(Error::Denied(msg!("approval-pending")));
    }
    let author = author(ground.me, record);
    let is_change = submission.kind == "change";
    let proposed = if is_change { &submission.proposal } else { &Fields::new() };
    let proposed = save::overlaid(&record.fields, proposed);
    let (nobody, first) = {
        let store = tx.store();
        let people = ground.directory(store, Some(record));
        let holds = |step: &_| ground.step_holds(step, &flow.object, &proposed);
        (blocked(flow, 0, author, &people, holds)?, enter(flow, 0, author, &people, holds)?)
    };
    if let Some(at) = nobody {
        let label = step_label(flow, at);
        let message =
            msg!("approval-nobody", step = at + 1).with("zh", label.get(Lang::Zh)).with("en", label.get(Lang::En));
        return Err(Error::Denied(message));
    }
    let mut written = supersede(tx, ground, record, flow)?;
    let fields = approval_fields(ground, &submission, author, &first)?;
    let approval = save::create(tx, &ground.rules(APPROVAL)?, context.next_id(ground.now), fields, ground.now)?;
    let case = Case { approval: approval.clone(), flow: flow.clone() };
    if submission.kind == "create" {
        let changes = Fields::from([(AUDIT.to_owned(), Value::Choice("submitted".to_owned()))]);
        written.extend(save::amend(tx, &ground.rules(&record.object)?, record.id, changes)?);
    }
    match first {
        Entered::Step(at, approvers) => {
            let mode = flow.steps.get(at).map(|step| step.mode).unwrap_or_default();
            let rules = ground.rules(VOTE)?;
            for vote in first_votes(mode, &approvers) {
                let fields = vote_fields(&case, &vote, at + 1, 1, ground.now);
                written.push(save::create(tx, &rules, context.next_id(ground.now), fields, ground.now)?);
            }
            written.insert(0, approval);
        }
        Entered::Through | Entered::Nobody(_) => {
            let finished = super::decide::approved(tx, ground, context, &case)?;
            written.splice(0..0, finished);
        }
    }
    Ok(written)
}

/// Whose submission it is: that of whoever submits, in a store without users that of the record's owner.
fn author(me: Option<Id>, record: &Record) -> Option<Id> {
    me.or_else(|| record.get("owner").as_ref_id()).or_else(|| record.get(system::CREATED_BY).as_ref_id())
}

fn approval_fields(
    ground: &Ground<'_>,
    submission: &Submission<'_>,
    author: Option<Id>,
    first: &Entered,
) -> Result<Fields, Error> {
    let (flow, record) = (submission.flow, submission.record);
    let object = object(ground.schema, &record.object)?;
    let at = if let Entered::Step(at, _) = first { *at } else { 0 };
    let choice = |key: &str| Value::Choice(key.to_owned());
    // Written by tcrm a moment ago: it can be written.
    let rule = serde_json::to_string(flow).unwrap_or_default();
    let name: String = title(object, &record.fields, record.id).chars().take(200).collect();
    let mut fields = Fields::from([
        ("name".to_owned(), Value::text(&name)),
        ("object".to_owned(), Value::text(&record.object)),
        (record.object.clone(), Value::Ref(record.id)),
        ("flow".to_owned(), choice(&flow.name)),
        ("kind".to_owned(), choice(submission.kind)),
        ("action".to_owned(), Value::text(submission.action)),
        ("state".to_owned(), choice("pending")),
        ("step".to_owned(), Value::Integer(i64::try_from(at + 1).unwrap_or(1))),
        ("round".to_owned(), Value::Integer(1)),
        ("by".to_owned(), author.map_or(Value::Empty, Value::Ref)),
        ("at".to_owned(), Value::DateTime(ground.now.timestamp())),
        ("comment".to_owned(), submission.comment.clone()),
        ("attachments".to_owned(), submission.attachments.clone()),
        ("rule".to_owned(), Value::Text(rule)),
        ("proposal".to_owned(), written(submission.proposal.iter())),
        ("base".to_owned(), base(ground, flow, record)?),
    ]);
    fields.extend(due(flow.steps.get(at), ground.now).map(|due| ("due".to_owned(), due)));
    fields.retain(|_, value| !value.is_empty());
    Ok(fields)
}

/// What was sent back before is answered by this submission.
fn supersede(tx: &mut Write<'_>, ground: &Ground<'_>, record: &Record, flow: &Flow) -> Result<Vec<Record>, Error> {
    let rules = ground.rules(APPROVAL)?;
    let mut written = Vec::new();
    for old in approvals(tx.store(), ground.schema, &key(record))? {
        let is_same = old.get("flow").as_str() == Some(flow.name.as_str());
        if is_same && state(&old) == "returned" && number(&old, "step") > 0 {
            let changes = Fields::from([("state".to_owned(), Value::Choice("resubmitted".to_owned()))]);
            written.extend(save::amend(tx, &rules, old.id, changes)?);
        }
    }
    Ok(written)
}
