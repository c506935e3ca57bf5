//! Tasks: overdue, for today, to come, and some that are done.

use super::activity::filled;
use super::calendar::WORK_DAY;
use super::company::{self, Customer};
use super::contact;
use super::draw::Draw;
use super::happening::{self, Deal};
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{SALES_MANAGER, Table, World};

const SUBJECTS: &[&str] = &[
    "发送{p}报价",
    "回访{n}",
    "准备{p}演示",
    "跟进合同审批",
    "确认付款时间",
    "寄送样机",
    "整理技术方案",
    "约{n}拜访",
    "更新客户资料",
    "提交投标文件",
    "催收货款",
    "安排售后巡检",
];
const LATIN_SUBJECTS: &[&str] = &[
    "Send {p} quote",
    "Call {n} back",
    "Prepare the {p} demo",
    "Check contract approval",
    "Ask about payment",
    "Ship the trial unit",
    "Write the proposal",
    "Plan a visit to {n}",
    "Update customer data",
];
const PRIORITIES: &[(&str, u32)] = &[("normal", 65), ("high", 22), ("low", 13)];

/// All tasks.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    let some = (0..world.sizes.customers).filter(|index| happening::task_count(world, *index) > 0);
    some.flat_map(move |index| {
        let customer = company::customer(world, index);
        let deals = happening::deals(world, index, customer.created);
        let one = |number| row(world, &customer, number, &deals);
        (0..happening::task_count(world, index)).map(one).collect::<Vec<Row>>()
    })
}

/// State, and in how many days it is due.
fn due(draw: &mut Draw) -> (&'static str, i64) {
    let open = draw.weighted(&[("open", 66), ("accepted", 20), ("submitted", 9), ("returned", 5)]);
    match draw.below(100) {
        0..14 => (open, draw.between(-12, -1)),
        14..32 => (open, 0),
        32..62 => (open, draw.between(1, 7)),
        62..78 => (open, draw.between(8, 40)),
        78..97 => ("done", draw.between(-45, -1)),
        _ => ("cancelled", draw.between(-45, 10)),
    }
}

fn row(world: &World, customer: &Customer, number: u64, deals: &[Deal]) -> Row {
    let company = &customer.company;
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::Task, company.index * 64 + number);
    let (state, days) = due(&mut draw);
    let due = calendar.clock(days, draw.between(9, 17), 30 * draw.between(0, 1));
    // Tasks are written down some weeks before they are due.
    let last = calendar.now - 1 + days.min(0) * WORK_DAY;
    let first = customer.created.max(last - 15 * WORK_DAY);
    let created = draw.between(first, last.max(first));
    let mut row = Row::new(world.id(Table::Task, customer.created, number), calendar.day(created));
    let owner = customer.owner.or(Some(SALES_MANAGER));
    let deal = (!deals.is_empty() && draw.chance(55)).then(|| draw.pick(&(0..deals.len()).collect::<Vec<_>>()));
    let deal = deal.and_then(|at| deals.get(at)).filter(|d| d.closed.is_none());
    let product = deal.map_or_else(|| draw.pick(PRODUCTS), |d| PRODUCTS.get(d.product).copied().unwrap_or_default());
    let contact = draw.below(happening::contact_count(world, company.index));
    let person = contact::person(world, customer, contact);
    let subject = draw.pick(company.either(SUBJECTS, LATIN_SUBJECTS));
    row.text("subject", filled(subject, &person.name, company.either(product.name, product.latin)));
    row.moment("due", Some(due));
    row.choice("state", state);
    row.choice("priority", draw.weighted(PRIORITIES));
    row.refer("owner", world.user(owner));
    let audited = matches!(state, "submitted" | "returned") || draw.chance(8);
    row.refer("auditor", world.user(audited.then_some(SALES_MANAGER)));
    row.refer("customer", Some(customer.id));
    row.refer("contact", Some(happening::contact_id(world, customer, contact)));
    row.refer("opportunity", deal.map(|d| happening::deal_id(world, customer, d)));
    row.moment("done_at", (state == "done").then_some(due));
    row.signed(calendar, created, created, world.user(owner));
    row
}
