//! Filters as conditions of SQL.
//!
//! The filter's tests are two-valued, SQL's have a third value for what is empty. It counts as false everywhere: a
//! condition that isn't true selects nothing, and a negation asks `IS NOT TRUE`.

use super::Which;
use super::column::{Cell, Form, timestamp_text};
use super::db::Dialect;
use super::error::Result;
use super::table::{Column, Table, Tables, quote};
use crate::domain::id_set::IdSet;
use crate::domain::record::system;
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test, folded};
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rust_decimal::Decimal;
use sea_query::{Cond, Condition, Expr, ExprTrait, Query, SelectStatement};
use std::cell::RefCell;
use std::ops::Bound as End;
use std::sync::{Arc, Weak};

/// SQL functions that compare texts as filters do.
const CONTAINS: &str = "tcrm_contains";
const FOLDED: &str = "tcrm_folded";
/// Whether a number is one of many, given as sorted bytes.
const ONE_OF: &str = "tcrm_one_of";
/// The same, given as the number of a set that the thread knows.
const IN_SET: &str = "tcrm_in_set";
/// Records of so many ids are looked up by them; of more, each record on the way is asked whether it is one of them.
const LOOKED_UP: usize = 2_000;

thread_local! {
    /// Sets that statements under way ask, by their address: a set of a million ids is not copied into a statement.
    /// A statement is made and run by one thread.
    static SETS: RefCell<Vec<Weak<IdSet>>> = const { RefCell::new(Vec::new()) };
}

/// The number of a set, by which statements of this thread find it for as long as there is one.
fn number_of(set: &Arc<IdSet>) -> i64 {
    SETS.with_borrow_mut(|sets| {
        if !sets.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(set))) {
            sets.retain(|known| known.strong_count() > 0);
            sets.push(Arc::downgrade(set));
        }
    });
    Arc::as_ptr(set).addr() as i64
}

fn set_of(number: i64) -> Option<Arc<IdSet>> {
    let is_meant = |set: &&Weak<IdSet>| set.as_ptr().addr() as i64 == number;
    SETS.with_borrow(|sets| sets.iter().find(is_meant).and_then(Weak::upgrade))
}
/// Up to so many references an index is asked for each; of more, every record in the order of the list is looked at,
/// since most lists are full before that costs more.
pub(super) const FEW: usize = 24;

/// Gives a connection the functions that filters use.
pub(super) fn add_functions(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function(CONTAINS, 2, flags, |ctx| {
        let (text, wanted) = (ctx.get_raw(0), ctx.get_raw(1));
        Ok(match (text.as_str(), wanted.as_str()) {
            (Ok(text), Ok(wanted)) => Some(text.contains(wanted) || folded(text).contains(wanted)),
            _ => None,
        })
    })?;
    conn.create_scalar_function(ONE_OF, 2, flags, |ctx| {
        let (number, many) = (ctx.get_raw(0), ctx.get_raw(1));
        Ok(match (number, many) {
            (ValueRef::Integer(number), ValueRef::Blob(bytes)) => {
                let (many, _) = bytes.as_chunks::<8>();
                many.binary_search_by(|one| i64::from_be_bytes(*one).cmp(&number)).is_ok()
            }
            _ => false,
        })
    })?;
    conn.create_scalar_function(IN_SET, 2, flags, |ctx| {
        let ValueRef::Integer(number) = ctx.get_raw(0) else { return Ok(false) };
        // A set that is gone matches nothing.
        let set: Arc<Option<Arc<IdSet>>> =
            ctx.get_or_create_aux(1, |set| Ok::<_, rusqlite::types::FromSqlError>(set_of(set.as_i64()?)))?;
        Ok(set.as_ref().as_ref().is_some_and(|set| set.has(number)))
    })?;
    conn.create_scalar_function(FOLDED, 1, flags, |ctx| Ok(ctx.get_raw(0).as_str().ok().map(folded)))
}

/// The condition for the records asked for.
pub(super) fn condition(tables: &Tables, table: &Table, which: Which<'_>) -> Result<Condition> {
    translated(tables, table, which, false)
}

/// The same where another condition leaves few records: what those refer to is looked at one by one, instead of all
/// that might be referred to.
pub(super) fn condition_for_few(tables: &Tables, table: &Table, which: Which<'_>) -> Result<Condition> {
    translated(tables, table, which, true)
}

fn translated(tables: &Tables, table: &Table, which: Which<'_>, few: bool) -> Result<Condition> {
    let mut condition = Cond::all();
    if let Some(ids) = which.ids {
        condition = condition.add(among(table.dialect, ids));
    }
    if let Some(filter) = which.filter {
        let mut translation = Translation { tables, words: which.words.iter(), few, beside_others: false };
        if let Some(expr) = translation.bound(table, filter)? {
            condition = condition.add(expr);
        }
    }
    Ok(condition)
}

/// A filter on its way into SQL.
struct Translation<'a> {
    tables: &'a Tables,
    /// What the search engine answered, node by node.
    words: std::slice::Iter<'a, &'a [i64]>,
    /// Whether one is in an alternative or a negation, where no index is driven by the records referred to.
    beside_others: bool,
    /// Few records are tested.
    few: bool,
}

impl Translation<'_> {
    /// A filter over a table; `None` if it is always true.
    fn bound(&mut self, table: &Table, bound: &Bound) -> Result<Option<Expr>> {
        Ok(match bound {
            Bound::All => None,
            Bound::And(parts) => {
                let mut whole: Option<Expr> = None;
                for part in parts {
                    if let Some(part) = self.bound(table, part)? {
                        whole = Some(match whole {
                            Some(whole) => whole.and(part),
                            None => part,
                        });
                    }
                }
                whole
            }
            Bound::Or(parts) => {
                let mut whole: Option<Expr> = None;
                let mut always = false;
                for part in parts {
                    match self.within(true, table, part)? {
                        Some(part) => {
                            whole = Some(match whole {
                                Some(whole) => whole.or(part),
                                None => part,
                            });
                        }
                        None => always = true,
                    }
                }
                if always { None } else { Some(whole.unwrap_or_else(never)) }
            }
            Bound::Not(part) => match self.within(true, table, part)? {
                Some(part) => Some(table.dialect.with_exprs("(?) IS NOT TRUE", [part])),
                None => Some(never()),
            },
            Bound::Words(_) => Some(among(table.dialect, self.words.next().copied().unwrap_or_default())),
            Bound::Test { field, test } => Some(self.test(table, field, test)?),
        })
    }

    /// A part of a filter that stands beside others, or one over another table, which begins anew.
    fn within(&mut self, beside_others: bool, table: &Table, bound: &Bound) -> Result<Option<Expr>> {
        let outside = std::mem::replace(&mut self.beside_others, beside_others);
        let expr = self.bound(table, bound);
        self.beside_others = outside;
        expr
    }

    fn test(&mut self, table: &Table, field: &str, test: &Test) -> Result<Expr> {
        let own;
        let column = match field {
            system::ID | system::VERSION => {
                own = own_column(field);
                &own
            }
            _ => table.column(field)?,
        };
        let place = Place { table, column };
        Ok(match test {
            Test::Empty => place.empty(),
            Test::Contains(text) => place.contains(&folded(text)),
            Test::AnyOf(values) => place.any_of(values),
            Test::OneOf(set) => place.one_of(set),
            Test::Range { from, to } => place.range(from, to),
            Test::RefersTo { object, text, exact } => {
                place.refers_to(titled(self.tables.get(object)?, &folded(text), *exact))
            }
            Test::Related { object, inner } => {
                let target = self.tables.get(object)?;
                let mut select = Query::select();
                select.from(target.name.clone());
                let inner = self.within(false, target, inner)?;
                select.and_where_option(inner);
                // Beside others the list of all that may be referred to would be made whole, a million of them, for a
                // page of records: there each record asks for its own. Within its own table a name would mean the
                // inner one.
                let each_its_own = self.few || self.beside_others;
                if each_its_own && place.column.form == Form::Ref && target.name != table.name {
                    let own = format!("{}.\"id\" = {}", quote(&target.name), place.qualified());
                    return Ok(Expr::exists(select.expr(Expr::cust("1")).and_where(Expr::cust(own)).to_owned()));
                }
                place.refers_to(select.expr(Expr::cust("id")).to_owned())
            }
        })
    }
}

/// The columns that aren't fields.
fn own_column(name: &str) -> Column {
    let form = if name == system::ID { Form::Ref } else { Form::Integer };
    Column::plain(name, form)
}

/// The ids of records with a title or code.
fn titled(target: &Table, text: &str, exact: bool) -> SelectStatement {
    let mut any = Cond::any();
    if let Some(title) = target.title.and_then(|at| target.columns.get(at)) {
        let title = Place { table: target, column: title };
        any = any.add(if exact { title.folded_is(text) } else { title.contains_text(text) });
    }
    if let Some(code) = target.code.and_then(|at| target.columns.get(at)) {
        any = any.add(Place { table: target, column: code }.folded_is(text));
    }
    let mut select = Query::select();
    select.from(target.name.clone()).expr(Expr::cust("id")).cond_where(any);
    select
}

/// A column of a table in a condition.
#[derive(Clone, Copy)]
struct Place<'t> {
    table: &'t Table,
    column: &'t Column,
}

impl Place<'_> {
    fn name(self) -> String {
        quote(&self.column.name)
    }

    fn expr(self) -> Expr {
        Expr::cust(self.name())
    }

    /// The column's name as a query within the query has to write it.
    fn qualified(self) -> String {
        format!("{}.{}", quote(&self.table.name), self.name())
    }

    fn dialect(self) -> Dialect {
        self.table.dialect
    }

    /// Some item of a JSON array meets a condition. The column is qualified: `json_each` has columns named `parent`,
    /// `type`, `value` … of its own.
    fn some_item(self, condition: &str, values: Vec<sea_query::Value>) -> Expr {
        let items = self.dialect().items(&self.qualified());
        self.dialect().with_values(&format!("EXISTS (SELECT 1 FROM {items} WHERE {condition})"), values)
    }

    /// The same for a condition that is there already.
    fn some_item_of(self, condition: Expr) -> Expr {
        let items = self.dialect().items(&self.qualified());
        self.dialect().with_exprs(&format!("EXISTS (SELECT 1 FROM {items} WHERE ?)"), [condition])
    }

    fn contains(self, text: &str) -> Expr {
        match self.column.form {
            Form::Text => self.contains_text(text),
            Form::Files => {
                let name = self.dialect().item_member("name");
                self.some_item(&format!("{CONTAINS}({name}, ?)"), vec![text.into()])
            }
            _ => never(),
        }
    }

    fn contains_text(self, text: &str) -> Expr {
        self.dialect().with_values(&format!("{CONTAINS}({}, ?)", self.name()), [text])
    }

    fn folded_is(self, text: &str) -> Expr {
        self.dialect().with_values(&format!("{FOLDED}({}) = ?", self.name()), [text])
    }

    fn any_of(self, values: &[Value]) -> Expr {
        match self.column.form {
            Form::Choice => self.any_choice(values),
            Form::Choices => {
                let keys = values.iter().filter_map(Value::as_str).map(|k| folded(k).into()).collect();
                self.any_item(&format!("{FOLDED}(e.value)"), keys)
            }
            Form::Refs => {
                let ids = values.iter().filter_map(Value::as_ref_id).map(|id| id.as_i64().into()).collect();
                self.any_item(self.dialect().item_number(), ids)
            }
            Form::Text => {
                let texts: Vec<sea_query::Value> =
                    values.iter().filter_map(Value::as_str).map(|t| folded(t).into()).collect();
                either(texts, |texts| Expr::cust(format!("{FOLDED}({})", self.name())).is_in(texts))
            }
            Form::Money => {
                let one = |value: &Value| self.range(&End::Included(value.clone()), &End::Included(value.clone()));
                values.iter().map(one).reduce(ExprTrait::or).unwrap_or_else(never)
            }
            Form::Integer | Form::Scaled(_) => {
                let exact = values.iter().filter_map(|v| self.units(v)).filter(|u| u.exact);
                either(exact.map(|u| u.floor.into()).collect(), |units| self.expr().is_in(units))
            }
            Form::Ref if values.len() > FEW => {
                let mut ids: Vec<i64> = values.iter().filter_map(|v| v.as_ref_id().map(|id| id.as_i64())).collect();
                if self.column.name == system::ID || self.dialect() == Dialect::Postgres {
                    return self.dialect().is_one_of(&self.name(), &ids);
                }
                ids.sort_unstable();
                let bytes = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
                let bytes = sea_query::Value::Bytes(Some(bytes));
                Expr::cust_with_values(format!("{ONE_OF}({}, ?)", self.name()), [bytes])
            }
            Form::Date | Form::DateTime | Form::Boolean | Form::Ref | Form::Files => {
                let cells = values.iter().filter_map(|v| self.column.form.encode(v));
                either(cells.map(sea_value).collect(), |cells| self.expr().is_in(cells))
            }
        }
    }

    fn one_of(self, set: &Arc<IdSet>) -> Expr {
        match self.column.form {
            // Sets stand in this process: another one has to be told all of them.
            Form::Ref if self.dialect() == Dialect::Postgres => self.dialect().is_one_of(&self.name(), set.as_slice()),
            Form::Refs if self.dialect() == Dialect::Postgres => {
                self.some_item_of(self.dialect().is_one_of(self.dialect().item_number(), set.as_slice()))
            }
            Form::Ref if self.column.name == system::ID && set.len() <= LOOKED_UP => {
                among(self.dialect(), set.as_slice())
            }
            Form::Ref => Expr::cust_with_values(format!("{IN_SET}({}, ?)", self.name()), [number_of(set)]),
            Form::Refs => self.some_item(&format!("{IN_SET}(e.value, ?)"), vec![number_of(set).into()]),
            _ => never(),
        }
    }

    fn any_item(self, item: &str, values: Vec<sea_query::Value>) -> Expr {
        if values.is_empty() {
            return never();
        }
        let marks = vec!["?"; values.len()].join(", ");
        self.some_item(&format!("{item} IN ({marks})"), values)
    }

    /// The rank of what is empty is empty, and there may be an index of it.
    fn empty(self) -> Expr {
        match !self.column.ranks.is_empty() && self.table.is_in_index(&self.column.order) {
            true => Expr::cust(self.column.order.clone()).is_null(),
            false => self.expr().is_null(),
        }
    }

    /// An index of a dictionary field stands on the rank: items of the dictionary are asked for by it.
    fn any_choice(self, values: &[Value]) -> Expr {
        let keys: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        let ranks: Option<Vec<i64>> = keys.iter().map(|key| self.column.ranks.get(*key).copied()).collect();
        match ranks {
            Some(ranks) if !ranks.is_empty() && self.table.is_in_index(&self.column.order) => {
                let order = Expr::cust(self.column.order.clone());
                let ranked = match ranks.as_slice() {
                    [only] => order.eq(*only),
                    _ => order.is_in(ranks),
                };
                // Either index may serve.
                match self.table.is_covered(&self.column.name) {
                    true => {
                        either(keys.into_iter().map(Into::into).collect(), |keys| self.expr().is_in(keys)).and(ranked)
                    }
                    false => ranked,
                }
            }
            _ => either(keys.into_iter().map(Into::into).collect(), |keys| self.expr().is_in(keys)),
        }
    }

    fn range(self, from: &End<Value>, to: &End<Value>) -> Expr {
        let mut whole = self.expr().is_not_null();
        for (end, lower) in [(from, true), (to, false)] {
            let (value, included) = match end {
                End::Unbounded => continue,
                End::Included(value) => (value, true),
                End::Excluded(value) => (value, false),
            };
            whole = whole.and(self.compared(value, lower, included));
        }
        whole
    }

    /// The column lies above (or below) a value.
    fn compared(self, value: &Value, above: bool, included: bool) -> Expr {
        let compare = |left: Expr, right: sea_query::Value, included: bool| match (above, included) {
            (true, true) => left.gte(right),
            (true, false) => left.gt(right),
            (false, true) => left.lte(right),
            (false, false) => left.lt(right),
        };
        match (self.column.form, value) {
            (Form::Text, Value::Text(text)) => {
                compare(Expr::cust(format!("{FOLDED}({})", self.name())), folded(text).into(), included)
            }
            (Form::Integer | Form::Scaled(_) | Form::Money, value) => {
                let Some(units) = self.units(value) else { return never() };
                // Between two whole units: above means above the lower one, below means at most the lower one.
                let included = if units.exact { included } else { !above };
                let amount = compare(self.expr(), units.floor.into(), included);
                match value {
                    Value::Money(money) => {
                        amount.and(Expr::cust(quote(&self.column.currency())).eq(money.currency.clone()))
                    }
                    _ => amount,
                }
            }
            (Form::DateTime, Value::DateTime(at)) => match timestamp_text(*at) {
                Some(text) => compare(self.expr(), text.into(), included),
                None => never(),
            },
            (form @ (Form::Date | Form::Boolean | Form::Ref), value) => match form.encode(value) {
                Some(cell) => compare(self.expr(), sea_value(cell), included),
                None => never(),
            },
            _ => never(),
        }
    }

    /// A number in the column's units.
    fn units(self, value: &Value) -> Option<Units> {
        let amount = match value {
            Value::Decimal(d) => *d,
            Value::Integer(i) => Decimal::from(*i),
            Value::Money(money) if self.column.form == Form::Money => money.amount,
            _ => return None,
        };
        let scale = match self.column.form {
            Form::Integer => 0,
            Form::Scaled(scale) => scale,
            Form::Money => 2,
            _ => return None,
        };
        Some(Units::of(&amount, scale))
    }

    fn refers_to(self, ids: SelectStatement) -> Expr {
        match self.column.form {
            Form::Refs => self.some_item_of(Expr::cust(self.dialect().item_number()).in_subquery(ids)),
            _ => self.expr().in_subquery(ids),
        }
    }
}

/// A number in whole units of a column, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Units {
    floor: i64,
    exact: bool,
}

impl Units {
    fn of(amount: &Decimal, scale: u32) -> Units {
        let (have, mantissa) = (amount.scale(), amount.mantissa());
        let (units, exact) = if have <= scale {
            let factor = 10i128.checked_pow(scale - have).unwrap_or(i128::MAX);
            (mantissa.saturating_mul(factor), true)
        } else {
            let divisor = 10i128.checked_pow(have - scale).unwrap_or(i128::MAX);
            (mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor) == 0)
        };
        match i64::try_from(units) {
            Ok(floor) => Units { floor, exact },
            // Beyond every column.
            Err(_) if units > 0 => Units { floor: i64::MAX, exact: false },
            Err(_) => Units { floor: i64::MIN, exact: false },
        }
    }
}

/// What nothing meets.
fn never() -> Expr {
    Expr::cust("FALSE")
}

/// A test for a list of values, which nothing meets if the list is empty.
fn either(values: Vec<sea_query::Value>, test: impl FnOnce(Vec<sea_query::Value>) -> Expr) -> Expr {
    if values.is_empty() { never() } else { test(values) }
}

/// The id is one of these.
pub(super) fn among(dialect: Dialect, ids: &[i64]) -> Expr {
    dialect.is_one_of("id", ids)
}

/// A column has exactly this value.
pub(super) fn equals(table: &Table, column: &Column, cell: Cell<'_>) -> Expr {
    if let Cell::Text(key) = &cell
        && table.is_indexed(&column.order)
        && let Some(rank) = column.ranks.get(*key)
    {
        return Expr::cust(column.order.clone()).eq(*rank);
    }
    let dialect = table.dialect;
    match cell {
        Cell::Null => Expr::cust(quote(&column.name)).is_null(),
        cell if column.form == Form::Text => {
            dialect.with_values(&format!("{} = {}", column.equal(dialect), dialect.alike("?")), [sea_value(cell)])
        }
        cell => Expr::cust(quote(&column.name)).eq(sea_value(cell)),
    }
}

/// A cell as a value of a statement under construction.
fn sea_value(cell: Cell<'_>) -> sea_query::Value {
    match cell {
        Cell::Null => sea_query::Value::BigInt(None),
        Cell::Integer(i) => i.into(),
        Cell::Text(t) => t.into(),
        Cell::Owned(t) => t.into(),
    }
}

/// A value of a built statement, ready to be bound.
pub(super) fn bind(value: &sea_query::Value) -> ToSqlOutput<'_> {
    use sea_query::Value;
    ToSqlOutput::Borrowed(match value {
        Value::BigInt(Some(i)) => ValueRef::Integer(*i),
        Value::String(Some(text)) => ValueRef::Text(text.as_bytes()),
        Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
        // A limit.
        Value::BigUnsigned(Some(n)) => ValueRef::Integer(i64::try_from(*n).unwrap_or(i64::MAX)),
        _ => ValueRef::Null,
    })
}
