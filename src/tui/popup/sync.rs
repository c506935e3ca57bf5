//! What was done without a network and isn't on the server: what waits, what is to be decided, what was refused.

use super::confirm::ConfirmLayer;
use super::frame::{self, boxed, ground};
use super::rows::Rows;
use crate::backend::sync::{Link, Pending, PendingField, PendingKind, PendingState, Settle};
use crate::domain::record::Titles;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::form::FormLayer;
use crate::tui::form::conflict::{ConflictLayer, Row};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Rows of the screen for each change: what it is, and why it isn't there.
const HEIGHT: u16 = 2;

/// What a layer above is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Whose values to keep.
    Conflict(i64),
    /// Whether to give it up.
    GiveUp(i64),
}

/// The list of changes that aren't on the server.
pub struct SyncLayer {
    slot: Slot,
    listing: Option<Ticket>,
    working: Option<Ticket>,
    pending: Option<Vec<Pending>>,
    cursor: Rows,
    asked: Option<Asked>,
}

impl SyncLayer {
    /// Asks what there is.
    pub fn new(cx: &mut Context<'_>) -> SyncLayer {
        let mut layer = SyncLayer {
            slot: cx.slot(),
            listing: None,
            working: None,
            pending: None,
            cursor: Rows::new(0),
            asked: None,
        };
        layer.list(cx);
        layer
    }

    fn list(&mut self, cx: &mut Context<'_>) {
        self.listing = Some(cx.ask(self.slot, Request::Pending));
    }

    fn current(&self) -> Option<&Pending> {
        self.pending.as_ref()?.get(self.cursor.at())
    }

    fn settle(&mut self, number: i64, how: Settle, cx: &mut Context<'_>) {
        let slot = cx.slot();
        self.working = Some(cx.ask(slot, Request::Settle(number, how)));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        let count = self.pending.as_ref().map_or(0, Vec::len);
        let key = key.to_ascii();
        match key.code {
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            KeyCode::Char('s') => {
                let slot = cx.slot();
                self.working = Some(cx.ask(slot, Request::Sync));
            }
            KeyCode::Enter => self.decide(cx),
            KeyCode::Char('r') => {
                if let Some(number) = self.current().map(|pending| pending.number) {
                    self.settle(number, Settle::Retry, cx);
                }
            }
            KeyCode::Char('d') => self.ask_to_give_up(cx),
            KeyCode::Char('e') => self.open_as_form(cx),
            _ if self.cursor.key_or_letter(key, count) => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    /// Asks whose values to keep, field by field; what was refused is tried again.
    fn decide(&mut self, cx: &mut Context<'_>) {
        let Some(pending) = self.current() else { return };
        let number = pending.number;
        if pending.state != PendingState::Conflict {
            return self.settle(number, Settle::Retry, cx);
        }
        let rows: Vec<Row> = pending.fields.iter().filter(|f| f.asked).map(|f| row(pending, f, cx.shared)).collect();
        if rows.is_empty() {
            return self.settle(number, Settle::Keep(Vec::new()), cx);
        }
        self.asked = Some(Asked::Conflict(number));
        cx.push(Box::new(ConflictLayer::new(rows, String::new())));
    }

    fn ask_to_give_up(&mut self, cx: &mut Context<'_>) {
        let Some(pending) = self.current() else { return };
        let number = pending.number;
        let buttons = ["sync-give-up-yes", "sync-give-up-no"].map(|key| cx.shared.text(key)).to_vec();
        let lines = vec![head(pending, cx.shared)];
        self.asked = Some(Asked::GiveUp(number));
        cx.push(Box::new(ConfirmLayer::new(cx.shared.text("sync-give-up"), lines, buttons, 1)));
    }

    /// What was refused in its form again, to be mended.
    fn open_as_form(&mut self, cx: &mut Context<'_>) {
        let Some(pending) = self.current() else { return };
        if pending.state != PendingState::Rejected {
            return cx.warn(msg!("sync-not-refused"));
        }
        match FormLayer::amend(pending, cx) {
            Some(form) => cx.push(form),
            None => cx.warn(msg!("sync-no-form")),
        }
    }

    fn take_choice(&mut self, closed: Closed, cx: &mut Context<'_>) {
        match (self.asked.take(), closed) {
            (Some(Asked::Conflict(number)), Closed::Picked(theirs)) => {
                let all = self.pending.iter().flatten().find(|pending| pending.number == number);
                let asked = all.into_iter().flat_map(|pending| &pending.fields).filter(|field| field.asked);
                let mine = asked.map(|field| field.field.clone()).filter(|field| !theirs.contains(field)).collect();
                self.settle(number, Settle::Keep(mine), cx);
            }
            (Some(Asked::GiveUp(number)), Closed::Answered(0)) => self.settle(number, Settle::Discard, cx),
            // The form of one that was refused.
            (None, _) => self.list(cx),
            _ => {}
        }
    }

    fn take(&mut self, ticket: Ticket, reply: Reply, cx: &mut Context<'_>) -> Flow {
        let (listing, working) = (self.listing == Some(ticket), self.working == Some(ticket));
        match reply {
            Reply::Pending(Ok(pending)) if listing => {
                self.cursor.limit(pending.len());
                self.pending = Some(pending);
            }
            Reply::Pending(Err(error)) if listing => cx.fail(&error, None),
            Reply::Settled(Ok(())) if working => {
                cx.info(msg!("sync-settled"));
                self.list(cx);
            }
            Reply::Synced(Ok(report)) if working => {
                match (&report.state.link, &report.state.why) {
                    (Link::Online, _) => cx.info(msg!("sync-done", sent = report.sent, received = report.received)),
                    (_, Some(why)) => cx.warn(why.clone()),
                    _ => {}
                }
                self.pending = Some(report.pending.clone());
                self.cursor.limit(report.pending.len());
            }
            Reply::Settled(Err(error)) | Reply::Synced(Err(error)) if working => cx.fail(&error, None),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

/// What a change is: its kind, its object, what the record is called.
fn head(pending: &Pending, shared: &Shared) -> String {
    let object = pending.key.as_ref().and_then(|key| shared.object(&key.object));
    let action = pending.action.as_ref().and_then(|name| object?.action(name));
    let what = match (action, pending.kind) {
        (Some(action), _) => action.label.get(shared.lang).to_owned(),
        (None, PendingKind::Create) => shared.text("sync-create"),
        (None, PendingKind::Change) => shared.text("sync-change"),
        (None, PendingKind::Delete) => shared.text("sync-delete"),
        (None, PendingKind::Act) => shared.text("sync-act"),
    };
    let object = object.map(|object| object.label.get(shared.lang)).unwrap_or_default();
    format!("{object} {} · {what}", pending.title).trim_start().to_owned()
}

/// How it stands, and why.
fn why(pending: &Pending, shared: &Shared) -> (String, Role) {
    let object = pending.key.as_ref().and_then(|key| shared.object(&key.object));
    let (key, role) = match pending.state {
        PendingState::Waiting => ("sync-waiting", Role::Dim),
        PendingState::Held => ("sync-held", Role::Dim),
        PendingState::Conflict => ("sync-conflict", Role::Warning),
        PendingState::Rejected => ("sync-rejected", Role::Error),
    };
    let reason = match (&pending.problem, pending.state) {
        (Some(problem), _) => shared.error(problem, object),
        (None, PendingState::Conflict) => {
            let asked = pending.fields.iter().filter(|field| field.asked);
            let both = |field: &PendingField| {
                let row = row(pending, field, shared);
                shared.message(&msg!("sync-both", field = row.label, mine = row.mine, theirs = row.theirs))
            };
            shared.listed(&asked.map(both).collect::<Vec<_>>())
        }
        _ => String::new(),
    };
    let state = shared.text(key);
    (if reason.is_empty() { state } else { shared.labelled(&state, &reason) }, role)
}

/// A field that both changed, as it is asked about.
fn row(pending: &Pending, field: &PendingField, shared: &Shared) -> Row {
    let object = pending.key.as_ref().and_then(|key| shared.object(&key.object));
    let known = object.and_then(|object| object.field(&field.field));
    let titles = Titles::new();
    let show = |value| known.map(|known| shared.format(&known.kind, value, &titles)).unwrap_or_default();
    Row {
        field: field.field.clone(),
        label: known.map_or_else(|| field.field.clone(), |known| known.label.get(shared.lang).to_owned()),
        mine: show(&field.mine),
        theirs: field.theirs.as_ref().map(show).unwrap_or_default(),
    }
}

impl Layer for SyncLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    /// Its letters are its own, whatever they mean elsewhere.
    fn takes_text(&self) -> bool {
        true
    }

    fn is_ready(&self) -> bool {
        self.pending.is_some()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("sync-title")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let count = self.pending.as_ref().map_or(0, Vec::len);
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Action(action) if self.cursor.act(action, count) => {}
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            Event::Closed(closed) => self.take_choice(closed, cx),
            Event::Reply(ticket, reply) => return self.take(ticket, reply, cx),
            Event::Changed => self.list(cx),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let pending = self.pending.as_deref().unwrap_or_default();
        let rows = u16::try_from(pending.len()).unwrap_or(u16::MAX).max(1);
        let faults = shared.sync.as_ref().map(|state| state.faults.as_slice()).unwrap_or_default();
        let count = u16::try_from(faults.len()).unwrap_or(u16::MAX);
        let height =
            rows.saturating_mul(HEIGHT).saturating_add(2).saturating_add(count).min(area.height.saturating_sub(2));
        let inner = boxed(area, (76, height), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        frame::keys(inner, &shared.text("sync-keys"), buf, shared);
        let mut line = |y: u16, text: &str, role: Role| {
            let style = if role == Role::Selection {
                shared.theme.style(role)
            } else {
                ground(shared).patch(shared.theme.style(role))
            };
            let (text, _) = measure.cut(text, inner.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, inner.x, y, &text, inner.width, style);
        };
        for (y, fault) in (inner.y..inner.bottom()).rev().zip(faults) {
            line(y, &shared.message(fault), Role::Warning);
        }
        if pending.is_empty() {
            let key = match (&shared.sync, &self.pending) {
                (None, _) => "sync-local",
                (_, None) => "list-loading",
                _ => "sync-none",
            };
            line(inner.y, &shared.text(key), Role::Dim);
            return None;
        }
        let room = usize::from(inner.height.saturating_sub(count) / HEIGHT).max(1);
        let top = self.cursor.show(room);
        for (slot, number) in (0u16..).zip(top..pending.len().min(top + room)) {
            let Some(one) = pending.get(number) else { continue };
            let y = inner.y + slot * HEIGHT;
            line(y, &head(one, shared), if number == self.cursor.at() { Role::Selection } else { Role::Text });
            if y + 1 < inner.bottom() {
                let (text, role) = why(one, shared);
                line(y + 1, &format!("  {text}"), role);
            }
        }
        None
    }
}
