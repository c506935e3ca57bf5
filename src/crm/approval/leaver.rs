//! Those who leave while they are to vote: the step goes on without them, or by its policy for empty steps.

use super::course::{Case, Ground};
use super::decide::go_on;
use super::{APPROVAL, VOTE, state};
use crate::contract::error::Error;
use crate::crm::Context;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::domain::workflow::{People, Progress, leave};
use crate::schema::filter::{Bound, Test};
use crate::store::{Store, Which, Write};

/// Takes the open votes out of users who were disabled or deleted.
pub(in crate::crm) fn follow_leavers(
    tx: &mut Write<'_>,
    ground: &Ground<'_>,
    context: &mut Context,
    gone: &[Option<Id>],
) -> Result<(), Error> {
    if ground.schema.object(VOTE).is_none() {
        return Ok(());
    }
    for who in gone {
        for approval in open_for(tx.store(), *who)? {
            let Some(approval) = tx.store().get(APPROVAL, approval)?.filter(|a| state(a) == "pending") else {
                continue;
            };
            let case = Case::of(approval)?;
            let mut ballot = case.votes(tx.store())?;
            let mode = case.flow.steps.get(case.step()).map(|step| step.mode).unwrap_or_default();
            let progress = leave(&mut ballot.votes, mode, who.unwrap_or(Id::NOBODY));
            ballot.write(&case, tx, ground, context, None)?;
            if progress != Progress::Open {
                go_on(tx, ground, context, &case, progress, (None, Value::Empty))?;
            }
        }
    }
    Ok(())
}

/// Whether an open vote can be handed over to somebody: who may act, isn't the author where the step forbids that, and
/// has no open vote in the step.
pub(in crate::crm) fn may_inherit(store: &Store, ground: &Ground<'_>, vote: Id, who: Id) -> Result<bool, Error> {
    let vote = store.get(VOTE, vote)?;
    let approval = vote.and_then(|vote| vote.get(APPROVAL).as_ref_id()).map(|id| store.get(APPROVAL, id));
    let Some(approval) = approval.transpose()?.flatten() else { return Ok(false) };
    let case = Case::of(approval)?;
    let own = case.flow.steps.get(case.step()).is_some_and(|step| step.own);
    let is_own = case.author() == Some(who) && !own;
    let votes_too = case.votes(store)?.votes.iter().any(|vote| vote.approver == who && vote.state.is_open());
    Ok(!is_own && !votes_too && ground.directory(store, None).is_active(who)?)
}

/// The approvals in which somebody (of those who were deleted, if nobody is named) has an open vote.
fn open_for(store: &Store, who: Option<Id>) -> Result<Vec<Id>, Error> {
    let test = |field: &str, test: Test| Bound::Test { field: field.to_owned(), test };
    let approver = match who {
        Some(id) => test("approver", Test::AnyOf(vec![Value::Ref(id)])),
        None => test("approver", Test::Empty),
    };
    let open = ["waiting", "queued"].map(|key| Value::Choice(key.to_owned()));
    let filter = approver.and(test("state", Test::AnyOf(open.into())));
    let mut found = Vec::new();
    store.scan(Which::filtered(VOTE, &filter), &[APPROVAL.to_owned()], |vote: Record| {
        if let Some(id) = vote.get(APPROVAL).as_ref_id().filter(|id| !found.contains(id)) {
            found.push(id);
        }
        true
    })?;
    Ok(found)
}
