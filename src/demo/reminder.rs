//! Reminders made by hand: some are due, some to come.

use super::activity::filled;
use super::company;
use super::contact;
use super::happening;
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{SALES_MANAGER, Table, World};

/// One customer in so many has a reminder.
pub(super) const EACH: u64 = 25;
const TEXTS: &[&str] = &["给{n}回电话", "问{n}预算批了没有", "提醒财务开发票", "送{p}样品", "约{n}吃饭"];
const LATIN_TEXTS: &[&str] =
    &["Call {n} back", "Ask {n} about the budget", "Have the invoice sent", "Bring a {p} sample"];

/// All reminders.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    world.every(EACH).map(|index| row(world, index))
}

fn row(world: &World, index: u64) -> Row {
    let customer = company::customer(world, index);
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::Reminder, index);
    let days = draw.between(-3, 12);
    let person = contact::person(world, &customer, draw.below(happening::contact_count(world, index)));
    let product = draw.pick(PRODUCTS);
    let company = &customer.company;
    let text = draw.pick(company.either(TEXTS, LATIN_TEXTS));
    let owner = world.user(customer.owner.or(Some(SALES_MANAGER)));
    let mut row = Row::new(world.id(Table::Reminder, customer.created, 0), calendar.day(customer.created));
    row.text("text", filled(text, &person.name, company.either(product.name, product.latin)));
    row.moment("due", Some(calendar.clock(days, draw.between(9, 17), 15 * draw.between(0, 3))));
    row.choice("state", if days < -1 && draw.chance(60) { "done" } else { "open" });
    row.refer("owner", owner);
    row.refer("customer", Some(customer.id));
    row.signed(calendar, customer.created, customer.created, owner);
    row
}
