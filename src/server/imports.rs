//! Imports as jobs: rows come in parts, the job goes on between them and says how far it is.

use super::app::App;
use super::caller::Caller;
use super::failure::Failure;
use super::routes::{Call, Routes};
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::api::{Problem, ProblemKind};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{ImportProgress, ImportReport, ImportRequest, ImportRow, RejectedRow};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::msg;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Jobs that are remembered.
const MOST_JOBS: usize = 64;
/// Rows that may wait to be written.
const AHEAD: u64 = 20_000;
/// How long a job waits for its next rows.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest wait for the end.
const LONGEST_WAIT: u64 = 25;

#[derive(Default)]
pub(super) struct Imports {
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    last: AtomicU64,
}

struct Job {
    id: u64,
    user: Option<Id>,
    rows: Mutex<Incoming>,
    /// How many rows the import has taken.
    taken: Arc<watch::Sender<u64>>,
    progress: Mutex<Receiver<ImportProgress>>,
    rejects: Mutex<Receiver<RejectedRow>>,
    reached: Mutex<ImportProgress>,
    ended: watch::Sender<Option<Result<ImportReport, Error>>>,
}

struct Incoming {
    to: Option<Sender<ImportRow>>,
    /// The number of the next part.
    next: u64,
    sent: u64,
    /// The line of the last row that came.
    line: u64,
    /// No more rows are wanted.
    stops: bool,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on(BeginImport, begin)
        .on(SendImportRows, send)
        .on(GetImport, |call: Call<GetImport>| async move {
            let job = find(&call.app, &call.caller, call.part("id"))?;
            let mut ended = job.ended.subscribe();
            let wait = Duration::from_secs(call.query.wait.min(LONGEST_WAIT));
            let _ = tokio::time::timeout(wait, ended.wait_for(Option::is_some)).await;
            Ok(job.state(call.lang))
        })
        .on(StopImport, |call: Call<StopImport>| async move {
            let job = find(&call.app, &call.caller, call.part("id"))?;
            let mut rows = job.rows.lock().unwrap_or_else(PoisonError::into_inner);
            // What came is imported, and the report says that it was not all.
            rows.stops = true;
            rows.to = None;
            drop(rows);
            Ok(job.state(call.lang))
        })
}

fn find(app: &App, caller: &Caller, id: &str) -> Result<Arc<Job>, Failure> {
    let jobs = app.imports.jobs.lock().unwrap_or_else(PoisonError::into_inner);
    let me = caller.backend.me().map(|me| me.id);
    let job = id.parse().ok().and_then(|id: u64| jobs.get(&id)).filter(|job| job.user == me);
    job.cloned().ok_or_else(|| Error::NotFound(msg!("api-no-import", id = id)).into())
}

/// The rows as they come in; the end of a job that is left alone is its stop.
struct Rows {
    from: Receiver<ImportRow>,
    taken: Arc<watch::Sender<u64>>,
    stop: Arc<AtomicBool>,
}

impl Iterator for Rows {
    type Item = ImportRow;

    fn next(&mut self) -> Option<ImportRow> {
        match self.from.recv_timeout(PATIENCE) {
            Ok(row) => {
                self.taken.send_modify(|n| *n += 1);
                Some(row)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                self.stop.store(true, Ordering::SeqCst);
                None
            }
        }
    }
}

async fn begin(call: Call<BeginImport>) -> Result<ImportState, Failure> {
    let (to, from) = mpsc::channel();
    let (told, progress) = mpsc::channel();
    let (rejected, rejects) = mpsc::channel();
    let (taken, stop) = (Arc::new(watch::Sender::new(0)), Arc::new(AtomicBool::new(false)));
    let plan = call.body.clone();
    let request = ImportRequest {
        object: plan.object,
        mapping: plan.mapping,
        rows: Box::new(Rows { from, taken: Arc::clone(&taken), stop: Arc::clone(&stop) }),
        expected: plan.expected,
        on_duplicate: plan.on_duplicate,
        dry_run: plan.dry_run,
        create_references: plan.create_references,
        progress: Some(told),
        rejects: Some(rejected),
        stop: Arc::clone(&stop),
    };
    let imports = &call.app.imports;
    let job = Arc::new(Job {
        id: imports.last.fetch_add(1, Ordering::SeqCst) + 1,
        user: call.backend().me().map(|me| me.id),
        rows: Mutex::new(Incoming { to: Some(to), next: 0, sent: 0, line: 0, stops: false }),
        taken,
        progress: Mutex::new(progress),
        rejects: Mutex::new(rejects),
        reached: Mutex::default(),
        ended: watch::Sender::new(None),
    });
    let mut jobs = imports.jobs.lock().unwrap_or_else(PoisonError::into_inner);
    if jobs.len() >= MOST_JOBS {
        let over: Vec<u64> = jobs.values().filter(|job| job.ended.borrow().is_some()).map(|job| job.id).collect();
        over.iter().for_each(|id| drop(jobs.remove(id)));
    }
    if jobs.len() >= MOST_JOBS {
        return Err(Failure::TooMany(60));
    }
    jobs.insert(job.id, Arc::clone(&job));
    drop(jobs);
    let (backend, of) = (call.backend().clone(), Arc::clone(&job));
    tokio::spawn(async move {
        let mut result = backend.import(request).await;
        {
            let mut rows = of.rows.lock().unwrap_or_else(PoisonError::into_inner);
            rows.to = None;
            if let (true, Ok(report)) = (rows.stops, &mut result) {
                report.stopped_at.get_or_insert(rows.line);
            }
        }
        of.ended.send_replace(Some(result));
    });
    Ok(job.state(call.lang))
}

async fn send(call: Call<SendImportRows>) -> Result<ImportState, Failure> {
    let job = find(&call.app, &call.caller, call.part("id"))?;
    let number: u64 = call.part("number").parse().unwrap_or(u64::MAX);
    let sent = {
        let mut rows = job.rows.lock().unwrap_or_else(PoisonError::into_inner);
        match number.cmp(&rows.next) {
            // They are here already: the answer was lost.
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Greater => {
                let message = msg!("api-import-order", next = rows.next);
                return Err(Failure::Server(ProblemKind::Conflict, message));
            }
            std::cmp::Ordering::Equal => {
                if let Some(to) = &rows.to {
                    for row in call.body.rows.iter().cloned() {
                        // An import that has ended takes no more; its state says why.
                        let _ = to.send(row);
                    }
                }
                rows.next += 1;
                rows.sent += call.body.rows.len() as u64;
                rows.line = call.body.rows.last().map_or(rows.line, |row| row.line);
                if call.body.last {
                    rows.to = None;
                }
            }
        }
        rows.sent
    };
    let (mut taken, mut ended) = (job.taken.subscribe(), job.ended.subscribe());
    let room = async {
        tokio::select! {
            _ = taken.wait_for(|taken| taken + AHEAD >= sent) => {}
            _ = ended.wait_for(Option::is_some) => {}
        }
    };
    // Whoever waits longer than a request may is told how far it is, and sends on.
    let _ = tokio::time::timeout(Duration::from_secs(LONGEST_WAIT), room).await;
    Ok(job.state(call.lang))
}

impl Job {
    fn state(&self, lang: Lang) -> ImportState {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        // The end first: what is told after it is already there.
        let ended = self.ended.borrow().clone();
        if let Some(last) = self.progress.lock().unwrap_or_else(PoisonError::into_inner).try_iter().last() {
            *reached = last;
        }
        let rejected = self.rejects.lock().unwrap_or_else(PoisonError::into_inner).try_iter().collect();
        let (report, problem) = match ended {
            None => (None, None),
            Some(Ok(report)) => (Some(report), None),
            Some(Err(error)) => (None, Some(Box::new(Problem::of(&error, lang)))),
        };
        let next = self.rows.lock().unwrap_or_else(PoisonError::into_inner).next;
        ImportState { id: self.id, next, progress: *reached, rejected, report, problem }
    }
}
