//! What no change of roles may bring about: someone who gives rights to himself, and a store without an
//! administrator.

use super::guard::Sight;
use super::load::{self, Company};
use super::{Operation, Rights, SOURCES};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Kind, Schema};
use crate::store::Store;

/// Entries read at a time.
const CHUNK: usize = 1_000;
/// What only an administrator gives.
const GIVEN: [&str; 3] = ["role", "right", "field_right"];
/// What says how far a scope goes, and so is not for oneself to change.
const STANDING: [&str; 4] = ["department", "supervisor", "territories", "active"];

/// Judges what a transaction has done since the journal's entry `head`, before it is committed. `rights` are those
/// that the user had before.
pub(in crate::crm) fn keep_order(store: &Store, rights: &Rights, me: Option<Id>, head: i64) -> Result<(), Error> {
    if !store.journal_touched(head, &SOURCES)? {
        return Ok(());
    }
    let schema = store.schema();
    let (mut since, mut roles_changed) = (head, false);
    loop {
        let entries = store.journal_since(since, CHUNK)?;
        let Some(last) = entries.last() else { break };
        since = last.seq;
        for entry in entries.iter().filter(|e| SOURCES.contains(&e.object.as_str())) {
            roles_changed |= matches!(entry.object.as_str(), "user" | "role");
            if !rights.may_give() {
                judge(store, rights, &schema, me, entry)?;
            }
        }
    }
    if roles_changed { administrator_left(store, &schema) } else { Ok(()) }
}

fn judge(store: &Store, rights: &Rights, schema: &Schema, me: Option<Id>, entry: &Entry) -> Result<(), Error> {
    let changed = |field: &str| entry.before.get(field) != entry.after.get(field);
    let only_administrators = || Err(Error::Denied(msg!("rights-only-administrators")));
    match entry.object.as_str() {
        name if GIVEN.contains(&name) => only_administrators(),
        "user" if changed("roles") => only_administrators(),
        "user" if Some(entry.record) == me && STANDING.into_iter().any(changed) => {
            Err(Error::Denied(msg!("rights-not-oneself")))
        }
        "department" => {
            let head = entry.after.get("head").and_then(Value::as_ref_id);
            if head.is_some() && head == me { Err(Error::Denied(msg!("rights-not-oneself"))) } else { Ok(()) }
        }
        "share" if entry.deed != Deed::Delete => may_share(store, rights, schema, entry),
        _ => Ok(()),
    }
}

/// Who shares a record must be able to change it.
fn may_share(store: &Store, rights: &Rights, schema: &Schema, entry: &Entry) -> Result<(), Error> {
    let sight = Sight { store, rights };
    let Some(share) = schema.object("share") else { return Ok(()) };
    let what = share.fields.iter().filter(|f| matches!(f.kind, Kind::Reference { many: false, .. }));
    for (field, target) in what.filter_map(|f| Some((f, f.kind.target()?))) {
        if let Some(id) = entry.after.get(&field.name).and_then(Value::as_ref_id) {
            sight.demand(Operation::Modify, target, id)?;
        }
    }
    Ok(())
}

/// `Denied` if rights are in force and nobody is left to give them.
pub(in crate::crm) fn administrator_left(store: &Store, schema: &Schema) -> Result<(), Error> {
    let company = Company::read(store, schema)?;
    if !company.has_roles() {
        return Ok(());
    }
    let administrators = load::administrators(store, schema)?;
    let is_one = |person: &load::Person| person.active && person.roles.iter().any(|r| administrators.contains(r));
    if company.people.values().any(is_one) { Ok(()) } else { Err(Error::Denied(msg!("rights-last-administrator"))) }
}
