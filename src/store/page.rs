//! Pages by key, in any order and both directions.
//!
//! Empty values come last, whichever the direction, and the id is the last key, in the direction of the first: so the
//! order is total. What lies beyond a cursor is a chain of ranges (same first key and greater second, greater first
//! key, empty first key, …), each of which an index answers from its own place. They are asked one after the other
//! until the page is full. Where no index serves the order, one statement asks for all ranges at once.

use super::column::Form;
use super::db::{self, Row};
use super::error::Result;
use super::filter;
use super::read::Selection;
use super::table::Table;
use super::{Store, StoreError, Which};
use crate::contract::request::{Cursor, From};
use crate::domain::id::Id;
use crate::domain::record::{Record, system};
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::SortKey;
use rusqlite::types::ValueRef;
use sea_query::{Cond, Condition, Expr, ExprTrait, Order, SelectStatement, UnionType};
use serde_json::Value as Json;

/// Rows in list order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StorePage {
    /// The records, each with its place.
    pub rows: Vec<(Record, Cursor)>,
    /// Whether there are rows before the first.
    pub more_before: bool,
    /// Whether there are rows after the last.
    pub more_after: bool,
}

/// A sort key in SQL.
struct Key {
    order: String,
    descending: bool,
    nullable: bool,
}

/// A range of the order: a condition, and the key from which on its rows still have to be ordered.
struct Range {
    condition: Condition,
    from: usize,
    /// The key at `from` is known not to be empty there.
    filled: bool,
}

/// The order of a list and which way it is read.
struct Walk<'w> {
    keys: &'w [Key],
    backward: bool,
}

fn keys(table: &Table, sort: &[SortKey]) -> Result<Vec<Key>> {
    let sort = if sort.is_empty() { &table.sort } else { sort };
    let mut keys = Vec::new();
    for key in sort {
        if key.field == system::ID {
            keys.push(Key { order: "id".to_owned(), descending: key.descending, nullable: false });
            return Ok(keys);
        }
        if key.field == system::VERSION {
            keys.push(Key { order: "version".to_owned(), descending: key.descending, nullable: false });
            continue;
        }
        let column = table.column(&key.field)?;
        keys.push(Key { order: column.order.clone(), descending: key.descending, nullable: !column.filled });
    }
    let descending = keys.first().is_some_and(|k| k.descending);
    keys.push(Key { order: "id".to_owned(), descending, nullable: false });
    Ok(keys)
}

impl Walk<'_> {
    /// Everything, from one end.
    fn all(&self) -> Vec<Range> {
        let whole = |condition, filled| Range { condition, from: 0, filled };
        match self.keys.first() {
            Some(key) if key.nullable => {
                let filled = whole(Cond::all().add(key.expr().is_not_null()), true);
                let empty = Range { condition: Cond::all().add(key.expr().is_null()), from: 1, filled: false };
                if self.backward { vec![empty, filled] } else { vec![filled, empty] }
            }
            _ => vec![whole(Cond::all(), true)],
        }
    }

    /// What lies beyond a place, nearest first; the place itself too if `inclusive`.
    fn beyond(&self, place: &[Option<sea_query::Value>], inclusive: bool) -> Vec<Range> {
        let mut ranges = Vec::new();
        for at in (0..self.keys.len()).rev() {
            let mut same = Cond::all();
            for (key, value) in self.keys.iter().zip(place).take(at) {
                same = same.add(match value {
                    Some(value) => key.expr().eq(value.clone()),
                    None => key.expr().is_null(),
                });
            }
            let (Some(key), Some(value)) = (self.keys.get(at), place.get(at)) else { continue };
            let last = at + 1 == self.keys.len();
            match value {
                Some(value) => {
                    let ascending = key.descending == self.backward;
                    let compared = match (ascending, inclusive && last) {
                        (true, false) => key.expr().gt(value.clone()),
                        (true, true) => key.expr().gte(value.clone()),
                        (false, false) => key.expr().lt(value.clone()),
                        (false, true) => key.expr().lte(value.clone()),
                    };
                    ranges.push(Range { condition: same.clone().add(compared), from: at, filled: true });
                    if key.nullable && !self.backward {
                        ranges.push(Range { condition: same.add(key.expr().is_null()), from: at + 1, filled: false });
                    }
                }
                None if self.backward => {
                    ranges.push(Range { condition: same.add(key.expr().is_not_null()), from: at, filled: true });
                }
                None => {}
            }
        }
        ranges
    }

    /// Orders a statement by the keys from one on.
    fn order(&self, select: &mut SelectStatement, from: usize, filled: bool) {
        for (at, key) in self.keys.iter().enumerate().skip(from) {
            let way = |descending: bool| if descending == self.backward { Order::Asc } else { Order::Desc };
            if key.nullable && !(at == from && filled) {
                select.order_by_expr(Expr::cust(format!("({} IS NULL)", key.order)), way(false));
            }
            select.order_by_expr(key.expr(), way(key.descending));
        }
    }
}

impl Key {
    fn expr(&self) -> Expr {
        Expr::cust(self.order.clone())
    }
}

/// The place of a row: its sort values and id as JSON.
fn cursor(row: &Row<'_>, first: usize, keys: usize) -> db::Result<Cursor> {
    let mut place = Vec::with_capacity(keys);
    for at in first..first + keys {
        place.push(match row.get_ref(at)? {
            ValueRef::Integer(i) => Json::from(i),
            ValueRef::Text(bytes) => Json::from(String::from_utf8_lossy(bytes)),
            _ => Json::Null,
        });
    }
    Ok(Cursor(Json::Array(place).to_string()))
}

fn place(cursor: &Cursor, keys: usize) -> Result<Vec<Option<sea_query::Value>>> {
    let Ok(Json::Array(values)) = serde_json::from_str(&cursor.0) else {
        return Err(StoreError::Cursor);
    };
    if values.len() != keys || !values.last().is_some_and(Json::is_i64) {
        return Err(StoreError::Cursor);
    }
    let value = |json: Json| match json {
        Json::Null => Ok(None),
        Json::Number(n) => n.as_i64().map(|i| Some(i.into())).ok_or(StoreError::Cursor),
        Json::String(s) => Ok(Some(s.into())),
        _ => Err(StoreError::Cursor),
    };
    values.into_iter().map(value).collect()
}

/// A column and few values of it, of which an index has the records of each in the order of the list.
struct Few {
    column: String,
    values: Vec<Option<i64>>,
    /// Nothing else is asked for.
    alone: bool,
}

/// Whether the list in its usual order is one of the records with one of a few values.
fn few_of(table: &Table, which: Which<'_>, keys: &[Key]) -> Option<Few> {
    let filter = which.filter?;
    let [usual] = table.sort.as_slice() else { return None };
    let [first, _] = keys else { return None };
    let order = table.find(&usual.field).map(|column| column.order.as_str());
    if first.nullable || Some(first.order.as_str()) != order || !which.words.is_empty() {
        return None;
    }
    let parts = match filter {
        Bound::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let code = |field: &str, value: &Value| match table.find(field)? {
        column if column.form == Form::Choice => column.ranks.get(value.as_str()?).copied(),
        _ => value.as_ref_id().map(Id::as_i64),
    };
    let listed = parts.iter().filter_map(|part| values_of(part, filter::FEW, &code));
    let listed: Vec<_> = listed.filter(|(field, _)| table.is_listed_by(field)).collect();
    // Of one value the index has the list as it is.
    if listed.iter().any(|(_, values)| !(2..=filter::FEW).contains(&values.len())) {
        return None;
    }
    let column = |field: &str| table.find(field).map(|column| (column.form == Form::Choice, column.order.clone()));
    // Fewer refer to one than have a choice.
    let listed = listed.into_iter().filter_map(|(field, values)| Some((column(field)?, values)));
    let ((_, column), values) = listed.min_by_key(|((is_choice, _), _)| *is_choice)?;
    Some(Few { column, values, alone: parts.len() == 1 })
}

/// A condition that says no more than that a field has one of some values, at most so many, or none; each by what
/// stands for it in an index.
pub(super) fn values_of<'w>(
    bound: &'w Bound,
    most: usize,
    code: &impl Fn(&str, &Value) -> Option<i64>,
) -> Option<(&'w str, Vec<Option<i64>>)> {
    match bound {
        Bound::Test { field, test: Test::Empty } => Some((field, vec![None])),
        Bound::Test { field, test: Test::AnyOf(values) } if values.len() <= most => {
            let codes: Vec<Option<i64>> = values.iter().map(|value| code(field, value)).collect();
            codes.iter().all(Option::is_some).then_some((field.as_str(), codes))
        }
        Bound::Test { field, test: Test::OneOf(set) } if set.len() <= most => {
            Some((field, set.as_slice().iter().copied().map(Some).collect()))
        }
        Bound::Or(parts) => {
            let mut whole: Option<(&str, Vec<Option<i64>>)> = None;
            for part in parts {
                let (field, values) = values_of(part, most, code)?;
                match &mut whole {
                    None => whole = Some((field, values)),
                    Some((known, all)) if *known == field => {
                        let new: Vec<_> = values.into_iter().filter(|value| !all.contains(value)).collect();
                        all.extend(new);
                    }
                    Some(_) => return None,
                }
            }
            whole
        }
        _ => None,
    }
}

impl Store {
    /// A page of the records that match, in an order (the object's own if `sort` is empty), with some fields (all if
    /// `columns` is empty). Empty values come last in both directions; the id is the last key.
    pub fn page(
        &self,
        which: Which<'_>,
        sort: &[SortKey],
        columns: &[String],
        from: &From,
        limit: usize,
    ) -> Result<StorePage> {
        if let From::Record(id) = from {
            let from = self.place_of(which.object, sort, *id)?.map_or(From::Start, From::At);
            return self.page(which, sort, columns, &from, limit);
        }
        let table = self.in_force.tables.get(which.object)?;
        let keys = keys(table, sort)?;
        let backward = matches!(from, From::End | From::Before(_));
        let walk = Walk { keys: &keys, backward };
        let ranges = match from {
            From::Start | From::End | From::Record(_) => walk.all(),
            From::After(at) | From::Before(at) => walk.beyond(&place(at, keys.len())?, false),
            From::At(at) => walk.beyond(&place(at, keys.len())?, true),
        };
        let mut rows = self.walk(table, which, columns, &walk, ranges, limit.saturating_add(1))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        if backward {
            rows.reverse();
        }
        let (more_before, more_after) = match from {
            From::Start | From::Record(_) => (false, more),
            From::End => (more, false),
            From::After(_) => (true, more),
            From::Before(_) => (more, true),
            From::At(at) => {
                let back = Walk { keys: &keys, backward: true };
                let ranges = back.beyond(&place(at, keys.len())?, false);
                (!self.walk(table, which, &[system::ID.to_owned()], &back, ranges, 1)?.is_empty(), more)
            }
        };
        Ok(StorePage { rows, more_before, more_after })
    }

    /// The place of a record in an order, whatever filter it is shown under.
    fn place_of(&self, object: &str, sort: &[SortKey], id: Id) -> Result<Option<Cursor>> {
        let ids = [id.as_i64()];
        let which = Which { object, filter: None, ids: Some(&ids), words: &[] };
        let page = self.page(which, sort, &[system::ID.to_owned()], &From::Start, 1)?;
        Ok(page.rows.into_iter().next().map(|(_, place)| place))
    }

    /// Up to `limit` rows of a chain of ranges.
    fn walk(
        &self,
        table: &Table,
        which: Which<'_>,
        columns: &[String],
        walk: &Walk<'_>,
        ranges: Vec<Range>,
        limit: usize,
    ) -> Result<Vec<(Record, Cursor)>> {
        let selection = Selection::of(table, columns)?;
        let mut base = selection.select();
        for key in walk.keys {
            base.expr(key.expr());
        }
        base.cond_where(filter::condition(&self.in_force.tables, table, which)?);
        let width = selection.width();
        let read = |row: &Row<'_>| Ok((selection.record(row)?, cursor(row, width, walk.keys.len())?));
        let indexed = which.ids.is_none() && walk.keys.first().is_some_and(|k| table.is_indexed(&k.order));
        if !indexed {
            if ranges.is_empty() {
                return Ok(Vec::new());
            }
            // A range without a condition is everything.
            if ranges.iter().all(|r| !r.condition.is_empty()) {
                base.cond_where(ranges.into_iter().fold(Cond::any(), |any, range| any.add(range.condition)));
            }
            base.limit(limit as u64);
            walk.order(&mut base, 0, false);
            return self.rows(&base, read);
        }
        if let Some(few) = few_of(table, which, walk.keys) {
            return self.merged(&selection, base, (walk, ranges), &few, limit);
        }
        let mut rows = Vec::new();
        for range in ranges {
            let mut select = base.clone();
            select.cond_where(range.condition).limit((limit - rows.len()) as u64);
            walk.order(&mut select, range.from, range.filled);
            rows.extend(self.rows(&select, read)?);
            if rows.len() >= limit {
                break;
            }
        }
        Ok(rows)
    }

    /// The same where a column has one of a few values: the records of each value are there in the order of the list,
    /// and only have to be merged.
    fn merged(
        &self,
        selection: &Selection<'_>,
        filtered: SelectStatement,
        (walk, ranges): (&Walk<'_>, Vec<Range>),
        few: &Few,
        limit: usize,
    ) -> Result<Vec<(Record, Cursor)>> {
        let width = selection.width();
        let read = |row: &Row<'_>| Ok((selection.record(row)?, cursor(row, width, walk.keys.len())?));
        let mut base = filtered;
        if few.alone {
            base = selection.select();
            for key in walk.keys {
                base.expr(key.expr());
            }
        }
        let mut rows = Vec::new();
        for range in ranges {
            let part = |value: &Option<i64>| {
                let held = Expr::cust(few.column.clone());
                let mut select = base.clone();
                select.and_where(value.map_or(held.clone().is_null(), |value| held.eq(value)));
                select.cond_where(range.condition.clone());
                select
            };
            let Some((first, others)) = few.values.split_first() else { break };
            let mut select = part(first);
            for other in others {
                select.union(UnionType::All, part(other));
            }
            for (at, key) in walk.keys.iter().enumerate() {
                let way = if key.descending == walk.backward { Order::Asc } else { Order::Desc };
                select.order_by_expr(Expr::cust((width + at + 1).to_string()), way);
            }
            select.limit((limit - rows.len()) as u64);
            rows.extend(self.rows(&select, read)?);
            if rows.len() >= limit {
                break;
            }
        }
        Ok(rows)
    }

    /// A page of search hits in the order of `ids`, narrowed by `which.filter`.
    pub fn page_of_ids(
        &self,
        which: Which<'_>,
        ids: &[i64],
        columns: &[String],
        from: &From,
        limit: usize,
    ) -> Result<StorePage> {
        let page = match which.ids {
            // Most often all hits are still there and match: then one statement does.
            None => self.page_of_hits(which, false, ids, columns, from, limit)?,
            Some(_) => None,
        };
        match page {
            Some(page) => Ok(page),
            None => Ok(self.page_of_hits(which, true, ids, columns, from, limit)?.unwrap_or_default()),
        }
    }

    /// A page of hits; `None` if they were not to be looked at one by one and one is not there or doesn't match.
    fn page_of_hits(
        &self,
        which: Which<'_>,
        look: bool,
        ids: &[i64],
        columns: &[String],
        from: &From,
        limit: usize,
    ) -> Result<Option<StorePage>> {
        let spot = |at: &Cursor| -> Result<usize> {
            let id = place(at, 1)?.into_iter().flatten().next();
            let id = id.and_then(|v| if let sea_query::Value::BigInt(Some(id)) = v { Some(id) } else { None });
            ids.iter().position(|i| Some(*i) == id).ok_or(StoreError::Cursor)
        };
        let (forward, start) = match from {
            From::Start => (true, 0),
            From::End => (false, ids.len()),
            From::After(at) => (true, spot(at)? + 1),
            From::At(at) => (true, spot(at)?),
            From::Before(at) => (false, spot(at)?),
            From::Record(id) => (true, ids.iter().position(|i| *i == id.as_i64()).ok_or(StoreError::Cursor)?),
        };
        let wanted = limit.saturating_add(1);
        let (before, after) = ids.split_at(start.min(ids.len()));
        let (taken, more) = if forward {
            let taken = match look {
                true => self.matching(which, after.chunks(wanted.max(200)), wanted)?,
                false => after.iter().copied().take(wanted).collect(),
            };
            let more = taken.len() > limit;
            (taken.into_iter().take(limit).collect::<Vec<_>>(), more)
        } else {
            let mut taken = match look {
                true => self.matching_backward(which, before, wanted)?,
                false => before.iter().rev().copied().take(wanted).collect(),
            };
            let more = taken.len() > limit;
            taken.truncate(limit);
            taken.reverse();
            (taken, more)
        };
        let rows = self.records_where(if look { Which::all(which.object) } else { which }, &taken, columns)?;
        if !look && rows.len() < taken.len() {
            return Ok(None);
        }
        let rows = rows.into_iter().map(|r| (Cursor(format!("[{}]", r.id.as_i64())), r)).map(|(c, r)| (r, c)).collect();
        let beyond = if forward { start > 0 } else { start < ids.len() };
        let (more_before, more_after) = if forward { (beyond, more) } else { (more, beyond) };
        Ok(Some(StorePage { rows, more_before, more_after }))
    }

    fn matching<'i>(
        &self,
        which: Which<'_>,
        chunks: impl Iterator<Item = &'i [i64]>,
        wanted: usize,
    ) -> Result<Vec<i64>> {
        let mut taken = Vec::new();
        for chunk in chunks {
            taken.extend(self.filter_ids(which, chunk)?);
            if taken.len() >= wanted {
                break;
            }
        }
        Ok(taken)
    }

    /// The last matching ids, last first.
    fn matching_backward(&self, which: Which<'_>, ids: &[i64], wanted: usize) -> Result<Vec<i64>> {
        let mut taken = Vec::new();
        for chunk in ids.rchunks(wanted.max(200)) {
            taken.extend(self.filter_ids(which, chunk)?.into_iter().rev());
            if taken.len() >= wanted {
                break;
            }
        }
        Ok(taken)
    }
}
