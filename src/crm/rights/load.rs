//! Reading where a user stands.

use super::{Access, Circle, Grant, Holder, Operation, Scope, Shares, Standing};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::schema::model::{Kind, Schema};
use crate::store::{Store, Which};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// Someone of the company, as far as rights go.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) department: Option<Id>,
    supervisor: Option<Id>,
    pub(super) roles: Vec<Id>,
    pub(super) active: bool,
    territories: Vec<String>,
}

/// The people and departments of the company.
#[derive(Debug, Default)]
pub(super) struct Company {
    pub(super) people: BTreeMap<Id, Person>,
    /// Head and parent.
    departments: BTreeMap<Id, (Option<Id>, Option<Id>)>,
}

impl Company {
    /// Reads it; empty where the schema has no roles.
    pub(super) fn read(store: &Store, schema: &Schema) -> Result<Company, Error> {
        let mut company = Company::default();
        let Some(user) = schema.object("user").filter(|o| o.field("roles").is_some()) else { return Ok(company) };
        if schema.object("role").is_none() || schema.object("right").is_none() {
            return Ok(company);
        }
        let wanted = ["department", "supervisor", "roles", "active", "territories"];
        let columns: Vec<String> =
            wanted.iter().filter(|name| user.field(name).is_some()).map(|name| (*name).to_owned()).collect();
        let has_active = user.field("active").is_some();
        store.scan(Which::all("user"), &columns, |record| {
            let person = Person {
                department: record.get("department").as_ref_id(),
                supervisor: record.get("supervisor").as_ref_id(),
                roles: refs(record.get("roles")),
                active: !has_active || record.get("active") == &Value::Boolean(true),
                territories: texts(record.get("territories")),
            };
            company.people.insert(record.id, person);
            true
        })?;
        if let Some(department) = schema.object("department") {
            let columns: Vec<String> = ["head", "parent"]
                .iter()
                .filter(|name| department.field(name).is_some())
                .map(|name| (*name).to_owned())
                .collect();
            store.scan(Which::all("department"), &columns, |record| {
                let pair = (record.get("head").as_ref_id(), record.get("parent").as_ref_id());
                company.departments.insert(record.id, pair);
                true
            })?;
        }
        Ok(company)
    }

    /// Whether anybody was given a role: then rights are in force.
    pub(super) fn has_roles(&self) -> bool {
        self.people.values().any(|person| !person.roles.is_empty())
    }

    /// Whom someone reports to: the one that is named, else the head of the department, or of one above it.
    fn supervisor(&self, id: Id) -> Option<Id> {
        let person = self.people.get(&id)?;
        if person.supervisor.is_some() {
            return person.supervisor;
        }
        let mut seen = HashSet::new();
        let mut here = person.department;
        while let Some(department) = here.filter(|department| seen.insert(*department)) {
            let (head, parent) = self.departments.get(&department)?;
            if head.is_some_and(|head| head != id) {
                return *head;
            }
            here = *parent;
        }
        None
    }

    /// Someone and all below, however deep; circles are gone round once.
    fn subordinates(&self, top: Id) -> Vec<Id> {
        let mut below: HashMap<Id, Vec<Id>> = HashMap::new();
        for id in self.people.keys() {
            if let Some(supervisor) = self.supervisor(*id) {
                below.entry(supervisor).or_default().push(*id);
            }
        }
        let mut found = BTreeSet::from([top]);
        let mut open = VecDeque::from([top]);
        while let Some(id) = open.pop_front() {
            let next = below.get(&id).into_iter().flatten();
            open.extend(next.filter(|id| found.insert(**id)));
        }
        found.into_iter().collect()
    }

    /// The departments that someone is in or heads.
    fn departments_of(&self, id: Id) -> BTreeSet<Id> {
        let own = self.people.get(&id).and_then(|person| person.department);
        let headed = self.departments.iter().filter(|(_, (head, _))| *head == Some(id)).map(|(id, _)| *id);
        own.into_iter().chain(headed).collect()
    }

    /// Departments and all below them.
    fn with_lower(&self, top: &BTreeSet<Id>) -> BTreeSet<Id> {
        let mut found = top.clone();
        loop {
            let lower = self.departments.iter().filter(|(_, (_, parent))| parent.is_some_and(|p| found.contains(&p)));
            let more: Vec<Id> = lower.map(|(id, _)| *id).filter(|id| !found.contains(id)).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// A department and all above it.
    fn with_upper(&self, department: Option<Id>) -> BTreeSet<Id> {
        let mut found = BTreeSet::new();
        let mut here = department;
        while let Some(id) = here.filter(|id| found.insert(*id)) {
            here = self.departments.get(&id).and_then(|(_, parent)| *parent);
        }
        found
    }

    fn circle(&self, me: Id, departments: BTreeSet<Id>) -> Circle {
        let of = |person: &Person| person.department.is_some_and(|department| departments.contains(&department));
        let mut people: BTreeSet<Id> = self.people.iter().filter(|(_, p)| of(p)).map(|(id, _)| *id).collect();
        people.insert(me);
        Circle { people: people.into_iter().collect(), departments: departments.into_iter().collect() }
    }
}

/// Where a user stands; `None` where no one was given a role.
pub(super) fn standing(store: &Store, schema: &Schema, me: Id) -> Result<Option<Standing>, Error> {
    let company = Company::read(store, schema)?;
    if !company.has_roles() {
        return Ok(None);
    }
    let person = company.people.get(&me).cloned().unwrap_or_default();
    let (holders, administrator) = holders(store, schema, me, &person.roles)?;
    let departments = company.departments_of(me);
    let lower = company.with_lower(&departments);
    let own: BTreeSet<Id> = person.department.into_iter().collect();
    Ok(Some(Standing {
        me,
        administrator,
        holders,
        own: Circle { people: vec![me], departments: own.iter().copied().collect() },
        subordinates: Circle { people: company.subordinates(me), departments: departments.iter().copied().collect() },
        department: company.circle(me, departments),
        department_tree: company.circle(me, lower),
        shares: shares(store, schema, me, &company.with_upper(person.department))?,
        territories: person.territories,
    }))
}

/// The roles of administrators.
pub(super) fn administrators(store: &Store, schema: &Schema) -> Result<BTreeSet<Id>, Error> {
    let mut found = BTreeSet::new();
    if schema.object("role").is_some_and(|o| o.field("administrator").is_some()) {
        store.scan(Which::all("role"), &["administrator".to_owned()], |record| {
            if record.get("administrator") == &Value::Boolean(true) {
                found.insert(record.id);
            }
            true
        })?;
    }
    Ok(found)
}

fn holders(store: &Store, schema: &Schema, me: Id, roles: &[Id]) -> Result<(Vec<Holder>, bool), Error> {
    let administrators = administrators(store, schema)?;
    let mut names: BTreeMap<Id, String> = BTreeMap::new();
    for record in store.get_many("role", roles)? {
        names.insert(record.id, record.get("name").as_str().unwrap_or_default().to_owned());
    }
    let mut of_role: BTreeMap<Id, Holder> =
        names.into_iter().map(|(id, name)| (id, Holder { role: Some(name), ..Holder::default() })).collect();
    let mut own = Holder::default();
    fn whose<'h>(
        record: &Record,
        me: Id,
        roles: &'h mut BTreeMap<Id, Holder>,
        own: &'h mut Holder,
    ) -> Option<&'h mut Holder> {
        match (record.get("role").as_ref_id(), record.get("user").as_ref_id()) {
            (Some(role), _) => roles.get_mut(&role),
            (None, Some(user)) if user == me => Some(own),
            _ => None,
        }
    }
    store.scan(Which::all("right"), &[], |record| {
        if let Some(holder) = whose(&record, me, &mut of_role, &mut own) {
            let object = named(schema, record.get("object"));
            holder.grants.entry(object).or_default().extend(grant(&record));
        }
        true
    })?;
    if schema.object("field_right").is_some() {
        store.scan(Which::all("field_right"), &[], |record| {
            let access = match record.get("access").as_str() {
                Some("read") => Access::Read,
                Some("write") => Access::Write,
                _ => Access::None,
            };
            if let (Some(holder), Some(field)) =
                (whose(&record, me, &mut of_role, &mut own), record.get("field").as_str())
            {
                let object = named(schema, record.get("object"));
                let known = schema.object(&object).and_then(|object| object.find_field(field));
                let field = known.map_or(field, |known| known.name.as_str()).to_owned();
                holder.fields.insert((object, field), access);
            }
            true
        })?;
    }
    let administrator = roles.iter().any(|role| administrators.contains(role));
    Ok((of_role.into_values().chain([own]).collect(), administrator))
}

/// The object that a right names: by its name, in whatever way it is called.
pub(super) fn named(schema: &Schema, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default().trim();
    schema.find_object(text).map_or(text, |object| object.name.as_str()).to_owned()
}

fn grant(record: &Record) -> Option<Grant> {
    let Value::Choices(keys) = record.get("operations") else { return None };
    let operations = keys.iter().filter_map(|key| Operation::of(key)).collect();
    let filter = record.get("filter").as_str().unwrap_or_default();
    Some(Grant { operations, scope: Scope::of(record.get("scope").as_str().unwrap_or("own"), filter)? })
}

/// What is shared with someone, or with a department that they are in.
fn shares(store: &Store, schema: &Schema, me: Id, departments: &BTreeSet<Id>) -> Result<Shares, Error> {
    let mut shares = Shares::default();
    let Some(share) = schema.object("share") else { return Ok(shares) };
    let what: Vec<(&str, &str)> = share
        .fields
        .iter()
        .filter(|f| matches!(f.kind, Kind::Reference { many: false, .. }) && !f.retired)
        .filter_map(|f| Some((f.name.as_str(), f.kind.target()?)))
        .collect();
    let mut found = store.referring_ids("share", "user", me, usize::MAX)?;
    for department in departments {
        found.extend(store.referring_ids("share", "department", *department, usize::MAX)?);
    }
    for record in store.get_many("share", &found)? {
        let writes = record.get("access").as_str() == Some("write");
        for (field, target) in &what {
            let Some(id) = record.get(field).as_ref_id() else { continue };
            shares.read.entry((*target).to_owned()).or_default().insert(id);
            if writes {
                shares.write.entry((*target).to_owned()).or_default().insert(id);
            }
        }
    }
    Ok(shares)
}

fn refs(value: &Value) -> Vec<Id> {
    match value {
        Value::Refs(ids) => ids.clone(),
        Value::Ref(id) => vec![*id],
        _ => Vec::new(),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Choices(texts) => texts.iter().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect(),
        _ => Vec::new(),
    }
}
