//! Reading ahead: while one thread writes, another one reads the rows that follow, as far as that can be done
//! without the store.

use super::columns::{Columns, Parsed};
use super::keys::{Hashes, KeyFields};
use crate::contract::request::ImportRow;
use crate::crm::save;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::model::Object;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

/// Rows that are handed over together, at most.
pub(super) const CHUNK: usize = 256;
/// Bytes of cells that are handed over together, unless one row has more.
const CHUNK_BYTES: usize = 1 << 20;
/// Chunks that may wait for the writer.
pub(super) const AHEAD: usize = 8;

/// Fields that are kept for the rows to come.
const SPARE: usize = 2 * CHUNK;

/// A row with what it says by itself.
pub(super) struct ReadRow {
    pub(super) row: ImportRow,
    pub(super) parsed: Parsed,
    pub(super) hashes: Hashes,
    /// Room for its values in the order of the load.
    pub(super) room: Vec<Value>,
}

/// What is left of a row that is done with: itself, its fields, values.
pub(super) type Spent = (ImportRow, Fields, Vec<Value>);

/// Reads rows.
#[derive(Clone)]
pub(super) struct Reader<'s> {
    object: &'s Object,
    columns: Columns<'s>,
    keys: Arc<KeyFields>,
    /// Fields of rows that are done with: their names are most likely those of the next rows; and room for values.
    spare: Vec<(Fields, Vec<Value>)>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(object: &'s Object, columns: Columns<'s>, keys: Arc<KeyFields>) -> Reader<'s> {
        Reader { object, columns, keys, spare: Vec::new() }
    }

    /// Reads one row.
    pub(super) fn read(&mut self, row: ImportRow) -> ReadRow {
        let (spare, room) = self.spare.pop().unwrap_or_default();
        let mut parsed = if row.error.is_none() { self.columns.parse(&row.cells, spare) } else { Parsed::default() };
        let hashes = self.keys.hashes(|field| parsed.fields.get(field).unwrap_or(&Value::Empty));
        parsed.mnemonic = save::mnemonic(self.object, &parsed.fields);
        ReadRow { row, parsed, hashes, room }
    }

    /// Reads rows and hands them over until there are no more, or nobody wants them any more. Rows that are done with
    /// come back: memory is given back fastest by the thread that took it.
    pub(super) fn read_ahead(
        &mut self,
        rows: impl Iterator<Item = ImportRow>,
        to: &SyncSender<Vec<ReadRow>>,
        done: &Receiver<Vec<Spent>>,
    ) {
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut bytes = 0;
        for row in rows {
            bytes += row.cells.iter().map(String::len).sum::<usize>();
            chunk.push(self.read(row));
            if chunk.len() == CHUNK || bytes >= CHUNK_BYTES {
                if to.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))).is_err() {
                    return;
                }
                bytes = 0;
                self.take_back(done.try_iter().flatten());
            }
        }
        // Whoever doesn't listen any more doesn't want the rest either.
        let _ = to.send(chunk);
    }

    fn take_back(&mut self, done: impl Iterator<Item = Spent>) {
        for (_, fields, mut values) in done {
            if self.spare.len() < SPARE {
                values.clear();
                self.spare.push((fields, values));
            }
        }
    }
}
