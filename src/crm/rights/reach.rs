//! Scopes as conditions over the records of an object.

use super::{Circle, Operation, Reach, Rights, Scope, Standing, ids, nothing};
use crate::domain::id::Id;
use crate::domain::record::system;
use crate::domain::value::Value;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{Field, Kind, Object, OnDelete};
use std::ops::Bound as End;
use std::sync::Arc;

/// How far up records are followed to those that they belong to.
const MOST_LEVELS: usize = 4;
/// A list of more people becomes a set.
const MANY: usize = 24;
/// The fields that say whose a record is, in this order.
const OWNERS: [&str; 2] = ["owner", "person"];
/// The records of whose territory others are.
const PLACED: [&str; 2] = ["customer", "lead"];

impl Rights {
    pub(super) fn whole_reach(&self, standing: &Standing, object: &str, operation: Operation) -> Reach {
        let granted = self.granted(standing, object, operation, MOST_LEVELS);
        if operation == Operation::View {
            return granted;
        }
        // Most rights give several operations over the same records.
        match (granted, self.reach(object, Operation::View)) {
            (Reach::Nothing, _) | (_, Reach::Nothing) => Reach::Nothing,
            (one, Reach::Everything) | (Reach::Everything, one) => one,
            (Reach::Some(one), Reach::Some(view)) if one == view => Reach::Some(one),
            (Reach::Some(one), Reach::Some(view)) => Reach::Some(Arc::new((*one).clone().and((*view).clone()))),
        }
    }

    /// What rights and shares give, whatever may be viewed.
    fn granted(&self, standing: &Standing, name: &str, operation: Operation, levels: usize) -> Reach {
        match self.given(standing, name, operation, levels) {
            Reach::Some(bound) => Reach::Some(Arc::new(gathered(&bound))),
            other => other,
        }
    }

    fn given(&self, standing: &Standing, name: &str, operation: Operation, levels: usize) -> Reach {
        let Some(object) = self.schema.object(name) else { return Reach::Nothing };
        let is_named = standing.holders.iter().any(|holder| holder.grants.contains_key(name));
        if !is_named && owner(object).is_none() && parents(object).next().is_some() {
            return self.through_parents(standing, object, operation, levels);
        }
        let mut bounds = Vec::new();
        for grant in standing.holders.iter().flat_map(|holder| holder.grants(name)) {
            if grant.operations.contains(&operation) {
                bounds.push(self.scope(standing, object, &grant.scope, levels));
            }
        }
        let has_any = !bounds.is_empty();
        bounds.extend(shared(standing, object, operation, has_any));
        if bounds.is_empty() { Reach::Nothing } else { reach(either(bounds)) }
    }

    /// What belongs to a record goes with it: who may change the one may add, change and delete the other.
    fn through_parents(&self, standing: &Standing, object: &Object, operation: Operation, levels: usize) -> Reach {
        let Some(levels) = levels.checked_sub(1) else { return Reach::Nothing };
        let operation = match operation {
            Operation::Add | Operation::Delete => Operation::Modify,
            other => other,
        };
        let mut bounds = Vec::new();
        let mut everything = true;
        for (field, target) in parents(object) {
            let granted = self.granted(standing, target, operation, levels);
            everything &= granted == Reach::Everything;
            bounds.extend(through(field, target, granted));
        }
        match bounds.is_empty() {
            _ if everything => Reach::Everything,
            true => Reach::Nothing,
            false => reach(either(bounds)),
        }
    }

    /// The records of an object that a right of the user is about.
    pub(super) fn scope_of(&self, standing: &Standing, object: &Object, scope: &Scope) -> Bound {
        self.scope(standing, object, scope, MOST_LEVELS)
    }

    /// The records of an object that a scope means.
    fn scope(&self, standing: &Standing, object: &Object, scope: &Scope, levels: usize) -> Bound {
        match scope {
            Scope::All => Bound::All,
            Scope::Own => self.of_people(standing, object, &standing.own, levels),
            Scope::Subordinates => self.of_people(standing, object, &standing.subordinates, levels),
            Scope::Department => self.of_people(standing, object, &standing.department, levels),
            Scope::DepartmentTree => self.of_people(standing, object, &standing.department_tree, levels),
            Scope::Territory => {
                let own = self.of_people(standing, object, &standing.own, levels);
                either([Some(own), self.in_territory(standing, object)].into_iter().flatten().collect())
            }
            Scope::Custom(text) => self.custom(standing, object, text),
        }
    }

    fn custom(&self, standing: &Standing, object: &Object, text: &str) -> Bound {
        let context = BindContext { now: &self.now, me: Some(standing.me) };
        match filter::parse(&self.schema, object, text, &context) {
            Ok(bound) if !has_words(&bound) => bound,
            // A filter that the schema doesn't know any more opens nothing.
            _ => nothing(),
        }
    }

    /// The records of some people: theirs by the owner, or by the record that they belong to. What is nobody's by its
    /// nature, such as a product, is everyone's.
    fn of_people(&self, standing: &Standing, object: &Object, circle: &Circle, levels: usize) -> Bound {
        let is = |field: &str, values: Vec<Value>| Bound::Test { field: field.to_owned(), test: Test::AnyOf(values) };
        match object.name.as_str() {
            "user" => return is(system::ID, ids(circle.people.iter().copied())),
            "department" => return is(system::ID, ids(circle.departments.iter().copied())),
            _ => {}
        }
        if let Some(field) = owner(object) {
            let own = is(&field.name, ids(circle.people.iter().copied()));
            let with = collaborators(object).map(|field| is(&field.name, ids([standing.me])));
            return either([Some(own), with].into_iter().flatten().collect());
        }
        let Some(levels) = levels.checked_sub(1) else { return nothing() };
        let mut bounds = Vec::new();
        for (field, target) in parents(object) {
            let Some(above) = self.schema.object(target) else { continue };
            bounds.extend(through(field, target, reach(self.of_people(standing, above, circle, levels))));
        }
        if bounds.is_empty() { Bound::All } else { either(bounds) }
    }

    /// The records that lie in the user's regions, by their own region or their customer's. `None` for what has none.
    fn in_territory(&self, standing: &Standing, object: &Object) -> Option<Bound> {
        if let Some(field) = region(object) {
            return Some(either(standing.territories.iter().flat_map(|place| within(&field.name, place)).collect()));
        }
        let placed = PLACED.iter().filter_map(|name| {
            let field = object.field(name).filter(|f| f.kind.target() == Some(*name) && !f.kind.is_many())?;
            let inner = self.schema.object(name).filter(|o| region(o).is_some())?;
            Some(related(field, name, self.in_territory(standing, inner)?))
        });
        let placed: Vec<Bound> = placed.collect();
        (!placed.is_empty()).then(|| either(placed))
    }
}

/// The field that says whose a record is.
pub(super) fn owner(object: &Object) -> Option<&Field> {
    let is_owner = |f: &&Field| matches!(f.kind, Kind::User { many: false }) && !f.retired;
    OWNERS.iter().find_map(|name| object.field(name).filter(is_owner))
}

fn collaborators(object: &Object) -> Option<&Field> {
    object.field("collaborators").filter(|f| matches!(f.kind, Kind::User { many: true }) && !f.retired)
}

fn region(object: &Object) -> Option<&Field> {
    object.fields.iter().find(|f| matches!(f.kind, Kind::Region) && !f.retired)
}

/// The records that a record belongs to: it goes when they go.
pub(super) fn parents(object: &Object) -> impl Iterator<Item = (&Field, &str)> {
    let goes_along = |f: &&Field| f.on_delete == OnDelete::Cascade && !f.retired && !f.kind.is_many();
    let refers = |f: &Field| matches!(f.kind, Kind::Reference { .. });
    object.fields.iter().filter(goes_along).filter(move |f| refers(f)).filter_map(|f| Some((f, f.kind.target()?)))
}

/// Records shared with the user, and what refers to them as far as the user may use its kind at all.
fn shared(standing: &Standing, object: &Object, operation: Operation, has_any: bool) -> Vec<Bound> {
    let shares = match operation {
        Operation::View => &standing.shares.read,
        Operation::Modify => &standing.shares.write,
        _ => return Vec::new(),
    };
    let is = |field: &str, found: &std::collections::BTreeSet<crate::domain::id::Id>| Bound::Test {
        field: field.to_owned(),
        test: Test::AnyOf(ids(found.iter().copied())),
    };
    let mut bounds: Vec<Bound> = shares.get(&object.name).map(|found| is(system::ID, found)).into_iter().collect();
    if has_any {
        let references = object.fields.iter().filter(|f| matches!(f.kind, Kind::Reference { many: false, .. }));
        let about = references.filter_map(|f| Some(is(&f.name, shares.get(f.kind.target()?)?)));
        bounds.extend(about);
    }
    bounds
}

fn related(field: &Field, target: &str, inner: Bound) -> Bound {
    let test = Test::Related { object: target.to_owned(), inner: Box::new(inner) };
    Bound::Test { field: field.name.clone(), test }
}

/// Records whose reference points into a reach.
fn through(field: &Field, target: &str, reach: Reach) -> Option<Bound> {
    match reach {
        Reach::Nothing => None,
        Reach::Everything => Some(Bound::Not(Box::new(Bound::Test { field: field.name.clone(), test: Test::Empty }))),
        Reach::Some(bound) => Some(related(field, target, (*bound).clone())),
    }
}

/// A region, and what lies in it: regions are paths.
fn within(field: &str, place: &str) -> [Bound; 2] {
    let place = place.trim_end_matches('/');
    let test = |test| Bound::Test { field: field.to_owned(), test };
    // `0` is what comes after `/`.
    let (from, to) = (format!("{place}/"), format!("{place}0"));
    let below = Test::Range { from: End::Included(Value::Text(from)), to: End::Excluded(Value::Text(to)) };
    [test(Test::AnyOf(vec![Value::Text(place.to_owned())])), test(below)]
}

fn reach(bound: Bound) -> Reach {
    match bound {
        Bound::All => Reach::Everything,
        bound => Reach::Some(Arc::new(bound)),
    }
}

/// One of several conditions; tests of one field for some values become one test, which an index can answer.
fn either(bounds: Vec<Bound>) -> Bound {
    let mut parts: Vec<Bound> = Vec::new();
    for bound in bounds {
        let more = match bound {
            Bound::All => return Bound::All,
            Bound::Or(more) => more,
            one => vec![one],
        };
        for one in more {
            let Bound::Test { field, test: Test::AnyOf(values) } = &one else {
                if !parts.contains(&one) {
                    parts.push(one);
                }
                continue;
            };
            let same = parts.iter_mut().find_map(|part| match part {
                Bound::Test { field: other, test: Test::AnyOf(known) } if other == field => Some(known),
                _ => None,
            });
            match same {
                Some(known) => {
                    let new: Vec<Value> = values.iter().filter(|value| !known.contains(value)).cloned().collect();
                    known.extend(new);
                }
                None => parts.push(one),
            }
        }
    }
    // What is said of no value matches nothing.
    if parts.len() > 1 {
        parts.retain(|part| !matches!(part, Bound::Test { test: Test::AnyOf(values), .. } if values.is_empty()));
    }
    match parts.len() {
        0 => nothing(),
        1 => parts.remove(0),
        _ => Bound::Or(parts),
    }
}

/// The same with lists of many people as sets: a condition is joined to every question.
fn gathered(bound: &Bound) -> Bound {
    match bound {
        Bound::And(parts) => Bound::And(parts.iter().map(gathered).collect()),
        Bound::Or(parts) => Bound::Or(parts.iter().map(gathered).collect()),
        Bound::Not(part) => Bound::Not(Box::new(gathered(part))),
        Bound::Test { field, test: Test::Related { object, inner } } => {
            let inner = Box::new(gathered(inner));
            Bound::Test { field: field.clone(), test: Test::Related { object: object.clone(), inner } }
        }
        Bound::Test { field, test: Test::AnyOf(values) } if values.len() > MANY => {
            let ids: Option<Vec<Id>> = values.iter().map(Value::as_ref_id).collect();
            let test =
                ids.map_or_else(|| Test::AnyOf(values.clone()), |ids| Test::OneOf(Arc::new(ids.into_iter().collect())));
            Bound::Test { field: field.clone(), test }
        }
        other => other.clone(),
    }
}

/// Words are found by the search, which a right can't ask.
pub(super) fn has_words(bound: &Bound) -> bool {
    match bound {
        Bound::Words(_) => true,
        Bound::And(parts) | Bound::Or(parts) => parts.iter().any(has_words),
        Bound::Not(part) => has_words(part),
        Bound::All => false,
        Bound::Test { test: Test::Related { inner, .. }, .. } => has_words(inner),
        Bound::Test { .. } => false,
    }
}
