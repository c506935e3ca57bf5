//! Votes that were not cast in time pass on as their flows say, each with a note; what waits for nobody else waits on.

use super::course::{Case, Ground, due};
use super::{APPROVAL, VOTE, state};
use crate::contract::error::Error;
use crate::contract::pool::PassedOn;
use crate::crm::{Context, Crm, NoFinder, save};
use crate::domain::id::Id;
use crate::domain::lang::PASSED_ON;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::domain::workflow::{VoteState, heir, transfer};
use crate::schema::filter::{Bound, Test};
use crate::schema::model::Schema;
use crate::store::{Store, Which, Write};
use jiff::Zoned;
use jiff::civil::Date;
use std::ops::Bound as End;

/// Approvals of one transaction.
const BATCH: usize = 500;
/// Votes that a report names.
const NAMED: usize = 200;

/// Votes that passed on, or would.
#[derive(Debug, Default)]
pub(in crate::crm) struct Overdue {
    /// How many.
    pub(in crate::crm) number: u64,
    /// The first few.
    pub(in crate::crm) rows: Vec<PassedOn>,
}

impl Overdue {
    fn add(&mut self, store: &Store, case: &Case, from: Id, to: Id) -> Result<(), Error> {
        self.number += 1;
        if self.rows.len() < NAMED {
            let mut names = store.titles("user", &[from, to])?;
            let mut name = |id: Id| names.remove(&id).unwrap_or_else(|| id.to_string());
            let title = case.approval.get("name").as_str().unwrap_or_default().to_owned();
            let (from, to) = (name(from), name(to));
            self.rows.push(PassedOn { id: case.approval.id, title, flow: case.flow.label.clone(), from, to });
        }
        Ok(())
    }
}

impl Crm {
    /// Whether anything is in approval at all.
    pub(in crate::crm) fn anything_pending(&self, schema: &Schema) -> Result<bool, Error> {
        let known = schema.object(APPROVAL).is_some() && schema.object(VOTE).is_some();
        Ok(known && self.store.count(Which::filtered(APPROVAL, &pending()), 1)?.0 > 0)
    }

    /// Passes on the votes that are overdue, as parts of the whole that `txn` begins; or says which would.
    pub(in crate::crm) fn pass_on_overdue(
        &mut self,
        schema: &Schema,
        txn: &mut Option<i64>,
        dry_run: bool,
    ) -> Result<Overdue, Error> {
        let mut passed = Overdue::default();
        if !self.anything_pending(schema)? {
            return Ok(passed);
        }
        let now = self.context.now();
        let mut late: Vec<Id> = Vec::new();
        let filter = pending().and(before("due", now.date()));
        self.store.scan(Which::filtered(APPROVAL, &filter), &["due".to_owned()], |approval| {
            late.push(approval.id);
            true
        })?;
        for batch in late.chunks(BATCH) {
            if dry_run {
                for id in batch {
                    foresee(&self.store, schema, &now, *id, &mut passed)?;
                }
                continue;
            }
            let ((), written) = self.write_part(None, *txn, |tx, context, now| {
                batch.iter().try_for_each(|id| pass_on(tx, schema, (context, now), *id, &mut passed))
            })?;
            if written != 0 {
                txn.get_or_insert(written);
            }
        }
        Ok(passed)
    }
}

fn pending() -> Bound {
    Bound::Test { field: "state".to_owned(), test: Test::AnyOf(vec![Value::Choice("pending".to_owned())]) }
}

fn before(field: &str, day: Date) -> Bound {
    let test = Test::Range { from: End::Unbounded, to: End::Excluded(Value::Date(day)) };
    Bound::Test { field: field.to_owned(), test }
}

fn ground<'a>(schema: &'a Schema, now: &'a Zoned) -> Ground<'a> {
    Ground { schema, now, me: None, finder: &NoFinder }
}

/// Whether a vote was to be cast before today.
fn is_late(vote: &Record, now: &Zoned) -> bool {
    matches!(vote.get("due"), Value::Date(due) if *due < now.date())
}

/// The votes of an approval's step that pass on, by their places, and to whom: each to somebody of their own.
fn heirs(store: &Store, ground: &Ground<'_>, case: &Case) -> Result<Vec<(usize, Id)>, Error> {
    let ballot = case.votes(store)?;
    let record = case.record(store)?;
    let proposed = case.proposed(ground.schema, &record)?;
    let people = ground.directory(store, Some(&record));
    let mut votes = ballot.votes.clone();
    let mut found = Vec::new();
    for (at, vote) in ballot.records.iter().enumerate() {
        let Some(cast) = ballot.votes.get(at).filter(|cast| cast.state == VoteState::Waiting) else { continue };
        if !is_late(vote, ground.now) {
            continue;
        }
        let holds = |step: &_| ground.step_holds(step, &case.flow.object, &proposed);
        let step = (&case.flow, case.step());
        if let Some(to) = heir(step, &votes, cast.approver, case.author(), &people, holds)?
            && transfer(&mut votes, at, to)
        {
            found.push((at, to));
        }
    }
    Ok(found)
}

fn case_of(store: &Store, id: Id) -> Result<Option<Case>, Error> {
    let approval = store.get(APPROVAL, id)?.filter(|approval| state(approval) == "pending");
    approval.map(Case::of).transpose()
}

fn foresee(store: &Store, schema: &Schema, now: &Zoned, id: Id, passed: &mut Overdue) -> Result<(), Error> {
    let Some(case) = case_of(store, id)? else { return Ok(()) };
    let ballot = case.votes(store)?;
    for (at, to) in heirs(store, &ground(schema, now), &case)? {
        if let Some(vote) = ballot.votes.get(at) {
            passed.add(store, &case, vote.approver, to)?;
        }
    }
    Ok(())
}

fn pass_on(
    tx: &mut Write<'_>,
    schema: &Schema,
    (context, now): (&mut Context, &Zoned),
    id: Id,
    passed: &mut Overdue,
) -> Result<(), Error> {
    let ground = ground(schema, now);
    let Some(case) = case_of(tx.store(), id)? else { return Ok(()) };
    let heirs = heirs(tx.store(), &ground, &case)?;
    for (at, to) in &heirs {
        let said = Fields::from([("comment".to_owned(), Value::text(PASSED_ON))]);
        let mut ballot = case.votes(tx.store())?;
        let Some(from) = ballot.votes.get(*at).map(|vote| vote.approver) else { continue };
        if transfer(&mut ballot.votes, *at, *to) {
            ballot.write(&case, tx, &ground, context, Some((*at, said)))?;
            passed.add(tx.store(), &case, from, *to)?;
        }
    }
    if !heirs.is_empty() {
        // Whoever takes it over has as many days again.
        let step = case.flow.steps.get(case.step());
        let changes = Fields::from([("due".to_owned(), due(step, now).unwrap_or(Value::Empty))]);
        save::amend(tx, &ground.rules(APPROVAL)?, case.approval.id, changes)?;
        super::decide::count_turn(tx, &ground, &case)?;
    }
    Ok(())
}
