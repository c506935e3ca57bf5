//! Sales plans of this year: by month for the company, for each salesperson and for the sales manager; what is to be
//! ordered and paid for the company.

use super::own::FOUNDED;
use super::row::Row;
use super::world::{FIRST_SELLER, SALES_MANAGER, Table, World};
use crate::domain::value::Value;
use jiff::civil::Date;

/// Yuan that an opportunity is planned to bring in a month.
const EACH: u64 = 1_600;
const MONTHS: u64 = 12;
/// What else is planned for the company, and how much of what is to be won.
const MEASURED: [(&str, u64); 2] = [("ordered", 70), ("received", 50)];

/// Who has a plan: the company, the manager, the salespeople.
fn people(world: &World) -> Vec<Option<usize>> {
    let sellers = (FIRST_SELLER..world.people.len()).map(Some);
    [None, Some(SALES_MANAGER)].into_iter().chain(sellers).collect()
}

/// How many there are.
pub(super) fn count(world: &World) -> u64 {
    (people(world).len() + MEASURED.len()) as u64 * MONTHS
}

/// All plans.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    let people = people(world);
    (0..count(world)).map(move |number| {
        let place = (number / MONTHS) as usize;
        let person = people.get(place).copied().flatten();
        let measure = place.checked_sub(people.len()).and_then(|at| MEASURED.get(at).copied());
        row(world, number, person, people.len() as u64, measure.unwrap_or(("won", 100)))
    })
}

fn row(world: &World, number: u64, person: Option<usize>, people: u64, (measure, share): (&str, u64)) -> Row {
    let calendar = &world.calendar;
    let (year, month) = (calendar.today.year(), (number % MONTHS) as i64 + 1);
    let whole = world.sizes.customers * world.sizes.opportunities_per_mille / 1_000 * EACH;
    let usual = if person.is_some() { whole / people } else { whole * share / 100 };
    let mut draw = world.draw(Table::SalesPlan, number);
    let amount = (usual as i64 * draw.between(70, 130) / 100 / 1_000).max(1) * 1_000;
    let day = Date::new(year, 1, 1).unwrap_or(calendar.today);
    let mut row = Row::new(world.own_id(Table::SalesPlan, number as usize), day);
    row.put("code", Value::Empty);
    row.number("year", Some(year.into()));
    row.number("month", Some(month));
    row.choice("measure", measure);
    row.money("target", Some(amount));
    row.refer("person", world.user(person));
    row.signed(calendar, FOUNDED, FOUNDED, world.user(Some(SALES_MANAGER)));
    row
}
