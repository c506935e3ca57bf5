//! The way of each opportunity through its stages.

use super::company::{self, Customer};
use super::happening::{self, Deal};
use super::opportunity;
use super::row::Row;
use super::world::{Table, World};

/// The most stages that an opportunity goes through.
const STEPS: u64 = 8;

/// The customers that have opportunities, with these.
fn deals(world: &World) -> impl Iterator<Item = (Customer, Vec<Deal>)> + '_ {
    let some = (0..world.sizes.customers).filter(|index| happening::deal_count(world, *index) > 0);
    some.map(move |index| {
        let customer = company::customer(world, index);
        let deals = happening::deals(world, index, customer.created);
        (customer, deals)
    })
}

/// How many changes there are.
pub(super) fn count(world: &World) -> u64 {
    deals(world).flat_map(|(_, deals)| deals).map(|deal| deal.way().len().saturating_sub(1) as u64).sum()
}

/// All changes.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    deals(world).flat_map(move |(customer, deals)| {
        deals.iter().flat_map(|deal| changes(world, &customer, deal)).collect::<Vec<Row>>()
    })
}

fn changes(world: &World, customer: &Customer, deal: &Deal) -> Vec<Row> {
    let calendar = &world.calendar;
    let way = deal.way();
    let change = |(pair, step): (&[(&str, i64)], u64)| {
        let [(from, entered), (to, left)] = pair else { return None };
        let id = world.id(Table::StageChange, customer.created, deal.number * STEPS + step);
        let mut row = Row::new(id, calendar.day(*left));
        let (since, at) = (calendar.moment(*entered), calendar.moment(*left));
        row.text("name", opportunity::title(customer, deal));
        row.refer("opportunity", Some(happening::deal_id(world, customer, deal)));
        row.choice("pipeline", deal.pipeline);
        row.choice("from_stage", from);
        row.choice("to_stage", to);
        row.moment("at", Some(at));
        row.number("seconds", Some(at.as_second() - since.as_second()));
        row.money("amount", Some(opportunity::amount_of(world, customer, deal)));
        row.put("probability", opportunity::probability(deal.pipeline, to));
        row.refer("owner", world.user(customer.owner));
        row.signed(calendar, *left, *left, world.user(customer.owner));
        Some(row)
    };
    way.windows(2).zip(0..).filter_map(change).collect()
}
