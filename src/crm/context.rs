//! On whose behalf, when and from where a use-case is carried out.

use super::rights::{Known, Sightings};
use crate::contract::request::{FieldBars, Progress};
use crate::domain::id::{Id, IdSource};
use crate::domain::journal::Origin;
use crate::store::{OnceKey, Queued};
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};
use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};

/// What the rules need to know of the world. A face never sees it: the backend makes it.
pub struct Context {
    /// The acting user; `None` in a store without users.
    pub user: Option<Id>,
    /// Where changes come from.
    pub origin: Origin,
    /// Nothing may be written.
    pub read_only: bool,
    /// The store holds copies of what a server let through: rights are checked there, and what it said of fields is
    /// kept here.
    pub copies: Option<Told>,
    /// How far a long use-case is, for whoever watches it.
    pub progress: Progress,
    /// The next write is done once, under this key.
    pub(super) once: Option<OnceKey>,
    /// The next write is to be sent to a server.
    pub(super) queue: Option<Queued>,
    /// The next new record gets this id.
    pub(super) given_id: Option<Id>,
    /// The user's rights, as they were read last.
    pub(super) rights: Known,
    /// What the user may see of all records, as it was found last; connections of one session share it.
    pub(crate) sightings: Sightings,
    /// Who may act, by the journal up to this entry.
    pub(super) admitted: Cell<Option<(Id, i64)>>,
    clock: Clock,
    ids: IdSource,
    random: Box<dyn FnMut() -> u64 + Send>,
}

/// What a server said of the fields of its records, shared by all who read the copies of them.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<RwLock<Arc<FieldBars>>>);

impl Told {
    /// It says something else by now.
    pub fn say(&self, bars: FieldBars) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(bars);
    }

    /// What it said last.
    pub(super) fn now(&self) -> Arc<FieldBars> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

enum Clock {
    /// The system's, in a zone and so far ahead.
    System(TimeZone, SignedDuration),
    Fixed(Zoned),
}

impl Context {
    /// The system's clock in a zone, and random bits from the system.
    pub fn new(user: Option<Id>, origin: Origin, zone: TimeZone) -> Context {
        let mut state = RandomState::new().build_hasher();
        let mut counter = 0_u64;
        let random = Box::new(move || {
            counter += 1;
            state.write_u64(counter);
            state.finish()
        });
        Context::with(user, origin, Clock::System(zone, SignedDuration::ZERO), random)
    }

    /// The same with a clock that goes so far ahead of the system's, or behind it.
    #[must_use]
    pub fn ahead(mut self, by: SignedDuration) -> Context {
        if let Clock::System(_, ahead) = &mut self.clock {
            *ahead = by;
        }
        self
    }

    /// A clock that stands and random bits by a seed: made-up data and tests come out the same each time.
    pub fn fixed(user: Option<Id>, origin: Origin, now: Zoned, seed: u64) -> Context {
        let mut state = seed;
        // SplitMix64.
        let random = Box::new(move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        });
        Context::with(user, origin, Clock::Fixed(now), random)
    }

    fn with(user: Option<Id>, origin: Origin, clock: Clock, random: Box<dyn FnMut() -> u64 + Send>) -> Context {
        let (read_only, copies, progress, ids) = (false, None, Progress::default(), IdSource::default());
        let (once, queue, given_id) = (None, None, None);
        let (rights, sightings) = (Known::default(), Sightings::default());
        let admitted = Cell::default();
        Context {
            user,
            origin,
            read_only,
            copies,
            progress,
            once,
            queue,
            given_id,
            rights,
            sightings,
            admitted,
            clock,
            ids,
            random,
        }
    }

    /// The moment, in the user's zone.
    pub fn now(&self) -> Zoned {
        match &self.clock {
            Clock::System(zone, ahead) => {
                let now = Timestamp::now();
                now.saturating_add(*ahead).unwrap_or(now).to_zoned(zone.clone())
            }
            Clock::Fixed(now) => now.clone(),
        }
    }

    /// An id for a new record, greater than any that this context made before.
    pub fn next_id(&mut self, now: &Zoned) -> Id {
        if let Some(id) = self.given_id.take() {
            return id;
        }
        let random = (self.random)();
        self.ids.next(now.timestamp().as_millisecond(), random)
    }
}
