//! The inbox: what waits for a person's vote, what a person has submitted and decided.

use super::course::number;
use super::people::Directory;
use super::{APPROVAL, VOTE};
use crate::contract::approvals::{Inbox, InboxRequest, InboxRow, Tray};
use crate::contract::error::Error;
use crate::contract::request::{Count, Cursor};
use crate::crm::Crm;
use crate::domain::id::Id;
use crate::domain::record::{Record, RecordKey, Titles, system};
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Schema, SortKey};
use crate::store::Which;
use jiff::Timestamp;
use std::collections::HashMap;

/// The most rows of a page.
const MOST_ROWS: usize = 1_000;
/// A tray is counted no further.
const MOST_COUNTED: u64 = 100_000;

/// Which records make a tray, and in which order.
struct Found {
    object: &'static str,
    filter: Bound,
    sort: SortKey,
}

fn any(field: &str, values: Vec<Value>) -> Bound {
    Bound::Test { field: field.to_owned(), test: Test::AnyOf(values) }
}

fn choices(field: &str, keys: &[&str]) -> Bound {
    any(field, keys.iter().map(|key| Value::Choice((*key).to_owned())).collect())
}

impl Crm {
    /// A page of a tray of the inbox.
    pub fn inbox(&self, request: &InboxRequest) -> Result<Inbox, Error> {
        let schema = self.schema();
        if schema.object(APPROVAL).is_none() || schema.object(VOTE).is_none() {
            return Ok(Inbox { rows: Vec::new(), more: false, count: Count { value: 0, capped: false } });
        }
        let absent = match (self.context.user, request.tray) {
            (Some(me), Tray::Pending) => self.directory(&schema).absent(me)?,
            _ => Vec::new(),
        };
        let found = self.tray(request.tray, &absent);
        let which = Which::filtered(found.object, &found.filter);
        let limit = request.limit.clamp(1, MOST_ROWS);
        let page = self.store.page(which, std::slice::from_ref(&found.sort), &[], &request.from, limit)?;
        let rows = self.inbox_rows(&schema, page.rows, request.tray)?;
        let (value, capped) = self.store.count(which, MOST_COUNTED)?;
        Ok(Inbox { rows, more: page.more_after, count: Count { value, capped } })
    }

    fn directory<'a>(&'a self, schema: &'a Schema) -> Directory<'a> {
        Directory { store: &self.store, schema, today: self.context.now().date(), record: None }
    }

    fn tray(&self, tray: Tray, absent: &[Id]) -> Found {
        let by = |field: &str, descending: bool| SortKey { field: field.to_owned(), descending };
        let me = self.context.user.map(Value::Ref);
        match (tray, me) {
            (Tray::Pending, None) => {
                Found { object: APPROVAL, filter: choices("state", &["pending"]), sort: by(system::ID, false) }
            }
            (Tray::Pending, Some(me)) => {
                let mut who = vec![me.clone()];
                who.extend(absent.iter().map(|id| Value::Ref(*id)));
                let mut filter = any("approver", who).and(choices("state", &["waiting"]));
                if !absent.is_empty() {
                    // Nobody stands in for the approver of what is their own.
                    let own = any("approver", vec![me.clone()]);
                    filter = filter.and(Bound::Or(vec![own, Bound::Not(Box::new(any("by", vec![me])))]));
                }
                Found { object: VOTE, filter, sort: by("at", false) }
            }
            (Tray::Mine, me) => {
                let filter = me.map_or(Bound::All, |me| any("by", vec![me]));
                Found { object: APPROVAL, filter, sort: by(system::ID, true) }
            }
            (Tray::Done, me) => {
                let decided = choices("state", &["approved", "returned", "transferred"]);
                let filter = match me {
                    None => decided,
                    Some(me) => {
                        Bound::Or(vec![any("approver", vec![me.clone()]), any("decided_by", vec![me])]).and(decided)
                    }
                };
                Found { object: VOTE, filter, sort: by("decided_at", true) }
            }
        }
    }

    fn inbox_rows(&self, schema: &Schema, rows: Vec<(Record, Cursor)>, tray: Tray) -> Result<Vec<InboxRow>, Error> {
        let approvals = rows.iter().filter(|(row, _)| row.object == VOTE);
        let ids: Vec<Id> = approvals.filter_map(|(row, _)| row.get(APPROVAL).as_ref_id()).collect();
        let mut of_votes: HashMap<Id, Record> = HashMap::new();
        of_votes.extend(self.store.get_many(APPROVAL, &ids)?.into_iter().map(|record| (record.id, record)));
        let people = rows.iter().flat_map(|(row, _)| [row.get("by"), row.get("approver")]);
        let people: Vec<Id> = people.filter_map(Value::as_ref_id).collect();
        let titles = if people.is_empty() { Titles::new() } else { self.store.titles("user", &people)? };
        let me = self.context.user;
        let made = rows.into_iter().filter_map(|(row, cursor)| {
            let approval = if row.object == VOTE { of_votes.get(&row.get(APPROVAL).as_ref_id()?)? } else { &row };
            inbox_row(schema, (approval, &row), cursor, &titles, (me, tray))
        });
        Ok(made.collect())
    }
}

fn inbox_row(
    schema: &Schema,
    (approval, row): (&Record, &Record),
    cursor: Cursor,
    titles: &Titles,
    (me, tray): (Option<Id>, Tray),
) -> Option<InboxRow> {
    let text = |field: &str| approval.get(field).as_str().unwrap_or_default();
    let object = text("object").to_owned();
    let about = RecordKey { id: approval.get(&object).as_ref_id()?, object };
    let flow = schema.dictionary("flow").and_then(|d| d.item(text("flow"))).map(|item| item.label.clone());
    let moment = |field: &str| if let Value::DateTime(at) = row.get(field) { Some(*at) } else { None };
    let at = if tray == Tray::Done { moment("decided_at") } else { moment("at") };
    let approver = row.get("approver").as_ref_id().filter(|id| me.is_some() && Some(*id) != me);
    let state = if row.object == VOTE && tray == Tray::Done { row.get("state") } else { approval.get("state") };
    let open = text("state") == "pending";
    let due = if let Value::Date(due) = if tray == Tray::Mine { approval } else { row }.get("due") {
        Some(*due)
    } else {
        None
    };
    Some(InboxRow {
        approval: RecordKey { object: APPROVAL.to_owned(), id: approval.id },
        about,
        title: text("name").to_owned(),
        flow: flow.unwrap_or_else(|| crate::domain::lang::Label::same(text("flow"))),
        kind: text("kind").to_owned(),
        by: approval.get("by").as_ref_id().and_then(|id| titles.get(&id).cloned()).unwrap_or_default(),
        at: at.unwrap_or(Timestamp::UNIX_EPOCH),
        due: due.filter(|_| open && tray != Tray::Done),
        state: state.as_str().unwrap_or_default().to_owned(),
        step: number(approval, "step"),
        instead: approver.and_then(|id| titles.get(&id).cloned()),
        cursor,
    })
}
