//! The organisation as flows ask for it.

use super::MOST;
use crate::contract::error::Error;
use crate::crm::people;
use crate::domain::id::Id;
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::domain::workflow::{People, stand_in};
use crate::schema::model::Schema;
use crate::store::{Store, Which};
use jiff::civil::Date;

const USER: &str = "user";
const DEPARTMENT: &str = "department";
const ROLE: &str = "role";
/// How far up departments are followed, whatever circles they draw.
const MOST_LEVELS: usize = 32;
/// The field of roles whose users decide where nobody else is there.
const ADMINISTRATOR: &str = "administrator";

/// The people of a store, about one record.
pub(in crate::crm) struct Directory<'a> {
    pub(super) store: &'a Store,
    pub(super) schema: &'a Schema,
    pub(super) today: Date,
    /// The record that is to be approved.
    pub(super) record: Option<&'a Record>,
}

impl Directory<'_> {
    fn has(&self, object: &str, field: &str) -> bool {
        self.schema.object(object).and_then(|o| o.field(field)).is_some_and(|f| !f.retired)
    }

    fn user(&self, id: Id) -> Result<Option<Record>, Error> {
        if self.schema.object(USER).is_none() { Ok(None) } else { Ok(self.store.get(USER, id)?) }
    }

    /// The heads of a user's department and of those above it, the nearest first.
    fn heads(&self, user: &Record) -> Result<Vec<Id>, Error> {
        let mut heads = Vec::new();
        let mut at = user.get("department").as_ref_id();
        for _ in 0..MOST_LEVELS {
            let Some(department) = at.map(|id| self.store.get(DEPARTMENT, id)).transpose()?.flatten() else { break };
            heads.extend(department.get("head").as_ref_id());
            at = department.get("parent").as_ref_id();
        }
        Ok(heads)
    }

    /// Those whom a user stands in for now.
    pub(super) fn absent(&self, me: Id) -> Result<Vec<Id>, Error> {
        if !self.has(USER, "delegate") {
            return Ok(Vec::new());
        }
        let mut absent: Vec<Id> = Vec::new();
        let mut level = vec![me];
        while let Some(at) = level.pop() {
            for id in self.store.referring_ids(USER, "delegate", at, MOST)? {
                let is_new = id != me && !absent.contains(&id) && absent.len() < MOST;
                if is_new && self.delegate(id)? == Some(at) && stand_in(id, self)? == Some(me) {
                    absent.push(id);
                    level.push(id);
                }
            }
        }
        Ok(absent)
    }
}

impl People for Directory<'_> {
    type Error = Error;

    fn is_active(&self, user: Id) -> Result<bool, Error> {
        Ok(self.user(user)?.is_some_and(|user| *user.get("active") != Value::Boolean(false)))
    }

    fn of_login(&self, login: &str) -> Result<Option<Id>, Error> {
        if !self.has(USER, "login") {
            return Ok(None);
        }
        Ok(self.store.find_equal(USER, "login", &Value::text(login), 1)?.first().copied())
    }

    fn of_role(&self, role: &str) -> Result<Vec<Id>, Error> {
        let Some(object) = self.schema.object(ROLE).filter(|_| self.has(USER, "roles")) else { return Ok(Vec::new()) };
        let value = Value::text(role);
        let mut found = Vec::new();
        for field in object.code.iter().chain([&object.title]) {
            for id in self.store.find_equal(ROLE, field, &value, MOST)? {
                found.extend(self.store.referring_ids(USER, "roles", id, MOST)?);
            }
        }
        Ok(found)
    }

    fn of_field(&self, field: &str) -> Result<Vec<Id>, Error> {
        Ok(match self.record.map(|record| record.get(field)) {
            Some(Value::Ref(id)) => vec![*id],
            Some(Value::Refs(ids)) => ids.clone(),
            _ => Vec::new(),
        })
    }

    fn supervisor(&self, user: Id) -> Result<Option<Id>, Error> {
        match self.user(user)? {
            Some(_) => people::supervisor(self.store, user),
            None => Ok(None),
        }
    }

    fn head(&self, user: Id) -> Result<Option<Id>, Error> {
        let Some(record) = self.user(user)? else { return Ok(None) };
        Ok(self.heads(&record)?.into_iter().find(|head| *head != user))
    }

    fn administrators(&self) -> Result<Vec<Id>, Error> {
        let mut found = Vec::new();
        if self.has(ROLE, ADMINISTRATOR) && self.has(USER, "roles") {
            for role in self.store.find_equal(ROLE, ADMINISTRATOR, &Value::Boolean(true), MOST)? {
                found.extend(self.store.referring_ids(USER, "roles", role, MOST)?);
            }
        }
        if !found.is_empty() || self.schema.object(DEPARTMENT).is_none() {
            return Ok(found);
        }
        // Without roles: the heads of the company.
        self.store.scan(Which::all(DEPARTMENT), &["parent".to_owned(), "head".to_owned()], |department| {
            if department.get("parent").is_empty() {
                found.extend(department.get("head").as_ref_id());
            }
            true
        })?;
        Ok(found)
    }

    fn delegate(&self, user: Id) -> Result<Option<Id>, Error> {
        if !self.has(USER, "delegate") || !self.has(USER, "away_until") {
            return Ok(None);
        }
        let Some(record) = self.user(user)? else { return Ok(None) };
        let is_away = matches!(record.get("away_until"), Value::Date(until) if *until >= self.today);
        Ok(record.get("delegate").as_ref_id().filter(|_| is_away))
    }
}
