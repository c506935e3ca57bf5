//! `tcrm import`.

use super::args::{Duplicates, Import, RowFormat};
use super::assign;
use super::change;
use super::failure::{Failure, field_text};
use super::output::{note, print_json};
use super::progress::{Far, Progress};
use super::session::{Session, Want, with_object};
use crate::backend::Backend;
use crate::contract::request::{ImportProgress, ImportReport, ImportRequest, OnDuplicate, RejectedRow};
use crate::domain::lang::Lang;
use crate::domain::message::FieldError;
use crate::schema::model::Object;
use crate::transfer::mapping::{self, Mapping};
use crate::transfer::rejects::{self, Rejects};
use crate::transfer::source::{self, Format, Options, Source};
use crate::{i18n, msg, transfer};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How many refused rows are told of on stderr; the file has them all.
const TOLD: usize = 10;

/// So many records are made searchable at once; what is less costs the next start nothing.
const INDEXED: u64 = 2_000;

/// Imports a file, or takes an import back.
pub(super) fn run(session: &Session, args: &Import) -> Result<(), Failure> {
    let (object, file) = match (args.undo, &args.object, &args.file) {
        (Some(number), ..) => return change::revert(session, number, args.json),
        (None, Some(object), Some(file)) => (object, file),
        _ => return Err(Failure::Usage(msg!("cli-import-what"))),
    };
    bring_in(session, args, object, file).map(drop)
}

/// Imports a file: whether every column of it went somewhere.
fn bring_in(session: &Session, args: &Import, object: &str, file: &Path) -> Result<bool, Failure> {
    let want = if args.dry_run { Want::Read } else { Want::Write };
    let (backend, object) = with_object(session, object, want)?;
    let source = source::open(file, &options(args))?;
    let explicit = args.map.iter().map(|m| assign::split(m).map(|(f, c)| (f.to_owned(), c.to_owned())));
    let explicit: Vec<(String, String)> = explicit.collect::<Result<_, _>>()?;
    let mapping = mapping::map(&backend.schema(), &object, &source.header, &explicit)?;
    let replacements = Replacements::read(&args.values, &object, &mapping)?;
    let facts = Facts::of(&source, &mapping);
    if !args.json {
        facts.tell(session);
    }
    // A dry run writes nothing, unless a file is asked for.
    let named = args.errors.clone();
    let errors = named.or_else(|| (!args.dry_run).then(|| rejects::path_for(file, Path::exists)));
    let work = Work { session, backend: &*backend, object, args };
    let outcome = work.run(source, mapping, replacements, errors)?;
    let told = outcome.tell(session, args, &facts);
    let records = outcome.report.created + outcome.report.updated;
    if let (false, Some(store)) = (args.dry_run || records < INDEXED, backend.local()) {
        super::setup::prepare_search(session, store, records)?;
    }
    told.map(|()| facts.unmapped.is_empty())
}

/// Imports customers as the first start offers it: refused rows are told and kept, and don't stop the start. Whether
/// all that the file holds is in.
pub(super) fn customers(session: &Session, file: PathBuf) -> Result<bool, Failure> {
    let args = Import {
        object: Some("customer".to_owned()),
        file: None,
        map: Vec::new(),
        values: Vec::new(),
        on_duplicate: Duplicates::Skip,
        create_references: true,
        dry_run: false,
        from_line: 0,
        format: None,
        encoding: None,
        delimiter: None,
        no_header: false,
        errors: None,
        undo: None,
        json: false,
    };
    let Some(object) = args.object.clone() else { return Ok(true) };
    match bring_in(session, &args, &object, &file) {
        Ok(all_mapped) => Ok(all_mapped),
        Err(Failure::Said(3)) => Ok(false),
        Err(other) => Err(other),
    }
}

fn options(args: &Import) -> Options {
    Options {
        format: args.format.map(|f| match f {
            RowFormat::Csv => Format::Csv,
            RowFormat::Jsonl => Format::Jsonl,
        }),
        encoding: args.encoding.clone(),
        delimiter: args.delimiter.clone(),
        no_header: args.no_header,
    }
}

/// What was found out about the file.
struct Facts {
    encoding: &'static str,
    delimiter: Option<String>,
    pairs: Vec<(String, String)>,
    unmapped: Vec<String>,
    repeated: Vec<(usize, String, String)>,
}

impl Facts {
    fn of(source: &Source, mapping: &Mapping) -> Facts {
        let pairs = mapping.pairs(&source.header).map(|(c, f)| (c.to_owned(), f.to_owned()));
        Facts {
            encoding: source.encoding.name(),
            delimiter: (source.format == Format::Csv).then(|| source.delimiter_name()),
            pairs: pairs.collect(),
            unmapped: mapping.unmapped.clone(),
            repeated: mapping.repeated.clone(),
        }
    }

    fn tell(&self, session: &Session) {
        let delimiter = self.delimiter.as_deref().unwrap_or("JSON");
        note(&session.say(&msg!("cli-import-read-as", encoding = self.encoding, delimiter = delimiter)));
        let pairs: Vec<String> =
            self.pairs.iter().map(|(c, f)| if c == f { c.clone() } else { format!("{c} → {f}") }).collect();
        note(&session.say(&msg!("cli-import-mapped", pairs = super::table::clean(&pairs.join(", ")))));
        if !self.unmapped.is_empty() {
            let columns = super::table::clean(&self.unmapped.join(", "));
            note(&session.say(&msg!("cli-import-unmapped", columns = columns)));
        }
        for (number, column, field) in &self.repeated {
            let column = super::table::clean(column);
            note(&session.say(&msg!("cli-import-repeated", number = number, column = column, field = field)));
        }
    }
}

/// What `--value FIELD:FROM=TO` asks for: cells of a field that are to be read as something else.
struct Replacements(HashMap<(usize, String), String>);

impl Replacements {
    fn read(values: &[String], object: &Object, mapping: &Mapping) -> Result<Replacements, Failure> {
        let mut all = HashMap::new();
        let columns = mapping.fields();
        for value in values {
            let parts = value.split_once(':').and_then(|(field, rest)| Some((field, rest.split_once('=')?)));
            let Some((name, (from, to))) = parts else {
                return Err(Failure::Usage(msg!("cli-import-value", text = value)));
            };
            let field = object.find_field(name.trim());
            let field = field.ok_or_else(|| Failure::Other(3, assign::unknown_field(object, name)))?;
            let places = (0..).zip(&columns).filter(|(_, mapped)| mapped.as_ref() == Some(&field.name));
            let before = all.len();
            all.extend(places.map(|(at, _)| ((at, folded(from)), to.trim().to_owned())));
            if all.len() == before {
                return Err(Failure::Other(3, msg!("cli-import-value-field", field = name)));
            }
        }
        Ok(Replacements(all))
    }

    fn apply(&self, cells: &mut [String]) {
        if self.0.is_empty() {
            return;
        }
        for (at, cell) in cells.iter_mut().enumerate() {
            if let Some(to) = self.0.get(&(at, folded(cell))) {
                cell.clone_from(to);
            }
        }
    }
}

/// A cell without what people vary.
fn folded(cell: &str) -> String {
    cell.trim().to_lowercase()
}

struct Work<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    object: Object,
    args: &'a Import,
}

struct Outcome {
    report: ImportReport,
    refused: Refused,
}

/// What became of the refused rows.
struct Refused {
    file: Option<PathBuf>,
    told: Vec<String>,
}

impl Work<'_> {
    fn run(
        &self,
        source: Source,
        mapping: Mapping,
        replacements: Replacements,
        errors: Option<PathBuf>,
    ) -> Result<Outcome, Failure> {
        let (size, read) = (source.size, Arc::clone(&source.read));
        let expected = source.expected;
        let (progress_in, progress_out) = channel();
        let (rejects_in, rejects_out) = channel();
        let rejects = errors.map(|path| Rejects::new(&source, path));
        let (lang, object) = (self.session.lang, self.object.clone());
        let keeper = thread::spawn(move || keep_refused(&rejects_out, rejects, (&object, lang)));
        let stop = Arc::new(AtomicBool::new(false));
        let fields = mapping.fields();
        let rows = source.into_rows(self.args.from_line).map(move |mut row| {
            if row.error.is_none() {
                mapping.extend(&mut row.cells);
                replacements.apply(&mut row.cells);
            }
            row
        });
        let request = ImportRequest {
            object: self.object.name.clone(),
            mapping: fields,
            rows: Box::new(rows),
            expected,
            on_duplicate: match self.args.on_duplicate {
                Duplicates::Skip => OnDuplicate::Skip,
                Duplicates::Update => OnDuplicate::Update,
                Duplicates::Error => OnDuplicate::Error,
            },
            dry_run: self.args.dry_run,
            create_references: self.args.create_references,
            progress: Some(progress_in),
            rejects: Some(rejects_in),
            stop: Arc::clone(&stop),
        };
        let far = |rows| Far { rows, bytes: (read.load(Ordering::Relaxed), size) };
        let report = self.wait(request, &progress_out, &stop, far);
        let refused = keeper.join().map_err(|_| Failure::Other(1, msg!("cli-cancelled")))?;
        Ok(Outcome { report: report?, refused: refused? })
    }

    /// Waits for the import, drawing how far it is; Ctrl-C ends it with the batch under way, a second one at once.
    fn wait(
        &self,
        request: ImportRequest,
        progress: &Receiver<ImportProgress>,
        stop: &AtomicBool,
        far: impl Fn(u64) -> Far,
    ) -> Result<ImportReport, Failure> {
        let session = self.session;
        session.wait(async {
            let mut line = Progress::new();
            let mut so_far = ImportProgress::default();
            let mut work = self.backend.import(request);
            let mut clock = tokio::time::interval(Duration::from_millis(100));
            loop {
                tokio::select! {
                    report = &mut work => {
                        line.clear();
                        so_far = progress.try_iter().last().unwrap_or(so_far);
                        if report.is_err() && so_far.rows > 0 && !self.args.dry_run {
                            note(&session.say(&msg!("cli-import-broken", line = so_far.line)));
                        }
                        return Ok(report?);
                    }
                    _ = tokio::signal::ctrl_c() => {
                        line.clear();
                        if stop.swap(true, Ordering::SeqCst) {
                            return Err(Failure::Other(1, msg!("cli-cancelled")));
                        }
                        note(&session.say(&msg!("cli-import-stopping")));
                    }
                    _ = clock.tick() => {
                        so_far = progress.try_iter().last().unwrap_or(so_far);
                        line.draw(session, far(so_far.rows));
                    }
                }
            }
        })
    }
}

/// What is wrong with a cell, under the name that its column goes by.
fn reason(object: &Object, error: &FieldError, lang: Lang) -> String {
    let text = i18n::message(lang, &error.message);
    match object.field(&error.field) {
        Some(field) => format!("{}{}{text}", field.label.get(lang), i18n::text(lang, "label-colon")),
        None => field_text(lang, error),
    }
}

/// Puts refused rows into their file; the first few are also kept to be told.
fn keep_refused(
    rows: &Receiver<RejectedRow>,
    mut file: Option<Rejects>,
    (object, lang): (&Object, Lang),
) -> Result<Refused, transfer::Error> {
    let mut told = Vec::new();
    for rejected in rows {
        let mut reasons: Vec<String> = rejected.errors.iter().map(|error| reason(object, error, lang)).collect();
        if let (true, Some(error)) = (reasons.is_empty(), &rejected.row.error) {
            reasons.push(i18n::message(lang, error));
        }
        let reason = reasons.join("; ");
        if told.len() < TOLD {
            told.push(i18n::message(lang, &msg!("cli-import-line", line = rejected.row.line, reason = &reason)));
        }
        if let Some(file) = &mut file {
            file.add(&rejected.row, &reason)?;
        }
    }
    Ok(Refused { file: file.map(Rejects::finish).transpose()?.flatten(), told })
}

impl Outcome {
    fn tell(&self, session: &Session, args: &Import, facts: &Facts) -> Result<(), Failure> {
        if args.json {
            self.print(args, facts)?;
        } else {
            self.say(session, args);
        }
        match (self.report.stopped_at, self.report.rejected) {
            (Some(_), _) => Err(Failure::Said(1)),
            (None, 0) => Ok(()),
            (None, _) => Err(Failure::Said(3)),
        }
    }

    fn say(&self, session: &Session, args: &Import) {
        let report = &self.report;
        for line in &self.refused.told {
            note(&super::table::clean(line));
        }
        if report.rejected > self.refused.told.len() as u64 {
            note(&session.say(&msg!("cli-import-more", number = report.rejected - self.refused.told.len() as u64)));
        }
        let summary = if args.dry_run { "cli-import-dry" } else { "cli-import-done" };
        let summary = crate::domain::message::Message::new(summary)
            .with("created", report.created)
            .with("updated", report.updated)
            .with("skipped", report.skipped)
            .with("rejected", report.rejected);
        note(&session.say(&summary));
        if let Some(file) = &self.refused.file {
            note(&session.say(&msg!("cli-import-errors", path = file.display())));
        }
        if let Some(number) = report.import {
            note(&session.say(&msg!("cli-import-undo", number = number)));
        }
        if let Some(line) = report.stopped_at {
            note(&session.say(&msg!("cli-import-stopped", line = line, next = line + 1)));
        }
    }

    fn print(&self, args: &Import, facts: &Facts) -> Result<(), Failure> {
        let report = &self.report;
        let mapping: serde_json::Map<_, _> = facts.pairs.iter().map(|(c, f)| (c.clone(), json!(f))).collect();
        print_json(&json!({
            "created": report.created, "updated": report.updated, "skipped": report.skipped,
            "rejected": report.rejected, "import": report.import, "stopped_at": report.stopped_at,
            "dry_run": args.dry_run, "errors_file": self.refused.file.as_ref().map(|p| p.display().to_string()),
            "encoding": facts.encoding, "delimiter": facts.delimiter, "mapping": mapping, "unmapped": facts.unmapped,
        }))
    }
}
