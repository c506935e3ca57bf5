//! Stopping a read that nobody waits for any more.
//!
//! SQLite looks at a flag while it works. A server is told: by another connection, and so perhaps too late. Whatever
//! it was told about, the connection is given up afterwards, so that the word never stops what comes next.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What ends by itself within this time is not worth a connection.
const PATIENCE: Duration = Duration::from_millis(20);

/// Tells the server to stop what a connection is doing.
pub(super) type Tell = Arc<dyn Fn() + Send + Sync>;

/// What stops the reads of one connection.
#[derive(Default)]
pub struct Stop {
    flag: AtomicBool,
    underway: Mutex<Underway>,
    ended: Condvar,
}

/// The statement that a server works on.
#[derive(Default)]
struct Underway {
    /// Differs from one statement to the next, and between them.
    number: u64,
    tell: Option<Tell>,
    /// The server was told to stop it.
    told: bool,
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stop").field("flag", &self.flag).finish_non_exhaustive()
    }
}

impl Stop {
    /// Stops the read under way, which then fails as `Interrupted`, and those that follow until it is cleared.
    pub fn stop(self: &Arc<Stop>) {
        self.flag.store(true, Ordering::SeqCst);
        self.tell_soon(&self.lock());
    }

    /// What is read from now on is wanted.
    pub fn clear(&self) {
        self.flag.store(false, Ordering::SeqCst);
    }

    /// Whether what is read is not wanted any more.
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// The same, for work that looks now and then.
    pub fn flag(&self) -> &AtomicBool {
        &self.flag
    }

    /// A statement is sent to a server.
    #[cfg(feature = "postgres")]
    pub(super) fn begin(self: &Arc<Stop>, tell: Tell) {
        let mut underway = self.lock();
        underway.number = underway.number.wrapping_add(1);
        underway.tell = Some(tell);
        if self.is_set() {
            self.tell_soon(&underway);
        }
    }

    /// The server has answered. Whether it was told to stop: then its connection is not to be used any more.
    #[cfg(feature = "postgres")]
    pub(super) fn end(&self) -> bool {
        let mut underway = self.lock();
        underway.number = underway.number.wrapping_add(1);
        underway.tell = None;
        self.ended.notify_all();
        std::mem::take(&mut underway.told)
    }

    /// Tells the server to stop the statement, if it is still at it in a moment. Whoever stops doesn't wait for that.
    fn tell_soon(self: &Arc<Stop>, underway: &Underway) {
        let (Some(tell), number, stop) = (underway.tell.clone(), underway.number, Arc::clone(self)) else { return };
        let told = move || {
            let is_same = |underway: &mut Underway| underway.number == number;
            let waited = stop.ended.wait_timeout_while(stop.lock(), PATIENCE, is_same);
            let (mut underway, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if underway.number != number || std::mem::replace(&mut underway.told, true) {
                return;
            }
            drop(underway);
            tell();
        };
        // Where the system has no thread to give, the read ends by itself.
        let _ = std::thread::Builder::new().name("stop".to_owned()).spawn(told);
    }

    fn lock(&self) -> MutexGuard<'_, Underway> {
        // It is whole between any two statements: a panic elsewhere doesn't spoil it.
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_server_is_told_of_the_statement_under_way_alone_and_once() {
        let (stop, (sender, told)) = (Arc::new(Stop::default()), mpsc::channel());
        let tell: Tell = Arc::new(move || sender.send(()).unwrap_or_default());
        stop.begin(Arc::clone(&tell));
        stop.stop();
        stop.stop();
        assert!(told.recv_timeout(Duration::from_secs(10)).is_ok());
        assert!(stop.end(), "its connection is given up");
        assert!(told.try_recv().is_err());
        // One that was stopped before it began is told too, one after that not.
        stop.begin(Arc::clone(&tell));
        assert!(told.recv_timeout(Duration::from_secs(10)).is_ok());
        assert!(stop.end());
        stop.clear();
        stop.begin(tell);
        assert!(!stop.end());
    }
}
