//! What of a server's data is kept on this machine.

use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::msg;
use crate::schema::filter::{self, BindContext};
use crate::schema::model::{Field, Kind, Object, Schema};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// What is kept: of each object the records that a filter matches, the newest first, up to a number and a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Filters of objects that differ from the usual ones: object → filter; `none` for nothing of it.
    pub objects: BTreeMap<String, String>,
    /// The most records of one object.
    pub records: usize,
    /// The most megabytes of the cache's file.
    pub megabytes: u64,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule { objects: BTreeMap::new(), records: 20_000, megabytes: 256 }
    }
}

/// What stands for nothing of an object.
const NOTHING: &str = "none";
/// Whether somebody may do something is the server's to say.
const RIGHTS: [&str; 4] = ["role", "right", "field_right", "share"];
/// What is over is not carried along.
const OVER: [(&str, &str); 4] = [
    ("opportunity", "status:open"),
    ("task", "-state:done -state:cancelled"),
    ("activity", "created_at:>-180d"),
    ("case", "-status:closed"),
];

impl Rule {
    /// Which records of which objects, in the order in which they are fetched. Where nobody in particular works, nothing
    /// is one's own: there everything is everybody's.
    pub(super) fn filters(&self, schema: &Schema, me: Option<Id>) -> Vec<(String, String)> {
        let filter = |object: &Object| {
            let filter = match self.objects.get(&object.name) {
                Some(own) if own.trim() == NOTHING => return None,
                Some(own) if !can_be_read(schema, object, own, me) => return None,
                Some(own) => own.trim().to_owned(),
                None => usual(schema, object, me.is_some())?,
            };
            Some((object.name.clone(), filter))
        };
        schema.objects.iter().filter_map(filter).collect()
    }

    /// What of it has no meaning for the server's objects: nothing is kept by that.
    pub(super) fn faults(&self, schema: &Schema, me: Option<Id>) -> Vec<Message> {
        let fault = |(name, own): (&String, &String)| match schema.object(name) {
            None => Some(msg!("offline-keep-unknown", object = name)),
            Some(_) if own.trim() == NOTHING => None,
            Some(object) if can_be_read(schema, object, own, me) => None,
            Some(_) => Some(msg!("offline-keep-unreadable", object = name, filter = own)),
        };
        self.objects.iter().filter_map(fault).collect()
    }

    /// Whether records of an object are kept at all.
    pub(super) fn keeps(&self, object: &str) -> bool {
        !RIGHTS.contains(&object) && self.objects.get(object).is_none_or(|own| own.trim() != NOTHING)
    }
}

fn can_be_read(schema: &Schema, object: &Object, own: &str, me: Option<Id>) -> bool {
    let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    filter::parse(schema, object, own, &BindContext { now: &now, me }).is_ok()
}

/// What one works with: one's own, what belongs to it, and catalogues whole.
fn usual(schema: &Schema, object: &Object, is_somebody: bool) -> Option<String> {
    // What tcrm writes itself is history, but for the reminders that were dealt with: there is the server for that.
    let is_history = !object.editable && object.name != "reminder_mark";
    if RIGHTS.contains(&object.name.as_str()) || is_history {
        return None;
    }
    let over = OVER.iter().find(|(name, _)| *name == object.name);
    let still = over.map(|(_, filter)| *filter).filter(|filter| fits(object, filter));
    if !is_somebody {
        return Some(still.unwrap_or_default().to_owned());
    }
    let with = |own: String| match still {
        Some(still) => format!("{own} {still}"),
        None => own,
    };
    if is_owned(object) {
        let mut mine = vec!["owner:me"];
        mine.extend(
            has(object, "collaborators", |kind| matches!(kind, Kind::User { many: true }))
                .then_some("collaborators:me"),
        );
        // Whom a colleague has put down at one's customer one calls as well.
        let of_customer =
            object.name == "contact" && has(object, "customer", |kind| matches!(kind, Kind::Reference { .. }));
        mine.extend(of_customer.then_some("customer.owner:me"));
        return Some(with(if mine.len() > 1 { format!("({})", mine.join(" or ")) } else { mine.concat() }));
    }
    if has(object, "user", |kind| matches!(kind, Kind::User { many: false })) {
        return Some(with("user:me".to_owned()));
    }
    let parent = |field: &Field| {
        let Kind::Reference { object: target, many: false, .. } = &field.kind else { return None };
        schema.object(target).is_some_and(is_owned).then(|| with(format!("{}.owner:me", field.name)))
    };
    Some(object.fields.iter().filter(|f| !f.retired).find_map(parent).unwrap_or_else(|| with(String::new())))
}

fn is_owned(object: &Object) -> bool {
    has(object, "owner", |kind| matches!(kind, Kind::User { many: false }))
}

fn has(object: &Object, field: &str, is: impl Fn(&Kind) -> bool) -> bool {
    object.field(field).is_some_and(|field| !field.retired && is(&field.kind))
}

/// Whether the fields of a filter are there.
fn fits(object: &Object, filter: &str) -> bool {
    filter.split(' ').all(|part| {
        let name = part.trim_start_matches('-').split(':').next().unwrap_or_default();
        object.field(name).is_some_and(|field| !field.retired)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::filter::parse;

    #[test]
    fn one_works_with_ones_own_with_what_belongs_to_it_and_with_catalogues() {
        let schema = crate::schema::builtin();
        let filters: BTreeMap<String, String> = Rule::default().filters(schema, Id::from_i64(7)).into_iter().collect();
        for (object, filter) in [
            ("customer", "owner:me"),
            ("opportunity", "(owner:me or collaborators:me) status:open"),
            ("user", ""),
            ("product", ""),
        ] {
            assert_eq!(filters.get(object).map(String::as_str), Some(filter), "{object}");
        }
        assert!(filters.get("contact").unwrap().contains("customer.owner:me"), "{:?}", filters.get("contact"));
        for object in ["role", "right", "stage_change", "owner_change"] {
            assert!(!filters.contains_key(object), "{object}");
        }
    }

    #[test]
    fn every_filter_can_be_read() {
        let schema = crate::schema::builtin();
        let now: jiff::Zoned = "2026-11-22T10:00:00+08:00[Asia/Shanghai]".parse().unwrap();
        for me in [Id::from_i64(7), None] {
            for (object, filter) in Rule::default().filters(schema, me) {
                let bound = parse(schema, schema.object(&object).unwrap(), &filter, &BindContext { now: &now, me });
                assert!(bound.is_ok(), "{object}: {filter}: {bound:?}");
            }
        }
    }

    #[test]
    fn where_nobody_works_in_particular_everything_is_everybodys() {
        let schema = crate::schema::builtin();
        let own = [("lead".to_owned(), "owner:me".to_owned())];
        let rule = Rule { objects: own.into(), ..Rule::default() };
        let filters: BTreeMap<String, String> = rule.filters(schema, None).into_iter().collect();
        assert_eq!(filters.get("customer").map(String::as_str), Some(""));
        assert_eq!(filters.get("opportunity").map(String::as_str), Some("status:open"));
        assert!(!filters.contains_key("lead"), "what has no meaning there is told, not asked for again and again");
        assert_eq!(rule.faults(schema, None).len(), 1);
    }

    #[test]
    fn what_has_no_meaning_is_told_and_keeps_nothing() {
        let schema = crate::schema::builtin();
        let objects = [("custmer", "level:A"), ("customer", "lvel:A"), ("lead", "none"), ("contact", "owner:me")];
        let objects = objects.map(|(o, f)| (o.to_owned(), f.to_owned()));
        let rule = Rule { objects: objects.into(), ..Rule::default() };
        let keys: Vec<String> =
            rule.faults(schema, Id::from_i64(7)).into_iter().map(|fault| fault.key.into_owned()).collect();
        assert_eq!(keys, ["offline-keep-unknown", "offline-keep-unreadable"]);
        let filters: BTreeMap<String, String> = rule.filters(schema, Id::from_i64(7)).into_iter().collect();
        assert!(!filters.contains_key("customer") && filters.contains_key("contact"));
        assert_eq!(Rule::default().faults(schema, Id::from_i64(7)), []);
    }

    #[test]
    fn a_rule_of_ones_own_goes_first() {
        let schema = crate::schema::builtin();
        let objects = [("customer", "level:A"), ("lead", "none")].map(|(o, f)| (o.to_owned(), f.to_owned()));
        let rule = Rule { objects: objects.into(), ..Rule::default() };
        let filters: BTreeMap<String, String> = rule.filters(schema, Id::from_i64(7)).into_iter().collect();
        assert_eq!(filters.get("customer").map(String::as_str), Some("level:A"));
        assert!(!filters.contains_key("lead") && !rule.keeps("lead") && rule.keeps("customer"));
    }
}
