//! Giving records the codes that their number rule makes now: foreseen, then done in one transaction.
//!
//! Records keep the order in which they were made. What has a code of the rule's shape keeps it, unless all are to
//! be numbered anew, which closes the gaps.

use super::evaluate::Rules;
use super::read::answers;
use super::rights::Operation;
use super::{Crm, Finder, code, object, save, title};
use crate::contract::error::Error;
use crate::contract::request::{RenumberRequest, Renumbered, Renumbering};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, RecordKey, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, NumberRule, Object, Schema};
use crate::schema::number::{Part, Prefix};
use crate::store::{Store, Which, Write};
use jiff::Zoned;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Records that an answer names.
const NAMED: usize = 200;
/// What stands before the id of a record whose code is wanted by another one meanwhile.
const PARKED: &str = "~";

/// A code that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    id: Id,
    title: String,
    from: String,
    to: String,
}

/// All that changes.
#[derive(Default)]
struct Plan {
    changes: Vec<Change>,
    kept: u64,
    /// The last serial of each counter.
    counters: BTreeMap<String, i64>,
}

/// Which codes are to be made by what.
struct Order<'s> {
    schema: &'s Schema,
    object: &'s Object,
    field: &'s Field,
    rule: &'s NumberRule,
    now: &'s Zoned,
    all: bool,
}

impl Crm {
    /// Numbers records by their object's rule, or says what would change.
    pub fn renumber(&mut self, request: &RenumberRequest, finder: &dyn Finder) -> Result<Renumbering, Error> {
        let (schema, now) = (self.schema(), self.context.now());
        let object = object(&schema, &request.object)?;
        let numbered = code::code_fields(&schema, object).next();
        let Some((field, rule)) = numbered else {
            return Err(Error::field("object", msg!("crm-no-number-rule", object = &object.name)));
        };
        self.require(if request.apply { "edit" } else { "view" }, &object.name, None)?;
        let rights = self.rights()?;
        let asked = self.asked(&schema, object, &request.filter, (&rights, Operation::Modify, false))?;
        let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
        let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
        let filter = asked.as_ref().map(|a| &a.bound);
        let which = Which { object: &object.name, filter, ids: None, words: &words };
        let order = Order { schema: &schema, object, field, rule, now: &now, all: request.all };
        let (plan, txn) = if request.apply {
            let me = self.context.user;
            self.write(None, |tx, _, now| {
                let plan = order.plan(tx.store(), which)?;
                let rules = Rules::of(&schema, object, now, me);
                apply(tx, &rules, field, &plan)?;
                Ok(plan)
            })?
        } else {
            (order.plan(&self.store, which)?, 0)
        };
        let row = |change: &Change| Renumbered {
            key: RecordKey { object: object.name.clone(), id: change.id },
            title: change.title.clone(),
            from: change.from.clone(),
            to: change.to.clone(),
        };
        Ok(Renumbering {
            rows: plan.changes.iter().take(NAMED).map(row).collect(),
            changed: plan.changes.len() as u64,
            kept: plan.kept,
            pattern: rule.pattern.clone(),
            txn: (txn != 0).then_some(txn),
        })
    }
}

/// A record on its way to its code.
struct Item {
    id: Id,
    title: String,
    code: String,
    prefix: usize,
}

impl Order<'_> {
    fn plan(&self, store: &Store, which: Which<'_>) -> Result<Plan, Error> {
        let (items, prefixes) = self.items(store, which)?;
        let moving: HashSet<Id> = items.iter().filter(|i| !self.keeps(i, &prefixes)).map(|i| i.id).collect();
        let (mut taken, others) = self.taken(store, &moving, &prefixes)?;
        let mut plan = Plan { kept: 0, ..Plan::default() };
        let mut last = self.first(store, &prefixes)?;
        for item in items {
            let Some(prefix) = prefixes.get(item.prefix) else { continue };
            if !moving.contains(&item.id) {
                plan.kept += 1;
                if let (Some(at), Some(serial)) = (last.get_mut(item.prefix), prefix.serial(&item.code)) {
                    at.1 = at.1.max(serial);
                }
                continue;
            }
            let Some(at) = last.get_mut(item.prefix) else { continue };
            let to = loop {
                at.0 += 1;
                if at.0 > prefix.most() {
                    return Err(Error::Invalid(vec![code::used_up(&self.field.name, self.rule, prefix)]));
                }
                let code = prefix.with_serial(at.0.unsigned_abs());
                if taken.insert(code.to_lowercase()) {
                    break code;
                }
            };
            at.1 = at.1.max(at.0);
            if to == item.code {
                plan.kept += 1;
            } else {
                plan.changes.push(Change { id: item.id, title: item.title, from: item.code, to });
            }
        }
        // What isn't numbered anew goes on to be counted.
        let last = last.into_iter().zip(others).map(|((_, most), others)| most.max(others));
        let counters = prefixes.iter().zip(last).map(|(prefix, most)| (code::counter(self.rule, prefix), most));
        plan.counters = counters.collect();
        Ok(plan)
    }

    fn keeps(&self, item: &Item, prefixes: &[Prefix]) -> bool {
        !self.all && prefixes.get(item.prefix).is_some_and(|prefix| prefix.serial(&item.code).is_some())
    }

    /// For each prefix the serial to go on from, and the last one used.
    fn first(&self, store: &Store, prefixes: &[Prefix]) -> Result<Vec<(i64, i64)>, Error> {
        let one = |prefix: &Prefix| {
            let last = store.peek_serial(&code::counter(self.rule, prefix))? - 1;
            // Where all are numbered anew, or gaps are to be filled, from the first on.
            Ok(match (self.all, self.rule.gap_free) {
                (true, _) => (0, 0),
                (false, true) => (0, last),
                (false, false) => (last, last),
            })
        };
        prefixes.iter().map(one).collect()
    }

    /// The records in the order in which they were made, and the different prefixes.
    fn items(&self, store: &Store, which: Which<'_>) -> Result<(Vec<Item>, Vec<Prefix>), Error> {
        let mut columns = vec![self.field.name.clone(), self.object.title.clone(), system::CREATED_AT.to_owned()];
        for (_, part) in self.rule.parts() {
            if let Part::Field(name) = part {
                columns.push(name.to_owned());
            }
        }
        columns.sort();
        columns.dedup();
        let mut records: Vec<Record> = Vec::new();
        store.scan(which, &columns, |record| {
            records.push(record);
            true
        })?;
        let (mut items, mut prefixes) = (Vec::with_capacity(records.len()), Vec::<Prefix>::new());
        let mut known: HashMap<String, usize> = HashMap::new();
        for record in records {
            let day = match record.get(system::CREATED_AT) {
                Value::DateTime(at) => at.to_zoned(self.now.time_zone().clone()).date(),
                _ => self.now.date(),
            };
            let prefix = code::prefix(store, self.schema, self.object, self.rule, &record.fields, day)?;
            let place = *known.entry(prefix.text.clone()).or_insert_with(|| {
                prefixes.push(prefix);
                prefixes.len() - 1
            });
            let code = record.get(&self.field.name).as_str().unwrap_or_default().to_owned();
            items.push(Item {
                id: record.id,
                title: title(self.object, &record.fields, record.id),
                code,
                prefix: place,
            });
        }
        Ok((items, prefixes))
    }

    /// The codes of all records that don't move, in lower case: the store tells no letter cases apart. And the
    /// greatest serial of each prefix among them.
    fn taken(
        &self,
        store: &Store,
        moving: &HashSet<Id>,
        prefixes: &[Prefix],
    ) -> Result<(HashSet<String>, Vec<i64>), Error> {
        let mut taken = HashSet::new();
        let mut greatest = vec![0; prefixes.len()];
        let places: HashMap<&str, usize> = prefixes.iter().enumerate().map(|(at, p)| (p.text.as_str(), at)).collect();
        store.scan_rows(Which::all(&self.object.name), std::slice::from_ref(&self.field.name), |row| {
            let moves = Id::from_i64(row.id()).is_some_and(|id| moving.contains(&id));
            if let (false, Some(code)) = (moves, row.text(0)) {
                // A rule that names another record's code has as many prefixes as there are such records.
                for place in beginnings(code).filter_map(|text| places.get(text)) {
                    if let (Some(most), Some(prefix)) = (greatest.get_mut(*place), prefixes.get(*place)) {
                        *most = prefix.serial(code).unwrap_or(0).max(*most);
                    }
                }
                taken.insert(code.to_lowercase());
            }
            true
        })?;
        Ok((taken, greatest))
    }
}

/// What may stand before the serial of a code: all that has nothing but digits behind it.
fn beginnings(code: &str) -> impl Iterator<Item = &str> {
    let digits = code.bytes().rev().take_while(u8::is_ascii_digit).count();
    (code.len() - digits..code.len()).filter_map(|end| code.get(..end))
}

/// Writes the codes in an order in which no two records ever have the same one.
fn apply(tx: &mut Write<'_>, rules: &Rules<'_>, field: &Field, plan: &Plan) -> Result<(), Error> {
    let mut holder: HashMap<String, usize> =
        plan.changes.iter().enumerate().map(|(at, change)| (change.from.to_lowercase(), at)).collect();
    let mut done = vec![false; plan.changes.len()];
    let give = |tx: &mut Write<'_>, change: &Change, code: String| {
        save::amend(tx, rules, change.id, Fields::from([(field.name.clone(), Value::Text(code))])).map(drop)
    };
    for start in 0..plan.changes.len() {
        // Whoever has the code that is wanted goes first; the last of a ring steps aside.
        let mut chain = vec![start];
        let mut on_chain = HashSet::from([start]);
        while let Some(change) = chain.last().and_then(|at| plan.changes.get(*at)) {
            let Some(next) = holder.get(&change.to.to_lowercase()).copied() else { break };
            if done.get(next).copied().unwrap_or(true) {
                break;
            }
            if let (false, Some(other)) = (on_chain.insert(next), plan.changes.get(next)) {
                // A record may stand in its own way by letter case alone.
                if chain.last() != Some(&next) {
                    give(tx, other, format!("{PARKED}{}", other.id))?;
                }
                holder.remove(&change.to.to_lowercase());
                break;
            }
            chain.push(next);
        }
        for at in chain.into_iter().rev() {
            if let (Some(change), Some(is_done @ false)) = (plan.changes.get(at), done.get_mut(at)) {
                give(tx, change, change.to.clone())?;
                *is_done = true;
            }
        }
    }
    plan.counters.iter().try_for_each(|(counter, last)| tx.set_serial(counter, *last))?;
    Ok(())
}
