//! Deciding on what was submitted, in the transaction of whoever decides.

use super::course::{Ballot, Case, Ground, due, number, vote_fields};
use super::submit::submit_draft;
use super::{APPROVAL, AUDIT, ENABLED, VOTE, pending, state, step_label};
use crate::contract::error::Error;
use crate::crm::action;
use crate::crm::{Context, existing, key, save};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::domain::workflow::{self, Entered, People, Progress, VoteState, enter, first_votes, may_vote};
use crate::msg;
use crate::schema::model::UseCase;
use crate::store::{Store, Write};

/// Why an approval's action can't be done with a record now; `None` if it can.
pub(in crate::crm) fn unfit(
    store: &Store,
    ground: &Ground<'_>,
    record: &Record,
    does: UseCase,
) -> Result<Option<Message>, Error> {
    let audit = record.get(AUDIT).as_str();
    let enabled = *record.get(ENABLED) != Value::Boolean(false);
    let in_force = matches!(audit, None | Some("approved"));
    Ok(match does {
        UseCase::Submit if !matches!(audit, Some("draft" | "returned")) => Some(msg!("approval-no-draft")),
        UseCase::Submit => pending(store, ground.schema, &key(record))?.map(|_| msg!("approval-pending")),
        UseCase::Enable if !in_force => Some(msg!("approval-not-approved")),
        UseCase::Enable => enabled.then(|| msg!("approval-enabled")),
        UseCase::Disable => (!enabled).then(|| msg!("approval-disabled")),
        _ => match case_of(store, ground, record)? {
            None => Some(msg!("approval-none")),
            Some(case) if state(&case.approval) != "pending" => Some(msg!("approval-decided")),
            Some(case) if matches!(does, UseCase::Withdraw | UseCase::Supplement) => not_author(&case, ground),
            Some(case) => mine(store, ground, &case)?.err(),
        },
    })
}

/// The approval that is meant by itself or by its record.
fn case_of(store: &Store, ground: &Ground<'_>, record: &Record) -> Result<Option<Case>, Error> {
    if record.object == APPROVAL {
        return Case::of(record.clone()).map(Some);
    }
    pending(store, ground.schema, &key(record))?.map(Case::of).transpose()
}

fn not_author(case: &Case, ground: &Ground<'_>) -> Option<Message> {
    (ground.me.is_some() && ground.me != case.author()).then(|| msg!("approval-not-author"))
}

/// The number of the vote that the signed-in user may cast, or why there is none. Nobody in particular may cast any.
fn mine(store: &Store, ground: &Ground<'_>, case: &Case) -> Result<Result<usize, Message>, Error> {
    let ballot = case.votes(store)?;
    let waiting = || ballot.votes.iter().enumerate().filter(|(_, vote)| vote.state == VoteState::Waiting);
    let Some(me) = ground.me else {
        return Ok(waiting().next().map(|(at, _)| at).ok_or_else(|| msg!("approval-decided")));
    };
    if let Some((at, _)) = waiting().find(|(_, vote)| vote.approver == me) {
        return Ok(Ok(at));
    }
    let people = ground.directory(store, None);
    let own = case.flow.steps.get(case.step()).is_some_and(|step| step.own);
    for (at, vote) in waiting() {
        if may_vote(vote.approver, me, case.author(), own, &people)? {
            return Ok(Ok(at));
        }
    }
    let ids: Vec<Id> = waiting().map(|(_, vote)| vote.approver).collect();
    let names = store.titles("user", &ids)?;
    let names: Vec<&str> = ids.iter().filter_map(|id| names.get(id).map(String::as_str)).collect();
    Ok(Err(msg!("approval-not-yours", who = names.join(", "))))
}

/// Does an approval's action. What is done with `arguments` is taken out of them; the record itself is written here.
pub(in crate::crm) fn decide(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (record, does): (&Record, UseCase),
    arguments: &mut Fields,
) -> Result<Vec<Record>, Error> {
    let mut take = |name: &str| arguments.remove(name).unwrap_or(Value::Empty);
    let comment = take("comment");
    match does {
        UseCase::Submit => return submit_draft(tx, ground, context, record, (comment, take("attachments"))),
        UseCase::Enable | UseCase::Disable => {
            let changes = Fields::from([(ENABLED.to_owned(), Value::Boolean(does == UseCase::Enable))]);
            return Ok(save::amend(tx, &ground.rules(&record.object)?, record.id, changes)?.into_iter().collect());
        }
        _ => {}
    }
    let case = case_of(tx.store(), ground, record)?.ok_or_else(|| Error::Denied(msg!("approval-none")))?;
    if state(&case.approval) != "pending" {
        return Err(decided_already(&case));
    }
    if does == UseCase::Withdraw {
        return withdraw(tx, ground, &case, comment);
    }
    if does == UseCase::Supplement {
        return supplement(tx, ground, &case, (comment, take("attachments")));
    }
    let mut said =
        Fields::from([("comment".to_owned(), comment.clone()), ("attachments".to_owned(), take("attachments"))]);
    said.retain(|_, value| !value.is_empty());
    match does {
        UseCase::Transfer | UseCase::AddSigner => {
            let field = if does == UseCase::Transfer { "to" } else { "signer" };
            pass_to(tx, ground, context, (&case, does), (field, take(field), said))
        }
        _ => {
            let to_step = take("to_step");
            cast(tx, ground, context, (&case, does == UseCase::Approve), (to_step, comment, said))
        }
    }
}

/// The vote that is asked of the user: all votes of the step, and the place of theirs.
fn own_vote(store: &Store, ground: &Ground<'_>, case: &Case) -> Result<(Ballot, usize), Error> {
    let ballot = case.votes(store)?;
    let at = mine(store, ground, case)?.map_err(|why| refusal(case, &ballot, ground, why))?;
    Ok((ballot, at))
}

/// Has somebody vote in the user's place, or beside them.
fn pass_to(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (case, does): (&Case, UseCase),
    (field, who, said): (&str, Value, Fields),
) -> Result<Vec<Record>, Error> {
    let (mut ballot, at) = own_vote(tx.store(), ground, case)?;
    let who = newcomer(tx.store(), ground, case, field, &who)?;
    let transfers = does == UseCase::Transfer;
    let is_new = match transfers {
        true => workflow::transfer(&mut ballot.votes, at, who),
        false => workflow::sign_too(&mut ballot.votes, who),
    };
    if !is_new {
        return Err(Error::field(field, msg!("approval-votes-already")));
    }
    let mut written = ballot.write(case, tx, ground, context, transfers.then_some((at, said)))?;
    written.splice(0..0, count_turn(tx, ground, case)?);
    Ok(written)
}

/// Casts the user's vote, with all that follows.
fn cast(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    (case, agreed): (&Case, bool),
    (to_step, comment, said): (Value, Value, Fields),
) -> Result<Vec<Record>, Error> {
    let (mut ballot, at) = own_vote(tx.store(), ground, case)?;
    let mode = case.flow.steps.get(case.step()).map(|step| step.mode).unwrap_or_default();
    let back = back_to(case, &to_step)?;
    let progress = workflow::decide(&mut ballot.votes, mode, at, agreed).ok_or_else(|| decided_already(case))?;
    let mut written = ballot.write(case, tx, ground, context, Some((at, said)))?;
    written.splice(0..0, go_on(tx, ground, context, case, progress, (back, comment))?);
    Ok(written)
}

/// Somebody else was first, or it is not theirs to decide.
fn refusal(case: &Case, ballot: &Ballot, ground: &Ground<'_>, why: Message) -> Error {
    let was_mine =
        ground.me.is_some_and(|me| ballot.votes.iter().any(|v| v.approver == me && v.state != VoteState::Queued));
    if was_mine { decided_already(case) } else { Error::Denied(why) }
}

fn decided_already(case: &Case) -> Error {
    let message = msg!("approval-decided-meanwhile", title = case.approval.get("name").as_str().unwrap_or_default());
    Error::Conflict { message, theirs: None }
}

/// Somebody who is to vote too.
fn newcomer(store: &Store, ground: &Ground<'_>, case: &Case, field: &str, who: &Value) -> Result<Id, Error> {
    let Some(who) = who.as_ref_id() else { return Err(Error::field(field, msg!("value-required"))) };
    let own = case.flow.steps.get(case.step()).is_some_and(|step| step.own);
    if Some(who) == case.author() && !own {
        return Err(Error::field(field, msg!("approval-own")));
    }
    if !ground.directory(store, None).is_active(who)? {
        return Err(Error::field(field, msg!("approval-left")));
    }
    Ok(who)
}

/// The step, from 0, that it is sent back to; `None` for the author.
fn back_to(case: &Case, step: &Value) -> Result<Option<usize>, Error> {
    let Value::Integer(step) = step else { return Ok(None) };
    let at = usize::try_from(*step).ok().and_then(|step| step.checked_sub(1)).filter(|at| *at <= case.step());
    at.map(Some).ok_or_else(|| Error::field("to_step", msg!("approval-no-such-step", step = case.step() + 1)))
}

/// What becomes of an approval after its votes have changed. `back` is where it is sent back to, and why.
pub(super) fn go_on(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    case: &Case,
    progress: Progress,
    (back, why): (Option<usize>, Value),
) -> Result<Vec<Record>, Error> {
    match (progress, back) {
        (Progress::Open, _) => Ok(count_turn(tx, ground, case)?.into_iter().collect()),
        (Progress::Passed, _) => to_step(tx, ground, context, case, case.step() + 1),
        (Progress::Deserted, _) => to_step(tx, ground, context, case, case.step()),
        (Progress::Returned, Some(at)) => to_step(tx, ground, context, case, at),
        (Progress::Returned, None) => returned(tx, ground, case, why),
    }
}

/// Notes that somebody was at an approval: its version says so.
pub(super) fn count_turn(tx: &mut Write<'_>, ground: &Ground<'_>, case: &Case) -> Result<Option<Record>, Error> {
    let turns = i64::try_from(number(&case.approval, "turns") + 1).unwrap_or(i64::MAX);
    let turn = Fields::from([("turns".to_owned(), Value::Integer(turns))]);
    save::amend(tx, &ground.rules(APPROVAL)?, case.approval.id, turn)
}

/// Goes on with the next step from `from` on that somebody has to decide.
fn to_step(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    case: &Case,
    from: usize,
) -> Result<Vec<Record>, Error> {
    let record = case.record(tx.store())?;
    let proposed = case.proposed(ground.schema, &record)?;
    let entered = {
        let people = ground.directory(tx.store(), Some(&record));
        let holds = |step: &_| ground.step_holds(step, &case.flow.object, &proposed);
        enter(&case.flow, from, case.author(), &people, holds)?
    };
    match entered {
        Entered::Through => approved(tx, ground, context, case),
        Entered::Nobody(at) => {
            let label = step_label(&case.flow, at);
            let why = format!("没有人可以审批：{}\nNobody can decide: {}", label.zh, label.en);
            returned(tx, ground, case, Value::Text(why))
        }
        Entered::Step(at, approvers) => {
            let round = number(&case.approval, "round") + usize::from(at <= case.step());
            let integer = |n: usize| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
            let step = case.flow.steps.get(at);
            let mut changes =
                Fields::from([("step".to_owned(), integer(at + 1)), ("round".to_owned(), integer(round))]);
            changes.insert("due".to_owned(), due(step, ground.now).unwrap_or(Value::Empty));
            let mut written: Vec<Record> =
                save::amend(tx, &ground.rules(APPROVAL)?, case.approval.id, changes)?.into_iter().collect();
            let rules = ground.rules(VOTE)?;
            for vote in first_votes(step.map(|step| step.mode).unwrap_or_default(), &approvers) {
                let fields = vote_fields(case, &vote, at + 1, round, ground.now);
                written.push(save::create(tx, &rules, context.next_id(ground.now), fields, ground.now)?);
            }
            Ok(written)
        }
    }
}

fn end(tx: &mut Write<'_>, ground: &Ground<'_>, case: &Case, state: &str, why: Value) -> Result<Vec<Record>, Error> {
    let changes = Fields::from([
        ("state".to_owned(), Value::Choice(state.to_owned())),
        ("decided_at".to_owned(), Value::DateTime(ground.now.timestamp())),
        ("due".to_owned(), Value::Empty),
        ("answer".to_owned(), why),
    ]);
    Ok(save::amend(tx, &ground.rules(APPROVAL)?, case.approval.id, changes)?.into_iter().collect())
}

fn set_audit(tx: &mut Write<'_>, ground: &Ground<'_>, case: &Case, audit: &str) -> Result<Option<Record>, Error> {
    let record = case.record(tx.store())?;
    let changes = Fields::from([(AUDIT.to_owned(), Value::Choice(audit.to_owned()))]);
    save::amend(tx, &ground.rules(&record.object)?, record.id, changes)
}

fn is_draft(case: &Case) -> bool {
    case.approval.get("kind").as_str() == Some("create")
}

fn returned(tx: &mut Write<'_>, ground: &Ground<'_>, case: &Case, why: Value) -> Result<Vec<Record>, Error> {
    let mut written = end(tx, ground, case, "returned", why)?;
    if is_draft(case) {
        written.extend(set_audit(tx, ground, case, "returned")?);
    }
    Ok(written)
}

fn withdraw(tx: &mut Write<'_>, ground: &Ground<'_>, case: &Case, why: Value) -> Result<Vec<Record>, Error> {
    if let Some(why) = not_author(case, ground) {
        return Err(Error::Denied(why));
    }
    let mut written = end(tx, ground, case, "withdrawn", why)?;
    let rules = ground.rules(VOTE)?;
    for vote in case.votes(tx.store())?.records {
        if vote.get("state").as_str().and_then(VoteState::of).is_some_and(VoteState::is_open) {
            let dropped = Fields::from([("state".to_owned(), Value::Choice(VoteState::Dropped.key().to_owned()))]);
            written.extend(save::amend(tx, &rules, vote.id, dropped)?);
        }
    }
    if is_draft(case) {
        written.extend(set_audit(tx, ground, case, "draft")?);
    }
    Ok(written)
}

/// Adds words and files to what was submitted.
fn supplement(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    case: &Case,
    (comment, attachments): (Value, Value),
) -> Result<Vec<Record>, Error> {
    if let Some(why) = not_author(case, ground) {
        return Err(Error::Denied(why));
    }
    let mut changes = Fields::new();
    if let Some(words) = comment.as_str() {
        let said = case.approval.get("comment").as_str().into_iter().chain([words]).collect::<Vec<_>>().join("\n");
        changes.insert("comment".to_owned(), Value::text(&said));
    }
    if let Value::Files(more) = attachments {
        let mut files = if let Value::Files(files) = case.approval.get("attachments") { files.clone() } else { vec![] };
        files.extend(more);
        changes.insert("attachments".to_owned(), Value::Files(files));
    }
    if changes.is_empty() {
        return Err(Error::field("comment", msg!("value-required")));
    }
    save::amend(tx, &ground.rules(APPROVAL)?, case.approval.id, changes)?;
    Ok(count_turn(tx, ground, case)?.into_iter().collect())
}

/// Carries out what was approved.
pub(super) fn approved(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    case: &Case,
) -> Result<Vec<Record>, Error> {
    let mut written = end(tx, ground, case, "approved", Value::Empty)?;
    let record = case.record(tx.store())?;
    match case.approval.get("kind").as_str() {
        Some("create") => written.extend(set_audit(tx, ground, case, "approved")?),
        Some("change") => {
            let proposal = case.proposal(ground.schema)?;
            written.push(save::enact(tx, &ground.rules(&record.object)?, record.id, proposal)?);
        }
        _ => {
            let name = case.approval.get("action").as_str().unwrap_or_default();
            let arguments = super::read_arguments(ground, &case.flow.object, name, case.approval.get("proposal"));
            let by = Ground { me: case.author(), ..*ground };
            let record = existing(tx.store(), &record.object, record.id)?;
            written.extend(action::carry_out_approved(tx, &by, context, (&record, name), arguments)?);
        }
    }
    Ok(written)
}
