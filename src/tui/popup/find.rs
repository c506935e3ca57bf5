//! Finding any record of any object while typing.

use super::frame;
use super::rows::Rows;
use crate::contract::error::Error;
use crate::contract::request::{Hit, SearchRequest};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The most hits.
const LIMIT: usize = 50;
/// The most cells of what was found in another field than the title.
const EXCERPT: usize = 30;
/// The most cells of an object's name.
const OBJECT: u16 = 14;

/// A line to type in above the hits.
pub struct FindLayer {
    input: LineEdit,
    hits: Vec<Hit>,
    complete: bool,
    error: Option<Error>,
    rows: Rows,
    slot: Slot,
    waiting: Option<Ticket>,
    /// Enter was pressed before the answer came: the first hit is opened when it does.
    eager: bool,
}

impl FindLayer {
    /// An empty search over all objects.
    pub fn new(cx: &mut Context<'_>) -> FindLayer {
        FindLayer {
            input: LineEdit::new(""),
            hits: Vec::new(),
            complete: true,
            error: None,
            rows: Rows::new(0),
            slot: cx.slot(),
            waiting: None,
            eager: false,
        }
    }

    fn search(&mut self, cx: &mut Context<'_>) {
        let text = self.input.text().trim().to_owned();
        if text.is_empty() {
            self.hits.clear();
            self.waiting = None;
            return;
        }
        let request = SearchRequest { text, objects: Vec::new(), limit: LIMIT };
        self.waiting = Some(cx.ask(self.slot, Request::Search(request)));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Enter => self.open(cx),
            KeyCode::Esc => cx.close(Closed::Cancelled),
            _ if self.rows.key(key, self.hits.len()) => {}
            _ => match self.input.handle(key) {
                Edited::Changed => {
                    self.eager = false;
                    self.search(cx);
                }
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    /// Opens the hit under the cursor. What is shown while a newer answer is awaited was not asked for.
    fn open(&mut self, cx: &mut Context<'_>) {
        if self.waiting.is_some() {
            self.eager = true;
            return;
        }
        match self.hits.get(self.rows.at()) {
            Some(hit) => {
                cx.close(Closed::Cancelled);
                cx.goto(Goto::Record(hit.key.clone()));
            }
            None => cx.effect(Effect::Bell),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            _ if self.rows.act(action, self.hits.len()) => {}
            Action::Back | Action::Quit => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn take(&mut self, reply: Reply) {
        match reply {
            Reply::Found(Ok(answer)) => {
                self.hits = answer.hits;
                self.complete = answer.complete;
                self.error = None;
                self.rows.restart();
            }
            Reply::Found(Err(Error::Cancelled)) => {}
            Reply::Found(Err(error)) => self.error = Some(error),
            _ => {}
        }
    }

    fn status(&self, shared: &Shared) -> Option<(String, Role)> {
        if let Some(error) = &self.error {
            return Some((shared.error(error, None), Role::Error));
        }
        if self.input.is_empty() {
            return Some((shared.text("find-help"), Role::Dim));
        }
        if self.hits.is_empty() && self.waiting.is_none() {
            return Some((shared.text("picker-nothing"), Role::Dim));
        }
        (!self.complete).then(|| (shared.text("find-incomplete"), Role::Dim))
    }

    /// The width of the objects' names.
    fn object_width(&self, shared: &Shared) -> u16 {
        let widths = self.hits.iter().map(|hit| shared.glyphs.measure.width(object_label(hit, shared)));
        u16::try_from(widths.max().unwrap_or(0)).unwrap_or(OBJECT).min(OBJECT)
    }

    fn draw_hit(&self, hit: &Hit, area: Rect, here: bool, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let style = shared.theme.style(if here { Role::Selection } else { Role::Popup });
        buf.set_style(area, style);
        let dim = if here { style } else { style.patch(shared.theme.style(Role::Dim)) };
        let object = usize::from(self.object_width(shared));
        let label = measure.fit(object_label(hit, shared), object, shared.glyphs.ellipsis, Default::default());
        let mut x = measure.draw(buf, area.x, area.y, &label, area.width, dim) + 1;
        let mark = shared.theme.style(Role::Match);
        let room = usize::from(area.width * 3 / 5).saturating_sub(object + 2);
        let title = measure.highlight(&hit.title, &hit.title_matches, room, shared.glyphs.ellipsis, style, mark);
        for span in &title.spans {
            x = measure.draw(buf, x, area.y, &span.content, area.right().saturating_sub(x), span.style);
        }
        x += 2;
        if let Some((field, text, matches)) = &hit.other_match {
            let object = shared.object(&hit.key.object);
            let name = object.and_then(|o| o.field(field)).map_or(field.as_str(), |f| f.label.get(shared.lang));
            x = measure.draw(buf, x, area.y, &format!("{name} "), area.right().saturating_sub(x), dim);
            let room = usize::from(area.right().saturating_sub(x)).min(EXCERPT);
            let line = measure.highlight(text, matches, room, shared.glyphs.ellipsis, style, mark);
            for span in &line.spans {
                x = measure.draw(buf, x, area.y, &span.content, area.right().saturating_sub(x), span.style);
            }
            x += 2;
        }
        let detail = [hit.code.as_str(), hit.detail.as_str()].join("  ");
        let room = area.right().saturating_sub(x);
        let detail = measure.fit(detail.trim(), room as usize, shared.glyphs.ellipsis, Default::default());
        measure.draw(buf, x, area.y, detail.trim_end(), room, dim);
    }
}

/// What the object of a hit is called.
fn object_label<'a>(hit: &'a Hit, shared: &'a Shared) -> &'a str {
    shared.object(&hit.key.object).map_or(hit.key.object.as_str(), |o| o.label.get(shared.lang))
}

impl Layer for FindLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-find")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::PickNext, Action::PickPrevious, Action::PickPageDown]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => self.act(action, cx),
            Event::Key(key) => self.key(key, cx),
            Event::Paste(text) => {
                self.input.paste(&text);
                self.search(cx);
                Flow::Used
            }
            Event::Reply(ticket, reply) if self.waiting == Some(ticket) => {
                self.waiting = None;
                self.take(reply);
                if std::mem::take(&mut self.eager) {
                    self.open(cx);
                }
                Flow::Used
            }
            _ => Flow::Ignored,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let place = frame::centered(area, area.width.saturating_sub(4).min(110), area.height.saturating_sub(1));
        let inner = frame::draw(place, &self.title(shared), buf, shared);
        let line = Rect { height: 1, ..inner };
        let cursor =
            self.input.render(line, buf, shared.theme.style(Role::Input), ("", shared.theme.style(Role::Placeholder)));
        frame::keys(inner, &shared.text("keys-find"), buf, shared);
        let mut y = inner.y + 1;
        if let Some((text, role)) = self.status(shared) {
            let text = measure.fit(&text, inner.width as usize, shared.glyphs.ellipsis, Default::default());
            measure.draw(buf, inner.x, y, &text, inner.width, shared.theme.style(role));
            y += 1;
        }
        let room = inner.bottom().saturating_sub(y) as usize;
        let top = self.rows.show(room);
        for (i, hit) in self.hits.iter().enumerate().skip(top).take(room) {
            let row = Rect { y: y + (i - top) as u16, height: 1, ..inner };
            self.draw_hit(hit, row, i == self.rows.at(), buf, shared);
        }
        Some(cursor)
    }
}
