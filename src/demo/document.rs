//! Quotes, contracts, orders and payments of deals: most won ones are documented, and some open ones are quoted.

use super::company::{self, Customer};
use super::draw::Draw;
use super::happening::{self, Deal};
use super::own::PRODUCTS;
use super::row::Row;
use super::world::{Table, World};
use crate::domain::id::Id;
use crate::domain::instalment;
use crate::domain::value::{Money, Value};
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

const PAPERS: u64 = 700;
/// Ids beside the products' for the own company, the price list and its prices.
const COMPANY: usize = 900;
const PRICE_LIST: usize = 901;
const FIRST_PRICE: usize = 910;
const FOUNDED: i64 = -super::calendar::WORK_DAY;

/// A line of all documents of a deal.
#[derive(Debug, Clone, Copy)]
struct Line {
    product: usize,
    quantity: i64,
    /// Percent off.
    discount: i64,
}

/// A part of what is to be paid.
#[derive(Debug, Clone, Copy)]
struct Part {
    percent: i64,
    due: Date,
    /// When it came, and how many percent of it.
    paid: Option<(Date, i64)>,
}

/// The papers of a deal in outline.
#[derive(Debug, Clone)]
struct Papers {
    deal: Deal,
    quoted: Date,
    status: &'static str,
    lines: Vec<Line>,
    has_contract: bool,
    /// The order's day and its payments; none while the deal is open.
    order: Option<(Date, Vec<Part>)>,
}

/// The papers of a customer's deals.
fn outline(world: &World, index: u64) -> Vec<Papers> {
    if happening::deal_count(world, index) == 0 {
        return Vec::new();
    }
    let created = world.spread(Table::Customer, index, world.sizes.customers);
    let deals = happening::deals(world, index, created);
    deals.into_iter().filter_map(|deal| papers(world, index, deal)).collect()
}

fn papers(world: &World, index: u64, deal: Deal) -> Option<Papers> {
    let mut draw = Draw::new(world.seed, PAPERS, index * 64 + deal.number);
    let is_won = deal.stage == "won";
    let share = match deal.stage {
        "won" => 75,
        "negotiation" => 60,
        "proposal" => 40,
        _ => 0,
    };
    if !draw.chance(if world.sizes.is_small() { share } else { share * 2 / 3 }) {
        return None;
    }
    let calendar = &world.calendar;
    let close = deal.closed.map_or(calendar.today, |at| calendar.day(at));
    let opened = calendar.day(deal.opened);
    let quoted = close.saturating_sub(draw.between(3, 25).days()).max(opened);
    let mut lines = vec![Line { product: deal.product, quantity: 1, discount: 0 }];
    for _ in 0..draw.below(3) {
        lines.push(Line { product: draw.below(PRODUCTS.len() as u64) as usize, quantity: 1, discount: 0 });
    }
    for line in &mut lines {
        let price = PRODUCTS.get(line.product).map_or(0, |p| p.price);
        line.quantity = match price {
            ..1_000 => draw.between(10, 120),
            1_000..10_000 => draw.between(2, 20),
            10_000..60_000 => draw.between(1, 4),
            _ => 1,
        };
        line.discount = draw.weighted(&[(0, 60), (5, 20), (10, 14), (20, 6)]);
    }
    let status = match (is_won, draw.below(10)) {
        (true, _) => "accepted",
        (false, 0..3) => "draft",
        _ => "sent",
    };
    let has_contract = is_won && draw.chance(40);
    let order = is_won.then(|| (close, parts(&mut draw, close, calendar.today)));
    Some(Papers { deal, quoted, status, lines, has_contract, order })
}

fn parts(draw: &mut Draw, ordered: Date, today: Date) -> Vec<Part> {
    let plan: &[(i64, i64)] = if draw.chance(55) { &[(30, 15), (70, 60)] } else { &[(40, 10), (30, 45), (30, 90)] };
    let one = |&(percent, days): &(i64, i64)| {
        let due = ordered.saturating_add(days.days());
        let (late, roll) = (draw.between(-3, 9), draw.below(100));
        let came = due.saturating_add(late.days()).clamp(ordered, today);
        let paid = match roll {
            _ if due > today => None,
            0..84 => Some((came, 100)),
            84..92 => Some((came, 50)),
            _ => None,
        };
        Part { percent, due, paid }
    };
    plan.iter().map(one).collect()
}

impl Papers {
    fn total(&self) -> Decimal {
        let amount = |line: &Line| {
            let price = Decimal::from(PRODUCTS.get(line.product).map_or(0, |p| p.price));
            let off = Decimal::from(100 - line.discount) / Decimal::ONE_HUNDRED;
            let amount = price * Decimal::from(line.quantity) * off;
            amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        };
        self.lines.iter().map(amount).sum()
    }

    fn amounts(&self, parts: &[Part]) -> Vec<Decimal> {
        let weights: Vec<Decimal> = parts.iter().map(|p| Decimal::from(p.percent)).collect();
        instalment::split(self.total(), &weights).unwrap_or_default()
    }

    fn order_status(&self, today: Date) -> &'static str {
        let Some((day, parts)) = &self.order else { return "open" };
        let is_paid = parts.iter().all(|p| p.paid.is_some_and(|(_, percent)| percent == 100));
        match () {
            () if is_paid => "closed",
            () if day.saturating_add(30.days()) < today => "delivered",
            () => "open",
        }
    }
}

/// How many records of a table come with a customer.
pub(super) fn count(world: &World, table: Table, index: u64) -> u64 {
    let of = |papers: &Papers| -> usize {
        let ordered = papers.order.as_ref();
        match table {
            Table::Quote => 1,
            Table::QuoteLine => papers.lines.len(),
            Table::Contract => usize::from(papers.has_contract),
            Table::ContractLine if papers.has_contract => papers.lines.len(),
            Table::Order | Table::Delivery => usize::from(ordered.is_some()),
            Table::OrderLine if ordered.is_some() => papers.lines.len(),
            Table::PaymentPlan => ordered.map_or(0, |(_, parts)| parts.len()),
            Table::Payment => ordered.map_or(0, |(_, parts)| parts.iter().filter(|p| p.paid.is_some()).count()),
            _ => 0,
        }
    };
    outline(world, index).iter().map(of).sum::<usize>() as u64
}

/// All records of a table of documents.
pub(super) fn rows(world: &World, table: Table) -> Box<dyn Iterator<Item = Row> + '_> {
    Box::new((0..world.sizes.customers).flat_map(move |index| {
        let outline = outline(world, index);
        if outline.is_empty() {
            return Vec::new();
        }
        let customer = company::customer(world, index);
        outline.iter().flat_map(|papers| Writer { world, customer: &customer, papers }.rows(table)).collect()
    }))
}

/// Makes the rows of one deal's papers.
struct Writer<'a> {
    world: &'a World,
    customer: &'a Customer,
    papers: &'a Papers,
}

/// The kinds of documents, as their ids tell them apart.
const QUOTE: u64 = 0;
const CONTRACT: u64 = 1;
const ORDER: u64 = 2;

impl Writer<'_> {
    fn rows(&self, table: Table) -> Vec<Row> {
        let lines = |kind, parent| -> Vec<Row> {
            (0u64..).zip(&self.papers.lines).map(|(at, line)| self.line(kind, parent, at, line)).collect()
        };
        let ordered = self.papers.order.is_some();
        match table {
            Table::Quote => vec![self.quote()],
            Table::QuoteLine => lines(QUOTE, "quote"),
            Table::Contract if self.papers.has_contract => vec![self.contract()],
            Table::ContractLine if self.papers.has_contract => lines(CONTRACT, "contract"),
            Table::Order if ordered => vec![self.order()],
            Table::OrderLine if ordered => lines(ORDER, "order"),
            Table::Delivery if ordered => vec![self.delivery()],
            Table::PaymentPlan => self.plans(),
            Table::Payment => self.payments(),
            _ => Vec::new(),
        }
    }

    /// In moments of customers nothing else takes the places of departments, people and products.
    fn id(&self, place: Table, number: u64) -> Id {
        self.world.id(place, self.customer.created, number)
    }

    fn document(&self, kind: u64) -> Id {
        self.id(Table::Department, kind * 64 + self.papers.deal.number)
    }

    fn paid(&self, number: u64) -> Id {
        self.id(Table::Product, self.papers.deal.number * 16 + number)
    }

    fn contract_id(&self) -> Option<Id> {
        self.papers.has_contract.then(|| self.document(CONTRACT))
    }

    fn order_id(&self) -> Option<Id> {
        self.papers.order.as_ref().map(|_| self.document(ORDER))
    }

    fn signed(&self, mut row: Row) -> Row {
        let at = self.papers.deal.closed.unwrap_or(self.world.calendar.now - 1);
        row.signed(&self.world.calendar, self.papers.deal.opened.min(at), at, self.world.user(self.customer.owner));
        row
    }

    fn head(&self, row: &mut Row, date: Date) {
        let deal = &self.papers.deal;
        row.refer("opportunity", Some(happening::deal_id(self.world, self.customer, deal)));
        row.refer("customer", Some(self.customer.id));
        row.refer("contact", Some(happening::contact_id(self.world, self.customer, deal.contact)));
        row.date("date", Some(date));
        row.choice("currency", "CNY");
        row.put("tax_included", Value::Boolean(true));
        row.refer("owner", self.world.user(self.customer.owner));
        let terms = ("预付 30%，余款货到 60 天内付清", "30 % in advance, the rest within 60 days");
        row.text("payment_terms", self.customer.company.either(terms.0, terms.1));
    }

    fn subject(&self) -> String {
        super::opportunity::title(self.customer, &self.papers.deal)
    }

    fn quote(&self) -> Row {
        let papers = self.papers;
        let mut row = Row::new(self.document(QUOTE), papers.quoted);
        row.put("code", Value::Empty);
        row.text("subject", self.subject());
        self.head(&mut row, papers.quoted);
        row.choice("status", papers.status);
        row.date("valid_until", Some(papers.quoted.saturating_add(30.days())));
        row.refer("contract", self.contract_id());
        row.refer("order", self.order_id());
        self.signed(row)
    }

    fn contract(&self) -> Row {
        let day = self.papers.order.as_ref().map_or(self.papers.quoted, |(day, _)| *day);
        let mut row = Row::new(self.document(CONTRACT), day);
        row.put("code", Value::Empty);
        row.text("name", self.subject());
        self.head(&mut row, day);
        row.choice("status", "signed");
        row.date("signed_on", Some(day));
        row.date("start", Some(day));
        row.date("end", Some(day.saturating_add(1.year())));
        row.refer("quote", Some(self.document(QUOTE)));
        row.refer("order", self.order_id());
        self.signed(row)
    }

    fn order(&self) -> Row {
        let day = self.papers.order.as_ref().map_or(self.papers.quoted, |(day, _)| *day);
        let mut row = Row::new(self.document(ORDER), day);
        row.put("code", Value::Empty);
        row.text("subject", self.subject());
        self.head(&mut row, day);
        row.choice("status", self.papers.order_status(self.world.calendar.today));
        row.date("delivery_date", Some(day.saturating_add(30.days())));
        row.refer("quote", Some(self.document(QUOTE)));
        row.refer("contract", self.contract_id());
        self.signed(row)
    }

    fn line(&self, kind: u64, parent: &'static str, at: u64, line: &Line) -> Row {
        let product = PRODUCTS.get(line.product).copied().unwrap_or_default();
        let id = self.id(Table::User, self.papers.deal.number * 16 + kind * 5 + at);
        let mut row = Row::new(id, self.papers.quoted);
        row.refer(parent, Some(self.document(kind)));
        row.refer("product", Some(self.world.own_id(Table::Product, line.product)));
        let company = &self.customer.company;
        row.text("name", if company.is_latin() { product.latin } else { product.name });
        row.put("quantity", Value::Decimal(Decimal::from(line.quantity)));
        row.text("unit", product.unit);
        row.put("price", Value::Decimal(Decimal::from(product.price)));
        let off = (line.discount > 0).then(|| Value::Decimal(Decimal::from(line.discount)));
        row.put("discount", off.unwrap_or_default());
        row.put("tax_rate", Value::Decimal(Decimal::from(13)));
        row.put("tax_included", Value::Boolean(true));
        row.put("floor", Value::Decimal(Decimal::from(product.price * 85 / 100)));
        self.signed(row)
    }

    fn delivery(&self) -> Row {
        let ordered = self.papers.order.as_ref().map_or(self.papers.quoted, |(day, _)| *day);
        let day = ordered.saturating_add(30.days());
        let done = day < self.world.calendar.today;
        let product = PRODUCTS.get(self.papers.deal.product).copied().unwrap_or_default();
        let mut row = Row::new(self.paid(15), day);
        row.refer("order", self.order_id());
        row.refer("product", Some(self.world.own_id(Table::Product, self.papers.deal.product)));
        row.text("name", product.name);
        let quantity = self.papers.lines.first().map_or(1, |l| l.quantity);
        row.put("quantity", Value::Decimal(Decimal::from(quantity)));
        row.date("date", Some(day));
        row.put("done", Value::Boolean(done));
        row.date("done_on", done.then_some(day));
        self.signed(row)
    }

    /// The parts with their number and amount.
    fn parts(&self) -> Vec<(u64, Part, Decimal)> {
        let Some((_, parts)) = &self.papers.order else { return Vec::new() };
        let amounts = self.papers.amounts(parts);
        (0u64..).zip(parts).zip(amounts).map(|((at, part), amount)| (at, *part, amount)).collect()
    }

    fn about(&self, row: &mut Row) {
        row.refer("order", self.order_id());
        row.refer("opportunity", Some(happening::deal_id(self.world, self.customer, &self.papers.deal)));
        row.refer("customer", Some(self.customer.id));
        row.refer("owner", self.world.user(self.customer.owner));
    }

    fn plans(&self) -> Vec<Row> {
        let parts = self.parts();
        let count = parts.len();
        let plan = |(at, part, amount): (u64, Part, Decimal)| {
            let mut row = Row::new(self.paid(at), part.due);
            row.text("name", format!("{}/{count} {}%", at + 1, part.percent));
            self.about(&mut row);
            row.date("due", Some(part.due));
            row.put("amount", yuan(amount));
            self.signed(row)
        };
        parts.into_iter().map(plan).collect()
    }

    fn payments(&self) -> Vec<Row> {
        let paid = |(at, part, amount): (u64, Part, Decimal)| {
            let (day, percent) = part.paid?;
            let mut row = Row::new(self.paid(5 + at), day);
            row.put("code", Value::Empty);
            row.refer("plan", Some(self.paid(at)));
            self.about(&mut row);
            row.date("date", Some(day));
            let share = amount * Decimal::from(percent) / Decimal::ONE_HUNDRED;
            row.put("amount", yuan(share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)));
            row.choice("method", "transfer");
            Some(self.signed(row))
        };
        self.parts().into_iter().filter_map(paid).collect()
    }
}

fn yuan(amount: Decimal) -> Value {
    Value::Money(Money { amount: amount.normalize(), currency: "CNY".to_owned() })
}

/// The own company, as documents show it.
pub(super) fn company(world: &World) -> Row {
    let mut row = Row::new(world.own_id(Table::Product, COMPANY), world.calendar.day(FOUNDED));
    row.text("name", "星河智联科技有限公司");
    row.text("english_name", "Xinghe Connected Machines Co., Ltd.");
    row.text("address", "上海市浦东新区示范路 100 号");
    row.text("phone", "021-5550 0100");
    row.text("email", "sales@xinghe.example");
    row.text("website", "https://xinghe.example");
    row.text("tax_number", "91310115MA1K000000");
    row.text("bank", "示范银行上海分行");
    row.text("bank_account", "6200 0000 0000 0000");
    row.signed(&world.calendar, FOUNDED, FOUNDED, None);
    row
}

/// The price list for great customers.
pub(super) fn price_list(world: &World) -> Row {
    let mut row = Row::new(world.own_id(Table::Product, PRICE_LIST), world.calendar.day(FOUNDED));
    row.text("name", "大客户价格");
    row.choice("currency", "CNY");
    row.put("active", Value::Boolean(true));
    row.signed(&world.calendar, FOUNDED, FOUNDED, None);
    row
}

/// Its prices: a tenth off, whole yuan.
pub(super) fn prices(world: &World) -> impl Iterator<Item = Row> + '_ {
    PRODUCTS.iter().enumerate().map(|(at, product)| {
        let mut row = Row::new(world.own_id(Table::Product, FIRST_PRICE + at), world.calendar.day(FOUNDED));
        row.refer("price_list", Some(world.own_id(Table::Product, PRICE_LIST)));
        row.refer("product", Some(world.own_id(Table::Product, at)));
        row.text("name", product.name);
        row.put("price", Value::Decimal(Decimal::from(product.price * 9 / 10)));
        row.put("floor", Value::Decimal(Decimal::from(product.price * 8 / 10)));
        row.signed(&world.calendar, FOUNDED, FOUNDED, None);
        row
    })
}
