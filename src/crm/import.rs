//! Bulk import: texts become values, duplicates are found, rows are written in large batches, each a
//! transaction; all of it is one import to the journal, which can be taken back as one.
//!
//! Everything a row needs to be judged by is in memory: keys of the records that are there, references
//! and choices seen before. The store is asked only about what was never seen.

mod batch;
mod columns;
mod keys;
mod reader;
mod references;

use super::evaluate::Rules;
use super::rights::{self, SOURCES, Sight};
use super::{Crm, object, people};
use crate::contract::error::Error;
use crate::contract::request::{ImportProgress, ImportReport, ImportRequest, ImportRow, RejectedRow};
use crate::domain::message::FieldError;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::Object;
use crate::store::Store;
use batch::{Absent, Importer, Outcome, Sink};
use reader::{ReadRow, Spent};
use std::sync::atomic::Ordering;
use std::sync::mpsc;

/// Rows of a batch, and so of a transaction: enough that its cost is spread thin, few enough that
/// stopping and saving in between don't wait long.
const BATCH: usize = 10_000;
/// Rows that may wait for a later row that they refer to.
const WAITING: usize = 200_000;
/// Rounds in which waiting rows find each other, forwards and backwards in turn: for each round, a chain
/// of references may turn once.
const ROUNDS: usize = 64;

impl Crm {
    /// Imports rows: see [`ImportRequest`]. Errors of rows are in the report; an error of the import
    /// itself leaves whole batches.
    pub fn import(&mut self, request: ImportRequest) -> Result<ImportReport, Error> {
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        if !request.dry_run {
            self.require("import", &object.name, None::<&RecordKey>)?;
        }
        check_mapping(object, &request.mapping)?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        sight.may_view(&object.name)?;
        if let Some(why) = rights.may_write(&object.name, request.mapping.iter().flatten()) {
            return Err(Error::Denied(why));
        }
        if SOURCES.contains(&object.name.as_str()) && !rights.may_give() {
            return Err(Error::Denied(msg!("rights-only-administrators")));
        }
        let now = self.context.now();
        let rules = Rules::of(&schema, object, &now, self.context.user);
        let mut stamp = self.stamp(&now, None);
        stamp.origin = crate::domain::journal::Origin::Import;
        let Crm { store, context } = self;
        let mut run = Run::new(request);
        let mut importer = Importer::new(store, &rules, &run.request, &now, &rights)?;
        let rows = std::mem::replace(&mut run.request.rows, Box::new(std::iter::empty()));
        let mut reader = importer.reader();
        std::thread::scope(|scope| {
            let (sender, chunks) = mpsc::sync_channel(reader::AHEAD);
            let (spent, done) = mpsc::channel();
            run.spent = Some(spent);
            let read = move || reader.read_ahead(rows, &sender, &done);
            let thread = std::thread::Builder::new().name("import-reader".to_owned()).spawn_scoped(scope, read);
            thread.map_err(|_| Error::Other(msg!("backend-job-lost")))?;
            let mut rows = chunks.into_iter().flatten();
            if run.request.dry_run {
                run.dry(&mut importer, &mut rows, store)?;
                return Ok(run.report);
            }
            let fields = importer.written_fields();
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            importer.set_fields(&fields);
            let expected = run.request.expected;
            let (done, first) = store.bulk(&stamp, &object.name, &fields, expected, |bulk| {
                // What it remembers is given back before the indexes are made.
                let mut importer = importer;
                let mut make_id = |now: &jiff::Zoned| context.next_id(now);
                Ok::<_, Error>(run.bulk(&mut importer, &mut rows, bulk, &mut make_id))
            })?;
            run.report.import = first;
            done.map(|()| run.report)
        })
    }
}

type Rows<'r> = dyn Iterator<Item = ReadRow> + 'r;

fn check_mapping(object: &Object, mapping: &[Option<String>]) -> Result<(), Error> {
    let mut errors = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in mapping.iter().flatten() {
        let message = match object.field(name) {
            None => msg!("crm-no-field", field = name),
            Some(field) if field.is_system() => msg!("crm-system-field"),
            Some(field) if !field.is_editable() => msg!("crm-read-only-field"),
            Some(_) if !seen.insert(name) => msg!("crm-import-twice", field = name),
            Some(_) => continue,
        };
        errors.push(FieldError { field: name.clone(), message });
    }
    if seen.is_empty() && errors.is_empty() {
        errors.push(FieldError { field: String::new(), message: msg!("crm-import-no-field") });
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// An import under way.
struct Run {
    request: ImportRequest,
    report: ImportReport,
    rows: u64,
    line: u64,
    /// Rows that refer to a record of their own object that may still come.
    waiting: Vec<ImportRow>,
    /// Refused rows that stand behind a waiting one: they are told in the file's order.
    held: Vec<RejectedRow>,
    /// All rows are read; those that waited are being taken in, in another order.
    settling: bool,
    /// Rows that are done with, and where they go.
    left: Vec<Spent>,
    spent: Option<mpsc::Sender<Vec<Spent>>>,
}

impl Run {
    fn new(request: ImportRequest) -> Run {
        Run {
            request,
            report: ImportReport::default(),
            rows: 0,
            line: 0,
            waiting: Vec::new(),
            held: Vec::new(),
            settling: false,
            left: Vec::new(),
            spent: None,
        }
    }

    fn dry(&mut self, importer: &mut Importer<'_>, rows: &mut Rows<'_>, store: &Store) -> Result<(), Error> {
        let mut sink = Sink::Dry(store);
        loop {
            let more = self.batch(importer, rows, &mut sink)?;
            self.told();
            if !more || self.stopped() {
                break;
            }
        }
        self.settle_waiting(|run, rows, absent| run.take_in(importer, &mut sink, rows, absent))
    }

    fn bulk(
        &mut self,
        importer: &mut Importer<'_>,
        rows: &mut Rows<'_>,
        bulk: &mut crate::store::Bulk<'_>,
        make_id: &mut dyn FnMut(&jiff::Zoned) -> crate::domain::id::Id,
    ) -> Result<(), Error> {
        loop {
            let more = self.batch(importer, rows, &mut Sink::Bulk(bulk, make_id))?;
            importer.settle(bulk)?;
            // Who was disabled meanwhile writes no further batch.
            people::admit(bulk.store(), importer.me())?;
            if SOURCES.contains(&self.request.object.as_str()) {
                rights::administrator_left(bulk.store(), &bulk.store().schema())?;
            }
            bulk.commit()?;
            self.told();
            if !more || self.stopped() {
                break;
            }
        }
        self.settle_waiting(|run, rows, absent| {
            run.take_in(importer, &mut Sink::Bulk(bulk, make_id), rows, absent)?;
            importer.settle(bulk)?;
            if SOURCES.contains(&run.request.object.as_str()) {
                rights::administrator_left(bulk.store(), &bulk.store().schema())?;
            }
            Ok(bulk.commit()?)
        })
    }

    /// Takes in the rows that waited for others, until no more of them find what they refer to; then the rest.
    /// `take_in` takes a batch of rows as one transaction.
    fn settle_waiting(
        &mut self,
        mut take_in: impl FnMut(&mut Run, Vec<ImportRow>, Absent) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.settling = true;
        for _ in 0..ROUNDS {
            let mut rows = std::mem::take(&mut self.waiting);
            let before = rows.len();
            rows.reverse();
            while !rows.is_empty() {
                let batch = rows.drain(..rows.len().min(BATCH)).collect();
                take_in(self, batch, Absent::MayCome)?;
            }
            if self.waiting.is_empty() || self.waiting.len() == before {
                break;
            }
        }
        let mut rows = std::mem::take(&mut self.waiting);
        rows.sort_by_key(|row| row.line);
        // What they refer to may stand behind the line at which the user stopped.
        let absent = if self.report.stopped_at.is_some() { Absent::Refused } else { Absent::Made };
        while !rows.is_empty() {
            let batch = rows.drain(..rows.len().min(BATCH)).collect();
            take_in(self, batch, absent)?;
        }
        self.tell_refused();
        Ok(())
    }

    fn take_in(
        &mut self,
        importer: &mut Importer<'_>,
        sink: &mut Sink<'_, '_>,
        rows: Vec<ImportRow>,
        absent: Absent,
    ) -> Result<(), Error> {
        for row in rows {
            let row = importer.read(row);
            self.row(importer, sink, row, absent)?;
        }
        Ok(())
    }

    /// Takes in one batch of rows; whether there may be more.
    fn batch(
        &mut self,
        importer: &mut Importer<'_>,
        rows: &mut Rows<'_>,
        sink: &mut Sink<'_, '_>,
    ) -> Result<bool, Error> {
        for _ in 0..BATCH {
            let Some(row) = rows.next() else { return Ok(false) };
            self.rows += 1;
            self.line = row.row.line;
            let absent = if self.waiting.len() < WAITING { Absent::MayCome } else { Absent::Refused };
            self.row(importer, sink, row, absent)?;
        }
        Ok(true)
    }

    fn row(
        &mut self,
        importer: &mut Importer<'_>,
        sink: &mut Sink<'_, '_>,
        row: ReadRow,
        absent: Absent,
    ) -> Result<(), Error> {
        let ReadRow { row, parsed, hashes, room } = row;
        importer.take_room(room);
        match importer.row(&row, parsed, hashes, absent, sink)? {
            Outcome::Created => self.report.created += 1,
            Outcome::Updated => self.report.updated += 1,
            Outcome::Skipped => self.report.skipped += 1,
            Outcome::Early => {
                self.waiting.push(row);
                return Ok(());
            }
            Outcome::Rejected(errors) => {
                self.reject(row, errors);
                return Ok(());
            }
        }
        let (names, values) = importer.leftovers();
        self.left.push((row, names, values));
        if self.left.len() == reader::CHUNK
            && let Some(spent) = &self.spent
        {
            // Without a reader they are dropped here.
            let _ = spent.send(std::mem::take(&mut self.left));
        }
        Ok(())
    }

    fn reject(&mut self, row: ImportRow, errors: Vec<FieldError>) {
        self.report.rejected += 1;
        if self.request.rejects.is_none() {
            return;
        }
        self.held.push(RejectedRow { row, errors });
        if (self.waiting.is_empty() && !self.settling) || self.held.len() >= WAITING {
            self.tell_refused();
        }
    }

    /// Tells of the refused rows, in the file's order.
    fn tell_refused(&mut self) {
        self.held.sort_by_key(|rejected| rejected.row.line);
        let Some(rejects) = &self.request.rejects else { return };
        for rejected in self.held.drain(..) {
            // Whoever doesn't listen any more doesn't want to know.
            let _ = rejects.send(rejected);
        }
    }

    fn told(&self) {
        if let Some(progress) = &self.request.progress {
            let _ = progress.send(ImportProgress { rows: self.rows, line: self.line });
        }
    }

    fn stopped(&mut self) -> bool {
        let stopped = self.request.stop.load(Ordering::SeqCst);
        if stopped {
            self.report.stopped_at = Some(self.line);
        }
        stopped
    }
}
