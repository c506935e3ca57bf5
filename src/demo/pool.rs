//! The pools: of customers and of leads, and one that would take records back if it were switched on.

use super::own::FOUNDED;
use super::row::Row;
use super::world::{SALES_MANAGER, Table, World};
use crate::domain::value::Value;

/// Name, object, filter, claims a day, days without follow-up and by level.
type Rules = (&'static str, &'static str, &'static str, i64, Option<i64>, &'static str);

const POOLS: [Rules; 3] = [
    ("客户公海", "customer", "", 5, None, ""),
    ("线索公海", "lead", "-status:junk -status:converted", 10, None, ""),
    ("久未联系自动回收（未启用）", "customer", "-status:formal", 5, Some(90), "A=30 B=60"),
];

/// How many there are.
pub(super) const COUNT: u64 = POOLS.len() as u64;

/// All of them.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    let manager = world.user(Some(SALES_MANAGER));
    POOLS.iter().enumerate().map(move |(at, (name, object, filter, per_day, days, by))| {
        let mut row = Row::new(world.own_id(Table::Pool, at), world.calendar.today);
        row.text("name", *name);
        row.choice("object", object);
        row.text("filter", *filter);
        row.number("position", Some(10 * (at as i64 + 1)));
        row.put("active", Value::Boolean(days.is_none()));
        row.refers("administrators", manager.into_iter().collect());
        row.number("per_day", Some(*per_day));
        row.number("wait_days", Some(30));
        row.number("no_touch_days", *days);
        row.text("no_touch_by", *by);
        row.number("warn_days", days.map(|_| 7));
        row.signed(&world.calendar, FOUNDED, FOUNDED, manager);
        row
    })
}
