//! What happened with a customer, in outline: its contacts, deals and visits, so that the records of each agree.

use super::calendar::WORK_DAY;
use super::company::Customer;
use super::draw::Draw;
use super::own::PRODUCTS;
use super::world::{Table, World};
use crate::domain::id::Id;
use jiff::Timestamp;

/// The most of anything that one customer has.
const MOST: u64 = 40;
/// Working days of a year.
const YEAR: i64 = 260 * WORK_DAY;
const TALLY: u64 = 200;
const DEALS: u64 = 201;
const VISITS: u64 = 202;
const PIPELINES: u64 = 203;

/// How many contacts a customer has: 1 to 4.
pub(super) fn contact_count(world: &World, index: u64) -> u64 {
    let mut draw = Draw::new(world.seed, TALLY, index);
    let rich = world.sizes.is_small();
    draw.weighted(if rich { &[(1, 40), (2, 33), (3, 19), (4, 8)] } else { &[(1, 70), (2, 20), (3, 8), (4, 2)] })
}

/// The id of a customer's contact.
pub(super) fn contact_id(world: &World, customer: &Customer, number: u64) -> Id {
    world.id(Table::Contact, customer.created, number)
}

/// An opportunity in outline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deal {
    pub(super) number: u64,
    pub(super) opened: i64,
    /// When it was won or lost.
    pub(super) closed: Option<i64>,
    /// The pipeline's name.
    pub(super) pipeline: &'static str,
    /// A dictionary key.
    pub(super) stage: &'static str,
    /// Working time from the first stage to the end.
    length: i64,
    /// The product's place in the list.
    pub(super) product: usize,
    pub(super) contact: u64,
}

fn open_stages(pipeline: &str) -> &'static [&'static str] {
    match pipeline {
        "renewal" => &["renewal_due", "renewal_talk", "proposal"],
        _ => &["prospecting", "engaging", "proposal", "negotiation"],
    }
}

impl Deal {
    /// The stages that it went through, and when it came into each. Who is lost is lost early now and then.
    pub(super) fn way(&self) -> Vec<(&'static str, i64)> {
        let open = open_stages(self.pipeline);
        let through = match (self.stage, open.iter().position(|s| *s == self.stage)) {
            (_, Some(at)) => at + 1,
            ("lost", None) => 1 + (self.opened.unsigned_abs() / 1_000 % open.len() as u64) as usize,
            _ => open.len(),
        };
        let step = self.length / open.len() as i64;
        let mut way: Vec<(&'static str, i64)> =
            open.iter().take(through).zip(0..).map(|(stage, n)| (*stage, self.opened + n * step)).collect();
        way.extend(self.closed.map(|at| (self.stage, at)));
        way
    }
}

/// The id of a customer's opportunity.
pub(super) fn deal_id(world: &World, customer: &Customer, deal: &Deal) -> Id {
    world.id(Table::Opportunity, customer.created, deal.number)
}

/// How many opportunities a customer has.
pub(super) fn deal_count(world: &World, index: u64) -> u64 {
    Draw::new(world.seed, DEALS, index).count(world.sizes.opportunities_per_mille, MOST)
}

/// A customer's opportunities.
pub(super) fn deals(world: &World, index: u64, created: i64) -> Vec<Deal> {
    let mut draw = Draw::new(world.seed, DEALS, index);
    let count = draw.count(world.sizes.opportunities_per_mille, MOST);
    let contacts = contact_count(world, index);
    let last = world.calendar.now - 1;
    let deal = |number| {
        // Most are young: the pipeline is alive.
        let opened = draw.between(created, last).max(draw.between(created, last));
        let length = draw.between(20 * WORK_DAY, 110 * WORK_DAY);
        let age = last - opened;
        let pipeline =
            if Draw::new(world.seed, PIPELINES, index * 64 + number).chance(15) { "renewal" } else { "standard" };
        let open = open_stages(pipeline);
        let (stage, closed) = match age {
            _ if age >= length => (if draw.chance(56) { "won" } else { "lost" }, Some(opened + length)),
            _ => (open.get((age * open.len() as i64 / length) as usize).copied().unwrap_or("prospecting"), None),
        };
        let product = draw.below(PRODUCTS.len() as u64) as usize;
        Deal { number, opened, closed, pipeline, stage, length, product, contact: draw.below(contacts) }
    };
    (0..count).map(deal).collect()
}

/// An activity in outline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    /// When it was, a point of the calendar; `None` if it is only planned.
    pub(super) at: Option<i64>,
    pub(super) moment: Timestamp,
    pub(super) contact: u64,
    /// The place of the opportunity in the customer's list.
    pub(super) deal: Option<usize>,
}

/// How many activities a customer has.
pub(super) fn visit_count(world: &World, index: u64) -> u64 {
    Draw::new(world.seed, VISITS, index).count(world.sizes.activities_per_mille, MOST)
}

/// A customer's activities of the past year, and those that are planned.
pub(super) fn visits(world: &World, index: u64, created: i64, deals: &[Deal]) -> Vec<Visit> {
    let mut draw = Draw::new(world.seed, VISITS, index);
    let count = draw.count(world.sizes.activities_per_mille, MOST);
    let contacts = contact_count(world, index);
    let calendar = &world.calendar;
    let last = calendar.now - 1;
    let visit = |_| {
        let contact = draw.below(contacts);
        let deal = (!deals.is_empty() && draw.chance(60)).then(|| draw.below(deals.len() as u64) as usize);
        if draw.chance(6) {
            let (day, quarter) = (draw.between(1, 14), draw.between(0, 33));
            let moment = calendar.clock(day, 9 + quarter / 4, quarter % 4 * 15);
            return Visit { at: None, moment, contact, deal };
        }
        let from = created.max(last - YEAR);
        // Nothing happens around a deal before it is there, and little after its end.
        let span = deal.and_then(|at| deals.get(at)).map(|deal| (deal.opened, deal.closed.unwrap_or(last)));
        let (deal, from, to) = match span {
            Some((opened, end)) if end > from => (deal, from.max(opened), end),
            _ => (None, from, last),
        };
        let at = draw.between(from, to);
        Visit { at: Some(at), moment: calendar.rounded(at), contact, deal }
    };
    (0..count).map(visit).collect()
}

/// The latest of some visits, if any has been.
pub(super) fn latest<'v>(visits: impl Iterator<Item = &'v Visit>) -> Option<&'v Visit> {
    visits.filter(|v| v.at.is_some()).max_by_key(|v| v.at)
}

/// How many tasks a customer has.
pub(super) fn task_count(world: &World, index: u64) -> u64 {
    Draw::new(world.seed, TALLY + 1_000, index).count(world.sizes.tasks_per_mille, MOST)
}
