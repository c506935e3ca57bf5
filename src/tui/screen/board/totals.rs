//! The sums of the board: of each stage, and of each owner in it where cards are grouped.

use super::BoardScreen;
use super::column::{Column, Totals};
use crate::contract::request::{Aggregate, AggregateRequest, AggregateRow, Group, Sum};
use crate::domain::value::Value;
use crate::schema::model::PIPELINED;
use crate::tui::context::{Context, Shared};
use crate::tui::request::Request;

impl BoardScreen {
    pub(super) fn ask_totals(&mut self, cx: &mut Context<'_>) {
        let filter = self.whole_filter();
        let request = |group: &[&str]| AggregateRequest {
            object: PIPELINED.to_owned(),
            filter: filter.clone(),
            group: group.iter().map(|field| Group::Field((*field).to_owned())).collect(),
            sums: summed(cx.shared),
        };
        let totals = request(&["stage"]);
        let owners = self.state.by_owner.then(|| request(&["stage", "owner"]));
        self.totals = Some(cx.ask(self.totals_slot, Request::Aggregate(totals)));
        self.owned = owners.map(|request| cx.ask(self.owners_slot, Request::Aggregate(request)));
    }

    pub(super) fn take_totals(&mut self, found: &Aggregate, cx: &mut Context<'_>) {
        for column in &mut self.columns {
            column.totals = Some(Totals::default());
        }
        let mut elsewhere: Vec<&AggregateRow> = Vec::new();
        for row in &found.rows {
            let key = row.keys.first().and_then(Value::as_str);
            match self.columns.iter_mut().find(|c| c.key().is_some() && c.key() == key) {
                Some(column) => column.totals = Some(totals_of(row)),
                None => elsewhere.push(row),
            }
        }
        let there = self.columns.iter().position(|c| c.stage.is_none());
        let count = elsewhere.iter().map(|row| row.count).sum();
        let sum = |at: usize| Sum::of(elsewhere.iter().filter_map(|row| row.sums.get(at)), &cx.shared.schema);
        let totals = Totals { count, sum: sum(0), weighted: sum(1) };
        match there {
            None if count > 0 => {
                let mut column = Column::new(None, cx);
                column.totals = Some(totals);
                self.columns.push(column);
            }
            Some(at) if count > 0 => {
                self.columns.iter_mut().skip(at).take(1).for_each(|c| c.totals = Some(totals.clone()))
            }
            Some(at) if self.at != at => drop(self.columns.remove(at)),
            _ => {}
        }
        self.fill(cx);
    }

    pub(super) fn take_owners(&mut self, found: &Aggregate) {
        self.owners.clear();
        for row in &found.rows {
            let key = row.keys.first().and_then(Value::as_str);
            let Some(at) = self.columns.iter().position(|c| c.key() == key) else { continue };
            let owner = row.keys.get(1).and_then(Value::as_ref_id);
            self.owners.insert((at, owner), totals_of(row));
        }
        self.titles.extend(found.titles.iter().map(|(id, title)| (*id, title.clone())));
    }
}

/// The fields that are added up: the amount and its weighted share, as far as the schema has them.
fn summed(shared: &Shared) -> Vec<String> {
    let object = shared.object(PIPELINED);
    let there = |name: &&str| object.is_some_and(|o| o.field(name).is_some());
    ["amount", "weighted"].into_iter().filter(there).map(str::to_owned).collect()
}

fn totals_of(row: &AggregateRow) -> Totals {
    let sum = |at: usize| row.sums.get(at).cloned().unwrap_or_default();
    Totals { count: row.count, sum: sum(0), weighted: sum(1) }
}
