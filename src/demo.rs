//! Made-up data: the sales of a company that connects machines, deterministic by seed.
//!
//! A [`World`] is a function of seed, sizes and day: it keeps nothing, reads no clock, and makes any record without
//! those before it, so that a million customers need no more memory than a hundred. [`fill`] writes it to a new
//! store. Of the people, 张三 `zhangsan` manages the sales (the salespeople are under him), 李四 `lisi` the
//! engineering, 王五 `wangwu` supervises the finances.
//!
//! A field of the built-in schema that is to have values gets them in its object's file here.

mod activity;
mod calendar;
mod company;
mod contact;
mod customer;
mod document;
mod draw;
mod happening;
mod lead;
mod load;
mod market;
mod opportunity;
mod own;
mod owner_change;
mod person;
mod place;
mod plan;
mod pool;
mod reminder;
mod rights;
mod row;
mod service;
mod stage_change;
mod task;
mod tax;
mod word;
mod world;

pub use load::fill;
pub use row::Row;
pub use world::{Table, World};

/// The customers of a demonstration that names no number.
pub const USUAL_CUSTOMERS: u64 = 300;

/// Up to so many customers every one has a history to look at; beyond, a tenth of it makes the picture.
const SMALL: u64 = 5_000;

/// How much is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Customers.
    pub customers: u64,
    /// Leads.
    pub leads: u64,
    /// Salespeople.
    pub salespeople: u64,
    /// Opportunities of 1,000 customers.
    pub opportunities_per_mille: u64,
    /// Activities of 1,000 customers.
    pub activities_per_mille: u64,
    /// Tasks of 1,000 customers.
    pub tasks_per_mille: u64,
}

impl Sizes {
    /// What goes well with so many customers.
    pub fn for_customers(customers: u64) -> Sizes {
        let small = customers <= SMALL;
        let of = |rich, poor| if small { rich } else { poor };
        Sizes {
            customers,
            leads: customers / of(4, 20),
            salespeople: (customers / 200).clamp(8, 60),
            opportunities_per_mille: of(1_000, 200),
            activities_per_mille: of(4_000, 500),
            tasks_per_mille: of(800, 100),
        }
    }

    fn is_small(&self) -> bool {
        self.customers <= SMALL
    }
}

impl World {
    /// How many records a table has.
    pub fn count(&self, table: Table) -> u64 {
        let over = |count: fn(&World, u64) -> u64| (0..self.sizes.customers).map(|index| count(self, index)).sum();
        match table {
            Table::Department => own::departments(self).count() as u64,
            Table::User => self.people.len() as u64,
            Table::Product => own::PRODUCTS.len() as u64,
            Table::Customer => self.sizes.customers,
            Table::Lead => self.sizes.leads,
            Table::Contact => over(happening::contact_count),
            Table::Opportunity => over(happening::deal_count),
            Table::Activity => over(happening::visit_count),
            Table::Task => over(happening::task_count),
            Table::OwnerChange => self.every(owner_change::EACH).count() as u64,
            Table::StageChange => stage_change::count(self),
            Table::Reminder => self.every(reminder::EACH).count() as u64,
            Table::SalesPlan => plan::count(self),
            Table::Pool => pool::COUNT,
            Table::OwnCompany | Table::PriceList => 1,
            Table::PriceListItem => own::PRODUCTS.len() as u64,
            Table::Role | Table::Right | Table::FieldRight => rights::count(table),
            Table::CustomerClass => service::CLASS_COUNT as u64,
            Table::CustomerRelation | Table::InstalledProduct | Table::Case | Table::DistributorStock => {
                (0..self.sizes.customers).map(|index| service::number(self, table, index)).sum()
            }
            Table::Campaign
            | Table::CampaignMember
            | Table::Competitor
            | Table::Competition
            | Table::Partner
            | Table::Expense => market::count(self, table),
            papers => (0..self.sizes.customers).map(|index| document::count(self, papers, index)).sum(),
        }
    }

    /// The records of a table, one after the other.
    pub fn rows(&self, table: Table) -> Box<dyn Iterator<Item = Row> + '_> {
        match table {
            Table::Department => Box::new(own::departments(self)),
            Table::User => Box::new(own::users(self)),
            Table::Product => Box::new(own::products(self)),
            Table::Customer => Box::new(customer::rows(self)),
            Table::Contact => Box::new(contact::rows(self)),
            Table::Opportunity => Box::new(opportunity::rows(self)),
            Table::Lead => Box::new(lead::rows(self)),
            Table::Activity => Box::new(activity::rows(self)),
            Table::Task => Box::new(task::rows(self)),
            Table::OwnerChange => Box::new(owner_change::rows(self)),
            Table::StageChange => Box::new(stage_change::rows(self)),
            Table::Reminder => Box::new(reminder::rows(self)),
            Table::SalesPlan => Box::new(plan::rows(self)),
            Table::Pool => Box::new(pool::rows(self)),
            Table::OwnCompany => Box::new(std::iter::once(document::company(self))),
            Table::PriceList => Box::new(std::iter::once(document::price_list(self))),
            Table::PriceListItem => Box::new(document::prices(self)),
            Table::Role => Box::new(rights::roles(self)),
            Table::Right => Box::new(rights::rights(self)),
            Table::FieldRight => Box::new(rights::field_rights(self)),
            Table::CustomerClass => Box::new(service::classes(self)),
            Table::CustomerRelation | Table::InstalledProduct | Table::Case | Table::DistributorStock => {
                service::rows(self, table)
            }
            Table::Campaign
            | Table::CampaignMember
            | Table::Competitor
            | Table::Competition
            | Table::Partner
            | Table::Expense => market::rows(self, table),
            papers => document::rows(self, papers),
        }
    }
}

#[cfg(test)]
mod tests;
