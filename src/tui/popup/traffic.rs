//! The last requests to the server: method, path, status, time and sizes; their bodies, and a command line for each.

use super::frame::{self, boxed, ground};
use super::rows::Rows;
use super::text::TextLayer;
use crate::backend::traffic::{Body, Exchange};
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::sync::Arc;

/// The list of requests, the newest first.
pub struct TrafficLayer {
    slot: Slot,
    listing: Option<Ticket>,
    /// `None` inside for a store of this machine.
    all: Option<Option<Vec<Arc<Exchange>>>>,
    cursor: Rows,
}

impl TrafficLayer {
    /// Asks what there was.
    pub fn new(cx: &mut Context<'_>) -> TrafficLayer {
        let slot = cx.slot();
        let listing = Some(cx.ask(slot, Request::Traffic));
        TrafficLayer { slot, listing, all: None, cursor: Rows::new(0) }
    }

    fn rows(&self) -> &[Arc<Exchange>] {
        self.all.as_ref().and_then(Option::as_deref).unwrap_or_default()
    }

    fn current(&self) -> Option<&Arc<Exchange>> {
        self.rows().get(self.cursor.at())
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        let count = self.rows().len();
        let key = key.to_ascii();
        match key.code {
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            KeyCode::Char('r') => self.listing = Some(cx.ask(self.slot, Request::Traffic)),
            KeyCode::Enter => self.open(cx),
            KeyCode::Char('c' | 'y') => {
                if let Some(exchange) = self.current() {
                    cx.effect(Effect::Copy(exchange.curl()));
                }
            }
            _ if self.cursor.key_or_letter(key, count) => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn open(&self, cx: &mut Context<'_>) {
        let Some(exchange) = self.current() else { return };
        let shared = cx.shared;
        let mut text = format!("{}\n", line(exchange, shared, usize::MAX));
        if let Some(problem) = &exchange.problem {
            text.push_str(&format!("{problem}\n"));
        }
        for (key, body) in [("http-sent", &exchange.request), ("http-answered", &exchange.answer)] {
            text.push_str(&format!("\n{}\n{}\n", shared.text(key), shown(body, shared)));
        }
        let title = format!("{} {}", exchange.method, exchange.path);
        cx.push(Box::new(TextLayer::new(title, text).copying(exchange.answer.text())));
    }
}

fn shown(body: &Body, shared: &Shared) -> String {
    match (body.size, body.secret, body.is_whole()) {
        (0, ..) => shared.text("http-nothing"),
        (_, true, _) => shared.text("http-secret"),
        (_, _, true) => body.text(),
        (size, ..) => format!("{}\n{}", body.text(), shared.message(&msg!("http-cut-here", size = size))),
    }
}

/// Bytes as people read them.
fn size(bytes: usize) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        _ => format!("{} kB", bytes / 1_000),
    }
}

fn line(exchange: &Exchange, shared: &Shared, width: usize) -> String {
    let measure = shared.glyphs.measure;
    let fit = |text: &str, width, align| measure.fit(text, width, shared.glyphs.ellipsis, align);
    let at = exchange.at.to_zoned(shared.now.time_zone().clone()).strftime("%H:%M:%S").to_string();
    let status = exchange.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let took = format!("{} ms", exchange.took.as_millis());
    let sizes = (size(exchange.request.size), size(exchange.answer.size));
    let path = exchange.path.strip_prefix("/api/v1").unwrap_or(&exchange.path);
    let head = format!(
        "{at} {} {status} {} {} {} ",
        fit(&exchange.method, 6, Align::Left),
        fit(&took, 8, Align::Right),
        fit(&sizes.0, 7, Align::Right),
        fit(&sizes.1, 7, Align::Right),
    );
    let (path, _) = measure.cut(path, width.saturating_sub(head.len()), shared.glyphs.ellipsis);
    format!("{head}{path}")
}

impl Layer for TrafficLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    /// Its letters are its own, whatever they mean elsewhere.
    fn takes_text(&self) -> bool {
        true
    }

    fn is_ready(&self) -> bool {
        self.all.is_some()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-http")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let count = self.rows().len();
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Action(action) if self.cursor.act(action, count) => {}
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            Event::Reply(ticket, Reply::Traffic(all)) if self.listing == Some(ticket) => {
                self.cursor.limit(all.as_ref().map_or(0, Vec::len));
                self.all = Some(all);
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let rows = self.rows();
        let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).max(4).saturating_add(2);
        let height = height.min(area.height.saturating_sub(2));
        let inner = boxed(area, (100, height), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        frame::keys(inner, &shared.text("http-keys"), buf, shared);
        let mut put = |y: u16, text: &str, role: Role| {
            let style = shared.theme.style(role);
            let style = if role == Role::Selection { style } else { ground(shared).patch(style) };
            let (text, _) = measure.cut(text, inner.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, inner.x, y, &text, inner.width, style);
        };
        if rows.is_empty() {
            let key = match &self.all {
                None => "list-loading",
                Some(None) => "http-local",
                Some(Some(_)) => "http-none",
            };
            put(inner.y, &shared.text(key), Role::Dim);
            return None;
        }
        let room = usize::from(inner.height).max(1);
        let top = self.cursor.show(room);
        for (y, number) in (inner.y..inner.bottom()).zip(top..rows.len()) {
            let Some(exchange) = rows.get(number) else { continue };
            let role = match exchange.status {
                _ if number == self.cursor.at() => Role::Selection,
                Some(200..=399) => Role::Text,
                Some(400..=499) => Role::Warning,
                _ => Role::Error,
            };
            put(y, &line(exchange, shared, inner.width.into()), role);
        }
        None
    }
}
