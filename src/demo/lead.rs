//! Leads.

use super::company::{self, Place};
use super::own;
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{Table, World};
use super::{contact, happening, market};
use crate::domain::value::Value;

const STATUSES: &[(&str, u32)] = &[("new", 34), ("contacted", 26), ("qualified", 12), ("converted", 14), ("junk", 14)];
const SOURCES: &[(&str, u32)] = &[
    ("website", 28),
    ("search_engine", 16),
    ("social", 14),
    ("exhibition", 20),
    ("campaign", 12),
    ("referral", 6),
    ("partner", 4),
];
const REASONS: &[(&str, u32)] =
    &[("no_need", 40), ("unreachable", 30), ("wrong_data", 20), ("duplicate", 8), ("other", 2)];
const INTERESTS: &[&str] = &[
    "官网留言，想了解{p}的价格。",
    "展会上索取了{p}资料。",
    "准备做设备联网，约 30 台。",
    "想要{p}的试用。",
    "询问能否对接现有 ERP。",
];
const LATIN_INTERESTS: &[&str] = &[
    "Asked for the price of {p} on the website.",
    "Took a brochure of {p} at the fair.",
    "Plans to connect 30 machines.",
    "Would like to try {p}.",
    "Asks whether it works with their ERP.",
];

/// All leads.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    (0..world.sizes.leads).map(|index| row(world, index))
}

fn row(world: &World, index: u64) -> Row {
    let (customers, leads) = (world.sizes.customers, world.sizes.leads);
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::Lead, index);
    let created = world.spread(Table::Lead, index, leads);
    // A converted one has become a customer that was entered soon after.
    let after = ((index as u128 + 2) * u128::from(customers) / u128::from(leads.max(1))) as u64;
    let target = (after < customers).then(|| company::customer(world, after));
    let status = match draw.weighted(STATUSES) {
        "converted" if target.is_none() => "qualified",
        "new" if created < calendar.now / 2 => "contacted",
        status => status,
    };
    let target = target.filter(|_| status == "converted");
    let company = target.as_ref().map_or_else(|| company::company(world, customers + index), |t| t.company.clone());
    let person = target.as_ref().map_or_else(|| company.person(&mut draw), |t| contact::person(world, t, 0));
    let team = match &company.place {
        Place::Home(city) => own::team(Some(city.province)),
        Place::Abroad(_) => own::team(None),
    };
    let owner = target.as_ref().map_or_else(|| world.seller(&mut draw, team), |t| t.owner);
    let mut row = Row::new(world.id(Table::Lead, created, 0), calendar.day(created));
    row.put("code", Value::Empty);
    row.text("name", person.name.as_str());
    row.text("company", company.name.as_str());
    let post =
        draw.pick(company.either(&["采购经理", "工程师", "总经理", "信息主管"][..], &["Buyer", "Engineer", "CEO"][..]));
    row.text("post", if draw.chance(60) { post } else { "" });
    row.choice("status", status);
    let source = draw.weighted(SOURCES);
    row.choice("source", source);
    row.refer("campaign", (source == "campaign").then(|| market::campaign_of(world, index)));
    row.choice("industry", company.industry);
    let product = draw.pick(PRODUCTS);
    let interest = draw.pick(company.either(INTERESTS, LATIN_INTERESTS));
    row.text("interest", interest.replace("{p}", company.either(product.name, product.latin)));
    row.text("mobile", company.mobile(&mut draw));
    row.text("phone", if draw.chance(25) { company.phone(&mut draw) } else { String::new() });
    let email = format!("{}@{}", person.letters, company.domain);
    row.text("email", if draw.chance(55) { email } else { String::new() });
    row.text("region", company.region());
    let reason = draw.weighted(REASONS);
    row.choice("junk_reason", if status == "junk" { reason } else { "" });
    row.refer("customer", target.as_ref().map(|t| t.id));
    row.refer("contact", target.as_ref().map(|t| happening::contact_id(world, t, 0)));
    row.refer("owner", world.user(owner));
    row.refer("department", world.department_of(owner));
    let seen = (status != "new").then(|| draw.between(created, (created + calendar.now / 20).min(calendar.now - 1)));
    row.moment("last_contact", seen.map(|at| calendar.rounded(at)));
    let next = matches!(status, "contacted" | "qualified") && draw.chance(50);
    row.date("next_contact", next.then(|| calendar.days_away(draw.between(-4, 20))));
    row.signed(calendar, created, seen.unwrap_or(created), world.user(owner));
    row
}
