//! Campaigns and their members, competitors and where one meets them, partners, expenses.

use super::calendar::WORK_DAY;
use super::company;
use super::draw::{Draw, shuffled};
use super::happening;
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{Table, World};
use crate::domain::id::Id;
use crate::domain::value::Value;
use rust_decimal::Decimal;

/// Name, kind, how many working days ago it began, how long it lasts, yuan.
const CAMPAIGNS: [(&str, &str, i64, i64, i64); 8] = [
    ("上海工业博览会", "exhibition", 300, 5, 180_000),
    ("设备联网线上直播", "webinar", 220, 1, 20_000),
    ("华南老客户回访", "calling", 160, 15, 8_000),
    ("Hannover trade fair", "exhibition", 140, 5, 320_000),
    ("能源管理研讨会", "seminar", 75, 2, 60_000),
    ("数据平台邮件推广", "mailing", 30, 20, 5_000),
    ("MES 试用促销", "promotion", 8, 30, 40_000),
    ("新品发布会", "seminar", -15, 1, 90_000),
];
/// Name, region, what threatens.
pub(super) const COMPETITORS: &[(&str, &str, &str)] = &[
    ("云帆工控", "江苏/苏州", "high"),
    ("博睿数据", "北京", "medium"),
    ("Nordwell", "", "medium"),
    ("凌峰科技", "广东/深圳", "high"),
    ("Axion Systems", "", "low"),
    ("同创智造", "浙江/杭州", "low"),
];
const STRENGTHS: &[&str] = &["价格低，渠道广。", "软件平台成熟，案例多。", "Strong in automotive.", "本地服务响应快。"];
const WEAKNESSES: &[&str] =
    &["交期长，定制能力弱。", "硬件依赖代工，返修率高。", "No support in Chinese.", "缺少能源行业经验。"];
const PARTNERS: [(&str, &str, &str); 6] = [
    ("上海启源系统集成有限公司", "integrator", "上海"),
    ("深圳宏图代理商行", "reseller", "广东/深圳"),
    ("北京智研咨询中心", "consultant", "北京"),
    ("Lindqvist Automation AB", "technology", ""),
    ("成都维康技术服务有限公司", "service", "四川/成都"),
    ("苏州恒远元器件有限公司", "supplier", "江苏/苏州"),
];
const EXPENSES: &[(&str, &str, i64)] = &[
    ("场地租金", "venue", 30),
    ("展台搭建", "other", 25),
    ("宣传资料印刷", "printing", 8),
    ("广告投放", "advertising", 20),
];
const TRIPS: &[(&str, &str, i64)] = &[
    ("拜访差旅费", "travel", 1_800),
    ("客户招待", "meals", 620),
    ("样机运费", "freight", 280),
    ("节日礼品", "gift", 400),
];
const STANDINGS: &[(&str, u32)] = &[("level", 40), ("ahead", 30), ("behind", 30)];
const MANAGER: usize = 4;
const TOPIC: u64 = 900;
/// The most members of a campaign.
const MEMBERS: u64 = 25;

/// How many records of a table there are, one for each place or customer.
pub(super) fn count(world: &World, table: Table) -> u64 {
    match table {
        Table::Campaign => CAMPAIGNS.len() as u64,
        Table::Competitor => COMPETITORS.len() as u64,
        Table::Partner => PARTNERS.len() as u64,
        Table::CampaignMember => CAMPAIGNS.len() as u64 * members(world),
        Table::Expense => (CAMPAIGNS.len() * EXPENSES.len()) as u64 + chosen(world, Table::Expense).count() as u64,
        _ => chosen(world, table).count() as u64,
    }
}

/// All records of a table.
pub(super) fn rows(world: &World, table: Table) -> Box<dyn Iterator<Item = Row> + '_> {
    match table {
        Table::Campaign => Box::new((0..CAMPAIGNS.len()).map(|at| campaign(world, at))),
        Table::Competitor => Box::new((0..COMPETITORS.len()).map(|at| competitor(world, at))),
        Table::Partner => Box::new((0..PARTNERS.len()).map(|at| partner(world, at))),
        Table::CampaignMember => {
            let of = move |at| (0..members(world)).map(move |number| member(world, at, number));
            Box::new((0..CAMPAIGNS.len()).flat_map(of))
        }
        Table::Expense => {
            let of = move |at| (0..EXPENSES.len()).map(move |number| cost(world, at, number));
            let trips = chosen(world, Table::Expense).map(|index| trip(world, index));
            Box::new((0..CAMPAIGNS.len()).flat_map(of).chain(trips))
        }
        _ => Box::new(chosen(world, Table::Competition).map(|index| competition(world, index))),
    }
}

/// The campaign that a lead came from.
pub(super) fn campaign_of(world: &World, lead: u64) -> Id {
    let past = CAMPAIGNS.iter().filter(|c| c.2 > 0).count() as u64;
    world.own_id(Table::Campaign, Draw::new(world.seed, TOPIC, lead).below(past) as usize)
}

/// The customers that have a record of a table.
fn chosen(world: &World, table: Table) -> impl Iterator<Item = u64> + '_ {
    let percent = match (table, world.sizes.is_small()) {
        (Table::Competition, true) => 12,
        (Table::Expense, true) => 10,
        _ => 2,
    };
    let has = move |index: &u64| Draw::new(world.seed, TOPIC + table as u64, *index).chance(percent);
    let fits = move |index: &u64| table != Table::Competition || happening::deal_count(world, *index) > 0;
    (0..world.sizes.customers).filter(move |index| has(index) && fits(index))
}

fn members(world: &World) -> u64 {
    (world.sizes.customers / 10).min(MEMBERS)
}

fn own(world: &World, table: Table, at: usize) -> (Draw, Row) {
    let row = Row::new(world.own_id(table, at), world.calendar.day(-WORK_DAY));
    (Draw::new(world.seed, TOPIC + 50 + table as u64, at as u64), row)
}

fn yuan(amount: i64) -> Value {
    Value::Decimal(Decimal::from(amount))
}

fn campaign(world: &World, at: usize) -> Row {
    let (mut draw, mut row) = own(world, Table::Campaign, at);
    let (name, kind, ago, length, budget) = CAMPAIGNS.get(at).copied().unwrap_or_default();
    let calendar = &world.calendar;
    let began = calendar.now - ago * WORK_DAY;
    let status = match (ago, ago > length) {
        (..0, _) => "planned",
        (_, true) => "finished",
        _ => "running",
    };
    row.day = calendar.day(began);
    row.put("code", Value::Empty);
    row.text("name", name);
    row.choice("kind", kind);
    row.choice("status", status);
    row.date("start", Some(calendar.day(began)));
    row.date("end", Some(calendar.day(began + (length - 1) * WORK_DAY)));
    let product = draw.below(PRODUCTS.len() as u64) as usize;
    row.refers("products", vec![world.own_id(Table::Product, product)]);
    row.refer("owner", world.user(Some(MANAGER)));
    row.put("budget", yuan(budget));
    row.number("rating", (status == "finished").then(|| draw.between(2, 5)));
    row.text("evaluation", if status == "finished" { "达到预期，线索跟进需要更快。" } else { "" });
    row.signed(calendar, -WORK_DAY, (began - 10 * WORK_DAY).clamp(0, calendar.now - 1), world.user(Some(MANAGER)));
    row
}

fn member(world: &World, at: usize, number: u64) -> Row {
    let (_, _, ago, ..) = CAMPAIGNS.get(at).copied().unwrap_or_default();
    let calendar = &world.calendar;
    // No customer twice in a campaign.
    let index = shuffled(world.seed ^ (TOPIC + at as u64), number, world.sizes.customers);
    let customer = company::customer(world, index);
    let mut draw = Draw::new(world.seed, TOPIC + 90, at as u64 * MEMBERS + number);
    let id = world.id(Table::CampaignMember, customer.created, at as u64);
    let asked = (calendar.now - ago * WORK_DAY).clamp(0, calendar.now - 1);
    let status = match ago {
        ..0 => "planned",
        _ => draw.weighted(&[("contacted", 50), ("responded", 22), ("declined", 18), ("planned", 10)]),
    };
    let mut row = Row::new(id, calendar.day(asked));
    row.refer("campaign", Some(world.own_id(Table::Campaign, at)));
    row.refer("customer", Some(customer.id));
    row.text("name", customer.company.name.as_str());
    row.text("company", customer.company.name.as_str());
    row.text("phone", customer.company.phone(&mut draw));
    row.choice("status", status);
    row.moment("responded_at", (status == "responded").then(|| calendar.rounded(asked)));
    row.refer("owner", world.user(customer.owner));
    row.signed(calendar, asked, asked, world.user(Some(MANAGER)));
    row
}

fn competitor(world: &World, at: usize) -> Row {
    let (mut draw, mut row) = own(world, Table::Competitor, at);
    let (name, region, threat) = COMPETITORS.get(at).copied().unwrap_or_default();
    row.put("code", Value::Empty);
    row.text("name", name);
    row.text("region", region);
    row.choice("threat", threat);
    row.text("strengths", draw.pick(STRENGTHS));
    row.text("weaknesses", draw.pick(WEAKNESSES));
    let product = draw.below(PRODUCTS.len() as u64) as usize;
    row.refers("products", vec![world.own_id(Table::Product, product)]);
    row.signed(&world.calendar, -WORK_DAY, -WORK_DAY, world.user(Some(MANAGER)));
    row
}

fn competition(world: &World, index: u64) -> Row {
    let customer = company::customer(world, index);
    let deals = happening::deals(world, index, customer.created);
    let mut draw = Draw::new(world.seed, TOPIC + 91, index);
    let deal = deals.first();
    let rival = draw.below(COMPETITORS.len() as u64) as usize;
    let (name, ..) = COMPETITORS.get(rival).copied().unwrap_or_default();
    let opened = deal.map_or(customer.created, |d| d.opened);
    let standing = match deal.map(|d| d.stage) {
        Some("won") => "beaten",
        Some("lost") => "won",
        _ => draw.weighted(STANDINGS),
    };
    let mut row = Row::new(world.id(Table::Competition, customer.created, 0), world.calendar.day(opened));
    row.refer("competitor", Some(world.own_id(Table::Competitor, rival)));
    row.text("name", name);
    row.refer("opportunity", deal.map(|d| happening::deal_id(world, &customer, d)));
    row.refer("customer", Some(customer.id));
    row.refer("product", deal.map(|d| world.own_id(Table::Product, d.product)));
    row.money("price", draw.chance(50).then(|| 1_000 * draw.between(10, 400)));
    row.choice("standing", standing);
    row.signed(&world.calendar, opened, opened, world.user(customer.owner));
    row
}

fn partner(world: &World, at: usize) -> Row {
    let (mut draw, mut row) = own(world, Table::Partner, at);
    let (name, kind, region) = PARTNERS.get(at).copied().unwrap_or_default();
    let (calendar, is_signed) = (&world.calendar, at % 3 != 2);
    row.put("code", Value::Empty);
    row.text("name", name);
    row.choice("kind", kind);
    row.choice("level", draw.pick(&["A", "B", "C"]));
    row.text("region", region);
    let served = (world.sizes.customers > 0).then(|| company::customer(world, draw.below(world.sizes.customers)));
    row.refers("customers", served.iter().map(|c| c.id).collect());
    row.refers("contacts", served.iter().map(|c| happening::contact_id(world, c, 0)).collect());
    row.refer("owner", world.user(Some(1)));
    row.choice("status", if is_signed { "signed" } else { "candidate" });
    row.date("signed_on", is_signed.then(|| calendar.days_away(-draw.between(30, 500))));
    row.date("valid_until", is_signed.then(|| calendar.days_away(draw.between(-20, 400))));
    row.put("commission", if is_signed { Value::Decimal(Decimal::from(draw.between(3, 15))) } else { Value::Empty });
    row.signed(calendar, -WORK_DAY, -WORK_DAY, world.user(Some(1)));
    row
}

fn expense(world: &World, id: Id, at: i64, (subject, kind, amount): (&str, &str, i64), status: &str) -> Row {
    let mut row = Row::new(id, world.calendar.day(at));
    row.put("code", Value::Empty);
    row.text("subject", subject);
    row.choice("kind", kind);
    row.put("amount", yuan(amount));
    row.date("date", Some(world.calendar.day(at)));
    row.choice("status", status);
    row
}

fn cost(world: &World, campaign: usize, number: usize) -> Row {
    let (_, _, ago, _, budget) = CAMPAIGNS.get(campaign).copied().unwrap_or_default();
    let (subject, kind, share) = EXPENSES.get(number).copied().unwrap_or_default();
    let at = (world.calendar.now - ago * WORK_DAY).clamp(0, world.calendar.now - 1);
    let mut draw = Draw::new(world.seed, TOPIC + 92, (campaign * EXPENSES.len() + number) as u64);
    let amount = budget * share * draw.between(80, 125) / 10_000;
    let status = if ago < 0 { "planned" } else { draw.weighted(&[("reimbursed", 60), ("incurred", 40)]) };
    let id = world.own_id(Table::Expense, campaign * EXPENSES.len() + number);
    let mut row = expense(world, id, at, (subject, kind, amount), status);
    row.refer("customer", None);
    row.refer("campaign", Some(world.own_id(Table::Campaign, campaign)));
    row.refer("owner", world.user(Some(MANAGER)));
    row.signed(&world.calendar, at, at, world.user(Some(MANAGER)));
    row
}

fn trip(world: &World, index: u64) -> Row {
    let customer = company::customer(world, index);
    let mut draw = Draw::new(world.seed, TOPIC + 93, index);
    let at = draw.between(customer.created, world.calendar.now - 1);
    let (subject, kind, usual) = draw.pick(TRIPS);
    let status = draw.weighted(&[("reimbursed", 60), ("incurred", 30), ("planned", 10)]);
    let amount = usual * draw.between(50, 180) / 100;
    let id = world.id(Table::Expense, customer.created, 0);
    let mut row = expense(world, id, at, (subject, kind, amount), status);
    row.refer("customer", Some(customer.id));
    row.refer("campaign", None);
    row.refer("owner", world.user(customer.owner));
    row.signed(&world.calendar, at, at, world.user(customer.owner));
    row
}
