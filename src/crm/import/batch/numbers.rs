//! The numbers of imported records.

use super::{Importer, Outcome, Sink};
use crate::backend::error::Error;
use crate::backend::request::OnDuplicate;
use crate::crm::code;
use crate::crm::import::keys::Hashes;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::store::Which;

/// Of more entries by others all records are looked at.
const MOST_TOUCHED: usize = 20_000;

impl Importer<'_> {
    /// Gives the counters that numbers were taken of, with what they stood at before; or that a rule has no more.
    pub(super) fn give_codes(
        &self,
        fields: &mut Fields,
        sink: &mut Sink<'_, '_>,
    ) -> Result<Result<Vec<(String, i64)>, FieldError>, Error> {
        let mut taken = Vec::new();
        let Sink::Bulk(bulk, _) = sink else { return Ok(Ok(taken)) };
        let (schema, object) = (self.rules.schema(), self.rules.object());
        for (field, rule) in &self.codes {
            let prefix = code::prefix(bulk.store(), schema, object, rule, fields, self.now.date())?;
            let counter = code::counter(rule, &prefix);
            if let Some(given) = fields.get(&field.name).and_then(Value::as_str) {
                if let Some(serial) = prefix.serial(given).filter(|_| !rule.gap_free) {
                    bulk.raise_serial(&counter, serial)?;
                }
                continue;
            }
            let mut serial = bulk.next_serial(&counter)?;
            taken.push((counter.clone(), serial - 1));
            let mut code = Value::Text(prefix.with_serial(serial.unsigned_abs()));
            // What was given by hand lies ahead.
            while rule.gap_free && !bulk.store().find_equal(&object.name, &field.name, &code, 1)?.is_empty() {
                serial = bulk.next_serial(&counter)?;
                code = Value::Text(prefix.with_serial(serial.unsigned_abs()));
            }
            if serial > prefix.most() {
                taken.into_iter().try_for_each(|(counter, last)| bulk.set_serial(&counter, last))?;
                return Ok(Err(code::used_up(&field.name, rule, &prefix)));
            }
            fields.insert(field.name.clone(), code);
        }
        Ok(Ok(taken))
    }

    /// The keys of a row with its numbers, where the store doesn't tell at once that one is taken.
    pub(super) fn numbered(&self, fields: &Fields, given: &[(String, i64)]) -> Option<Hashes> {
        let is_late = self.tells_late && !given.is_empty();
        is_late.then(|| self.keys.hashes(|field| fields.get(field).unwrap_or(&Value::Empty)))
    }

    /// What becomes of a row whose number stands in another record already.
    pub(super) fn number_taken(
        &self,
        numbered: Option<&Hashes>,
        given: &[(String, i64)],
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
    pub(super) fn give_back(&self, given: &[(String, i64)], sink: &mut Sink<'_, '_>) -> Result<(), Error> {
        let Sink::Bulk(bulk, _) = sink else { return Ok(()) };
        Ok(given.iter().try_for_each(|(counter, last)| bulk.set_serial(counter, *last))?)
    }
}
