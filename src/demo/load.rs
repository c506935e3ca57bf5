//! Writing made-up data to a store, with the codes and computed fields of the store's schema.

use super::Sizes;
use super::row::Row;
use super::world::{Table, World};
use crate::crm::{code, derive};
use crate::domain::formula;
use crate::domain::journal::Origin;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::builtin;
use crate::schema::compute::Formulas;
use crate::schema::model::{Field, Kind, NumberRule, Object, Schema};
use crate::store::{BATCH_ROWS, Bulk, Context, Result, Store, StoreError};
use jiff::Zoned;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Records between two reports of the progress, and handed from the maker to the writer at once.
const STEP: usize = 1_000;
/// Steps that may wait to be written.
const WAITING: usize = 4;

/// Fills a new store with the made-up data of a seed, as it stands on the day of `now`, and tells now and then how
/// many records of how many are written. Gives the number of records.
///
/// Up to 20,000 records are one transaction; more are batches that the journal holds together as one whole, each on
/// disk before the next. Objects and fields that the store's schema doesn't have as the built-in one does are left
/// out.
///
/// # Errors
/// Those of the store; `Duplicate` if it was filled with the same seed before.
pub fn fill(
    store: &mut Store,
    seed: u64,
    now: &Zoned,
    sizes: &Sizes,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64> {
    store.refresh_schema()?;
    let schema = store.schema();
    let world = World::new(seed, *sizes, now);
    let there = Table::ALL.iter().filter(|table| schema.object(table.object()).is_some());
    let counts: Vec<(Table, u64)> = there.map(|table| (*table, world.count(*table))).collect();
    let total = counts.iter().map(|(_, count)| count).sum();
    let mut load =
        Load { schema, context: Context::new(None, now.timestamp(), Origin::System), now, done: 0, total, progress };
    if total <= BATCH_ROWS as u64 {
        load.at_once(store, &world)?;
    } else {
        for (table, count) in counts {
            load.table(store, &world, table, count)?;
        }
    }
    (load.progress)(load.done, total);
    Ok(load.done)
}

struct Load<'p> {
    schema: Arc<Schema>,
    context: Context,
    now: &'p Zoned,
    done: u64,
    total: u64,
    progress: &'p mut dyn FnMut(u64, u64),
}

impl Load<'_> {
    fn advance(&mut self, rows: usize) {
        self.done += rows as u64;
        (self.progress)(self.done, self.total);
    }

    /// Everything in one transaction.
    fn at_once(&mut self, store: &mut Store, world: &World) -> Result<()> {
        let (schema, context) = (Arc::clone(&self.schema), self.context.clone());
        store.write::<_, StoreError>(&context, |tx| {
            for table in Table::ALL {
                let Some(mut shape) = Shape::of(&schema, table, world, self.now) else { continue };
                let mut rows = 0;
                for row in world.rows(table) {
                    let (id, values) = (row.id, shape.values(row, |counter| tx.store().peek_serial(counter))?);
                    let named = shape.names.iter().map(|n| (*n).to_owned()).zip(values);
                    tx.insert(table.object(), id, named.filter(|(_, v)| !v.is_empty()).collect())?;
                    rows += 1;
                }
                for (counter, last) in shape.serials.drain() {
                    tx.raise_serial(&counter, last)?;
                }
                self.advance(rows);
            }
            derive::settle(tx, &schema, self.now)?;
            Ok(())
        })?;
        Ok(())
    }

    /// One object in batches, made on one thread and written on another.
    fn table(&mut self, store: &mut Store, world: &World, table: Table, count: u64) -> Result<()> {
        let schema = Arc::clone(&self.schema);
        let Some(mut shape) = Shape::of(&schema, table, world, self.now) else { return Ok(()) };
        let (names, context) = (shape.names.clone(), self.context.clone());
        let (_, whole) = store.bulk::<_, StoreError>(&context, table.object(), &names, count, |bulk| {
            std::thread::scope(|scope| {
                let (sender, steps) = sync_channel::<Vec<Row>>(WAITING);
                scope.spawn(move || {
                    let mut rows = world.rows(table);
                    loop {
                        let step: Vec<Row> = rows.by_ref().take(STEP).collect();
                        // Nobody takes it any more: the writer has failed.
                        if step.is_empty() || sender.send(step).is_err() {
                            break;
                        }
                    }
                });
                self.write_steps(bulk, &mut shape, steps)
            })
        })?;
        self.context.part_of = self.context.part_of.or(whole);
        Ok(())
    }

    fn write_steps(
        &mut self,
        bulk: &mut Bulk<'_>,
        shape: &mut Shape<'_>,
        steps: impl IntoIterator<Item = Vec<Row>>,
    ) -> Result<()> {
        let mut waiting = 0;
        for step in steps {
            let rows = step.len();
            for row in step {
                let id = row.id;
                let values = shape.values(row, |counter| bulk.store().peek_serial(counter))?;
                bulk.insert(id, &values)?;
            }
            waiting += rows;
            if waiting >= BATCH_ROWS {
                shape.keep_serials(bulk)?;
                self.settle(bulk)?;
                bulk.commit()?;
                waiting = 0;
            }
            self.advance(rows);
        }
        shape.keep_serials(bulk)?;
        self.settle(bulk)
    }

    /// Brings up to date what is computed over the rows of the batch.
    fn settle(&self, bulk: &mut Bulk<'_>) -> Result<()> {
        if let Some(write) = bulk.write() {
            derive::settle(write, &self.schema, self.now)?;
        }
        Ok(())
    }
}

/// How the rows of an object become values for the store's schema.
struct Shape<'s> {
    schema: &'s Schema,
    object: &'s Object,
    /// The fields, those of the rows first, then the computed ones.
    names: Vec<&'s str>,
    /// Which cells of a row are taken.
    taken: Vec<bool>,
    codes: Vec<(usize, &'s NumberRule)>,
    formulas: Formulas,
    computed: Vec<&'s str>,
    context: formula::Context,
    /// The last serial of each counter.
    serials: HashMap<String, i64>,
}

impl<'s> Shape<'s> {
    /// `None` if the schema has no such object, or there is nothing to write.
    fn of(schema: &'s Schema, table: Table, world: &World, now: &Zoned) -> Option<Shape<'s>> {
        let object = schema.object(table.object())?;
        let first = world.rows(table).next()?;
        let fitting = |name: &str| object.field(name).filter(|field| fits(schema, table.object(), field));
        let fields: Vec<Option<&Field>> = first.cells.iter().map(|(name, _)| fitting(name)).collect();
        let mut names: Vec<&str> = fields.iter().flatten().map(|f| f.name.as_str()).collect();
        let rule = |field: &&Field| field.kind.rule().and_then(|rule| schema.numbers.get(rule));
        let codes = fields.iter().flatten().enumerate().filter_map(|(at, field)| Some((at, rule(field)?))).collect();
        let is_computed = |field: &&Field| matches!(field.kind, Kind::Formula { .. }) && !field.retired;
        let computed: Vec<&str> = object.fields.iter().filter(is_computed).map(|f| f.name.as_str()).collect();
        names.extend(&computed);
        Some(Shape {
            schema,
            object,
            names,
            taken: fields.iter().map(Option::is_some).collect(),
            codes,
            formulas: Formulas::of(object),
            computed,
            context: formula::Context { today: now.date(), zone: now.time_zone().clone() },
            serials: HashMap::new(),
        })
    }

    /// A row's values in the order of the names.
    fn values(&mut self, row: Row, next: impl Fn(&str) -> Result<i64>) -> Result<Vec<Value>> {
        let day = row.day;
        let cells = row.cells.into_iter().zip(&self.taken).filter(|(_, taken)| **taken);
        let mut values: Vec<Value> = cells.map(|((_, value), _)| value).collect();
        for (at, rule) in &self.codes {
            let get = |field: &str| {
                self.names.iter().position(|n| *n == field).and_then(|at| values.get(at)).unwrap_or(&Value::Empty)
            };
            let prefix = rule.prefix(self.schema, self.object, day, get);
            let counter = code::counter(rule, &prefix);
            let last = match self.serials.get(&counter) {
                Some(last) => last + 1,
                None => next(&counter)?,
            };
            let made = Value::Text(prefix.with_serial(last.unsigned_abs()));
            self.serials.insert(counter, last);
            if let Some(slot) = values.get_mut(*at) {
                *slot = made;
            }
        }
        if !self.computed.is_empty() {
            let named = self.names.iter().zip(&values).filter(|(_, v)| !v.is_empty());
            let mut fields: Fields = named.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            self.formulas.compute(&mut fields, &self.context);
            values.extend(self.computed.iter().map(|name| fields.remove(*name).unwrap_or_default()));
        }
        Ok(values)
    }

    fn keep_serials(&self, bulk: &mut Bulk<'_>) -> Result<()> {
        self.serials.iter().try_for_each(|(counter, last)| bulk.raise_serial(counter, *last))
    }
}

/// Whether a field takes what is made up for the built-in field of its name.
fn fits(schema: &Schema, object: &str, field: &Field) -> bool {
    let Some(known) = builtin().object(object).and_then(|o| o.field(&field.name)) else { return false };
    if std::mem::discriminant(&known.kind) != std::mem::discriminant(&field.kind) || field.retired {
        return false;
    }
    let same_target = known.kind.target() == field.kind.target() && known.kind.is_many() == field.kind.is_many();
    let items = |schema: &Schema, kind: &Kind| -> Option<Vec<String>> {
        let dictionary = schema.dictionary(kind.dictionary()?)?;
        Some(dictionary.items.iter().map(|i| i.key.clone()).collect())
    };
    let there = items(schema, &field.kind).unwrap_or_default();
    let wanted = items(builtin(), &known.kind).unwrap_or_default();
    same_target && wanted.iter().all(|key| there.contains(key))
}
