//! The drafts that forms of earlier runs left behind.

use super::FormLayer;
use super::draft::Draft;
use super::grid::GridLayer;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::frame::{self, boxed, ground};
use crate::tui::popup::rows::Rows;
use crate::tui::request::Request;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Lists drafts: Enter takes one up again, `d` deletes one, Esc leaves them for later.
pub struct DraftsLayer {
    drafts: Vec<Draft>,
    rows: Rows,
    /// What the layer above is for.
    above: Above,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    Form,
    Question,
}

impl DraftsLayer {
    /// A list of drafts, see [`super::draft::parse`].
    pub fn new(drafts: Vec<Draft>) -> DraftsLayer {
        DraftsLayer { drafts, rows: Rows::new(0), above: Above::Nothing }
    }

    fn resume(&mut self, cx: &mut Context<'_>) {
        if let Some(draft) = self.drafts.get(self.rows.at()) {
            self.above = Above::Form;
            let table = GridLayer::from_draft(draft, cx);
            let form = || FormLayer::from_draft(draft.clone(), cx);
            let layer = table.map_or_else(form, |table| Box::new(table) as Box<dyn Layer>);
            cx.push(layer);
        }
    }

    fn ask_delete(&mut self, cx: &mut Context<'_>) {
        if let Some(draft) = self.drafts.get(self.rows.at()) {
            self.above = Above::Question;
            let text = cx.shared.message(&msg!("form-draft-delete", title = name(draft, cx.shared)));
            let buttons = ["form-answer-delete", "form-answer-keep"].map(|key| cx.shared.text(key)).to_vec();
            cx.push(Box::new(ConfirmLayer::new(String::new(), vec![text], buttons, 1)));
        }
    }

    fn closed(&mut self, closed: &Closed, cx: &mut Context<'_>) {
        let above = std::mem::replace(&mut self.above, Above::Nothing);
        let gone = match above {
            Above::Nothing => false,
            // A form closes only saved, discarded or unchanged: its draft is gone.
            Above::Form => true,
            Above::Question => *closed == Closed::Answered(0),
        };
        if !gone || self.rows.at() >= self.drafts.len() {
            return;
        }
        let draft = self.drafts.remove(self.rows.at());
        if above == Above::Question {
            let slot = cx.slot();
            cx.ask(slot, Request::PutSetting { key: draft.key, value: None });
        }
        self.rows.limit(self.drafts.len());
        if self.drafts.is_empty() {
            cx.close(Closed::Cancelled);
        }
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.to_ascii().code {
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Enter => self.resume(cx),
            KeyCode::Char('d') | KeyCode::Delete => self.ask_delete(cx),
            _ if self.rows.key_or_letter(key, self.drafts.len()) => {}
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

fn name(draft: &Draft, shared: &Shared) -> String {
    let object = shared.object(&draft.object).map_or(draft.object.as_str(), |o| o.label.get(shared.lang));
    let title = if draft.title.is_empty() { shared.text("form-untitled") } else { draft.title.clone() };
    match draft.id {
        // It says itself whose lines they are.
        Some(_) if draft.lines.is_some() => title,
        Some(_) if draft.object.contains('.') => shared.message(&msg!("form-act", action = object, title = title)),
        Some(_) => shared.message(&msg!("form-edit", object = object, title = title)),
        None => shared.labelled(&shared.message(&msg!("form-new", object = object)), &title),
    }
}

impl Layer for DraftsLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    /// Its letters are its own, whatever they mean elsewhere.
    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("form-drafts")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Closed(closed) => self.closed(&closed, cx),
            Event::Action(action) if self.rows.act(action, self.drafts.len()) => {}
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let height = u16::try_from(self.drafts.len() + 2).unwrap_or(u16::MAX).clamp(4, 18);
        let inner = boxed(area, (76, height), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        let measure = shared.glyphs.measure;
        frame::keys(inner, &shared.text("form-drafts-hint"), buf, shared);
        let rows = inner;
        let mut place = None;
        let shown = self.drafts.iter().enumerate().skip(self.rows.show(rows.height.into()));
        for (y, (number, draft)) in (rows.top()..rows.bottom()).zip(shown) {
            let mut style = ground(shared);
            if number == self.rows.at() {
                style = style.patch(shared.theme.style(Role::Selection));
                place = Some(Position::new(rows.x, y));
            }
            buf.set_style(Rect { y, height: 1, ..rows }, style);
            let when = draft.at.to_zoned(shared.now.time_zone().clone()).strftime("%m-%d %H:%M").to_string();
            let x = measure.draw(buf, rows.x, y, &when, rows.width, style.patch(shared.theme.style(Role::Dim))) + 2;
            let room = rows.right().saturating_sub(x);
            let text = name(draft, shared);
            let (text, _) = measure.cut(&text, room.into(), shared.glyphs.ellipsis);
            measure.draw(buf, x, y, &text, room, style);
        }
        place
    }
}
