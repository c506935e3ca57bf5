//! Rules that say whose a new record is.

use super::Loader;
use super::section::{Section, Text};
use crate::domain::id::Id;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext};
use crate::schema::model::{Assignment, Kind, Object, Schema, Sharing};
use crate::schema::tree::Entry;
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    /// `None` if it is retired or can't be used.
    pub(super) fn assignment(&self, entry: &'t Entry<'a>, schema: &Schema) -> Option<Assignment> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
        }
        let object = self.required_text(&mut section, "object").filter(|name| self.known("objects", *name));
        let object = object.and_then(|name| schema.object(name.text));
        let to = section.text("to").unwrap_or(Text { at: section.at, text: "owner" });
        if let Some(object) = object
            && self.known_field(&object.name, to)
            && !object.field(to.text).is_some_and(|f| matches!(f.kind, Kind::User { many: false }))
        {
            self.errors.add(to.at, msg!("schema-assignment-to", field = to.text), None);
        }
        let set = object.map(|object| self.set(object, &mut section)).unwrap_or_default();
        let assignment = Assignment {
            name: entry.key.to_string(),
            label: label.unwrap_or_default(),
            object: object.map(|o| o.name.clone()).unwrap_or_default(),
            filter: self.assignment_filter(schema, object, section.text("filter")),
            to: to.text.to_owned(),
            users: section.texts("users").unwrap_or_default().iter().map(|t| t.text.to_owned()).collect(),
            role: section.text("role").map(|t| t.text.to_owned()),
            department: section.text("department").map(|t| t.text.to_owned()),
            share: self.sharing(&mut section),
            open: self.assignment_filter(schema, object, section.text("open")),
            set,
        };
        if assignment.users.is_empty() && assignment.role.is_none() && assignment.department.is_none() {
            self.errors.add(entry.at, msg!("schema-assignment-nobody", name = &entry.key), None);
        }
        let retired = section.boolean("retired").unwrap_or(false);
        section.finish();
        object.filter(|_| !retired).map(|_| assignment)
    }

    fn sharing(&self, section: &mut Section<'t, 'a, 'e>) -> Sharing {
        let Some(Text { at, text }) = section.text("share") else { return Sharing::default() };
        let found = Sharing::NAMED.into_iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let meant = nearest(text, Sharing::NAMED.into_iter().map(|(name, _)| name));
            self.errors.add(at, msg!("schema-assignment-share", name = text), meant);
        }
        found.map(|(_, share)| share).unwrap_or_default()
    }

    /// A filter that can be read, as it stands.
    fn assignment_filter(&self, schema: &Schema, object: Option<&Object>, text: Option<Text<'_>>) -> String {
        let (Some(object), Some(text)) = (object, text) else { return String::new() };
        let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let context = BindContext { now: &now, me: Id::from_i64(1) };
        if let Err(error) = filter::parse(schema, object, text.text, &context) {
            let at = self.errors.inside(text.at, text.text, error.span.clone());
            self.errors.add(at, error.message, error.nearest);
        }
        text.text.to_owned()
    }
}
