//! Roll-ups, once all objects are known: their result types, and what makes no sense in them.

use super::Loader;
use crate::domain::formula::Formula;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::msg;
use crate::schema::filter::{self, BindContext, Bound};
use crate::schema::model::{Field, Kind, Object, Schema, Summary};
use crate::schema::tree::Place;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::collections::{BTreeMap, BTreeSet};

/// A field of an object.
type Node = (String, String);

impl Loader<'_, '_, '_> {
    /// Gives every roll-up the type of what it looks at, and reports those that can't be kept.
    pub(super) fn settle_rollups(&self, schema: &mut Schema) {
        let found = rollups(schema);
        // A roll-up of a roll-up has its type only after that one.
        for _ in 0..found.len() {
            for (object, name) in &found {
                let kind = schema.object(object).and_then(|o| o.field(name)).and_then(|f| result(schema, f));
                let objects = schema.objects.iter_mut().filter(|o| o.name == *object);
                let field = objects.flat_map(|o| &mut o.fields).find(|f| f.name == *name);
                if let (Some(Field { kind: Kind::Rollup { result, .. }, .. }), Some(kind)) = (field, kind) {
                    **result = kind;
                }
            }
        }
        let circular = circular(schema);
        for node in &found {
            let at = self.field_place(&node.0, &node.1);
            let field = schema.object(&node.0).and_then(|o| o.field(&node.1));
            if let Some(mistake) = field.and_then(|f| mistake(schema, &node.0, f)) {
                self.errors.add(at, mistake, None);
            } else if circular.contains(node) {
                self.errors.add(at, msg!("schema-formula-circle", name = &node.1), None);
            }
        }
    }

    fn field_place(&self, object: &str, field: &str) -> Place {
        let objects = self.root.entry("objects").and_then(|e| e.node.table());
        let fields = objects.and_then(|t| t.entry(object)?.node.table()?.entry("fields")?.node.table());
        fields.and_then(|t| t.entry(field)).map(|e| e.at).unwrap_or_default()
    }
}

fn rollups(schema: &Schema) -> Vec<Node> {
    let of = |o: &Object| -> Vec<Node> {
        let rolled = o.fields.iter().filter(|f| matches!(f.kind, Kind::Rollup { .. }));
        rolled.map(|f| (o.name.clone(), f.name.clone())).collect()
    };
    schema.objects.iter().flat_map(of).collect()
}

/// The type of a roll-up's result, as far as it is known.
fn result(schema: &Schema, field: &Field) -> Option<Kind> {
    let Kind::Rollup { of, summary, .. } = &field.kind else { return None };
    let looked_at = schema.object(of)?.field(summary.field()?)?;
    Some(match looked_at.kind.result() {
        Kind::Integer { .. } => Kind::Integer { min: None, max: None },
        Kind::Decimal { scale, .. } => Kind::Decimal { scale: *scale, min: None, max: None },
        Kind::Percent { .. } => Kind::Percent { min: None, max: None },
        Kind::Money { .. } => Kind::Money { min: None },
        other => other.clone(),
    })
}

fn mistake(schema: &Schema, object: &str, field: &Field) -> Option<Message> {
    let Kind::Rollup { of, by, summary, only, .. } = &field.kind else { return None };
    let other = schema.object(of)?;
    let link = other.field(by)?;
    if link.kind.target() != Some(object) || link.kind.is_many() {
        return Some(msg!("schema-rollup-by", object = of, field = by, target = object));
    }
    if let Some(name) = summary.field() {
        let kind = other.field(name)?.kind.result();
        let number =
            matches!(kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. });
        let ordered = number || matches!(kind, Kind::Date | Kind::DateTime);
        if !(number || ordered && !matches!(summary, Summary::Sum(_))) {
            return Some(msg!("schema-rollup-type", field = name, type = kind.name()));
        }
    }
    match (bound_at(schema, other, only, 0), bound_at(schema, other, only, 1)) {
        (Ok(one), Ok(two)) if one == two && !one.needs_other_records() && one.words().is_empty() => None,
        (Ok(_), _) => Some(msg!("schema-rollup-where")),
        (Err(message), _) => Some(message),
    }
}

/// The filter as it is read on one of two days by one of two users: it must be the same.
fn bound_at(schema: &Schema, object: &Object, only: &str, which: i64) -> Result<Bound, Message> {
    let day = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 500 * which);
    let now = day.to_zoned(TimeZone::UTC);
    let context = BindContext { now: &now, me: Id::from_i64(1 + which) };
    filter::parse(schema, object, only, &context).map_err(|error| error.message)
}

/// The roll-ups that need themselves, through formulas and other roll-ups.
fn circular(schema: &Schema) -> BTreeSet<Node> {
    let mut needs: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    for object in &schema.objects {
        for field in &object.fields {
            let read: BTreeSet<Node> = match &field.kind {
                Kind::Formula { expression, .. } => Formula::parse(expression)
                    .map(|f| f.fields().map(|read| (object.name.clone(), read.value.clone())).collect())
                    .unwrap_or_default(),
                Kind::Rollup { of, summary, only, .. } => {
                    let bound = schema.object(of).and_then(|o| bound_at(schema, o, only, 0).ok());
                    let tested = bound.iter().flat_map(Bound::fields).map(str::to_owned).collect::<Vec<_>>();
                    let names = summary.field().map(str::to_owned).into_iter().chain(tested);
                    names.map(|name| (of.clone(), name)).collect()
                }
                _ => continue,
            };
            needs.insert((object.name.clone(), field.name.clone()), read);
        }
    }
    // What needs nothing that is still open is settled; a circle never is.
    loop {
        let settled: Vec<Node> = needs
            .iter()
            .filter(|(_, read)| !read.iter().any(|r| needs.contains_key(r)))
            .map(|(n, _)| n.clone())
            .collect();
        if settled.is_empty() {
            return needs.into_keys().collect();
        }
        for node in settled {
            needs.remove(&node);
        }
    }
}
