//! What was entered in a table of lines, kept as a draft until it is saved or given up, and taken up again.

use super::rows::{Row, Rows};
use super::{Closed, GridLayer};
use crate::domain::id::Id;
use crate::domain::record::{RecordKey, Titles};
use crate::domain::value::Value;
use crate::schema::kind;
use crate::schema::model::Object;
use crate::tui::context::{Context, Shared};
use crate::tui::form::draft::{Draft, Keeper, Kept};
use crate::tui::form::entry::Entry;
use crate::tui::layer::Layer;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The lines of a document as they were left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::tui::form) struct KeptLines {
    rows: Vec<KeptRow>,
    removed: Vec<Id>,
    ordered: bool,
    moved: bool,
    /// The cell that was being typed in.
    cell: Option<KeptCell>,
}

/// What was entered in a line; of a stored one its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptRow {
    id: Option<Id>,
    entered: BTreeMap<String, Json>,
}

/// Half typed: in which stored line, or in which of the new ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptCell {
    line: Option<Id>,
    new: usize,
    field: String,
    kept: Kept,
}

impl KeptLines {
    fn of(rows: &Rows, cell: Option<KeptCell>) -> KeptLines {
        let row = |row: &Row| KeptRow {
            id: row.target.map(|(id, _)| id),
            entered: row.entered.iter().map(|(name, value)| (name.clone(), kind::to_json(value))).collect(),
        };
        KeptLines {
            rows: rows.rows.iter().map(row).collect(),
            removed: rows.removed.iter().map(|(id, _)| *id).collect(),
            ordered: rows.ordered,
            moved: rows.moved,
            cell,
        }
    }

    /// The rows as far as the schema still has their fields. Versions and all else come with the stored lines.
    fn rows(&self, lines: &Object) -> Rows {
        let value = |name: &String, json: &Json| -> Option<(String, Value)> {
            let value = kind::from_json(&lines.field(name)?.kind, json).ok()?;
            Some((name.clone(), value))
        };
        let row = |row: &KeptRow| Row {
            target: row.id.map(|id| (id, 0)),
            entered: row.entered.iter().filter_map(|(name, json)| value(name, json)).collect(),
            ..Row::default()
        };
        Rows {
            rows: self.rows.iter().map(row).collect(),
            removed: self.removed.iter().map(|id| (*id, 0)).collect(),
            ordered: self.ordered,
            moved: self.moved,
        }
    }
}

/// Which of the new lines a line is.
fn new_before(rows: &Rows, at: usize) -> usize {
    rows.rows.iter().take(at).filter(|row| row.target.is_none()).count()
}

impl GridLayer {
    /// The lines of a document as they were left; `None` if it has none any more.
    pub(in crate::tui::form) fn from_draft(draft: &Draft, cx: &mut Context<'_>) -> Option<GridLayer> {
        let (id, kept) = (draft.id?, draft.lines.as_ref()?);
        let mut grid = GridLayer::open(RecordKey { object: draft.object.clone(), id }, cx)?;
        grid.keeper = Keeper::of(draft, cx);
        grid.titles = draft.titles();
        grid.rows = kept.rows(&grid.lines);
        grid.resumed = Some(kept.cell.clone());
        grid.kept = Some(kept.clone());
        grid.dirty = true;
        Some(grid)
    }

    /// The stored lines are there: goes on in the cell that was being typed in.
    pub(super) fn take_up(&mut self, cell: KeptCell, shared: &Shared) {
        let rows = &self.rows;
        let same = |(at, row): &(usize, &Row)| match (cell.line, row.target) {
            (Some(line), Some((id, _))) => line == id,
            (None, None) => new_before(rows, *at) == cell.new,
            _ => false,
        };
        let Some((row, began)) =
            self.rows.rows.iter().enumerate().find(same).map(|(at, row)| (at, row.value(&cell.field)))
        else {
            return;
        };
        let Some(column) = self.columns.iter().position(|field| field.name == cell.field) else { return };
        (self.row, self.column) = (row, column);
        let Some(mut entry) = self.begin(began, shared) else { return };
        match &cell.kept {
            Kept::Text(text) => entry.editor.set_text(text),
            Kept::Value(json) => {
                if let Ok(value) = kind::from_json(&entry.field.kind, json) {
                    entry.editor.set(&value, shared);
                }
            }
        }
        self.editing = Some(entry);
    }

    /// Keeps what is entered, the half typed cell with it; removes the draft where there is nothing to keep.
    pub(super) fn keep(&mut self, cx: &mut Context<'_>) {
        // Before the stored lines are there, and once it is over, there is nothing to be added.
        if self.ending.is_some() || self.resumed.is_some() {
            return;
        }
        let cell = self.editing.as_ref().and_then(|entry| self.kept_cell(entry, cx.shared));
        self.dirty = self.rows.differ() || cell.is_some();
        let state = self.dirty.then(|| KeptLines::of(&self.rows, cell));
        if state == self.kept {
            return;
        }
        self.kept.clone_from(&state);
        let text = state.map(|lines| self.draft_of(lines, cx.shared).to_text());
        self.keeper.keep(text, cx);
    }

    fn kept_cell(&self, entry: &Entry, shared: &Shared) -> Option<KeptCell> {
        if entry.editor.value(shared).is_ok_and(|value| value == self.began) {
            return None;
        }
        let row = self.rows.rows.get(self.row)?;
        Some(KeptCell {
            line: row.target.map(|(id, _)| id),
            new: new_before(&self.rows, self.row),
            field: entry.field.name.clone(),
            kept: Kept::of(entry, shared),
        })
    }

    fn draft_of(&self, lines: KeptLines, shared: &Shared) -> Draft {
        let entered = self.rows.rows.iter().flat_map(|row| row.entered.values());
        let refers: BTreeSet<Id> = entered.filter_map(Value::as_ref_id).collect();
        let titles: Titles =
            self.titles.iter().filter(|(id, _)| refers.contains(id)).map(|(id, title)| (*id, title.clone())).collect();
        Draft {
            amends: None,
            key: self.keeper.key.clone(),
            object: self.document.object.clone(),
            id: Some(self.document.id),
            version: 0,
            title: self.title(shared),
            pid: std::process::id(),
            at: shared.now.timestamp(),
            base: BTreeMap::new(),
            fields: BTreeMap::new(),
            titles: titles.into_iter().collect(),
            lines: Some(lines),
        }
    }

    /// The work is done or given up: removes the draft, and closes when that is written.
    pub(super) fn end(&mut self, closed: Closed, cx: &mut Context<'_>) {
        self.dirty = false;
        self.ending = Some(closed);
        self.keeper.keep(None, cx);
        self.end_if_kept(cx);
    }

    pub(super) fn end_if_kept(&mut self, cx: &mut Context<'_>) {
        if self.keeper.has_sent_all()
            && let Some(closed) = self.ending.take()
        {
            cx.close(closed);
        }
    }
}
