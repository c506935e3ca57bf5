//! The way of a key or mouse event: text to who enters text, sequences to the keymap, actions to the
//! top layer and, where it ignores them, to the application.

use super::{App, Msg};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Effect, Severity};
use crate::tui::input::{Button, Key, KeyCode, Mouse, MouseAction};
use crate::tui::keymap::Match;
use crate::tui::layer::{Event, Flow};
use std::time::Duration;

impl App {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        let confirmed = std::mem::take(&mut self.confirm_quit);
        // Anything but an error goes with the next key.
        if self.notice.as_ref().is_some_and(|n| n.severity != Severity::Error) {
            self.notice = None;
        }
        let takes_text = self.layers.last().is_some_and(|l| l.takes_text());
        if takes_text && self.shared.pending.is_empty() && key.typed().is_some() {
            self.confirm_quit = false;
            return self.send_top(Event::Key(key));
        }
        let pressed = if takes_text { key } else { key.to_ascii() };
        let mut keys = std::mem::take(&mut self.shared.pending);
        if !keys.is_empty() && pressed.code == KeyCode::Esc {
            return Vec::new();
        }
        keys.push(pressed);
        match self.shared.keymap.find(&self.scopes(), &keys) {
            Match::Action(action) => {
                self.confirm_quit = confirmed;
                self.act(action)
            }
            Match::Pending(_) => {
                self.shared.pending = keys;
                self.sequences += 1;
                let after = Duration::from_millis(self.shared.config.interface.which_key_ms);
                self.which_key = after.is_zero() || (self.which_key && self.shared.pending.len() > 1);
                vec![Effect::Later(after, Msg::WhichKey(self.sequences))]
            }
            Match::None if keys.len() > 1 => {
                let keys = crate::tui::input::Keys(keys).to_string();
                self.tell(Severity::Info, crate::msg!("key-unknown", key = keys));
                Vec::new()
            }
            Match::None => {
                let top = self.layers.len().saturating_sub(1);
                let (flow, effects) = self.send(top, Event::Key(key));
                if flow == Flow::Ignored && !takes_text {
                    self.tell(Severity::Info, crate::msg!("key-unknown", key = pressed));
                }
                effects
            }
        }
    }

    /// The scopes in force: the top layer's.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        self.layers.last().map(|l| l.scopes()).unwrap_or_else(|| vec![Scope::Global])
    }

    /// Does an action: the top layer's business first, then the application's.
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        self.confirm_quit &= action == Action::Quit;
        if let Some(reason) = self.unavailable(action) {
            self.tell(Severity::Warning, reason);
            return Vec::new();
        }
        let mut effects = self.look_for_server(action);
        let error_shown = self.notice.as_ref().is_some_and(|n| n.severity == Severity::Error);
        if action == Action::Back && error_shown {
            self.show_news();
            return Vec::new();
        }
        let Some(top) = self.layers.len().checked_sub(1) else { return self.act_globally(action) };
        let (flow, sent) = self.send(top, Event::Action(action));
        effects.extend(sent);
        if flow == Flow::Ignored {
            effects.extend(self.act_globally(action));
        }
        effects
    }

    /// Why an action can't be done now, if it can't.
    pub(in crate::tui) fn unavailable(&self, action: Action) -> Option<crate::domain::message::Message> {
        let reads = action.entry().effect == crate::tui::action::Effectiveness::Reads;
        if !reads && !self.shared.writable {
            return Some(crate::msg!("opened-read-only"));
        }
        let of_layer = self.layers.last().and_then(|l| l.unavailable(action, &self.shared));
        of_layer.or_else(|| self.unsuited(action)).or_else(|| self.forbidden(action))
    }

    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        let last = self.shared.size.height.saturating_sub(1);
        match mouse.action {
            MouseAction::Press(Button::Left) if mouse.y == last => match self.hint_at(mouse.x) {
                Some(action) => self.act(action),
                None => Vec::new(),
            },
            MouseAction::Press(Button::Right) => self.act(Action::Palette),
            MouseAction::WheelUp | MouseAction::WheelDown | MouseAction::Press(Button::Left) => {
                let top = self.layers.len().saturating_sub(1);
                let (flow, mut effects) = self.send(top, Event::Mouse(mouse));
                let moved = match mouse.action {
                    MouseAction::WheelUp => Some(Action::Up),
                    MouseAction::WheelDown => Some(Action::Down),
                    _ => None,
                };
                if let (Flow::Ignored, Some(action)) = (flow, moved) {
                    for _ in 0..3 {
                        effects.extend(self.act(action));
                    }
                }
                effects
            }
            _ => Vec::new(),
        }
    }
}
