//! Opportunities.

use super::company::{self, Customer};
use super::customer::round;
use super::draw::Draw;
use super::happening::{self, Deal, Visit};
use super::market::COMPETITORS;
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{Table, World};
use crate::domain::value::Value;
use crate::schema::builtin;

const KINDS: &[(&str, u32)] = &[("new_business", 55), ("repeat", 20), ("upgrade", 13), ("renewal", 12)];
const SOURCES: &[(&str, u32)] =
    &[("referral", 25), ("website", 15), ("exhibition", 15), ("cold_call", 15), ("visit", 20), ("partner", 10)];
const LOSSES: &[(&str, u32)] = &[
    ("price", 30),
    ("competitor", 24),
    ("no_budget", 14),
    ("postponed", 14),
    ("product", 9),
    ("relation", 7),
    ("other", 2),
];
const STEPS: &[&str] = &[
    "提交技术方案",
    "安排产品演示",
    "确认预算与采购流程",
    "约见决策人",
    "提交报价",
    "商务条款谈判",
    "准备样机测试",
    "合同评审",
    "现场勘查",
];
const LATIN_STEPS: &[&str] = &[
    "Send the technical proposal",
    "Schedule a demo",
    "Confirm budget and process",
    "Meet the decision maker",
    "Send the quote",
    "Negotiate terms",
    "Prepare the trial unit",
    "Review the contract",
    "Visit the site",
];
const WON: &[&str] = &[
    "技术评分第一，价格在预算内，签约。",
    "试点效果好，客户主动扩大范围。",
    "交期和本地服务打动客户。",
    "老客户复购，流程顺利。",
];
const LATIN_WON: &[&str] =
    &["Best technical score, price within budget.", "The pilot convinced them.", "Local service made the difference."];
const LOST: &[&str] =
    &["客户选择了更低报价。", "项目预算被总部冻结。", "决策人更换，优先级下降。", "功能不满足二期需求。"];
const LATIN_LOST: &[&str] = &[
    "They took a lower offer.",
    "Head office froze the budget.",
    "The decision maker left.",
    "A feature was missing.",
];

/// All opportunities.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    let some = (0..world.sizes.customers).filter(|index| happening::deal_count(world, *index) > 0);
    some.flat_map(move |index| {
        let customer = company::customer(world, index);
        let deals = happening::deals(world, index, customer.created);
        let visits = happening::visits(world, index, customer.created, &deals);
        let rows: Vec<Row> = deals.iter().map(|deal| row(world, &customer, deal, &visits)).collect();
        rows
    })
}

/// What an opportunity is called.
pub(super) fn title(customer: &Customer, deal: &Deal) -> String {
    let product = PRODUCTS.get(deal.product).copied().unwrap_or_default();
    let company = &customer.company;
    if company.is_latin() {
        format!("{} – {}", company.short, product.latin)
    } else {
        format!("{} {}项目", company.short, product.name)
    }
}

fn row(world: &World, customer: &Customer, deal: &Deal, visits: &[Visit]) -> Row {
    let company = &customer.company;
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::Opportunity, company.index * 64 + deal.number);
    let mut row = Row::new(happening::deal_id(world, customer, deal), calendar.day(deal.opened));
    let (won, lost) = (deal.stage == "won", deal.stage == "lost");
    row.put("code", Value::Empty);
    row.text("name", title(customer, deal));
    row.refer("customer", Some(customer.id));
    row.refer("contact", Some(happening::contact_id(world, customer, deal.contact)));
    row.refer("product", Some(world.own_id(Table::Product, deal.product)));
    row.money("amount", Some(amount(&mut draw, deal)));
    let kind = draw.weighted(KINDS);
    row.choice("type", if deal.pipeline == "renewal" { "renewal" } else { kind });
    row.choice("source", draw.weighted(SOURCES));
    row.choice("pipeline", deal.pipeline);
    row.choice("stage", deal.stage);
    row.choice("status", if deal.closed.is_some() { deal.stage } else { "open" });
    row.moment("stage_since", deal.way().last().map(|(_, at)| calendar.moment(*at)));
    row.put("probability", probability(deal.pipeline, deal.stage));
    row.date("opened", Some(calendar.day(deal.opened)));
    let expected = match deal.stage {
        "negotiation" => draw.between(-10, 30),
        "proposal" => draw.between(-12, 60),
        _ => draw.between(-5, 120),
    };
    row.date("close_date", Some(deal.closed.map_or_else(|| calendar.days_away(expected), |at| calendar.day(at))));
    let step = draw.pick(company.either(STEPS, LATIN_STEPS));
    row.text("next_step", if deal.closed.is_none() && draw.chance(80) { step } else { "" });
    let reason = draw.weighted(LOSSES);
    row.choice("loss_reason", if lost { reason } else { "" });
    let rival = draw.below(COMPETITORS.len() as u64) as usize;
    let went = lost && reason == "competitor";
    row.refer("lost_to", went.then(|| world.own_id(Table::Competitor, rival)));
    row.refer("owner", world.user(customer.owner));
    row.refer("department", world.department_of(customer.owner));
    let about = |v: &&Visit| v.deal == Some(deal.number as usize);
    let seen = happening::latest(visits.iter().filter(about));
    row.moment("last_contact", seen.map(|v| v.moment));
    let remark = match (won, lost) {
        (true, _) => draw.pick(company.either(WON, LATIN_WON)),
        (_, true) => draw.pick(company.either(LOST, LATIN_LOST)),
        _ => "",
    };
    row.text("remark", if draw.chance(70) { remark } else { "" });
    let updated = deal.closed.or(seen.and_then(|v| v.at)).unwrap_or(deal.opened);
    row.signed(calendar, deal.opened, updated.max(deal.opened), world.user(customer.owner));
    row
}

/// Log-normal around some ten thousand yuan, great where the product is.
fn amount(draw: &mut Draw, deal: &Deal) -> i64 {
    let price = PRODUCTS.get(deal.product).map_or(10_000, |p| p.price) as f64;
    // The geometric mean of the product's price and 60,000, and a spread of e^0.9 about it.
    let middle = (price * 60_000.0).sqrt();
    round((middle * (0.9 * draw.bell()).exp()) as i64).clamp(500, 20_000_000)
}

/// The amount of an opportunity.
pub(super) fn amount_of(world: &World, customer: &Customer, deal: &Deal) -> i64 {
    amount(&mut world.draw(Table::Opportunity, customer.company.index * 64 + deal.number), deal)
}

/// What the built-in pipelines say of a stage.
pub(super) fn probability(pipeline: &str, stage: &str) -> Value {
    let stage = builtin().pipeline(pipeline).and_then(|p| p.stage(stage));
    stage.and_then(|s| s.probability).map_or(Value::Empty, Value::Decimal)
}
