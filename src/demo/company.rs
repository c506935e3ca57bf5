//! What the records around a customer need to know of it: name, place, owner, when it came.

use super::draw::{Draw, shuffled};
use super::own;
use super::person::{self, FAMILIES, Person};
use super::place::{ABROAD, Abroad, CITIES, City, HOUSES, ROADS, STREETS};
use super::word::{HEADS, LATIN_TRADES, LEGAL, MIDDLES, TAILS, TRADES};
use super::world::{Table, World};
use crate::domain::id::Id;

/// Where a company is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Home(City),
    Abroad(Abroad),
}

/// The outline of a company.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Company {
    pub(super) index: u64,
    pub(super) name: String,
    pub(super) short: String,
    pub(super) industry: &'static str,
    /// Of its web and e-mail addresses.
    pub(super) domain: String,
    pub(super) place: Place,
}

/// A customer: a company, and since when and whose.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Customer {
    pub(super) company: Company,
    pub(super) id: Id,
    /// When it was entered, a point of the calendar.
    pub(super) created: i64,
    /// The owner's place among the own people.
    pub(super) owner: Option<usize>,
}

/// Topics of chance beside those of the tables.
const OUTLINE: u64 = 100;
const OWNER: u64 = 101;
const TURN: u64 = 102;

/// In each ten, these have Latin names, turned by chance.
const LATIN: [bool; 10] = [false, false, true, false, false, true, false, false, false, true];

/// The customer at an index.
pub(super) fn customer(world: &World, index: u64) -> Customer {
    let company = company(world, index);
    let created = world.spread(Table::Customer, index, world.sizes.customers);
    let team = match &company.place {
        Place::Home(city) => own::team(Some(city.province)),
        Place::Abroad(_) => own::team(None),
    };
    let owner = world.seller(&mut Draw::new(world.seed, OWNER, index), team);
    Customer { id: world.id(Table::Customer, created, 0), company, created, owner }
}

/// The company at an index; those of leads follow those of customers.
pub(super) fn company(world: &World, index: u64) -> Company {
    let mut draw = Draw::new(world.seed, OUTLINE, index);
    let turn = if index < 10 { 0 } else { Draw::new(world.seed, TURN, index / 10).below(10) };
    let latin = LATIN.get(((index + turn) % 10) as usize).copied().unwrap_or(false);
    if latin { abroad(world, &mut draw, index) } else { home(world, &mut draw, index) }
}

fn home(world: &World, draw: &mut Draw, index: u64) -> Company {
    let mut city = city(draw);
    let long = draw.chance(25);
    let trades = TRADES.len() as u64;
    let (pairs, thirds) = ((world.first.len() * world.second.len()) as u64, world.third.len() as u64);
    let brands = if long { pairs * thirds } else { pairs };
    // The number of a name and a trade: no two companies have both in common.
    let number = shuffled(world.seed ^ u64::from(long), index, brands * trades);
    let (brand, trade) = (number / trades, number % trades);
    let (mut trade, industry) = TRADES.get(trade as usize).copied().unwrap_or_default();
    let at = |list: &[char], at: u64| list.get((at % list.len().max(1) as u64) as usize).copied();
    let seconds = world.second.len().max(1) as u64;
    let mut brand: String = if long {
        let (pair, third) = (brand / thirds.max(1), brand % thirds.max(1));
        [at(&world.first, pair / seconds), at(&world.second, pair % seconds), at(&world.third, third)]
            .iter()
            .flatten()
            .collect()
    } else {
        [at(&world.first, brand / seconds), at(&world.second, brand % seconds)].iter().flatten().collect()
    };
    let mut industry = industry;
    if index == 0 {
        // One that guides and examples can name.
        city = CITIES.iter().find(|c| c.name == "深圳").copied().unwrap_or(city);
        (brand, trade, industry) = ("华信".to_owned(), "科技", "technology");
    }
    let legal = if index == 0 { "有限公司" } else { draw.weighted(LEGAL) };
    let place = city.name;
    let name = match draw.below(10) {
        _ if index == 0 => format!("{place}市{brand}{trade}{legal}"),
        0..5 => format!("{place}{brand}{trade}{legal}"),
        5..7 => format!("{place}市{brand}{trade}{legal}"),
        7 => format!("{brand}{trade}（{place}）{legal}"),
        8 => format!("{brand}{trade}{legal}"),
        _ => format!("{}{brand}{trade}{legal}", city.province),
    };
    let domain = format!("{}-{}.example", person::letters(&brand), person::letters(trade));
    Company { index, name, short: brand + trade, industry, domain, place: Place::Home(city) }
}

fn abroad(world: &World, draw: &mut Draw, index: u64) -> Company {
    let total = ABROAD.iter().map(|a| u64::from(a.weight)).sum();
    let at = draw.below(total);
    let place = by_weight(ABROAD, at, |a| a.weight);
    let trades = LATIN_TRADES.len() as u64;
    let (heads, middles, tails) = (HEADS.len() as u64, MIDDLES.len() as u64, TAILS.len() as u64);
    let families = FAMILIES.len() as u64;
    let word = |list: &[&'static str], at: u64| list.get(at as usize).copied().unwrap_or_default();
    let family = draw.chance(30);
    let brands = if family { families * families } else { heads * middles * tails };
    let number = shuffled(world.seed ^ 2 ^ u64::from(family), index, brands * trades);
    let (brand, trade) = (number / trades, number % trades);
    let (trade, industry) = LATIN_TRADES.get(trade as usize).copied().unwrap_or_default();
    let brand = if family {
        let (one, other) = (word(FAMILIES, brand / families), word(FAMILIES, brand % families));
        if one == other { format!("{one} & Sons") } else { format!("{one} & {other}") }
    } else {
        let (rest, tail) = (brand / tails, brand % tails);
        format!("{}{}{}", word(HEADS, rest / middles), word(MIDDLES, rest % middles), word(TAILS, tail))
    };
    let forms: Vec<&str> = place.legal.split('|').collect();
    let legal = draw.pick(&forms);
    let domain = format!("{}-{}.example", person::plain(&brand), person::plain(trade));
    Company {
        index,
        name: format!("{brand} {trade} {legal}"),
        short: format!("{brand} {trade}"),
        industry,
        domain,
        place: Place::Abroad(place),
    }
}

fn city(draw: &mut Draw) -> City {
    let total = CITIES.iter().map(|c| u64::from(c.weight)).sum();
    by_weight(CITIES, draw.below(total), |c| c.weight)
}

fn by_weight<T: Copy + Default>(list: &[T], mut at: u64, weight: impl Fn(&T) -> u32) -> T {
    for item in list {
        match at.checked_sub(u64::from(weight(item))) {
            Some(rest) => at = rest,
            None => return *item,
        }
    }
    T::default()
}

impl Company {
    /// Whether it has a Latin name.
    pub(super) fn is_latin(&self) -> bool {
        matches!(self.place, Place::Abroad(_))
    }

    /// One of its telephone numbers.
    pub(super) fn phone(&self, draw: &mut Draw) -> String {
        match &self.place {
            // Large cities have eight digits; none begins with 1 or 9.
            Place::Home(city) => {
                let digits = if city.weight >= 3 { 7 } else { 6 };
                format!("{}-{}{}", city.area, draw.between(2, 8), draw.digits(digits))
            }
            Place::Abroad(place) => format!("{} {}", place.dial, draw.digits(7)),
        }
    }

    /// The region as a path.
    pub(super) fn region(&self) -> String {
        match &self.place {
            Place::Home(city) => format!("{}/{}", city.province, city.name),
            Place::Abroad(place) => format!("海外/{}", place.country),
        }
    }

    /// An address in its city.
    pub(super) fn address(&self, draw: &mut Draw) -> String {
        let number = draw.between(1, 1999);
        match &self.place {
            Place::Home(city) => {
                let districts: Vec<&str> = city.districts.split(' ').collect();
                let province = if city.province == city.name { String::new() } else { full_province(city.province) };
                let (district, road, house) = (draw.pick(&districts), draw.pick(ROADS), draw.pick(HOUSES));
                let room = match house {
                    "" => String::new(),
                    _ => format!(
                        "{}座{}{:02}室",
                        draw.pick(&["A", "B", "C", "1", "2"]),
                        draw.between(2, 32),
                        draw.between(1, 16)
                    ),
                };
                format!("{province}{}市{district}{road}{number}号{house}{room}", city.name)
            }
            Place::Abroad(place) => format!("{number} {}, {}", draw.pick(STREETS), place.city),
        }
    }

    /// Someone who works there.
    pub(super) fn person(&self, draw: &mut Draw) -> Person {
        if self.is_latin() { person::latin(draw) } else { person::chinese(draw) }
    }

    /// Someone's mobile number.
    pub(super) fn mobile(&self, draw: &mut Draw) -> String {
        match &self.place {
            Place::Home(_) => person::mobile(draw),
            Place::Abroad(place) => {
                let country = place.dial.split(' ').next().unwrap_or(place.dial);
                format!("{country} 7{}", draw.digits(8))
            }
        }
    }

    /// The language of what is written about it: one of two lists.
    pub(super) fn either<'t, T: ?Sized>(&self, chinese: &'t T, latin: &'t T) -> &'t T {
        if self.is_latin() { latin } else { chinese }
    }
}

fn full_province(province: &str) -> String {
    match province {
        "广西" => "广西壮族自治区".to_owned(),
        "内蒙古" => "内蒙古自治区".to_owned(),
        "新疆" => "新疆维吾尔自治区".to_owned(),
        "宁夏" => "宁夏回族自治区".to_owned(),
        _ => format!("{province}省"),
    }
}
