//! Contacts.

use super::company::{self, Customer};
use super::happening::{self, Visit};
use super::person::Person;
use super::row::Row;
use super::world::{Table, World};
use crate::domain::value::Value;
use jiff::ToSpan;
use jiff::civil::date;

/// Post, its Latin form, department, its Latin form, decision role, influence.
type Post = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const POSTS: &[(Post, u32)] = &[
    (("总经理", "Managing Director", "总经办", "Management", "decision_maker", "high"), 8),
    (("副总经理", "Vice President", "总经办", "Management", "decision_maker", "high"), 6),
    (("采购经理", "Purchasing Manager", "采购部", "Purchasing", "buyer", "medium"), 16),
    (("采购专员", "Buyer", "采购部", "Purchasing", "buyer", "low"), 12),
    (("技术总监", "CTO", "技术部", "Technology", "technical", "high"), 8),
    (("设备主管", "Maintenance Manager", "设备部", "Maintenance", "technical", "medium"), 9),
    (("信息部经理", "IT Manager", "信息部", "IT", "technical", "medium"), 10),
    (("财务总监", "CFO", "财务部", "Finance", "budget_holder", "high"), 6),
    (("财务经理", "Controller", "财务部", "Finance", "budget_holder", "medium"), 5),
    (("生产经理", "Production Manager", "生产部", "Production", "influencer", "medium"), 8),
    (("项目经理", "Project Manager", "项目部", "Projects", "influencer", "medium"), 7),
    (("工程师", "Engineer", "技术部", "Technology", "user", "low"), 10),
    (("行政主管", "Office Manager", "行政部", "Administration", "coach", "low"), 4),
];

/// All contacts.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    (0..world.sizes.customers).flat_map(move |index| {
        let customer = company::customer(world, index);
        let deals = happening::deals(world, index, customer.created);
        let visits = happening::visits(world, index, customer.created, &deals);
        (0..happening::contact_count(world, index)).map(move |number| row(world, &customer, &visits, number))
    })
}

/// Who a contact is.
pub(super) fn person(world: &World, customer: &Customer, number: u64) -> Person {
    customer.company.person(&mut world.draw(Table::Contact, customer.company.index * 8 + number))
}

fn row(world: &World, customer: &Customer, visits: &[Visit], number: u64) -> Row {
    let company = &customer.company;
    let person = person(world, customer, number);
    let mut draw = world.draw(Table::Contact, company.index * 8 + number + 4);
    let mut row = Row::new(happening::contact_id(world, customer, number), world.calendar.day(customer.created));
    let (post, latin_post, department, latin_department, role, influence) = draw.weighted(POSTS);
    row.text("name", person.name);
    row.refer("customer", Some(customer.id));
    row.put("primary", Value::Boolean(number == 0));
    row.text("post", company.either(post, latin_post));
    row.text("department", company.either(department, latin_department));
    row.choice("role", if draw.chance(80) { role } else { "" });
    row.choice("influence", if draw.chance(80) { influence } else { "" });
    row.choice("gender", person.gender);
    let born = date(1960, 1, 1).saturating_add(draw.between(0, 40 * 365).days());
    row.date("birthday", draw.chance(15).then_some(born));
    row.text("mobile", if draw.chance(94) { company.mobile(&mut draw) } else { String::new() });
    row.text("phone", if draw.chance(30) { company.phone(&mut draw) } else { String::new() });
    let email = format!("{}@{}", person.letters, company.domain);
    row.text("email", if draw.chance(70) { email } else { String::new() });
    let wechat = format!("{}{}", person.letters.replace('.', ""), draw.digits(3));
    row.text("wechat", if !company.is_latin() && draw.chance(45) { wechat } else { String::new() });
    row.refer("owner", world.user(customer.owner));
    let seen = happening::latest(visits.iter().filter(|v| v.contact == number));
    row.moment("last_contact", seen.map(|v| v.moment));
    let updated = seen.and_then(|v| v.at).unwrap_or(customer.created);
    row.signed(&world.calendar, customer.created, updated, world.user(customer.owner));
    row
}
