//! Names of objects, fields, dictionaries and rules: they become names of tables and columns.

use super::Loader;
use crate::msg;
use crate::schema::tree::Place;

/// The most characters of a name.
pub(super) const NAME_MAX: usize = 48;
/// The most characters of a label.
pub(super) const LABEL_MAX: usize = 80;

impl Loader<'_, '_, '_> {
    /// Lower-case ASCII letters, digits and `_`, a letter first, not reserved by SQLite.
    pub(super) fn check_name(&self, name: &str, at: Place) {
        if name.chars().count() > NAME_MAX {
            self.errors.add(at, msg!("schema-name-long", name = name, max = NAME_MAX), None);
        } else if name.starts_with("sqlite_") || name.starts_with('_') {
            self.errors.add(at, msg!("schema-name-reserved", name = name), None);
        } else if !is_name(name) {
            self.errors.add(at, msg!("schema-name-form", name = name), None);
        }
    }

    pub(super) fn check_label(&self, label: &crate::domain::lang::Label, at: Place) {
        for text in [&label.zh, &label.en] {
            if text.chars().count() > LABEL_MAX {
                self.errors.add(at, msg!("schema-text-long", text = text, max = LABEL_MAX), None);
            }
            if text.chars().any(char::is_control) {
                self.errors.add(at, msg!("schema-text-control", text = text.escape_debug()), None);
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
