//! Exports as jobs: a file is written while its state is asked for, fetched when it is whole, and removed again.

use super::app::App;
use super::caller::{self, Caller};
use super::failure::Failure;
use super::files::{Scratch, stream_file};
use super::routes::{Call, Routes};
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::api::{Problem, ProblemKind};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::contract::error::Error;
use crate::contract::request::{CountRequest, From as PageFrom, Page, Query};
use crate::domain::event::{EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::record::system;
use crate::msg;
use crate::schema::kind::FormatContext;
use crate::schema::model::{Field, Object, Schema};
use crate::transfer::export::{CsvSink, Sink, default_fields};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Jobs that are remembered.
const MOST_JOBS: usize = 32;
/// How long a file is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// The longest wait for the end, in seconds.
const LONGEST_WAIT: u64 = 25;
/// Records that are read at once.
const PAGE: usize = 1_000;

#[derive(Default)]
pub(super) struct Exports {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    last: AtomicU64,
}

struct Job {
    id: u64,
    user: Option<Id>,
    format: ExportFormat,
    folder: Scratch,
    began: Instant,
    expected: u64,
    written: AtomicU64,
    stop: AtomicBool,
    /// The file's size, when it is whole.
    ended: watch::Sender<Option<Result<u64, Error>>>,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on(BeginExport, begin)
        .on(GetExport, |call: Call<GetExport>| async move {
            let job = find(&call.app, &call.caller, call.part("id"))?;
            let mut ended = job.ended.subscribe();
            let wait = Duration::from_secs(call.query.wait.min(LONGEST_WAIT));
            let _ = tokio::time::timeout(wait, ended.wait_for(Option::is_some)).await;
            Ok(job.state(call.lang))
        })
        .raw(GetExportFile, file)
        .on(RemoveExport, |call: Call<RemoveExport>| async move {
            let job = find(&call.app, &call.caller, call.part("id"))?;
            job.stop.store(true, Ordering::SeqCst);
            call.app.exports.jobs.lock().unwrap_or_else(PoisonError::into_inner).remove(&job.id);
            Ok(Nothing {})
        })
}

fn find(app: &App, caller: &Caller, id: &str) -> Result<Arc<Job>, Failure> {
    let jobs = app.exports.jobs.lock().unwrap_or_else(PoisonError::into_inner);
    let me = caller.backend.me().map(|me| me.id);
    let job = id.parse().ok().and_then(|id: u64| jobs.get(&id)).filter(|job| job.user == me);
    job.cloned().ok_or_else(|| Error::NotFound(msg!("api-no-export", id = id)).into())
}

/// What is to be written, and how it looks.
struct Writing {
    backend: LocalBackend,
    schema: Arc<Schema>,
    plan: ExportPlan,
    lang: Lang,
    zone: TimeZone,
}

async fn begin(call: Call<BeginExport>) -> Result<ExportState, Failure> {
    let (plan, backend) = (call.body.clone(), call.backend().clone());
    let schema = backend.schema();
    let (_, zone) = caller::zone(&call.parts.headers)?;
    let writing = Writing { backend, schema, plan, lang: call.lang, zone };
    // The first rows tell whether it may be done, and whether the filter can be read.
    writing.backend.export(Query { limit: 1, ..writing.query()? }).await?;
    let (object, filter) = (writing.plan.object.clone(), writing.plan.filter.clone());
    let count = writing.backend.count(CountRequest { object, filter, cap: u64::MAX }).await?;
    let job = Job::new(&call, count.value)?;
    let job = call.app.exports.add(job)?;
    let note = Happening::new(EventKind::Export)
        .about(&writing.plan.object, None)
        .with("filter", &writing.plan.filter)
        .with("count", count.value)
        .with("format", writing.plan.format.name())
        .with("columns", writing.plan.fields.join(","))
        .with("file", "-");
    writing.backend.note(note).await?;
    let of = Arc::clone(&job);
    tokio::task::spawn_blocking(move || {
        let result = writing.write(&of);
        of.ended.send_replace(Some(result));
    });
    Ok(job.state(call.lang))
}

impl Exports {
    fn add(&self, mut job: Job) -> Result<Arc<Job>, Failure> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|_, job| job.began.elapsed() < KEPT);
        // Whoever removes none of theirs takes no room from others.
        let ended = jobs.values().filter(|other| other.user == job.user && other.ended.borrow().is_some());
        if let (true, Some(oldest)) = (jobs.len() >= MOST_JOBS, ended.map(|other| other.id).min()) {
            jobs.remove(&oldest);
        }
        if jobs.len() >= MOST_JOBS {
            return Err(Failure::TooMany(60));
        }
        job.id = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let job = Arc::new(job);
        jobs.insert(job.id, Arc::clone(&job));
        Ok(job)
    }

    /// Ends what is under way: nobody can fetch it any more.
    pub(super) fn stop(&self) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values().for_each(|job| job.stop.store(true, Ordering::SeqCst));
    }
}

impl ExportFormat {
    fn name(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Jsonl => "jsonl",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Jsonl => "application/jsonl",
        }
    }
}

impl Job {
    fn new(call: &Call<BeginExport>, expected: u64) -> Result<Job, Error> {
        Ok(Job {
            id: 0,
            user: call.backend().me().map(|me| me.id),
            format: call.body.format,
            folder: Scratch::new().map_err(failed)?,
            began: Instant::now(),
            expected,
            written: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            ended: watch::Sender::new(None),
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    fn state(&self, lang: Lang) -> ExportState {
        let ended = self.ended.borrow().clone();
        let (bytes, problem) = match &ended {
            Some(Err(error)) => (0, Some(Box::new(Problem::of(error, lang)))),
            Some(Ok(bytes)) => (*bytes, None),
            None => (0, None),
        };
        ExportState {
            id: self.id,
            written: self.written.load(Ordering::SeqCst),
            expected: self.expected,
            ended: matches!(ended, Some(Ok(_))),
            bytes,
            problem,
        }
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::Other(msg!("api-file", reason = error))
}

impl Writing {
    fn object(&self) -> Result<&Object, Error> {
        let name = &self.plan.object;
        self.schema.object(name).ok_or_else(|| Error::NotFound(msg!("crm-no-object", object = name)))
    }

    fn fields(&self) -> Result<Vec<&Field>, Error> {
        let object = self.object()?;
        if self.plan.fields.is_empty() {
            return Ok(default_fields(object));
        }
        let field =
            |name: &String| object.field(name).ok_or_else(|| Error::field(name, msg!("crm-no-field", field = name)));
        self.plan.fields.iter().map(field).collect()
    }

    fn query(&self) -> Result<Query, Error> {
        let columns = self.fields()?.into_iter().map(|field| field.name.clone());
        Ok(Query {
            object: self.plan.object.clone(),
            filter: self.plan.filter.clone(),
            sort: self.plan.sort.clone(),
            columns: columns.filter(|name| name != system::ID).collect(),
            from: PageFrom::Start,
            limit: PAGE,
        })
    }

    /// Writes the whole file, on a thread that may wait. Gives its size.
    fn write(&self, job: &Job) -> Result<u64, Error> {
        let (runtime, fields, mut query) = (Handle::current(), self.fields()?, self.query()?);
        let out = BufWriter::new(File::create(job.path()).map_err(failed)?);
        let mut sink = match self.plan.format {
            ExportFormat::Csv => {
                let labels = self.plan.labels.then_some(self.lang);
                Sink::Csv(Box::new(CsvSink::new(out, &fields, labels, false).map_err(failed)?))
            }
            ExportFormat::Jsonl => Sink::Jsonl(out),
        };
        loop {
            let page = runtime.block_on(self.backend.export(query.clone()))?;
            self.write_page(&mut sink, &fields, &page)?;
            job.written.fetch_add(page.rows.len() as u64, Ordering::SeqCst);
            if job.stop.load(Ordering::SeqCst) {
                return Err(Error::Cancelled);
            }
            let Some(last) = page.rows.last().filter(|_| page.more_after) else { break };
            query.from = PageFrom::After(last.cursor.clone());
        }
        sink.finish().map_err(|error| Error::Other(error.message().clone()))?;
        Ok(std::fs::metadata(job.path()).map_err(failed)?.len())
    }

    fn write_page<W: Write>(&self, sink: &mut Sink<W>, fields: &[&Field], page: &Page) -> Result<(), Error> {
        let look = FormatContext { lang: self.lang, zone: &self.zone, titles: &page.titles, schema: &self.schema };
        page.rows.iter().try_for_each(|row| sink.write(fields, &row.record, &look)).map_err(failed)
    }
}

async fn file(call: Call<GetExportFile>, _: Body) -> Result<Response<Body>, Failure> {
    let job = find(&call.app, &call.caller, call.part("id"))?;
    let ended = job.ended.borrow().clone();
    match ended {
        None => Err(Failure::Server(ProblemKind::Conflict, msg!("api-export-under-way"))),
        Some(Err(error)) => Err(error.into()),
        Some(Ok(_)) => {
            let mut response = stream_file(&job.path()).await?;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(job.format.media_type()));
            Ok(response)
        }
    }
}
