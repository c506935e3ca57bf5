//! The one list of settings: name, what it takes, where it goes.

use super::{Config, Notice, Start};
use crate::domain::lang::Lang;
use std::path::PathBuf;

/// A setting.
pub(super) struct Setting {
    /// `section.name`.
    pub(super) key: &'static str,
    /// What it takes.
    pub(super) takes: Takes,
    /// Puts a value, which is known to be what it takes, in its place.
    pub(super) put: fn(&mut Config, Given),
}

/// What a setting takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    Boolean,
    Number(i64, i64),
    Text,
    /// A path: `~/` and paths relative to the configuration's folder are resolved.
    Path,
    OneOf(&'static [&'static str]),
    Zone,
    Currency,
}

/// A value given to a setting.
#[derive(Debug, Clone)]
pub(super) enum Given {
    Boolean(bool),
    Number(i64),
    Text(String),
}

impl Given {
    fn on(&self) -> bool {
        matches!(self, Given::Boolean(true))
    }

    fn number(&self) -> u64 {
        match self {
            Given::Number(n) => u64::try_from(*n).unwrap_or_default(),
            _ => 0,
        }
    }

    fn size(&self) -> usize {
        usize::try_from(self.number()).unwrap_or(usize::MAX)
    }

    fn text(self) -> String {
        match self {
            Given::Text(text) => text,
            _ => String::new(),
        }
    }

    /// A text that stands for the default when empty.
    pub(super) fn some(self) -> Option<String> {
        Some(self.text()).filter(|t| !t.trim().is_empty())
    }

    pub(super) fn path(self) -> Option<PathBuf> {
        self.some().map(PathBuf::from)
    }

    fn is(&self, word: &str) -> bool {
        matches!(self, Given::Text(text) if text == word)
    }
}

macro_rules! setting {
    ($key:literal, $takes:expr, $put:expr) => {
        Setting { key: $key, takes: $takes, put: $put }
    };
}

/// Every setting outside `[profiles]`, `[keys]` and `[keep]`.
pub(super) const SETTINGS: &[Setting] = &[
    setting!("language", Takes::OneOf(&["auto", "zh-CN", "en"]), |c, g| c.language = Lang::from_tag(&g.text())),
    setting!("profile", Takes::Text, |c, g| c.profile = g.text()),
    setting!("interface.theme", Takes::Text, |c, g| c.interface.theme = g.text()),
    setting!("interface.symbols", Takes::OneOf(&["unicode", "ascii"]), |c, g| c.interface.ascii = g.is("ascii")),
    setting!("interface.ambiguous_width", Takes::OneOf(&["narrow", "wide"]), |c, g| {
        c.interface.ambiguous_wide = g.is("wide");
    }),
    setting!("interface.mouse", Takes::Boolean, |c, g| c.interface.mouse = g.on()),
    setting!("interface.hints", Takes::Boolean, |c, g| c.interface.hints = g.on()),
    setting!("interface.bell", Takes::Boolean, |c, g| c.interface.bell = g.on()),
    setting!("interface.notice_seconds", Takes::Number(1, 60), |c, g| c.interface.notice_seconds = g.number()),
    setting!("interface.which_key_ms", Takes::Number(0, 10_000), |c, g| c.interface.which_key_ms = g.number()),
    setting!("interface.confirm_quit", Takes::Boolean, |c, g| c.interface.confirm_quit = g.on()),
    setting!("interface.week_starts", Takes::OneOf(&["monday", "sunday"]), |c, g| {
        c.interface.sunday_first = g.is("sunday");
    }),
    setting!("interface.start", Takes::OneOf(&["customers", "today", "agenda", "leads", "opportunities"]), |c, g| {
        c.interface.start = match g.text().as_str() {
            "today" => Start::Today,
            "agenda" => Start::Agenda,
            "leads" => Start::Leads,
            "opportunities" => Start::Opportunities,
            _ => Start::Customers,
        };
    }),
    setting!("reminders.badge", Takes::Boolean, |c, g| c.reminders.badge = g.on()),
    setting!("reminders.bell", Takes::Boolean, |c, g| c.reminders.bell = g.on()),
    setting!("reminders.notice", Takes::OneOf(&["none", "osc9", "osc777", "command"]), |c, g| {
        c.reminders.notice = match g.text().as_str() {
            "osc9" => Notice::Osc9,
            "osc777" => Notice::Osc777,
            "command" => Notice::Command,
            _ => Notice::None,
        };
    }),
    setting!("reminders.command", Takes::Text, |c, g| c.reminders.command = g.some()),
    setting!("format.time_zone", Takes::Zone, |c, g| c.format.time_zone = g.some()),
    setting!("format.currency", Takes::Currency, |c, g| c.format.currency = g.some()),
    setting!("store.path", Takes::Path, |c, g| c.store.path = g.path()),
    setting!("store.schema", Takes::Path, |c, g| c.store.schema = g.path()),
    setting!("store.user", Takes::Text, |c, g| c.store.user = g.some()),
    setting!("store.password_command", Takes::Text, |c, g| c.store.password_command = g.some()),
    setting!("store.database_password_command", Takes::Text, |c, g| {
        c.store.database_password_command = g.some();
    }),
    setting!("list.page", Takes::Number(20, 1_000), |c, g| c.list.page = g.size()),
    setting!("list.count_limit", Takes::Number(100, 100_000_000), |c, g| c.list.count_limit = g.number()),
    setting!("list.limit", Takes::Number(1, 1_000_000), |c, g| c.list.limit = g.size()),
    setting!("edit.editor", Takes::Text, |c, g| c.edit.editor = g.some()),
    setting!("edit.confirm_delete", Takes::Boolean, |c, g| c.edit.confirm_delete = g.on()),
    setting!("offline.enabled", Takes::Boolean, |c, g| c.offline.enabled = g.on()),
    setting!("offline.records", Takes::Number(100, 1_000_000), |c, g| c.offline.records = g.size()),
    setting!("offline.megabytes", Takes::Number(1, 100_000), |c, g| c.offline.megabytes = g.number()),
    setting!("export.mark", Takes::Boolean, |c, g| c.export.mark = g.on()),
];

/// The settings of each profile.
pub(super) const PROFILE_KEYS: [&str; 9] = [
    "store",
    "database_password_command",
    "schema",
    "user",
    "url",
    "secret",
    "token_command",
    "token_file",
    "certificates",
];
/// Where a profile's secret may be.
pub(super) const SECRETS: &[&str] = &["file", "keyring", "command"];

/// The sections that are tables of free names.
pub(super) const FREE_SECTIONS: [&str; 3] = ["profiles", "keys", "keep"];
