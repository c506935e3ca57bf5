//! A popup that finds a record of one object as one types, or makes a new one.

use crate::contract::error::Error;
use crate::contract::request::{From, Hit, Page, Query, SearchRequest};
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::Object;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::frame::{self, boxed, ground};
use crate::tui::popup::rows::Rows;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The most hits that are asked for.
const LIMIT: usize = 50;

/// Finds a record. Closes with [`Closed::Record`], or with [`Closed::Create`] and the typed text.
pub(super) struct SearchLayer {
    object: String,
    can_create: bool,
    /// A filter over what is offered; empty for all.
    only: String,
    line: LineEdit,
    hits: Vec<Hit>,
    cursor: Rows,
    slot: Slot,
    waiting: Option<Ticket>,
    /// Enter was pressed before the answer came: the first hit is taken when it does.
    eager: bool,
    error: Option<Error>,
}

impl SearchLayer {
    /// A popup for the records of an object that match a filter (empty for all), with what was typed already.
    pub(super) fn new(object: &str, only: &str, typed: &str, can_create: bool, cx: &mut Context<'_>) -> SearchLayer {
        let editable = cx.shared.object(object).is_some_and(|o| o.editable);
        // What is made here must be approved before it can be chosen.
        let awaits = !only.is_empty() && cx.shared.schema.flows_of(object).any(|flow| flow.is_on_create());
        let mut layer = SearchLayer {
            object: object.to_owned(),
            can_create: can_create && editable && !awaits && cx.shared.writable,
            only: only.to_owned(),
            line: LineEdit::new(typed).measured(cx.shared.glyphs.measure),
            hits: Vec::new(),
            cursor: Rows::new(0),
            slot: cx.slot(),
            waiting: None,
            eager: false,
            error: None,
        };
        layer.ask(cx);
        layer
    }

    fn typed(&self) -> &str {
        self.line.text().trim()
    }

    /// Words are searched for; without words, and in objects that the search leaves out, the records of the
    /// object's own list are shown.
    fn ask(&mut self, cx: &mut Context<'_>) {
        let object = cx.shared.object(&self.object);
        let request = match object.filter(|o| o.searchable && self.only.is_empty() && !self.typed().is_empty()) {
            Some(object) => Request::Search(SearchRequest {
                text: self.typed().to_owned(),
                objects: vec![object.name.clone()],
                limit: LIMIT,
            }),
            None => Request::Query(Query {
                object: self.object.clone(),
                filter: format!("{} {}", word_filter(self.typed()), self.only).trim().to_owned(),
                columns: object.map(shown_fields).unwrap_or_default(),
                from: From::Start,
                limit: LIMIT,
                ..Query::default()
            }),
        };
        self.waiting = Some(cx.ask(self.slot, request));
        self.cursor.restart();
    }

    fn take(&mut self, reply: Reply, cx: &mut Context<'_>) {
        self.waiting = None;
        self.error = None;
        match reply {
            Reply::Found(Ok(answer)) => self.hits = answer.hits,
            Reply::Page(Ok(page)) => self.hits = hits_of(page, &self.object, cx.shared),
            Reply::Found(Err(error)) | Reply::Page(Err(error)) if error != Error::Cancelled => self.error = Some(error),
            _ => {}
        }
        if std::mem::take(&mut self.eager) {
            self.accept(cx);
        }
    }

    /// Hits, and below them the row that creates a record.
    fn rows(&self) -> usize {
        self.hits.len() + usize::from(self.offers_new())
    }

    fn offers_new(&self) -> bool {
        self.can_create && !self.typed().is_empty()
    }

    /// Tab goes to and fro between the hits and the row that creates a record.
    fn change_part(&mut self) {
        let new = self.hits.len();
        match self.offers_new() && self.cursor.at() != new {
            true => self.cursor.go(new),
            false => self.cursor.restart(),
        }
    }

    fn accept(&mut self, cx: &mut Context<'_>) {
        if self.waiting.is_some() {
            self.eager = true;
            return;
        }
        match self.hits.get(self.cursor.at()) {
            Some(hit) => cx.close(Closed::Record(hit.key.clone(), hit.title.clone())),
            None => self.create(cx),
        }
    }

    fn create(&mut self, cx: &mut Context<'_>) {
        if self.can_create {
            cx.close(Closed::Create(self.typed().to_owned()));
        }
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Esc => cx.close(Closed::Cancelled),
            KeyCode::Enter => self.accept(cx),
            KeyCode::Tab if self.offers_new() => self.change_part(),
            _ if self.cursor.key(key, self.rows()) => {}
            _ => match self.line.handle(key) {
                Edited::Changed => {
                    self.eager = false;
                    self.ask(cx);
                }
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn draw_rows(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let top = self.cursor.show(area.height.into());
        for (y, place) in (area.top()..area.bottom()).zip(top..self.rows()) {
            let row = Rect { y, height: 1, ..area };
            let plain = ground(shared);
            let style =
                if place == self.cursor.at() { plain.patch(shared.theme.style(Role::Selection)) } else { plain };
            buf.set_style(row, style);
            match self.hits.get(place) {
                Some(hit) => draw_hit(hit, row, buf, shared, style),
                None => {
                    let text = shared.message(&msg!("form-create", title = self.typed()));
                    let text = format!("+ {text}");
                    shared.glyphs.measure.draw(
                        buf,
                        row.x,
                        y,
                        &text,
                        row.width,
                        style.patch(shared.theme.style(Role::Accent)),
                    );
                }
            }
        }
    }

    /// What to say when there is no row.
    fn note(&self, shared: &Shared) -> Option<(String, Role)> {
        match (&self.error, self.waiting) {
            (Some(error), _) => Some((shared.error(error, None), Role::Error)),
            (None, Some(_)) if self.hits.is_empty() => Some((shared.text("form-searching"), Role::Dim)),
            (None, None) if self.rows() == 0 => Some((shared.text("form-nothing-found"), Role::Dim)),
            _ => None,
        }
    }
}

/// The filter for the words of a text, whatever else they mean in a filter.
fn word_filter(text: &str) -> String {
    let words = text.split_whitespace().map(|w| w.replace(['"', '\\'], "")).filter(|w| !w.is_empty());
    words.map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" ")
}

/// The fields that a hit shows: title, code, subtitle.
fn shown_fields(object: &Object) -> Vec<String> {
    let mut names = vec![object.title.clone()];
    names.extend(object.code.clone());
    names.extend(object.subtitle.iter().filter(|s| Some(*s) != object.code.as_ref()).cloned());
    names
}

fn hits_of(page: Page, name: &str, shared: &Shared) -> Vec<Hit> {
    let Some(object) = shared.object(name) else { return Vec::new() };
    let rows = page.rows.iter();
    rows.map(|row| {
        let show = |field: &str| {
            let field = object.field(field);
            field.map(|f| shared.format(&f.kind, row.record.get(&f.name), &page.titles)).unwrap_or_default()
        };
        Hit {
            key: RecordKey { object: name.to_owned(), id: row.record.id },
            title: show(&object.title),
            code: object.code.as_deref().map(show).unwrap_or_default(),
            detail: detail(object, &show),
            title_matches: Vec::new(),
            other_match: None,
        }
    })
    .collect()
}

fn detail(object: &Object, show: &dyn Fn(&str) -> String) -> String {
    let others = object.subtitle.iter().filter(|s| object.code.as_ref() != Some(s));
    others.map(|s| show(s)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
}

fn draw_hit(hit: &Hit, row: Rect, buf: &mut Buffer, shared: &Shared, style: ratatui::style::Style) {
    let glyphs = &shared.glyphs;
    let marked = style.patch(shared.theme.style(Role::Match));
    let dim = style.patch(shared.theme.style(Role::Dim));
    let mut x = row.x;
    let draw = |text: &str, matches: &[std::ops::Range<usize>], base, x: u16, buf: &mut Buffer| {
        let room = row.right().saturating_sub(x);
        let line = glyphs.measure.highlight(text, matches, room.into(), glyphs.ellipsis, base, marked);
        let mut x = x;
        for span in line.spans {
            x = glyphs.measure.draw(buf, x, row.y, &span.content, row.right().saturating_sub(x), span.style);
        }
        x
    };
    x = draw(&hit.title, &hit.title_matches, style, x, buf);
    if !hit.code.is_empty() && !hit.detail.contains(&hit.code) {
        x = draw(&hit.code, &[], dim, x + 2, buf);
    }
    match &hit.other_match {
        Some((_, text, matches)) => draw(text, matches, dim, x + 2, buf),
        None => draw(&hit.detail, &[], dim, x + 2, buf),
    };
}

impl Layer for SearchLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.object(&self.object).map(|o| o.label.get(shared.lang).to_owned()).unwrap_or_default()
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::PickNext, Action::PickPrevious];
        if self.can_create {
            hints.push(Action::PickCreate);
        }
        hints
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => {
                if self.line.paste(&text) == Edited::Changed {
                    self.ask(cx);
                }
            }
            Event::Reply(ticket, reply) if Some(ticket) == self.waiting => self.take(reply, cx),
            Event::Action(action) if self.cursor.act(action, self.rows()) => {}
            Event::Action(Action::PickCreate) => self.create(cx),
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let inner = boxed(area, (72, 18), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        let keys = if self.can_create { "keys-search-create" } else { "keys-pick" };
        frame::keys(inner, &shared.text(keys), buf, shared);
        let style = ground(shared).patch(shared.theme.style(Role::Input));
        let hint = shared.text("picker-type");
        let line = Rect { height: 1, ..inner };
        let position = self.line.render(line, buf, style, (&hint, shared.theme.style(Role::Placeholder)));
        let rows = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        self.draw_rows(rows, buf, shared);
        if let Some((text, role)) = self.note(shared) {
            let y = rows.y + u16::try_from(self.rows()).unwrap_or(u16::MAX).min(rows.height.saturating_sub(1));
            if y < rows.bottom() {
                let style = ground(shared).patch(shared.theme.style(role));
                shared.glyphs.measure.draw(buf, rows.x, y, &text, rows.width, style);
            }
        }
        Some(position)
    }
}
