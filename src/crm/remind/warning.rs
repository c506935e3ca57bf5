//! Warnings of pools: the owner is reminded before a record is taken back, as long as it would be.

use super::{Found, MARK, MOST, Span};
use crate::contract::agenda::{Due, ReminderKey};
use crate::contract::error::Error;
use crate::crm::pool::{self, POOL, Pool};
use crate::crm::sweep::Sweeping;
use crate::crm::{Crm, existing};
use crate::domain::id::Id;
use crate::domain::lang::{Label, Lang};
use crate::domain::pool as days;
use crate::domain::value::Value;
use crate::i18n;
use crate::msg;
use crate::schema::model::{ReminderRule, Schema};
use crate::store::Idle;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};

/// What the names of these rules begin with; the pool's id follows.
const PREFIX: &str = "pool-";

/// The pool that a rule's name means.
pub(super) fn pool_of(rule: &str) -> Option<Id> {
    rule.strip_prefix(PREFIX)?.parse().ok()
}

/// A pool that warns, as a rule of reminders.
pub(super) struct Warning<'s> {
    rule: ReminderRule,
    sweeping: Sweeping<'s>,
    pool: Pool,
    days: i64,
}

impl Warning<'_> {
    fn text(&self, idle: Idle, due: Date) -> Label {
        let key = match idle {
            Idle::Touch => "pool-warning-touch",
            Idle::Deal => "pool-warning-deal",
        };
        let title = format!("{{{}}}", self.rule.date);
        let say = |lang| {
            let message = match key {
                "pool-warning-touch" => msg!("pool-warning-touch", pool = &self.pool.name, day = due),
                _ => msg!("pool-warning-deal", pool = &self.pool.name, day = due),
            };
            format!("{title}{}", i18n::message(lang, &message))
        };
        Label { zh: say(Lang::Zh), en: say(Lang::En) }
    }
}

impl Crm {
    /// The pools that warn.
    pub(super) fn pool_warnings<'s>(&self, schema: &'s Schema, now: &Zoned) -> Result<Vec<Warning<'s>>, Error> {
        let mut warnings = Vec::new();
        for pool in pool::pools(&self.store, schema, now)? {
            let Some(days) = pool.warn_days.filter(|_| pool.problem().is_none()) else { continue };
            let Some(object) = schema.object(&pool.object) else { continue };
            let Some(sweeping) = Sweeping::of(schema, &pool, now, days) else { continue };
            let label = |lang| i18n::text(lang, "pool-warning");
            let rule = ReminderRule {
                name: format!("{PREFIX}{}", pool.id),
                label: Label { zh: label(Lang::Zh), en: label(Lang::En) },
                object: pool.object.clone(),
                // What its text begins with.
                date: object.title.clone(),
                to: pool::OWNER.to_owned(),
                ..ReminderRule::default()
            };
            warnings.push(Warning { rule, sweeping, pool, days });
        }
        Ok(warnings)
    }

    /// What one person is warned of within a span of time.
    pub(super) fn warned<'s>(
        &self,
        warning: &'s Warning<'_>,
        owner: Id,
        span: Span,
        include_snoozed: bool,
        limit: usize,
        now: &Zoned,
    ) -> Result<Vec<Found<'s>>, Error> {
        let zone = now.time_zone();
        let ahead = span.until.to_zoned(zone.clone()).date().since(now.date()).map_or(0, |s| s.get_days().max(0));
        let Ok((touch, deal)) = &warning.pool.days else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for row in warning.sweeping.ahead(ahead.into()).idle(&self.store, Some(owner), None, MOST)? {
            let days = if row.idle == Idle::Touch { touch } else { deal };
            let Some(days) = days.of(row.item.as_deref()) else { continue };
            let since = warning.sweeping.since(&row);
            let gone = days::due(since, days);
            let due = Due::Day(gone.saturating_sub(warning.days.days()).max(since));
            if !span.holds(due.moment(zone)) {
                continue;
            }
            let occurrence = since.to_string();
            let key = ReminderKey { rule: warning.rule.name.clone(), record: row.id, occurrence };
            let snoozed = match self.mark(&key, span.until, include_snoozed)? {
                Marked::Not => None,
                Marked::Until(until) => Some(until),
                Marked::Over => continue,
            };
            let (text, occurrence) = (Some(warning.text(row.idle, gone)), key.occurrence);
            let due = snoozed.map_or(due, Due::At);
            let rule = &warning.rule;
            found.push(Found { occurrence, snoozed, text, ..Found::new(Some(rule), &rule.object, row.id, due) });
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    fn mark(&self, key: &ReminderKey, until: Timestamp, include_snoozed: bool) -> Result<Marked, Error> {
        if self.schema().object(MARK).is_none() {
            return Ok(Marked::Not);
        }
        let ids = self.store.find_equal(MARK, "key", &Value::Text(key.to_string()), 1)?;
        let Some(id) = ids.first() else { return Ok(Marked::Not) };
        let mark = existing(&self.store, MARK, *id)?;
        Ok(match (mark.get("state").as_str(), mark.get("until")) {
            (Some("snoozed"), Value::DateTime(later)) if include_snoozed || *later < until => Marked::Until(*later),
            _ => Marked::Over,
        })
    }

    /// The object of a warning's records.
    pub(super) fn warned_object(&self, rule: &str) -> Result<String, Error> {
        let missing = || Error::NotFound(msg!("crm-no-reminder", key = rule));
        let id = pool_of(rule).ok_or_else(missing)?;
        self.schema().object(POOL).ok_or_else(missing)?;
        let pool = self.store.get(POOL, id)?.ok_or_else(missing)?;
        Ok(pool.get("object").as_str().ok_or_else(missing)?.to_owned())
    }
}

/// What was made of a warning.
enum Marked {
    Not,
    Until(Timestamp),
    Over,
}
