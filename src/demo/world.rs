//! What all made-up records share: the seed, the calendar, the own people and products, and the ids.

use super::Sizes;
use super::calendar::{Calendar, WORK_DAY};
use super::draw::Draw;
use super::person;
use super::word;
use crate::domain::id::{Id, IdSource};
use jiff::Zoned;
use std::collections::BTreeSet;

/// What is made up. In order of the references between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Departments of the own company.
    Department,
    /// Its people.
    User,
    /// Its products.
    Product,
    /// Customers.
    Customer,
    /// Their contacts.
    Contact,
    /// Their opportunities.
    Opportunity,
    /// Leads.
    Lead,
    /// Activities.
    Activity,
    /// Tasks.
    Task,
    /// Moves to other owners.
    OwnerChange,
    /// Changes of stage.
    StageChange,
    /// Reminders made by hand.
    Reminder,
    /// Sales plans.
    SalesPlan,
    /// The own company as documents show it.
    OwnCompany,
    /// Price lists.
    PriceList,
    /// Their prices.
    PriceListItem,
    /// Quotes. They also refer to the contracts and orders made of them.
    Quote,
    /// Lines of quotes.
    QuoteLine,
    /// Contracts.
    Contract,
    /// Lines of contracts.
    ContractLine,
    /// Orders.
    Order,
    /// Lines of orders.
    OrderLine,
    /// Deliveries.
    Delivery,
    /// Payment plans.
    PaymentPlan,
    /// Payments.
    Payment,
    /// Classes of customers.
    CustomerClass,
    /// Campaigns.
    Campaign,
    /// Competitors.
    Competitor,
    /// Relations between customers.
    CustomerRelation,
    /// Partners.
    Partner,
    /// What customers bought.
    InstalledProduct,
    /// Service requests.
    Case,
    /// Counts of distributors' stock.
    DistributorStock,
    /// Members of campaigns.
    CampaignMember,
    /// Where competitors are met.
    Competition,
    /// Expenses.
    Expense,
    /// Pools of records without an owner.
    Pool,
    /// Roles of the own people.
    Role,
    /// Their rights.
    Right,
    /// Their rights over fields.
    FieldRight,
}

impl Table {
    /// All of them; records only refer to those of tables before, and of their own.
    pub const ALL: [Table; 40] = [
        Table::Role,
        Table::Right,
        Table::FieldRight,
        Table::Department,
        Table::User,
        Table::Product,
        Table::CustomerClass,
        Table::Campaign,
        Table::Competitor,
        Table::Customer,
        Table::Contact,
        Table::Opportunity,
        Table::Lead,
        Table::Activity,
        Table::Task,
        Table::OwnerChange,
        Table::StageChange,
        Table::Reminder,
        Table::SalesPlan,
        Table::OwnCompany,
        Table::PriceList,
        Table::PriceListItem,
        Table::Quote,
        Table::QuoteLine,
        Table::Contract,
        Table::ContractLine,
        Table::Order,
        Table::OrderLine,
        Table::Delivery,
        Table::PaymentPlan,
        Table::Payment,
        Table::CustomerRelation,
        Table::Partner,
        Table::InstalledProduct,
        Table::Case,
        Table::DistributorStock,
        Table::CampaignMember,
        Table::Competition,
        Table::Expense,
        Table::Pool,
    ];

    /// The object's name.
    pub fn object(self) -> &'static str {
        match self {
            Table::Department => "department",
            Table::User => "user",
            Table::Product => "product",
            Table::Customer => "customer",
            Table::Contact => "contact",
            Table::Opportunity => "opportunity",
            Table::Lead => "lead",
            Table::Activity => "activity",
            Table::Task => "task",
            Table::OwnerChange => "owner_change",
            Table::StageChange => "stage_change",
            Table::Reminder => "reminder",
            Table::SalesPlan => "sales_plan",
            Table::OwnCompany => "own_company",
            Table::PriceList => "price_list",
            Table::PriceListItem => "price_list_item",
            Table::Quote => "quote",
            Table::QuoteLine => "quote_line",
            Table::Contract => "contract",
            Table::ContractLine => "contract_line",
            Table::Order => "order",
            Table::OrderLine => "order_line",
            Table::Delivery => "delivery",
            Table::PaymentPlan => "payment_plan",
            Table::Payment => "payment",
            Table::CustomerClass => "customer_class",
            Table::Campaign => "campaign",
            Table::Competitor => "competitor",
            Table::CustomerRelation => "customer_relation",
            Table::Partner => "partner",
            Table::InstalledProduct => "installed_product",
            Table::Case => "case",
            Table::DistributorStock => "distributor_stock",
            Table::CampaignMember => "campaign_member",
            Table::Competition => "competition",
            Table::Expense => "expense",
            Table::Pool => "pool",
            Table::Role => "role",
            Table::Right => "right",
            Table::FieldRight => "field_right",
        }
    }
}

/// Bits of an id for the record's number beside others made in the same moment, and for chance.
const NUMBER_BITS: u32 = 10;
const CHANCE_BITS: u32 = 8;
/// Tables that an id of one millisecond can tell apart.
const TABLES: u64 = 16;

/// Someone of the own company.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Colleague {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) position: &'static str,
    pub(super) department: usize,
    pub(super) supervisor: Option<usize>,
}

/// The sales manager's place among the people.
pub(super) const SALES_MANAGER: usize = 1;
/// The first salesperson's place.
pub(super) const FIRST_SELLER: usize = 9;
/// The first sales team's place among the departments.
pub(super) const FIRST_TEAM: usize = 6;
const TEAMS: usize = 5;
/// Name, login, position, department, supervisor.
const STAFF: [(&str, &str, &str, usize, Option<usize>); FIRST_SELLER] = [
    ("赵建国", "zhaojianguo", "总经理", 0, None),
    ("张三", "zhangsan", "销售经理", 1, Some(0)),
    ("李四", "lisi", "工程经理", 2, Some(0)),
    ("王五", "wangwu", "财务主管", 3, Some(0)),
    ("孙晓梅", "sunxiaomei", "市场经理", 4, Some(0)),
    ("周文博", "zhouwenbo", "客服主管", 5, Some(0)),
    ("郑凯", "zhengkai", "工程师", 2, Some(2)),
    ("冯雨晴", "fengyuqing", "实施顾问", 2, Some(2)),
    ("吴倩", "wuqian", "会计", 3, Some(3)),
];

/// The made-up world: a function of seed, sizes and day.
#[derive(Debug)]
pub struct World {
    pub(super) seed: u64,
    pub(super) sizes: Sizes,
    pub(super) calendar: Calendar,
    pub(super) people: Vec<Colleague>,
    pub(super) first: Vec<char>,
    pub(super) second: Vec<char>,
    pub(super) third: Vec<char>,
}

impl World {
    /// The world of a seed as it stands on a day; of `now` only its date and its zone's distance from UTC count.
    pub fn new(seed: u64, sizes: Sizes, now: &Zoned) -> World {
        let people = people(seed, sizes.salespeople);
        let calendar = Calendar::new(now);
        let [first, second, third] = [word::FIRST, word::SECOND, word::THIRD].map(distinct);
        World { seed, sizes, calendar, people, first, second, third }
    }

    /// The chance of one record.
    pub(super) fn draw(&self, topic: Table, index: u64) -> Draw {
        Draw::new(self.seed, topic as u64, index)
    }

    /// The id of the `number`-th record of a table made in a moment of the calendar. Moments of different customers
    /// (or leads) differ, so ids do.
    pub(super) fn id(&self, table: Table, created: i64, number: u64) -> Id {
        // A table's number has the bits that an id has left for it, and a millisecond for each round of them.
        let (round, table) = (table as u64 / TABLES, table as u64 % TABLES);
        let ms = self.calendar.millis(created) + round as i64;
        let chance = Draw::new(self.seed, ms.unsigned_abs(), number).below(1 << CHANCE_BITS);
        let number = number & ((1 << NUMBER_BITS) - 1);
        IdSource::default().next(ms, (table << NUMBER_BITS | number) << CHANCE_BITS | chance)
    }

    /// The id of someone of the own company, a department or a product.
    pub(super) fn own_id(&self, table: Table, at: usize) -> Id {
        self.id(table, -WORK_DAY, at as u64)
    }

    /// The `index`-th of `count` moments that are spread evenly over the calendar, in order.
    pub(super) fn spread(&self, table: Table, index: u64, count: u64) -> i64 {
        let edge = |at: u64| (i128::from(self.calendar.now) * i128::from(at) / i128::from(count.max(1))) as i64;
        let (from, to) = (edge(index), edge(index + 1));
        Draw::new(self.seed ^ 0x5EED, table as u64, index).between(from, (to - 1).max(from))
    }

    /// The places of one customer in so many.
    pub(super) fn every(&self, each: u64) -> impl Iterator<Item = u64> + use<> {
        (0..self.sizes.customers.div_ceil(each)).map(move |number| number * each)
    }

    /// A salesperson for a team's region; now and then nobody, or the manager himself.
    pub(super) fn seller(&self, draw: &mut Draw, team: usize) -> Option<usize> {
        let roll = draw.below(100);
        let sellers = self.people.len() - FIRST_SELLER.min(self.people.len());
        let of_team = (sellers + TEAMS - 1 - team.min(TEAMS - 1)) / TEAMS;
        match roll {
            0..2 => None,
            2..8 => Some(SALES_MANAGER),
            _ if of_team == 0 => Some(SALES_MANAGER),
            _ => Some(FIRST_SELLER + team + TEAMS * draw.below(of_team as u64) as usize),
        }
    }

    /// The id of someone of the own company.
    pub(super) fn user(&self, at: Option<usize>) -> Option<Id> {
        at.map(|at| self.own_id(Table::User, at))
    }

    /// The department of someone.
    pub(super) fn department_of(&self, at: Option<usize>) -> Option<Id> {
        let person = self.people.get(at?)?;
        Some(self.own_id(Table::Department, person.department))
    }
}

fn people(seed: u64, sellers: u64) -> Vec<Colleague> {
    let mut people: Vec<Colleague> = STAFF
        .iter()
        .map(|&(name, login, position, department, supervisor)| Colleague {
            login: login.to_owned(),
            name: name.to_owned(),
            position,
            department,
            supervisor,
        })
        .collect();
    let mut logins: BTreeSet<String> = people.iter().map(|p| p.login.clone()).collect();
    let mut draw = Draw::new(seed, Table::User as u64, 0);
    for at in 0..sellers as usize {
        let person = person::chinese(&mut draw);
        let taken = |login: &String| logins.contains(login);
        let mut choices = (1..).map(|n| if n == 1 { person.letters.clone() } else { format!("{}{n}", person.letters) });
        let login = choices.find(|login| !taken(login)).unwrap_or_default();
        logins.insert(login.clone());
        let (position, department) = (if at < TEAMS { "销售组长" } else { "销售代表" }, FIRST_TEAM + at % TEAMS);
        people.push(Colleague { login, name: person.name, position, department, supervisor: Some(SALES_MANAGER) });
    }
    people
}

/// The characters of a list, each once.
fn distinct(text: &str) -> Vec<char> {
    let mut seen = BTreeSet::new();
    text.chars().filter(|c| seen.insert(*c)).collect()
}
