//! Reads theme files and finds every mistake in them.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{BUILT_IN, Expected, Mistake, Role, ThemeError};
use crate::tui::nearest::nearest;

/// A theme file without what it inherits.
pub(super) struct ThemeFile {
    pub(super) inherits: Option<String>,
    pub(super) roles: Vec<(Role, Style)>,
}

/// The names of the terminal's own colours.
const COLORS: [(&str, Color); 18] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("gray", Color::DarkGray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// Reads a theme file, or finds every mistake in it.
pub(super) fn read(text: &str) -> Result<ThemeFile, Vec<ThemeError>> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or_default();
        vec![ThemeError {
            line: line_of(text, &at),
            mistake: Mistake::Syntax(error.message().to_owned()),
            nearest: None,
        }]
    })?;
    let mut reader = Reader { text, palette: BTreeMap::new(), errors: Vec::new() };
    let file = reader.file(table.get_ref());
    if reader.errors.is_empty() {
        Ok(file)
    } else {
        reader.errors.sort_by_key(|error| error.line);
        Err(reader.errors)
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
}

struct Reader<'a> {
    text: &'a str,
    palette: BTreeMap<String, Color>,
    errors: Vec<ThemeError>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn file(&mut self, table: &DeTable<'_>) -> ThemeFile {
        let mut file = ThemeFile { inherits: None, roles: Vec::new() };
        // The palette first: the roles use its names wherever it stands.
        for wanted in ["palette", "inherits", "name", "roles", ""] {
            for (key, value) in table {
                let name = key.get_ref().as_ref();
                let known = ["palette", "inherits", "name", "roles"];
                match name {
                    _ if name != wanted && (!wanted.is_empty() || known.contains(&name)) => {}
                    "palette" => self.palette(value),
                    "inherits" => file.inherits = self.inherits(value),
                    "name" => {
                        self.string("name", value);
                    }
                    "roles" => file.roles = self.roles(value),
                    _ => self.report(&key.span(), Mistake::Key(name.to_owned()), nearest(name, known)),
                }
            }
        }
        file
    }

    fn palette(&mut self, value: &Value<'_>) {
        let Some(table) = self.table("palette", value) else {
            return;
        };
        let mut palette = BTreeMap::new();
        for (key, value) in table {
            if let Some(color) = self.color(key.get_ref(), value) {
                palette.insert(key.get_ref().to_string(), color);
            }
        }
        self.palette = palette;
    }

    fn inherits(&mut self, value: &Value<'_>) -> Option<String> {
        let name = self.string("inherits", value)?;
        let names = BUILT_IN.map(|(name, _)| name);
        if !names.contains(&name.as_str()) {
            self.report(&value.span(), Mistake::Theme(name.clone()), nearest(&name, names));
        }
        Some(name)
    }

    fn roles(&mut self, value: &Value<'_>) -> Vec<(Role, Style)> {
        let mut roles = Vec::new();
        let Some(table) = self.table("roles", value) else {
            return roles;
        };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let style = self.style(name, value);
            match Role::named(name) {
                Some(role) => roles.push((role, style)),
                None => {
                    let near = nearest(name, Role::ALL.iter().map(|role| role.name()));
                    self.report(&key.span(), Mistake::Role(name.to_owned()), near);
                }
            }
        }
        roles
    }

    fn style(&mut self, role: &str, value: &Value<'_>) -> Style {
        let DeValue::Table(table) = value.get_ref() else {
            return self.color(role, value).map_or_else(Style::new, |color| Style::new().fg(color));
        };
        let mut style = Style::new();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "fg" => style.fg = self.color("fg", value),
                "bg" => style.bg = self.color("bg", value),
                "mods" => style.add_modifier = self.modifiers(value),
                other => {
                    let near = nearest(other, ["fg", "bg", "mods"]);
                    self.report(&key.span(), Mistake::Key(other.to_owned()), near);
                }
            }
        }
        style
    }

    fn modifiers(&mut self, value: &Value<'_>) -> Modifier {
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong_kind("mods", value, Expected::List);
            return Modifier::empty();
        };
        let mut all = Modifier::empty();
        for value in list.iter() {
            let Some(name) = self.string("mods", value) else {
                continue;
            };
            match MODIFIERS.iter().find(|(known, _)| *known == name) {
                Some((_, modifier)) => all |= *modifier,
                None => {
                    let near = nearest(&name, MODIFIERS.iter().map(|(known, _)| *known));
                    self.report(&value.span(), Mistake::Modifier(name.clone()), near);
                }
            }
        }
        all
    }

    fn color(&mut self, key: &str, value: &Value<'_>) -> Option<Color> {
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_kind(key, value, Expected::Color);
                return None;
            }
        };
        let color = self.palette.get(&text).copied().or_else(|| plain_color(&text));
        if color.is_none() {
            let own: Vec<String> = self.palette.keys().cloned().collect();
            let names = COLORS.iter().map(|(name, _)| *name).chain(own.iter().map(String::as_str));
            let near = if text.starts_with('#') { None } else { nearest(&text, names) };
            self.report(&value.span(), Mistake::Color(text.clone()), near);
        }
        color
    }

    fn string(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        self.wrong_kind(key, value, Expected::Text);
        None
    }

    fn table<'t, 'i>(&mut self, key: &str, value: &'t Value<'i>) -> Option<&'t DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong_kind(key, value, Expected::Table);
        None
    }

    fn wrong_kind(&mut self, key: &str, value: &Value<'_>, expected: Expected) {
        self.report(&value.span(), Mistake::Kind { key: key.to_owned(), expected }, None);
    }

    fn report(&mut self, span: &Range<usize>, mistake: Mistake, nearest: Option<&str>) {
        self.errors.push(ThemeError { line: line_of(self.text, span), mistake, nearest: nearest.map(str::to_owned) });
    }
}

fn plain_color(text: &str) -> Option<Color> {
    if let Some((_, color)) = COLORS.iter().find(|(name, _)| *name == text) {
        return Some(*color);
    }
    if let Some(digits) = text.strip_prefix('#') {
        let valid = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let [_, r, g, b] = u32::from_str_radix(digits, 16).ok().filter(|_| valid)?.to_be_bytes();
        return Some(Color::Rgb(r, g, b));
    }
    text.parse().ok().map(Color::Indexed)
}
