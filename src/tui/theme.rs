//! Themes: what each part of the screen looks like, by role, in TOML.
//!
//! A theme file has `[roles]`, each a colour or `{ fg, bg, mods }`, an optional `[palette]` of names for
//! colours, and an optional `inherits = "dark"`. Roles it leaves out come from there, or from `terminal`.

mod parse;
mod role;
#[cfg(test)]
mod tests;

use crate::domain::message::Message;
use crate::msg;
use ratatui::buffer::Buffer;
use ratatui::style::Style;
use thiserror::Error;

pub use role::Role;

/// The built-in themes: name and TOML.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("color-blind", include_str!("../../themes/color-blind.toml")),
];

/// A style for each role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    name: String,
    styles: [Style; Role::COUNT],
}

/// A mistake in a theme file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {mistake}{}", .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct ThemeError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub mistake: Mistake,
    /// The name that was probably meant.
    pub nearest: Option<String>,
}

/// What is wrong in a theme file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mistake {
    /// It is no TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key or table that themes do not have.
    #[error("unknown key `{0}`")]
    Key(String),
    /// No role of that name.
    #[error("unknown role `{0}`")]
    Role(String),
    /// No colour of that name, nor `#rrggbb`, nor 0 to 255.
    #[error("unknown colour `{0}`")]
    Color(String),
    /// No modifier of that name.
    #[error("unknown modifier `{0}`")]
    Modifier(String),
    /// No built-in theme of that name to inherit from.
    #[error("unknown theme `{0}`")]
    Theme(String),
    /// Another kind of value belongs there.
    #[error("`{key}` takes {expected}")]
    Kind {
        /// The key.
        key: String,
        /// What it takes.
        expected: Expected,
    },
}

/// The kinds of values in a theme file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A list of texts.
    List,
    /// A colour by name, number or `#rrggbb`.
    Color,
    /// A text in quotes.
    Text,
    /// A table of settings.
    Table,
}

impl Expected {
    /// The message that says so of the setting `name`.
    fn message(self, name: &str) -> Message {
        match self {
            Expected::List => msg!("theme-kind-list", name = name),
            Expected::Color => msg!("theme-kind-color", name = name),
            Expected::Text => msg!("theme-kind-text", name = name),
            Expected::Table => msg!("theme-kind-table", name = name),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Expected::List => "a list such as [\"bold\", \"underline\"]",
            Expected::Color => "a colour: a name, \"#rrggbb\" or 0 to 255",
            Expected::Text => "a text in quotes",
            Expected::Table => "a table",
        })
    }
}

impl ThemeError {
    /// The mistake in the user's words, without its line.
    pub fn message(&self) -> Message {
        let (key, near, name) = match &self.mistake {
            Mistake::Syntax(reason) => return crate::i18n::syntax::message("theme-syntax", reason),
            Mistake::Kind { key, expected } => return expected.message(key),
            Mistake::Key(name) => ("theme-key", "theme-key-near", name),
            Mistake::Role(name) => ("theme-role", "theme-role-near", name),
            Mistake::Color(name) => ("theme-color", "theme-color-near", name),
            Mistake::Modifier(name) => ("theme-modifier", "theme-modifier-near", name),
            Mistake::Theme(name) => ("theme-base", "theme-base-near", name),
        };
        match &self.nearest {
            Some(nearest) => Message::new(near).with("name", name).with("near", nearest),
            None => Message::new(key).with("name", name),
        }
    }
}

impl Theme {
    /// A built-in theme.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, text).ok()
    }

    /// The theme for `NO_COLOR`: bold, reverse and underline only.
    #[must_use]
    pub fn mono() -> Self {
        Self::built_in("mono").unwrap_or_else(|| Self { name: "mono".into(), styles: [Style::new(); Role::COUNT] })
    }

    /// The theme in `text`, or every mistake in it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<ThemeError>> {
        let file = parse::read(text)?;
        let parent = file.inherits.as_deref().or((name != "terminal").then_some("terminal"));
        let mut styles = match parent.filter(|parent| *parent != name).and_then(Self::built_in) {
            Some(parent) => parent.styles,
            None => [Style::new(); Role::COUNT],
        };
        for (role, style) in file.roles {
            if let Some(slot) = styles.get_mut(role as usize) {
                *slot = style;
            }
        }
        Ok(Self { name: name.to_owned(), styles })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }

    /// Gives what stands on the selection the selection's own colour, whatever its role: colours that are made for the
    /// ground can't be read there. Bold and underlined stays what is.
    pub fn settle_selection(&self, buf: &mut Buffer) {
        let style = self.style(Role::Selection);
        let (Some(fg), Some(bg)) = (style.fg, style.bg) else { return };
        for cell in buf.content.iter_mut().filter(|cell| cell.bg == bg) {
            cell.fg = fg;
        }
    }

    /// The style of the `index`th series of a chart; they repeat.
    #[must_use]
    pub fn series(&self, index: usize) -> Style {
        let all = Role::SERIES;
        all.get(index % all.len()).map_or_else(Style::default, |role| self.style(*role))
    }
}
