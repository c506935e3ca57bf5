//! Activities: what was said, and when again.

use super::company::{self, Customer};
use super::contact;
use super::draw::Draw;
use super::happening::{self, Deal, Visit};
use super::own::{PRODUCTS, Product};
use super::row::Row;
use super::world::{Table, World};

const KINDS: &[(&str, u32)] =
    &[("call", 38), ("visit", 20), ("meeting", 10), ("email", 14), ("message", 12), ("note", 6)];
const OUTCOMES: &[(&str, u32)] =
    &[("progress", 30), ("interested", 24), ("no_change", 20), ("call_back", 14), ("refused", 4)];

/// Subjects of a kind; `{p}` is a product, `{n}` a contact.
fn subjects(kind: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        "call" => (
            &["电话沟通{p}需求", "电话跟进报价", "致电{n}确认预算", "回访使用情况", "电话预约拜访"],
            &["Call about {p}", "Follow-up call on the quote", "Called {n} about the budget", "Check-in call"],
        ),
        "visit" => (
            &["上门拜访{n}", "现场勘查", "拜访并演示{p}", "季度例行拜访", "送样并讲解{p}"],
            &["Visit to {n}", "Site survey", "Demo of {p} on site", "Quarterly visit"],
        ),
        "meeting" => (
            &["技术交流会：{p}", "商务谈判", "项目启动会", "与{n}评审方案"],
            &["Technical meeting on {p}", "Negotiation", "Kick-off meeting", "Proposal review with {n}"],
        ),
        "email" => (
            &["发送{p}资料", "发送报价单", "邮件确认技术参数", "发送合同草稿"],
            &[
                "Sent the {p} brochure",
                "Sent the quote",
                "Confirmed specifications by e-mail",
                "Sent the draft contract",
            ],
        ),
        "message" => (
            &["微信沟通交期", "微信发送案例", "节日问候", "微信确认会议时间"],
            &["Message about delivery", "Shared a case study", "Season's greetings", "Confirmed the meeting time"],
        ),
        _ => {
            (&["内部备注", "客户动态", "竞品情况"], &["Internal note", "News about the customer", "Competitor update"])
        }
    }
}

const CONTENTS: &[&str] = &[
    "{n}对{p}感兴趣，希望下周看到正式报价。",
    "客户目前有两家供应商在比价，{n}更看重售后响应。",
    "介绍了同行业案例，{n}要求补充{p}的技术参数。",
    "预算已列入下季度，等总经理审批。",
    "{n}反馈现有设备故障多，考虑更换为{p}。",
    "讨论了付款方式，客户希望货到 60 天付款。",
    "现场看了两条产线，网络条件满足，需补充防护柜。",
    "{n}出差，约定回来后再沟通。",
    "客户认可方案，要求价格再降 5%。",
    "样机测试通过，准备走内部立项流程。",
    "合同法务在审，预计本周内回复。",
    "项目推迟到明年，保持联系。",
    "已发{p}资料和报价，{n}转技术部评估。",
    "客户询问本地服务网点和备件库存。",
];
const LATIN_CONTENTS: &[&str] = &[
    "{n} likes {p} and asked for a formal quote next week.",
    "Two other suppliers are being compared; {n} cares most about support.",
    "Showed a case from the same industry; {n} wants more details on {p}.",
    "The budget is planned for next quarter and waits for approval.",
    "{n} reports frequent failures of the current equipment.",
    "Discussed payment terms; they ask for 60 days after delivery.",
    "Saw two lines on site; the network is fine, a cabinet is missing.",
    "{n} is travelling; we talk again on return.",
    "They accept the proposal but want 5 % off.",
    "The trial unit passed; the project is being set up.",
    "Legal is reviewing the contract.",
    "Postponed to next year; keep in touch.",
];
const STEPS: &[&str] = &["发送正式报价", "安排演示", "补充技术资料", "确认审批进度", "约下次拜访", "跟进合同"];
const LATIN_STEPS: &[&str] =
    &["Send the quote", "Arrange a demo", "Send details", "Ask about approval", "Plan a visit"];

/// All activities.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    let some = (0..world.sizes.customers).filter(|index| happening::visit_count(world, *index) > 0);
    some.flat_map(move |index| {
        let customer = company::customer(world, index);
        let deals = happening::deals(world, index, customer.created);
        let visits = happening::visits(world, index, customer.created, &deals);
        let one = |(at, visit): (usize, &Visit)| row(world, &customer, at, visit, &deals);
        visits.iter().enumerate().map(one).collect::<Vec<Row>>()
    })
}

fn row(world: &World, customer: &Customer, number: usize, visit: &Visit, deals: &[Deal]) -> Row {
    let company = &customer.company;
    let calendar = &world.calendar;
    let mut draw = world.draw(Table::Activity, company.index * 64 + number as u64);
    // A plan was made a while after the customer came.
    let written = visit.at.unwrap_or_else(|| draw.between(customer.created, calendar.now - 1));
    let mut row = Row::new(world.id(Table::Activity, customer.created, number as u64), calendar.day(written));
    let deal = visit.deal.and_then(|at| deals.get(at));
    let product = deal.map_or_else(|| draw.pick(PRODUCTS), |d| PRODUCTS.get(d.product).copied().unwrap_or_default());
    let person = contact::person(world, customer, visit.contact);
    let fill = |text: &str| filled(text, &person.name, company.either(product.name, product.latin));
    let kind = if visit.at.is_none() {
        draw.weighted(&[("call", 4), ("visit", 4), ("meeting", 2)])
    } else {
        draw.weighted(KINDS)
    };
    let (subjects, latin_subjects) = subjects(kind);
    row.choice("kind", kind);
    row.text("subject", fill(draw.pick(company.either(subjects, latin_subjects))));
    let content = draw.pick(company.either(CONTENTS, LATIN_CONTENTS));
    row.text("content", if visit.at.is_some() && draw.chance(75) { fill(content) } else { String::new() });
    row.moment("at", Some(visit.moment));
    row.number("minutes", minutes(&mut draw, kind));
    row.choice("state", if visit.at.is_some() { "done" } else { "planned" });
    let outcome = if kind == "call" && draw.chance(15) { "no_answer" } else { draw.weighted(OUTCOMES) };
    row.choice("outcome", if visit.at.is_some() && kind != "note" { outcome } else { "" });
    row.refer("customer", Some(customer.id));
    row.refer("contact", Some(happening::contact_id(world, customer, visit.contact)));
    row.refer("opportunity", deal.map(|d| happening::deal_id(world, customer, d)));
    row.refers(
        "products",
        match (deal, at_product(&product)) {
            (Some(_), Some(at)) => vec![world.own_id(Table::Product, at)],
            _ => Vec::new(),
        },
    );
    let follows = visit.at.is_some() && draw.chance(40);
    row.text("next_step", if follows { draw.pick(company.either(STEPS, LATIN_STEPS)) } else { "" });
    let days = 1_000 * 60 * 60 * 24 * draw.between(2, 15);
    let next = jiff::Timestamp::from_millisecond(visit.moment.as_millisecond() + days).ok();
    row.moment("next_date", next.filter(|_| follows));
    row.refer("owner", world.user(customer.owner));
    let place = company.address(&mut draw);
    row.text("place", if kind == "visit" { place } else { String::new() });
    row.signed(calendar, written, written, world.user(customer.owner));
    row
}

fn at_product(product: &Product) -> Option<usize> {
    PRODUCTS.iter().position(|p| p.name == product.name)
}

fn minutes(draw: &mut Draw, kind: &str) -> Option<i64> {
    match kind {
        "call" => Some(draw.between(1, 25)),
        "visit" | "meeting" => Some(15 * draw.between(2, 10)),
        _ => None,
    }
}

/// A text with a person and a product in it.
pub(super) fn filled(text: &str, person: &str, product: &str) -> String {
    text.replace("{n}", person).replace("{p}", product)
}
