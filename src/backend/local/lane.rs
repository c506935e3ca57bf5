//! Threads that own a store and do jobs on it, one at a time, first come first served.
//!
//! A caller waits on a future; dropping it takes the job out of the queue, or interrupts it if the
//! lane allows that. A thread starts when there is work that no other thread is free for, and makes its state
//! with its first job: opening one store never waits for another, and what is not needed costs nothing.

use crate::contract::error::Error;
use crate::msg;
use crate::store::Stop;
use futures_util::future::BoxFuture;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Stops what a thread is doing right now, once it is set. The lane clears it before each job: what was asked of one
/// never stops the next.
pub(super) type Interrupt = Arc<Stop>;

/// Makes a thread's state and the means to interrupt work on it (`None`: work on it is never interrupted).
pub(super) type Make<S> = Arc<dyn Fn() -> Result<(S, Option<Interrupt>), Error> + Send + Sync>;

/// Does a job; what it gives hands over the result.
type Run<S> = Box<dyn FnOnce(Result<&mut S, Error>) -> End<S> + Send>;

/// Hands over a job's result, once it is known whether what it did with others lasts.
type End<S> = Box<dyn FnOnce(Option<&mut S>, Result<(), Error>)>;

/// How jobs that wait are done together, so that what takes long is done once for all of them.
pub(super) struct Together<S> {
    /// Begins to do jobs together; whether that can be done.
    pub(super) begin: fn(&mut S) -> bool,
    /// Ends it. A failure is that of each job.
    pub(super) end: fn(&mut S) -> Result<(), Error>,
}

/// The most jobs that are done together.
const MOST_TOGETHER: usize = 64;

struct Job<S> {
    ticket: u64,
    run: Run<S>,
    /// It may be done together with others.
    joins: bool,
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

impl<S> State<S> {
    /// The next job, and those behind it that it may be done together with.
    fn take(&mut self, together: bool) -> Vec<Job<S>> {
        let joining = self.waiting.iter().take(MOST_TOGETHER).take_while(|job| job.joins).count();
        let many = if together { joining.max(1) } else { 1 };
        self.waiting.drain(..many.min(self.waiting.len())).collect()
    }
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
            interrupt.stop();
        }
    }
}

/// A lane: one queue and the threads that serve it.
pub(super) struct Lane<S: 'static> {
    queue: Arc<Queue<S>>,
    name: &'static str,
    most: usize,
    make: Make<S>,
    together: Option<Together<S>>,
}

impl<S> Clone for Together<S> {
    fn clone(&self) -> Together<S> {
        *self
    }
}

impl<S> Copy for Together<S> {}

impl<S: 'static> Lane<S> {
    /// A lane of up to `most` threads, none of which is started yet.
    pub(super) fn new(name: &'static str, most: usize, make: Make<S>) -> Lane<S> {
        let (waiting, running, threads) = (VecDeque::new(), Vec::new(), Vec::new());
        let state = State { waiting, running, busy: 0, threads, next_ticket: 0, closed: false };
        Lane {
            queue: Arc::new(Queue { state: Mutex::new(state), ready: Condvar::new() }),
            name,
            most,
            make,
            together: None,
        }
    }

    /// Jobs that [join](Lane::join) others are done together with those that wait with them.
    pub(super) fn together(mut self, together: Together<S>) -> Lane<S> {
        self.together = Some(together);
        self
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
        self.queue(false, work, |_| ())
    }

    /// Queues a job that may be done together with others; what follows it comes once it lasts, or doesn't.
    pub(super) fn join<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> Result<T, Error> + Send + 'static,
        follow: impl FnOnce(&mut S) + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        self.queue(true, work, follow)
    }

    fn queue<T: Send + 'static>(
        &self,
        joins: bool,
        work: impl FnOnce(&mut S) -> Result<T, Error> + Send + 'static,
        follow: impl FnOnce(&mut S) + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        let (answer, waiting) = oneshot::channel();
        let run: Run<S> = Box::new(move |state| {
            let result = state.and_then(work);
            Box::new(move |state, lasts| {
                if let Some(state) = state {
                    follow(state);
                }
                // Nobody waits any more: the result is not wanted.
                let _ = answer.send(result.and_then(|value| lasts.map(|()| value)));
            })
        });
        let ticket = self.push(run, joins);
        let cancel = CancelOnDrop { queue: Arc::clone(&self.queue), ticket };
        Box::pin(async move {
            let result = waiting.await;
            drop(cancel);
            result.unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))
        })
    }

    fn push(&self, run: Run<S>, joins: bool) -> u64 {
        let mut state = self.queue.lock();
        state.next_ticket += 1;
        let ticket = state.next_ticket;
        state.waiting.push_back(Job { ticket, run, joins });
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
        let (queue, make, together) = (Arc::clone(&self.queue), Arc::clone(&self.make), self.together);
        let started = std::thread::Builder::new()
            .name(format!("{}-{number}", self.name))
            .spawn(move || serve(&queue, number, &make, together));
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

fn serve<S>(queue: &Queue<S>, number: usize, make: &Make<S>, together: Option<Together<S>>) {
    let mut made: Option<(S, Option<Interrupt>)> = None;
    while let Some(jobs) = next(queue, together.is_some()) {
        let together = together.filter(|_| jobs.len() > 1);
        work(queue, number, make, &mut made, jobs, together);
        queue.lock().busy -= 1;
    }
}

fn work<S>(
    queue: &Queue<S>,
    number: usize,
    make: &Make<S>,
    made: &mut Option<(S, Option<Interrupt>)>,
    jobs: Vec<Job<S>>,
    together: Option<Together<S>>,
) {
    if made.is_none() {
        match make() {
            Ok(new) => *made = Some(new),
            Err(error) => return jobs.into_iter().for_each(|job| (job.run)(Err(error.clone()))(None, Ok(()))),
        }
    }
    let Some((state, interrupt)) = made.as_mut() else { return };
    // Where they can't be done together, each is done alone.
    let together = together.filter(|together| (together.begin)(state));
    let mut ends = Vec::new();
    for job in jobs {
        if let Some(interrupt) = interrupt {
            interrupt.clear();
        }
        let running = Running { ticket: job.ticket, interrupt: interrupt.clone() };
        set_running(queue, number, Some(running));
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let end = (job.run)(Ok(state));
            match together {
                Some(_) => Some(end),
                None => {
                    end(Some(state), Ok(()));
                    None
                }
            }
        }));
        set_running(queue, number, None);
        match outcome {
            Ok(end) => ends.extend(end),
            Err(_) => {
                // What the job left behind is not to be trusted; the next one starts afresh. Those that were done
                // together with it, or were to be, are lost with it, which their callers are told.
                *made = None;
                return;
            }
        }
    }
    let Some(together) = together else { return };
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let lasts = (together.end)(state);
        ends.into_iter().for_each(|end| end(Some(state), lasts.clone()));
        lasts.is_ok()
    }));
    if !ended.unwrap_or(false) {
        // What was noted of what doesn't last, such as rights, is not to be trusted either.
        *made = None;
    }
}

/// The jobs that are to be done next.
fn next<S>(queue: &Queue<S>, together: bool) -> Option<Vec<Job<S>>> {
    let mut state = queue.lock();
    loop {
        let jobs = state.take(together);
        if !jobs.is_empty() {
            state.busy += 1;
            return Some(jobs);
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
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    fn lane(interrupted: Interrupt) -> Lane<usize> {
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
        let interrupted = Interrupt::default();
        let lane = lane(Arc::clone(&interrupted));
        let (started, starts) = mpsc::channel();
        let seen = Arc::clone(&interrupted);
        let first = lane.call(move |_| {
            started.send(()).unwrap();
            while !seen.is_set() {
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
        let is_interrupted = wait(lane.call(move |_| Ok(seen.is_set()))).unwrap();
        assert!(!is_interrupted, "what was asked of one job is not asked of the next");
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }

    /// A lane on numbers that are said by `end` to last, or not.
    fn joining(end: fn(&mut Vec<i32>) -> Result<(), Error>) -> Lane<Vec<i32>> {
        let begin = |said: &mut Vec<i32>| {
            said.push(-1);
            true
        };
        Lane::new("test", 1, Arc::new(|| Ok((Vec::new(), None)))).together(Together { begin, end })
    }

    /// Has a job wait until more are queued behind it, and gives what comes of those.
    fn behind<T>(lane: &Lane<Vec<i32>>, queue: impl FnOnce() -> T) -> T {
        let (begun, begins) = mpsc::channel();
        let (go_on, goes_on) = mpsc::channel();
        let first = lane.call(move |_| {
            begun.send(()).unwrap();
            goes_on.recv().unwrap();
            Ok(())
        });
        begins.recv().unwrap();
        let queued = queue();
        go_on.send(()).unwrap();
        wait(first).unwrap();
        queued
    }

    fn say(number: i32) -> impl FnOnce(&mut Vec<i32>) -> Result<i32, Error> + Send + 'static {
        move |said| {
            said.push(number);
            if number < 10 { Ok(number) } else { Err(Error::Cancelled) }
        }
    }

    #[test]
    fn jobs_that_join_are_ended_together_and_answered_afterwards() {
        let lane = joining(|said| {
            said.push(-2);
            Ok(())
        });
        let follow = |said: &mut Vec<i32>| said.push(-3);
        let jobs = behind(&lane, || [1, 10, 2].map(|n| lane.join(say(n), follow)));
        let answers: Vec<_> = jobs.into_iter().map(wait).collect();
        assert_eq!(answers, [Ok(1), Err(Error::Cancelled), Ok(2)], "one that fails fails alone");
        assert_eq!(wait(lane.call(|said| Ok(said.clone()))).unwrap(), [-1, 1, 10, 2, -2, -3, -3, -3]);
        // One alone is not begun and ended.
        assert_eq!(wait(lane.join(say(3), follow)), Ok(3));
        assert_eq!(wait(lane.call(|said| Ok(said.split_off(8)))).unwrap(), [3, -3]);
    }

    #[test]
    fn where_the_end_fails_no_job_is_said_to_be_done() {
        let lane = joining(|_| Err(Error::Denied(msg!("store-interrupted"))));
        let jobs = behind(&lane, || [1, 10, 2].map(|n| lane.join(say(n), |_| ())));
        let answers: Vec<_> = jobs.into_iter().map(wait).collect();
        assert!(matches!(answers.as_slice(), [Err(Error::Denied(_)), Err(Error::Cancelled), Err(Error::Denied(_))]));
        let left: Vec<i32> = wait(lane.call(|said| Ok(said.clone()))).unwrap();
        assert_eq!(left, [0; 0], "nothing is kept of what doesn't last");
    }

    #[test]
    fn a_job_that_panics_takes_those_along_that_it_was_done_with() {
        let lane = joining(|_| Ok(()));
        let bad = |_: &mut Vec<i32>| -> Result<i32, Error> { panic!("on purpose") };
        let jobs = behind(&lane, || [lane.join(say(1), |_| ()), lane.join(bad, |_| ()), lane.join(say(2), |_| ())]);
        assert!(jobs.into_iter().all(|job| matches!(wait(job), Err(Error::Other(_)))));
        assert_eq!(wait(lane.join(say(3), |_| ())), Ok(3), "the next one has a state of its own");
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
