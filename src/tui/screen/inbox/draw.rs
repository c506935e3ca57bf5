//! Drawing the inbox: the tabs of the trays, the rows, and the review beside or below them.

use super::InboxScreen;
use crate::contract::approvals::{InboxRow, Review, Tray};
use crate::domain::lang::as_read;
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Object;
use crate::tui::context::Shared;
use crate::tui::pane::lines::{Line, Part, draw_line};
use crate::tui::pane::tabs::{draw_error, draw_tabs};
use crate::tui::popup::frame;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From so many columns on the review stands beside the rows.
const SIDE: u16 = 108;
/// From so many lines on it stands below them.
const BELOW: u16 = 14;
/// Cells of a field's label.
const LABEL: u16 = 14;

impl InboxScreen {
    pub(super) fn draw_in(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        if area.height < 2 {
            return;
        }
        let tabs = Tray::ALL.map(|tray| (shared.text(&format!("inbox-tray-{}", tray.key())), tray == self.tray));
        draw_tabs(tabs, area, buf, shared);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        if let Some(error) = &self.error {
            return draw_error(error, body, buf, shared);
        }
        let (rows, review) = places(body);
        self.draw_rows(rows, buf, shared);
        if let Some(review) = review {
            let style = shared.theme.style(if self.in_review { Role::FocusBorder } else { Role::Border });
            if review.x > rows.x {
                for y in review.top()..review.bottom() {
                    shared.glyphs.measure.draw(buf, review.x - 2, y, shared.glyphs.vertical, 1, style);
                }
            } else {
                let line = shared.glyphs.horizontal.repeat(usize::from(review.width));
                shared.glyphs.measure.draw(buf, review.x, review.y - 1, &line, review.width, style);
            }
            self.draw_review(review, buf, shared);
        }
    }

    fn draw_rows(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let room = usize::from(area.height);
        self.height.set(room);
        if self.rows.is_empty() {
            let key = match (self.loaded, self.tray) {
                (false, _) => "list-loading".to_owned(),
                (true, tray) => format!("inbox-empty-{}", tray.key()),
            };
            draw_line(&Line::note(shared.text(&key)), false, Rect { height: 1, ..area }, buf, shared);
            return;
        }
        self.top.set(frame::scroll(self.top.get(), self.cursor, room));
        let shown = self.rows.iter().enumerate().skip(self.top.get());
        for (y, (at, row)) in (area.top()..area.bottom()).zip(shown) {
            let here = at == self.cursor;
            draw_line(&self.line(row, area.width, shared), here, Rect { y, height: 1, ..area }, buf, shared);
        }
    }

    /// One row: mark, since when, flow, what, who, until when or how it stands.
    fn line(&self, row: &InboxRow, width: u16, shared: &Shared) -> Line {
        let marked = self.marks.contains(&row.approval.id);
        let sign = if marked { shared.glyphs.marked } else { " " };
        let today = shared.now.date();
        let at = row.at.to_zoned(shared.now.time_zone().clone());
        let at = if at.date() == today { at.strftime("%H:%M") } else { at.strftime("%m-%d") }.to_string();
        let mut parts = vec![Part::of(sign, 1), Part::of(at, 5).role(Role::Dim)];
        if width >= 44 {
            parts.push(Part::of(row.flow.get(shared.lang), (width / 5).min(18)).role(Role::Label));
        }
        let title = if marked { Role::Marked } else { Role::Text };
        parts.push(Part::rest(row.title.clone()).role(title));
        if let Some(why) = self.refusal(row, shared) {
            parts.push(Part::of(why.to_owned(), (width / 3).max(12)).role(Role::Error));
            return Line { parts, target: None };
        }
        if width >= 50 {
            let by = match &row.instead {
                Some(of) if self.tray == Tray::Pending => shared.message(&msg!("inbox-instead", who = of)),
                _ => row.by.clone(),
            };
            parts.push(Part::of(by, 10).role(Role::Dim));
        }
        parts.push(match (self.tray, row.due) {
            (Tray::Pending, Some(due)) => {
                let role = if due < today { Role::Overdue } else { Role::Due };
                Part::of(due.strftime("%m-%d").to_string(), 5).role(role)
            }
            (Tray::Pending, None) => Part::of("", 5),
            _ => {
                let dictionary = if self.tray == Tray::Done { "vote_state" } else { "approval_state" };
                Part::of(item(shared, dictionary, &row.state), 10).role(role(&row.state))
            }
        });
        Line { parts, target: None }
    }

    fn draw_review(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let here = self.row().map(|row| row.approval.id);
        let lines = match &self.review {
            Some((id, Ok(review))) if Some(*id) == here => lines(review, area.width, shared),
            Some((id, Err(error))) if Some(*id) == here => vec![Line::note(shared.error(error, None))],
            _ if here.is_some() => vec![Line::note(shared.text("list-loading"))],
            _ => Vec::new(),
        };
        let most = lines.len().saturating_sub(usize::from(area.height));
        self.review_top.set(self.review_top.get().min(most));
        for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(self.review_top.get())) {
            draw_line(line, false, Rect { y, height: 1, ..area }, buf, shared);
        }
    }
}

/// Where the rows stand, and the review, if there is room.
fn places(body: Rect) -> (Rect, Option<Rect>) {
    if body.width >= SIDE {
        let left = body.width * 9 / 20;
        let review = Rect { x: body.x + left + 2, width: body.width - left - 2, ..body };
        return (Rect { width: left.saturating_sub(1), ..body }, Some(review));
    }
    if body.height < BELOW {
        return (body, None);
    }
    let above = body.height * 2 / 5;
    let review = Rect { y: body.y + above + 1, height: body.height - above - 1, ..body };
    (Rect { height: above, ..body }, Some(review))
}

fn item(shared: &Shared, dictionary: &str, key: &str) -> String {
    let item = shared.schema.dictionary(dictionary).and_then(|d| d.item(key));
    item.map_or(key.to_owned(), |item| item.label.get(shared.lang).to_owned())
}

fn role(state: &str) -> Role {
    match state {
        "approved" => Role::Success,
        "returned" => Role::Error,
        "pending" | "waiting" => Role::Warning,
        _ => Role::Dim,
    }
}

/// All about an approval: what it is, what changes, what to be wary of, who said what.
fn lines(review: &Review, width: u16, shared: &Shared) -> Vec<Line> {
    let lang = shared.lang;
    let about = shared.object(&review.record.object);
    let mut lines = vec![head(review, about, shared)];
    let note = |role: Role, sign: &str, text: String| Line {
        parts: vec![Part::rest(format!("{sign} {text}")).role(role)],
        target: None,
    };
    if let Some((action, arguments)) = &review.action {
        let known = about.and_then(|o| o.action(action));
        let label = known.map_or(action.as_str(), |a| a.label.get(lang)).to_owned();
        lines.push(note(Role::Accent, shared.glyphs.right, label));
        for (name, value) in arguments {
            if let Some(field) = known.and_then(|a| a.form.field(name)) {
                let text = shared.format(&field.kind, value, &review.titles);
                lines.push(pair(field.label.get(lang), text));
            }
        }
    }
    if !review.missing.is_empty() {
        let label =
            |name: &String| about.and_then(|o| o.field(name)).map_or(name.clone(), |f| f.label.get(lang).to_owned());
        let names: Vec<String> = review.missing.iter().map(label).collect();
        let text = shared.labelled(&shared.text("inbox-missing"), &shared.listed(&names));
        lines.push(note(Role::Warning, shared.glyphs.warning, text));
    }
    for duplicate in &review.duplicates {
        let fields: Vec<&str> = duplicate
            .fields
            .iter()
            .map(|name| about.and_then(|o| o.field(name)).map_or(name.as_str(), |f| f.label.get(lang)))
            .collect();
        let text = format!("{} ({})", duplicate.title, shared.listed(&fields));
        let text = shared.labelled(&shared.text("inbox-duplicate"), &text);
        lines.push(note(Role::Warning, shared.glyphs.warning, text));
    }
    if let Some(refusal) = review.refusal.as_ref().filter(|_| is_pending(review)) {
        lines.push(note(Role::Dim, shared.glyphs.locked, shared.message(refusal)));
    }
    for words in [review.approval.get("comment"), review.approval.get("answer")] {
        for line in words.as_str().unwrap_or_default().lines() {
            lines.push(note(Role::Info, shared.glyphs.bullet, line.to_owned()));
        }
    }
    if let Value::Files(files) = review.approval.get("attachments") {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let text = shared.labelled(&shared.text("inbox-files"), &shared.listed(&names));
        lines.push(note(Role::Info, shared.glyphs.bullet, text));
    }
    lines.extend(changes(review, about, width, shared));
    lines.extend(votes(review, shared));
    lines
}

fn is_pending(review: &Review) -> bool {
    review.approval.get("state").as_str() == Some("pending")
}

/// Flow, state and step; who submitted it stands in the row.
fn head(review: &Review, about: Option<&Object>, shared: &Shared) -> Line {
    let lang = shared.lang;
    let state = review.approval.get("state").as_str().unwrap_or_default();
    let by = review.approval.get("by").as_ref_id().and_then(|id| review.titles.get(&id)).cloned().unwrap_or_default();
    let what = about.map(|o| o.label.get(lang)).unwrap_or_default();
    let step = if is_pending(review) && review.steps > 1 {
        let at = if let Value::Integer(at) = review.approval.get("step") { *at } else { 1 };
        format!("  {at}/{} {}", review.steps, review.step.get(lang))
    } else {
        String::new()
    };
    let separator = shared.glyphs.separator;
    let text = format!("{} {separator} {what} {separator} {by}{step}", review.flow.get(lang));
    let state_text = item(shared, "approval_state", state);
    let width = u16::try_from(shared.glyphs.measure.width(&state_text)).unwrap_or(10);
    let parts = vec![Part::rest(text).role(Role::Title), Part::of(state_text, width).role(role(state))];
    Line { parts, target: None }
}

fn pair(label: &str, text: String) -> Line {
    Line { parts: vec![Part::of(label, LABEL).role(Role::Label), Part::rest(text)], target: None }
}

/// What stood and what stands, side by side; of a first submission what it says.
fn changes(review: &Review, about: Option<&Object>, width: u16, shared: &Shared) -> Vec<Line> {
    let mut lines = Vec::new();
    let half = width.saturating_sub(LABEL + 2) / 2;
    if review.compared && !review.differences.is_empty() {
        let parts = vec![
            Part::of("", LABEL),
            Part::of(shared.text("inbox-before"), half).role(Role::Header),
            Part::rest(shared.text("inbox-after")).role(Role::Header),
        ];
        lines.push(Line { parts, target: None });
    } else if review.compared {
        lines.push(Line::note(shared.text("inbox-unchanged")));
    }
    for difference in &review.differences {
        let Some(field) = about.and_then(|o| o.field(&difference.field)) else { continue };
        let label = field.label.get(shared.lang);
        let text = |value: &Value| match shared.format(&field.kind, value, &review.titles) {
            text if text.is_empty() => "-".to_owned(),
            text => text.replace('\n', " "),
        };
        if !review.compared {
            lines.push(pair(label, text(&difference.after)));
            continue;
        }
        // Long values go on below.
        let sides = [&difference.before, &difference.after].map(|value| wrapped(&text(value), half, shared));
        let [before, after] = sides;
        for at in 0..before.len().max(after.len()) {
            let side = |of: &[String]| of.get(at).cloned().unwrap_or_default();
            let parts = vec![
                Part::of(if at == 0 { label } else { "" }, LABEL).role(Role::Label),
                Part::of(side(&before), half).role(Role::Dim),
                Part::rest(side(&after)).role(Role::Accent),
            ];
            lines.push(Line { parts, target: None });
        }
    }
    lines
}

fn wrapped(text: &str, width: u16, shared: &Shared) -> Vec<String> {
    let rows = shared.glyphs.measure.wrap(text, usize::from(width.max(4)));
    rows.into_iter().filter_map(|row| text.get(row)).map(str::to_owned).collect()
}

/// Who voted how, and who is yet to.
fn votes(review: &Review, shared: &Shared) -> Vec<Line> {
    let mut lines = Vec::new();
    let name = |vote: &Record, field: &str| {
        vote.get(field).as_ref_id().and_then(|id| review.titles.get(&id)).cloned().unwrap_or_default()
    };
    for vote in &review.votes {
        let state = vote.get("state").as_str().unwrap_or_default();
        let (approver, decider) = (name(vote, "approver"), name(vote, "decided_by"));
        let who = match decider.is_empty() || decider == approver {
            true => approver,
            false => shared.message(&msg!("inbox-for", who = decider, of = approver)),
        };
        let at = match vote.get("decided_at") {
            Value::DateTime(at) => at.to_zoned(shared.now.time_zone().clone()).strftime("%m-%d %H:%M").to_string(),
            _ => String::new(),
        };
        let comment = as_read(vote.get("comment").as_str().unwrap_or_default(), shared.lang).replace('\n', " ");
        let parts = vec![
            Part::of(who, LABEL).role(Role::Text),
            Part::of(item(shared, "vote_state", state), 10).role(role(state)),
            Part::of(at, 11).role(Role::Dim),
            Part::rest(comment),
        ];
        lines.push(Line { parts, target: None });
    }
    if !lines.is_empty() {
        lines.insert(0, Line::empty());
    }
    lines
}
