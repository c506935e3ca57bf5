//! The rows of the table: what is stored, what was entered, and what that comes to.

use crate::contract::request::{LineChange, LineSeen};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::model::Field;

/// A line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// The stored line and its version; `None` for a new one.
    pub(super) target: Option<(Id, i64)>,
    /// What the user entered.
    pub(super) entered: Fields,
    /// All its fields, as the rules work them out.
    pub(super) seen: Fields,
    /// What is wrong with it.
    pub(super) errors: Vec<FieldError>,
}

impl Row {
    /// What a cell shows.
    pub(super) fn value(&self, name: &str) -> Value {
        self.entered.get(name).or_else(|| self.seen.get(name)).cloned().unwrap_or(Value::Empty)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        if self.target.is_none() && value.is_empty() {
            self.entered.remove(name);
        } else {
            self.entered.insert(name.to_owned(), value);
        }
    }

    fn is_blank(&self) -> bool {
        self.target.is_none() && self.entered.is_empty()
    }
}

/// All lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) removed: Vec<(Id, i64)>,
    /// Their order is theirs, not that of being made.
    pub(super) ordered: bool,
    pub(super) moved: bool,
}

impl Rows {
    /// Lines as they are stored.
    pub(super) fn stored(lines: Vec<LineSeen>) -> Rows {
        let records = lines.into_iter().filter_map(|line| line.record);
        let mut ordered = false;
        let row = |record: crate::domain::record::Record| {
            ordered |= !record.get("position").is_empty();
            let target = Some((record.id, record.version));
            Row { target, entered: Fields::new(), seen: record.fields, errors: Vec::new() }
        };
        let rows = records.map(row).collect();
        Rows { rows, removed: Vec::new(), ordered, moved: false }
    }

    /// Lays what was entered over the lines as they are stored now. A line that is gone takes along what was entered
    /// in it.
    pub(super) fn rebase(&mut self, lines: Vec<LineSeen>) {
        let mut stored = Rows::stored(lines);
        let mut take = |id: Id| {
            let at = stored.rows.iter().position(|row| row.target.is_some_and(|(other, _)| other == id))?;
            Some(stored.rows.remove(at))
        };
        self.rows.retain_mut(|row| {
            let Some((id, _)) = row.target else { return true };
            let Some(now) = take(id) else { return false };
            (row.target, row.seen) = (now.target, now.seen);
            true
        });
        self.removed = self.removed.iter().filter_map(|(id, _)| take(*id)?.target).collect();
        self.rows.append(&mut stored.rows);
        self.ordered |= stored.ordered;
    }

    /// What they come to. A line that can't be stored shows what it last was.
    pub(super) fn see(&mut self, lines: Vec<LineSeen>) {
        let kept = self.rows.iter_mut().filter(|row| !row.is_blank());
        for (row, seen) in kept.zip(lines) {
            row.errors = seen.errors;
            if let Some(record) = seen.record {
                row.seen = record.fields;
            }
        }
    }

    /// What is to be written; lines in which nothing was entered are none.
    pub(super) fn changes(&self) -> Vec<LineChange> {
        let rows = self.rows.iter().filter(|row| !row.is_blank());
        rows.map(|row| LineChange { target: row.target, changes: row.entered.clone() }).collect()
    }

    /// Whether anything differs from what is stored.
    pub(super) fn differ(&self) -> bool {
        self.moved || !self.removed.is_empty() || self.rows.iter().any(|row| !row.entered.is_empty())
    }

    pub(super) fn drop_blank(&mut self) {
        self.rows.retain(|row| !row.is_blank());
    }

    /// Puts a line in; gives its place.
    pub(super) fn insert(&mut self, at: usize, row: Row) -> usize {
        let at = at.min(self.rows.len());
        self.ordered |= at < self.rows.len();
        self.rows.insert(at, row);
        at
    }

    /// A copy behind a line: all that can be entered; gives its place.
    pub(super) fn duplicate(&mut self, at: usize, columns: &[Field]) -> usize {
        let Some(row) = self.rows.get(at) else { return at };
        let fields = columns.iter().filter(|field| super::can_edit(field));
        let entered = fields.map(|field| (field.name.clone(), row.value(&field.name))).filter(|(_, v)| !v.is_empty());
        let copy = Row { entered: entered.collect(), seen: row.seen.clone(), ..Row::default() };
        self.insert(at + 1, copy)
    }

    /// Takes a line out; gives the place of the one that is at hand then.
    pub(super) fn remove(&mut self, at: usize) -> usize {
        if at < self.rows.len() {
            let row = self.rows.remove(at);
            self.removed.extend(row.target);
        }
        at.min(self.rows.len().saturating_sub(1))
    }

    /// Moves a line down or up; gives its place.
    pub(super) fn shift(&mut self, at: usize, by: isize) -> usize {
        let Some(to) = at.checked_add_signed(by).filter(|to| *to < self.rows.len()) else { return at };
        self.rows.swap(at, to);
        (self.ordered, self.moved) = (true, true);
        to
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::record::Record;

    fn stored(id: i64, version: i64, name: &str) -> LineSeen {
        let fields = Fields::from([("name".to_owned(), Value::text(name))]);
        let id = Id::from_i64(id).unwrap();
        let record = Some(Record { object: "quote_line".to_owned(), id, version, fields });
        LineSeen { record, errors: Vec::new() }
    }

    fn names(rows: &Rows) -> Vec<String> {
        rows.rows.iter().map(|row| row.value("name").as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn what_was_entered_is_laid_over_what_others_wrote_meanwhile() {
        let mut rows = Rows::stored(vec![stored(1, 1, "a"), stored(2, 1, "b"), stored(3, 1, "c"), stored(4, 1, "d")]);
        assert!(!rows.differ());
        rows.rows.first_mut().unwrap().set("name", Value::text("mine"));
        rows.remove(1);
        rows.insert(1, Row::default());
        // Another one changed the first two, took the third out and added a fifth.
        rows.rebase(vec![stored(1, 2, "theirs"), stored(2, 3, "b2"), stored(4, 1, "d"), stored(5, 1, "e")]);
        assert_eq!(names(&rows), ["mine", "", "d", "e"]);
        assert_eq!(rows.removed, [(Id::from_i64(2).unwrap(), 3)], "on the version of now");
        let changes = rows.changes();
        assert_eq!(changes.len(), 3, "a line without anything is none");
        assert_eq!(changes.first().unwrap().target, Some((Id::from_i64(1).unwrap(), 2)));
    }

    #[test]
    fn lines_are_put_in_copied_moved_and_taken_out_in_place() {
        let mut rows = Rows::stored(vec![stored(1, 1, "a"), stored(2, 1, "b")]);
        let at = rows.insert(2, Row::default());
        assert!(!rows.ordered, "at the end they stand as they were made");
        rows.rows.get_mut(at).unwrap().set("name", Value::text("c"));
        assert_eq!(rows.shift(at, -1), 1);
        assert_eq!((names(&rows).join(""), rows.ordered), ("acb".to_owned(), true));
        assert_eq!((rows.shift(0, -1), rows.shift(2, 1)), (0, 2), "the ends hold");
        assert_eq!(rows.remove(2), 1);
        assert_eq!((names(&rows).join(""), rows.removed.len()), ("ac".to_owned(), 1));
        rows.rows.get_mut(1).unwrap().set("name", Value::Empty);
        rows.drop_blank();
        assert_eq!(names(&rows), ["a"]);
    }
}
