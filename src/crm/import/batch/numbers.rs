//! The numbers of imported records. Codes in use are passed over, as when a single record is saved: the counter may
//! stand behind codes that came from elsewhere. A rule without gaps takes back the numbers at its end whose records
//! are gone, and then counts on; it too passes over what is in use.

use super::{Importer, Outcome, Sink};
use crate::contract::error::Error;
use crate::contract::request::OnDuplicate;
use crate::crm::code;
use crate::crm::import::keys::Hashes;
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::model::{Field, NumberRule, Object};
use crate::schema::number::Prefix;
use crate::store::{Bulk, StoreError, Which};

/// Of more entries by others all records are looked at.
const MOST_TOUCHED: usize = 20_000;

/// A number that a row was given.
pub(super) struct Given<'s> {
    field: &'s Field,
    rule: &'s NumberRule,
    prefix: Prefix,
    counter: String,
    /// What its counter stood at before.
    before: i64,
}

impl<'s> Importer<'s> {
    /// Gives a row its numbers; or says that a rule has no more.
    pub(super) fn give_codes(
        &mut self,
        fields: &mut Fields,
        sink: &mut Sink<'_, '_>,
    ) -> Result<Result<Vec<Given<'s>>, FieldError>, Error> {
        let mut all = Vec::new();
        let (schema, object, today) = (self.rules.schema(), self.rules.object(), self.now.date());
        for (field, rule) in self.codes.clone() {
            let Sink::Bulk(bulk, _) = sink else { break };
            let prefix = code::prefix(bulk.store(), schema, object, rule, fields, today)?;
            let counter = code::counter(rule, &prefix);
            if let Some(given) = fields.get(&field.name).and_then(Value::as_str) {
                if let Some(serial) = prefix.serial(given).filter(|_| !rule.gap_free) {
                    bulk.raise_serial(&counter, serial)?;
                }
                continue;
            }
            let mut before = bulk.store().peek_serial(&counter)? - 1;
            if rule.gap_free && self.counted.insert(counter.clone()) {
                let kept = code::given_back(bulk.store(), object, field, &prefix, before)?;
                if kept < before {
                    bulk.set_serial(&counter, kept)?;
                }
                before = kept;
            }
            let number = Given { field, rule, prefix, counter, before };
            let code = self.next_free(&number, bulk)?;
            all.push(number);
            match code {
                Ok(code) => drop(fields.insert(field.name.clone(), code)),
                Err(refused) => {
                    self.give_back(&all, sink)?;
                    return Ok(Err(refused));
                }
            }
        }
        Ok(Ok(all))
    }

    /// The next code that no record has.
    fn next_free(&self, number: &Given<'_>, bulk: &mut Bulk<'_>) -> Result<Result<Value, FieldError>, Error> {
        for _ in 0..code::MOST_TAKEN {
            let serial = bulk.next_serial(&number.counter)?;
            if serial > number.prefix.most() {
                return Ok(Err(code::used_up(&number.field.name, number.rule, &number.prefix)));
            }
            let code = number.prefix.with_serial(serial.unsigned_abs());
            if !self.is_in_use(number, &code, bulk)? {
                return Ok(Ok(Value::Text(code)));
            }
        }
        Ok(Err(code::none_free(&number.field.name, number.rule)))
    }

    /// Whether a record has this code already. Where the store refuses it anyway, that is asked only of counters
    /// that were found behind: it would cost every row a look.
    fn is_in_use(&self, number: &Given<'_>, code: &str, bulk: &Bulk<'_>) -> Result<bool, Error> {
        let field = number.field;
        if let Some(known) = self.keys.has(&field.name, &Value::Text(code.to_owned())).filter(|_| self.tells_late) {
            return Ok(known);
        }
        let asks = number.rule.gap_free || !field.unique || self.behind.contains(&number.counter);
        Ok(asks && code::is_taken(bulk.store(), self.rules.object(), field, code)?)
    }

    /// Writes the row that is laid out. A number that another record has is exchanged for one that is free.
    pub(super) fn write(
        &mut self,
        id: Id,
        hashes: &Hashes,
        given: &[Given<'s>],
        sink: &mut Sink<'_, '_>,
    ) -> Result<Option<Outcome>, Error> {
        loop {
            let Sink::Bulk(bulk, _) = sink else { return Ok(None) };
            let taken = match bulk.insert(id, &self.values) {
                Err(StoreError::Duplicate { field, .. }) => field,
                other => return Ok(other.map(|()| None)?),
            };
            let number = given.iter().find(|number| number.field.name == taken);
            let Some(number) = number.filter(|number| self.behind.insert(number.counter.clone())) else {
                self.give_back(given, sink)?;
                return self.taken(taken, sink).map(Some);
            };
            match self.next_free(number, bulk)? {
                Ok(code) => self.exchange(id, hashes, &taken, code),
                Err(refused) => {
                    self.give_back(given, sink)?;
                    return Ok(Some(Outcome::Rejected(vec![refused])));
                }
            }
        }
    }

    /// Puts another value in the row that is laid out.
    fn exchange(&mut self, id: Id, hashes: &Hashes, field: &str, value: Value) {
        let (order, values) = (&self.order, &mut self.values);
        let at = |name: &str| order.iter().position(|f| f == name);
        self.keys.forget(id, hashes, |name| at(name).and_then(|at| values.get(at)).unwrap_or(&Value::Empty));
        if let Some(slot) = at(field).and_then(|at| values.get_mut(at)) {
            *slot = value;
        }
        self.keys.add(id, hashes, |name| at(name).and_then(|at| values.get(at)).unwrap_or(&Value::Empty));
    }

    /// The keys of a row with its numbers, where the store doesn't tell at once that one is taken.
    pub(super) fn numbered(&self, fields: &Fields, given: &[Given<'_>]) -> Option<Hashes> {
        let is_late = self.tells_late && !given.is_empty();
        is_late.then(|| self.keys.hashes(|field| fields.get(field).unwrap_or(&Value::Empty)))
    }

    /// What becomes of a row whose number stands in another record already.
    pub(super) fn number_taken(
        &self,
        numbered: Option<&Hashes>,
        given: &[Given<'_>],
        sink: &mut Sink<'_, '_>,
    ) -> Result<Option<Outcome>, Error> {
        let Some(known) = numbered.and_then(|hashes| self.keys.find(hashes)) else { return Ok(None) };
        self.give_back(given, sink)?;
        let is_skipped = self.policy == OnDuplicate::Skip;
        Ok(Some(if is_skipped { Outcome::Skipped } else { self.duplicate(known, Vec::new(), sink) }))
    }

    /// Where the store doesn't tell at once that a value is taken, what others have written since the last batch is
    /// looked at as the next one begins: from then on nobody else writes until it ends.
    pub(super) fn look_again(&mut self, sink: &mut Sink<'_, '_>) -> Result<(), Error> {
        let (Sink::Bulk(bulk, _), true) = (sink, self.tells_late) else { return Ok(()) };
        let Some(since) = bulk.begin()? else { return Ok(()) };
        let (store, object) = (bulk.store(), &self.rules.object().name);
        let since = since.max(self.read_at);
        if store.journal_head()? == since {
            return Ok(());
        }
        let fields: Vec<String> = self.keys.columns();
        let mut look = |record: &Record| {
            let hashes = self.keys.hashes(|field| record.get(field));
            self.keys.add(record.id, &hashes, |field| record.get(field));
        };
        match store.touched_since(since, MOST_TOUCHED)? {
            Some(touched) => {
                let ids: Vec<i64> = touched.into_iter().filter(|(of, _)| of == object).map(|(_, id)| id).collect();
                let which = Which { ids: Some(&ids), ..Which::all(object) };
                store.records_where(which, &ids, &fields)?.iter().for_each(&mut look);
            }
            None => store.scan(Which::all(object), &fields, |record| {
                look(&record);
                true
            })?,
        }
        Ok(())
    }

    /// A refused row uses up no numbers.
    pub(super) fn give_back(&self, given: &[Given<'_>], sink: &mut Sink<'_, '_>) -> Result<(), Error> {
        let Sink::Bulk(bulk, _) = sink else { return Ok(()) };
        Ok(given.iter().try_for_each(|number| bulk.set_serial(&number.counter, number.before))?)
    }
}

/// The next code that no record of another object has, for one that is made for a reference.
pub(super) fn next_of_other(
    bulk: &mut Bulk<'_>,
    object: &Object,
    (field, rule): (&Field, &NumberRule),
    prefix: &Prefix,
) -> Result<Option<Value>, Error> {
    let counter = code::counter(rule, prefix);
    for _ in 0..code::MOST_TAKEN {
        let code = prefix.with_serial(bulk.next_serial(&counter)?.unsigned_abs());
        if !code::is_taken(bulk.store(), object, field, &code)? {
            return Ok(Some(Value::Text(code)));
        }
    }
    Ok(None)
}
