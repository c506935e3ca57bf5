//! Which dates are past or near, and how that looks: in colour, and by a sign for who sees none.

use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::schema::model::{Field, Object};
use crate::tui::context::Shared;
use crate::tui::theme::Role;

const TASK: &str = "task";
const DUE: &str = "due";
const STATE: &str = "state";

/// How an open task's date stands to the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui) enum Deadline {
    /// Its time has passed.
    Overdue,
    /// It is due today.
    Today,
}

/// The fields that a list must ask for to know what is overdue.
pub(in crate::tui) fn fields(object: &Object) -> impl Iterator<Item = &str> {
    [DUE, STATE].into_iter().filter(|name| object.name == TASK && object.field(name).is_some())
}

/// Whether a record is a task that is marked done.
pub(in crate::tui) fn is_done(record: &Record) -> bool {
    record.object == TASK && record.get(STATE).as_str() == Some("done")
}

/// How a field of a record stands to the present, if it is the date of something still to be done.
pub(in crate::tui) fn of(record: &Record, field: &Field, shared: &Shared) -> Option<Deadline> {
    let open = record.object == TASK && !matches!(record.get(STATE).as_str(), Some("done" | "cancelled"));
    let Value::DateTime(due) = record.get(DUE) else { return None };
    if !open || field.name != DUE {
        return None;
    }
    let today = due.to_zoned(shared.now.time_zone().clone()).date() == shared.now.date();
    match *due < shared.now.timestamp() {
        true => Some(Deadline::Overdue),
        false => today.then_some(Deadline::Today),
    }
}

impl Deadline {
    /// Its look in the theme.
    pub(in crate::tui) fn role(self) -> Role {
        match self {
            Deadline::Overdue => Role::Overdue,
            Deadline::Today => Role::Due,
        }
    }

    /// The sign behind the date.
    pub(in crate::tui) fn sign(self, shared: &Shared) -> &'static str {
        match self {
            Deadline::Overdue => shared.glyphs.overdue,
            Deadline::Today => "",
        }
    }
}
