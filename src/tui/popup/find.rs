//! Finding any record of any object while typing.

use super::frame;
use crate::backend::error::Error;
use crate::backend::request::{Hit, SearchRequest};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

const LIMIT: usize = 50;

/// A line to type in above the hits.
pub struct FindLayer {
    input: LineEdit,
    hits: Vec<Hit>,
    complete: bool,
    error: Option<Error>,
    cursor: usize,
    slot: Slot,
    waiting: Option<Ticket>,
    searched: String,
}

impl FindLayer {
    /// An empty search over all objects.
    pub fn new(cx: &mut Context<'_>) -> FindLayer {
        FindLayer {
            input: LineEdit::new(""),
            hits: Vec::new(),
            complete: true,
            error: None,
            cursor: 0,
            slot: cx.slot(),
            waiting: None,
            searched: String::new(),
        }
    }

    fn search(&mut self, cx: &mut Context<'_>) {
        let text = self.input.text().trim().to_owned();
        if text.is_empty() {
            self.hits.clear();
            self.searched.clear();
            self.waiting = None;
            return;
        }
        let request = SearchRequest { text, objects: Vec::new(), limit: LIMIT };
        self.waiting = Some(cx.ask(self.slot, Request::Search(request)));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Enter => {
                if let Some(hit) = self.hits.get(self.cursor) {
                    cx.close(Closed::Cancelled);
                    cx.goto(Goto::Record(hit.key.clone()));
                }
            }
            KeyCode::Esc => cx.close(Closed::Cancelled),
            _ => match self.input.handle(key) {
                Edited::Changed => self.search(cx),
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let last = self.hits.len().saturating_sub(1);
        match action {
            Action::PickNext => self.cursor = (self.cursor + 1).min(last),
            Action::PickPrevious => self.cursor = self.cursor.saturating_sub(1),
            Action::PickPageDown => self.cursor = (self.cursor + 10).min(last),
            Action::PickPageUp => self.cursor = self.cursor.saturating_sub(10),
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
                self.cursor = 0;
                self.searched = self.input.text().trim().to_owned();
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
            return Some((shared.text("list-no-match"), Role::Dim));
        }
        (!self.complete).then(|| (shared.text("find-incomplete"), Role::Dim))
    }

    fn draw_hit(&self, hit: &Hit, area: Rect, here: bool, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let style = shared.theme.style(if here { Role::Selection } else { Role::Popup });
        buf.set_style(area, style);
        let dim = if here { style } else { style.patch(shared.theme.style(Role::Dim)) };
        let label = shared.object(&hit.key.object).map_or(hit.key.object.as_str(), |o| o.label.get(shared.lang));
        let label = measure.fit(label, 8, shared.glyphs.ellipsis, Default::default());
        let mut x = measure.draw(buf, area.x, area.y, &label, 9, dim) + 1;
        let mark = shared.theme.style(Role::Match);
        let room = (area.width * 3 / 5).saturating_sub(10) as usize;
        let title = measure.highlight(&hit.title, &hit.title_matches, room, shared.glyphs.ellipsis, style, mark);
        for span in &title.spans {
            x = measure.draw(buf, x, area.y, &span.content, area.right().saturating_sub(x), span.style);
        }
        x += 2;
        if let Some((field, text, matches)) = &hit.other_match {
            let object = shared.object(&hit.key.object);
            let name = object.and_then(|o| o.field(field)).map_or(field.as_str(), |f| f.label.get(shared.lang));
            x = measure.draw(buf, x, area.y, &format!("{name} "), area.right().saturating_sub(x), dim);
            let line = measure.highlight(text, matches, 30, shared.glyphs.ellipsis, style, mark);
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
        let mut y = inner.y + 1;
        if let Some((text, role)) = self.status(shared) {
            let text = measure.fit(&text, inner.width as usize, shared.glyphs.ellipsis, Default::default());
            measure.draw(buf, inner.x, y, &text, inner.width, shared.theme.style(role));
            y += 1;
        }
        let room = inner.bottom().saturating_sub(y) as usize;
        let top = (self.cursor + 1).saturating_sub(room);
        for (i, hit) in self.hits.iter().enumerate().skip(top).take(room) {
            let row = Rect { y: y + (i - top) as u16, height: 1, ..inner };
            self.draw_hit(hit, row, i == self.cursor, buf, shared);
        }
        Some(cursor)
    }
}
