//! An approval under way: its flow as it was kept, its votes, and how they are written.

use super::people::Directory;
use super::{APPROVAL, MOST, VOTE, holds, read};
use crate::contract::error::Error;
use crate::crm::evaluate::Rules;
use crate::crm::{Context, Finder, existing, object, save};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::domain::workflow::{Flow, Step, Vote, VoteState};
use crate::msg;
use crate::schema::model::Schema;
use crate::store::{Store, Write};
use jiff::{ToSpan, Zoned};

/// On whose behalf and when.
#[derive(Clone, Copy)]
pub(in crate::crm) struct Ground<'a> {
    pub(in crate::crm) schema: &'a Schema,
    pub(in crate::crm) now: &'a Zoned,
    pub(in crate::crm) me: Option<Id>,
    pub(in crate::crm) finder: &'a dyn Finder,
}

impl<'a> Ground<'a> {
    pub(super) fn rules(&self, name: &str) -> Result<Rules<'a>, Error> {
        Ok(Rules::of(self.schema, object(self.schema, name)?, self.now, self.me))
    }

    pub(super) fn directory<'d>(&'d self, store: &'d Store, record: Option<&'d Record>) -> Directory<'d> {
        Directory { store, schema: self.schema, today: self.now.date(), record }
    }

    /// Whether a step's condition holds for a record.
    pub(super) fn step_holds(&self, step: &Step, object_name: &str, fields: &Fields) -> bool {
        let object = self.schema.object(object_name);
        object.is_none_or(|object| holds(self.schema, object, &step.when, fields, self.now, self.me))
    }
}

/// What was submitted.
pub(in crate::crm) struct Case {
    /// The approval.
    pub(in crate::crm) approval: Record,
    /// Its flow as it was.
    pub(in crate::crm) flow: Flow,
}

impl Case {
    /// `Corrupt` if the flow that was kept can't be read.
    pub(in crate::crm) fn of(approval: Record) -> Result<Case, Error> {
        let unreadable = || Error::Corrupt(msg!("approval-unreadable", id = approval.id));
        let flow = serde_json::from_str(approval.get("rule").as_str().unwrap_or_default()).map_err(|_| unreadable())?;
        Ok(Case { approval, flow })
    }

    /// The record that it is about.
    pub(super) fn key(&self) -> Option<RecordKey> {
        let object = self.flow.object.clone();
        Some(RecordKey { id: self.approval.get(&object).as_ref_id()?, object })
    }

    pub(super) fn record(&self, store: &Store) -> Result<Record, Error> {
        let key = self.key().ok_or_else(|| Error::Corrupt(msg!("approval-unreadable", id = self.approval.id)))?;
        existing(store, &key.object, key.id)
    }

    /// Who submitted it.
    pub(super) fn author(&self) -> Option<Id> {
        self.approval.get("by").as_ref_id()
    }

    /// The number of the step under way, from 0.
    pub(super) fn step(&self) -> usize {
        number(&self.approval, "step").saturating_sub(1)
    }

    /// What is to become of the record's fields.
    pub(super) fn proposal(&self, schema: &Schema) -> Result<Fields, Error> {
        Ok(read(object(schema, &self.flow.object)?, self.approval.get("proposal")))
    }

    /// The record's fields as they would be.
    pub(super) fn proposed(&self, schema: &Schema, record: &Record) -> Result<Fields, Error> {
        let is_change = self.approval.get("kind").as_str() == Some("change");
        let proposal = if is_change { self.proposal(schema)? } else { Fields::new() };
        Ok(save::overlaid(&record.fields, &proposal))
    }

    /// All votes, oldest first.
    pub(super) fn all_votes(&self, store: &Store) -> Result<Vec<Record>, Error> {
        let ids = store.referring_ids(VOTE, APPROVAL, self.approval.id, MOST)?;
        let mut votes = store.get_many(VOTE, &ids)?;
        votes.sort_by_key(|vote| vote.id);
        Ok(votes)
    }

    /// The votes of the step under way, oldest first.
    pub(super) fn votes(&self, store: &Store) -> Result<Ballot, Error> {
        let (step, round) = (number(&self.approval, "step"), number(&self.approval, "round"));
        let mut records = self.all_votes(store)?;
        records.retain(|vote| number(vote, "step") == step && number(vote, "round") == round);
        let votes = records.iter().map(vote).collect();
        Ok(Ballot { records, votes })
    }
}

/// The votes of a step, as they are stored and as the rules see them.
pub(super) struct Ballot {
    pub(super) records: Vec<Record>,
    pub(super) votes: Vec<Vote>,
}

impl Ballot {
    /// Writes what changed since the votes were read. The vote at `cast` gets `said`.
    pub(super) fn write(
        &self,
        case: &Case,
        tx: &mut Write<'_>,
        ground: &Ground<'_>,
        context: &mut Context,
        cast: Option<(usize, Fields)>,
    ) -> Result<Vec<Record>, Error> {
        let rules = ground.rules(VOTE)?;
        let mut written = Vec::new();
        for (at, (record, now)) in self.records.iter().zip(&self.votes).enumerate() {
            let mut changes = Fields::new();
            let was = vote(record);
            if was.state != now.state {
                changes.insert("state".to_owned(), Value::Choice(now.state.key().to_owned()));
                if now.state == VoteState::Waiting {
                    changes.extend(began(case.flow.steps.get(case.step()), ground.now));
                }
            }
            if let Some((_, said)) = cast.as_ref().filter(|(cast, _)| *cast == at) {
                changes.extend(said.clone());
                changes.insert("decided_at".to_owned(), Value::DateTime(ground.now.timestamp()));
                changes.insert("decided_by".to_owned(), ground.me.map_or(Value::Empty, Value::Ref));
            }
            written.extend(save::amend(tx, &rules, record.id, changes)?);
        }
        let (step, round) = (number(&case.approval, "step"), number(&case.approval, "round"));
        for new in self.votes.iter().skip(self.records.len()) {
            let fields = vote_fields(case, new, step, round, ground.now);
            written.push(save::create(tx, &rules, context.next_id(ground.now), fields, ground.now)?);
        }
        Ok(written)
    }
}

/// A vote's fields.
pub(super) fn vote_fields(case: &Case, vote: &Vote, step: usize, round: usize, now: &Zoned) -> Fields {
    let number = |n: usize| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
    let approval = &case.approval;
    let mut fields = Fields::from([
        ("name".to_owned(), approval.get("name").clone()),
        (APPROVAL.to_owned(), Value::Ref(approval.id)),
        ("flow".to_owned(), approval.get("flow").clone()),
        ("step".to_owned(), number(step)),
        ("round".to_owned(), number(round)),
        ("approver".to_owned(), Value::Ref(vote.approver)),
        ("state".to_owned(), Value::Choice(vote.state.key().to_owned())),
        ("by".to_owned(), approval.get("by").clone()),
    ]);
    if vote.extra {
        fields.insert("extra".to_owned(), Value::Boolean(true));
    }
    if vote.state == VoteState::Waiting {
        fields.extend(began(case.flow.steps.get(step.saturating_sub(1)), now));
    }
    fields
}

/// Since when a vote waits, and until when.
fn began(step: Option<&Step>, now: &Zoned) -> Fields {
    let mut fields = Fields::from([("at".to_owned(), Value::DateTime(now.timestamp()))]);
    fields.extend(due(step, now).map(|due| ("due".to_owned(), due)));
    fields
}

/// The day until which a step that begins now is to be decided.
pub(super) fn due(step: Option<&Step>, now: &Zoned) -> Option<Value> {
    let days = step?.days?;
    now.date().checked_add(i64::from(days).days()).ok().map(Value::Date)
}

pub(super) fn vote(record: &Record) -> Vote {
    Vote {
        // Of somebody who was deleted; no vote of theirs is ever cast.
        approver: record.get("approver").as_ref_id().unwrap_or(Id::NOBODY),
        state: record.get("state").as_str().and_then(VoteState::of).unwrap_or(VoteState::Dropped),
        extra: *record.get("extra") == Value::Boolean(true),
    }
}

pub(super) fn number(record: &Record, field: &str) -> usize {
    match record.get(field) {
        Value::Integer(n) => usize::try_from(*n).unwrap_or_default(),
        _ => 0,
    }
}
