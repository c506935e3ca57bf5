//! The journal, of one record or of all: who changed what and when, newest first.

use crate::backend::History;
use crate::backend::error::Error;
use crate::backend::request::HistoryRequest;
use crate::domain::journal::{Deed, Entry};
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::schema::model::Field;
use crate::tui::action::Action;
use crate::tui::context::{Context, Shared};
use crate::tui::layer::{Event, Flow};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const PAGE: usize = 100;

/// Journal entries in a pane.
pub struct HistoryPane {
    key: Option<RecordKey>,
    history: History,
    error: Option<Error>,
    cursor: usize,
    height: usize,
    slot: Slot,
    waiting: Option<(Ticket, bool)>,
    loaded: bool,
}

impl HistoryPane {
    /// The journal of one record, or all of it.
    pub fn new(key: Option<RecordKey>, cx: &mut Context<'_>) -> HistoryPane {
        HistoryPane {
            key,
            history: History::default(),
            error: None,
            cursor: 0,
            height: 10,
            slot: cx.slot(),
            waiting: None,
            loaded: false,
        }
    }

    /// Whether the first entries are there.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Asks for the newest entries.
    pub fn load(&mut self, cx: &mut Context<'_>) {
        self.ask(None, cx);
    }

    /// Tells how many lines there are.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
    }

    /// The record that the entry under the cursor is about.
    pub fn current(&self) -> Option<RecordKey> {
        let entry = self.history.entries.get(self.cursor)?;
        Some(RecordKey { object: entry.object.clone(), id: entry.record })
    }

    fn ask(&mut self, before: Option<i64>, cx: &mut Context<'_>) {
        let request = HistoryRequest { key: self.key.clone(), before, limit: PAGE };
        let ticket = cx.ask(self.slot, Request::History(request));
        self.waiting = Some((ticket, before.is_some()));
    }

    /// Takes moves and answers.
    pub fn update(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => self.act(*action, cx),
            Event::Reply(ticket, reply) => {
                let Some((asked, more)) = self.waiting else { return Flow::Ignored };
                if asked != *ticket {
                    return Flow::Ignored;
                }
                self.waiting = None;
                self.take(reply, more);
                Flow::Used
            }
            _ => Flow::Ignored,
        }
    }

    fn take(&mut self, reply: &Reply, more: bool) {
        match reply {
            Reply::History(Ok(history)) if more => {
                self.history.entries.extend(history.entries.iter().cloned());
                self.history.titles.extend(history.titles.iter().map(|(id, t)| (*id, t.clone())));
                self.history.more = history.more;
            }
            Reply::History(Ok(history)) => {
                self.history = history.clone();
                self.cursor = self.cursor.min(self.history.entries.len().saturating_sub(1));
                self.loaded = true;
            }
            Reply::History(Err(Error::Cancelled)) => {}
            Reply::History(Err(error)) => self.error = Some(error.clone()),
            _ => {}
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let last = self.history.entries.len().saturating_sub(1);
        self.cursor = match action {
            Action::Down => (self.cursor + 1).min(last),
            Action::Up => self.cursor.saturating_sub(1),
            Action::HalfPageDown | Action::PageDown => (self.cursor + self.height / 2).min(last),
            Action::HalfPageUp | Action::PageUp => self.cursor.saturating_sub(self.height / 2),
            Action::Top => 0,
            Action::Bottom => last,
            Action::Refresh => {
                self.load(cx);
                return Flow::Used;
            }
            _ => return Flow::Ignored,
        };
        if self.cursor + self.height >= last && self.history.more && self.waiting.is_none() {
            let oldest = self.history.entries.last().map(|e| e.seq);
            self.ask(oldest, cx);
        }
        Flow::Used
    }

    /// Draws the entries: a line each, and a line for each changed field of the one under the cursor.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared, focused: bool) {
        let measure = shared.glyphs.measure;
        if let Some(error) = &self.error {
            measure.draw(buf, area.x, area.y, &shared.error(error, None), area.width, shared.theme.style(Role::Error));
            return;
        }
        if self.history.entries.is_empty() {
            let key = if self.loaded { "history-empty" } else { "list-loading" };
            measure.draw(buf, area.x, area.y, &shared.text(key), area.width, shared.theme.style(Role::Dim));
            return;
        }
        let details = self.history.entries.get(self.cursor).map(|e| self.changes(e, shared)).unwrap_or_default();
        let room = (area.height as usize).saturating_sub(details.len() + 1);
        let top = self.cursor.saturating_sub(room);
        let mut y = area.y;
        for (i, entry) in self.history.entries.iter().enumerate().skip(top) {
            if y >= area.bottom() {
                break;
            }
            let here = i == self.cursor;
            let style = shared.theme.style(if here && focused { Role::Selection } else { Role::Text });
            let line = measure.fit(
                &self.headline(entry, shared),
                area.width as usize,
                shared.glyphs.ellipsis,
                Default::default(),
            );
            measure.draw(buf, area.x, y, &line, area.width, style);
            y += 1;
            if here {
                for detail in &details {
                    if y < area.bottom() {
                        let line = measure.fit(
                            detail,
                            area.width.saturating_sub(4) as usize,
                            shared.glyphs.ellipsis,
                            Default::default(),
                        );
                        let style = shared.theme.style(Role::Text);
                        measure.draw(buf, area.x + 4, y, line.trim_end(), area.width.saturating_sub(4), style);
                        y += 1;
                    }
                }
            }
        }
    }

    fn headline(&self, entry: &Entry, shared: &Shared) -> String {
        let at = entry.at.to_zoned(shared.now.time_zone().clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let who = entry.user.and_then(|u| self.history.titles.get(&u)).cloned().unwrap_or_else(|| "tcrm".to_owned());
        let deed = shared.text(match entry.deed {
            Deed::Create => "deed-create",
            Deed::Update => "deed-update",
            Deed::Delete => "deed-delete",
        });
        let deed = if entry.undoes.is_some() { format!("{} ({})", shared.text("deed-undo"), deed) } else { deed };
        let object = shared.object(&entry.object);
        let what = if self.key.is_some() {
            let changed = |f: &&Field| entry.before.contains_key(&f.name) || entry.after.contains_key(&f.name);
            let fields = object.filter(|_| entry.deed == Deed::Update).map(|o| o.fields.as_slice()).unwrap_or_default();
            let shown = fields.iter().filter(|f| !f.is_system()).filter(changed);
            shared.listed(&shown.map(|f| f.label.get(shared.lang)).collect::<Vec<_>>())
        } else {
            let title = self.history.titles.get(&entry.record).cloned().unwrap_or_else(|| entry.record.to_string());
            format!("{} {title}", object.map(|o| o.label.get(shared.lang)).unwrap_or(&entry.object))
        };
        format!("{at}  {who}  {deed}  {what}")
    }

    fn changes(&self, entry: &Entry, shared: &Shared) -> Vec<String> {
        let Some(object) = shared.object(&entry.object) else { return Vec::new() };
        let show = |value: Option<&Value>, field: &Field| {
            let text = shared.format(&field.kind, value.unwrap_or(&Value::Empty), &self.history.titles);
            if text.is_empty() { "-".to_owned() } else { text }
        };
        let line = |field: &Field| {
            let (before, after) = (entry.before.get(&field.name), entry.after.get(&field.name));
            (before.is_some() || after.is_some()).then(|| {
                let value = match entry.deed {
                    Deed::Create => show(after, field),
                    Deed::Delete => show(before, field),
                    Deed::Update => format!("{} {} {}", show(before, field), shared.glyphs.right, show(after, field)),
                };
                shared.labelled(field.label.get(shared.lang), &value)
            })
        };
        object.fields.iter().filter(|f| !f.is_system()).filter_map(line).take(self.height.saturating_sub(2)).collect()
    }
}
