//! After the sale: classes of customers and how they belong together, what they bought, their requests, and the stock
//! of distributors.

use super::company::{self, Customer};
use super::draw::Draw;
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{Table, World};
use super::{customer, happening};
use crate::domain::id::Id;
use crate::domain::value::Value;
use jiff::ToSpan;
use rust_decimal::Decimal;

/// Name, and the class above.
const CLASSES: [(&str, Option<usize>); 8] = [
    ("制造业客户", None),
    ("离散制造", Some(0)),
    ("流程制造", Some(0)),
    ("渠道客户", None),
    ("区域代理", Some(3)),
    ("行业代理", Some(3)),
    ("政企客户", None),
    ("其他客户", None),
];
const RELATIONS: &[(&str, u32)] =
    &[("affiliate", 35), ("introducer", 25), ("supplier", 15), ("joint_project", 15), ("rival", 10)];
const KINDS: &[(&str, u32)] = &[("repair", 45), ("question", 35), ("complaint", 20)];
const SUBJECTS: &[(&str, &[&str], &[&str])] = &[
    (
        "repair",
        &["{p}无法上电", "{p}频繁掉线", "{p}数据采集异常"],
        &["{p} does not power on", "{p} loses its connection"],
    ),
    ("question", &["{p}如何对接 ERP", "{p}授权续期咨询", "{p}参数怎么设置"], &["How to connect {p}", "Renewal of {p}"]),
    ("complaint", &["{p}交货延迟", "售后响应太慢", "{p}与样机不一致"], &["{p} was delivered late", "Slow answers"]),
];
const SOLUTIONS: &[&str] = &["远程升级固件后恢复正常。", "更换备件，现场测试通过。", "电话指导后解决，已发操作手册。"];
const LATIN_SOLUTIONS: &[&str] = &["Firmware updated remotely.", "Part replaced and tested.", "Explained by phone."];
const CAUSES: &[(&str, u32)] =
    &[("hardware", 30), ("software", 25), ("operation", 20), ("installation", 15), ("delivery", 10)];
const CHANNELS: &[(&str, u32)] = &[("phone", 50), ("wechat", 25), ("email", 15), ("website", 10)];
/// Who works on requests: places among the own people.
const HANDLERS: &[usize] = &[5, 6, 7];
/// Chances beside those of the tables.
const TOPIC: u64 = 800;
/// The most of anything here that one customer has.
const MOST: u64 = 6;
/// Counts of a distributor's stock, and the products of each.
const COUNTS: u64 = 2;
const COUNTED: u64 = 2;

/// How many records of a table a customer has.
pub(super) fn number(world: &World, table: Table, index: u64) -> u64 {
    let per_mille = match (table, world.sizes.is_small()) {
        (Table::Case, true) => 120,
        (Table::Case, false) => 30,
        (Table::InstalledProduct, true) => 80,
        (Table::CustomerRelation, _) if index == 0 => 0,
        (Table::InstalledProduct | Table::CustomerRelation, _) => 20,
        (Table::DistributorStock, true) => 500,
        (Table::DistributorStock, false) => 50,
        _ => 0,
    };
    let drawn = Draw::new(world.seed, TOPIC + table as u64, index).count(per_mille, MOST);
    match table {
        Table::DistributorStock if drawn == 0 || !is_distributor(world, index) => 0,
        Table::DistributorStock => COUNTS * COUNTED,
        _ => drawn,
    }
}

fn is_distributor(world: &World, index: u64) -> bool {
    let created = world.spread(Table::Customer, index, world.sizes.customers);
    let deals = happening::deals(world, index, created);
    customer::kind(world, index, &deals) == "distributor"
}

/// The classes of customers.
pub(super) fn classes(world: &World) -> impl Iterator<Item = Row> + '_ {
    let first = -super::calendar::WORK_DAY;
    CLASSES.iter().enumerate().map(move |(at, (name, parent))| {
        let mut row = Row::new(class(world, at), world.calendar.day(first));
        row.text("name", *name);
        row.refer("parent", parent.map(|at| class(world, at)));
        row.signed(&world.calendar, first, first, world.user(Some(1)));
        row
    })
}

/// How many classes there are.
pub(super) const CLASS_COUNT: usize = CLASSES.len();

fn class(world: &World, at: usize) -> Id {
    world.own_id(Table::CustomerClass, at)
}

/// The class of a customer, where it has one.
pub(super) fn class_of(world: &World, index: u64) -> Option<Id> {
    let mut draw = Draw::new(world.seed, TOPIC, index);
    draw.chance(40).then(|| class(world, draw.below(CLASSES.len() as u64) as usize))
}

/// The records of a table, customer by customer.
pub(super) fn rows(world: &World, table: Table) -> Box<dyn Iterator<Item = Row> + '_> {
    let some = (0..world.sizes.customers).filter(move |index| number(world, table, *index) > 0);
    Box::new(some.flat_map(move |index| {
        let customer = company::customer(world, index);
        let one = |at| match table {
            Table::CustomerRelation => relation(world, &customer, at),
            Table::InstalledProduct => installed(world, &customer, at),
            Table::DistributorStock => stock(world, &customer, at),
            _ => case(world, &customer, at),
        };
        (0..number(world, table, index)).map(one).collect::<Vec<Row>>()
    }))
}

fn start(world: &World, table: Table, customer: &Customer, at: u64) -> (Draw, i64, Row) {
    let mut draw = Draw::new(world.seed, TOPIC + 100 + table as u64, customer.company.index * 64 + at);
    let last = world.calendar.now - 1;
    let created = draw.between(customer.created, last).max(draw.between(customer.created, last));
    let row = Row::new(world.id(table, customer.created, at), world.calendar.day(created));
    (draw, created, row)
}

fn relation(world: &World, customer: &Customer, at: u64) -> Row {
    let (mut draw, created, mut row) = start(world, Table::CustomerRelation, customer, at);
    let other = company::customer(world, draw.below(customer.company.index.max(1)));
    row.refer("customer", Some(customer.id));
    row.choice("kind", draw.weighted(RELATIONS));
    row.refer("other", Some(other.id));
    row.text("name", other.company.name);
    row.signed(&world.calendar, created, created, world.user(customer.owner));
    row
}

fn product_of(world: &World, customer: &Customer, at: u64) -> usize {
    Draw::new(world.seed, TOPIC + 50, customer.company.index * 64 + at).below(PRODUCTS.len() as u64) as usize
}

fn warranty(world: &World, customer: &Customer, at: u64) -> jiff::civil::Date {
    let (_, created, _) = start(world, Table::InstalledProduct, customer, at);
    world.calendar.day(created).saturating_add(1.year())
}

fn installed(world: &World, customer: &Customer, at: u64) -> Row {
    let (mut draw, created, mut row) = start(world, Table::InstalledProduct, customer, at);
    let (number, day) = (product_of(world, customer, at), world.calendar.day(created));
    let product = PRODUCTS.get(number).copied().unwrap_or_default();
    row.refer("product", Some(world.own_id(Table::Product, number)));
    row.text("name", product.name);
    row.text("serial", format!("SN{}", draw.digits(8)));
    row.refer("customer", Some(customer.id));
    row.choice("status", draw.weighted(&[("in_use", 88), ("repair", 7), ("retired", 5)]));
    row.put("quantity", Value::Decimal(Decimal::from(draw.between(1, 6))));
    row.text("unit", product.unit);
    row.date("purchased_on", Some(day));
    row.date("installed_on", draw.chance(70).then(|| day.saturating_add(draw.between(2, 20).days())));
    row.date("warranty_end", Some(warranty(world, customer, at)));
    row.refer("owner", world.user(customer.owner));
    row.text("place", if draw.chance(50) { customer.company.address(&mut draw) } else { String::new() });
    row.signed(&world.calendar, created, created, world.user(customer.owner));
    row
}

fn case(world: &World, customer: &Customer, at: u64) -> Row {
    let (mut draw, created, mut row) = start(world, Table::Case, customer, at);
    let (company, calendar) = (&customer.company, &world.calendar);
    let bought = number(world, Table::InstalledProduct, company.index);
    let installed = (bought > 0).then(|| draw.below(bought));
    let product = installed.map_or(draw.below(PRODUCTS.len() as u64) as usize, |at| product_of(world, customer, at));
    let age = (calendar.now - created) / super::calendar::WORK_DAY;
    let status = match age {
        0..3 => draw.weighted(&[("new", 50), ("assigned", 30), ("in_progress", 20)]),
        3..15 => draw.weighted(&[("new", 8), ("assigned", 20), ("in_progress", 37), ("resolved", 35)]),
        _ => draw.weighted(&[("in_progress", 8), ("resolved", 17), ("closed", 75)]),
    };
    let (over, kind) = (matches!(status, "resolved" | "closed"), draw.weighted(KINDS));
    let (_, subjects, latin) = SUBJECTS.iter().find(|(k, ..)| *k == kind).copied().unwrap_or_default();
    let sold = PRODUCTS.get(product).copied().unwrap_or_default();
    let subject = draw.pick(company.either(subjects, latin)).replace("{p}", company.either(sold.name, sold.latin));
    let after =
        |work_days: i64| calendar.rounded((created + work_days * super::calendar::WORK_DAY).min(calendar.now - 1));
    let handler = (status != "new").then(|| draw.pick(HANDLERS));
    row.put("code", Value::Empty);
    row.text("subject", subject);
    row.choice("kind", kind);
    row.choice("status", status);
    row.choice("priority", draw.weighted(&[("normal", 65), ("high", 25), ("low", 10)]));
    row.refer("customer", Some(customer.id));
    let contact = draw.below(happening::contact_count(world, company.index));
    row.refer("contact", Some(happening::contact_id(world, customer, contact)));
    row.refer("installed_product", installed.map(|at| world.id(Table::InstalledProduct, customer.created, at)));
    row.refer("product", Some(world.own_id(Table::Product, product)));
    row.date("warranty_end", installed.map(|at| warranty(world, customer, at)));
    row.choice("channel", draw.weighted(CHANNELS));
    row.moment("reported_at", Some(calendar.rounded(created)));
    row.moment("due", draw.chance(60).then(|| after(5)));
    row.choice("cause", if over { draw.weighted(CAUSES) } else { "" });
    let solution = draw.pick(company.either(SOLUTIONS, LATIN_SOLUTIONS));
    row.text("solution", if over { solution } else { "" });
    let score = draw.weighted(&[(5, 40), (4, 35), (3, 15), (2, 7), (1, 3)]);
    row.number("satisfaction", (status == "closed" && draw.chance(80)).then_some(score));
    row.moment("assigned_at", (status != "new").then(|| after(1)));
    row.moment("resolved_at", over.then(|| after(2)));
    row.moment("closed_at", (status == "closed").then(|| after(6)));
    row.refer("owner", world.user(handler));
    row.signed(calendar, created, created, world.user(Some(5)));
    row
}

fn stock(world: &World, customer: &Customer, at: u64) -> Row {
    let (_, _, row) = start(world, Table::DistributorStock, customer, at);
    let (calendar, mut row) = (&world.calendar, row);
    let (count, which) = (at / COUNTED, at % COUNTED);
    let mut draw = Draw::new(world.seed, TOPIC + 60 + count, customer.company.index * 64 + which);
    let number = (product_of(world, customer, 40) + which as usize * 3) % PRODUCTS.len().max(1);
    let product = PRODUCTS.get(number).copied().unwrap_or_default();
    let counted =
        (calendar.now - 1 - (COUNTS - 1 - count) as i64 * 20 * super::calendar::WORK_DAY).max(customer.created);
    let amount = |number: i64| Value::Decimal(Decimal::from(number));
    row.refer("customer", Some(customer.id));
    row.refer("product", Some(world.own_id(Table::Product, number)));
    row.text("name", product.name);
    row.date("date", Some(calendar.day(counted)));
    row.put("purchased", amount(draw.between(5, 40)));
    row.put("sold", amount(draw.between(3, 38)));
    row.put("stock", amount(draw.between(0, 60)));
    row.text("unit", product.unit);
    row.refer("owner", world.user(customer.owner));
    row.signed(calendar, counted, counted, world.user(customer.owner));
    row
}
