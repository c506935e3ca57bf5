//! The palette of all actions and objects, and the command line: `:customers level:A`, `:theme dark`.

use super::frame;
use super::picker::{Item, matching};
use super::rows::Rows;
use crate::domain::lang::Lang;
use crate::msg;
use crate::tui::action::{Action, CATALOGUE, Scope};
use crate::tui::context::{Change, Context, Goto, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::collections::HashMap;

/// Everything that can be done, found by typing; the typed text is a command as well.
pub struct PaletteLayer {
    items: Vec<Item>,
    shown: Vec<usize>,
    rows: Rows,
    input: LineEdit,
    command_line: bool,
    unavailable: HashMap<Action, String>,
}

/// What an action is called where it is typed as a command.
fn command_words(action: Action) -> &'static [&'static str] {
    match action {
        Action::Quit => &["q", "quit", "退出"],
        Action::Save => &["w"],
        Action::Themes => &["theme", "主题"],
        Action::Language => &["lang", "语言"],
        _ => &[],
    }
}

const OBJECT: &str = "object ";
const VIEW: &str = "view ";

impl PaletteLayer {
    /// The palette for where the user is. `unavailable` tells for actions why they can't be done now.
    pub fn new(
        shared: &Shared,
        scopes: &[Scope],
        unavailable: HashMap<Action, String>,
        command_line: bool,
    ) -> PaletteLayer {
        let mut items = Vec::new();
        let mut entries: Vec<_> = CATALOGUE.iter().filter(|e| scopes.contains(&e.scope)).collect();
        entries.sort_by_key(|e| scopes.iter().position(|s| *s == e.scope));
        for entry in entries {
            items.push(Item {
                dim: unavailable.contains_key(&entry.action),
                key: entry.name.to_owned(),
                text: shared.text(&entry.action.text_key()),
                also: [&[entry.name][..], command_words(entry.action)].concat().join("\n"),
                detail: unavailable
                    .get(&entry.action)
                    .cloned()
                    .unwrap_or_else(|| shared.keymap.keys(entry.action).join("  ")),
                group: String::new(),
                chosen: false,
            });
        }
        for object in &shared.schema.objects {
            items.push(Item {
                dim: false,
                key: format!("{OBJECT}{}", object.name),
                text: object.plural_label(shared.lang).to_owned(),
                also: format!("{} {} {}", object.plural_name, object.plural.zh, object.plural.en),
                detail: format!(":{}", object.plural_name),
                group: String::new(),
                chosen: false,
            });
        }
        let views = shared.schema.objects.iter().flat_map(|o| o.views.iter().map(move |view| (o, view)));
        items.extend(views.map(|(object, view)| Item {
            dim: false,
            group: String::new(),
            key: format!("{VIEW}{} {}", object.name, view.filter),
            text: format!(
                "{} {} {}",
                object.plural_label(shared.lang),
                shared.glyphs.separator,
                view.label.get(shared.lang)
            ),
            // Found in the other language as well.
            also: match shared.lang {
                Lang::Zh => format!("{} {}", object.plural.en, view.label.en),
                Lang::En => format!("{} {}", object.plural.zh, view.label.zh),
            },
            detail: format!(":{}", object.plural_name),
            chosen: false,
        }));
        let shown = (0..items.len()).collect();
        PaletteLayer { items, shown, rows: Rows::new(0), input: LineEdit::new(""), command_line, unavailable }
    }

    fn run(&mut self, cx: &mut Context<'_>) {
        cx.close(Closed::Cancelled);
        if self.run_text(cx) {
            return;
        }
        match self.shown.get(self.rows.at()).and_then(|i| self.items.get(*i)) {
            Some(item) => match item.key.strip_prefix(OBJECT) {
                Some(object) => cx.goto(Goto::List(object.to_owned(), String::new())),
                None => match item.key.strip_prefix(VIEW).and_then(|view| view.split_once(' ')) {
                    Some((object, filter)) => cx.goto(Goto::List(object.to_owned(), filter.to_owned())),
                    None => {
                        if let Some(action) = Action::named(&item.key) {
                            cx.act(action);
                        }
                    }
                },
            },
            None => cx.warn(msg!("command-unknown", text = self.input.text())),
        }
    }

    /// The row of the command that a word is.
    fn command(&self, word: &str) -> Option<usize> {
        let meant = |item: &Item| Action::named(&item.key).is_some_and(|action| command_words(action).contains(&word));
        self.items.iter().position(meant)
    }

    /// Does what is typed, if it is a command: an object with a filter, a theme, a language, `q`.
    fn run_text(&self, cx: &mut Context<'_>) -> bool {
        let text = self.input.text().trim();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        match word {
            "" => return false,
            "q" | "quit" | "退出" => cx.act(Action::Quit),
            "w" => cx.act(Action::Save),
            "theme" | "主题" if !rest.is_empty() => cx.change(Change::Theme(rest.to_owned())),
            "log" | "日志" => cx.goto(Goto::Log(rest.to_owned())),
            "lang" | "语言" if !rest.is_empty() => match Lang::from_tag(rest) {
                Some(lang) => cx.change(Change::Lang(lang)),
                None => cx.warn(msg!("command-lang")),
            },
            _ => match cx.shared.schema.find_object(word) {
                Some(object) if !rest.is_empty() || self.command_line => {
                    cx.goto(Goto::List(object.name.clone(), rest.to_owned()));
                }
                _ => return false,
            },
        }
        true
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Enter => self.run(cx),
            KeyCode::Esc => cx.close(Closed::Cancelled),
            KeyCode::Backspace if self.input.is_empty() => cx.close(Closed::Cancelled),
            KeyCode::Tab if !key.shift => self.complete(),
            _ if self.rows.key(key, self.shown.len()) => {}
            _ => match self.input.handle(key) {
                Edited::Changed => self.search(),
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn search(&mut self) {
        let typed = self.input.text();
        let (word, rest) = typed.trim().split_once(char::is_whitespace).unwrap_or((typed.trim(), ""));
        self.shown = matching(&self.items, typed);
        // Enter does the command then: no other row is to look as if it were meant.
        if let Some(command) = self.command(word).filter(|_| !rest.is_empty()) {
            self.shown = vec![command];
        }
        if self.shown.is_empty() {
            self.shown = matching(&self.items, word);
            self.shown.retain(|i| self.items.get(*i).is_some_and(|item| item.key.starts_with(OBJECT)));
        }
        self.rows.restart();
    }

    /// Completes what is under the cursor: an object's name, to be followed by a filter, or an action.
    fn complete(&mut self) {
        let Some(item) = self.shown.get(self.rows.at()).and_then(|i| self.items.get(*i)) else { return };
        match item.key.strip_prefix(OBJECT) {
            Some(object) => self.input.set_text(&format!("{object} ")),
            None => {
                let text = item.text.clone();
                self.input.set_text(&text);
                self.search();
            }
        }
    }
}

impl Layer for PaletteLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text(if self.command_line { "action-app-command" } else { "action-app-palette" })
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::PickNext, Action::PickPrevious]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) if self.rows.act(action, self.shown.len()) => {}
            Event::Action(Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => {
                self.input.paste(&text);
                self.search();
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let height = (self.items.len() as u16 + 3).min(area.height.saturating_sub(2));
        let inner = frame::draw(frame::centered(area, 70, height), &self.title(shared), buf, shared);
        let prefix = if self.command_line { ":" } else { ">" };
        measure.draw(buf, inner.x, inner.y, prefix, 1, shared.theme.style(Role::Accent));
        let line = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), height: 1, ..inner };
        let placeholder = shared.text("palette-type");
        let placeholder = (placeholder.as_str(), shared.theme.style(Role::Placeholder));
        let cursor = self.input.render(line, buf, shared.theme.style(Role::Input), placeholder);
        frame::keys(inner, &shared.text("keys-palette"), buf, shared);
        let room = inner.height.saturating_sub(1) as usize;
        let top = self.rows.show(room);
        for (row, number) in self.shown.iter().enumerate().skip(top).take(room) {
            let Some(item) = self.items.get(*number) else { continue };
            let y = inner.y + 1 + (row - top) as u16;
            let off = Action::named(&item.key).is_some_and(|a| self.unavailable.contains_key(&a));
            let role = if off { Role::Disabled } else { Role::Popup };
            let style = shared.theme.style(if row == self.rows.at() { Role::Selection } else { role });
            buf.set_style(Rect { y, height: 1, ..inner }, style);
            let detail = (measure.width(&item.detail) as u16).min(inner.width / 2);
            let text = inner.width.saturating_sub(detail + 2);
            measure.draw(
                buf,
                inner.x + 1,
                y,
                &measure.fit(&item.text, text as usize, shared.glyphs.ellipsis, Default::default()),
                text,
                style,
            );
            measure.draw(buf, inner.right().saturating_sub(detail), y, &item.detail, detail, style);
        }
        Some(cursor)
    }
}
