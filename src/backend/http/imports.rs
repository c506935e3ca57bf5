//! An import sent in parts.

use super::{HttpBackend, Inner};
use crate::api::endpoint::{BeginImport, GetImport, SendImportRows, StopImport};
use crate::api::payload::{ImportPlan, ImportRows, ImportState, Nothing, WaitQuery};
use crate::backend::Answer;
use crate::contract::error::Error;
use crate::contract::request::{ImportProgress, ImportReport, ImportRequest, RejectedRow};
use crate::msg;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, mpsc};
use std::thread;
use tokio::sync::oneshot;

/// Rows and bytes of a part.
const PART: (usize, usize) = (1_000, 1024 * 1024);
/// How often a part is sent before it is given up.
const TRIES: usize = 4;
/// How long one question waits for the end, in seconds.
const WAIT: u64 = 20;

/// What the caller wants to be told.
struct Told {
    progress: Option<Sender<ImportProgress>>,
    rejects: Option<Sender<RejectedRow>>,
    stop: Arc<AtomicBool>,
}

impl Told {
    fn tell(&self, state: &mut ImportState) {
        if let Some(progress) = &self.progress {
            let _ = progress.send(state.progress);
        }
        if let Some(rejects) = &self.rejects {
            state.rejected.drain(..).for_each(|row| drop(rejects.send(row)));
        }
    }
}

impl HttpBackend {
    pub(super) fn import_rows(&self, request: ImportRequest) -> Answer<'_, ImportReport> {
        let ImportRequest {
            object,
            mapping,
            rows,
            expected,
            on_duplicate,
            dry_run,
            create_references,
            progress,
            rejects,
            stop,
        } = request;
        let plan = ImportPlan { object, mapping, expected, on_duplicate, dry_run, create_references };
        let told = Told { progress, rejects, stop };
        let guard = StopOnDrop(Arc::clone(&told.stop), true);
        let (to, parts) = mpsc::sync_channel::<ImportRows>(2);
        // Rows are read where reading may block.
        let stopped = Arc::clone(&told.stop);
        let reader = thread::Builder::new().name("import".to_owned()).spawn(move || {
            let (mut part, mut bytes) = (Vec::new(), 0);
            for row in rows {
                bytes += row.cells.iter().map(|cell| cell.len() + 3).sum::<usize>();
                part.push(row);
                if part.len() >= PART.0 || bytes >= PART.1 {
                    bytes = 0;
                    let sent = to.send(ImportRows { rows: std::mem::take(&mut part), last: false });
                    // What was read is imported; nothing more is.
                    if sent.is_err() || stopped.load(Ordering::SeqCst) {
                        return;
                    }
                }
            }
            let _ = to.send(ImportRows { rows: part, last: true });
        });
        let work = self.run(false, move |inner| async move {
            reader.map_err(|e| Error::Other(msg!("http-runtime", reason = e)))?;
            inner.import(plan, parts, told).await
        });
        Box::pin(async move {
            let mut guard = guard;
            let report = work.await;
            guard.1 = false;
            report
        })
    }
}

/// Ends an import when nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>, bool);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if self.1 {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

/// The next part, waited for on a thread that may.
async fn next(parts: mpsc::Receiver<ImportRows>) -> (Option<ImportRows>, mpsc::Receiver<ImportRows>) {
    let (answer, waiting) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let part = parts.recv().ok();
        let _ = answer.send((part, parts));
    });
    waiting.await.unwrap_or_else(|_| (None, mpsc::channel().1))
}

impl Inner {
    async fn import(
        &self,
        plan: ImportPlan,
        parts: mpsc::Receiver<ImportRows>,
        told: Told,
    ) -> Result<ImportReport, Error> {
        let mut state = self.ask::<BeginImport>(&[], &Nothing {}, &plan).await?;
        let (id, mut number, mut parts) = (state.id.to_string(), 0_u64, parts);
        while state.report.is_none() && state.problem.is_none() {
            let (part, rest) = next(parts).await;
            parts = rest;
            let Some(part) = part else { break };
            state = self.send_part(&id, number, &part).await?;
            told.tell(&mut state);
            number += 1;
            if part.last {
                break;
            }
        }
        // Whoever reads the rows may stop.
        drop(parts);
        let mut stopped = false;
        loop {
            if let Some(problem) = state.problem.take() {
                return Err(self.in_types(Error::from(*problem)));
            }
            if let Some(report) = state.report.take() {
                self.changes.send_modify(|n| *n += 1);
                return Ok(report);
            }
            let path = [id.clone()];
            if told.stop.load(Ordering::SeqCst) && !stopped {
                stopped = true;
                state = self.ask::<StopImport>(&path, &Nothing {}, &Nothing {}).await?;
            } else {
                let wait = if told.stop.load(Ordering::SeqCst) { 1 } else { WAIT.min(2) };
                state = self.ask::<GetImport>(&path, &WaitQuery { wait }, &Nothing {}).await?;
            }
            told.tell(&mut state);
        }
    }

    /// Sends a part until it is there: by its number it counts once.
    async fn send_part(&self, id: &str, number: u64, part: &ImportRows) -> Result<ImportState, Error> {
        let path = [id.to_owned(), number.to_string()];
        let mut left = TRIES;
        loop {
            left -= 1;
            match self.ask::<SendImportRows>(&path, &Nothing {}, part).await {
                Err(Error::Offline(_) | Error::Timeout(_) | Error::Other(_)) if left > 0 => {
                    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                }
                answer => return answer,
            }
        }
    }
}
