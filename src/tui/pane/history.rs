//! The journal, of one record or of all with the events beside it: who did what and when, newest first.

use crate::backend::History;
use crate::contract::error::Error;
use crate::contract::log::{self, Log, LogFilter, LogPlace, LogRequest, LogRow};
use crate::contract::request::HistoryRequest;
use crate::domain::id::Id;
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

/// Journal entries in a pane: of a record, or of the whole store together with its events.
pub struct HistoryPane {
    of: Of,
    log: Log,
    error: Option<Error>,
    cursor: usize,
    height: usize,
    slot: Slot,
    waiting: Option<(Ticket, bool)>,
    loaded: bool,
}

/// What the entries are of.
enum Of {
    Record(RecordKey),
    All(LogFilter),
}

impl HistoryPane {
    /// The journal of one record.
    pub fn new(key: RecordKey, cx: &mut Context<'_>) -> HistoryPane {
        HistoryPane::of(Of::Record(key), cx)
    }

    /// The log of the store.
    pub fn all(filter: LogFilter, cx: &mut Context<'_>) -> HistoryPane {
        HistoryPane::of(Of::All(filter), cx)
    }

    fn of(of: Of, cx: &mut Context<'_>) -> HistoryPane {
        HistoryPane {
            of,
            log: Log::default(),
            error: None,
            cursor: 0,
            height: 10,
            slot: cx.slot(),
            waiting: None,
            loaded: false,
        }
    }

    /// Shows another part of the log, from its newest row.
    pub fn set_filter(&mut self, filter: LogFilter, cx: &mut Context<'_>) {
        self.of = Of::All(filter);
        self.cursor = 0;
        self.load(cx);
    }

    /// Moves the cursor by some rows.
    pub fn move_by(&mut self, delta: isize, cx: &mut Context<'_>) {
        self.move_to(self.cursor.saturating_add_signed(delta), cx);
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
        self.log.rows.get(self.cursor)?.key()
    }

    fn ask(&mut self, before: Option<LogPlace>, cx: &mut Context<'_>) {
        let request = match &self.of {
            Of::Record(key) => {
                let before = before.map(|place| place.entry);
                Request::History(HistoryRequest { key: Some(key.clone()), before, limit: PAGE })
            }
            Of::All(filter) => Request::Log(LogRequest { filter: filter.clone(), before, limit: PAGE }),
        };
        let ticket = cx.ask(self.slot, request);
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
        let answer = match reply {
            Reply::History(answer) => answer.clone().map(log_of),
            Reply::Log(answer) => answer.clone(),
            _ => return,
        };
        match answer {
            Ok(log) if more => {
                self.log.rows.extend(log.rows);
                self.log.titles.extend(log.titles);
                self.log.more = log.more;
            }
            Ok(log) => {
                self.log = log;
                self.cursor = self.cursor.min(self.log.rows.len().saturating_sub(1));
                self.error = None;
                self.loaded = true;
            }
            Err(Error::Cancelled) => {}
            Err(error) => self.error = Some(error),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let to = match action {
            Action::Down => self.cursor + 1,
            Action::Up => self.cursor.saturating_sub(1),
            Action::HalfPageDown | Action::PageDown => self.cursor + self.height / 2,
            Action::HalfPageUp | Action::PageUp => self.cursor.saturating_sub(self.height / 2),
            Action::Top => 0,
            Action::Bottom => usize::MAX,
            Action::Refresh => {
                self.load(cx);
                return Flow::Used;
            }
            _ => return Flow::Ignored,
        };
        self.move_to(to, cx);
        Flow::Used
    }

    fn move_to(&mut self, to: usize, cx: &mut Context<'_>) {
        let last = self.log.rows.len().saturating_sub(1);
        self.cursor = to.min(last);
        if self.cursor + self.height >= last && self.log.more.is_some() && self.waiting.is_none() {
            self.ask(self.log.more, cx);
        }
    }

    /// Draws the entries: a line each, and a line for each changed field of the one under the cursor.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared, focused: bool) {
        let measure = shared.glyphs.measure;
        if let Some(error) = &self.error {
            measure.draw(buf, area.x, area.y, &shared.error(error, None), area.width, shared.theme.style(Role::Error));
            return;
        }
        if self.log.rows.is_empty() {
            let key = if self.loaded { "history-empty" } else { "list-loading" };
            measure.draw(buf, area.x, area.y, &shared.text(key), area.width, shared.theme.style(Role::Dim));
            return;
        }
        let details = self.log.rows.get(self.cursor).map(|row| self.details(row, shared)).unwrap_or_default();
        let room = (area.height as usize).saturating_sub(details.len() + 1);
        let top = self.cursor.saturating_sub(room);
        let mut y = area.y;
        for (i, row) in self.log.rows.iter().enumerate().skip(top) {
            if y >= area.bottom() {
                break;
            }
            let here = i == self.cursor;
            let style = shared.theme.style(if here && focused { Role::Selection } else { Role::Text });
            let line = measure.fit(
                &self.headline(row, shared),
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

    fn headline(&self, row: &LogRow, shared: &Shared) -> String {
        let at = row.at().to_zoned(shared.now.time_zone().clone()).strftime("%Y-%m-%d %H:%M").to_string();
        let name = |user: Option<Id>| user.and_then(|id| self.log.titles.get(&id)).cloned();
        let nobody = || "tcrm".to_owned();
        match row {
            LogRow::Change(entry) => {
                let who = name(entry.user).unwrap_or_else(nobody);
                format!("{at}  {who}  {}  {}", deed(entry, shared), self.subject(entry, shared))
            }
            LogRow::Event(event) => {
                let who = name(event.user).or_else(|| event.what.login.clone()).unwrap_or_else(nobody);
                let label = log::label(event.what.kind, shared.lang);
                let about = event.what.object.as_deref().map(|name| self.named(name, event.what.record, shared));
                let detail = log::detail(event, shared.lang);
                let parts = [Some(at), Some(who), Some(label), about, Some(detail)];
                parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
            }
        }
    }

    /// An object with the title of one of its records.
    fn named(&self, name: &str, record: Option<Id>, shared: &Shared) -> String {
        let label = shared.object(name).map(|o| o.label.get(shared.lang)).unwrap_or(name).to_owned();
        match record {
            Some(id) => {
                let title = self.log.titles.get(&id).cloned().unwrap_or_else(|| id.to_string());
                format!("{label} {title}")
            }
            None => label,
        }
    }

    /// What was changed: of a record its fields, else the record.
    fn subject(&self, entry: &Entry, shared: &Shared) -> String {
        if let Of::All(_) = self.of {
            return self.named(&entry.object, Some(entry.record), shared);
        }
        let object = shared.object(&entry.object);
        let changed = |f: &&Field| entry.before.contains_key(&f.name) || entry.after.contains_key(&f.name);
        let fields = object.filter(|_| entry.deed == Deed::Update).map(|o| o.fields.as_slice()).unwrap_or_default();
        let shown = fields.iter().filter(|f| !f.is_system()).filter(changed);
        shared.listed(&shown.map(|f| f.label.get(shared.lang)).collect::<Vec<_>>())
    }

    fn details(&self, row: &LogRow, shared: &Shared) -> Vec<String> {
        match row {
            LogRow::Change(entry) => self.changes(entry, shared),
            LogRow::Event(event) => log::details(event, shared.lang),
        }
    }

    fn changes(&self, entry: &Entry, shared: &Shared) -> Vec<String> {
        let Some(object) = shared.object(&entry.object) else { return Vec::new() };
        let show = |value: Option<&Value>, field: &Field| {
            let text = shared.format(&field.kind, value.unwrap_or(&Value::Empty), &self.log.titles);
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

/// What was done, in a word or two.
fn deed(entry: &Entry, shared: &Shared) -> String {
    let deed = shared.text(match entry.deed {
        Deed::Create => "deed-create",
        Deed::Update => "deed-update",
        Deed::Delete => "deed-delete",
    });
    if entry.undoes.is_some() { format!("{} ({})", shared.text("deed-undo"), deed) } else { deed }
}

/// The journal of a record as a part of the log.
fn log_of(history: History) -> Log {
    let last = history.entries.last().map(|entry| LogPlace { entry: entry.seq, event: 0 });
    let rows = history.entries.into_iter().map(LogRow::Change).collect();
    Log { rows, titles: history.titles, more: last.filter(|_| history.more) }
}
