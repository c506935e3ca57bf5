//! Customers.

use super::company::{self, Customer, Place};
use super::draw::Draw;
use super::happening::{self, Deal, Visit};
use super::own::PRODUCTS;
use super::row::Row;
use super::service;
use super::tax;
use super::world::{Table, World};
use crate::crm::mnemonic;
use crate::domain::value::Value;

const TYPES: &[(&str, u32)] = &[("end_customer", 72), ("distributor", 16), ("partner", 9), ("public_interest", 3)];
const LEVELS: &[(&str, u32)] = &[("A", 9), ("B", 24), ("C", 46), ("D", 17), ("", 4)];
const SOURCES: &[(&str, u32)] = &[
    ("referral", 18),
    ("website", 16),
    ("search_engine", 12),
    ("social", 8),
    ("exhibition", 16),
    ("campaign", 8),
    ("cold_call", 12),
    ("visit", 5),
    ("partner", 4),
    ("other", 1),
];
const BANKS: &[&str] = &[
    "中国工商银行",
    "中国建设银行",
    "中国农业银行",
    "中国银行",
    "交通银行",
    "招商银行",
    "中信银行",
    "浦发银行",
    "兴业银行",
    "民生银行",
];
const TAGS: &[&str] =
    &["重点跟进", "老客户", "年框", "展会", "决策快", "价格敏感", "战略客户", "有竞品", "待续约", "标杆案例"];
const INTERESTS: &[&str] = &["篮球", "羽毛球", "跑步", "钓鱼", "茶", "摄影", "阅读", "自驾", "高尔夫", "登山"];
const TIMES: &[&str] = &["上午 10 点后", "下午 2–5 点", "周一除外", "工作日晚上", "随时"];
const WAYS: &[&str] = &["phone", "wechat", "email", "visit", "online_meeting"];
const REMARKS: &[&str] = &[
    "年初有扩产计划，预算在二季度批。",
    "采购流程较长，需提前两个月报价。",
    "对交期要求严格，曾因延期更换供应商。",
    "总部统一采购，分公司只能推荐。",
    "技术部门认可，商务待推进。",
    "由老客户介绍，信任度高。",
    "付款习惯良好，可给月结。",
    "正在使用竞品，合同明年到期。",
    "希望先做一条产线的试点。",
    "关注售后响应速度，要求本地支持。",
];
const LATIN_REMARKS: &[&str] = &[
    "Budget is approved every April.",
    "Decides centrally; the local office can only recommend.",
    "Asked for a pilot on one line first.",
    "Uses a competitor's product until next year.",
    "Wants local support within 24 hours.",
    "Introduced by a long-standing customer.",
    "Payment terms must be agreed with the head office.",
    "Interested in an annual frame contract.",
];

/// All customers.
pub(super) fn rows(world: &World) -> impl Iterator<Item = Row> + '_ {
    (0..world.sizes.customers).map(|index| row(world, index))
}

fn row(world: &World, index: u64) -> Row {
    let customer = company::customer(world, index);
    let deals = happening::deals(world, index, customer.created);
    let visits = happening::visits(world, index, customer.created, &deals);
    let mut draw = world.draw(Table::Customer, index);
    let mut row = Row::new(customer.id, world.calendar.day(customer.created));
    // The one that guides and examples can name is a good one.
    let status = if index == 0 { "formal" } else { status(&mut draw, &deals) };
    basic(world, &mut row, &mut draw, &customer, status);
    contact(&mut row, &mut draw, &customer);
    finance(world, &mut row, &mut draw, &customer, status);
    profile(world, &mut row, &mut draw);
    other(world, &mut row, &mut draw, &customer, &visits);
    let seen = visits.iter().filter_map(|v| v.at);
    let moved = deals.iter().map(|d| d.closed.unwrap_or(d.opened));
    let edited = draw.between(customer.created, world.calendar.now - 1);
    // Some are never touched after they were entered.
    let edited = if draw.chance(30) { customer.created } else { edited };
    let updated = seen.chain(moved).chain([edited]).max().unwrap_or(edited);
    row.signed(&world.calendar, customer.created, updated, world.user(customer.owner));
    row
}

/// The type of the customer at an index.
pub(super) fn kind(world: &World, index: u64, deals: &[Deal]) -> &'static str {
    let mut draw = world.draw(Table::Customer, index);
    if index != 0 {
        status(&mut draw, deals);
    }
    draw.weighted(TYPES)
}

fn status(draw: &mut Draw, deals: &[Deal]) -> &'static str {
    let won = deals.iter().any(|d| d.stage == "won");
    let open = deals.iter().any(|d| d.closed.is_none());
    match (won, open) {
        (true, _) => draw.weighted(&[("formal", 94), ("lost", 6)]),
        (_, true) => draw.weighted(&[("potential", 70), ("prospective", 22), ("formal", 8)]),
        _ => draw.weighted(&[("prospective", 48), ("potential", 28), ("formal", 16), ("lost", 8)]),
    }
}

fn basic(world: &World, row: &mut Row, draw: &mut Draw, customer: &Customer, status: &str) {
    let company = &customer.company;
    row.put("code", Value::Empty);
    row.text("name", company.name.as_str());
    row.text("short_name", company.short.as_str());
    row.text("mnemonic", mnemonic::mnemonic(&company.name));
    row.choice("type", draw.weighted(TYPES));
    row.refer("class", service::class_of(world, company.index));
    row.choice("status", status);
    row.choice("level", if company.index == 0 { "A" } else { draw.weighted(LEVELS) });
    row.choice("industry", company.industry);
    row.text("region", company.region());
    row.text(
        "city",
        match &company.place {
            Place::Home(city) => city.name,
            Place::Abroad(place) => place.city,
        },
    );
    let address = company.address(draw);
    row.text("registered_address", if draw.chance(60) { address.as_str() } else { "" });
    // Each doubling is about as likely as the next: 8 to 8,000 people.
    let scale = 1i64 << draw.below(10);
    let employees = scale * draw.between(8, 15);
    row.choice(
        "size",
        match employees {
            ..20 => "micro",
            20..100 => "small",
            100..500 => "medium",
            500..2000 => "large",
            _ => "huge",
        },
    );
    row.number("employees", draw.chance(85).then_some(employees));
    let year = i64::from(world.calendar.today.year());
    row.number("founded", draw.chance(80).then(|| year - 1 - draw.between(0, 34).min(draw.between(0, 60))));
    let parent = (customer.company.index > 10 && draw.chance(3)).then(|| draw.below(customer.company.index));
    row.refer(
        "parent",
        parent.map(|at| world.id(Table::Customer, world.spread(Table::Customer, at, world.sizes.customers), 0)),
    );
    row.text("address", address);
    let revenue = employees * draw.between(20, 90);
    row.money("annual_revenue", draw.chance(55).then(|| round(revenue * 10_000)));
}

fn contact(row: &mut Row, draw: &mut Draw, customer: &Customer) {
    let company = &customer.company;
    row.text("phone", company.phone(draw));
    let box_name = draw.pick(&["info", "contact", "sales", "office", "service"]);
    row.text("email", if draw.chance(75) { format!("{box_name}@{}", company.domain) } else { String::new() });
    row.text("website", if draw.chance(80) { format!("https://www.{}", company.domain) } else { String::new() });
    row.text("fax", if draw.chance(12) { company.phone(draw) } else { String::new() });
    row.text(
        "postcode",
        match &company.place {
            Place::Home(city) => city.postcode.to_owned(),
            Place::Abroad(_) => draw.digits(5),
        },
    );
}

fn finance(world: &World, row: &mut Row, draw: &mut Draw, customer: &Customer, status: &str) {
    let company = &customer.company;
    let known = status == "formal" || draw.chance(65);
    let number = match &company.place {
        Place::Home(city) => tax::credit_code(world.seed, company.index, city.division),
        Place::Abroad(place) => tax::foreign(draw, place.tax),
    };
    row.text("tax_number", if known { number } else { String::new() });
    row.text("invoice_title", if known { company.name.as_str() } else { "" });
    let banked = status == "formal" || draw.chance(25);
    let (bank, account) = match &company.place {
        Place::Home(city) => {
            let district = city.districts.split(' ').next().unwrap_or(city.name);
            let branch = district.trim_end_matches(['区', '镇', '市']);
            (format!("{}{}{branch}支行", draw.pick(BANKS), city.name), draw.digits(19))
        }
        Place::Abroad(place) => {
            (format!("{} Commercial Bank", place.city), format!("{}{}", place.tax, draw.digits(16)))
        }
    };
    row.text("bank", if banked { bank } else { String::new() });
    row.text("bank_account", if banked { account } else { String::new() });
    let credit =
        (status == "formal" && draw.chance(65)).then(|| 10_000 * draw.pick(&[2, 5, 5, 10, 10, 20, 30, 50, 100, 200]));
    row.money("credit_limit", credit);
    let term = draw.pick(&[15, 30, 30, 30, 45, 60, 60, 90]);
    row.number("credit_term", credit.map(|_| term));
}

fn profile(world: &World, row: &mut Row, draw: &mut Draw) {
    row.choices("interests", if draw.chance(12) { some(draw, INTERESTS, 2) } else { Vec::new() });
    row.text("contact_time", if draw.chance(20) { draw.pick(TIMES) } else { "" });
    row.choices("communication", if draw.chance(45) { some(draw, WAYS, 2) } else { Vec::new() });
    let mut products: Vec<usize> = match draw.chance(40) {
        true => (0..draw.between(1, 3)).map(|_| draw.below(PRODUCTS.len() as u64) as usize).collect(),
        false => Vec::new(),
    };
    products.sort_unstable();
    products.dedup();
    row.refers("products", products.into_iter().map(|at| world.own_id(Table::Product, at)).collect());
    row.choices("tags", if draw.chance(35) { some(draw, TAGS, 3) } else { Vec::new() });
}

fn other(world: &World, row: &mut Row, draw: &mut Draw, customer: &Customer, visits: &[Visit]) {
    row.choice("source", draw.weighted(SOURCES));
    row.refer("owner", world.user(customer.owner));
    row.refer("department", world.department_of(customer.owner));
    row.moment("last_contact", happening::latest(visits.iter()).map(|v| v.moment));
    let next = draw.chance(35).then(|| world.calendar.days_away(draw.between(-6, 30)));
    row.date("next_contact", next);
    let remark = draw.pick(customer.company.either(REMARKS, LATIN_REMARKS));
    row.text("remark", if draw.chance(30) { remark } else { "" });
}

/// Up to so many different ones of a list, in its order.
pub(super) fn some(draw: &mut Draw, list: &[&'static str], most: i64) -> Vec<&'static str> {
    let picked: Vec<&str> = (0..draw.between(1, most)).map(|_| draw.pick(list)).collect();
    list.iter().copied().filter(|one| picked.contains(one)).collect()
}

/// An amount as people say it: two significant digits.
pub(super) fn round(amount: i64) -> i64 {
    let step = 10i64.pow(amount.max(1).ilog10().saturating_sub(1));
    (amount + step / 2) / step * step
}
