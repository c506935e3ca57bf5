//! Another password for oneself: typed unseen, the new one twice.

use super::frame;
use crate::contract::error::Error;
use crate::domain::password::Password;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use zeroize::Zeroizing;

/// What is asked for, in order.
const LINES: [&str; 3] = ["passwd-current", "passwd-new", "passwd-again"];
/// The width of the box.
const WIDTH: u16 = 56;

/// The current password, the new one, and the new one again.
pub struct PasswordLayer {
    slot: Slot,
    typed: [Zeroizing<String>; 3],
    at: usize,
    doing: Option<Ticket>,
    /// Why it was not taken.
    refusal: String,
}

impl PasswordLayer {
    /// Nothing typed yet.
    pub fn new(cx: &mut Context<'_>) -> PasswordLayer {
        PasswordLayer { slot: cx.slot(), typed: Default::default(), at: 0, doing: None, refusal: String::new() }
    }

    fn move_by(&mut self, by: usize) {
        self.at = (self.at + by) % LINES.len();
    }

    fn submit(&mut self, cx: &mut Context<'_>) {
        let [current, new, again] = &self.typed;
        if new.as_str() != again.as_str() {
            self.refusal = cx.shared.text("passwd-differ");
            return;
        }
        let current = (!current.is_empty()).then(|| Password::new(current.as_str()));
        let request = Request::SetPassword { current, new: Password::new(new.as_str()) };
        self.refusal.clear();
        self.doing = Some(cx.ask(self.slot, request));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) {
        let last = self.at + 1 == LINES.len();
        match (key.code, key.ctrl) {
            (KeyCode::Esc, _) => cx.close(Closed::Cancelled),
            (KeyCode::Enter, _) if last => self.submit(cx),
            (KeyCode::Up, _) => self.move_by(LINES.len() - 1),
            (KeyCode::Tab, _) if key.shift => self.move_by(LINES.len() - 1),
            (KeyCode::Enter | KeyCode::Tab | KeyCode::Down, _) => self.move_by(1),
            (KeyCode::Char('s'), true) => self.submit(cx),
            (KeyCode::Char('u'), true) => self.edit(|text| text.clear()),
            (KeyCode::Backspace, _) => self.edit(|text| {
                text.pop();
            }),
            (KeyCode::Char(c), false) if !key.alt => self.edit(|text| text.push(c)),
            _ => {}
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut String)) {
        self.refusal.clear();
        if let Some(text) = self.typed.get_mut(self.at) {
            change(text);
        }
    }

    fn take(&mut self, result: Result<(), Error>, cx: &mut Context<'_>) {
        self.doing = None;
        match result {
            Ok(()) => {
                cx.info(msg!("passwd-done"));
                cx.close(Closed::Answered(0));
            }
            Err(Error::Invalid(errors)) => {
                let wrong = |name: &str| errors.iter().any(|error| error.field == name);
                self.at = if wrong("current") { 0 } else { 1 };
                let told: Vec<String> = errors.iter().map(|error| cx.shared.message(&error.message)).collect();
                self.refusal = told.join(" ");
            }
            Err(error) => self.refusal = cx.shared.error(&error, None),
        }
    }
}

impl Layer for PasswordLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-passwd")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Action(Action::PickNext) => self.move_by(1),
            Event::Action(Action::PickPrevious) => self.move_by(LINES.len() - 1),
            Event::Key(key) if self.doing.is_none() => self.key(key, cx),
            Event::Paste(text) if self.doing.is_none() => {
                let line = Zeroizing::new(text.lines().next().unwrap_or_default().to_owned());
                self.edit(|typed| typed.push_str(&line));
            }
            Event::Reply(ticket, Reply::PasswordSet(result)) if self.doing == Some(ticket) => self.take(result, cx),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let inner = frame::boxed(area, (WIDTH, 8), &self.title(shared), buf, shared);
        frame::keys(inner, &shared.text("passwd-keys"), buf, shared);
        let ground = frame::ground(shared);
        let labels = LINES.map(|key| shared.text(key));
        let wide = labels.iter().map(|label| measure.width(label)).max().unwrap_or(0) + 1;
        let wide = u16::try_from(wide).unwrap_or(inner.width).min(inner.width);
        let mut cursor = None;
        for (at, (label, typed)) in labels.iter().zip(&self.typed).enumerate() {
            let y = inner.y + u16::try_from(at).unwrap_or(0);
            if y >= inner.bottom() {
                break;
            }
            measure.draw(buf, inner.x, y, label, wide, ground);
            let room = inner.width.saturating_sub(wide);
            let line = Rect { x: inner.x + wide, y, width: room, height: 1 };
            let style = ground.patch(shared.theme.style(Role::Input));
            buf.set_style(line, style);
            // How long it is may be seen, no more.
            let number = u16::try_from(typed.chars().count()).unwrap_or(u16::MAX).min(room.saturating_sub(1));
            measure.draw(buf, line.x, y, &"*".repeat(usize::from(number)), room, style);
            if at == self.at {
                cursor = Some(Position { x: line.x + number, y });
            }
        }
        let refusal = ground.patch(shared.theme.style(Role::Error)).patch(shared.theme.style(Role::Popup));
        let rows = measure.wrap(&self.refusal, usize::from(inner.width.max(4)));
        let top = inner.y + 3;
        for (y, row) in (top..inner.bottom()).zip(rows) {
            measure.draw(buf, inner.x, y, self.refusal.get(row).unwrap_or_default(), inner.width, refusal);
        }
        cursor
    }
}
