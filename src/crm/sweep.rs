//! The sweep: records that their owners left alone for too long go back to their pools.
//!
//! What is idle is found set-wise, in the order of the ids; each batch is found and moved inside one transaction,
//! so that nothing is moved that was touched meanwhile. All batches are one whole: they are undone together. What
//! is back has no owner, so that doing it again finds nothing. Approvals that are overdue pass on along with it.

use super::approval::Overdue;
use super::evaluate::Rules;
use super::owner::{HISTORY as CHANGE, Why};
use super::pool::{self, LEVEL, OWNER, Pool, releasable};
use super::rights::{Operation, Sight};
use super::{Context, Crm, history, save};
use crate::contract::error::Error;
use crate::contract::pool::{SweepReport, SweepRequest, SweptPool, SweptRow};
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::domain::pool::{self as days, Days};
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::schema::compute::Formulas;
use crate::schema::filter::{self, BindContext, Bound};
use crate::schema::model::{Kind, Object, Schema};
use crate::store::{Cutoff, Cutoffs, Deals, Idle, IdleQuery, IdleRow, Part, Store, Write};
use jiff::Zoned;
use jiff::civil::Date;
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// Records of one transaction: others may write between two.
const BATCH: usize = 20_000;
/// Records that a report names.
const NAMED: usize = 200;
/// The setting of the store that says on which day the last sweep was.
const SWEPT: &str = "pool/swept";
/// What counts as a deal: object, the date, which of them.
const DEALS: [(&str, &str, &str); 3] = [
    ("opportunity", "stage_since", "status:won"),
    ("order", "date", "-status:cancelled"),
    ("contract", "signed_on", "status:signed"),
];
const TOUCHED: &str = "last_contact";

/// A pool on its way through the store.
#[derive(Clone)]
pub(super) struct Sweeping<'s> {
    object: &'s Object,
    filter: Bound,
    by: Option<&'static str>,
    moves: bool,
    /// The field of the last touch, and the days.
    touch: Option<Days>,
    deal: Option<(Vec<Deals<'static>>, Days)>,
    now: Zoned,
}

impl<'s> Sweeping<'s> {
    /// `None` for a pool that takes nothing back, or whose rules can't be read. `earlier` looks so many days ahead.
    pub(super) fn of(schema: &'s Schema, pool: &Pool, now: &Zoned, earlier: i64) -> Option<Sweeping<'s>> {
        let object = schema.object(&pool.object)?;
        let (touch, deal) = pool.days.as_ref().ok()?;
        let has = |name: &str, fits: &dyn Fn(&Kind) -> bool| object.field(name).is_some_and(|f| fits(f.kind.result()));
        let can_touch = has(TOUCHED, &|kind| matches!(kind, Kind::DateTime));
        let touch = (touch.is_set() && can_touch).then(|| touch.earlier(earlier));
        let deal = deal.is_set().then(|| (deals(schema, object, now), deal.earlier(earlier)));
        if touch.is_none() && deal.is_none() {
            return None;
        }
        let filter = pool.belongs.clone().ok()?.and(releasable(schema, object, now));
        let by = has(LEVEL, &|kind| matches!(kind, Kind::Select { .. })).then_some(LEVEL);
        let moves = schema.object(CHANGE).is_some_and(|o| o.field(&object.name).is_some() && o.field("at").is_some());
        Some(Sweeping { object, filter, by, moves, touch, deal, now: now.clone() })
    }

    /// Idle records of the pool, of one owner or all.
    pub(super) fn idle(
        &self,
        store: &Store,
        owner: Option<Id>,
        after: Option<Id>,
        limit: usize,
    ) -> Result<Vec<IdleRow>, Error> {
        let query = IdleQuery {
            object: &self.object.name,
            filter: (self.filter != Bound::All).then_some(&self.filter),
            owner: (OWNER, owner),
            by: self.by,
            moves: self.moves.then_some((CHANGE, self.object.name.as_str(), "at")),
            touch: self.touch.as_ref().map(|days| (TOUCHED, self.cutoffs(days))),
            deals: self.deal.as_ref().map(|(deals, days)| (deals.clone(), self.cutoffs(days))),
            after,
            limit,
        };
        Ok(store.idle(&query)?)
    }

    /// The same, so many days further ahead.
    pub(super) fn ahead(&self, by: i64) -> Sweeping<'s> {
        let touch = self.touch.as_ref().map(|days| days.earlier(by));
        let deal = self.deal.as_ref().map(|(deals, days)| (deals.clone(), days.earlier(by)));
        Sweeping { touch, deal, ..self.clone() }
    }

    fn cutoffs(&self, days: &Days) -> Cutoffs {
        let cutoff = |days: Option<i64>| {
            let day = days::fresh_from(self.now.date(), days?);
            let at = day.to_zoned(self.now.time_zone().clone()).ok()?.timestamp();
            Some(Cutoff { at, day })
        };
        let by = days.by.iter().map(|(level, days)| (level.clone(), cutoff(*days))).collect();
        Cutoffs { rest: cutoff(days.rest), by }
    }

    /// The day since when a record is idle.
    pub(super) fn since(&self, row: &IdleRow) -> Date {
        match &row.since {
            Value::Date(day) => *day,
            Value::DateTime(at) => at.to_zoned(self.now.time_zone().clone()).date(),
            _ => self.now.date(),
        }
    }
}

fn deals(schema: &Schema, object: &Object, now: &Zoned) -> Vec<Deals<'static>> {
    let one = |(name, date, only): &(&'static str, &'static str, &'static str)| {
        let other = schema.object(name)?;
        // Only customers are referred to by name of the object: a lead's deal is its conversion, which ends it.
        let by = (object.name == "customer").then_some("customer")?;
        let link = other.field(by)?.kind.target() == Some(object.name.as_str());
        other.field(date).filter(|_| link)?;
        let filter = filter::parse(schema, other, only, &BindContext { now, me: None }).ok()?;
        Some(Deals { object: name, by, date, filter })
    };
    DEALS.iter().filter_map(one).collect()
}

/// Counts the sweep of a day as done: who opens made-up data for the first time is not told of its lateness.
pub(crate) fn count_as_swept(store: &mut Store, day: Date) -> Result<(), Error> {
    Ok(store.put_setting(None, SWEPT, Some(&day.to_string()))?)
}

impl Crm {
    /// Takes back what is idle, or says what would go.
    pub fn sweep(&mut self, request: &SweepRequest) -> Result<SweepReport, Error> {
        let (schema, now) = (self.schema(), self.context.now());
        let pools = pool::pools(&self.store, &schema, &now)?;
        let pools: Vec<Pool> = pools.into_iter().filter(|p| p.recycles() || p.problem().is_some()).collect();
        let nothing = pools.is_empty() && !self.anything_pending(&schema)?;
        if nothing || request.if_due && !self.is_due(&now)? {
            return Ok(SweepReport::default());
        }
        if !request.if_due {
            self.may_take_back(&pools)?;
        }
        if request.dry_run {
            return self.foresee(&schema, &pools, &now);
        }
        let (user, origin) = (self.context.user, self.context.origin);
        if request.if_due {
            (self.context.user, self.context.origin) = (None, Origin::System);
        }
        self.store.before_many()?;
        let swept = self.take_back_idle(&schema, &pools, request, &now);
        self.store.after_many();
        let swept = swept.and_then(|mut report| {
            if !report.stopped {
                let mut txn = report.txn;
                report.pass_on(self.pass_on_overdue(&schema, &mut txn, false)?);
                report.txn = txn;
            }
            Ok(report)
        });
        (self.context.user, self.context.origin) = (user, origin);
        let report = swept?;
        if !report.stopped {
            self.store.put_setting(None, SWEPT, Some(&now.date().to_string()))?;
        }
        Ok(report)
    }

    /// Whether the sweep of the day may be due: there are pools that take records back, or approvals that may be
    /// overdue, and it wasn't done.
    pub fn may_sweep(&self) -> Result<bool, Error> {
        let (schema, now) = (self.schema(), self.context.now());
        if self.context.read_only || self.last_sweep()? == Some(now.date()) {
            return Ok(false);
        }
        let recycles = pool::pools(&self.store, &schema, &now)?.iter().any(Pool::recycles);
        Ok(recycles || self.anything_pending(&schema)?)
    }

    fn last_sweep(&self) -> Result<Option<Date>, Error> {
        let last = self.store.settings(None, SWEPT)?.into_iter().find(|(key, _)| key == SWEPT);
        Ok(last.and_then(|(_, day)| day.parse().ok()))
    }

    /// Whether there was no sweep today. A clock that went back, or was ahead before, waits for the next day:
    /// nothing is taken by a date that can't be trusted.
    fn is_due(&mut self, now: &Zoned) -> Result<bool, Error> {
        let (last, today) = (self.last_sweep()?, now.date());
        if last.is_some_and(|last| last > today) && !self.context.read_only {
            self.store.put_setting(None, SWEPT, Some(&today.to_string()))?;
        }
        Ok(last.is_none_or(|last| last < today))
    }

    /// `Denied` to whoever neither administers a pool nor assigns its records. The sweep of the day asks nobody.
    fn may_take_back(&self, pools: &[Pool]) -> Result<(), Error> {
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let administers = |pool: &Pool| self.context.user.is_some_and(|me| pool.is_administrator(me));
        for pool in pools.iter().filter(|pool| !administers(pool)) {
            if let Some(why) = sight.refusal(Operation::Assign, &pool.object, None)? {
                return Err(Error::Denied(why));
            }
        }
        Ok(())
    }

    fn foresee(&mut self, schema: &Schema, pools: &[Pool], now: &Zoned) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        for pool in pools {
            let mut swept = SweptPool::of(pool);
            if let Some(sweeping) = Sweeping::of(schema, pool, now, 0).filter(|_| swept.problem.is_none()) {
                let mut after = None;
                loop {
                    let rows = sweeping.idle(&self.store, None, after, BATCH)?;
                    rows.iter().for_each(|row| swept.count(row));
                    name_rows(&mut report, &sweeping, (pool, pools.len()), &rows);
                    after = rows.last().map(|row| row.id);
                    if rows.len() < BATCH {
                        break;
                    }
                }
            }
            report.pools.push(swept);
        }
        self.name_owners(&mut report)?;
        report.pass_on(self.pass_on_overdue(schema, &mut None, true)?);
        Ok(report)
    }

    fn take_back_idle(
        &mut self,
        schema: &Schema,
        pools: &[Pool],
        request: &SweepRequest,
        now: &Zoned,
    ) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        for pool in pools {
            let mut swept = SweptPool::of(pool);
            let sweeping = Sweeping::of(schema, pool, now, 0).filter(|_| swept.problem.is_none());
            let mut after = None;
            while let Some(sweeping) = &sweeping {
                if request.stop.load(Ordering::SeqCst) {
                    report.stopped = true;
                    break;
                }
                let (rows, txn) = self.write_part(None, report.txn, |tx, context, _| {
                    let rows = sweeping.idle(tx.store(), None, after, BATCH)?;
                    let mut moving = Moving::of(tx.store(), schema, sweeping.object, pool, now)?;
                    rows.iter().try_for_each(|row| moving.take_back(tx, context, row))?;
                    Ok(rows)
                })?;
                if txn != 0 {
                    report.txn.get_or_insert(txn);
                }
                rows.iter().for_each(|row| swept.count(row));
                name_rows(&mut report, sweeping, (pool, pools.len()), &rows);
                if let Some(progress) = &request.progress {
                    let _ = progress.send(report.total() + swept.touch + swept.deal);
                }
                after = rows.last().map(|row| row.id);
                if rows.len() < BATCH {
                    break;
                }
            }
            report.pools.push(swept);
        }
        self.name_owners(&mut report)?;
        Ok(report)
    }

    /// Names the owners, and only the records that may be seen.
    fn name_owners(&self, report: &mut SweepReport) -> Result<(), Error> {
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        if !rights.is_unlimited() {
            let mut seen = HashSet::new();
            for pool in &report.pools {
                let of = report.rows.iter().filter(|row| row.key.object == pool.object);
                let ids: Vec<Id> = of.map(|row| row.key.id).collect();
                seen.extend(sight.among(Operation::View, &pool.object, &ids)?);
            }
            report.rows.retain(|row| seen.contains(&row.key.id));
        }
        let mut ids: Vec<Id> = report.rows.iter().map(|row| row.owner.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let titles = self.store.titles("user", &ids)?;
        for row in &mut report.rows {
            row.owner.1 = titles.get(&row.owner.0).cloned().unwrap_or_else(|| row.owner.0.to_string());
        }
        Ok(())
    }
}

impl SweepReport {
    fn pass_on(&mut self, overdue: Overdue) {
        (self.overdue, self.passed_on) = (overdue.number, overdue.rows);
    }
}

impl SweptPool {
    fn of(pool: &Pool) -> SweptPool {
        let (name, object) = (pool.name.clone(), pool.object.clone());
        SweptPool { id: pool.id, name, object, touch: 0, deal: 0, problem: pool.problem() }
    }

    fn count(&mut self, row: &IdleRow) {
        match row.idle {
            Idle::Touch => self.touch += 1,
            Idle::Deal => self.deal += 1,
        }
    }
}

/// Names the first records of a pool, of each of several as many.
fn name_rows(report: &mut SweepReport, sweeping: &Sweeping<'_>, pool: (&Pool, usize), rows: &[IdleRow]) {
    let (pool, pools) = pool;
    let named = report.rows.iter().filter(|row| row.pool == pool.name).count();
    let room = (NAMED / pools.max(1)).saturating_sub(named);
    report.rows.extend(rows.iter().take(room).map(|row| SweptRow {
        key: RecordKey { object: pool.object.clone(), id: row.id },
        title: row.title.clone(),
        pool: pool.name.clone(),
        owner: (row.owner, String::new()),
        since: sweeping.since(row),
        deal: row.idle == Idle::Deal,
    }));
}

/// The moves of one batch.
struct Moving<'s> {
    rules: Rules<'s>,
    /// What is read of a record; all of it, if formulas look at the owner.
    part: Option<Part>,
    pool: Id,
    now: &'s Zoned,
}

impl<'s> Moving<'s> {
    fn of(
        store: &Store,
        schema: &'s Schema,
        object: &'s Object,
        pool: &Pool,
        now: &'s Zoned,
    ) -> Result<Moving<'s>, Error> {
        // The history of owners names the record.
        let fields: Vec<&str> = [OWNER, &object.title].into_iter().chain(object.code.as_deref()).collect();
        let part = (!Formulas::of(object).reads(OWNER)).then(|| store.part(&object.name, &fields)).transpose()?;
        Ok(Moving {
            rules: Rules::of(schema, super::object(schema, &object.name)?, now, None),
            part,
            pool: pool.id,
            now,
        })
    }

    fn take_back(&mut self, tx: &mut Write<'_>, context: &mut Context, row: &IdleRow) -> Result<(), Error> {
        let nobody = Fields::from([(OWNER.to_owned(), Value::Empty)]);
        match &self.part {
            Some(part) => tx.update_part(part, row.id, nobody).map(drop)?,
            None => save::amend(tx, &self.rules, row.id, nobody).map(drop)?,
        }
        let reason = match row.idle {
            Idle::Touch => "recycled_touch",
            Idle::Deal => "recycled_deal",
        };
        let why = Why { reason: Value::Choice(reason.to_owned()), comment: Value::Empty, pool: Some(self.pool) };
        history::keep(tx, context, self.rules.schema(), &why, self.now).map(drop)
    }
}
