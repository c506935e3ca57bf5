//! Pools: which one a record without an owner lies in, and whether somebody may take it from there.
//!
//! Where the schema has no pools, or none is active, nothing here has a say.

use super::evaluate::Rules;
use super::owner::HISTORY as CHANGE;
use super::{Crm, object};
use crate::contract::error::Error;
use crate::contract::pool::PoolStanding;
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::pool::Days;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{Action, Object, Schema};
use crate::store::{Changed, Store, Which};
use jiff::{Timestamp, ToSpan, Zoned};
use std::ops::Bound as End;

/// The object of the pools' rules.
pub(super) const POOL: &str = "pool";
pub(super) const OWNER: &str = "owner";
/// The field whose items may have days of their own.
pub(super) const LEVEL: &str = "level";
/// The most pools that are looked at.
const MOST: usize = 200;
/// No list counts further.
const CAP: u64 = 1_000_000;

/// A pool's rules, read.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pub(super) id: Id,
    pub(super) name: String,
    pub(super) object: String,
    text: String,
    /// Which records belong to it, and not to one before it; or why that can't be said.
    pub(super) belongs: Result<Bound, Message>,
    members: Vec<Id>,
    administrators: Vec<Id>,
    pub(super) hidden: Vec<String>,
    per_day: Option<u64>,
    capacity: Option<u64>,
    wait_days: i64,
    /// Days without a follow-up, and without a deal.
    pub(super) days: Result<(Days, Days), Message>,
    pub(super) warn_days: Option<i64>,
}

impl Pool {
    fn of(record: &Record, schema: &Schema, now: &Zoned) -> Pool {
        let text = |name: &str| record.get(name).as_str().unwrap_or_default().to_owned();
        let number = |name: &str| match record.get(name) {
            Value::Integer(number) => Some(*number),
            _ => None,
        };
        let limit = |name: &str| number(name).map(|n| n.max(0).unsigned_abs());
        let people = |name: &str| match record.get(name) {
            Value::Refs(ids) => ids.clone(),
            Value::Ref(id) => vec![*id],
            _ => Vec::new(),
        };
        let days = |rest: &str, by: &str| Days::read(number(rest), &text(by));
        let hidden = match record.get("hidden") {
            Value::Choices(names) => names.clone(),
            _ => Vec::new(),
        };
        let touch = days("no_touch_days", "no_touch_by");
        Pool {
            id: record.id,
            name: text("name"),
            object: text("object"),
            belongs: bound(schema, &text("object"), &text("filter"), now),
            text: text("filter"),
            members: people("members"),
            administrators: people("administrators"),
            hidden,
            per_day: limit("per_day"),
            capacity: limit("capacity"),
            wait_days: number("wait_days").unwrap_or(0),
            days: touch.and_then(|touch| Ok((touch, days("no_deal_days", "no_deal_by")?))),
            warn_days: number("warn_days"),
        }
    }

    pub(super) fn is_administrator(&self, user: Id) -> bool {
        self.administrators.contains(&user)
    }

    fn is_member(&self, user: Id) -> bool {
        self.members.is_empty() || self.members.contains(&user) || self.is_administrator(user)
    }

    /// Whether it takes anything back.
    pub(super) fn recycles(&self) -> bool {
        self.days.as_ref().is_ok_and(|(touch, deal)| touch.is_set() || deal.is_set())
    }

    /// The filter that shows what lies in it.
    fn shown(&self) -> String {
        let own = self.text.trim();
        if own.is_empty() { "owner:empty".to_owned() } else { format!("owner:empty ({own})") }
    }

    /// What stands in the way of using it.
    pub(super) fn problem(&self) -> Option<Message> {
        let because = |why: &Message| msg!("pool-broken", pool = &self.name).with("why", why);
        self.belongs.as_ref().err().or(self.days.as_ref().err()).map(because)
    }
}

/// A pool's filter with its meaning. Words are no part of it: they are found by the search, not by the record.
fn bound(schema: &Schema, name: &str, text: &str, now: &Zoned) -> Result<Bound, Message> {
    let object = schema.object(name).ok_or_else(|| msg!("crm-no-object", object = name))?;
    if object.field(OWNER).is_none() {
        return Err(msg!("crm-no-field", field = OWNER));
    }
    let bound = filter::parse(schema, object, text, &BindContext { now, me: None }).map_err(|e| e.message)?;
    if has_words(&bound) {
        return Err(msg!("pool-words"));
    }
    Ok(bound)
}

fn has_words(bound: &Bound) -> bool {
    match bound {
        Bound::Words(_) => true,
        Bound::And(parts) | Bound::Or(parts) => parts.iter().any(has_words),
        Bound::Not(part) => has_words(part),
        Bound::All | Bound::Test { .. } => false,
    }
}

/// The active pools in their order: a record belongs to the first that fits.
pub(super) fn pools(store: &Store, schema: &Schema, now: &Zoned) -> Result<Vec<Pool>, Error> {
    let Some(object) = schema.object(POOL) else { return Ok(Vec::new()) };
    let mut found: Vec<(i64, Pool)> = Vec::new();
    let needed = ["name", "object", "filter", "active"];
    if needed.iter().any(|name| object.field(name).is_none()) {
        return Ok(Vec::new());
    }
    store.scan(Which::all(POOL), &[], |record| {
        if *record.get("active") == Value::Boolean(true) {
            let position = match record.get("position") {
                Value::Integer(position) => *position,
                _ => i64::MAX,
            };
            found.push((position, Pool::of(&record, schema, now)));
        }
        found.len() < MOST
    })?;
    found.sort_by_key(|(position, pool)| (*position, pool.id));
    let own: Vec<(String, Bound)> =
        found.iter().filter_map(|(_, p)| Some((p.object.clone(), p.belongs.clone().ok()?))).collect();
    let mut pools: Vec<Pool> = Vec::new();
    let mut before = 0;
    for (_, mut pool) in found {
        let earlier = own.iter().take(before).filter(|(object, _)| *object == pool.object);
        let not: Vec<Bound> = earlier.map(|(_, bound)| Bound::Not(Box::new(bound.clone()))).collect();
        if let Ok(bound) = &mut pool.belongs {
            before += 1;
            *bound = std::mem::replace(bound, Bound::All).and(Bound::And(not));
        }
        pools.push(pool);
    }
    Ok(pools)
}

/// The pool that a record belongs to, whoever has it. `Denied` if a pool's rules can't be read: nothing is given
/// away by guess.
pub(super) fn belonging<'p>(store: &Store, pools: &'p [Pool], name: &str, id: Id) -> Result<Option<&'p Pool>, Error> {
    for pool in pools.iter().filter(|p| p.object == name) {
        if let Some(problem) = pool.problem() {
            return Err(Error::Denied(problem));
        }
        let Ok(bound) = &pool.belongs else { continue };
        if !store.filter_ids(Which::filtered(name, bound), &[id.as_i64()])?.is_empty() {
            return Ok(Some(pool));
        }
    }
    Ok(None)
}

/// The field of a move that says which pool it went to or came from, if it did.
pub(super) fn of_move(
    store: &Store,
    schema: &Schema,
    change: &Changed,
    now: &Zoned,
) -> Result<Option<(String, Value)>, Error> {
    let side = |fields: &Fields| fields.get(OWNER).is_none_or(Value::is_empty);
    let known = schema.object(CHANGE).is_some_and(|o| o.field(POOL).is_some());
    if !known || !(side(&change.before) || side(&change.after)) {
        return Ok(None);
    }
    let pools = pools(store, schema, now)?;
    // A release must not fail for a rule that can't be read.
    let pool = belonging(store, &pools, &change.record.object, change.record.id).ok().flatten();
    Ok(pool.map(|pool| (POOL.to_owned(), Value::Ref(pool.id))))
}

/// Why a record can't go from its pool to somebody, if so. Nobody in particular may all.
pub(super) fn refusal(
    store: &Store,
    schema: &Schema,
    record: &Record,
    to: Id,
    (now, me): (&Zoned, Option<Id>),
) -> Result<Option<Message>, Error> {
    let Some(me) = me.filter(|_| record.get(OWNER).is_empty()) else { return Ok(None) };
    let pools = pools(store, schema, now)?;
    let pool = match belonging(store, &pools, &record.object, record.id) {
        Ok(Some(pool)) => pool,
        Ok(None) => return Ok(None),
        Err(Error::Denied(problem)) => return Ok(Some(problem)),
        Err(error) => return Err(error),
    };
    let desk = Desk { store, schema, now, pool };
    if pool.is_administrator(me) {
        return if to == me { Ok(None) } else { desk.over_capacity(to, me) };
    }
    if to != me {
        return Ok(Some(msg!("pool-assign", pool = &pool.name)));
    }
    if !pool.is_member(me) {
        return Ok(Some(msg!("pool-member", pool = &pool.name)));
    }
    if let Some(refusal) = desk.waiting(record, me)? {
        return Ok(Some(refusal));
    }
    if let Some(refusal) = desk.over_the_day(me)? {
        return Ok(Some(refusal));
    }
    desk.over_capacity(me, me)
}

/// Why an action can't be done with a record as far as pools go: one that gives it to the user, or to anybody.
pub(super) fn action_refusal(
    store: &Store,
    schema: &Schema,
    action: &Action,
    record: &Record,
    (now, me): (&Zoned, Option<Id>),
) -> Result<Option<Message>, Error> {
    let Some(user) = me.filter(|_| record.get(OWNER).is_empty()) else { return Ok(None) };
    if action.set.iter().any(|(field, value)| field == OWNER && value == "me") {
        return refusal(store, schema, record, user, (now, me));
    }
    let assigns = action.writes.iter().any(|field| field == OWNER);
    let takes: Vec<&String> = action.fill.values().chain(&action.writes).collect();
    if takes.is_empty() {
        return Ok(None);
    }
    let pools = pools(store, schema, now)?;
    let pool = match belonging(store, &pools, &record.object, record.id) {
        Ok(pool) => pool.filter(|pool| !pool.is_administrator(user)),
        Err(Error::Denied(problem)) => return Ok(assigns.then_some(problem)),
        Err(error) => return Err(error),
    };
    let Some(pool) = pool else { return Ok(None) };
    if !assigns {
        // Its form would show what the pool hides.
        let hides = takes.iter().any(|field| pool.hidden.contains(field));
        return Ok(hides.then(|| msg!("pool-claim-first", pool = &pool.name)));
    }
    Ok(Some(msg!("pool-assign", pool = &pool.name)))
}

/// A pool and what is needed to ask about it.
struct Desk<'a> {
    store: &'a Store,
    schema: &'a Schema,
    now: &'a Zoned,
    pool: &'a Pool,
}

impl Desk<'_> {
    /// Who had the record within the waiting time can't take it again.
    fn waiting(&self, record: &Record, me: Id) -> Result<Option<Message>, Error> {
        let days = self.pool.wait_days;
        let Some(change) = self.schema.object(CHANGE).filter(|o| days > 0 && o.field(&record.object).is_some()) else {
            return Ok(None);
        };
        let filter = is(&record.object, Value::Ref(record.id)).and(is("from_owner", Value::Ref(me)));
        let mut last: Option<Timestamp> = None;
        self.store.scan(Which::filtered(&change.name, &filter), &["at".to_owned()], |move_| {
            if let Value::DateTime(at) = move_.get("at") {
                last = last.max(Some(*at));
            }
            true
        })?;
        let Some(last) = last else { return Ok(None) };
        let until = last.to_zoned(self.now.time_zone().clone()).date().saturating_add(days.days());
        Ok((self.now.date() < until).then(|| msg!("pool-wait", pool = &self.pool.name, days = days, until = until)))
    }

    fn over_the_day(&self, me: Id) -> Result<Option<Message>, Error> {
        let Some(most) = self.pool.per_day else { return Ok(None) };
        let claimed = self.claimed(me)?;
        Ok((claimed >= most).then(|| msg!("pool-per-day", pool = &self.pool.name, most = most)))
    }

    fn over_capacity(&self, whose: Id, me: Id) -> Result<Option<Message>, Error> {
        let Some(most) = self.pool.capacity else { return Ok(None) };
        let has = self.held(whose)?;
        if has < most {
            return Ok(None);
        }
        if whose == me {
            return Ok(Some(msg!("pool-capacity", pool = &self.pool.name, has = has, most = most)));
        }
        let name = self.store.titles("user", &[whose])?.remove(&whose).unwrap_or_else(|| whose.to_string());
        Ok(Some(msg!("pool-capacity-of", pool = &self.pool.name, who = name, has = has, most = most)))
    }

    /// How many the user has claimed today. What a clock that went back has in the future counts too.
    fn claimed(&self, me: Id) -> Result<u64, Error> {
        let known = |name: &str| self.schema.object(CHANGE).is_some_and(|o| o.field(name).is_some());
        let Ok(midnight) = self.now.start_of_day() else { return Ok(0) };
        if !["pool", "by", "to_owner", "at"].into_iter().all(known) {
            return Ok(0);
        }
        let today = Test::Range { from: End::Included(Value::DateTime(midnight.timestamp())), to: End::Unbounded };
        let filter = is("to_owner", Value::Ref(me))
            .and(is("by", Value::Ref(me)))
            .and(is(POOL, Value::Ref(self.pool.id)))
            .and(Bound::Test { field: "at".to_owned(), test: today });
        Ok(self.store.count(Which::filtered(CHANGE, &filter), CAP)?.0)
    }

    /// How many of the pool's records somebody has that could go back to it.
    fn held(&self, whose: Id) -> Result<u64, Error> {
        let Ok(own) = &self.pool.belongs else { return Ok(0) };
        let object = object(self.schema, &self.pool.object)?;
        let filter = is(OWNER, Value::Ref(whose)).and(own.clone()).and(releasable(self.schema, object, self.now));
        Ok(self.store.count(Which::filtered(&object.name, &filter), CAP)?.0)
    }
}

fn is(field: &str, value: Value) -> Bound {
    Bound::Test { field: field.to_owned(), test: Test::AnyOf(vec![value]) }
}

/// What the object's own release says may go back: a converted lead stays with whoever converted it.
pub(super) fn releasable(schema: &Schema, object: &Object, now: &Zoned) -> Bound {
    let release = object.action("release").map(|action| action.when.as_str()).unwrap_or_default();
    // Where nobody is signed in, nothing is theirs.
    let context = BindContext { now, me: Id::from_i64(1) };
    filter::parse(schema, object, release, &context).unwrap_or(Bound::All)
}

impl Crm {
    /// The active pools as they are for the user.
    pub fn pools(&self) -> Result<Vec<PoolStanding>, Error> {
        let (schema, now) = (self.schema(), self.context.now());
        pools(&self.store, &schema, &now)?.iter().map(|pool| self.standing(&schema, pool, &now)).collect()
    }

    fn standing(&self, schema: &Schema, pool: &Pool, now: &Zoned) -> Result<PoolStanding, Error> {
        let desk = Desk { store: &self.store, schema, now, pool };
        let me = self.context.user;
        let problem = pool.problem();
        let free = match &pool.belongs {
            Ok(own) => {
                let nobody = Bound::Test { field: OWNER.to_owned(), test: Test::Empty };
                self.store.count(Which::filtered(&pool.object, &nobody.and(own.clone())), CAP)?.0
            }
            Err(_) => 0,
        };
        Ok(PoolStanding {
            id: pool.id,
            name: pool.name.clone(),
            object: pool.object.clone(),
            filter: if problem.is_none() { pool.shown() } else { String::new() },
            free,
            mine: me.map_or(Ok(0), |me| desk.held(me))?,
            capacity: pool.capacity,
            claimed: me.map_or(Ok(0), |me| desk.claimed(me))?,
            per_day: pool.per_day,
            wait_days: pool.wait_days,
            member: me.is_some_and(|me| pool.is_member(me)),
            administrator: me.is_none_or(|me| pool.is_administrator(me)),
            recycles: pool.recycles(),
            problem,
        })
    }
}

/// What is wrong with a pool's rules.
pub(super) fn errors(rules: &Rules<'_>, fields: &Fields) -> Vec<FieldError> {
    let (schema, now) = (rules.schema(), rules.now());
    if rules.object().name != POOL {
        return Vec::new();
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let error = |field: &str, message: Message| FieldError { field: field.to_owned(), message };
    let Some(of) = schema.object(text("object")) else { return Vec::new() };
    let mut errors = Vec::new();
    errors.extend(bound(schema, &of.name, text("filter"), now).err().map(|message| error("filter", message)));
    for name in ["no_touch_by", "no_deal_by"] {
        errors.extend(level_mistake(schema, of, text(name)).map(|message| error(name, message)));
    }
    if let Some(Value::Choices(names)) = fields.get("hidden") {
        let unknown = names.iter().find(|name| of.field(name).is_none());
        errors.extend(unknown.map(|name| error("hidden", unknown_field(of, name))));
        let fixed = [of.title.as_str(), OWNER];
        let shown = names.iter().find(|name| fixed.contains(&name.as_str()) || system::ALL.contains(&name.as_str()));
        errors.extend(shown.map(|name| error("hidden", msg!("pool-shown", field = name))));
    }
    errors
}

fn unknown_field(object: &Object, name: &str) -> Message {
    match nearest(name, object.fields.iter().map(|f| f.name.as_str())) {
        Some(near) => msg!("pool-no-field-near", field = name, near = near),
        None => msg!("crm-no-field", field = name),
    }
}

fn level_mistake(schema: &Schema, object: &Object, text: &str) -> Option<Message> {
    let days = match Days::read(None, text) {
        Ok(days) => days,
        Err(message) => return Some(message),
    };
    let dictionary = object.field(LEVEL).and_then(|f| f.kind.dictionary()).and_then(|name| schema.dictionary(name));
    let Some(dictionary) = dictionary else {
        return (!days.by.is_empty()).then(|| msg!("pool-no-level"));
    };
    let known = || dictionary.items.iter().map(|i| i.key.as_str()).collect::<Vec<_>>().join(", ");
    let unknown = days.by.keys().find(|level| dictionary.item(level).is_none());
    unknown.map(|level| msg!("pool-level", text = level, known = known()))
}
