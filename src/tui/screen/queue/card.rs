//! The card of the record at hand: who it is, whom to ask for, what was said, what is open, and the outcomes.

use super::QueueScreen;
use crate::contract::dossier::Dossier;
use crate::contract::request::{Page, View};
use crate::domain::when::{self, Moment};
use crate::msg;
use crate::schema::model::Object;
use crate::tui::context::Shared;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A line of the card.
struct Line {
    text: String,
    role: Role,
}

pub(super) fn draw(queue: &QueueScreen, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let outcomes = outcome_lines(queue, area.width, shared);
    let foot = (outcomes.len() as u16 + 1).min(area.height);
    let body = Rect { height: area.height - foot, ..area };
    let mut lines = match queue.card() {
        Some(Ok(dossier)) => card(queue, dossier, shared),
        Some(Err(error)) => vec![Line { text: shared.error(error, None), role: Role::Error }],
        None if queue.error.is_some() => {
            let text = queue.error.as_ref().map(|e| shared.error(e, None)).unwrap_or_default();
            vec![Line { text, role: Role::Error }]
        }
        None if queue.loaded && queue.id().is_none() && queue.paging.is_none() => finished(queue, shared),
        None => vec![Line { text: shared.text("list-loading"), role: Role::Dim }],
    };
    lines.truncate(body.height as usize);
    for (line, y) in lines.iter().zip(body.y..) {
        put(buf, Rect { y, height: 1, ..body }, &line.text, line.role, shared);
    }
    let note = Rect { y: body.bottom(), height: 1, ..area };
    let cursor = if foot > 0 { draw_note(queue, note, buf, shared) } else { None };
    for (text, y) in outcomes.iter().zip(note.y + 1..area.bottom()) {
        put(buf, Rect { y, height: 1, ..area }, text, Role::Accent, shared);
    }
    cursor
}

fn put(buf: &mut Buffer, area: Rect, text: &str, role: Role, shared: &Shared) {
    let measure = shared.glyphs.measure;
    let (text, _) = measure.cut(text, area.width.into(), shared.glyphs.ellipsis);
    measure.draw(buf, area.x, area.y, &text, area.width, shared.theme.style(role));
}

fn finished(queue: &QueueScreen, shared: &Shared) -> Vec<Line> {
    let done = queue.ids.iter().filter(|id| queue.done.contains(id)).count();
    let text = shared.message(&msg!("queue-finished", count = done));
    vec![Line { text: String::new(), role: Role::Text }, Line { text, role: Role::Success }]
}

/// The line for the note, with the cursor in it while it is typed.
fn draw_note(queue: &QueueScreen, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
    let measure = shared.glyphs.measure;
    let label = format!("{} ", shared.text("queue-note"));
    buf.set_style(area, shared.theme.style(Role::Input));
    let x = measure.draw(buf, area.x, area.y, &label, area.width, shared.theme.style(Role::Label));
    let room = Rect { x, width: area.right().saturating_sub(x), ..area };
    match &queue.typing {
        Some(line) => {
            let placeholder = shared.theme.style(Role::Placeholder);
            Some(line.render(room, buf, shared.theme.style(Role::Input), ("", placeholder)))
        }
        None => {
            put(buf, room, &queue.note, Role::Input, shared);
            None
        }
    }
}

/// The outcomes with their keys and what each plans, in as many lines as they need.
fn outcome_lines(queue: &QueueScreen, width: u16, shared: &Shared) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let finishes = queue.can_finish(shared);
    for (number, item) in queue.outcomes(shared).iter().enumerate() {
        let next = match (item.ask_next, item.next_days) {
            (true, _) => format!(" {}", shared.glyphs.ellipsis),
            (false, Some(days)) => format!(" +{days}{}", shared.text("queue-days")),
            _ => String::new(),
        };
        let closes = if finishes && queue.finish.unwrap_or(item.closes) { shared.glyphs.success } else { "" };
        let text = format!("{} {}{next}{closes}", number + 1, item.label.get(shared.lang));
        let Some(last) = lines.last_mut() else { continue };
        if last.is_empty() {
            *last = text;
        } else if shared.glyphs.measure.width(last) + shared.glyphs.measure.width(&text) + 3 <= width as usize {
            last.push_str("   ");
            last.push_str(&text);
        } else {
            lines.push(text);
        }
    }
    lines
}

fn card(queue: &QueueScreen, dossier: &Dossier, shared: &Shared) -> Vec<Line> {
    let Some(object) = shared.object(&queue.of.object) else { return Vec::new() };
    let show = |name: &str| cell(object, name, &dossier.view, shared);
    let mut lines = vec![Line { text: String::new(), role: Role::Text }];
    let done = if queue.id().is_some_and(|id| queue.done.contains(&id)) { shared.glyphs.success } else { "" };
    lines.push(Line { text: format!("{} {done}", show(&object.title)), role: Role::Title });
    let names = object.code.iter().chain(&object.header);
    let labelled = names.filter_map(|name| {
        let text = show(name);
        let label = object.field(name)?.label.get(shared.lang);
        (!text.is_empty()).then(|| format!("{label} {text}"))
    });
    lines.push(Line { text: labelled.collect::<Vec<_>>().join("  "), role: Role::Dim });
    let own = numbers(object, &dossier.view, shared);
    if !own.is_empty() {
        lines.push(Line { text: own, role: Role::Accent });
    }
    for one in &dossier.whom {
        let Some(of) = shared.object(&one.record.object) else { continue };
        let title = cell(of, &of.title, one, shared);
        let parts = [of.label.get(shared.lang).to_owned(), title, numbers(of, one, shared)];
        lines.push(Line { text: parts.join("  ").trim_end().to_owned(), role: Role::Accent });
    }
    let can_call = ["customer", "contact", "lead"].contains(&object.name.as_str()) || !dossier.whom.is_empty();
    if !can_call {
        lines.push(Line { text: shared.text("crm-call-nobody"), role: Role::Warning });
    }
    let sections: [(&str, &Page, &[&str]); 4] = [
        ("contact", &dossier.contacts, &["name", "post", "mobile", "phone"]),
        ("activity", &dossier.activities, &["at", "kind", "subject", "outcome"]),
        ("opportunity", &dossier.deals, &["name", "amount", "stage", "close_date", "next_step"]),
        ("task", &dossier.tasks, &["due", "subject", "owner"]),
    ];
    for (name, page, columns) in sections {
        lines.extend(section(name, page, columns, shared));
    }
    lines
}

/// The phone numbers of a record.
fn numbers(object: &Object, view: &View, shared: &Shared) -> String {
    let phones = object.fields.iter().filter(|f| matches!(f.kind, crate::schema::model::Kind::Phone));
    let numbers: Vec<String> = phones.map(|f| cell(object, &f.name, view, shared)).filter(|t| !t.is_empty()).collect();
    numbers.join("   ")
}

fn cell(object: &Object, name: &str, view: &View, shared: &Shared) -> String {
    let field = object.field(name);
    field.map(|f| shared.format(&f.kind, view.record.get(name), &view.titles)).unwrap_or_default()
}

/// The records of one kind under their heading; nothing where there are none.
fn section(name: &str, page: &Page, columns: &[&str], shared: &Shared) -> Vec<Line> {
    let Some(object) = shared.object(name).filter(|_| !page.rows.is_empty()) else { return Vec::new() };
    let mut lines = vec![Line { text: object.plural_label(shared.lang).to_owned(), role: Role::Label }];
    for row in &page.rows {
        let cell = |name: &&str| {
            let field = object.field(name)?;
            let text = shared.format(&field.kind, row.record.get(name), &page.titles);
            (!text.is_empty()).then_some(text)
        };
        let cells: Vec<String> = columns.iter().filter_map(cell).collect();
        lines.push(Line { text: format!("  {}", cells.join("  ")), role: Role::Text });
    }
    lines
}

/// What a typed time means.
pub(super) fn show_when(text: &str, shared: &Shared) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    match when::parse_moment(text, &shared.now) {
        Ok(Moment::Day(day)) => vec![format!("{day} {}", weekday(day.weekday(), shared))],
        Ok(Moment::At(at)) => {
            vec![format!("{} {} {}", at.date(), weekday(at.weekday(), shared), at.strftime("%H:%M"))]
        }
        Err(error) => vec![shared.message(&error.message())],
    }
}

fn weekday(day: jiff::civil::Weekday, shared: &Shared) -> String {
    shared.text(&format!("form-weekday-{}", day.to_monday_one_offset()))
}
