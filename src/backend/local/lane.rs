//! Threads that own a store and do jobs on it, one at a time, first come first served.
//!
//! A caller waits on a future; dropping it takes the job out of the queue, or interrupts it if the
//! lane allows that. A thread starts when there is work that no other thread is free for, and makes its state
//! with its first job: opening one store never waits for another, and what is not needed costs nothing.

use crate::backend::error::Error;
use crate::msg;
use futures_util::future::BoxFuture;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Stops what a thread is doing right now, once it is set. The lane clears it before each job: what was asked of one
/// never stops the next.
pub(super) type Interrupt = Arc<AtomicBool>;

/// Makes a thread's state and the means to interrupt work on it (`None`: work on it is never interrupted).
pub(super) type Make<S> = Arc<dyn Fn() -> Result<(S, Option<Interrupt>), Error> + Send + Sync>;

type Run<S> = Box<dyn FnOnce(Result<&mut S, Error>) + Send>;

struct Job<S> {
    ticket: u64,
    run: Run<S>,
}

struct Running {
    ticket: u64,
    interrupt: Option<Interrupt>,
}

struct State<S> {
    waiting: VecDeque<Job<S>>,
    /// What each thread does; as many as were started.
    running: Vec<Option<Running>>,
    /// How many threads have a job.
    busy: usize,
    threads: Vec<JoinHandle<()>>,
    next_ticket: u64,
    closed: bool,
}

struct Queue<S> {
    state: Mutex<State<S>>,
    ready: Condvar,
}

impl<S> Queue<S> {
    fn lock(&self) -> MutexGuard<'_, State<S>> {
        // The state is whole between any two statements: a panic elsewhere doesn't spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(&self, ticket: u64) {
        let mut state = self.lock();
        if let Some(place) = state.waiting.iter().position(|job| job.ticket == ticket) {
            state.waiting.remove(place);
            return;
        }
        // Under the lock, so that the job can't have been followed by another one.
        if let Some(running) = state.running.iter().flatten().find(|r| r.ticket == ticket)
            && let Some(interrupt) = &running.interrupt
        {
            interrupt.store(true, Ordering::SeqCst);
        }
    }
}

/// A lane: one queue and the threads that serve it.
pub(super) struct Lane<S: 'static> {
    queue: Arc<Queue<S>>,
    name: &'static str,
    most: usize,
    make: Make<S>,
}

impl<S: 'static> Lane<S> {
    /// A lane of up to `most` threads, none of which is started yet.
    pub(super) fn new(name: &'static str, most: usize, make: Make<S>) -> Lane<S> {
        let (waiting, running, threads) = (VecDeque::new(), Vec::new(), Vec::new());
        let state = State { waiting, running, busy: 0, threads, next_ticket: 0, closed: false };
        Lane { queue: Arc::new(Queue { state: Mutex::new(state), ready: Condvar::new() }), name, most, make }
    }

    /// Starts the first thread before there is work for it.
    pub(super) fn warm(&self) {
        let mut state = self.queue.lock();
        if state.threads.is_empty() {
            self.start_thread(&mut state);
        }
    }

    /// Queues a job; the future gives its result.
    pub(super) fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        let (answer, waiting) = oneshot::channel();
        let run: Run<S> = Box::new(move |state| {
            let result = state.and_then(work);
            // Nobody waits any more: the result is not wanted.
            let _ = answer.send(result);
        });
        let ticket = self.push(run);
        let cancel = CancelOnDrop { queue: Arc::clone(&self.queue), ticket };
        Box::pin(async move {
            let result = waiting.await;
            drop(cancel);
            result.unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))
        })
    }

    fn push(&self, run: Run<S>) -> u64 {
        let mut state = self.queue.lock();
        state.next_ticket += 1;
        let ticket = state.next_ticket;
        state.waiting.push_back(Job { ticket, run });
        if state.waiting.len() > state.threads.len() - state.busy && state.threads.len() < self.most {
            self.start_thread(&mut state);
        }
        drop(state);
        self.queue.ready.notify_one();
        ticket
    }

    /// One more thread. Where the system has none to give, those that run do the work; without any, the jobs
    /// are dropped, which their callers are told.
    fn start_thread(&self, state: &mut State<S>) {
        let number = state.threads.len();
        let (queue, make) = (Arc::clone(&self.queue), Arc::clone(&self.make));
        let started = std::thread::Builder::new()
            .name(format!("{}-{number}", self.name))
            .spawn(move || serve(&queue, number, &make));
        match started {
            Ok(thread) => {
                state.threads.push(thread);
                state.running.push(None);
            }
            Err(_) if number == 0 => state.waiting.clear(),
            Err(_) => {}
        }
    }
}

impl<S> Drop for Lane<S> {
    /// Waits for the jobs that are queued.
    fn drop(&mut self) {
        let threads = {
            let mut state = self.queue.lock();
            state.closed = true;
            std::mem::take(&mut state.threads)
        };
        self.queue.ready.notify_all();
        for thread in threads {
            let _ = thread.join();
        }
    }
}

struct CancelOnDrop<S> {
    queue: Arc<Queue<S>>,
    ticket: u64,
}

impl<S> Drop for CancelOnDrop<S> {
    fn drop(&mut self) {
        self.queue.cancel(self.ticket);
    }
}

fn serve<S>(queue: &Queue<S>, number: usize, make: &Make<S>) {
    let mut made: Option<(S, Option<Interrupt>)> = None;
    while let Some(job) = next(queue) {
        work(queue, number, make, &mut made, job);
        queue.lock().busy -= 1;
    }
}

fn work<S>(queue: &Queue<S>, number: usize, make: &Make<S>, made: &mut Option<(S, Option<Interrupt>)>, job: Job<S>) {
    if made.is_none() {
        match make() {
            Ok(new) => *made = Some(new),
            Err(error) => return (job.run)(Err(error)),
        }
    }
    let Some((state, interrupt)) = made.as_mut() else { return };
    if let Some(interrupt) = interrupt {
        interrupt.store(false, Ordering::SeqCst);
    }
    let running = Running { ticket: job.ticket, interrupt: interrupt.clone() };
    set_running(queue, number, Some(running));
    let outcome = catch_unwind(AssertUnwindSafe(|| (job.run)(Ok(state))));
    set_running(queue, number, None);
    if outcome.is_err() {
        // What the job left behind is not to be trusted; the next one starts afresh.
        *made = None;
    }
}

fn next<S>(queue: &Queue<S>) -> Option<Job<S>> {
    let mut state = queue.lock();
    loop {
        if let Some(job) = state.waiting.pop_front() {
            state.busy += 1;
            return Some(job);
        }
        if state.closed {
            return None;
        }
        state = queue.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn set_running<S>(queue: &Queue<S>, number: usize, running: Option<Running>) {
    if let Some(slot) = queue.lock().running.get_mut(number) {
        *slot = running;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    fn lane(interrupted: Arc<AtomicBool>) -> Lane<usize> {
        Lane::new("test", 1, Arc::new(move || Ok((0, Some(Arc::clone(&interrupted))))))
    }

    fn wait<T>(future: BoxFuture<'static, T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn jobs_are_done_in_order_on_one_state() {
        let lane = lane(Arc::default());
        let calls: Vec<_> = (0..3)
            .map(|_| {
                lane.call(|n| {
                    *n += 1;
                    Ok(*n)
                })
            })
            .collect();
        let results: Vec<_> = calls.into_iter().map(|c| wait(c).unwrap()).collect();
        assert_eq!(results, [1, 2, 3]);
    }

    #[test]
    fn a_dropped_future_interrupts_the_running_job_and_removes_a_waiting_one() {
        let interrupted = Arc::new(AtomicBool::new(false));
        let lane = lane(Arc::clone(&interrupted));
        let (started, starts) = mpsc::channel();
        let seen = Arc::clone(&interrupted);
        let first = lane.call(move |_| {
            started.send(()).unwrap();
            while !seen.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            Ok(())
        });
        let ran = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&ran);
        let second = lane.call(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        starts.recv().unwrap();
        drop(second);
        drop(first);
        let seen = Arc::clone(&interrupted);
        let is_interrupted = wait(lane.call(move |_| Ok(seen.load(Ordering::SeqCst)))).unwrap();
        assert!(!is_interrupted, "what was asked of one job is not asked of the next");
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_job_that_panics_fails_alone_and_the_next_gets_a_fresh_state() {
        let lane = lane(Arc::default());
        let bad = lane.call(|n| -> Result<(), Error> {
            *n = 41;
            panic!("on purpose")
        });
        assert!(matches!(wait(bad), Err(Error::Other(_))));
        assert_eq!(wait(lane.call(|n| Ok(*n))).unwrap(), 0);
    }
}
