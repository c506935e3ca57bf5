//! The line that logs a contact: what it would make while it is typed, and what a form takes over from it.

use crate::domain::quick_log::{self, NextStep};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::domain::when::Moment;
use crate::msg;
use crate::tui::context::Shared;

/// What a log line says already, as fields of the form that goes on from it.
pub(super) fn so_far(line: &str, shared: &Shared) -> Fields {
    let mut fields = Fields::new();
    if line.trim().is_empty() {
        return fields;
    }
    let log = quick_log::parse(line, &shared.now);
    fields.insert("kind".to_owned(), Value::Choice(log.kind_or_note().key().to_owned()));
    fields.insert("subject".to_owned(), Value::text(log.body_with_who(line).trim()));
    if let Some(next) = &log.next {
        fields.insert("next_step".to_owned(), Value::text(next.text.value.trim()));
        let at = next.due.as_ref().map(|due| match &due.value {
            Moment::Day(day) => day.to_zoned(shared.now.time_zone().clone()).map(|at| at.timestamp()),
            Moment::At(at) => Ok(at.timestamp()),
        });
        if let Some(Ok(at)) = at {
            fields.insert("next_date".to_owned(), Value::DateTime(at));
        }
    }
    fields
}

/// What the line would make: the activity, and the task if there is a next step with its date.
pub(super) fn preview(text: &str, shared: &Shared) -> Vec<String> {
    if text.trim().is_empty() {
        return vec![shared.text("log-example"), String::new()];
    }
    let log = quick_log::parse(text, &shared.now);
    let kind = log.kind_or_note().key();
    let item = shared.schema.dictionary("activity_kind").and_then(|d| d.item(kind));
    let kind = item.map_or(kind, |i| i.label.get(shared.lang));
    let next = log.next.as_ref().map_or_else(|| shared.text("log-no-task"), |next| next_line(next, shared));
    vec![shared.labelled(kind, log.body_with_who(text)), next]
}

fn next_line(next: &NextStep, shared: &Shared) -> String {
    match (&next.problem, &next.due) {
        (Some(problem), _) => shared.message(&problem.value.message()),
        (None, Some(due)) => {
            shared.message(&msg!("log-next", what = next.text.value, at = show_moment(&due.value, shared)))
        }
        (None, None) => shared.message(&msg!("log-next-undated", what = next.text.value)),
    }
}

fn show_moment(moment: &Moment, shared: &Shared) -> String {
    let weekday = |day: jiff::civil::Weekday| shared.text(&format!("form-weekday-{}", day.to_monday_one_offset()));
    match moment {
        Moment::Day(day) => format!("{day} {}", weekday(day.weekday())),
        Moment::At(at) => format!("{} {} {}", at.date(), weekday(at.weekday()), at.strftime("%H:%M")),
    }
}
