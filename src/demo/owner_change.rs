//! Moves of customers between owners, and into the pool.

use super::company;
use super::row::Row;
use super::world::{SALES_MANAGER, Table, World};
use crate::domain::value::Value;

/// One customer in so many has gone to another owner.
pub(super) const EACH: u64 = 10;
const REASONS: &[(&str, u32)] =
    &[("no_need", 30), ("unreachable", 30), ("no_budget", 20), ("workload", 15), ("other", 5)];

/// All moves.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    world.every(EACH).map(|index| row(world, index))
}

fn row(world: &World, index: u64) -> Row {
    let customer = company::customer(world, index);
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::OwnerChange, index);
    let at = draw.between(customer.created, calendar.now - 1);
    let manager = world.user(Some(SALES_MANAGER));
    let released = customer.owner.is_none();
    let mut row = Row::new(world.id(Table::OwnerChange, customer.created, 0), calendar.day(at));
    row.text("name", customer.company.name.as_str());
    row.refer("customer", Some(customer.id));
    row.put("lead", Value::Empty);
    // Out of the pool to who has it now, or from the manager into it.
    row.refer("from_owner", if released { manager } else { None });
    row.refer("to_owner", world.user(customer.owner));
    let reason = draw.weighted(REASONS);
    row.choice("reason", if released { reason } else { "" });
    row.moment("at", Some(calendar.rounded(at)));
    row.refer("by", manager);
    row.signed(calendar, at, at, manager);
    row
}
